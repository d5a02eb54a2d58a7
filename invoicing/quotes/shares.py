"""What part of a quote a deposit asks for, and what the final invoice leaves out. Pure; EUR excluding VAT, to the cent.

Amounts are kept by what is sold, since each keeps its VAT. The final invoice never computes a percentage again: it holds the
whole quote less exactly what was charged, so that deposits and final invoice add up to the quote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from coop.money import CENT, ZERO, cents, split

WHOLE = Decimal(100)


class TooMuch(ValueError):
    """A part is larger than what is left. ``left`` is what could still be charged."""

    def __init__(self, left: Decimal) -> None:
        self.left = left
        super().__init__(f"only {left} is left")


@dataclass(frozen=True)
class Sold:
    """One kind of sale on a quote: what was agreed for it and what was charged of it so far (credits taken off)."""

    kind: str
    agreed: Decimal
    charged: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        """What is not charged yet."""
        return self.agreed - self.charged


def left_of(sold: Sequence[Sold]) -> Decimal:
    """Return what is left of a quote."""
    return sum((one.left for one in sold), ZERO)


def by_percent(sold: Sequence[Sold], percent: Decimal) -> dict[str, Decimal]:
    """Return the share of each kind of sale in a deposit of a percentage, each rounded once.

    Where rounding of several deposits would take a cent more of a kind than is left of it, what is left is taken. Raises
    TooMuch when the deposit exceeds what is left of the quote by more than that.
    """
    wanted = {one.kind: cents(one.agreed * percent / WHOLE) for one in sold}
    if sum(wanted.values(), ZERO) - left_of(sold) > CENT * len(sold):
        raise TooMuch(left_of(sold))
    by_kind = {one.kind: one for one in sold}
    return _without_zeros({kind: _at_most(part, by_kind[kind].left) for kind, part in wanted.items()})


def _at_most(part: Decimal, left: Decimal) -> Decimal:
    return left if ZERO <= left < part <= left + CENT else part


def by_amount(sold: Sequence[Sold], amount: Decimal) -> dict[str, Decimal]:
    """Return the share of each kind of sale in a deposit of an amount: in the proportion of what is left of each.

    Raises TooMuch above what is left.
    """
    if amount > left_of(sold):
        raise TooMuch(left_of(sold))
    open_ones = [one for one in sold if one.left > ZERO]
    parts = split(amount, [one.left for one in open_ones])
    return _without_zeros({one.kind: part for one, part in zip(open_ones, parts, strict=True)})


def _without_zeros(parts: dict[str, Decimal]) -> dict[str, Decimal]:
    return {kind: part for kind, part in parts.items() if part != ZERO}
