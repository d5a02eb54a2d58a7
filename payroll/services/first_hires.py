"""The reduction for first hires, switched on and off for a contract by the payroll office, in whole quarters."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from coop import formatting
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.periods import Month
from members.models import EmploymentContract
from payroll.models import FirstHire, PayrollRun, QuarterOpening


class FirstHireNotRecorded(Refused):
    """The reduction of a first hire was to be claimed for a quarter that is begun, twice, or without a reason."""


class FirstHireNotEnded(Refused):
    """The reduction of a first hire was to end in the middle of a quarter, or before pay that counts on it."""


@transaction.atomic
def record_first_hire(
    *, contract: EmploymentContract, rank: int, since: Month, counted_from: Month, reason: str, by: Any
) -> FirstHire:
    """Claim the reduction of a first hire for a contract, from the first month of a quarter on.

    ``rank`` is 1 to 5; ``counted_from`` is the first month of the quarter in which the reduction began, perhaps before
    ``since``. Nothing that is submitted or paid changes. Raises FirstHireNotRecorded.
    """
    visibility.require(by, Subject.RUNS, "w", cooperative=contract.cooperative_id)
    Cooperative.objects.select_for_update(no_key=True).get(pk=contract.cooperative_id)
    _refuse_period(contract, since, counted_from)
    if not reason.strip():
        raise FirstHireNotRecorded(
            subject=str(contract.person),
            reason=_("There is no reason."),
            remedy=_("Say why the cooperative counts as a new employer here; a control will ask."),
            field="reason",
        )
    _refuse_taken(contract, rank, since)
    return FirstHire.objects.create(
        cooperative=contract.cooperative, contract=contract, rank=rank, valid_from=since.first,
        counted_from=counted_from.first, reason=reason.strip(), recorded_by=by,
    )  # fmt: skip


def _refuse_period(contract: EmploymentContract, since: Month, counted_from: Month) -> None:
    if since.place_in_quarter != 1 or counted_from.place_in_quarter != 1 or since < counted_from:
        raise FirstHireNotRecorded(
            subject=str(contract.person),
            reason=_("The reduction is claimed by whole quarters, from the quarter in which it began or a later one."),
            remedy=_("Choose the first month of a quarter."),
            field="since",
        )
    if _is_paid(contract, since):
        raise FirstHireNotRecorded(
            subject=str(contract.person),
            reason=_("Pay from %(month)s on is already submitted, approved or imported.")
            % {"month": formatting.month(since)},
            remedy=_("Choose the first month of a later quarter."),
            field="since",
        )


def _is_paid(contract: EmploymentContract, since: Month) -> bool:
    """Tell whether pay of a month or a later one is on its way or done, under this contract."""
    states = [PayrollRun.State.SUBMITTED, PayrollRun.State.APPROVED, PayrollRun.State.CLOSED]
    runs = PayrollRun.objects.filter(members__contract=contract, month__gte=since.first, state__in=states)
    return runs.exists() or QuarterOpening.objects.filter(contract=contract, month__gte=since.first).exists()


def _refuse_taken(contract: EmploymentContract, rank: int, since: Month) -> None:
    holding = FirstHire.objects.filter(cooperative=contract.cooperative_id).overlapping(since.first, None)
    if holding.filter(contract=contract).exists():
        raise FirstHireNotRecorded(
            subject=str(contract.person),
            reason=_("The reduction is already claimed for this contract."),
            remedy=_("End what is recorded first."),
            field="contract",
        )
    other = holding.filter(rank=rank).select_related("contract__person").first()
    if other is not None:
        raise FirstHireNotRecorded(
            subject=str(contract.person),
            reason=_("%(person)s already counts as the worker of rank %(rank)s of this cooperative.")
            % {"person": other.contract.person, "rank": rank},
            remedy=_("Choose another rank, or end what is recorded first."),
            field="rank",
        )


@transaction.atomic
def end_first_hire(*, hire: UUID, until: Month, by: Any) -> FirstHire:
    """End the reduction of a first hire before the first month of a quarter, which gives none any more.

    Raises FirstHireNotEnded.
    """
    found: FirstHire = FirstHire.objects.select_for_update(of=("self",)).select_related("contract__person").get(pk=hire)
    visibility.require(by, Subject.RUNS, "w", cooperative=found.cooperative_id)
    if until.place_in_quarter != 1 or until.first <= found.valid_from or found.valid_until is not None:
        raise FirstHireNotEnded(
            subject=str(found.contract.person),
            reason=_("It ends before the first month of a later quarter, and once."),
            remedy=_("Choose the first month of a quarter after the one in which it is claimed first."),
            field="until",
        )
    if _is_paid(found.contract, until):
        raise FirstHireNotEnded(
            subject=str(found.contract.person),
            reason=_("Pay from %(month)s on is already submitted, approved or imported.")
            % {"month": formatting.month(until)},
            remedy=_("Choose the first month of a later quarter."),
            field="until",
        )
    found.valid_until = until.first
    found.save(update_fields=["valid_until"])
    return found
