"""Approval of a run: decided once by another person, then carried through payslip by payslip, whatever dies meanwhile."""

import logging
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _

from coop import formatting, transitions
from coop.access import visibility
from coop.access.predicates import Subject
from coop.documents import services as documents
from coop.entities import queries as periods
from coop.entities.models import Activity, Party, PeriodLock
from coop.errors import Refused
from coop.ledger import posting
from coop.ledger import queries as ledger_queries
from coop.ledger import services as ledger
from coop.ledger.models import OpenItem
from coop.money import ZERO, split
from coop.periods import Month
from payroll import beside_journal, journal, withdrawals
from payroll.engine.figures import Payslip as Figures
from payroll.exceptional import PREMIUMS, titled
from payroll.models import EmployerTerms, PayrollRun, Payslip
from payroll.secretariat.queries import secretariat_in_quarter
from payroll.services import deductions, recoveries
from payroll.services.exceptional_rows import refuse_second_posting
from payroll.services.orders import ORDER, lock_activities
from payroll.services.quarters import (
    ADVANCE,
    lock_contract,
    pay_party,
    quarter_is_settled,
    release_advances,
    settle_again,
    settle_quarter,
)
from payroll.services.runs import lock_run, refuse_blockers, subject_of
from payroll.services.targets import refresh_reserve_targets

logger = logging.getLogger("payroll.approval")

SOURCE = "payroll.payslip"
REVERSED = "payroll.payslip.reversed"
CARRIED = "payroll.payslip.carried"
LEASE = timedelta(seconds=30)
LOCKS = (PeriodLock.Kind.PAYROLL, PeriodLock.Kind.YEAR)


class OwnRun(Refused):
    """Somebody was to approve a run that they opened, submitted, or are paid by."""


def approve_run(*, run: UUID, by: Any, on: date, at: datetime) -> PayrollRun:
    """Approve a submitted run and post it: an entry, an open item and a pending document per payslip, in the month paid.

    ``by`` is neither who opened nor who submitted it, nor paid by it. Approving again continues what was interrupted.
    Raises OwnRun, TransitionRefused, PeriodLocked.
    """
    start_approval(run=run, by=by, on=on, at=at)
    return continue_approval(run=run, at=at)


@transaction.atomic
def start_approval(*, run: UUID, by: Any, on: date, at: datetime) -> PayrollRun:
    """Decide the approval of a run; from here on it is carried through.

    Its entries are dated in its month; those of a correction in the first month from ``on`` that is open for pay.
    """
    found = lock_run(run)
    visibility.require(by, Subject.RUNS, "x", cooperative=found.cooperative_id)
    if found.approval_started_at is not None:
        return found
    _refuse_own(found, by)
    transitions.check(PayrollRun.MOVES, subject=subject_of(found), now=found.state, to=PayrollRun.State.APPROVED)
    if found.nature:
        refuse_second_posting(found)
    if found.nature or found.kind == PayrollRun.Kind.CORRECTION:
        refuse_blockers(found)
    if found.kind == PayrollRun.Kind.CORRECTION:
        found.posted_on = _first_open_day(found, on)
    else:
        month = Month.of(found.month)
        found.posted_on = min(max(on, month.first), month.last)
        periods.refuse_locked(found.cooperative, found.posted_on, *LOCKS)
    deductions.refuse_exhausted(found)
    recoveries.refuse_settled(found)
    deductions.refuse_outdated(found)
    found.approved_by, found.approval_started_at = by, at
    found.save(update_fields=["approved_by", "approval_started_at", "posted_on"])
    return found


def _first_open_day(run: PayrollRun, on: date) -> date:
    """Return a day, or the first day of the first month after it that is not locked. Raises BooksNotOpen."""
    day = on
    while True:
        try:
            periods.refuse_locked(run.cooperative, day, *LOCKS)
        except periods.PeriodLocked:
            day = Month.of(day).plus(1).first
        else:
            return day


def _refuse_own(run: PayrollRun, by: Any) -> None:
    paid = run.members.filter(contract__person__user=by.pk).exists()
    if by.pk in {run.prepared_by_id, run.submitted_by_id} or paid:
        raise OwnRun(
            subject=subject_of(run),
            reason=_("You are paid by this run.") if paid else _("You prepared or submitted this run yourself."),
            remedy=_("Ask another accountant of the cooperative to approve it."),
        )


def continue_approval(*, run: UUID, at: datetime) -> PayrollRun:
    """Post what is not yet posted of a run whose approval has begun, one short transaction per payslip, and end it.

    Two at once share the work: each payslip is posted under its lock, and at most once. A payslip that the books refuse
    leaves the others alone; its refusal is raised at the end.
    """
    refusal: Refused | None = None
    waiting = Payslip.objects.filter(
        member__run=run, state=Payslip.State.CALCULATED, member__run__approval_started_at__isnull=False
    )
    for payslip in waiting.order_by("pk").values_list("pk", flat=True):
        PayrollRun.objects.filter(pk=run).update(lease_until=Now() + LEASE)
        try:
            _post(payslip, at)
        except Refused as refused:
            refusal = refusal or refused
    _withdraw(run, at)
    if refusal is not None:
        raise refusal
    return _finish(run, at)


@transaction.atomic
def _post(pk: UUID, at: datetime) -> None:
    """Post one payslip: entry, open item, reservation released, advance held, document pending; then it is frozen.

    A correction first reverses the payslip that it replaces, and settles its quarter anew if that was settled.
    """
    payslip = (
        Payslip.objects.select_for_update(of=("self",))
        .select_related(
            "member__run__cooperative", "member__run__corrects__contract", "contract", "person", "cooperative"
        )
        .filter(pk=pk, state=Payslip.State.CALCULATED)
        .first()
    )
    if payslip is None:
        return
    run = payslip.member.run
    if run.posted_on is None:
        raise RuntimeError("a payslip is posted only after its run was approved")
    bearers = [(share.activity_id, share.weight) for share in payslip.shares.order_by("activity__code")]
    old = run.corrects
    touched = {activity for activity, _weight in bearers}
    if old is not None or payslip.nature:
        lock_contract(payslip.contract_id)
    if old is not None:
        ledger.lock_item(old.pk)
        deductions.lock_items(old)
        touched |= set(old.shares.values_list("activity", flat=True))
    lock_activities(frozenset(touched))
    already = _reverse(old, run, run.posted_on) if old is not None else ZERO
    figures = Figures.from_json(payslip.figures)
    pay = journal.result(figures)
    party = _party(payslip)
    coop = Activity.objects.get(cooperative=run.cooperative, kind=Activity.Kind.COOPERATIVE)
    lines = journal.for_payslip(
        pay, journal.shares(pay.costs, bearers), cooperative=coop.pk, party=party.pk, item=payslip.pk
    )
    lines += beside_journal.for_payment(
        figures, bearers, deductions.owed(payslip, run.posted_on), cooperative=coop.pk, party=party.pk, item=payslip.pk,
        recovered=recoveries.recovered(payslip),
    )  # fmt: skip
    with translation.override(run.cooperative.language):
        text = _text(payslip)
        advance = _("Structural reduction of %(month)s, quarter not yet settled") % {
            "month": formatting.month(payslip.month)
        }
    name = [str(Month.of(payslip.month)), payslip.contract.worker_number]
    if payslip.nature:
        name.append(payslip.nature.replace("_", "-"))
    if old is not None:
        name.append(f"correction-{run.sequence}")
    OpenItem.objects.create(
        id=payslip.pk, cooperative=run.cooperative, role="net_pay", party=party, source=SOURCE,
        reference=" ".join(name), issued_on=run.posted_on,
        due_on=_pay_day(run), net=payslip.to_pay - already, gross=payslip.to_pay - already,
    )  # fmt: skip
    payslip.entry = posting.post(
        cooperative=run.cooperative, journal="SAL", on=run.posted_on, text=text, source=SOURCE,
        source_key=str(payslip.pk), lines=lines, by=run.approved_by,
    )  # fmt: skip
    if old is not None and already:
        _carry(payslip, old, already, party)
    if payslip.order_id is not None:
        ledger.release(source=ORDER, source_key=str(payslip.order_id), on=run.posted_on)
    _hold_advance(payslip, bearers, run.posted_on, advance)
    payslip.document = documents.request_document(
        cooperative=run.cooperative, kind="payslip", subject=payslip.pk, language=payslip.person.language,
        filename=f"payslip-{'-'.join(name)}.pdf", at=at,
    )  # fmt: skip
    payslip.state, payslip.posted_on = Payslip.State.APPROVED, run.posted_on
    payslip.save(update_fields=["state", "posted_on", "entry", "document"])
    if old is not None or payslip.nature in PREMIUMS:
        settle_again(payslip.contract, Month.of(payslip.month), run.posted_on)


@transaction.atomic
def _withdraw(pk: UUID, at: datetime) -> None:
    """Reverse the payment that a run withdraws, and make its document; what was paid of it is owed by the member.

    What the payment used of the provisions is there again, and a premium counts in its quarter no more.
    """
    run = lock_run(pk)
    if not run.withdraws or run.approval_started_at is None or run.corrects is None or run.posted_on is None:
        return
    rows = Payslip.objects.select_for_update(of=("self",)).select_related("contract", "person", "cooperative")
    old = rows.get(pk=run.corrects.pk)
    if old.state != Payslip.State.APPROVED:
        return
    contract = lock_contract(old.contract_id)
    ledger.lock_item(old.pk)
    deductions.lock_items(old)
    lock_activities(frozenset(old.shares.values_list("activity", flat=True)))
    already = _reverse(old, run, run.posted_on)
    if already:
        _owe(run, old, already)
    name = f"{Month.of(old.month)}-{old.contract.worker_number}-{old.nature.replace('_', '-')}"
    documents.request_document(
        cooperative=run.cooperative, kind=withdrawals.KIND, subject=old.pk, language=old.person.language,
        filename=f"withdrawal-{name}.pdf", at=at, parameters={"paid": str(already)},
    )  # fmt: skip
    settle_again(contract, Month.of(old.month), run.posted_on)


def _text(payslip: Payslip) -> str:
    """Return the text of the entry of a payslip, in the language that is active."""
    number = payslip.contract.worker_number
    if payslip.nature:
        return _("%(payment)s, worker %(number)s") % {
            "payment": titled(payslip.nature, payslip.month),
            "number": number,
        }
    return _("Pay of %(month)s, worker %(number)s") % {"month": formatting.month(payslip.month), "number": number}


def _reverse(old: Payslip, run: PayrollRun, on: date) -> Decimal:
    """Post the opposite of a payslip that is corrected, and return what of it was already paid (EUR)."""
    if old.entry is None:
        raise RuntimeError("a payslip is corrected only after it was posted")
    with translation.override(run.cooperative.language):
        text = _("Pay of %(month)s, worker %(number)s, reversed to correct it") % {
            "month": formatting.month(old.month),
            "number": old.contract.worker_number,
        }
        if run.withdraws:
            text = _("%(payment)s, worker %(number)s, withdrawn: it was not due") % {
                "payment": titled(old.nature, old.month),
                "number": old.contract.worker_number,
            }
    posting.reverse(entry=old.entry, on=on, text=text, by=run.approved_by)
    ledger.release(source=ADVANCE, source_key=str(old.pk), on=on)
    old.state = Payslip.State.REVERSED
    old.save(update_fields=["state"])
    item = OpenItem.objects.get(pk=old.pk)
    return ledger_queries.residual(item)


def _carry(payslip: Payslip, old: Payslip, already: Decimal, party: Party) -> None:
    """Count what was paid of the payslip before on the one that replaces it: only the difference stays open."""
    run = payslip.member.run
    with translation.override(run.cooperative.language):
        text = _("Paid before the correction: %(month)s, worker %(number)s") % {
            "month": formatting.month(payslip.month),
            "number": payslip.contract.worker_number,
        }
    posting.post(
        cooperative=run.cooperative, journal="SAL", on=run.posted_on or run.month, text=text, source=CARRIED,
        source_key=str(payslip.pk), by=run.approved_by,
        lines=journal.for_carried(already, party=party.pk, old=old.pk, new=payslip.pk),
    )  # fmt: skip


def _owe(run: PayrollRun, old: Payslip, already: Decimal) -> None:
    """Count what was paid of a payment that is withdrawn on an open item of its own: the member owes it."""
    party, on = _party(old), run.posted_on or run.month
    OpenItem.objects.create(
        id=run.pk, cooperative=run.cooperative, role="net_pay", party=party, source=withdrawals.SOURCE,
        reference=f"{Month.of(old.month)} {old.contract.worker_number} {old.nature.replace('_', '-')} withdrawn",
        issued_on=on, due_on=on, net=-already, gross=-already,
    )  # fmt: skip
    with translation.override(run.cooperative.language):
        text = _("%(payment)s, worker %(number)s: paid and withdrawn, owed by the member") % {
            "payment": titled(old.nature, old.month),
            "number": old.contract.worker_number,
        }
    posting.post(
        cooperative=run.cooperative, journal="SAL", on=on, text=text, source=withdrawals.SOURCE, source_key=str(run.pk),
        by=run.approved_by, lines=journal.for_carried(already, party=party.pk, old=old.pk, new=run.pk),
    )  # fmt: skip


def _party(payslip: Payslip) -> Party:
    return pay_party(cooperative=payslip.cooperative, person=payslip.person)


def _pay_day(run: PayrollRun) -> date:
    month = Month.of(run.month)
    terms = EmployerTerms.objects.filter(cooperative=run.cooperative).on(month.last).first()
    return max(month.day(terms.pay_day) if terms else month.last, run.posted_on or month.first)


def _hold_advance(payslip: Payslip, bearers: list[Any], on: date, text: str) -> None:
    """Keep the reduction of months 1 and 2 out of the free balance; month 3 gives the remainder of a known quarter.

    A quarter with a social secretariat's result is settled in its results: nothing is kept, and what was kept is free.
    """
    month = Month.of(payslip.month)
    if secretariat_in_quarter(payslip.contract_id, month):
        release_advances(payslip.contract_id, month, on)
        return
    given = payslip.reduction + payslip.first_hire_reduction
    if month.place_in_quarter == 3 or given == ZERO or quarter_is_settled(payslip.contract_id, month):
        return
    parts = split(given, [weight for _activity, weight in bearers])
    for activity in Activity.objects.filter(pk__in=[pk for pk, _weight in bearers]):
        part = parts[[pk for pk, _weight in bearers].index(activity.pk)]
        if part:
            ledger.hold_advance(
                activity=activity, amount=part, source=ADVANCE, source_key=str(payslip.pk), text=text, on=on
            )


def _finish(run: UUID, at: datetime) -> PayrollRun:
    """Call a run approved when every payslip is posted; settle the quarter if its last day has come."""
    with transaction.atomic():
        found = lock_run(run)
        waiting = Payslip.objects.filter(member__run=found, state=Payslip.State.CALCULATED).exists()
        if found.withdraws and found.corrects is not None:
            waiting = found.corrects.state == Payslip.State.APPROVED
        if found.state != PayrollRun.State.SUBMITTED or found.approval_started_at is None or waiting:
            return found
        found.state, found.approved_at, found.lease_until = PayrollRun.State.APPROVED, at, None
        found.save(update_fields=["state", "approved_at", "lease_until"])
    month, day = Month.of(found.month), found.posted_on or found.month
    refresh_reserve_targets(cooperative=found.cooperative, on=day)
    if found.kind == PayrollRun.Kind.ORDINARY and month.place_in_quarter == 3 and day >= month.last:
        settle_quarter(cooperative=found.cooperative, last_month=month, on=day, at=at)
    return found


@transaction.atomic
def close_run(*, run: UUID, by: Any, at: datetime) -> PayrollRun:
    """Close an approved run; an ordinary one locks its month for pay, and what comes later goes to the first open month."""
    found = lock_run(run)
    visibility.require(by, Subject.RUNS, "x", cooperative=found.cooperative_id)
    transitions.check(PayrollRun.MOVES, subject=subject_of(found), now=found.state, to=PayrollRun.State.CLOSED)
    found.state, found.closed_at = PayrollRun.State.CLOSED, at
    found.save(update_fields=["state", "closed_at"])
    if found.kind == PayrollRun.Kind.ORDINARY:
        ledger.lock_period(
            cooperative=found.cooperative, month=Month.of(found.month), kind=PeriodLock.Kind.PAYROLL, by=by, at=at
        )
    return found


def interrupted_approvals(at: datetime) -> list[UUID]:
    """Return the runs whose approval has begun and that nobody is posting now."""
    return list(
        PayrollRun.objects.filter(
            Q(lease_until__isnull=True) | Q(lease_until__lt=at),
            state=PayrollRun.State.SUBMITTED,
            approval_started_at__isnull=False,
        )
        .order_by(F("approval_started_at"))
        .values_list("pk", flat=True)
    )
