from dataclasses import replace
from decimal import Decimal

import pytest

from payroll.engine import Law, YearMonth, payslip
from payroll.engine.law import BELGIUM
from tests.payroll.engine.cast import (
    EMPLOYER,
    LAW,
    amount,
    amounts,
    found,
    full_timer,
    hours,
    household,
    lina,
    paid,
    pay,
)

CENT = Decimal("0.01")


def bonus(gross, year, month):
    slip = pay(full_timer(gross=str(gross), month=YearMonth(year, month)))
    return str(slip["employment_bonus_a"].amount), str(slip["employment_bonus_b.full_time"].amount)


# Last month before and first month of each set, at a pay in the falling zone of both parts or of A.
@pytest.mark.parametrize(
    ("year", "month", "at_2300", "at_3000"),
    [
        (2025, 2, ("120.59", "128.95"), "66.31"),
        (2025, 12, ("120.59", "128.95"), "66.31"),
        (2026, 1, ("123.00", "143.94"), "76.22"),
        (2026, 2, ("123.00", "143.94"), "76.22"),
        (2026, 3, ("123.00", "143.94"), "82.31"),
        (2026, 4, ("125.04", "156.61"), "92.27"),
        (2026, 6, ("125.04", "156.61"), "92.27"),
        (2026, 7, ("127.54", "171.99"), "107.70"),
        (2026, 8, ("127.54", "171.99"), "107.70"),
        (2026, 9, ("127.54", "171.99"), "110.54"),
        (2026, 12, ("127.54", "171.99"), "110.54"),
    ],
)
def test_the_employment_bonus_changes_on_the_first_day_of_each_set(year, month, at_2300, at_3000):
    assert bonus("2300.00", year, month) == at_2300
    assert bonus("3000.00", year, month) == (at_3000, "0.00")


@pytest.mark.parametrize(
    ("gross", "part_a", "part_b"),
    [
        ("2300.61", "127.54", "171.99"),
        ("2300.62", "127.54", "171.99"),
        ("2300.63", "127.54", "171.99"),
        ("2300.64", "127.54", "171.98"),
        ("2937.92", "127.54", "0.00"),
        ("2937.93", "127.54", "0.00"),
        ("2937.94", "127.54", "0.00"),
        ("2937.95", "127.53", "0.00"),
        ("3403.61", "0.00", "0.00"),
        ("3403.62", "0.00", "0.00"),
        ("3403.63", "0.00", "0.00"),
    ],
)
def test_each_threshold_of_the_employment_bonus_in_september_2026(gross, part_a, part_b):
    assert bonus(gross, 2026, 9) == (part_a, part_b)


def test_part_b_is_cut_before_part_a_when_the_contribution_is_smaller():
    slip = pay(full_timer(gross="900.00"))

    assert amounts(slip, "social_contribution", "employment_bonus_a", "employment_bonus_b") == {
        "social_contribution": "117.63",
        "employment_bonus_a": "117.63",
        "employment_bonus_b": "0.00",
    }


@pytest.mark.parametrize(
    ("gross", "single", "two_incomes", "one_income"),
    [
        ("1095.09", "0.00", "0.00", "0.00"),
        ("1095.10", "0.00", "5.15", "0.00"),
        ("1945.37", "0.00", "5.15", "0.00"),
        ("1945.38", "0.00", "5.15", "0.00"),
        ("1945.39", "0.00", "5.15", "0.00"),
        ("2032.67", "3.68", "5.15", "5.15"),
        ("2190.17", "10.33", "14.44", "14.44"),
        ("2190.18", "10.33", "14.44", "14.44"),
        ("2190.19", "10.33", "14.44", "14.44"),
        ("3736.99", "27.34", "31.45", "31.45"),
        ("3737.00", "27.35", "31.46", "31.46"),
        ("3737.01", "27.35", "31.46", "31.46"),
        ("4100.00", "39.62", "35.45", "35.45"),
        ("4100.01", "39.61", "35.45", "35.45"),
        ("5572.00", "55.80", "51.64", "51.64"),
        ("5573.00", "55.81", "51.64", "51.65"),
        ("6038.82", "60.94", "51.64", "56.78"),
        ("6038.83", "60.94", "51.64", "56.78"),
        ("10000.00", "60.94", "51.64", "60.94"),
    ],
)
def test_each_bound_of_the_special_contribution(gross, single, two_incomes, one_income):
    facts = full_timer(gross=gross)

    found_by_kind = {
        kind: str(amount(household(facts, kind=kind), "special_contribution"))
        for kind in ("single", "own_income", "no_income", "low_income", "low_pension", "small_pension")
    }

    assert found_by_kind == {
        "single": single,
        "own_income": two_incomes,
        **dict.fromkeys(("no_income", "low_income", "low_pension", "small_pension"), one_income),
    }


def test_the_net_of_two_incomes_steps_down_by_5_14_where_the_special_contribution_starts():
    below = amount(household(full_timer(gross="1095.09"), kind="own_income"), "net")
    at = amount(household(full_timer(gross="1095.10"), kind="own_income"), "net")

    assert at - below == Decimal("-5.14")


@pytest.mark.parametrize(
    ("month", "limit", "constant"),
    [
        (YearMonth(2025, 12), "16310", "4362.93"),
        (YearMonth(2025, 12), "28790", "9704.37"),
        (YearMonth(2025, 12), "49820", "19830.32"),
        (YearMonth(2026, 1), "16710", "4469.93"),
        (YearMonth(2026, 1), "29500", "9944.05"),
        (YearMonth(2026, 1), "51050", "20320.38"),
    ],
)
def test_the_constant_of_each_tax_bracket_is_the_rounded_tax_below_it(month, limit, constant):
    rows = LAW.on(month)["withholding_tax"].rows("brackets")

    assert Decimal(constant) in [row["constant"].value for row in rows if row["from"].value == Decimal(limit)]


@pytest.mark.parametrize(
    ("kind", "changes", "month", "less_a_year"),
    [
        ("single", {"children": 1}, 12, "612"),
        ("single", {"children": 3}, 12, "4296"),
        ("single", {"children": 1, "single_parent": True}, 12, "1224"),
        ("single", {"disabled": True}, 12, "612"),
        ("single", {"other_dependants": 2}, 12, "1224"),
        ("single", {"dependants_65": 1}, 12, "1944"),
        ("low_income", {}, 12, "1698"),
        ("low_pension", {}, 12, "3390"),
        ("single", {"children": 1}, 1, "624"),
        ("single", {"children": 1, "disabled_children": 1}, 1, "1656"),
        ("single", {"children": 8}, 1, "21996"),
        ("single", {"children": 10}, 1, "29724"),
        ("single", {"dependants_65": 1}, 1, "1992"),
        ("low_income", {}, 1, "1740"),
        ("low_pension", {}, 1, "3474"),
        ("no_income", {"disabled_spouse": True}, 1, "624"),
        ("own_income", {"disabled_spouse": True}, 1, "0"),
    ],
)
def test_each_family_reduction_of_2025_and_2026(kind, changes, month, less_a_year):
    year = 2025 if month == 12 else 2026
    facts = household(full_timer(gross="6500.00", month=YearMonth(year, month)), kind=kind, **changes)

    assert amount(facts, "family_reductions") == Decimal(less_a_year)


def test_above_eight_children_each_more_takes_322_a_month_in_2026():
    nine = amount(household(full_timer(gross="9000.00"), children=9), "family_reductions")
    ten = amount(household(full_timer(gross="9000.00"), children=10), "family_reductions")

    assert (ten - nine) / 12 == 322


@pytest.mark.parametrize(
    ("month", "gross", "expenses"),
    [
        (YearMonth(2025, 12), "10000.00", "5930"),
        (YearMonth(2026, 1), "10000.00", "6070"),
    ],
)
def test_lump_sum_expenses_stop_at_their_maximum(month, gross, expenses):
    assert amount(full_timer(gross=gross, month=month), "lump_sum_expenses") == Decimal(expenses)


def test_a_company_car_is_taxed_but_is_not_pay():
    plain = full_timer(gross="3000.00")
    car = replace(plain, benefit_in_kind_tax_only=Decimal("150.00"))

    assert amount(car, "tax_base") - amount(plain, "tax_base") == 150
    assert amount(car, "taxable") == amount(plain, "taxable")
    assert amount(plain, "net") - amount(car, "net") == amount(car, "withholding_tax") - amount(
        plain, "withholding_tax"
    )


def test_a_benefit_that_is_part_of_gross_was_already_enjoyed():
    plain = full_timer(gross="3000.00")
    phone = replace(plain, benefit_in_kind=Decimal("9.00"))

    assert amount(plain, "net") - amount(phone, "net") == Decimal("9.00")


def test_the_commuting_exemption_lowers_the_tax_base_never_below_zero():
    facts = replace(full_timer(gross="100.00"), commuting_exemption=Decimal("500.00"))

    assert amount(facts, "tax_base") == 0


def test_group_insurance_takes_30_percent_of_the_contribution_off_the_tax():
    plain = full_timer(gross="3000.00")
    insured = replace(plain, group_insurance_contribution=Decimal("50.05"))

    assert amount(insured, "group_insurance_reduction") == Decimal("15.02")
    assert amount(plain, "withholding_tax") - amount(insured, "withholding_tax") == Decimal("15.02")
    assert "no_outside_result" in found(pay(insured))


@pytest.mark.parametrize(
    ("month", "headcount", "commercial", "rate"),
    [
        (YearMonth(2025, 12), "20+", True, "0.2745"),
        (YearMonth(2025, 12), "10-19", True, "0.2740"),
        (YearMonth(2025, 12), "<10", True, "0.2571"),
        (YearMonth(2026, 1), "20+", True, "0.2754"),
        (YearMonth(2026, 1), "10-19", True, "0.2749"),
        (YearMonth(2026, 1), "<10", True, "0.2580"),
        (YearMonth(2026, 1), "20+", False, "0.2716"),
    ],
)
def test_the_employers_rates_add_up_by_size_and_purpose(month, headcount, commercial, rate):
    employer = replace(EMPLOYER, headcount_class=headcount, commercial_purpose=commercial)
    facts = replace(full_timer(gross="10000.00", month=month), employer=employer)

    assert amount(facts, "employer_contribution") == Decimal(rate) * 10000


def test_above_the_quarters_ceiling_only_the_fund_contributions_are_due():
    months = (paid(YearMonth(2026, 7), "40000.00", weekly="38"), paid(YearMonth(2026, 8), "40000.00", weekly="38"))
    quarter = replace(lina().quarter, months=months)
    facts = replace(full_timer(gross="10000.00"), quarter=quarter)

    slip = pay(facts)

    assert slip["base_contribution_pay"].amount == Decimal("6700.00")
    assert slip["employer_contribution.base"].amount == Decimal("1675.00")
    assert slip["employer_contribution.ten_or_more"].amount == Decimal("169.00")


def test_before_july_2025_the_base_contribution_has_no_ceiling():
    facts = full_timer(gross="100000.00", month=YearMonth(2025, 6))

    assert amount(facts, "base_contribution_pay") == 100000
    assert amount(replace(facts, month=YearMonth(2025, 7)), "base_contribution_pay") == 85000


def test_a_gross_one_cent_under_the_floor_is_computed_and_reported():
    at = lina().with_gross(Decimal("1316.61"))
    below = lina().with_gross(Decimal("1316.60"))

    assert "gross_below_wage_floor" not in found(pay(at))
    assert "gross_below_wage_floor" in found(pay(below))
    assert amount(below, "net") > 0


@pytest.mark.parametrize(
    ("month", "scale_class", "table", "experience", "floor"),
    [
        (YearMonth(2025, 2), "A", "I", 0, "2194.32"),
        (YearMonth(2025, 12), "B", "I", 2, "2311.99"),
        (YearMonth(2026, 1), "B", "I", 2, "2363.08"),
        (YearMonth(2026, 1), "C", "II", 6, "2681.47"),
        (YearMonth(2026, 9), "D", "II", 26, "3722.55"),
        (YearMonth(2026, 9), "D", "II", 40, "3722.55"),
    ],
)
def test_the_floor_is_the_sectors_scale_by_class_and_experience(month, scale_class, table, experience, floor):
    facts = full_timer(month=month)
    scale = replace(facts.scale, scale_class=scale_class, table=table, experience=experience)

    assert amount(replace(facts, scale=scale), "wage_floor") == Decimal(floor)


@pytest.mark.parametrize(
    ("weekly", "month", "finding"),
    [
        ("12.67", YearMonth(2026, 9), None),
        ("12.66", YearMonth(2026, 9), "weekly_hours_only_under_announced_rule"),
        ("3.80", YearMonth(2026, 9), "weekly_hours_only_under_announced_rule"),
        ("3.79", YearMonth(2026, 9), "weekly_hours_below_minimum"),
        ("12.66", YearMonth(2026, 3), "weekly_hours_below_minimum"),
    ],
)
def test_weekly_hours_under_one_third_are_reported(weekly, month, finding):
    slip = pay(full_timer(gross="1000.00", month=month, work=hours(weekly)))

    assert {code for code in found(slip) if code.startswith("weekly_hours")} == ({finding} if finding else set())


@pytest.mark.parametrize(
    ("weekly", "vouchers"),
    [("30.40", "250"), ("30.39", "200"), ("22.80", "200"), ("22.79", "150"), ("19.00", "150"), ("18.99", "100")],
)
def test_eco_vouchers_step_with_the_working_time(weekly, vouchers):
    figure = pay(full_timer(work=hours(weekly)))["provision.eco_vouchers"]

    assert figure.parts[0].value == Decimal(vouchers)


def test_an_incomplete_month_brings_pay_and_floor_to_the_hours_done():
    facts = full_timer(gross="1500.00")
    half = replace(facts, work=replace(facts.work, hours=Decimal("83.60"), full_time_hours=Decimal("167.20")))

    slip = pay(half)

    assert slip["full_time_pay"].amount == Decimal("3000.00")
    assert slip["wage_floor"].amount == Decimal("1155.15")


@pytest.mark.parametrize(("month", "reported"), [(9, False), (10, True)])
def test_from_october_2026_the_parameters_that_follow_the_index_are_to_be_confirmed(month, reported):
    slip = pay(full_timer(month=YearMonth(2026, month)))

    names = {name for finding in slip.findings for name in finding.parameters}
    assert ("employment_bonus.a.max" in names) is reported


@pytest.mark.parametrize(
    ("gross", "told"), [("2937.93", ["parameter", "declining"]), ("3403.62", ["declining", "nothing"])]
)
def test_a_pay_exactly_on_a_bound_of_the_bonus_is_explained_by_the_row_below_it(gross, told):
    at, above = (pay(full_timer(gross=str(Decimal(gross) + more))) for more in (0, CENT))

    assert [slip["employment_bonus_a.full_time"].rule for slip in (at, above)] == told


def test_eight_children_counted_have_a_reduction_of_their_own():
    eight, nine = (
        pay(household(full_timer(gross="9000.00"), children=children))["family_reduction.children"]
        for children in (8, 9)
    )

    assert (eight.rule, nine.rule) == ("parameter", "beyond_eight")


def parameters_of(slip, code):
    return next(finding.parameters for finding in slip.findings if finding.code == code)


def test_a_gross_under_the_floor_is_told_with_the_minimum_wage_and_the_row_of_the_scale():
    slip = pay(full_timer(gross="1000.00"))

    assert parameters_of(slip, "gross_below_wage_floor") == ("minimum_wage.full_time", "pay_scale_pc200.II.1.A")


@pytest.mark.parametrize(
    ("weekly", "finding", "rules"),
    [
        ("12.66", "weekly_hours_only_under_announced_rule", ["minimum", "announced"]),
        ("3.79", "weekly_hours_below_minimum", ["minimum"]),
    ],
)
def test_hours_under_the_minimum_are_told_with_the_shares_that_they_miss(weekly, finding, rules):
    facts = full_timer(gross="1000.00", work=hours(weekly))
    slip = pay(replace(facts, costs=replace(facts.costs, annual_premium=False)))

    assert parameters_of(slip, finding) == tuple(
        f"working_time.{rule}.{part}" for rule in rules for part in ("numerator", "denominator")
    )
    assert str(slip["weekly_hours"].amount) == weekly  # though no premium follows the contract's hours
    assert slip["full_time_weekly_hours"].amount == 38


def test_a_third_of_full_time_may_be_written_as_two_sixths(tmp_path):
    for file in BELGIUM.glob("*.yaml"):
        text = file.read_text().replace('{numerator: "1", denominator: "3"}', '{numerator: "2", denominator: "6"}')
        (tmp_path / file.name).write_text(text)
    law = Law.load(tmp_path)

    assert law.digest != LAW.digest
    for weekly in ("12.67", "12.66"):
        facts = full_timer(gross="1000.00", work=hours(weekly))
        assert found(payslip(facts, law)) == found(pay(facts))
