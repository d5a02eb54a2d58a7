"""Writes the files of the demonstration: CSV and XLSX as three different offices would send them."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from coop.imports import templates

Value = str | Decimal | date | int | None
Rows = Sequence[Mapping[str, Value]]


def write(folder: Path, name: str, style: str, rows: Rows) -> Path:
    """Write rows and return the file. ``style``: ``csv`` (UTF-8), ``old csv`` (Windows-1252, days like 24/11/2026), ``xlsx``.

    Columns stand in the order in which they first occur. The same rows give the same bytes.
    """
    header = list(dict.fromkeys(column for row in rows for column in row))
    cells = [[_text(row.get(column), style) for column in header] for row in rows]
    path = folder / f"{name}.{'xlsx' if style == 'xlsx' else 'csv'}"
    path.parent.mkdir(parents=True, exist_ok=True)
    if style == "xlsx":
        path.write_bytes(templates.xlsx_of(name.rsplit("/", 1)[-1], header, cells))
    elif style == "old csv":
        text = templates.csv_of(header, cells).decode("utf-8-sig")
        path.write_bytes(text.encode("windows-1252"))
    else:
        path.write_bytes(templates.csv_of(header, cells))
    return path


def _text(value: Value, style: str) -> str:
    if isinstance(value, Decimal):
        digits = format(value, "f")
        return digits if style == "xlsx" else digits.replace(".", ",")
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}" if style == "old csv" else value.isoformat()
    return "" if value is None else str(value)
