"""The whole cost of a month: wage cost, provisions, insurance, fixed costs."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from payroll.engine.facts import Employer
from payroll.engine.figures import Figure, Parameter
from payroll.engine.law import LawOfMonth
from payroll.engine.rules import employer_contribution
from payroll.engine.rules.holiday_pay import holiday_pay
from payroll.engine.sheet import MonthSheet, Sheet

PROVISIONS = (
    "provision.end_of_year",
    "provision.holiday_pay",
    "provision.annual_premium",
    "provision.eco_vouchers",
)

# Eco vouchers of PC 200 by working time: share of full time from which each amount is due.
ECO_VOUCHERS = (
    (Decimal("0.8"), "four_fifths"),
    (Decimal("0.6"), "three_fifths"),
    (Decimal("0.5"), "half"),
)


def employer_cost(sheet: MonthSheet) -> None:
    """The employer cost is the wage cost, the provisions, the insurance and the fixed costs.

    Provisions are rounded cumulatively, so that the months of a year make the year to the cent. Those
    that follow the pay take a twelfth of this month's figures, rounded on the sum of the year; the
    annual premium and the eco vouchers are amounts of the year, of which month m takes
    round(year × m / 12) − round(year × (m − 1) / 12). Writes each provision made,
    ``accident_insurance``, ``fixed_costs`` and ``employer_cost`` (EUR).
    """
    costs = sheet.facts.costs
    if costs.end_of_year_premium:
        end_of_year_premium(sheet)
    holiday_pay(sheet)
    if costs.annual_premium:
        annual_premium(sheet)
    if costs.eco_vouchers:
        eco_vouchers(sheet)
    rate = sheet.fact("accident_insurance_rate", costs.accident_insurance_rate)
    insurance = sheet.cent("accident_insurance", "rate", sheet["gross"], rate)
    fixed = sheet.euros("fixed_costs", costs.fixed_costs_per_month)
    provisions = sheet.written(PROVISIONS)
    sheet.exact("employer_cost", "sum_of", sheet["wage_cost"], *provisions, insurance, fixed)


def end_of_year_premium(sheet: MonthSheet) -> None:
    """The end-of-year premium is a month's gross with its employer contributions: a twelfth a month.

    Writes ``end_of_year_base`` and ``provision.end_of_year`` (EUR).
    Source: CCT of 9 June 2016, 134421/CO/200.
    """
    base = sheet.exact("end_of_year_base", "sum_of", sheet["gross"], sheet["employer_contribution"])
    before = sheet.euros("year_so_far.end_of_year_base", sheet.facts.year.end_of_year_base)
    sheet.exact("provision.end_of_year", "twelfth_cumulated", base, before)


def annual_premium(sheet: MonthSheet) -> None:
    """The annual premium of PC 200 follows the contract's hours, with employer contributions.

    Writes ``annual_premium``, its contributions and ``provision.annual_premium`` (EUR).
    Raises ``NoLaw`` when the month has no confirmed premium. Source: Sociaal Fonds 200.
    """
    work = sheet.facts.work
    written = _premium_of_a_year(sheet.law, sheet.facts.employer, work.weekly_hours, work.full_time_weekly_hours)
    sheet.figures.update(written)
    month = sheet.fact("month_number", sheet.facts.month.month)
    sheet.exact(
        "provision.annual_premium",
        "month_of_year",
        sheet["annual_premium"],
        sheet["annual_premium_contribution"],
        month,
    )


@lru_cache(maxsize=1024)
def _premium_of_a_year(law: LawOfMonth, employer: Employer, hours: Decimal, full_time: Decimal) -> dict[str, Figure]:
    """The premium and its contributions are the same whatever the pay: computed once for employer, hours and month."""
    sheet = Sheet(law=law)
    premium = sheet.cent(
        "annual_premium",
        "pro_rata",
        law["benefits_pc200"]["annual_premium"],
        sheet.fact("weekly_hours", hours),
        sheet.fact("full_time_weekly_hours", full_time),
    )
    employer_contribution.on_premium(sheet, code="annual_premium_contribution", premium=premium, employer=employer)
    return sheet.figures


def eco_vouchers(sheet: MonthSheet) -> None:
    """Eco vouchers of PC 200 depend on the contract's hours: 250, 200, 150 or 100 a year.

    From four fifths, three fifths, half, or less than half of full time.
    Writes ``provision.eco_vouchers`` (EUR). Raises ``NoLaw`` when the month has no confirmed value.
    Source: Sociaal Fonds 200.
    """
    month = sheet.fact("month_number", sheet.facts.month.month)
    sheet.exact("provision.eco_vouchers", "month_of_year", _vouchers_of_the_year(sheet), month)


def _vouchers_of_the_year(sheet: MonthSheet) -> Parameter:
    law, work = sheet.law["benefits_pc200"], sheet.facts.work
    for share, name in ECO_VOUCHERS:
        if work.weekly_hours >= share * work.full_time_weekly_hours:
            return law[f"eco_vouchers.{name}"]
    return law["eco_vouchers.less"]
