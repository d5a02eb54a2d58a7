"""Payments beside the month's pay: who is due one, what it rests on, what pays for it, and how it is corrected."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coop import guards
from coop.documents.models import Document
from coop.ledger import queries as ledger_queries
from coop.ledger.models import Entry, OpenItem
from coop.ledger.text import journal_text
from coop.periods import Month
from coop.transitions import TransitionRefused
from members.models import Runs, Situation
from payroll import engine, exceptional_facts, journal, queries, services
from payroll.exceptional import Nature
from payroll.models import GivenFacts, PayrollRun, Payslip, RunMember
from payroll.services import approval, corrections, exceptional, exceptional_rows, runs
from tests.cast import at
from tests.payroll import beside, build
from tests.payroll.beside import DECEMBER, EUR, JUNE, NOVEMBER, OCTOBER
from tests.payroll.engine.cast import exceptional as told
from tests.payroll.engine.cast import pay_beside

pytestmark = pytest.mark.django_db
PREMIUM, HOLIDAY, YEARLY, LEAVING = (
    "end_of_year_premium", "double_holiday_pay", "annual_premium", "exit_holiday_pay",
)  # fmt: skip


@pytest.fixture(autouse=True)
def words():
    """Refusals are read in English."""
    with translation.override("en"):
        yield


def journal_of(payslip: Payslip) -> str:
    """The lines of the entry of a payslip, without its number."""
    head, *lines = journal_text([payslip.entry]).splitlines()
    return "\n".join([head.split(" SAL ")[1].partition(" ")[2], *lines])


def names(run: PayrollRun) -> set[str]:
    """Who has a row in a run."""
    return {one.contract.person.first_name for one in run.members.select_related("contract__person")}


# --- from provision to payment ----------------------------------------------------------------------------------------


def test_the_end_of_year_premium_uses_up_what_was_set_aside_and_the_activity_bears_the_rest() -> None:
    world = beside.world(OCTOBER, NOVEMBER, DECEMBER)
    activity = world.activities["lina"]
    before = ledger_queries.accounting_balance(activity, DECEMBER.last)

    beside.paid(world, PREMIUM, DECEMBER)

    # Set aside in October, November and December: 154.11 + 154.12 + 154.11 = 462.34, of a cost of 1450.00 + 399.35.
    found = beside.slip(world, PREMIUM)
    assert journal_of(found) == "\n".join(
        [
            "End-of-year premium, December 2026, worker 0002",
            "  6202  A-018          1450.00",
            "  454   -              -189.52",
            "  453   -              -318.02",
            "  455   -              -942.46",
            "  621   A-018           399.35",
            "  454   -              -399.35",
            "  6231  A-018          -462.34",
            "  459   -               462.34",
        ]
    )
    assert (found.gross, found.net, found.to_pay) == (EUR("1450.00"), EUR("942.46"), EUR("942.46"))
    assert (found.wage_cost, found.employer_cost) == (EUR("1849.35"), EUR("1387.01"))
    assert before - ledger_queries.accounting_balance(activity, DECEMBER.last) == EUR("1387.01")
    assert -ledger_queries.residual(OpenItem.objects.get(pk=found.pk)) == EUR("942.46")
    assert Document.objects.filter(kind="payslip", subject=found.pk).count() == 1
    assert beside.faults(world) == []


def test_double_holiday_pay_comes_wholly_out_of_what_was_set_aside_the_year_before() -> None:
    world = beside.world()
    beside.set_aside_before(world)

    beside.paid(world, HOLIDAY, JUNE)

    # 92 % of 1450.00; 13.07 % of 85/92 of it; 21.20 % of what is left; no contribution of the employer.
    found = beside.slip(world, HOLIDAY)
    assert journal_of(found) == "\n".join(
        [
            "Double holiday pay, June 2026, worker 0002",
            "  6202  A-018          1334.00",
            "  454   -              -161.09",
            "  453   -              -248.66",
            "  455   -              -924.25",
            "  625   A-018         -1334.00",
            "  456   -              1334.00",
        ]
    )
    assert (found.wage_cost, found.employer_cost) == (EUR("1334.00"), EUR("0.00"))
    assert [share.cost for share in found.shares.all()] == [EUR("0.00")]


def test_what_this_year_sets_aside_for_holiday_pay_is_kept_for_the_next() -> None:
    world = beside.world(OCTOBER, NOVEMBER)
    pk = beside.contract(world).pk

    this_year = exceptional_facts.provided([pk], Nature.DOUBLE_HOLIDAY_PAY, DECEMBER)
    next_year = exceptional_facts.provided([pk], Nature.DOUBLE_HOLIDAY_PAY, Month(2027, 5))
    leaving = exceptional_facts.provided([pk], Nature.EXIT_HOLIDAY_PAY, NOVEMBER)

    assert this_year.get(pk, 0) == 0
    assert next_year == leaving == {pk: EUR("222.33")}  # 111.17 + 111.16


def test_what_was_used_is_not_there_again() -> None:
    world = beside.world()
    beside.set_aside_before(world)
    beside.paid(world, HOLIDAY, JUNE)
    pk = beside.contract(world).pk

    assert exceptional_facts.provided([pk], Nature.DOUBLE_HOLIDAY_PAY, JUNE)[pk] == 0


def test_the_annual_premium_follows_the_hours_and_the_months_before_june() -> None:
    world = beside.world()
    beside.begins(world, "lina", date(2025, 12, 16))

    run = beside.opened(world, YEARLY, JUNE)

    found = run.members.get(contract__person=world.people["lina"]).payslip
    assert found.gross == EUR("68.93")  # 165.42 for half time, January to May: five of twelve months
    assert found.facts["payment"] == {"weekly_hours": "19.00", "full_time_weekly_hours": "38.00", "months": 5}


def test_activities_share_payment_and_provision_by_the_weights_of_the_person() -> None:
    world = beside.world(OCTOBER, NOVEMBER, DECEMBER)
    runs_ = Runs.objects.get(person=world.people["lina"], activity=world.activities["lina"])
    Runs.objects.filter(pk=runs_.pk).update(weight=2)
    Runs.objects.create(
        person=world.people["lina"], activity=world.activities["aline"], valid_from=runs_.valid_from, weight=1
    )

    beside.paid(world, PREMIUM, DECEMBER)

    found = beside.slip(world, PREMIUM)
    shares = {share.activity_id: share.cost for share in found.shares.all()}
    assert shares[world.activities["lina"].pk] == EUR("924.67")
    assert sum(shares.values()) == found.employer_cost == EUR("1387.01")
    assert beside.faults(world) == []


@given(
    gross=st.integers(5000, 900000),
    provided=st.integers(0, 2000000),
    weights=st.lists(st.integers(1, 3000), min_size=1, max_size=5),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_entry_balances_and_leaves_the_activities_what_was_not_set_aside(
    gross: int, provided: int, weights: list[int]
) -> None:
    pay_, set_aside = EUR(gross) / 100, EUR(provided) / 100
    premium = engine.EndOfYearPremium(monthly_pay=pay_, months=12)
    figures = pay_beside(told(premium, pay=str(pay_), provided=str(set_aside)))
    bearers = [(uuid4(), EUR(weight) / 1000) for weight in weights]
    pay = journal.result(figures)

    by_activity = journal.shares(pay.costs, bearers)
    lines = journal.for_payslip(pay, by_activity, cooperative=uuid4(), party=uuid4(), item=uuid4())

    left = sum(line.amount for line in lines if line.activity is not None)
    assert sum(line.amount for line in lines) == 0
    assert left == figures["exceptional_cost_left"].amount == sum(one.total for one in by_activity.values())
    assert left == max(EUR(0), figures["exceptional_cost"].amount - set_aside)


# --- who is due what --------------------------------------------------------------------------------------------------


def test_the_end_of_year_premium_asks_six_months_of_service_on_the_last_day_of_the_year() -> None:
    world = beside.world()
    beside.begins(world, "aline", date(2026, 7, 1))
    beside.begins(world, "lina", date(2026, 7, 2))

    run = beside.opened(world, PREMIUM, DECEMBER)

    assert names(run) == {"Aline"}
    assert run.members.get().payslip.facts["payment"]["months"] == 6


def test_a_month_counts_when_the_contract_holds_on_its_fifteenth() -> None:
    world = beside.world()
    beside.begins(world, "aline", date(2025, 3, 15))
    beside.begins(world, "lina", date(2025, 3, 16))

    run = beside.opened(world, HOLIDAY, JUNE)

    months = {one.person.first_name: one.facts["payment"]["months"] for one in Payslip.objects.select_related("person")}
    assert (names(run), months) == ({"Aline", "Lina"}, {"Aline": 10, "Lina": 9})


def test_who_began_this_year_is_due_no_double_holiday_pay_and_who_leaves_has_it_on_leaving() -> None:
    world = beside.world()
    beside.begins(world, "aline", date(2026, 1, 1))
    beside.leaves(world, "lina", date(2026, 6, 30))

    with pytest.raises(exceptional.NobodyEntitled, match="due to nobody in this month"):
        beside.opened(world, HOLIDAY, JUNE)
    assert names(beside.opened(world, LEAVING, JUNE)) == {"Lina"}


def test_before_december_only_who_leaves_is_due_the_premium_by_the_months_worked() -> None:
    world = beside.world()
    beside.leaves(world, "lina", date(2026, 11, 14))

    run = beside.opened(world, PREMIUM, NOVEMBER)

    assert names(run) == {"Lina"}
    assert run.members.get().payslip.facts["payment"] == {"monthly_pay": "1450.00", "months": 10}


def test_a_contract_that_follows_another_without_a_day_between_goes_on() -> None:
    world = beside.world()
    beside.leaves(world, "lina", date(2026, 3, 31))
    build.contract(world.people["lina"], world.archipel, since=date(2026, 4, 1))

    run = beside.opened(world, HOLIDAY, JUNE)

    assert run.members.get(contract__person=world.people["lina"]).payslip.facts["payment"]["months"] == 12
    with pytest.raises(exceptional.NobodyEntitled):
        beside.opened(world, LEAVING, Month(2026, 3))


def test_who_has_the_payment_this_year_is_in_no_second_run() -> None:
    world = beside.world()
    beside.leaves(world, "lina", date(2026, 11, 30))
    beside.paid(world, PREMIUM, NOVEMBER)

    run = beside.opened(world, PREMIUM, DECEMBER)

    assert names(run) == {"Aline"}
    assert run.sequence == 1
    assert beside.opened(world, PREMIUM, DECEMBER).pk == run.pk


def test_pay_above_the_contract_counts_by_its_average() -> None:
    world = beside.world()
    for month, gross in ((Month(2026, 7), "1450.00"), (Month(2026, 8), "1750.00"), (Month(2026, 9), "1600.00")):
        build.opening(beside.contract(world), month, gross=gross)

    run = beside.opened(world, PREMIUM, DECEMBER)

    assert run.members.get(contract__person=world.people["lina"]).payslip.gross == EUR(
        "1600.00"
    )  # + (0 + 300 + 150) / 3


def test_children_lower_the_tax_as_on_file() -> None:
    world = beside.world()
    Situation.objects.filter(person=world.people["lina"]).update(children=3, single_parent=True)

    run = beside.opened(world, PREMIUM, DECEMBER)

    assert "exempt_room" in queries.figures_of(run.members.get(contract__person=world.people["lina"]).payslip)


def test_only_the_payroll_officer_opens_and_only_in_an_open_month() -> None:
    world = beside.world(OCTOBER)
    services.close_run(run=PayrollRun.objects.get().pk, by=world.bruno, at=at("2026-10-31"))

    with pytest.raises(PermissionDenied):
        beside.opened(world, PREMIUM, DECEMBER, by=world.bruno)
    with pytest.raises(exceptional.periods.PeriodLocked):
        beside.leaves(world, "lina", date(2026, 10, 31))
        beside.opened(world, LEAVING, OCTOBER)


# --- what the records do not know -------------------------------------------------------------------------------------


def test_pay_from_before_the_product_is_asked_for_by_month_and_given_on_the_row() -> None:
    world = beside.world(OCTOBER, NOVEMBER)
    beside.leaves(world, "lina", date(2026, 11, 30))
    run = beside.opened(world, LEAVING, NOVEMBER)
    row = run.members.get()
    assert (run.state, row.state) == ("calculated", "failed")
    assert "January 2026, February 2026" in row.failure["en"]["reason"]
    assert "September 2026" in row.failure["en"]["reason"]
    assert "October" not in row.failure["en"]["reason"]
    with pytest.raises(runs.RunBlocked, match="Lina"):
        services.submit_run(run=run.pk, by=world.elise, at=at("2026-11-29"))

    services.give_facts(
        member=row.pk, earned_this_year=EUR("15950.00"), earned_before=EUR("0.00"), reason="Certificate of 2026.",
        by=world.elise, at=at("2026-11-29"),
    )  # fmt: skip
    beside.approved(world, beside.recalculated(run))

    # 15950.00 × 7.67 % twice; contributions of both on the simple half; of the double half 6.80 of 7.67 points bear.
    found = beside.slip(world, LEAVING)
    assert found.gross == EUR("2446.74")
    assert journal_of(found).splitlines()[1] == "  6202  A-018          2446.74"
    assert "  625   A-018          -222.33" in journal_of(found)
    kept = GivenFacts.objects.get()
    assert (kept.reason, kept.given_by, kept.months) == ("Certificate of 2026.", world.elise, None)
    assert found.facts["payment"] == {"earned_this_year": "15950.00", "earned_before": "0.00"}
    assert beside.faults(world) == []


def test_months_of_the_year_before_count_on_leaving_unless_its_double_holiday_pay_was_paid() -> None:
    world = beside.world()
    beside.begins(world, "lina", date(2025, 12, 1))
    beside.set_aside_before(world)
    build.opening(beside.contract(world), Month(2026, 1))
    beside.leaves(world, "lina", date(2026, 1, 31))

    run = beside.opened(world, LEAVING, Month(2026, 1))

    assert run.members.get().payslip.facts["payment"] == {"earned_this_year": "1450.00", "earned_before": "1450.00"}


def test_what_is_given_holds_in_place_of_the_records_until_it_is_taken_back() -> None:
    world = beside.world()
    run = beside.opened(world, PREMIUM, DECEMBER)
    row = beside.member(run, world)

    services.give_facts(
        member=row.pk, months=7, monthly_pay=EUR("1500.00"), reason="Unpaid leave.", by=world.elise, at=at("2026-12-15")
    )
    beside.recalculated(run)
    assert Payslip.objects.get(member=row).gross == EUR("875.00")

    services.give_facts(member=row.pk, reason="", by=world.elise, at=at("2026-12-15"))
    beside.recalculated(run)
    assert Payslip.objects.get(member=row).gross == EUR("1450.00")
    assert not GivenFacts.objects.exists()


@pytest.mark.parametrize(
    ("told_", "reason", "field"),
    [({"months": 13}, "Why.", "months"), ({"months": 7}, " ", "reason"), ({"earned_before": EUR("1.00")}, "Why.", "earned_before")],
)  # fmt: skip
def test_what_cannot_be_given_is_refused_at_its_field(told_: dict[str, object], reason: str, field: str) -> None:
    world = beside.world()
    row = beside.member(beside.opened(world, PREMIUM, DECEMBER), world)

    with pytest.raises(exceptional.NotGivable) as refused:
        services.give_facts(member=row.pk, reason=reason, by=world.elise, at=at("2026-12-15"), **told_)

    assert refused.value.field == field


def test_who_is_left_out_is_not_paid_and_may_be_taken_in_again() -> None:
    world = beside.world()
    run = beside.opened(world, PREMIUM, DECEMBER)
    row = beside.member(run, world)

    services.leave_out(member=row.pk, reason="Resigned.", by=world.elise, at=at("2026-12-15"))
    assert (queries.progress(run).total, queries.totals(run).persons) == (1, 1)
    services.recalculate(run=run.pk, by=world.elise)
    assert beside.member(run, world).state == "out"
    with pytest.raises(exceptional.LastMember):
        services.leave_out(
            member=beside.member(run, world, "aline").pk, reason="Too.", by=world.elise, at=at("2026-12-15")
        )

    services.take_in(member=row.pk, by=world.elise)
    beside.approved(world, beside.recalculated(run))
    assert Payslip.objects.paid().filter(nature=PREMIUM).count() == 2


def test_who_was_left_out_can_be_paid_by_another_run() -> None:
    world = beside.world()
    run = beside.opened(world, PREMIUM, DECEMBER)
    services.leave_out(member=beside.member(run, world).pk, reason="Later.", by=world.elise, at=at("2026-12-15"))
    beside.approved(world, beside.recalculated(run))

    second = beside.opened(world, PREMIUM, DECEMBER)

    assert (names(second), second.sequence) == ({"Lina"}, 2)


def test_nothing_is_changed_once_the_run_is_submitted() -> None:
    world = beside.world()
    run = beside.opened(world, PREMIUM, DECEMBER)
    row = beside.member(run, world)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-12-15"))

    with pytest.raises(TransitionRefused):
        services.give_facts(member=row.pk, months=7, reason="Late.", by=world.elise, at=at("2026-12-15"))
    with pytest.raises(TransitionRefused):
        services.leave_out(member=row.pk, reason="Late.", by=world.elise, at=at("2026-12-15"))


def test_the_rows_of_an_ordinary_run_take_no_facts() -> None:
    world = beside.world()
    run = build.calculated(world.archipel, OCTOBER)

    with pytest.raises(exceptional.NotGivable, match="Only an exceptional run"):
        services.give_facts(
            member=beside.member(run, world).pk, months=7, reason="Why.", by=world.elise, at=at("2026-10-22")
        )


# --- approval ---------------------------------------------------------------------------------------------------------


def test_what_is_set_aside_meanwhile_asks_for_another_calculation() -> None:
    world = beside.world(OCTOBER, NOVEMBER)
    run = beside.opened(world, PREMIUM, DECEMBER)
    build.approved(world, DECEMBER)

    with pytest.raises(runs.RunBlocked, match="changed since the calculation"):
        services.submit_run(run=run.pk, by=world.elise, at=at("2026-12-29"))


def test_what_changes_after_the_check_is_found_at_the_approval() -> None:
    world = beside.world(OCTOBER, NOVEMBER)
    run = beside.opened(world, PREMIUM, DECEMBER)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-12-15"))
    build.approved(world, DECEMBER)

    with pytest.raises(runs.RunBlocked, match="changed since the calculation"):
        services.approve_run(run=run.pk, by=world.bruno, on=date(2026, 12, 29), at=at("2026-12-29"))
    assert not Entry.objects.filter(
        source_key__in=[str(one.pk) for one in Payslip.objects.filter(nature=PREMIUM)]
    ).exists()


def test_another_person_approves_and_nobody_who_is_paid_by_it() -> None:
    world = beside.world()
    run = beside.opened(world, PREMIUM, DECEMBER)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-12-15"))

    with pytest.raises((approval.OwnRun, PermissionDenied)):
        services.approve_run(run=run.pk, by=world.elise, on=date(2026, 12, 29), at=at("2026-12-29"))


def test_two_runs_that_may_use_the_same_provision_are_not_posted_at_once() -> None:
    world = beside.world()
    beside.leaves(world, "lina", date(2026, 12, 31))
    first, second = (beside.opened(world, nature, DECEMBER) for nature in (PREMIUM, YEARLY))
    for run in (first, second):
        services.submit_run(run=run.pk, by=world.elise, at=at("2026-12-15"))
    services.start_approval(run=first.pk, by=world.bruno, on=date(2026, 12, 16), at=at("2026-12-16"))

    with pytest.raises(exceptional_rows.AnotherIsPosted, match="End-of-year premium, December 2026 is being posted"):
        services.start_approval(run=second.pk, by=world.bruno, on=date(2026, 12, 16), at=at("2026-12-16"))
    services.continue_approval(run=first.pk, at=at("2026-12-16"))
    services.approve_run(run=second.pk, by=world.bruno, on=date(2026, 12, 16), at=at("2026-12-16"))


def test_a_cancelled_run_can_be_opened_again() -> None:
    world = beside.world()
    run = beside.opened(world, PREMIUM, DECEMBER)
    services.cancel_run(run=run.pk, by=world.elise, at=at("2026-12-15"))

    assert names(beside.opened(world, PREMIUM, DECEMBER)) == {"Aline", "Lina"}


# --- corrections ------------------------------------------------------------------------------------------------------


def test_a_correction_reverses_the_payment_and_uses_the_provision_anew() -> None:
    world = beside.world(OCTOBER, NOVEMBER, DECEMBER)
    beside.paid(world, PREMIUM, DECEMBER)
    old = beside.slip(world, PREMIUM)

    run = services.open_exceptional_correction(
        payslip=old.pk, months=3, reason="Nine months were unpaid leave.", by=world.elise, at=at("2026-12-30")
    )
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-12-30 09:00"))
    services.approve_run(run=run.pk, by=world.bruno, on=date(2026, 12, 30), at=at("2026-12-30 10:00"))

    old.refresh_from_db()
    new = beside.slip(world, PREMIUM)
    assert (old.state, new.gross, new.nature) == ("reversed", EUR("362.50"), PREMIUM)
    assert Entry.objects.get(reverses=old.entry).date == date(2026, 12, 30)
    # 462.34 is set aside again and pays the whole.
    assert (new.wage_cost, new.employer_cost) == (EUR("462.33"), EUR("0.00"))
    lines = {line.label: line for line in queries.compared(queries.replaces(new))}
    assert lines["Payment due"].change == EUR("-1087.50")
    assert -ledger_queries.residual(OpenItem.objects.get(pk=new.pk)) == new.to_pay
    assert beside.faults(world) == []


def test_a_correction_that_changes_nothing_or_has_no_reason_is_refused() -> None:
    world = beside.world(OCTOBER)
    beside.paid(world, PREMIUM, DECEMBER)
    old = beside.slip(world, PREMIUM)
    options = {"payslip": old.pk, "by": world.elise, "at": at("2026-12-30")}

    with pytest.raises(corrections.NothingToCorrect):
        services.open_exceptional_correction(months=12, reason="None.", **options)
    with pytest.raises(corrections.CorrectionIncomplete):
        services.open_exceptional_correction(months=7, reason=" ", **options)
    assert not PayrollRun.objects.filter(kind="correction").exists()


def test_a_second_correction_waits_for_the_first_and_the_same_one_is_found() -> None:
    world = beside.world(OCTOBER)
    beside.paid(world, PREMIUM, DECEMBER)
    old = beside.slip(world, PREMIUM)
    options = {"payslip": old.pk, "reason": "Wrong.", "by": world.elise, "at": at("2026-12-30")}
    first = services.open_exceptional_correction(months=7, **options)

    assert services.open_exceptional_correction(months=7, **options).pk == first.pk
    with pytest.raises(corrections.CorrectionUnderWay):
        services.open_exceptional_correction(months=8, **options)


def test_a_payment_beside_pay_has_no_hours_to_correct() -> None:
    world = beside.world(OCTOBER)
    beside.paid(world, PREMIUM, DECEMBER)

    with pytest.raises(corrections.NotCorrectable, match="no hours to correct"):
        services.open_correction(
            payslip=beside.slip(world, PREMIUM).pk, gross=EUR("1.00"), hours=EUR("1"), reason="Wrong.", by=world.elise,
            at=at("2026-12-30"),
        )  # fmt: skip


# --- the database -----------------------------------------------------------------------------------------------------


def refused(name: str, act: object) -> None:
    """See the database refuse an act by a constraint."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()  # type: ignore[operator]
    assert guards.broken_constraint(error.value) == name


def test_the_database_refuses_runs_and_rows_that_cannot_be() -> None:
    world = beside.world()
    run = beside.opened(world, PREMIUM, DECEMBER)
    row = beside.member(run, world)
    of = PayrollRun.objects.filter(pk=run.pk)
    given_ = {"member": row, "given_by": world.elise, "given_at": at("2026-12-15")}

    refused("payroll_run_nature", lambda: of.update(nature=""))
    refused("payroll_run_nature", lambda: of.update(kind="ordinary"))
    refused("payroll_run_correction_whole", lambda: of.update(due_gross=EUR("1.00")))
    refused("run_member_left_out_named", lambda: RunMember.objects.filter(pk=row.pk).update(state="out"))
    refused("given_facts_possible", lambda: GivenFacts.objects.create(**given_, months=13, reason="Why."))
    refused("given_facts_possible", lambda: GivenFacts.objects.create(**given_, monthly_pay=EUR("0.00"), reason="Why."))
    refused("given_facts_with_reason", lambda: GivenFacts.objects.create(**given_, months=7, reason=""))


def test_the_database_refuses_the_same_payment_twice_a_year() -> None:
    world = beside.world()
    beside.paid(world, HOLIDAY, JUNE)
    run = beside.opened(world, PREMIUM, DECEMBER)
    Payslip.objects.filter(member__run=run).update(nature=HOLIDAY)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-12-15"))

    refused(
        "payslip_beside_pay_once_a_year",
        lambda: services.approve_run(run=run.pk, by=world.bruno, on=date(2026, 12, 16), at=at("2026-12-16")),
    )


# --- attachments ------------------------------------------------------------------------------------------------------


def test_what_a_creditor_attached_is_withheld_from_the_payment_too_by_the_scale_of_the_month() -> None:
    world = beside.world(OCTOBER, NOVEMBER)
    contract = world.people["aline"].contracts.get()
    attachment = services.record_attachment(
        contract=contract, claim=EUR("5000.00"), by=world.elise, kind="ordinary", creditor="Huissier Exemple",
        iban="BE68539007547034", reference="D-2026-17", children=0, valid_from=date(2026, 12, 1),
    )  # fmt: skip

    beside.paid(world, PREMIUM, DECEMBER)
    alone = Payslip.objects.get(contract=contract, nature=PREMIUM)
    build.approved(world, DECEMBER)
    monthly = Payslip.objects.get(contract=contract, nature="", month=DECEMBER.first)

    first = journal.amount(queries.figures_of(alone), "deduction.attachment")
    second = journal.amount(queries.figures_of(monthly), "deduction.attachment")
    assert alone.to_pay == alone.net - first
    assert first > 0
    kept = alone.net - first + monthly.net - second  # the scale takes all above 1,839.00 of the month as a whole
    assert kept == EUR("1839.00") - EUR("21.00") - EUR("47.40") - EUR("62.80")
    assert -ledger_queries.residual(OpenItem.objects.get(pk=attachment.pk)) == first + second
    assert alone.payment_facts["own_car"] is None


def test_who_has_no_attachment_is_paid_the_net_of_a_payment_beside_pay() -> None:
    world = beside.world(OCTOBER, NOVEMBER)

    beside.paid(world, PREMIUM, DECEMBER)

    slips = Payslip.objects.filter(nature=PREMIUM)
    assert {(one.to_pay == one.net, one.payment_facts) for one in slips} == {(True, None)}
