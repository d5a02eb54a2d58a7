"""Money received: shared between activity and VAT, closing to the cent, with the fee that falls due."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from coop.banking import journal, services
from coop.entities.fees import NO_TERMS, Slice, Terms
from coop.ledger import analytic, posting, queries
from coop.ledger import services as ledger
from coop.ledger.lines import VatTag, credit, debit
from coop.ledger.models import Entry, OpenItem, Reservation
from coop.ledger.text import journal_text
from coop.money import ZERO, cents
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


def invoice(world: cast.World, net: str, vat: str, *, on: date, terms: Terms = NO_TERMS) -> OpenItem:
    """Post an invoice of Atelier Lina with its open item, as invoicing does."""
    lina = world.activities["lina"]
    item = OpenItem.objects.create(
        id=uuid4(), cooperative=world.archipel, role="customers", party=world.archipel.parties.first(), activity=lina,
        source="test.invoice", reference="2026-0001", issued_on=on, net=Decimal(net), gross=Decimal(net) + Decimal(vat),
        terms=terms.to_json(),
    )  # fmt: skip
    posting.post(
        cooperative=world.archipel, journal="VEN", on=on, text="Invoice", source="test.invoice", source_key=str(item.pk),
        lines=[
            debit("customers", Decimal(net), activity=lina.pk, item=item.pk),
            debit("customers", Decimal(vat), item=item.pk),
            credit("sales", Decimal(net), activity=lina.pk, vat=VatTag("21", "base", "03")),
            credit("vat_due", Decimal(vat), vat=VatTag("21", "tax", "54")),
        ],
    )  # fmt: skip
    return item


def receive(world: cast.World, item: OpenItem, amount: str, on: date, by: str = "bruno", **options: str) -> Entry:
    """Record a receipt as Bruno does."""
    return services.record_receipt(
        item=item.pk, amount=Decimal(amount), on=on, bank_account=world.banks["archipel"], by=world.users[by],
        at=cast.at(str(on)), **options,
    ).entry  # fmt: skip


def test_half_a_payment_collects_half_of_the_sale(world):
    item = invoice(world, "3000.00", "630.00", on=date(2026, 9, 14))

    entry = receive(world, item, "1815.00", date(2026, 10, 14))

    assert journal_text([entry]).splitlines()[1:] == [
        "  550   -              1815.00",
        "  400   A-018         -1500.00",
        "  400   -              -315.00",
    ]
    assert queries.collected_balance(world.activities["lina"], date(2026, 10, 14)) == Decimal("1500.00")


def test_what_is_paid_in_excess_is_the_customers(world):
    item = invoice(world, "100.00", "21.00", on=date(2026, 9, 14))

    entry = receive(world, item, "130.00", date(2026, 9, 20))

    assert "4890" in journal_text([entry])
    assert queries.residual(item) == ZERO
    assert queries.collected_balance(world.activities["lina"], date(2026, 9, 30)) == Decimal("100.00")


def test_a_fee_at_collection_is_taken_in_the_share_that_came_in_and_closes_to_the_cent(world):
    terms = Terms(Decimal("10.01"), (Slice(Decimal("100.10"), Decimal("0.10")),), "collected", ZERO, ZERO, "collected")
    item = invoice(world, "100.10", "21.02", on=date(2026, 9, 14), terms=terms)
    lina = world.activities["lina"]

    receive(world, item, "40.00", date(2026, 9, 20))
    first = queries.accounting_balance(lina, date(2026, 9, 20))
    receive(world, item, "81.12", date(2026, 9, 25))

    assert first == Decimal("100.10") - (
        Decimal("10.01") - cents(Decimal("10.01") * Decimal("81.12") / Decimal("121.12"))
    )
    assert queries.accounting_balance(lina, date(2026, 9, 25)) == Decimal("90.09")


def test_nothing_is_recorded_on_a_paid_document(world):
    item = invoice(world, "100.00", "21.00", on=date(2026, 9, 14))
    receive(world, item, "121.00", date(2026, 9, 20))

    with pytest.raises(services.NothingOpen, match="0.00 EUR is open"):
        receive(world, item, "1.00", date(2026, 9, 21))


def test_a_payment_before_the_document_is_refused(world):
    item = invoice(world, "100.00", "21.00", on=date(2026, 9, 14))

    with pytest.raises(services.DateBeforeDocument):
        receive(world, item, "121.00", date(2026, 9, 13))


def test_only_the_accountant_of_the_cooperative_records_money(world):
    item = invoice(world, "100.00", "21.00", on=date(2026, 9, 14))

    for name in ("lina", "farid", "greet", "jeanne"):
        with pytest.raises(PermissionDenied):
            receive(world, item, "121.00", date(2026, 9, 20), by=name)


amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(9999), places=2)


@given(
    net=amounts, rate=st.sampled_from(["0", "0.06", "0.21"]), parts=st.lists(st.integers(1, 9), min_size=1, max_size=5)
)
def test_any_document_paid_in_any_parts_closes_to_the_cent(net: Decimal, rate: str, parts: list[int]):
    gross = net + cents(net * Decimal(rate))
    item, activity, party, coop, fund = (uuid4() for _ in range(5))
    residual, tagged, fee_taken = gross, net, ZERO
    payments = [min(gross, cents(gross * part / sum(parts))) for part in parts[:-1]]

    for amount in [*payments, None]:
        document = journal.OpenDocument(
            item, activity, party, net, gross, residual, tagged, fee=cents(net / 10), fee_taken=fee_taken
        )
        paid = residual if amount is None else min(amount, residual)
        if paid == ZERO:
            continue
        lines = journal.receipt(document, paid, bank="550")
        assert sum(line.amount for line in lines) == ZERO
        tagged += sum((line.amount for line in lines if line.activity == activity), ZERO)
        fee_taken += sum(
            (line.amount for line in journal.fee_at_collection(document, paid, cooperative=coop, fund=fund)
             if line.activity == activity), ZERO,
        )  # fmt: skip
        residual -= paid

    assert (residual, tagged, fee_taken) == (ZERO, ZERO, cents(net / 10))


def test_the_three_balances_of_the_worked_example(world):
    """The ledger side of the design's worked example, sections 3.2 and 3.5, to the cent."""
    lina, coop, fund = world.activities["lina"], world.coop_of(world.archipel), world.fund_of(world.archipel)

    def analytic_entry(role: str, payer: UUID, receiver: UUID, amount: str, on: date) -> None:
        posting.post(
            cooperative=world.archipel, journal="AN", on=on, text=role, source="test.analytic", source_key=str(uuid4()),
            lines=analytic.transfer(role, payer=payer, receiver=receiver, amount=Decimal(amount)),
        )  # fmt: skip

    def cost(account: str, amount: str, vat: str, against: str, on: date) -> None:
        lines = [debit(account, Decimal(amount), activity=lina.pk)]
        lines += [debit("vat_recoverable", Decimal(vat), vat=VatTag("P21", "tax", "59"))] if vat != "0" else []
        total = Decimal(amount) + Decimal(vat)
        posting.post(
            cooperative=world.archipel, journal="ACH", on=on, text=account, source="test.cost", source_key=str(uuid4()),
            lines=[*lines, credit(against, total)],
        )  # fmt: skip

    analytic_entry("carried_forward", coop.pk, lina.pk, "4100.00", date(2026, 9, 1))
    cost("612", "200.00", "42.00", "suppliers", date(2026, 9, 10))
    item = invoice(world, "3000.00", "630.00", on=date(2026, 9, 14))
    analytic_entry("fee", lina.pk, coop.pk, "300.00", date(2026, 9, 14))
    analytic_entry("fund", lina.pk, fund.pk, "30.00", date(2026, 9, 14))
    cost("615", "120.00", "0", "member_claims", date(2026, 9, 18))
    ledger.set_reserve_target(activity=lina, amount=Decimal("2074.13"), on=date(2026, 9, 1))
    for month in (7, 8):
        ledger.hold_advance(
            activity=lina, amount=Decimal("114.93"), source="test.reduction", source_key=f"2026-{month:02d}",
            text="Reduction", on=date(2026, month, 28),
        )  # fmt: skip

    before = queries.balances(lina, date(2026, 9, 22))
    reservation = ledger.reserve(
        activity=ledger.lock_activity(lina.pk), kind=Reservation.Kind.ORDER, amount=Decimal("2074.13"),
        contract_cost=Decimal("2074.13"), source="test.order", source_key="1", text="Salary", on=date(2026, 9, 22),
    )  # fmt: skip
    ordered = queries.balances(lina, date(2026, 9, 22))
    receive(world, item, "3630.00", date(2026, 10, 14))

    assert (before.accounting, before.collected, before.free) == (
        Decimal("6450.00"),
        Decimal("3450.00"),
        Decimal("1146.01"),
    )
    assert (ordered.reserved, ordered.free, ordered.payable) == (Decimal("2074.13"), Decimal("-928.12"), ZERO)
    assert reservation.free_before == Decimal("1146.01")
    assert queries.collected_balance(lina, date(2026, 10, 14)) == Decimal("6450.00")
    with pytest.raises(ledger.NotEnoughFree, match="above|free"):
        ledger.reserve(
            activity=lina, kind=Reservation.Kind.EXPENSE, amount=Decimal("2500.00"), contract_cost=ZERO,
            source="test.expense", source_key="1", text="Expense", on=date(2026, 10, 14),
        )  # fmt: skip
