"""Time of work, read: the days of a month under each contract, what is paid of them, the counters of a year.

``month_of`` is what exports, declarations and a social secretariat read: one ``MemberMonth`` per contract, with its days
and its totals by kind. Pay asks ``records``. Nothing here decides; ``payroll.absences`` does.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from coop.money import ZERO, cents
from coop.periods import Month
from members.models import ContractVersion, EmploymentContract
from payroll import absences, public_holidays
from payroll.absences import Counters, Day, Incapacity, Kind, Parts, Service, Total
from payroll.public_holidays import PublicHoliday
from payroll.worktime_models import HolidayChoice, Performance, UsualWeek, WorkDay

REACH = timedelta(days=400)
"""How far back sickness is read: further than any 30 days of guaranteed pay and their relapse can matter to a month."""


def working_days(first: date, until: date) -> int:
    """Count Monday to Friday from a day up to another (excluded)."""
    return sum(
        (first + timedelta(days=n)).weekday() not in public_holidays.WEEKEND for n in range((until - first).days)
    )


@dataclass(frozen=True)
class Record:
    """The days of one contract as far as they were read, with all that they rest on."""

    contract: EmploymentContract
    versions: Sequence[ContractVersion]
    weeks: Sequence[UsualWeek]
    entries: Mapping[date, Parts]
    chosen: Mapping[date, date]

    def version(self, on: date) -> ContractVersion | None:
        """Return the terms that hold on a day; None outside the contract."""
        if not _holds(self.contract, on):
            return None
        return next((one for one in self.versions if _holds(one, on)), None)

    def usual_week(self, on: date) -> tuple[Decimal, ...]:
        """Return the usual hours of each day of the week of a day, from Monday: as recorded, else spread evenly."""
        version = self.version(on)
        if version is None:
            return (ZERO,) * absences.WEEK_DAYS
        week = next((one for one in self.weeks if _holds(one, on)), None)
        if week is not None and sum(week.hours, ZERO) == version.weekly_hours:
            return tuple(week.hours)
        return absences.even_week(version.weekly_hours)

    def usual(self, on: date) -> Decimal:
        """Return the usual hours of a day."""
        return self.usual_week(on)[on.weekday()]

    @cached_property
    def _holidays(self) -> dict[int, dict[date, PublicHoliday]]:
        return {}

    def holiday(self, on: date) -> PublicHoliday | None:
        """Return the public holiday that is taken on a day."""
        if on.year not in self._holidays:
            self._holidays[on.year] = public_holidays.days_off(
                date(on.year, 1, 1), date(on.year + 1, 1, 1), self.chosen
            )
        return self._holidays[on.year].get(on)

    def day(self, on: date) -> Day:
        """Return what a day was."""
        usual = self.usual(on)
        return absences.day(
            on, usual=usual, entered=self.entries.get(on, ()), holiday=self.holiday(on) if usual else None
        )

    def days(self, first: date, until: date) -> tuple[Day, ...]:
        """Return the days from one up to another (excluded) on which the contract holds."""
        every = (first + timedelta(days=n) for n in range((until - first).days))
        return tuple(self.day(on) for on in every if self.version(on) is not None)

    @cached_property
    def incapacities(self) -> tuple[Incapacity, ...]:
        """The stretches of sickness."""
        sick = {
            on: any(part.kind == Kind.SICKNESS_NEW for part in parts)
            for on, parts in self.entries.items()
            if any(part.kind in absences.SICK for part in parts)
        }
        return absences.incapacities(sick, lambda on: bool(self.usual(on)) and self.holiday(on) is None)

    @cached_property
    def beyond(self) -> frozenset[date]:
        """The days of sickness after the guaranteed pay."""
        return frozenset[date]().union(*(one.beyond for one in self.incapacities))

    def entered_in(self, month: Month) -> bool:
        """Tell whether something was entered of a month."""
        return any(Month.of(on) == month for on in self.entries)

    def paid_days(self, first: date, until: date) -> Decimal:
        """Return the working days from a day up to another (excluded) that are paid, Monday to Friday; not rounded."""
        return absences.paid_days(self.days(first, until), self.beyond, working_days(first, until))

    def is_away(self, month: Month) -> bool:
        """Tell whether nothing of a month is paid: every usual hour of it is away and unpaid."""
        days = self.days(month.first, month.plus(1).first)
        unpaid = sum((absences.unpaid_hours(one, self.beyond) for one in days), ZERO)
        return bool(unpaid) and unpaid == sum((one.usual for one in days), ZERO)

    def totals(self, month: Month) -> tuple[Total, ...]:
        """Return days and hours of a month by kind."""
        return absences.totals(self.days(month.first, month.plus(1).first), self.beyond)


def _holds(fact: Any, day: date) -> bool:
    return bool(fact.valid_from <= day and (fact.valid_until is None or day < fact.valid_until))


def records(contracts: Collection[UUID], first: date, until: date, *, entered: bool = False) -> dict[UUID, Record]:
    """Return the record of each contract for the days from one up to another (excluded), by contract.

    With ``entered``, only of contracts of which something was entered: the others are as usual. The number of queries
    does not depend on the number of contracts.
    """
    entries: dict[UUID, dict[date, Parts]] = {}
    for row in WorkDay.objects.filter(contract__in=contracts, day__gte=first - REACH, day__lt=until):
        entries.setdefault(row.contract_id, {})[row.day] = absences.read(row.parts)
    wanted = list(entries) if entered else list(contracts)
    if not wanted:
        return {}
    found = EmploymentContract.objects.filter(pk__in=wanted).select_related("person", "cooperative")
    versions = _grouped(
        ContractVersion.objects.filter(contract__in=wanted).overlapping(first - REACH, until).order_by("valid_from")
    )
    weeks = _grouped(UsualWeek.objects.filter(contract__in=wanted).overlapping(first - REACH, until))
    chosen = chosen_days({contract.cooperative_id for contract in found})
    return {
        contract.pk: Record(
            contract, versions.get(contract.pk, ()), weeks.get(contract.pk, ()), entries.get(contract.pk, {}),
            chosen.get(contract.cooperative_id, {}),
        )
        for contract in found
    }  # fmt: skip


def _grouped(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    groups: dict[UUID, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.contract_id, []).append(row)
    return groups


def record(contract: UUID, first: date, until: date) -> Record:
    """Return the record of one contract for the days from one up to another (excluded)."""
    return records([contract], first, until)[contract]


def chosen_days(cooperatives: Collection[UUID]) -> dict[UUID, dict[date, date]]:
    """Return the days that cooperatives chose for public holidays, by holiday."""
    found: dict[UUID, dict[date, date]] = {}
    for one in HolidayChoice.objects.filter(cooperative__in=cooperatives):
        found.setdefault(one.cooperative_id, {})[one.holiday] = one.taken_on
    return found


def away(contracts: Collection[UUID], month: Month) -> frozenset[UUID]:
    """Return the contracts of which nothing is paid in a month, since somebody is away unpaid all of it."""
    found = records(contracts, month.first, month.plus(1).first, entered=True)
    return frozenset(pk for pk, one in found.items() if one.is_away(month))


# --- the month, for exports and declarations --------------------------------------------------------------------------


@dataclass(frozen=True)
class MemberMonth:
    """A month under one contract. ``entered`` tells whether anything was entered; without it the month is as usual.

    ``unpaid_days`` are working days (Monday to Friday) that are not paid, not rounded.
    """

    contract: UUID
    person: UUID
    name: str
    worker_number: str
    month: Month
    weekly_hours: Decimal
    full_time_hours: Decimal
    entered: bool
    days: tuple[Day, ...]
    totals: tuple[Total, ...]
    unpaid_days: Decimal

    @property
    def unpaid(self) -> Decimal:
        """The working days that are not paid, rounded to two decimals."""
        return cents(self.unpaid_days)


def month_of(cooperative: UUID, month: Month, *, contracts: Collection[UUID] | None = None) -> list[MemberMonth]:
    """Return the month of each contract of a cooperative that holds on a day of it, by name; perhaps of some contracts only.

    The caller has checked that the user reads the pay of the cooperative (or their own), and notes the reading.
    """
    first, until = month.first, month.plus(1).first
    rows = EmploymentContract.objects.filter(cooperative=cooperative).overlapping(first, until)
    if contracts is not None:
        rows = rows.filter(pk__in=contracts)
    ids = list(rows.order_by("person__sort_name", "worker_number").values_list("pk", flat=True))
    found = records(ids, first, until)
    return [_member_month(found[pk], month) for pk in ids]


def _member_month(one: Record, month: Month) -> MemberMonth:
    first, until = month.first, month.plus(1).first
    days = one.days(first, until)
    version = one.version(days[-1].on) if days else None
    held = [start.on for start in days]
    working = working_days(held[0], held[-1] + timedelta(days=1)) if held else 0
    return MemberMonth(
        contract=one.contract.pk,
        person=one.contract.person_id,
        name=str(one.contract.person),
        worker_number=one.contract.worker_number,
        month=month,
        weekly_hours=version.weekly_hours if version else ZERO,
        full_time_hours=version.full_time_hours if version else ZERO,
        entered=one.entered_in(month),
        days=days,
        totals=absences.totals(days, one.beyond),
        unpaid_days=working - absences.paid_days(days, one.beyond, working),
    )


# --- counters ---------------------------------------------------------------------------------------------------------


def counters_of(contract: EmploymentContract, on: date) -> Counters:
    """Return where the person of a contract stands with its cooperative in the calendar year of a day.

    All contracts of the person with the cooperative count; what is taken counts over the whole year, planned days too.
    """
    year = on.year
    ids = EmploymentContract.objects.filter(person=contract.person_id, cooperative=contract.cooperative_id)
    found = list(records(list(ids.values_list("pk", flat=True)), date(year - 1, 1, 1), date(year + 1, 1, 1)).values())
    before = [service for one in found for service in _service(one, year - 1)]
    mine = next((one for one in found if one.contract.pk == contract.pk), None)
    version = mine.version(on) or (mine.versions[-1] if mine.versions else None) if mine else None
    weekly = version.weekly_hours if version else ZERO
    days = [day for one in found for day in one.days(date(year, 1, 1), date(year + 1, 1, 1)) if day.entered]
    beyond = frozenset[date]().union(*(one.beyond for one in found))
    totals = absences.totals(days, beyond)
    holidays = [one for one in totals if one.kind == Kind.HOLIDAY]
    sick = [one for one in totals if one.kind == Kind.SICKNESS]
    week = [hours for hours in (mine.usual_week(on) if mine else ()) if hours]
    week = week or [hours for hours in absences.even_week(weekly) if hours]
    return Counters(
        entitled=absences.entitlement(before, weekly),
        taken_days=sum((one.days for one in holidays), ZERO),
        taken_hours=sum((one.hours for one in holidays), ZERO),
        sickness_days=sum((one.days for one in sick), ZERO),
        unpaid_sickness_days=sum((one.days for one in sick if not one.paid), ZERO),
        day_hours=sum(week, ZERO) / len(week) if week else ZERO,
    )


def _service(one: Record, year: int) -> list[Service]:
    """Return the months of a year under a contract: its working days less unpaid leave, over those of the month."""
    found = []
    for month in Month(year, 1).until(Month(year, 12)):
        days = one.days(month.first, month.plus(1).first)
        if not days:
            continue
        first, until = days[0].on, days[-1].on + timedelta(days=1)
        usual = sum((day.usual for day in days), ZERO)
        unpaid = sum((min(day.of([Kind.UNPAID]), day.usual) for day in days), ZERO)
        whole = working_days(month.first, month.plus(1).first)
        share = Decimal(working_days(first, until)) / whole
        version = one.version(days[-1].on)
        if usual and version is not None:
            found.append(Service(share * (usual - unpaid) / usual, version.weekly_hours))
    return found


# --- the time on payslips ---------------------------------------------------------------------------------------------


def performance_row(payslip: Any, totals: Iterable[Total]) -> Performance:
    """Return the row of the time on a payslip; nothing is saved."""
    return Performance(payslip=payslip, totals=json.dumps(absences.to_json(totals)))


def performance_of(payslip: Any) -> tuple[Total, ...]:
    """Return days and hours by kind as a payslip shows them; nothing when the month was as usual."""
    row = getattr(payslip, "performance", None)
    return absences.from_json(json.loads(row.totals)) if row else ()


@dataclass(frozen=True)
class Changed:
    """The days of a kind on a payslip and on the one that replaces it; None: the month was as usual."""

    label: Any
    old: Decimal | None
    new: Decimal | None


def days_changed(*, old: Any, new: Any) -> list[Changed]:
    """Return what a correction changes of the days of a payslip, by kind; nothing when they are as they were."""
    before, now = performance_of(old), performance_of(new)
    if before == now:
        return []
    labels = {(one.kind, one.paid): one.label for one in (*before, *now)}
    sides = [{(one.kind, one.paid): one.days for one in side} if side else None for side in (before, now)]
    return [
        Changed(label, *(None if side is None else side.get(kind, ZERO) for side in sides))
        for kind, label in labels.items()
    ]


def is_employed(user: Any) -> bool:
    """Tell whether a user has, or had, a contract, and so days to enter."""
    return EmploymentContract.objects.filter(person__user=user.pk).exists()


def contracts_of(user: Any, month: Month) -> list[EmploymentContract]:
    """Return a user's own contracts that hold on a day of a month, by cooperative."""
    return list(
        EmploymentContract.objects.filter(person__user=user.pk)
        .overlapping(month.first, month.plus(1).first)
        .select_related("person", "cooperative")
        .order_by("cooperative__name", "-valid_from")
    )
