"""Begin, save, copy and discard drafts of quotes."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from coop import formatting
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity
from coop.errors import Refused
from coop.history import services as history
from invoicing.models import Customer
from invoicing.quotes.content import Planned, QuoteContent
from invoicing.quotes.models import Instalment, Quote, QuoteEvent, QuoteLine
from invoicing.quotes.services.rows import locked, record
from invoicing.services import CustomerOfOthers, keeping, treating
from invoicing.services.rows import refuse_changed

WHOLE = Decimal(100)


class QuoteNotADraft(Refused):
    """An act that only drafts allow was asked of a quote that was sent."""


class ScheduleAboveWhole(Refused):
    """The deposits that a quote announces are more than the whole."""


def create_quote(*, activity: UUID, content: QuoteContent, by: Any, at: datetime, key: UUID | None = None) -> Quote:
    """Begin a quote. It may be incomplete: what is missing blocks only sending.

    Raises CustomerOfOthers, ScheduleAboveWhole; PermissionDenied without the right on the activity's sales.
    """
    owner = Activity.objects.select_related("cooperative").get(pk=activity)
    visibility.require(by, Subject.SALES, "w", activity=owner.pk, cooperative=owner.cooperative_id)

    def act() -> dict[str, str]:
        quote = Quote(cooperative=owner.cooperative, activity=owner, created_by=by, created_at=at, saved_at=at)
        _fill(quote, content)
        quote.save(force_insert=True)
        _write_parts(quote, content)
        record(quote, QuoteEvent.Kind.CREATED, by=by, at=at)
        return {"quote": str(quote.pk)}

    result = history.once(
        key=key, by=by, name="invoicing.create_quote", parameters={"activity": activity}, at=at, act=act
    )
    return Quote.objects.get(pk=UUID(result["quote"]))


@transaction.atomic
def save_quote(*, quote_id: UUID, content: QuoteContent, version: int | None, by: Any, at: datetime) -> Quote:
    """Replace what a draft holds. Raises QuoteNotADraft, ChangedMeanwhile, CustomerOfOthers, ScheduleAboveWhole."""
    quote = locked(quote_id, by)
    refuse_unless_draft(quote)
    refuse_changed(_("Quote for %(customer)s") % {"customer": quote.customer or "–"}, quote.version, version)
    quote.saved_at = at
    _fill(quote, content)
    quote.version += 1
    quote.save()
    quote.lines.all().delete()
    quote.instalments.all().delete()
    _write_parts(quote, content)
    return quote


def duplicate_quote(*, quote_id: UUID, by: Any, at: datetime, key: UUID | None = None) -> Quote:
    """Begin a quote with the customer, lines and schedule of another; number, dates and answer stay behind."""
    source = Quote.objects.get(pk=quote_id)
    content = QuoteContent(
        customer=source.customer_id,
        lines=keeping.draft_lines(source.lines.order_by("position")),
        instalments=[Planned(one.label, one.percent) for one in source.instalments.order_by("position")],
        note=source.note,
    )
    return create_quote(activity=source.activity_id, content=content, by=by, at=at, key=key)


@transaction.atomic
def discard_quote(*, quote_id: UUID, by: Any) -> None:
    """Delete a draft. A quote that was sent is never deleted: it is withdrawn. Raises QuoteNotADraft."""
    quote = locked(quote_id, by)
    refuse_unless_draft(quote)
    quote.delete()


def refuse_unless_draft(quote: Quote) -> None:
    """Let drafts through only."""
    if quote.state != Quote.State.DRAFT:
        raise QuoteNotADraft(
            subject=_("Quote %(number)s") % {"number": quote.number},
            reason=_("It was sent, and what was offered does not change."),
            remedy=_("Withdraw it if it still waits for an answer, and send a copy with the changes."),
        )


def _fill(quote: Quote, content: QuoteContent) -> None:
    """Copy the head of a draft, with the totals of what can be totalled."""
    customer = (
        Customer.objects.filter(pk=content.customer, activity=quote.activity_id).first() if content.customer else None
    )
    if content.customer and customer is None:
        raise CustomerOfOthers(
            subject=_("Customer"),
            reason=_("This customer does not belong to activity %(activity)s.") % {"activity": quote.activity},
            remedy=_("Choose a customer of the activity, or add it to the activity."),
            field="customer",
        )
    _refuse_above_whole(content.instalments)
    quote.customer, quote.valid_until = customer, content.valid_until
    quote.reference, quote.note, quote.unread = content.reference, content.note, dict(content.unread)
    sums = keeping.sums_of(quote.activity, customer, content.lines, on=treating.day_of(quote.saved_at))
    quote.net, quote.vat, quote.gross = sums.net, sums.vat, sums.gross


def _refuse_above_whole(planned: Sequence[Planned]) -> None:
    total = sum((one.percent for one in planned), Decimal(0))
    if total > WHOLE:
        raise ScheduleAboveWhole(
            subject=_("Deposits"),
            reason=_("Together they are %(total)s %% of the quote.") % {"total": formatting.quantity(total)},
            remedy=_("Lower them: the final invoice takes the rest."),
        )


def _write_parts(quote: Quote, content: QuoteContent) -> None:
    QuoteLine.objects.bulk_create(
        [keeping.filled(QuoteLine(quote=quote), number, line) for number, line in enumerate(content.lines, start=1)]
    )
    Instalment.objects.bulk_create(
        [
            Instalment(quote=quote, position=number, label=one.label, percent=one.percent, planned_on=one.planned_on)
            for number, one in enumerate(content.instalments, start=1)
        ]
    )
