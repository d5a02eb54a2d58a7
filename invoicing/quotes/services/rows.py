"""What all acts on a quote share: its locked row, its state, its history."""

from datetime import datetime
from typing import Any
from uuid import UUID

from coop.access import visibility
from coop.access.predicates import Subject
from invoicing.quotes.models import Quote, QuoteEvent


def locked(quote_id: UUID, by: Any, right: str = "w") -> Quote:
    """Lock the row of a quote and check the right on it."""
    quote = (
        Quote.objects.select_for_update(of=("self",))
        .select_related("cooperative", "activity__cooperative", "customer")
        .get(pk=quote_id)
    )
    visibility.require(by, Subject.SALES, right, activity=quote.activity_id, cooperative=quote.cooperative_id)
    return quote


def record(quote: Quote, kind: QuoteEvent.Kind, *, by: Any, at: datetime, comment: str = "") -> None:
    """Write what happened to a quote."""
    QuoteEvent.objects.create(quote=quote, kind=kind, at=at, by=by, comment=comment)
