"""Totals of a document: each line rounded once, VAT once per category and rate. Pure; EUR; half-up to the cent.

1. net of a line = round(quantity × price − discount), rounded once;
2. the discount shown = round(quantity × price) − net, so that the printed figures add up;
3. a rebate or a charge on the whole document is shared over the categories and rates by their lines, to the cent;
4. base per category and rate = sum of the rounded lines − rebate + charge; VAT = round(base × rate), never per line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from coop.money import ZERO, cents, split

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
    """One category and rate of a document: its base, its VAT, and which operations the base comes from.

    ``discount`` and ``charge`` are its shares of the rebate and the charge on the document; they are in the base.
    """

    category: str
    rate: Decimal
    base: Decimal
    vat: Decimal
    operations: Mapping[str, Decimal] = field(default_factory=dict)
    discount: Decimal = ZERO
    charge: Decimal = ZERO

    @property
    def lines(self) -> Decimal:
        """The sum of its lines, before rebate and charge."""
        return self.base + self.discount - self.charge


@dataclass(frozen=True)
class Totals:
    """What a document adds up to."""

    groups: Sequence[Group]

    @property
    def lines(self) -> Decimal:
        """The sum of the lines, before rebate and charge."""
        return sum((group.lines for group in self.groups), ZERO)

    @property
    def discount(self) -> Decimal:
        """The rebate on the document."""
        return sum((group.discount for group in self.groups), ZERO)

    @property
    def charge(self) -> Decimal:
        """The charge on the document."""
        return sum((group.charge for group in self.groups), ZERO)

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


@dataclass(frozen=True)
class OnTheWhole:
    """A rebate, in percent of the lines or in EUR, and a charge in EUR, on a whole document; none is below zero."""

    discount_percent: Decimal = ZERO
    discount: Decimal = ZERO
    charge: Decimal = ZERO

    def discount_on(self, lines: Decimal) -> Decimal:
        """Return the rebate on the sum of the lines, rounded once; nothing is rebated of what is not above zero."""
        if lines <= ZERO:
            return ZERO
        return cents(lines * self.discount_percent / HUNDRED) if self.discount_percent else self.discount


NOTHING = OnTheWhole()


def totals(items: Iterable[Item], whole: OnTheWhole = NOTHING) -> Totals:
    """Return the totals of a document, highest rate first.

    What is on the whole is shared over the categories and rates, then over their operations, in proportion to their lines;
    parts below zero take no share. Each share is exact to the cent.
    """
    bases: dict[tuple[str, Decimal], dict[str, Decimal]] = {}
    for item in items:
        operations = bases.setdefault((item.category, item.rate), {})
        operations[item.operation] = operations.get(item.operation, ZERO) + item.net
    keys = sorted(bases, key=lambda key: (-key[1], key[0]))
    lines = [sum(bases[key].values(), ZERO) for key in keys]
    discounts = shared(whole.discount_on(sum(lines, ZERO)), lines)
    charges = shared(whole.charge, lines)
    return Totals(
        [
            _group(key, bases[key], discount, charge)
            for key, discount, charge in zip(keys, discounts, charges, strict=True)
        ]
    )


def _group(key: tuple[str, Decimal], lines: Mapping[str, Decimal], discount: Decimal, charge: Decimal) -> Group:
    (category, rate), parts = key, list(lines.values())
    adjusted = zip(lines.items(), shared(discount, parts), shared(charge, parts), strict=True)
    operations = {code: net - less + more for (code, net), less, more in adjusted}
    base = sum(operations.values(), ZERO)
    return Group(category, rate, base, cents(base * rate), operations, discount, charge)


def shared(amount: Decimal, lines: Sequence[Decimal]) -> list[Decimal]:
    """Share an amount over lines in proportion to those above zero; the first takes it where none is."""
    if amount == ZERO:
        return [ZERO] * len(lines)
    weights = [max(line, ZERO) for line in lines]
    if lines and sum(weights) == ZERO:
        weights = [Decimal(1), *[ZERO] * (len(lines) - 1)]
    return split(amount, weights) if lines else []
