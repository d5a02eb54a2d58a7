"""The public holidays of Belgium, and the days on which they are taken."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from payroll import public_holidays

# Source: service public fédéral Emploi, tables of public holidays 2025 to 2027.
KNOWN = {
    2025: ["01-01", "04-21", "05-01", "05-29", "06-09", "07-21", "08-15", "11-01", "11-11", "12-25"],
    2026: ["01-01", "04-06", "05-01", "05-14", "05-25", "07-21", "08-15", "11-01", "11-11", "12-25"],
    2027: ["01-01", "03-29", "05-01", "05-06", "05-17", "07-21", "08-15", "11-01", "11-11", "12-25"],
}


@pytest.mark.parametrize("year", sorted(KNOWN))
def test_the_ten_holidays_fall_on_their_days(year: int) -> None:
    assert sorted(f"{day:%m-%d}" for day in public_holidays.legal(year).values()) == KNOWN[year]


@pytest.mark.parametrize(
    ("year", "easter"),
    [
        (1961, (4, 2)),
        (2000, (4, 23)),
        (2008, (3, 23)),
        (2011, (4, 24)),
        (2024, (3, 31)),
        (2025, (4, 20)),
        (2038, (4, 25)),
    ],
)
def test_easter_is_the_sunday_of_the_almanac(year: int, easter: tuple[int, int]) -> None:
    assert public_holidays.easter(year) == date(year, *easter)


def test_a_holiday_of_a_weekend_is_taken_on_the_first_working_day_after_it_where_none_is_chosen() -> None:
    taken = {one.code: one.on for one in public_holidays.holidays_of(2026)}

    assert taken["assumption"] == date(2026, 8, 17)  # Saturday 15 August
    assert taken["all_saints"] == date(2026, 11, 2)  # Sunday 1 November
    assert taken["national_day"] == date(2026, 7, 21)


def test_a_chosen_day_takes_the_place_of_a_holiday_also_on_a_day_of_the_week() -> None:
    chosen = {date(2026, 8, 15): date(2026, 12, 24), date(2026, 5, 14): date(2026, 5, 15)}

    taken = {one.code: one for one in public_holidays.holidays_of(2026, chosen)}

    assert taken["assumption"].on == date(2026, 12, 24)
    assert taken["assumption"].is_replaced
    assert taken["ascension"].on == date(2026, 5, 15)
    assert date(2026, 5, 14) not in public_holidays.days_off(date(2026, 5, 1), date(2026, 6, 1), chosen)


@given(year=some.integers(1990, 2100))
def test_every_year_has_ten_different_days_off_from_monday_to_friday(year: int) -> None:
    days = [one.on for one in public_holidays.holidays_of(year)]
    easter = public_holidays.easter(year)

    assert easter.weekday() == 6
    assert date(year, 3, 22) <= easter <= date(year, 4, 25)
    assert all(day.weekday() < 5 for day in days)
    legal = set(public_holidays.legal(year).values())
    assert len(set(days)) == len(legal) == 10 or len(legal) == 9  # Ascension Day on Labour Day, as in 2008
    assert all(one.on - one.of < timedelta(days=4) for one in public_holidays.holidays_of(year))
