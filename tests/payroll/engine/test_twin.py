"""The engine and a second writing of the law agree to the cent, over every month and every kind of household."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import get_args

import pytest

from payroll.engine import (
    DoubleHolidayPay,
    Employer,
    EndOfYearPremium,
    ExceptionalFacts,
    Household,
    Scale,
    Work,
    YearMonth,
    exceptional_payslip,
    payslip,
)
from payroll.engine.facts import HouseholdKind
from tests.payroll.engine import twin
from tests.payroll.engine.cast import LAW, full_timer

MONTHS = [f"2025-{month:02d}" for month in range(2, 13)] + [f"2026-{month:02d}" for month in range(1, 13)]
# Where a row of some table ends: pay is drawn near these, one cent below, on and above.
BOUNDS = [
    "1095.10", "1945.38", "2190.18", "3737.00", "4100.00", "6038.82", "2777.83", "3271.48", "2937.93", "3403.62",
    "2300.62", "2175.25", "3246.05", "3895.91",
]  # fmt: skip
EACH = 12


def drawn(month):
    """Members who differ in everything that counts; the same ones at every run."""
    chance = Random(month)
    for _ in range(EACH):
        gross = Decimal(chance.randint(20000, 700000)) / 100
        if chance.random() < 0.5:
            gross = Decimal(chance.choice(BOUNDS)) + Decimal(chance.randint(-1, 1)) / 100
        full_time = Decimal(chance.choice(("38.00", "164.67", "152.00", "23.00")))
        hours = full_time
        if chance.random() < 0.5:
            hours = (full_time * chance.randint(5, 99) / 100).quantize(Decimal("0.01"))
        kind = chance.choice(get_args(HouseholdKind))
        children = chance.randint(0, 13)
        home = Household(
            kind=kind,
            children=children,
            disabled_children=chance.randint(0, children),
            single_parent=kind == "single" and children > 0,
            disabled=chance.random() < 0.3,
            disabled_spouse=kind != "single" and chance.random() < 0.3,
            other_dependants=chance.randint(0, 2),
            dependants_65=chance.randint(0, 2),
        )
        yield replace(
            full_timer(gross=str(gross), month=YearMonth.parse(month)),
            employer=Employer(
                joint_committee="200",
                headcount_class=chance.choice(("<10", "10-19", "20+")),
                commercial_purpose=chance.random() < 0.7,
                category=1,
            ),
            work=Work(
                weekly_hours=Decimal(38), full_time_weekly_hours=Decimal(38), hours=hours, full_time_hours=full_time
            ),
            scale=Scale(scale_class="A", experience=0, table="I"),
            household=home,
            benefit_in_kind_tax_only=Decimal(chance.randint(0, 40000)) / 100,
            commuting_exemption=Decimal(chance.choice((0, 4167))) / 100,
            group_insurance_contribution=Decimal(chance.choice((0, 5005))) / 100,
        )


def of_household(home):
    return {name: getattr(home, name) for name in Household.__slots__}


def expected(facts):
    """What the second writing says of a month."""
    month, gross = str(facts.month), Fraction(facts.gross)
    year = twin.YEARS[month[:4]]
    share = Fraction(facts.work.hours) / Fraction(facts.work.full_time_hours)
    contribution = twin.cent(gross * Fraction("0.1307"))
    a, b = twin.employment_bonus(month, gross, share, contribution)
    taxable = gross - contribution + a + b
    base = max(Fraction(0), taxable + Fraction(facts.benefit_in_kind_tax_only) - Fraction(facts.commuting_exemption))
    before = twin.withholding(year, base, of_household(facts.household))
    left = max(Fraction(0), before - twin.cent(Fraction(facts.group_insurance_contribution) * Fraction("0.3")))
    bonus = min(left, twin.cent(a * Fraction("0.3314")) + twin.cent(b * Fraction("0.5254")))
    special = twin.special_contribution(gross, facts.household.kind)
    size, commercial = facts.employer.headcount_class, facts.employer.commercial_purpose
    contributions = twin.employer_lines(month, gross, size, commercial=commercial)
    reduction = twin.cent(twin.quarter_reduction(month, 3 * gross, share) / 3)
    return {
        "social_contribution": contribution,
        "employment_bonus_a": a,
        "employment_bonus_b": b,
        "withholding_before_bonus": before,
        "fiscal_bonus": bonus,
        "special_contribution": special,
        "net": taxable - (left - bonus) - special,
        "employer_contribution": contributions,
        "structural_reduction": reduction,
        "wage_cost": gross + contributions - reduction,
    }


@pytest.mark.parametrize("month", MONTHS)
def test_a_months_pay_and_cost_are_those_of_the_second_writing(month):
    for facts in drawn(month):
        slip = payslip(facts, LAW)

        wanted = expected(facts)
        assert {code: Fraction(slip[code].amount) for code in wanted} == wanted, facts


@pytest.mark.parametrize("month", MONTHS)
def test_payments_beside_the_months_pay_are_taxed_as_in_the_second_writing(month):
    for facts in drawn(month):
        home, pay = facts.household, facts.gross
        reference = 12 * (Fraction(pay) - twin.cent(Fraction(pay) * Fraction("0.1307")))
        for payment, rates, bearing in (
            (EndOfYearPremium(monthly_pay=pay, months=12), twin.OTHER, Fraction(1)),
            (DoubleHolidayPay(monthly_pay=pay, months=12), twin.HOLIDAY, Fraction(85, 92)),
        ):
            slip = exceptional_payslip(
                ExceptionalFacts(
                    label="Aline",
                    month=facts.month,
                    employer=facts.employer,
                    household=home,
                    normal_monthly_pay=pay,
                    payment=payment,
                ),
                LAW,
            )
            due = Fraction(pay) if bearing == 1 else twin.cent(Fraction(pay) * Fraction("0.92"))
            contribution = twin.cent(twin.cent(due * bearing) * Fraction("0.1307"))
            children = home.children + home.disabled_children
            year = twin.YEARS[month[:4]]
            assert Fraction(slip["exceptional_payment"].amount) == due
            assert Fraction(slip["exceptional_contribution"].amount) == contribution
            assert Fraction(slip["exceptional_tax"].amount) == twin.exceptional_tax(
                year, reference, due - contribution, children, rates
            )


@pytest.mark.parametrize(("first_month", "lowest"), twin.MINIMUM_WAGE)
def test_the_minimum_wage_is_that_of_the_second_writing(first_month, lowest):
    assert LAW.on(YearMonth.parse(first_month))["minimum_wage"]["full_time"].value == Decimal(lowest)
