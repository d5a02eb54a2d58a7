"""Record what customers pay, once per form."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from coop.banking import services as banking
from coop.banking.models import Movement
from coop.entities.models import BankAccount
from coop.history import services as history


def record_customer_payment(
    *,
    invoice_id: UUID,
    amount: Decimal,
    on: date,
    bank_account: BankAccount,
    by: Any,
    at: datetime,
    reference: str = "",
    key: UUID | None = None,
) -> Movement:
    """Record money that came in for an invoice (negative: refunded), booked by the bank on a day; EUR.

    Raises what ``coop.banking.services.record_receipt`` raises.
    """

    def act() -> Mapping[str, str]:
        movement = banking.record_receipt(
            item=invoice_id, amount=amount, on=on, bank_account=bank_account, by=by, at=at, reference=reference
        )
        return {"movement": str(movement.pk)}

    result = history.once(
        key=key,
        by=by,
        name="invoicing.record_customer_payment",
        parameters={
            "invoice": invoice_id,
            "amount": amount,
            "on": on,
            "account": bank_account.pk,
            "reference": reference,
        },
        at=at,
        act=act,
    )
    return Movement.objects.get(pk=result["movement"])
