"""What Peppol BIS Billing 3.0 adds to EN 16931, and what is read wrong before it is understood."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from coop.errors import Text
from coop.money import ZERO
from invoicing.einvoice import codes
from invoicing.einvoice.checks.findings import About, Context, Rule, Severity, Values, register, rule
from invoicing.einvoice.model import (
    PROCESS,
    SELF_BILLING_PROCESS,
    SELF_BILLING_SPECIFICATION,
    SPECIFICATION,
    Document,
    Identifier,
)
from invoicing.einvoice.nodes import FaultKind

WITH_RESPONSE = "urn:peppol:bis:billing_with_response"
FRENCH = ("urn:peppol:france:billing:regulated", "urn:peppol:france:billing:non-regulated")


@rule(
    "PEPPOL-EN16931-R002",
    _("It has %(found)s notes, and Peppol lets one pass."),
    term="BT-22",
    remedy=_("Put the notes into one."),
)
def one_note(document: Document, _context: Context) -> Iterator[Values]:
    """At most one note."""
    if len(document.notes) > 1:
        yield {"found": len(document.notes)}


@rule("PEPPOL-EN16931-R004", _("The specification “%(found)s” is not that of Peppol BIS Billing 3.0."), term="BT-24")
def specification(document: Document, _context: Context) -> Iterator[Values]:
    """The specification is Peppol BIS Billing 3.0, or its self-billing."""
    found = document.specification
    known = found == SELF_BILLING_SPECIFICATION or (found.startswith(SPECIFICATION) and "::" not in found)
    if found and not known:
        yield {"found": found}


@rule("PEPPOL-EN16931-R007", _("The business process “%(found)s” is none of Peppol’s."), term="BT-23")
def process(document: Document, _context: Context) -> Iterator[Values]:
    """The process is one of billing, and goes with the specification."""
    own = SELF_BILLING_PROCESS if document.specification == SELF_BILLING_SPECIFICATION else PROCESS
    if document.process and document.process not in (own, WITH_RESPONSE, *FRENCH):
        yield {"found": document.process}


@rule("PEPPOL-EN16931-R005", _("The currency of the VAT is that of the document: it must be left out."), term="BT-6")
def second_currency(document: Document, _context: Context) -> Iterator[Values]:
    """The currency of the VAT differs from that of the document, where it is stated."""
    if document.tax_currency and document.tax_currency == document.currency:
        yield {}


@rule("PEPPOL-EN16931-R055", _("The VAT in euros has another sign than the VAT of the document."), term="BT-111")
def same_sign(document: Document, _context: Context) -> Iterator[Values]:
    """Both totals of the VAT have the same sign."""
    here, there = document.totals.vat, document.totals.vat_in_tax_currency
    if here is not None and there is not None and here * there < ZERO:
        yield {}


@rule("PEPPOL-EN16931-R061", _("A direct debit lacks its mandate."), term="BT-89", about=About.SELLER)
def mandate(document: Document, _context: Context) -> Iterator[Values]:
    """A direct debit names its mandate."""
    payment = document.payment
    if payment is not None and payment.means in codes.DIRECT_DEBITS and not payment.mandate:
        yield {}


@rule("BR-CO-03", _("It states both a day and a rule for when VAT is due; only one may stand."), term="BT-8")
def one_tax_point(document: Document, _context: Context) -> Iterator[Values]:
    """The day when VAT is due and the rule for it exclude each other."""
    if document.tax_point_on and document.tax_point_code:
        yield {}


PERIOD = _("Line %(line)s – its period lies outside the period of the document.")


@rule("PEPPOL-EN16931-R110", PERIOD, term="BG-26", about=About.LINES)
def line_begins_inside(document: Document, _context: Context) -> Iterator[Values]:
    """The period of a line does not begin before that of the document."""
    first = document.period.first if document.period else None
    for line in document.lines:
        if first and line.period is not None and line.period.first and line.period.first < first:
            yield {"line": line.id}


@rule("PEPPOL-EN16931-R111", PERIOD, term="BG-26", about=About.LINES)
def line_ends_inside(document: Document, _context: Context) -> Iterator[Values]:
    """The period of a line does not end after that of the document."""
    last = document.period.last if document.period else None
    for line in document.lines:
        if last and line.period is not None and line.period.last and line.period.last > last:
            yield {"line": line.id}


def identifiers(document: Document) -> Iterator[tuple[str, Identifier]]:
    """Give all identifiers of seller and buyer that name a scheme, with their term."""
    for party, endpoint, legal in ((document.seller, "BT-34", "BT-30"), (document.buyer, "BT-49", "BT-47")):
        for term, one in (
            (endpoint, party.endpoint),
            (legal, party.legal_id),
            *((legal, one) for one in party.identifiers),
        ):
            if one is not None and one.scheme:
                yield term, one


@rule(
    "PEPPOL-COMMON-R040",
    _("The location number (GLN) “%(found)s” has wrong check digits."),
    term="BT-49",
    about=About.BUYER,
)
def location_numbers(document: Document, _context: Context) -> Iterator[Values]:
    """A GLN has its check digit."""
    for term, one in identifiers(document):
        if one.scheme == codes.GLN and not _is_gln(one.value):
            yield {"found": one.value, "term": term}


def _is_gln(value: str) -> bool:
    if not value.isdecimal() or not value.isascii():
        return False
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(value[:-1])))
    return (10 - weighted % 10) % 10 == int(value[-1])


def _never(_document: Document, _context: Context) -> Iterable[Values]:
    """Find nothing: these rules are about the file and not about what it says."""
    return ()


FAULTS: dict[FaultKind, Text] = {
    FaultKind.EMPTY: _("The element %(path)s is empty."),
    FaultKind.NUMBER: _("The element %(path)s should be a number and holds “%(found)s”."),
    FaultKind.DAY: _("The element %(path)s should be a day (YYYY-MM-DD) and holds “%(found)s”."),
    FaultKind.INDICATOR: _("The element %(path)s should be true or false and holds “%(found)s”."),
    FaultKind.CURRENCY: _("The element %(path)s is in another currency, “%(found)s”, than the document."),
    FaultKind.REPEATED: _("The element %(path)s stands more than once."),
    FaultKind.CONTENT: _("The file in %(path)s cannot be read."),
}
for _kind, _sentence in FAULTS.items():
    register(Rule(_kind.value, _never, _sentence, about=About.AMOUNTS))
register(
    Rule(
        "BE-UNKNOWN", _never, _("The element %(path)s is not known and was not read."), severity=Severity.INFORMATION,
    )
)  # fmt: skip
