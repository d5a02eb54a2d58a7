"""Days: entered, refused, closed with the pay of their month; what they do to pay, to the run and to the quarter."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from coop import guards
from coop.errors import Refused
from coop.periods import Month
from members.models import EmploymentContract
from payroll import facts, services, worktime
from payroll.absences import Kind
from payroll.models import PayrollRun, Payslip, Performance, QuarterSettlement, RunMember, UsualWeek, WorkDay
from payroll.services import calendar as calendars
from payroll.services import worktime as days
from tests import books, cast
from tests.cast import at
from tests.payroll import build

OCTOBER, NOVEMBER, DECEMBER = Month(2026, 10), Month(2026, 11), Month(2026, 12)
EUR = Decimal
NOW = at("2026-10-05 09:00")


@pytest.fixture
def world(db: None) -> cast.World:
    """Aline (full time, 2,900.00) and Lina (half time, 1,450.00) are employed; October begins a quarter, with 22 working days."""
    world = cast.world()
    build.employer(world.archipel)
    for name, gross, hours in (("aline", "2900.00", "38"), ("lina", "1450.00", "19")):
        build.contract(world.people[name], world.archipel, gross=gross, hours=hours)
        build.money(world, name, "60000.00")
    return world


def contract(world: cast.World, name: str = "lina") -> EmploymentContract:
    return world.people[name].contracts.get()


def enter(
    world: cast.World, kind: Kind, first: str, last: str = "", hours: str = "", *, name: str = "lina", by: Any = None
) -> Any:
    return services.enter_days(
        contract=contract(world, name).pk, first=date.fromisoformat(first), last=date.fromisoformat(last or first),
        kind=kind, hours=EUR(hours) if hours else None, by=by or world.users[name], at=NOW,
    )  # fmt: skip


def entered(world: cast.World, name: str = "lina") -> dict[str, str]:
    return {str(one.day): one.parts for one in WorkDay.objects.filter(contract=contract(world, name)).order_by("day")}


def refused(
    world: cast.World, kind: Kind, first: str, last: str = "", hours: str = "", *, name: str = "lina", by: Any = None
) -> Refused:
    with pytest.raises(Refused) as caught:
        enter(world, kind, first, last, hours, name=name, by=by)
    return caught.value


# --- entering ---------------------------------------------------------------------------------------------------------


def test_a_stretch_takes_the_usual_days_with_their_usual_hours_and_leaves_public_holidays(world: cast.World) -> None:
    enter(world, Kind.HOLIDAY, "2026-11-09", "2026-11-15")  # Wednesday 11 November is a public holiday

    assert entered(world) == {
        "2026-11-09": "holiday:3.80", "2026-11-10": "holiday:3.80", "2026-11-12": "holiday:3.80",
        "2026-11-13": "holiday:3.80",
    }  # fmt: skip


def test_hours_stand_beside_each_other_on_a_day_and_the_whole_day_replaces_them(world: cast.World) -> None:
    enter(world, Kind.HOLIDAY, "2026-10-05", hours="1.80")
    enter(world, Kind.SICKNESS, "2026-10-05", hours="2.00")
    assert entered(world) == {"2026-10-05": "holiday:1.80 sickness:2.00"}

    enter(world, Kind.FAMILY, "2026-10-05")
    assert entered(world) == {"2026-10-05": "family:3.80"}

    services.clear_days(
        contract=contract(world).pk, first=date(2026, 10, 1), last=date(2026, 10, 31), by=world.lina, at=NOW
    )
    assert entered(world) == {}


def test_work_on_a_day_that_is_usually_free_is_entered_with_its_hours(world: cast.World) -> None:
    enter(world, Kind.WORK, "2026-10-10", hours="6.00")  # a Saturday

    (month,) = worktime.month_of(world.archipel.pk, OCTOBER, contracts=[contract(world).pk])
    assert [(one.kind, one.days, one.hours) for one in month.totals] == [(Kind.WORK, EUR("23.00"), EUR("89.60"))]


def test_sickness_covers_public_holidays_and_unpaid_leave_covers_them_from_its_fifteenth_day(world: cast.World) -> None:
    enter(world, Kind.SICKNESS, "2026-11-10", "2026-11-12")
    assert "2026-11-11" in entered(world)

    enter(world, Kind.UNPAID, "2026-11-02", "2026-11-12", name="aline")
    assert "2026-11-11" not in entered(world, "aline")

    enter(world, Kind.UNPAID, "2026-10-26", "2026-11-12", name="aline")
    assert "2026-11-11" in entered(world, "aline")


def test_what_somebody_was_away_for_is_unreadable_in_the_database(world: cast.World) -> None:
    enter(world, Kind.SICKNESS, "2026-10-05")

    with connection.cursor() as cursor:
        cursor.execute("SELECT parts FROM payroll_workday UNION ALL SELECT parts FROM payroll_workdayevent")
        stored = [text for (text,) in cursor.fetchall()]
    assert len(stored) == 2
    assert not any("sick" in text for text in stored)


# --- refused ----------------------------------------------------------------------------------------------------------


def test_what_cannot_be_names_member_day_and_remedy(world: cast.World) -> None:
    refusals = {
        "negative": refused(world, Kind.WORK, "2026-10-05", hours="-2.00"),
        "day": refused(world, Kind.WORK, "2026-10-05", hours="25.00"),
        "free": refused(world, Kind.WORK, "2026-10-10"),
        "kinds": refused(world, Kind.HOLIDAY, "2026-10-05", hours="4.00"),
        "outside": refused(world, Kind.HOLIDAY, "2023-12-29", "2024-01-05"),
        "weekend": refused(world, Kind.HOLIDAY, "2026-10-10", "2026-10-11"),
        "backwards": refused(world, Kind.HOLIDAY, "2026-10-06", "2026-10-05"),
        "month": refused(world, Kind.WORK, "2026-10-01", "2026-10-31", hours="8.00"),
        "certificate": refused(world, Kind.SICKNESS_NEW, "2026-10-05"),
    }

    assert {name: one.field for name, one in refusals.items()} == {
        "negative": "hours", "day": "hours", "free": "hours", "kinds": "hours", "outside": "first",
        "weekend": "first", "backwards": "last", "month": "hours", "certificate": "kind",
    }  # fmt: skip
    assert all("Lina Maes" in str(one.subject) and one.remedy for one in refusals.values())
    assert "5 October 2026" in str(refusals["day"])
    assert "24" in str(refusals["day"].remedy)
    assert "2023" in str(refusals["outside"].reason)
    assert entered(world) == {}


def test_two_kinds_never_make_more_than_the_usual_hours_of_a_day(world: cast.World) -> None:
    enter(world, Kind.HOLIDAY, "2026-10-05", hours="2.00")

    refusal = refused(world, Kind.SICKNESS, "2026-10-05", hours="1.90")

    assert "Holiday, Sickness make 3.9 hours" in str(refusal.reason)
    assert entered(world) == {"2026-10-05": "holiday:2.00"}


def test_sickness_under_a_contract_of_less_than_three_months_follows_other_rules(world: cast.World) -> None:
    one = contract(world)
    one.kind, one.valid_from, one.valid_until = (
        EmploymentContract.Kind.FIXED_TERM,
        date(2026, 10, 1),
        date(2026, 11, 28),
    )
    one.save()

    assert "article 71" in str(refused(world, Kind.SICKNESS, "2026-10-05").reason)


def test_nobody_enters_the_days_of_somebody_else_but_the_payroll_officer(world: cast.World) -> None:
    for who in (world.aline, world.farid, world.bruno, world.amina, world.jeanne):
        with pytest.raises(PermissionDenied):
            enter(world, Kind.HOLIDAY, "2026-10-05", by=who)

    enter(world, Kind.SICKNESS_NEW, "2026-10-05", by=world.elise)
    assert entered(world) == {"2026-10-05": "sickness_new:3.80"}


# --- pay --------------------------------------------------------------------------------------------------------------


def test_a_month_without_entries_and_a_month_of_paid_absences_are_paid_whole(world: cast.World) -> None:
    usual = facts.basis(contract(world).pk, OCTOBER)
    for kind, day in ((Kind.HOLIDAY, "01"), (Kind.SICKNESS, "02"), (Kind.FAMILY, "05"), (Kind.OTHER, "06")):
        enter(world, kind, f"2026-10-{day}")

    now = facts.basis(contract(world).pk, OCTOBER)

    assert now.facts == usual.facts
    assert usual.performance == ()
    assert now.performance


def test_a_week_of_unpaid_leave_takes_its_working_days_from_hours_and_wage(world: cast.World) -> None:
    enter(world, Kind.UNPAID, "2026-10-05", "2026-10-09")

    basis = facts.basis(contract(world).pk, OCTOBER)

    assert basis.contract_gross == EUR("1120.45")  # 1,450.00 × 17 / 22
    assert basis.facts.work.hours == EUR("14.68")  # 19 × 17 / 22
    assert basis.facts.work.weekly_hours == 19


def test_less_time_paid_lowers_the_bonus_and_the_reduction(world: cast.World) -> None:
    whole = build.calculated(world.archipel, OCTOBER)
    before = Payslip.objects.get(member__run=whole, person=world.people["aline"])
    services.cancel_run(run=whole.pk, by=world.elise, at=at("2026-10-23"))
    enter(world, Kind.UNPAID, "2026-10-05", "2026-10-16", name="aline")

    run = build.calculated(world.archipel, OCTOBER)

    after = Payslip.objects.get(member__run=run, person=world.people["aline"])
    assert after.gross == EUR("1581.82")  # 2,900.00 × 12 / 22
    amount = {one["code"]: EUR(one["amount"]) for one in after.figures["figures"]}
    assert amount["employment_bonus_a"] == EUR("69.58")  # 127.54 × 20.73 / 38: the same full-time wage, less of it
    assert amount["employment_bonus_b"] < EUR("171.99")
    assert after.reduction < before.reduction


def test_sickness_is_paid_for_thirty_days_and_then_not(world: cast.World) -> None:
    enter(world, Kind.SICKNESS, "2026-10-05", "2026-11-20")  # guaranteed up to and including 3 November

    assert facts.basis(contract(world).pk, OCTOBER).contract_gross == EUR("1450.00")
    november = facts.basis(contract(world).pk, NOVEMBER, estimate=True)
    assert november.contract_gross == EUR(
        "552.38"
    )  # 21 working days, 13 of them after the guarantee: 1,450.00 × 8 / 21


def test_a_usual_week_weighs_days_by_their_hours(world: cast.World) -> None:
    hours = [EUR(one) for one in ("7.60", "7.60", "3.80", "0", "0", "0", "0")]
    services.record_week(contract=contract(world).pk, valid_from=date(2026, 10, 1), hours=hours, by=world.elise)
    enter(world, Kind.UNPAID, "2026-10-05", "2026-10-11")  # one whole week of 19 hours

    basis = facts.basis(contract(world).pk, OCTOBER)

    (month,) = worktime.month_of(world.archipel.pk, OCTOBER, contracts=[contract(world).pk])
    assert sum(one.usual for one in month.days) == EUR("76.00")
    assert basis.contract_gross == EUR("1087.50")  # 1,450.00 × 57 / 76
    assert entered(world).keys() == {"2026-10-05", "2026-10-06", "2026-10-07"}


# --- the run ----------------------------------------------------------------------------------------------------------


def test_days_entered_after_the_calculation_make_the_payslip_due_again(world: cast.World) -> None:
    run = build.calculated(world.archipel, OCTOBER)

    enter(world, Kind.HOLIDAY, "2026-10-05")

    run.refresh_from_db()
    assert run.state == PayrollRun.State.OPEN
    assert RunMember.objects.get(run=run, contract=contract(world)).state == RunMember.State.TODO
    services.calculate_members(run=run.pk, at=at("2026-10-22 21:00"))
    payslip = Payslip.objects.get(contract=contract(world))
    assert [(one.kind, one.days) for one in worktime.performance_of(payslip)] == [
        (Kind.WORK, EUR("21.00")), (Kind.HOLIDAY, EUR("1.00")),
    ]  # fmt: skip


def test_days_of_the_submitted_month_are_closed_to_everybody_and_of_the_approved_one_to_members(
    world: cast.World,
) -> None:
    enter(world, Kind.HOLIDAY, "2026-10-05")
    run = build.calculated(world.archipel, OCTOBER)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-10-26 10:00"))

    assert "take the payroll run back" in str(refused(world, Kind.WORK, "2026-10-05").remedy)
    assert "Take the payroll run back" in str(refused(world, Kind.WORK, "2026-10-05", by=world.elise).remedy)

    services.approve_run(run=run.pk, by=world.bruno, on=date(2026, 10, 28), at=at("2026-10-28 10:00"))
    assert "correction run" in str(refused(world, Kind.WORK, "2026-10-05").remedy)
    assert "correction run" in str(refused(world, Kind.WORK, "2026-09-30", "2026-10-05", by=world.elise).remedy)
    with pytest.raises(days.MonthClosed):
        services.clear_days(
            contract=contract(world).pk, first=date(2026, 10, 5), last=date(2026, 10, 5), by=world.elise, at=NOW
        )
    enter(world, Kind.HOLIDAY, "2026-11-03")


def test_a_correction_opens_the_days_to_the_payroll_officer_and_its_payslip_shows_them(world: cast.World) -> None:
    build.approved(world, OCTOBER)
    old = Payslip.objects.paid().get(contract=contract(world))
    run = services.open_correction(
        payslip=old.pk, gross=EUR("1384.09"), hours=EUR("18.14"), reason="A day of unpaid leave.", by=world.elise,
        at=at("2026-11-05 10:00"),
    )  # fmt: skip

    refused(world, Kind.UNPAID, "2026-10-05")
    enter(world, Kind.UNPAID, "2026-10-05", by=world.elise)
    services.calculate_members(run=run.pk, at=at("2026-11-05 10:05"))
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-11-05 10:10"))
    services.approve_run(run=run.pk, by=world.bruno, on=date(2026, 11, 6), at=at("2026-11-06 10:00"))

    new = Payslip.objects.paid().get(contract=contract(world), month=OCTOBER.first)
    assert [(one.kind, one.days) for one in worktime.performance_of(new)] == [
        (Kind.WORK, EUR("21.00")), (Kind.UNPAID, EUR("1.00")),
    ]  # fmt: skip
    assert worktime.performance_of(old) == ()
    refused(world, Kind.WORK, "2026-10-05", by=world.elise)


def test_who_is_away_all_month_is_not_in_the_run_and_the_quarter_goes_on(world: cast.World) -> None:
    build.approved(world, OCTOBER)
    run = build.calculated(world.archipel, NOVEMBER)
    assert run.members.count() == 2

    enter(world, Kind.INSURED, "2026-11-02", "2026-11-30")
    assert run.members.filter(contract=contract(world)).exists()  # 2 and 11 November are paid as public holidays
    enter(world, Kind.INSURED, "2026-11-02")
    enter(world, Kind.INSURED, "2026-11-11")

    assert not run.members.filter(contract=contract(world)).exists()
    while services.calculate_members(run=run.pk, at=at("2026-11-22 21:00")):
        pass
    run.refresh_from_db()
    build.approve(world, run, on=date(2026, 11, 28))
    build.approved(world, DECEMBER)

    months = Payslip.objects.paid().filter(contract=contract(world)).values_list("month", flat=True)
    assert sorted(months) == [OCTOBER.first, DECEMBER.first]
    services.settle_quarter(cooperative=world.archipel, last_month=DECEMBER, on=date(2026, 12, 31), at=at("2026-12-31"))
    assert QuarterSettlement.objects.filter(contract=contract(world)).exists()
    assert books.faults(world.archipel, at("2026-12-31")) == []


def test_who_comes_back_is_put_into_the_run_again(world: cast.World) -> None:
    run = build.calculated(world.archipel, OCTOBER)
    enter(world, Kind.UNPAID, "2026-10-01", "2026-10-31")
    assert not run.members.filter(contract=contract(world)).exists()

    services.clear_days(
        contract=contract(world).pk, first=date(2026, 10, 30), last=date(2026, 10, 30), by=world.lina, at=NOW
    )

    assert run.members.get(contract=contract(world)).state == RunMember.State.TODO
    with pytest.raises(facts.AwayAllMonth):
        enter(world, Kind.UNPAID, "2026-10-30")
        facts.basis(contract(world).pk, OCTOBER)


# --- the database -----------------------------------------------------------------------------------------------------


def broken(act: Any) -> str:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        act()
    return guards.broken_constraint(caught.value)


def test_the_database_refuses_what_a_day_cannot_be(world: cast.World, as_runtime_role: Any) -> None:
    enter(world, Kind.HOLIDAY, "2026-10-05")
    one = {"contract": contract(world), "parts": "work:1.00", "entered_at": NOW}
    with as_runtime_role():
        assert broken(lambda: WorkDay.objects.create(day=date(2026, 10, 5), hours=EUR(1), **one)) == "work_day_once"
        assert broken(lambda: WorkDay.objects.create(day=date(2026, 10, 6), hours=EUR(25), **one)) == "work_day_hours"
        assert broken(lambda: WorkDay.objects.create(day=date(2026, 10, 6), hours=EUR(0), **one)) == "work_day_hours"
        assert (
            broken(lambda: UsualWeek.objects.create(contract=contract(world), valid_from=OCTOBER.first, hours=[EUR(1)]))
            == "usual_week_of_seven_days"
        )


def test_the_database_keeps_the_days_of_a_paid_month_and_the_time_of_an_approved_payslip(
    world: cast.World, as_runtime_role: Any
) -> None:
    enter(world, Kind.HOLIDAY, "2026-10-05")
    build.approved(world, OCTOBER)
    row = WorkDay.objects.get()
    time = Performance.objects.get()
    other = Payslip.objects.paid().get(person=world.people["aline"])
    with as_runtime_role():
        assert broken(lambda: WorkDay.objects.filter(pk=row.pk).update(hours=EUR(1))) == "work_day_month_open"
        assert broken(lambda: WorkDay.objects.filter(pk=row.pk).update(day=date(2026, 11, 3))) == "work_day_month_open"
        assert broken(WorkDay.objects.filter(pk=row.pk).delete) == "work_day_month_open"
        new = {"contract": contract(world), "hours": EUR(1), "parts": "work:1", "entered_at": NOW}
        assert broken(lambda: WorkDay.objects.create(day=date(2026, 10, 6), **new)) == "work_day_month_open"
        assert broken(lambda: Performance.objects.filter(pk=time.pk).delete()) == "performance_frozen"
        assert broken(time.save) == "performance_frozen"
        assert broken(worktime.performance_row(other, ()).save) == "performance_frozen"


# --- the calendar -----------------------------------------------------------------------------------------------------


def test_a_usual_week_makes_the_hours_of_the_contract_or_is_refused(world: cast.World) -> None:
    with pytest.raises(calendars.WeekRefused) as caught:
        services.record_week(
            contract=contract(world).pk, valid_from=date(2026, 10, 1), hours=[EUR(4)] * 5 + [EUR(0)] * 2, by=world.elise
        )
    assert "20 hours" in str(caught.value.reason)
    assert "19 hours" in str(caught.value.reason)

    with pytest.raises(PermissionDenied):
        services.record_week(
            contract=contract(world).pk,
            valid_from=date(2026, 10, 1),
            hours=[EUR("3.80")] * 5 + [EUR(0)] * 2,
            by=world.lina,
        )


def test_a_chosen_day_takes_the_place_of_a_public_holiday_for_everybody(world: cast.World) -> None:
    services.choose_holiday(
        cooperative=world.archipel, holiday=date(2026, 11, 1), taken_on=date(2026, 12, 24), by=world.elise, at=NOW
    )

    (november,) = worktime.month_of(world.archipel.pk, NOVEMBER, contracts=[contract(world).pk])
    (december,) = worktime.month_of(world.archipel.pk, DECEMBER, contracts=[contract(world).pk])
    assert [one.on for one in november.days if one.holiday] == [date(2026, 11, 11)]
    assert [one.on for one in december.days if one.holiday] == [date(2026, 12, 24), date(2026, 12, 25)]

    services.choose_holiday(
        cooperative=world.archipel, holiday=date(2026, 11, 1), taken_on=None, by=world.elise, at=NOW
    )
    (november,) = worktime.month_of(world.archipel.pk, NOVEMBER, contracts=[contract(world).pk])
    assert date(2026, 11, 2) in [one.on for one in november.days if one.holiday]


@pytest.mark.parametrize(
    ("holiday", "taken_on", "word"),
    [
        ("2026-11-01", "2026-12-26", "weekend"),
        ("2026-11-01", "2026-12-25", "public holiday"),
        ("2026-11-01", "2027-01-04", "another year"),
        ("2026-11-02", "2026-12-24", "ten public holidays"),
    ],
)
def test_a_day_that_cannot_replace_a_public_holiday_is_refused(
    world: cast.World, holiday: str, taken_on: str, word: str
) -> None:
    with pytest.raises(calendars.HolidayRefused) as caught:
        services.choose_holiday(
            cooperative=world.archipel, holiday=date.fromisoformat(holiday), taken_on=date.fromisoformat(taken_on),
            by=world.elise, at=NOW,
        )  # fmt: skip
    assert word in str(caught.value.reason)


def test_a_public_holiday_of_a_paid_month_no_longer_moves(world: cast.World) -> None:
    build.approved(world, OCTOBER)
    build.approved(world, NOVEMBER)

    with pytest.raises(calendars.HolidayRefused, match="already submitted"):
        services.choose_holiday(
            cooperative=world.archipel, holiday=date(2026, 11, 1), taken_on=date(2026, 12, 24), by=world.elise, at=NOW
        )


# --- what others read -------------------------------------------------------------------------------------------------


def test_the_month_of_a_cooperative_holds_everybody_with_days_and_totals(world: cast.World) -> None:
    enter(world, Kind.SICKNESS, "2026-10-05", "2026-11-20")
    enter(world, Kind.HOLIDAY, "2026-11-12", name="aline")

    aline, lina = worktime.month_of(world.archipel.pk, NOVEMBER)

    assert (aline.name, lina.name) == ("Aline Dubois", "Lina Maes")
    assert [(str(one.kind), one.paid, one.code, one.days) for one in aline.totals] == [
        ("work", True, "1", EUR("18.00")), ("holiday", True, "1", EUR("1.00")),
        ("public_holiday", True, "1", EUR("2.00")),
    ]  # fmt: skip
    assert [(str(one.kind), one.paid, one.code, one.days) for one in lina.totals] == [
        ("work", True, "1", EUR("6.00")), ("sickness", True, "1", EUR("2.00")), ("sickness", False, "50", EUR("13.00")),
    ]  # fmt: skip
    assert lina.unpaid == EUR("13.00")


def test_counters_tell_holidays_earned_taken_and_left_and_sickness(world: cast.World) -> None:
    enter(world, Kind.HOLIDAY, "2026-10-05", "2026-10-09")
    enter(world, Kind.HOLIDAY, "2026-10-12", hours="1.90")
    enter(world, Kind.SICKNESS, "2026-10-14", "2026-10-15")

    found = worktime.counters_of(contract(world), OCTOBER.last)

    assert (found.entitled.hours, found.entitled_days) == (EUR("76.00"), EUR("20.00"))
    assert (found.taken_hours, found.taken_days) == (EUR("20.90"), EUR("5.50"))
    assert (found.left_hours, found.left_days) == (EUR("55.10"), EUR("14.50"))
    assert found.sickness_days == 2


def test_unpaid_leave_of_the_year_before_earns_no_holidays_and_sickness_does(world: cast.World) -> None:
    one = contract(world)
    WorkDay.objects.bulk_create(
        WorkDay(contract=one, day=date(2025, 6, 2) + timedelta(days=n), parts=f"{kind}:3.80", hours=EUR("3.80"), entered_at=NOW)
        for start, kind in ((0, Kind.UNPAID), (30, Kind.SICKNESS))
        for n in range(start, start + 28)
        if (date(2025, 6, 2) + timedelta(days=n)).weekday() < 5
    )  # fmt: skip

    found = worktime.counters_of(one, OCTOBER.last)

    assert found.entitled.days == EUR("19.50")  # 20 of 21 working days of June do not count: 11.05 months
    assert found.entitled.hours == EUR("74.10")


def test_a_person_sees_own_days_only(world: cast.World) -> None:
    enter(world, Kind.HOLIDAY, "2026-10-05")

    assert WorkDay.objects.visible_to(world.lina).count() == 1
    assert WorkDay.objects.visible_to(world.elise).count() == 1
    for who in (world.aline, world.farid, world.amina, world.greet, world.bruno):
        assert not WorkDay.objects.visible_to(who).exists()
