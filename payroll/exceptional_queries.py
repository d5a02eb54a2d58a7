"""What the pages of an exceptional run show: its members with what was counted, paid, and set aside before."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from coop import formatting
from coop.money import ZERO
from coop.periods import Month
from payroll import exceptional_facts, queries, texts
from payroll.exceptional import Nature
from payroll.journal import amount
from payroll.models import GivenFacts, PayrollRun, Payslip, RunMember


@dataclass(frozen=True)
class Row:
    """A member of an exceptional run: what was counted, in words; what is paid from what was set aside, and the rest; EUR."""

    member: RunMember
    payslip: Payslip | None
    counted: str
    used: Decimal
    given: GivenFacts | None
    findings: tuple[tuple[str, str], ...]


def rows_of(run: PayrollRun) -> list[Row]:
    """Return the members of an exceptional run by name, those left out last."""
    members = run.members.select_related("contract__person", "payslip", "given").order_by(
        "contract__person__sort_name", "pk"
    )
    return sorted((_row(member, run.nature) for member in members), key=lambda row: row.member.state == "out")


def row_of(member: RunMember) -> Row:
    """Return one member of an exceptional run."""
    return _row(member, member.run.nature)


def _row(member: RunMember, nature: str) -> Row:
    payslip, given = getattr(member, "payslip", None), getattr(member, "given", None)
    if payslip is None:
        return Row(member, None, "", ZERO, given, ())
    figures = queries.figures_of(payslip)
    findings = tuple(
        (one.severity, texts.finding(one, figures)) for one in figures.findings if one.severity != "information"
    )
    used = amount(figures, "exceptional_provision_used")
    return Row(member, payslip, counted(payslip.facts, nature), used, given, findings)


def counted(facts: Mapping[str, Any], nature: str) -> str:
    """Say what a payment was counted on, from its stored facts."""
    payment = facts["payment"]
    if nature == Nature.EXIT_HOLIDAY_PAY:
        return _("%(this_year)s of this year, %(before)s of the year before") % {
            "this_year": formatting.money(Decimal(payment["earned_this_year"])),
            "before": formatting.money(Decimal(payment["earned_before"])),
        }
    if nature == Nature.ANNUAL_PREMIUM:
        return _("%(months)s of 12 months, %(hours)s of %(full)s hours") % {
            "months": payment["months"],
            "hours": formatting.quantity(Decimal(payment["weekly_hours"])),
            "full": formatting.quantity(Decimal(payment["full_time_weekly_hours"])),
        }
    return _("%(months)s of 12 months, at %(pay)s") % {
        "months": payment["months"],
        "pay": formatting.money(Decimal(payment["monthly_pay"])),
    }


def initial(member: RunMember) -> dict[str, Any]:
    """Return what was given of a member, as a form shows it; empty where the records hold."""
    given = getattr(member, "given", None)
    if given is None:
        return {}
    return {name: getattr(given, name) for name in ("months", *GivenFacts.AMOUNTS, "reason")}


def stored(payslip: Payslip) -> dict[str, Any]:
    """Return what an approved payment was counted on, as the form of its correction shows it."""
    payment = payslip.facts["payment"]
    found: dict[str, Any] = {"monthly_pay": Decimal(payslip.facts["normal_monthly_pay"])}
    for name in ("earned_this_year", "earned_before"):
        if name in payment:
            found[name] = Decimal(payment[name])
    return {**found, "months": payment["months"]} if "months" in payment else found


def month_is_unpaid(run: PayrollRun) -> bool:
    """Tell whether the pay of the month of an exceptional run is not approved: what it sets aside does not count yet."""
    if run.nature == Nature.DOUBLE_HOLIDAY_PAY or run.approval_started_at is not None:
        return False
    month = queries.run_of(run.cooperative, Month.of(run.month))
    return month is None or month.state not in {PayrollRun.State.APPROVED, PayrollRun.State.CLOSED}


def available(member: RunMember) -> Decimal:
    """Return what is set aside for the payment of a member; EUR."""
    run = member.run
    month = Month.of(run.month)
    career = exceptional_facts.careers([member.contract])[member.contract_id]
    found = exceptional_facts.provided(career.contracts, Nature(run.nature), month, corrects=run.corrects_id)
    return sum(found.values(), ZERO)
