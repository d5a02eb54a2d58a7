"""The calendar that days rest on: the usual week of a contract, and when a cooperative takes its public holidays."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from coop import formatting
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.money import ZERO
from coop.periods import Month
from members.models import EmploymentContract
from payroll import absences, public_holidays, worktime
from payroll.models import HolidayChoice, PayrollRun, UsualWeek, WorkDay
from payroll.services.worktime import PREPARED, OutsideContract, recalculate_days


class WeekRefused(Refused):
    """A usual week was recorded whose hours are not those of the contract, or from a day whose pay is approved."""


@transaction.atomic
def record_week(*, contract: UUID, valid_from: date, hours: Sequence[Decimal], by: Any) -> UsualWeek:
    """Record the usual hours of each day of the week, from Monday, from a day on; the week before ends there.

    They add up to the weekly hours of the contract on that day. Raises WeekRefused, OutsideContract; PermissionDenied.
    """
    found = EmploymentContract.objects.select_related("person", "cooperative").get(pk=contract)
    visibility.require(by, Subject.RUNS, "w", cooperative=found.cooperative_id)
    EmploymentContract.objects.select_for_update(no_key=True).get(pk=contract)
    record = worktime.record(contract, valid_from, valid_from + timedelta(days=1))
    version = record.version(valid_from)
    if version is None:
        raise OutsideContract(
            subject=str(found.person),
            reason=_("On %(day)s there is no contract with %(cooperative)s.")
            % {"day": formatting.day(valid_from), "cooperative": found.cooperative.name},
            remedy=_("Choose a day of the contract."),
            field="valid_from",
        )
    whole = sum(hours, ZERO)
    if whole != version.weekly_hours or any(one < 0 or one > absences.DAY_HOURS for one in hours):
        raise WeekRefused(
            subject=_("Usual week of %(person)s") % {"person": found.person},
            reason=_("The days make %(hours)s hours; the contract has %(weekly)s hours a week.")
            % {"hours": formatting.quantity(whole), "weekly": formatting.quantity(version.weekly_hours)},
            remedy=_("Correct the hours of the days; other weekly hours are an amendment of the contract."),
            field="monday",
        )
    later = UsualWeek.objects.filter(contract=found, valid_from__gte=valid_from)
    paid = _closed_runs(found.cooperative_id).filter(month__gte=Month.of(valid_from).first)
    if later.exists() or paid.exists():
        raise WeekRefused(
            subject=_("Usual week of %(person)s") % {"person": found.person},
            reason=_("Pay from %(day)s on is already submitted, or a later week is already recorded.")
            % {"day": formatting.day(valid_from)},
            remedy=_("Record the week from the first day of a later month."),
            field="valid_from",
        )
    UsualWeek.objects.filter(contract=found).on(valid_from).update(valid_until=valid_from)
    week: UsualWeek = UsualWeek.objects.create(contract=found, valid_from=valid_from, hours=list(hours))
    recalculate_days(found, [valid_from])
    return week


def _closed_runs(cooperative: UUID) -> QuerySet[PayrollRun]:
    """Return the ordinary runs that are submitted, approved or closed."""
    runs = PayrollRun.objects.filter(cooperative=cooperative, kind=PayrollRun.Kind.ORDINARY)
    return runs.exclude(state__in=[*PREPARED, PayrollRun.State.CANCELLED])


# --- public holidays --------------------------------------------------------------------------------------------------


class HolidayRefused(Refused):
    """A day was chosen for a public holiday that cannot replace it."""


@transaction.atomic
def choose_holiday(
    *, cooperative: Cooperative, holiday: date, taken_on: date | None, by: Any, at: datetime
) -> HolidayChoice | None:
    """Record the day on which a cooperative takes a public holiday that falls on a day on which it does not work.

    An empty ``taken_on`` takes the choice back. Source: law of 4 January 1974, article 6; the days are made known before
    15 December of the year before. Raises HolidayRefused; PermissionDenied.
    """
    visibility.require(by, Subject.RUNS, "w", cooperative=cooperative.pk)
    Cooperative.objects.select_for_update(no_key=True).get(pk=cooperative.pk)
    chosen = worktime.chosen_days([cooperative.pk]).get(cooperative.pk, {})
    before = chosen.pop(holiday, None)
    names = {day: code for code, day in public_holidays.legal(holiday.year).items()}
    if holiday not in names:
        raise _holiday_refused(holiday, _("It is not one of the ten public holidays."), _("Choose one of the list."))
    now = {one.of: one.on for one in public_holidays.holidays_of(holiday.year, chosen)}[holiday]
    if taken_on is not None:
        _refuse_day(holiday, taken_on, set(chosen.values()))
    moved = {day for day in (before or now, taken_on or now, holiday) if day is not None}
    if _closed_runs(cooperative.pk).filter(month__in={Month.of(day).first for day in moved}).exists():
        raise _holiday_refused(
            holiday,
            _("The pay of a month in which it would change is already submitted."),
            _("Choose a day of a month that is not paid yet, while the holiday is not past either."),
        )
    if taken_on is None:
        HolidayChoice.objects.filter(cooperative=cooperative, holiday=holiday).delete()
        choice = None
    else:
        choice, _made = HolidayChoice.objects.update_or_create(
            cooperative=cooperative, holiday=holiday,
            defaults={"taken_on": taken_on, "chosen_by": by, "chosen_at": at},
        )  # fmt: skip
    _recalculate_all(cooperative, {Month.of(day) for day in moved})
    return choice


def _refuse_day(holiday: date, taken_on: date, others: set[date]) -> None:
    legal = set(public_holidays.legal(taken_on.year).values())
    if taken_on.weekday() in public_holidays.WEEKEND or taken_on in legal or taken_on in others:
        raise _holiday_refused(
            holiday,
            _("%(day)s is a weekend, a public holiday or the day of another one.") % {"day": formatting.day(taken_on)},
            _("Choose a day on which the cooperative usually works."),
        )
    if taken_on.year != holiday.year:
        raise _holiday_refused(
            holiday,
            _("%(day)s lies in another year.") % {"day": formatting.day(taken_on)},
            _("Choose a day of the same year."),
        )


def _holiday_refused(holiday: date, reason: str, remedy: str) -> HolidayRefused:
    return HolidayRefused(
        subject=_("Public holiday of %(day)s") % {"day": formatting.day(holiday)}, reason=reason, remedy=remedy,
        field="taken_on",
    )  # fmt: skip


def _recalculate_all(cooperative: Cooperative, months: set[Month]) -> None:
    """Make the payslips of members with entered days due again in the ordinary runs that are prepared."""
    for month in months:
        contracts = (
            WorkDay.objects.filter(contract__cooperative=cooperative, day__gte=month.first, day__lte=month.last)
            .values_list("contract", flat=True)
            .distinct()
        )
        for contract in EmploymentContract.objects.filter(pk__in=list(contracts)).order_by("pk"):
            recalculate_days(contract, [month.first])
