"""Read a table from a file: CSV or XLSX, from outside, so nothing in it is trusted. Pure: bytes in, texts out.

Limits: 10 MB as sent, 50 MB unzipped, 20,000 rows, 80 columns, 2,000 characters in a cell. No formula is evaluated: of
a formula cell only the value is taken that the spreadsheet program saved beside it.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from coop.errors import Refused

LARGEST_FILE = 10 * 1024 * 1024
LARGEST_UNZIPPED = 50 * 1024 * 1024
MOST_PARTS = 2_000
MOST_ROWS = 20_000
MOST_BLANK_ROWS = 1_000
MOST_COLUMNS = 80
LONGEST_CELL = 2_000
ENCODINGS = ("", "utf-8", "windows-1252")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

Cell = str | Decimal | date


class FileUnreadable(Refused):
    """A file was offered from which no table can be read."""


@dataclass(frozen=True)
class Record:
    """One row of the file: its line there (the first is 1) and its cells; an empty cell is the empty text."""

    line: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Fault:
    """A cell that holds no value: its line, its place in the row (the first is 0), and why."""

    line: int
    place: int
    value: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class Table:
    """What a file holds: the header, the rows below it, and what the reader should be told about how it was read."""

    header: tuple[str, ...]
    header_line: int
    records: tuple[Record, ...]
    notices: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = field(default=())


def read(content: bytes, *, filename: str, encoding: str = "") -> Table:
    """Read the table of a CSV or XLSX file; what it is, is told by its content. Raises FileUnreadable.

    ``encoding`` of a CSV is what the person declared, or empty: then UTF-8 (with or without its mark), and failing that
    Windows-1252 with a notice.
    """
    if len(content) > LARGEST_FILE:
        raise _unreadable(filename, _("It is larger than 10 MB."), _("Divide it into several files."))
    if not content.strip():
        raise _unreadable(filename, _("It is empty."), _("Choose the file that holds the rows."))
    if content.startswith(b"PK\x03\x04"):
        return _read_xlsx(content, filename)
    return _read_csv(content, filename, encoding)


def _unreadable(filename: str, reason: str, remedy: str) -> FileUnreadable:
    return FileUnreadable(subject=filename, reason=reason, remedy=remedy, field="file")


# --- CSV --------------------------------------------------------------------------------------------------------------


def _read_csv(content: bytes, filename: str, encoding: str) -> Table:
    text, notices = _decode(content, filename, encoding)
    if "\0" in text:
        raise _unreadable(
            filename, _("It is neither a CSV nor an XLSX file."), _("Save it from your spreadsheet as CSV or XLSX.")
        )
    delimiter = _delimiter(text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records = []
    try:
        for cells in rows:
            line = rows.line_num - sum(cell.count("\n") for cell in cells)
            records.append(Record(line, tuple(_unquoted(cell.strip()) for cell in cells)))
    except csv.Error:
        raise _unreadable(
            filename,
            _("Line %(line)d cannot be read: a quotation mark is open or stands in the wrong place.")
            % {"line": rows.line_num},
            _("Correct that line, or save the file again from your spreadsheet."),
        ) from None
    return _table(records, filename, notices, [])


def _decode(content: bytes, filename: str, encoding: str) -> tuple[str, list[str]]:
    """Return the text of a CSV file, and a notice when its encoding had to be guessed."""
    if encoding in ("", "utf-8"):
        try:
            return content.decode("utf-8-sig"), []
        except UnicodeDecodeError as error:
            if encoding:
                raise _unreadable(
                    filename,
                    _("It is not UTF-8: byte %(place)d has no meaning in it.") % {"place": error.start + 1},
                    _("Choose another encoding, or save the file again as UTF-8."),
                ) from None
    try:
        text = content.decode("windows-1252")
    except UnicodeDecodeError:
        raise _unreadable(
            filename,
            _("It is written neither in UTF-8 nor in Windows-1252."),
            _("Save it again from your spreadsheet as “CSV UTF-8”."),
        ) from None
    return text, [] if encoding else [
        _("The file is not written in UTF-8, so it was read as Windows-1252. Check its accented letters.")
    ]


def _delimiter(text: str) -> str:
    """Return which of ``;``, ``,`` and tab sets the columns of the first line apart, outside quotation marks."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(part for part in header.split('"')[::2])
    return max((";", "\t", ","), key=bare.count)


def _unquoted(cell: str) -> str:
    """Take away the apostrophe that our own exports put before what a spreadsheet would read as a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:2] in FORMULA_STARTS else cell


# --- XLSX -------------------------------------------------------------------------------------------------------------


def _read_xlsx(content: bytes, filename: str) -> Table:
    import openpyxl

    _inspect(content, filename)
    try:
        values = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        written = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        records, faults = _first_sheet(values.worksheets[0], written.worksheets[0], filename)
    except FileUnreadable:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers raise; a broken file is the sender's to mend
        raise _unreadable(
            filename,
            _("It is not a whole XLSX file."),
            _("Save it again from your spreadsheet as XLSX or CSV."),
        ) from error
    return _table(records, filename, [], faults)


def _inspect(content: bytes, filename: str) -> None:
    """Refuse an archive that is damaged, unzips to more than it may, or whose XML declares a document type."""
    too_large = _unreadable(
        filename, _("Unzipped it is larger than 50 MB."), _("Divide it into several files, or save it as CSV.")
    )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNZIPPED:
                raise too_large
            left = LARGEST_UNZIPPED
            for part in parts:
                with archive.open(part) as stream:
                    data = stream.read(left + 1)
                left -= len(data)
                if left < 0:
                    raise too_large
                if any("<!DOCTYPE".encode(code) in data for code in ("ascii", "utf-16-le", "utf-16-be")):
                    raise _unreadable(
                        filename, _("Its XML declares a document type, which no spreadsheet does."),
                        _("Save it again from your spreadsheet as XLSX or CSV."),
                    )  # fmt: skip
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        RuntimeError,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        raise _unreadable(
            filename, _("It is not a whole XLSX file."), _("Save it again from your spreadsheet as XLSX or CSV.")
        ) from error
    except Exception as error:
        if isinstance(error, Refused):
            raise
        raise _unreadable(  # zlib.error and its like
            filename, _("It is not a whole XLSX file."), _("Save it again from your spreadsheet as XLSX or CSV.")
        ) from error


def _first_sheet(values: Any, written: Any, filename: str) -> tuple[list[Record], list[Fault]]:
    """Return the rows of a worksheet, read twice: the saved values, and where formulas stand."""
    records, faults, blank = [], [], 0
    values.reset_dimensions()
    written.reset_dimensions()
    for line, (cells, originals) in enumerate(zip(values.iter_rows(), written.iter_rows(), strict=True), start=1):
        row: list[Cell] = []
        for place, (cell, original) in enumerate(zip(cells, originals, strict=True)):
            value, fault = _value(cell, original, line, place)
            row.append(value)
            if fault:
                faults.append(fault)
        while row and row[-1] == "":
            row.pop()
        blank = blank + 1 if not row else 0
        if blank > MOST_BLANK_ROWS:
            break
        records.append(Record(line, tuple(row)))
        if line > MOST_ROWS + MOST_BLANK_ROWS:
            raise _too_many_rows(filename)
    return records, faults


def _value(cell: Any, original: Any, line: int, place: int) -> tuple[Cell, Fault | None]:
    value = cell.value
    if value is None and getattr(original, "data_type", "") == "f":
        return "", Fault(
            line, place, str(original.value)[:80],
            _("This cell holds a formula without a saved value; formulas are never calculated here."),
            _("Copy the cells and paste them as values, then save the file again."),
        )  # fmt: skip
    if getattr(cell, "data_type", "") == "e":
        return "", Fault(
            line, place, str(value), _("This cell holds the result of a formula that failed."),
            _("Correct the formula in your spreadsheet, or write the value."),
        )  # fmt: skip
    if value is None:
        return "", None
    if isinstance(value, bool):
        return "yes" if value else "no", None
    if isinstance(value, datetime):
        return (value.date() if (value.hour, value.minute, value.second) == (0, 0, 0) else value.isoformat(" ")), None
    if isinstance(value, date):
        return value, None
    if isinstance(value, str):
        return value.strip(), None
    if isinstance(value, int):
        return Decimal(value), None
    try:
        return Decimal(format(value, ".15g")), None  # what a spreadsheet shows at most; it stores binary fractions
    except (ArithmeticError, ValueError, TypeError):
        return str(value), None


# --- both -------------------------------------------------------------------------------------------------------------


def _too_many_rows(filename: str) -> FileUnreadable:
    return _unreadable(
        filename, _("It has more than %(rows)d rows.") % {"rows": MOST_ROWS}, _("Divide it into several files.")
    )


def _table(records: Sequence[Record], filename: str, notices: Iterable[str], faults: Sequence[Fault]) -> Table:
    """Part the header from the rows, and refuse what is beyond the limits."""
    filled = [record for record in records if any(cell != "" for cell in record.cells)]
    if len(filled) < 2:
        raise _unreadable(
            filename,
            _("It has no rows below a header."),
            _("The first row names the columns; download the template to see them."),
        )
    header, rows = filled[0], filled[1:]
    if len(rows) > MOST_ROWS:
        raise _too_many_rows(filename)
    for record in filled:
        if len(record.cells) > MOST_COLUMNS:
            raise _unreadable(
                filename,
                _("Line %(line)d has more than %(columns)d columns.") % {"line": record.line, "columns": MOST_COLUMNS},
                _("Use the template, and set the columns apart with semicolons."),
            )
        if any(isinstance(cell, str) and len(cell) > LONGEST_CELL for cell in record.cells):
            raise _unreadable(
                filename,
                _("Line %(line)d has a cell of more than %(length)d characters.")
                % {"line": record.line, "length": LONGEST_CELL},
                _("Shorten it."),
            )
    names = [str(cell) for cell in header.cells]
    while names and names[-1] == "":
        names.pop()
    return Table(tuple(names), header.line, tuple(rows), tuple(notices), tuple(faults))


def text_of(cell: Cell) -> str:
    """Write a cell as a text that ``coop.typed`` reads without a doubt: no single mark before exactly three digits."""
    if isinstance(cell, Decimal):
        digits = format(cell, "f")
        whole, mark, decimals = digits.partition(".")
        return f"{whole}.{decimals.ljust(4 if len(decimals) == 3 else len(decimals), '0')}" if mark else whole
    return cell.isoformat() if isinstance(cell, date) else cell


def records_as_text(table: Table) -> Iterator[tuple[int, list[str]]]:
    """Yield the line and the cells of each row as texts."""
    for record in table.records:
        yield record.line, [text_of(cell) for cell in record.cells]
