"""Questions about pay: what a page, a document or a command shows. Everything starts from what the user may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.money import ZERO
from coop.periods import Month
from members.models import ContractVersion, EmploymentContract, Membership, Person, Status
from payroll import exceptional, journal, slips, texts, unchanged
from payroll.engine.figures import Payslip as Figures
from payroll.models import PayrollRun, Payslip, RunMember, SalaryOrder

YEAR_CODES = ("gross", "social_contribution_due", "withholding_tax", "special_contribution", "net", "employer_cost")


# --- payslips ---------------------------------------------------------------------------------------------------------


def payslips_of(user: Any) -> QuerySet[Payslip]:
    """Return the payslips that a user sees, the newest first, without their figures."""
    return (
        Payslip.objects.visible_to(user)
        .select_related("person", "cooperative", "contract", "document")
        .defer("facts", "figures")
        .order_by("-month", "person__sort_name", "pk")
    )


def figures_of(payslip: Payslip) -> Figures:
    """Return the stored figures of a payslip, whatever the version of the engine that wrote them."""
    return Figures.from_json(payslip.figures)


def terms_of(payslip: Payslip) -> ContractVersion | None:
    """Return the terms of the contract at the end of a payslip's month; of a contract that ended in it, the last ones."""
    versions = ContractVersion.objects.filter(contract=payslip.contract_id)
    last = Month.of(payslip.month).last
    found: ContractVersion | None = versions.on(last).first()
    return found or versions.filter(valid_from__lte=last).order_by("-valid_from").first()


def previous_payslip(payslip: Payslip) -> Payslip | None:
    """Return the payslip of the month before, under the same contract; a payment beside pay has none."""
    if payslip.nature:
        return None
    return Payslip.objects.paid().ordinary().filter(
        contract=payslip.contract_id, month=Month.of(payslip.month).plus(-1).first
    ).first()  # fmt: skip


@dataclass(frozen=True)
class Amount:
    """A name and an amount of EUR."""

    label: str
    amount: Decimal


def year_totals(payslip: Payslip) -> list[Amount]:
    """Return the sums of the calendar year up to and including the month of a payslip, of what was paid by this contract.

    Of the same month count the payslips that were posted before it.
    """
    before = Q(month__lt=payslip.month) | Q(month=payslip.month, entry__isnull=False)
    if payslip.entry_id is not None:
        before = Q(month__lt=payslip.month) | Q(month=payslip.month, entry__lt=payslip.entry_id)
    rows = Payslip.objects.paid().filter(before, contract=payslip.contract_id, month__year=payslip.month.year)
    totals = dict.fromkeys(YEAR_CODES, ZERO)
    for row in [*rows.exclude(pk=payslip.pk), payslip]:
        figures = figures_of(row)
        for code in YEAR_CODES:
            totals[code] += exceptional.amount(figures, code) if row.nature else figures[code].amount
    return [Amount(texts.label(code), amount) for code, amount in totals.items()]


@dataclass(frozen=True)
class Bridge:
    """From last month's net to this month's, by the lines that changed."""

    before: Decimal
    after: Decimal
    steps: Sequence[Amount]

    @property
    def change(self) -> Decimal:
        """How much more (or less) is paid than last month."""
        return self.after - self.before


def bridge(now: Figures, before: Figures) -> Bridge:
    """Return what changed between two payslips, line by line; the steps add up to the change of the net."""
    signs = {
        "gross": 1,
        "social_contribution": -1,
        "employment_bonus": 1,
        "withholding_tax": -1,
        "special_contribution": -1,
    }
    steps = [
        Amount(texts.label(code), change)
        for code, sign in signs.items()
        if (change := sign * (now[code].amount - before[code].amount))
    ]
    return Bridge(before["net"].amount, now["net"].amount, steps)


# --- corrections ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Replacement:
    """A payslip that replaces another, and what it changes for the member; EUR."""

    old: Payslip
    new: Payslip
    reason: str

    @property
    def change(self) -> Decimal:
        """How much more net is due: above zero it is still to be paid, below zero to be recovered."""
        return self.new.to_pay - self.old.to_pay

    @property
    def same_amounts(self) -> bool:
        """Tell whether no amount changes: then the days and hours are others."""
        return unchanged.as_corrected(self.old, new=self.new)

    @property
    def difference(self) -> Decimal:
        """The change without its sign."""
        return abs(self.change)


def replaced_by(payslip: Payslip) -> Replacement | None:
    """Return what replaced a payslip that was corrected; nothing takes the place of one that was withdrawn."""
    if payslip.state != Payslip.State.REVERSED:
        return None
    new = (
        Payslip.objects.filter(member__run__corrects=payslip)
        .exclude(state=Payslip.State.CALCULATED)
        .select_related("member__run")
        .first()
    )
    return Replacement(payslip, new, new.member.run.reason) if new is not None else None


def replaces(payslip: Payslip) -> Replacement | None:
    """Return what a payslip replaces, if it belongs to a correction."""
    run = payslip.member.run
    return Replacement(run.corrects, payslip, run.reason) if run.corrects is not None else None


def replacement_in(run: PayrollRun) -> Replacement | None:
    """Return what a correction replaces and by what; nothing for another run, or while there is no new payslip."""
    new = Payslip.objects.filter(member__run=run).select_related("person").first() if run.corrects_id else None
    return Replacement(run.corrects, new, run.reason) if new is not None and run.corrects is not None else None


def correction_under_way(payslip: Payslip) -> PayrollRun | None:
    """Return the correction of a payslip that is not yet approved or cancelled."""
    over = [PayrollRun.State.APPROVED, PayrollRun.State.CLOSED, PayrollRun.State.CANCELLED]
    return payslip.correction_runs.exclude(state__in=over).select_related("cooperative").first()


@dataclass(frozen=True)
class Compared:
    """A line of a payslip as it was and as it is now; EUR."""

    label: str
    old: Decimal
    new: Decimal
    result: bool

    @property
    def change(self) -> Decimal:
        """The difference."""
        return self.new - self.old


def compared(replacement: Replacement) -> list[Compared]:
    """Return old, new and difference of every line from gross to net, payment and employer cost that either payslip has."""
    before, now = figures_of(replacement.old), figures_of(replacement.new)

    def amount(figures: Figures, line: str) -> Decimal:
        return journal.to_pay(figures) if line == "to_pay" else journal.amount(figures, line)

    return [
        Compared(texts.label(line), amount(before, line), amount(now, line), result)
        for line, result in slips.lines_of(before, now)
    ]


# --- orders -----------------------------------------------------------------------------------------------------------


def person_of(user: Any) -> Person | None:
    """Return the person behind a login."""
    return Person.objects.filter(user=user.pk).first()


def employers_of(person: Person, month: Month) -> list[tuple[Cooperative, str]]:
    """Return the cooperatives of which a person is a member in a month, with the status there."""
    rows = (
        Membership.objects.filter(person=person)
        .overlapping(month.first, month.plus(1).first)
        .select_related("cooperative")
        .order_by("cooperative__name", "valid_from")
    )
    latest = {row.cooperative: row.status for row in rows}
    return sorted(latest.items(), key=lambda pair: (pair[1] != Status.EMPLOYEE, pair[0].name))


def live_order(person: Person, cooperative: Cooperative, month: Month) -> SalaryOrder | None:
    """Return the last version of somebody's order of a month."""
    return SalaryOrder.objects.live().filter(person=person, cooperative=cooperative, month=month.first).first()


def orders_of(cooperative: Cooperative, month: Month) -> list[SalaryOrder]:
    """Return the live orders of a month, those that wait first."""
    orders = SalaryOrder.objects.live().filter(cooperative=cooperative, month=month.first).select_related("person")
    return sorted(orders, key=lambda one: (one.state != SalaryOrder.State.SUBMITTED, one.person.sort_name))


def without_order(cooperative: Cooperative, month: Month) -> QuerySet[Person]:
    """Return the people with a contract in a month for whom no order of that month waits or is approved, by name."""
    contracts = EmploymentContract.objects.filter(cooperative=cooperative).overlapping(month.first, month.plus(1).first)
    ordered = SalaryOrder.objects.live().filter(
        cooperative=cooperative, month=month.first, state__in=[SalaryOrder.State.SUBMITTED, SalaryOrder.State.APPROVED]
    )
    people = Person.objects.filter(pk__in=contracts.values("person")).exclude(pk__in=ordered.values("person"))
    return people.order_by("sort_name", "pk")


def run_of(cooperative: Cooperative, month: Month) -> PayrollRun | None:
    """Return the ordinary run of a month that was not cancelled."""
    return (
        PayrollRun.objects.filter(cooperative=cooperative, month=month.first, kind=PayrollRun.Kind.ORDINARY)
        .exclude(state=PayrollRun.State.CANCELLED)
        .first()
    )


# --- runs -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    """How far a run is: members, of whom done and failed, and payslips posted once it is being approved."""

    total: int
    done: int
    failed: int
    posted: int

    @property
    def todo(self) -> int:
        """Members that are still to be calculated."""
        return self.total - self.done - self.failed


def progress(run: PayrollRun) -> Progress:
    """Count the members of a run by state."""
    return progress_of([run])[run.pk]


def progress_of(runs: Sequence[PayrollRun]) -> dict[UUID, Progress]:
    """Count the members of each run by state, in two statements."""
    counts: dict[UUID, dict[str, int]] = {run.pk: {} for run in runs}
    members = RunMember.objects.filter(run__in=counts).values_list("run_id", "state").annotate(n=Count("pk")).order_by()
    for run, state, number in members:
        counts[run][state] = number
    payslips = Payslip.objects.filter(member__run__in=counts).exclude(state=Payslip.State.CALCULATED)
    posted = dict(payslips.values_list("member__run_id").annotate(n=Count("pk")).order_by())
    return {
        run: Progress(
            total=sum(number for state, number in states.items() if state != RunMember.State.OUT),
            done=states.get(RunMember.State.DONE, 0),
            failed=states.get(RunMember.State.FAILED, 0),
            posted=posted.get(run, 0),
        )
        for run, states in counts.items()
    }


@dataclass(frozen=True)
class Totals:
    """The sums of a run, for people who do not see pay person by person; EUR."""

    persons: int
    gross: Decimal
    net: Decimal
    employer_cost: Decimal
    to_pay: Decimal


def totals(run: PayrollRun) -> Totals:
    """Add up the payslips of a run."""
    return totals_of([run])[run.pk]


def totals_of(runs: Sequence[PayrollRun]) -> dict[UUID, Totals]:
    """Add up the payslips of each run, in one statement; one that was corrected counts in the run of its correction."""
    sums = (
        Payslip.objects.filter(member__run__in=[run.pk for run in runs])
        .exclude(state=Payslip.State.REVERSED)
        .values_list("member__run_id")
        .annotate(
            n=Count("pk"), gross_sum=Sum("gross"), net_sum=Sum("net"), cost_sum=Sum("employer_cost"), paid_sum=Sum("to_pay")
        )
        .order_by()
    )  # fmt: skip
    found = {run: Totals(number, gross, net, cost, paid) for run, number, gross, net, cost, paid in sums}
    return {run.pk: found.get(run.pk, Totals(0, ZERO, ZERO, ZERO, ZERO)) for run in runs}


def totals_of_month(run: PayrollRun) -> Totals:
    """Add up the payslips of the month of an ordinary run: its own, and those approved that replaced some of them."""
    sums = (
        Payslip.objects.ordinary()
        .filter(cooperative=run.cooperative_id, month=run.month)
        .filter(Q(member__run=run) | Q(state=Payslip.State.APPROVED))
        .exclude(state=Payslip.State.REVERSED)
        .aggregate(
            n=Count("pk"), gross_sum=Sum("gross"), net_sum=Sum("net"), cost_sum=Sum("employer_cost"), paid_sum=Sum("to_pay")
        )
    )  # fmt: skip
    names = ("gross_sum", "net_sum", "cost_sum", "paid_sum")
    return Totals(sums["n"], *(sums[name] or ZERO for name in names))


@dataclass(frozen=True)
class Difference:
    """A member of a run beside last month; EUR. ``reasons`` are sentences; none is “unexplained”."""

    member: RunMember
    payslip: Payslip
    before: Payslip | None
    reasons: Sequence[str] = field(default_factory=tuple)
    findings: Sequence[tuple[str, str]] = field(default_factory=tuple)

    @property
    def net_change(self) -> Decimal:
        """How much more is paid than last month; the whole net of somebody new."""
        return self.payslip.net - (self.before.net if self.before else ZERO)

    @property
    def cost_change(self) -> Decimal:
        """How much more it costs than last month."""
        return self.payslip.employer_cost - (self.before.employer_cost if self.before else ZERO)


def differences(run: PayrollRun) -> list[Difference]:
    """Return the calculated members of a run beside last month, the largest change of net first, in two queries.

    In a correction each stands beside the payslip that it replaces.
    """
    month = Month.of(run.month)
    payslips = list(
        Payslip.objects.filter(member__run=run)
        .select_related("member", "person", "contract", "order")
        .order_by("person__sort_name")
    )
    last = (
        Payslip.objects.none()
        if run.nature
        else Payslip.objects.paid().ordinary().filter(
            contract__in=[row.contract_id for row in payslips], month=month.plus(-1).first
        )
    )  # fmt: skip
    earlier = {one.contract_id: one for one in ([run.corrects] if run.corrects else last)}
    found = [_difference(row, earlier.get(row.contract_id)) for row in payslips]
    return sorted(found, key=lambda one: -abs(one.net_change))


def _difference(payslip: Payslip, before: Payslip | None) -> Difference:
    figures = figures_of(payslip)
    findings = [
        (one.severity, texts.finding(one, figures)) for one in figures.findings if one.severity != "information"
    ]
    return Difference(payslip.member, payslip, before, reasons(payslip, before), findings)


def reasons(payslip: Payslip, before: Payslip | None) -> list[str]:
    """Say why a payslip differs from the one of the month before: first pay, hours, order, contract, household, law."""
    if payslip.nature:
        return []
    if before is None:
        return [_("First payslip under this contract.")]
    same = ("net", "employer_cost", "to_pay", "expenses")
    if all(getattr(payslip, name) == getattr(before, name) for name in same):
        return []
    found = []
    now, then = payslip.facts, before.facts
    if now["work"] != then["work"]:
        found.append(_("Other hours."))
    if payslip.gross != before.gross:
        found.append(_("Salary order.") if payslip.order_id or before.order_id else _("Other contractual wage."))
    if now["household"] != then["household"]:
        found.append(_("Other family situation."))
    if now["employer"] != then["employer"] or now["costs"] != then["costs"]:
        found.append(_("Other terms of the employer."))
    if now["scale"] != then["scale"]:
        found.append(_("Other place in the scale."))
    if changed := changed_parameters(payslip.figures, before.figures):
        found.append(_("Values of the law changed: %(names)s.") % {"names": ", ".join(changed)})
    if (payslip.expenses, payslip.to_pay - payslip.net) != (before.expenses, before.to_pay - before.net):
        found.append(_("Other allowances or deductions."))
    if payslip.reduction != before.reduction:
        found.append(_("Structural reduction of the quarter."))
    return found


def changed_parameters(now: Mapping[str, Any], then: Mapping[str, Any]) -> list[str]:
    """Return the names of the parameters that both payslips use with another value."""
    names = [
        name
        for name, value in now["parameters"].items()
        if name in then["parameters"] and then["parameters"][name]["value"] != value["value"]
    ]
    return sorted({texts.parameter_label(name) for name in names})


def sees_persons(user: Any, cooperative: UUID) -> bool:
    """Tell whether a user sees the pay of a cooperative person by person, and not in totals only."""
    return visibility.may(user, Subject.RUNS, "r", cooperative=cooperative) or visibility.may(
        user, Subject.RUNS, "m", cooperative=cooperative
    )


def cooperatives_with_runs(user: Any) -> list[Cooperative]:
    """Return the cooperatives whose payroll runs a user sees, at least in totals."""
    access = visibility.access_of(user)
    ids = frozenset().union(*(access.cooperatives_with(Subject.RUNS, right) for right in "rtm"))
    return list(Cooperative.objects.filter(pk__in=ids).order_by("name"))
