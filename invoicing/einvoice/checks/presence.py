"""What a document must say at all: the rules BR-01 to BR-65 of EN 16931, and what Peppol adds."""

from collections.abc import Callable, Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from coop.errors import Text
from invoicing.einvoice.checks.findings import (
    MISSING,
    MISSING_IN_LINE,
    About,
    Context,
    Rule,
    Values,
    register,
    rule,
)
from invoicing.einvoice.codes import TRANSFERS
from invoicing.einvoice.model import AllowanceCharge, Document, Line

NOTHING: Values = {}


def _present(identifier: str, term: str, about: About, get: Callable[[Document], object], remedy: Text = "") -> None:
    """Register the rule that something of the document is there."""

    def check(document: Document, _context: Context) -> Iterable[Values]:
        if not _said(get(document)):
            yield NOTHING

    register(Rule(identifier, check, MISSING, term, about, remedy))


def _said(value: object) -> bool:
    return value is not None and value != "" and value != ()


def _in_lines(identifier: str, term: str, get: Callable[[Line], object]) -> None:
    """Register the rule that something of each line is there."""

    def check(document: Document, _context: Context) -> Iterable[Values]:
        for line in document.lines:
            if not _said(get(line)):
                yield {"line": line.id}

    register(Rule(identifier, check, MISSING_IN_LINE, term, About.LINES))


REFERENCE_REMEDY = _("Enter the customer’s reference, or the number of the order.")

_present("BR-01", "BT-24", About.DOCUMENT, lambda one: one.specification)
_present("BR-02", "BT-1", About.DOCUMENT, lambda one: one.number)
_present("BR-03", "BT-2", About.DOCUMENT, lambda one: one.issued_on)
_present("BR-04", "BT-3", About.DOCUMENT, lambda one: one.type_code)
_present("BR-05", "BT-5", About.DOCUMENT, lambda one: one.currency)
_present("BR-06", "BT-27", About.SELLER, lambda one: one.seller.name)
_present("BR-07", "BT-44", About.BUYER, lambda one: one.buyer.name)
_present("BR-08", "BG-5", About.SELLER, lambda one: one.seller.address)
_present("BR-10", "BG-8", About.BUYER, lambda one: one.buyer.address)
_present("BR-12", "BT-106", About.AMOUNTS, lambda one: one.totals.lines)
_present("BR-13", "BT-109", About.AMOUNTS, lambda one: one.totals.without_vat)
_present("BR-14", "BT-112", About.AMOUNTS, lambda one: one.totals.with_vat)
_present("BR-15", "BT-115", About.AMOUNTS, lambda one: one.totals.payable)
_present("BR-16", "BG-25", About.LINES, lambda one: tuple(one.lines), _("Add a line."))
_present("BR-CO-18", "BG-23", About.AMOUNTS, lambda one: tuple(one.vat))
_present("PEPPOL-EN16931-R001", "BT-23", About.DOCUMENT, lambda one: one.process)
_present("PEPPOL-EN16931-R003", "BT-10", About.DOCUMENT, lambda one: one.buyer_reference or one.order, REFERENCE_REMEDY)
_present("PEPPOL-EN16931-R010", "BT-49", About.BUYER, lambda one: one.buyer.endpoint)
_present("PEPPOL-EN16931-R020", "BT-34", About.SELLER, lambda one: one.seller.endpoint)

_in_lines("BR-21", "BT-126", lambda line: line.id)
_in_lines("BR-22", "BT-129", lambda line: line.quantity)
_in_lines("BR-23", "BT-130", lambda line: line.unit)
_in_lines("BR-24", "BT-131", lambda line: line.net)
_in_lines("BR-25", "BT-153", lambda line: line.name)
_in_lines("BR-26", "BT-146", lambda line: line.price)
_in_lines("BR-CO-04", "BT-151", lambda line: line.category)


@rule("BR-09", MISSING, term="BT-40", about=About.SELLER)
def country_of_seller(document: Document, _context: Context) -> Iterator[Values]:
    """The address of the seller names a country."""
    if document.seller.address is not None and not document.seller.address.country:
        yield NOTHING


@rule("BR-11", MISSING, term="BT-55", about=About.BUYER)
def country_of_buyer(document: Document, _context: Context) -> Iterator[Values]:
    """The address of the buyer names a country."""
    if document.buyer.address is not None and not document.buyer.address.country:
        yield NOTHING


@rule("BR-17", MISSING, term="BT-59")
def name_of_payee(document: Document, _context: Context) -> Iterator[Values]:
    """Who is paid instead of the seller has a name."""
    if document.payee is not None and not document.payee.name:
        yield NOTHING


@rule("BR-18", MISSING, term="BT-62")
def name_of_representative(document: Document, _context: Context) -> Iterator[Values]:
    """A tax representative has a name."""
    if document.representative is not None and not document.representative.name:
        yield NOTHING


@rule("BR-19", MISSING, term="BG-12")
def address_of_representative(document: Document, _context: Context) -> Iterator[Values]:
    """A tax representative has an address."""
    if document.representative is not None and document.representative.address is None:
        yield NOTHING


@rule("BR-20", MISSING, term="BT-69")
def country_of_representative(document: Document, _context: Context) -> Iterator[Values]:
    """The address of a tax representative names a country."""
    representative = document.representative
    if representative is not None and representative.address is not None and not representative.address.country:
        yield NOTHING


@rule("BR-56", MISSING, term="BT-63")
def number_of_representative(document: Document, _context: Context) -> Iterator[Values]:
    """A tax representative has a VAT number."""
    if document.representative is not None and not document.representative.vat_id:
        yield NOTHING


@rule("BR-57", MISSING, term="BT-80", about=About.BUYER)
def country_of_delivery(document: Document, _context: Context) -> Iterator[Values]:
    """An address of delivery names a country."""
    delivery = document.delivery
    if delivery is not None and delivery.address is not None and not delivery.address.country:
        yield NOTHING


@rule("BR-53", MISSING, term="BT-111", about=About.AMOUNTS)
def vat_in_its_currency(document: Document, _context: Context) -> Iterator[Values]:
    """A document with a currency of the VAT states the VAT in it."""
    if document.tax_currency and document.totals.vat_in_tax_currency is None:
        yield NOTHING


@rule("PEPPOL-EN16931-R054", MISSING, term="BT-6")
def currency_of_second_vat(document: Document, _context: Context) -> Iterator[Values]:
    """A second total of the VAT names its currency."""
    if document.totals.vat_in_tax_currency is not None and not document.tax_currency:
        yield NOTHING


@rule("BR-49", MISSING, term="BT-81", about=About.SELLER)
def means_of_payment(document: Document, _context: Context) -> Iterator[Values]:
    """An instruction of payment says by which means."""
    if document.payment is not None and not document.payment.means:
        yield NOTHING


@rule("BR-50", MISSING, term="BT-84", about=About.SELLER)
def number_of_account(document: Document, _context: Context) -> Iterator[Values]:
    """An account to pay to has a number."""
    if document.payment is not None and any(not account.number for account in document.payment.accounts):
        yield NOTHING


@rule("BR-61", MISSING, term="BT-84", about=About.SELLER)
def account_of_transfer(document: Document, _context: Context) -> Iterator[Values]:
    """Who asks for a transfer says to which account."""
    payment = document.payment
    if payment is not None and payment.means in TRANSFERS and not payment.accounts:
        yield NOTHING


@rule("BR-52", MISSING, term="BT-122")
def reference_of_attachment(document: Document, _context: Context) -> Iterator[Values]:
    """A supporting document has a reference."""
    if any(not attachment.reference for attachment in document.attachments):
        yield NOTHING


@rule("BR-55", MISSING, term="BT-25")
def number_of_preceding(document: Document, _context: Context) -> Iterator[Values]:
    """A reference to an earlier invoice names its number."""
    if any(not preceding.number for preceding in document.preceding):
        yield NOTHING


SCHEME = _("%(what)s: “%(found)s” does not say of which list it is.")


@rule("BR-62", SCHEME, term="BT-34", about=About.SELLER)
def scheme_of_seller(document: Document, _context: Context) -> Iterator[Values]:
    """The electronic address of the seller names its scheme."""
    endpoint = document.seller.endpoint
    if endpoint is not None and not endpoint.scheme:
        yield {"found": endpoint.value}


@rule("BR-63", SCHEME, term="BT-49", about=About.BUYER)
def scheme_of_buyer(document: Document, _context: Context) -> Iterator[Values]:
    """The electronic address of the buyer names its scheme."""
    endpoint = document.buyer.endpoint
    if endpoint is not None and not endpoint.scheme:
        yield {"found": endpoint.value}


@rule("BR-64", SCHEME, term="BT-157", about=About.LINES)
def scheme_of_item(document: Document, _context: Context) -> Iterator[Values]:
    """The standard number of an item names its list."""
    for line in document.lines:
        if line.standard_item is not None and not line.standard_item.scheme:
            yield {"line": line.id, "found": line.standard_item.value}


@rule("BR-65", SCHEME, term="BT-158", about=About.LINES)
def scheme_of_class(document: Document, _context: Context) -> Iterator[Values]:
    """The class of an item names its list."""
    for line in document.lines:
        for one in line.classifications:
            if not one.scheme:
                yield {"line": line.id, "found": one.code}


@rule("BR-54", MISSING_IN_LINE, term="BT-160", about=About.LINES)
def whole_attributes(document: Document, _context: Context) -> Iterator[Values]:
    """A property of an item has a name and a value."""
    for line in document.lines:
        if any(not one.name or not one.value for one in line.attributes):
            yield {"line": line.id}


@rule("BR-CO-26", MISSING, term="BT-30", about=About.SELLER)
def number_of_seller(document: Document, _context: Context) -> Iterator[Values]:
    """The seller is known by a number: its own, its enterprise number, or its VAT number."""
    seller = document.seller
    own = [one for one in seller.identifiers if one.scheme != "SEPA"]
    if not (own or seller.legal_id or seller.vat_id):
        yield NOTHING


PERIOD = _("%(what)s: it ends before it begins.")


@rule("BR-29", PERIOD, term="BG-14")
def period_in_order(document: Document, _context: Context) -> Iterator[Values]:
    """The period of the document does not end before it begins."""
    period = document.period
    if period is not None and period.first and period.last and period.last < period.first:
        yield NOTHING


@rule("BR-30", _("Line %(line)s – %(what)s: it ends before it begins."), term="BG-26", about=About.LINES)
def line_period_in_order(document: Document, _context: Context) -> Iterator[Values]:
    """The period of a line does not end before it begins."""
    for line in document.lines:
        if line.period is not None and line.period.first and line.period.last and line.period.last < line.period.first:
            yield {"line": line.id}


# --- rebates and charges ----------------------------------------------------------------------------------------------


def _of_document(identifier: str, term: str, get: Callable[[AllowanceCharge], object], kind: str) -> None:
    """Register the rule that each rebate (or charge) of the document says something."""

    def check(document: Document, _context: Context) -> Iterable[Values]:
        for one in document.allowances:
            if one.is_charge == (kind == "charge") and not _said(get(one)):
                yield NOTHING

    register(Rule(identifier, check, MISSING, term, About.DOCUMENT))


def _of_lines(identifier: str, term: str, get: Callable[[AllowanceCharge], object], kind: str) -> None:
    """Register the rule that each rebate (or charge) of a line says something."""

    def check(document: Document, _context: Context) -> Iterable[Values]:
        for line in document.lines:
            for one in line.allowances:
                if one.is_charge == (kind == "charge") and not _said(get(one)):
                    yield {"line": line.id}

    register(Rule(identifier, check, MISSING_IN_LINE, term, About.LINES))


for _kind, _first, _line in (("allowance", 31, 41), ("charge", 36, 43)):
    _of_document(f"BR-{_first}", "BT-92", lambda one: one.amount, _kind)
    _of_document(f"BR-{_first + 1}", "BT-95", lambda one: one.category, _kind)
    _of_document(f"BR-{_first + 2}", "BT-97", lambda one: one.reason or one.reason_code, _kind)
    _of_lines(f"BR-{_line}", "BT-136", lambda one: one.amount, _kind)
    _of_lines(f"BR-{_line + 1}", "BT-139", lambda one: one.reason or one.reason_code, _kind)
