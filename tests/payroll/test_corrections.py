"""Corrections: an approved payslip is replaced by a reversal and a new one, in the open month, and never changed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from coop import guards
from coop.access.models import User
from coop.banking import services as banking
from coop.documents.models import Document
from coop.entities.models import BankAccount
from coop.errors import Refused
from coop.ledger import queries as ledger_queries
from coop.ledger import reading
from coop.ledger.models import Entry, OpenItem, Reservation
from coop.ledger.text import journal_text
from coop.periods import Month
from members.models import Situation
from payroll import facts, queries, services, slips
from payroll import paid as declared
from payroll.models import PayrollRun, Payslip, QuarterSettlement
from payroll.services import approval, corrections, runs
from tests import books, cast
from tests.cast import at
from tests.payroll import build
from tests.payroll.engine import cast as engine_cast

OCTOBER, NOVEMBER, DECEMBER = Month(2026, 10), Month(2026, 11), Month(2026, 12)
EUR = Decimal


def make_world() -> cast.World:
    """Lina (half time, 1450.00) and Aline (2900.00) are paid for October 2026, the first month of a quarter."""
    world = cast.world()
    build.employer(world.archipel)
    for name, gross, hours in (("aline", "2900.00", "38"), ("lina", "1450.00", "19")):
        build.contract(world.people[name], world.archipel, gross=gross, hours=hours)
        build.money(world, name, "60000.00")
    build.approved(world, OCTOBER)
    return world


@pytest.fixture
def world(db: None) -> cast.World:
    """October is paid."""
    return make_world()


def paid(world: cast.World, name: str = "lina", month: Month = OCTOBER) -> Payslip:
    """The payslip that counts for somebody and a month."""
    return Payslip.objects.paid().get(person=world.people[name], month=month.first)


def opened(world: cast.World, old: Payslip, *, gross: str = "1600.00", hours: str = "19", reason: str = "Bonus forgotten.",
           by: Any = None, on: str = "2026-11-05 10:00") -> PayrollRun:  # fmt: skip
    """Let Élise open the correction of a payslip."""
    return services.open_correction(
        payslip=old.pk, gross=EUR(gross), hours=EUR(hours), reason=reason, by=by or world.elise, at=at(on)
    )


def carried_through(world: cast.World, run: PayrollRun, on: date = date(2026, 11, 6)) -> PayrollRun:
    """Let Élise submit a correction and Bruno approve it."""
    services.submit_run(run=run.pk, by=world.elise, at=at(f"{on} 09:00"))
    return services.approve_run(run=run.pk, by=world.bruno, on=on, at=at(f"{on} 10:00"))


def corrected(world: cast.World, old: Payslip, *, on: date = date(2026, 11, 6), **options: str) -> Payslip:
    """Correct a payslip from end to end; return the new one."""
    carried_through(world, opened(world, old, **options), on)
    return Payslip.objects.paid().get(contract=old.contract, month=old.month)


def faults(world: cast.World) -> list[str]:
    """What check_books would say of Archipel."""
    return books.faults(world.archipel, at("2026-12-31"))


def test_a_correction_reverses_the_old_payslip_and_posts_the_new_one_in_the_open_month(world: cast.World) -> None:
    old = paid(world)
    october = journal_text(Entry.objects.filter(date__lt=NOVEMBER.first))

    new = corrected(world, old)

    old.refresh_from_db()
    assert (old.state, new.state, new.gross) == ("reversed", "approved", EUR("1600.00"))
    reversal = Entry.objects.get(reverses=old.entry)
    assert (reversal.date, new.entry.date, new.posted_on) == (date(2026, 11, 6),) * 3
    assert reversal.source_key == str(old.pk)
    assert journal_text(Entry.objects.filter(date__lt=NOVEMBER.first)) == october
    activity = world.activities["lina"]
    before = ledger_queries.accounting_balance(activity, date(2026, 11, 5))
    after = ledger_queries.accounting_balance(activity, date(2026, 11, 6))
    assert after - before == old.employer_cost - new.employer_cost
    assert faults(world) == []


def test_both_payslips_stay_readable_and_name_each_other(world: cast.World) -> None:
    old = paid(world)

    new = corrected(world, old)

    old.refresh_from_db()
    before, now = queries.replaced_by(old), queries.replaces(new)
    assert before is not None
    assert now is not None
    assert (before.new, now.old, now.reason) == (new, old, "Bonus forgotten.")
    assert now.change == new.to_pay - old.to_pay > 0
    assert set(queries.payslips_of(world.lina)) == {old, new}
    assert Document.objects.filter(kind="payslip", subject__in=[old.pk, new.pk]).count() == 2


def test_old_new_and_difference_are_shown_line_by_line(world: cast.World) -> None:
    old = paid(world)
    run = opened(world, old, gross="1600.00")

    new = Payslip.objects.get(member__run=run)
    lines = {line.label: line for line in queries.compared(queries.replaces(new))}

    gross, net = lines["Gross pay"], lines["Net pay"]
    assert (gross.old, gross.new, gross.change) == (EUR("1450.00"), EUR("1600.00"), EUR("150.00"))
    assert (net.old, net.new) == (old.net, new.net)
    assert lines["Employer cost"].change == new.employer_cost - old.employer_cost


def test_what_was_already_paid_counts_and_only_the_difference_stays_to_pay(world: cast.World) -> None:
    old = paid(world)
    bank = BankAccount.objects.filter(cooperative=world.archipel).first()
    banking.record_payment(
        item=old.pk, amount=old.to_pay, on=date(2026, 10, 30), bank_account=bank, by=None, at=at("2026-10-30")
    )

    new = corrected(world, old)

    assert ledger_queries.residual(OpenItem.objects.get(pk=old.pk)) == 0
    assert -ledger_queries.residual(OpenItem.objects.get(pk=new.pk)) == new.to_pay - old.to_pay
    banking.record_payment(
        item=new.pk,
        amount=new.to_pay - old.to_pay,
        on=date(2026, 11, 9),
        bank_account=bank,
        by=None,
        at=at("2026-11-09"),
    )
    assert faults(world) == []


def test_the_net_that_was_carried_over_is_shown_to_the_payroll_office_only(world: cast.World) -> None:
    old = paid(world)
    bank = BankAccount.objects.filter(cooperative=world.archipel).first()
    banking.record_payment(
        item=old.pk, amount=old.to_pay, on=date(2026, 10, 30), bank_account=bank, by=None, at=at("2026-10-30")
    )
    corrected(world, old)

    carried = Entry.objects.get(source=approval.CARRIED)

    with pytest.raises(PermissionDenied):
        reading.entry_to_read(world.bruno, carried.uuid)


def test_an_open_correction_changes_no_estimate_of_later_months(world: cast.World) -> None:
    old = paid(world)
    opened(world, old, gross="1900.00")

    (october,) = facts.basis(old.contract_id, NOVEMBER, estimate=True).facts.quarter.months

    assert october.gross == EUR("1450.00")


def test_the_page_of_the_months_run_counts_the_payslip_that_holds(world: cast.World) -> None:
    run = paid(world).member.run
    page = Client()
    page.force_login(world.elise)
    corrected(world, paid(world))

    shown = page.get(reverse("payroll:run_detail", args=[run.pk])).context["totals"]

    assert (shown.persons, shown.gross) == (2, EUR("4500.00"))


def test_every_line_of_either_payslip_is_compared() -> None:
    small = replace(
        engine_cast.lina(),
        employer=replace(engine_cast.EMPLOYER, headcount_class="<10"),
        costs=replace(engine_cast.COSTS, annual_premium=False),
    )
    large = replace(engine_cast.lina(), costs=replace(engine_cast.COSTS, eco_vouchers=False))

    codes = [code for code, _result in slips.lines_of(engine_cast.pay(small), engine_cast.pay(large))]

    assert codes.index("employer_contribution.base") + 1 == codes.index("employer_contribution.ten_or_more")
    assert {"provision.eco_vouchers", "provision.annual_premium"} <= set(codes)
    assert codes[-1] == "employer_cost"
    assert len(codes) == len(set(codes))


def test_what_was_paid_too_much_is_owed_by_the_member(world: cast.World) -> None:
    old = paid(world, "aline")
    bank = BankAccount.objects.filter(cooperative=world.archipel).first()
    banking.record_payment(
        item=old.pk, amount=old.to_pay, on=date(2026, 10, 30), bank_account=bank, by=None, at=at("2026-10-30")
    )

    new = corrected(world, old, gross="2600.00", hours="34")

    assert ledger_queries.residual(OpenItem.objects.get(pk=new.pk)) == old.to_pay - new.to_pay > 0
    assert (new.hours, new.full_time_hours) == (EUR("34"), EUR("38"))
    assert faults(world) == []


def test_an_unpaid_payslip_is_wholly_replaced_by_the_new_one(world: cast.World) -> None:
    old = paid(world)

    new = corrected(world, old)

    assert ledger_queries.residual(OpenItem.objects.get(pk=old.pk)) == 0
    assert -ledger_queries.residual(OpenItem.objects.get(pk=new.pk)) == new.to_pay


def test_the_facts_on_file_for_the_month_and_its_law_are_used(world: cast.World) -> None:
    old = paid(world, "aline")
    Situation.objects.filter(person=world.people["aline"]).update(household="own_income", children=2)

    new = corrected(world, old, gross="2900.00", hours="38", reason="Two children were forgotten.")

    assert new.facts["household"]["children"] == 2
    assert (new.gross, new.law_digest, new.month) == (old.gross, old.law_digest, OCTOBER.first)
    assert new.net > old.net


def test_a_locked_month_stays_as_it_is_and_the_entries_go_to_the_first_open_one(world: cast.World) -> None:
    old = paid(world)
    services.close_run(run=old.member.run_id, by=world.bruno, at=at("2026-10-31"))

    new = corrected(world, old, on=date(2026, 10, 31))

    assert new.posted_on == date(2026, 11, 1)
    assert Entry.objects.get(reverses=old.entry).date == date(2026, 11, 1)
    assert faults(world) == []


def test_a_second_click_finds_the_same_correction_and_other_amounts_are_refused(world: cast.World) -> None:
    old = paid(world)
    first = opened(world, old)

    assert opened(world, old).pk == first.pk
    with pytest.raises(corrections.CorrectionUnderWay), translation.override("en"):
        opened(world, old, gross="1700.00")
    assert PayrollRun.objects.filter(kind="correction").count() == 1


@pytest.mark.django_db(transaction=True)
def test_six_clicks_at_once_open_one_correction() -> None:
    world = make_world()
    old = paid(world)

    def click(_number: int) -> Any:
        try:
            return opened(world, old).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(click, range(6)))

    assert len(found) == 1
    assert Payslip.objects.filter(member__run__in=found).count() == 1


def test_approving_twice_posts_once(world: cast.World) -> None:
    old = paid(world)
    run = carried_through(world, opened(world, old))

    services.approve_run(run=run.pk, by=world.bruno, on=date(2026, 11, 7), at=at("2026-11-07"))

    assert Entry.objects.filter(reverses=old.entry).count() == 1
    assert Payslip.objects.filter(contract=old.contract, month=old.month).count() == 2


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"reason": "  "}, corrections.CorrectionIncomplete),
        ({"gross": "0.00"}, corrections.CorrectionIncomplete),
        ({"hours": "0"}, corrections.CorrectionIncomplete),
        ({"hours": "38.5"}, corrections.CorrectionIncomplete),
        ({"gross": "1450.00"}, corrections.NothingToCorrect),
    ],
)
def test_a_correction_without_reason_possible_amounts_or_change_is_refused(
    world: cast.World, change: dict[str, str], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        opened(world, paid(world), **change)

    assert not PayrollRun.objects.filter(kind="correction").exists()


def test_only_an_approved_payslip_that_counts_is_corrected(world: cast.World) -> None:
    old = paid(world)
    build.calculated(world.archipel, NOVEMBER)
    calculated = Payslip.objects.filter(state="calculated").first()
    corrected(world, old)

    for payslip in (old, calculated):
        with pytest.raises(corrections.NotCorrectable):
            opened(world, payslip, gross="1700.00")


def test_a_corrected_payslip_is_corrected_again_by_correcting_the_one_that_replaced_it(world: cast.World) -> None:
    first = corrected(world, paid(world))

    second = corrected(world, first, gross="1650.00", on=date(2026, 11, 8))

    assert second.gross == EUR("1650.00")
    assert second.member.run.sequence == 2
    assert Payslip.objects.filter(contract=first.contract, state="reversed").count() == 2
    assert -ledger_queries.residual(OpenItem.objects.get(pk=second.pk)) == second.to_pay
    assert faults(world) == []


def test_the_officer_opens_another_person_approves_and_nobody_else(world: cast.World) -> None:
    cast.grant(world.elise, cast.Role.ACCOUNTANT, cooperative=world.archipel)
    old = paid(world)
    for user in (world.lina, world.bruno, world.farid, world.amina):
        with pytest.raises(PermissionDenied):
            opened(world, old, by=user)
    run = opened(world, old)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-11-05 11:00"))

    elise = User.objects.get(pk=world.elise.pk)
    with pytest.raises(approval.OwnRun):
        services.approve_run(run=run.pk, by=elise, on=date(2026, 11, 6), at=at("2026-11-06"))

    old.refresh_from_db()
    assert old.state == "approved"


def test_a_cancelled_correction_leaves_no_trace_and_another_one_can_be_opened(world: cast.World) -> None:
    old = paid(world)
    run = opened(world, old)
    services.cancel_run(run=run.pk, by=world.elise, at=at("2026-11-05 12:00"))

    again = corrected(world, old, gross="1500.00")

    assert again.gross == EUR("1500.00")
    assert not Payslip.objects.filter(member__run=run).exists()


def test_a_gross_below_the_wage_floor_is_not_submitted(world: cast.World) -> None:
    run = opened(world, paid(world), gross="900.00")

    with pytest.raises(runs.RunBlocked), translation.override("en"):
        services.submit_run(run=run.pk, by=world.elise, at=at("2026-11-05 11:00"))


def test_facts_that_change_between_submission_and_approval_stop_the_approval(world: cast.World) -> None:
    old = paid(world)
    run = opened(world, old)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-11-05 11:00"))
    Situation.objects.filter(person=world.people["lina"]).update(children=3)

    with pytest.raises(runs.RunBlocked):
        services.approve_run(run=run.pk, by=world.bruno, on=date(2026, 11, 6), at=at("2026-11-06"))

    assert not Entry.objects.filter(reverses=old.entry).exists()


def test_a_correction_calculated_again_keeps_its_gross_and_its_one_member(world: cast.World) -> None:
    run = opened(world, paid(world))

    services.recalculate(run=run.pk, by=world.elise)
    services.calculate_members(run=run.pk, at=at("2026-11-05 11:00"))

    run.refresh_from_db()
    assert (run.state, run.members.count()) == ("calculated", 1)
    assert Payslip.objects.get(member__run=run).gross == EUR("1600.00")


def test_the_next_month_rests_on_the_corrected_payslip(world: cast.World) -> None:
    new = corrected(world, paid(world))

    basis = facts.basis(new.contract_id, NOVEMBER)

    assert [(one.gross, one.reduction) for one in basis.facts.quarter.months] == [(EUR("1600.00"), new.reduction)]
    assert basis.facts.year.end_of_year_base == new.end_of_year_base


def test_the_reduction_held_back_is_that_of_the_new_payslip(world: cast.World) -> None:
    new = corrected(world, paid(world))

    held = Reservation.objects.filter(
        activity=world.activities["lina"], kind=Reservation.Kind.ADVANCE, released_on__isnull=True
    )

    assert [one.amount for one in held] == [new.reduction]


def test_sums_of_the_year_and_of_runs_count_the_new_payslip_and_not_the_old(world: cast.World) -> None:
    old = paid(world)
    ordinary = PayrollRun.objects.get(kind="ordinary")
    before = queries.totals(ordinary)

    new = corrected(world, old)

    both = queries.totals_of([ordinary, new.member.run])
    assert sum(one.gross for one in both.values()) == before.gross + new.gross - old.gross
    assert queries.totals_of_month(ordinary).gross == before.gross + new.gross - old.gross
    assert {one.label: one.amount for one in queries.year_totals(new)}["Gross pay"] == new.gross
    build.approved(world, NOVEMBER)
    november = paid(world, month=NOVEMBER)
    assert {one.label: one.amount for one in queries.year_totals(november)}["Gross pay"] == new.gross + november.gross
    assert queries.previous_payslip(november) == new


def test_a_settled_quarter_yields_another_correction(world: cast.World) -> None:
    for month in (NOVEMBER, DECEMBER):
        build.approved(world, month)
    october = paid(world)
    services.settle_quarter(
        cooperative=world.archipel, last_month=DECEMBER, on=date(2026, 12, 31), at=at("2026-12-31 12:00")
    )
    first = QuarterSettlement.objects.get(contract=october.contract)

    new = corrected(world, october, gross="2000.00", on=date(2026, 12, 31))

    second = QuarterSettlement.objects.get(contract=october.contract, sequence=2)
    given = sum(Payslip.objects.paid().filter(contract=october.contract).values_list("reduction", flat=True))
    assert second.reduction_given == given + first.correction
    assert second.reduction_due < first.reduction_due
    assert second.correction == second.reduction_due - second.reduction_given
    assert second.entry.date == date(2026, 12, 31)
    assert not Reservation.objects.filter(
        activity=world.activities["lina"], kind=Reservation.Kind.ADVANCE, released_on__isnull=True
    ).exists()
    assert new.gross == EUR("2000.00")
    first.refresh_from_db()
    assert first.sequence == 1
    assert faults(world) == []


def test_a_settled_quarter_ends_where_it_would_have_ended_had_the_pay_been_right_at_once(world: cast.World) -> None:
    for month in (NOVEMBER, DECEMBER):
        build.approved(world, month)
    services.settle_quarter(
        cooperative=world.archipel, last_month=DECEMBER, on=date(2026, 12, 31), at=at("2026-12-31 12:00")
    )
    corrected(world, paid(world), gross="2000.00", on=date(2026, 12, 31))

    corrected(world, paid(world), gross="1450.00", on=date(2026, 12, 31))

    first, *_middle, last = QuarterSettlement.objects.filter(contract=paid(world).contract).order_by("sequence")
    assert last.reduction_due == first.reduction_due
    assert faults(world) == []


@pytest.mark.parametrize("change", [{"reason": ""}, {"due_gross": None}, {"kind": "ordinary"}])
def test_the_database_refuses_a_correction_that_is_not_whole(world: cast.World, change: dict[str, Any]) -> None:
    run = opened(world, paid(world))

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        PayrollRun.objects.filter(pk=run.pk).update(**change)

    assert guards.broken_constraint(error.value) == "payroll_run_correction_whole"


# --- declarations -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("on", ["2026-10-30", "2026-11-06"], ids=["in the same month", "in the next month"])
def test_the_declarations_of_both_months_and_the_account_still_equal_the_books(world: cast.World, on: str) -> None:
    coop, elise = world.archipel.pk, world.elise
    run = opened(world, paid(world), on=f"{on} 08:00")
    carried_through(world, run, date.fromisoformat(on))
    build.approved(world, NOVEMBER)

    for month in (OCTOBER, NOVEMBER):
        slips = declared.paid_in(elise, coop, month, month)
        check = declared.withholding_check(coop, slips, month, month)
        assert len(slips) == 2
        assert (check.listed, check.differences) == (check.booked, ())
    workers = declared.workers_in(elise, coop, OCTOBER, DECEMBER)
    check = declared.dmfa_check(coop, workers, OCTOBER, DECEMBER)
    assert (check.listed, check.differences) == (check.booked, ())
    lina = declared.paid_in(elise, coop, OCTOBER, DECEMBER, person=world.people["lina"].pk)
    assert [one.amount("gross") for one in lina] == [EUR("1600.00"), EUR("1450.00")]
    assert all(not one.differences for one in declared.account_checks(coop, lina, []))
