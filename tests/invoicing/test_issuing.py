"""Issuing: a number, a frozen document, an entry; or nothing at all."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from stdnum.be import ogm_vcs

from coop.documents.models import Document
from coop.entities.models import FeePolicy, NumberSeries, PeriodLock
from coop.entities.numbering import DateRunsBackwards
from coop.entities.queries import PeriodLocked
from coop.history.services import KeyReused
from coop.ledger import queries as ledger
from coop.ledger import services as books
from coop.ledger.models import Entry, OpenItem
from coop.ledger.text import journal_text
from coop.periods import Month
from invoicing import services
from invoicing.content import CustomerDetails, DraftContent
from invoicing.models import Invoice, InvoiceEvent, InvoiceLine
from invoicing.vat import OperationUnknown
from tests import cast
from tests.invoicing import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


def issue(draft: Invoice, by, on: date = build.DAY) -> Invoice:
    """Issue a draft."""
    return services.issue_invoice(invoice_id=draft.pk, on=on, by=by, at=cast.at("2026-09-14 10:00"))


def last_number(world: cast.World) -> int:
    """Return the last number of Archipel's series of invoices."""
    return NumberSeries.objects.get(cooperative=world.archipel, kind="invoice", year="2026").last_number


def test_an_issued_invoice_takes_the_next_number(world):
    first = build.invoice(world.activities["aline"], world.aline)
    second = build.invoice(world.activities["lina"], world.lina)

    assert [first.number, second.number] == ["2026-0001", "2026-0002"]


def test_an_issued_invoice_is_posted_with_its_receivable_in_two_lines_and_its_fee(world):
    world.archipel.language = "en"
    world.archipel.save()

    build.invoice(world.activities["aline"], world.aline, build.line("2", "500.00"))

    assert journal_text(Entry.objects.order_by("pk")) == (
        "2026-09-14 VEN 1 Invoice 2026-0001, Karel BV\n"
        "  400   A-017          1000.00\n"
        "  400   -               210.00\n"
        "  700   A-017         -1000.00 base:03\n"
        "  451   -              -210.00 tax:54\n"
        "2026-09-14 AN 1 Fee on 2026-0001, Karel BV\n"
        "  900   A-017           100.00\n"
        "  900   COOP           -100.00\n"
        "  901   A-017            10.00\n"
        "  901   FUND            -10.00"
    )


def test_an_issued_invoice_opens_an_item_for_what_is_to_be_collected(world):
    invoice = build.invoice(world.activities["aline"], world.aline)

    item = OpenItem.objects.get(pk=invoice.pk)
    assert (item.net, item.gross, item.reference) == (Decimal("1000.00"), Decimal("1210.00"), "2026-0001")
    assert item.due_on == date(2026, 10, 14)
    assert ledger.residual(item) == Decimal("1210.00")
    assert ogm_vcs.is_valid(item.structured_communication)


def test_an_issued_invoice_keeps_what_it_shows_when_the_customer_changes(world):
    buyer = build.customer(world.activities["aline"], world.aline)
    invoice = build.invoice(world.activities["aline"], world.aline, to=buyer)

    services.update_customer(
        customer_id=buyer.pk,
        details=CustomerDetails(name="Karel NV", town="Brugge"),
        version=1,
        by=world.aline,
    )

    invoice.refresh_from_db()
    assert (invoice.buyer["name"], invoice.buyer["town"]) == ("Karel BV", "Gent")
    assert (invoice.seller["trade_name"], invoice.seller["name"]) == ("Aline traduit", "Archipel")
    assert invoice.seller["contact_name"] == "Aline Dubois"
    assert invoice.language == "nl"


def test_an_issued_invoice_asks_for_its_document_in_the_language_of_the_customer(world):
    invoice = build.invoice(world.activities["aline"], world.aline)

    document = Document.objects.get(subject=invoice.pk)
    assert (document.kind, document.language, document.state) == ("invoice", "nl", "pending")


def test_the_same_form_sent_twice_issues_once(world):
    draft, key = build.draft(world.activities["aline"], world.aline), uuid4()

    numbers = {
        services.issue_invoice(
            invoice_id=draft.pk, on=build.DAY, by=world.aline, at=cast.at("2026-09-14"), key=key
        ).number
        for _sending in range(2)
    }

    assert numbers == {"2026-0001"}
    assert last_number(world) == 1
    with pytest.raises(KeyReused):
        services.issue_invoice(
            invoice_id=draft.pk, on=date(2026, 9, 15), by=world.aline, at=cast.at("2026-09-14"), key=key
        )


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_an_incomplete_draft_is_saved_and_not_issued_and_uses_no_number(world):
    draft = services.create_draft(
        activity=world.activities["aline"].pk, content=DraftContent(), by=world.aline, at=cast.at("2026-09-14")
    )

    with pytest.raises(services.NotReady, match="names no customer"):
        issue(draft, world.aline)

    assert last_number(world) == 0
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "details, message",
    [
        ({"street": ""}, "address"),
        ({"town": ""}, "address"),
    ],
)
def test_a_customer_without_address_is_refused(world, details, message):
    buyer = build.customer(world.activities["aline"], world.aline, **details)

    with pytest.raises(services.NotReady, match=message):
        issue(build.draft(world.activities["aline"], world.aline, to=buyer), world.aline)


def test_an_unknown_rate_is_refused_with_the_rates_in_force(world):
    line = build.line(sale="works")
    draft = build.draft(world.activities["aline"], world.aline, line, supplied_on=date(2022, 12, 1))

    with pytest.raises(OperationUnknown, match="BE21"):
        issue(draft, world.aline)

    assert last_number(world) == 0


def test_a_locked_period_is_refused_before_a_number_is_taken(world):
    draft = build.draft(world.activities["aline"], world.aline)
    books.lock_period(
        cooperative=world.archipel, month=Month(2026, 8), kind=PeriodLock.Kind.VAT, by=None, at=cast.at("2026-09-20")
    )

    with pytest.raises(PeriodLocked):
        issue(draft, world.aline, on=date(2026, 8, 31))

    assert last_number(world) == 0
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_date_before_the_last_number_is_refused(world):
    build.invoice(world.activities["lina"], world.lina, on=date(2026, 9, 20))

    with pytest.raises(DateRunsBackwards):
        issue(build.draft(world.activities["aline"], world.aline), world.aline, on=date(2026, 9, 19))


def test_a_cooperative_without_fee_policy_issues_nothing(world):
    FeePolicy.objects.all().delete()

    with pytest.raises(Exception, match="No fee or fund policy"):
        issue(build.draft(world.activities["aline"], world.aline), world.aline)

    assert last_number(world) == 0


def test_an_invoice_is_issued_once(world):
    invoice = build.invoice(world.activities["aline"], world.aline)

    with pytest.raises(services.NotADraft, match="credit note"):
        issue(invoice, world.aline)


@pytest.mark.parametrize("who", ["chloe", "dirk", "elise", "amina", "jeanne"])
def test_nobody_issues_the_invoices_of_others(world, who):
    draft = build.draft(world.activities["aline"], world.aline)

    with pytest.raises(PermissionDenied):
        issue(draft, world.users[who])


@pytest.mark.parametrize(
    "operation, vat_number, message",
    [("CO_CONTRACTOR", "", "Belgian VAT number"), ("EU_SERVICE", "BE0403170701", "another country")],
)
def test_a_reverse_charge_needs_the_vat_number_that_goes_with_it(world, operation, vat_number, message):
    buyer = build.customer(world.activities["aline"], world.aline, vat_number=vat_number)
    draft = build.draft(world.activities["aline"], world.aline, build.line(operation=operation), to=buyer)

    with pytest.raises(services.NotReady, match=message):
        issue(draft, world.aline)


# --- the coach --------------------------------------------------------------------------------------------------------


def test_where_the_coach_validates_the_entrepreneur_submits_and_the_coach_issues(world):
    services.require_validation(activity=world.activities["aline"].pk, on=date(2026, 1, 1), by=world.amina)
    draft = build.draft(world.activities["aline"], world.aline)

    with pytest.raises(services.NeedsValidation):
        issue(draft, world.aline)
    services.submit_invoice(invoice_id=draft.pk, on=build.DAY, by=world.aline, at=cast.at("2026-09-14 09:30"))
    issued = issue(draft, world.farid)

    assert issued.number == "2026-0001"
    assert list(InvoiceEvent.objects.filter(invoice=draft).order_by("at").values_list("kind", flat=True)) == [
        "created", "submitted", "issued",
    ]  # fmt: skip


def test_the_coach_sends_a_draft_back_with_a_comment(world):
    draft = build.draft(world.activities["aline"], world.aline)
    services.submit_invoice(invoice_id=draft.pk, on=build.DAY, by=world.aline, at=cast.at("2026-09-14"))

    returned = services.return_invoice(
        invoice_id=draft.pk, comment="Which day?", by=world.farid, at=cast.at("2026-09-15")
    )

    assert returned.state == "draft"
    assert InvoiceEvent.objects.get(invoice=draft, kind="returned").comment == "Which day?"
    with pytest.raises(services.NotADraft):
        services.return_invoice(invoice_id=draft.pk, comment="", by=world.farid, at=cast.at("2026-09-15"))


# --- issued elsewhere -------------------------------------------------------------------------------------------------


def test_an_invoice_issued_elsewhere_keeps_its_number_and_takes_none(world):
    draft = build.draft(world.activities["aline"], world.aline)

    invoice = services.record_issued_elsewhere(
        invoice_id=draft.pk, number="F-2026-77", on=date(2026, 3, 2), by=world.bruno, at=cast.at("2026-09-14"),
        structured_communication="090933755493",
    )  # fmt: skip

    assert (invoice.number, invoice.origin) == ("F-2026-77", "elsewhere")
    assert last_number(world) == 0
    assert OpenItem.objects.get(pk=invoice.pk).structured_communication == "090933755493"
    assert not Document.objects.filter(subject=invoice.pk).exists()
    other = build.draft(world.activities["aline"], world.aline)
    with pytest.raises(services.NumberTaken):
        services.record_issued_elsewhere(
            invoice_id=other.pk, number="F-2026-77", on=date(2026, 3, 2), by=world.bruno, at=cast.at("2026-09-14")
        )


# --- what the database refuses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("column, value", [("number", "2026-0009"), ("net", 1), ("reference", "x"), ("buyer", {})])
def test_the_database_keeps_an_issued_invoice_as_it_is(world, as_runtime_role, column, value):
    invoice = build.invoice(world.activities["aline"], world.aline)

    with pytest.raises(IntegrityError, match="can no longer change"), as_runtime_role(), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**{column: value})


def test_the_database_deletes_no_issued_invoice_and_none_of_its_lines_or_events(world, as_runtime_role):
    invoice = build.invoice(world.activities["aline"], world.aline)

    for rows in (
        InvoiceLine.objects.filter(invoice=invoice),
        InvoiceEvent.objects.filter(invoice=invoice),
        Invoice.objects.filter(pk=invoice.pk),
    ):
        with pytest.raises(IntegrityError), as_runtime_role(), transaction.atomic():
            rows._raw_delete("default")


def test_the_database_refuses_to_add_or_change_a_line_of_an_issued_invoice(world, as_runtime_role):
    invoice = build.invoice(world.activities["aline"], world.aline)

    with pytest.raises(IntegrityError, match="lines can no longer change"), as_runtime_role(), transaction.atomic():
        InvoiceLine.objects.create(invoice=invoice, position=2, description="more")
    with pytest.raises(IntegrityError, match="lines can no longer change"), as_runtime_role(), transaction.atomic():
        InvoiceLine.objects.filter(invoice=invoice).update(description="other")


def test_the_database_refuses_to_change_what_happened(world, as_runtime_role):
    draft = build.draft(world.activities["aline"], world.aline)

    with pytest.raises(IntegrityError, match="can no longer change"), as_runtime_role(), transaction.atomic():
        InvoiceEvent.objects.filter(invoice=draft).update(comment="never said")


def test_the_database_refuses_a_number_on_a_draft_and_an_issued_invoice_without(world):
    draft = build.draft(world.activities["aline"], world.aline)

    for values in ({"number": "2026-0001"}, {"state": "issued"}):
        with pytest.raises(IntegrityError, match="invoice_number_when_issued"), transaction.atomic():
            Invoice.objects.filter(pk=draft.pk).update(**values)


def test_a_draft_can_be_discarded_and_an_invoice_cannot(world):
    draft = build.draft(world.activities["aline"], world.aline)
    invoice = build.invoice(world.activities["aline"], world.aline)

    services.discard_draft(invoice_id=draft.pk, by=world.aline)

    assert not Invoice.objects.filter(pk=draft.pk).exists()
    with pytest.raises(services.NotADraft):
        services.discard_draft(invoice_id=invoice.pk, by=world.aline)
