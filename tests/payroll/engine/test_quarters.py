"""Whatever is paid in the months of a quarter, they and its correction make what the law gives and asks for the quarter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payroll.engine import (
    FirstHire,
    PaidMonth,
    QuarterFacts,
    QuarterSoFar,
    Settlement,
    YearMonth,
    recompute,
    settle_quarter,
)
from payroll.engine.rules.special_contribution import column
from tests.payroll.engine.cast import EMPLOYER, LAW, ZERO, full_timer, hours, household, paid, pay

KINDS = ["single", "no_income", "small_pension", "low_pension", "low_income", "own_income"]
QUARTERS = [YearMonth(2025, month) for month in (4, 7, 10)] + [YearMonth(2026, month) for month in (1, 4, 7, 10)]
POLICIES = ["hold", "advance"]
several = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Worked:
    """What is told of a month: gross pay, and hours paid of 38."""

    gross: Decimal
    weekly: Decimal


# --- the law, written apart from the engine ---------------------------------------------------------------------------


def to_the_cent(amount: Fraction) -> Decimal:
    """Round a fraction of a euro half-up."""
    return (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def reduction_by_law(months: Sequence[PaidMonth]) -> Decimal:
    """R × µ × β of a quarter, at most the base contribution of 25 %, in fractions."""
    law = {one.name.partition(".")[2]: Fraction(one.value) for one in LAW.on(months[-1].month)["structural_reduction"]}
    share = sum((Fraction(one.hours) / Fraction(one.full_time_hours) for one in months if one.hours), Fraction(0)) / 3
    wage = Fraction(to_the_cent(sum((Fraction(one.gross) for one in months), Fraction(0)) / share))
    base = law["alpha"] * max(Fraction(0), law["s0"] - wage) + law["gamma"] * max(Fraction(0), law["s2"] - wage)
    if share < Fraction("0.275"):
        factor = Fraction(0)
    elif share < Fraction("0.55"):
        factor = Fraction("1.18")
    elif share < Fraction("0.80"):
        factor = Fraction("1.18") + (share - Fraction("0.55")) * Fraction("0.28")
    else:
        factor = 1 / share
    due = sum((Fraction(one.gross) for one in months), Fraction(0)) / 4
    return min(to_the_cent(base * share * factor), to_the_cent(due))


SPECIAL = {
    "single": (
        ("5836.14", "0", "0", "0"),
        ("6570.54", "0", "0.0422", "5836.14"),
        ("11211", "30.99", "0.011", "6570.54"),
        ("12300", "82.05", "0.0338", "11211"),
        ("18116.46", "118.83", "0.011", "12300"),
        ("Infinity", "182.82", "0", "0"),
    ),
    "two_incomes": (
        ("3285.28", "0", "0", "0"),
        ("5836.14", "15.45", "0", "0"),
        ("6570.54", "0", "0.059", "5836.14"),
        ("Infinity", "43.32", "0.011", "6570.54"),
    ),
    "one_income": (
        ("5836.14", "0", "0", "0"),
        ("6570.54", "0", "0.059", "5836.14"),
        ("Infinity", "43.32", "0.011", "6570.54"),
    ),
}


def special_contribution_by_law(months: Sequence[PaidMonth], kind: str) -> Decimal:
    """The special contribution of a quarter since April 2022, from the text of the law."""
    wage = sum((one.gross for one in months), ZERO)
    scale = column(kind)
    _limit, fixed, rate, above = next(row for row in SPECIAL[scale] if wage <= Decimal(row[0]))
    due = Decimal(fixed) + Decimal(rate) * (wage - Decimal(above))
    if scale == "two_incomes" and wage > Decimal("3285.28"):
        due = min(max(due, Decimal("15.45")), Decimal("154.92"))
    if scale == "one_income":
        due = min(due, Decimal("182.82"))
    return due.quantize(Decimal("0.01"), ROUND_HALF_UP)


# --- a quarter, paid month by month -----------------------------------------------------------------------------------


def quarter_paid(
    first: YearMonth, worked: Sequence[Worked | None], policy: str, kind: str = "single", hire: FirstHire | None = None
) -> list[PaidMonth]:
    """Pay each month worked on those before it; a month without employment is nothing."""
    months: list[PaidMonth] = []
    for month, one in zip(first.quarter_months, worked, strict=True):
        if one is None:
            months.append(paid(month, "0.00", weekly="0"))
            continue
        facts = replace(
            full_timer(gross=str(one.gross), month=month, work=hours(str(one.weekly))),
            quarter=QuarterSoFar(months=tuple(months), policy=policy),  # type: ignore[arg-type]
            first_hire=hire,
        )
        slip = pay(household(facts, kind=kind))
        months.append(
            paid(
                month, str(one.gross), weekly=str(one.weekly), reduction=str(slip["structural_reduction"].amount),
                special=str(slip["special_contribution"].amount),
            )
        )  # fmt: skip
        if hire is not None:
            months[-1] = replace(months[-1], first_hire_reduction=slip["first_hire_reduction"].amount)
    return months


def settled(months: Sequence[PaidMonth], kind: str = "single", **more: Any) -> Settlement:
    """Settle a quarter of Aline."""
    return settle_quarter(
        QuarterFacts(label="Aline", employer=EMPLOYER, household_kind=kind, months=tuple(months), **more),  # type: ignore[arg-type]
        LAW,
    )


def worked_month() -> st.SearchStrategy[Worked]:
    """Any pay for any share of full time, whole months and incomplete ones alike."""
    return st.builds(
        Worked,
        st.decimals(Decimal("0.01"), Decimal("9000.00"), places=2),
        st.decimals(Decimal("0.50"), Decimal("38.00"), places=2),
    )


@st.composite
def quarters(draw: st.DrawFn) -> tuple[Worked | None, ...]:
    """Three months, of which the first or the last may be without employment."""
    begin = draw(st.integers(0, 2))
    end = draw(st.integers(begin, 2))
    return tuple(draw(worked_month()) if begin <= at <= end else None for at in range(3))


@several
@given(st.sampled_from(QUARTERS), quarters(), st.sampled_from(POLICIES), st.sampled_from(KINDS))
def test_the_months_and_the_correction_make_the_quarter_of_the_law(first, worked, policy, kind):
    months = quarter_paid(first, worked, policy, kind)

    found = settled(months, kind)

    given_by_month = sum((one.reduction for one in months), ZERO)
    withheld = sum((one.special_contribution for one in months), ZERO)
    assert given_by_month + found["structural_reduction_correction"].amount == reduction_by_law(months)
    assert withheld + found["special_contribution_correction"].amount == special_contribution_by_law(months, kind)
    assert all(recompute(figure) == figure.amount for figure in found.figures)


@several
@given(
    st.sampled_from(QUARTERS),
    st.lists(worked_month(), min_size=1, max_size=3),
    st.sampled_from(POLICIES),
    st.sampled_from(KINDS),
)
def test_a_third_month_that_is_paid_leaves_nothing_to_correct(first, last, policy, kind):
    months = quarter_paid(first, [None] * (3 - len(last)) + last, policy, kind)

    found = settled(months, kind)

    assert found["structural_reduction_correction"].amount == ZERO
    assert found["special_contribution_correction"].amount == ZERO


@few
@given(st.lists(worked_month(), min_size=12, max_size=12), st.sampled_from(KINDS), st.data())
def test_four_quarters_make_the_year(worked, kind, data):
    given_in_year = withheld_in_year = by_law = asked_by_law = ZERO
    for first in (one for one in QUARTERS if one.year == 2026):
        of_quarter = worked[first.month - 1 : first.month + 2]
        months = quarter_paid(first, of_quarter, data.draw(st.sampled_from(POLICIES)), kind)
        found = settled(months, kind)
        given_in_year += sum(one.reduction for one in months) + found["structural_reduction_correction"].amount
        withheld_in_year += sum(one.special_contribution for one in months)
        withheld_in_year += found["special_contribution_correction"].amount
        by_law += reduction_by_law(months)
        asked_by_law += special_contribution_by_law(months, kind)

    assert (given_in_year, withheld_in_year) == (by_law, asked_by_law)


@several
@given(
    st.sampled_from(QUARTERS),
    quarters(),
    st.sampled_from(POLICIES),
    st.sampled_from(KINDS),
    worked_month(),
)
def test_a_quarter_settled_anew_ends_on_the_law_of_what_was_really_paid(first, worked, policy, kind, really):
    months = quarter_paid(first, worked, policy, kind)
    before = settled(months, kind)
    at = next(place for place, one in enumerate(worked) if one is not None)
    months[at] = replace(months[at], gross=really.gross, hours=really.weekly)

    corrections = [before["structural_reduction_correction"].amount, before["special_contribution_correction"].amount]
    found = settled(
        months, kind, settled_reduction=corrections[0], settled_special_contribution=corrections[1]
    )  # fmt: skip

    given_by_month = sum((one.reduction for one in months), corrections[0])
    withheld = sum((one.special_contribution for one in months), corrections[1])
    assert given_by_month + found["structural_reduction_correction"].amount == reduction_by_law(months)
    assert withheld + found["special_contribution_correction"].amount == special_contribution_by_law(months, kind)


@pytest.mark.parametrize(
    ("grosses", "expected"),
    [
        (("4000.00", "1000.00", "1000.00"), ["36.24", "0.00", "-29.33"]),
        (("1800.00", "2100.00", "4000.00"), ["0.00", "6.52", "39.09"]),
    ],
)
def test_the_third_month_withholds_or_gives_back_what_the_quarter_leaves(grosses, expected):
    worked = [Worked(Decimal(gross), Decimal(38)) for gross in grosses]

    months = quarter_paid(YearMonth(2026, 7), worked, "hold", "single")

    assert [str(one.special_contribution) for one in months] == expected


def test_a_month_priced_alone_keeps_the_scale_of_the_month():
    assert pay(full_timer(gross="3000.00"))["special_contribution"].amount == Decimal("19.24")


def test_what_the_third_month_gives_back_is_in_the_net():
    earlier = (
        paid(YearMonth(2026, 7), "4000.00", weekly="38", special="36.24"),
        paid(YearMonth(2026, 8), "1000.00", weekly="38"),
    )
    member = full_timer(gross="1000.00")

    slip = pay(replace(member, quarter=QuarterSoFar(months=earlier, policy="hold")))

    assert slip["net"].amount - pay(member)["net"].amount == Decimal("29.33")
