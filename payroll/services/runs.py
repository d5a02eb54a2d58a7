"""The run of a month: opened once, calculated member by member, checked, submitted, taken back, cancelled.

The rows are the work: a member that is to do carries no payslip that counts. Tasks only wake this module; a second start
continues and never doubles, since every member has one row, claimed with a lease and written under its lock.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _

from coop import formatting, transitions
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities import queries as periods
from coop.entities.models import Cooperative, PeriodLock
from coop.errors import Refused
from coop.money import ZERO
from coop.periods import Month
from payroll import (
    beside_journal,
    beside_pay,
    engine,
    exceptional,
    exceptional_facts,
    facts,
    journal,
    pricing,
    unchanged,
    worktime,
)
from payroll.beside_models import Withheld
from payroll.models import PayrollRun, Payslip, PayslipShare, Performance, RunMember, SalaryOrder
from payroll.secretariat import queries as secretariat
from payroll.services import results
from payroll.services.exceptional_rows import rows_of
from payroll.services.orders import approved_orders
from payroll.services.targets import refresh_reserve_targets

logger = logging.getLogger("payroll.runs")

CHUNK = 20
LEASE = timedelta(seconds=5)
Failure = dict[str, dict[str, str]]
Basis: TypeAlias = facts.Basis | exceptional_facts.ExceptionalBasis
Computed: TypeAlias = engine.Payslip | engine.ExceptionalPayslip


class NobodyToPay(Refused):
    """A run was opened for a month in which nobody has a contract."""


class RunBlocked(Refused):
    """A run was submitted while something stands in its way."""


class ApprovalBegan(Refused):
    """A run was to be undone whose approval has begun: it is carried through, then only reversed."""


def subject_of(run: PayrollRun) -> str:
    """Return what people call a run."""
    if run.kind == PayrollRun.Kind.EXCEPTIONAL:
        return f"{exceptional.titled(run.nature, run.month)}, {run.cooperative}"
    if run.kind == PayrollRun.Kind.CORRECTION:
        return _("Correction of pay, %(cooperative)s, %(month)s") % {
            "cooperative": run.cooperative,
            "month": formatting.month(run.month),
        }
    return _("Payroll of %(cooperative)s, %(month)s") % {
        "cooperative": run.cooperative,
        "month": formatting.month(run.month),
    }


def lock_run(run: UUID) -> PayrollRun:
    """Lock the row of a run."""
    return PayrollRun.objects.select_for_update(of=("self",)).select_related("cooperative").get(pk=run)


# --- open -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_run(*, cooperative: Cooperative, month: Month, on: date, at: datetime, by: Any = None) -> PayrollRun:
    """Open the ordinary run of a month with a row per member, or return the one that is there: two starts, one run.

    ``by`` is empty when it opens by itself on the cut-off day. Raises TermsMissing, LawMissing, PeriodLocked, NobodyToPay.
    """
    if by is not None:
        visibility.require(by, Subject.RUNS, "w", cooperative=cooperative.pk)
    found = _current(cooperative, month)
    if found is not None:
        return found
    facts.employer_terms(cooperative, month.last)
    facts.require_law(month)
    periods.refuse_locked(cooperative, month.last, PeriodLock.Kind.PAYROLL, PeriodLock.Kind.YEAR)
    contracts = facts.contracts_to_pay(cooperative, month)
    if not contracts:
        raise NobodyToPay(
            subject=_("Payroll of %(cooperative)s, %(month)s")
            % {"cooperative": cooperative, "month": formatting.month(month)},
            reason=_("Nobody has an employment contract in this month."),
            remedy=_("Record the contracts first, or choose another month."),
        )
    run = PayrollRun(id=uuid4(), cooperative=cooperative, month=month.first, opened_at=at, prepared_by=by)
    PayrollRun.objects.bulk_create([run], ignore_conflicts=True)  # the second of two waits here, and adds nothing
    found = _current(cooperative, month)
    if found is None:
        raise RuntimeError("a run that was just opened is not there")
    if found.pk == run.pk:
        _add_members(run, contracts)
        refresh_reserve_targets(cooperative=cooperative, on=on)
    return found


def _current(cooperative: Cooperative, month: Month) -> PayrollRun | None:
    return (
        PayrollRun.objects.select_related("cooperative")
        .filter(cooperative=cooperative, month=month.first, kind=PayrollRun.Kind.ORDINARY)
        .exclude(state=PayrollRun.State.CANCELLED)
        .first()
    )


def _add_members(run: PayrollRun, contracts: Iterable[UUID]) -> None:
    RunMember.objects.bulk_create([RunMember(run=run, contract_id=pk) for pk in contracts], ignore_conflicts=True)


# --- calculate --------------------------------------------------------------------------------------------------------


@transaction.atomic
def calculate_run(*, run: UUID) -> int:
    """See that every member of the month has a row, and wake the worker for what is to do; return how many that is.

    A second start continues. A run in which nothing is to do becomes calculated.
    """
    found = lock_run(run)
    if found.state == PayrollRun.State.OPEN and found.kind == PayrollRun.Kind.ORDINARY:
        _add_members(found, facts.contracts_to_pay(found.cooperative, Month.of(found.month)))
    todo = list(found.members.filter(state=RunMember.State.TODO).order_by("pk").values_list("pk", flat=True))
    if todo:
        wake(found.pk, todo)
    return len(todo)


def wake(run: UUID, members: Sequence[UUID]) -> None:
    """Ask the worker, after the commit, to calculate members in chunks. A lost message costs nothing: the sweeper asks again."""
    from payroll import tasks

    for start in range(0, len(members), CHUNK):
        ids = [str(pk) for pk in members[start : start + CHUNK]]
        tasks.calculate_chunk.delay_on_commit(run=str(run), members=ids)


def calculate_members(*, run: UUID, at: datetime, members: Sequence[UUID] | None = None) -> int:
    """Claim members of a run that are to do and nobody is working on, and calculate them; return how many were claimed.

    The results of a claim are written in one short transaction. Somebody whose pay cannot be calculated is named on the
    run with reason and remedy, and stops nobody else. When nothing is to do any more, the run is calculated. Of a run that
    withdraws a payment there is nothing to calculate.
    """
    claimed = _claim(run, at, members)
    if claimed and claimed[0].run.withdraws:
        RunMember.objects.filter(pk__in=[one.pk for one in claimed], state=RunMember.State.TODO).update(
            state=RunMember.State.DONE, lease_until=None
        )
    elif claimed:
        month = Month.of(claimed[0].run.month)
        found, orders = _bases(claimed[0].run, claimed), approved_orders(claimed[0].run.cooperative_id, month)
        besides = _besides(claimed[0].run, claimed)
        _keep([_result(one, found[one.pk], besides.get(one.pk), orders.get(one.contract_id)) for one in claimed], at)
    finish_calculation(run=run, at=at)
    return len(claimed)


def _bases(run: PayrollRun, members: Sequence[RunMember]) -> dict[UUID, Basis | Refused]:
    """Return, per member of a run, what its payslip rests on, or why there can be none."""
    if run.nature:
        return {**exceptional_facts.bases(run, members)}
    found = facts.bases([one.contract_id for one in members], Month.of(run.month))
    return {one.pk: found[one.contract_id] for one in members}


def _besides(run: PayrollRun, members: Sequence[RunMember]) -> dict[UUID, beside_pay.Beside | Refused]:
    """Return, per member of a run, what stands between its net and its payment; of a payment beside pay, if anything."""
    contracts = [one.contract_id for one in members]
    found = beside_pay.besides(contracts, Month.of(run.month), without=run.corrects_id)
    result: dict[UUID, beside_pay.Beside | Refused] = {}
    for one in members:
        beside: beside_pay.Beside | Refused | None = found[one.contract_id]
        if run.nature and isinstance(beside, beside_pay.Beside):
            beside = beside.of_exceptional_payment()
        if beside is not None:
            result[one.pk] = beside
    return result


@transaction.atomic
def _claim(run: UUID, at: datetime, members: Sequence[UUID] | None) -> list[RunMember]:
    rows = RunMember.objects.filter(run=run, state=RunMember.State.TODO, run__state=PayrollRun.State.OPEN)
    rows = rows.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=Now()))
    if members is not None:
        rows = rows.filter(pk__in=members)
    claimed = list(
        rows.select_for_update(skip_locked=True, of=("self",))
        .select_related("run", "contract__person")
        .order_by("pk")[:CHUNK]
    )
    _renew([one.pk for one in claimed])
    return claimed


def _renew(members: Sequence[UUID]) -> None:
    """Hold the members for a few seconds of the database's clock; a worker that dies lets them go."""
    if members:
        RunMember.objects.filter(pk__in=members, state=RunMember.State.TODO).update(lease_until=Now() + LEASE)


@dataclass(frozen=True)
class _Result:
    """What came of one member: a payslip with what it rests on, or why there is none."""

    member: RunMember
    order: SalaryOrder | None = None
    basis: Basis | None = None
    beside: beside_pay.Beside | None = None
    computed: Computed | None = None
    failure: Failure | None = None


def _result(
    member: RunMember,
    basis: Basis | Refused,
    beside: beside_pay.Beside | Refused | None,
    order: SalaryOrder | None,
) -> _Result:
    """Work out the payslip of one member, from the gross to the amount to pay, or why there is none."""
    try:
        if isinstance(basis, Refused):
            raise basis
        if isinstance(beside, Refused):
            raise beside
        if isinstance(basis, exceptional_facts.ExceptionalBasis):
            payment = exceptional_facts.payment(basis)
            return _Result(member, None, basis, beside, beside_pay.paid(beside, payment) if beside else payment)
        if beside is None:
            raise RuntimeError("what stands beside the month's pay is read with its basis")
        due, gross = _due(member.run, basis, order)
        return _Result(member, order, due, beside, beside_pay.paid(beside, pricing.payslip(due, gross)))
    except Refused as refused:
        return _Result(member, failure=in_every_language(refused, lambda: _refusal_again(member, order)))
    except Exception:
        return _Result(member, failure=_fault(member))


def _due(run: PayrollRun, basis: facts.Basis, order: SalaryOrder | None) -> tuple[facts.Basis, Decimal]:
    """Return basis and gross (EUR) of a payslip: as a correction says; else what was ordered, at least the contract."""
    if run.due_gross is not None and run.due_hours is not None:
        return basis.with_hours(run.due_hours), run.due_gross
    return basis, max(basis.contract_gross, order.gross or ZERO) if order else basis.contract_gross


def _fault(member: RunMember) -> Failure:
    """Log the exception that is being handled, and return what people read of it."""
    reference = uuid4().hex[:8].upper()
    logger.exception("payslip of member %s failed, reference %s", member.pk, reference)
    return in_every_language(None, lambda: _unexpected(member, reference))


def _keep(results: Sequence[_Result], at: datetime) -> None:
    """Write results together; when the database refuses one of them, each alone, so that it stops nobody else."""
    try:
        _store(results, at)
    except Exception:
        for one in results:
            try:
                _store([one], at)
            except Exception:
                _store([_Result(one.member, failure=_fault(one.member))], at)


def _refusal_again(member: RunMember, order: SalaryOrder | None) -> Refused | None:
    """Ask for the same refusal in the language that is active now."""
    try:
        basis = _bases(member.run, [member])[member.pk]
        if isinstance(basis, Refused):
            return basis
        beside = _besides(member.run, [member]).get(member.pk)
        if isinstance(beside, Refused):
            return beside
        if isinstance(basis, exceptional_facts.ExceptionalBasis):
            payment = exceptional_facts.payment(basis)
            if beside is not None:
                beside_pay.paid(beside, payment)
            return None
        due, gross = _due(member.run, basis, order)
        slip = pricing.payslip(due, gross)
        if beside is not None:
            beside_pay.paid(beside, slip)
    except Refused as refused:
        return refused
    return None


def _unexpected(member: RunMember, reference: str) -> Refused:
    return Refused(
        subject=str(member.contract.person),
        reason=_("The calculation stopped on a fault of the program (reference %(reference)s).")
        % {"reference": reference},
        remedy=_("Calculate this member again; if it fails again, pass the reference to the administrator."),
    )


def in_every_language(refused: Refused | None, again: Callable[[], Refused | None]) -> Failure:
    """Return subject, reason and remedy in each language of the product, by asking for the refusal under each."""
    said: Failure = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            one = again() or refused
            if one is not None:
                said[language] = {"subject": str(one.subject), "reason": str(one.reason), "remedy": str(one.remedy)}
    return said


@transaction.atomic
def _store(results: Sequence[_Result], at: datetime) -> None:
    """Write the results of the members that are still to do in a run that is still open; others were faster for the rest.

    The run is read after the lock: who cancels or submits it changes or reads its members after that, so sees this work.
    The number of statements does not depend on the number of payslips.
    """
    members = RunMember.objects.filter(pk__in=[one.member.pk for one in results], state=RunMember.State.TODO)
    locked = {row.pk: row for row in members.select_for_update().order_by("pk")}
    if not PayrollRun.objects.filter(
        pk__in={row.run_id for row in locked.values()}, state=PayrollRun.State.OPEN
    ).exists():
        return
    due = [one for one in results if one.member.pk in locked]
    Payslip.objects.filter(member__in=locked, state=Payslip.State.CALCULATED).delete()
    rows = [_rows(one, at) for one in due if one.failure is None]
    Payslip.objects.bulk_create([payslip for payslip, _shares, _withheld in rows])
    PayslipShare.objects.bulk_create([share for _payslip, shares, _withheld in rows for share in shares])
    Withheld.objects.bulk_create([part for _payslip, _shares, withheld in rows for part in withheld])
    Performance.objects.bulk_create(
        [
            worktime.performance_row(payslip, one.basis.performance)
            for one, (payslip, _shares, _withheld) in zip(
                (one for one in due if one.failure is None), rows, strict=True
            )
            if isinstance(one.basis, facts.Basis) and one.basis.performance
        ]
    )
    for one in due:
        row = locked[one.member.pk]
        row.state = RunMember.State.DONE if one.failure is None else RunMember.State.FAILED
        row.failure, row.lease_until = one.failure, None
        row.attempts += 1
    RunMember.objects.bulk_update(locked.values(), ["state", "failure", "lease_until", "attempts"])


def _rows(one: _Result, at: datetime) -> tuple[Payslip, list[PayslipShare], list[Withheld]]:
    """Return the row of a payslip, what each activity bears of it, and what it withholds; nothing is saved."""
    member, basis, beside, computed = one.member, one.basis, one.beside, one.computed
    if basis is None or computed is None:
        raise RuntimeError("a payslip is written from a basis and its figures")
    if isinstance(basis, exceptional_facts.ExceptionalBasis):
        payslip, shares = rows_of(member, basis, computed, at)
        payslip.payment_facts = facts.to_json(beside.facts) if beside is not None else None
        return payslip, shares, _withheld(payslip, beside, computed)
    if beside is None:
        raise RuntimeError("a payslip of the month's pay is written with what stands beside it")
    pay = journal.result(computed)
    payslip = Payslip(
        member=member, cooperative_id=member.run.cooperative_id, person_id=member.contract.person_id,
        contract_id=member.contract_id, order=one.order, month=member.run.month,
        facts=facts.to_json(basis.facts.with_gross(pay.costs.gross)), payment_facts=facts.to_json(beside.facts),
        figures=computed.to_json(), expenses=beside_journal.expenses(computed),
        engine_version=computed.engine_version, law_digest=computed.law_digest, gross=pay.costs.gross, net=pay.net,
        to_pay=journal.to_pay(computed), wage_cost=computed["wage_cost"].amount, employer_cost=computed["employer_cost"].amount,
        hours=basis.facts.work.hours, full_time_hours=basis.facts.work.full_time_hours,
        reduction=journal.amount(computed, "structural_reduction"),
        first_hire_reduction=journal.amount(computed, "first_hire_reduction"),
        special_contribution=pay.special_contribution, end_of_year_base=journal.amount(computed, "end_of_year_base"),
        double_holiday_pay=journal.amount(computed, "double_holiday_pay"), calculated_at=at,
    )  # fmt: skip
    costs = journal.shares(pay.costs, basis.bearers)
    shares = [
        PayslipShare(payslip=payslip, activity_id=activity, weight=weight, cost=costs[activity].total)
        for activity, weight in basis.bearers
    ]
    return payslip, shares, _withheld(payslip, beside, computed)


def _withheld(payslip: Payslip, beside: beside_pay.Beside | None, computed: Computed) -> list[Withheld]:
    """Return what a payslip withholds, by record; nothing is saved."""
    parts = beside_pay.withheld(beside, computed) if beside is not None else []
    for part in parts:
        part.payslip = payslip
    return parts


@transaction.atomic
def finish_calculation(*, run: UUID, at: datetime) -> PayrollRun:
    """Call an open run calculated when no member is to do any more."""
    found = lock_run(run)
    if found.state == PayrollRun.State.OPEN and not found.members.filter(state=RunMember.State.TODO).exists():
        found.state, found.calculated_at = PayrollRun.State.CALCULATED, at
        found.save(update_fields=["state", "calculated_at"])
    return found


@transaction.atomic
def recalculate(*, run: UUID, by: Any, members: Sequence[UUID] | None = None, failed_only: bool = False) -> PayrollRun:
    """Make members due again, all of them or some, in a run that is not yet submitted, and wake the worker."""
    found = lock_run(run)
    visibility.require(by, Subject.RUNS, "w", cooperative=found.cooperative_id)
    if found.state != PayrollRun.State.OPEN:
        transitions.check(PayrollRun.MOVES, subject=subject_of(found), now=found.state, to=PayrollRun.State.OPEN)
    rows = found.members.exclude(state=RunMember.State.OUT)
    rows = rows if members is None else rows.filter(pk__in=members)
    rows = rows.filter(state=RunMember.State.FAILED) if failed_only else rows
    rows.update(state=RunMember.State.TODO, failure=None, lease_until=None)
    found.state = PayrollRun.State.OPEN
    found.save(update_fields=["state"])
    calculate_run(run=found.pk)
    return found


# --- check and submit -------------------------------------------------------------------------------------------------


@transaction.atomic
def submit_run(*, run: UUID, by: Any, at: datetime, note: str = "") -> PayrollRun:
    """Hand a checked run to the accountant. ``by`` is empty only for the command of operators.

    Refused while a member is to do or failed, while a payslip is below the wage floor, and when facts or orders have
    changed since the calculation. Where the social secretariat's result is posted, also while somebody has none or a difference
    is not accepted; its amounts then take the place of ours on the payslips, which keep ours as simulation.
    """
    found = lock_run(run)
    if by is not None:
        visibility.require(by, Subject.RUNS, "w", cooperative=found.cooperative_id)
    transitions.check(PayrollRun.MOVES, subject=subject_of(found), now=found.state, to=PayrollRun.State.SUBMITTED)
    refuse_blockers(found)
    results.place_results(found)
    found.state, found.submitted_by, found.submitted_at, found.note = PayrollRun.State.SUBMITTED, by, at, note
    found.returned_reason = ""
    found.save(update_fields=["state", "submitted_by", "submitted_at", "note", "returned_reason"])
    return found


def refuse_blockers(run: PayrollRun) -> None:
    """Raise RunBlocked naming all members that stand in the way, each kind of obstacle with its remedy."""
    obstacles = [
        (
            _names(run.members.exclude(state__in=[RunMember.State.DONE, RunMember.State.OUT])),
            _("There is no payslip for %(names)s."),
            _("Open the failed members on the run, do what the remedy says, and calculate them again."),
        ),
        (
            _with_finding(run, frozenset({"gross_below_wage_floor"})),
            _("The pay of %(names)s is below the lowest pay allowed."),
            _("Have the contract amended, or correct the order, and calculate again."),
        ),
        (
            _with_finding(run, beside_pay.ABOVE_CAP),
            _("An allowance or meal voucher of %(names)s exceeds what the law leaves outside pay."),
            _("Lower the allowances, and calculate again."),
        ),
        (
            _stale(run),
            _("Facts or orders of %(names)s have changed since the calculation."),
            _("Calculate these members again."),
        ),
        *unchanged.obstacles(run),
        *_unreconciled(run),
    ]
    found = [(reason % {"names": ", ".join(names)}, remedy) for names, reason, remedy in obstacles if names]
    if found:
        raise RunBlocked(
            subject=subject_of(run),
            reason=" ".join(reason for reason, _remedy in found),
            remedy=" ".join(remedy for _reason, remedy in found),
        )


def _unreconciled(run: PayrollRun) -> list[tuple[list[str], str, str]]:
    """Return who lacks a result of the secretariat that is posted, or differs from ours without anybody having said yes."""
    if not secretariat.posts_secretariat(run):
        return []
    members = secretariat.reconcile(run)
    return [
        (
            secretariat.without_result(members),
            _("The social secretariat’s result of %(names)s is not imported."),
            _("Import the social secretariat’s file of this month, with a row for everybody of the run."),
        ),
        (
            secretariat.undecided(members),
            _("Differences with the social secretariat are not decided for %(names)s."),
            _("Open the reconciliation on the run, and accept or reject each difference with its reason."),
        ),
        (
            secretariat.rejected(members),
            _("Differences with the social secretariat were rejected for %(names)s."),
            _("Import the corrected file of the social secretariat, or accept the differences after all."),
        ),
    ]


def _names(members: Any) -> list[str]:
    return [
        str(one.contract.person)
        for one in members.select_related("contract__person").order_by("contract__person__sort_name")
    ]


def _with_finding(run: PayrollRun, codes: frozenset[str]) -> list[str]:
    found = [
        row.member_id
        for row in Payslip.objects.filter(member__run=run).only("member_id", "figures")
        if any(finding["code"] in codes for finding in row.figures["findings"])
    ]
    return _names(run.members.filter(pk__in=found))


def _stale(run: PayrollRun) -> list[str]:
    if run.withdraws:
        return []
    month = Month.of(run.month)
    done = run.members.filter(state=RunMember.State.DONE).select_related("payslip__performance", "contract__person")
    members = list(done.order_by("contract__person__sort_name"))
    found, orders = _bases(run, members), approved_orders(run.cooperative_id, month)
    besides = _besides(run, members)
    return [
        str(member.contract.person)
        for member in members
        if not _still_holds(
            run, member.payslip, found[member.pk], besides.get(member.pk), orders.get(member.contract_id)
        )
    ]


def _still_holds(
    run: PayrollRun,
    payslip: Payslip,
    basis: Basis | Refused,
    beside: beside_pay.Beside | Refused | None,
    order: SalaryOrder | None,
) -> bool:
    if isinstance(basis, Refused) or isinstance(beside, Refused):
        return False
    if isinstance(basis, exceptional_facts.ExceptionalBasis):
        asked = facts.to_json(beside.facts) if beside is not None else None
        return bool((payslip.facts, payslip.payment_facts) == (facts.to_json(basis.facts), asked))
    if beside is None:
        return False
    due, gross = _due(run, basis, order)
    told = (facts.to_json(due.facts.with_gross(gross)), facts.to_json(beside.facts), due.performance)
    return bool((payslip.facts, payslip.payment_facts, worktime.performance_of(payslip)) == told)


@transaction.atomic
def take_back_run(*, run: UUID, by: Any, at: datetime, reason: str = "") -> PayrollRun:
    """Take a submitted run back (payroll officer), or return it with a reason (accountant), until its approval begins."""
    found = lock_run(run)
    if not visibility.may(by, Subject.RUNS, "w", cooperative=found.cooperative_id):
        visibility.require(by, Subject.RUNS, "x", cooperative=found.cooperative_id)
    _refuse_begun(found)
    transitions.check(PayrollRun.MOVES, subject=subject_of(found), now=found.state, to=PayrollRun.State.CALCULATED)
    found.state, found.submitted_by, found.submitted_at = PayrollRun.State.CALCULATED, None, None
    found.returned_reason = reason
    results.take_results_off(found)
    found.save(update_fields=["state", "submitted_by", "submitted_at", "returned_reason"])
    return found


def _refuse_begun(run: PayrollRun) -> None:
    if run.approval_started_at is not None:
        raise ApprovalBegan(
            subject=subject_of(run),
            reason=_("Its approval has begun, and its payslips are being posted."),
            remedy=_("Wait until it is approved; what was wrong is put right in the next month."),
        )


@transaction.atomic
def cancel_run(*, run: UUID, by: Any, at: datetime) -> PayrollRun:
    """Cancel a run before its approval: its payslips are dropped, its orders stay, and the month can be opened again."""
    found = lock_run(run)
    visibility.require(by, Subject.RUNS, "w", cooperative=found.cooperative_id)
    _refuse_begun(found)
    transitions.check(PayrollRun.MOVES, subject=subject_of(found), now=found.state, to=PayrollRun.State.CANCELLED)
    found.members.exclude(state=RunMember.State.OUT).update(state=RunMember.State.TODO, failure=None, lease_until=None)
    Payslip.objects.filter(member__run=found).delete()
    found.state, found.cancelled_at, found.cancelled_by = PayrollRun.State.CANCELLED, at, by
    found.save(update_fields=["state", "cancelled_at", "cancelled_by"])
    return found
