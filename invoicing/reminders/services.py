"""Remind customers, stop reminding them, agree payment plans, set the rules.

A reminder asks; it books nothing. Interest and costs enter the books only when they are paid or charged by a document of
their own: until then they are no income and no claim of the activity.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from coop import formatting
from coop.access import visibility
from coop.access.predicates import Subject
from coop.clock import BRUSSELS
from coop.documents import services as documents
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.history import services as history
from coop.ledger import queries as ledger
from coop.money import ZERO, exact
from invoicing.customer_page import services as customer_page
from invoicing.models import Invoice
from invoicing.reminders import deciding, law, mailing, queries, texts
from invoicing.reminders.claiming import Channel
from invoicing.reminders.deciding import Asking, Claim, Level, Promise, Terms
from invoicing.reminders.models import PromisedPayment, Reminder, ReminderPause, ReminderPolicy
from invoicing.reminders.queries import ATTEMPTS, DOCUMENT, Standing
from invoicing.services import rows

logger = logging.getLogger("invoicing.reminders")

FIRST_REST = timedelta(seconds=20)
NOTICE_DAYS = 8
"""How long a notice gives to pay: usual, no law names a number of days."""


class NothingToRemind(Refused):
    """A reminder was wanted of an invoice that is paid, credited, not yet due, or reminded to the end."""


class RemindersStopped(Refused):
    """A reminder was wanted of an invoice that is disputed, in a payment plan, or of a customer who died."""


class RemindedTooEarly(Refused):
    """A reminder was wanted before its first day: that of the rules, or that on which the law lets costs be asked."""


class RemindedMeanwhile(Refused):
    """A reminder of a level was wanted that has been sent already: each level is sent once."""


class NoReminderRules(Refused):
    """A reminder was wanted in a cooperative that has not said when it reminds."""


class NoPlan(Refused):
    """A payment plan does not add up to what is open, or has a day in the past or twice."""


class PauseKnown(Refused):
    """Reminders were to be stopped that are stopped already."""


class NothingStopped(Refused):
    """Reminders were to go on that nothing stops."""


class AboveTheCap(Refused):
    """Rules were set that ask more than the law lets anybody ask."""


class StartsInThePast(Refused):
    """Rules were set from a day on that is not after the one from which the present ones hold."""


# --- remind -----------------------------------------------------------------------------------------------------------


def remind(
    *,
    invoice_id: UUID,
    level: Level,
    by: Any,
    on: date,
    at: datetime,
    asking: Asking = Asking.ALL,
    key: UUID | None = None,
) -> Reminder:
    """Make the next reminder of an invoice, its PDF, and send it by e-mail where that is possible; else it is to be posted.

    Raises NothingToRemind, RemindersStopped, RemindedTooEarly, RemindedMeanwhile, NoReminderRules, LawUnknown; PermissionDenied but
    for who sells or validates for the activity.
    """

    def act() -> Mapping[str, str]:
        invoice = rows.locked(invoice_id, by, right="r")
        customer_page.require_sharing(invoice, by)
        return {"reminder": str(_make(invoice, level, asking, by=by, on=on, at=at).pk)}

    result = history.once(
        key=key, by=by, name="invoicing.remind", at=at, act=act,
        parameters={"invoice": invoice_id, "level": level, "asking": asking},
    )  # fmt: skip
    return Reminder.objects.select_related("invoice").get(pk=result["reminder"])


def _make(invoice: Invoice, level: Level, asking: Asking, *, by: Any, on: date, at: datetime) -> Reminder:
    standing = queries.standing_of(invoice, on)
    if standing is None:
        raise _nothing(invoice, _("Nothing of it is overdue."))
    terms = _terms_or_refuse(standing)
    _refuse_stopped(standing)
    _refuse_wrong_level(standing, level)
    _refuse_early(standing)
    claim = deciding.claim(standing.facts, terms, level, on=on, asking=asking)
    announced = deciding.announced(standing.facts, terms, on=on, channel=standing.channel)
    by_mail = standing.channel == Channel.MAIL
    policy = queries.policy_of(invoice.cooperative_id, on)
    assert policy is not None
    with translation.override(invoice.language):
        text = texts.opening(level, policy.texts, invoice.language)
        filename = f"{invoice.number} {texts.title(level)}.pdf".replace("/", "-").replace(" ", "-")
    reminder = Reminder(
        id=uuid4(), invoice=invoice, level=level, on=on, **_amounts(claim),
        pay_until=announced.until if announced else on + timedelta(days=_answer_days(terms, level)),
        announced=announced.to_json() if announced else {}, text=text, language=invoice.language, made_by=by, made_at=at,
        channel=standing.channel, left_on=None if by_mail else on,
        mail_to=invoice.customer.email if by_mail and invoice.customer else "", mail_next_at=at if by_mail else None,
    )  # fmt: skip
    reminder.save(force_insert=True)
    if by_mail:
        customer_page.make_link(invoice_id=invoice.pk, by=by, on=on, at=at)
        _ring_on_commit()
    documents.request_document(
        cooperative=invoice.cooperative, kind=DOCUMENT, subject=reminder.pk, language=invoice.language,
        filename=filename, at=at,
    )  # fmt: skip
    return reminder


def _amounts(claim: Claim) -> dict[str, Any]:
    return {
        "principal": claim.principal, "interest": claim.interest, "lump_sum": claim.lump_sum, "penalty": claim.penalty,
        "cost": claim.cost, "total": claim.total,
        "segments": [
            {
                "first": str(one.first), "last": str(one.last), "days": one.days, "principal": str(one.principal),
                "rate": str(one.rate), "amount": str(one.amount),
            }
            for one in claim.segments
        ],
    }  # fmt: skip


def _answer_days(terms: Terms, level: Level) -> int:
    return {Level.FRIENDLY: terms.formal_days, Level.FORMAL: terms.notice_days, Level.NOTICE: NOTICE_DAYS}[level]


def _nothing(invoice: Invoice, reason: str) -> NothingToRemind:
    return NothingToRemind(
        subject=invoice.number or str(_("Draft")), reason=reason, remedy=_("Look at its page to see how it stands.")
    )


def _terms_or_refuse(standing: Standing) -> Terms:
    if standing.terms is None:
        raise NoReminderRules(
            subject=str(standing.invoice.cooperative),
            reason=_("It has not said after how many days customers are reminded, and what is asked of them."),
            remedy=_("An administrator sets the rules of reminders, from a day on."),
        )
    return standing.terms


def _refuse_stopped(standing: Standing) -> None:
    pause = standing.pause
    if pause is None or not standing.stopped:
        return
    raise RemindersStopped(
        subject=standing.invoice.number,
        reason=_("Its reminders are stopped since %(day)s: %(why)s.")
        % {"day": formatting.day(pause.since), "why": pause.get_kind_display()},
        remedy=_("Let the reminders go on first, if the reason no longer holds."),
    )


def _refuse_wrong_level(standing: Standing, level: Level) -> None:
    if any(one.level == level for one in standing.facts.sent):
        raise RemindedMeanwhile(
            subject=standing.invoice.number,
            reason=_("This reminder was already sent; each is sent once."),
            remedy=_("Wait for the day of the next one."),
        )
    if standing.due is None or standing.due.level != level:
        raise _nothing(standing.invoice, _("Another reminder comes before this one, or all have been sent."))


def _refuse_early(standing: Standing) -> None:
    due = standing.due
    if due is None or standing.ready:
        return
    if due.on is None:
        raise RemindedTooEarly(
            subject=standing.invoice.number,
            reason=_("The reminder before has not left yet, so no time runs."),
            remedy=_("Wait until its e-mail has left, or print and post it."),
        )
    names = {"day": formatting.day(due.on)}
    reason = (
        _("The law gives a private person 14 days after the first reminder; nothing more may be asked before.")
        if due.waits
        else _("By the rules of the cooperative its time has not come.")
    )
    raise RemindedTooEarly(
        subject=standing.invoice.number, reason=reason, remedy=_("The first possible day is %(day)s.") % names
    )


# --- how it leaves ------------------------------------------------------------------------------------------------------


def _ring_on_commit() -> None:
    from invoicing.reminders import tasks

    transaction.on_commit(lambda: tasks.send_reminders.delay(), robust=True)


def send_mails(*, at: datetime) -> int:
    """Send the reminders that wait, one transaction each; return how many left. A failed one rests, each time longer."""
    waiting = Reminder.objects.filter(mail_next_at__lte=at, mailed_at__isnull=True, mail_attempts__lt=ATTEMPTS)
    return sum(_send(pk, at) for pk in waiting.order_by("made_at").values_list("pk", flat=True)[:50])


@transaction.atomic
def _send(pk: UUID, at: datetime) -> bool:
    reminder = (
        Reminder.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("invoice__cooperative", "invoice__customer")
        .filter(pk=pk, mailed_at__isnull=True, mail_next_at__lte=at)
        .first()
    )
    if reminder is None:
        return False
    try:
        left = mailing.send(reminder, on=at.astimezone(BRUSSELS).date())
    except Exception:
        logger.exception("the mail of reminder %s could not be sent", pk)
        left = False
        reminder.mail_attempts += 1
    reminder.mail_next_at = at + FIRST_REST * 2**reminder.mail_attempts
    if left:
        reminder.mailed_at, reminder.left_on = at, max(reminder.on, at.astimezone(BRUSSELS).date())
    reminder.save(update_fields=["mail_attempts", "mail_next_at", "mailed_at", "left_on"])
    return left


def ring(at: datetime) -> None:
    """Wake the worker when a reminder waits whose message was lost."""
    waiting = Reminder.objects.filter(mail_next_at__lte=at, mailed_at__isnull=True, mail_attempts__lt=ATTEMPTS)
    if waiting.exists():
        from invoicing.reminders import tasks

        tasks.send_reminders.delay()


@transaction.atomic
def post_instead(*, reminder_id: UUID, by: Any, on: date) -> Reminder:
    """Record that a reminder whose e-mail could not be sent was printed and posted on a day; its time runs from then."""
    reminder = Reminder.objects.select_for_update(of=("self",)).select_related("invoice").get(pk=reminder_id)
    customer_page.require_sharing(reminder.invoice, by)
    if reminder.left_on is not None:
        raise RemindedMeanwhile(
            subject=reminder.invoice.number,
            reason=_("This reminder has left already."),
            remedy=_("Nothing more is to be done for it."),
        )
    reminder.channel, reminder.left_on, reminder.mail_next_at = Channel.POST, on, None
    reminder.save(update_fields=["channel", "left_on", "mail_next_at"])
    return reminder


# --- what stops reminders -------------------------------------------------------------------------------------------------


@transaction.atomic
def stop_reminders(
    *, invoice_id: UUID, kind: ReminderPause.Kind, reason: str, by: Any, on: date, at: datetime
) -> ReminderPause:
    """Stop the reminders of an invoice that is disputed, or all those of a customer who died. Raises PauseKnown."""
    invoice = _locked(invoice_id, by)
    _refuse_paused(invoice)
    return ReminderPause.objects.create(
        invoice=invoice, kind=kind, reason=reason.strip(), since=on, made_by=by, made_at=at
    )


@transaction.atomic
def agree_plan(
    *, invoice_id: UUID, promises: Sequence[Promise], reason: str, by: Any, on: date, at: datetime
) -> ReminderPause:
    """Record the payments that a customer promised: together all that is open. No reminder leaves while they are kept.

    Raises NoPlan, PauseKnown, NothingToRemind.
    """
    invoice = _locked(invoice_id, by)
    _refuse_paused(invoice)
    left = ledger.residuals([invoice.pk]).get(invoice.pk, ZERO)
    if left <= ZERO:
        raise _nothing(invoice, _("Nothing of it is open."))
    _refuse_wrong_plan(invoice, promises, left, on)
    plan = ReminderPause.objects.create(
        invoice=invoice, kind=ReminderPause.Kind.PLAN, reason=reason.strip(), since=on, made_by=by, made_at=at
    )
    PromisedPayment.objects.bulk_create(
        [PromisedPayment(plan=plan, due_on=one.due_on, amount=exact(one.amount)) for one in promises]
    )
    return plan


def _refuse_wrong_plan(invoice: Invoice, promises: Sequence[Promise], left: Decimal, on: date) -> None:
    promised = sum((one.amount for one in promises), ZERO)
    if promised != left:
        raise NoPlan(
            subject=_("Payment plan of %(number)s") % {"number": invoice.number},
            reason=_("The promised payments add up to %(promised)s, %(left)s is open.")
            % {"promised": formatting.money(promised), "left": formatting.money(left)},
            remedy=_("Change the amounts so that they add up to what is open."),
        )
    days = [one.due_on for one in promises]
    if len(set(days)) < len(days) or min(days) < on:
        raise NoPlan(
            subject=_("Payment plan of %(number)s") % {"number": invoice.number},
            reason=_("Two payments have the same day, or one lies in the past."),
            remedy=_("Give each payment a day of its own, from today on."),
        )


@transaction.atomic
def resume_reminders(*, invoice_id: UUID, by: Any, at: datetime) -> ReminderPause:
    """Let the reminders of an invoice go on; what stopped them stays in its history. Raises NothingStopped."""
    invoice = _locked(invoice_id, by)
    pause = ReminderPause.objects.filter(invoice=invoice, ended_at__isnull=True).first()
    if pause is None:
        raise NothingStopped(
            subject=invoice.number,
            reason=_("Nothing stops its reminders here."),
            remedy=_("If the customer died, end it on the invoice on which it was recorded."),
        )
    pause.ended_by, pause.ended_at = by, max(at, pause.made_at)
    pause.save(update_fields=["ended_by", "ended_at"])
    return pause


def _locked(invoice_id: UUID, by: Any) -> Invoice:
    invoice = rows.locked(invoice_id, by, right="r")
    customer_page.require_sharing(invoice, by)
    if invoice.kind != Invoice.Kind.INVOICE or not invoice.number:
        raise _nothing(invoice, _("It is no issued invoice."))
    return invoice


def _refuse_paused(invoice: Invoice) -> None:
    known = ReminderPause.objects.filter(invoice=invoice, ended_at__isnull=True).first()
    if known is not None:
        raise PauseKnown(
            subject=invoice.number,
            reason=_("Its reminders are already stopped: %(why)s.") % {"why": known.get_kind_display()},
            remedy=_("Let them go on first, then record what holds now."),
        )


# --- the rules ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_policy(
    *, cooperative: UUID, valid_from: date, terms: Terms, texts: Mapping[str, Mapping[str, str]], by: Any
) -> ReminderPolicy:
    """Set from a day on when a cooperative reminds and what it asks. What was sent before does not change.

    Raises StartsInThePast, AboveTheCap; PermissionDenied but for who sets policies.
    """
    visibility.require(by, Subject.POLICIES, "x", cooperative=cooperative)
    owner = Cooperative.objects.select_for_update(no_key=True).get(pk=cooperative)
    cap = law.private_law(valid_from).further_reminder
    if terms.reminder_cost > cap:
        raise AboveTheCap(
            subject=_("Cost of a further reminder"),
            reason=_("The law lets at most %(cap)s be asked of a private person.") % {"cap": formatting.money(cap)},
            remedy=_("Enter that amount or less."),
            field="reminder_cost",
        )
    last = ReminderPolicy.objects.filter(cooperative=owner).order_by("valid_from").last()
    if last is not None and last.valid_from >= valid_from:
        raise StartsInThePast(
            subject=_("Rules of reminders"),
            reason=_("Rules that hold from %(day)s on are already recorded.")
            % {"day": formatting.day(last.valid_from)},
            remedy=_("Choose a later day."),
            field="valid_from",
        )
    if last is not None:
        last.valid_until = valid_from
        last.save(update_fields=["valid_until"])
    return ReminderPolicy.objects.create(
        cooperative=owner,
        valid_from=valid_from,
        texts={level: dict(own) for level, own in texts.items()},
        **vars(terms),
    )
