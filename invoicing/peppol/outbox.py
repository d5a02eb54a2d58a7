"""Send what waits, once: claim, call the network outside any transaction, write what it said.

Whoever dies between sending and writing leaves a message on its way whose lease runs out; who finds it asks the network
about its id first, and sends only what the network does not know.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.documents import queries as documents
from coop.documents.models import Document
from coop.errors import Refused
from invoicing.peppol.models import Lookup, PeppolEvent, Transmission
from invoicing.peppol.networks import Adapter, Fate, Message, NoAnswer, Standing, adapter
from invoicing.services.structuring import STRUCTURED

logger = logging.getLogger("invoicing.peppol")

LEASE = timedelta(seconds=20)
"""Longer than a network may take to answer: while it runs, nobody else sends the same message."""
FIRST_REST, LONGEST_REST = timedelta(seconds=10), timedelta(hours=1)
MOST_UNANSWERED = 10
KEPT = timedelta(days=1)
AT_ONCE = 50

State, Kind = Transmission.State, PeppolEvent.Kind
OPEN = (State.QUEUED, State.IN_FLIGHT)


class NotToRepeat(Refused):
    """A message was to be sent again that is on its way, has arrived, or was refused for good."""


# --- what waits -------------------------------------------------------------------------------------------------------


def waiting(at: datetime) -> QuerySet[Transmission]:
    """Return the messages that can be sent or asked about now, the oldest first: a document only once its file is made."""
    file = Document.objects.filter(kind=STRUCTURED, subject=OuterRef("invoice"), state=Document.State.STORED)
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    return (
        Transmission.objects.filter(free, state__in=OPEN, next_at__lte=at)
        .filter(Q(invoice__isnull=True) | Exists(file))
        .order_by("next_at", "created_at")
    )


def send_waiting(*, at: Callable[[], datetime]) -> int:
    """Send or ask about what waits, each on its own; return how many were delivered."""
    keys = list(waiting(at()).values_list("pk", flat=True)[:AT_ONCE])
    return sum(send(pk, at()) for pk in keys)


def send(pk: UUID, at: datetime) -> bool:
    """Send one message, or ask what became of it; return whether it was delivered now. Nobody else does so meanwhile."""
    claimed = _claim(pk, at)
    if claimed is None:
        return False
    network, lookup = adapter(claimed.network), claimed.lookup
    try:
        message = Message(str(claimed.pk), claimed.sender, claimed.recipient, claimed.message_type, content_of(claimed))
        fate = network.fate(message, at=at) if claimed.attempts > 1 else Fate(Standing.UNKNOWN)
        if fate.standing == Standing.UNKNOWN:
            lookup = reach(network, claimed, at)
            if lookup.found:
                _note_leaving(claimed, lookup, at)
                fate = network.send(message, at=at)
    except NoAnswer as error:
        return _unanswered(pk, str(error), at)
    except Exception as error:
        logger.exception("message %s could not be sent", pk)
        return _unanswered(pk, type(error).__name__, at)
    if lookup is not None and not lookup.found and fate.standing == Standing.UNKNOWN:
        return _fail(pk, Transmission.Failure.NOT_FOUND, lookup.answer, at, lookup)
    return _settle(pk, fate, at)


def content_of(row: Transmission) -> bytes:
    """Return the bytes of a message: an answer as it was written, a document as it is stored."""
    if row.invoice_id is None:
        return row.content.encode()
    file = documents.document_of(STRUCTURED, row.invoice_id)
    assert file is not None
    return documents.content(Document.objects.select_related("cooperative").get(pk=file.pk))


@transaction.atomic
def _claim(pk: UUID, at: datetime) -> Transmission | None:
    """Take a message for the length of a lease. Each claim is an attempt: from the second on the network is asked first."""
    row = (
        Transmission.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(Q(lease_until__isnull=True) | Q(lease_until__lte=at), pk=pk, state__in=OPEN)
        .select_related("lookup")
        .first()
    )
    if row is not None:
        row.lease_until, row.attempts = at + LEASE, row.attempts + 1
        row.save(update_fields=["lease_until", "attempts"])
    return row


def _note_leaving(row: Transmission, lookup: Lookup, at: datetime) -> None:
    """Write that a message leaves now, before it does."""
    with transaction.atomic():
        Transmission.objects.filter(pk=row.pk).update(state=State.IN_FLIGHT, lookup=lookup)
        if row.state != State.IN_FLIGHT:
            _record(row, Kind.IN_FLIGHT, at)


def _locked(pk: UUID) -> Transmission | None:
    return (
        Transmission.objects.select_for_update(of=("self",))
        .select_related("received")
        .filter(pk=pk, state__in=OPEN)
        .first()
    )


def _rest(times: int) -> timedelta:
    return min(FIRST_REST * int(2 ** min(max(times - 1, 0), 10)), LONGEST_REST)


@transaction.atomic
def _settle(pk: UUID, fate: Fate, at: datetime) -> bool:
    """Write what the network said of a message. One that is under way is asked about again later."""
    row = _locked(pk)
    if row is None:
        return False
    row.lease_until, row.unanswered = None, 0
    if fate.standing == Standing.UNDER_WAY:
        row.state, row.next_at = State.IN_FLIGHT, at + _rest(row.attempts)
        row.save(update_fields=["state", "lease_until", "unanswered", "next_at"])
        return False
    delivered = fate.standing == Standing.DELIVERED
    row.state = State.DELIVERED if delivered else State.REFUSED
    row.reason, row.settled_at = fate.reason, at
    row.save(update_fields=["state", "reason", "settled_at", "lease_until", "unanswered"])
    _record(row, Kind.DELIVERED if delivered else Kind.REFUSED, at, fate.reason)
    return delivered


@transaction.atomic
def _unanswered(pk: UUID, words: str, at: datetime) -> bool:
    """Let a message rest whose network did not answer; give up after many times, and leave it to a person."""
    row = _locked(pk)
    if row is None:
        return False
    row.unanswered += 1
    if row.unanswered >= MOST_UNANSWERED:
        return _fail(pk, Transmission.Failure.NO_ANSWER, words, at)
    row.reason, row.lease_until, row.next_at = words, None, at + _rest(row.unanswered)
    row.save(update_fields=["reason", "unanswered", "lease_until", "next_at"])
    return False


@transaction.atomic
def _fail(pk: UUID, failure: str, words: str, at: datetime, lookup: Lookup | None = None) -> bool:
    row = _locked(pk)
    if row is None:
        return False
    row.state, row.failure, row.reason = State.FAILED, failure, words
    row.settled_at, row.lease_until = at, None
    row.lookup = lookup or row.lookup
    row.save(update_fields=["state", "failure", "reason", "settled_at", "lease_until", "lookup"])
    _record(row, Kind.FAILED, at, words)
    return False


def _record(row: Transmission, kind: PeppolEvent.Kind, at: datetime, words: str = "", by: Any = None) -> None:
    """Write what happened into the history of the document; of an answer, into that of the invoice it answers."""
    if row.received_id is None:
        PeppolEvent.objects.create(transmission=row, kind=kind, at=at, by=by, comment=words)
    elif kind in ANSWERS:
        PeppolEvent.objects.create(
            received_id=row.received_id, kind=ANSWERS[kind], code=row.code, at=at, by=by, comment=words
        )


ANSWERS = {
    Kind.DELIVERED: Kind.ANSWER_DELIVERED,
    Kind.REFUSED: Kind.ANSWER_FAILED,
    Kind.FAILED: Kind.ANSWER_FAILED,
}


# --- who can be reached -----------------------------------------------------------------------------------------------


def reach(network: Adapter, row: Transmission, at: datetime) -> Lookup:
    """Return the proof that a receiver can be reached, of today or asked anew; that they cannot is asked each time.

    Raises NoAnswer.
    """
    known = (
        Lookup.objects.filter(
            network=row.network, participant=row.recipient, message_type=row.message_type, found=True,
            asked_at__gt=at - KEPT,
        )
        .order_by("-asked_at")
        .first()
    )  # fmt: skip
    if known is not None:
        return known
    answer = network.lookup(participant=row.recipient, message_type=row.message_type, at=at)
    return Lookup.objects.create(
        network=row.network, participant=row.recipient, message_type=row.message_type, found=answer.found,
        answer=answer.answer[:4000], asked_at=at,
    )  # fmt: skip


# --- by a person ------------------------------------------------------------------------------------------------------


@transaction.atomic
def send_again(*, transmission: UUID, by: Any, at: datetime) -> Transmission:
    """Let a message that was not sent try again, under the same id. Raises NotToRepeat; PermissionDenied."""
    row = Transmission.objects.select_for_update(of=("self",)).select_related("invoice").get(pk=transmission)
    invoice = row.invoice
    assert invoice is not None
    scope = {"activity": invoice.activity_id, "cooperative": invoice.cooperative_id}
    if not visibility.may(by, Subject.SALES, "x", **scope):
        visibility.require(by, Subject.SALES, "w", **scope)
    if row.state != State.FAILED:
        raise NotToRepeat(
            subject=str(invoice),
            reason=_("It is in state “%(state)s”.") % {"state": row.get_state_display()},
            remedy=_("Only what was not sent can be sent again; a document refused is credited and made anew."),
        )
    row.state, row.failure, row.reason, row.unanswered = State.QUEUED, "", "", 0
    row.settled_at, row.next_at = None, at
    row.save(update_fields=["state", "failure", "reason", "unanswered", "settled_at", "next_at"])
    _record(row, Kind.QUEUED, at, by=by)
    from invoicing.peppol import queueing

    queueing.ring()
    return row


# --- the sweeper ------------------------------------------------------------------------------------------------------


def ring_for_waiting(at: datetime) -> None:
    """Wake a worker when a message waits that nobody is sending: its doorbell was lost, or its sender died."""
    if waiting(at).exists():
        from invoicing.peppol import tasks

        tasks.send_messages.apply_async(expires=10)


def ring_when_stored(file: Document) -> None:
    """Wake a worker when the file of a document is stored that waits for it."""
    if file.kind == STRUCTURED and Transmission.objects.filter(invoice=file.subject, state=State.QUEUED).exists():
        from invoicing.peppol import queueing

        queueing.ring()
