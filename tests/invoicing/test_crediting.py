"""Credit notes: never above the invoice, at its rates and its fee, closing to the cent."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from coop.banking import services as banking
from coop.entities.fees import Slice, Terms
from coop.entities.models import FeePolicy, NumberSeries, PeriodLock
from coop.entities.queries import PeriodLocked
from coop.ledger import queries as ledger
from coop.ledger import services as books
from coop.ledger.models import Entry, OpenItem
from coop.ledger.text import journal_text
from coop.money import ZERO, cents
from coop.periods import Month
from invoicing import crediting, services
from invoicing.content import CreditLine
from invoicing.models import Invoice
from tests import cast
from tests.invoicing import build

D = Decimal
LATER = date(2026, 10, 5)


@pytest.fixture
def world(db) -> cast.World:
    """The cast."""
    return cast.world()


def credit(invoice: Invoice, by, *lines: CreditLine, on: date = LATER) -> Invoice:
    """Credit some lines of an invoice, or all that is left."""
    return services.credit_invoice(
        invoice_id=invoice.pk, lines=list(lines) or None, reason="Agreed", on=on, by=by, at=cast.at("2026-10-05")
    )


def test_a_credit_note_of_the_whole_reverses_the_invoice_in_the_grids_of_credit_notes(world):
    world.archipel.language = "en"
    world.archipel.save()
    invoice = build.invoice(world.activities["aline"], world.aline)

    note = credit(invoice, world.aline)

    assert journal_text(Entry.objects.filter(source_key=str(note.pk)).order_by("pk")) == (
        "2026-10-05 NCV 1 Credit note NC-2026-0001, Karel BV\n"
        "  400   A-017         -1000.00\n"
        "  400   -              -210.00\n"
        "  700   A-017          1000.00 base:49\n"
        "  451   -               210.00 tax:64\n"
        "2026-10-05 AN 2 Fee on NC-2026-0001, Karel BV\n"
        "  900   A-017          -100.00\n"
        "  900   COOP            100.00\n"
        "  901   A-017           -10.00\n"
        "  901   FUND             10.00"
    )
    invoice.refresh_from_db()
    assert invoice.state == "credited"
    assert ledger.residual(OpenItem.objects.get(pk=invoice.pk)) == 0
    assert ledger.accounting_balance(world.activities["aline"], LATER) == 0


def test_a_part_is_credited_by_quantity_or_by_amount(world):
    invoice = build.invoice(
        world.activities["aline"], world.aline, build.line("4", "250.00"), build.line("1", "100.00")
    )
    first, second = invoice.lines.order_by("position")

    note = credit(
        invoice,
        world.aline,
        CreditLine(line=first.pk, quantity=D("1.5")),
        CreditLine(line=second.pk, amount=D("40.00")),
    )

    assert (note.net.amount, note.vat.amount) == (D("415.00"), D("87.15"))
    assert [(line.quantity, line.net.amount) for line in note.lines.order_by("position")] == [
        (D("1.5000"), D("375.00")),
        (D("1.0000"), D("40.00")),
    ]
    invoice.refresh_from_db()
    assert invoice.state == "issued"
    assert ledger.residual(OpenItem.objects.get(pk=invoice.pk)) == invoice.gross.amount - note.gross.amount


@pytest.mark.parametrize(
    "asked", [{"amount": D("1000.01")}, {"quantity": D("1.0001")}, {"amount": D("-1.00")}, {"quantity": D("0")}]
)
def test_a_credit_above_a_line_is_refused_and_uses_no_number(world, asked):
    invoice = build.invoice(world.activities["aline"], world.aline)

    with pytest.raises(services.CreditAboveInvoice, match="1000.00 EUR excluding VAT is left"):
        credit(invoice, world.aline, CreditLine(line=invoice.lines.get().pk, **asked))

    assert NumberSeries.objects.get(cooperative=world.archipel, kind="credit_note", year="2026").last_number == 0
    assert not Invoice.objects.filter(kind="credit_note").exists()


def test_credits_add_up_to_the_invoice_and_no_further(world):
    invoice = build.invoice(world.activities["aline"], world.aline)
    line = invoice.lines.get().pk
    credit(invoice, world.aline, CreditLine(line=line, amount=D("999.99")))

    with pytest.raises(services.CreditAboveInvoice, match="0.01"):
        credit(invoice, world.aline, CreditLine(line=line, amount=D("0.02")))
    credit(invoice, world.aline)

    with pytest.raises(services.NotCreditable):
        credit(invoice, world.aline)


def test_credits_in_parts_close_the_vat_of_each_rate_to_the_cent(world):
    invoice = build.invoice(world.activities["aline"], world.aline, *[build.line("1", "0.33")] * 20)
    for line in invoice.lines.all():
        credit(invoice, world.aline, CreditLine(line=line.pk, quantity=D(1)))

    notes = Invoice.objects.filter(credits=invoice)
    assert sum(note.net.amount for note in notes) == D("6.60")
    assert sum(note.vat.amount for note in notes) == D("1.39")
    assert ledger.residual(OpenItem.objects.get(pk=invoice.pk)) == 0


def test_an_invoice_is_credited_at_its_own_fee_whatever_the_tier_and_the_policy_since(world):
    FeePolicy.objects.filter(cooperative=world.archipel).update(tiers=[["0", "0.11"], ["1000", "0.10"]])
    activity = world.activities["aline"]
    first = build.invoice(activity, world.aline, build.line("1", "800.00"))
    crossing = build.invoice(activity, world.aline, build.line("1", "400.00"))
    FeePolicy.objects.filter(cooperative=world.archipel).update(tiers=[["0", "0.50"]])

    note = credit(crossing, world.aline)

    assert Terms.from_json(first.terms).fee == D("88.00")
    assert Terms.from_json(crossing.terms).fee == D("42.00")  # 200 at 11 % and 200 at 10 %
    assert Terms.from_json(note.terms).fee == D("-42.00")


def test_a_credit_note_after_the_payment_leaves_a_refund(world):
    invoice = build.invoice(world.activities["aline"], world.aline)
    banking.record_receipt(
        item=invoice.pk, amount=D("1210.00"), on=date(2026, 9, 20), bank_account=world.banks["archipel"], by=world.bruno,
        at=cast.at("2026-09-20"),
    )  # fmt: skip

    credit(invoice, world.aline)

    assert ledger.residual(OpenItem.objects.get(pk=invoice.pk)) == D("-1210.00")


def test_a_credit_note_sent_twice_is_made_once(world):
    invoice, key = build.invoice(world.activities["aline"], world.aline), uuid4()

    notes = {
        services.credit_invoice(
            invoice_id=invoice.pk, lines=None, reason="x", on=LATER, by=world.aline, at=cast.at("2026-10-05"), key=key
        ).pk
        for _sending in range(2)
    }

    assert len(notes) == 1


def test_a_credit_note_before_its_invoice_or_in_a_locked_period_is_refused(world):
    invoice = build.invoice(world.activities["aline"], world.aline)
    books.lock_period(
        cooperative=world.archipel, month=Month(2026, 10), kind=PeriodLock.Kind.VAT, by=None, at=cast.at("2026-11-20")
    )

    with pytest.raises(services.NotCreditable, match="after the credit note"):
        credit(invoice, world.aline, on=date(2026, 9, 13))
    with pytest.raises(PeriodLocked):
        credit(invoice, world.aline, on=LATER)


@pytest.mark.parametrize("who", ["chloe", "dirk", "elise", "amina"])
def test_nobody_credits_the_invoices_of_others(world, who):
    invoice = build.invoice(world.activities["aline"], world.aline)

    with pytest.raises(PermissionDenied):
        credit(invoice, world.users[who])


def test_a_credit_note_issued_elsewhere_keeps_its_number(world):
    invoice = build.invoice(world.activities["aline"], world.aline)

    note = services.record_credit_issued_elsewhere(
        invoice_id=invoice.pk, lines=None, number="C-7", reason="x", on=LATER, by=world.bruno, at=cast.at("2026-10-05")
    )

    assert (note.number, note.origin) == ("C-7", "elsewhere")
    assert NumberSeries.objects.get(cooperative=world.archipel, kind="credit_note", year="2026").last_number == 0


# --- the pure rules ---------------------------------------------------------------------------------------------------

POSITIVE = st.decimals(min_value=D("0.01"), max_value=D("5000"), places=2)


@given(st.lists(POSITIVE, min_size=1, max_size=6), st.lists(st.integers(1, 99), min_size=1, max_size=6), st.data())
def test_whatever_the_parts_the_credits_never_exceed_a_line_or_a_rate_and_close_to_the_cent(nets, percents, data):
    rate = D("0.21")
    base = sum(nets, ZERO)
    left = {("S", rate): crediting.Left(base, cents(base * rate))}
    credited = dict.fromkeys(range(len(nets)), ZERO)
    vat = ZERO

    def origin(index: int) -> crediting.Origin:
        return crediting.Origin(
            line=uuid4(), quantity=D(1), unit_price=nets[index], discount_percent=ZERO, net=nets[index], operation="BE21",
            category="S", rate=rate, credited_net=credited[index], credited_quantity=None,
        )  # fmt: skip

    def take(index: int, amount: Decimal) -> None:
        nonlocal vat
        sums = crediting.totals([crediting.by_amount(origin(index), amount)], left)
        credited[index] += amount
        vat += sums.vat
        before = left["S", rate]
        left["S", rate] = crediting.Left(before.base - sums.net, before.vat - sums.vat)
        assert left["S", rate].vat >= ZERO

    for percent in percents:
        index = data.draw(st.integers(0, len(nets) - 1))
        amount = cents((nets[index] - credited[index]) * percent / 100)
        if amount:
            take(index, amount)
    for index, net in enumerate(nets):
        if net != credited[index]:
            take(index, net - credited[index])

    assert list(credited.values()) == nets
    assert vat == cents(base * rate)


@given(st.lists(POSITIVE, min_size=1, max_size=8), st.decimals(min_value=D("0"), max_value=D("0.3"), places=3))
def test_the_fee_given_back_in_parts_is_the_fee_taken(parts, rate):
    whole = sum(parts, ZERO)
    original = Terms(
        cents(whole * rate), (Slice(whole, rate),), "issued", cents(whole * D("0.01")), D("0.01"), "issued"
    )
    given_back: list[Terms] = []
    before = ZERO
    for part in parts:
        given_back.append(crediting.terms(original, whole=whole, before=before, part=part, given_back=given_back))
        before += part

    assert sum((term.fee for term in given_back), ZERO) == -original.fee
    assert sum((term.fund for term in given_back), ZERO) == -original.fund
