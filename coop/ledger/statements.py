"""The income statement: what an activity, a member or a cooperative earned and spent, month by month. Amounts are EUR,
income positive, costs negative; every one is a sum of lines of the books."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from coop.errors import Text
from coop.money import ZERO
from coop.periods import Month


class Section(StrEnum):
    """The parts of an income statement, in the order in which they are read."""

    REVENUE = "revenue"
    COSTS = "costs"
    FEE = "fee"
    FUND = "fund"
    INTERNAL = "internal"
    SALARY = "salary"


TITLES: dict[Section, Text] = {
    Section.REVENUE: _("Revenue"),
    Section.COSTS: _("Costs"),
    Section.FEE: _("Cooperative’s fee"),
    Section.FUND: _("Mutual fund"),
    Section.INTERNAL: _("Internal sales"),
    Section.SALARY: _("Salary cost"),
}


def section_of(number: str) -> Section | None:
    """Return the section of an account by its number; None for what is no part of the result (903, balance sheet)."""
    if number[:2] in ("70", "74"):
        return Section.REVENUE
    if number[:2] == "62":
        return Section.SALARY
    if number[:1] in ("6", "7"):
        return Section.COSTS
    return {"900": Section.FEE, "901": Section.FUND, "902": Section.INTERNAL}.get(number[:3])


PATTERNS: dict[str, str] = {
    Section.REVENUE: "^7[04]",
    Section.COSTS: "^(6[013-9]|7[1-35-9])",
    Section.FEE: "^900",
    Section.FUND: "^901",
    Section.INTERNAL: "^902",
    Section.SALARY: "^62",
}


def pattern(section: str) -> str:
    """Return the pattern of the account numbers of a section; without one, of all that make the result."""
    return PATTERNS.get(section, "^([67]|90[012])")


@dataclass
class Row:
    """One account of a section: its amount in each month, and in all."""

    number: str
    names: dict[str, str]
    months: dict[Month, Decimal] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """The sum of the months."""
        return sum(self.months.values(), ZERO)


@dataclass
class Part:
    """One section with its rows."""

    section: Section
    rows: list[Row]

    @property
    def title(self) -> Text:
        """The section's title in the reader's language."""
        return TITLES[self.section]

    def month(self, month: Month) -> Decimal:
        """The section's amount in a month."""
        return sum((row.months.get(month, ZERO) for row in self.rows), ZERO)

    @property
    def total(self) -> Decimal:
        """The section's amount in all months."""
        return sum((row.total for row in self.rows), ZERO)


@dataclass
class IncomeStatement:
    """Sections of a range of months; ``carried_forward`` is what was brought in from before, no part of the result."""

    months: Sequence[Month]
    parts: list[Part]
    carried_forward: Decimal

    def part(self, section: Section) -> Part:
        """Return a section; empty when nothing was booked in it."""
        return next((part for part in self.parts if part.section == section), Part(section, []))

    def result_of(self, month: Month) -> Decimal:
        """The result of a month: all sections added up."""
        return sum((part.month(month) for part in self.parts), ZERO)

    @property
    def result(self) -> Decimal:
        """The result of all months."""
        return sum((part.total for part in self.parts), ZERO)


_SUMS = """
SELECT a.number, a.name_fr, a.name_nl, a.name_en, date_trunc('month', l.date)::date, -sum(l.amount)
FROM ledger_line l
JOIN ledger_account a ON a.id = l.account_id
JOIN ledger_entry e ON e.id = l.entry_id
JOIN ledger_journal j ON j.id = e.journal_id
WHERE l.activity_id = ANY(%s) AND l.date BETWEEN %s AND %s AND left(a.number, 1) IN ('6', '7', '9') AND j.code <> 'CLO'
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 5
"""


def income_statement(*, activities: Iterable[UUID], first: Month, last: Month) -> IncomeStatement:
    """Return the income statement of some activities from one month up to and including another, in one query."""
    rows: dict[str, Row] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [list(activities), first.first, last.last])
        for number, name_fr, name_nl, name_en, day, amount in cursor.fetchall():
            row = rows.setdefault(number, Row(number, {"fr": name_fr, "nl": name_nl, "en": name_en}))
            row.months[Month.of(day)] = row.months.get(Month.of(day), ZERO) + amount
    parts = []
    for section in Section:
        found = [row for row in rows.values() if section_of(row.number) == section]
        if found:
            parts.append(Part(section, found))
    carried = sum((row.total for row in rows.values() if row.number.startswith("903")), ZERO)
    return IncomeStatement(list(first.until(last)), parts, carried)


@dataclass(frozen=True)
class TrialLine:
    """An account with what was debited and credited on it, in EUR."""

    number: str
    names: dict[str, str]
    debit: Decimal
    credit: Decimal

    @property
    def balance(self) -> Decimal:
        """Debit less credit."""
        return self.debit - self.credit


def trial_balance(*, cooperative: UUID, first: Month, last: Month) -> list[TrialLine]:
    """Return the trial balance of a cooperative over a range of months, by account number."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT a.number, a.name_fr, a.name_nl, a.name_en,
                coalesce(sum(l.amount) FILTER (WHERE l.amount > 0), 0),
                coalesce(-sum(l.amount) FILTER (WHERE l.amount < 0), 0)
            FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id
            WHERE l.cooperative_id = %s AND l.date BETWEEN %s AND %s GROUP BY 1, 2, 3, 4 ORDER BY 1""",
            [cooperative, first.first, last.last],
        )
        return [
            TrialLine(row[0], {"fr": row[1], "nl": row[2], "en": row[3]}, row[4], row[5]) for row in cursor.fetchall()
        ]
