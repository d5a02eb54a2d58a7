"""A social secretariat's file and the cooperative's mapping in, its results out: each wrong cell named. Pure; EUR."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coop import formatting
from coop.imports import reader, sheets
from coop.imports.reader import Table
from coop.imports.sheets import Context, Outcome, Problem, Row, Sheet
from coop.money import ZERO
from coop.periods import Month
from payroll.secretariat import xml
from payroll.secretariat.amounts import BY_NAME, FIELDS, Amounts

PREVIEW_ROWS = 5
BONUS = frozenset({"employment_bonus_a", "employment_bonus_b"})
AMOUNTS = {field.name for field in fields(Amounts)}


@dataclass(frozen=True)
class Layout:
    """Which column of a file is which amount: ``columns`` by the names of ``FIELDS``; the row of a worker in an XML file."""

    columns: Mapping[str, str]
    row_path: str = ""
    signs: str = "plus"


@dataclass(frozen=True)
class Line:
    """The result of one worker: its line in the file, the contract, the amounts."""

    line: int
    contract: UUID
    amounts: Amounts


@dataclass(frozen=True)
class Reading:
    """What a file gives: results, or the problems for which none of it is taken; and what should be known of it."""

    lines: Sequence[Line]
    problems: Sequence[Problem]
    notices: Sequence[str]


def table_of(content: bytes, *, filename: str, encoding: str = "", row_path: str = "") -> Table:
    """Return the table of a file, CSV, XLSX or XML as its content tells; of XML the rows at ``row_path``.

    Without a path, those of the most frequent element. Raises FileUnreadable.
    """
    if not xml.is_xml(content):
        return reader.read(content, filename=filename, encoding=encoding)
    if not row_path:
        row_path = next((one.path for one in xml.row_elements(content, filename=filename)), "")
    return xml.read(content, filename=filename, row_path=row_path)


def fits(mapping: Layout, table: Table) -> bool:
    """Tell whether a file has every column of a mapping that a result needs."""
    wanted = [field.name for field in FIELDS if field.required]
    return all(mapping.columns.get(name) in table.header for name in wanted)


def read(
    table: Table, mapping: Layout, *, month: Month, contracts: Mapping[str, UUID], today: date, is_xml: bool = False
) -> Reading:
    """Return the results of a table. ``contracts`` are the contracts of the cooperative by worker number.

    A row without a worker number (a total) is left out and told. A worker number that is unknown or stands twice, a cell
    that is no amount, another month, amounts that do not give the net: each is a problem, and then no result counts. Of an
    XML file a column that is not required may be absent: what nobody has is not written.
    """
    columns, problems = _columns(table, mapping, is_xml=is_xml)
    if problems:
        return Reading([], problems, table.notices)
    chosen, left_out = _chosen(table, columns)
    sheet = _sheet(columns, mapping.signs)
    rows, problems = sheets.read_rows(sheet, chosen, today=today)
    finder = _Finder(contracts)
    lines = []
    for row in rows:
        line, found = _line(row, mapping, month=month, finder=finder)
        problems = [*problems, *found]
        if line is not None:
            lines.append(line)
    notices = [*table.notices, *_said(left_out)]
    named = [_in_words_of_file(problem, mapping) for problem in problems]
    return Reading([] if named else lines, sorted(named, key=lambda one: one.line), notices)


def _columns(table: Table, mapping: Layout, *, is_xml: bool) -> tuple[dict[str, int], list[Problem]]:
    """Return the place of each mapped column, and those that the file lacks or has twice."""
    columns: dict[str, int] = {}
    problems = []
    for field in FIELDS:
        name = mapping.columns.get(field.name, "")
        if not name:
            if field.required:
                problems.append(_without(table, field.title))
            continue
        places = [place for place, head in enumerate(table.header) if head == name]
        if len(places) == 1:
            columns[field.name] = places[0]
        elif places:
            reason, remedy = _("This column stands twice in the file."), _("Keep one of the two.")
            problems.append(Problem(table.header_line, name, name, reason, remedy))
        elif field.required or not is_xml:
            problems.append(
                Problem(
                    table.header_line, name, "",
                    _("The file has no such column, which held: %(field)s.") % {"field": field.title},
                    _("Choose the column again, or ask the social secretariat for the file in its usual layout."),
                )
            )  # fmt: skip
    return columns, problems


def _without(table: Table, title: Any) -> Problem:
    return Problem(
        table.header_line, "", "", _("No column was chosen for: %(field)s.") % {"field": title},
        _("Choose the column that holds it."),
    )  # fmt: skip


def _chosen(table: Table, columns: Mapping[str, int]) -> tuple[Table, list[int]]:
    """Return the table of the mapped columns alone, and the lines left out because they name no worker."""
    places = list(columns.values())
    records, left_out = [], []
    for record in table.records:
        cells = tuple(record.cells[place] if place < len(record.cells) else "" for place in places)
        if cells[0] == "":
            left_out.append(record.line)
        else:
            records.append(reader.Record(record.line, cells))
    lines = {record.line for record in records}
    faults = tuple(
        reader.Fault(fault.line, places.index(fault.place), fault.value, fault.reason, fault.remedy)
        for fault in table.faults
        if fault.place in places and fault.line in lines
    )
    return Table(tuple(columns), table.header_line, tuple(records), faults=faults), left_out


def _sheet(columns: Mapping[str, int], signs: str) -> Sheet:
    return Sheet(
        name="social_secretariat", title=_("Social secretariat"), description="", apply=_never,
        columns=[BY_NAME[name].column(minus=signs) for name in columns],
    )  # fmt: skip


def _never(rows: Sequence[Row], context: Context) -> Outcome:
    raise RuntimeError("results are imported by payroll.services.secretariat")


class _Finder:
    """Finds contracts by worker number; a number that lost its leading zeros in a spreadsheet is found all the same."""

    def __init__(self, contracts: Mapping[str, UUID]) -> None:
        self.contracts = contracts
        self.bare: dict[str, list[UUID]] = {}
        for number, contract in contracts.items():
            self.bare.setdefault(_bare(number), []).append(contract)
        self.lines: dict[UUID, int] = {}

    def find(self, number: str) -> UUID | None:
        """Return the contract of a worker number; None when none or several could be meant."""
        if number in self.contracts:
            return self.contracts[number]
        found = self.bare.get(_bare(number), [])
        return found[0] if len(found) == 1 else None


def _bare(number: str) -> str:
    return number.strip().lstrip("0").casefold()


def _line(row: Row, mapping: Layout, *, month: Month, finder: _Finder) -> tuple[Line | None, list[Problem]]:
    problems = []
    contract = finder.find(row["worker_number"])
    if contract is None:
        problems.append(
            row.problem(
                "worker_number",
                reason=_("No contract of the cooperative has this worker number."),
                remedy=_("Correct the number with the social secretariat, or record the contract."),
            )
        )
    elif contract in finder.lines:
        problems.append(
            row.problem(
                "worker_number",
                reason=_("This worker stands twice in the file; the first time on line %(line)d.")
                % {"line": finder.lines[contract]},
                remedy=_("Keep one row for each worker."),
            )
        )
    else:
        finder.lines[contract] = row.line
    if row.values.get("month") not in (None, "", month):
        problems.append(
            row.problem(
                "month",
                reason=_("The file is of another month than the run, %(month)s.") % {"month": formatting.month(month)},
                remedy=_("Choose the file of this month."),
            )
        )
    amounts, found = _amounts(row, mapping)
    problems += found
    if problems or contract is None or amounts is None:
        return None, problems
    return Line(row.line, contract, amounts), []


def _amounts(row: Row, mapping: Layout) -> tuple[Amounts | None, list[Problem]]:
    values: dict[str, Decimal] = {}
    problems = []
    for name, value in row.values.items():
        if name not in AMOUNTS or value is None:
            continue
        field = BY_NAME[name]
        values[name] = -value if field.taken_off and mapping.signs == "minus" and value else value
        if values[name] < 0 and not field.negative:
            problems.append(
                row.problem(
                    name,
                    reason=_("This amount has the other sign than amounts of this kind have in the file."),
                    remedy=_("Correct the cell, or choose how the file writes what is taken off."),
                )
            )
    if problems:
        return None, problems
    values.setdefault("withholding_tax", ZERO)
    if row.values.keys() & BONUS:
        values = dict.fromkeys(BONUS, ZERO) | values
    found = Amounts(**values)
    if found.left != found.net:
        problems.append(
            row.problem(
                "net",
                reason=_("The other amounts of this row leave a net of %(left)s, not %(net)s.")
                % {"left": formatting.money(found.left), "net": formatting.money(found.net)},
                remedy=_("Check which column is which; if they are right, ask the social secretariat."),
            )
        )
    return found, problems


def _said(left_out: Sequence[int]) -> list[str]:
    if not left_out:
        return []
    return [
        ngettext(
            "%(count)d row without a worker number was left out (line %(lines)s).",
            "%(count)d rows without a worker number were left out (lines %(lines)s).",
            len(left_out),
        )
        % {"count": len(left_out), "lines": ", ".join(map(str, left_out[:20]))}
    ]


def _in_words_of_file(problem: Problem, mapping: Layout) -> Problem:
    """Name the column as the file names it."""
    name = mapping.columns.get(problem.column) or problem.column
    return Problem(problem.line, name, problem.value, problem.reason, problem.remedy)
