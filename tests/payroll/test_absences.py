"""What absences do: the guaranteed pay of sickness, relapses, working days that are paid, totals, holidays of the year."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from payroll import absences, public_holidays
from payroll.absences import Day, Kind, Part, Service

MONDAY = date(2026, 3, 2)
NONE: frozenset[date] = frozenset()


def weekdays(first: date, last: date) -> Iterator[date]:
    for n in range((last - first).days + 1):
        if (first + timedelta(days=n)).weekday() < 5:
            yield first + timedelta(days=n)


def sick(*stretches: tuple[date, date], new: tuple[date, ...] = ()) -> tuple[absences.Incapacity, ...]:
    days = {on: first in new for first, last in stretches for on in weekdays(first, last)}
    return absences.incapacities(days, lambda on: on.weekday() < 5)


def day(on: date, *parts: tuple[Kind, str], usual: str = "7.60") -> Day:
    entered = tuple(Part(kind, Decimal(hours)) for kind, hours in parts)
    return absences.day(on, usual=Decimal(usual), entered=entered, holiday=None)


# --- sickness ---------------------------------------------------------------------------------------------------------


def test_thirty_calendar_days_of_sickness_are_paid_weekends_counted() -> None:
    (one,) = sick((date(2026, 3, 2), date(2026, 4, 30)))

    assert one.paid_until == date(2026, 3, 31)
    assert min(one.beyond) == date(2026, 4, 1)
    assert date(2026, 3, 31) not in one.beyond


def test_a_weekend_does_not_end_an_incapacity_but_a_day_of_work_does() -> None:
    assert len(sick((date(2026, 3, 2), date(2026, 3, 6)), (date(2026, 3, 9), date(2026, 3, 10)))) == 1
    assert len(sick((date(2026, 3, 2), date(2026, 3, 6)), (date(2026, 3, 10), date(2026, 3, 11)))) == 2


@pytest.mark.parametrize(
    ("begins", "relapse"),
    [
        (date(2025, 6, 16), True),  # 14 days after Monday 2 June 2025, the last day of the first incapacity
        (date(2025, 6, 17), False),
    ],
)
def test_until_2025_a_relapse_is_within_fourteen_days(begins: date, relapse: bool) -> None:
    _first, second = sick((date(2025, 5, 12), date(2025, 6, 2)), (begins, begins))

    assert second.relapse is relapse
    assert second.guaranteed == (30 - 22 if relapse else 30)


@pytest.mark.parametrize(
    ("begins", "relapse"),
    [
        (date(2026, 4, 27), True),  # eight weeks after Monday 2 March 2026
        (date(2026, 4, 28), False),
    ],
)
def test_from_2026_a_relapse_is_within_eight_weeks(begins: date, relapse: bool) -> None:
    _first, second = sick((MONDAY, MONDAY), (begins, begins))

    assert second.relapse is relapse


def test_the_longer_window_holds_for_an_incapacity_that_begins_in_2026_after_one_of_2025() -> None:
    # Example of UCM: from 1 to 5 November 2025, again on 15 January 2026: eight weeks have passed; on 29 December 2025
    # the old fourteen days had passed as well.
    assert not sick((date(2025, 11, 3), date(2025, 11, 5)), (date(2026, 1, 15), date(2026, 1, 15)))[1].relapse
    assert not sick((date(2025, 12, 1), date(2025, 12, 5)), (date(2025, 12, 29), date(2025, 12, 29)))[1].relapse
    assert sick((date(2025, 12, 1), date(2025, 12, 5)), (date(2026, 1, 5), date(2026, 1, 5)))[1].relapse


def test_a_relapse_has_what_is_left_of_the_thirty_days() -> None:
    _first, second = sick((date(2026, 3, 2), date(2026, 3, 20)), (date(2026, 3, 30), date(2026, 4, 30)))

    assert second.guaranteed == 30 - 19
    assert second.paid_until == date(2026, 4, 9)
    assert min(second.beyond) == date(2026, 4, 10)


def test_another_illness_by_certificate_has_its_own_thirty_days() -> None:
    begins = date(2026, 3, 30)
    _first, second = sick((date(2026, 3, 2), date(2026, 3, 20)), (begins, date(2026, 4, 20)), new=(begins,))

    assert second.guaranteed == 30
    assert not second.relapse
    assert not second.beyond


def test_a_relapse_after_used_up_pay_counts_from_the_last_incapacity_that_was_paid() -> None:
    first, second, third = sick(
        (date(2026, 1, 5), date(2026, 2, 20)),  # more than 30 days: all is used
        (date(2026, 3, 9), date(2026, 3, 13)),  # a relapse without pay
        (date(2026, 4, 20), date(2026, 4, 24)),  # eight weeks after 20 February have passed
    )

    assert first.beyond
    assert second.guaranteed == 0
    assert second.relapse
    assert second.paid_until is None
    assert third.guaranteed == 30
    assert not third.relapse


@given(length=some.integers(1, 120), gap=some.integers(3, 100), again=some.integers(1, 60))
def test_a_chain_of_relapses_is_never_paid_for_more_than_thirty_days_of_incapacity(
    length: int, gap: int, again: int
) -> None:
    first_last = MONDAY + timedelta(days=length - 1)
    begins = first_last + timedelta(days=gap)
    found = sick((MONDAY, first_last), (begins, begins + timedelta(days=again - 1)))

    for one in found:
        assert one.guaranteed <= 30
    if len(found) == 2 and found[1].relapse:
        assert min(found[0].length, 30) + found[1].guaranteed == 30


# --- pay --------------------------------------------------------------------------------------------------------------


def test_paid_absences_leave_the_month_whole() -> None:
    kinds = [Kind.HOLIDAY, Kind.PUBLIC_HOLIDAY, Kind.SICKNESS, Kind.FAMILY, Kind.OTHER]
    days = [day(MONDAY + timedelta(days=n), (kind, "7.60")) for n, kind in enumerate(kinds)]

    assert absences.paid_days(days, NONE, 5) == 5


def test_a_day_of_unpaid_leave_takes_a_working_day_and_half_a_day_takes_half() -> None:
    days = [day(MONDAY + timedelta(days=n)) for n in range(3)]
    days += [day(date(2026, 3, 5), (Kind.UNPAID, "7.60")), day(date(2026, 3, 6), (Kind.UNPAID, "3.80"))]

    assert absences.paid_days(days, NONE, 5) == Decimal("3.5")


def test_days_of_unequal_hours_weigh_as_their_hours() -> None:
    days = [
        day(MONDAY, (Kind.UNPAID, "7.60")),
        day(date(2026, 3, 3)),
        day(date(2026, 3, 4), usual="3.80"),
        day(date(2026, 3, 5), usual="0.00"),
        day(date(2026, 3, 6), usual="0.00"),
    ]

    assert absences.paid_days(days, NONE, 5) == Decimal(5) * Decimal("11.40") / Decimal("19.00")


def test_sickness_after_the_guaranteed_pay_is_not_paid() -> None:
    one = day(MONDAY, (Kind.SICKNESS, "7.60"))

    assert absences.unpaid_hours(one, NONE) == 0
    assert absences.unpaid_hours(one, frozenset({MONDAY})) == Decimal("7.60")


def test_the_rest_of_a_day_is_worked_unless_worked_hours_were_entered() -> None:
    half = day(MONDAY, (Kind.HOLIDAY, "3.80"))
    short = day(MONDAY, (Kind.WORK, "5.00"))

    assert half.parts == (Part(Kind.HOLIDAY, Decimal("3.80")), Part(Kind.WORK, Decimal("3.80")))
    assert short.parts == (Part(Kind.WORK, Decimal("5.00")),)


def test_a_public_holiday_of_which_nothing_was_entered_is_one() -> None:
    (holiday,) = [one for one in public_holidays.holidays_of(2026) if one.code == "labour_day"]

    one = absences.day(holiday.on, usual=Decimal("3.80"), entered=(), holiday=holiday)

    assert one.kind == Kind.PUBLIC_HOLIDAY
    assert not one.entered


def test_totals_count_days_in_parts_of_the_usual_day_and_name_their_service_code() -> None:
    days = [
        day(MONDAY),
        day(date(2026, 3, 3), (Kind.HOLIDAY, "3.80")),
        day(date(2026, 3, 4), (Kind.SICKNESS_NEW, "7.60")),
        day(date(2026, 3, 5), (Kind.SICKNESS, "7.60")),
        day(date(2026, 3, 6), (Kind.UNPAID, "7.60")),
        day(date(2026, 3, 9), (Kind.INSURED, "7.60")),
    ]

    found = absences.totals(days, frozenset({date(2026, 3, 5)}))

    assert [(str(one.kind), one.paid, one.days, one.hours, one.code) for one in found] == [
        ("work", True, Decimal("1.50"), Decimal("11.40"), "1"),
        ("holiday", True, Decimal("0.50"), Decimal("3.80"), "1"),
        ("sickness", True, Decimal("1.00"), Decimal("7.60"), "1"),
        ("sickness", False, Decimal("1.00"), Decimal("7.60"), "50"),
        ("unpaid", False, Decimal("1.00"), Decimal("7.60"), "30"),
        ("insured", False, Decimal("1.00"), Decimal("7.60"), ""),
    ]
    assert absences.from_json(absences.to_json(found)) == found


def test_what_is_written_of_a_day_reads_back_the_same() -> None:
    parts = (Part(Kind.HOLIDAY, Decimal("3.80")), Part(Kind.SICKNESS_NEW, Decimal("3.80")))

    assert absences.read(absences.written(parts)) == parts
    assert absences.read("") == ()


# --- holidays of the year ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("months", "days"),  # conversion of 2 days a month of a six-day week: one day less for each six
    [(1, 2), (2, 4), (3, 5), (4, 7), (5, 9), (6, 10), (7, 12), (8, 14), (9, 15), (10, 17), (11, 19), (12, 20)],
)
def test_whole_months_give_the_days_of_the_table(months: int, days: int) -> None:
    found = absences.entitlement([Service(Decimal(1), Decimal(38))] * months, Decimal(38))

    assert found.days == days
    assert found.hours == days * Decimal("7.60")


def test_part_time_earns_its_hours_and_more_hours_today_earn_no_more() -> None:
    service = [Service(Decimal(1), Decimal(19))] * 12

    assert absences.entitlement(service, Decimal(19)).hours == 76
    assert absences.entitlement(service, Decimal(38)).hours == 76
    assert absences.entitlement([Service(Decimal(1), Decimal(38))] * 12, Decimal(19)).hours == 76


def test_part_of_a_month_counts_in_proportion_rounded_up_to_half_a_day() -> None:
    assert absences.entitlement([Service(Decimal("0.4"), Decimal(38))], Decimal(38)).days == 1
    almost_a_year = [*[Service(Decimal(1), Decimal(38))] * 11, Service(Decimal("0.95"), Decimal(38))]
    assert absences.entitlement(almost_a_year, Decimal(38)).days == 20
    assert absences.entitlement([], Decimal(38)).hours == 0
