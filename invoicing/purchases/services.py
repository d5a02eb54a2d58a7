"""Costs: entered, submitted, approved or refused. Every act: permission, lock, check, decide, write, post, history.

Approval posts at once, under the lock of the activity's row: two notes approved at the same moment never spend the same
euro twice.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coop import transitions
from coop.access import visibility
from coop.access.predicates import Subject
from coop.clock import BRUSSELS
from coop.documents import services as documents
from coop.documents.models import Document
from coop.entities import numbering
from coop.entities import queries as entities
from coop.entities.models import Activity, Party, PeriodLock
from coop.errors import Refused
from coop.history import services as history
from coop.ledger import posting
from coop.ledger import services as books
from coop.ledger.models import OpenItem, Reservation
from coop.money import ZERO, cents, exact
from coop.names import sort_name
from invoicing.purchases import deductibility, journal, queries
from invoicing.purchases.content import (
    ExpenseLine,
    ExpenseNoteContent,
    Receipt,
    SupplierInvoiceContent,
    SupplierLine,
)
from invoicing.purchases.models import (
    TRANSITIONS,
    ExpenseNote,
    ExpenseNoteLine,
    KilometreRate,
    State,
    SupplierInvoice,
    SupplierInvoiceLine,
)
from members import services as members

SUPPLIER_INVOICE = "invoicing.supplier_invoice.approved"
EXPENSE_NOTE = "invoicing.expense_note.approved"

AnyCost = TypeVar("AnyCost", SupplierInvoice, ExpenseNote)

on_decided: list[Callable[[SupplierInvoice | ExpenseNote, Any, datetime], None]] = []
"""What is done in the transaction that approves or refuses a cost: its sender may have to be told."""


class SupplierInvoiceKnown(Refused):
    """The same invoice of the same supplier was already recorded."""


class CostIncomplete(Refused):
    """A cost lacks its supplier, its lines, or an amount above zero."""


class KilometreRateMissing(Refused):
    """A cooperative has not said what it pays per kilometre on a day; none is assumed."""


class NotAClaimant(Refused):
    """An expense note names somebody who does not run the activity."""


class OwnCost(Refused):
    """Somebody was to decide on a cost that they entered, submitted or claim themselves."""


class ChangedMeanwhile(Refused):
    """Somebody saved the same cost after the page was opened."""


class ReceiptMissing(Refused):
    """A cost was submitted without the file that proves it."""


# --- entering ---------------------------------------------------------------------------------------------------------


def create_supplier_invoice(
    *, activity: UUID, content: SupplierInvoiceContent, by: Any, at: datetime, key: UUID | None = None
) -> SupplierInvoice:
    """Enter a supplier invoice as a draft. The same number of the same supplier is refused.

    Raises SupplierInvoiceKnown, CostIncomplete, UnknownCost, VatAboveAmount; PermissionDenied without the right.
    """

    def act() -> Mapping[str, str]:
        owner = _activity(activity, by)
        invoice = SupplierInvoice(
            id=uuid4(), cooperative=owner.cooperative, activity=owner, created_by=by, created_at=at
        )
        _fill_supplier_invoice(invoice, content)
        return {"cost": str(invoice.pk)}

    result = history.once(
        key=key, by=by, name="invoicing.create_supplier_invoice", at=at, act=act,
        parameters={"activity": activity, "content": repr(content)},
    )  # fmt: skip
    return SupplierInvoice.objects.select_related("activity", "cooperative", "supplier").get(pk=result["cost"])


@transaction.atomic
def save_supplier_invoice(
    *, cost: UUID, content: SupplierInvoiceContent, version: int | None, by: Any
) -> SupplierInvoice:
    """Replace what a draft holds. Raises ChangedMeanwhile, TransitionRefused, and what entering raises."""
    invoice = _draft(SupplierInvoice, cost, version, by)
    _fill_supplier_invoice(invoice, content)
    return invoice


def _fill_supplier_invoice(invoice: SupplierInvoice, content: SupplierInvoiceContent) -> None:
    if not content.supplier_name.strip() or not content.supplier_number.strip():
        raise _incomplete(
            invoice,
            _("The supplier’s name or the number of its invoice is missing."),
            _("Enter both as they stand on the invoice."),
            "supplier_name",
        )
    invoice.supplier = _supplier(invoice.activity, content.supplier_name.strip(), content.supplier_vat_number)
    invoice.supplier_number = content.supplier_number.strip()
    invoice.dated_on, invoice.due_on, invoice.note = content.dated_on, content.due_on, content.note
    _refuse_known(invoice)
    lines = [_supplier_line(invoice, position, line) for position, line in enumerate(content.lines, start=1)]
    _write(invoice, lines)
    SupplierInvoiceLine.objects.bulk_create(lines)


def _supplier_line(invoice: SupplierInvoice, position: int, line: SupplierLine) -> SupplierInvoiceLine:
    deductibility.cost_type(line.cost_type)
    net = exact(line.net)
    vat = deductibility.vat_on(net, line.rate) if line.vat is None else exact(line.vat)
    deductibility.check_vat(line.description, net=net, vat=vat, rate=line.rate)
    return SupplierInvoiceLine(
        supplier_invoice=invoice, position=position, cost_type=line.cost_type, description=line.description.strip(),
        net=net, vat=vat, gross=net + vat, rate=line.rate,
    )  # fmt: skip


def _supplier(activity: Activity, name: str, vat_number: str) -> Party:
    """Return who a supplier is in the books: one party per VAT number, or per name where there is none."""
    known = Party.objects.filter(cooperative=activity.cooperative_id)
    if vat_number:
        found = known.filter(vat_number=vat_number).order_by("reference").first()
        if found is not None:
            return found
    reference = f"vat:{vat_number}" if vat_number else f"supplier:{sort_name(name)}"[:80]
    party, _made = Party.objects.get_or_create(
        cooperative=activity.cooperative,
        reference=reference,
        defaults={"name": name[:120], "sort_name": sort_name(name), "vat_number": vat_number},
    )
    return party


def _refuse_known(invoice: SupplierInvoice) -> None:
    known = (
        SupplierInvoice.objects.filter(supplier=invoice.supplier, supplier_number__iexact=invoice.supplier_number)
        .exclude(state=State.REFUSED)
        .exclude(pk=invoice.pk)
        .first()
    )
    if known is not None:
        raise SupplierInvoiceKnown(
            subject=_("Invoice %(number)s of %(supplier)s")
            % {"number": invoice.supplier_number, "supplier": invoice.supplier},
            reason=_("It was already recorded on %(day)s.")
            % {"day": date_format(known.created_at.astimezone(BRUSSELS).date())},
            remedy=_("Compare the number with the document; an invoice is recorded once."),
            field="supplier_number",
        )


def create_expense_note(
    *, activity: UUID, content: ExpenseNoteContent, by: Any, at: datetime, key: UUID | None = None
) -> ExpenseNote:
    """Enter an expense note as a draft. Kilometres are paid at the rate of their day.

    Raises KilometreRateMissing, NotAClaimant, CostIncomplete, UnknownCost, VatAboveAmount; PermissionDenied.
    """

    def act() -> Mapping[str, str]:
        owner = _activity(activity, by)
        note = ExpenseNote(id=uuid4(), cooperative=owner.cooperative, activity=owner, created_by=by, created_at=at)
        _fill_expense_note(note, content, by)
        return {"cost": str(note.pk)}

    result = history.once(
        key=key, by=by, name="invoicing.create_expense_note", at=at, act=act,
        parameters={"activity": activity, "content": repr(content)},
    )  # fmt: skip
    return ExpenseNote.objects.select_related("activity", "cooperative", "claimant").get(pk=result["cost"])


@transaction.atomic
def save_expense_note(*, cost: UUID, content: ExpenseNoteContent, version: int | None, by: Any) -> ExpenseNote:
    """Replace what a draft holds. Raises ChangedMeanwhile, TransitionRefused, and what entering raises."""
    note = _draft(ExpenseNote, cost, version, by)
    _fill_expense_note(note, content, by)
    return note


def _fill_expense_note(note: ExpenseNote, content: ExpenseNoteContent, by: Any) -> None:
    last = max((line.spent_on for line in content.lines), default=None)
    if last is None:
        raise _incomplete(note, _("It has no line."), _("Add what was paid, or the kilometres."))
    person = queries.claimants(note.activity, by, last).filter(pk=content.claimant).first()
    if person is None:
        raise NotAClaimant(
            subject=_("Expense note of %(activity)s") % {"activity": note.activity},
            reason=_("The person did not run this activity on %(day)s, or you may not claim for them.")
            % {"day": date_format(last)},
            remedy=_("Choose the person who paid, and check the days."),
            field="claimant",
        )
    note.claimant, note.note = person, content.note
    lines = [_expense_line(note, position, line) for position, line in enumerate(content.lines, start=1)]
    _write(note, lines)
    ExpenseNoteLine.objects.bulk_create(lines)


def _expense_line(note: ExpenseNote, position: int, line: ExpenseLine) -> ExpenseNoteLine:
    row = ExpenseNoteLine(
        expense_note=note, position=position, cost_type=line.cost_type, description=line.description.strip(),
        spent_on=line.spent_on,
    )  # fmt: skip
    if line.cost_type == deductibility.KILOMETRES:
        rate = _kilometre_rate(note, line)
        row.kilometres, row.kilometre_rate, row.rate, row.vat = line.kilometres, rate, Decimal(0), ZERO
        row.net = row.gross = cents((line.kilometres or ZERO) * rate)
        return row
    deductibility.cost_type(line.cost_type)
    gross = exact(line.gross or ZERO)
    vat = deductibility.vat_in(gross, line.rate) if line.vat is None else exact(line.vat)
    deductibility.check_vat(line.description, net=gross - vat, vat=vat, rate=line.rate)
    row.net, row.vat, row.gross, row.rate, row.invoiced = gross - vat, vat, gross, line.rate, line.invoiced
    return row


def _kilometre_rate(note: ExpenseNote, line: ExpenseLine) -> Decimal:
    rate = queries.kilometre_rate(note.cooperative, line.spent_on)
    if rate is None:
        raise KilometreRateMissing(
            subject=_("Kilometres of %(day)s") % {"day": date_format(line.spent_on)},
            reason=_("%(cooperative)s has not said what it pays per kilometre on that day.")
            % {"cooperative": note.cooperative},
            remedy=_("Ask the cooperative’s administrator to record the rate; none is assumed."),
            field="kilometres",
        )
    return rate.amount


def _activity(activity: UUID, by: Any) -> Activity:
    """Return an activity for which somebody may enter costs."""
    owner = Activity.objects.select_related("cooperative").get(pk=activity)
    visibility.require(by, Subject.PURCHASES, "w", activity=owner.pk, cooperative=owner.cooperative_id)
    return owner


def _write(cost: Any, lines: Sequence[Any]) -> None:
    """Write the head of a cost with the sums of its lines, and remove the lines that it had."""
    if not lines or any(line.net <= ZERO or not line.description for line in lines):
        raise _incomplete(
            cost,
            _("A line lacks its description or an amount above zero."),
            _("Complete every line, or remove the empty ones."),
        )
    cost.net = sum((line.net for line in lines), ZERO)
    cost.vat = sum((line.vat for line in lines), ZERO)
    cost.gross = cost.net + cost.vat
    if cost._state.adding:
        cost.save(force_insert=True)
    else:
        cost.version += 1
        cost.save()
        cost.lines.all().delete()


def _incomplete(cost: Any, reason: str, remedy: str, field: str | None = None) -> CostIncomplete:
    return CostIncomplete(subject=_subject(cost), reason=reason, remedy=remedy, field=field)


def _subject(cost: Any) -> str:
    """Return what people call a cost."""
    if isinstance(cost, ExpenseNote):
        return _("Expense note of %(activity)s") % {"activity": cost.activity}
    return _("Supplier invoice of %(activity)s") % {"activity": cost.activity}


def _draft(model: type[AnyCost], cost: UUID, version: int | None, by: Any) -> AnyCost:
    """Lock a draft that somebody may change and has seen in its present version."""
    row = _locked(model, cost, by, "w")
    if row.state != State.DRAFT:
        raise transitions.TransitionRefused(
            subject=_subject(row),
            reason=_("It is in state “%(state)s” and cannot be changed.") % {"state": row.get_state_display()},
            remedy=_("Take it back first; an approved cost never changes."),
        )
    if version is not None and version != row.version:
        raise ChangedMeanwhile(
            subject=_subject(row),
            reason=_("It was changed in another window or by somebody else after you opened it."),
            remedy=_("Open it again in a new window, compare, and save what is missing there."),
        )
    return row


def _locked(model: type[AnyCost], cost: UUID, by: Any, right: str) -> AnyCost:
    """Lock the row of a cost and check the right on it."""
    row = (
        model.objects.select_for_update(of=("self",))
        .select_related("cooperative", "activity__cooperative")
        .get(pk=cost)
    )
    visibility.require(by, Subject.PURCHASES, right, activity=row.activity_id, cooperative=row.cooperative_id)
    found: AnyCost = row
    return found


# --- receipts ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def attach_receipt(*, model: type[AnyCost], cost: UUID, receipt: Receipt, by: Any, at: datetime) -> Document:
    """Keep a file that proves a draft. Raises NotAReceipt, FileAlreadyKept, TransitionRefused; PermissionDenied."""
    row = _draft(model, cost, None, by)
    return documents.keep_file(
        cooperative=row.cooperative, kind=queries.RECEIPT, subject=row.pk, content=receipt.content,
        filename=receipt.filename, at=at,
    )  # fmt: skip


# --- moves ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def submit_cost(*, model: type[AnyCost], cost: UUID, by: Any, at: datetime) -> AnyCost:
    """Send a draft to those who approve. A cost other than kilometres needs its receipt. Raises ReceiptMissing."""
    row = _locked(model, cost, by, "w")
    _check(row, State.SUBMITTED)
    needs_file = row.lines.exclude(cost_type=deductibility.KILOMETRES).exists()
    if needs_file and not queries.receipts_of(row):
        raise ReceiptMissing(
            subject=_subject(row),
            reason=_("No receipt or invoice is attached."),
            remedy=_("Add a photo or a PDF of it."),
            field="file",
        )
    row.state, row.submitted_by, row.submitted_at, row.reason = State.SUBMITTED, by, at, ""
    row.decided_by = row.decided_at = None
    _save(row)
    return row


@transaction.atomic
def take_back_cost(*, model: type[AnyCost], cost: UUID, by: Any) -> AnyCost:
    """Make a submitted or refused cost a draft again, so that it can be corrected."""
    row = _locked(model, cost, by, "w")
    _check(row, State.DRAFT)
    if isinstance(row, SupplierInvoice):
        _refuse_known(row)
    row.state = State.DRAFT
    _save(row)
    return row


@transaction.atomic
def discard_cost(*, model: type[AnyCost], cost: UUID, by: Any) -> None:
    """Delete a draft. The files sent for it stay sealed and are shown nowhere any more."""
    _draft(model, cost, None, by).delete()


@transaction.atomic
def refuse_cost(*, model: type[AnyCost], cost: UUID, reason: str, by: Any, at: datetime) -> AnyCost:
    """Refuse a submitted cost with a reason that the member reads. Raises OwnCost, CostIncomplete without a reason."""
    row = _locked(model, cost, by, "x")
    _refuse_own(row, by)
    _check(row, State.REFUSED)
    if not reason.strip():
        raise _incomplete(row, _("A refusal needs its reason."), _("Say what is wrong and what would help."), "reason")
    row.state, row.reason, row.decided_by, row.decided_at = State.REFUSED, reason.strip()[:300], by, at
    _save(row)
    _tell(row, by, at)
    return row


def approve_cost(
    *, model: type[AnyCost], cost: UUID, on: date, by: Any, at: datetime, key: UUID | None = None
) -> AnyCost:
    """Approve a submitted cost: it takes its number and is posted at once, dated ``on``.

    Its cost (without the VAT that comes back; the whole price of equipment) may not exceed what is free in the activity,
    read under the lock of its row; the cooperative's own costs have no such limit. Raises OwnCost, NotEnoughFree,
    TransitionRefused, PeriodLocked, BooksNotOpen, SeriesMissing; PermissionDenied. A refusal uses no number.
    """

    def act() -> Mapping[str, str]:
        row = _locked(model, cost, by, "x")
        _refuse_own(row, by)
        _check(row, State.APPROVED)
        _approve(row, on=on, by=by, at=at)
        _tell(row, by, at)
        return {"cost": str(row.pk)}

    result = history.once(
        key=key, by=by, name="invoicing.approve_cost", parameters={"cost": cost, "on": on}, at=at,
        act=act,
    )  # fmt: skip
    done: AnyCost = model.objects.select_related("activity", "cooperative").get(pk=result["cost"])
    return done


def _tell(row: SupplierInvoice | ExpenseNote, by: Any, at: datetime) -> None:
    for act in on_decided:
        act(row, by, at)


def _check(row: Any, to: State) -> None:
    transitions.check(TRANSITIONS, subject=_subject(row), now=row.state, to=to)


def _save(row: SupplierInvoice | ExpenseNote) -> None:
    row.version += 1
    row.save()


def is_own(row: SupplierInvoice | ExpenseNote, user: Any) -> bool:
    """Tell whether somebody entered, submitted or claims a cost, and so may not decide on it."""
    if user.pk in (row.created_by_id, row.submitted_by_id):
        return True
    return isinstance(row, ExpenseNote) and row.claimant.user_id == user.pk


def _refuse_own(row: SupplierInvoice | ExpenseNote, by: Any) -> None:
    if is_own(row, by):
        raise OwnCost(
            subject=_subject(row),
            reason=_("You entered or claim it yourself."),
            remedy=_("Ask another person with this right to decide."),
        )


def _approve(row: SupplierInvoice | ExpenseNote, *, on: date, by: Any, at: datetime) -> None:
    activity = books.lock_activity(row.activity_id)
    period = entities.refuse_locked(row.cooperative, on, PeriodLock.Kind.YEAR, PeriodLock.Kind.VAT)
    shares = [_share(line) for line in row.lines.order_by("position")]
    source = EXPENSE_NOTE if isinstance(row, ExpenseNote) else SUPPLIER_INVOICE
    _take_from_free(row, activity, deductibility.cost_of(shares), source=source, on=on, at=at)
    row.number = numbering.take_number(
        cooperative=row.cooperative,
        kind="expense_note" if isinstance(row, ExpenseNote) else "supplier_invoice",
        year=period.fiscal_year.name,
        on=on,
        in_order=False,
    ).text
    row.state, row.booked_on, row.decided_by, row.decided_at = State.APPROVED, on, by, at
    _save(row)
    _post(row, shares, source=source, by=by)
    books.release(source=source, source_key=str(row.pk), on=on)


def _share(line: SupplierInvoiceLine | ExpenseNoteLine) -> deductibility.Share:
    return deductibility.share(
        code=line.cost_type,
        gross=line.gross,
        vat=line.vat,
        rate=line.rate,
        invoiced=isinstance(line, SupplierInvoiceLine) or line.invoiced,
    )


def _take_from_free(
    row: SupplierInvoice | ExpenseNote, activity: Activity, cost: Decimal, *, source: str, on: date, at: datetime
) -> None:
    """Refuse a cost above what is free, on the later of the day of booking and today; the database checks it again."""
    if activity.kind != Activity.Kind.MEMBERS:
        return
    day = max(on, at.astimezone(BRUSSELS).date())
    books.reserve(
        activity=activity,
        kind=Reservation.Kind.EXPENSE if isinstance(row, ExpenseNote) else Reservation.Kind.PURCHASE,
        amount=cost,
        contract_cost=ZERO,
        source=source,
        source_key=str(row.pk),
        text=_subject(row),
        on=day,
    )


def _post(row: SupplierInvoice | ExpenseNote, shares: Sequence[deductibility.Share], *, source: str, by: Any) -> None:
    """Open the debt and post the entry, sealed with the hashes of the receipts."""
    assert row.booked_on is not None
    note = isinstance(row, ExpenseNote)
    role = "member_claims" if isinstance(row, ExpenseNote) else "suppliers"
    party = (
        members.party_of(person=row.claimant, cooperative=row.cooperative)
        if isinstance(row, ExpenseNote)
        else row.supplier
    )
    OpenItem.objects.create(
        id=row.pk, cooperative=row.cooperative, role=role, party=party, activity=row.activity, source=source,
        reference=row.number, issued_on=row.booked_on, due_on=None if isinstance(row, ExpenseNote) else row.due_on,
        net=row.net, gross=row.gross,
    )  # fmt: skip
    with translation.override(row.cooperative.language):
        names = {"number": row.number, "party": party}
        text = _("Expense note %(number)s, %(party)s") % names if note else _("Purchase %(number)s, %(party)s") % names
    posting.post(
        cooperative=row.cooperative,
        journal="NDF" if note else "ACH",
        on=row.booked_on,
        text=text,
        source=source,
        source_key=str(row.pk),
        lines=journal.for_cost(journal.Cost(row.activity_id, party.pk, row.pk, role, shares)),
        by=by,
        files=[receipt.sha256 for receipt in queries.receipts_of(row)],
    )


# --- policy -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_kilometre_rate(*, cooperative: UUID, amount: Decimal, valid_from: date, by: Any) -> KilometreRate:
    """Set what a cooperative pays per kilometre from a day on (EUR, up to four decimals); the earlier rate ends there.

    Raises CostIncomplete for a rate that is not above zero or starts before the last one; PermissionDenied.
    """
    if by is not None:
        visibility.require(by, Subject.POLICIES, "x", cooperative=cooperative)
    last = KilometreRate.objects.select_for_update().filter(cooperative=cooperative).order_by("-valid_from").first()
    if amount <= ZERO or (last is not None and last.valid_from >= valid_from):
        raise CostIncomplete(
            subject=_("Kilometre rate"),
            reason=_("It must be above zero, and begin after the last one."),
            remedy=_("Check the amount and the first day; the past does not change."),
            field="valid_from",
        )
    if last is not None and (last.valid_until is None or last.valid_until > valid_from):
        last.valid_until = valid_from
        last.save(update_fields=["valid_until"])
    return KilometreRate.objects.create(cooperative_id=cooperative, amount=amount, valid_from=valid_from)
