"""The law as a page to read: every subject, every date, every value, with its source and how sure it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import TypeAlias

from payroll.engine.figures import Parameter
from payroll.engine.law import Law
from payroll.engine.schema import DatedSet, Source, SubjectData

MARKS = {"V": "verified", "S": "one source", "B": "to be confirmed"}
GRID = re.compile(r"^(?P<grid>.+)\.(?P<row>\d+)\.(?P<column>\w+)$")
ROW = re.compile(r"^(?P<table>.+?)\[(?P<row>\d+)\]\.(?P<column>.+)$")
FIRST_COLUMNS = ("from", "up_to")

INTRODUCTION = """# The law in force

The values of the law that the payroll engine uses, Belgium, joint committee 200. This page is made from the files in
`payroll/engine/parameters/be` (`make law-page`): change those, not this page.

- **Which values hold?** Those of the last date on or before the first day of the pay month. Nothing is carried past the
  last confirmed day of a subject: a later month is refused.
- **How sure are they?** *Verified*: two independent sources agree, or a result outside was met to the cent. *One source*:
  stated once. *To be confirmed*: used, and each payslip that it touches says so. A word beside a value holds for that
  value, else that of its date.
- **Rates** are fractions: 0.1307 is 13.07 %. Amounts are EUR.
"""

Line: TypeAlias = Sequence[str]


def law_page(law: Law) -> str:
    """The whole law is one page in Markdown, subjects in the order of their names; the same files give the same text."""
    return "\n".join(
        [INTRODUCTION, *_overview(law.subjects), *(line for one in law.subjects for line in _subject(one))]
    )


def _overview(subjects: Iterable[SubjectData]) -> Iterator[str]:
    yield "## Subjects\n"
    yield from _table(
        ("Subject", "Values since", "Confirmed until", "To be confirmed from", "Last review"),
        (
            (
                f"[{words(one.name)}](#{one.name})",
                str(one.sets[-1].valid_from),
                str(one.confirmed_until),
                _day(one.provisional_from),
                str(one.last_review),
            )
            for one in subjects
        ),
        left=5,
    )


def _subject(subject: SubjectData) -> Iterator[str]:
    yield f"## {subject.name}\n"
    yield f"{subject.description}. Unit: {subject.unit}. Confirmed until {subject.confirmed_until}."
    if subject.provisional_from is not None:
        yield f"From {subject.provisional_from} on the values are used, but still to be confirmed."
    yield ""
    yield from _table(
        ("From", "Until", "Source", "Published", "Certainty"),
        (
            (str(dated.valid_from), str(last), _source(dated.source), _day(dated.source.published), MARKS[dated.mark])
            for dated, last in zip(subject.sets, _last_days(subject), strict=True)
        ),
        left=5,
    )
    yield from _values(subject.sets)
    for table in _names(subject.sets, ROW, "table"):
        yield from _rows_of(table, subject.sets)
    for grid in _names(subject.sets, GRID, "grid"):
        yield from _grid_of(grid, subject.sets)


def _last_days(subject: SubjectData) -> Iterator[date]:
    for later in subject.sets[1:]:
        yield later.valid_from - timedelta(days=1)
    yield subject.confirmed_until


def _values(sets: Sequence[DatedSet]) -> Iterator[str]:
    """Single values: a line each, a column for each date."""
    paths = _unique(path for one in sets for path in one.parameters if not (ROW.match(path) or GRID.match(path)))
    if paths:
        head = ("Value", *(f"from {one.valid_from}" for one in sets))
        yield from _table(head, ((words(path), *(_cell(one, path) for one in sets)) for path in paths))


def _rows_of(table: str, sets: Sequence[DatedSet]) -> Iterator[str]:
    """A table with bounds: printed anew for each date on which it changes."""
    before: list[Line] = []
    for one in sets:
        places = [match for path in one.parameters if (match := ROW.match(path)) and match["table"] == table]
        columns = sorted(_unique(place["column"] for place in places), key=_column_order)
        rows: list[Line] = [
            [_cell(one, f"{table}[{row}].{column}") for column in columns]
            for row in _unique(place["row"] for place in places)
        ]
        if rows and rows != before:
            yield f"**{words(table)}**, from {one.valid_from}\n"
            yield from _table(tuple(words(column) for column in columns), rows, left=0)
        before = rows


def _grid_of(grid: str, sets: Sequence[DatedSet]) -> Iterator[str]:
    """A scale by whole numbers (years, children): a line for each number, the columns of each date side by side."""
    yield f"**{words(grid)}**\n"
    columns: list[tuple[DatedSet, str]] = []
    rows: list[str] = []
    for one in sets:
        places = [match for path in one.parameters if (match := GRID.match(path)) and match["grid"] == grid]
        columns += [(one, column) for column in _unique(place["column"] for place in places)]
        rows = _unique([*rows, *(place["row"] for place in places)])
    head = ["", *(f"{words(column)}, from {one.valid_from}" for one, column in columns)]
    yield from _table(head, ([row, *(_cell(one, f"{grid}.{row}.{column}") for one, column in columns)] for row in rows))


def _names(sets: Sequence[DatedSet], pattern: re.Pattern[str], group: str) -> list[str]:
    return _unique(match[group] for one in sets for path in one.parameters if (match := pattern.match(path)))


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _column_order(column: str) -> int:
    return FIRST_COLUMNS.index(column) if column in FIRST_COLUMNS else len(FIRST_COLUMNS)


def _cell(dated: DatedSet, path: str) -> str:
    parameter: Parameter | None = dated.parameters.get(path)
    if parameter is None:
        return "–"
    return f"{parameter.value}" if parameter.mark == dated.mark else f"{parameter.value} ({MARKS[parameter.mark]})"


def _source(source: Source) -> str:
    title = source.title.replace("|", "\\|")
    return title if source.link is None else f"[{title}]({source.link})"


def _day(day: date | None) -> str:
    return "–" if day is None else str(day)


def words(path: str) -> str:
    """A path in a parameter file is read as words: ``closure_fund.commercial_20`` is closure fund: commercial 20."""
    return path.replace("_", " ").replace(".", ": ")


def _table(head: Line, rows: Iterable[Line], *, left: int = 1) -> Iterator[str]:
    """Text stands left in the first columns, numbers right in the others."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---' if at < left else '---:' for at in range(len(head)))}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
