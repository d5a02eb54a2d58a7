"""Exceptional payments: what is due, the contribution on it, and the tax by the yearly pay."""

from __future__ import annotations

from decimal import Decimal

from payroll.engine.facts import Employer, Household
from payroll.engine.figures import Figure, Finding, Parameter
from payroll.engine.law import row_of
from payroll.engine.rules.employer_contribution import on_premium
from payroll.engine.rules.withholding_tax import children_counted
from payroll.engine.sheet import Sheet

MONTHS = Decimal(12)


def end_of_year_premium(sheet: Sheet, *, monthly_pay: Decimal, months: int) -> None:
    """A month's pay is due for a full year, a twelfth of it for each month worked.

    Writes ``exceptional_payment``, ``exceptional_contribution`` and ``contributory_payment`` (EUR).
    Source: CCT of 9 June 2016, 134421/CO/200.
    """
    pay = sheet.euros("exceptional_monthly_pay", monthly_pay)
    _premium(sheet, sheet.cent("exceptional_payment", "pro_rata", pay, *_months(sheet, months)))


def annual_premium(sheet: Sheet, *, weekly_hours: Decimal, full_time_weekly_hours: Decimal, months: int) -> None:
    """The annual premium of PC 200 follows the contract's hours and the months worked.

    Writes the figures of ``end_of_year_premium`` and ``annual_premium`` (EUR).
    Raises ``NoLaw`` when the month has no confirmed premium. Source: Sociaal Fonds 200.
    """
    year = sheet.cent(
        "annual_premium",
        "pro_rata",
        sheet.law["benefits_pc200"]["annual_premium"],
        sheet.fact("weekly_hours", weekly_hours),
        sheet.fact("full_time_weekly_hours", full_time_weekly_hours),
    )
    _premium(sheet, sheet.cent("exceptional_payment", "pro_rata", year, *_months(sheet, months)))


def other_premium(sheet: Sheet, *, amount: Decimal) -> None:
    """A premium that was agreed bears the ordinary contribution.

    Writes ``exceptional_payment``, ``exceptional_contribution`` and ``contributory_payment`` (EUR).
    """
    _premium(sheet, sheet.euros("exceptional_payment", amount))


def _months(sheet: Sheet, months: int) -> tuple[Figure, Figure]:
    return sheet.fact("exceptional_months", months), sheet.fact("months_of_year", MONTHS)


def _premium(sheet: Sheet, payment: Figure) -> None:
    """A premium bears the worker's and the employer's contributions on the whole of it."""
    sheet.cent("exceptional_contribution", "rate", payment, sheet.law["social_contribution"]["rate"])
    sheet.exact("contributory_payment", "sum_of", payment)


def double_holiday_pay(sheet: Sheet, *, monthly_pay: Decimal, months: int) -> None:
    """92 % of a month's gross is due, a twelfth of it for each month worked in the year before.

    The contribution of 13.07 % is withheld on 85/92 of it: the part of the third day of the fourth
    week and after bears none. The employer contributes nothing on it.
    Writes ``double_holiday_pay``, ``exceptional_payment``, ``holiday_contribution_base`` and
    ``exceptional_contribution`` (EUR). Source: law of 28 June 1971; ONSS, holiday pay.
    """
    law = sheet.law["exceptional_payment"]
    pay = sheet.euros("exceptional_monthly_pay", monthly_pay)
    year = sheet.cent("double_holiday_pay", "rate", pay, law["double_holiday_pay.share"])
    _holiday_contribution(sheet, sheet.cent("exceptional_payment", "pro_rata", year, *_months(sheet, months)))


def given_double_holiday_pay(sheet: Sheet, *, amount: Decimal) -> None:
    """Double holiday pay whose amount is known bears the same contribution.

    Writes ``exceptional_payment``, ``holiday_contribution_base`` and ``exceptional_contribution`` (EUR).
    """
    _holiday_contribution(sheet, sheet.euros("exceptional_payment", amount))


def _holiday_contribution(sheet: Sheet, payment: Figure) -> None:
    law = sheet.law["exceptional_payment"]
    base = sheet.cent(
        "holiday_contribution_base",
        "pro_rata",
        payment,
        law["double_holiday_pay.bearing"],
        law["double_holiday_pay.share"],
    )
    sheet.cent("exceptional_contribution", "rate", base, sheet.law["social_contribution"]["rate"])


def exit_holiday_pay(sheet: Sheet, *, earned_this_year: Decimal, earned_before: Decimal) -> None:
    """On leaving, 15.34 % of the pay on which no holiday was taken yet is due: simple and double.

    The simple half bears the ordinary contributions of both; of the double half, 6.80 of its 7.67
    points bear the worker's. Writes ``exit_holiday_base``, the two halves, their contributions, and
    ``exceptional_payment``, ``exceptional_contribution``, ``contributory_payment`` (EUR).
    Source: AR of 30 March 1967, article 46; ONSS, holiday pay on leaving.
    """
    law, rate = sheet.law["exceptional_payment"], sheet.law["social_contribution"]["rate"]
    base = sheet.exact(
        "exit_holiday_base",
        "sum_of",
        sheet.euros("earned_this_year", earned_this_year),
        sheet.euros("earned_before", earned_before),
    )
    simple = sheet.cent("exit_holiday_pay_simple", "rate", base, law["exit.simple"])
    double = sheet.cent("exit_holiday_pay_double", "rate", base, law["exit.double"])
    bearing = sheet.cent("holiday_contribution_base", "pro_rata", double, law["exit.bearing"], law["exit.double"])
    on_simple = sheet.cent("exit_contribution_simple", "rate", simple, rate)
    on_double = sheet.cent("exit_contribution_double", "rate", bearing, rate)
    sheet.exact("exceptional_payment", "sum_of", simple, double)
    sheet.exact("exceptional_contribution", "sum_of", on_simple, on_double)
    sheet.exact("contributory_payment", "sum_of", simple)


def reference_pay(sheet: Sheet, *, monthly_pay: Decimal) -> None:
    """Twelve normal months after the worker's contribution place the payment in the tax scale.

    Whether the pay is taken before or after the contribution is not settled by the text; it is
    taken after it here, and nowhere else. Writes ``normal_monthly_pay``,
    ``normal_monthly_contribution``, ``normal_monthly_taxable`` and ``reference_pay`` (EUR a year).
    """
    pay = sheet.euros("normal_monthly_pay", monthly_pay)
    contribution = sheet.cent("normal_monthly_contribution", "rate", pay, sheet.law["social_contribution"]["rate"])
    taxable = sheet.exact("normal_monthly_taxable", "difference", pay, contribution)
    sheet.exact("reference_pay", "yearly", taxable)
    sheet.find(
        Finding(
            code="reference_pay_to_confirm",
            severity="information",
            figures=("reference_pay",),
            parameters=(),
            values={},
        )
    )


def withholding_tax(sheet: Sheet, *, column: str, household: Household) -> None:
    """The rate of the reference pay is taken on what is left after contribution and exemption.

    With dependent children, what the reference pay lacks to a limit is exempt, and the tax is
    lowered by a share when the reference pay does not exceed another. A bound belongs to its row.
    One rounding, at the end. Writes ``exceptional_rate`` (fraction), ``exempt_room`` (with children),
    ``exceptional_taxable`` and ``exceptional_tax`` (EUR). Source: annex III of the royal decree on withholding tax, nos 53-55.
    """
    law, reference = sheet.law["exceptional_payment"], sheet["reference_pay"]
    rate = sheet.exact("exceptional_rate", "parameter", row_of(law.rows("rates"), reference.amount)[column], reference)
    less: list[Figure] = [sheet["exceptional_contribution"]]
    reduction: list[Parameter] = []
    if household.children:
        children = children_counted(sheet, household)
        row = row_of(law.rows("children"), children.amount)
        less.append(sheet.exact("exempt_room", "room_for_children", row["exempt"], reference, children))
        if reference.amount <= row["reduction_up_to"].value:
            reduction.append(row["reduction"])
    taxable = sheet.exact("exceptional_taxable", "difference_not_below_zero", sheet["exceptional_payment"], *less)
    sheet.cent("exceptional_tax", "reduced_rate" if reduction else "rate", taxable, rate, *reduction)


def net(sheet: Sheet) -> None:
    """The worker receives the payment less contribution and tax.

    Writes ``exceptional_taxable_payment``, which declarations ask for, and ``exceptional_net`` (EUR, exact).
    """
    sheet.exact(
        "exceptional_taxable_payment", "difference", sheet["exceptional_payment"], sheet["exceptional_contribution"]
    )
    sheet.exact(
        "exceptional_net",
        "difference",
        sheet["exceptional_payment"],
        sheet["exceptional_contribution"],
        sheet["exceptional_tax"],
    )


def cost(sheet: Sheet, *, employer: Employer) -> None:
    """The employer pays the payment, and contributions on the part that bears them.

    Writes ``exceptional_employer_contribution`` with its lines, where due, and ``exceptional_cost``
    (EUR). Double holiday pay bears none. The quarter's ceiling does not touch it.
    """
    due: list[Figure] = []
    if "contributory_payment" in sheet.figures:
        due.append(
            on_premium(
                sheet,
                code="exceptional_employer_contribution",
                premium=sheet["contributory_payment"],
                employer=employer,
            )
        )
    sheet.exact("exceptional_cost", "sum_of", sheet["exceptional_payment"], *due)


def provision(sheet: Sheet, *, provided: Decimal) -> None:
    """What was set aside for the payment bears it first; only the rest is a cost of the month.

    Writes ``exceptional_provided``, ``exceptional_provision_used`` and ``exceptional_cost_left`` (EUR).
    Source: royal decree of 29 April 2019 on annual accounts, account 625: provisions made and used.
    """
    cost = sheet["exceptional_cost"]
    used = sheet.exact("exceptional_provision_used", "lesser", sheet.euros("exceptional_provided", provided), cost)
    sheet.exact("exceptional_cost_left", "difference", cost, used)
