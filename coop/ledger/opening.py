"""Start the books of a cooperative in mid-life: its old trial balance, and one balance per activity.

``accounting.md`` 5.4 in the design: entry RAN with the trial balance, per open document and party; entry AN with 903
per activity, so that its accounting balance on the day is the stated one. Opening documents charge no fee again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity, Cooperative
from coop.errors import Refused
from coop.ledger import analytic, lines, posting, queries
from coop.ledger.models import Account, Entry, OpenItem
from coop.money import ZERO, exact

TRIAL_BALANCE = "ledger.opening"
ACTIVITIES = "ledger.opening.activities"
RECEIVABLES = frozenset({"customers", "doubtful_customers"})
DEBTS = frozenset({"suppliers", "member_claims", "net_pay"})


class OpeningRefused(Refused):
    """An opening does not balance, comes twice, or lacks what matching needs."""


@dataclass(frozen=True)
class OpenDocument:
    """A document that was open on the day before: what people call it, whose it is, its dates, its open part.

    ``net`` is the part of the open amount excluding VAT (EUR, in the sign of the document).
    """

    reference: str
    party: UUID
    net: Decimal
    issued_on: date
    due_on: date | None = None
    structured_communication: str = ""


@dataclass(frozen=True)
class OpeningLine:
    """A line of the old trial balance: account number, amount (EUR, debit positive), and whose it is."""

    account: str
    amount: Decimal
    activity: UUID | None = None
    document: OpenDocument | None = None


@transaction.atomic
def post_trial_balance(*, cooperative: Cooperative, on: date, opening: Sequence[OpeningLine], by: Any) -> Entry:
    """Post the opening trial balance, once, as one entry of journal RAN that sums to zero.

    Receivables, debts to suppliers and members, and net pay are given per open document; the part of a receivable
    excluding VAT carries its activity, the VAT part none. Classes 6 and 7 carry an activity, else COOP. No line has a
    VAT tag: the old returns hold them. Raises OpeningRefused, PeriodLocked, BooksNotOpen; PermissionDenied.
    """
    visibility.require(by, Subject.LEDGER, "w", cooperative=cooperative.pk)
    _refuse_twice(cooperative, TRIAL_BALANCE)
    _refuse_unbalanced(cooperative, opening)
    accounts = {account.number: account for account in Account.objects.filter(cooperative=cooperative)}
    home = Activity.objects.get(cooperative=cooperative, kind=Activity.Kind.COOPERATIVE)
    posted: list[lines.Line] = []
    for line in opening:
        posted += _lines(cooperative, line, accounts.get(line.account), home)
    return posting.post(
        cooperative=cooperative,
        journal="RAN",
        on=on,
        text=_("Opening trial balance"),
        source=TRIAL_BALANCE,
        source_key=str(cooperative.pk),
        lines=posted,
        by=by,
    )


@transaction.atomic
def carry_balances_in(*, cooperative: Cooperative, on: date, stated: Mapping[UUID, Decimal], by: Any) -> Entry | None:
    """Post what each activity brings in (903 against COOP), once: stated balance less its lines of classes 6 and 7.

    Afterwards the accounting balance of each activity on the day is the stated one, to the cent. Returns the entry;
    None when there is nothing to carry. Raises OpeningRefused; PermissionDenied.
    """
    visibility.require(by, Subject.LEDGER, "w", cooperative=cooperative.pk)
    _refuse_twice(cooperative, ACTIVITIES)
    home = Activity.objects.get(cooperative=cooperative, kind=Activity.Kind.COOPERATIVE)
    if home.pk in stated:
        raise OpeningRefused(
            subject=str(home),
            reason=_("COOP bears the counterpart of what the others bring in; its balance follows."),
            remedy=_("Leave its row out."),
            field="activity",
        )
    known = booked(cooperative)
    carried: list[lines.Line] = []
    for activity, balance in stated.items():
        amount = exact(balance) - known.get(activity, ZERO)
        if amount != ZERO:
            carried += analytic.transfer("carried_forward", payer=home.pk, receiver=activity, amount=amount)
    if not carried:
        return None
    return posting.post(
        cooperative=cooperative,
        journal="AN",
        on=on,
        text=_("Balances of the activities carried in"),
        source=ACTIVITIES,
        source_key=str(cooperative.pk),
        lines=carried,
        by=by,
    )


def booked(cooperative: Cooperative) -> dict[UUID, Decimal]:
    """Return, by activity, the result of the running year that the opening trial balance brought (income positive)."""
    entry = Entry.objects.filter(cooperative=cooperative, source=TRIAL_BALANCE).first()
    found: dict[UUID, Decimal] = {}
    for line in entry.lines.select_related("account") if entry else ():
        if line.activity_id and line.account.number[:1] in ("6", "7"):
            found[line.activity_id] = found.get(line.activity_id, ZERO) - line.amount
    return found


@dataclass(frozen=True)
class Check:
    """What the opening adds up to (EUR): the stated balances, the equity carried forward with the running result, and
    the difference, which is COOP's."""

    stated: Decimal
    equity: Decimal

    @property
    def cooperative(self) -> Decimal:
        """What is COOP's."""
        return self.equity - self.stated


def check(cooperative: Cooperative, stated: Mapping[UUID, Decimal]) -> Check:
    """Compare the stated balances with accounts 13x, 14x and the running result of the opening trial balance."""
    entry = Entry.objects.filter(cooperative=cooperative, source=TRIAL_BALANCE).first()
    equity = ZERO
    for line in entry.lines.select_related("account") if entry else ():
        if line.account.number[:1] in ("6", "7") or line.account.number[:2] in ("13", "14"):
            equity -= line.amount
    return Check(sum(stated.values(), ZERO), equity)


def balances_after(cooperative: Cooperative, on: date, activities: Sequence[UUID]) -> dict[UUID, Decimal]:
    """Return the accounting balances of some activities on the day of opening."""
    return {activity: balances.accounting for activity, balances in queries.balances_of(activities, on).items()}


def _refuse_twice(cooperative: Cooperative, source: str) -> None:
    known = Entry.objects.filter(cooperative=cooperative, source=source).first()
    if known is not None:
        raise OpeningRefused(
            subject=_("Opening of %(cooperative)s") % {"cooperative": cooperative},
            reason=_("It is already in the books, dated %(day)s.") % {"day": date_format(known.date)},
            remedy=_("A cooperative starts once; correct it by an entry in an open month."),
        )


def _refuse_unbalanced(cooperative: Cooperative, opening: Sequence[OpeningLine]) -> None:
    total = sum((exact(line.amount) for line in opening), ZERO)
    if total != ZERO:
        raise OpeningRefused(
            subject=_("Opening trial balance of %(cooperative)s") % {"cooperative": cooperative},
            reason=_("Debit less credit is %(total)s EUR instead of zero.") % {"total": total},
            remedy=_("Compare the file with the last trial balance: an account is missing or has a wrong amount."),
        )


def _lines(cooperative: Cooperative, line: OpeningLine, account: Account | None, home: Activity) -> list[lines.Line]:
    if account is None:
        raise _wrong(line.account, _("The chart has no such account."), _("Use an account of the chart."), "account")
    if account.number[:1] == "9":
        raise _wrong(
            account.number,
            _("Analytic accounts are no part of a trial balance."),
            _("State the balances of the activities in their own sheet."),
            "account",
        )
    if account.role in RECEIVABLES | DEBTS:
        return _document_lines(cooperative, line, account)
    activity = line.activity or (home.pk if account.number[:1] in ("6", "7") else None)
    if activity and account.is_vat:
        raise _wrong(account.number, _("VAT belongs to no activity."), _("Leave the activity empty."), "activity")
    return [lines.debit(account.number, line.amount, activity=activity)]


def _document_lines(cooperative: Cooperative, line: OpeningLine, account: Account) -> list[lines.Line]:
    document = line.document
    if document is None:
        raise _wrong(
            account.number,
            _("This account is stated per open document, so that payments can be matched to it."),
            _("Give one row per open document, with its party and its reference."),
            "document",
        )
    receivable = account.role in RECEIVABLES
    if receivable and line.activity is None:
        raise _wrong(
            document.reference,
            _("A receivable belongs to an activity."),
            _("Fill in the activity that made the sale."),
            "activity",
        )
    sign = 1 if receivable else -1
    item = OpenItem.objects.create(
        id=uuid4(),
        cooperative=cooperative,
        role=account.role,
        party_id=document.party,
        activity_id=line.activity,
        source=TRIAL_BALANCE,
        reference=document.reference,
        issued_on=document.issued_on,
        due_on=document.due_on,
        net=sign * exact(document.net),
        gross=sign * exact(line.amount),
        structured_communication=document.structured_communication,
    )
    if not receivable:
        return [lines.debit(account.number, line.amount, party=document.party, item=item.pk)]
    return [
        lines.debit(account.number, document.net, activity=line.activity, party=document.party, item=item.pk),
        lines.debit(account.number, line.amount - document.net, party=document.party, item=item.pk),
    ]


def _wrong(subject: str, reason: str, remedy: str, field: str) -> OpeningRefused:
    return OpeningRefused(subject=subject, reason=reason, remedy=remedy, field=field)
