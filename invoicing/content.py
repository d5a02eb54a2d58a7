"""What people enter: a customer, a draft with its lines, what to credit. Plain values, as services take them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from coop.entities.models import Language
from coop.money import ZERO
from invoicing.models import Customer, InvoiceLine


@dataclass(frozen=True)
class CustomerDetails:
    """A customer as entered. ``vat_number`` in any spelling; ``payment_days`` from the day of issue."""

    name: str
    kind: str = Customer.Kind.BUSINESS
    contact: str = ""
    vat_number: str = ""
    enterprise_number: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = "BE"
    email: str = ""
    language: str = Language.FRENCH
    payment_days: int = 30
    reference: str = ""
    vat_returns: str = Customer.Returns.PERIODIC


@dataclass(frozen=True)
class DraftLine:
    """A line as entered; whatever is missing stays missing until issue. Price in EUR excluding VAT.

    ``sale`` is what is sold, a code of ``invoicing.vat.sales`` (empty: what the activity sells by default); its VAT is
    decided from it. ``operation``, a code of ``invoicing.vat``, sets another VAT, for the ``reason`` given. ``line`` names the
    saved line that this one replaces, so that it keeps what was set on it. ``unread`` keeps, by field, what was typed and
    could not be read.
    """

    description: str = ""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    operation: str = ""
    unit: str = InvoiceLine.Unit.PIECE
    discount_percent: Decimal = ZERO
    sale: str = ""
    reason: str = ""
    line: UUID | None = None
    unread: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DraftContent:
    """An invoice as entered, whole: saving replaces what the draft held. ``due_on`` empty: the customer's term counts."""

    customer: UUID | None = None
    lines: Sequence[DraftLine] = ()
    supplied_on: date | None = None
    supplied_until: date | None = None
    due_on: date | None = None
    reference: str = ""
    note: str = ""
    supplied_in: str = ""
    discount_percent: Decimal = ZERO
    discount: Decimal = ZERO
    discount_reason: str = ""
    charge: Decimal = ZERO
    charge_reason: str = ""
    unread: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CreditLine:
    """What to credit of a line of an invoice: a quantity of it, or an amount (EUR excluding VAT)."""

    line: UUID
    quantity: Decimal | None = None
    amount: Decimal | None = None
