"""The bridge from the records to the engine: what it must be told of a contract and a month. Reads, never decides pay.

An incomplete month (a contract or an amendment that starts or ends inside it) counts by working days, Monday to Friday:
hours and contractual wage are those of each version, times its working days over those of the month.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from coop import formatting
from coop.errors import Refused
from coop.money import ZERO, cents
from coop.periods import Month
from members.models import ContractVersion, EmploymentContract, Runs, Situation
from payroll import engine, journal
from payroll.models import EmployerTerms, FirstHire, Payslip, QuarterOpening, SalaryOrder

MONDAY_TO_FRIDAY = range(5)


class TermsMissing(Refused):
    """The cooperative has not said what it is as an employer: payroll refuses until it has."""


class ContractMissing(Refused):
    """Somebody has no contract, or a contract has no terms, in the month."""


class SituationMissing(Refused):
    """Somebody has no family situation, on which the withholding tax rests."""


class ActivityMissing(Refused):
    """Somebody is paid but runs no activity that could bear the cost."""


class EarlierMonthMissing(Refused):
    """An earlier month of the quarter, on which the structural reduction rests, is not known."""


class LawMissing(Refused):
    """The month has no confirmed law."""


class FactRefused(Refused):
    """The engine refuses a fact that cannot be true, or a joint committee whose rules it does not have."""


@dataclass(frozen=True)
class Basis:
    """What a payslip of one contract and month rests on; ``facts.gross`` is the contractual wage of the month.

    ``bearers`` are the activities that bear the cost, with their weights. ``derogation`` says that the contract has a
    ground for fewer hours than the law asks. ``estimated`` says that an earlier month of the quarter is not paid yet and
    was estimated from its order or contract.
    """

    contract: EmploymentContract
    facts: engine.Facts
    bearers: tuple[tuple[UUID, Decimal], ...]
    derogation: bool = False
    estimated: bool = False

    @property
    def contract_gross(self) -> Decimal:
        """The contractual wage of the month, EUR."""
        return self.facts.gross

    def with_hours(self, hours: Decimal) -> "Basis":
        """The same contract and month with other hours paid (on average a week). Raises FactRefused."""
        try:
            work = replace(self.facts.work, hours=hours)
        except engine.FactError as error:
            raise fact_refusal(error) from error
        return replace(self, facts=replace(self.facts, work=work))


@dataclass(frozen=True)
class _Records:
    """The rows that bases are made of, read at once for many contracts."""

    versions: Mapping[UUID, Sequence[ContractVersion]]
    situations: Mapping[UUID, Sequence[Situation]]
    terms: Mapping[UUID, Sequence[EmployerTerms]]
    runs: Mapping[tuple[UUID, UUID], Sequence[Runs]]
    payslips: Mapping[UUID, Sequence[Payslip]]
    openings: Mapping[UUID, Sequence[QuarterOpening]]
    orders: Mapping[tuple[UUID, UUID], Sequence[SalaryOrder]]
    first_hires: Mapping[UUID, Sequence[FirstHire]]


def law() -> engine.Law:
    """Return the law, read once from its files."""
    return engine.Law.load()


def require_law(month: Month) -> None:
    """Raise LawMissing when the month lies beyond the confirmed parameters."""
    try:
        law().on(engine_month(month))
    except engine.NoLaw as missing:
        raise law_refusal(month, missing) from missing


def law_refusal(month: Month, missing: engine.NoLaw) -> LawMissing:
    """Say which month has no confirmed law, and until when it is confirmed."""
    return LawMissing(
        subject=_("Pay of %(month)s") % {"month": formatting.month(month)},
        reason=_("The law of this month is not confirmed (%(subject)s); pay is confirmed up to %(day)s.")
        % {"subject": ", ".join(missing.subjects), "day": formatting.day(law().confirmed_until)},
        remedy=_("Wait until the parameters are published, confirmed and delivered; no value is ever carried forward."),
        field="month",
    )


def engine_month(month: Month) -> engine.YearMonth:
    """Return a month as the engine writes it."""
    return engine.YearMonth(month.year, month.number)


def employer_terms(cooperative: Any, on: date) -> EmployerTerms:
    """Return what a cooperative is as an employer on a day. Raises TermsMissing."""
    terms: EmployerTerms | None = EmployerTerms.objects.filter(cooperative=cooperative).on(on).first()
    if terms is None:
        raise _no_terms(cooperative, on)
    return terms


def _no_terms(cooperative: Any, on: date) -> TermsMissing:
    return TermsMissing(
        subject=str(cooperative),
        reason=_("It has not recorded its terms as an employer (joint committee, number of workers) for %(day)s.")
        % {"day": formatting.day(on)},
        remedy=_("Ask the payroll officer to record the employer's terms; payroll refuses until then."),
    )


def contracts_in(cooperative: Any, month: Month, activities: Collection[UUID] | None = None) -> list[UUID]:
    """Return the ids of the contracts of a cooperative that hold on a day of a month, by name of the person.

    With ``activities``, only those of people who run one of them, now or at another time.
    """
    contracts = EmploymentContract.objects.filter(cooperative=cooperative)
    if activities is not None:
        contracts = contracts.filter(person__in=Runs.objects.filter(activity__in=activities).values("person"))
    return list(
        contracts.overlapping(month.first, month.plus(1).first)
        .order_by("person__sort_name", "pk")
        .values_list("pk", flat=True)
    )


def contract_of(*, person: Any, cooperative: Any, month: Month) -> EmploymentContract | None:
    """Return the contract of a person with a cooperative in a month, the latest if there are two."""
    contract: EmploymentContract | None = (
        EmploymentContract.objects.filter(person=person, cooperative=cooperative)
        .overlapping(month.first, month.plus(1).first)
        .order_by("-valid_from")
        .first()
    )
    return contract


def bases(contracts: Iterable[UUID], month: Month, *, estimate: bool = False) -> dict[UUID, Basis | Refused]:
    """Return, per contract, what its payslip of a month rests on, or why there can be none.

    The number of queries does not depend on the number of contracts. With ``estimate``, earlier months of the quarter
    that are not paid yet are estimated (for orders and simulations); a payslip that is paid never rests on an estimate.
    """
    ids = list(contracts)
    found = {
        contract.pk: contract
        for contract in EmploymentContract.objects.filter(pk__in=ids).select_related("person", "cooperative")
    }
    records = _read(list(found.values()), month, estimate)
    result: dict[UUID, Basis | Refused] = {}
    for pk in ids:
        try:
            result[pk] = _Builder(found[pk], records, estimate).basis(month)
        except Refused as refused:
            result[pk] = refused
    return result


def basis(contract: UUID, month: Month, *, estimate: bool = False) -> Basis:
    """Return what the payslip of one contract and month rests on. Raises Refused naming what is missing."""
    found = bases([contract], month, estimate=estimate)[contract]
    if isinstance(found, Refused):
        raise found
    return found


def _read(contracts: Sequence[EmploymentContract], month: Month, estimate: bool) -> _Records:
    first, after = _quarter_start(month).first, month.plus(1).first
    ids, people = [one.pk for one in contracts], [one.person_id for one in contracts]
    cooperatives = [one.cooperative_id for one in contracts]
    payslips = Payslip.objects.ordinary().filter(
        contract__in=ids, month__gte=date(month.year, 1, 1), month__lt=month.first
    )
    wanted = Q(state=Payslip.State.APPROVED)
    if estimate:  # a correction counts only once it is approved
        wanted |= Q(state=Payslip.State.CALCULATED, member__run__corrects__isnull=True)
    orders = SalaryOrder.objects.live().filter(
        person__in=people, state=SalaryOrder.State.APPROVED, month__gte=first, month__lt=month.first
    )
    return _Records(
        versions=_grouped(
            ContractVersion.objects.filter(contract__in=ids).overlapping(first, after).order_by("valid_from"),
            "contract_id",
        ),
        situations=_grouped(Situation.objects.filter(person__in=people).overlapping(first, after), "person_id"),
        terms=_grouped(
            EmployerTerms.objects.filter(cooperative__in=cooperatives).overlapping(first, after), "cooperative_id"
        ),
        runs=_pairs(
            Runs.objects.filter(person__in=people, activity__cooperative__in=cooperatives)
            .overlapping(first, after)
            .select_related("activity")
            .order_by("activity__code")
        ),
        payslips=_grouped(
            payslips.filter(wanted).defer("facts", "figures").order_by("month", "calculated_at"),
            "contract_id",
        ),
        openings=_grouped(
            QuarterOpening.objects.filter(
                contract__in=ids, month__gte=date(month.year, 1, 1), month__lt=month.first
            ).order_by("month"),
            "contract_id",
        ),
        orders=_orders(orders) if estimate else {},
        first_hires=_grouped(FirstHire.objects.filter(contract__in=ids).overlapping(first, after), "contract_id"),
    )


def _quarter_start(month: Month) -> Month:
    return month.plus(1 - month.place_in_quarter)


def _grouped(rows: Iterable[Any], field: str) -> dict[UUID, list[Any]]:
    groups: dict[UUID, list[Any]] = {}
    for row in rows:
        groups.setdefault(getattr(row, field), []).append(row)
    return groups


def _pairs(rows: Iterable[Runs]) -> dict[tuple[UUID, UUID], list[Runs]]:
    groups: dict[tuple[UUID, UUID], list[Runs]] = {}
    for row in rows:
        groups.setdefault((row.person_id, row.activity.cooperative_id), []).append(row)
    return groups


def _orders(rows: Iterable[SalaryOrder]) -> dict[tuple[UUID, UUID], list[SalaryOrder]]:
    groups: dict[tuple[UUID, UUID], list[SalaryOrder]] = {}
    for row in rows:
        groups.setdefault((row.person_id, row.cooperative_id), []).append(row)
    return groups


def _holds(fact: Any, day: date) -> bool:
    return bool(fact.valid_from <= day and (fact.valid_until is None or day < fact.valid_until))


def _on(rows: Sequence[Any], day: date) -> Any:
    return next((row for row in rows if _holds(row, day)), None)


def working_days(first: date, until: date) -> int:
    """Count Monday to Friday from a day up to another (excluded)."""
    return sum((first + timedelta(days=n)).weekday() in MONDAY_TO_FRIDAY for n in range((until - first).days))


@dataclass(frozen=True)
class _Stretch:
    """A version of a contract as far as it holds in the month, with its working days there."""

    version: ContractVersion
    first: date
    days: int


@dataclass(frozen=True)
class _Builder:
    """Builds the basis of one contract from the rows read for all."""

    contract: EmploymentContract
    records: _Records
    estimate: bool

    @property
    def name(self) -> str:
        return str(self.contract.person)

    def basis(self, month: Month) -> Basis:
        """Return the basis of a month. Raises Refused."""
        require_law(month)
        stretches = self._stretches(month)
        total = working_days(month.first, month.plus(1).first)
        start = max(month.first, self.contract.valid_from)
        terms = self._terms(month)
        months, estimated = self._earlier_months(month)
        last = stretches[-1].version
        try:
            facts = engine.Facts(
                label=self.name,
                month=engine_month(month),
                employer=engine.Employer(
                    joint_committee=last.joint_committee,
                    headcount_class=cast(engine.facts.HeadcountClass, terms.headcount_class),
                    commercial_purpose=terms.commercial_purpose,
                    category=terms.category,
                ),
                work=engine.Work(
                    weekly_hours=last.weekly_hours,
                    full_time_weekly_hours=last.full_time_hours,
                    hours=_share(stretches, total, "weekly_hours"),
                    full_time_hours=last.full_time_hours,
                ),
                scale=self._scale(last, start),
                household=self._household(start),
                gross=_share(stretches, total, "gross"),
                benefit_in_kind=ZERO,
                benefit_in_kind_tax_only=ZERO,
                commuting_exemption=ZERO,
                group_insurance_contribution=ZERO,
                costs=engine.CostPolicy(
                    accident_insurance_rate=terms.accident_insurance_rate,
                    fixed_costs_per_month=terms.fixed_costs,
                    holiday_provision=cast(engine.facts.HolidayProvision, terms.holiday_provision),
                    end_of_year_premium=terms.end_of_year_premium,
                    annual_premium=terms.annual_premium,
                    eco_vouchers=terms.eco_vouchers,
                ),
                quarter=engine.QuarterSoFar(
                    months=months, policy=cast(engine.facts.ReductionPolicy, terms.reduction_policy)
                ),
                year=self._year_so_far(month),
                first_hire=self._first_hire(month),
            )
        except engine.FactError as error:
            raise fact_refusal(error) from error
        return Basis(self.contract, facts, self._bearers(month), derogation=bool(last.derogation), estimated=estimated)

    def _stretches(self, month: Month) -> list[_Stretch]:
        after = month.plus(1).first
        found = []
        for version in self.records.versions.get(self.contract.pk, []):
            first = max(month.first, version.valid_from, self.contract.valid_from)
            ends = [after, version.valid_until, self.contract.valid_until]
            until = min(end for end in ends if end is not None)
            if first < until:
                found.append(_Stretch(version, first, working_days(first, until)))
        if not any(stretch.days for stretch in found):
            raise ContractMissing(
                subject=self.name,
                reason=_("Contract %(number)s has no terms (hours, wage) on a working day of %(month)s.")
                % {"number": self.contract.worker_number, "month": formatting.month(month)},
                remedy=_("Ask the payroll officer to record the terms of the contract."),
            )
        return found

    def _terms(self, month: Month) -> EmployerTerms:
        terms: EmployerTerms | None = _on(self.records.terms.get(self.contract.cooperative_id, []), month.last)
        if terms is None:
            raise _no_terms(self.contract.cooperative, month.last)
        return terms

    def _first_hire(self, month: Month) -> engine.FirstHire | None:
        """The reduction of a first hire, where somebody of the payroll office claims it; every quarter counts."""
        claimed: FirstHire | None = _on(self.records.first_hires.get(self.contract.pk, []), month.first)
        if claimed is None:
            return None
        began = Month.of(claimed.counted_from)
        quarter = (month.year - began.year) * 4 + month.quarter - began.quarter + 1
        return engine.FirstHire(rank=claimed.rank, quarter=quarter)

    def _scale(self, version: ContractVersion, start: date) -> engine.Scale:
        """Table II holds from the second year in the firm; experience counts in whole years."""
        second_year = _years_between(self.contract.valid_from, start) >= 1
        experience = max(_years_between(self.contract.experience_from, start), 1 if second_year else 0)
        return engine.Scale(
            scale_class=version.scale_class,  # type: ignore[arg-type]
            experience=experience,
            table="II" if second_year else "I",
        )

    def _household(self, start: date) -> engine.Household:
        situation: Situation | None = _on(self.records.situations.get(self.contract.person_id, []), start)
        if situation is None:
            raise SituationMissing(
                subject=self.name,
                reason=_("%(person)s has no family situation on %(day)s.")
                % {"person": self.name, "day": formatting.day(start)},
                remedy=_(
                    "Ask %(person)s for the family situation and record it from that day on; the withholding tax rests on it."
                )
                % {"person": self.name},
            )
        return engine.Household(
            kind=situation.household,  # type: ignore[arg-type]
            children=situation.children,
            disabled_children=situation.disabled_children,
            single_parent=situation.single_parent,
            disabled=situation.disabled,
            disabled_spouse=situation.disabled_spouse,
            other_dependants=situation.other_dependants,
            dependants_65=situation.dependants_65,
        )

    def _bearers(self, month: Month) -> tuple[tuple[UUID, Decimal], ...]:
        """The activities that the person runs on the last day of the month that the contract covers."""
        last = month.last
        if self.contract.valid_until is not None:
            last = min(last, self.contract.valid_until - timedelta(days=1))
        rows = self.records.runs.get((self.contract.person_id, self.contract.cooperative_id), [])
        bearers = tuple((row.activity_id, row.weight) for row in rows if _holds(row, last) and row.weight)
        if not bearers:
            raise ActivityMissing(
                subject=self.name,
                reason=_("%(person)s runs no activity on %(day)s that could bear the cost of the wage.")
                % {"person": self.name, "day": formatting.day(last)},
                remedy=_("Record which activity %(person)s runs from that day on.") % {"person": self.name},
            )
        return bearers

    def _earlier_months(self, month: Month) -> tuple[tuple[engine.PaidMonth, ...], bool]:
        """The earlier months of the quarter, as paid, imported, or, when only estimating, as they are likely to be."""
        paid: list[engine.PaidMonth] = []
        estimated = False
        for earlier in _quarter_start(month).until(month.plus(-1)) if month.place_in_quarter > 1 else ():
            known = self._known_month(earlier)
            if known is None:
                known, estimated = self._estimated_month(earlier), True
            paid.append(known)
        return tuple(paid), estimated

    def _known_month(self, month: Month) -> engine.PaidMonth | None:
        known: list[Any] = [*self.records.payslips.get(self.contract.pk, [])]
        known += self.records.openings.get(self.contract.pk, [])
        rows = [row for row in known if row.month == month.first]
        if rows:
            return paid_month(rows[-1])
        if self.contract.valid_from > month.last:
            return engine.PaidMonth(
                month=engine_month(month), gross=ZERO, hours=ZERO, full_time_hours=ZERO, reduction=ZERO,
                special_contribution=ZERO,
            )  # fmt: skip
        return None

    def _estimated_month(self, month: Month) -> engine.PaidMonth:
        if not self.estimate:
            raise EarlierMonthMissing(
                subject=self.name,
                reason=_(
                    "The pay of %(month)s, an earlier month of the same quarter, is not known; the structural reduction rests on it."
                )
                % {"month": formatting.month(month)},
                remedy=_("Run and approve the payroll of that month first, or import the pay of the quarter so far."),
            )
        likely = self.basis(month)
        order = next(
            (
                one
                for one in self.records.orders.get((self.contract.person_id, self.contract.cooperative_id), [])
                if one.month == month.first and one.gross is not None
            ),
            None,
        )
        gross = max(likely.contract_gross, order.gross or ZERO) if order else likely.contract_gross
        payslip = engine.payslip(likely.facts.with_gross(gross), law())
        return engine.PaidMonth(
            month=engine_month(month), gross=gross, hours=likely.facts.work.hours,
            full_time_hours=likely.facts.work.full_time_hours, reduction=payslip["structural_reduction"].amount,
            special_contribution=payslip["special_contribution"].amount,
            first_hire_reduction=journal.amount(payslip, "first_hire_reduction"),
        )  # fmt: skip

    def _year_so_far(self, month: Month) -> engine.YearSoFar:
        """The sums of the year before the month: those of the last imported month, and of the payslips after it."""
        openings = [
            one
            for one in self.records.openings.get(self.contract.pk, [])
            if one.month < month.first and one.end_of_year_base is not None
        ]
        opening = openings[-1] if openings else None
        by_month = {
            one.month: one
            for one in self.records.payslips.get(self.contract.pk, [])
            if one.month < month.first and (opening is None or one.month > opening.month)
        }
        return engine.YearSoFar(
            end_of_year_base=sum(
                (one.end_of_year_base for one in by_month.values()), (opening and opening.end_of_year_base) or ZERO
            ),
            double_holiday_pay=sum(
                (one.double_holiday_pay for one in by_month.values()), (opening and opening.double_holiday_pay) or ZERO
            ),
        )


def paid_month(row: Payslip | QuarterOpening) -> engine.PaidMonth:
    """Return a month as really paid, from a payslip or from an imported month."""
    return engine.PaidMonth(
        month=engine.YearMonth.of(row.month), gross=row.gross, hours=row.hours, full_time_hours=row.full_time_hours,
        reduction=row.reduction, special_contribution=row.special_contribution,
        first_hire_reduction=row.first_hire_reduction,
    )  # fmt: skip


def _share(stretches: Sequence[_Stretch], total: int, field: str) -> Decimal:
    """Return the month's value of a term, each version by its working days, rounded to two decimals."""
    if sum(stretch.days for stretch in stretches) == total and len(stretches) == 1:
        whole: Decimal = getattr(stretches[0].version, field)
        return whole
    return cents(sum((getattr(one.version, field) * one.days for one in stretches), Decimal(0)) / total)


def _years_between(start: date, day: date) -> int:
    """Return the whole years from a day to another; never below zero."""
    return max(0, day.year - start.year - ((day.month, day.day) < (start.month, start.day)))


def fact_refusal(error: engine.FactError) -> FactRefused:
    """Say that the engine refuses a fact, and whose."""
    if isinstance(error, engine.UnknownJointCommittee):
        return FactRefused(
            subject=error.label,
            reason=_("The rules of the joint committee of the contract are not supplied; those of 200 are."),
            remedy=_("Check the joint committee of the contract; pay under another one cannot be calculated here."),
        )
    return FactRefused(
        subject=error.label,
        reason=_("A fact that the pay rests on is missing or impossible: %(fact)s.") % {"fact": error.fact},
        remedy=_("Correct the contract, the family situation or the employer's terms, then calculate again."),
    )


def to_json(value: Any) -> Any:
    """Write facts as plain JSON values, amounts as text."""
    if isinstance(value, engine.YearMonth):
        return str(value)
    if is_dataclass(value):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [to_json(one) for one in value]
    if isinstance(value, Decimal):
        return str(value)
    return value
