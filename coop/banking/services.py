"""Record receipts and payments. Money counts as collected only once it is on the account and matched to its document.

A mistake is put right by the opposite movement; nothing is changed or removed.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coop import formatting, guards
from coop.access import visibility
from coop.access.predicates import Subject
from coop.banking import journal
from coop.banking.models import Movement
from coop.entities.fees import Terms
from coop.entities.models import Activity, BankAccount, Moment
from coop.errors import Refused
from coop.history import services as history
from coop.ledger import posting, queries
from coop.ledger import services as ledger
from coop.ledger.models import Entry, Line, OpenItem
from coop.ledger.opening import DEBTS
from coop.money import ZERO, exact
from coop.periods import Month

PAYABLE = DEBTS | {"other_social_debts"}
"""Roles of what a cooperative pays document by document; of other social debts only what has an open item."""


class NothingOpen(Refused):
    """A payment was recorded on a document of which nothing is open, or of the wrong sign."""


def _nothing_open(document: OpenItem, residual: Decimal, amount: Decimal, remedy: str) -> NothingOpen:
    return NothingOpen(
        subject=_("Payment of %(reference)s") % {"reference": document.reference},
        reason=_("%(residual)s EUR is open on this document, which %(amount)s EUR cannot settle.")
        % {"residual": residual, "amount": amount},
        remedy=remedy,
        field="amount",
    )


class NotAReceivable(Refused):
    """A receipt was recorded on something that no customer owes."""


class DateBeforeDocument(Refused):
    """A payment was dated before the document that it settles."""


class NotADebt(Refused):
    """A payment was recorded on something that the cooperative does not owe."""


class WrongBankAccount(Refused):
    """A movement was recorded on a bank account of another cooperative than the document's."""


class MovementKnown(Refused):
    """The bank's reference of a movement was already recorded on the same account."""


def _save(movement: Movement) -> None:
    """Write a movement. Raises MovementKnown."""
    try:
        movement.save(force_insert=True)
    except IntegrityError as error:
        if guards.broken_constraint(error) != "movement_reference_unique":
            raise
        raise MovementKnown(
            subject=_("Movement %(reference)s") % {"reference": movement.reference},
            reason=_("A movement with this reference of the bank is already recorded on this account."),
            remedy=_("Compare it with the bank statement; leave the reference empty where the bank gives none."),
            field="reference",
        ) from error


def _refuse_disorder(document: OpenItem, bank_account: BankAccount, on: date) -> None:
    """Refuse a movement on another cooperative's account, or dated before its document."""
    if bank_account.cooperative_id != document.cooperative_id:
        raise WrongBankAccount(
            subject=_("Payment of %(reference)s") % {"reference": document.reference},
            reason=_("The bank account %(iban)s belongs to another cooperative than the document.")
            % {"iban": bank_account.iban},
            remedy=_("Choose an account of %(cooperative)s.") % {"cooperative": document.cooperative},
            field="bank_account",
        )
    if on < document.issued_on:
        raise DateBeforeDocument(
            subject=_("Payment of %(reference)s") % {"reference": document.reference},
            reason=_("It is dated before the document, which is of %(day)s.")
            % {"day": date_format(document.issued_on)},
            remedy=_("Give the date at which the bank booked it."),
            field="booked_on",
        )


def _open_document(item: OpenItem, activity: Activity) -> journal.OpenDocument:
    """Read what the books hold of a receivable: the document with its credit notes, its residual, the fee taken so far."""
    family = [item, *OpenItem.objects.filter(settles=item)]
    terms = [Terms.from_json(member.terms) for member in family if member.terms]
    lines = Line.objects.filter(item=item)
    customers = lines.filter(account__role__in=["customers", "doubtful_customers"]).aggregate(
        residual=Sum("amount"), tagged=Sum("amount", filter=Q(activity__isnull=False))
    )
    taken = dict(
        lines.filter(account__role__in=["fee", "fund"], activity=item.activity)
        .values_list("account__role")
        .annotate(total=Sum("amount"))
    )
    return journal.OpenDocument(
        item=item.pk,
        activity=activity.pk,
        party=item.party_id,
        net=sum((member.net for member in family), ZERO),
        gross=sum((member.gross for member in family), ZERO),
        residual=customers["residual"] or ZERO,
        tagged=customers["tagged"] or ZERO,
        fee=sum((term.fee for term in terms if term.fee_moment == Moment.COLLECTED), ZERO),
        fee_taken=taken.get("fee", ZERO) if any(term.fee_moment == Moment.COLLECTED for term in terms) else ZERO,
        fund=sum((term.fund for term in terms if term.fund_moment == Moment.COLLECTED), ZERO),
        fund_taken=taken.get("fund", ZERO) if any(term.fund_moment == Moment.COLLECTED for term in terms) else ZERO,
    )


@transaction.atomic
def record_receipt(
    *,
    item: UUID,
    amount: Decimal,
    on: date,
    bank_account: BankAccount,
    by: Any,
    at: datetime,
    reference: str = "",
) -> Movement:
    """Record money received on a document (negative: refunded), post it, and take the fee that falls due.

    Partial payments are shared between the activity and VAT; what is paid in excess goes to the account of customers to
    refund. Raises NothingOpen, DateBeforeDocument, MovementKnown, PeriodLocked; PermissionDenied without the right on the bank.
    """
    # Lock order: document (its activity stands for it), activities, period locks, counters, chain.
    document = OpenItem.objects.select_related("cooperative", "activity", "party").get(pk=item)
    visibility.require(by, Subject.BANK, "w", cooperative=document.cooperative_id)
    if document.role != "customers" or document.settles_id or document.activity_id is None:
        raise NotAReceivable(
            subject=_("Payment of %(reference)s") % {"reference": document.reference},
            reason=_("It is no invoice that a customer owes."),
            remedy=_("Choose an issued invoice; a credit note is settled on the invoice that it credits."),
            field="item",
        )
    activity = Activity.objects.select_for_update(no_key=True).get(pk=document.activity_id)
    state = _open_document(document, activity)
    _refuse_disorder(document, bank_account, on)
    if state.residual == ZERO or (state.residual > ZERO) != (amount > ZERO):
        raise _nothing_open(
            document,
            state.residual,
            amount,
            _("Check the document and the amount; a refund of a credit note is entered as a negative amount."),
        )
    movement = Movement(
        id=uuid4(), cooperative=document.cooperative, bank_account=bank_account, item=document, booked_on=on,
        amount=exact(amount), reference=reference, recorded_by=by, recorded_at=at,
    )  # fmt: skip
    movement.entry = posting.post(
        cooperative=document.cooperative,
        journal=bank_account.journal_code,
        on=on,
        text=_("Payment of %(reference)s, %(party)s") % {"reference": document.reference, "party": document.party},
        source="banking.movement",
        source_key=str(movement.pk),
        lines=journal.receipt(state, amount, bank=bank_account.account_number),
        by=by,
    )
    _save(movement)
    pk = dict(
        Activity.objects.filter(cooperative=document.cooperative_id)
        .exclude(kind=Activity.Kind.MEMBERS)
        .values_list("kind", "pk")
    )
    fee = journal.fee_at_collection(
        state, amount, cooperative=pk[Activity.Kind.COOPERATIVE], fund=pk[Activity.Kind.FUND]
    )
    if fee:
        posting.post(
            cooperative=document.cooperative, journal="AN", on=on,
            text=_("Fee on the payment of %(reference)s") % {"reference": document.reference},
            source="banking.movement.fee", source_key=str(movement.pk), lines=fee, by=by,
        )  # fmt: skip
    return movement


@transaction.atomic
def record_payment(
    *, item: UUID, amount: Decimal, on: date, bank_account: BankAccount, by: Any, at: datetime, reference: str = ""
) -> Movement:
    """Record the payment of a debt (supplier, claim, net pay, attachment): ``amount`` EUR, positive, at most what is open.

    Raises NotADebt, NothingOpen, WrongBankAccount, DateBeforeDocument, PeriodLocked; PermissionDenied.
    """
    debt = OpenItem.objects.select_related("cooperative", "party").get(pk=item)
    if by is not None:
        visibility.require(by, Subject.BANK, "w", cooperative=debt.cooperative_id)
    if debt.role not in PAYABLE:
        raise NotADebt(
            subject=_("Payment of %(reference)s") % {"reference": debt.reference},
            reason=_("It is nothing that the cooperative owes."),
            remedy=_("Money given back to a customer is recorded on the invoice, as a negative receipt."),
            field="item",
        )
    _refuse_disorder(debt, bank_account, on)
    ledger.lock_item(debt.pk)
    open_amount = -queries.residual(debt)
    if not ZERO < exact(amount) <= open_amount:
        raise _nothing_open(debt, open_amount, amount, _("Pay at most what is open."))
    movement = Movement(
        id=uuid4(), cooperative=debt.cooperative, bank_account=bank_account, item=debt, booked_on=on, amount=-exact(amount),
        reference=reference, recorded_by=by, recorded_at=at,
    )  # fmt: skip
    movement.entry = posting.post(
        cooperative=debt.cooperative,
        journal=bank_account.journal_code,
        on=on,
        text=_("Payment of %(reference)s, %(party)s") % {"reference": debt.reference, "party": debt.party},
        source="banking.movement",
        source_key=str(movement.pk),
        lines=journal.payment(debt.role, amount, bank=bank_account.account_number, party=debt.party_id, item=debt.pk),
        by=by,
    )
    _save(movement)
    return movement


class NotReversible(Refused):
    """A movement was to be undone that is undone already, that undoes another, or before it was booked."""


def reverse_movement(
    *, movement: UUID, on: date, by: Any, at: datetime, reference: str = "", key: UUID | None = None
) -> Movement:
    """Undo a receipt or payment that was wrong or came back: the opposite entries, dated ``on``; the item is open again.

    Each movement is undone at most once. Raises NotReversible, PeriodLocked; PermissionDenied without the right on the bank.
    """

    def act() -> Mapping[str, str]:
        return {"movement": str(_reverse(movement, on, by, at, reference).pk)}

    result = history.once(
        key=key, by=by, name="banking.reverse_movement", parameters={"movement": movement, "on": on, "reference": reference}, at=at,
        act=transaction.atomic(act),
    )  # fmt: skip
    return Movement.objects.get(pk=result["movement"])


def _reverse(pk: UUID, on: date, by: Any, at: datetime, reference: str) -> Movement:
    wrong = Movement.objects.select_related("cooperative", "item", "bank_account", "entry").get(pk=pk)
    visibility.require(by, Subject.BANK, "w", cooperative=wrong.cooperative_id)
    if wrong.item.activity_id is not None:
        Activity.objects.select_for_update(no_key=True).get(pk=wrong.item.activity_id)
    ledger.lock_item(wrong.item_id)
    subject = _("Payment of %(reference)s") % {"reference": wrong.item.reference}
    if wrong.reverses_id is not None or Movement.objects.filter(reverses=wrong).exists():
        raise NotReversible(
            subject=subject,
            reason=_("It is undone already, or it undoes another."),
            remedy=_("Reload the page; record the right amount as a new payment."),
        )
    if on < wrong.booked_on:
        raise NotReversible(
            subject=subject,
            reason=_("It was booked on %(day)s, after that date.") % {"day": formatting.day(wrong.booked_on)},
            remedy=_("Choose a date on or after it, in an open month."),
            field="on",
        )
    text = _("Payment of %(reference)s undone, %(party)s") % {
        "reference": wrong.item.reference,
        "party": wrong.item.party,
    }
    opposite = Movement(
        id=uuid4(), cooperative=wrong.cooperative, bank_account=wrong.bank_account, item=wrong.item, booked_on=on,
        amount=-wrong.amount, reference=reference, reverses=wrong, recorded_by=by, recorded_at=at,
        entry=posting.reverse(entry=wrong.entry, on=on, text=text, by=by),
    )  # fmt: skip
    _save(opposite)
    for fee in Entry.objects.filter(source="banking.movement.fee", source_key=str(wrong.pk)):
        posting.reverse(entry=fee, on=on, text=text, by=by)
    return opposite


def record_payment_once(
    *,
    item: UUID,
    amount: Decimal,
    on: date,
    bank_account: BankAccount,
    by: Any,
    at: datetime,
    reference: str,
    key: UUID,
) -> None:
    """Record the payment of a debt, once per form. Raises what ``record_payment`` raises."""
    _once(
        lambda: record_payment(
            item=item, amount=amount, on=on, bank_account=bank_account, by=by, at=at, reference=reference
        ),
        {"item": item, "amount": amount, "on": on, "account": bank_account.pk, "reference": reference},
        name="banking.record_payment", by=by, at=at, key=key,
    )  # fmt: skip


def _once(
    act: Callable[[], object], parameters: Mapping[str, object], *, name: str, by: Any, at: datetime, key: UUID
) -> None:
    def run() -> Mapping[str, str]:
        act()
        return {}

    history.once(key=key, by=by, name=name, parameters=parameters, at=at, act=transaction.atomic(run))


def record_wages_paid(*, bank_account: BankAccount, month: Month, on: date, by: Any, at: datetime, key: UUID) -> None:
    """Record that every net pay booked in a month and still open was paid on a day: whole or not at all, once.

    Who records it sees no wage. Raises NothingOpen, DateBeforeDocument, PeriodLocked; PermissionDenied.
    """
    cooperative = bank_account.cooperative

    def act() -> None:
        visibility.require(by, Subject.BANK, "w", cooperative=cooperative.pk)
        items = queries.open_items(cooperative, "net_pay", month.last)
        unpaid = [(item, -left) for item, left in items if Month.of(item.issued_on) == month and left < ZERO]
        if not unpaid:
            raise NothingOpen(
                subject=_("Wages of %(month)s") % {"month": formatting.month(month)},
                reason=_("Every wage of this month is paid."),
                remedy=_("Look at the payments that are recorded."),
            )
        for item, amount in unpaid:
            record_payment(item=item.pk, amount=amount, on=on, bank_account=bank_account, by=by, at=at)

    parameters = {"account": bank_account.pk, "month": str(month), "on": on}
    _once(act, parameters, name="banking.record_wages_paid", by=by, at=at, key=key)
