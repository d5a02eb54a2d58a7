from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from payroll.engine import cases
from tests.payroll.engine.cast import LAW

ROWS = cases.read(Path(__file__).parents[1] / "cases" / "payroll_cases.csv")
COVERED = [row for row in ROWS if not row["kind"].startswith("exceptional_")]


@pytest.mark.parametrize("row", COVERED, ids=lambda row: row["id"])
def test_every_filled_cell_of_a_case_is_met_to_the_cent(row):
    computed = cases.amounts(row, LAW)

    expected = cases.expectations(row)
    assert expected
    assert {column: computed[column] for column in expected} == expected


def test_the_cases_cover_the_kinds_of_ordinary_pay():
    kinds = Counter(row["kind"] for row in COVERED)

    assert kinds == {"monthly": 29, "withholding_only": 1, "work_bonus_only": 1, "csss_only": 1}


def test_nine_rows_of_exceptional_payments_are_not_computed_yet():
    report = cases.check(ROWS, LAW)

    assert len(report.not_covered) == 9
    assert report.rows == len(COVERED) + 9
    assert all("exceptional" in row["kind"] for row in ROWS if row["id"] in report.not_covered)


def test_the_check_counts_every_filled_cell_of_the_covered_rows():
    report = cases.check(ROWS, LAW)

    filled = sum(1 for row in COVERED for column, cell in row.items() if column.startswith("expected_") and cell)
    assert report.cells == filled == 293
    assert report.differences == ()


def test_a_wrong_cent_is_reported_with_its_case_and_column():
    row = dict(COVERED[0])
    row["expected_net"] = str(Decimal(row["expected_net"]) + Decimal("0.01"))

    report = cases.check([row], LAW)

    assert [(one.case, one.column) for one in report.differences] == [(row["id"], "expected_net")]
