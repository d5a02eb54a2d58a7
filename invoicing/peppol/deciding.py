"""What people do with an invoice that came in: say whose it is, accept it, refuse it, ask, or note that it is booked by hand.

Who runs the activity accepts; that enters a cost with the file as its receipt, and submits it. Who approves costs approves
and books it, as every other: nobody decides alone. The supplier is told each time.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from coop import transitions
from coop.access import visibility
from coop.access.predicates import Subject
from coop.documents import queries as documents
from coop.documents import services as files
from coop.entities.models import Activity
from coop.errors import Refused
from coop.history import services as history
from coop.ledger import queries as ledger
from coop.money import ZERO
from invoicing.einvoice import checks
from invoicing.einvoice.model import Document as Content
from invoicing.einvoice.reading import Reading, read
from invoicing.peppol import answering, judging, responses, routing
from invoicing.peppol.models import MOVES, Code, PeppolEvent, Received
from invoicing.purchases import queries as purchases
from invoicing.purchases import services as costs
from invoicing.purchases.content import SupplierInvoiceContent, SupplierLine
from invoicing.purchases.models import ExpenseNote, SupplierInvoice
from invoicing.purchases.models import State as CostState

State, Kind = Received.State, PeppolEvent.Kind
PDF = "application/pdf"


class CannotBeBooked(Refused):
    """An invoice that lies, or that the program does not book yet, was to become a cost."""


class ReasonMissing(Refused):
    """A refusal, a question or a note was to be sent or kept without its words."""


class AlreadyTold(Refused):
    """A supplier was to be asked or told by Peppol a second time, or has no address there."""


# --- who may ----------------------------------------------------------------------------------------------------------


def may_assign(user: Any, received: Received) -> bool:
    """Tell whether a user says whose the invoices of a cooperative are: those who enter costs for all of it."""
    return visibility.may(user, Subject.PURCHASES, "w", cooperative=received.cooperative_id)


def may_decide(user: Any, received: Received) -> bool:
    """Tell whether a user accepts or refuses an invoice for its activity."""
    return visibility.may(
        user, Subject.PURCHASES, "w", activity=received.activity_id, cooperative=received.cooperative_id
    )


def may_claim(user: Any, received: Received) -> bool:
    """Tell whether a user may take an invoice that was proposed to an activity of theirs."""
    return received.proposed_id is not None and visibility.may(
        user, Subject.PURCHASES, "w", activity=received.proposed_id
    )


def _forbidden() -> PermissionDenied:
    return PermissionDenied("purchases w")


# --- whose it is ------------------------------------------------------------------------------------------------------


@transaction.atomic
def assign(*, received: UUID, activity: UUID, by: Any, at: datetime) -> Received:
    """Say to which activity an invoice belongs: by the team, or by who runs the activity it was proposed to.

    Raises TransitionRefused; PermissionDenied.
    """
    row = _locked(received)
    claimed = row.proposed_id == activity and may_claim(by, row)
    if not (claimed or may_assign(by, row)):
        raise _forbidden()
    owner = Activity.objects.exclude(kind=Activity.Kind.FUND).get(pk=activity, cooperative=row.cooperative_id)
    if row.state != State.ASSIGNED:
        _check(row, State.ASSIGNED)
    row.state, row.activity, row.proposed = State.ASSIGNED, owner, None
    row.evidence, row.evidence_text = routing.Evidence.PERSON, ""
    row.save(update_fields=["state", "activity", "proposed", "evidence", "evidence_text"])
    _record(row, Kind.ASSIGNED, by, at, str(owner))
    return row


@transaction.atomic
def release(*, received: UUID, by: Any, at: datetime) -> Received:
    """Give an invoice back that belongs to somebody else. Raises TransitionRefused; PermissionDenied."""
    row = _locked(received)
    if not (may_decide(by, row) or may_claim(by, row)):
        raise _forbidden()
    if row.state != State.UNASSIGNED:
        _check(row, State.UNASSIGNED)
    row.state, row.activity, row.proposed, row.evidence, row.evidence_text = State.UNASSIGNED, None, None, "", ""
    row.save(update_fields=["state", "activity", "proposed", "evidence", "evidence_text"])
    _record(row, Kind.RELEASED, by, at)
    return row


# --- accepting --------------------------------------------------------------------------------------------------------


def accept(
    *, received: UUID, cost_types: Sequence[str], by: Any, at: datetime, key: UUID | None = None
) -> SupplierInvoice:
    """Accept an invoice for its activity: it is entered as a cost with the file as its receipt, and submitted.

    ``cost_types``: the kind of cost of each part with one VAT rate, in their order. The file is read and judged again.
    Raises CannotBeBooked, SupplierInvoiceKnown, UnknownCost, TransitionRefused; PermissionDenied.
    """

    def act() -> Mapping[str, str]:
        row = _locked(received)
        if not may_decide(by, row):
            raise _forbidden()
        _check(row, State.ACCEPTED)
        content, reading = reread(row)
        _refuse_obstacles(row, reading)
        cost = costs.create_supplier_invoice(
            activity=row.activity_id, content=_cost(reading.document, cost_types), by=by, at=at  # type: ignore[arg-type]
        )  # fmt: skip
        _keep_receipts(row, cost, content, reading.document, at)
        costs.submit_cost(model=SupplierInvoice, cost=cost.pk, by=by, at=at)
        row.state, row.supplier_invoice = State.ACCEPTED, cost
        row.save(update_fields=["state", "supplier_invoice"])
        _record(row, Kind.ACCEPTED, by, at)
        answering.answer(row, Code.IN_PROCESS, by=by, at=at)
        return {"cost": str(cost.pk)}

    result = history.once(
        key=key, by=by, name="invoicing.peppol.accept", at=at, act=act,
        parameters={"received": received, "cost_types": list(cost_types)},
    )  # fmt: skip
    return SupplierInvoice.objects.get(pk=result["cost"])


def reread(row: Received) -> tuple[bytes, Reading]:
    """Return the file of an invoice, unchanged since it came, and what it says. Raises NotAStructuredInvoice."""
    content = documents.content(row.document)
    return content, read(content)


def _refuse_obstacles(row: Received, reading: Reading) -> None:
    """Refuse what may not be booked, by what was noted when it came and by what the file says now."""
    now = judging.obstacles(
        reading.document, checks.check_reading(reading, view=checks.View.RECEIVED),
        enterprise_number=row.cooperative.enterprise_number, sender=row.sender,
    )  # fmt: skip
    found = [*row.obstacles, *(code for code in now if code not in row.obstacles)]
    if found:
        raise CannotBeBooked(
            subject=str(row),
            reason=" ".join(str(judging.OBSTACLES[code]) for code in found),
            remedy=_("Refuse it with the reason, or let the accountant book it by hand."),
        )


def _cost(document: Content, cost_types: Sequence[str]) -> SupplierInvoiceContent:
    assert document.issued_on is not None
    parts = judging.groups(document)
    return SupplierInvoiceContent(
        supplier_name=document.seller.name or document.seller.trade_name, supplier_number=document.number,
        supplier_vat_number=document.seller.vat_id.replace(" ", "").upper()[:20], dated_on=document.issued_on,
        due_on=document.due_on,
        lines=[
            SupplierLine(kind, part.text, part.net, part.rate, part.vat)
            for kind, part in zip(cost_types, parts, strict=True)
        ],
    )  # fmt: skip


def _keep_receipts(row: Received, cost: SupplierInvoice, content: bytes, document: Content, at: datetime) -> None:
    """Keep the file, and the papers that stand in it, with the cost: their digests are sealed with its entry."""
    keep = partial(files.keep_received, cooperative=row.cooperative, kind=purchases.RECEIPT, subject=cost.pk, at=at)
    keep(content=content, filename=row.document.filename, media_type=row.document.media_type)
    for place, paper in enumerate(document.attachments, start=1):
        if paper.content.startswith(b"%PDF-") and b"%%EOF" in paper.content[-1024:]:
            name = row.document.filename.removesuffix(".xml")
            number = "" if place == 1 else f"-{place}"
            keep(content=paper.content, filename=f"{name}{number}.pdf", media_type=PDF)


# --- refusing, asking, by hand ----------------------------------------------------------------------------------------


@transaction.atomic
def reply(*, received: UUID, code: Code, reason_code: str, reason: str, by: Any, at: datetime) -> Received:
    """Refuse an invoice to its supplier (RE), ask about it (UQ), or accept it under conditions (CA), with the reason.

    A cost made of it must have been refused first. Raises ReasonMissing, TransitionRefused; PermissionDenied.
    """
    row = _locked(received)
    if not may_decide(by, row):
        raise _forbidden()
    if reason_code not in responses.REASONS or not reason.strip():
        raise ReasonMissing(
            subject=str(row),
            reason=_("The supplier must read why."),
            remedy=_("Choose a reason, and say in a sentence what is wrong or what you ask."),
            field="reason",
        )
    cost = row.supplier_invoice
    if cost is not None and cost.state != CostState.REFUSED:
        raise transitions.TransitionRefused(
            subject=str(row),
            reason=_("It is already a cost of the activity, which waits for approval or is booked."),
            remedy=_("Whoever approves costs refuses it first; what is booked is corrected by a credit note."),
        )
    if code == Code.REJECTED:
        _check(row, State.REFUSED)
        row.state, row.reason = State.REFUSED, reason.strip()[:300]
        row.save(update_fields=["state", "reason"])
        _record(row, Kind.REJECTED, by, at, reason.strip())
    elif row.state not in (State.ASSIGNED, State.UNASSIGNED):
        _check(row, State.REFUSED)
    told = answering.answer(row, code, by=by, at=at, reason_code=reason_code, reason=reason.strip()[:500])
    if told is None and code != Code.REJECTED:
        raise AlreadyTold(
            subject=str(row),
            reason=_("The supplier was told this before, or cannot be reached by Peppol."),
            remedy=_("Write to the supplier, then accept or refuse the invoice."),
        )
    return row


@transaction.atomic
def note_by_hand(*, received: UUID, note: str, by: Any, at: datetime) -> Received:
    """Note that somebody has dealt with a message elsewhere, with where: a number in the books, or why nothing is to do.

    Raises ReasonMissing, TransitionRefused; PermissionDenied but for who enters costs for the whole cooperative.
    """
    row = _locked(received)
    if not may_assign(by, row):
        raise _forbidden()
    _check(row, State.BY_HAND)
    if not note.strip():
        raise ReasonMissing(
            subject=str(row),
            reason=_("Others must find what was done."),
            remedy=_("Give the number of the entry, or why nothing is to be booked."),
            field="note",
        )
    row.state, row.reason = State.BY_HAND, note.strip()[:300]
    row.save(update_fields=["state", "reason"])
    _record(row, Kind.BY_HAND, by, at, note.strip())
    return row


# --- what becomes of the cost -----------------------------------------------------------------------------------------


def note_decision(cost: SupplierInvoice | ExpenseNote, by: Any, at: datetime) -> None:
    """Note that the cost made of an invoice was approved or refused, and tell the supplier that it is accepted."""
    row = None
    if isinstance(cost, SupplierInvoice):
        row = Received.objects.select_related("cooperative").filter(supplier_invoice=cost).first()
    if row is None:
        return
    if cost.state == CostState.APPROVED:
        _record(row, Kind.BOOKED, by, at, cost.number)
        answering.answer(row, Code.ACCEPTED, by=by, at=at)
    else:
        _record(row, Kind.DECLINED, by, at, cost.reason)


def note_paid(at: datetime) -> None:
    """Tell suppliers that their invoice is paid, once nothing of it is open in the books: the sweeper of payments."""
    unpaid = Received.objects.filter(
        state=State.ACCEPTED, supplier_invoice__state=CostState.APPROVED, answers__code=Code.ACCEPTED
    ).exclude(answers__code=Code.PAID)
    by_item = dict(unpaid.values_list("supplier_invoice", "pk")[:500])
    if not by_item:
        return
    left = ledger.residuals(list(by_item))
    for item, pk in by_item.items():
        if left.get(item, ZERO) == ZERO:
            with transaction.atomic():
                row = _locked(pk)
                answering.answer(row, Code.PAID, by=None, at=at)


# --- rows -------------------------------------------------------------------------------------------------------------


def _locked(received: UUID) -> Received:
    return (
        Received.objects.select_for_update(of=("self",))
        .select_related("cooperative", "document__cooperative", "supplier_invoice")
        .get(pk=received)
    )


def _check(row: Received, to: str) -> None:
    transitions.check(MOVES, subject=str(row), now=row.state, to=to)


def _record(row: Received, kind: PeppolEvent.Kind, by: Any, at: datetime, comment: str = "") -> None:
    PeppolEvent.objects.create(received=row, kind=kind, at=at, by=by, comment=comment)
