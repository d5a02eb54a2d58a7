"""The template of a sheet, to fill in: XLSX with a page of help, or CSV. What is written here reads back the same."""

import csv
import io
from datetime import UTC, datetime

import xlsxwriter
from django.utils.translation import gettext as _

from coop.imports.reader import FORMULA_STARTS
from coop.imports.sheets import KIND_HELP, Column, Sheet

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WIDEST = 60
CREATED = datetime(2025, 1, 1, tzinfo=UTC)


def write(sheet: Sheet, format_: str) -> bytes:
    """Return the template of a sheet as ``csv`` or ``xlsx``."""
    return as_csv(sheet) if format_ == "csv" else as_xlsx(sheet)


def as_csv(sheet: Sheet) -> bytes:
    """Return header and example rows: UTF-8 with its mark, semicolons."""
    return csv_of([column.name for column in sheet.columns], [list(row.values()) for row in sheet.example_rows()])


def csv_of(header: list[str], rows: list[list[str]]) -> bytes:
    """Return a CSV as our readers and a Belgian spreadsheet read it; no cell of it is ever taken for a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([[_guarded(cell) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def _guarded(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would calculate; a negative number stays a number."""
    number = cell[:1] == "-" and cell[1:2].isdigit()
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) and not number else cell


def as_xlsx(sheet: Sheet) -> bytes:
    """Return a workbook: the rows to fill in, every column as text so that no digit is lost, and a page of help."""
    titles = [_("Column"), _("Meaning"), _("Required"), _("Written as"), _("Explanation")]
    help_rows = [_help(column) for column in sheet.columns]
    rows = [list(row.values()) for row in sheet.example_rows()]
    return xlsx_of(
        str(sheet.title), [column.name for column in sheet.columns], rows, extra=(_("Help"), titles, help_rows)
    )


def xlsx_of(
    title: str, header: list[str], rows: list[list[str]], *, extra: tuple[str, list[str], list[list[str]]] | None = None
) -> bytes:
    """Return a workbook of texts, with a frozen bold header, and perhaps a second page."""
    output = io.BytesIO()
    book = xlsxwriter.Workbook(
        output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"created": CREATED})  # the same content gives the same bytes
    bold = book.add_format({"bold": True, "bottom": 1})
    text = book.add_format({"num_format": "@", "valign": "top"})
    pages = [(title, header, rows), *([extra] if extra else [])]
    for name, names, lines in pages:
        page = book.add_worksheet("".join(c for c in name if c not in "[]:*?/\\'")[:31])
        page.freeze_panes(1, 0)
        for place, column in enumerate(names):
            width = max(len(column), *(len(line[place]) for line in lines), 8)
            page.set_column(place, place, min(width + 2, WIDEST), text)
            page.write_string(0, place, column, bold)
        for number, line in enumerate(lines, start=1):
            for place, cell in enumerate(line):
                if cell:
                    page.write_string(number, place, cell, text)
    book.close()
    return output.getvalue()


def _help(column: Column) -> list[str]:
    choices = "; ".join(f"{value} = {title}" for value, title in column.choices.items())
    explanation = " ".join(part for part in (str(column.help), choices) if part)
    return [
        column.name,
        str(column.title),
        _("yes") if column.required else _("no"),
        str(KIND_HELP[column.kind]),
        explanation,
    ]
