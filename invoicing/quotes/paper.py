"""The quote as paper: what the PDF, its preview and the customer's page show, read from the frozen copy, in the customer's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import translation

from coop.documents import pdf
from coop.documents.models import Document
from coop.money import cents
from invoicing import paper as papers
from invoicing.models import Invoice, InvoiceLine
from invoicing.paper import Paper
from invoicing.quotes.models import Instalment, Quote, QuoteLine
from invoicing.quotes.services import sending
from invoicing.services import keeping

TEMPLATE = "pdf/quote.html"
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class PaperDeposit:
    """A deposit as the quote announces it; ``gross`` is about what will be asked, EUR including VAT."""

    label: str
    percent: Decimal
    planned_on: date | None
    gross: Decimal


@dataclass(frozen=True)
class QuotePaper:
    """Everything that a quote shows: what it shares with an invoice, and what is its own."""

    paper: Paper
    valid_until: date | None
    deposits: Sequence[PaperDeposit]


def build(document: Document) -> bytes:
    """Return the bytes of the PDF of a sent quote."""
    quote = Quote.objects.get(pk=document.subject)
    with translation.override(document.language):
        context = context_of(of(quote))
    return pdf.render(TEMPLATE, context, language=document.language)


def visible(document: Document, user: Any) -> bool:
    """Tell whether a user may see the document of a quote: whoever sees the quote."""
    return Quote.objects.visible_to(user).filter(pk=document.subject).exists()


def context_of(shown: QuotePaper) -> dict[str, Any]:
    """Return what the template of the paper needs."""
    return {"quote": shown, "paper": shown.paper, "issuer": shown.paper.issuer}


def of(quote: Quote) -> QuotePaper:
    """Return the paper of a sent quote."""
    lines = list(quote.lines.order_by("position"))
    shown = keeping.invoice_lines(lines)
    for line, one in zip(lines, shown, strict=True):
        one.category, one.rate = line.category, line.rate
    shadow = Invoice(
        number=quote.number, issued_on=quote.sent_on, reference=quote.reference, note=quote.note,
        seller=quote.seller, buyer=quote.buyer, breakdown=quote.breakdown, mentions=quote.mentions,
    )  # fmt: skip
    shadow.net, shadow.vat, shadow.gross = quote.net, quote.vat, quote.gross
    return _paper(shadow, shown, quote.valid_until, list(quote.instalments.order_by("position")))


def preview(quote: Quote, *, on: date) -> QuotePaper:
    """Return the paper that a draft would become on a day, as far as it is filled in. Nothing is written."""
    lines: Sequence[QuoteLine] = list(quote.lines.order_by("position"))
    shadow, shown = sending.shown_as(quote, lines, on=on)
    shadow.issued_on = on
    quote.language = shadow.language
    with translation.override(shadow.language):
        return _paper(shadow, shown, quote.valid_until, list(quote.instalments.order_by("position")))


def _paper(
    shadow: Invoice, lines: Sequence[InvoiceLine], valid_until: date | None, instalments: Sequence[Instalment]
) -> QuotePaper:
    gross = Decimal(shadow.gross.amount)
    deposits = [
        PaperDeposit(one.label, one.percent, one.planned_on, cents(gross * one.percent / HUNDRED))
        for one in instalments
    ]
    return QuotePaper(papers.of(shadow, lines), valid_until, deposits)
