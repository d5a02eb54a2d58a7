"""Files of a secretariat: CSV, XLSX and XML read by the cooperative's layout, and each wrong cell named."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from coop.imports.reader import FileUnreadable
from coop.periods import Month
from payroll.engine import payslip
from payroll.secretariat import reading, xml
from payroll.secretariat.amounts import Amounts
from payroll.secretariat.reading import Layout, Reading
from tests.payroll.engine import cast
from tests.payroll.secretariat import build

OCTOBER = Month(2026, 10)
TODAY = date(2026, 10, 26)
CONTRACTS: dict[str, UUID] = {"0001": uuid4(), "0002": uuid4()}
LAYOUT = Layout(build.COLUMNS)


def results() -> dict[str, Amounts]:
    """Two workers, one of them without the part A of the bonus' counterpart in tax."""
    full = payslip(cast.full_timer(gross="3000.00"), cast.LAW)
    half = payslip(cast.full_timer(gross="1450.00", work=cast.hours("19")), cast.LAW)
    return {"0001": build.amounts(full, hours="164.67"), "0002": build.amounts(half, hours="82.33")}


def read(content: bytes, layout: Layout = LAYOUT, **options: Any) -> Reading:
    table = reading.table_of(content, filename="results", row_path=layout.row_path)
    return reading.read(
        table, layout, month=OCTOBER, contracts=CONTRACTS, today=TODAY, is_xml=xml.is_xml(content), **options
    )


def changed(old: str, new: str, content: bytes | None = None) -> bytes:
    """The CSV with a text replaced once."""
    content = content or build.csv(results())
    assert old.encode() in content
    return content.replace(old.encode(), new.encode(), 1)


def said(found: Reading) -> list[tuple[int, str, str]]:
    """Line, column and value of the problems."""
    return [(one.line, one.column, one.value) for one in found.problems]


@pytest.mark.parametrize("write", [build.csv, build.xlsx])
def test_a_table_gives_the_amounts_of_each_worker(write: Any) -> None:
    found = read(write(results()))

    assert found.problems == []
    assert {line.contract: line.amounts for line in found.lines} == {
        CONTRACTS[number]: one for number, one in results().items()
    }


def test_an_xml_file_gives_them_by_the_path_of_each_element() -> None:
    content = build.xml(results())
    paths = xml.row_elements(content, filename="results")
    layout = Layout(build.PATHS, "Results/Workers/Worker")

    found = read(content, layout)

    assert "Results/Workers/Worker" in [one.path for one in paths]
    assert found.problems == []
    expected = {CONTRACTS[number]: replace(one, taxable=None, hours=None) for number, one in results().items()}
    assert {line.contract: line.amounts for line in found.lines} == expected
    assert [line.line for line in found.lines] == [4, 13]


def test_the_element_of_a_worker_is_found_by_itself_where_it_is_the_one_that_repeats() -> None:
    content = b"<r><w nr='1'><a>1</a></w><w nr='2'><a>2</a></w></r>"

    table = reading.table_of(content, filename="results")

    assert table.header == ("@nr", "a")
    assert [record.cells for record in table.records] == [("1", "1"), ("2", "2")]


def test_a_wrong_cell_is_named_by_row_column_value_and_remedy_and_nothing_counts() -> None:
    found = read(changed("3000,00", "3000,OO"))

    assert found.lines == []
    (problem,) = found.problems
    assert (problem.line, problem.column, problem.value) == (2, "Brut", "3000,OO")
    assert problem.reason
    assert problem.remedy


def test_an_unknown_worker_and_a_worker_twice_are_named() -> None:
    rows = build.rows(results())
    again = build.csv(results(), more=[rows[0], ["0099", *rows[1][1:]]])

    found = read(again)

    assert said(found) == [(4, "N° travailleur", "0001"), (5, "N° travailleur", "0099")]
    assert "line 2" in found.problems[0].reason


def test_a_total_below_the_rows_is_left_out_and_told() -> None:
    found = read(build.csv(results(), more=[["", "TOTAL", "4450,00"]]))

    assert len(found.lines) == 2
    assert found.notices == ["1 row without a worker number was left out (line 4)."]


def test_amounts_that_do_not_give_the_net_are_refused() -> None:
    wrong = replace(results()["0001"], net=results()["0001"].net + 1)

    found = read(build.csv({"0001": wrong}))

    assert [(one.line, one.column) for one in found.problems] == [(2, "Net")]


def test_a_file_that_writes_what_is_taken_off_with_a_minus_sign_is_read_as_such() -> None:
    def turned(one: Amounts) -> Amounts:
        return replace(
            one,
            social_contribution=-one.social_contribution,
            withholding_tax=-one.withholding_tax,
            special_contribution=-one.special_contribution,
            structural_reduction=-one.structural_reduction,
        )

    content = build.csv({number: turned(one) for number, one in results().items()})

    minus, plus = read(content, replace(LAYOUT, signs="minus")), read(content)

    assert {line.contract: line.amounts for line in minus.lines} == {
        CONTRACTS[number]: one for number, one in results().items()
    }
    assert {one.column for one in plus.problems} >= {"ONSS", "Précompte"}


def test_columns_that_are_missing_double_or_not_chosen_are_named() -> None:
    renamed = read(changed("Précompte", "Impôt"))
    double = read(changed("Nom", "Brut"))
    unchosen = read(build.csv(results()), Layout({name: head for name, head in build.COLUMNS.items() if name != "net"}))

    assert said(renamed) == [(1, "Précompte", "")]
    assert said(double) == [(1, "Brut", "Brut")]
    assert len(unchosen.problems) == 1
    assert "Net pay" in unchosen.problems[0].reason


def test_a_file_of_another_month_is_refused_where_it_says_its_month() -> None:
    content = changed("Nom", "Mois").replace(b"Exemple", b"2026-09")

    found = read(content, Layout({**build.COLUMNS, "month": "Mois"}))

    assert [one.column for one in found.problems] == ["Mois", "Mois"]


def test_a_contribution_after_the_bonus_has_no_parts_of_the_bonus() -> None:
    without = {name: head for name, head in build.COLUMNS.items() if not name.startswith("employment_bonus")}
    after = {
        number: replace(one, social_contribution=one.contribution_due, employment_bonus_a=None, employment_bonus_b=None)
        for number, one in results().items()
    }

    found = read(build.csv(after), Layout(without))

    assert [line.amounts for line in found.lines] == list(after.values())


def test_an_empty_bonus_is_none_of_it() -> None:
    full = payslip(cast.full_timer(gross="3600.00"), cast.LAW)
    none = build.amounts(full, employment_bonus_a="0.00", employment_bonus_b="0.00")
    content = build.csv({"0001": replace(none, employment_bonus_a=None, employment_bonus_b=None)})

    (line,) = read(content).lines

    assert (line.amounts.employment_bonus_a, line.amounts.employment_bonus_b) == (Decimal(0), Decimal(0))


# --- XML from outside -------------------------------------------------------------------------------------------------

BOMB = b'<!DOCTYPE r [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]><r><w><a>&b;</a></w></r>'
OUTSIDE = b'<!DOCTYPE r SYSTEM "http://example.invalid/r.dtd"><r><w><a>1</a></w></r>'
LOCAL = b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hostname">]><r><w><a>&a;</a></w></r>'


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        OUTSIDE,
        LOCAL,
        LOCAL.decode().encode("utf-16"),
        b"<r><w>",
        b"<r>" + b"<w><a>" * 60 + b"1" + b"</a></w>" * 60 + b"</r>",
        b"<r>" + b"<w><a>1</a></w>" * 110_000 + b"</r>",
        b"<r><w><a>" + b"x" * 3000 + b"</a></w></r>",
        b"<r>" + b" " * (11 * 1024 * 1024) + b"</r>",
        b"<r><w>&undefined;</w></r>",
        b"<r>1</r>",
    ],
    ids=["bomb", "outside", "local", "utf-16", "broken", "deep", "many", "long", "large", "undefined", "no rows"],
)
def test_an_xml_file_that_reaches_out_or_grows_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(FileUnreadable) as refusal:
        reading.table_of(content, filename="results.xml")

    assert refusal.value.reason
    assert refusal.value.remedy


def test_elements_of_one_name_are_told_apart_by_attribute_child_or_place() -> None:
    content = b"""<r>
    <w><l code="1"><v>5</v></l><l code="2"><v>6</v></l><c><Code>A</Code><v>7</v></c><c><Code>B</Code><v>8</v></c><p>9</p><p>10</p></w>
    </r>"""

    table = reading.table_of(content, filename="results", row_path="r/w")

    assert dict(zip(table.header, table.records[0].cells, strict=True)) == {
        "l[@code='1']/@code": "1", "l[@code='1']/v": "5", "l[@code='2']/@code": "2", "l[@code='2']/v": "6",
        "c[Code='A']/Code": "A", "c[Code='A']/v": "7", "c[Code='B']/Code": "B", "c[Code='B']/v": "8",
        "p[1]": "9", "p[2]": "10",
    }  # fmt: skip
