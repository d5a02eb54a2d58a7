"""Days: entered by the member, corrected by the payroll officer, closed with the pay of their month."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from coop import formatting
from coop.access import visibility
from coop.access.predicates import Subject
from coop.errors import Refused
from coop.money import ZERO
from coop.periods import Month
from members.models import EmploymentContract
from payroll import absences, worktime
from payroll.absences import Kind, Part, Parts
from payroll.models import PayrollRun, Payslip, RunMember, WorkDay

LONGEST = timedelta(days=366)
PREPARED = [PayrollRun.State.OPEN, PayrollRun.State.CALCULATED]
SHORT_CONTRACT = timedelta(days=89)
"""A fixed term of less than three months: its sickness follows article 71 of the law of 1978, which is not here."""
HOLIDAYS_KEPT = timedelta(days=14)
"""How long a public holiday stays paid after the begin of leave that is not: royal decree of 18 April 1974, article 13."""


class MonthClosed(Refused):
    """A day was to change whose month is being approved or was paid."""


class DaysBackwards(Refused):
    """Days were entered whose end lies before their begin, or more than a year of them."""


class OutsideContract(Refused):
    """Days were entered on which there is no contract, or none of whose days is usually worked."""


class TooManyHours(Refused):
    """Hours were entered that a day or a month does not have."""


class SicknessNotCovered(Refused):
    """Sickness was entered under a contract whose guaranteed pay follows other rules."""


class NotForMembers(Refused):
    """A member entered what the payroll officer decides after seeing a certificate."""


@transaction.atomic
def enter_days(
    *, contract: UUID, first: date, last: date, kind: Kind, hours: Decimal | None, by: Any, at: datetime
) -> Sequence[WorkDay]:
    """Enter what the days from ``first`` to ``last`` were: the days that are usually worked, and a single day whatever it is.

    Without ``hours``, the whole usual day; it replaces what was entered. Fewer hours stand beside the day's other kinds.
    Public holidays in between stay what they are, but for sickness, and for leave not paid from its fifteenth day on.
    Pay that is being prepared is calculated again. Raises MonthClosed, DaysBackwards, OutsideContract, TooManyHours,
    SicknessNotCovered, NotForMembers; PermissionDenied.
    """
    found = _lock(contract, first, last, by)
    _refuse_kind(found, kind, by)
    record = worktime.record(contract, first, last + timedelta(days=1))
    days = _days(record, first, last, kind)
    wanted = {on: _parts(record, on, kind, hours) for on in days}
    _refuse_full_months(record, wanted)
    rows = _write(found, wanted, by, at)
    recalculate_days(found, days)
    return rows


@transaction.atomic
def clear_days(*, contract: UUID, first: date, last: date, by: Any, at: datetime) -> int:
    """Take back what was entered of the days from ``first`` to ``last``: they are as usual again; return how many were.

    Raises MonthClosed, DaysBackwards; PermissionDenied.
    """
    found = _lock(contract, first, last, by)
    rows = WorkDay.objects.filter(contract=found, day__gte=first, day__lte=last)
    days = list(rows.values_list("day", flat=True))
    rows.delete()
    recalculate_days(found, days)
    return len(days)


# --- permission, lock, state ------------------------------------------------------------------------------------------


def _lock(pk: UUID, first: date, last: date, by: Any) -> EmploymentContract:
    """Check the right, lock the runs of the months and then the contract, and see that the months are open."""
    contract: EmploymentContract = EmploymentContract.objects.select_related("person", "cooperative").get(pk=pk)
    officer = visibility.may(by, Subject.RUNS, "w", cooperative=contract.cooperative_id)
    if not officer and contract.person.user_id != by.pk:
        raise PermissionDenied("days of others")
    if last < first or last - first >= LONGEST:
        raise DaysBackwards(
            subject=str(contract.person),
            reason=_("From %(first)s to %(last)s is not a stretch of at most a year that ends after it begins.")
            % {"first": formatting.day(first), "last": formatting.day(last)},
            remedy=_("Correct the first or the last day."),
            field="last",
        )
    months = list(Month.of(first).until(Month.of(last)))
    runs = PayrollRun.objects.filter(
        cooperative=contract.cooperative_id, month__in=[month.first for month in months]
    ).exclude(state=PayrollRun.State.CANCELLED)
    locked = list(runs.select_for_update(of=("self",)).select_related("corrects").order_by("pk"))
    EmploymentContract.objects.select_for_update(no_key=True).get(pk=pk)
    for month in months:
        _refuse_closed(contract, month, locked, officer=officer)
    return contract


def _refuse_closed(contract: EmploymentContract, month: Month, runs: Iterable[PayrollRun], *, officer: bool) -> None:
    mine = [run for run in runs if run.month == month.first]
    ordinary = next((run for run in mine if run.kind == PayrollRun.Kind.ORDINARY), None)
    if ordinary is None or ordinary.state in PREPARED:
        return
    corrected = any(
        run.corrects is not None
        and run.corrects.contract_id == contract.pk
        and not run.corrects.nature
        and run.state in PREPARED
        for run in mine
    )
    if corrected and officer:
        return
    raise closed(contract, month, ordinary, officer=officer)


def closed(contract: EmploymentContract, month: Month, run: PayrollRun, *, officer: bool) -> MonthClosed:
    """Say why the days of a month can no longer change, and who changes them how."""
    values = {"month": formatting.month(month)}
    subject = _("Days of %(person)s, %(month)s") % {"person": contract.person, **values}
    if run.state == PayrollRun.State.SUBMITTED:
        return MonthClosed(
            subject=subject,
            reason=_("The pay of %(month)s is waiting for approval.") % values,
            remedy=_("Take the payroll run back first; then change the days and calculate again.")
            if officer
            else _("Ask the payroll officer, who can still take the payroll run back."),
            field="first",
        )
    return MonthClosed(
        subject=subject,
        reason=_("The pay of %(month)s is approved.") % values,
        remedy=_("Open a correction of the payslip: a later change is a correction run; while it is prepared the days can be changed.")
        if officer
        else _("Tell the payroll officer what was different: a later change is a correction run, with a new payslip."),
        field="first",
    )  # fmt: skip


def closing_run(contract: EmploymentContract, month: Month) -> PayrollRun | None:
    """Return the payroll run that closes the days of a month, if it does; a correction under way opens them to the officer."""
    runs = PayrollRun.objects.filter(cooperative=contract.cooperative_id, month=month.first)
    return (
        runs.filter(kind=PayrollRun.Kind.ORDINARY)
        .exclude(state__in=[*PREPARED, PayrollRun.State.CANCELLED])
        .select_related("cooperative")
        .first()
    )


def is_corrected(contract: EmploymentContract, month: Month) -> bool:
    """Tell whether the payslip of a month is being corrected, so that the officer can change its days."""
    return PayrollRun.objects.filter(
        corrects__contract=contract,
        corrects__nature="",
        month=month.first,
        kind=PayrollRun.Kind.CORRECTION,
        state__in=PREPARED,
    ).exists()


# --- what is refused --------------------------------------------------------------------------------------------------


def _refuse_kind(contract: EmploymentContract, kind: Kind, by: Any) -> None:
    officer = visibility.may(by, Subject.RUNS, "w", cooperative=contract.cooperative_id)
    if kind == Kind.SICKNESS_NEW and not officer:
        raise NotForMembers(
            subject=str(contract.person),
            reason=_("Whether it is another illness is decided by a medical certificate."),
            remedy=_("Enter sickness, and give the certificate to the payroll officer, who records it."),
            field="kind",
        )
    until = contract.valid_until
    fixed = contract.kind == EmploymentContract.Kind.FIXED_TERM
    if kind in absences.SICK and fixed and until is not None and until - contract.valid_from < SHORT_CONTRACT:
        raise SicknessNotCovered(
            subject=str(contract.person),
            reason=_(
                "Contract %(number)s is for less than three months: its guaranteed pay follows article 71, which is not "
                "calculated here."
            )
            % {"number": contract.worker_number},
            remedy=_(
                "The payroll officer enters the days that are paid as another paid absence, and the others as unpaid leave."
            ),
            field="kind",
        )


def _days(record: worktime.Record, first: date, last: date, kind: Kind) -> list[date]:
    """Return the days that an entry is about, all of them under the contract."""
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if outside := [on for on in every if record.version(on) is None]:
        raise OutsideContract(
            subject=str(record.contract.person),
            reason=_("On %(day)s there is no contract with %(cooperative)s.")
            % {"day": formatting.day(outside[0]), "cooperative": record.contract.cooperative.name},
            remedy=_("Enter days of the contract only; the payroll officer records a contract that is missing."),
            field="first" if outside[0] == first else "last",
        )
    if len(every) == 1:
        return every
    usual = [on for on in every if record.usual(on) and _covers(record, on, first, kind)]
    if not usual:
        raise OutsideContract(
            subject=str(record.contract.person),
            reason=_("From %(first)s to %(last)s there is no day that is usually worked.")
            % {"first": formatting.day(first), "last": formatting.day(last)},
            remedy=_("Choose other days, or enter a single day."),
            field="first",
        )
    return usual


def _covers(record: worktime.Record, on: date, first: date, kind: Kind) -> bool:
    """Tell whether an entry over several days covers one of them: public holidays stay, as long as they stay paid."""
    if record.holiday(on) is None or kind in {Kind.PUBLIC_HOLIDAY, Kind.SICKNESS, Kind.SICKNESS_NEW}:
        return True
    return kind in absences.NEVER_PAID and on - first >= HOLIDAYS_KEPT


def _parts(record: worktime.Record, on: date, kind: Kind, hours: Decimal | None) -> Parts:
    """Return what a day is with the entry: alone when it takes the whole day, else beside the other kinds of the day."""
    usual = record.usual(on)
    taken = usual if hours is None else hours
    if taken <= 0:
        raise _too_many(
            record, on, "hours",
            _("%(day)s has no usual hours, and none were given above zero.") % {"day": formatting.day(on)}
            if hours is None
            else _("%(hours)s hours on %(day)s are not above zero.")
            % {"hours": formatting.quantity(taken), "day": formatting.day(on)},
            _("Give the hours of that day."),
        )  # fmt: skip
    if taken > absences.DAY_HOURS:
        raise _too_many(
            record, on, "hours",
            _("%(day)s has no %(hours)s hours.") % {"day": formatting.day(on), "hours": formatting.quantity(taken)},
            _("Give the hours of that day, at most 24."),
        )  # fmt: skip
    others = [part for part in record.entries.get(on, ()) if part.kind != kind] if hours is not None else []
    if hours is not None and hours == usual:
        others = []
    parts = (*others, Part(kind, taken))
    if any(part.kind != Kind.WORK for part in parts):
        whole = sum((part.hours for part in parts), ZERO)
        if whole > usual:
            raise _too_many(
                record, on, "hours",
                _("%(kinds)s make %(hours)s hours on %(day)s, of which %(usual)s are usually worked.")
                % {
                    "kinds": ", ".join(str(absences.LABELS[part.kind]) for part in parts),
                    "hours": formatting.quantity(whole),
                    "day": formatting.day(on),
                    "usual": formatting.quantity(usual),
                },
                _("Give fewer hours, or make the day as usual first and enter it again."),
            )  # fmt: skip
    return parts


def _too_many(record: worktime.Record, on: date, field: str, reason: str, remedy: str) -> TooManyHours:
    return TooManyHours(
        subject=_("%(person)s, %(day)s") % {"person": record.contract.person, "day": formatting.day(on)},
        reason=reason,
        remedy=remedy,
        field=field,
    )


def _refuse_full_months(record: worktime.Record, wanted: dict[date, Parts]) -> None:
    """Raise TooManyHours when a month would hold more than the hours of a full-time worker."""
    for month in sorted({Month.of(on) for on in wanted}):
        first, until = month.first, month.plus(1).first
        version = next((found for on in wanted if Month.of(on) == month and (found := record.version(on))), None)
        if version is None:
            continue
        full = version.full_time_hours / absences.WORKING_WEEK * worktime.working_days(first, until)
        whole = ZERO
        for one in worktime.Record(
            record.contract, record.versions, record.weeks, {**record.entries, **wanted}, record.chosen
        ).days(first, until):
            whole += one.hours
        added = any(part.kind == Kind.WORK for on in wanted if Month.of(on) == month for part in wanted[on])
        if added and whole > full:
            raise TooManyHours(
                subject=_("%(person)s, %(month)s")
                % {"person": record.contract.person, "month": formatting.month(month)},
                reason=_("The month would hold %(hours)s hours; a full-time worker has %(full)s.")
                % {"hours": formatting.quantity(whole), "full": formatting.quantity(full)},
                remedy=_("Give fewer hours. Overtime is not paid by these days: speak with the payroll officer."),
                field="hours",
            )


# --- write ------------------------------------------------------------------------------------------------------------


def _write(contract: EmploymentContract, wanted: dict[date, Parts], by: Any, at: datetime) -> list[WorkDay]:
    there = {row.day: row for row in WorkDay.objects.filter(contract=contract, day__in=list(wanted))}
    rows = []
    for on, parts in wanted.items():
        row = there.get(on) or WorkDay(contract=contract, day=on)
        row.parts, row.hours = absences.written(parts), sum((part.hours for part in parts), ZERO)
        row.entered_by, row.entered_at = by, at
        row.save()
        rows.append(row)
    return rows


def recalculate_days(contract: EmploymentContract, days: Iterable[date]) -> None:
    """Make the payslip due again in the runs that are prepared: taken out when nothing is paid, put back when something is."""
    for month in sorted({Month.of(on) for on in days}):
        runs = list(
            PayrollRun.objects.filter(
                cooperative=contract.cooperative_id, month=month.first, state__in=PREPARED
            ).exclude(kind=PayrollRun.Kind.EXCEPTIONAL)
        )
        away = bool(worktime.away([contract.pk], month))
        for run in runs:
            mine = RunMember.objects.filter(run=run, contract=contract)
            if run.kind == PayrollRun.Kind.ORDINARY and away:
                Payslip.objects.filter(member__in=mine, state=Payslip.State.CALCULATED).delete()
                mine.delete()
                continue
            if run.kind == PayrollRun.Kind.ORDINARY and not mine.exists():
                RunMember.objects.create(run=run, contract=contract)
            changed = mine.update(state=RunMember.State.TODO, failure=None, lease_until=None)
            if changed and run.state == PayrollRun.State.CALCULATED:
                PayrollRun.objects.filter(pk=run.pk).update(state=PayrollRun.State.OPEN)
