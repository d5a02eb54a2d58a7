"""On which dates something recurs: a pure function, month ends included."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.recurring.dates import Rhythm

D = date.fromisoformat


def days(rhythm: Rhythm, number: int) -> list[str]:
    return [str(day) for day in rhythm.coming(rhythm.first, number)]


def test_the_31st_is_the_last_day_of_shorter_months_and_stays_the_31st_elsewhere():
    assert days(Rhythm(D("2026-01-31"), "month"), 5) == [
        "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31",
    ]  # fmt: skip


def test_the_29th_of_february_comes_back_in_leap_years():
    assert days(Rhythm(D("2024-02-29"), "year"), 5) == [
        "2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rhythm", "expected"),
    [
        (Rhythm(D("2026-12-28"), "week", 2), ["2026-12-28", "2027-01-11", "2027-01-25"]),
        (Rhythm(D("2026-11-30"), "quarter"), ["2026-11-30", "2027-02-28", "2027-05-30"]),
        (Rhythm(D("2026-10-15"), "month", 6), ["2026-10-15", "2027-04-15", "2027-10-15"]),
    ],
)
def test_weeks_quarters_and_more_than_one(rhythm, expected):
    assert days(rhythm, 3) == expected


def test_it_ends_with_its_last_day_included():
    rhythm = Rhythm(D("2026-09-01"), "month", 1, D("2026-11-01"))

    assert days(rhythm, 9) == ["2026-09-01", "2026-10-01", "2026-11-01"]
    assert rhythm.after(D("2026-11-01")) is None
    assert rhythm.from_day(D("2026-11-02")) is None


def test_periods_meet_without_a_gap_or_a_day_twice():
    rhythm = Rhythm(D("2026-01-31"), "month")

    assert rhythm.period_ahead(D("2026-02-28")) == (D("2026-02-28"), D("2026-03-30"))
    assert rhythm.period_behind(D("2026-02-28")) == (D("2026-01-31"), D("2026-02-27"))
    with pytest.raises(ValueError):
        rhythm.period_ahead(D("2026-02-27"))


def test_a_rhythm_that_stands_still_is_refused():
    with pytest.raises(ValueError):
        Rhythm(D("2026-01-01"), "month", 0)


@given(
    first=st.dates(date(2000, 1, 1), date(2060, 1, 1)),
    unit=st.sampled_from(["week", "month", "quarter", "year"]),
    every=st.integers(1, 52),
)
def test_dates_only_go_forward_and_each_is_found_again(first, unit, every):
    rhythm = Rhythm(first, unit, every)
    dates = rhythm.coming(first, 8)

    assert dates[0] == first
    assert all(earlier < later for earlier, later in itertools.pairwise(dates))
    for earlier, later in itertools.pairwise(dates):
        assert rhythm.after(earlier) == later
        assert rhythm.period_ahead(earlier) == (earlier, later - timedelta(days=1))
        assert rhythm.period_behind(later) == (earlier, later - timedelta(days=1))
