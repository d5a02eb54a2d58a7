"""What each category of VAT asks for: rates, numbers, reasons, and one group of the summary for each (BR-S, BR-Z, BR-E, …).

The rules of the same number say the same of every category, so each is written once and registered under each name.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from coop.errors import Text
from coop.money import ZERO
from invoicing.einvoice import codes
from invoicing.einvoice.checks.amounts import bases, key_of
from invoicing.einvoice.checks.findings import (
    DIFFERS,
    MISSING,
    About,
    Context,
    Rule,
    Values,
    register,
    rule,
)
from invoicing.einvoice.model import Document


@dataclass(frozen=True)
class Category:
    """A category of VAT: its code, how its rules are named, and what the norm asks of it."""

    code: str
    name: str
    rate: str = "zero"
    """zero; above zero; any; none"""
    reason: str = "forbidden"
    """forbidden; needed; free"""
    numbers: str = "seller"
    """seller; both; none"""


CATEGORIES = (
    Category("S", "S", rate="above zero"),
    Category("Z", "Z"),
    Category("E", "E", reason="needed"),
    Category("AE", "AE", reason="needed", numbers="both"),
    Category("K", "IC", reason="needed", numbers="both"),
    Category("G", "G", reason="needed"),
    Category("O", "O", rate="none", reason="needed", numbers="none"),
    Category("L", "AF", rate="any"),
    Category("M", "AG", rate="any"),
)


@rule(
    "BR-O-11",
    _("“Outside the scope of VAT” stands beside other VAT in one document, which the norm forbids."),
    term="BT-118",
    about=About.LINES,
    remedy=_("Make two documents: one for what is outside the scope of VAT, one for the rest."),
)
def outside_alone(document: Document, _context: Context) -> Iterator[Values]:
    """Category O stands alone on a document."""
    used = {category for category, _rate in bases(document)} | {group.category for group in document.vat}
    if "O" in used and len(used) > 1:
        yield {}


Check = Callable[[Document, Category], Iterable[Values]]


def _family(number: str, sentence: Text, term: str, about: About, check: Check, remedy: Text = "") -> None:
    """Register the rule of one number for all categories."""
    for category in CATEGORIES:
        register(
            Rule(
                f"BR-{category.name}-{number}",
                _bound(check, category),
                sentence,
                term,
                about,
                remedy,
                stricter=check is _base,
            )
        )


def _bound(check: Check, category: Category) -> Callable[[Document, Context], Iterable[Values]]:
    return lambda document, _context: check(document, category)


def _used(document: Document, category: Category) -> dict[Decimal, Decimal]:
    """Return the bases of a category by rate, as lines, rebates and charges add up."""
    return {rate: base for (code, rate), base in bases(document).items() if code == category.code}


def _in_summary(document: Document, category: Category) -> Iterator[Values]:
    """What lines, rebates and charges use stands in the summary."""
    stated = {key_of(group) for group in document.vat}
    for rate in _used(document, category):
        if (category.code, rate) not in stated:
            yield {"category": category.code, "rate": f"{rate.normalize():f}"}


def _base(document: Document, category: Category) -> Iterator[Values]:
    """The base of a group is the sum of its lines, less rebates, plus charges, to the cent; a group without any has none."""
    used = _used(document, category)
    for group in document.vat:
        if group.category == category.code and group.base is not None:
            expected = used.get(key_of(group)[1], ZERO)
            if group.base != expected:
                yield {"found": group.base, "expected": expected}


def _rates(document: Document, category: Category) -> Iterator[Values]:
    """Lines have the rate that their category allows."""
    for line in document.lines:
        if line.category == category.code and _wrong_rate(line.rate, category):
            yield {"line": line.id, "found": _shown(line.rate), "category": category.code}


def _rates_of_rebates(document: Document, category: Category) -> Iterator[Values]:
    for one in document.allowances:
        if one.category == category.code and not one.is_charge and _wrong_rate(one.rate, category):
            yield {"found": _shown(one.rate), "category": category.code}


def _rates_of_charges(document: Document, category: Category) -> Iterator[Values]:
    for one in document.allowances:
        if one.category == category.code and one.is_charge and _wrong_rate(one.rate, category):
            yield {"found": _shown(one.rate), "category": category.code}


def _wrong_rate(rate: Decimal | None, category: Category) -> bool:
    if category.rate == "none":
        return rate is not None
    if rate is None:
        return True
    return (category.rate == "zero" and rate != ZERO) or (category.rate == "above zero" and rate <= ZERO) or rate < ZERO


def _shown(rate: Decimal | None) -> str:
    return "–" if rate is None else f"{rate.normalize():f} %"


def _no_vat(document: Document, category: Category) -> Iterator[Values]:
    """Where the rate is zero or there is none, the VAT is zero."""
    for group in document.vat:
        if group.category == category.code and category.rate in ("zero", "none") and group.vat not in (None, ZERO):
            yield {"found": group.vat, "expected": ZERO}


def _reasons(document: Document, category: Category) -> Iterator[Values]:
    """A group without VAT says why, in words or by a code; a group at a rate has no reason."""
    for group in document.vat:
        if group.category == category.code:
            said = bool(group.reason or group.reason_code)
            if (category.reason == "needed" and not said) or (category.reason == "forbidden" and said):
                yield {"category": category.code}


def _numbers(document: Document, category: Category) -> Iterator[Values]:
    """The VAT numbers that a category needs are there; category O allows none."""
    if not _used(document, category):
        return
    seller = (
        document.seller.vat_id or document.seller.tax_id or (document.representative and document.representative.vat_id)
    )
    buyer = document.buyer.vat_id or (category.code == "AE" and document.buyer.legal_id)
    if category.numbers == "none":
        if (
            document.seller.vat_id
            or document.buyer.vat_id
            or (document.representative and document.representative.vat_id)
        ):
            yield {"category": category.code, "whose": _("a VAT number stands in it, which this category forbids")}
    elif not seller:
        yield {"category": category.code, "whose": _("it lacks the VAT number of the seller")}
    elif category.numbers == "both" and not buyer:
        yield {"category": category.code, "whose": _("it lacks the VAT number of the customer")}


SUMMARY = _("VAT %(category)s at %(rate)s %% is used and does not stand in the summary of the VAT.")
RATE_OF_LINE = _("Line %(line)s – VAT %(category)s does not go with the rate %(found)s.")
RATE_OF_REBATE = _("A rebate or charge in VAT %(category)s does not go with the rate %(found)s.")
REASON = _("VAT %(category)s: the reason why no VAT is charged is missing, or stands where there is VAT.")
NUMBERS = _("VAT %(category)s: %(whose)s.")
NUMBERS_REMEDY = _("Complete the VAT number, or choose another VAT for the lines.")

_family("01", SUMMARY, "BG-23", About.AMOUNTS, _in_summary)
_family("02", NUMBERS, "BT-48", About.BUYER, _numbers, NUMBERS_REMEDY)
_family("05", RATE_OF_LINE, "BT-152", About.LINES, _rates)
_family("06", RATE_OF_REBATE, "BT-95", About.DOCUMENT, _rates_of_rebates)
_family("07", RATE_OF_REBATE, "BT-95", About.DOCUMENT, _rates_of_charges)
_family("08", DIFFERS, "BT-116", About.AMOUNTS, _base)
_family("09", DIFFERS, "BT-117", About.AMOUNTS, _no_vat)
_family("10", REASON, "BT-120", About.DOCUMENT, _reasons)


@rule("BR-48", MISSING, term="BT-119", about=About.AMOUNTS)
def rate_of_groups(document: Document, _context: Context) -> Iterator[Values]:
    """A group of the summary states its rate, but in category O."""
    if any(group.rate is None and group.category != "O" for group in document.vat):
        yield {}


@rule("BR-45", MISSING, term="BT-116", about=About.AMOUNTS)
def base_of_groups(document: Document, _context: Context) -> Iterator[Values]:
    """A group of the summary states its base."""
    if any(group.base is None for group in document.vat):
        yield {}


@rule("BR-46", MISSING, term="BT-117", about=About.AMOUNTS)
def vat_of_groups(document: Document, _context: Context) -> Iterator[Values]:
    """A group of the summary states its VAT."""
    if any(group.vat is None for group in document.vat):
        yield {}


@rule("BR-47", MISSING, term="BT-118", about=About.AMOUNTS)
def category_of_groups(document: Document, _context: Context) -> Iterator[Values]:
    """A group of the summary states its category."""
    if any(not group.category for group in document.vat):
        yield {}


@rule("BR-IC-11", MISSING, term="BT-72")
def delivery_date_of_goods(document: Document, _context: Context) -> Iterator[Values]:
    """A supply of goods to another member state states when it was delivered."""
    delivered = document.delivery is not None and document.delivery.on is not None
    if any(group.category == "K" for group in document.vat) and not delivered and document.period is None:
        yield {}


@rule("BR-IC-12", MISSING, term="BT-80", about=About.BUYER)
def delivery_country_of_goods(document: Document, _context: Context) -> Iterator[Values]:
    """A supply of goods to another member state states in which country it was delivered."""
    address = document.delivery.address if document.delivery is not None else None
    if any(group.category == "K" for group in document.vat) and (address is None or not address.country):
        yield {}


def _reason_fits(reason: str, category: str) -> Callable[[Document, Context], Iterable[Values]]:
    def check(document: Document, _context: Context) -> Iterable[Values]:
        for group in document.vat:
            if group.reason_code.upper() == reason and group.category != category:
                yield {"found": reason, "category": group.category}

    return check


for _reason, (_identifier, _category) in codes.CATEGORY_OF_REASON.items():
    register(
        Rule(
            _identifier,
            _reason_fits(_reason, _category),
            _("The reason %(found)s does not go with VAT %(category)s."),
            "BT-121",
            About.LINES,
        )
    )
