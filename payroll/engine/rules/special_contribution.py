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

MONTHS = 3


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

    The legal amount is the quarter's, and the third month knows it: it withholds what the first two
    left of it, and gives back what they withheld too much (negative). A month priced alone is not
    settled. Writes ``special_contribution`` (EUR, to the cent).
    Source: ONSS, administrative instructions 2026/3: due on the quarter's pay, withheld by the month,
    and the months may differ, since that pay is known at the quarter's end only.
    """
    if sheet.facts.month.position == MONTHS and sheet.facts.quarter.policy != "alone":
        rest_of_the_quarter(sheet)
        return
    band(
        sheet,
        kind=sheet.facts.household.kind,
        period="month",
        code="special_contribution",
        pay=sheet["gross"],
    )


def rest_of_the_quarter(sheet: MonthSheet) -> None:
    """The third month takes the quarter's contribution less what the first two withheld; it may be negative.

    Writes ``special_contribution_pay``, ``special_contribution_quarter`` and ``special_contribution`` (EUR).
    """
    earlier = sheet.facts.quarter.months
    grosses = [sheet.euros(f"quarter_month_{paid.month.position}.gross", paid.gross) for paid in earlier]
    pay = sheet.exact("special_contribution_pay", "sum_of", *grosses, sheet["gross"])
    quarter = band(
        sheet, kind=sheet.facts.household.kind, period="quarter", code="special_contribution_quarter", pay=pay
    )
    withheld = [
        sheet.euros(f"quarter_month_{paid.month.position}.special_contribution", paid.special_contribution)
        for paid in earlier
    ]
    sheet.exact("special_contribution", "difference", quarter, *withheld)


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
