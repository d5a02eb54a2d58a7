"""Questions about the social secretariat: whose result counts, what it said, what differs and what was decided of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from coop.entities.models import Cooperative
from coop.periods import Month
from members.models import EmploymentContract
from payroll.engine.figures import Payslip as Figures
from payroll.models import PayrollRun, Payslip, RunMember
from payroll.secretariat import reconciliation, texts
from payroll.secretariat.amounts import Amounts, of_payslip
from payroll.secretariat.models import (
    DifferenceDecision,
    PostedResult,
    ResultFile,
    ResultLayout,
    SecretariatResult,
)
from payroll.secretariat.reading import Layout
from payroll.secretariat.reconciliation import Compared, Difference

FILES_SHOWN = 10


def posted_result(cooperative: UUID, month: Month) -> PostedResult | None:
    """Return whose result a cooperative posts for a month; None when it never said: its own."""
    found: PostedResult | None = PostedResult.objects.filter(cooperative=cooperative).on(month.last).first()
    return found


def posts_secretariat(run: PayrollRun) -> bool:
    """Tell whether the social secretariat's result is posted by a run. Payments beside the month's pay are always our own."""
    if run.nature:
        return False
    choice = posted_result(run.cooperative_id, Month.of(run.month))
    return choice is not None and choice.source == PostedResult.Source.SECRETARIAT


def takes_results(run: PayrollRun) -> bool:
    """Tell whether results can be imported for a run: its kind has those components, and nothing of it is submitted."""
    states = (PayrollRun.State.OPEN, PayrollRun.State.CALCULATED)
    return not run.nature and run.state in states


def layout_of(cooperative: UUID, kind: ResultLayout.Kind) -> Layout | None:
    """Return how a cooperative's files of a kind are read, if that was ever said."""
    found = ResultLayout.objects.filter(cooperative=cooperative, kind=kind).first()
    return Layout(found.columns, found.row_path, found.signs) if found else None


def file_in_force(run: PayrollRun) -> ResultFile | None:
    """Return the file whose results count for a run."""
    return (
        ResultFile.objects.filter(run=run, state=ResultFile.State.IMPORTED)
        .select_related("by")
        .defer("content")
        .first()
    )


def files_of(user: Any, run: PayrollRun) -> Sequence[ResultFile]:
    """Return the latest files of a run that a user may see."""
    rows = ResultFile.objects.visible_to(user).filter(run=run).select_related("by").defer("content")
    return list(rows.order_by("-at", "-pk")[:FILES_SHOWN])


def results_of(run: PayrollRun) -> dict[UUID, SecretariatResult]:
    """Return the results that count for a run, by contract."""
    rows = SecretariatResult.objects.filter(file__run=run, file__state=ResultFile.State.IMPORTED)
    return {row.contract_id: row for row in rows}


def ours_of(payslip: Payslip) -> Figures:
    """Return what our engine answered for a payslip, also where the secretariat's result took its place."""
    return Figures.from_json(payslip.simulation or payslip.figures)


# --- reconciliation ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decided:
    """A difference with the decision that counts of it; None while there is none."""

    difference: Difference
    decision: DifferenceDecision | None

    @property
    def is_open(self) -> bool:
        """Tell whether somebody must still decide it."""
        return self.decision is None and not self.difference.follows

    @property
    def is_rejected(self) -> bool:
        """Tell whether it was rejected."""
        return self.decision is not None and self.decision.decision == DifferenceDecision.Decision.REJECTED


@dataclass(frozen=True)
class Reconciled:
    """A member on both sides: our payslip, the secretariat's result, what differs."""

    contract: EmploymentContract
    member: RunMember | None
    payslip: Payslip | None
    result: SecretariatResult | None
    compared: Sequence[Compared]
    differences: Sequence[Decided]

    @property
    def name(self) -> str:
        """Who it is."""
        return str(self.contract.person)

    @property
    def theirs(self) -> Amounts | None:
        """What the secretariat says."""
        return self.result.amounts() if self.result else None

    @property
    def is_open(self) -> bool:
        """Tell whether a difference of this member waits for a decision."""
        return any(one.is_open for one in self.differences)

    @property
    def is_rejected(self) -> bool:
        """Tell whether a difference of this member was rejected."""
        return any(one.is_rejected for one in self.differences)


def reconcile(run: PayrollRun) -> list[Reconciled]:
    """Return the members of a run and of its file, by name, with what differs; five statements whatever their number."""
    results = results_of(run)
    members = {row.contract_id: row for row in run.members.exclude(state=RunMember.State.OUT)}
    payslips = {row.contract_id: row for row in Payslip.objects.filter(member__run=run)}
    contracts = (
        EmploymentContract.objects.filter(pk__in=members.keys() | results.keys())
        .select_related("person")
        .order_by("person__sort_name", "worker_number")
    )
    decisions = _decisions(run)
    return [
        _reconciled(contract, members.get(contract.pk), payslips.get(contract.pk), results.get(contract.pk), decisions)
        for contract in contracts
    ]


def _reconciled(
    contract: EmploymentContract,
    member: RunMember | None,
    payslip: Payslip | None,
    result: SecretariatResult | None,
    decisions: Mapping[tuple[UUID, str], DifferenceDecision],
) -> Reconciled:
    ours = of_payslip(ours_of(payslip)) if payslip else None
    theirs = result.amounts() if result else None
    found = [] if ours is None and theirs is None else reconciliation.differences(ours, theirs)
    return Reconciled(
        contract=contract,
        member=member,
        payslip=payslip,
        result=result,
        compared=reconciliation.compared(ours, theirs) if ours is not None and theirs is not None else [],
        differences=[Decided(one, _decision(contract.pk, one, decisions)) for one in found],
    )


def _decisions(run: PayrollRun) -> dict[tuple[UUID, str], DifferenceDecision]:
    """Return the last decision of each component of each contract."""
    rows = DifferenceDecision.objects.filter(run=run).select_related("by").order_by("at", "pk")
    return {(row.contract_id, row.component): row for row in rows}


def _decision(
    contract: UUID, difference: Difference, decisions: Mapping[tuple[UUID, str], DifferenceDecision]
) -> DifferenceDecision | None:
    """Return the decision of a difference, if it was made of these very amounts."""
    found = decisions.get((contract, difference.code))
    same = found is not None and (found.ours, found.theirs) == (difference.ours, difference.theirs)
    return found if same else None


# --- what stands in the way -------------------------------------------------------------------------------------------


def without_result(members: Sequence[Reconciled]) -> list[str]:
    """Return the members of a run for whom the secretariat gave no result."""
    return [one.name for one in members if one.member is not None and one.result is None]


def undecided(members: Sequence[Reconciled]) -> list[str]:
    """Return the members with a difference that nobody has decided yet."""
    return [one.name for one in members if one.is_open and one.result is not None]


def rejected(members: Sequence[Reconciled]) -> list[str]:
    """Return the members with a difference that was rejected."""
    return [one.name for one in members if one.is_rejected]


@dataclass(frozen=True)
class Summary:
    """The social secretariat on the page of a run."""

    choice: PostedResult | None
    posted: bool
    takes: bool
    file: ResultFile | None
    missing: int
    open: int
    rejected: int


def summary(run: PayrollRun) -> Summary | None:
    """Return how a run stands with the secretariat; None for a run that takes none of its results."""
    if run.nature:
        return None
    found = file_in_force(run)
    members = reconcile(run) if found else []
    return Summary(
        choice=posted_result(run.cooperative_id, Month.of(run.month)),
        posted=posts_secretariat(run),
        takes=takes_results(run),
        file=found,
        missing=len(without_result(members)),
        open=sum(one.is_open for row in members for one in row.differences),
        rejected=len(rejected(members)),
    )


def contracts_by_number(cooperative: Cooperative | UUID) -> dict[str, UUID]:
    """Return the contracts of a cooperative by worker number."""
    rows = EmploymentContract.objects.filter(cooperative=cooperative)
    return dict(rows.values_list("worker_number", "pk"))


# --- a payslip with the secretariat's amounts -------------------------------------------------------------------------


@dataclass(frozen=True)
class Beside:
    """The secretariat's amounts that a payslip shows, and our engine's beside them."""

    secretariat: str
    rows: Sequence[tuple[str, Compared]]


def beside(payslip: Payslip) -> Beside | None:
    """Return our simulation beside a payslip with the social secretariat's amounts; None for our own payslip."""
    if payslip.result is None:
        return None
    choice = posted_result(payslip.cooperative_id, Month.of(payslip.month))
    name = choice.secretariat if choice else ""
    found = reconciliation.compared(of_payslip(ours_of(payslip)), payslip.result.amounts())
    return Beside(name, [(texts.component(one.code), one) for one in found])


def secretariat_in_quarter(contract: UUID, month: Month) -> bool:
    """Tell whether a payslip of a contract that counts, in the quarter of a month, holds the secretariat's amounts."""
    last = month.plus(3 - month.place_in_quarter)
    rows = Payslip.objects.filter(contract=contract, month__gte=last.plus(-2).first, month__lte=last.first)
    return rows.filter(result__isnull=False).exclude(state=Payslip.State.REVERSED).exists()
