"""Totals of a document: each line rounded once, VAT once per category and rate. Pure; EUR; half-up to the cent.

1. net of a line = round(quantity × price − discount), rounded once;
2. the discount shown = round(quantity × price) − net, so that the printed figures add up;
3. base per category and rate = sum of the rounded lines; VAT = round(base × rate), never per line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from coop.money import ZERO, cents

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Item:
    """A line to be totalled: what it is for VAT, and its net amount (already rounded)."""

    operation: str
    category: str
    rate: Decimal
    net: Decimal


@dataclass(frozen=True)
class Group:
    """One category and rate of a document: its base, its VAT, and which operations the base comes from."""

    category: str
    rate: Decimal
    base: Decimal
    vat: Decimal
    operations: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Totals:
    """What a document adds up to."""

    groups: Sequence[Group]

    @property
    def net(self) -> Decimal:
        """The total excluding VAT."""
        return sum((group.base for group in self.groups), ZERO)

    @property
    def vat(self) -> Decimal:
        """The VAT of all groups."""
        return sum((group.vat for group in self.groups), ZERO)

    @property
    def gross(self) -> Decimal:
        """The total including VAT."""
        return self.net + self.vat


def line_net(quantity: Decimal, price: Decimal, discount_percent: Decimal = ZERO) -> Decimal:
    """Return the net amount of a line: quantity × price less the discount, rounded once."""
    return cents(quantity * price * (HUNDRED - discount_percent) / HUNDRED)


def line_discount(quantity: Decimal, price: Decimal, discount_percent: Decimal) -> Decimal:
    """Return the discount of a line as it is shown: the rounded full amount less the net."""
    return cents(quantity * price) - line_net(quantity, price, discount_percent)


def totals(items: Iterable[Item]) -> Totals:
    """Return the totals of a document, highest rate first."""
    bases: dict[tuple[str, Decimal], dict[str, Decimal]] = {}
    for item in items:
        operations = bases.setdefault((item.category, item.rate), {})
        operations[item.operation] = operations.get(item.operation, ZERO) + item.net
    groups = [
        Group(category, rate, base, cents(base * rate), operations)
        for (category, rate), operations in bases.items()
        for base in [sum(operations.values(), ZERO)]
    ]
    return Totals(sorted(groups, key=lambda group: (-group.rate, group.category)))
