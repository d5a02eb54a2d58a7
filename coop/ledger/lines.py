"""The value that every posting scheme returns: one line of an entry, by account role, EUR, debit positive."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from coop.money import ZERO, exact


@dataclass(frozen=True)
class VatTag:
    """What a line means for the VAT return: code, part (``base`` or ``tax``) and grid, frozen at posting."""

    code: str
    part: str
    grid: str = ""


@dataclass(frozen=True)
class Line:
    """One line: ``account`` is a role of the chart ("customers"), or an account number when it is all digits."""

    account: str
    amount: Decimal
    activity: UUID | None = None
    party: UUID | None = None
    item: UUID | None = None
    vat: VatTag | None = None


def debit(account: str, amount: Decimal, **options: UUID | VatTag | None) -> Line:
    """Return a line that debits an account by an amount (EUR, exact cents)."""
    return Line(account, exact(amount), **options)  # type: ignore[arg-type]


def credit(account: str, amount: Decimal, **options: UUID | VatTag | None) -> Line:
    """Return a line that credits an account by an amount (EUR, exact cents)."""
    return Line(account, -exact(amount), **options)  # type: ignore[arg-type]


def without_zeros(lines: Iterable[Line]) -> list[Line]:
    """Drop the lines of amount zero, which the books do not hold."""
    return [line for line in lines if line.amount != ZERO]


def reversed_lines(lines: Sequence[Line]) -> list[Line]:
    """Return the same lines with the opposite sign."""
    return [Line(line.account, -line.amount, line.activity, line.party, line.item, line.vat) for line in lines]
