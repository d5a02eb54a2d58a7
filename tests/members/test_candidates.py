"""The clock of a candidate."""

from datetime import date
from decimal import Decimal

from coop.periods import DateRange
from members import candidates
from members.candidates import Clock


def test_eighteen_months_end_on_the_same_day_of_the_month():
    assert candidates.latest_end(date(2026, 1, 15), []) == date(2027, 7, 15)


def test_a_month_that_is_too_short_ends_on_its_last_day():
    assert candidates.latest_end(date(2026, 8, 31), []) == date(2028, 2, 29)


def test_days_used_before_shorten_what_is_left():
    earlier = [DateRange(date(2025, 1, 1), date(2025, 1, 31))]

    assert candidates.latest_end(date(2026, 1, 15), earlier) == date(2027, 6, 15)


def test_the_clock_counts_days_used_and_left():
    agreement = DateRange(date(2026, 1, 1), date(2027, 7, 1))

    assert candidates.clock([agreement], date(2026, 4, 1)) == Clock(90, 456, date(2027, 7, 1), None)


def test_the_clock_stands_at_the_end():
    clock = candidates.clock([DateRange(date(2025, 1, 1), date(2025, 7, 1))], date(2026, 1, 1), date(2026, 2, 1))

    assert clock == Clock(181, 0, date(2025, 7, 1), date(2026, 2, 1))
    assert clock.total == 181


def test_before_the_first_agreement_there_is_no_clock():
    assert candidates.clock([DateRange(date(2026, 1, 1))], date(2025, 12, 31)) is None


def test_a_blocked_balance_is_never_below_zero():
    assert candidates.blocked(Decimal("-5.00")) == 0
    assert candidates.blocked(Decimal("812.50")) == Decimal("812.50")
