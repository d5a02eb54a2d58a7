"""The worker's social-security contribution."""

from __future__ import annotations

from payroll.engine.sheet import MonthSheet


def social_contribution(sheet: MonthSheet) -> None:
    """The worker contributes 13.07 % of 100 % of gross, without ceiling, to the cent.

    Writes ``gross`` and ``social_contribution`` (EUR, before the employment bonus).
    Source: ONSS, administrative instructions.
    """
    gross = sheet.euros("gross", sheet.facts.gross)
    sheet.cent("social_contribution", "rate", gross, sheet.law["social_contribution"]["rate"])


def contribution_due(sheet: MonthSheet) -> None:
    """The employment bonus is taken off the contribution; what is due lowers the taxable pay.

    Writes ``social_contribution_due`` and ``taxable`` (EUR, exact).
    """
    due = sheet.exact(
        "social_contribution_due",
        "difference",
        sheet["social_contribution"],
        sheet["employment_bonus"],
    )
    sheet.exact("taxable", "difference", sheet["gross"], due)
