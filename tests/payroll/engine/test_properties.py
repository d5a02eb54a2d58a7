from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payroll.engine import (
    Household,
    Payslip,
    QuarterSoFar,
    YearMonth,
    YearSoFar,
    gross_for_budget,
    gross_for_net,
    gross_for_wage_cost,
    recompute,
)
from tests.payroll.engine.cast import ALONE, LAW, NEW_YEAR, full_timer, hours, paid, pay

CENT = Decimal("0.01")
MONTHS = [YearMonth(2025, month) for month in range(2, 13)] + [YearMonth(2026, month) for month in range(1, 13)]
KINDS = ["single", "no_income", "small_pension", "low_pension", "low_income", "own_income"]

several = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def euros(low="0.00", high="9000.00"):
    return st.decimals(Decimal(low), Decimal(high), places=2)


@st.composite
def households(draw):
    kind = draw(st.sampled_from(KINDS))
    children = draw(st.integers(0, 10))
    return Household(
        kind=kind,
        children=children,
        disabled_children=draw(st.integers(0, children)),
        single_parent=kind == "single" and children > 0 and draw(st.booleans()),
        disabled=draw(st.booleans()),
        disabled_spouse=kind != "single" and draw(st.booleans()),
        other_dependants=draw(st.integers(0, 3)),
        dependants_65=draw(st.integers(0, 2)),
    )


@st.composite
def facts(draw):
    month = draw(st.sampled_from(MONTHS))
    weekly = draw(st.decimals(Decimal("8.00"), Decimal("38.00"), places=2))
    start = full_timer(gross=str(draw(euros())), month=month, work=hours(str(weekly)))
    if draw(st.booleans()):
        quarter, year = ALONE, NEW_YEAR
    else:
        earlier = tuple(
            paid(one, str(draw(euros("500.00", "5000.00"))), reduction=str(draw(euros("0.00", "300.00"))))
            for one in month.earlier_in_quarter
        )
        quarter = QuarterSoFar(months=earlier, policy=draw(st.sampled_from(["hold", "advance"])))
        year = YearSoFar(end_of_year_base=draw(euros()), double_holiday_pay=draw(euros()))
    return replace(
        start,
        household=draw(households()),
        benefit_in_kind_tax_only=draw(euros("0.00", "300.00")),
        group_insurance_contribution=draw(euros("0.00", "100.00")),
        quarter=quarter,
        year=year,
        costs=replace(start.costs, holiday_provision=draw(st.sampled_from(["cash", "accrual"]))),
    )


@several
@given(facts())
def test_the_net_is_the_gross_less_what_is_deducted(member):
    slip = pay(member)

    deducted = sum(slip[code].amount for code in ("social_contribution_due", "withholding_tax", "special_contribution"))
    assert slip["net"].amount == slip["gross"].amount - deducted


@several
@given(facts())
def test_the_bonus_never_exceeds_the_contribution(member):
    slip = pay(member)

    assert slip["employment_bonus_a"].amount >= 0
    assert slip["employment_bonus"].amount <= slip["social_contribution"].amount
    assert slip["employment_bonus_b"].amount >= 0


@several
@given(facts())
def test_the_withholding_tax_is_never_negative(member):
    slip = pay(member)

    assert slip["withholding_tax"].amount >= 0
    assert 0 <= slip["fiscal_bonus"].amount <= slip["withholding_left"].amount


@several
@given(facts())
def test_the_wage_cost_never_exceeds_the_employer_cost(member):
    slip = pay(member)

    assert slip["wage_cost"].amount <= slip["employer_cost"].amount


@several
@given(facts())
def test_every_figure_recombines_from_its_parts_and_every_cent_is_whole(member):
    for figure in pay(member).figures:
        assert recompute(figure) == figure.amount
        if figure.rounding == "cent":
            assert figure.amount == figure.amount.quantize(CENT)


@several
@given(facts())
def test_a_stored_payslip_is_read_back_whole(member):
    slip = pay(member)

    assert Payslip.from_json(slip.to_json()) == slip


@few
@given(facts(), euros("1500.00", "9000.00"))
def test_the_gross_of_a_budget_is_the_last_cent_that_fits(member, budget):
    gross = gross_for_budget(budget, member, LAW)

    at, above = (pay(member.with_gross(one))["employer_cost"].amount for one in (gross, gross + CENT))
    assert at <= budget < above


@few
@given(facts(), euros("1500.00", "9000.00"))
def test_the_gross_of_a_wage_cost_is_the_last_cent_that_fits(member, wage_cost):
    gross = gross_for_wage_cost(wage_cost, member, LAW)

    at, above = (pay(member.with_gross(one))["wage_cost"].amount for one in (gross, gross + CENT))
    assert at <= wage_cost < above


@few
@given(facts(), euros("500.00", "4500.00"))
def test_the_gross_of_a_net_reaches_it_and_no_cent_within_six_euros_below_does(member, target):
    gross = gross_for_net(target, member, LAW)

    assert pay(member.with_gross(gross))["net"].amount >= target
    below = [gross - step * CENT for step in range(1, 600, 37) if gross > step * CENT]
    assert all(pay(member.with_gross(one))["net"].amount < target for one in below)


@few
@given(facts(), euros("0.00", "8000.00"))
def test_the_employer_cost_strictly_rises_with_the_gross(member, gross):
    here, above = (pay(member.with_gross(one))["employer_cost"].amount for one in (gross, gross + CENT))

    assert here < above
