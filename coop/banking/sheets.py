"""Sheets of money: receipts from customers, and payments to suppliers and members. All through the pages’ services."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from coop.access.predicates import Subject
from coop.banking import services
from coop.banking.models import Movement
from coop.entities.models import BankAccount
from coop.imports import sheets
from coop.imports.sheets import Column, Context, Kind, Outcome, Row, Sheet
from coop.ledger import queries
from coop.ledger.models import OpenItem
from coop.ledger.opening import RECEIVABLES

DOCUMENTS = ("invoices", "purchases", "expenses")
"""Sheets whose keys name documents: a row may use the key of an imported file instead of a number."""


def _receipts(rows: Sequence[Row], context: Context) -> Outcome:
    row = rows[0]
    item = _item(row, context, receivable=True)
    account = _account(row, context)
    if _there(row, context, item, account, row["amount"]):
        return Outcome.UNCHANGED
    came_back = _came_back(item, account, row["amount"])
    if came_back is not None:
        movement = services.reverse_movement(
            movement=came_back.pk, on=row["date"], by=context.by, at=context.at, reference=row["reference"]
        )
    else:
        movement = services.record_receipt(
            item=item.pk,
            amount=row["amount"],
            on=row["date"],
            bank_account=account,
            reference=row["reference"],
            by=context.by,
            at=context.at,
        )
    _keep(row, context, movement.pk)
    return Outcome.CREATED


def _came_back(item: OpenItem, account: BankAccount, amount: Decimal) -> Movement | None:
    """Return the payment that a negative amount undoes: the last of that amount; None when it is a refund."""
    same = Movement.objects.filter(item=item, bank_account=account, amount=-amount, reversed_by=None, reverses=None)
    return same.order_by("booked_on", "recorded_at").last() if amount < 0 and queries.residual(item) >= 0 else None


def _payments(rows: Sequence[Row], context: Context) -> Outcome:
    row = rows[0]
    item = _item(row, context, receivable=False)
    account = _account(row, context)
    if _there(row, context, item, account, -row["amount"]):
        return Outcome.UNCHANGED
    movement = services.record_payment(
        item=item.pk,
        amount=row["amount"],
        on=row["date"],
        bank_account=account,
        reference=row["reference"],
        by=context.by,
        at=context.at,
    )
    _keep(row, context, movement.pk)
    return Outcome.CREATED


def _item(row: Row, context: Context, *, receivable: bool) -> OpenItem:
    """Return the open document that a row names: by structured communication, number, or key of an imported file."""
    wanted: str = row["document"]
    items = OpenItem.objects.filter(cooperative=context.cooperative, settles__isnull=True)
    items = items.filter(role__in=RECEIVABLES) if receivable else items.exclude(role__in=RECEIVABLES)
    digits = "".join(character for character in wanted if character.isdigit())
    found = list(items.filter(structured_communication=digits)[:1]) if len(digits) == 12 else []
    found = found or list(items.filter(reference=wanted)[:2])
    if not found:
        found = list(items.filter(pk__in=context.made(wanted, DOCUMENTS)))
    if len(found) == 1:
        return found[0]
    raise row.refuse(
        "document",
        reason=_("Several open documents have this number.")
        if found
        else _("No document of the books has this number."),
        remedy=_("Give the structured communication, or the number as it stands on the document."),
    )


def _account(row: Row, context: Context) -> BankAccount:
    accounts: list[BankAccount] = context.once(
        "bank accounts", lambda: list(BankAccount.objects.filter(cooperative=context.cooperative))
    )
    fitting = [account for account in accounts if not row["iban"] or account.iban == row["iban"]]
    if len(fitting) == 1:
        return fitting[0]
    raise row.refuse(
        "iban",
        reason=_("The cooperative has several bank accounts.")
        if fitting
        else _("The cooperative has no such bank account."),
        remedy=_("Name the account of the cooperative on which the money moved."),
    )


def _there(row: Row, context: Context, item: OpenItem, account: BankAccount, amount: Decimal) -> bool:
    """Tell whether the movement was recorded before; refuse a row with its reference and other values."""
    if not row["reference"]:
        return context.known(_key(row, context)) is not None
    known = Movement.objects.filter(bank_account=account, reference=row["reference"]).first()
    if known is None:
        return False
    there: dict[str, Any] = {"date": known.booked_on}
    if known.amount != amount:
        there["amount"] = abs(known.amount)
    if known.item_id != item.pk:
        there["document"] = str(known.item)
    sheets.refuse_differences(row, there)
    return True


def _key(row: Row, context: Context) -> str:
    """Return the natural key of a movement without a reference: document, day, amount, and which one of equal ones."""
    day: date = row["date"]
    base = f"{row['document']}/{day.isoformat()}/{sheets.as_text(row['amount'])}"
    numbers: dict[int, int] = context.cache.setdefault(("equal", base), {})
    place = numbers.setdefault(row.line, len(numbers) + 1)
    return f"{base}/{place}"


def _keep(row: Row, context: Context, movement: UUID) -> None:
    if not row["reference"]:
        context.remember(_key(row, context), movement, {"amount": row["amount"], "date": row["date"]})


def _columns(*, document: Any, document_help: Any, amount_help: Any, negative: bool) -> list[Column]:
    return [
        Column(name="document", title=document, required=True, max_length=60, example="2026-0001", help=document_help),
        Column(name="date", title=gettext_lazy("Booked on"), kind=Kind.DAY, required=True, example="2026-02-03"),
        Column(
            name="amount",
            title=gettext_lazy("Amount"),
            kind=Kind.AMOUNT,
            required=True,
            negative=negative,
            example="1089,00",
            help=amount_help,
        ),
        Column(
            name="reference",
            title=gettext_lazy("Reference of the bank"),
            max_length=80,
            example="0012026020300017",
            help=gettext_lazy("The bank’s own number of the movement; with it a movement is never recorded twice."),
        ),
        Column(
            name="iban",
            title=gettext_lazy("Account of the cooperative"),
            kind=Kind.IBAN,
            help=gettext_lazy("Needed only where it has several."),
        ),
    ]


RECEIPTS = Sheet(
    name="receipts",
    title=pgettext_lazy("payments of customers", "Receipts"),
    description=gettext_lazy("What customers have paid, with the invoice that each payment settles."),
    order=90,
    apply=_receipts,
    rights=[(Subject.BANK, "w")],
    fields={"booked_on": "date"},
    columns=_columns(
        document=gettext_lazy("Invoice"),
        document_help=gettext_lazy(
            "Number of the invoice, its structured communication, or its key in an imported file."
        ),
        amount_help=gettext_lazy("Below zero: a refund, or a payment that came back."),
        negative=True,
    ),
)

PAYMENTS = Sheet(
    name="payments",
    title=gettext_lazy("Payments"),
    description=gettext_lazy("What was paid to suppliers and members, with the document that each payment settles."),
    order=120,
    apply=_payments,
    rights=[(Subject.BANK, "w")],
    fields={"booked_on": "date"},
    columns=_columns(
        document=gettext_lazy("Document"),
        document_help=gettext_lazy("Number of the supplier invoice or expense note, or its key in an imported file."),
        amount_help=gettext_lazy("Above zero."),
        negative=False,
    ),
)


def register() -> None:
    """Make the sheets known."""
    for sheet in (RECEIPTS, PAYMENTS):
        sheets.register(sheet)
