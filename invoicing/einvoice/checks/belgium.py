"""What Belgian law and practice ask of an invoice and no official rule of Peppol checks: there are none for Belgium.

Sources: royal decree no. 1, art. 5 (mentions); royal decree no. 20 (rates); law of 2 August 2002 (terms of payment); the
check digits of enterprise numbers, VAT numbers, IBAN and structured communications.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from stdnum import iban as account_number
from stdnum.be import ogm_vcs
from stdnum.be import vat as enterprise
from stdnum.exceptions import ValidationError as WrongNumber

from coop.money import ZERO
from invoicing import vat
from invoicing.einvoice import codes
from invoicing.einvoice.checks.findings import CHECK_DIGITS, MISSING, About, Context, Severity, Values, View, rule
from invoicing.einvoice.checks.peppol import identifiers
from invoicing.einvoice.model import Address, Document, Party

BELGIUM, EURO = "BE", "EUR"
ENTERPRISE_DIGITS, COMMUNICATION_DIGITS = 10, 12
LONGEST_TERM = timedelta(days=60)
HUNDRED = Decimal(100)
REVERSE_CHARGE = ("autoliquidation", "btw verlegd", "reverse charge", "btw-verlegd")
WITHOUT_VAT = ("E", "AE", "K", "G", "O")


def is_belgian(party: Party) -> bool:
    """Tell whether a party is Belgian: by its VAT number, else by its address."""
    if party.vat_id:
        return party.vat_id.startswith(BELGIUM)
    return party.address is not None and party.address.country == BELGIUM


def is_enterprise_number(value: str) -> bool:
    """Tell whether ten digits are an enterprise number: first 0 or 1, last two 97 − (first eight modulo 97)."""
    whole = len(value) == ENTERPRISE_DIGITS and value.isdecimal() and value.isascii() and value[0] in "01"
    return whole and int(value[8:]) == 97 - int(value[:8]) % 97


@rule(
    "PEPPOL-COMMON-R043",
    _("The enterprise number “%(found)s” is not ten digits with right check digits."),
    term="BT-49",
    about=About.BUYER,
    stricter="the first digit is 0 or 1",
)
def enterprise_numbers(document: Document, _context: Context) -> Iterator[Values]:
    """An identifier of scheme 0208 is a Belgian enterprise number."""
    for term, one in identifiers(document):
        if one.scheme == codes.BELGIAN_ENTERPRISE and not is_enterprise_number(one.value):
            yield {"found": one.value, "term": term}


@rule("BE-9925", _("The electronic address “%(found)s” is of the old scheme 9925."), term="BT-49", about=About.BUYER,
      severity=Severity.WARNING, remedy=_("Use the enterprise number (scheme 0208)."))  # fmt: skip
def old_scheme(document: Document, _context: Context) -> Iterator[Values]:
    """Belgian parties are addressed by enterprise number (0208), no longer by VAT number (9925)."""
    for party in (document.seller, document.buyer):
        if party.endpoint is not None and party.endpoint.scheme == codes.BELGIAN_VAT_SCHEME:
            yield {"found": party.endpoint.value}


@rule("BE-VAT-SELLER", CHECK_DIGITS, term="BT-31", about=About.SELLER)
def number_of_seller(document: Document, _context: Context) -> Iterator[Values]:
    """A Belgian VAT number is BE with an enterprise number, the same as that of its legal person."""
    yield from _vat_number(document.seller)


@rule("BE-VAT-BUYER", CHECK_DIGITS, term="BT-48", about=About.BUYER)
def number_of_buyer(document: Document, _context: Context) -> Iterator[Values]:
    """A Belgian VAT number is BE with an enterprise number."""
    yield from _vat_number(document.buyer)


def _vat_number(party: Party) -> Iterator[Values]:
    if not party.vat_id.startswith(BELGIUM):
        return
    digits = party.vat_id[2:]
    legal = party.legal_id
    other = legal is not None and legal.scheme == codes.BELGIAN_ENTERPRISE and legal.value != digits
    if not enterprise.is_valid(party.vat_id) or not is_enterprise_number(digits) or other:
        yield {"found": party.vat_id}


def _incomplete(address: Address | None) -> bool:
    return address is None or not (address.street and address.town and address.postcode)


ADDRESS = _("%(what)s: the street, the postcode or the town is missing.")


@rule("BE-ADDRESS-SELLER", ADDRESS, term="BG-5", about=About.SELLER, received=Severity.WARNING)
def address_of_seller(document: Document, _context: Context) -> Iterator[Values]:
    """The seller’s address is whole (royal decree no. 1, art. 5 §1, 2°)."""
    if _incomplete(document.seller.address):
        yield {}


@rule("BE-ADDRESS-BUYER", ADDRESS, term="BG-8", about=About.BUYER, severity=Severity.WARNING)
def address_of_buyer(document: Document, _context: Context) -> Iterator[Values]:
    """The customer’s address is whole (royal decree no. 1, art. 5 §1, 5°)."""
    if _incomplete(document.buyer.address):
        yield {}


@rule("BE-BUYER-VAT", MISSING, term="BT-48", about=About.BUYER, severity=Severity.WARNING)
def number_of_belgian_buyer(document: Document, _context: Context) -> Iterator[Values]:
    """A Belgian business on Peppol has its VAT number on the invoice."""
    endpoint, outside = document.buyer.endpoint, any(group.category == "O" for group in document.vat)
    if (
        endpoint is not None
        and endpoint.scheme == codes.BELGIAN_ENTERPRISE
        and not document.buyer.vat_id
        and not outside
    ):
        yield {}


@rule("BE-EXEMPT", MISSING, term="BT-120", about=About.LINES, received=Severity.WARNING)
def reason_in_words(document: Document, _context: Context) -> Iterator[Values]:
    """Where no VAT is charged, the invoice says why in words (royal decree no. 1, art. 5 §1, 9°bis and 10°)."""
    if is_belgian(document.seller) and any(
        group.category in WITHOUT_VAT and not group.reason for group in document.vat
    ):
        yield {}


@rule(
    "BE-RATE",
    _("%(found)s %% is no rate of VAT in force in Belgium on %(day)s."),
    term="BT-152",
    about=About.LINES,
    received=Severity.WARNING,
    remedy=_("Choose a rate in force on the day of supply."),
)
def rates_in_force(document: Document, _context: Context) -> Iterator[Values]:
    """VAT is charged at a rate in force in Belgium on the day of supply (royal decree no. 20)."""
    day = supply_day(document)
    if day is None or not is_belgian(document.seller):
        return
    known = {rate * HUNDRED for rate in vat.rates_in_force(day)}
    for group in document.vat:
        if group.category == "S" and group.rate is not None and group.rate not in known:
            yield {"found": f"{group.rate.normalize():f}", "day": day}


def supply_day(document: Document) -> date | None:
    """Return the day whose rates count: delivery, else the end or the beginning of the period, else the issue."""
    if document.delivery is not None and document.delivery.on is not None:
        return document.delivery.on
    period = document.period
    return (period.last or period.first if period is not None else None) or document.issued_on


@rule("BE-AE-TEXT", _("VAT AE: the reason does not say “Reverse charge”."), term="BT-120", severity=Severity.WARNING)
def words_of_reverse_charge(document: Document, _context: Context) -> Iterator[Values]:
    """Where the customer owes the VAT, the invoice says “Autoliquidation”, “Btw verlegd” or “Reverse charge” (art. 5 §1, 9°bis)."""
    if not is_belgian(document.seller):
        return
    for group in document.vat:
        if group.category == "AE" and group.reason and not any(word in group.reason.lower() for word in REVERSE_CHARGE):
            yield {}


@rule("BE-CN-REF", MISSING, term="BT-25", received=Severity.WARNING)
def credited_invoice(document: Document, _context: Context) -> Iterator[Values]:
    """A credit note names the invoice that it corrects (royal decree no. 1, art. 12)."""
    if document.is_credit_note and not document.preceding:
        yield {}


@rule("BE-CN-DATE", _("The date of the credited invoice is missing."), term="BT-25", severity=Severity.WARNING)
def date_of_credited_invoice(document: Document, _context: Context) -> Iterator[Values]:
    """A credit note names the date of the invoice that it corrects."""
    if document.is_credit_note and any(preceding.issued_on is None for preceding in document.preceding):
        yield {}


@rule("BE-DUE", _("The due date lies before the date of the document."), term="BT-9", received=Severity.WARNING)
def due_after_issue(document: Document, _context: Context) -> Iterator[Values]:
    """Nothing is due before it is invoiced."""
    if document.due_on and document.issued_on and document.due_on < document.issued_on:
        yield {}


@rule("BE-TERMS", _("It says neither when nor how it is to be paid."), term="BT-9", severity=Severity.WARNING)
def some_terms(document: Document, _context: Context) -> Iterator[Values]:
    """An invoice with something to pay says until when."""
    if not document.is_credit_note and _payable(document) and not document.due_on and not document.terms:
        yield {}


@rule(
    "BE-TERM", _("The term of payment is longer than the 60 days of the law."), term="BT-9", severity=Severity.WARNING
)
def longest_term(document: Document, _context: Context) -> Iterator[Values]:
    """Between businesses a term is at most 60 days (law of 2 August 2002, art. 4)."""
    business = is_belgian(document.seller) and bool(document.buyer.vat_id)
    if business and document.due_on and document.issued_on and document.due_on - document.issued_on > LONGEST_TERM:
        yield {}


@rule("BE-SUPPLY-DATE", MISSING, term="BT-72", severity=Severity.INFORMATION)
def some_supply_date(document: Document, _context: Context) -> Iterator[Values]:
    """The day or period of supply stands on the invoice where it is not the day of issue."""
    if (
        is_belgian(document.seller)
        and document.period is None
        and (document.delivery is None or not document.delivery.on)
    ):
        yield {}


@rule("BE-PAYMENT", MISSING, term="BT-84", about=About.SELLER, severity=Severity.WARNING)
def some_payment(document: Document, _context: Context) -> Iterator[Values]:
    """An invoice with something to pay says to which account."""
    if not document.is_credit_note and _payable(document) and document.payment is None:
        yield {}


def _payable(document: Document) -> bool:
    return document.totals.payable is not None and document.totals.payable > ZERO


@rule("BE-EUR", MISSING, term="BT-111", about=About.AMOUNTS, received=Severity.WARNING)
def vat_in_euros(document: Document, _context: Context) -> Iterator[Values]:
    """Who invoices in another currency states the VAT in euros too (royal decree no. 1, art. 5 §1, 8°)."""
    some = document.totals.vat is not None and document.totals.vat != ZERO
    foreign = bool(document.currency) and document.currency != EURO and is_belgian(document.seller)
    stated = document.tax_currency == EURO and document.totals.vat_in_tax_currency is not None
    if foreign and some and not stated:
        yield {}


@rule("BE-OGM", CHECK_DIGITS, term="BT-83", about=About.SELLER, received=Severity.WARNING)
def communication(document: Document, context: Context) -> Iterator[Values]:
    """A structured communication has twelve digits, the last two the first ten modulo 97, a rest of 0 written 97."""
    reference = document.payment.reference if document.payment is not None else ""
    compact = reference.replace("+", "").replace("/", "").replace(" ", "")
    structured = compact.isdecimal() and len(compact) == COMMUNICATION_DIGITS
    looks = structured or reference.startswith("+++") or (context.view == View.OURS and bool(reference))
    if looks and not (structured and ogm_vcs.is_valid(compact)):
        yield {"found": reference}


@rule("BE-IBAN", CHECK_DIGITS, term="BT-84", about=About.SELLER, received=Severity.WARNING)
def accounts(document: Document, _context: Context) -> Iterator[Values]:
    """The account of a SEPA transfer, and whatever looks like an IBAN, has the check digits of one."""
    payment = document.payment
    for account in payment.accounts if payment is not None else ():
        number = account.number
        looks = number[:2].isalpha() and number[2:4].isdecimal()
        if number and payment is not None and (looks or payment.means == "58") and not _is_iban(number):
            yield {"found": number}


def _is_iban(number: str) -> bool:
    try:
        account_number.validate(number)
    except WrongNumber:
        return False
    return True
