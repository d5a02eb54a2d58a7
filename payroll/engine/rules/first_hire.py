"""The target-group reduction for an employer's first hires: a quarterly amount, given by the month."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from payroll.engine.facts import FirstHire
from payroll.engine.figures import Figure, Parameter
from payroll.engine.law import row_of
from payroll.engine.rules.dated import DatedRule
from payroll.engine.rules.employer_contribution import base_of_quarter
from payroll.engine.sheet import MonthSheet, Sheet

first_hire_reduction = DatedRule("first_hire_reduction")


@first_hire_reduction.since(2024, 1)
def amount_by_rank(sheet: MonthSheet) -> None:
    """Where a person switched it on, the month gives its part of the quarter's reduction, as the structural one does.

    ``hold``: nothing before the third month. ``advance``: the quarter projected from the months to date, times months
    paid over months expected, less what was given. The third month gives the remainder, under both policies.
    ``alone``: a third of a quarter of three such months. Needs the figures of the structural reduction.
    Writes ``first_hire_reduction_quarter``, ``first_hire_reduction`` and their steps (EUR); nothing when it is off.
    Source: programme law of 24 December 2002, articles 342 and following; programme law of 30 May 2026.
    """
    hire, so_far = sheet.facts.first_hire, sheet.facts.quarter
    if hire is None:
        return
    quarter = quarter_amount(sheet, hire)
    given = [
        sheet.euros(f"quarter_month_{one.month.position}.first_hire_reduction", one.first_hire_reduction)
        for one in so_far.months
    ]
    paid, expected = sheet["months_paid"], sheet["months_expected"]
    if so_far.policy == "hold" and paid.amount < expected.amount:
        sheet.exact("first_hire_reduction", "nothing", quarter)
        return
    to_date = sheet.cent("first_hire_reduction_to_date", "pro_rata", quarter, paid, expected)
    sheet.exact("first_hire_reduction", "difference", to_date, *given)


def quarter_amount(sheet: Sheet, hire: FirstHire) -> Figure:
    """G × µ × β, G by rank and quarter, at most what the structural reduction leaves of the base contribution.

    µ and β are those of the structural reduction, which goes first: of the two, the target-group reduction is the one that
    is cut. The base contribution, wage moderation included, is that of the pay of the quarter under its ceiling. Each
    product is rounded to the cent. Writes ``first_hire_reduction_quarter`` (EUR) and its steps. Raises ``NoLaw``.
    """
    law = sheet.law["first_hire"]
    rank, number = sheet.fact("first_hire_rank", hire.rank), sheet.fact("first_hire_quarter", hire.quarter)
    row = row_of(law.rows(f"rank.{hire.rank}"), Decimal(hire.quarter))
    until: Sequence[Parameter] = [row["up_to"]] if "up_to" in row else []
    highest = sheet.exact("first_hire_highest", "parameter", row["amount"], rank, number, *until)
    share, factor = sheet["working_time_share"], sheet["working_time_factor"]
    worked = sheet.cent("first_hire_for_working_time", "product_of_three", highest, share, factor)
    return sheet.exact("first_hire_reduction_quarter", "lesser", worked, _left(sheet))


def _left(sheet: Sheet) -> Figure:
    """What the structural reduction leaves of the quarter's base contribution, not below zero."""
    due, structural = base_of_quarter(sheet), sheet["structural_reduction_quarter"]
    return sheet.exact("quarter_base_contribution_left", "difference_not_below_zero", due, structural)
