"""Kilometres on duty with one's own car."""

from __future__ import annotations

from payroll.engine.payment_facts import OwnCar
from payroll.engine.rules.bound import report_beyond
from payroll.engine.sheet import Sheet

SUBJECTS = {"quarterly": "own_car_km", "yearly": "own_car_km_year"}


def own_car(sheet: Sheet, given: OwnCar) -> None:
    """Kilometres are refunded at the cooperative's rate; a rate above the legal one is reported.

    Writes ``own_car.allowance`` and ``own_car.limit`` (EUR, to the cent). The allowance is not
    limited here: what exceeds the cap would be pay, and is for a person to correct.
    Raises ``NoLaw`` when the month has no confirmed rate.
    """
    cap = sheet.law[SUBJECTS[given.index]]["per_km"]
    kilometres = sheet.fact("own_car.kilometres", given.kilometres)
    rate = sheet.fact("own_car.rate", given.rate)
    sheet.cent("own_car.allowance", "product", kilometres, rate)
    sheet.cent("own_car.limit", "product", kilometres, cap)
    if given.rate > cap.value:
        report_beyond(
            sheet,
            code="own_car_above_cap",
            bound=cap,
            figures=("own_car.allowance", "own_car.limit"),
            rate=given.rate,
            highest_rate=cap.value,
        )
