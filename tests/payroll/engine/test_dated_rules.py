import pytest

from payroll.engine import YearMonth
from payroll.engine.rules.dated import DatedRule, NoRule
from payroll.engine.rules.employer_contribution import base_pay
from payroll.engine.rules.employment_bonus import employment_bonus
from payroll.engine.rules.first_hire import first_hire_reduction
from payroll.engine.rules.fiscal_bonus import fiscal_bonus
from payroll.engine.rules.special_contribution import special_contribution
from payroll.engine.rules.structural_reduction import structural_reduction
from payroll.engine.rules.withholding_tax import before_bonus


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


@pytest.mark.parametrize(
    ("rule", "name", "last_before", "first_month"),
    [
        (employment_bonus, "employment_bonus", (2024, 3), (2024, 4)),  # in two parts
        (fiscal_bonus, "fiscal_bonus", (2024, 3), (2024, 4)),  # on both parts
        (special_contribution, "special_contribution", (2022, 3), (2022, 4)),  # the scale of April 2022
        (before_bonus, "withholding_tax", (2022, 12), (2023, 1)),  # no rounding to multiples of 15 any more
        (structural_reduction, "structural_reduction", (2018, 3), (2018, 4)),
        (first_hire_reduction, "first_hire_reduction", (2023, 12), (2024, 1)),
        (base_pay, "employer_contribution: pay that bears the base contribution", (1981, 6), (1981, 7)),
    ],
)
def test_a_rule_of_law_is_known_from_the_month_that_it_was_written_for(rule, name, last_before, first_month):
    assert rule.on(YearMonth(*first_month))
    with pytest.raises(NoRule, match=f"no rule of {name} is known for {YearMonth(*last_before)}"):
        rule.on(YearMonth(*last_before))
