"""The structured invoice in the life of a document: checked before it takes a number, made once, kept beside the paper."""

import io
from datetime import date
from decimal import Decimal

import pikepdf
import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coop.documents import queries as files
from coop.documents import services as documents
from coop.documents.models import Document
from coop.entities.models import NumberSeries
from coop.ledger.models import Entry
from invoicing import services, structured, ubl
from invoicing.content import CreditLine
from invoicing.einvoice import checks
from invoicing.einvoice.model import Identifier, Kind
from invoicing.einvoice.reading import read
from invoicing.models import Invoice
from tests import cast
from tests.invoicing import build
from tests.invoicing.einvoice import official

pytestmark = pytest.mark.django_db
AT = cast.at("2026-09-14 10:01")


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


def made(invoice: Invoice) -> bytes:
    """Let a worker make the paper and then the structured invoice of a document; return the bytes of the latter."""
    for kind in ("invoice", services.STRUCTURED):
        assert documents.make_document(document=Document.objects.get(kind=kind, subject=invoice.pk).pk, at=AT)
    return files.content(
        Document.objects.select_related("cooperative").get(kind=services.STRUCTURED, subject=invoice.pk)
    )


def issue(draft: Invoice, by) -> Invoice:
    """Issue a draft."""
    return services.issue_invoice(invoice_id=draft.pk, on=build.DAY, by=by, at=AT)


def last_number(world: cast.World) -> int:
    """Return the last number of Archipel's series of invoices."""
    return NumberSeries.objects.get(cooperative=world.archipel, kind="invoice", year="2026").last_number


def test_an_issued_invoice_has_its_structured_invoice_with_the_paper_in_it(world):
    invoice = build.invoice(
        world.activities["aline"], world.aline, build.line("2", "500.00", discount="10", description="Formation\n14 septembre"),
        build.line("1", "20.00", "BE06"), build.line("1", "80.00", "EXEMPT_TEACHING"), reference="PO 77", note="Merci !",
    )  # fmt: skip

    content = made(invoice)

    document = read(content).document
    paper = files.content(Document.objects.select_related("cooperative").get(kind="invoice", subject=invoice.pk))
    assert document.attachments[0].content == paper
    assert (document.number, document.issued_on, document.due_on) == ("2026-0001", build.DAY, date(2026, 10, 14))
    assert (document.seller.name, document.seller.trade_name) == ("Archipel", "Aline traduit")
    assert document.seller.legal_form == "SC agréée – RPM Bruxelles"
    assert document.seller.contact.name == "Aline Dubois"
    assert document.seller.legal_id == Identifier(world.archipel.enterprise_number, "0208")
    assert document.buyer.endpoint == Identifier("0403170701", "0208")
    assert (document.buyer_reference, document.notes) == ("PO 77", ("Merci !",))
    assert document.payment.reference == invoice.structured_communication
    assert document.payment.accounts[0].number == invoice.seller["iban"]
    assert (document.lines[0].name, document.lines[0].description) == ("Formation", "14 septembre")
    assert document.lines[0].allowances[0].amount == Decimal("100.00")
    assert [(one.category, one.rate, one.base, one.vat) for one in document.vat] == [
        ("S", Decimal(21), Decimal("900.00"), Decimal("189.00")),
        ("S", Decimal(6), Decimal("20.00"), Decimal("1.20")),
        ("E", Decimal(0), Decimal("80.00"), Decimal("0.00")),
    ]
    assert document.vat[2].reason.startswith("Handeling vrijgesteld van btw, artikel 44, § 2, 4°")
    assert document.totals.payable == invoice.gross.amount == Decimal("1190.20")


def test_others_find_nothing_wrong_with_it(world):
    activity, by = world.activities["aline"], world.aline
    belgian = build.customer(activity, by)
    french = build.customer(activity, by, name="SARL Bonjour", vat_number="FR40303265045", country="FR", language="fr")
    issued = [
        build.invoice(activity, by, build.line("3", "33.3333"), build.line("1", "10.00", "BE06_RENOVATION"), to=belgian),
        build.invoice(activity, by, build.line(operation="CO_CONTRACTOR"), supplied_on=date(2026, 9, 1),
                      supplied_until=date(2026, 9, 10), to=belgian),
        build.invoice(activity, by, build.line(operation="OUTSIDE"), to=belgian),
        build.invoice(activity, by, build.line(operation="MARGIN_USED"), build.line(operation="EXEMPT_44"), to=belgian),
        build.invoice(activity, by, build.line(operation="EU_SERVICE"), to=french),
        build.invoice(activity, by, build.line(operation="EU_GOODS"), to=french),
        build.invoice(activity, by, build.line("5", "6.10", discount="15"), build.line("-1", "2.00"), to=belgian),
    ]  # fmt: skip
    issued.append(
        services.credit_invoice(invoice_id=issued[0].pk, lines=None, reason="Erreur", on=build.DAY, by=by, at=AT)
    )

    for invoice in issued:
        content = made(invoice)
        kind = Kind.CREDIT_NOTE if invoice.kind == Invoice.Kind.CREDIT_NOTE else Kind.INVOICE
        assert official.schema_errors(content, kind) == []
        assert official.second_opinion(content) == []
        assert official.cen_errors(content) == []
        assert not checks.fatal(checks.check_file(content, view=checks.View.OURS))


def test_the_paper_holds_the_structured_invoice_without_itself(world):
    invoice = build.invoice(world.activities["aline"], world.aline)
    made(invoice)

    paper = files.content(Document.objects.select_related("cooperative").get(kind="invoice", subject=invoice.pk))
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        inside = pdf.attachments["invoice.xml"].get_file().read_bytes()
    assert inside == ubl.bare(rows_of(invoice))
    assert read(inside).document.attachments == ()


def rows_of(invoice: Invoice) -> Invoice:
    """Return a document as it stands in the database."""
    return Invoice.objects.select_related("credits").get(pk=invoice.pk)


def test_making_it_twice_gives_the_same_bytes(world):
    invoice = build.invoice(world.activities["aline"], world.aline)
    content = made(invoice)

    again = ubl.build(Document.objects.get(kind=services.STRUCTURED, subject=invoice.pk))

    assert again == content


def test_a_private_person_gets_the_paper_only(world):
    buyer = build.customer(world.activities["aline"], world.aline, kind="private", vat_number="", name="Jan Peeters")
    invoice = build.invoice(world.activities["aline"], world.aline, to=buyer)

    assert documents.make_document(document=Document.objects.get(subject=invoice.pk).pk, at=AT)

    assert [row.kind for row in Document.objects.filter(subject=invoice.pk)] == ["invoice"]


def test_a_credit_note_names_its_invoice_and_gives_back_the_same(world):
    invoice = build.invoice(world.activities["aline"], world.aline, build.line("2", "500.00"))
    line = invoice.lines.get()
    note = services.credit_invoice(
        invoice_id=invoice.pk, lines=[CreditLine(line.pk, quantity=Decimal(1))], reason="Annulé", on=build.DAY,
        by=world.aline, at=AT,
    )  # fmt: skip

    document = read(made(note)).document

    assert document.kind == Kind.CREDIT_NOTE
    assert (document.preceding[0].number, document.preceding[0].issued_on) == ("2026-0001", build.DAY)
    assert document.totals.payable == Decimal("605.00")
    assert document.payment is None
    assert document.notes[0].startswith("Annulé\n")


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(1, 3), min_size=1, max_size=3), st.sampled_from(["0.05", "0.33", "1.07"]))
def test_credit_notes_that_close_an_invoice_to_the_cent_are_not_refused(world, quantities, price):
    total = sum(quantities)
    invoice = build.invoice(world.activities["aline"], world.aline, build.line(str(total), price))

    for quantity in quantities:
        services.credit_invoice(
            invoice_id=invoice.pk, lines=[CreditLine(invoice.lines.get().pk, quantity=Decimal(quantity))], reason="Rendu",
            on=build.DAY, by=world.aline, at=AT,
        )  # fmt: skip

    invoice.refresh_from_db()
    assert invoice.state == "credited"
    notes = Invoice.objects.filter(credits=invoice)
    assert sum(note.gross.amount for note in notes) == invoice.gross.amount


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_a_document_that_would_be_wrong_is_refused_with_its_field_and_uses_no_number(world):
    draft = build.draft(world.activities["aline"], world.aline, note="Projet #ABC# terminé")

    with pytest.raises(services.NotRight, match="Take the signs # out") as refused:
        issue(draft, world.aline)

    assert refused.value.field == "note"
    assert last_number(world) == 0
    assert not Entry.objects.exists()
    draft.refresh_from_db()
    assert (draft.state, draft.number) == ("draft", "")


def test_what_is_outside_the_scope_of_vat_stands_alone(world):
    draft = build.draft(world.activities["aline"], world.aline, build.line(operation="OUTSIDE"), build.line())

    with pytest.raises(services.NotRight, match="Make two documents"):
        issue(draft, world.aline)


def test_the_coach_is_not_asked_to_validate_what_could_not_be_issued(world):
    services.require_validation(activity=world.activities["aline"].pk, on=date(2026, 1, 1), by=world.amina)
    draft = build.draft(world.activities["aline"], world.aline, note="#ABC#")

    with pytest.raises(services.NotRight):
        services.submit_invoice(invoice_id=draft.pk, on=build.DAY, by=world.aline, at=AT)


def test_a_country_that_does_not_exist_sends_to_the_customer(world):
    buyer = build.customer(world.activities["aline"], world.aline, country="XX", vat_number="", kind="private")
    draft = build.draft(world.activities["aline"], world.aline, to=buyer)

    with pytest.raises(services.NotRight, match="two letters") as refused:
        issue(draft, world.aline)

    assert refused.value.field == "customer"


def test_a_cooperative_without_address_is_told_whom_to_ask(world):
    world.archipel.street = ""
    world.archipel.save()

    with pytest.raises(services.NotRight, match="Ask the administrator"):
        issue(build.draft(world.activities["aline"], world.aline), world.aline)


# --- who is addressed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "buyer, address",
    [
        ({"kind": "business", "enterprise_number": "0403170701"}, Identifier("0403170701", "0208")),
        ({"kind": "public_body", "enterprise_number": "0403170701"}, Identifier("0403170701", "0208")),
        ({"kind": "business", "vat_number": "FR40303265045"}, Identifier("FR40303265045", "9957")),
        ({"kind": "business", "vat_number": "NL004495445B01"}, Identifier("NL004495445B01", "9944")),
        ({"kind": "private", "enterprise_number": "0403170701"}, None),
        ({"kind": "business"}, None),
    ],
)
def test_businesses_are_addressed_by_their_number(buyer, address):
    assert structured.endpoint(buyer) == address


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_page_offers_both_files_and_waits_for_them(world, client):
    invoice = build.invoice(world.activities["aline"], world.aline)
    client.force_login(world.aline)
    page = reverse("invoicing:invoice_detail", args=[invoice.pk])

    before = client.get(page).content.decode()
    made(invoice)
    after = client.get(page).content.decode()

    assert 'hx-trigger="every 2s"' in before
    assert "2026-0001.xml" in before
    assert 'hx-trigger="every 2s"' not in after
    xml = Document.objects.get(kind=services.STRUCTURED, subject=invoice.pk)
    link = reverse("documents:document_download", args=[xml.pk])
    assert link in after
    answer = client.get(link)
    assert answer["Content-Type"] == "application/xml"
    assert read(answer.content).document.number == "2026-0001"
    fragment = client.get(reverse("invoicing:invoice_files", args=[invoice.pk]), headers={"HX-Request": "true"})
    assert link in fragment.content.decode()


def test_others_do_not_see_it(world, client):
    invoice = build.invoice(world.activities["aline"], world.aline)
    made(invoice)
    client.force_login(world.users["chloe"])

    xml = Document.objects.get(kind=services.STRUCTURED, subject=invoice.pk)

    assert client.get(reverse("documents:document_download", args=[xml.pk])).status_code == 404
    assert client.get(reverse("invoicing:invoice_files", args=[invoice.pk])).status_code == 404
