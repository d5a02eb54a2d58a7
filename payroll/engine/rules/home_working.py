"""The lump sum for working at home."""

from __future__ import annotations

from decimal import Decimal

from payroll.engine.rules.bound import report_beyond
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
        report_beyond(
            sheet,
            code="home_working_above_cap",
            bound=cap,
            figures=("home_working", "home_working.limit"),
            given=given.amount,
            highest=cap.value,
        )
