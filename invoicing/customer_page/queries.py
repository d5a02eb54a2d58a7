"""What a customer is shown of a document: the frozen paper, and how it stands in the books on a day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext as _

from coop import formatting
from coop.ledger import queries as ledger
from coop.money import ZERO
from invoicing import paper as papers
from invoicing.models import Invoice
from invoicing.paper import Paper

Standing = Literal["good", "warning", "bad", "info", "neutral"]


@dataclass(frozen=True)
class CustomerPage:
    """A document as its customer reads it. ``left`` is what is still to be paid, EUR, never below zero; ``qr`` asks for it."""

    paper: Paper
    left: Decimal
    standing: Standing
    word: str
    sentence: str
    qr: str

    @property
    def paid(self) -> Decimal:
        """What was paid or credited so far."""
        return self.paper.gross - self.left


def page_of(invoice: Invoice, on: date) -> CustomerPage:
    """Return what the customer of an issued document reads on a day, in the language that is active."""
    shown = papers.of(invoice, list(invoice.lines.order_by("position")))
    if shown.is_credit_note:
        return CustomerPage(shown, ZERO, "neutral", _("Credit note"), _credited_sentence(shown), "")
    residual = ledger.residuals([invoice.pk]).get(invoice.pk, ZERO)
    left = max(ZERO, residual)
    standing, word, sentence = _standing(invoice, residual, on)
    qr = papers.payment_code(invoice.seller, left, invoice.structured_communication) if left else ""
    return CustomerPage(shown, left, standing, word, sentence, qr)


def _credited_sentence(shown: Paper) -> str:
    return _("It credits invoice %(number)s. Nothing is to be paid for it.") % {"number": shown.credited_number}


def _standing(invoice: Invoice, residual: Decimal, on: date) -> tuple[Standing, str, str]:
    """Return a word and a sentence for how an invoice stands towards its customer."""
    if invoice.state == Invoice.State.CREDITED:
        return "neutral", _("Credited"), _("It was credited. Nothing is left to pay.")
    if residual < ZERO:
        return "good", _("Paid"), _("More was paid than was asked; you will hear from us about the difference.")
    if residual == ZERO:
        return "good", _("Paid"), _("It is paid. Thank you!")
    amount, day = formatting.money(residual), formatting.day(invoice.due_on)
    if invoice.due_on is not None and invoice.due_on < on:
        return "bad", _("Overdue"), _("%(amount)s was to be paid by %(day)s.") % {"amount": amount, "day": day}
    word = _("Partly paid") if residual < invoice.gross.amount else _("To pay")
    return "info", word, _("%(amount)s is to be paid by %(day)s.") % {"amount": amount, "day": day}
