"""Exceptional runs: a payment beside the month's pay for everybody to whom it is due, and its correction.

Calculation, check, approval and posting are those of every run (``runs``, ``approval``).
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from coop import transitions
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities import queries as periods
from coop.entities.models import Cooperative, PeriodLock
from coop.errors import Refused
from coop.money import exact
from coop.periods import Month
from payroll import beside_pay, exceptional_facts, facts, queries, unchanged
from payroll.engine.figures import Explained
from payroll.exceptional import Nature, titled
from payroll.models import GivenFacts, PayrollRun, Payslip, RunMember
from payroll.services import runs
from payroll.services.corrections import (
    CorrectionIncomplete,
    CorrectionUnderWay,
    NotCorrectable,
    NothingToCorrect,
    subject_of,
)

State = PayrollRun.State
FIELDS = {
    Nature.DOUBLE_HOLIDAY_PAY: ("months", "monthly_pay"),
    Nature.END_OF_YEAR_PREMIUM: ("months", "monthly_pay"),
    Nature.ANNUAL_PREMIUM: ("months", "monthly_pay"),
    Nature.EXIT_HOLIDAY_PAY: ("earned_this_year", "earned_before", "monthly_pay"),
}
"""What may be given in place of the records, by payment: nothing else enters its calculation."""


class Given(TypedDict, total=False):
    """What is given in place of the records; empty: as the records say. Amounts in EUR."""

    months: int | None
    monthly_pay: Decimal | None
    earned_this_year: Decimal | None
    earned_before: Decimal | None


class NobodyEntitled(Refused):
    """An exceptional run was opened for a payment that is due to nobody in the month."""


class NotGivable(Refused):
    """Something was given that the payment does not rest on, that cannot be, or without a reason."""


class LastMember(Refused):
    """The last member of an exceptional run was to be left out."""


@transaction.atomic
def open_exceptional_run(*, cooperative: Cooperative, nature: str, month: Month, at: datetime, by: Any) -> PayrollRun:
    """Open the run of a payment with a row for everybody to whom it is due, or return the one that is being prepared.

    Who has the payment this year already gets no row. Raises TermsMissing, LawMissing, PeriodLocked, NobodyEntitled.
    """
    visibility.require(by, Subject.RUNS, "w", cooperative=cooperative.pk)
    Cooperative.objects.select_for_update(no_key=True).get(pk=cooperative.pk)
    key = {"cooperative": cooperative, "month": month.first, "kind": PayrollRun.Kind.EXCEPTIONAL}
    before = PayrollRun.objects.filter(**key)
    found = before.filter(nature=nature, state__in=[State.OPEN, State.CALCULATED]).select_related("cooperative").first()
    if found is not None:
        return found
    facts.employer_terms(cooperative, month.last)
    periods.refuse_locked(cooperative, month.last, PeriodLock.Kind.PAYROLL, PeriodLock.Kind.YEAR)
    contracts = exceptional_facts.entitled(cooperative, nature, month)
    if not contracts:
        raise NobodyEntitled(
            subject=f"{titled(nature, month)}, {cooperative}",
            reason=_("By the contracts it is due to nobody in this month, or everybody has it this year already."),
            remedy=_("Choose another month, or record the contracts first."),
            field="month",
        )
    sequence = (before.aggregate(last=Max("sequence"))["last"] or 0) + 1
    run = PayrollRun.objects.create(**key, nature=nature, sequence=sequence, opened_at=at, prepared_by=by)
    RunMember.objects.bulk_create([RunMember(run=run, contract_id=pk) for pk in contracts])
    return run


# --- members ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def give_facts(*, member: UUID, reason: str, by: Any, at: datetime, **given: Unpack[Given]) -> RunMember:
    """Keep what the payroll officer knows of a member better than the records, and calculate the member again.

    What is left empty is as the records say; nothing given takes back what was. Raises NotGivable, TransitionRefused.
    """
    row = _row(member, by)
    values = _checked(row, reason, given)
    if values:
        kept = dict.fromkeys(("months", *GivenFacts.AMOUNTS)) | values
        GivenFacts.objects.update_or_create(
            member=row, defaults={**kept, "reason": reason.strip(), "given_by": by, "given_at": at}
        )
    else:
        GivenFacts.objects.filter(member=row).delete()
    return _again(row, by)


@transaction.atomic
def leave_out(*, member: UUID, reason: str, by: Any, at: datetime) -> RunMember:
    """Leave a member out of an exceptional run that is not yet submitted, and say why. Raises NotGivable, LastMember."""
    row = _row(member, by)
    if not reason.strip():
        raise _no_reason(row)
    if not row.run.members.exclude(pk=row.pk).exclude(state=RunMember.State.OUT).exists():
        raise LastMember(
            subject=str(row.contract.person),
            reason=_("Nobody would be left in this run."),
            remedy=_("Cancel the run instead."),
        )
    Payslip.objects.filter(member=row).delete()
    row.state, row.failure, row.lease_until, row.checked_note = RunMember.State.OUT, None, None, reason.strip()
    row.save(update_fields=["state", "failure", "lease_until", "checked_note"])
    runs.finish_calculation(run=row.run_id, at=at)
    return row


@transaction.atomic
def take_in(*, member: UUID, by: Any) -> RunMember:
    """Take a member who was left out in again, and calculate the payment."""
    return _again(_row(member, by), by)


def _row(member: UUID, by: Any) -> RunMember:
    """Lock the run of a member and return its row. Raises TransitionRefused once the run is submitted."""
    run = runs.lock_run(RunMember.objects.values_list("run", flat=True).get(pk=member))
    visibility.require(by, Subject.RUNS, "w", cooperative=run.cooperative_id)
    if run.state != State.OPEN:
        transitions.check(PayrollRun.MOVES, subject=runs.subject_of(run), now=run.state, to=State.OPEN)
    row = RunMember.objects.select_for_update(of=("self",)).select_related("run", "contract__person").get(pk=member)
    if run.kind != PayrollRun.Kind.EXCEPTIONAL:
        raise NotGivable(
            subject=str(row.contract.person),
            reason=_("Only an exceptional run has facts that are given on its rows."),
            remedy=_("Correct the order, the contract or the family situation; cancel a correction that is wrong."),
        )
    return row


def _again(row: RunMember, by: Any) -> RunMember:
    row.state, row.failure, row.checked_note = RunMember.State.TODO, None, ""
    row.save(update_fields=["state", "failure", "checked_note"])
    runs.recalculate(run=row.run_id, by=by, members=[row.pk])
    return row


def _checked(row: RunMember, reason: str, given: Given) -> dict[str, Any]:
    """Return what is given, without what is empty. Raises NotGivable."""
    values: dict[str, Any] = {
        name: exact(value) if isinstance(value, Decimal) else value
        for name, value in given.items()
        if value is not None
    }
    for name in values:
        if name not in FIELDS[Nature(row.run.nature)]:
            raise NotGivable(
                subject=str(row.contract.person),
                reason=_("This payment does not rest on that."),
                remedy=_("Leave it empty."),
                field=name,
            )
    if "months" in values and not 1 <= values["months"] <= 12:
        raise NotGivable(
            subject=str(row.contract.person),
            reason=_("The months counted do not lie between 1 and 12."),
            remedy=_("Give the months that count, or leave the member out."),
            field="months",
        )
    if values and not reason.strip():
        raise _no_reason(row)
    return values


def _no_reason(row: RunMember) -> NotGivable:
    return NotGivable(
        subject=str(row.contract.person),
        reason=_("There is no reason."),
        remedy=_("Say why; whoever approves the run reads it."),
        field="reason",
    )


# --- corrections ------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_exceptional_correction(
    *, payslip: UUID, reason: str, by: Any, at: datetime, **given: Unpack[Given]
) -> PayrollRun:
    """Open and calculate the correction of an approved payment beside pay, or return the same one that is already open.

    What is given holds in place of the records; for the rest the records of now hold, under the law of its month.
    What would be withheld otherwise is a change too. Raises NotCorrectable, CorrectionUnderWay, CorrectionIncomplete,
    NothingToCorrect, NotGivable.
    """
    old = lock_corrected(payslip=payslip, by=by)
    if (found := queries.correction_under_way(old)) is not None:
        if not found.withdraws and found.reason == reason.strip() and _same(found, given):
            return found
        raise under_way(old)
    refuse_uncorrectable(old, reason=reason)
    return _open(old, reason.strip(), given, by, at)


def lock_corrected(*, payslip: UUID, by: Any) -> Payslip:
    """Return a payslip that is to be corrected, as it is now; its cooperative stays locked: one correction at a time."""
    old: Payslip = Payslip.objects.select_related("cooperative", "contract__person", "person").get(pk=payslip)
    visibility.require(by, Subject.RUNS, "w", cooperative=old.cooperative_id)
    Cooperative.objects.select_for_update(no_key=True).get(pk=old.cooperative_id)
    old.refresh_from_db(fields=["state"])
    return old


def under_way(old: Payslip) -> CorrectionUnderWay:
    """Say that another correction of a payslip is not over."""
    return CorrectionUnderWay(
        subject=subject_of(old),
        reason=_("A correction of this payslip is already under way."),
        remedy=_("Open that correction; cancel it first if its amounts are wrong."),
    )


def refuse_uncorrectable(old: Payslip, *, reason: str) -> None:
    """Raise NotCorrectable for a payslip that does not count, CorrectionIncomplete without a reason."""
    if old.state != Payslip.State.APPROVED:
        raise NotCorrectable(
            subject=subject_of(old),
            reason=_("Only an approved payslip that still counts can be corrected."),
            remedy=_("Correct the payslip that replaced this one."),
        )
    if not reason.strip():
        raise CorrectionIncomplete(
            subject=subject_of(old),
            reason=_("There is no reason."),
            remedy=_("Say why the payslip was wrong; the member and the person who approves read it."),
            field="reason",
        )


def _same(run: PayrollRun, given: Given) -> bool:
    kept = GivenFacts.objects.filter(member__run=run).first()
    return all((getattr(kept, name) if kept else None) == value for name, value in given.items())


def _open(old: Payslip, reason: str, given: Given, by: Any, at: datetime) -> PayrollRun:
    key = {"cooperative": old.cooperative, "month": old.month, "kind": PayrollRun.Kind.CORRECTION}
    last = PayrollRun.objects.filter(**key).aggregate(last=Max("sequence"))["last"] or 0
    run = PayrollRun.objects.create(
        **key, nature=old.nature, sequence=last + 1, corrects=old, reason=reason, opened_at=at, prepared_by=by
    )
    row = RunMember.objects.create(run=run, contract=old.contract)
    values = _checked(row, reason, given)
    if values:
        GivenFacts.objects.create(member=row, reason=reason, given_by=by, given_at=at, **values)
    _refuse_unchanged(old, run, row)
    runs.calculate_members(run=run.pk, at=at)
    run.refresh_from_db()
    return run


def _refuse_unchanged(old: Payslip, run: PayrollRun, row: RunMember) -> None:
    basis = exceptional_facts.bases(run, [row])[row.pk]
    if isinstance(basis, Refused):
        raise basis
    now: Explained = exceptional_facts.payment(basis)
    beside = beside_pay.beside(old.contract_id, Month.of(old.month), without=old.pk).of_exceptional_payment()
    if beside is not None:
        now = beside_pay.paid(beside, now)
    withheld = beside_pay.withheld(beside, now) if beside is not None else []
    if unchanged.pays_the_same(old, now=now, withheld=withheld, bearers=basis.bearers):
        raise NothingToCorrect(
            subject=subject_of(old),
            reason=_("With what is given and the facts on file nothing changes."),
            remedy=_("Change what was counted; a contract or a family situation is recorded first."),
        )
