"""What comes in: kept as it came, judged, routed; or, when it is an answer, put into the history of our document.

The network is told that a message is here only after the commit, so that none is lost; one that is given twice is here once.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from coop.documents import services as documents
from coop.entities.models import Activity, Cooperative
from coop.errors import Refused
from invoicing.einvoice import checks
from invoicing.einvoice.model import CREDIT_NOTE_TYPE, Identifier
from invoicing.einvoice.nodes import NotAStructuredInvoice, parse
from invoicing.einvoice.reading import Reading, read
from invoicing.models import Invoice
from invoicing.peppol import answering, judging, queueing, responses, routing
from invoicing.peppol.models import (
    Code,
    CustomerAnswer,
    MessageType,
    PeppolEvent,
    PeppolPolicy,
    Received,
    Transmission,
)
from invoicing.peppol.networks import Inbound, NoAnswer, adapter
from members.models import Runs

logger = logging.getLogger("invoicing.peppol")

RECEIVED = "peppol_received"
MEDIA_TYPE = "application/xml"
MOST_FINDINGS = 100
LONGEST_TEXT = 500
State, Kind = Received.State, PeppolEvent.Kind
RANKS = {Code.RECEIVED: 0, Code.IN_PROCESS: 1, Code.QUESTION: 2, Code.CONDITIONS: 3, Code.REJECTED: 4, Code.ACCEPTED: 4,
         Code.PAID: 5}  # fmt: skip
"""An answer that was overtaken on its way does not take the place of a later one."""


class NotOurs(Exception):
    """An answer to a document that was not sent from here to whom it comes from."""


# --- from the networks ------------------------------------------------------------------------------------------------


def fetch_all(*, on: date, at: Callable[[], datetime]) -> int:
    """Take in what came for each cooperative that receives on a day; return how many messages were new.

    A network that does not answer, or a message that cannot be kept, keeps no other from coming in.
    """
    taken = 0
    for policy in PeppolPolicy.objects.on(on).select_related("cooperative").order_by("cooperative__code"):
        try:
            taken += fetch(policy, on=on, at=at())
        except NoAnswer as error:
            logger.warning("nothing could be fetched for %s: %s", policy.cooperative.code, error)
    return taken


def fetch(policy: PeppolPolicy, *, on: date, at: datetime) -> int:
    """Take in what came for one cooperative. Raises NoAnswer."""
    network, participant, taken = adapter(policy.network), queueing.participant_of(policy.cooperative), 0
    for inbound in network.waiting(participant=participant, at=at):
        try:
            taken += take_in(policy, inbound, on=on, at=at)
        except Exception:
            logger.exception("message %s could not be taken in", inbound.id)
            continue
        network.confirm(inbound, participant=participant, at=at)
    return taken


@transaction.atomic
def take_in(policy: PeppolPolicy, inbound: Inbound, *, on: date, at: datetime) -> bool:
    """Keep a message, and return whether it was new. One cooperative takes in one message at a time."""
    PeppolPolicy.objects.select_for_update().get(pk=policy.pk)
    known = {"cooperative": policy.cooperative, "network": policy.network, "message_id": inbound.id[:120]}
    if Received.objects.filter(**known).exists() or CustomerAnswer.objects.filter(**known).exists():
        return False
    with translation.override(policy.cooperative.language):
        if _root(inbound.content) == responses.ROOT:
            try:
                _take_answer(policy.cooperative, inbound, known, at)
            except (NotAStructuredInvoice, NotOurs) as error:
                _keep_unreadable(policy.cooperative, inbound, known, str(error), at)
            return True
        try:
            reading = read(inbound.content)
        except NotAStructuredInvoice as refused:
            _keep_unreadable(policy.cooperative, inbound, known, str(refused.reason), at)
            return True
        _take_invoice(policy.cooperative, inbound, known, reading, on, at)
    return True


def _root(content: bytes) -> str:
    """Return the name of the root element; nothing for what cannot be read."""
    try:
        return str(parse(content).tag)
    except Refused:
        return ""


def _keep(cooperative: Cooperative, inbound: Inbound, key: UUID, name: str, at: datetime) -> Any:
    return documents.keep_received(
        cooperative=cooperative, kind=RECEIVED, subject=key, content=inbound.content, filename=f"{name}.xml",
        media_type=MEDIA_TYPE, at=at,
    )  # fmt: skip


def _keep_unreadable(
    cooperative: Cooperative, inbound: Inbound, known: dict[str, Any], fault: str, at: datetime
) -> None:
    """Keep what cannot be read, as it came, with the reason."""
    key, fault = uuid4(), fault[:LONGEST_TEXT]
    row = Received.objects.create(
        id=key, **known, sender=inbound.sender, message_type=MessageType.UNKNOWN, received_at=at, fault=fault,
        document=_keep(cooperative, inbound, key, str(key), at), state=State.UNREADABLE,
    )  # fmt: skip
    PeppolEvent.objects.create(received=row, kind=Kind.CAME, at=at, comment=fault)


# --- an invoice or a credit note --------------------------------------------------------------------------------------


def _take_invoice(
    cooperative: Cooperative, inbound: Inbound, known: dict[str, Any], reading: Reading, on: date, at: datetime
) -> None:
    """Keep an invoice with what our check says of it, route it, and tell the supplier that it is here."""
    document, key = reading.document, uuid4()
    findings = checks.check_reading(reading, view=checks.View.RECEIVED)
    seller = document.seller
    endpoint = seller.endpoint or Identifier("")
    row = Received(
        id=key, **known, sender=inbound.sender[:60], received_at=at,
        message_type=MessageType.CREDIT_NOTE if document.is_credit_note else MessageType.INVOICE,
        document=_keep(cooperative, inbound, key, _filename(document.number, key), at),
        findings=[_said(one) for one in findings[:MOST_FINDINGS]],
        obstacles=judging.obstacles(
            document, findings, enterprise_number=cooperative.enterprise_number, sender=inbound.sender
        ),
        seller_name=(seller.name or seller.trade_name)[:120], seller_vat_number=seller.vat_id[:20],
        seller_participant=f"{endpoint.scheme}:{endpoint.value}"[:60] if endpoint.value else "",
        number=document.number[:40], reference=(document.buyer_reference or document.order)[:120],
        dated_on=document.issued_on, due_on=document.due_on, currency=document.currency[:3],
        net=_shown(document.totals.without_vat), vat=_shown(document.totals.vat), gross=_shown(document.totals.with_vat),
    )  # fmt: skip
    twin = _twin(row)
    row.state, row.duplicate_of = (State.DUPLICATE, twin) if twin else (State.UNASSIGNED, None)
    way = None if twin else routing.route(document, candidates(cooperative, on), history=_history(row))
    if way is not None:
        row.evidence, row.evidence_text = way.evidence, way.text[:120]
        row.activity_id, row.proposed_id = (way.activity, None) if way.certain else (None, way.activity)
        row.state = State.ASSIGNED if way.certain else State.UNASSIGNED
    row.save(force_insert=True)
    PeppolEvent.objects.create(received=row, kind=Kind.CAME, at=at)
    if twin is not None:
        PeppolEvent.objects.create(received=twin, kind=Kind.CAME_TWICE, at=at)
        return
    if way is not None:
        PeppolEvent.objects.create(
            received=row, kind=Kind.ASSIGNED if way.certain else Kind.PROPOSED, at=at,
            comment=f"{Activity.objects.get(pk=way.activity)} ({way.evidence.label}: {way.text})",
        )  # fmt: skip
    answering.answer(row, Code.RECEIVED, by=None, at=at)


def _said(finding: checks.Finding) -> dict[str, str]:
    """Return what our check says, as it is kept; what stood in the file may be long."""
    return {"severity": finding.severity.value, "text": f"{finding.reason} {finding.advice}"[:LONGEST_TEXT]}


def _shown(amount: Decimal | None) -> Decimal | None:
    """Return an amount that a column can hold; a larger one is an obstacle, and stands in the file only."""
    return amount if amount is not None and abs(amount) < judging.LARGEST else None


def _filename(number: str, key: UUID) -> str:
    name = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in number).strip("-.")[:80]
    return name or str(key)


def _twin(row: Received) -> Received | None:
    """Return the message that brought the same number of the same seller before, unless that was refused or forged."""
    forged = (judging.OTHER_SENDER, judging.OTHER_BUYER)
    if not row.number or any(code in row.obstacles for code in forged):
        return None
    seller = {"seller_vat_number": row.seller_vat_number} if row.seller_vat_number else {"seller_name": row.seller_name}
    return (
        Received.objects.filter(cooperative=row.cooperative, message_type=row.message_type, number__iexact=row.number)
        .filter(**seller)
        .exclude(state__in=[State.REFUSED, State.DUPLICATE, State.UNREADABLE])
        .exclude(obstacles__contains=[judging.OTHER_SENDER])
        .exclude(obstacles__contains=[judging.OTHER_BUYER])
        .order_by("received_at")
        .first()
    )


def _history(row: Received) -> UUID | None:
    """Return the one activity to which all earlier invoices of a supplier went; None for two, or for a new supplier."""
    if not row.seller_vat_number:
        return None
    went = (
        Received.objects.filter(
            cooperative=row.cooperative, seller_vat_number=row.seller_vat_number, state=State.ACCEPTED
        )
        .values_list("activity", flat=True)
        .distinct()[:2]
    )
    found = [activity for activity in went if activity is not None]
    return found[0] if len(found) == 1 else None


def candidates(cooperative: Cooperative, on: date) -> Sequence[routing.Candidate]:
    """Return the activities to which an invoice may belong on a day, with who runs them."""
    runs: dict[UUID, list[Any]] = {}
    for one in Runs.objects.filter(activity__cooperative=cooperative).on(on).select_related("person"):
        runs.setdefault(one.activity_id, []).append(one.person)
    activities = Activity.objects.filter(cooperative=cooperative).exclude(kind=Activity.Kind.FUND)
    return [
        routing.Candidate(
            activity.pk,
            activity.code,
            [activity.name, *(f"{person.first_name} {person.last_name}" for person in runs.get(activity.pk, []))],
            [person.email for person in runs.get(activity.pk, []) if person.email],
        )
        for activity in activities.filter(closed_on__isnull=True).order_by("code")
    ]


# --- an answer to a document of ours ----------------------------------------------------------------------------------


def _take_answer(cooperative: Cooperative, inbound: Inbound, known: dict[str, Any], at: datetime) -> None:
    """Put an answer into the history of the document that it answers. Raises NotAStructuredInvoice and NotOurs."""
    response = responses.read(inbound.content)
    row = _answered(cooperative, response, inbound)
    reason = (response.reason or str(responses.REASONS.get(response.reason_code, response.reason_code)))[:LONGEST_TEXT]
    CustomerAnswer.objects.create(
        **known, transmission=row, code=response.code, reason=reason, received_at=at,
        content=inbound.content.decode("utf-8", "replace").replace("\x00", ""),
    )  # fmt: skip
    again = row.events.filter(kind=Kind.ANSWERED, code=response.code, comment=reason).exists()
    if again:
        return
    PeppolEvent.objects.create(transmission=row, kind=Kind.ANSWERED, code=response.code, at=at, comment=reason)
    if not row.answer or RANKS[Code(response.code)] >= RANKS[Code(row.answer)]:
        Transmission.objects.filter(pk=row.pk).update(answer=response.code)


def _answered(cooperative: Cooperative, response: responses.Response, inbound: Inbound) -> Transmission:
    """Return the message that an answer is about: its number, of that kind, sent to who answers."""
    kind = Invoice.Kind.CREDIT_NOTE if response.type_code == CREDIT_NOTE_TYPE else Invoice.Kind.INVOICE
    row = (
        Transmission.objects.select_for_update(of=("self",))
        .filter(cooperative=cooperative, invoice__number=response.number, invoice__kind=kind)
        .first()
    )
    who = inbound.sender or f"{response.sender.scheme}:{response.sender.value}"
    if row is None or row.recipient != who:
        raise NotOurs(
            _("It answers document %(number)s, which was not sent to %(sender)s.")
            % {"number": response.number, "sender": who}
        )
    return row
