"""What all acts on a document share: its locked row, its state, its history, its totals."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.errors import Refused
from coop.money import ZERO
from invoicing import totals
from invoicing.content import DraftLine
from invoicing.models import TRANSITIONS, Invoice, InvoiceEvent, InvoiceLine


class ChangedMeanwhile(Refused):
    """Somebody saved the same object after the page was opened."""


class NotADraft(Refused):
    """An act that only drafts allow was asked of a document in another state."""


def get(invoice_id: UUID) -> Invoice:
    return Invoice.objects.select_related("cooperative", "activity", "customer__party", "credits").get(pk=invoice_id)


def locked(invoice_id: UUID, by: Any, right: str = "w") -> Invoice:
    """Lock the row of a document and check the right on it."""
    invoice = (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("cooperative", "activity__cooperative", "customer__party")
        .get(pk=invoice_id)
    )
    visibility.require(by, Subject.SALES, right, activity=invoice.activity_id, cooperative=invoice.cooperative_id)
    return invoice


def refuse_changed(subject: str, now: int, seen: int | None) -> None:
    if seen is not None and seen != now:
        raise ChangedMeanwhile(
            subject=subject,
            reason=_("It was changed in another window or by somebody else after you opened it."),
            remedy=_("Open it again in a new window, compare, and save what is missing there."),
        )


def refuse_unless_draft(invoice: Invoice) -> None:
    if invoice.state != Invoice.State.DRAFT:
        raise not_allowed(invoice)


def not_allowed(invoice: Invoice) -> NotADraft:
    remedy = (
        _("Wait for the coach’s answer, or ask the coach to send it back.")
        if invoice.state == Invoice.State.SUBMITTED
        else _("An issued document never changes: make a credit note and a new invoice.")
        if invoice.number
        else _("Send it to the coach first.")
    )
    return NotADraft(
        subject=invoice.number or _("Draft for %(customer)s") % {"customer": invoice.customer or "–"},
        reason=_("Its state is “%(state)s”, which does not allow this.") % {"state": invoice.get_state_display()},
        remedy=remedy,
    )


def move(
    invoice: Invoice, to: Invoice.State, event: InvoiceEvent.Kind, *, by: Any, at: datetime, comment: str = ""
) -> Invoice:
    if to not in TRANSITIONS.get(invoice.state, frozenset()):
        raise not_allowed(invoice)
    invoice.state = to
    invoice.version += 1
    invoice.save(update_fields=["state", "version"])
    record(invoice, event, by=by, at=at, comment=comment)
    return invoice


def record(invoice: Invoice, kind: InvoiceEvent.Kind, *, by: Any, at: datetime, comment: str = "") -> None:
    InvoiceEvent.objects.create(invoice=invoice, kind=kind, at=at, by=by, comment=comment)


def set_totals(invoice: Invoice, sums: totals.Totals) -> None:
    """Set the totals of a document. A rebate in EUR and a charge stay what was typed, even while there is no line."""
    invoice.net, invoice.vat, invoice.gross = sums.net, sums.vat, sums.gross
    if invoice.discount_percent:
        invoice.discount = sums.discount


def net(line: DraftLine | InvoiceLine) -> Decimal:
    price = line.unit_price.amount if isinstance(line, InvoiceLine) and line.unit_price is not None else line.unit_price
    if line.quantity is None or price is None:
        return ZERO
    return totals.line_net(line.quantity, price, line.discount_percent)
