from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from payroll.engine import cases, cases_file
from tests.payroll.engine.cast import ALONE, EMPLOYER, LAW, SINGLE, pay

ROWS = cases_file.read(Path(__file__).parents[1] / "cases" / "payroll_cases.csv")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_every_filled_cell_of_a_case_is_met_to_the_cent(row):
    computed = cases.amounts(row, LAW)

    expected = cases.expectations(row)
    assert expected
    assert {column: computed[column] for column in expected} == expected


def test_the_cases_cover_every_kind():
    kinds = Counter(row["kind"] for row in ROWS)

    assert kinds == {
        "monthly": 29,
        "withholding_only": 1,
        "work_bonus_only": 1,
        "csss_only": 1,
        "exceptional_other": 6,
        "exceptional_holiday": 3,
    }


def test_the_check_counts_every_filled_cell():
    outcomes = list(cases.check(ROWS, LAW))

    filled = sum(1 for row in ROWS for column, cell in row.items() if column.startswith("expected_") and cell)
    assert sum(outcome.cells for outcome in outcomes) == filled
    assert all(outcome.met for outcome in outcomes)


def test_a_wrong_cent_is_reported_with_its_case_and_column():
    row = dict(ROWS[0])
    row["expected_net"] = str(Decimal(row["expected_net"]) + Decimal("0.01"))

    (outcome,) = cases.check([row], LAW)

    assert not outcome.met
    assert [(one.case, one.column) for one in outcome.differences] == [(row["id"], "expected_net")]


def test_pay_below_the_floor_is_computed_and_flagged():
    (outcome,) = cases.check([row for row in ROWS if row["id"] == "VIC-single-None-0ch-223361"], LAW)

    assert outcome.met
    assert outcome.flags == ("The gross pay of 2233.61 is below the lowest pay allowed of 2242.81.",)


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        ("kind", "yearly", "kind must be one of monthly, "),
        ("period", "September", "period must be the first day of a month, such as 2026-09-01, not 'September'"),
        ("period", "2027-01-01", "no confirmed value of "),
        ("gross", "12,5", "gross must be an amount such as 2350.00, not '12,5'"),
        ("gross", "NaN", "gross must be an amount"),
        ("gross", "22E3", "gross must be an amount"),
        ("gross", "", "gross must be an amount such as 2350.00, not ''"),
        ("gross", "2233.615", "the fact gross has more than two decimals"),
        ("gross", "-1.00", "the fact gross may not be negative"),
        ("worktime", "1.5", "worktime must be a fraction above 0, at most 1, not '1.5'"),
        ("worktime", "0", "worktime must be a fraction above 0"),
        ("worktime", "75%", "worktime must be a fraction above 0, at most 1, not '75%'"),
        ("worktime", "0.000000001", "worktime must be a fraction above 0"),
        ("period", "2026-09-31", "period must be the first day of a month"),
        ("spouse", "own_income", "spouse must be empty when civil_status is single, not 'own_income'"),
        ("benefit_in_kind", "-1.00", "the fact benefit_in_kind may not be negative"),
        ("civil_status", "maried", "civil_status must be one of single, married, not 'maried'"),
        ("children", "two", "children must be a whole number, not 'two'"),
        ("disabled", "yes", "disabled must be one of 1, 0, empty, not 'yes'"),
        ("expected_net", "12.3.4", "expected_net must be an amount"),
    ],
)
def test_a_row_that_cannot_be_computed_is_told_and_stops_no_other(column, cell, sentence):
    wrong = {**ROWS[0], "id": "typo", column: cell}

    refused, fine = cases.check([wrong, ROWS[0]], LAW)

    assert sentence in refused.refusal
    assert not refused.met
    assert fine.met


def test_the_smallest_share_of_full_time_is_a_hundred_millionth():
    assert cases.facts_of(case(kind="monthly", gross="1.00", worktime="0.00000001")).work.hours == Decimal("0.01")


def test_a_row_stands_for_a_member_of_a_large_commercial_employer_for_whom_nothing_is_set_aside():
    facts = cases.facts_of(case(kind="monthly", gross="2000.00"))

    assert facts.employer == EMPLOYER
    assert (facts.work.weekly_hours, facts.work.full_time_weekly_hours) == (1_000_000, 1_000_000)
    assert (facts.scale.scale_class, facts.scale.experience, facts.scale.table) == ("A", 0, "I")
    assert facts.quarter == ALONE
    slip = pay(facts)
    assert slip["employer_cost"].amount == slip["wage_cost"].amount + slip["provision.holiday_pay"].amount
    assert facts.household == SINGLE


def test_a_married_row_without_the_spouses_income_is_refused():
    (outcome,) = cases.check([{**ROWS[0], "civil_status": "married"}], LAW)

    assert "spouse must be one of no_income, " in outcome.refusal


def test_a_row_that_expects_nothing_proves_nothing():
    row = {column: "" if column.startswith("expected_") else cell for column, cell in ROWS[0].items()}

    (outcome,) = cases.check([row], LAW)

    assert "nothing is expected" in outcome.refusal


def case(**cells):
    return {"id": "mine", "period": "2026-09-01", "civil_status": "single", **cells}


@pytest.mark.parametrize(
    ("worktime", "net"),
    # 2000.00 a month for these hours, as for a month that has 300 or 3800 of them: only the share counts.
    [("0.3333", "1655.53"), ("0.78947368", "1866.71"), ("1", "1943.29")],
)
def test_any_fraction_of_full_time_is_computed(worktime, net):
    computed = cases.amounts(case(kind="monthly", gross="2000.00", worktime=worktime), LAW)

    assert computed["expected_net"] == Decimal(net)


def test_a_taxable_amount_alone_gives_the_tax_without_a_bonus():
    computed = cases.amounts(case(kind="withholding_only", taxable_given="2000.00"), LAW)

    assert computed["expected_withholding"] == computed["expected_withholding_before_bonus"] == Decimal("167.01")


@pytest.mark.parametrize(("kind", "employer"), [("exceptional_other", "819.30"), ("exceptional_holiday", "0.00")])
def test_a_payment_beside_the_months_pay_bears_no_bonus_and_no_special_contribution(kind, employer):
    computed = cases.amounts(case(kind=kind, gross="3000.00", annual_reference_pay="31294.80"), LAW)

    assert {column: str(amount) for column, amount in computed.items() if not amount or "employer" in column} == {
        "expected_work_bonus_a": "0.00",
        "expected_work_bonus_b": "0.00",
        "expected_work_bonus_total": "0.00",
        "expected_fiscal_bonus": "0.00",
        "expected_csss": "0.00",
        "expected_employer": employer,
    }


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("withholding_only", "taxable_given"),
        ("exceptional_other", "annual_reference_pay"),
        ("exceptional_holiday", "onss_given"),
    ],
)
def test_an_input_of_another_kind_is_an_amount_in_whole_cents(kind, column):
    row = case(kind=kind, gross="3000.00", annual_reference_pay="30000.00", expected_net="1.00")

    negative, too_fine = cases.check([{**row, column: "-1.00"}, {**row, column: "1.005"}], LAW)

    assert negative.refusal == f"the fact {column} may not be negative: -1.00"
    assert too_fine.refusal == f"the fact {column} has more than two decimals: 1.005"
