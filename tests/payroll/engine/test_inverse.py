from dataclasses import replace
from decimal import Decimal

import pytest

from payroll.engine import (
    InvalidFact,
    OutOfReach,
    QuarterSoFar,
    YearMonth,
    gross_for_budget,
    gross_for_net,
    gross_for_wage_cost,
    kinks_near,
)
from tests.payroll.engine.cast import LAW, amount, full_timer, household, lina, paid

CENT = Decimal("0.01")
TWO_INCOMES = household(full_timer(), kind="own_income")


def net(gross):
    return amount(TWO_INCOMES.with_gross(gross), "net")


@pytest.mark.parametrize("gross", [Decimal("1090.00") + step * Decimal("0.37") for step in range(14)])
def test_a_net_that_two_grosses_give_around_the_special_contribution_takes_the_smaller(gross):
    """Where the net of two incomes falls by 5.14, one net is reached below and again above 1095.10."""
    target = net(gross)

    assert gross_for_net(target, TWO_INCOMES, LAW) == min(
        one for one in (gross - step * CENT for step in range(600)) if net(one) >= target
    )


def test_in_the_third_month_the_smaller_gross_is_found_across_the_step_of_the_whole_quarter():
    """The quarter of two incomes owes 15.45 at once from 3285.29 on, here from 1285.29 in its third month."""
    earlier = tuple(paid(YearMonth(2026, month), "1000.00") for month in (7, 8))
    facts = replace(household(lina(), kind="own_income"), quarter=QuarterSoFar(months=earlier, policy="hold"))
    below, above = (amount(facts.with_gross(Decimal(gross)), "net") for gross in ("1285.28", "1285.29"))

    found = gross_for_net(below, facts, LAW)

    assert below - above > 15
    assert found <= Decimal("1285.28")
    assert amount(facts.with_gross(found), "net") >= below > amount(facts.with_gross(found - CENT), "net")


def test_a_net_that_rounding_gives_twice_takes_the_smaller_gross():
    """Where a cent more of gross lowers the net, the search still returns the first cent that reaches it."""
    facts = full_timer()
    grosses = [Decimal("2500.00") + step * CENT for step in range(300)]
    nets = {gross: amount(facts.with_gross(gross), "net") for gross in grosses}
    falls = [gross for gross in grosses[1:] if nets[gross] < nets[gross - CENT]]

    assert falls
    for gross in falls[:3]:
        first = min(one for one in grosses if nets[one] >= nets[gross - CENT])
        assert gross_for_net(nets[gross - CENT], facts, LAW) == first


@pytest.mark.parametrize("kind", ["single", "no_income", "low_pension", "own_income"])
@pytest.mark.parametrize("member", [full_timer(), lina()], ids=["full time", "half time"])
def test_the_net_never_rises_by_more_than_the_gross_but_for_rounding(kind, member):
    """The search for a net passes over as much gross as net is missing, less ten cents."""
    facts = household(member, kind=kind)
    grosses = [
        start + Decimal(step) * CENT
        for start in map(Decimal, ("1090.00", "1945.38", "2190.18", "3000.00", "6038.82"))
        for step in range(0, 900, 3)
    ]

    kept = [gross - amount(facts.with_gross(gross), "net") for gross in grosses]

    most = kept[0]
    for one in kept:
        assert one > most - Decimal("0.10")
        most = max(most, one)


def test_the_gross_is_never_less_than_the_benefit_that_is_part_of_it():
    facts = replace(full_timer(), benefit_in_kind=Decimal("9.00"))

    assert gross_for_net(Decimal("0.00"), full_timer(), LAW) == 0
    assert gross_for_net(Decimal("0.00"), facts, LAW) >= Decimal("9.00")
    with pytest.raises(InvalidFact, match="benefit_in_kind is part of gross"):
        facts.with_gross(Decimal("8.99"))


@pytest.mark.parametrize("wage_cost", ["2454.03", "3661.40", "4968.85"])
def test_a_wage_cost_of_the_table_gives_its_gross_back(wage_cost):
    gross = gross_for_wage_cost(Decimal(wage_cost), full_timer(), LAW)

    assert (
        gross
        == {
            "2454.03": Decimal("2233.61"),
            "3661.40": Decimal("3000.00"),
            "4968.85": Decimal("3895.91"),
        }[wage_cost]
    )


def kinks(facts):
    return {kink.code for kink in kinks_near(facts, LAW)}


def test_the_start_of_the_special_contribution_is_named_with_its_step():
    near = TWO_INCOMES.with_gross(gross_for_net(net(Decimal("1095.00")), TWO_INCOMES, LAW))

    (kink,) = [kink for kink in kinks_near(near, LAW) if kink.code == "special_contribution"]

    assert (kink.below, kink.above) == (Decimal("0.00"), Decimal("5.15"))


@pytest.mark.parametrize(
    ("gross", "code"),
    [
        ("2300.62", "employment_bonus_b.full_time"),
        ("2937.93", "employment_bonus_a.full_time"),
        ("3246.05", "structural_reduction_full_time"),
        ("3895.91", "structural_reduction_full_time"),
        ("2190.18", "special_contribution"),
    ],
)
def test_a_bound_of_the_law_near_the_gross_is_named(gross, code):
    assert code in kinks(full_timer(gross=gross))


def test_where_every_rule_goes_on_nothing_is_named():
    assert kinks(full_timer(gross="2600.00")) == set()


def test_a_gross_below_six_euros_has_its_kinks_too():
    assert kinks(full_timer(gross="3.00")) == set()


def test_a_net_of_a_cent_needs_a_cent_of_gross():
    assert gross_for_net(Decimal("0.00"), full_timer(), LAW) == Decimal("0.00")
    assert gross_for_net(CENT, full_timer(), LAW) == CENT


def test_a_budget_that_just_pays_the_benefits_in_kind_is_enough():
    facts = replace(full_timer(), benefit_in_kind=Decimal("1500.00"))
    budget = amount(facts.with_gross(Decimal("1500.00")), "employer_cost")

    assert gross_for_budget(budget, facts, LAW) == Decimal("1500.00")
    with pytest.raises(OutOfReach, match="a gross of 1500.00 already has a cost"):
        gross_for_budget(budget - CENT, facts, LAW)


@pytest.mark.parametrize(
    ("search", "code"),
    [(gross_for_net, "net"), (gross_for_budget, "employer_cost"), (gross_for_wage_cost, "wage_cost")],
)
def test_a_wish_that_no_gross_up_to_a_million_meets_is_refused_by_its_name(search, code):
    with pytest.raises(OutOfReach, match=f"a(n)? {code} of 9000000.00 needs a gross above 1000000.00"):
        search(Decimal("9000000.00"), full_timer(), LAW)
    with pytest.raises(OutOfReach, match=f"the {code} asked for is negative: -1.00"):
        search(Decimal("-1.00"), full_timer(), LAW)
