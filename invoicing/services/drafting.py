"""Begin, save, discard, submit and send back drafts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity
from coop.errors import Refused
from coop.history import services as history
from coop.money import ZERO
from invoicing import vat
from invoicing.content import DraftContent, DraftLine
from invoicing.models import Customer, Invoice, InvoiceEvent, InvoiceLine
from invoicing.services import rows, structuring, treating


class CustomerOfOthers(Refused):
    """A draft names a customer of another activity."""


def create_draft(
    *, activity: UUID, content: DraftContent, by: Any, at: datetime, key: UUID | None = None, on: date | None = None
) -> Invoice:
    """Begin an invoice. It may be incomplete: what is missing blocks only issuing. The VAT of its lines is decided.

    ``on`` is the day of the document where it is known already (None: that of ``at``). Raises CustomerOfOthers and what
    ``treating.treat_all`` raises; PermissionDenied without the right on the activity's sales.
    """
    owner = Activity.objects.select_related("cooperative").get(pk=activity)
    visibility.require(by, Subject.SALES, "w", activity=owner.pk, cooperative=owner.cooperative_id)

    def act() -> Mapping[str, str]:
        invoice = Invoice(cooperative=owner.cooperative, activity=owner, created_by=by, created_at=at)
        invoice.saved_at, invoice.saved_in = at, key
        treated = _fill(invoice, content, kept={}, by=by, at=at, on=on or treating.day_of(at))
        invoice.save(force_insert=True)
        rows.record(invoice, InvoiceEvent.Kind.CREATED, by=by, at=at)
        _write_lines(invoice, content.lines, treated, kept={}, by=by, at=at)
        return {"invoice": str(invoice.pk)}

    result = history.once(
        key=key,
        by=by,
        name="invoicing.create_draft",
        parameters={"activity": activity},
        at=at,
        act=act,
    )
    return rows.get(UUID(result["invoice"]))


@transaction.atomic
def save_draft(
    *,
    invoice_id: UUID,
    content: DraftContent,
    version: int | None,
    by: Any,
    at: datetime,
    editor: UUID | None = None,
) -> Invoice:
    """Replace what a draft holds. ``version`` is the one that the person saw (None: whatever is there).

    ``editor`` names the open page that saves: what the same page saved by itself meanwhile is no change by others.
    Raises NotADraft, ChangedMeanwhile, CustomerOfOthers.
    """
    invoice = rows.locked(invoice_id, by)
    own = editor is not None and invoice.saved_in == editor
    return _save(invoice, content, None if own else version, by=by, at=at, editor=editor)


@transaction.atomic
def autosave_draft(
    *, invoice_id: UUID, content: DraftContent, version: int | None, by: Any, at: datetime, editor: UUID
) -> Invoice:
    """Save a draft as it is typed, unless something newer was saved, even by the same page: a late one never wins.

    Raises what ``save_draft`` raises.
    """
    return _save(rows.locked(invoice_id, by), content, version, by=by, at=at, editor=editor)


def _save(
    invoice: Invoice, content: DraftContent, version: int | None, *, by: Any, at: datetime, editor: UUID | None
) -> Invoice:
    rows.refuse_unless_draft(invoice)
    rows.refuse_changed(_("Draft for %(customer)s") % {"customer": invoice.customer or "–"}, invoice.version, version)
    kept = {line.pk: line for line in invoice.lines.select_related("set_by")}
    treated = _fill(invoice, content, kept=kept, by=by, at=at, on=treating.day_of(at))
    invoice.version += 1
    invoice.saved_at, invoice.saved_in = at, editor
    invoice.save()
    invoice.lines.all().delete()
    _write_lines(invoice, content.lines, treated, kept=kept, by=by, at=at)
    return invoice


def duplicate_invoice(*, invoice_id: UUID, by: Any, at: datetime, key: UUID | None = None) -> Invoice:
    """Begin a draft with the customer and the lines of a document; dates, number, state and payments stay behind.

    The VAT of its lines is decided anew: what somebody had set on them stays behind too.
    """
    source = rows.get(invoice_id)
    content = DraftContent(
        customer=source.customer_id,
        lines=[
            DraftLine(
                description=line.description,
                quantity=line.quantity,
                unit_price=line.unit_price.amount if line.unit_price is not None else None,
                unit=line.unit,
                discount_percent=line.discount_percent,
                sale=line.sale,
            )
            for line in source.lines.order_by("position")
        ],
        note=source.note,
        supplied_in=source.supplied_in,
        discount_percent=source.discount_percent,
        discount=ZERO if source.discount_percent else source.discount.amount,
        discount_reason=source.discount_reason,
        charge=source.charge.amount,
        charge_reason=source.charge_reason,
    )
    return create_draft(activity=source.activity_id, content=content, by=by, at=at, key=key)


@transaction.atomic
def discard_draft(*, invoice_id: UUID, by: Any) -> None:
    """Delete a draft. An issued document is never deleted: it is credited. Raises NotADraft."""
    invoice = rows.locked(invoice_id, by)
    rows.refuse_unless_draft(invoice)
    invoice.delete()


@transaction.atomic
def submit_invoice(*, invoice_id: UUID, on: date, by: Any, at: datetime, comment: str = "") -> Invoice:
    """Send a draft to the coach, who issues it or sends it back. It must be fit to be issued. Raises NotReady, NotADraft."""
    invoice = rows.locked(invoice_id, by)
    rows.refuse_unless_draft(invoice)
    structuring.refuse_wrong_draft(invoice_id, on=on)
    return rows.move(invoice, Invoice.State.SUBMITTED, InvoiceEvent.Kind.SUBMITTED, by=by, at=at, comment=comment)


@transaction.atomic
def return_invoice(*, invoice_id: UUID, comment: str, by: Any, at: datetime) -> Invoice:
    """Send a submitted invoice back to its author with a comment. Raises NotADraft; PermissionDenied but for validators."""
    invoice = rows.locked(invoice_id, by, right="x")
    return rows.move(invoice, Invoice.State.DRAFT, InvoiceEvent.Kind.RETURNED, by=by, at=at, comment=comment)


def _fill(
    invoice: Invoice, content: DraftContent, *, kept: Mapping[UUID, InvoiceLine], by: Any, at: datetime, on: date
) -> list[treating.Treated]:
    """Copy the head of a draft, decide the VAT of its lines, and set the totals of what can be totalled."""
    customer = (
        Customer.objects.filter(pk=content.customer, activity=invoice.activity_id).first() if content.customer else None
    )
    if content.customer and customer is None:
        raise CustomerOfOthers(
            subject=_("Customer"),
            reason=_("This customer does not belong to activity %(activity)s.") % {"activity": invoice.activity},
            remedy=_("Choose a customer of the activity, or add it to the activity."),
            field="customer",
        )
    invoice.customer = customer
    invoice.supplied_on, invoice.supplied_until = content.supplied_on, content.supplied_until
    invoice.due_on, invoice.reference, invoice.note = content.due_on, content.reference, content.note
    invoice.supplied_in = content.supplied_in.strip().upper()
    invoice.discount_percent, invoice.discount_reason = content.discount_percent, content.discount_reason
    invoice.discount, invoice.charge = content.discount, content.charge
    invoice.charge_reason = content.charge_reason
    invoice.unread = dict(content.unread)
    treated = treating.treat_all(
        invoice, content.lines, kept=kept, by=by, at=at, on=treating.supply_day(content, on)
    )  # fmt: skip
    nets = [rows.net(line) for line in content.lines]
    rows.set_totals(
        invoice, treating.sums([one.operation for one in treated], nets, treating.whole_of(content))
    )  # fmt: skip
    return treated


def _write_lines(
    invoice: Invoice,
    lines: Sequence[DraftLine],
    treated: Sequence[treating.Treated],
    *,
    kept: Mapping[UUID, InvoiceLine],
    by: Any,
    at: datetime,
) -> None:
    """Write the lines of a draft anew. One that was there before keeps its key; what was set on it and lapsed is told."""
    taken: set[UUID] = set()
    made = []
    for position, (line, its_vat) in enumerate(zip(lines, treated, strict=True), start=1):
        row = InvoiceLine(
            invoice=invoice, position=position, description=line.description, quantity=line.quantity, unit=line.unit,
            unit_price=line.unit_price, discount_percent=line.discount_percent, net=rows.net(line), unread=dict(line.unread),
        )  # fmt: skip
        if line.line is not None and line.line in kept and line.line not in taken:
            taken.add(line.line)
            row.pk = line.line
        treating.copy_onto(row, its_vat)
        made.append(row)
    InvoiceLine.objects.bulk_create(made)
    for row in made:
        before = kept.get(row.pk)
        if before is not None and before.is_set and not row.is_set:
            told = treating.told(invoice, row, vat.known(before.operation))
            rows.record(invoice, InvoiceEvent.Kind.VAT_RULED, by=by, at=at, comment=told)
        elif row.is_set and (before is None or before.set_at != row.set_at):
            told = treating.told(invoice, row, vat.known(row.ruled))
            rows.record(invoice, InvoiceEvent.Kind.VAT_SET, by=by, at=at, comment=told)
