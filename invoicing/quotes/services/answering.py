"""The customer's answer to a quote: signed on its page with name, moment and address, or recorded on the customer's behalf."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coop.errors import Refused
from invoicing.quotes.models import TRANSITIONS, Quote, QuoteEvent
from invoicing.quotes.services.rows import locked, record

State = Quote.State


class NotWaiting(Refused):
    """A quote is answered that waits for no answer: it was answered already, or withdrawn."""


class AnswerTooLate(Refused):
    """A quote is accepted after the last day on which it holds."""


class NameNeeded(Refused):
    """A quote is answered without the name of who answers."""


@transaction.atomic
def accept_quote(*, quote_id: UUID, name: str, address: str, on: date, at: datetime) -> Quote:
    """Accept a quote as its customer: who reaches its page signs with a name; the moment and the address are kept.

    Of two who answer at once one is refused. Raises NameNeeded, NotWaiting, AnswerTooLate.
    """
    quote = Quote.objects.select_for_update().get(pk=quote_id)
    return _answer(quote, State.ACCEPTED, name=name, address=address, note="", by=None, on=on, at=at)


@transaction.atomic
def refuse_quote(*, quote_id: UUID, name: str, reason: str, address: str, on: date, at: datetime) -> Quote:
    """Refuse a quote as its customer, with the reason if one is given. Raises NameNeeded, NotWaiting."""
    quote = Quote.objects.select_for_update().get(pk=quote_id)
    return _answer(quote, State.REFUSED, name=name, address=address, note=reason, by=None, on=on, at=at)


@transaction.atomic
def record_answer(
    *, quote_id: UUID, answer: Quote.State, name: str, note: str, by: Any, on: date, at: datetime
) -> Quote:
    """Record what a customer answered by mail, by phone or on paper: who said it, and how it is known (``note``).

    Raises NameNeeded, NotWaiting, AnswerTooLate; PermissionDenied without the right on the activity's sales.
    """
    quote = locked(quote_id, by)
    return _answer(quote, answer, name=name, address="", note=note, by=by, on=on, at=at)


def _answer(
    quote: Quote, answer: Quote.State, *, name: str, address: str, note: str, by: Any, on: date, at: datetime
) -> Quote:
    subject = _("Quote %(number)s") % {"number": quote.number or "–"}
    if answer not in TRANSITIONS.get(quote.state, frozenset()):
        raise NotWaiting(
            subject=subject, reason=_why(quote), remedy=_("Ask for a new quote if something has to change.")
        )
    if answer == State.ACCEPTED and quote.valid_until is not None and quote.expired(on):
        raise AnswerTooLate(
            subject=subject,
            reason=_("It could be accepted until %(day)s.") % {"day": date_format(quote.valid_until)},
            remedy=_("Ask for a new quote."),
        )
    if not name.strip():
        raise NameNeeded(
            subject=subject,
            reason=_("An answer is signed with a name."),
            remedy=_("Type the first and last name of who answers."),
            field="name",
        )
    quote.state, quote.answered_at, quote.answered_name = answer, at, name.strip()
    quote.answered_from, quote.answered_by, quote.answer_note = address or None, by, note.strip()
    quote.save(update_fields=["state", "answered_at", "answered_name", "answered_from", "answered_by", "answer_note"])
    kind = QuoteEvent.Kind.ACCEPTED if answer == State.ACCEPTED else QuoteEvent.Kind.REFUSED
    comment = " · ".join(text for text in (quote.answered_name, quote.answer_note) if text)
    record(quote, kind, by=by, at=at, comment=comment)
    return quote


def _why(quote: Quote) -> str:
    """Say why a quote waits for no answer."""
    if quote.state == State.DRAFT:
        return _("It is not sent yet.")
    if quote.state == State.WITHDRAWN:
        return _("It was withdrawn.")
    assert quote.answered_at is not None
    names = {"name": quote.answered_name, "day": date_format(quote.answered_at)}
    if quote.state == State.ACCEPTED:
        return _("%(name)s already accepted it on %(day)s.") % names
    return _("%(name)s already refused it on %(day)s.") % names
