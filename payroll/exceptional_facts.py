"""The bridge from the records to the engine for payments beside pay: who is due one, and on which facts. Reads only.

The number of queries does not depend on the number of members. What the payroll officer gave on a row holds in place of
the records (``GivenFacts``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext as _

from coop import formatting
from coop.errors import Refused
from coop.money import ZERO, cents
from coop.periods import Month
from members.models import ContractVersion, EmploymentContract
from payroll import engine, facts, leaving
from payroll.exceptional import PREMIUMS, PROVISIONS, Nature, Span, counted_over, is_due, monthly_pay, months_counted
from payroll.models import GivenFacts, PayrollRun, Payslip, QuarterOpening, RunMember


class NotCounted(Refused):
    """No month counts for a payment by the records."""


class EarnedPayMissing(Refused):
    """Holiday pay on leaving rests on pay that is not known."""


@dataclass(frozen=True)
class ExceptionalBasis:
    """What a payment beside pay of one contract rests on, and the activities that bear it with their weights."""

    contract: EmploymentContract
    facts: engine.ExceptionalFacts
    bearers: tuple[tuple[UUID, Decimal], ...]


@dataclass(frozen=True)
class Career:
    """A contract with those of the same employer that it follows without a day between."""

    contract: EmploymentContract
    contracts: tuple[UUID, ...]
    employed: Span


def careers(contracts: Sequence[EmploymentContract]) -> dict[UUID, Career]:
    """Return the career of each contract, in one query."""
    rows = EmploymentContract.objects.filter(
        person__in={one.person_id for one in contracts}, cooperative__in={one.cooperative_id for one in contracts}
    )
    ends = {(one.person_id, one.cooperative_id, one.valid_until): one for one in rows}
    begins = {(one.person_id, one.cooperative_id, one.valid_from) for one in rows}
    found = {}
    for contract in contracts:
        key = (contract.person_id, contract.cooperative_id)
        chain, first = [contract.pk], contract
        while (before := ends.get((*key, first.valid_from))) is not None:
            chain.append(before.pk)
            first = before
        goes_on = contract.valid_until is not None and (*key, contract.valid_until) in begins
        end = None if goes_on else contract.valid_until
        found[contract.pk] = Career(contract, tuple(chain), Span(first.valid_from, end))
    return found


def entitled(cooperative: Any, nature: str, month: Month) -> list[UUID]:
    """Return the contracts to which a payment is due in a month, by name; not those that have it this year already.

    Who had it and whose payment was withdrawn has it no more. Raises LawMissing.
    """
    facts.require_law(month)
    law = facts.law().on(facts.engine_month(month))["exceptional_payment"]
    seniority = int(law["end_of_year_premium.seniority"].value)
    contracts = list(
        EmploymentContract.objects.filter(cooperative=cooperative)
        .overlapping(month.first, month.plus(1).first)
        .order_by("person__sort_name", "pk")
    )
    found = careers(contracts)
    last = {one.person_id: one for one in sorted(contracts, key=lambda one: one.valid_from)}
    taken = set(
        RunMember.objects.filter(run__cooperative=cooperative, run__nature=nature, run__month__year=month.year)
        .exclude(run__state=PayrollRun.State.CANCELLED)
        .exclude(state=RunMember.State.OUT)
        .exclude(payslip__state=Payslip.State.REVERSED)
        .exclude(run__withdraws=True)
        .values_list("contract", flat=True)
    )
    return [
        one.pk
        for one in contracts
        if last[one.person_id] == one
        and not taken & set(found[one.pk].contracts)
        and is_due(nature, month, found[one.pk].employed, seniority)
    ]


def bases(run: PayrollRun, members: Sequence[RunMember]) -> dict[UUID, "ExceptionalBasis | Refused"]:
    """Return, per member of an exceptional run or of its correction, what the payment rests on, or why there is none."""
    month, nature = Month.of(run.month), Nature(run.nature)
    ordinary = facts.bases([one.contract_id for one in members], month, estimate=True)
    contracts = list(
        EmploymentContract.objects.filter(pk__in=[one.contract_id for one in members]).select_related("person")
    )
    records = _read(contracts, nature, month, run.corrects_id)
    given = {one.member_id: one for one in GivenFacts.objects.filter(member__in=[one.pk for one in members])}
    result: dict[UUID, ExceptionalBasis | Refused] = {}
    for member in members:
        basis = ordinary[member.contract_id]
        try:
            if isinstance(basis, Refused):
                raise basis
            told = _Told(records, basis, month, nature, given.get(member.pk))
            result[member.pk] = ExceptionalBasis(basis.contract, told.facts(), basis.bearers)
        except Refused as refused:
            result[member.pk] = refused
    return result


def payment(basis: ExceptionalBasis) -> engine.ExceptionalPayslip:
    """Compute a payment beside pay. Raises LawMissing."""
    try:
        return engine.exceptional_payslip(basis.facts, facts.law())
    except engine.NoLaw as missing:
        raise facts.law_refusal(Month(basis.facts.month.year, basis.facts.month.month), missing) from missing


# --- records ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Records:
    """The rows that the facts are made of, read at once for many contracts; gross paid by contract and month, EUR."""

    careers: Mapping[UUID, Career]
    versions: Mapping[UUID, Sequence[ContractVersion]]
    gross: Mapping[UUID, Mapping[Month, Decimal]]
    holiday_paid: frozenset[UUID]
    provided: Mapping[UUID, Decimal]


def _read(contracts: Sequence[EmploymentContract], nature: Nature, month: Month, corrects: UUID | None) -> _Records:
    known = careers(contracts)
    ids = {pk for one in known.values() for pk in one.contracts}
    first = Month(month.year - 1, 1)
    versions: dict[UUID, list[ContractVersion]] = {}
    for version in ContractVersion.objects.filter(contract__in=ids).order_by("valid_from"):
        versions.setdefault(version.contract_id, []).append(version)
    gross: dict[UUID, dict[Month, Decimal]] = {}
    span = {"contract__in": ids, "month__gte": first.first, "month__lte": month.first}
    slips = Payslip.objects.paid().ordinary().filter(**span).only("contract_id", "month", "gross")
    rows: list[QuarterOpening | Payslip] = [*QuarterOpening.objects.filter(**span), *slips]
    for row in rows:
        gross.setdefault(row.contract_id, {})[Month.of(row.month)] = row.gross
    paid = Payslip.objects.paid().filter(
        contract__in=ids, nature=Nature.DOUBLE_HOLIDAY_PAY, month__year=month.year, month__lte=month.first
    )
    return _Records(
        careers=known,
        versions=versions,
        gross=gross,
        holiday_paid=frozenset(paid.values_list("contract", flat=True)),
        provided=provided(ids, nature, month, corrects=corrects),
    )


_MADE_AND_USED = """
SELECT contract_id, sum(CASE WHEN one->>'code' = %s THEN (one->>'amount')::numeric ELSE -(one->>'amount')::numeric END)
FROM payroll_payslip, jsonb_array_elements(figures->'figures') one
WHERE contract_id = ANY(%s) AND state = 'approved'
    AND (nature = '' AND month <= %s AND one->>'code' = %s
        OR nature = ANY(%s) AND one->>'code' = 'exceptional_provision_used')
GROUP BY contract_id
"""


def provided(
    contracts: Iterable[UUID], nature: Nature, month: Month, *, corrects: UUID | None = None
) -> dict[UUID, Decimal]:
    """Return what is set aside for a payment of a month, per contract and not below zero; EUR.

    What the approved payslips up to the month set aside, less what payments from it used; for double holiday pay, what
    was set aside up to the end of the year before, whose right it is. Months brought in from before the product count as
    they say: those of the year that the payment pays for. What the payslip that is corrected used is there again.
    """
    code = PROVISIONS[nature]
    last = Month(month.year - 1, 12) if nature == Nature.DOUBLE_HOLIDAY_PAY else month
    same = [one.value for one, used in PROVISIONS.items() if used == code]
    with connection.cursor() as cursor:
        cursor.execute(_MADE_AND_USED, [code, list(contracts), last.first, code, same])
        found: dict[UUID, Decimal] = dict(cursor.fetchall())
    if corrects is not None:
        old = Payslip.objects.paid().filter(pk=corrects, contract__in=contracts).first()
        if old is not None:
            figures = engine.ExceptionalPayslip.from_json(old.figures)
            found[old.contract_id] = found.get(old.contract_id, ZERO) + figures["exceptional_provision_used"].amount
    for contract, brought in _brought_in(contracts, nature, month).items():
        found[contract] = found.get(contract, ZERO) + brought
    over = leaving.without_rest(found)
    return {contract: ZERO if contract in over else max(ZERO, cents(amount)) for contract, amount in found.items()}


def _brought_in(contracts: Iterable[UUID], nature: Nature, month: Month) -> dict[UUID, Decimal]:
    """Return a twelfth of the bases that the last month brought in of a year counts up to; EUR, to the cent."""
    if nature == Nature.ANNUAL_PREMIUM:
        return {}
    field = "end_of_year_base" if nature == Nature.END_OF_YEAR_PREMIUM else "double_holiday_pay"
    year = month.year - 1 if nature == Nature.DOUBLE_HOLIDAY_PAY else month.year
    rows = QuarterOpening.objects.filter(
        contract__in=contracts, month__year=year, month__lte=month.first, **{f"{field}__isnull": False}
    ).order_by("month")
    return {row.contract_id: cents(getattr(row, field) / 12) for row in rows}


# --- facts ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Told:
    """What the engine is told of one member."""

    records: _Records
    basis: facts.Basis
    month: Month
    nature: Nature
    given: GivenFacts | None

    @property
    def career(self) -> Career:
        return self.records.careers[self.basis.contract.pk]

    @property
    def name(self) -> str:
        return str(self.basis.contract.person)

    def facts(self) -> engine.ExceptionalFacts:
        """Return the facts. Raises Refused."""
        pay = (self.given and self.given.monthly_pay) or self._monthly_pay()
        try:
            return engine.ExceptionalFacts(
                label=self.name,
                month=self.basis.facts.month,
                employer=self.basis.facts.employer,
                household=self.basis.facts.household,
                normal_monthly_pay=pay,
                payment=self._payment(pay),
                provided=sum((self.records.provided.get(pk, ZERO) for pk in self.career.contracts), ZERO),
            )
        except engine.FactError as error:
            raise facts.fact_refusal(error) from error

    def _payment(self, pay: Decimal) -> engine.exceptional.Payment:
        match self.nature:
            case Nature.DOUBLE_HOLIDAY_PAY:
                return engine.DoubleHolidayPay(monthly_pay=pay, months=self._months())
            case Nature.END_OF_YEAR_PREMIUM:
                return engine.EndOfYearPremium(monthly_pay=pay, months=self._months())
            case Nature.ANNUAL_PREMIUM:
                work = self.basis.facts.work
                return engine.AnnualPremium(
                    weekly_hours=work.weekly_hours,
                    full_time_weekly_hours=work.full_time_weekly_hours,
                    months=self._months(),
                )
            case Nature.EXIT_HOLIDAY_PAY:
                return engine.ExitHolidayPay(earned_this_year=self._earned(0), earned_before=self._earned(-1))

    def _months(self) -> int:
        if self.given is not None and self.given.months is not None:
            return self.given.months
        counted = months_counted(self.career.employed, self.nature, self.month)
        if counted:
            return counted
        span = counted_over(self.nature, self.month) or (self.month, self.month)
        raise NotCounted(
            subject=self.name,
            reason=_("By the contract no month from %(first)s to %(last)s counts for this payment.")
            % {"first": formatting.month(span[0]), "last": formatting.month(span[1])},
            remedy=_("Give the months on the row of this member, or leave the member out."),
        )

    def _wage(self, month: Month) -> Decimal | None:
        """Return the contractual wage of a whole month: that of the last terms that hold in it."""
        rows = [
            version
            for pk in self.career.contracts
            for version in self.records.versions.get(pk, [])
            if version.valid_from <= month.last
            and (version.valid_until is None or version.valid_until > month.first)
        ]  # fmt: skip
        return max(rows, key=lambda version: version.valid_from).gross if rows else None

    def _paid(self) -> dict[Month, Decimal]:
        paid: dict[Month, Decimal] = {}
        for pk in self.career.contracts:
            for month, gross in self.records.gross.get(pk, {}).items():
                paid[month] = paid.get(month, ZERO) + gross
        return paid

    def _monthly_pay(self) -> Decimal:
        wage = self._wage(self.month)
        earlier = []
        for month, gross in self._paid().items():
            due = self._wage(month)
            if self.month.plus(-12) <= month < self.month and due is not None:
                earlier.append((gross, due))
        return monthly_pay(wage if wage is not None else self.basis.contract_gross, earlier)

    def _earned(self, years: int) -> Decimal:
        """Return the gross of this year (0) or of the year before (-1) on which no holiday was taken. Raises EarnedPayMissing."""
        if self.given is not None:
            told: Decimal | None = self.given.earned_before if years else self.given.earned_this_year
            if told is not None:
                return told
        if years and self.records.holiday_paid & set(self.career.contracts):
            return ZERO
        year = self.month.year + years
        employed = self.career.employed
        end = Month.of(employed.end - timedelta(days=1)) if employed.end else self.month
        first, last = max(Month(year, 1), Month.of(employed.begin)), min(Month(year, 12), end)
        paid = self._paid()
        wanted = list(first.until(last)) if first <= last else []
        missing = [month for month in wanted if month not in paid]
        if missing:
            raise EarnedPayMissing(
                subject=self.name,
                reason=_("The pay of %(months)s, on which holiday pay on leaving rests, is not known.")
                % {"months": ", ".join(formatting.month(month) for month in missing)},
                remedy=_(
                    "Approve the payroll of these months first, or give on the row of this member what was earned without "
                    "holiday taken: zero when that holiday was taken and paid."
                ),
            )
        return sum((paid[month] for month in wanted), ZERO)


# --- the quarter ------------------------------------------------------------------------------------------------------


def with_premiums(contract: UUID, months: Sequence[engine.PaidMonth]) -> list[engine.PaidMonth]:
    """Return the months of a quarter with the premiums paid beside them, added to the last month that has hours.

    The quarter counts its pay as a whole. Source: ONSS, remuneration code 2 in W of the structural reduction, and special
    contribution on the quarter's pay; both to confirm (payroll design, sections 5, 7 and 18).
    """
    rows = Payslip.objects.paid().filter(
        contract=contract, nature__in=PREMIUMS, month__in=[date(one.month.year, one.month.month, 1) for one in months]
    )
    total = rows.aggregate(total=Sum("gross"))["total"] or ZERO
    place = max((number for number, one in enumerate(months) if one.hours), default=None)
    if not total or place is None:
        return list(months)
    return [replace(one, gross=one.gross + total) if number == place else one for number, one in enumerate(months)]
