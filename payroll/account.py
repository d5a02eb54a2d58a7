"""The individual account of a worker (royal decree of 8 August 1980) and the data of the yearly slip 281.10. Pure; EUR."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coop import formatting
from coop.money import ZERO
from coop.periods import Month
from payroll import exceptional, journal, tables, texts
from payroll.engine.figures import Explained
from payroll.tables import Cell, Head, Kind, Link, Row, Table


@dataclass(frozen=True)
class Paid:
    """An approved payslip as accounts and declarations read it. Hours are those of a week, on average over the month.

    ``nature`` is empty for the pay of a month; a payment beside it has no hours.
    """

    payslip: UUID
    entry: UUID
    person: UUID
    name: str
    niss: str
    masked_niss: str
    contract: UUID
    worker_number: str
    month: Month
    hours: Decimal
    full_time_hours: Decimal
    figures: Explained
    nature: str = ""

    @property
    def title(self) -> str:
        """What a list calls it beside its month: the name of a payment beside pay, nothing for the pay of the month."""
        return exceptional.title(self.nature) if self.nature else ""

    def amount(self, code: str) -> Decimal:
        """Return the amount of a figure, as the books take it; zero when it is not due."""
        if code == "to_pay":
            return journal.to_pay(self.figures)
        if self.nature and not code.startswith("deduction."):
            return exceptional.amount(self.figures, code)
        pay = journal.result(self.figures)
        booked = {
            "gross": pay.costs.gross,
            "social_contribution_due": pay.contribution,
            "withholding_tax": pay.withholding,
            "special_contribution": pay.special_contribution,
            "net": pay.net,
            "employer_contribution": pay.costs.contributions,
        }
        return booked[code] if code in booked else journal.amount(self.figures, code)


@dataclass(frozen=True)
class Corrected:
    """A settled quarter of a contract: what the law gives or asks beyond what its months gave and withheld.

    ``entry`` and ``special_entry`` posted the two corrections; None where there was nothing to post.
    """

    person: UUID
    contract: UUID
    worker_number: str
    last_month: Month
    reduction: Decimal
    special_contribution: Decimal
    entry: UUID | None
    special_entry: UUID | None = None
    first_hire: Decimal = ZERO


LINES = (
    "gross",
    "social_contribution",
    "employment_bonus_a",
    "employment_bonus_b",
    "social_contribution_due",
    "taxable",
    "benefit_in_kind_tax_only",
    "commuting_exemption",
    "withholding_before_bonus",
    "fiscal_bonus",
    "withholding_tax",
    "special_contribution",
    "benefit_in_kind",
    "net",
    "own_car.allowance",
    "bicycle.allowance",
    "home_working",
    "deduction.group_insurance",
    "deduction.attachment",
    "deduction.meal_vouchers",
    "deduction.advance",
    "deduction.recovery",
    "deduction.fine",
    "deduction.damages",
    "deduction.guarantee",
    "to_pay",
    "meal_vouchers.employer",
    "employer_contribution",
    "structural_reduction",
    "first_hire_reduction",
    "wage_cost",
    "employer_cost",
)
"""The lines of the account in the order of the payslip; each is the code of a figure."""
RESULTS = {"gross", "taxable", "net", "to_pay", "wage_cost", "employer_cost"}
ALWAYS = RESULTS - {"to_pay"} | {
    "social_contribution", "employment_bonus_a", "employment_bonus_b", "withholding_tax", "special_contribution",
    "employer_contribution", "structural_reduction",
}  # fmt: skip
HOURS = {
    "hours": gettext_lazy("Paid hours a week, on average"),
    "full_time_hours": gettext_lazy("Full-time hours a week"),
}


@dataclass(frozen=True)
class Column:
    """A column of the account: a payslip, or a settled quarter of a month without one; ``nature`` as in ``Paid``."""

    month: Month
    contract: UUID
    payslip: UUID | None
    number: str = ""
    nature: str = ""


@dataclass(frozen=True)
class Line:
    """A line of the account: the code of its figure, its values by column, and their sum (None: hours have none)."""

    code: str
    values: tuple[Decimal | None, ...]
    total: Decimal | None

    @property
    def is_hours(self) -> bool:
        """Tell whether the line is one of hours."""
        return self.code in HOURS


@dataclass(frozen=True)
class Account:
    """What one employer paid one worker in one calendar year, month by month."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def individual_account(paid: Sequence[Paid], corrected: Sequence[Corrected]) -> Account:
    """Return the account of the payslips of one person, one employer and one year, with the corrections of its quarters.

    A column per payslip, in the order of months, payments beside pay after the pay of theirs; the worker's number names
    it where two contracts paid in the year. A correction stands in the column of the quarter's last month. Lines that are
    zero all year and that the decree does not ask for are left out. EUR, nothing is rounded: a total is the sum of what
    the payslips say.
    """
    columns = _columns(paid, corrected)
    slips = {one.payslip: one for one in paid}
    rows = [slips[column.payslip] if column.payslip else None for column in columns]
    lines = [
        Line("hours", tuple(one.hours if one and not one.nature else None for one in rows), None),
        Line("full_time_hours", tuple(one.full_time_hours if one and not one.nature else None for one in rows), None),
    ]
    for code in LINES:
        values = tuple(one.amount(code) if one else None for one in rows)
        if code == "to_pay" and all(one is None or one.amount(code) == one.amount("net") for one in rows):
            continue
        if code in ALWAYS or any(values):
            lines.append(Line(code, values, _sum(values)))
    places = {(column.contract, column.month): number for number, column in enumerate(columns) if not column.nature}
    for code, corrections in (
        ("structural_reduction_correction", [(one, one.reduction) for one in corrected]),
        ("first_hire_reduction_correction", [(one, one.first_hire) for one in corrected]),
        ("special_contribution_correction", [(one, one.special_contribution) for one in corrected]),
    ):
        given: dict[tuple[UUID, Month], Decimal] = {}
        for one, amount in corrections:
            given[one.contract, one.last_month] = given.get((one.contract, one.last_month), ZERO) + amount
        values = tuple(
            given.get(place) if places.get(place) == number else None
            for number, place in enumerate((column.contract, column.month) for column in columns)
        )
        if any(values):
            lines.append(Line(code, values, _sum(values)))
    return Account(columns, tuple(lines))


def _columns(paid: Sequence[Paid], corrected: Sequence[Corrected]) -> tuple[Column, ...]:
    numbers = {one.contract: one.worker_number for one in paid}
    numbers |= {one.contract: one.worker_number for one in corrected}
    several = len(numbers) > 1
    found = [
        Column(one.month, one.contract, one.payslip, one.worker_number if several else "", one.nature)
        for one in sorted(paid, key=lambda one: (one.month, one.nature, one.worker_number, one.payslip))
    ]
    there = {(column.contract, column.month) for column in found if not column.nature}
    for one in corrected:
        place = (one.contract, one.last_month)
        if (one.reduction or one.special_contribution or one.first_hire) and place not in there:
            there.add(place)
            found.append(Column(one.last_month, one.contract, None, one.worker_number if several else ""))
    return tuple(sorted(found, key=lambda column: column.month))


def _sum(values: Sequence[Decimal | None]) -> Decimal:
    return sum((value for value in values if value is not None), ZERO)


def label(code: str) -> str:
    """Return the words of a line, in the language that is active."""
    return str(HOURS[code]) if code in HOURS else texts.label(code)


def head(column: Column) -> str:
    """Return the words above a column."""
    return _named(formatting.short_month(column.month), column.number, column.nature)


def _named(month: str, number: str, nature: str) -> str:
    words = [one for one in (number, exceptional.Nature(nature).label if nature else "") if one]
    return f"{month} ({', '.join(map(str, words))})" if words else month


def as_table(account: Account) -> Table:
    """Return the account as a list whose cells open their payslips."""
    heads = [Head(_("Line")), *(Head(head(column), Kind.AMOUNT) for column in account.columns)]
    heads.append(Head(pgettext("sum of twelve months", "Year"), Kind.AMOUNT))
    rows = []
    for line in account.lines:
        cells = [tables.text(label(line.code))]
        for column, value in zip(account.columns, line.values, strict=True):
            links = (Link(column.payslip, head(column)),) if column.payslip and value is not None else ()
            cells.append(Cell(value, Kind.HOURS if line.is_hours else Kind.AMOUNT, links))
        cells.append(Cell(line.total, Kind.AMOUNT))
        rows.append(Row(tuple(cells), strong=line.code in RESULTS))
    return Table(_("Individual account"), tuple(heads), tuple(rows))


# --- the same, frozen for a document ----------------------------------------------------------------------------------


def frozen(account: Account) -> dict[str, Any]:
    """Return the account as plain JSON values; amounts are texts."""
    return {
        "columns": [
            {"month": str(column.month), "number": column.number, "nature": column.nature} for column in account.columns
        ],
        "lines": [
            {
                "code": line.code,
                "values": [None if value is None else str(value) for value in line.values],
                "total": None if line.total is None else str(line.total),
            }
            for line in account.lines
        ],
    }


@dataclass(frozen=True)
class Printed:
    """A row of the account on paper: words only; results of the lines above are strong."""

    cells: tuple[str, ...]
    strong: bool = False


def blocks(stored: Mapping[str, Any], *, width: int) -> Iterator[list[Printed]]:
    """Yield the frozen account as rows of words, at most ``width`` columns at a time; the sums stand in the last block."""
    columns = stored["columns"]
    for start in range(0, max(len(columns), 1), width):
        shown = columns[start : start + width]
        last = start + width >= len(columns)
        rows = [
            Printed(
                (
                    "",
                    *(_stored_head(column) for column in shown),
                    *([pgettext("sum of twelve months", "Year")] if last else []),
                )
            )
        ]
        for line in stored["lines"]:
            code, values = line["code"], line["values"][start : start + width]
            cells = (label(code), *(_shown(code, value) for value in values))
            rows.append(Printed((*cells, _shown(code, line["total"])) if last else cells, code in RESULTS))
        yield rows


def _stored_head(column: Mapping[str, str]) -> str:
    month = formatting.short_month(Month.parse(column["month"]))
    return _named(month, column["number"], column.get("nature", ""))


def _shown(code: str, value: str | None) -> str:
    if value is None:
        return ""
    return formatting.quantity(Decimal(value)) if code in HOURS else formatting.amount(Decimal(value))


# --- the yearly slip --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slip:
    """A line of the data of slip 281.10: its words, the box that it goes to where that is sure, EUR."""

    label: str
    box: str
    amount: Decimal


SLIP: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("remuneration", "250", ("taxable", "benefit_in_kind_tax_only")),
    ("exit_holiday_pay", "251", ("taxable",)),
    ("withholding_tax", "286", ("withholding_tax",)),
    ("special_contribution", "287", ("special_contribution",)),
    ("employment_bonus_a", "", ("employment_bonus_a",)),
    ("employment_bonus_b", "", ("employment_bonus_b",)),
    ("fiscal_bonus", "", ("fiscal_bonus",)),
    ("commuting_exemption", "", ("commuting_exemption",)),
    ("bicycle.allowance", "", ("bicycle.allowance",)),
    ("employer_expenses", "", ("own_car.allowance", "home_working")),
)
"""Lines of the slip: name, box, and the figures that it is the sum of. Boxes that are not certain are left empty.

Holiday pay on leaving is taxed beside other remuneration (early holiday pay) and is in its own line only.
"""


def slip_label(name: str) -> str:
    """Return the words of a line of the slip."""
    words = {
        "exit_holiday_pay": _("Early holiday pay, on leaving"),
        "remuneration": _("Remuneration, benefits taxed only included"),
        "employer_expenses": _("Expenses of the employer that were refunded: own car, home working"),
    }
    return words[name] if name in words else texts.label(name)


def slip_amounts(paid: Sequence[Paid], corrected: Sequence[Corrected] = ()) -> list[Decimal]:
    """Return the amounts of a slip, one per line of SLIP: the sums of what the payslips of the year say; EUR.

    The special contribution counts what settled quarters withheld, or gave back, beside the payslips.
    """
    beside = sum((one.special_contribution for one in corrected if one.special_entry is not None), ZERO)
    return [
        sum(
            (one.amount(code) for one in paid for code in codes if _belongs(one, name)),
            beside if name == "special_contribution" else ZERO,
        )
        for name, _box, codes in SLIP
    ]


def _belongs(one: Paid, name: str) -> bool:
    """Tell whether a payslip counts in a line of the slip: pay on leaving not with other remuneration, nor the reverse."""
    if name in {"remuneration", "exit_holiday_pay"}:
        return (one.nature == exceptional.Nature.EXIT_HOLIDAY_PAY) == (name == "exit_holiday_pay")
    return True


def yearly_slip(paid: Sequence[Paid], corrected: Sequence[Corrected] = ()) -> list[Slip]:
    """Return the data of slip 281.10 of one person: what was paid and withheld in the year, by figure."""
    return [
        Slip(slip_label(name), box, amount)
        for (name, box, _codes), amount in zip(SLIP, slip_amounts(paid, corrected), strict=True)
    ]


def slip_table(slip: Sequence[Slip]) -> Table:
    """Return the data of a slip as a list: words, box, amount."""
    heads = (Head(_("Line")), Head(_("Box")), Head(_("Amount (€)"), Kind.AMOUNT))
    rows = (Row((tables.text(one.label), tables.text(one.box), tables.amount(one.amount))) for one in slip)
    return Table(_("Data of slip 281.10"), heads, tuple(rows))


@dataclass(frozen=True)
class Employed:
    """The days of a calendar year on which somebody was employed: the first and the last."""

    first: date
    last: date


def last_day(end: date) -> date:
    """Return the last day before an excluded end."""
    return end - timedelta(days=1)


def employed_in(year: int, spans: Sequence[tuple[date, date | None]]) -> Employed:
    """Return the first and the last day of employment in a year; the ends of ``spans`` are excluded, None is open."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    begins = min((begin for begin, _end in spans), default=first)
    ends = [last if end is None else last_day(end) for _begin, end in spans]
    return Employed(max(begins, first), min(max(ends, default=last), last))
