"""The provision for holiday pay."""

from __future__ import annotations

from payroll.engine.sheet import MonthSheet


def holiday_pay(sheet: MonthSheet) -> None:
    """Holiday pay is set aside by the method that the cooperative chose.

    ``cash``: double holiday pay, 92 % of a month's gross to the cent, a twelfth a month, rounded
    on the sum of the year; it bears no employer contribution. ``accrual``: 18.20 % of gross, the
    tax-accepted provision. Writes ``double_holiday_pay`` (cash) and
    ``provision.holiday_pay`` (EUR). Source: ONSS, holiday pay of white-collar workers.
    """
    law = sheet.law["holiday_pay"]
    if sheet.facts.costs.holiday_provision == "accrual":
        sheet.cent("provision.holiday_pay", "rate", sheet["gross"], law["accrual"])
        return
    double = sheet.cent("double_holiday_pay", "rate", sheet["gross"], law["double"])
    before = sheet.euros("year_so_far.double_holiday_pay", sheet.facts.year.double_holiday_pay)
    sheet.exact("provision.holiday_pay", "twelfth_cumulated", double, before)
