"""What a credit note is made of: never more than is left of a line and of a rate, at the original rates. Pure; EUR.

The VAT of a credit note is round(base × rate) per rate like that of an invoice, but never more than is left of that
rate, and exactly what is left when the whole base of the rate has been credited: so an invoice closes to the cent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from coop.entities.fees import NO_TERMS, Terms
from coop.money import ZERO, cents
from invoicing.totals import Group, Totals, line_net, shared

ONE = Decimal(1)


class AboveWhatIsLeft(ValueError):
    """More was asked of a line than is left of it. ``left`` is the amount (EUR excluding VAT)."""

    def __init__(self, line: UUID, left: Decimal) -> None:
        self.line, self.left = line, left
        super().__init__(line, left)


@dataclass(frozen=True)
class Origin:
    """A line of the invoice: what it says, and what was credited of it before.

    ``credited_quantity`` is None once an amount was credited instead of a quantity: then only the amount left counts.
    """

    line: UUID
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    net: Decimal
    operation: str
    category: str
    rate: Decimal
    credited_net: Decimal = ZERO
    credited_quantity: Decimal | None = ZERO

    @property
    def left(self) -> Decimal:
        """What is left to credit, in the sign of the line."""
        return self.net - self.credited_net

    @property
    def quantity_left(self) -> Decimal | None:
        """The quantity left to credit, where quantities alone were credited."""
        return None if self.credited_quantity is None else self.quantity - self.credited_quantity


@dataclass(frozen=True)
class Part:
    """A line of the credit note; ``lump`` says that it is an amount, not a quantity of the line."""

    origin: Origin
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    net: Decimal
    lump: bool


def by_amount(origin: Origin, amount: Decimal) -> Part:
    """Credit an amount of a line. Raises AboveWhatIsLeft."""
    _refuse_above(origin, amount)
    quantity = ONE if amount >= ZERO else -ONE
    return Part(origin, quantity, abs(amount), ZERO, amount, lump=True)


def by_quantity(origin: Origin, quantity: Decimal) -> Part:
    """Credit a quantity of a line; its last part takes what is left of the amount. Raises AboveWhatIsLeft."""
    left = origin.quantity_left
    net = line_net(quantity, origin.unit_price, origin.discount_percent)
    if left is not None and (quantity * left < 0 or abs(quantity) > abs(left)):
        raise AboveWhatIsLeft(origin.line, origin.left)
    if left == quantity and net != origin.left:
        return by_amount(origin, origin.left)
    _refuse_above(origin, net)
    return Part(origin, quantity, origin.unit_price, origin.discount_percent, net, lump=False)


def rest(origin: Origin) -> Part:
    """Credit all that is left of a line."""
    left = origin.quantity_left
    return by_quantity(origin, left) if left else by_amount(origin, origin.left)


def _refuse_above(origin: Origin, amount: Decimal) -> None:
    if amount == ZERO or amount * origin.left < 0 or abs(amount) > abs(origin.left):
        raise AboveWhatIsLeft(origin.line, origin.left)


@dataclass(frozen=True)
class OfTheWhole:
    """The lines of one category and rate, and their shares of the rebate and the charge on the document."""

    lines: Decimal = ZERO
    discount: Decimal = ZERO
    charge: Decimal = ZERO

    def plus(self, other: "OfTheWhole") -> "OfTheWhole":
        """Return both together."""
        return OfTheWhole(self.lines + other.lines, self.discount + other.discount, self.charge + other.charge)


NOTHING = OfTheWhole()


@dataclass(frozen=True)
class Left:
    """What is left to credit of one category and rate: of its base and VAT.

    ``whole`` are its lines on the invoice with their shares of rebate and charge, ``credited`` those of earlier credit notes.
    """

    base: Decimal
    vat: Decimal
    whole: OfTheWhole = NOTHING
    credited: OfTheWhole = NOTHING


def totals(parts: Sequence[Part], left: Mapping[tuple[str, Decimal], Left]) -> Totals:
    """Return the totals of a credit note, given what is left per category and rate before it."""
    bases: dict[tuple[str, Decimal], dict[str, Decimal]] = {}
    for part in parts:
        operations = bases.setdefault((part.origin.category, part.origin.rate), {})
        operations[part.origin.operation] = operations.get(part.origin.operation, ZERO) + part.net
    groups = []
    for (category, rate), operations in bases.items():
        rest_of_rate = left[category, rate]
        lines = sum(operations.values(), ZERO)
        discount = share_given_back(rest_of_rate.whole.discount, rest_of_rate.credited.discount, rest_of_rate, lines)
        charge = share_given_back(rest_of_rate.whole.charge, rest_of_rate.credited.charge, rest_of_rate, lines)
        parts_of_rate = list(operations.values())
        shares = zip(
            operations.items(), shared(discount, parts_of_rate), shared(charge, parts_of_rate), strict=True
        )  # fmt: skip
        operations = {code: net - less + more for (code, net), less, more in shares}
        base = lines - discount + charge
        vat = rest_of_rate.vat if base == rest_of_rate.base else _at_most(cents(base * rate), rest_of_rate.vat)
        groups.append(Group(category, rate, base, vat, operations, discount, charge))
    return Totals(sorted(groups, key=lambda group: (-group.rate, group.category)))


def share_given_back(share: Decimal, before: Decimal, of: Left, lines: Decimal) -> Decimal:
    """Return what a credit note of ``lines`` takes of a share of the whole: in proportion, so that the last one closes it."""
    if share == ZERO or of.whole.lines == ZERO:
        return ZERO
    so_far = cents(share * (of.credited.lines + lines) / of.whole.lines)
    return max(min(so_far, share) - before, ZERO)


def closing(sums: Totals, left: Mapping[tuple[str, Decimal], Left]) -> dict[tuple[str, Decimal], Decimal]:
    """Return the VAT of the groups whose VAT is what is left of their rate, and not base × rate, by category and percent."""
    return {
        (group.category, group.rate * 100): group.vat
        for group in sums.groups
        for rest_of_rate in [left[group.category, group.rate]]
        if group.base == rest_of_rate.base or group.vat == _at_most(cents(group.base * group.rate), rest_of_rate.vat)
    }


def _at_most(vat: Decimal, left: Decimal) -> Decimal:
    if vat * left < 0:
        return ZERO
    return vat if abs(vat) <= abs(left) else left


def terms(original: Terms, *, whole: Decimal, before: Decimal, part: Decimal, given_back: Sequence[Terms]) -> Terms:
    """Return the (negative) terms of a credit note of ``part``, after ``before`` was credited of ``whole`` (net, EUR).

    What is given back in all is the original fee × credited ÷ whole, so that the last credit note closes to the cent.
    """
    if whole == ZERO:
        return NO_TERMS
    so_far = original.share(-(before + part), whole)
    return Terms(
        fee=so_far.fee - sum((term.fee for term in given_back), ZERO),
        fee_slices=original.share(-part, whole).fee_slices,
        fee_moment=original.fee_moment,
        fund=so_far.fund - sum((term.fund for term in given_back), ZERO),
        fund_rate=original.fund_rate,
        fund_moment=original.fund_moment,
    )
