"""Income statements as files: XLSX and JSON. Numbers are numbers, totals are values, and no text becomes a formula."""

import io
import json
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext as _

from coop import formatting
from coop.ledger.statements import TITLES, Section
from coop.periods import Month
from members.statements import Statement, frozen

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def filename(statement: Statement, extension: str) -> str:
    """Return what the file is called: what it is, whose it is, and its months."""
    whose = "-".join(activity.code for activity in statement.activities)
    return f"income-statement-{statement.cooperative.code}-{whose}-{statement.span.code}.{extension}"


def to_json(statement: Statement) -> str:
    """Return the statement as JSON; amounts are texts with two decimals."""
    return json.dumps(frozen(statement), ensure_ascii=False, indent=2) + "\n"


def to_xlsx(statement: Statement) -> bytes:
    """Return the statement as a workbook of one sheet, in the language of the reader."""
    data = frozen(statement)
    language = (translation.get_language() or "en")[:2]
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, OPTIONS)
    book.set_properties({"title": _("Income statement"), "author": data["cooperative"]["name"]})
    plain, strong = book.add_format({}), book.add_format({"bold": True})
    head = book.add_format({"bold": True, "align": "right", "bottom": 1, "text_wrap": True})
    money = book.add_format({"num_format": "#,##0.00"})
    total = book.add_format({"num_format": "#,##0.00", "bold": True, "top": 1})
    sheet = book.add_worksheet(data["period"])
    sheet.write_string(0, 0, _("Income statement"), strong)
    sheet.write_string(1, 0, f"{data['holder']}, {data['cooperative']['name']}", plain)
    sheet.write_string(2, 0, _("EUR, excluding VAT"), plain)
    months = [Month.parse(text) for text in data["months"]]
    for column, label in enumerate([*(formatting.month(month) for month in months), _("Total")], start=2):
        sheet.write_string(4, column, label, head)
    row = 5
    for section in data["sections"]:
        title = str(TITLES[Section(section["section"])])
        for account in section["rows"]:
            sheet.write_string(row, 0, account["account"], plain)
            sheet.write_string(row, 1, account["names"].get(language, account["names"]["en"]), plain)
            _numbers(sheet, row, [*account["months"], account["total"]], money)
            row += 1
        sheet.write_string(row, 0, "", total)
        sheet.write_string(row, 1, title, total)
        _numbers(sheet, row, [*section["months"], section["total"]], total)
        row += 2
    sheet.write_string(row, 1, _("Result"), total)
    _numbers(sheet, row, [*data["result"]["months"], data["result"]["total"]], total)
    row += 2
    for label, name in (
        (_("Accounting balance"), "accounting"),
        (_("Collected balance"), "collected"),
        (_("Free balance"), "free"),
    ):
        sheet.write_string(row, 1, label, plain)
        _numbers(sheet, row, [data["balances"][name]], money)
        row += 1
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 1, 44)
    sheet.set_column(2, len(months) + 2, 14)
    sheet.freeze_panes(5, 2)
    book.close()
    return file.getvalue()


def _numbers(sheet: Any, row: int, amounts: list[str], style: Any) -> None:
    """Write amounts as numbers, from the third column on."""
    for column, amount in enumerate(amounts, start=2):
        sheet.write_number(row, column, Decimal(amount), style)
