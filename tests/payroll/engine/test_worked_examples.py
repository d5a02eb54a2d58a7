from dataclasses import replace
from decimal import Decimal

import pytest

from payroll.engine import QuarterSoFar, YearMonth, YearSoFar, gross_for_budget, gross_for_net
from tests.payroll.engine.cast import LAW, amounts, found, full_timer, hours, household, lina, pay


def test_a_married_full_timer_with_two_children_in_october_2026():
    facts = household(full_timer(gross="2650.00", month=YearMonth(2026, 10)), kind="own_income", children=2)

    slip = pay(facts)

    assert amounts(
        slip,
        "social_contribution",
        "full_time_pay",
        "employment_bonus_a",
        "employment_bonus_b",
        "taxable",
        "withholding_before_bonus",
        "fiscal_bonus",
        "withholding_tax",
        "special_contribution",
        "net",
        "employer_contribution",
    ) == {
        "social_contribution": "346.36",
        "full_time_pay": "2650.00",
        "employment_bonus_a": "127.54",
        "employment_bonus_b": "77.69",
        "taxable": "2508.87",
        "withholding_before_bonus": "246.81",
        "fiscal_bonus": "83.09",
        "withholding_tax": "163.72",
        "special_contribution": "19.50",
        "net": "2325.65",
        "employer_contribution": "729.83",
    }
    lines = [str(line.amount) for line in slip.starting_with("employer_contribution.")]
    assert lines == ["662.50", "44.79", "10.34", "2.65", "2.65", "0.27", "0.53", "6.10"]


def test_a_single_three_quarter_timer_in_february_2026():
    facts = full_timer(gross="1900.00", month=YearMonth(2026, 2), work=hours("28.5"))

    slip = pay(facts)

    assert amounts(
        slip,
        "social_contribution",
        "full_time_pay",
        "employment_bonus_a.full_time",
        "employment_bonus_b.full_time",
        "employment_bonus_a",
        "employment_bonus_b",
        "taxable",
        "withholding_before_bonus",
        "fiscal_bonus",
        "withholding_tax",
        "special_contribution",
        "net",
    ) == {
        "social_contribution": "248.33",
        "full_time_pay": "2533.33",
        "employment_bonus_a.full_time": "123.00",
        "employment_bonus_b.full_time": "80.96",
        "employment_bonus_a": "92.25",
        "employment_bonus_b": "60.72",
        "taxable": "1804.64",
        "withholding_before_bonus": "98.43",
        "fiscal_bonus": "62.47",
        "withholding_tax": "35.96",
        "special_contribution": "0.00",
        "net": "1768.68",
    }


def test_lina_from_gross_to_net_in_september_2026():
    assert amounts(
        pay(lina()),
        "gross",
        "social_contribution",
        "full_time_pay",
        "employment_bonus_a.full_time",
        "employment_bonus_a",
        "employment_bonus_b.full_time",
        "employment_bonus_b",
        "employment_bonus",
        "social_contribution_due",
        "taxable",
        "tax_base",
        "yearly_tax_base",
        "lump_sum_expenses",
        "yearly_net",
        "tax_on_income",
        "exempt_amount_tax",
        "yearly_base_tax",
        "withholding_before_bonus",
        "fiscal_bonus_a",
        "fiscal_bonus_b",
        "fiscal_bonus",
        "withholding_tax",
        "special_contribution",
        "net",
    ) == {
        "gross": "1450.00",
        "social_contribution": "189.52",
        "full_time_pay": "2900.00",
        "employment_bonus_a.full_time": "127.54",
        "employment_bonus_a": "63.77",
        "employment_bonus_b.full_time": "10.22",
        "employment_bonus_b": "5.11",
        "employment_bonus": "68.88",
        "social_contribution_due": "120.64",
        "taxable": "1329.36",
        "tax_base": "1329.36",
        "yearly_tax_base": "15952.32",
        "lump_sum_expenses": "4785.70",
        "yearly_net": "11166.62",
        "tax_on_income": "2987.07",
        "exempt_amount_tax": "2987.98",
        "yearly_base_tax": "0.00",
        "withholding_before_bonus": "0.00",
        "fiscal_bonus_a": "21.13",
        "fiscal_bonus_b": "2.68",
        "fiscal_bonus": "0.00",
        "withholding_tax": "0.00",
        "special_contribution": "0.00",
        "net": "1329.36",
    }


def test_lina_from_gross_to_employer_cost_in_september_2026():
    slip = pay(lina())

    lines = [str(line.amount) for line in slip.starting_with("employer_contribution.")]
    assert lines == ["362.50", "24.51", "5.66", "1.45", "1.45", "0.15", "0.29", "3.34"]
    assert amounts(
        slip,
        "employer_contribution",
        "quarter_full_time_pay",
        "structural_reduction_quarter",
        "structural_reduction",
        "wage_cost",
        "provision.end_of_year",
        "provision.holiday_pay",
        "annual_premium",
        "annual_premium_contribution",
        "provision.annual_premium",
        "provision.eco_vouchers",
        "accident_insurance",
        "fixed_costs",
        "employer_cost",
        "wage_floor",
    ) == {
        "employer_contribution": "399.35",
        "quarter_full_time_pay": "8700.00",
        "structural_reduction_quarter": "344.79",
        "structural_reduction": "114.93",
        "wage_cost": "1734.42",
        "provision.end_of_year": "154.11",
        "provision.holiday_pay": "111.17",
        "annual_premium": "165.42",
        "annual_premium_contribution": "45.58",
        "provision.annual_premium": "17.58",
        "provision.eco_vouchers": "12.50",
        "accident_insurance": "4.35",
        "fixed_costs": "40.00",
        "employer_cost": "2074.13",
        "wage_floor": "1316.61",
    }
    assert slip["structural_reduction_full_time"].amount == Decimal("584.386")
    assert slip["working_time_share"].amount == Decimal("0.5")
    assert slip["working_time_factor"].amount == Decimal("1.18")


def test_linas_cost_goes_where_the_waterfall_says():
    slip = pay(lina())

    provisions = sum(line.amount for line in slip.starting_with("provision."))
    contribution = slip["employer_contribution"].amount - slip["structural_reduction"].amount
    assert provisions == Decimal("295.36")
    assert contribution == Decimal("284.42")
    assert slip["employer_cost"].amount == sum(
        (
            slip["net"].amount,
            slip["social_contribution_due"].amount,
            slip["withholding_tax"].amount,
            contribution,
            provisions,
            slip["accident_insurance"].amount,
            slip["fixed_costs"].amount,
        )
    )


def test_lina_is_paid_above_the_floor_and_within_the_hours_allowed():
    assert found(pay(lina())) == {"unconfirmed_parameter"}


def test_lina_priced_alone_costs_what_her_september_costs():
    assert amounts(pay(lina().alone()), "employer_cost", "structural_reduction") == {
        "employer_cost": "2074.13",
        "structural_reduction": "114.93",
    }


@pytest.mark.parametrize("facts", [lina(), lina().alone()], ids=["in her quarter", "alone"])
def test_what_the_invoice_funds_gives_linas_gross_and_net(facts):
    gross = gross_for_budget(Decimal("2350.00"), facts, LAW)

    assert gross == Decimal("1601.98")
    assert amounts(pay(facts.with_gross(gross)), "employer_cost", "net") == {
        "employer_cost": "2350.00",
        "net": "1412.11",
    }


@pytest.mark.parametrize("facts", [lina(), lina().alone()], ids=["in her quarter", "alone"])
def test_a_net_of_1400_gives_linas_gross_and_cost(facts):
    gross = gross_for_net(Decimal("1400.00"), facts, LAW)

    assert gross == Decimal("1571.16")
    assert amounts(pay(facts.with_gross(gross)), "employer_cost", "net") == {
        "employer_cost": "2294.05",
        "net": "1400.00",
    }


def test_a_gross_of_1700_priced_alone_costs_439_more():
    assert amounts(pay(lina().alone().with_gross(Decimal("1700.00"))), "employer_cost", "net") == {
        "employer_cost": "2513.41",
        "net": "1450.65",
    }


def test_a_gross_of_1700_in_linas_quarter_also_pays_back_reductions_already_given():
    slip = pay(lina().with_gross(Decimal("1700.00")))

    assert amounts(slip, "structural_reduction", "employer_cost", "net") == {
        "structural_reduction": "26.43",
        "employer_cost": "2527.95",
        "net": "1450.65",
    }


@pytest.mark.parametrize("code", ["provision.annual_premium", "provision.eco_vouchers"])
def test_twelve_monthly_parts_of_a_yearly_amount_make_the_year(code):
    parts = [pay(replace(lina().alone(), month=YearMonth(2026, month)))[code].amount for month in range(1, 13)]

    assert sum(parts) == {"provision.annual_premium": Decimal("211.00"), "provision.eco_vouchers": 150}[code]


def test_twelve_monthly_provisions_of_a_constant_pay_make_one_month():
    facts = lina().alone()
    end_of_year = holiday = Decimal("0.00")
    year = facts.year
    for month in range(1, 13):
        slip = pay(replace(facts, month=YearMonth(2026, month), year=year))
        end_of_year += slip["provision.end_of_year"].amount
        holiday += slip["provision.holiday_pay"].amount
        year = YearSoFar(
            end_of_year_base=year.end_of_year_base + slip["end_of_year_base"].amount,
            double_holiday_pay=year.double_holiday_pay + slip["double_holiday_pay"].amount,
        )

    assert (end_of_year, holiday) == (Decimal("1849.35"), Decimal("1334.00"))


def test_the_accrual_method_sets_aside_18_20_percent_of_gross():
    facts = replace(lina(), costs=replace(lina().costs, holiday_provision="accrual"))

    assert pay(facts)["provision.holiday_pay"].amount == Decimal("263.90")


def test_a_provision_that_the_cooperative_does_not_make_is_not_written():
    none = replace(lina().costs, end_of_year_premium=False, annual_premium=False, eco_vouchers=False)

    slip = pay(replace(lina(), costs=none))

    assert [line.code for line in slip.starting_with("provision.")] == ["provision.holiday_pay"]
    assert slip["employer_cost"].amount == Decimal("2074.13") - Decimal("184.19")


def test_the_held_reduction_raises_the_wage_cost_until_the_quarter_closes():
    facts = replace(lina(), month=YearMonth(2026, 7), quarter=QuarterSoFar(months=(), policy="hold"))

    assert pay(facts)["wage_cost"].amount == Decimal("1849.35")
