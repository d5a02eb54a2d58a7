"""What keeps an invoice that came in from being booked from here, and what would be booked of it. Pure.

What lies is never booked: wrong sums, another company's invoice, a seller other than the sender. What is right but not
booked by the program yet (credit notes, other currencies, reverse charge, payments on account) is booked by hand.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from coop.errors import Text
from coop.money import ZERO
from invoicing.einvoice.checks import Finding, fatal
from invoicing.einvoice.model import Document, Party, VatGroup
from invoicing.purchases.deductibility import RATES

HUNDRED = Decimal(100)
EURO = "EUR"
LARGEST = Decimal(10) ** 11
BOOKABLE = ("S", "E", "Z", "O")
WRONG, OTHER_BUYER, OTHER_SENDER = "wrong", "other_buyer", "other_sender"

OBSTACLES: Mapping[str, Text] = {
    WRONG: _("It is wrong: what it says does not agree with itself or with the rules."),
    OTHER_BUYER: _("It is addressed to another company."),
    OTHER_SENDER: _("It names another seller than the company that sent it."),
    "credit_note": _("It is a credit note: the accountant books it by hand for now."),
    "currency": _("It is not in euros."),
    "reverse_charge": _("Its VAT is for the buyer to declare (reverse charge)."),
    "rate": _("It has a VAT rate that costs do not have here."),
    "prepaid": _("A part of it was paid before, or its total is rounded."),
    "amount": _("An amount of it is zero, below zero, or too large."),
}


@dataclass(frozen=True)
class Group:
    """A part of a purchase with one VAT rate (0.21), EUR, and what was bought."""

    rate: Decimal
    net: Decimal
    vat: Decimal
    text: str


def obstacles(document: Document, findings: Sequence[Finding], *, enterprise_number: str, sender: str) -> list[str]:
    """Return the codes of what keeps a document from being booked. ``sender``: whom the network names; may be empty."""
    return list(dict.fromkeys(_obstacles(document, findings, enterprise_number, sender)))


def _obstacles(document: Document, findings: Sequence[Finding], number: str, sender: str) -> Iterator[str]:
    if fatal(findings):
        yield WRONG
    if number not in numbers_of(document.buyer):
        yield OTHER_BUYER
    if sender and digits(sender.partition(":")[2]) not in numbers_of(document.seller):
        yield OTHER_SENDER
    if document.is_credit_note:
        yield "credit_note"
    if document.currency != EURO:
        yield "currency"
    if document.totals.prepaid or document.totals.rounding:
        yield "prepaid"
    if any(amount is not None and abs(amount) >= LARGEST for amount in _totals(document)):
        yield "amount"
    for group in document.vat:
        if group.category not in BOOKABLE:
            yield "reverse_charge"
        elif (group.rate or ZERO) / HUNDRED not in RATES:
            yield "rate"
        if group.base is None or group.base <= ZERO or group.vat is None or group.vat < ZERO:
            yield "amount"


def _totals(document: Document) -> tuple[Decimal | None, ...]:
    return document.totals.without_vat, document.totals.vat, document.totals.with_vat


def numbers_of(party: Party) -> set[str]:
    """Return the numbers by which a party is known, digits only."""
    known = [party.vat_id, *(one.value for one in (party.legal_id, party.endpoint) if one is not None)]
    return {number for text in known if (number := digits(text))}


def digits(text: str) -> str:
    """Return the digits of a number; a Belgian one of nine digits gets its zero."""
    found = re.sub(r"\D", "", text)
    return found.zfill(10) if len(found) == 9 else found


def groups(document: Document) -> list[Group]:
    """Return what would be booked: one part per VAT category and rate, whose sums are those of the document."""
    return [
        Group((group.rate or ZERO) / HUNDRED, group.base or ZERO, group.vat or ZERO, _bought(document, group))
        for group in document.vat
    ]


def _bought(document: Document, group: VatGroup) -> str:
    """Return what the lines of a VAT group sell, short."""
    lines = [line.name for line in document.lines if (line.category, line.rate) == (group.category, group.rate)]
    text = ", ".join(dict.fromkeys(name.strip() for name in lines if name.strip())) or document.number
    return text if len(text) <= 200 else f"{text[:199]}…"
