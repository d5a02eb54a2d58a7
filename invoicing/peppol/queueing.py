"""Have a document sent: its row is written in the transaction that issues it, and leaves after the commit."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from coop.clock import BRUSSELS
from coop.entities.models import Cooperative
from invoicing import structured
from invoicing.models import Invoice
from invoicing.peppol.models import Code, MessageType, PeppolEvent, PeppolPolicy, Received, Transmission


def participant_of(cooperative: Cooperative) -> str:
    """Return what a cooperative is called on Peppol."""
    return f"{structured.ENTERPRISE}:{cooperative.enterprise_number}"


def policy_on(cooperative: Cooperative, day: date) -> PeppolPolicy | None:
    """Return by what a cooperative sends and receives on a day, or None while it does not."""
    found: PeppolPolicy | None = PeppolPolicy.objects.filter(cooperative=cooperative).on(day).first()
    return found


def queue_invoice(invoice: Invoice, at: datetime) -> Transmission | None:
    """Have an issued document sent once, when its customer can be addressed and its cooperative sends."""
    endpoint = structured.endpoint(invoice.buyer)
    today = at.astimezone(BRUSSELS).date()
    policy = policy_on(invoice.cooperative, max(today, invoice.issued_on or today)) if endpoint is not None else None
    if endpoint is None or policy is None:
        return None
    credit = invoice.kind == Invoice.Kind.CREDIT_NOTE
    row = Transmission.objects.create(
        cooperative=invoice.cooperative, network=policy.network, invoice=invoice,
        message_type=MessageType.CREDIT_NOTE if credit else MessageType.INVOICE,
        sender=participant_of(invoice.cooperative), recipient=f"{endpoint.scheme}:{endpoint.value}",
        created_at=at, next_at=at,
    )  # fmt: skip
    PeppolEvent.objects.create(transmission=row, kind=PeppolEvent.Kind.QUEUED, at=at)
    return row


def queue_answer(
    received: Received, row: Transmission, *, code: Code, by: Any, at: datetime, comment: str = ""
) -> Transmission:
    """Have an answer to an invoice received sent, once per code; ``row`` is not yet written."""
    row.save(force_insert=True)
    PeppolEvent.objects.create(
        received=received, kind=PeppolEvent.Kind.ANSWER_SENT, code=code, at=at, by=by, comment=comment
    )
    ring()
    return row


def ring() -> None:
    """Tell a worker, after the commit, that a message waits."""
    from invoicing.peppol import tasks

    transaction.on_commit(tasks.send_messages.delay, robust=True)
