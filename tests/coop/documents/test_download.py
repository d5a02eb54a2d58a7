"""Downloads: to those who may see the object, with headers that leave no copy and run nothing."""

from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import reverse

from coop.documents import queries, services
from coop.documents.models import Document
from tests import cast
from tests.coop.documents import kinds_for_tests
from tests.coop.documents.test_received import PDF

AT = cast.at("2026-09-14 10:00")


@pytest.fixture
def world(db) -> cast.World:
    """The cast, and the kinds that tests use."""
    kinds_for_tests.register()
    return cast.world()


@pytest.fixture
def document(world) -> Document:
    """A stored document of Lina's activity."""
    with transaction.atomic():
        asked = services.request_document(
            cooperative=world.archipel, kind="test", subject=world.activities["lina"].pk, language="fr",
            filename="Facture é 2026-0001.pdf", at=AT,
        )  # fmt: skip
    services.make_document(document=asked.pk, at=AT)
    asked.refresh_from_db()
    return asked


def address(document: Document) -> str:
    """Return the address of a document."""
    return reverse("documents:document_download", kwargs={"document": document.pk})


def test_the_owner_gets_the_bytes_and_no_copy_stays(client, world, document):
    client.force_login(world.lina)

    answer = client.get(address(document))

    assert answer.content == b"a document"
    assert answer["Content-Disposition"].startswith("attachment; filename")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Security-Policy"].startswith("sandbox")


def test_what_we_made_can_be_shown(client, world, document):
    client.force_login(world.lina)

    assert client.get(address(document) + "?show")["Content-Disposition"].startswith("inline")


def test_what_people_sent_is_only_saved(client, world):
    with transaction.atomic():
        sent = services.keep_file(
            cooperative=world.archipel, kind="test_receipt", subject=world.activities["lina"].pk, content=PDF,
            filename="ticket.pdf", at=AT,
        )  # fmt: skip
    client.force_login(world.lina)

    answer = client.get(address(sent) + "?show")

    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize("stranger", ["aline", "chloe", "dirk", "ivo"])
def test_a_stranger_learns_nothing(client, world, document, stranger):
    client.force_login(world.users[stranger])

    foreign, unknown = client.get(address(document)), client.get(reverse("documents:document_download", args=[uuid4()]))

    assert foreign.status_code == unknown.status_code == 404


def test_without_a_login_the_way_leads_to_it(client, document):
    answer = client.get(address(document))

    assert answer.status_code == 302
    assert "/account/login" in answer["Location"]


def test_a_pending_document_says_so_and_looks_again(client, world):
    with transaction.atomic():
        pending = services.request_document(
            cooperative=world.archipel,
            kind="test",
            subject=world.activities["lina"].pk,
            language="fr",
            filename="x.pdf",
            at=AT,
        )
    client.force_login(world.lina)

    page = client.get(address(pending))
    fragment = client.get(address(pending), headers={"HX-Request": "true"})
    services.make_document(document=pending.pk, at=AT)
    ready = client.get(address(pending), headers={"HX-Request": "true"})

    assert page.status_code == 202
    assert "every 2s" in page.content.decode()
    assert fragment.status_code == 200
    assert "every 2s" in fragment.content.decode()
    assert "<html" not in fragment.content.decode()
    assert "every 2s" not in ready.content.decode()
    assert address(pending) in ready.content.decode()


def test_a_damaged_file_is_never_given_out(client, world, document):
    queries.place(document).write_bytes(b"something else")
    client.force_login(world.lina)
    client.raise_request_exception = False

    assert client.get(address(document)).status_code == 500


def test_a_document_of_an_unknown_kind_is_nobodys(client, world, document):
    Document.objects.filter(pk=document.pk).update(lease_until=AT)
    other = Document.objects.create(
        cooperative=world.archipel, kind="unknown", subject=uuid4(), filename="x", created_at=AT
    )
    client.force_login(world.lina)

    assert client.get(address(other)).status_code == 404
