"""A file of acceptance cases as people save it: read into rows, or refused in one sentence."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from itertools import zip_longest
from pathlib import Path

INPUTS = (
    "kind",
    "period",
    "gross",
    "taxable_given",
    "annual_reference_pay",
    "onss_given",
    "worktime",
    "civil_status",
    "spouse",
    "children",
    "single_parent",
    "disabled",
    "benefit_in_kind",
)
TOLD = ("id", "confidence", "note", "source")
NEEDED = ("kind", "period", "civil_status")
EXPECTED = "expected_"
EXPECTATIONS = (
    "expected_onss",
    "expected_work_bonus_a",
    "expected_work_bonus_b",
    "expected_work_bonus_total",
    "expected_taxable",
    "expected_withholding_before_bonus",
    "expected_fiscal_bonus",
    "expected_withholding",
    "expected_csss",
    "expected_net",
    "expected_employer",
)
KNOWN = (*INPUTS, *EXPECTATIONS, *TOLD)

# How many cells a row has beyond the columns of the header line; kept under this name, for the row to be refused.
SURPLUS = ""


def read(path: Path) -> list[dict[str, str]]:
    """A cases file is CSV in UTF-8 with a header line; a row is its cells by column, without spaces around.

    Columns in any order, with or without quotes and byte order mark, any line ends; empty lines do not count. Semicolons
    may separate the cells, as spreadsheets set to French or Dutch write them: amounts then have a decimal comma. A row
    without ``id`` is named by its place. Raises ``OSError``, ``ValueError``.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} is not a cases file: it is not in UTF-8; save it as CSV in UTF-8") from error
    separator = ";" if ";" in text.lstrip().partition("\n")[0] else ","
    cells = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        lines = [[cell.strip() for cell in line] for line in cells]
    except csv.Error as error:
        raise ValueError(f"{path.name} is not a cases file: line {cells.line_num}: {error}") from error
    header, *rows = [line for line in lines if any(line)] or [[]]
    columns = _columns(header, path)
    if not rows:
        raise ValueError(f"{path.name} has no rows below its header line; add a case")
    return [_row(columns, cells, place, decimal_comma=separator == ";") for place, cells in enumerate(rows, start=1)]


def unread(rows: Sequence[dict[str, str]]) -> tuple[str, ...]:
    """The columns of a file that no rule reads."""
    return tuple(column for column in rows[0] if column not in (*KNOWN, SURPLUS))


def _columns(header: list[str], path: Path) -> list[str]:
    """The names of the header line, small letters. One that is a slip away from a missing column is a typo."""
    columns = [name.lower() for name in header]
    absent = [name for name in (*INPUTS, *EXPECTATIONS) if name not in columns]
    for name in columns:
        meant = [known for known in absent if name not in KNOWN and _one_slip(name, known)]
        if meant:
            raise ValueError(f"{path.name} has a column {name}; write {meant[0]}")
    missing = [name for name in NEEDED if name in absent]
    if not any(name.startswith(EXPECTED) for name in columns):
        missing.append("a column expected_…")
    if missing:
        raise ValueError(
            f"{path.name} is not a cases file: missing {', '.join(missing)}; the first line names the columns, "
            "separated by commas"
        )
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise ValueError(f"{path.name} has the column {twice[0]} twice; keep one")
    return columns


def _one_slip(name: str, known: str) -> bool:
    """Letters changed places, or one is too many, missing or another."""
    return sorted(name) == sorted(known) or not _without_one(name).isdisjoint(_without_one(known))


def _without_one(name: str) -> set[str]:
    return {name, *(name[:at] + name[at + 1 :] for at in range(len(name)))}


def _row(columns: list[str], cells: list[str], place: int, *, decimal_comma: bool) -> dict[str, str]:
    """Cells that the row lacks at its end are empty; cells that it has too many are counted, to be refused."""
    row = dict(zip_longest(columns, cells[: len(columns)], fillvalue=""))
    if decimal_comma:
        row |= {column: cell.replace(",", ".") for column, cell in row.items() if column not in TOLD}
    row["id"] = row.get("id") or f"row {place}"
    row[SURPLUS] = str(max(0, len(cells) - len(columns)) or "")
    return row
