"""What the wage costs before provisions."""

from __future__ import annotations

from payroll.engine.sheet import MonthSheet


def wage_cost(sheet: MonthSheet) -> None:
    """The wage cost is gross and employer contributions, less the structural reduction and that of a first hire.

    Writes ``wage_cost`` (EUR, exact), and ``contribution_reductions`` where there are two.
    """
    reductions = sheet["structural_reduction"]
    if "first_hire_reduction" in sheet.figures:
        reductions = sheet.exact("contribution_reductions", "sum_of", reductions, sheet["first_hire_reduction"])
    sheet.exact(
        "wage_cost",
        "sum_less_last",
        sheet["gross"],
        sheet["employer_contribution"],
        reductions,
    )
