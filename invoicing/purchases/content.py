"""What people enter for a cost, read and not yet judged. Amounts are EUR; frozen values, no rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True)
class SupplierLine:
    """A line of a supplier invoice: ``net`` excluding VAT; ``vat`` as printed, or None for what the rate gives."""

    cost_type: str
    description: str
    net: Decimal
    rate: Decimal
    vat: Decimal | None = None


@dataclass(frozen=True)
class SupplierInvoiceContent:
    """A supplier invoice as entered. The supplier is known by its VAT number, else by its name."""

    supplier_name: str
    supplier_number: str
    dated_on: date
    lines: Sequence[SupplierLine]
    supplier_vat_number: str = ""
    due_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class ExpenseLine:
    """A line of an expense note: a receipt (``gross`` including VAT at a rate) or ``kilometres`` with one’s own car.

    ``invoiced`` says that the receipt is an invoice in the cooperative's name, so that its VAT may come back.
    """

    cost_type: str
    description: str
    spent_on: date
    gross: Decimal | None = None
    rate: Decimal = Decimal(0)
    vat: Decimal | None = None
    invoiced: bool = False
    kilometres: Decimal | None = None


@dataclass(frozen=True)
class ExpenseNoteContent:
    """An expense note as entered."""

    claimant: UUID
    lines: Sequence[ExpenseLine]
    note: str = ""


@dataclass(frozen=True)
class Receipt:
    """A file that somebody sent: its name as shown, and its bytes."""

    filename: str
    content: bytes
