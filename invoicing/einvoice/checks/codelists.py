"""Codes that must be in a list of EN 16931 or of Peppol."""

from collections.abc import Callable, Collection, Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from invoicing.einvoice import codes
from invoicing.einvoice.checks.findings import (
    NOT_IN_LIST,
    NOT_IN_LIST_IN_LINE,
    About,
    Context,
    Rule,
    Values,
    register,
    rule,
)
from invoicing.einvoice.model import SELF_BILLING_SPECIFICATION, AllowanceCharge, Document, Kind, Party

NOTE_SUBJECT = 3


def _listed(
    identifier: str, term: str, about: About, get: Callable[[Document], Iterable[str]], among: Collection[str]
) -> None:
    """Register the rule that codes of the document, where there are any, are in a list."""

    def check(document: Document, _context: Context) -> Iterable[Values]:
        yield from ({"found": code} for code in get(document) if code and code not in among)

    register(Rule(identifier, check, NOT_IN_LIST, term, about))


def _types(document: Document) -> Collection[str]:
    own = document.specification == SELF_BILLING_SPECIFICATION
    if document.kind == Kind.INVOICE:
        return codes.SELF_BILLED_INVOICE_TYPES if own else codes.INVOICE_TYPES
    return codes.SELF_BILLED_CREDIT_NOTE_TYPES if own else codes.CREDIT_NOTE_TYPES


def _country(document: Document, party: Party) -> str:
    return party.vat_id[:2] or (party.address.country if party.address else "")


@rule("PEPPOL-EN16931-P0100", NOT_IN_LIST, term="BT-3")
def type_of_invoice(document: Document, _context: Context) -> Iterator[Values]:
    """The type of an invoice goes with its process: billing or self-billing."""
    if document.kind == Kind.INVOICE and document.type_code and document.type_code not in _types(document):
        yield {"found": document.type_code}


@rule("PEPPOL-EN16931-P0101", NOT_IN_LIST, term="BT-3")
def type_of_credit_note(document: Document, _context: Context) -> Iterator[Values]:
    """The type of a credit note goes with its process: billing or self-billing."""
    if document.kind == Kind.CREDIT_NOTE and document.type_code and document.type_code not in _types(document):
        yield {"found": document.type_code}


@rule("PEPPOL-EN16931-P0112", NOT_IN_LIST, term="BT-3")
def german_types(document: Document, _context: Context) -> Iterator[Values]:
    """Some types are for two German parties only."""
    german = _country(document, document.seller) == "DE" == _country(document, document.buyer)
    if document.type_code in codes.GERMAN_TYPES and not german:
        yield {"found": document.type_code}


_listed("BR-CL-04", "BT-5", About.DOCUMENT, lambda one: [one.currency], codes.CURRENCIES)
_listed("BR-CL-05", "BT-6", About.DOCUMENT, lambda one: [one.tax_currency], codes.CURRENCIES)
_listed("BR-CL-06", "BT-8", About.DOCUMENT, lambda one: [one.tax_point_code], codes.TAX_POINTS)
_listed("BR-CL-16", "BT-81", About.SELLER, lambda one: [one.payment.means] if one.payment else [], codes.PAYMENT_MEANS)
_listed("BR-CL-17", "BT-118", About.AMOUNTS, lambda one: [group.category for group in one.vat], codes.CATEGORIES)
_listed(
    "BR-CL-19", "BT-97", About.DOCUMENT,
    lambda one: [each.reason_code for each in _allowances(one) if not each.is_charge], codes.ALLOWANCE_REASONS,
)  # fmt: skip
_listed("BR-CL-24", "BT-125", About.DOCUMENT, lambda one: [a.media_type for a in one.attachments], codes.MEDIA_TYPES)


def _allowances(document: Document) -> Iterator[AllowanceCharge]:
    yield from document.allowances
    for line in document.lines:
        yield from line.allowances


def _addresses(document: Document) -> Iterator[tuple[str, str]]:
    """Give the countries of the addresses with the term that each is."""
    for term, address in (
        ("BT-40", document.seller.address),
        ("BT-55", document.buyer.address),
        ("BT-69", document.representative.address if document.representative else None),
        ("BT-80", document.delivery.address if document.delivery else None),
    ):
        if address is not None and address.country:
            yield term, address.country


@rule("BR-CL-14", _("“%(found)s” is no country (two letters, ISO 3166)."), term="BT-55", about=About.BUYER)
def countries(document: Document, _context: Context) -> Iterator[Values]:
    """Countries are in ISO 3166-1."""
    for term, country in _addresses(document):
        if country not in codes.COUNTRIES:
            yield {"found": country, "term": term}


@rule("BR-CL-15", NOT_IN_LIST_IN_LINE, term="BT-159", about=About.LINES)
def origins(document: Document, _context: Context) -> Iterator[Values]:
    """Countries of origin are in ISO 3166-1."""
    for line in document.lines:
        if line.origin and line.origin not in codes.COUNTRIES:
            yield {"line": line.id, "found": line.origin}


@rule("BR-CL-18", NOT_IN_LIST_IN_LINE, term="BT-151", about=About.LINES)
def categories_of_lines(document: Document, _context: Context) -> Iterator[Values]:
    """Categories of lines, rebates and charges are in the list."""
    for line in document.lines:
        if line.category and line.category not in codes.CATEGORIES:
            yield {"line": line.id, "found": line.category}
    for one in document.allowances:
        if one.category and one.category not in codes.CATEGORIES:
            yield {"line": "–", "found": one.category}


@rule("BR-CL-22", NOT_IN_LIST, term="BT-121", about=About.LINES)
def reasons(document: Document, _context: Context) -> Iterator[Values]:
    """Codes of exemption are in the list of VATEX."""
    for group in document.vat:
        code = group.reason_code.upper()
        if code and code not in codes.REASON_CODES and not code.startswith(codes.NATIONAL_REASON):
            yield {"found": group.reason_code}


@rule("BR-CL-23", NOT_IN_LIST_IN_LINE, term="BT-130", about=About.LINES)
def units(document: Document, _context: Context) -> Iterator[Values]:
    """Units have the form of a code of Recommendation 20 or 21: one to three letters or digits."""
    for line in document.lines:
        if line.unit and not (
            len(line.unit) <= NOTE_SUBJECT and line.unit.isalnum() and line.unit == line.unit.upper()
        ):
            yield {"line": line.id, "found": line.unit}


@rule("BR-CL-25", NOT_IN_LIST, term="BT-49", about=About.BUYER)
def schemes_of_endpoints(document: Document, _context: Context) -> Iterator[Values]:
    """The schemes of electronic addresses are in the list of EAS."""
    for party in (document.seller, document.buyer):
        if party.endpoint is not None and party.endpoint.scheme and party.endpoint.scheme not in codes.ENDPOINT_SCHEMES:
            yield {"found": party.endpoint.scheme}


@rule(
    "BR-CL-08",
    _("The note has “#%(found)s#”, which receivers read as a code and not as text."),
    term="BT-22",
    remedy=_("Take the signs # out of the note."),
)
def subject_of_note(document: Document, _context: Context) -> Iterator[Values]:
    """Three characters between two # at the note’s first are read as the code of its subject."""
    for note in document.notes:
        parts = note.split("#")
        if len(parts) > 2 and len(parts[1]) == NOTE_SUBJECT:
            yield {"found": parts[1]}


@rule("BR-CO-09", _("The VAT number “%(found)s” does not begin with its country."), term="BT-48", about=About.BUYER)
def prefixes_of_vat_numbers(document: Document, _context: Context) -> Iterator[Values]:
    """A VAT number begins with the two letters of its country (EL for Greece)."""
    numbers = [document.seller.vat_id, document.buyer.vat_id]
    if document.representative is not None:
        numbers.append(document.representative.vat_id)
    yield from ({"found": number} for number in numbers if number and number[:2] not in codes.VAT_PREFIXES)
