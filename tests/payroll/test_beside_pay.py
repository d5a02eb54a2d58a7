"""What stands between the net and what is paid: recorded, calculated with the run, booked, corrected, refused."""

from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import Sum

from coop import guards
from coop.banking import queries as banking_queries
from coop.banking import services as banking
from coop.entities.models import BankAccount
from coop.errors import Refused
from coop.ledger import queries as ledger_queries
from coop.ledger.models import Line, OpenItem
from coop.periods import Month
from members.models import EmploymentContract
from payroll import account, beside_pay, beside_queries, queries, services
from payroll import paid as declared
from payroll.beside_models import AllowanceMonth, AllowanceTerms, PayDeduction, WageAttachment, Withheld
from payroll.models import PayrollRun, Payslip, RunMember
from payroll.services import allowances, corrections, deductions, runs
from tests import books, cast
from tests.cast import at
from tests.payroll import beside as exceptional_runs
from tests.payroll import build
from tests.payroll.beside import DECEMBER, NOVEMBER, OCTOBER

MARCH, APRIL, MAY = Month(2026, 3), Month(2026, 4), Month(2026, 5)
EUR = Decimal
IBAN = "BE71096123456769"
APRIL_20 = date(2026, 4, 20)


@pytest.fixture
def world(db: None) -> cast.World:
    """Aline works full time for 2900.00, with money on her activity; April 2026 begins a quarter."""
    world = cast.world()
    build.employer(world.archipel)
    build.contract(world.people["aline"], world.archipel, gross="2900.00", hours="38")
    build.money(world, "aline", "60000.00", on=date(2026, 1, 5))
    return world


def contract(world: cast.World) -> EmploymentContract:
    """The contract of Aline."""
    return EmploymentContract.objects.select_related("person", "cooperative").get(person=world.people["aline"])


def granted(world: cast.World, since: Month = APRIL, **options: Any) -> AllowanceTerms:
    """Grant what the law allows in April 2026."""
    terms = {
        "car_rate": EUR("0.45"), "bicycle_rate": EUR("0.30"), "bicycle_kilometres": EUR("12"),
        "home_working": EUR("100.00"), "voucher_employer": EUR("6.91"), "voucher_worker": EUR("1.09"),
    }  # fmt: skip
    return services.record_allowance_terms(
        contract=contract(world), since=since, by=world.elise, **{**terms, **options}
    )


def entered(world: cast.World, month: Month = APRIL, *, by: Any = None, **options: Any) -> AllowanceMonth:
    """Enter 200 kilometres, ten days by bicycle and twenty vouchers."""
    values = {"kilometres": EUR("200"), "bicycle_days": 10, "vouchers": 20, **options}
    return services.record_allowance_month(
        contract=contract(world),
        month=month,
        by=by or world.elise,
        on=month.day(20),
        at=at(f"{month.day(20)}"),
        **values,
    )


def attached(world: cast.World, claim: str = "800.00", **options: Any) -> WageAttachment:
    """Record an ordinary attachment of a bailiff."""
    values = {
        "kind": "ordinary", "creditor": "Huissier Exemple", "iban": IBAN, "reference": "D-2026-17", "children": 0,
        "valid_from": date(2026, 4, 3), **options,
    }  # fmt: skip
    return services.record_attachment(contract=contract(world), claim=EUR(claim), by=world.elise, **values)


def deducted(world: cast.World, kind: str = "advance", amount: str = "300.00", **options: Any) -> PayDeduction:
    """Record a deduction of the employer from April on."""
    values = {
        "since": APRIL,
        "reason": "Asked for in March.",
        "on": date(2026, 4, 1),
        "at": at("2026-04-01"),
        **options,
    }
    return services.record_deduction(contract=contract(world), kind=kind, amount=EUR(amount), by=world.elise, **values)


def slip_of(month: Month = APRIL) -> Payslip:
    """The payslip of a month that counts, or is being checked."""
    return Payslip.objects.exclude(state=Payslip.State.REVERSED).get(month=month.first)


def amount(payslip: Payslip, code: str) -> Decimal:
    """An amount of a stored payslip."""
    figures = queries.figures_of(payslip)
    return figures[code].amount if code in figures else EUR(0)


def balance(world: cast.World, role: str) -> Decimal:
    """What stands on an account of Archipel; debit positive."""
    return Line.objects.filter(cooperative=world.archipel, account__role=role).aggregate(total=Sum("amount"))[
        "total"
    ] or EUR("0.00")


def faults(world: cast.World) -> list[str]:
    """What check_books would say of Archipel."""
    return books.faults(world.archipel, at("2026-12-31"))


def pay(world: cast.World, item: Any, money: Decimal, on: date) -> None:
    """Record that something was paid at the bank."""
    bank = BankAccount.objects.filter(cooperative=world.archipel).first()
    banking.record_payment(item=item, amount=money, on=on, bank_account=bank, by=None, at=at(str(on)))


def corrected(world: cast.World, old: Payslip, *, gross: str, on: date = date(2026, 5, 6)) -> Payslip:
    """Correct a payslip from end to end."""
    run = services.open_correction(
        payslip=old.pk, gross=EUR(gross), hours=EUR("38"), reason="Wrong gross.", by=world.elise, at=at(f"{on} 09:00")
    )
    services.submit_run(run=run.pk, by=world.elise, at=at(f"{on} 10:00"))
    services.approve_run(run=run.pk, by=world.bruno, on=on, at=at(f"{on} 11:00"))
    return Payslip.objects.paid().get(contract=old.contract, month=old.month)


# --- calculation ------------------------------------------------------------------------------------------------------


def test_what_is_granted_and_entered_carries_the_net_to_the_amount_to_pay(world: cast.World) -> None:
    build.calculated(world.archipel, APRIL)
    before = slip_of()
    granted(world)
    entered(world)

    services.calculate_members(run=before.member.run_id, at=at("2026-04-22"))

    now = slip_of()
    assert (now.net, now.employer_cost) == (before.net, before.employer_cost)
    assert before.to_pay == before.net
    assert [amount(now, code) for code in ("own_car.allowance", "bicycle.allowance", "home_working")] == [
        EUR("90.00"), EUR("36.00"), EUR("100.00"),
    ]  # fmt: skip
    assert amount(now, "deduction.meal_vouchers") == EUR("21.80")
    assert now.to_pay == now.net + EUR("226.00") - EUR("21.80") == amount(now, "to_pay")
    assert now.expenses == EUR("364.20")
    assert now.payment_facts["meal_vouchers"]["number"] == 20


def test_a_payslip_with_nothing_beside_it_is_paid_its_net(world: cast.World) -> None:
    build.approved(world, APRIL)

    slip = slip_of()

    assert slip.to_pay == slip.net == amount(slip, "to_pay")
    assert (slip.expenses, slip.withheld.count()) == (0, 0)
    assert faults(world) == []


def test_allowances_are_borne_by_the_activity_beside_the_employer_cost(world: cast.World) -> None:
    granted(world)
    entered(world)
    before = ledger_queries.accounting_balance(world.activities["aline"], APRIL.last)

    build.approved(world, APRIL)

    slip = slip_of()
    after = ledger_queries.accounting_balance(world.activities["aline"], APRIL.last)
    assert before - after == slip.employer_cost + slip.expenses
    assert balance(world, "travel") == EUR("90.00")
    assert balance(world, "other_staff_costs") == EUR("36.00") + EUR("100.00") + EUR("138.20")
    assert -ledger_queries.residual(OpenItem.objects.get(pk=slip.pk)) == slip.to_pay
    assert faults(world) == []


def test_the_wages_of_a_month_pay_the_amount_to_pay(world: cast.World) -> None:
    granted(world)
    entered(world)
    build.approved(world, APRIL)

    banking.record_wages_paid(
        bank_account=BankAccount.objects.filter(cooperative=world.archipel).first(), month=APRIL, on=APRIL.last,
        by=world.bruno, at=at("2026-04-30"), key=uuid4(),
    )  # fmt: skip

    assert slip_of().to_pay > slip_of().net
    assert balance(world, "net_pay") == 0
    assert faults(world) == []


def test_kilometres_without_a_legal_rate_refuse_the_benefit_only(world: cast.World) -> None:
    build.opening(contract(world), APRIL, gross="2900.00", hours="38", reduction="0.00")
    granted(world)
    entered(world, MAY)

    run = build.calculated(world.archipel, MAY)

    slip = slip_of(MAY)
    (row,) = queries.differences(run)
    assert slip.to_pay == slip.net + EUR("36.00") + EUR("100.00") - EUR("21.80")
    assert any("no value is confirmed for May 2026" in sentence for _severity, sentence in row.findings)
    build.approve(world, run, on=MAY.day(28))
    assert faults(world) == []


def test_an_allowance_that_comes_to_exceed_its_cap_stops_the_run(world: cast.World) -> None:
    AllowanceTerms.objects.create(contract=contract(world), valid_from=APRIL.first, home_working=EUR("200.00"))
    run = build.calculated(world.archipel, APRIL)

    with pytest.raises(runs.RunBlocked) as refused:
        services.submit_run(run=run.pk, by=world.elise, at=at("2026-04-26"))

    assert "Aline" in refused.value.reason


# --- attachments ------------------------------------------------------------------------------------------------------


def test_an_attachment_follows_the_scale_and_is_owed_to_its_creditor(world: cast.World) -> None:
    attachment = attached(world, claim="5000.00", children=1)

    build.approved(world, APRIL)

    slip = slip_of()
    due = EUR("131.20") + slip.net - EUR("1839.00") - EUR("88.00")
    assert amount(slip, "deduction.attachment") == due == slip.net - slip.to_pay
    (debt,) = banking_queries.to_pay(world.archipel, APRIL.last).debts
    assert (debt.item.pk, debt.open_amount, debt.item.reference) == (attachment.pk, due, "D-2026-17")
    assert str(debt.item.party) == "Huissier Exemple"
    pay(world, attachment.pk, due, APRIL.last)
    assert banking_queries.to_pay(world.archipel, APRIL.last).debts == []
    assert faults(world) == []


def test_what_is_left_of_a_claim_goes_down_by_what_was_withheld_and_then_nothing_more_is(world: cast.World) -> None:
    attached(world, claim="300.00", kind="maintenance")
    build.approved(world, APRIL)
    (claim,) = beside_queries.detail(world.elise, contract(world), APRIL).attachments
    assert (claim.taken, claim.left) == (EUR("300.00"), EUR("0.00"))

    build.approved(world, MAY)

    assert slip_of(MAY).to_pay == slip_of(MAY).net
    assert slip_of(MAY).payment_facts["attachment"] is None
    assert faults(world) == []


def test_a_run_that_is_not_approved_takes_nothing_off_a_claim(world: cast.World) -> None:
    attached(world, claim="300.00")
    build.calculated(world.archipel, APRIL)

    (claim,) = beside_queries.detail(world.elise, contract(world), APRIL).attachments

    assert slip_of().withheld.get().amount == EUR("300.00")
    assert claim.left == EUR("300.00")


def test_a_correction_gives_back_what_was_withheld_and_withholds_anew(world: cast.World) -> None:
    attachment = attached(world, claim="5000.00")
    advance = deducted(world)
    build.approved(world, APRIL)
    old = slip_of()
    first = amount(old, "deduction.attachment")

    new = corrected(world, old, gross="3000.00")

    second = amount(new, "deduction.attachment")
    (claim,) = beside_queries.detail(world.elise, contract(world), APRIL).attachments
    assert second > first
    assert claim.left == EUR("5000.00") - second
    assert -ledger_queries.residual(OpenItem.objects.get(pk=attachment.pk)) == second
    assert beside_pay.taken(deductions=[advance.pk]) == {advance.pk: EUR("300.00")}
    assert balance(world, "other_receivables") == EUR("-300.00")
    assert -ledger_queries.residual(OpenItem.objects.get(pk=new.pk)) == new.to_pay
    assert faults(world) == []


def test_what_was_paid_to_the_creditor_before_a_correction_counts_for_the_next_payslip(world: cast.World) -> None:
    attachment = attached(world, claim="5000.00")
    build.approved(world, APRIL)
    first = amount(slip_of(), "deduction.attachment")
    pay(world, attachment.pk, first, APRIL.last)

    new = corrected(world, slip_of(), gross="2850.00")

    second = amount(new, "deduction.attachment")
    assert second < first
    assert ledger_queries.residual(OpenItem.objects.get(pk=attachment.pk)) == first - second
    assert faults(world) == []


def test_a_payslip_of_the_same_month_that_was_paid_before_counts_for_the_scale(world: cast.World) -> None:
    build.approved(world, APRIL)
    other = EmploymentContract.objects.get(pk=contract(world).pk)
    attached(world, claim="5000.00")

    found = beside_pay.beside(other.pk, APRIL)

    assert found.facts.attachment is not None
    assert found.facts.attachment.earlier_pay == slip_of().net
    assert beside_pay.beside(other.pk, APRIL, without=slip_of().pk).facts.attachment.earlier_pay == 0  # type: ignore[union-attr]


def test_an_attachment_in_a_year_without_scale_is_refused_and_the_scale_is_named(world: cast.World) -> None:
    with pytest.raises(beside_pay.AttachmentWithoutScale) as refused:
        attached(world, valid_from=date(2025, 12, 1))

    assert "scale of wage attachments of 2025" in refused.value.reason


def test_a_run_names_the_missing_scale_in_each_language_and_pays_the_others(world: cast.World) -> None:
    build.contract(world.people["lina"], world.archipel, gross="1450.00", hours="19")
    WageAttachment.objects.create(
        contract=contract(world), kind="ordinary", creditor="Huissier", iban=IBAN, reference="1", claim=EUR("10.00"),
        valid_from=date(2025, 10, 1),
    )  # fmt: skip

    run = build.calculated(world.archipel, Month(2025, 10))

    failed = RunMember.objects.get(run=run, state="failed")
    assert failed.contract == contract(world)
    assert set(failed.failure or {}) == {"fr", "nl", "en"}
    assert "no scale of attachments is confirmed for October 2025" in (failed.failure or {})["en"]["reason"]
    assert Payslip.objects.filter(member__run=run).count() == 1


def test_a_second_attachment_is_refused_until_the_first_is_paid_off(world: cast.World) -> None:
    attached(world, claim="100.00")

    with pytest.raises(deductions.AttachmentHolds):
        attached(world, reference="D-2", valid_from=date(2026, 5, 2))
    build.approved(world, APRIL)
    second = attached(world, reference="D-2", valid_from=date(2026, 5, 2))

    first = WageAttachment.objects.get(reference="D-2026-17")
    assert (first.valid_until, second.valid_from) == (date(2026, 5, 2), date(2026, 5, 2))


def test_an_attachment_that_ends_withholds_nothing_any_more(world: cast.World) -> None:
    attachment = attached(world)

    services.end_attachment(attachment=attachment, until=date(2026, 4, 29), by=world.elise)

    build.calculated(world.archipel, APRIL)
    assert slip_of().to_pay == slip_of().net
    with pytest.raises(deductions.EndsBeforeItBegins):
        services.end_attachment(attachment=attachment, until=date(2026, 4, 29), by=world.elise)


def test_a_run_that_withholds_more_than_is_left_meanwhile_is_not_approved(world: cast.World) -> None:
    build.opening(contract(world), Month(2026, 1), gross="2900.00", hours="38", reduction="0.00")
    build.opening(contract(world), Month(2026, 2), gross="2900.00", hours="38", reduction="0.00")
    build.approved(world, MARCH)
    attached(world, claim="100.00", valid_from=date(2026, 3, 20))
    april = build.calculated(world.archipel, APRIL)
    services.submit_run(run=april.pk, by=world.elise, at=at("2026-04-26"))
    new = corrected(world, slip_of(MARCH), gross="2950.00", on=date(2026, 4, 27))
    assert new.withheld.get().amount == EUR("100.00")

    with pytest.raises(deductions.ClaimExhausted):
        services.approve_run(run=april.pk, by=world.bruno, on=APRIL.day(28), at=at("2026-04-28"))

    services.take_back_run(run=april.pk, by=world.bruno, at=at("2026-04-28"), reason="Calculate again.")
    services.recalculate(run=april.pk, by=world.elise)
    services.calculate_members(run=april.pk, at=at("2026-04-28"))
    build.approve(world, PayrollRun.objects.get(pk=april.pk), on=APRIL.day(29))
    assert slip_of().to_pay == slip_of().net
    assert faults(world) == []


# --- the employer's own -----------------------------------------------------------------------------------------------


def test_an_advance_to_be_paid_is_booked_and_comes_off_the_pay(world: cast.World) -> None:
    advance = deducted(world, given="to_pay", per_month=EUR("200.00"))
    assert (balance(world, "other_receivables"), balance(world, "member_claims")) == (EUR("300.00"), EUR("-300.00"))
    pay(world, advance.pk, EUR("300.00"), date(2026, 4, 2))

    build.approved(world, APRIL)
    assert (slip_of().net - slip_of().to_pay, balance(world, "other_receivables")) == (EUR("200.00"), EUR("100.00"))
    build.approved(world, MAY)

    assert slip_of(MAY).net - slip_of(MAY).to_pay == EUR("100.00")
    assert (balance(world, "other_receivables"), balance(world, "member_claims")) == (0, 0)
    assert faults(world) == []


def test_the_same_form_sent_twice_records_one_deduction(world: cast.World) -> None:
    key = uuid4()

    assert deducted(world, given="to_pay", key=key).pk == deducted(world, given="to_pay", key=key).pk

    assert balance(world, "other_receivables") == EUR("300.00")


def test_what_exceeds_one_fifth_waits_and_the_oldest_deduction_comes_first(world: cast.World) -> None:
    first, second = deducted(world, amount="300.00"), deducted(world, amount="900.00", since=MAY)
    build.approved(world, APRIL)
    build.approved(world, MAY)
    slip = slip_of(MAY)

    fifth = (slip.net / 5).quantize(EUR("0.01"), rounding="ROUND_DOWN")

    assert beside_pay.taken(deductions=[first.pk, second.pk]) == {first.pk: EUR("300.00"), second.pk: fifth}
    assert any(one.code == "deductions_limited" for one in queries.figures_of(slip).findings)
    assert faults(world) == []


def test_fine_damages_and_guarantee_go_to_their_accounts(world: cast.World) -> None:
    for kind, asked in (("fine", "10.00"), ("damages", "50.00"), ("guarantee", "60.00")):
        deducted(world, kind, asked)

    build.approved(world, APRIL)

    assert slip_of().net - slip_of().to_pay == EUR("120.00")
    assert (balance(world, "other_income"), balance(world, "deposits_short")) == (EUR("-50.00"), EUR("-60.00"))
    fine = Line.objects.filter(entry=slip_of().entry, account__role="other_social_debts", amount=EUR("-10.00"))
    assert fine.count() == 1
    assert faults(world) == []


def test_vouchers_that_find_no_room_stay_owed_by_the_member(world: cast.World) -> None:
    build.contract(world.people["lina"], world.archipel, gross="1450.00", hours="19")
    granted(world, home_working=EUR("0"), voucher_employer=EUR("1.00"), voucher_worker=EUR("9.00"))
    attached(world, claim="9000.00", kind="maintenance")
    entered(world)

    build.approved(world, APRIL)

    slip = Payslip.objects.get(contract=contract(world))
    assert amount(slip, "deduction.meal_vouchers") == 0
    assert balance(world, "other_receivables") == EUR("180.00")
    assert slip.to_pay == EUR("126.00")
    assert faults(world) == []


def test_two_limits_in_one_payment_are_refused(world: cast.World) -> None:
    deducted(world)

    with pytest.raises(beside_pay.LimitsMixed):
        deducted(world, "damages", "500.00", limit="fraud")
    with pytest.raises(deductions.DeductionIncomplete):
        deducted(world, "fine", "5.00", limit="left_before_settlement")


def test_a_deduction_that_ends_asks_nothing_any_more(world: cast.World) -> None:
    advance = deducted(world, per_month=EUR("100.00"))
    build.approved(world, APRIL)

    services.end_deduction(deduction=advance, until=MAY, by=world.elise)
    build.approved(world, MAY)

    assert slip_of(MAY).to_pay == slip_of(MAY).net


# --- who enters what, and when ----------------------------------------------------------------------------------------


def test_the_member_enters_kilometres_and_days_and_never_the_vouchers(world: cast.World) -> None:
    granted(world)
    entered(world)

    row = entered(world, by=world.aline, kilometres=EUR("80"), bicycle_days=3, vouchers=None)

    assert (row.kilometres, row.bicycle_days, row.vouchers) == (EUR("80.00"), 3, 20)
    with pytest.raises(PermissionDenied):
        entered(world, by=world.aline)
    for user in (world.lina, world.bruno, world.farid, world.amina):
        with pytest.raises(PermissionDenied):
            entered(world, by=user, vouchers=None)


@pytest.mark.parametrize("act", ["terms", "attachment", "deduction"])
def test_only_the_payroll_officer_grants_attaches_and_deducts(world: cast.World, act: str) -> None:
    for user in (world.aline, world.bruno, world.farid, world.amina):
        with pytest.raises(PermissionDenied):
            {
                "terms": lambda user=user: services.record_allowance_terms(
                    contract=contract(world), since=APRIL, by=user
                ),
                "attachment": lambda user=user: services.record_attachment(
                    contract=contract(world), kind="ordinary", creditor="X", iban=IBAN, reference="1",
                    claim=EUR("1"), children=0, valid_from=date(2026, 4, 1), by=user,
                ),
                "deduction": lambda user=user: services.record_deduction(
                    contract=contract(world), kind="advance", amount=EUR("1"), since=APRIL, reason="r", by=user,
                    on=APRIL_20, at=at("2026-04-20"),
                ),
            }[act]()  # fmt: skip


def test_more_days_than_the_month_has_are_refused(world: cast.World) -> None:
    granted(world)

    for change in ({"bicycle_days": 31}, {"vouchers": 31}):
        with pytest.raises(allowances.MoreDaysThanTheMonthHas):
            entered(world, **change)

    assert not AllowanceMonth.objects.exists()


def test_kilometres_that_nothing_is_granted_for_are_refused(world: cast.World) -> None:
    granted(world, car_rate=None)

    with pytest.raises(allowances.NothingGranted) as refused:
        entered(world)

    assert refused.value.field == "kilometres"


def test_a_month_that_has_not_begun_or_is_outside_the_contract_is_refused(world: cast.World) -> None:
    for month, on in ((MAY, APRIL_20), (Month(2023, 12), APRIL_20)):
        with pytest.raises(allowances.MonthNotPayable):
            services.record_allowance_month(
                contract=contract(world), month=month, kilometres=EUR("1"), bicycle_days=0, by=world.elise, on=on,
                at=at("2026-04-20"),
            )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"car_rate": EUR("0.4572")}, "car_rate"),
        ({"car_rate": EUR("0.45"), "car_index": "yearly"}, "car_rate"),
        ({"bicycle_rate": EUR("0.37")}, "bicycle_rate"),
        ({"home_working": EUR("161.00")}, "home_working"),
        ({"voucher_employer": EUR("8.92")}, "voucher_employer"),
        ({"voucher_employer": EUR("8.00"), "voucher_worker": EUR("2.01")}, "voucher_employer"),
        ({"voucher_worker": EUR("1.08")}, "voucher_worker"),
    ],
)
def test_what_would_be_pay_is_not_granted(world: cast.World, change: dict[str, Any], field: str) -> None:
    with pytest.raises(allowances.RateAboveCap) as refused:
        granted(world, **change)

    assert refused.value.field == field


def test_half_of_what_an_allowance_needs_is_refused(world: cast.World) -> None:
    with pytest.raises(allowances.TermsIncomplete) as refused:
        granted(world, bicycle_kilometres=None)

    assert refused.value.field == "bicycle_kilometres"


def test_a_change_after_the_calculation_makes_the_payslip_due_again(world: cast.World) -> None:
    granted(world)
    run = build.calculated(world.archipel, APRIL)

    entered(world)

    run.refresh_from_db()
    assert (run.state, run.members.get().state) == ("open", "todo")


def test_a_change_that_nobody_calculated_stops_the_run(world: cast.World) -> None:
    granted(world)
    entered(world)
    run = build.calculated(world.archipel, APRIL)
    AllowanceMonth.objects.update(kilometres=EUR("201"))

    with pytest.raises(runs.RunBlocked):
        services.submit_run(run=run.pk, by=world.elise, at=at("2026-04-26"))


def test_nothing_changes_while_the_payslips_wait_for_approval(world: cast.World) -> None:
    granted(world)
    run = build.calculated(world.archipel, APRIL)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-04-26"))

    acts: list[Any] = [lambda: entered(world), lambda: attached(world), lambda: deducted(world), lambda: granted(world)]
    for act in acts:
        with pytest.raises(allowances.RunSubmitted):
            act()


def test_after_the_approval_the_officer_enters_for_a_correction_and_the_member_asks(world: cast.World) -> None:
    granted(world)
    build.approved(world, APRIL)
    old = slip_of()

    with pytest.raises(allowances.RunSubmitted):
        entered(world, by=world.aline, vouchers=None)
    entered(world)
    new = corrected(world, old, gross="2900.00")

    assert new.to_pay == old.to_pay + EUR("126.00") - EUR("21.80")
    assert new.gross == old.gross
    assert faults(world) == []


def test_a_locked_month_changes_no_more(world: cast.World) -> None:
    granted(world)
    run = build.approved(world, APRIL)
    services.close_run(run=run.pk, by=world.bruno, at=at("2026-04-30"))

    with pytest.raises(Refused):
        entered(world)


# --- what the database refuses ----------------------------------------------------------------------------------------


def refused_by(act: Any) -> str:
    """The name of the constraint or guard that refuses an act."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()
    return guards.broken_constraint(error.value)


def test_what_a_payslip_withheld_never_changes(world: cast.World) -> None:
    attached(world)
    build.approved(world, APRIL)
    row = Withheld.objects.get()

    assert refused_by(lambda: Withheld.objects.update(amount=EUR("1.00"))) == "with_payslip"
    assert refused_by(lambda: row.delete()) == "with_payslip"
    assert refused_by(
        lambda: Withheld.objects.create(payslip=row.payslip, deduction=deducted(world, since=MAY), amount=EUR("1"))
    ) == "with_payslip"  # fmt: skip


def test_no_more_is_withheld_than_was_claimed(world: cast.World) -> None:
    attachment = attached(world, claim="100.00")
    build.calculated(world.archipel, APRIL)
    WageAttachment.objects.filter(pk=attachment.pk).update(claim=EUR("99.99"))
    run = PayrollRun.objects.get()
    PayrollRun.objects.update(
        state="submitted", submitted_by=world.elise, approval_started_at=at("2026-04-26"), posted_on=APRIL_20
    )

    assert refused_by(lambda: services.continue_approval(run=run.pk, at=at("2026-04-26"))) == "claims"


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"vouchers": 32}, "allowance_month_possible"),
        ({"kilometres": EUR("-1")}, "allowance_month_possible"),
        ({"month": date(2026, 4, 2)}, "allowance_month_first_day"),
    ],
)
def test_an_impossible_month_is_refused(world: cast.World, values: dict[str, Any], constraint: str) -> None:
    row = {"contract": contract(world), "month": APRIL.first, "entered_at": at("2026-04-20"), **values}

    assert refused_by(lambda: AllowanceMonth.objects.create(**row)) == constraint


def test_two_attachments_never_hold_on_the_same_day(world: cast.World) -> None:
    first = attached(world)
    first.pk, first.valid_from = uuid4(), date(2026, 5, 1)

    assert refused_by(lambda: first.save(force_insert=True)) == "wage_attachment_no_overlap"


# --- afterwards -------------------------------------------------------------------------------------------------------


def test_stored_payslips_come_out_the_same_with_what_stood_beside_them(world: cast.World) -> None:
    granted(world)
    entered(world)
    attached(world)
    deducted(world)
    build.approved(world, APRIL)
    out = StringIO()

    call_command("replay_payslips", stdout=out)

    assert "1 the same to the cent" in out.getvalue()


def test_a_payslip_from_before_without_facts_of_its_payment_is_replayed_to_its_net(world: cast.World) -> None:
    build.calculated(world.archipel, APRIL)
    slip = slip_of()
    figures = dict(slip.figures)
    beside = {"pay_after_levies", "non_taxable_total", "deductions_total", "to_pay"}
    figures["figures"] = [one for one in figures["figures"] if one["code"] not in beside]
    Payslip.objects.update(payment_facts=None, figures=figures)
    out = StringIO()

    call_command("replay_payslips", stdout=out)

    assert "1 the same to the cent" in out.getvalue()


def test_the_individual_account_shows_what_stood_beside_the_net_and_agrees_with_the_books(world: cast.World) -> None:
    granted(world)
    entered(world)
    attached(world)
    build.approved(world, APRIL)
    january, december = Month(2026, 1), Month(2026, 12)

    rows = declared.paid_in(world.elise, world.archipel.pk, january, december)

    lines = {line.code: line.total for line in account.individual_account(rows, []).lines}
    assert lines["own_car.allowance"] == EUR("90.00")
    assert lines["to_pay"] == slip_of().to_pay
    assert lines["deduction.attachment"] == amount(slip_of(), "deduction.attachment")
    slip = {one.label: one.amount for one in account.yearly_slip(rows)}
    assert slip["Bicycle allowance"] == EUR("36.00")
    assert slip["Expenses of the employer that were refunded: own car, home working"] == EUR("190.00")
    assert all(check.agrees for check in declared.account_checks(world.archipel.pk, rows, []))


def test_the_reason_beside_last_month_names_other_amounts_beside_the_net(world: cast.World) -> None:
    build.approved(world, APRIL)
    deducted(world, since=MAY)
    run = build.calculated(world.archipel, MAY)

    (row,) = queries.differences(run)

    assert "Other allowances or deductions." in row.reasons


def test_lines_of_a_correction_compare_what_is_paid(world: cast.World) -> None:
    build.approved(world, APRIL)
    old = slip_of()
    deducted(world)
    run = services.open_correction(
        payslip=old.pk, gross=EUR("2900.00"), hours=EUR("38"), reason="Advance.", by=world.elise, at=at("2026-05-05")
    )

    found = queries.replacement_in(run)
    assert found is not None
    lines = {line.label: line for line in queries.compared(found)}

    assert (lines["Deduction: advance"].old, lines["Deduction: advance"].new) == (0, EUR("300.00"))
    assert lines["Amount to pay"].change == EUR("-300.00")


def test_a_payslip_from_before_is_not_corrected_for_nothing(world: cast.World) -> None:
    run = build.calculated(world.archipel, APRIL)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-04-26"))
    slip = slip_of()
    beside = {"pay_after_levies", "non_taxable_total", "deductions_total", "to_pay"}
    figures = {**slip.figures, "figures": [one for one in slip.figures["figures"] if one["code"] not in beside]}
    Payslip.objects.update(payment_facts=None, figures=figures)
    services.approve_run(run=run.pk, by=world.bruno, on=APRIL.day(28), at=at("2026-04-28"))
    old = slip_of()

    with pytest.raises(corrections.NothingToCorrect):
        corrected(world, old, gross="2900.00")
    granted(world)
    new = corrected(world, old, gross="2900.00")

    assert new.to_pay == old.to_pay + EUR("100.00")
    assert faults(world) == []


# --- payments beside the month's pay ----------------------------------------------------------------------------------


def attached_to_lina(world: cast.World) -> WageAttachment:
    """Attach the pay of Lina from December 2026 on."""
    made = EmploymentContract.objects.select_related("person", "cooperative").get(person=world.people["lina"])
    return services.record_attachment(
        contract=made, kind="ordinary", creditor="Huissier Exemple", iban=IBAN, reference="D-12", claim=EUR("5000.00"),
        children=0, valid_from=date(2026, 12, 1), by=world.elise,
    )  # fmt: skip


def test_a_payment_beside_the_months_pay_is_attached_by_the_scale_of_the_month(db: None) -> None:
    world = exceptional_runs.world(OCTOBER, NOVEMBER, DECEMBER)
    attached_to_lina(world)

    exceptional_runs.paid(world, "end_of_year_premium", DECEMBER)

    slip = exceptional_runs.slip(world, "end_of_year_premium")
    month = Payslip.objects.get(contract=slip.contract, month=DECEMBER.first, nature="")
    assert month.to_pay == month.net
    assert slip.net - slip.to_pay == EUR("131.20") + month.net + slip.net - EUR("1839.00")
    assert exceptional_runs.faults(world) == []
    out = StringIO()
    call_command("replay_payslips", stdout=out)
    assert "0 differ" in out.getvalue()


def test_an_attachment_counted_before_another_payment_of_the_month_stops_the_approval(db: None) -> None:
    world = exceptional_runs.world(OCTOBER, NOVEMBER)
    attached_to_lina(world)
    run = build.calculated(world.archipel, DECEMBER)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-12-22"))
    exceptional_runs.paid(world, "end_of_year_premium", DECEMBER)

    with pytest.raises(deductions.AttachmentOutdated):
        services.approve_run(run=run.pk, by=world.bruno, on=DECEMBER.day(28), at=at("2026-12-28"))
