"""Documents are asked for with their object, made once after the commit, and sealed."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction

from coop.celery import app
from coop.documents import queries, services, tasks
from coop.documents.models import Document
from coop.ledger.models import ChainRecord
from coop.sweeping import sweep_seldom
from tests import cast
from tests.coop.documents import kinds_for_tests

AT = cast.at("2026-09-14 10:00")


@pytest.fixture
def world(db) -> cast.World:
    """The cast, and the kind of document that tests make."""
    kinds_for_tests.register()
    return cast.world()


def ask(world: cast.World, **parameters: object) -> Document:
    """Ask for a document of Lina's activity."""
    with transaction.atomic():
        return services.request_document(
            cooperative=world.archipel, kind="test", subject=world.activities["lina"].pk, language="fr",
            filename="2026-0001.pdf", at=AT, parameters=parameters,
        )  # fmt: skip


def test_a_document_is_pending_until_it_is_made(world):
    document = ask(world)

    assert document.state == Document.State.PENDING
    assert services.make_document(document=document.pk, at=AT)

    document.refresh_from_db()
    assert (document.state, document.size, document.attempts) == (Document.State.STORED, 10, 1)
    assert queries.content(document) == b"a document"


@pytest.mark.django_db(transaction=True)
def test_asking_outside_a_transaction_is_a_programming_error(world):
    with pytest.raises(RuntimeError, match="transaction"):
        services.request_document(
            cooperative=world.archipel,
            kind="test",
            subject=world.activities["lina"].pk,
            language="fr",
            filename="x",
            at=AT,
        )


def test_a_stored_document_is_sealed_in_the_chain(world):
    document = ask(world)

    services.make_document(document=document.pk, at=AT)

    document.refresh_from_db()
    link = ChainRecord.objects.get(document=document.pk)
    assert link.content == document.sha256
    assert link.cooperative == world.archipel


def test_a_document_is_made_once(world):
    document = ask(world)
    services.make_document(document=document.pk, at=AT)

    assert not services.make_document(document=document.pk, at=AT + timedelta(days=1))
    assert ChainRecord.objects.filter(document=document.pk).count() == 1


def test_a_failure_is_kept_and_tried_again_later_each_time_later(world):
    document = ask(world, fail=True)

    assert not services.make_document(document=document.pk, at=AT)

    document.refresh_from_db()
    assert document.state == Document.State.PENDING
    assert "no ink" in document.failure
    first_rest = document.lease_until - AT
    assert not queries.claimable(AT).exists()
    again = document.lease_until
    services.make_document(document=document.pk, at=again)
    document.refresh_from_db()
    assert document.lease_until - again == first_rest * 2


def test_a_lease_keeps_others_away_until_it_ends(world):
    document = ask(world)
    services._claim(AT, pk=document.pk)

    assert not services.make_document(document=document.pk, at=AT + timedelta(seconds=4))
    assert services.make_document(document=document.pk, at=AT + timedelta(seconds=5))


def test_two_workers_with_the_same_document_store_it_once(world):
    document = ask(world)
    slow = services._claim(AT, pk=document.pk)
    assert services.make_document(document=document.pk, at=AT + services.LEASE)
    document.refresh_from_db()

    draft = services.store.write(b"other bytes", queries.place(document))
    assert not services._keep(slow, draft, AT)
    draft.drop()

    assert queries.content(document) == b"a document"
    assert ChainRecord.objects.filter(document=document.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_store_each_document_once(world):
    documents = [ask(world, text=f"number {i}") for i in range(6)]

    def work() -> None:
        for document in documents:
            services.make_document(document=document.pk, at=AT)
        connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Document.objects.filter(state=Document.State.STORED).count() == 6
    assert ChainRecord.objects.filter(document__isnull=False).count() == 6


def test_waiting_documents_are_made_newest_first(world):
    old, new = ask(world), ask(world)
    Document.objects.filter(pk=old.pk).update(created_at=AT - timedelta(days=30))

    assert list(queries.claimable(AT)) == [new, old]
    assert services.make_pending(at=lambda: AT, until=AT + timedelta(seconds=1)) == 2


def test_who_asks_while_others_wait_is_served_next(world):
    before = [ask(world, text=f"payslip {i}") for i in range(3)]
    Document.objects.update(created_at=AT - timedelta(seconds=1))
    asked = ask(world)

    assert services.make_newest(AT)

    assert list(Document.objects.filter(state=Document.State.STORED)) == [asked]
    assert [services.make_newest(AT) for _more in range(4)] == [True, True, True, False]
    assert not Document.objects.filter(pk__in=[one.pk for one in before], state=Document.State.PENDING).exists()


@pytest.mark.django_db(transaction=True)
def test_each_document_rings_once_in_a_queue_of_its_own_so_that_pay_runs_do_not_wait_behind(world):
    with app.connection_for_write() as connection:
        broker = connection.default_channel.client
        broker.delete("celery", "documents")

        for _document in range(3):
            ask(world)
        sweep_seldom.delay()

        assert (broker.llen("documents"), broker.llen("celery")) == (3, 1)
        broker.delete("celery", "documents")


def test_a_document_whose_message_was_lost_is_found_by_the_sweeper(world):
    document = ask(world)

    assert not services.pending_exists(AT + timedelta(seconds=1))
    assert services.pending_exists(AT + timedelta(seconds=2))
    services.make_document(document=document.pk, at=AT)
    assert not services.pending_exists(AT + timedelta(days=1))


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_loses_nothing(world, monkeypatch):
    def down(**_arguments):
        raise ConnectionError("broker down")

    monkeypatch.setattr(tasks.make_newest, "delay", down)

    document = ask(world)

    assert Document.objects.get(pk=document.pk).state == Document.State.PENDING


def test_a_stored_document_never_changes(world):
    from django.db import IntegrityError

    document = ask(world)
    services.make_document(document=document.pk, at=AT)

    for change in ({"sha256": "0" * 64}, {"state": "pending", "sha256": ""}, {"filename": "other.pdf"}):
        with pytest.raises(IntegrityError, match="can no longer change"), transaction.atomic():
            Document.objects.filter(pk=document.pk).update(**change)
    with pytest.raises(IntegrityError, match="never be deleted"), transaction.atomic():
        document.delete()


def test_a_late_document_is_named(world):
    document = ask(world)

    assert not queries.late(AT + timedelta(minutes=9)).exists()
    assert queries.late(AT + timedelta(minutes=11)).get() == document


def test_however_many_wait_a_sweep_rings_twice_and_its_messages_expire(world, monkeypatch):
    rung: list[dict] = []
    monkeypatch.setattr(tasks.make_pending, "apply_async", lambda **options: rung.append(options))

    services.ring_for_waiting(AT)
    for _document in range(5):
        ask(world)
    services.ring_for_waiting(AT + timedelta(seconds=2))

    assert rung == [{"expires": 2.0}] * 2


def test_a_full_disk_at_the_last_step_keeps_the_document_pending(world, monkeypatch):
    document = ask(world)

    def full(_draft, _place):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(services.store.Draft, "keep", full)

    assert not services.make_document(document=document.pk, at=AT)

    document.refresh_from_db()
    assert document.state == Document.State.PENDING
    assert "No space left" in document.failure
    assert not ChainRecord.objects.filter(document=document.pk).exists()


def test_a_document_that_has_failed_for_days_still_rests_an_hour(world):
    document = ask(world, fail=True)
    Document.objects.filter(pk=document.pk).update(attempts=5000)

    assert not services.make_document(document=document.pk, at=AT)

    document.refresh_from_db()
    assert document.lease_until - AT == services.LONGEST_REST
