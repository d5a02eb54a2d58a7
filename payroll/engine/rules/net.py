"""What is left for the worker."""

from __future__ import annotations

from payroll.engine.sheet import MonthSheet


def net(sheet: MonthSheet) -> None:
    """Net pay is gross less the contribution due, the tax, the special contribution and benefits enjoyed.

    Writes ``net`` (EUR, exact). Amounts that are not taxed, and deductions such as advances,
    vouchers or attachment, come after it and are not part of it.
    """
    sheet.exact(
        "net",
        "difference",
        sheet["gross"],
        sheet["social_contribution_due"],
        sheet["withholding_tax"],
        sheet["special_contribution"],
        sheet.euros("benefit_in_kind", sheet.facts.benefit_in_kind),
    )
