from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from payroll.engine import cases
from tests.payroll.engine.cast import LAW

ROWS = cases.read(Path(__file__).parents[1] / "cases" / "payroll_cases.csv")


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
        ("gross", "-1.00", "the fact gross may not be negative"),
        ("worktime", "1.5", "worktime must be a fraction above 0, at most 1, not '1.5'"),
        ("worktime", "0", "worktime must be a fraction above 0"),
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


def test_a_married_row_without_the_spouses_income_is_refused():
    (outcome,) = cases.check([{**ROWS[0], "civil_status": "married"}], LAW)

    assert "spouse must be one of no_income, " in outcome.refusal


def test_a_row_that_expects_nothing_proves_nothing():
    row = {column: "" if column.startswith("expected_") else cell for column, cell in ROWS[0].items()}

    (outcome,) = cases.check([row], LAW)

    assert "nothing is expected" in outcome.refusal
