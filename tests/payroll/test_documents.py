"""The payslip as a document: compulsory items, every line explained, in the language of the person."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from coop import clock
from coop.access.models import User
from coop.documents import pdfa, queries, services
from coop.documents.models import Document
from members.models import Reading
from payroll import documents
from payroll.models import Payslip
from tests import cast
from tests.payroll import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def slip() -> Payslip:
    """Lina's approved payslip of September 2026."""
    world = cast.world()
    build.employer(world.archipel)
    made = build.contract(world.people["lina"], world.archipel)
    for month in (build.JULY, build.AUGUST):
        build.opening(made, month)
    build.money(world, "lina", "9000.00")
    build.approved(world)
    return Payslip.objects.get()


def words(slip: Payslip, language: str) -> str:
    """The text of the document, tags and doubled spaces left out."""
    with translation.override(language):
        html = render_to_string(documents.TEMPLATE, {**documents.context_of(slip), "language": language})
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("&#x27;", "'")


def test_the_document_holds_the_compulsory_items(slip: Payslip) -> None:
    text = words(slip, "en")

    for item in (
        "Archipel", "Rue de l’Exemple 1", "0123456789",  # employer, address, employer number
        "Lina Maes", slip.contract.worker_number,  # worker, number
        "September 2026", "19 of 38 hours",  # period, performance
        "Gross pay", "1,450.00",  # pay and total gross
        "Social-security contribution", "189.52",  # deductions
        "Employment bonus, part A", "63.77", "Employment bonus, part B", "5.11",
        "Taxable pay", "1,329.36",
        "Withholding tax before the fiscal bonus", "0.00",
        "Fiscal bonus on part A", "21.13",
        "Special social-security contribution",
        "Net to pay", "€1,329.36",
        "Joint committee", "200",
    ):  # fmt: skip
        assert item in text, item


def test_every_line_of_the_document_is_explained_with_its_source(slip: Payslip) -> None:
    text = words(slip, "en")

    assert "13.07% of the gross pay of €1,450.00." in text
    assert "ONSS administrative instructions 2026/3" in text
    assert "since 1 September 2026" in text
    assert "2,074.13" in text


@pytest.mark.parametrize(("language", "month"), [("fr", "septembre 2026"), ("nl", "september 2026")])
def test_the_document_speaks_the_language_of_the_person(slip: Payslip, language: str, month: str) -> None:
    assert month in words(slip, language)


def test_the_document_is_made_and_archived_once_after_the_approval(slip: Payslip) -> None:
    services.make_document(document=slip.document_id, at=clock.now())

    made = Document.objects.select_related("cooperative").get(pk=slip.document_id)
    assert made.state == Document.State.STORED
    content = queries.content(made)
    assert content.startswith(b"%PDF-1.7")
    assert pdfa.prove(content).startswith(b"%PDF-1.7")  # raises when it is no PDF/A-3b
    services.make_document(document=slip.document_id, at=clock.now())
    assert Document.objects.get(pk=slip.document_id).sha256 == made.sha256


def test_the_pdf_that_somebody_else_opens_is_noted_as_a_reading(slip: Payslip) -> None:
    services.make_document(document=slip.document_id, at=clock.now())
    member, officer = slip.person.user, User.objects.get(name="Élise")

    for user in (member, officer):
        client = Client()
        client.force_login(user)
        client.head(reverse("documents:document_download", args=[slip.document_id]))
        answer = client.get(reverse("documents:document_download", args=[slip.document_id]))
        assert answer.content.startswith(b"%PDF")

    reading = Reading.objects.get()
    assert (reading.person, reading.by, reading.what) == (slip.person, officer, Reading.What.PAYSLIP)


def test_a_pdf_that_is_still_being_made_is_no_reading(slip: Payslip) -> None:
    client = Client()
    client.force_login(User.objects.get(name="Élise"))

    assert client.get(reverse("documents:document_download", args=[slip.document_id])).status_code == 202

    assert not Reading.objects.exists()


def test_the_document_names_period_basic_pay_and_the_pages_that_follow(slip: Payslip) -> None:
    text = words(slip, "en")

    assert "01/09/2026 – 30/09/2026" in text
    assert "Basic pay €1,450.00 a month" in text
    assert "see the following pages" in text
