"""The fiscal employment bonus, and the withholding tax that is due after it."""

from __future__ import annotations

from payroll.engine.rules.dated import DatedRule
from payroll.engine.sheet import MonthSheet

fiscal_bonus = DatedRule("fiscal_bonus")


@fiscal_bonus.since(2024, 4)
def on_both_parts(sheet: MonthSheet) -> None:
    """A share of each part of the employment bonus really granted is taken off the tax.

    33.14 % of A and 52.54 % of B, each to the cent; together never more than the tax that is left
    after the reduction for group insurance. What is not used is lost.
    Writes ``fiscal_bonus_a``, ``fiscal_bonus_b``, ``fiscal_bonus`` (EUR).
    Source: SPF Finances, annex III to the royal decree on withholding tax.
    """
    law = sheet.law["fiscal_bonus"]
    part_a = sheet.cent("fiscal_bonus_a", "rate", sheet["employment_bonus_a"], law["a"])
    part_b = sheet.cent("fiscal_bonus_b", "rate", sheet["employment_bonus_b"], law["b"])
    left = sheet["withholding_left"]
    sheet.exact("fiscal_bonus", "sum_at_most_last", part_a, part_b, left)
