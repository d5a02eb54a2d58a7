"""A rebate and a charge on a whole document: shared to the cent, printed, in the structured invoice, given back."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from coop.ledger.models import Line
from coop.money import ZERO, cents
from invoicing import paper, services, structured, totals
from invoicing.content import CreditLine, DraftContent
from invoicing.einvoice import checks
from invoicing.einvoice.model import Kind
from invoicing.einvoice.writing import write
from invoicing.models import Invoice
from tests import books, cast
from tests.invoicing import build
from tests.invoicing.einvoice import official

D = Decimal
AT = cast.at("2026-09-14 10:00")


def item(net: str, rate: str = "0.21", operation: str = "BE21", category: str = "S") -> totals.Item:
    """Make a line to be totalled."""
    return totals.Item(operation, category, D(rate), D(net))


# --- to the cent ------------------------------------------------------------------------------------------------------


def test_a_rebate_in_percent_is_shared_over_the_rates_and_vat_is_on_what_is_left():
    sums = totals.totals([item("425.00"), item("597.50", "0.06", "BE06")], totals.OnTheWhole(discount_percent=D(3)))

    assert [(one.lines, one.discount, one.base, one.vat) for one in sums.groups] == [
        (D("425.00"), D("12.75"), D("412.25"), D("86.57")), (D("597.50"), D("17.93"), D("579.57"), D("34.77")),
    ]  # fmt: skip
    assert (sums.lines, sums.discount, sums.net) == (D("1022.50"), D("30.68"), D("991.82"))


def test_a_charge_follows_the_lines():
    sums = totals.totals([item("100.00"), item("50.00", "0.06", "BE06")], totals.OnTheWhole(charge=D("10.00")))

    assert [(one.charge, one.base) for one in sums.groups] == [(D("6.67"), D("106.67")), (D("3.33"), D("53.33"))]


def test_what_is_below_zero_takes_no_share():
    sums = totals.totals([item("100.00"), item("-40.00", "0.06", "BE06")], totals.OnTheWhole(discount=D("10.00")))

    assert [(one.discount, one.base) for one in sums.groups] == [(D("10.00"), D("90.00")), (ZERO, D("-40.00"))]


RATES = [("S", "0.21", "BE21"), ("S", "0.06", "BE06"), ("S", "0.06", "BE06_RENOVATION"), ("E", "0", "EXEMPT_44")]
ITEMS = st.lists(
    st.tuples(st.sampled_from(RATES), st.decimals(D("0.01"), D("9999"), places=2)), min_size=1, max_size=12
)
AMOUNTS = st.decimals(D("0"), D("500"), places=2)


@given(ITEMS, st.decimals(D("0"), D("100"), places=2), AMOUNTS, AMOUNTS)
def test_all_shares_add_up_for_every_document(items, percent, discount, charge):
    lines = [item(str(net), rate, operation, category) for (category, rate, operation), net in items]
    whole = totals.OnTheWhole(percent, discount, charge)

    sums = totals.totals(lines, whole)

    of_lines = sum((line.net for line in lines), ZERO)
    assert sums.lines == of_lines
    assert sums.discount == (cents(of_lines * percent / 100) if percent else discount)
    assert sums.charge == charge
    assert sums.net == of_lines - sums.discount + charge
    for group in sums.groups:
        assert group.vat == cents(group.base * group.rate)
        assert sum(group.operations.values(), ZERO) == group.base


# --- on documents -----------------------------------------------------------------------------------------------------


@pytest.fixture
def world(db) -> cast.World:
    """The cast."""
    return cast.world()


def issued(world, **more) -> Invoice:
    """Issue an invoice of 100 EUR at 21 % and 50 EUR at 6 % with a rebate of 10 % and a charge of 12 EUR."""
    head = {"discount_percent": D(10), "discount_reason": "Klant sinds 2020", "charge": D("12.00"),
            "charge_reason": "Levering", **more}  # fmt: skip
    return build.invoice(
        world.activities["aline"], world.aline, build.line(price="100"), build.line(price="50", sale="books"), **head
    )


def test_the_document_keeps_the_shares_and_the_books_hold_what_is_left(world):
    invoice = issued(world)

    assert (invoice.discount.amount, invoice.charge.amount) == (D("15.00"), D("12.00"))
    assert (invoice.net.amount, invoice.vat.amount, invoice.gross.amount) == (D("147.00"), D("23.52"), D("170.52"))
    assert [(row["discount"], row["charge"], row["base"]) for row in invoice.breakdown] == [
        ("10.00", "8.00", "98.00"), ("5.00", "4.00", "49.00"),
    ]  # fmt: skip
    bases = Line.objects.filter(entry__source_key=str(invoice.pk), vat_part="base")
    assert sorted(-line.amount for line in bases) == [D("49.00"), D("98.00")]
    assert books.faults(world.archipel, cast.at("2026-09-15")) == []


def test_the_paper_shows_the_lines_the_rebate_and_the_charge(world):
    invoice = issued(world)

    with translation.override(invoice.language):
        shown = paper.of(invoice, list(invoice.lines.order_by("position")))
        text = render_to_string(paper.TEMPLATE, {**paper.context(shown), "language": invoice.language})

    for said in ("150,00", "Klant sinds 2020 (10 %)", "−15,00", "Levering", "12,00", "147,00", "170,52"):
        assert said in text, said


def test_the_structured_invoice_holds_them_by_rate_and_others_find_nothing_wrong(world):
    invoice = issued(world)
    note = services.credit_invoice(
        invoice_id=invoice.pk, lines=None, reason="Fout", on=build.DAY, by=world.aline, at=AT
    )

    document = structured.of(invoice, list(invoice.lines.order_by("position")))
    assert [(one.is_charge, one.amount, one.category, one.rate) for one in document.allowances] == [
        (False, D("10.00"), "S", D(21)), (True, D("8.00"), "S", D(21)), (False, D("5.00"), "S", D(6)), (True, D("4.00"), "S", D(6)),
    ]  # fmt: skip
    assert (document.totals.lines, document.totals.allowances, document.totals.charges) == (
        D("150.00"),
        D("15.00"),
        D("12.00"),
    )
    assert document.allowances[0].reason == "Klant sinds 2020 (10 %)"
    for one, kind in ((invoice, Kind.INVOICE), (note, Kind.CREDIT_NOTE)):
        row = Invoice.objects.select_related("credits").get(pk=one.pk)
        content = write(structured.of(row, list(row.lines.order_by("position"))))
        assert official.schema_errors(content, kind) == []
        assert official.second_opinion(content) == []
        assert not checks.fatal(checks.check_file(content, view=checks.View.OURS))


def test_a_credit_note_of_all_gives_back_exactly_what_was_asked(world):
    invoice = issued(world)

    note = services.credit_invoice(
        invoice_id=invoice.pk, lines=None, reason="Fout", on=date(2026, 9, 20), by=world.aline, at=AT
    )

    assert (note.net, note.vat, note.gross) == (invoice.net, invoice.vat, invoice.gross)
    assert (note.discount, note.charge) == (invoice.discount, invoice.charge)
    assert books.faults(world.archipel, cast.at("2026-09-21")) == []


@given(st.lists(st.decimals(D("0.01"), D("99.99"), places=2), min_size=1, max_size=4))
def test_credit_notes_in_parts_close_to_the_cent(parts):
    """The pure rule: shares of parts add up to the share of the whole."""
    from invoicing import crediting

    lines, discount = sum(parts, ZERO), D("7.77")
    credited, given_back = crediting.NOTHING, []
    for part in parts:
        left = crediting.Left(ZERO, ZERO, crediting.OfTheWhole(lines, discount), credited)
        share = crediting.share_given_back(discount, credited.discount, left, part)
        given_back.append(share)
        credited = credited.plus(crediting.OfTheWhole(part, share))

    assert sum(given_back, ZERO) == discount
    assert all(share >= ZERO for share in given_back)


def test_credit_notes_in_parts_give_back_the_rebate_in_proportion(world):
    invoice = issued(world)
    first, second = invoice.lines.order_by("position")

    part = services.credit_invoice(
        invoice_id=invoice.pk, lines=[CreditLine(line=first.pk, amount=D("50.00"))], reason="Deel", on=date(2026, 9, 20),
        by=world.aline, at=AT,
    )  # fmt: skip
    rest = services.credit_invoice(
        invoice_id=invoice.pk, lines=None, reason="Rest", on=date(2026, 9, 21), by=world.aline, at=AT
    )

    assert (part.net.amount, part.discount.amount, part.charge.amount) == (D("49.00"), D("5.00"), D("4.00"))
    assert part.net + rest.net == invoice.net
    assert part.vat + rest.vat == invoice.vat
    assert Invoice.objects.get(pk=invoice.pk).state == "credited"
    assert second.net.amount == D("50.00")


def test_a_rebate_typed_before_the_lines_is_kept(world):
    draft = services.create_draft(
        activity=world.activities["aline"].pk, by=world.aline, at=AT,
        content=DraftContent(discount=D("30.00"), charge=D("5.00")),
    )  # fmt: skip

    assert (draft.discount.amount, draft.charge.amount, draft.net.amount) == (D("30.00"), D("5.00"), ZERO)


def test_a_rebate_of_everything_is_not_issued(world):
    draft = build.draft(world.activities["aline"], world.aline, discount=D("1000.00"))

    with pytest.raises(services.NotReady, match="not above zero"):
        services.issue_invoice(invoice_id=draft.pk, on=build.DAY, by=world.aline, at=AT)


def test_the_database_refuses_a_rebate_below_zero(world):
    draft = build.draft(world.activities["aline"], world.aline)

    with pytest.raises(IntegrityError, match="invoice_rebate_and_charge"), transaction.atomic():
        Invoice.objects.filter(pk=draft.pk).update(discount=D("-1.00"))


def test_a_duplicate_has_the_same_rebate(world):
    copy = services.duplicate_invoice(invoice_id=issued(world).pk, by=world.aline, at=AT)

    assert (copy.discount_percent, copy.discount.amount, copy.charge.amount) == (D(10), D("15.00"), D("12.00"))


def test_an_amount_in_eur_stays_what_was_typed_when_lines_change(world):
    draft = build.draft(world.activities["aline"], world.aline, discount=D("30.00"))

    saved = services.save_draft(
        invoice_id=draft.pk, version=None, by=world.aline, at=AT,
        content=DraftContent(customer=draft.customer_id, lines=[build.line(price="200")], discount=D("30.00")),
    )  # fmt: skip

    assert (saved.discount.amount, saved.net.amount) == (D("30.00"), D("170.00"))
