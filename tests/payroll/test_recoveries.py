"""What a member owes on the account of pay is deducted from later pay: proposed, decided by somebody, within one fifth."""

import re
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from coop import guards
from coop.entities.models import BankAccount
from coop.ledger import posting
from coop.ledger import queries as ledger
from coop.ledger.lines import credit, debit
from coop.ledger.models import OpenItem
from coop.ledger.text import journal_text
from coop.periods import Month
from payroll import beside_queries, debts, journal, queries, registering, replay, services
from payroll.beside_models import PayDeduction
from payroll.models import PayrollRun, Payslip
from payroll.services import deductions, recoveries
from tests import cast
from tests.cast import at
from tests.payroll import beside, build
from tests.payroll.beside import EUR
from tests.payroll.test_withdrawals import holiday, pay, withdrawn

pytestmark = pytest.mark.django_db
JULY, AUGUST, SEPTEMBER = Month(2026, 7), Month(2026, 8), Month(2026, 9)


@pytest.fixture(autouse=True)
def words():
    """Refusals and pages are read in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def owing() -> tuple[cast.World, PayrollRun]:
    """Lina owes her double holiday pay of 924.25, which was paid in June and withdrawn in July; the withdrawal."""
    world, old = holiday()
    pay(world, old, old.to_pay)
    return world, withdrawn(world, old)


def decided(world: cast.World, old: PayrollRun | Payslip, **options: Any) -> PayDeduction:
    """Let Élise decide that what Lina owes is deducted from July on."""
    values = {
        "since": JULY,
        "reason": "Withdrawn holiday pay.",
        "by": world.elise,
        "at": at("2026-07-07 09:00"),
        **options,
    }
    return services.decide_recovery(contract=beside.contract(world), item=old.pk, **values)


def amount(payslip: Payslip, code: str) -> Decimal:
    """An amount of a stored payslip."""
    return journal.amount(queries.figures_of(payslip), code)


def monthly(world: cast.World, month: Month) -> Payslip:
    """Lina's payslip of a month that counts."""
    return Payslip.objects.paid().ordinary().get(person=world.people["lina"], month=month.first)


@transaction.atomic
def given_back(world: cast.World, old: PayrollRun, amount_: str, on: date) -> None:
    """Let Lina pay back to the bank some of what she owes."""
    item = OpenItem.objects.get(pk=old.pk)
    bank = BankAccount.objects.filter(cooperative=world.archipel).first()
    posting.post(
        cooperative=world.archipel, journal="OD", on=on, text="Given back", source="test.given_back", source_key=amount_,
        lines=[
            debit(bank.account_number, EUR(amount_)),
            credit("net_pay", EUR(amount_), party=item.party_id, item=item.pk),
        ],
    )  # fmt: skip


# --- proposed ---------------------------------------------------------------------------------------------------------


def test_what_was_paid_and_not_due_is_proposed_to_the_payroll_office(owing: tuple[cast.World, PayrollRun]) -> None:
    world, old = owing

    (debt,) = debts.of_cooperatives([world.archipel.pk])

    assert (debt.item, debt.person, debt.amount, debt.recovery) == (old.pk, world.people["lina"], EUR("924.25"), None)
    tasks = [one for one in registering.tasks_of(world.elise, date(2026, 7, 7)) if one.kind == "owed_by_members"]
    assert [one.count for one in tasks] == [1]
    assert not [one for one in registering.tasks_of(world.bruno, date(2026, 7, 7)) if one.kind == "owed_by_members"]


def test_nothing_is_deducted_before_somebody_decides(owing: tuple[cast.World, PayrollRun]) -> None:
    world, _old = owing

    build.approved(world, JULY)

    found = monthly(world, JULY)
    assert found.to_pay == found.net
    assert not found.withheld.exists()


def test_the_special_contribution_that_a_quarter_still_asks_is_recovered_too() -> None:
    world = beside.world(Month(2026, 10), Month(2026, 11))
    beside.paid(world, "end_of_year_premium", Month(2026, 12))
    build.approve(world, build.calculated(world.archipel, Month(2026, 12)), on=date(2026, 12, 31))
    (debt,) = debts.of_person(world.people["aline"], cooperative=world.archipel.pk)
    settlement = OpenItem.objects.get(pk=debt.item)
    contract = beside.contract(world, "aline")

    made = services.decide_recovery(
        contract=contract, item=debt.item, since=Month(2027, 1), reason="Fourth quarter.", by=world.elise,
        at=at("2027-01-04"),
    )  # fmt: skip

    assert "Special contribution of the quarter" in debt.label
    assert made.amount == ledger.residual(settlement) > 0


# --- deducted ---------------------------------------------------------------------------------------------------------


def test_later_pay_gives_it_back_at_most_one_fifth_a_month_until_it_is_whole(
    owing: tuple[cast.World, PayrollRun],
) -> None:
    world, old = owing
    made = decided(world, old)

    for month in (JULY, AUGUST, SEPTEMBER, Month(2026, 10)):
        build.approved(world, month)

    slips = [monthly(world, month) for month in (JULY, AUGUST, SEPTEMBER, Month(2026, 10))]
    taken = [amount(one, "deduction.recovery") for one in slips]
    fifths = [(one.net / 5).quantize(EUR("0.01"), rounding=ROUND_DOWN) for one in slips]
    assert taken[:3] == fifths[:3]
    assert taken[3] == EUR("924.25") - sum(taken[:3]) < fifths[3]
    assert [one.net - one.to_pay for one in slips] == taken
    assert ledger.residual(OpenItem.objects.get(pk=old.pk)) == 0
    assert debts.of_cooperatives([world.archipel.pk]) == []
    assert sum(one.amount for one in made.withheld.all()) == EUR("924.25")
    assert beside.faults(world) == []


def test_the_entry_settles_what_was_owed_on_the_account_of_pay(owing: tuple[cast.World, PayrollRun]) -> None:
    world, old = owing
    decided(world, old, per_month=EUR("100.00"))

    build.approved(world, JULY)

    found = monthly(world, JULY)
    assert amount(found, "deduction.recovery") == EUR("100.00")
    assert ledger.residual(OpenItem.objects.get(pk=old.pk)) == EUR("824.25")
    assert -ledger.residual(OpenItem.objects.get(pk=found.pk)) == found.to_pay == found.net - EUR("100.00")
    lines = journal_text([found.entry])
    assert [line.split() for line in lines.splitlines() if "100.00" in line] == [
        ["455", "-", "100.00"],
        ["455", "-", "-100.00"],
    ]
    assert beside.faults(world) == []


def test_correcting_the_payslip_that_recovered_gives_it_back_and_recovers_anew(
    owing: tuple[cast.World, PayrollRun],
) -> None:
    world, old = owing
    decided(world, old)
    build.approved(world, JULY)
    first = monthly(world, JULY)

    run = services.open_correction(
        payslip=first.pk, gross=EUR("1800.00"), hours=EUR("19"), reason="Bonus.", by=world.elise, at=at("2026-07-30")
    )
    new = beside.slip_of(world, run)

    taken = amount(new, "deduction.recovery")
    assert taken == (new.net / 5).quantize(EUR("0.01"), rounding=ROUND_DOWN) > amount(first, "deduction.recovery")
    assert ledger.residual(OpenItem.objects.get(pk=old.pk)) == EUR("924.25") - taken
    assert beside.faults(world) == []


def test_what_is_paid_back_meanwhile_is_not_deducted(owing: tuple[cast.World, PayrollRun]) -> None:
    world, old = owing
    decided(world, old)
    given_back(world, old, "900.00", date(2026, 7, 10))

    build.approved(world, JULY)

    assert amount(monthly(world, JULY), "deduction.recovery") == EUR("24.25")
    assert ledger.residual(OpenItem.objects.get(pk=old.pk)) == 0


def test_what_is_paid_back_after_the_check_stops_the_approval(owing: tuple[cast.World, PayrollRun]) -> None:
    world, old = owing
    decided(world, old)
    run = build.calculated(world.archipel, JULY)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-07-26"))
    given_back(world, old, "924.25", date(2026, 7, 27))

    with pytest.raises(deductions.ClaimExhausted, match="paid back meanwhile"):
        services.approve_run(run=run.pk, by=world.bruno, on=JULY.day(28), at=at("2026-07-28"))


def test_payment_facts_stored_before_recoveries_are_read_as_none(owing: tuple[cast.World, PayrollRun]) -> None:
    world, _old = owing
    build.approved(world, JULY)
    stored = dict(monthly(world, JULY).payment_facts)
    stored["deductions"] = {name: value for name, value in stored["deductions"].items() if name != "recovery"}

    told = replay.payment_facts_of(stored, label="0002")

    assert told is not None
    assert told.deductions.recovery == 0


def test_a_recovery_that_ends_leaves_the_rest_owed_and_two_never_take_more_than_is_owed(
    owing: tuple[cast.World, PayrollRun],
) -> None:
    world, old = owing
    first = decided(world, old, per_month=EUR("200.00"))
    services.end_deduction(deduction=first, until=SEPTEMBER, by=world.elise)
    build.approved(world, JULY)  # 200.00
    second = decided(world, old, since=AUGUST, reason="The rest at once.")
    assert second.amount == EUR("724.25")
    given_back(world, old, "500.00", date(2026, 8, 3))

    build.approved(world, AUGUST)

    parts = {one.deduction: one.amount for one in monthly(world, AUGUST).withheld.all()}
    assert parts == {first: EUR("200.00"), second: EUR("24.25")}
    assert ledger.residual(OpenItem.objects.get(pk=old.pk)) == 0
    (claim,) = [
        one for one in beside_queries.detail(world.elise, first.contract, AUGUST).deductions if one.record == second
    ]
    assert claim.left == 0
    assert beside.faults(world) == []


# --- decided ----------------------------------------------------------------------------------------------------------


def test_who_decided_it_and_when_is_kept(owing: tuple[cast.World, PayrollRun]) -> None:
    world, old = owing

    made = decided(world, old)

    assert (made.kind, made.decided_by, made.decided_at) == ("recovery", world.elise, at("2026-07-07 09:00"))
    assert (made.limit, made.amount, made.item_id) == ("one_fifth", EUR("924.25"), old.pk)
    (debt,) = debts.of_cooperatives([world.archipel.pk])
    assert debt.recovery == made
    assert debts.undecided([debt]) == []


def test_only_the_payroll_office_decides_once_and_with_a_reason(owing: tuple[cast.World, PayrollRun]) -> None:
    world, old = owing
    key = uuid4()
    for user in (world.lina, world.bruno):
        with pytest.raises(PermissionDenied):
            decided(world, old, by=user)
    with pytest.raises(deductions.DeductionIncomplete):
        decided(world, old, reason=" ")

    first = decided(world, old, key=key)

    assert decided(world, old, key=key) == first
    with pytest.raises(recoveries.NothingOwed):
        decided(world, old)


def test_what_is_not_owed_is_not_recovered(owing: tuple[cast.World, PayrollRun]) -> None:
    world, _old = owing
    build.approved(world, JULY)

    with pytest.raises(recoveries.NothingOwed):
        decided(world, monthly(world, JULY), since=AUGUST)


def test_a_recovery_is_no_deduction_that_one_records_with_an_amount(owing: tuple[cast.World, PayrollRun]) -> None:
    world, _old = owing

    with pytest.raises(deductions.DeductionIncomplete, match="what the books say"):
        services.record_deduction(
            contract=beside.contract(world), kind="recovery", amount=EUR("10.00"), since=JULY, reason="Why.",
            by=world.elise, on=date(2026, 7, 7), at=at("2026-07-07"),
        )  # fmt: skip


def test_the_database_keeps_a_recovery_decided_and_once(owing: tuple[cast.World, PayrollRun]) -> None:
    world, old = owing
    values = {
        "contract": beside.contract(world), "kind": "recovery", "amount": EUR("10.00"), "valid_from": JULY.first,
        "reason": "Why.",
    }  # fmt: skip
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        PayDeduction.objects.create(**values)
    assert guards.broken_constraint(error.value) == "pay_deduction_recovery_decided"
    decided(world, old)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        PayDeduction.objects.create(
            **values, item_id=old.pk, decided_by=world.elise, decided_at=at("2026-07-07"), limit="one_fifth"
        )
    assert guards.broken_constraint(error.value) == "pay_deduction_recovered_once"


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_officer_decides_on_the_page_and_the_member_reads_why(owing: tuple[cast.World, PayrollRun]) -> None:
    world, old = owing
    page = Client(headers={"accept-language": "en"})
    page.force_login(world.elise)
    contract = beside.contract(world)
    address = reverse("payroll:beside_detail", args=[contract.pk, JULY])
    form = {"act": "recover", "record": str(old.pk), f"recover-{old.pk}-since": "2026-07"}

    listed = page.get(reverse("payroll:beside_list"), {"cooperative": world.archipel.code, "month": "2026-07"})
    assert "924.25" in listed.content.decode()
    assert f"{address}#owed" in listed.content.decode()
    assert page.post(address, form).status_code == 422
    done = page.post(address, form | {f"recover-{old.pk}-reason": "Withdrawn holiday pay."})

    assert done.status_code == 302
    made = PayDeduction.objects.get()
    assert (made.decided_by, made.valid_from) == (world.elise, JULY.first)
    shown = re.sub(r"<[^>]+>", " ", page.get(address).content.decode())
    assert "decided" in shown
    own = Client(headers={"accept-language": "en"})
    own.force_login(world.lina)
    assert "Withdrawn holiday pay." in own.get(reverse("payroll:salary_beside", args=[JULY])).content.decode()
