"""Set up what recurs, pause and end it, and make the invoice of each of its dates exactly once."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity
from coop.errors import Refused
from coop.history import services as history
from coop.money import ZERO
from invoicing import services as sales
from invoicing.content import DraftContent, DraftLine
from invoicing.models import Customer, Invoice
from invoicing.recurring.dates import Rhythm
from invoicing.recurring.models import MOVES, Occurrence, RecurringInvoice, RecurringLine
from invoicing.services import keeping
from invoicing.services.rows import net as net_of
from invoicing.services.rows import refuse_changed

logger = logging.getLogger("invoicing.recurring")
State = RecurringInvoice.State
Outcome = Occurrence.Outcome
AT_ONCE = 60
"""So many dates of one recurring invoice are made in a row at most: whatever is entered, no flood."""


class NotComplete(Refused):
    """A recurring invoice lacks what each of its invoices must have."""


class NoDateLeft(Refused):
    """A rhythm has no date on or after the day on which it is to begin or to go on."""


class NotPossibleNow(Refused):
    """A recurring invoice is asked something that its state does not allow."""


class NotAloneYet(Refused):
    """Invoices are to be issued by themselves for an activity whose invoices the coach validates."""


@dataclass(frozen=True)
class RecurringContent:
    """A recurring invoice as entered, whole."""

    name: str
    first_on: date
    customer: UUID | None = None
    lines: Sequence[DraftLine] = ()
    every: int = 1
    rhythm: str = RecurringInvoice.Rhythm.MONTH
    last_on: date | None = None
    period: str = RecurringInvoice.Period.NONE
    makes: str = RecurringInvoice.Makes.DRAFT
    reference: str = ""
    note: str = ""


def rhythm_of(recurring: RecurringInvoice) -> Rhythm:
    """Return the rhythm of a recurring invoice."""
    return Rhythm(recurring.first_on, recurring.rhythm, recurring.every, recurring.last_on)  # type: ignore[arg-type]


def period_of(recurring: RecurringInvoice, day: date) -> tuple[date, date] | None:
    """Return the period that the invoice of a date is for, or nothing where it names none."""
    rhythm = rhythm_of(recurring)
    if recurring.period == RecurringInvoice.Period.AHEAD:
        return rhythm.period_ahead(day)
    if recurring.period == RecurringInvoice.Period.BEHIND:
        return rhythm.period_behind(day)
    return None


def create_recurring(
    *, activity: UUID, content: RecurringContent, on: date, by: Any, at: datetime, key: UUID | None = None
) -> RecurringInvoice:
    """Set up what recurs from ``first_on`` on; dates that have passed already are not made.

    Raises NotComplete, NoDateLeft, NotAloneYet, CustomerOfOthers; PermissionDenied without the right on the sales.
    """
    owner = Activity.objects.select_related("cooperative").get(pk=activity)
    visibility.require(by, Subject.SALES, "w", activity=owner.pk, cooperative=owner.cooperative_id)

    def act() -> Mapping[str, str]:
        recurring = RecurringInvoice(cooperative=owner.cooperative, activity=owner, created_by=by, created_at=at)
        _fill(recurring, content, on=on)
        recurring.save(force_insert=True)
        _write_lines(recurring, content.lines)
        return {"recurring": str(recurring.pk)}

    result = history.once(
        key=key, by=by, name="invoicing.create_recurring", parameters={"activity": activity}, at=at, act=act
    )
    return RecurringInvoice.objects.get(pk=UUID(result["recurring"]))


@transaction.atomic
def save_recurring(
    *, recurring_id: UUID, content: RecurringContent, version: int | None, on: date, by: Any
) -> RecurringInvoice:
    """Change what is made from now on; invoices already made stay. The changer's name stands on the next drafts.

    Raises NotPossibleNow once it has ended, ChangedMeanwhile, and what setting up raises.
    """
    recurring = _locked(recurring_id, by)
    if recurring.state == State.ENDED:
        raise _not_now(recurring)
    refuse_changed(str(recurring), recurring.version, version)
    _fill(recurring, content, on=on)
    recurring.created_by = by
    recurring.version += 1
    recurring.save()
    recurring.lines.all().delete()
    _write_lines(recurring, content.lines)
    return recurring


@transaction.atomic
def pause_recurring(*, recurring_id: UUID, by: Any) -> RecurringInvoice:
    """Make nothing until it goes on; the dates that pass meanwhile are left out. Raises NotPossibleNow."""
    return _move(_locked(recurring_id, by), State.PAUSED)


@transaction.atomic
def resume_recurring(*, recurring_id: UUID, on: date, by: Any) -> RecurringInvoice:
    """Go on with the first date from today on. Raises NotPossibleNow, NoDateLeft."""
    recurring = _locked(recurring_id, by)
    if State.ACTIVE not in MOVES.get(recurring.state, frozenset()):
        raise _not_now(recurring)
    recurring.next_on = _first_open(recurring, on)
    return _move(recurring, State.ACTIVE)


@transaction.atomic
def end_recurring(*, recurring_id: UUID, by: Any) -> RecurringInvoice:
    """End it for good; what was made stays. Raises NotPossibleNow."""
    recurring = _locked(recurring_id, by)
    recurring.next_on = None
    return _move(recurring, State.ENDED)


@transaction.atomic
def skip_next(*, recurring_id: UUID, day: date, by: Any, at: datetime) -> RecurringInvoice:
    """Leave out the next date, named so that nobody skips two by a double click. Raises NotPossibleNow."""
    recurring = _locked(recurring_id, by)
    if recurring.state == State.ENDED or recurring.next_on != day:
        raise _not_now(recurring)
    Occurrence.objects.create(recurring=recurring, on=day, outcome=Outcome.SKIPPED, made_at=at)
    _advance(recurring)
    return recurring


def _locked(recurring_id: UUID, by: Any) -> RecurringInvoice:
    rows = RecurringInvoice.objects.select_for_update(of=("self",)).select_related("activity__cooperative", "customer")
    recurring = rows.get(pk=recurring_id)
    scope = {"activity": recurring.activity_id, "cooperative": recurring.cooperative_id}
    visibility.require(by, Subject.SALES, "w", **scope)
    return recurring


def _move(recurring: RecurringInvoice, to: RecurringInvoice.State) -> RecurringInvoice:
    if to not in MOVES.get(recurring.state, frozenset()):
        raise _not_now(recurring)
    recurring.state = to
    recurring.version += 1
    recurring.save(update_fields=["state", "next_on", "version"])
    return recurring


def _not_now(recurring: RecurringInvoice) -> NotPossibleNow:
    return NotPossibleNow(
        subject=recurring.name,
        reason=_("Its state is “%(state)s”, or its next date changed meanwhile.")
        % {"state": recurring.get_state_display()},
        remedy=_("Reload the page and look where it stands; what has ended is set up anew."),
    )


def _fill(recurring: RecurringInvoice, content: RecurringContent, *, on: date) -> None:
    customer = (
        Customer.objects.filter(pk=content.customer, activity=recurring.activity_id).first()
        if content.customer
        else None
    )
    if content.customer and customer is None:
        raise sales.CustomerOfOthers(
            subject=_("Customer"),
            reason=_("This customer does not belong to activity %(activity)s.") % {"activity": recurring.activity},
            remedy=_("Choose a customer of the activity, or add it to the activity."),
            field="customer",
        )
    _refuse_incomplete(content)
    if content.makes == RecurringInvoice.Makes.ISSUED and sales.needs_validation(activity=recurring.activity_id, on=on):
        raise NotAloneYet(
            subject=content.name,
            reason=_("The coach validates the invoices of this activity, so they are not issued by themselves."),
            remedy=_("Choose drafts: you send each to the coach."),
            field="makes",
        )
    assert customer is not None
    recurring.customer, recurring.name = customer, content.name.strip()
    recurring.reference, recurring.note = content.reference, content.note
    recurring.every, recurring.rhythm = content.every, content.rhythm
    recurring.first_on, recurring.last_on = content.first_on, content.last_on
    recurring.period, recurring.makes = content.period, content.makes
    recurring.net = sum((net_of(line) for line in content.lines), ZERO)
    recurring.next_on = _first_open(recurring, on)


def _refuse_incomplete(content: RecurringContent) -> None:
    reason = remedy = field = ""
    if content.customer is None:
        reason, remedy = _("It names no customer."), _("Choose the customer, or add a new one.")
        field = "customer"
    elif not content.lines:
        reason, remedy = _("It has no line."), _("Add what is delivered each time, with its quantity and price.")
    elif content.last_on is not None and content.last_on < content.first_on:
        reason, remedy = _("Its last day lies before its first."), _("Correct the two days.")
        field = "last_on"
    for position, line in enumerate(content.lines, start=1):
        if not reason and (line.unread or not line.description.strip() or not line.quantity or line.unit_price is None):
            reason = _("Line %(position)s lacks its description, quantity or price.") % {"position": position}
            remedy = _("Complete the line, or remove it.")
    if reason:
        raise NotComplete(
            subject=content.name or _("Recurring invoice"), reason=reason, remedy=remedy, field=field or None
        )


def _first_open(recurring: RecurringInvoice, on: date) -> date:
    """Return the first date from a day on that was not dealt with. Raises NoDateLeft."""
    done = set(Occurrence.objects.filter(recurring=recurring.pk, on__gte=on).values_list("on", flat=True))
    rhythm = rhythm_of(recurring)
    day = rhythm.from_day(on)
    while day is not None and day in done:
        day = rhythm.after(day)
    if day is None:
        raise NoDateLeft(
            subject=recurring.name,
            reason=_("None of its dates lies on or after today."),
            remedy=_("Choose a later last day, or leave it empty."),
            field="last_on",
        )
    return day


def _write_lines(recurring: RecurringInvoice, lines: Sequence[DraftLine]) -> None:
    RecurringLine.objects.bulk_create(
        [keeping.filled(RecurringLine(recurring=recurring), number, line) for number, line in enumerate(lines, start=1)]
    )


# --- what is due ------------------------------------------------------------------------------------------------------


def make_due(*, on: date, at: datetime) -> int:
    """Make the invoices of all dates that have come, one transaction each; return how many dates were dealt with."""
    made = 0
    due = RecurringInvoice.objects.filter(state=State.ACTIVE, next_on__lte=on).order_by("next_on", "pk")
    for pk in list(due.values_list("pk", flat=True)):
        for _turn in range(AT_ONCE):
            if not _make_one(pk, on=on, at=at):
                break
            made += 1
    return made


@transaction.atomic
def _make_one(pk: UUID, *, on: date, at: datetime) -> bool:
    """Deal with the next date of one, if it has come and nobody else is at it. The date and its invoice are one transaction."""
    rows = RecurringInvoice.objects.select_for_update(skip_locked=True, of=("self",))
    recurring = (
        rows.select_related("activity__cooperative", "customer", "created_by")
        .filter(pk=pk, state=State.ACTIVE, next_on__lte=on)
        .first()
    )
    if recurring is None:
        return False
    day = recurring.next_on
    assert day is not None
    occurrence = Occurrence(recurring=recurring, on=day, outcome=Outcome.DRAFTED, made_at=at)
    with translation.override(recurring.activity.cooperative.language):
        try:
            with transaction.atomic():
                occurrence.invoice = _draft(recurring, day, at=at)
        except (Refused, PermissionDenied) as refused:
            occurrence.outcome, occurrence.refusal = Outcome.FAILED, _said(refused)
            recurring.state = State.PAUSED
        if occurrence.invoice is not None and recurring.makes == RecurringInvoice.Makes.ISSUED:
            _issue(occurrence, recurring, on=on, at=at)
    occurrence.save(force_insert=True)
    _advance(recurring)
    return True


def _draft(recurring: RecurringInvoice, day: date, *, at: datetime) -> Invoice:
    first, last = period_of(recurring, day) or (None, None)
    content = DraftContent(
        customer=recurring.customer_id, lines=keeping.draft_lines(recurring.lines.order_by("position")),
        supplied_on=first, supplied_until=last, reference=recurring.reference, note=recurring.note,
    )  # fmt: skip
    return sales.create_draft(activity=recurring.activity_id, content=content, by=recurring.created_by, at=at)


def _issue(occurrence: Occurrence, recurring: RecurringInvoice, *, on: date, at: datetime) -> None:
    """Issue the draft of a date, dated today; a refusal leaves the draft and its reason."""
    assert occurrence.invoice is not None
    try:
        with transaction.atomic():
            sales.issue_invoice(invoice_id=occurrence.invoice.pk, on=on, by=recurring.created_by, at=at)
    except (Refused, PermissionDenied) as refused:
        occurrence.refusal = _said(refused)
    else:
        occurrence.outcome = Outcome.ISSUED


def _said(refused: Exception) -> str:
    if isinstance(refused, Refused):
        return str(refused)
    return _("Who set it up may no longer invoice for this activity. Open it and save it in your own name.")


def _advance(recurring: RecurringInvoice) -> None:
    """Move on to the next date; the last one ends it."""
    assert recurring.next_on is not None
    recurring.next_on = rhythm_of(recurring).after(recurring.next_on)
    if recurring.next_on is None:
        recurring.state = State.ENDED
    recurring.save(update_fields=["state", "next_on"])


def ring(at: datetime, on: date) -> None:
    """Wake the worker when a date has come."""
    if RecurringInvoice.objects.filter(state=State.ACTIVE, next_on__lte=on).exists():
        from invoicing.recurring import tasks

        tasks.make_due_invoices.delay()
