"""What is left of the provisions of somebody who left goes back to the activities that bore it: proposed, then approved."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from coop import transitions
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities import queries as periods
from coop.entities.models import PeriodLock
from coop.errors import Refused
from coop.ledger import posting
from members.models import EmploymentContract
from payroll import journal, leaving
from payroll.exceptional import Nature
from payroll.models import PayrollRun, Payslip, RunMember
from payroll.provision_models import ProvisionSettlement, SettledProvision
from payroll.services.orders import lock_activities
from payroll.services.quarters import lock_contract
from payroll.services.targets import refresh_reserve_targets

SOURCE = "payroll.provisions.settled"
State = ProvisionSettlement.State


class ProvisionsNotOver(Refused):
    """Provisions were to be settled of a contract that goes on, or whose last payments are not made."""


class NothingLeft(Refused):
    """Provisions were to be settled of which nothing is left, or of which the settlement waits already."""


class SettlementOutdated(Refused):
    """A settlement was to be approved, but other payslips were approved since it was proposed."""


class OwnSettlement(Refused):
    """Somebody was to approve a settlement that they proposed, or of their own provisions."""


@transaction.atomic
def propose_provision_settlement(
    *, contract: EmploymentContract, reason: str, by: Any, on: date, at: datetime
) -> ProvisionSettlement:
    """Propose that what a contract that has ended left of its provisions goes back to the activities that bore it.

    The holiday pay on leaving is paid first, and nothing of the contract is being calculated; what is still to be paid of
    the provisions remains due by not proposing it. Raises ProvisionsNotOver, NothingLeft; PermissionDenied.
    """
    visibility.require(by, Subject.RUNS, "w", cooperative=contract.cooperative_id)
    contract = lock_contract(contract.pk)
    if not reason.strip():
        raise ProvisionsNotOver(
            subject=_subject(contract),
            reason=_("There is no reason."),
            remedy=_("Say why nothing more is due of these provisions; whoever approves reads it."),
            field="reason",
        )
    _refuse_going_on(contract, on)
    waiting = ProvisionSettlement.objects.filter(contract=contract, state=State.PROPOSED).exists()
    parts = leaving.left_by_activity(contract)
    if waiting or not parts:
        raise NothingLeft(
            subject=_subject(contract),
            reason=_("A settlement of these provisions waits for approval.")
            if waiting
            else _("Nothing is left of these provisions."),
            remedy=_("Open the settlement, or the provisions of the member."),
        )
    made = ProvisionSettlement.objects.create(
        cooperative=contract.cooperative, contract=contract, reason=reason.strip(), proposed_by=by, proposed_at=at
    )
    SettledProvision.objects.bulk_create(
        [SettledProvision(settlement=made, role=one.role, activity_id=one.activity, amount=one.amount) for one in parts]
    )
    return made


def _subject(contract: EmploymentContract) -> str:
    return _("Provisions of worker %(number)s, %(cooperative)s") % {
        "number": contract.worker_number,
        "cooperative": contract.cooperative.name,
    }


def _refuse_going_on(contract: EmploymentContract, on: date) -> None:
    others = EmploymentContract.objects.filter(person=contract.person_id, cooperative=contract.cooperative_id)
    if (
        contract.valid_until is None
        or contract.valid_until > on
        or others.filter(valid_from__gte=contract.valid_until).exists()
    ):
        raise ProvisionsNotOver(
            subject=_subject(contract),
            reason=_("The employment has not ended, or another contract followed."),
            remedy=_("Settle the provisions once nobody is employed by it any more."),
        )
    exit_pay = Payslip.objects.paid().filter(contract=contract, nature=Nature.EXIT_HOLIDAY_PAY)
    open_states = [PayrollRun.State.OPEN, PayrollRun.State.CALCULATED, PayrollRun.State.SUBMITTED]
    prepared = RunMember.objects.filter(contract=contract, run__state__in=open_states).exclude(
        state=RunMember.State.OUT
    )
    if not exit_pay.exists() or prepared.exists():
        raise ProvisionsNotOver(
            subject=_subject(contract),
            reason=_("The holiday pay on leaving is not paid, or a payroll run still pays this contract."),
            remedy=_("Approve the holiday pay on leaving and what is still due, then settle what is left."),
        )


@transaction.atomic
def approve_provision_settlement(*, settlement: UUID, by: Any, on: date, at: datetime) -> ProvisionSettlement:
    """Approve a settlement and post it as one entry, dated ``on``: less owed, less cost of each activity.

    ``by`` is neither who proposed it nor whose provisions they are. Raises OwnSettlement, SettlementOutdated,
    TransitionRefused, PeriodLocked; PermissionDenied.
    """
    found = _lock(settlement)
    visibility.require(by, Subject.RUNS, "x", cooperative=found.cooperative_id)
    transitions.check(ProvisionSettlement.MOVES, subject=_subject(found.contract), now=found.state, to=State.APPROVED)
    if by.pk in {found.proposed_by_id, found.contract.person.user_id}:
        raise OwnSettlement(
            subject=_subject(found.contract),
            reason=_("You proposed it yourself, or these are your provisions."),
            remedy=_("Ask another accountant of the cooperative to approve it."),
        )
    contract = lock_contract(found.contract_id)
    _refuse_going_on(contract, on)
    parts = [leaving.Left(one.role, one.activity_id, one.amount) for one in found.parts.all()]
    lock_activities(frozenset(one.activity for one in parts))
    if set(parts) != set(leaving.left_by_activity(contract)):
        raise SettlementOutdated(
            subject=_subject(contract),
            reason=_("Other amounts are left now than when it was proposed."),
            remedy=_("Withdraw this proposal, and propose what is left now."),
        )
    periods.refuse_locked(found.cooperative, on, PeriodLock.Kind.PAYROLL, PeriodLock.Kind.YEAR)
    with translation.override(found.cooperative.language):
        text = _("Provisions left when the contract ended, worker %(number)s") % {"number": contract.worker_number}
    found.entry = posting.post(
        cooperative=found.cooperative, journal="SAL", on=on, text=text, source=SOURCE, source_key=str(found.pk),
        lines=journal.for_provisions_left([(one.role, one.activity, one.amount) for one in parts]), by=by,
    )  # fmt: skip
    found.state, found.posted_on, found.decided_by, found.decided_at = State.APPROVED, on, by, at
    found.save()
    refresh_reserve_targets(cooperative=found.cooperative, on=on, activities=frozenset(one.activity for one in parts))
    return found


@transaction.atomic
def cancel_provision_settlement(*, settlement: UUID, by: Any, at: datetime) -> ProvisionSettlement:
    """Withdraw a proposal, or refuse it: what is left remains due. Raises TransitionRefused; PermissionDenied."""
    found = _lock(settlement)
    if not visibility.may(by, Subject.RUNS, "x", cooperative=found.cooperative_id):
        visibility.require(by, Subject.RUNS, "w", cooperative=found.cooperative_id)
    transitions.check(ProvisionSettlement.MOVES, subject=_subject(found.contract), now=found.state, to=State.CANCELLED)
    found.state, found.decided_by, found.decided_at = State.CANCELLED, by, at
    found.save()
    return found


def _lock(settlement: UUID) -> ProvisionSettlement:
    found: ProvisionSettlement = (
        ProvisionSettlement.objects.select_for_update(of=("self",))
        .select_related("cooperative", "contract__person", "contract__cooperative")
        .get(pk=settlement)
    )
    return found
