"""What the wage costs before provisions."""

from __future__ import annotations

from payroll.engine.sheet import MonthSheet


def wage_cost(sheet: MonthSheet) -> None:
    """The wage cost is gross and employer contributions, less the structural reduction.

    Writes ``wage_cost`` (EUR, exact).
    """
    sheet.exact(
        "wage_cost",
        "sum_less_last",
        sheet["gross"],
        sheet["employer_contribution"],
        sheet["structural_reduction"],
    )
