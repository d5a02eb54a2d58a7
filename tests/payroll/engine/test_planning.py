"""A budget over several months carries a constant pay."""

from dataclasses import replace
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payroll.engine import (
    InvalidFact,
    NoLaw,
    OutOfReach,
    QuarterSoFar,
    YearMonth,
    gross_for_budget,
    payslips,
    plan_months,
)
from tests.payroll.engine.cast import LAW, NEW_YEAR, full_timer, household, lina, paid

CENT = D("0.01")


def from_january(**changes):
    """A full-timer whose quarter and year begin in January 2026."""
    begun = replace(
        full_timer(month=YearMonth(2026, 1)), quarter=QuarterSoFar(months=(), policy="advance"), year=NEW_YEAR
    )
    return replace(begun, **changes)


def test_one_month_alone_is_the_gross_of_its_budget():
    facts = full_timer()

    plan = plan_months(D("4000.00"), facts, LAW, months=1)

    assert plan.gross == gross_for_budget(D("4000.00"), facts, LAW)
    assert plan.left == D("4000.00") - plan.cost


@settings(max_examples=12, deadline=None)
@given(
    budget=st.decimals("6000", "60000", places=2),
    months=st.integers(1, 7),
    reserve=st.decimals("0", "3000", places=2),
    kind=st.sampled_from(["single", "no_income", "own_income"]),
)
def test_the_plan_fits_the_budget_and_a_cent_more_does_not(budget, months, reserve, kind):
    facts = household(from_january(), kind=kind)

    plan = plan_months(budget, facts, LAW, months=months, reserve=reserve)

    assert plan.cost == sum(slip["employer_cost"].amount for slip in plan.months)
    assert plan.cost + plan.reserve + plan.left == budget
    assert plan.left >= 0
    above = payslips(facts.with_gross(plan.gross + CENT), LAW, months=months)
    assert sum(slip["employer_cost"].amount for slip in above) + reserve > budget


def test_each_month_follows_the_ones_before_it_in_quarter_and_year():
    plan = plan_months(D("50000.00"), from_january(), LAW, months=12)

    assert [str(slip.month) for slip in plan.months] == [f"2026-{month:02d}" for month in range(1, 13)]
    assert {slip["gross"].amount for slip in plan.months} == {plan.gross}
    for quarter in range(4):
        months = plan.months[3 * quarter : 3 * quarter + 3]
        given_ = sum(slip["structural_reduction"].amount for slip in months)
        assert given_ == months[-1]["structural_reduction_quarter"].amount
    for base, provision in (
        ("double_holiday_pay", "provision.holiday_pay"),
        ("end_of_year_base", "provision.end_of_year"),
    ):
        year = sum(slip[base].amount for slip in plan.months)
        assert sum(slip[provision].amount for slip in plan.months) == (year / 12).quantize(CENT)
        assert plan.months[-1][f"year_so_far.{base}"].amount == year - plan.months[-1][base].amount


def test_a_plan_begun_within_a_quarter_counts_the_months_really_paid():
    begun = replace(
        lina(),
        month=YearMonth(2026, 8),
        quarter=QuarterSoFar(months=(paid(YearMonth(2026, 7), "1450.00"),), policy="advance"),
    )

    plan = plan_months(D("8000.00"), begun, LAW, months=4)

    first, second, third, _fourth = plan.months
    assert "quarter_month_1.gross" in first
    assert second["quarter_month_2.gross"].amount == plan.gross
    assert "quarter_month_1.gross" not in third


def test_the_end_of_a_year_begins_its_provisions_again():
    plan = plan_months(D("16000.00"), replace(from_january(), month=YearMonth(2025, 10)), LAW, months=4)

    for base in ("double_holiday_pay", "end_of_year_base"):
        assert plan.months[2][f"year_so_far.{base}"].amount > 0
        assert plan.months[3][f"year_so_far.{base}"].amount == 0
    assert str(plan.months[3].month) == "2026-01"


def test_a_month_beyond_the_law_is_refused_and_none_is_priced():
    with pytest.raises(NoLaw, match="2027-01"):
        plan_months(D("50000.00"), replace(from_january(), month=YearMonth(2026, 7)), LAW, months=7)


@pytest.mark.parametrize("months", [0, 37, -1, "3"])
def test_an_impossible_number_of_months_is_refused(months):
    with pytest.raises(InvalidFact, match="Aline: the fact months must lie between 1 and 36"):
        plan_months(D("50000.00"), from_january(), LAW, months=months)
    with pytest.raises(InvalidFact, match="Aline: the fact months must lie between 1 and 36"):
        payslips(from_january(), LAW, months=months)


def test_a_reserve_above_the_budget_and_a_budget_under_the_fixed_costs_are_refused():
    with pytest.raises(OutOfReach, match=r"a reserve of 600.00 is more than the budget of 500.00"):
        plan_months(D("500.00"), from_january(), LAW, months=1, reserve=D("600.00"))
    with pytest.raises(OutOfReach, match="already has a cost"):
        plan_months(D("300.00"), from_january(benefit_in_kind=D("3000.00")), LAW, months=1)
    with pytest.raises(OutOfReach, match="the budget asked for is negative"):
        plan_months(D("-1.00"), from_january(), LAW, months=1)
    with pytest.raises(OutOfReach, match="the reserve asked for is negative"):
        plan_months(D("500.00"), from_january(), LAW, months=1, reserve=D("-1.00"))
