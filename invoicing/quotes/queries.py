"""Lists of quotes, and what the page of one shows."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from coop.entities.models import Activity, Cooperative
from coop.money import ZERO
from coop.names import sort_name
from invoicing.quotes.charges import Charge, charges_of
from invoicing.quotes.models import Instalment, Quote

PER_PAGE = 50


@dataclass(frozen=True)
class Row:
    """A quote with its state in one word, on a day."""

    quote: Quote
    state: str
    word: str


@dataclass(frozen=True)
class Statement:
    """What was charged on a quote beside what was agreed; EUR. ``planned`` are the deposits that are still to be asked for."""

    charges: list[Charge]
    planned: list[Instalment]
    net: Decimal
    vat: Decimal
    left: Decimal
    vat_difference: Decimal

    @property
    def gross(self) -> Decimal:
        """What was charged including VAT."""
        return self.net + self.vat

    @property
    def above(self) -> Decimal:
        """What was charged above the quote, excluding VAT."""
        return max(ZERO, -self.left)


def state_of(quote: Quote, on: date) -> tuple[str, str]:
    """Return the colour and the word of a quote's state on a day."""
    if quote.expired(on):
        return "warning", _("Expired")
    return {
        Quote.State.DRAFT: ("draft", _("Draft")),
        Quote.State.SENT: ("info", _("Waits for the customer")),
        Quote.State.ACCEPTED: ("good", _("Accepted")),
        Quote.State.REFUSED: ("bad", _("Refused")),
        Quote.State.WITHDRAWN: ("neutral", _("Withdrawn")),
    }[Quote.State(quote.state)]


def list_quotes(
    *, quotes: QuerySet[Quote], activity: Activity | None, cooperative: Cooperative | None, state: str, text: str,
    on: date, page: int | str,
) -> tuple[Page[Quote], list[Row]]:  # fmt: skip
    """Return a page of quotes, the newest first."""
    if activity is not None:
        quotes = quotes.filter(activity=activity)
    elif cooperative is not None:
        quotes = quotes.filter(cooperative=cooperative)
    if state == "expired":
        quotes = quotes.filter(state=Quote.State.SENT, valid_until__lt=on)
    elif state == Quote.State.SENT:
        quotes = quotes.filter(state=state, valid_until__gte=on)
    elif state:
        quotes = quotes.filter(state=state)
    if text.strip():
        quotes = quotes.filter(Q(number__icontains=text.strip()) | Q(customer__sort_name__contains=sort_name(text)))
    ordered = quotes.select_related("customer", "activity").order_by("-created_at", "pk")
    shown = Paginator(ordered, PER_PAGE).get_page(page)
    return shown, [Row(quote, *state_of(quote, on)) for quote in shown]


def statement_of(quote: Quote) -> Statement:
    """Return what was charged on a quote, each document right on its own base.

    Where all is charged, the VAT of the documents may differ by some cents from that of the undivided quote: the difference
    is shown, never repaired.
    """
    charges = charges_of(quote)
    net = sum((one.net for one in charges), ZERO)
    vat = sum((one.vat for one in charges), ZERO)
    planned = list(quote.instalments.filter(charge__isnull=True).order_by("position"))
    left = quote.net - net
    difference = vat - quote.vat if left == ZERO else ZERO
    return Statement(charges, planned, net, vat, left, difference)
