"""The worked example of the domain guide, section 3: from the balance before the order to the last payment, to the cent."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from coop.banking import services as banking
from coop.documents.models import Document
from coop.ledger import posting, queries
from coop.ledger.lines import VatTag, credit, debit
from coop.ledger.models import Entry, OpenItem, Reservation
from coop.ledger.text import journal_text
from payroll import services
from payroll.models import Payslip, QuarterSettlement
from tests import books, cast
from tests.cast import at
from tests.payroll import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> cast.World:
    """Atelier Lina on 22 September 2026, as in steps 3.1 and 3.2."""
    world = cast.world()
    build.employer(world.archipel)
    contract = build.contract(world.people["lina"], world.archipel)
    build.money(world, "lina", "4100.00")
    for month in (build.JULY, build.AUGUST):
        build.opening(contract, month)
    lina, coop, fund = world.activities["lina"].pk, world.coop_of(world.archipel).pk, world.fund_of(world.archipel).pk
    post(world, date(2026, 9, 10), "ACH", "licence", [
        debit("office_supplies", Decimal("200.00"), activity=lina), debit("vat_recoverable", Decimal("42.00")),
        credit("suppliers", Decimal("242.00")),
    ])  # fmt: skip
    invoice(world, lina)
    post(world, date(2026, 9, 14), "AN", "fee", [
        debit("fee", Decimal("300.00"), activity=lina), credit("fee", Decimal("300.00"), activity=coop),
        debit("fund", Decimal("30.00"), activity=lina), credit("fund", Decimal("30.00"), activity=fund),
    ])  # fmt: skip
    post(world, date(2026, 9, 18), "NDF", "kilometres", [
        debit("travel", Decimal("120.00"), activity=lina), credit("member_claims", Decimal("120.00")),
    ])  # fmt: skip
    return world


def post(world: cast.World, on: date, journal: str, key: str, lines: list) -> Entry:
    """Post an entry of Archipel."""
    return posting.post(
        cooperative=world.archipel, journal=journal, on=on, text=key, source="test", source_key=key, lines=lines
    )


def invoice(world: cast.World, lina) -> None:
    """Issue the invoice of 3,000.00 and VAT, not collected."""
    pk = uuid4()
    party = world.archipel.parties.get(name="Lina Maes")
    OpenItem.objects.create(
        id=pk, cooperative=world.archipel, role="customers", party=party, activity=world.activities["lina"],
        source="invoicing.invoice", reference="2026-0001", issued_on=date(2026, 9, 14), net=Decimal("3000.00"),
        gross=Decimal("3630.00"),
    )  # fmt: skip
    post(world, date(2026, 9, 14), "VEN", "invoice", [
        debit("customers", Decimal("3000.00"), activity=lina, party=party.pk, item=pk),
        debit("customers", Decimal("630.00"), party=party.pk, item=pk),
        credit("sales", Decimal("3000.00"), activity=lina, vat=VatTag("21", "base", "03")),
        credit("vat_due", Decimal("630.00"), vat=VatTag("21", "tax", "54")),
    ])  # fmt: skip


def row(world: cast.World, on: date) -> str:
    """Write the balances of Atelier Lina on a day as a row of the table in 3.5."""
    found = queries.balances(world.activities["lina"], on)
    return f"{found.accounting} {found.collected} {found.reserved} {found.reserve_target} {found.advanced} {found.free}"


def test_every_row_of_the_table_of_balances_is_met_to_the_cent(world: cast.World) -> None:
    before = row(world, date(2026, 9, 22))
    order = build.approved_order(world, "lina", "1450.00")
    after_order = row(world, date(2026, 9, 22))

    run = build.calculated(world.archipel)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-09-26"))
    services.approve_run(run=run.pk, by=world.bruno, on=date(2026, 9, 28), at=at("2026-09-28"))
    after_run = row(world, date(2026, 9, 28))
    services.settle_quarter(
        cooperative=world.archipel, last_month=build.SEPTEMBER, on=date(2026, 9, 30), at=at("2026-09-30")
    )
    after_quarter = row(world, date(2026, 9, 30))
    banking.record_receipt(
        item=OpenItem.objects.get(role="customers").pk, amount=Decimal("3630.00"), on=date(2026, 10, 14),
        bank_account=world.banks["archipel"], by=world.bruno, at=at("2026-10-14"),
    )  # fmt: skip

    assert before == "6450.00 3450.00 0.00 2074.13 229.86 1146.01"
    assert order.cost == Decimal("2074.13")
    assert order.warnings == [{"code": "draws_on_reserve", "amount": "928.12"}]
    assert after_order == "6450.00 3450.00 2074.13 2074.13 229.86 -928.12"
    assert after_run == "4375.87 1375.87 0.00 2074.13 229.86 -928.12"
    assert after_quarter == "4375.87 1375.87 0.00 2074.13 0.00 -698.26"
    assert row(world, date(2026, 10, 14)) == "4375.87 4375.87 0.00 2074.13 0.00 2301.74"
    assert books.faults(world.archipel, at("2026-10-14")) == []


def test_the_payslip_has_the_amounts_of_the_guide_and_posts_them_to_their_accounts(world: cast.World) -> None:
    build.approved_order(world, "lina", "1450.00")

    build.approved(world)

    slip = Payslip.objects.get()
    assert (slip.gross, slip.net, slip.wage_cost, slip.employer_cost) == tuple(
        map(Decimal, ("1450.00", "1329.36", "1734.42", "2074.13"))
    )
    assert slip.state == Payslip.State.APPROVED
    assert slip.document.state == Document.State.PENDING
    assert Reservation.objects.get(kind="order").released_on == date(2026, 9, 28)
    assert queries.residual(OpenItem.objects.get(pk=slip.pk)) == Decimal("-1329.36")
    assert (
        journal_text([slip.entry])
        == """\
2026-09-28 SAL 1 Rémunération septembre 2026""".replace("Rémunération septembre 2026", slip.entry.text)
        + """
  6202  A-018          1450.00
  454   -              -120.64
  455   -             -1329.36
  621   A-018           399.35
  454   -              -399.35
  454   -               114.93
  621   A-018          -114.93
  625   A-018           111.17
  456   -              -111.17
  6231  A-018           184.19
  459   -              -184.19
  6232  A-018             4.35
  6232  COOP             -4.35
  6233  A-018            40.00
  6233  COOP            -40.00"""
    )


def test_the_quarter_is_settled_once_with_a_correction_of_zero_that_writes_no_entry(world: cast.World) -> None:
    build.approved(world)
    entries = Entry.objects.count()

    for _time in range(2):
        services.settle_quarter(
            cooperative=world.archipel, last_month=build.SEPTEMBER, on=date(2026, 9, 30), at=at("2026-09-30")
        )

    settled = QuarterSettlement.objects.get()
    assert (settled.reduction_due, settled.reduction_given, settled.correction) == (
        Decimal("344.79"), Decimal("344.79"), Decimal("0.00"),
    )  # fmt: skip
    assert settled.entry is None
    assert Entry.objects.count() == entries
