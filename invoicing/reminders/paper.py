"""The reminder as paper: its lines as they were frozen, and the invoice that it is about; in the customer's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import translation

from coop.documents import pdf
from coop.documents.models import Document
from coop.money import ZERO
from invoicing import communication
from invoicing import paper as invoices
from invoicing.models import Customer, Invoice
from invoicing.reminders import texts
from invoicing.reminders.deciding import Announced, Level
from invoicing.reminders.models import Reminder

TEMPLATE = "pdf/reminder.html"
DESCRIPTIONS = 3


@dataclass(frozen=True)
class Period:
    """Interest of one period as printed."""

    first: date
    last: date
    days: int
    principal: Decimal
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Paper:
    """Everything that the letter shows; amounts are EUR. ``paid`` is what was paid or credited before."""

    title: str
    number: str
    issued_on: date
    due_on: date
    on: date
    descriptions: Sequence[str]
    more: int
    text: str
    gross: Decimal
    paid: Decimal
    principal: Decimal
    periods: Sequence[Period]
    lump_sum: Decimal
    penalty: Decimal
    cost: Decimal
    total: Decimal
    pay_until: date
    announced: Announced | None
    private: bool
    issuer: Mapping[str, str]
    buyer: Mapping[str, str]
    communication: str
    qr: str

    @property
    def creditor_number(self) -> str:
        """The enterprise number of the creditor, as people read it."""
        return invoices.written_vat(f"BE{self.issuer['enterprise_number']}").removeprefix("BE ")

    @property
    def charged(self) -> bool:
        """Whether more than the open amount is asked."""
        return self.total > self.principal


def periods_of(reminder: Reminder) -> list[Period]:
    """Return the interest of a reminder by period."""
    return [
        Period(
            date.fromisoformat(row["first"]), date.fromisoformat(row["last"]), row["days"], Decimal(row["principal"]),
            Decimal(row["rate"]), Decimal(row["amount"]),
        )
        for row in reminder.segments
    ]  # fmt: skip


def of(reminder: Reminder) -> Paper:
    """Return the paper of a reminder, in the language that is active."""
    invoice: Invoice = reminder.invoice
    descriptions = list(invoice.lines.order_by("position").values_list("description", flat=True))
    assert invoice.issued_on is not None
    assert invoice.due_on is not None
    return Paper(
        title=texts.title(Level(reminder.level)),
        number=invoice.number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        on=reminder.on,
        descriptions=descriptions[:DESCRIPTIONS],
        more=max(0, len(descriptions) - DESCRIPTIONS),
        text=reminder.text,
        gross=invoice.gross.amount,
        paid=invoice.gross.amount - reminder.principal,
        principal=reminder.principal,
        periods=periods_of(reminder),
        lump_sum=reminder.lump_sum,
        penalty=reminder.penalty,
        cost=reminder.cost,
        total=reminder.total,
        pay_until=reminder.pay_until,
        announced=Announced.from_json(reminder.announced) if reminder.announced else None,
        private=invoice.buyer.get("kind") == Customer.Kind.PRIVATE,
        issuer={**invoice.seller, "vat_number": invoices.written_vat(invoice.seller.get("vat_number", ""))},
        buyer=invoice.buyer,
        communication=communication.written(invoice.structured_communication),
        qr=invoices.payment_code(invoice.seller, max(ZERO, reminder.total), invoice.structured_communication),
    )


def build(document: Document) -> bytes:
    """Return the bytes of the PDF of a reminder."""
    reminder = Reminder.objects.select_related("invoice").get(pk=document.subject)
    with translation.override(document.language):
        paper = of(reminder)
    return pdf.render(TEMPLATE, {"paper": paper, "issuer": paper.issuer}, language=document.language)


def visible(document: Document, user: Any) -> bool:
    """Tell whether a user may see the PDF of a reminder: whoever sees its invoice."""
    return Reminder.objects.visible_to(user).filter(pk=document.subject).exists()
