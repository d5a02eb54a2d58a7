import pytest

from payroll.engine import YearMonth
from payroll.engine.rules.dated import DatedRule, NoRule


def first(sheet):
    """The older variant."""


def second(sheet):
    """The newer variant."""


def rule():
    dated = DatedRule("example")
    dated.since(2025, 1)(first)
    dated.since(2026, 4)(second)
    return dated


def test_the_variant_of_a_month_is_the_last_one_begun():
    assert rule().on(YearMonth(2025, 1)) is first
    assert rule().on(YearMonth(2026, 3)) is first
    assert rule().on(YearMonth(2026, 4)) is second


def test_a_month_before_the_first_variant_is_refused():
    with pytest.raises(NoRule, match="no rule of example is known for 2024-12"):
        rule().on(YearMonth(2024, 12))


def test_variants_are_written_in_the_order_of_their_days():
    begins_too_early = rule().since(2026, 4)

    with pytest.raises(ValueError, match="must follow each other"):
        begins_too_early(first)
