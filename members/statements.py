"""The income statement as people read it: of an activity, or of a member over the activities of one cooperative.

Pay is shown by account only to the one who alone earns it and to the payroll office; to all others, and on everything
that leaves the house, it is one amount. Amounts are EUR; each leads to the lines of the books that it adds up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from coop import charts, formatting
from coop.entities.models import Activity, Cooperative
from coop.ledger import pay as pay_of_books
from coop.ledger import queries as ledger
from coop.ledger import statements
from coop.ledger.queries import Balances
from coop.ledger.statements import TITLES, IncomeStatement, Part, Row, Section
from coop.money import ZERO
from coop.periods import Month, NotAMonth
from members import queries

LANGUAGES = ("fr", "nl", "en")


class Pay(Enum):
    """How the salary cost is shown."""

    BY_ACCOUNT = "by account"
    AS_ONE = "as one"


@dataclass(frozen=True)
class Span:
    """The months that a statement covers: a calendar year up to a month, or one month."""

    first: Month
    last: Month
    is_month: bool

    @classmethod
    def parse(cls, text: str, *, on: date) -> "Span":
        """Read ``2026`` or ``2026-09``; the present year ends with the present month. Raises NotAMonth."""
        if text.isascii() and text.isdigit() and len(text) == 4:
            first = Month(int(text), 1)
            present = Month.of(on)
            return cls(first, present if present.year == first.year else Month(first.year, 12), is_month=False)
        month = Month.parse(text)
        return cls(month, month, is_month=True)

    @property
    def code(self) -> str:
        """How addresses and files name it."""
        return str(self.first) if self.is_month else f"{self.first.year:04d}"


@dataclass(frozen=True)
class Statement:
    """An income statement with what stands beside it: whose it is, the months, the balances on a day."""

    cooperative: Cooperative
    activities: tuple[Activity, ...]
    holder: str
    span: Span
    books: IncomeStatement
    balances: Balances
    on: date
    pay: Pay
    blocked: bool = False

    @property
    def part_titles(self) -> list[tuple[Section, Part]]:
        """The sections that hold an amount, in the order in which they are read."""
        return [(part.section, part) for part in self.books.parts]


def pay_of(user: Any, activities: Sequence[Activity], first: date, last: date) -> Pay:
    """Return how a user sees the salary cost of activities: by account only for payroll officers and who earns it alone."""
    seen = bool(activities) and all(pay_of_books.sees_pay(user, activity, first, last) for activity in activities)
    return Pay.BY_ACCOUNT if seen else Pay.AS_ONE


def get_statement(*, activities: Sequence[Activity], holder: str, span: Span, on: date, pay: Pay) -> Statement:
    """Return the statement of activities of one cooperative over a span, with their balances on a day."""
    ids = [activity.pk for activity in activities]
    books = statements.income_statement(activities=ids, first=span.first, last=span.last)
    balances = queries.together(ledger.balances_of(ids, on).values())
    blocked = bool(ids) and queries.blocked_among(ids, on) == frozenset(ids)
    return Statement(
        cooperative=activities[0].cooperative,
        activities=tuple(activities),
        holder=holder,
        span=span,
        books=shown(books, pay),
        balances=balances,
        on=on,
        pay=pay,
        blocked=blocked,
    )


def shown(books: IncomeStatement, pay: Pay) -> IncomeStatement:
    """Return the books with the salary cost as one row where its accounts are not to be seen."""
    if pay is Pay.BY_ACCOUNT:
        return books
    return replace(books, parts=[_as_one(part) if part.section is Section.SALARY else part for part in books.parts])


def _as_one(part: Part) -> Part:
    months: dict[Month, Decimal] = {}
    for row in part.rows:
        for month, amount in row.months.items():
            months[month] = months.get(month, ZERO) + amount
    names = {}
    for language in LANGUAGES:
        with translation.override(language):
            names[language] = str(TITLES[Section.SALARY])
    return Part(part.section, [Row("", names, months)])


def name_of(row: Row) -> str:
    """Return the name of an account in the language of the page."""
    return row.names.get((translation.get_language() or "en")[:2], row.names["en"])


# --- tables -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One amount and the address of the lines that it adds up; no amount where nothing was booked."""

    amount: Decimal | None
    href: str = ""


@dataclass(frozen=True)
class Line:
    """A row of the table: a section with its amounts, an account within it, or the result."""

    label: str
    cells: tuple[Cell, ...]
    kind: str = "account"


@dataclass(frozen=True)
class Column:
    """A column: its head, the months that it adds up, and whether their amounts no longer move."""

    label: str
    first: Month
    last: Month
    closed: bool = False
    quiet: bool = False


@dataclass(frozen=True)
class Table:
    """A statement laid out in columns."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def entries_url(activity: UUID, *, first: Month, last: Month, account: str = "", section: str = "") -> str:
    """Return the address of the lines behind an amount of an activity."""
    query = {"account": account, "section": "" if account else section}
    query |= {"month": str(first)} if first == last else {"from": str(first), "until": str(last)}
    words = urlencode({name: value for name, value in query.items() if value})
    return f"{reverse('ledger:lines', kwargs={'activity': activity})}?{words}"


def year_table(statement: Statement) -> Table:
    """Return the year to date, and month by month beside it."""
    closed = queries.closed_months(statement.cooperative, statement.span.first, statement.span.last)
    months = statement.books.months
    columns = [
        Column(_("Year to date"), months[0], months[-1]),
        *(Column(formatting.short_month(month), month, month, month in closed) for month in months),
    ]
    return _table(statement, statement.books, columns)


def month_table(statement: Statement, *, pay: Pay) -> Table:
    """Return a month beside the year to date, and the same of the year before."""
    month = statement.span.last
    before = Month(month.year - 1, month.number)
    ids = [activity.pk for activity in statement.activities]
    books = shown(statements.income_statement(activities=ids, first=Month(before.year, 1), last=month), pay)
    closed = queries.closed_months(statement.cooperative, month, month)
    columns = [
        Column(formatting.month(month), month, month, month in closed),
        Column(_("Year to date %(year)s") % {"year": month.year}, Month(month.year, 1), month),
        Column(formatting.month(before), before, before, quiet=True),
        Column(_("Year to date %(year)s") % {"year": before.year}, Month(before.year, 1), before, quiet=True),
    ]
    return _table(statement, books, columns)


def _table(statement: Statement, books: IncomeStatement, columns: Sequence[Column]) -> Table:
    lines = []
    for part in books.parts:
        single = len(part.rows) == 1
        lines.append(Line(str(part.title), _cells(statement, part.rows, columns, section=part.section), "section"))
        if not single or name_of(part.rows[0]) != str(part.title):
            lines += [
                Line(name_of(row), _cells(statement, [row], columns, account=row.number, section=part.section))
                for row in part.rows
            ]
    every = [row for part in books.parts for row in part.rows]
    lines.append(Line(_("Result"), _cells(statement, every, columns), "result"))
    return Table(tuple(columns), tuple(lines))


def _cells(
    statement: Statement, rows: Sequence[Row], columns: Sequence[Column], *, account: str = "", section: str = ""
) -> tuple[Cell, ...]:
    cells = []
    for column in columns:
        amounts = [
            amount for row in rows for month, amount in row.months.items() if column.first <= month <= column.last
        ]
        if not amounts and account:
            cells.append(Cell(None))
            continue
        href = ""
        if amounts and len(statement.activities) == 1:
            href = entries_url(
                statement.activities[0].pk, first=column.first, last=column.last, account=account, section=section
            )
        cells.append(Cell(sum(amounts, ZERO), href))
    return tuple(cells)


@dataclass(frozen=True)
class MemberLine:
    """A section of a member's statement: its amount in each activity, and over all."""

    label: str
    cells: tuple[Cell, ...]
    total: Decimal
    kind: str = "section"


def member_table(activities: Sequence[Activity], span: Span) -> list[MemberLine]:
    """Return the sections of each activity side by side, with their sum; each amount leads to its lines."""
    books = {
        activity.pk: statements.income_statement(activities=[activity.pk], first=span.first, last=span.last)
        for activity in activities
    }
    lines = []
    for section in Section:
        amounts = {pk: book.part(section).total for pk, book in books.items()}
        if any(book.part(section).rows for book in books.values()):
            cells = tuple(
                Cell(amount, entries_url(pk, first=span.first, last=span.last, section=section))
                for pk, amount in amounts.items()
            )
            lines.append(MemberLine(str(TITLES[section]), cells, sum(amounts.values(), ZERO)))
    results = {pk: book.result for pk, book in books.items()}
    cells = tuple(Cell(amount, entries_url(pk, first=span.first, last=span.last)) for pk, amount in results.items())
    lines.append(MemberLine(_("Result"), cells, sum(results.values(), ZERO), "result"))
    return lines


def chart(statement: Statement) -> charts.Chart | None:
    """Return revenue, what was spent, and the result month by month; None for a single month or an empty year."""
    books = statement.books
    if len(books.months) < 2 or not books.parts:
        return None
    revenue = books.part(Section.REVENUE)
    best = max(books.months, key=books.result_of)
    finding = _("The result from %(first)s to %(last)s is %(result)s; the best month is %(best)s, with %(amount)s.") % {
        "first": formatting.month(books.months[0]),
        "last": formatting.month(books.months[-1]),
        "result": formatting.money(books.result),
        "best": formatting.month(best),
        "amount": formatting.money(books.result_of(best)),
    }
    return charts.bars(
        title=_("Revenue and result by month"),
        finding=finding,
        series=[
            charts.Series(_("Revenue")),
            charts.Series(_("Costs, fee, fund and salary")),
            charts.Series(_("Result")),
        ],
        points=[
            charts.Point(
                formatting.short_month(month),
                (revenue.month(month), revenue.month(month) - books.result_of(month), books.result_of(month)),
            )
            for month in books.months
        ],
    )


# --- frozen -----------------------------------------------------------------------------------------------------------


def frozen(statement: Statement) -> dict[str, Any]:
    """Return the statement as JSON values: what a PDF is made from, and what the command writes.

    The salary cost is one amount in it, whoever asks: it is read outside the house.
    """
    books = shown(statement.books, Pay.AS_ONE)
    return {
        "holder": statement.holder,
        "cooperative": _identity(statement.cooperative),
        "activities": [{"code": activity.code, "name": activity.name} for activity in statement.activities],
        "period": statement.span.code,
        "months": [str(month) for month in books.months],
        "sections": [
            {
                "section": str(part.section),
                "rows": [_row(row, books.months) for row in part.rows],
                "months": [str(part.month(month)) for month in books.months],
                "total": str(part.total),
            }
            for part in books.parts
        ],
        "result": {
            "months": [str(books.result_of(month)) for month in books.months],
            "total": str(books.result),
        },
        "carried_forward": str(books.carried_forward),
        "balances": {
            "on": statement.on.isoformat(),
            "accounting": str(statement.balances.accounting),
            "collected": str(statement.balances.collected),
            "free": str(statement.balances.free),
            "blocked": statement.blocked,
        },
    }


def _row(row: Row, months: Iterable[Month]) -> dict[str, Any]:
    return {
        "account": row.number,
        "names": row.names,
        "months": [str(row.months.get(month, ZERO)) for month in months],
        "total": str(row.total),
    }


def _identity(cooperative: Cooperative) -> dict[str, str]:
    number = cooperative.enterprise_number
    return {
        "code": cooperative.code,
        "name": cooperative.name,
        "legal_form": cooperative.legal_form,
        "vat_number": f"BE {number[:4]}.{number[4:7]}.{number[7:]}",
        "court": cooperative.court,
        "street": cooperative.street,
        "postcode": cooperative.postcode,
        "town": cooperative.town,
        "email": cooperative.email,
        "phone": cooperative.phone,
    }


def read_span(text: str, *, on: date) -> Span | None:
    """Read the months in an address; None for what is no year or month, or lies outside of 2000 to next year."""
    try:
        span = Span.parse(text, on=on)
    except NotAMonth:
        return None
    return span if 2000 <= span.first.year <= on.year + 1 else None
