"""The special social-security contribution (CSSS, BBSZ)."""

from __future__ import annotations

from typing import Literal, TypeAlias

from payroll.engine.facts import HouseholdKind
from payroll.engine.figures import Figure
from payroll.engine.law import Values, row_of
from payroll.engine.rules.dated import DatedRule
from payroll.engine.sheet import MonthSheet, Sheet

Period: TypeAlias = Literal["month", "quarter"]

special_contribution = DatedRule("special_contribution")


def column(kind: HouseholdKind) -> str:
    """The column of the scale follows the household: alone, two incomes, or one.

    A spouse whose own income or pension stays within the small limits of the withholding tax counts
    as without professional income (interpretation, to confirm).
    """
    if kind == "single":
        return "single"
    return "two_incomes" if kind == "own_income" else "one_income"


@special_contribution.since(2022, 4)
def monthly_scale(sheet: MonthSheet) -> None:
    """The month's gross, not grossed up for part time, gives the special contribution of the month.

    Writes ``special_contribution`` (EUR, to the cent). The legal amount is the quarter's, see
    ``payroll.engine.settle_quarter``. Source: ONSS, administrative instructions 2026/3.
    """
    band(
        sheet,
        kind=sheet.facts.household.kind,
        period="month",
        code="special_contribution",
        pay=sheet["gross"],
    )


def band(sheet: Sheet, *, kind: HouseholdKind, period: Period, code: str, pay: Figure) -> Figure:
    """A pay falls in one row of the scale: a fixed part and a rate above the row's lower bound.

    Writes the figure named ``code`` (EUR, to the cent). Bounds are included in their row.
    """
    law: Values = sheet.law["special_contribution"]
    row = row_of(law.rows(f"{period}.{column(kind)}"), pay.amount)
    parts = (pay, row["fixed"], row["rate"], row["from"])
    if "minimum" in row:
        return sheet.cent(code, "bracket_at_least", *parts, row["minimum"])
    if "maximum" in row:
        return sheet.cent(code, "bracket_at_most", *parts, row["maximum"])
    return sheet.cent(code, "bracket", *parts)
