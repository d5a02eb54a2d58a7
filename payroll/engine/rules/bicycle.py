"""The bicycle between home and work."""

from __future__ import annotations

from payroll.engine.figures import Figure, Finding
from payroll.engine.law import Values
from payroll.engine.payment_facts import Bicycle
from payroll.engine.rules.bound import report_beyond
from payroll.engine.sheet import Sheet


def bicycle(sheet: Sheet, given: Bicycle) -> None:
    """Kilometres by bicycle are refunded at the cooperative's rate, between two rates of the law.

    Above the tax-free rate is an error; below what joint committee 200 grants, for at most so many
    kilometres a day, is a warning. Writes ``bicycle.allowance``, ``bicycle.limit`` and
    ``bicycle.sector`` (EUR, to the cent). Raises ``NoLaw`` when the month has no confirmed rate.
    """
    law = sheet.law["bicycle"]
    days = sheet.fact("bicycle.days", given.days)
    each = sheet.fact("bicycle.kilometres_per_day", given.kilometres_per_day)
    rate = sheet.fact("bicycle.rate", given.rate)
    kilometres = sheet.exact("bicycle.kilometres", "product", days, each)
    allowance = sheet.cent("bicycle.allowance", "product", kilometres, rate)
    sheet.cent("bicycle.limit", "product", kilometres, law["per_km"])
    sector = _sector(sheet, law, days=days, each=each)
    cap = law["per_km"]
    if given.rate > cap.value:
        report_beyond(
            sheet,
            code="bicycle_above_cap",
            bound=cap,
            figures=("bicycle.allowance", "bicycle.limit"),
            rate=given.rate,
            highest_rate=cap.value,
        )
    if allowance.amount < sector.amount:
        sheet.find(
            Finding(
                code="bicycle_below_sector",
                severity="warning",
                figures=("bicycle.allowance", "bicycle.sector"),
                parameters=(law["pc200.per_km"].name, law["pc200.day"].name),
                values={
                    "allowance": str(allowance.amount),
                    "lowest": str(sector.amount),
                    "since": law["pc200.per_km"].since.isoformat(),
                },
            )
        )


def _sector(sheet: Sheet, law: Values, *, days: Figure, each: Figure) -> Figure:
    counted = sheet.exact("bicycle.kilometres_counted", "lesser", each, law["pc200.day"])
    return sheet.cent("bicycle.sector", "product_of_three", days, counted, law["pc200.per_km"])
