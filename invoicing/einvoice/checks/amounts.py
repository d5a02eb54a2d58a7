"""The arithmetic of a document, to the cent. The official rules of the same names let up to 0.99 EUR of VAT error pass.

Each amount is computed again from what it is made of: lines from quantity and price, bases from lines, VAT from bases, totals
from all of them. Half a cent rounds away from zero (``coop.money.cents``).
"""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from coop.money import CENT, ZERO, cents
from invoicing.einvoice.checks.findings import (
    DECIMALS,
    DECIMALS_IN_LINE,
    DIFFERS,
    DIFFERS_IN_LINE,
    NEGATIVE_IN_LINE,
    About,
    Context,
    Rule,
    Severity,
    Values,
    View,
    register,
    rule,
)
from invoicing.einvoice.model import AllowanceCharge, Document, Line, VatGroup

HUNDRED = Decimal(100)
SLACK = Decimal("0.02")
"""What Peppol lets a line of others differ (R120) and a percentage (R040)."""

OFFICIAL_SLACK = Decimal(1)
"""Up to which difference, excluded, the official rules let the VAT of a rate pass (BR-CO-17)."""


def _differs(found: Decimal | None, expected: Decimal) -> Iterator[Values]:
    if found is not None and found != expected:
        yield {"found": found, "expected": expected}


def total(amounts: Iterable[Decimal | None]) -> Decimal:
    """Return the sum of amounts; those that are missing are named by rules of presence."""
    return sum((amount for amount in amounts if amount is not None), ZERO)


def _known(amount: Decimal | None) -> Decimal:
    return ZERO if amount is None else amount


def line_net(line: Line) -> Decimal | None:
    """Return the net amount that a line must have: quantity × price ÷ base quantity, rounded, less rebates plus charges."""
    if line.quantity is None or line.price is None or line.base_quantity == ZERO:
        return None
    full = cents(line.quantity * line.price / (line.base_quantity or Decimal(1)))
    return (
        full
        - total(one.amount for one in line.allowances if not one.is_charge)
        + total(one.amount for one in line.allowances if one.is_charge)
    )


@rule("PEPPOL-EN16931-R120", DIFFERS_IN_LINE, term="BT-131", about=About.AMOUNTS, stricter="to the cent, not to two")
def net_of_lines(document: Document, context: Context) -> Iterator[Values]:
    """The net amount of a line is quantity × price ÷ base quantity, less its rebates, plus its charges."""
    slack = SLACK if context.view == View.RECEIVED else ZERO
    for line in document.lines:
        expected = line_net(line)
        if expected is not None and line.net is not None and abs(line.net - expected) > slack:
            yield {"line": line.id, "found": line.net, "expected": expected}


@rule("BR-CO-10", DIFFERS, term="BT-106", about=About.AMOUNTS)
def sum_of_lines(document: Document, _context: Context) -> Iterator[Values]:
    """The sum of the lines is their sum."""
    yield from _differs(document.totals.lines, total(line.net for line in document.lines))


def _allowances(document: Document, *, charges: str) -> Decimal:
    return total(one.amount for one in document.allowances if one.is_charge == (charges == "charges"))


@rule("BR-CO-11", DIFFERS, term="BT-107", about=About.AMOUNTS)
def sum_of_allowances(document: Document, _context: Context) -> Iterator[Values]:
    """The sum of the rebates of the document is their sum; it may be left out only where there are none."""
    yield from _sum(document.totals.allowances, document, "allowances")


@rule("BR-CO-12", DIFFERS, term="BT-108", about=About.AMOUNTS)
def sum_of_charges(document: Document, _context: Context) -> Iterator[Values]:
    """The sum of the charges of the document is their sum; it may be left out only where there are none."""
    yield from _sum(document.totals.charges, document, "charges")


def _sum(found: Decimal | None, document: Document, charges: str) -> Iterator[Values]:
    expected = _allowances(document, charges=charges)
    some = any(one.is_charge == (charges == "charges") for one in document.allowances)
    if found is None and some:
        yield {"found": "–", "expected": expected}
    yield from _differs(found, expected)


@rule("BR-CO-13", DIFFERS, term="BT-109", about=About.AMOUNTS)
def total_without_vat(document: Document, _context: Context) -> Iterator[Values]:
    """The total excluding VAT is the lines, less rebates, plus charges."""
    totals = document.totals
    if totals.lines is not None:
        yield from _differs(totals.without_vat, totals.lines - _known(totals.allowances) + _known(totals.charges))


@rule("BR-CO-14", DIFFERS, term="BT-110", about=About.AMOUNTS)
def total_of_vat(document: Document, _context: Context) -> Iterator[Values]:
    """The total of the VAT is the sum of the VAT of all rates."""
    expected = total(group.vat for group in document.vat)
    if document.totals.vat is None and document.vat:
        yield {"found": "–", "expected": expected}
    yield from _differs(document.totals.vat, expected)


@rule("BR-CO-15", DIFFERS, term="BT-112", about=About.AMOUNTS)
def total_with_vat(document: Document, _context: Context) -> Iterator[Values]:
    """The total including VAT is the total excluding VAT plus the VAT."""
    totals = document.totals
    if totals.without_vat is not None:
        yield from _differs(totals.with_vat, totals.without_vat + _known(totals.vat))


@rule("BR-CO-16", DIFFERS, term="BT-115", about=About.AMOUNTS)
def amount_payable(document: Document, _context: Context) -> Iterator[Values]:
    """What is to pay is the total including VAT, less what was paid, plus the rounding."""
    totals = document.totals
    if totals.with_vat is not None:
        yield from _differs(totals.payable, totals.with_vat - _known(totals.prepaid) + _known(totals.rounding))


# --- VAT --------------------------------------------------------------------------------------------------------------


def bases(document: Document) -> dict[tuple[str, Decimal], Decimal]:
    """Return the base per category and rate (percent): lines, less rebates, plus charges of the document."""
    sums: dict[tuple[str, Decimal], Decimal] = {}
    for category, rate, amount in [
        *((line.category, line.rate, _known(line.net)) for line in document.lines),
        *((one.category, one.rate, signed(one)) for one in document.allowances),
    ]:
        if category:
            key = (category, _known(rate))
            sums[key] = sums.get(key, ZERO) + amount
    return sums


def signed(one: AllowanceCharge) -> Decimal:
    """Return what a rebate or a charge of the document adds to the base."""
    return _known(one.amount) if one.is_charge else -_known(one.amount)


def key_of(group: VatGroup) -> tuple[str, Decimal]:
    """Return the category and rate of a group."""
    return group.category, _known(group.rate)


@rule("BR-CO-17", DIFFERS, term="BT-117", about=About.AMOUNTS, stricter="to the cent, not to 0.99 EUR")
def vat_of_groups(document: Document, context: Context) -> Iterator[Values]:
    """The VAT of a rate is its base × the rate, rounded once. On a credit note that takes the rest, it is the rest.

    Of received documents we tolerate what the official rule does; ``received_vat`` warns of the difference.
    """
    slack = OFFICIAL_SLACK if context.view == View.RECEIVED else CENT
    for group in document.vat:
        expected = _vat(group, context)
        if expected is not None and group.vat is not None and abs(group.vat - expected) >= slack:
            yield {"found": group.vat, "expected": expected}


@rule("BE-VAT-CENTS", DIFFERS, term="BT-117", about=About.AMOUNTS, severity=Severity.WARNING)
def received_vat(document: Document, context: Context) -> Iterator[Values]:
    """The VAT of a rate of a received document is right to the cent; where it is not, somebody looks before it is booked."""
    if context.view == View.RECEIVED:
        for group in document.vat:
            expected = _vat(group, context)
            if expected is not None and group.vat is not None and CENT <= abs(group.vat - expected) < OFFICIAL_SLACK:
                yield {"found": group.vat, "expected": expected}


def _vat(group: VatGroup, context: Context) -> Decimal | None:
    key = key_of(group)
    if key in context.closing:
        return context.closing[key]
    return None if group.base is None else cents(group.base * key[1] / HUNDRED)


# --- rebates and charges ----------------------------------------------------------------------------------------------


def _all_allowances(document: Document) -> Iterator[tuple[str, AllowanceCharge]]:
    yield from (("", one) for one in document.allowances)
    yield from ((line.id, one) for line in document.lines for one in line.allowances)


@rule("PEPPOL-EN16931-R040", DIFFERS, term="BT-92", about=About.AMOUNTS)
def percentage_of_base(document: Document, _context: Context) -> Iterator[Values]:
    """A rebate or charge of a percentage is that percentage of its base, give or take the rounding of the line."""
    for line, one in _all_allowances(document):
        if one.percent is not None and one.base is not None and one.amount is not None:
            expected = one.base * one.percent / HUNDRED
            if abs(one.amount - expected) > SLACK:
                yield {"line": line, "found": one.amount, "expected": cents(expected)}


@rule("PEPPOL-EN16931-R041", _("A rebate or charge with a percentage does not say of which amount."), term="BT-92")
def base_of_percentage(document: Document, _context: Context) -> Iterator[Values]:
    """A percentage has a base."""
    yield from (
        {"line": line} for line, one in _all_allowances(document) if one.percent is not None and one.base is None
    )


@rule("PEPPOL-EN16931-R042", _("A rebate or charge with a base does not say which percentage of it."), term="BT-92")
def percentage_of_a_base(document: Document, _context: Context) -> Iterator[Values]:
    """A base has a percentage."""
    yield from (
        {"line": line} for line, one in _all_allowances(document) if one.base is not None and one.percent is None
    )


# --- prices -----------------------------------------------------------------------------------------------------------


@rule("BR-27", NEGATIVE_IN_LINE, term="BT-146", about=About.LINES)
def price_not_negative(document: Document, _context: Context) -> Iterator[Values]:
    """A price is never below zero; a quantity may be."""
    yield from (
        {"line": line.id, "found": line.price}
        for line in document.lines
        if line.price is not None and line.price < ZERO
    )


@rule("BR-28", NEGATIVE_IN_LINE, term="BT-148", about=About.LINES)
def gross_price_not_negative(document: Document, _context: Context) -> Iterator[Values]:
    """A gross price is never below zero."""
    for line in document.lines:
        if line.gross_price is not None and line.gross_price < ZERO:
            yield {"line": line.id, "found": line.gross_price}


@rule("PEPPOL-EN16931-R046", DIFFERS_IN_LINE, term="BT-146", about=About.AMOUNTS)
def net_price(document: Document, _context: Context) -> Iterator[Values]:
    """The net price is the gross price less its discount."""
    for line in document.lines:
        if line.gross_price is not None and line.price is not None:
            expected = line.gross_price - _known(line.price_discount)
            if line.price != expected:
                yield {"line": line.id, "found": line.price, "expected": expected}


@rule(
    "PEPPOL-EN16931-R121", _("Line %(line)s – %(what)s: it must be above zero."), term="BT-149", about=About.LINES
)  # fmt: skip
def base_quantity(document: Document, _context: Context) -> Iterator[Values]:
    """The quantity that a price is for is above zero."""
    for line in document.lines:
        if line.base_quantity is not None and line.base_quantity <= ZERO:
            yield {"line": line.id}


@rule("PEPPOL-EN16931-R130", DIFFERS_IN_LINE, term="BT-150", about=About.LINES)
def unit_of_base_quantity(document: Document, _context: Context) -> Iterator[Values]:
    """A price is for the unit of the quantity."""
    for line in document.lines:
        if line.base_unit and line.quantity is not None and line.base_unit != line.unit:
            yield {"line": line.id, "found": line.base_unit, "expected": line.unit}


# --- decimals ---------------------------------------------------------------------------------------------------------


def _too_fine(amount: Decimal | None) -> bool:
    return amount is not None and amount != amount.quantize(CENT)


def _decimals(identifier: str, term: str, get: Callable[[Document], Iterable[Decimal | None]]) -> None:
    """Register the rule that an amount of the document has at most two decimals."""

    def check(document: Document, _context: Context) -> Iterable[Values]:
        yield from ({"found": amount} for amount in get(document) if _too_fine(amount))

    register(Rule(identifier, check, DECIMALS, term, About.AMOUNTS))


def _decimals_in_lines(identifier: str, term: str, get: Callable[[Line], Iterable[Decimal | None]]) -> None:
    """Register the rule that an amount of a line has at most two decimals."""

    def check(document: Document, _context: Context) -> Iterable[Values]:
        for line in document.lines:
            yield from ({"line": line.id, "found": amount} for amount in get(line) if _too_fine(amount))

    register(Rule(identifier, check, DECIMALS_IN_LINE, term, About.AMOUNTS))


_decimals("BR-DEC-01", "BT-92", lambda one: [each.amount for each in one.allowances if not each.is_charge])
_decimals("BR-DEC-02", "BT-92", lambda one: [each.base for each in one.allowances if not each.is_charge])
_decimals("BR-DEC-05", "BT-92", lambda one: [each.amount for each in one.allowances if each.is_charge])
_decimals("BR-DEC-06", "BT-92", lambda one: [each.base for each in one.allowances if each.is_charge])
_decimals("BR-DEC-09", "BT-106", lambda one: [one.totals.lines])
_decimals("BR-DEC-10", "BT-107", lambda one: [one.totals.allowances])
_decimals("BR-DEC-11", "BT-108", lambda one: [one.totals.charges])
_decimals("BR-DEC-12", "BT-109", lambda one: [one.totals.without_vat])
_decimals("BR-DEC-13", "BT-110", lambda one: [one.totals.vat])
_decimals("BR-DEC-14", "BT-112", lambda one: [one.totals.with_vat])
_decimals("BR-DEC-15", "BT-111", lambda one: [one.totals.vat_in_tax_currency])
_decimals("BR-DEC-16", "BT-113", lambda one: [one.totals.prepaid])
_decimals("BR-DEC-17", "BT-114", lambda one: [one.totals.rounding])
_decimals("BR-DEC-18", "BT-115", lambda one: [one.totals.payable])
_decimals("BR-DEC-19", "BT-116", lambda one: [group.base for group in one.vat])
_decimals("BR-DEC-20", "BT-117", lambda one: [group.vat for group in one.vat])
_decimals_in_lines("BR-DEC-23", "BT-131", lambda line: [line.net])
_decimals_in_lines("BR-DEC-24", "BT-136", lambda line: [one.amount for one in line.allowances if not one.is_charge])
_decimals_in_lines("BR-DEC-25", "BT-136", lambda line: [one.base for one in line.allowances if not one.is_charge])
_decimals_in_lines("BR-DEC-27", "BT-136", lambda line: [one.amount for one in line.allowances if one.is_charge])
_decimals_in_lines("BR-DEC-28", "BT-136", lambda line: [one.base for one in line.allowances if one.is_charge])
