"""Send quotes and withdraw them: number, frozen copy, paper, the customer's link."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coop.documents import services as documents
from coop.entities import numbering
from coop.entities.models import NumberSeries
from coop.errors import Refused
from coop.history import services as history
from coop.money import ZERO
from invoicing.models import Invoice, InvoiceLine
from invoicing.quotes.models import TRANSITIONS, Quote, QuoteEvent, QuoteLine, QuoteLink
from invoicing.quotes.services.drafting import refuse_unless_draft
from invoicing.quotes.services.rows import locked, record
from invoicing.services import copying, keeping, treating
from invoicing.services.rows import net as net_of

DOCUMENT = "quote"
SERIES = "quote"
TEMPLATE = "D-{year}-{number:04d}"


class QuoteNotReady(Refused):
    """A draft lacks something that a quote must say."""


class ValidityMissing(Refused):
    """A quote is to be sent that does not say until when it holds, or whose day has passed."""


class QuoteAnswered(Refused):
    """A quote is to be withdrawn that no longer waits for an answer."""


def send_quote(*, quote_id: UUID, valid_until: date, on: date, by: Any, at: datetime, key: UUID | None = None) -> Quote:
    """Send a draft dated ``on``: it takes the next number of its series, is frozen, and its PDF and its link are made.

    It is posted nowhere. Raises QuoteNotADraft, QuoteNotReady, ValidityMissing, NotDecidable; a refusal uses no number.
    """

    def act() -> Mapping[str, str]:
        quote = locked(quote_id, by)
        refuse_unless_draft(quote)
        _refuse_validity(valid_until, on)
        lines = list(quote.lines.order_by("position"))
        _refuse_unready(quote, lines)
        quote.valid_until = valid_until
        freeze(quote, lines, on=on)
        QuoteLine.objects.bulk_update(lines, ["sale", "operation", "category", "rate", "net"])
        quote.number = _take_number(quote, on)
        quote.sent_on, quote.sent_by, quote.sent_at = on, by, at
        quote.state = Quote.State.SENT
        quote.version += 1
        quote.save()
        record(quote, QuoteEvent.Kind.SENT, by=by, at=at)
        documents.request_document(
            cooperative=quote.cooperative, kind=DOCUMENT, subject=quote.pk, language=quote.language,
            filename=f"{quote.number}.pdf".replace("/", "-"), at=at,
        )  # fmt: skip
        from invoicing.quotes import links

        links.create(quote, by=by, on=on, at=at)
        return {"quote": str(quote.pk)}

    parameters = {"quote": quote_id, "on": on, "valid_until": valid_until}
    result = history.once(key=key, by=by, name="invoicing.send_quote", parameters=parameters, at=at, act=act)
    return Quote.objects.select_related("customer").get(pk=UUID(result["quote"]))


@transaction.atomic
def withdraw_quote(*, quote_id: UUID, by: Any, at: datetime, comment: str = "") -> Quote:
    """Withdraw a quote that waits for its answer: from then on nobody can accept it. Its page says so. Raises QuoteAnswered."""
    quote = locked(quote_id, by)
    if Quote.State.WITHDRAWN not in TRANSITIONS.get(quote.state, frozenset()):
        raise QuoteAnswered(
            subject=_("Quote %(number)s") % {"number": quote.number or "–"},
            reason=_("Its state is “%(state)s”, so there is nothing to withdraw.")
            % {"state": quote.get_state_display()},
            remedy=_(
                "A draft is deleted; what was accepted is agreed with the customer, and credited if it was invoiced."
            ),
        )
    quote.state = Quote.State.WITHDRAWN
    quote.save(update_fields=["state"])
    record(quote, QuoteEvent.Kind.WITHDRAWN, by=by, at=at, comment=comment)
    return quote


def shown_as(quote: Quote, lines: Sequence[QuoteLine], *, on: date) -> tuple[Invoice, list[InvoiceLine]]:
    """Return an unsaved document and its lines, on which everything is set that a quote shows on a day."""
    shadow = Invoice(
        cooperative=quote.cooperative, activity=quote.activity, customer=quote.customer, reference=quote.reference,
        note=quote.note,
    )  # fmt: skip
    entered = keeping.draft_lines(lines)
    decided = keeping.treated(quote.activity, quote.customer, entered, on=on)
    shown = keeping.invoice_lines(lines)
    for line, its_vat in zip(shown, decided, strict=True):
        line.sale, line.operation = its_vat.sale, its_vat.operation.code
    operations = {one.operation.code: one.operation for one in decided}
    sums = treating.sums([one.operation for one in decided], [net_of(line) for line in shown])
    copying.show(shadow, shown, operations, sums, bank=None, on=on)
    return shadow, shown


def freeze(quote: Quote, lines: Sequence[QuoteLine], *, on: date) -> None:
    """Set on a quote and its lines, without saving, what it shows when dated ``on``. Raises what the rule of VAT cannot decide."""
    for its_vat in keeping.treated(quote.activity, quote.customer, keeping.draft_lines(lines), on=on):
        if its_vat.refusal is not None:
            raise its_vat.refusal
    shadow, shown = shown_as(quote, lines, on=on)
    for line, one in zip(lines, shown, strict=True):
        line.sale, line.operation, line.net = one.sale, one.operation, one.net.amount
        line.category, line.rate = one.category, one.rate
    quote.language, quote.seller, quote.buyer = shadow.language, shadow.seller, shadow.buyer
    quote.breakdown, quote.mentions, quote.reference = shadow.breakdown, shadow.mentions, shadow.reference
    quote.net, quote.vat, quote.gross = shadow.net.amount, shadow.vat.amount, shadow.gross.amount


def _take_number(quote: Quote, on: date) -> str:
    """Take the next number of the cooperative's quotes of the year; its series opens with the first of them."""
    year = str(on.year)
    NumberSeries.objects.get_or_create(
        cooperative=quote.cooperative, kind=SERIES, activity=None, year=year, defaults={"template": TEMPLATE}
    )
    taken = numbering.take_number(cooperative=quote.cooperative, kind=SERIES, year=year, on=on, in_order=False)
    return taken.text


def _refuse_validity(valid_until: date, on: date) -> None:
    if valid_until < on:
        raise ValidityMissing(
            subject=_("Valid until"),
            reason=_("%(day)s lies before the date of the quote.") % {"day": date_format(valid_until)},
            remedy=_("Choose a later day."),
            field="valid_until",
        )


def _refuse_unready(quote: Quote, lines: Sequence[QuoteLine]) -> None:
    subject = _("Quote for %(customer)s") % {"customer": quote.customer or "–"}
    if quote.customer is None:
        raise QuoteNotReady(
            subject=subject, reason=_("It names no customer."), remedy=_("Choose the customer, or add a new one."),
            field="customer",
        )  # fmt: skip
    if quote.unread or any(line.unread for line in lines):
        raise QuoteNotReady(
            subject=subject,
            reason=_("Something in it could not be read as a number or a day."),
            remedy=_("Correct the fields marked in red."),
        )
    if not lines:
        raise QuoteNotReady(
            subject=subject, reason=_("It has no line."), remedy=_("Add what is offered, with its quantity and price.")
        )
    for line in lines:
        if not line.description.strip() or not line.quantity or line.unit_price is None:
            raise QuoteNotReady(
                subject=subject,
                reason=_("Line %(position)s lacks its description, quantity or price.") % {"position": line.position},
                remedy=_("Complete the line, or remove it."),
            )
    if sum((line.net for line in lines), ZERO) <= ZERO:
        raise QuoteNotReady(
            subject=subject, reason=_("Its total is not above zero."), remedy=_("Check the quantities and prices.")
        )


def current_link(quote: Quote, on: date) -> QuoteLink | None:
    """Return the link by which the customer reads a quote on a day, if there is one."""
    return quote.links.filter(revoked_at__isnull=True, expires_on__gte=on).order_by("-created_at").first()
