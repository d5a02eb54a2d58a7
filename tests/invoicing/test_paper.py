"""The invoice as paper: what it says, in whose language, how it can be paid, and that it is PDF/A-3b."""

import io
from datetime import date
from decimal import Decimal
from urllib.parse import unquote

import pikepdf
import pytest
from django.template.loader import render_to_string
from django.utils import translation
from segno import helpers

from coop.documents import pdfa, queries
from coop.documents import services as documents
from coop.documents.models import Document
from invoicing import paper, services
from invoicing.content import CreditLine
from tests import cast
from tests.invoicing import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


def text_of(invoice) -> str:
    """Return the paper of an issued document as HTML, in its language."""
    with translation.override(invoice.language):
        shown = paper.of(invoice, list(invoice.lines.order_by("position")))
        return render_to_string(paper.TEMPLATE, {**paper.context(shown), "language": invoice.language})


def test_the_document_of_an_invoice_is_made_proven_and_stored(world):
    invoice = build.invoice(world.activities["aline"], world.aline)
    document = Document.objects.get(subject=invoice.pk)

    assert documents.make_document(document=document.pk, at=cast.at("2026-09-14 10:01"))

    document.refresh_from_db()
    content = queries.content(Document.objects.select_related("cooperative").get(pk=document.pk))
    assert (document.state, document.filename) == ("stored", "2026-0001.pdf")
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == 1
        assert str(pdf.Root.Lang) == "nl"
        assert "2026-0001" in str(pdf.docinfo["/Title"])
    pdfa.prove(content)


def test_making_it_twice_gives_the_same_bytes(world):
    invoice = build.invoice(world.activities["aline"], world.aline)
    document = Document.objects.get(subject=invoice.pk)

    assert paper.build(document) == paper.build(document)


def test_it_says_what_the_law_asks(world):
    buyer = build.customer(world.activities["aline"], world.aline, language="en", name="Karel & Sons BV")
    invoice = build.invoice(
        world.activities["aline"], world.aline, build.line("2", "500.00", discount="10"), build.line("1", "20.00", "BE06"),
        to=buyer, supplied_on=date(2026, 9, 10), reference="PO 77",
    )  # fmt: skip

    text = text_of(invoice)

    for said in (
        "Aline traduit", "Archipel", "SC agréée", "BE 0777.700.171", "RPM Bruxelles", "Rue de l’Exemple 1", "1000 Bruxelles",
        "Karel &amp; Sons BV", "Kerkstraat 1", "BE 0403.170.701", "2026-0001", "14 September 2026", "10 September 2026",
        "14 October 2026", "PO 77", "900.00", "100.00", "20.00", "189.00", "1.20", "€1,110.20", "Aline Dubois",
        paper.communication.written(invoice.structured_communication),
    ):  # fmt: skip
        assert said in text, said


@pytest.mark.parametrize("language, date_written", [("fr", "14 septembre 2026"), ("nl", "14 september 2026")])
def test_it_is_in_the_language_of_the_customer_whatever_the_users(world, language, date_written):
    buyer = build.customer(world.activities["aline"], world.aline, language=language)
    invoice = build.invoice(world.activities["aline"], world.aline, build.line(operation="EXEMPT_44"), to=buyer)

    text = text_of(invoice)

    assert f'<html lang="{language}">' in text
    assert date_written in text
    assert {"fr": "Opération exemptée", "nl": "Handeling vrijgesteld"}[language] in text


def test_the_code_holds_account_amount_and_communication_in_the_line_of_the_reference(world):
    invoice = build.invoice(world.activities["aline"], world.aline)

    code = paper.payment_code(invoice.seller, invoice.gross.amount, invoice.structured_communication)

    expected = helpers.make_epc_qr(
        name="Archipel", iban="BE43097000000101", amount=Decimal("1210.00"), reference=invoice.structured_communication,
        bic="GKCCBEBB",
    )  # fmt: skip
    assert code == expected.svg_data_uri(border=0, dark="#1b2420", omitsize=True)
    assert "<svg" in unquote(code)
    assert expected.designator == "5-M"


def test_a_credit_note_names_its_invoice_and_asks_for_no_payment(world):
    buyer = build.customer(world.activities["aline"], world.aline, language="en")
    invoice = build.invoice(world.activities["aline"], world.aline, to=buyer)
    note = services.credit_invoice(
        invoice_id=invoice.pk, lines=[CreditLine(line=invoice.lines.get().pk, amount=Decimal("100.00"))], reason="Agreed",
        on=date(2026, 9, 20), by=world.aline, at=cast.at("2026-09-20"),
    )  # fmt: skip

    text = text_of(note)

    for said in ("Credit note", "NC-2026-0001", "2026-0001", "14/09/2026", "Agreed", "VAT to be paid back", "€121.00"):
        assert said in text, said
    assert "data:image" not in text
    assert "Please pay" not in text


def test_a_preview_writes_nothing_and_shows_what_would_be_issued(world):
    draft = build.draft(world.activities["aline"], world.aline)

    shown = paper.preview(draft, on=build.DAY)

    assert (shown.number, shown.gross, shown.qr) == ("", Decimal("1210.00"), "")
    draft.refresh_from_db()
    assert (draft.seller, draft.buyer, draft.due_on, draft.breakdown) == ({}, {}, None, [])


def test_an_empty_draft_can_be_previewed(world):
    draft = services.create_draft(
        activity=world.activities["aline"].pk, content=build.DraftContent(), by=world.aline, at=cast.at("2026-09-14")
    )

    assert paper.preview(draft, on=build.DAY).gross == 0


def test_only_those_who_see_the_invoice_see_its_document(world):
    document = Document.objects.get(subject=build.invoice(world.activities["aline"], world.aline).pk)

    assert paper.visible(document, world.aline)
    assert paper.visible(document, world.farid)
    assert not paper.visible(document, world.chloe)
    assert not paper.visible(document, world.dirk)
