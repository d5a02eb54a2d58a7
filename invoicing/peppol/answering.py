"""Answer the supplier of an invoice that came in: each code once, by the same outbox as documents."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from invoicing.einvoice.model import CREDIT_NOTE_TYPE, INVOICE_TYPE, Identifier
from invoicing.peppol import queueing, responses
from invoicing.peppol.models import Code, MessageType, Received, Transmission


def recipient_of(received: Received) -> str:
    """Return whom an answer goes to: the seller's own address, else who sent the invoice. May be empty."""
    return received.seller_participant or received.sender


def answer(
    received: Received, code: Code, *, by: Any, at: datetime, reason_code: str = "", reason: str = ""
) -> Transmission | None:
    """Have an answer sent in the caller's transaction; None when it was given before, or there is nobody to send it to."""
    recipient = recipient_of(received)
    if not recipient or not received.number or received.answers.filter(code=code).exists():
        return None
    key, cooperative = uuid4(), received.cooperative
    scheme, _colon, number = recipient.partition(":")
    sender = queueing.participant_of(cooperative)
    content = responses.write(
        responses.Response(
            id=str(key), at=at, sender=Identifier(cooperative.enterprise_number, sender.partition(":")[0]),
            sender_name=cooperative.name, receiver=Identifier(number, scheme), receiver_name=received.seller_name,
            code=code, number=received.number, issued_on=received.dated_on,
            type_code=CREDIT_NOTE_TYPE if received.message_type == MessageType.CREDIT_NOTE else INVOICE_TYPE,
            reason_code=reason_code, reason=reason,
        )
    )  # fmt: skip
    row = Transmission(
        id=key, cooperative=cooperative, network=received.network, received=received, code=code,
        content=content.decode(), message_type=MessageType.RESPONSE, sender=sender, recipient=recipient,
        created_at=at, next_at=at,
    )  # fmt: skip
    return queueing.queue_answer(received, row, code=code, by=by, at=at, comment=reason)
