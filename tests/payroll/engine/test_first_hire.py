"""The reduction for an employer's first hires: off by default, by rank and quarter, cut by what the structural one leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payroll.engine import (
    FirstHire,
    InvalidFact,
    PaidMonth,
    Parameter,
    QuarterSoFar,
    YearMonth,
    codes,
    gross_for_budget,
    gross_for_wage_cost,
    plan_months,
    recompute,
)
from payroll.engine.__main__ import main
from tests.payroll.engine.cast import LAW, NEW_YEAR, ZERO, full_timer, hours, pay
from tests.payroll.engine.test_quarters import (
    POLICIES,
    QUARTERS,
    Worked,
    quarter_paid,
    quarters,
    reduction_by_law,
    settled,
    to_the_cent,
    worked_month,
)

CENT = Decimal("0.01")
several = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HIRES = st.builds(FirstHire, rank=st.integers(1, 5), quarter=st.integers(1, 24))


def hired(rank: int, quarter: int = 1, **options):
    """A full-timer who is a first hire."""
    return replace(full_timer(**options), first_hire=FirstHire(rank=rank, quarter=quarter))


# --- the law, written apart from the engine ---------------------------------------------------------------------------


def highest_by_law(hire: FirstHire, month: YearMonth) -> Decimal:
    """G: until June 2026 three ranks that fall with the quarters; from July 2026 2000, and 1000 for twelve quarters."""
    if month >= YearMonth(2026, 7):
        return Decimal(2000) if hire.rank == 1 else Decimal(1000 if hire.quarter <= 12 else 0)
    steps = {1: ((999, 3100),), 2: ((5, 1550), (9, 1050), (13, 450)), 3: ((9, 1050), (13, 450))}
    return Decimal(next((amount for until, amount in steps.get(hire.rank, ()) if hire.quarter <= until), 0))


def first_hire_by_law(months: Sequence[PaidMonth], hire: FirstHire) -> Decimal:
    """G × µ × β, at most what the structural reduction leaves of 25 % of the quarter's pay under its ceiling."""
    month = months[-1].month
    share = sum((Fraction(one.hours) / Fraction(one.full_time_hours) for one in months if one.hours), Fraction(0)) / 3
    if share < Fraction("0.275"):
        factor = Fraction(0)
    elif share < Fraction("0.55"):
        factor = Fraction("1.18")
    elif share < Fraction("0.80"):
        factor = Fraction("1.18") + (share - Fraction("0.55")) * Fraction("0.28")
    else:
        factor = 1 / share
    worked = to_the_cent(Fraction(highest_by_law(hire, month)) * share * factor)
    wage = sum((one.gross for one in months), ZERO)
    if month >= YearMonth(2025, 7):
        wage = min(wage, Decimal(85000 if month.year == 2025 else 86700))
    due = to_the_cent(Fraction(wage) / 4)
    return min(worked, due - reduction_by_law(months))


@several
@given(st.sampled_from(QUARTERS), quarters(), st.sampled_from(POLICIES), HIRES)
def test_the_months_and_the_correction_make_the_quarter_of_the_law(first, worked, policy, hire):
    months = quarter_paid(first, worked, policy, hire=hire)

    found = settled(months, first_hire=hire)

    given_by_month = sum((one.first_hire_reduction for one in months), ZERO)
    assert given_by_month + found["first_hire_reduction_correction"].amount == first_hire_by_law(months, hire)
    assert all(recompute(figure) == figure.amount for figure in found.figures)


@several
@given(st.sampled_from(QUARTERS), st.lists(worked_month(), min_size=1, max_size=3), st.sampled_from(POLICIES), HIRES)
def test_a_third_month_that_is_paid_leaves_nothing_to_correct(first, last, policy, hire):
    months = quarter_paid(first, [None] * (3 - len(last)) + last, policy, hire=hire)

    assert settled(months, first_hire=hire)["first_hire_reduction_correction"].amount == ZERO


@several
@given(st.sampled_from(QUARTERS), worked_month(), HIRES)
def test_both_reductions_together_never_exceed_the_base_contribution(first, worked, hire):
    member = replace(
        full_timer(gross=str(worked.gross), month=first, work=hours(str(worked.weekly))), first_hire=hire
    )  # fmt: skip

    slip = pay(member)

    both = slip["structural_reduction_quarter"].amount + slip["first_hire_reduction_quarter"].amount
    assert slip["first_hire_reduction_quarter"].amount >= 0
    assert both <= max(slip["quarter_base_contribution"].amount, slip["structural_reduction_quarter"].amount)
    costs = slip["gross"].amount + slip["employer_contribution"].amount
    assert slip["wage_cost"].amount == costs - slip["contribution_reductions"].amount
    assert all(recompute(figure) == figure.amount for figure in slip.figures)


@several
@given(HIRES, st.decimals(Decimal("1500.00"), Decimal("9000.00"), places=2))
def test_a_budget_is_still_met_to_the_cent(hire, budget):
    member = replace(full_timer(), first_hire=hire)

    gross = gross_for_budget(budget, member, LAW)

    at, above = (pay(member.with_gross(one))["employer_cost"].amount for one in (gross, gross + CENT))
    assert at <= budget < above


# --- amounts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("month", "rank", "quarter", "expected"),
    [
        (YearMonth(2026, 6), 1, 1, "3100.00"),
        (YearMonth(2026, 6), 1, 40, "3100.00"),
        (YearMonth(2026, 6), 2, 5, "1550.00"),
        (YearMonth(2026, 6), 2, 6, "1050.00"),
        (YearMonth(2026, 6), 2, 10, "450.00"),
        (YearMonth(2026, 6), 2, 14, "0.00"),
        (YearMonth(2026, 6), 3, 9, "1050.00"),
        (YearMonth(2026, 6), 3, 13, "450.00"),
        (YearMonth(2026, 6), 4, 1, "0.00"),
        (YearMonth(2026, 7), 1, 40, "2000.00"),
        (YearMonth(2026, 7), 2, 12, "1000.00"),
        (YearMonth(2026, 7), 5, 1, "1000.00"),
        (YearMonth(2026, 7), 5, 13, "0.00"),
    ],
)
def test_the_highest_amount_follows_rank_quarter_and_date(month, rank, quarter, expected):
    slip = pay(hired(rank, quarter, gross="6000.00", month=month))

    assert slip["first_hire_highest"].amount == Decimal(expected)


@pytest.mark.parametrize(
    ("rank", "quarter", "names"),
    [
        (1, 40, ["first_hire.rank.1[0].amount"]),
        (2, 12, ["first_hire.rank.2[0].amount", "first_hire.rank.2[0].up_to"]),
        (2, 13, ["first_hire.rank.2[1].amount"]),
    ],
)
def test_the_highest_amount_names_its_row_and_until_which_quarter_it_holds(rank, quarter, names):
    highest = pay(hired(rank, quarter, gross="6000.00"))["first_hire_highest"]

    assert [part.name for part in highest.parts if isinstance(part, Parameter)] == names


def test_a_month_alone_takes_a_third_of_the_quarter_off_the_wage_cost():
    """5000.00 in September 2026: no structural reduction is left, 2000.00 a quarter are below the contributions."""
    slip = pay(hired(1, gross="5000.00"))

    assert slip["first_hire_reduction"].amount == Decimal("666.67")
    assert pay(full_timer(gross="5000.00"))["wage_cost"].amount - slip["wage_cost"].amount == Decimal("666.67")


def test_what_the_structural_reduction_leaves_is_the_limit():
    """2233.61: contributions of 1675.21 a quarter, structural reduction of 1184.14; 491.07 are left of 2000.00."""
    slip = pay(hired(1, gross="2233.61"))

    left = slip["quarter_base_contribution"].amount - slip["structural_reduction_quarter"].amount
    assert slip["quarter_base_contribution"].amount == Decimal("1675.21")
    assert slip["first_hire_reduction_quarter"].amount == left == slip["quarter_base_contribution_left"].amount


def test_it_is_off_unless_a_person_gave_the_fact():
    slip = pay(full_timer())

    assert not [figure.code for figure in slip.figures if "first_hire" in figure.code]
    assert "contribution_reductions" not in slip


def test_under_27_5_percent_of_full_time_it_is_lost_too():
    slip = pay(hired(1, gross="715.00", work=hours("10.99", "40")))

    assert slip["first_hire_reduction"].amount == ZERO


def test_held_it_is_given_whole_in_the_third_month_and_advanced_month_by_month():
    worked = [Worked(Decimal("5000.00"), Decimal(38))] * 3

    held, advanced = (
        [str(one.first_hire_reduction) for one in quarter_paid(YearMonth(2026, 7), worked, policy, hire=FirstHire(rank=1, quarter=1))]
        for policy in ("hold", "advance")
    )  # fmt: skip

    assert held == ["0.00", "0.00", "2000.00"]
    assert advanced == ["666.67", "666.66", "666.67"]


def test_what_was_given_although_it_is_not_claimed_any_more_is_taken_back():
    worked = [Worked(Decimal("5000.00"), Decimal(38))] * 2
    months = quarter_paid(YearMonth(2026, 7), [*worked, None], "advance", hire=FirstHire(rank=1, quarter=1))

    assert settled(months)["first_hire_reduction_correction"].amount == Decimal("-1333.33")


def test_what_an_earlier_settlement_gave_is_taken_back_when_it_is_not_claimed_any_more():
    months = quarter_paid(YearMonth(2026, 7), [Worked(Decimal("5000.00"), Decimal(38))] * 3, "hold")

    again = settled(months, settled_first_hire_reduction=Decimal("2000.00"))

    assert again["first_hire_reduction_quarter"].amount == ZERO
    assert again["first_hire_reduction_correction"].amount == Decimal("-2000.00")
    assert "first_hire_reduction_correction" not in settled(months)


def test_the_correction_of_an_earlier_settlement_counts_as_given():
    months = quarter_paid(
        YearMonth(2026, 7),
        [Worked(Decimal("5000.00"), Decimal(38)), None, None],
        "hold",
        hire=FirstHire(rank=1, quarter=1),
    )
    first = settled(months, first_hire=FirstHire(rank=1, quarter=1))["first_hire_reduction_correction"].amount

    again = settled(months, first_hire=FirstHire(rank=1, quarter=1), settled_first_hire_reduction=first)

    assert first > 0
    assert again["first_hire_reduction_correction"].amount == 0


def test_a_plan_of_months_carries_what_was_given():
    member = replace(
        hired(1, gross="5000.00", month=YearMonth(2026, 7)),
        quarter=QuarterSoFar(months=(), policy="advance"),
        year=NEW_YEAR,
    )

    plan = plan_months(Decimal("21000.00"), member, LAW, months=3)

    assert sum(slip["first_hire_reduction"].amount for slip in plan.months) == Decimal("2000.00")


def test_a_wage_cost_is_found_with_it():
    member = hired(1)

    assert pay(member.with_gross(gross_for_wage_cost(Decimal("4000.00"), member, LAW)))["wage_cost"].amount <= 4000


@pytest.mark.parametrize(("rank", "quarter"), [(0, 1), (6, 1), (1, 0), (1, -1)])
def test_a_rank_or_a_quarter_that_cannot_be_is_refused(rank, quarter):
    with pytest.raises(InvalidFact, match=r"^Aline: the fact first_hire\."):
        hired(rank, quarter)


def test_the_command_line_prices_a_first_hire(capsys):
    assert main(["explain", "--month", "2026-09", "--gross", "5000", "--first-hire", "1"]) == 0
    with_it = capsys.readouterr().out

    assert main(["explain", "--month", "2026-09", "--gross", "5000"]) == 0
    without = capsys.readouterr().out

    assert "first_hire_reduction = 666.67" in with_it
    assert "first_hire" not in without
    assert main(["explain", "--month", "2026-09", "--gross", "5000", "--first-hire-quarter", "2"]) == 2
    assert main(["explain", "--month", "2024-01", "--gross", "5000", "--first-hire", "1"]) == 2


def test_its_figures_are_told_in_words():
    told = codes.explained(pay(hired(2, 3, gross="6000.00"))["first_hire_highest"])

    assert told == "1000.00 a quarter for the worker of rank 2, in quarter 3 since the reduction began."
