"""A list of pay as pages and files show it: heads, rows, totals, and the line that compares it with the books. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from coop.money import ZERO

Value: TypeAlias = str | Decimal | date | None


class Kind(StrEnum):
    """How the value of a cell is written; a national number is masked on a page and whole in a file."""

    TEXT = "text"
    AMOUNT = "amount"
    HOURS = "hours"
    DAY = "day"
    NUMBER = "niss"
    LINKS = "links"


@dataclass(frozen=True)
class Link:
    """A payslip to open, and the word that opens it."""

    payslip: UUID
    label: str


@dataclass(frozen=True)
class Cell:
    """A value and the payslips that it comes from. ``masked`` is what a page shows in place of a national number."""

    value: Value = None
    kind: Kind = Kind.TEXT
    links: tuple[Link, ...] = ()
    masked: str = ""

    @property
    def payslip(self) -> UUID | None:
        """The one payslip that it comes from; None when there is none, or several."""
        return self.links[0].payslip if len(self.links) == 1 else None


@dataclass(frozen=True)
class Head:
    """The head of a column: its words, the code that the administration gives it, and how its cells are written."""

    label: str
    kind: Kind = Kind.TEXT
    code: str = ""

    @property
    def is_number(self) -> bool:
        """Tell whether its cells are numbers."""
        return self.kind in {Kind.AMOUNT, Kind.HOURS}


@dataclass(frozen=True)
class Row:
    """A row of cells, one per head. ``person`` leads to the individual account; ``strong`` marks a result."""

    cells: tuple[Cell, ...]
    person: UUID | None = None
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """A list: heads, rows, and the sums of its columns."""

    title: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    totals: Row | None = None


def amount(value: Decimal, *links: Link) -> Cell:
    """Return a cell of EUR."""
    return Cell(value, Kind.AMOUNT, links)


def hours(value: Decimal | None, *links: Link) -> Cell:
    """Return a cell of hours; empty for None."""
    return Cell(value, Kind.HOURS, links)


def text(value: str, *links: Link) -> Cell:
    """Return a cell of words."""
    return Cell(value, Kind.TEXT, links)


def day(value: date | None) -> Cell:
    """Return a cell of a day; empty for None."""
    return Cell(value, Kind.DAY)


def national_number(value: str, masked: str) -> Cell:
    """Return a cell of a national number, which a page shows masked."""
    return Cell(value, Kind.NUMBER, masked=masked)


def links(*found: Link) -> Cell:
    """Return a cell that only opens payslips."""
    return Cell(None, Kind.LINKS, found)


def with_totals(title: str, heads: Sequence[Head], rows: Sequence[Row], word: str) -> Table:
    """Return a table with the sums of its columns of EUR under ``word``; no sum of days, hours or words."""
    sums = [Cell() for _head in heads]
    for place, head in enumerate(heads):
        if head.kind == Kind.AMOUNT:
            sums[place] = amount(
                sum((value for row in rows if isinstance(value := row.cells[place].value, Decimal)), ZERO)
            )
    sums[0] = text(word)
    return Table(title, tuple(heads), tuple(rows), Row(tuple(sums), strong=True))


# --- beside the books -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Booked:
    """What an entry puts on an account: EUR, positive when it is owed. ``label`` names the entry."""

    entry: UUID
    label: str
    amount: Decimal


@dataclass(frozen=True)
class Difference:
    """An entry that the list does not explain to the cent; EUR."""

    entry: UUID
    label: str
    listed: Decimal
    booked: Decimal

    @property
    def amount(self) -> Decimal:
        """By how much the books have more than the list."""
        return self.booked - self.listed


@dataclass(frozen=True)
class Check:
    """The sum of a list beside the account that must hold it; EUR, and the entries that differ."""

    account: str
    listed: Decimal
    booked: Decimal
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        """Tell whether list and books are equal to the cent, entry by entry."""
        return not self.differences

    @property
    def difference(self) -> Decimal:
        """By how much the books have more than the list."""
        return self.booked - self.listed


def compare(account: str, listed: Mapping[UUID, Decimal], booked: Sequence[Booked]) -> Check:
    """Compare what a list says of each entry with what the entry put on the account.

    An entry of the list that the account lacks is a difference, and so is an entry of the account that the list does not
    know. EUR, positive when it is owed.
    """
    known = {one.entry: one for one in booked}
    found = []
    for entry in [*known, *(entry for entry in listed if entry not in known)]:
        said, stands = listed.get(entry, ZERO), known[entry].amount if entry in known else ZERO
        if said != stands:
            found.append(Difference(entry, known[entry].label if entry in known else "", said, stands))
    total = sum(listed.values(), ZERO)
    return Check(account, total, sum((one.amount for one in booked), ZERO), tuple(found))
