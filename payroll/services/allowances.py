"""Allowances beside pay: what a contract grants from a month on, and the kilometres, days and vouchers of a month."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop import formatting
from coop.access import visibility
from coop.access.predicates import Subject
from coop.errors import Refused, Text
from coop.money import ZERO, exact
from coop.periods import Month
from members.models import EmploymentContract
from members.services import rules
from payroll import beside_pay
from payroll.beside_models import AllowanceMonth, AllowanceTerms
from payroll.models import PayrollRun, RunMember
from payroll.services.quarters import lock_contract

KINDS = (PayrollRun.Kind.ORDINARY, PayrollRun.Kind.CORRECTION)
HALVES = (("bicycle_rate", "bicycle_kilometres"), ("voucher_employer", "voucher_worker"))
NAMES: Mapping[str, Text] = {
    "bicycle_rate": gettext_lazy("Bicycle to work, € per kilometre"),
    "bicycle_kilometres": gettext_lazy("Kilometres a day by bicycle"),
    "voucher_employer": gettext_lazy("Meal voucher, share of the employer (€)"),
    "voucher_worker": gettext_lazy("Meal voucher, share of the worker (€)"),
}


class RunSubmitted(Refused):
    """What stands beside the pay of a month was to change while its payslips wait for approval, or after it."""


class RateAboveCap(Refused):
    """An allowance was granted above what the law leaves outside pay."""


class TermsIncomplete(Refused):
    """An allowance was granted with one half of what it needs."""


class MoreDaysThanTheMonthHas(Refused):
    """More days or vouchers were entered than the month has days."""


class NothingGranted(Refused):
    """Kilometres, days or vouchers were entered under a contract that grants nothing for them."""


class MonthNotPayable(Refused):
    """Kilometres, days or vouchers were entered for a month that has not begun, or in which the contract does not hold."""


def subject_of(contract: EmploymentContract) -> str:
    """Return what people call what stands beside the pay of a contract."""
    return _("Allowances and deductions of %(person)s, worker %(number)s") % {
        "person": contract.person,
        "number": contract.worker_number,
    }


def refuse_checked(contract: EmploymentContract, month: Month) -> None:
    """Refuse a change of what months from ``month`` on rest on, when one is locked or waits for approval.

    A month that is approved but not locked may change: a correction of its payslip then rests on it.
    """
    rules.refuse_paid(contract.cooperative, month.first, subject_of(contract))
    waiting = (
        RunMember.objects.filter(
            contract=contract, run__month__gte=month.first, run__state=PayrollRun.State.SUBMITTED, run__kind__in=KINDS
        )
        .select_related("run")
        .order_by("run__month")
        .first()
    )
    if waiting is not None:
        raise RunSubmitted(
            subject=subject_of(contract),
            reason=_("The payslips of %(month)s were checked and wait for approval.")
            % {"month": formatting.month(waiting.run.month)},
            remedy=_("Take the run back first, or begin in the next month."),
        )


def calculate_again(contract: EmploymentContract, month: Month) -> None:
    """Make the payslips of a contract due again in the runs that are being prepared, from a month on."""
    runs = PayrollRun.objects.filter(
        members__contract=contract, month__gte=month.first, kind__in=KINDS,
        state__in=[PayrollRun.State.OPEN, PayrollRun.State.CALCULATED],
    )  # fmt: skip
    ids = sorted(set(runs.values_list("pk", flat=True)))
    for run in PayrollRun.objects.select_for_update().filter(pk__in=ids).order_by("pk"):
        if run.state not in {PayrollRun.State.OPEN, PayrollRun.State.CALCULATED}:
            continue
        RunMember.objects.filter(run=run, contract=contract).update(
            state=RunMember.State.TODO, failure=None, lease_until=None
        )
        run.state = PayrollRun.State.OPEN
        run.save(update_fields=["state"])


# --- terms ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_allowance_terms(
    *,
    contract: EmploymentContract,
    since: Month,
    by: Any,
    car_rate: Decimal | None = None,
    car_index: str = AllowanceTerms.CarIndex.QUARTERLY,
    bicycle_rate: Decimal | None = None,
    bicycle_kilometres: Decimal | None = None,
    home_working: Decimal = ZERO,
    voucher_employer: Decimal | None = None,
    voucher_worker: Decimal | None = None,
) -> AllowanceTerms:
    """Record what a contract grants beside pay from a month on; the terms before end there. For the same month, corrected.

    EUR, rates per kilometre. Refused above the caps of the law of that month. Raises RateAboveCap, TermsIncomplete,
    MonthAlreadyPaid, RunSubmitted, PeriodsOverlap; PermissionDenied without the right on pay.
    """
    visibility.require(by, Subject.PAY, "w", cooperative=contract.cooperative_id)
    lock_contract(contract.pk)
    refuse_checked(contract, since)
    values = {
        "car_rate": car_rate, "car_index": car_index, "bicycle_rate": bicycle_rate,
        "bicycle_kilometres": bicycle_kilometres, "home_working": exact(home_working or ZERO),
        "voucher_employer": voucher_employer, "voucher_worker": voucher_worker,
    }  # fmt: skip
    _refuse_halves(contract, values)
    _refuse_above_caps(contract, since, values)
    _refuse_later(contract, since)
    current: AllowanceTerms | None = AllowanceTerms.objects.filter(contract=contract).on(since.first).first()
    if current is not None and current.valid_from == since.first:
        for name, value in values.items():
            setattr(current, name, value)
        current.save(update_fields=[*values])
    else:
        if current is not None:
            current.valid_until = since.first
            current.save(update_fields=["valid_until"])
        current = AllowanceTerms.objects.create(contract=contract, valid_from=since.first, **values)
    calculate_again(contract, since)
    return current


def _refuse_later(contract: EmploymentContract, since: Month) -> None:
    later = AllowanceTerms.objects.filter(contract=contract, valid_from__gt=since.first).order_by("valid_from").first()
    if later is not None:
        raise rules.PeriodsOverlap(
            subject=subject_of(contract),
            reason=_("Other terms are already recorded from %(day)s on.") % {"day": formatting.day(later.valid_from)},
            remedy=_("Choose a month from %(month)s on.") % {"month": formatting.month(later.valid_from)},
            field="since",
        )


def _refuse_halves(contract: EmploymentContract, values: Mapping[str, Any]) -> None:
    for one, other in HALVES:
        if (values[one] is None) != (values[other] is None):
            missing = one if values[one] is None else other
            raise TermsIncomplete(
                subject=subject_of(contract),
                reason=_("“%(field)s” is empty, but what goes with it is given.") % {"field": NAMES[missing]},
                remedy=_("Give both, or leave both empty."),
                field=missing,
            )


def _refuse_above_caps(contract: EmploymentContract, since: Month, values: Mapping[str, Any]) -> None:
    """Refuse what would be pay in the first month; a cap that is not known yet is asked again by each payslip."""
    caps = beside_pay.law_of_rates(since)
    face = None
    if values["voucher_employer"] is not None:
        face = values["voucher_employer"] + values["voucher_worker"]
    highest = (
        ("car_rate", values["car_rate"], caps.get(f"car_{values['car_index']}")),
        ("bicycle_rate", values["bicycle_rate"], caps.get("bicycle")),
        ("home_working", values["home_working"], caps.get("home_working")),
        ("voucher_employer", values["voucher_employer"], caps.get("voucher_employer")),
        ("voucher_employer", face, caps.get("voucher_face")),
    )
    for field, value, cap in highest:
        if value is not None and cap is not None and value > cap:
            raise RateAboveCap(
                subject=subject_of(contract),
                reason=_("%(given)s is more than the %(cap)s that the law of %(month)s leaves outside pay.")
                % {"given": formatting.price(value), "cap": formatting.price(cap), "month": formatting.month(since)},
                remedy=_("Grant at most that; what exceeds it is pay, and belongs into the gross."),
                field=field,
            )
    least = caps.get("voucher_worker")
    if values["voucher_worker"] is not None and least is not None and values["voucher_worker"] < least:
        raise RateAboveCap(
            subject=subject_of(contract),
            reason=_("The worker bears at least %(least)s of a meal voucher; with %(given)s the vouchers would be pay.")
            % {"least": formatting.price(least), "given": formatting.price(values["voucher_worker"])},
            remedy=_("Let the worker bear at least that."),
            field="voucher_worker",
        )


# --- the month --------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_allowance_month(
    *,
    contract: EmploymentContract,
    month: Month,
    kilometres: Decimal,
    bicycle_days: int,
    by: Any,
    on: date,
    at: datetime,
    vouchers: int | None = None,
) -> AllowanceMonth:
    """Record the kilometres, bicycle days and meal vouchers of a month; what was entered before is replaced.

    The member enters kilometres and days until the payslips are checked; the payroll officer also the vouchers (None:
    as they are), and later, for a correction. Raises MoreDaysThanTheMonthHas, NothingGranted, MonthNotPayable,
    MonthAlreadyPaid, RunSubmitted; PermissionDenied.
    """
    officer = visibility.may(by, Subject.PAY, "w", cooperative=contract.cooperative_id)
    if not officer and (by.pk != contract.person.user_id or vouchers is not None):
        raise PermissionDenied("pay w")
    lock_contract(contract.pk)
    refuse_checked(contract, month)
    if not officer:
        _refuse_approved(contract, month)
    _refuse_month(contract, month, on)
    known = AllowanceMonth.objects.filter(contract=contract, month=month.first).first()
    if vouchers is None:
        vouchers = known.vouchers if known else 0
    _refuse_days(contract, month, bicycle_days, vouchers)
    _refuse_not_granted(contract, month, kilometres=kilometres, bicycle_days=bicycle_days, vouchers=vouchers)
    row, _created = AllowanceMonth.objects.update_or_create(
        contract=contract, month=month.first,
        defaults={
            "kilometres": exact(kilometres), "bicycle_days": bicycle_days, "vouchers": vouchers, "entered_by": by,
            "entered_at": at,
        },
    )  # fmt: skip
    calculate_again(contract, month)
    return row


def _refuse_approved(contract: EmploymentContract, month: Month) -> None:
    over = [PayrollRun.State.APPROVED, PayrollRun.State.CLOSED]
    if RunMember.objects.filter(contract=contract, run__month=month.first, run__state__in=over).exists():
        raise RunSubmitted(
            subject=subject_of(contract),
            reason=_("The payslip of %(month)s is approved.") % {"month": formatting.month(month)},
            remedy=_("Ask the payroll officer to correct it."),
        )


def _refuse_month(contract: EmploymentContract, month: Month, on: date) -> None:
    holds = contract.valid_from <= month.last and (contract.valid_until is None or contract.valid_until > month.first)
    if month.first > on or not holds:
        raise MonthNotPayable(
            subject=subject_of(contract),
            reason=_("%(month)s has not begun yet.") % {"month": formatting.month(month)}
            if holds
            else _("The contract does not hold in %(month)s.") % {"month": formatting.month(month)},
            remedy=_("Choose a month of the contract that has begun."),
        )


def _refuse_days(contract: EmploymentContract, month: Month, bicycle_days: int, vouchers: int) -> None:
    days = monthrange(month.year, month.number)[1]
    for field, number in (("bicycle_days", bicycle_days), ("vouchers", vouchers)):
        if number > days:
            raise MoreDaysThanTheMonthHas(
                subject=subject_of(contract),
                reason=_("%(number)s is more than the %(days)s days of %(month)s.")
                % {"number": number, "days": days, "month": formatting.month(month)},
                remedy=_("Count only the days worked."),
                field=field,
            )


def _refuse_not_granted(
    contract: EmploymentContract, month: Month, *, kilometres: Decimal, bicycle_days: int, vouchers: int
) -> None:
    terms: AllowanceTerms | None = AllowanceTerms.objects.filter(contract=contract).on(month.first).first()
    for field, number, granted in (
        ("kilometres", kilometres, terms.car_rate if terms else None),
        ("bicycle_days", bicycle_days, terms.bicycle_rate if terms else None),
        ("vouchers", vouchers, terms.voucher_employer if terms else None),
    ):
        if number and granted is None:
            raise NothingGranted(
                subject=subject_of(contract),
                reason=_("The contract grants nothing for it in %(month)s.") % {"month": formatting.month(month)},
                remedy=_("Ask the payroll officer to record what is granted, from that month on; or leave it at zero."),
                field=field,
            )
