from pathlib import Path

import pytest

from payroll.engine import cases, cases_file
from payroll.engine.__main__ import main
from tests.payroll.engine.cast import LAW

CASES = Path(__file__).parents[1] / "cases" / "payroll_cases.csv"
HEADER, FIRST, SECOND, *_OTHERS = CASES.read_text().splitlines()


def given(tmp_path, *lines, ends="\n", mark=""):
    file = tmp_path / "mine.csv"
    file.write_bytes((mark + ends.join(lines)).encode())
    return file


def met(file):
    return [outcome.met for outcome in cases.check(cases_file.read(file), LAW)]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_any_line_ends_and_a_byte_order_mark_are_read(tmp_path, ends, mark):
    assert met(given(tmp_path, HEADER, FIRST, SECOND, ends=ends, mark=mark)) == [True, True]


def test_empty_lines_and_rows_of_empty_cells_do_not_count(tmp_path):
    assert met(given(tmp_path, "", HEADER, "", FIRST, "   ", ",,,", SECOND, "")) == [True, True]


def test_quotes_and_spaces_around_cells_do_not_count(tmp_path):
    quoted = [",".join(f'"{cell} "' for cell in line.split(",")) for line in (HEADER, FIRST)]
    spaced = [line.replace(",", " , ") for line in (HEADER, FIRST)]

    assert met(given(tmp_path, *quoted)) == [True]
    assert met(given(tmp_path, *spaced)) == [True]


def test_columns_in_capitals_and_in_another_order_are_read(tmp_path):
    turned = [",".join(reversed(line.split(","))) for line in (HEADER.upper(), FIRST)]

    assert met(given(tmp_path, *turned)) == [True]


def test_semicolons_come_with_decimal_commas_or_points(tmp_path):
    with_points = [line.replace(",", ";") for line in (HEADER, FIRST)]
    with_commas = [line.replace(",", ";").replace(".", ",") for line in (HEADER, FIRST)]

    assert met(given(tmp_path, *with_points)) == [True]
    assert met(given(tmp_path, *with_commas)) == [True]


def test_a_decimal_comma_of_a_note_stays_as_it_was_written(tmp_path):
    columns = "id;kind;period;civil_status;expected_net;note"

    (row,) = cases_file.read(given(tmp_path, columns, "a;monthly;2026-09-01;single;1,50;12,5 hours"))

    assert row["expected_net"] == "1.50"
    assert row["note"] == "12,5 hours"


def test_a_row_without_id_is_named_by_its_place(tmp_path):
    rows = cases_file.read(given(tmp_path, HEADER, FIRST, SECOND.replace(SECOND.split(",")[0], "", 1)))

    assert [row["id"] for row in rows] == [FIRST.split(",")[0], "row 2"]


def test_cells_that_a_row_lacks_at_its_end_are_empty(tmp_path):
    (row,) = cases_file.read(given(tmp_path, HEADER, "short,monthly"))

    assert row["kind"] == "monthly"
    assert row["period"] == row["source"] == ""


@pytest.mark.parametrize("separator", [",", ";"])
def test_an_amount_with_a_separator_of_thousands_is_refused(tmp_path, separator):
    columns = separator.join(("id", "kind", "period", "gross", "civil_status", "expected_onss"))
    rows = [
        separator.join(("a", "monthly", "2026-09-01", amount, "single", "291.93"))
        for amount in ('"2,233.61"', "2 233.61", "2'233.61")
    ]

    outcomes = cases.check(cases_file.read(given(tmp_path, columns, *rows)), LAW)

    assert all("gross must be an amount such as 2350.00, not " in one.refusal for one in outcomes)


def test_a_row_with_more_cells_than_columns_is_refused_and_stops_no_other(tmp_path):
    columns = "id,kind,period,gross,civil_status,expected_onss"
    split = "split,monthly,2026-09-01,2,233.61,single,291.93"
    whole = "whole,monthly,2026-09-01,2233.61,single,291.93"

    refused, fine = cases.check(cases_file.read(given(tmp_path, columns, split, whole)), LAW)

    assert refused.refusal == (
        "the row has more cells than the header line; write amounts without a separator of thousands, and texts with a "
        "comma in quotes"
    )
    assert fine.met


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["kind,kind,period,civil_status,expected_net", "a"], "has the column kind twice; keep one"),
        (["period,civil_status,expected_net", "a"], "missing kind; the first line names the columns"),
        (["id,kind,period,civil_status", "a"], "missing a column expected_…"),
        ([HEADER.replace("children", "childern"), FIRST], "has a column childern; write children"),
        ([HEADER.replace("expected_net", "expected_nett"), FIRST], "has a column expected_nett; write expected_net"),
        ([HEADER.replace("spouse", "spuse"), FIRST], "has a column spuse; write spouse"),
        ([HEADER.replace("worktime", "worktine"), FIRST], "has a column worktine; write worktime"),
        ([HEADER.replace(",", "\t"), FIRST], "missing kind, period, civil_status, a column expected_…"),
        ([HEADER, FIRST + ',"'], "line 2: unexpected end of data"),
        ([], "missing kind, period, civil_status"),
        ([HEADER, ",,", ""], "has no rows below its header line; add a case"),
    ],
)
def test_a_file_that_is_not_of_cases_is_refused_by_name(tmp_path, capsys, lines, sentence):
    file = given(tmp_path, *lines)

    assert main(["check", str(file)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("payroll.engine: mine.csv ")
    assert sentence in said


def test_a_column_that_no_rule_reads_is_told_beside_the_result(tmp_path, capsys):
    assert main(["check", str(given(tmp_path, f"{HEADER},tester", f"{FIRST},Ann"))]) == 0
    told = capsys.readouterr()

    assert told.err == "not read, for no rule knows them: tester\n"
    assert told.out.endswith("\n1 of 1 to the cent\n")


def test_nothing_is_told_when_every_column_is_read(capsys):
    assert main(["check", str(CASES)]) == 0

    assert capsys.readouterr().err == ""
