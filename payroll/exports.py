"""Lists of pay as files: XLSX and CSV. Numbers are numbers, totals are values, and no text becomes a formula."""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coop import formatting
from coop.imports import templates
from payroll.tables import Cell, Check, Head, Kind, Row, Table

FORMATS = templates.FORMATS
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
FORBIDDEN = "[]:*?/\\'"


def verdict(check: Check) -> str:
    """Say in one sentence whether a list equals the books, and by how much it does not."""
    values = {
        "account": check.account,
        "listed": formatting.money(check.listed),
        "booked": formatting.money(check.booked),
        "difference": formatting.money(check.difference),
    }
    if check.agrees:
        return _("Account %(account)s holds %(booked)s of it: equal to the cent.") % values
    return _("Account %(account)s holds %(booked)s, the list %(listed)s: a difference of %(difference)s.") % values


def before_us(count: int) -> str:
    """Say how many months were paid elsewhere before: their contributions and tax are not known here. Empty for none."""
    if not count:
        return ""
    return ngettext(
        "%(count)s month was paid before the cooperative came here and is not in this list. Add it from the former payroll.",
        "%(count)s months were paid before the cooperative came here and are not in this list. Add them from the former "
        "payroll.",
        count,
    ) % {"count": count}


def as_csv(table: Table, checks: Sequence[str]) -> bytes:
    """Return a list as CSV: semicolons, UTF-8 with its mark, decimal commas; the checks stand below."""
    places = _places(table.heads)
    rows = [[_written(row.cells[place]) for place in places] for row in _rows(table)]
    rows += [[sentence] for sentence in checks]
    return templates.csv_of([_head(table.heads[place]) for place in places], rows)


def as_xlsx(tables: Sequence[Table], *, subtitle: str, checks: Sequence[str]) -> bytes:
    """Return lists as a workbook, a sheet each, in the language of the reader; the checks stand below the first."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, OPTIONS)
    book.set_properties({"title": tables[0].title, "created": templates.CREATED})
    for table in tables:
        _sheet(book, table, subtitle, checks if table is tables[0] else ())
    book.close()
    return file.getvalue()


def _sheet(book: Any, table: Table, subtitle: str, checks: Sequence[str]) -> None:
    plain, strong = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
    heads = {
        False: book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
        True: book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "align": "right"}),
    }
    styles = {
        (kind, bold): book.add_format({"num_format": shape, **({"bold": True} if bold else {})})
        for kind, shape in ((Kind.AMOUNT, "#,##0.00"), (Kind.HOURS, "0.00"), (Kind.DAY, "dd/mm/yyyy"))
        for bold in (False, True)
    }
    sheet = book.add_worksheet("".join(one for one in table.title if one not in FORBIDDEN)[:31])
    sheet.write_string(0, 0, table.title, strong)
    sheet.write_string(1, 0, subtitle, plain)
    places = _places(table.heads)
    for column, place in enumerate(places):
        head = table.heads[place]
        sheet.write_string(3, column, _head(head), heads[head.is_number])
        sheet.set_column(column, column, 38 if column == 0 else 15)
    row = 4
    for line in _rows(table):
        for column, place in enumerate(places):
            cell = line.cells[place]
            if isinstance(cell.value, Decimal):
                sheet.write_number(row, column, cell.value, styles[(cell.kind, line.strong)])
            elif isinstance(cell.value, date):
                sheet.write_datetime(row, column, cell.value, styles[(Kind.DAY, line.strong)])
            elif cell.value:
                sheet.write_string(row, column, cell.value, strong if line.strong else plain)
        row += 1
    for place, sentence in enumerate(checks, start=row + 1):
        sheet.write_string(place, 0, sentence, plain)
    sheet.freeze_panes(4, 1)


def _places(heads: Sequence[Head]) -> list[int]:
    """Return the columns that a file holds: all but those that only open pages."""
    return [place for place, head in enumerate(heads) if head.kind != Kind.LINKS]


def _rows(table: Table) -> tuple[Row, ...]:
    return (*table.rows, table.totals) if table.totals else table.rows


def _head(head: Head) -> str:
    return f"{head.label} ({head.code})" if head.code else head.label


def _written(cell: Cell) -> str:
    if isinstance(cell.value, Decimal):
        return f"{cell.value:f}".replace(".", ",")
    if isinstance(cell.value, date):
        return cell.value.isoformat()
    return cell.value or ""
