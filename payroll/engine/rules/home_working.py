"""The lump sum for working at home."""

from __future__ import annotations

from decimal import Decimal

from payroll.engine.figures import Finding
from payroll.engine.sheet import Sheet


def home_working(sheet: Sheet, amount: Decimal) -> None:
    """A lump sum for working at home is paid as given; above the legal amount it is reported.

    Writes ``home_working`` and ``home_working.limit`` (EUR, exact). Raises ``NoLaw`` when the month
    has no confirmed amount. Source: ONSS and SPF Finances, structural home working.
    """
    cap = sheet.law["home_working"]["month"]
    given = sheet.euros("home_working", amount)
    limit = sheet.exact("home_working.limit", "parameter", cap)
    if given.amount > limit.amount:
        sheet.find(
            Finding(
                code="home_working_above_cap",
                severity="error",
                figures=("home_working", "home_working.limit"),
                parameters=(cap.name,),
                values={"given": str(given.amount), "highest": str(cap.value), "since": cap.since.isoformat()},
            )
        )
