"""The structural reduction of employer contributions: a quarterly amount, given by the month."""

from __future__ import annotations

from collections.abc import Sequence

from payroll.engine.facts import PaidMonth
from payroll.engine.figures import Figure, Finding, Part
from payroll.engine.operations import product_of_three
from payroll.engine.rules.dated import DatedRule
from payroll.engine.rules.employer_contribution import base_of_quarter
from payroll.engine.sheet import MonthSheet, Sheet

structural_reduction = DatedRule("structural_reduction")

MONTHS = 3


@structural_reduction.since(2018, 4)
def two_components(sheet: MonthSheet) -> None:
    """The month gives its part of the quarter's reduction, as the cooperative's policy says.

    ``hold``: nothing before the third month. ``advance``: the quarter projected from the months to
    date, times months paid over months expected, less what was given. The third month gives the
    remainder of the known quarter under both policies, and may be negative. ``alone``: a third of
    a quarter of three such months.
    Writes ``structural_reduction_quarter``, ``structural_reduction`` and their steps (EUR).
    Source: programme law of 24 December 2002, articles 324 and following; ONSS.
    """
    earlier = [paid for paid in sheet.facts.quarter.months if paid.hours]
    paid, expected = len(earlier) + 1, len(earlier) + 1 + MONTHS - sheet.facts.month.position
    if sheet.facts.quarter.policy == "alone":
        paid, expected = 1, MONTHS
    work = sheet.facts.work
    hours = [
        *hours_of(sheet, earlier),
        sheet.fact("hours", work.hours),
        sheet.fact("full_time_hours", work.full_time_hours),
    ]
    pay = [*pay_of(sheet, earlier), sheet["gross"]]
    quarter = quarter_amount(sheet, pay=pay, hours=hours, paid=paid, expected=expected)
    given = [
        sheet.euros(f"quarter_month_{one.month.position}.reduction", one.reduction)
        for one in sheet.facts.quarter.months
    ]
    if sheet.facts.quarter.policy == "hold" and paid < expected:
        sheet.exact("structural_reduction", "nothing", quarter)
        return
    to_date = sheet.cent(
        "structural_reduction_to_date", "pro_rata", quarter, sheet["months_paid"], sheet["months_expected"]
    )
    sheet.exact("structural_reduction", "difference", to_date, *given)


def pay_of(sheet: Sheet, months: Sequence[PaidMonth]) -> list[Figure]:
    """The pay of months of the quarter, as it was really paid. EUR."""
    return [sheet.euros(f"quarter_month_{one.month.position}.gross", one.gross) for one in months]


def hours_of(sheet: Sheet, months: Sequence[PaidMonth]) -> list[Figure]:
    """Hours and full-time hours of months of the quarter, in pairs."""
    pairs: list[Figure] = []
    for one in months:
        prefix = f"quarter_month_{one.month.position}"
        pairs.append(sheet.fact(f"{prefix}.hours", one.hours))
        pairs.append(sheet.fact(f"{prefix}.full_time_hours", one.full_time_hours))
    return pairs


def quarter_amount(sheet: Sheet, *, pay: Sequence[Figure], hours: Sequence[Figure], paid: int, expected: int) -> Figure:
    """R × µ × β: what pay lacks to two bounds, times the share of full time and its factor.

    S, the full-time pay of the quarter, is rounded to the cent; µ, β and R stay exact; the product
    is rounded. Once the quarter is known, it is at most the base contribution of its pay: that limit is of the quarter, not of
    the months that advance it. It is reached under the minimum wage only, and written only there.
    Writes ``structural_reduction_quarter`` (EUR) and its steps.
    Source: programme law of 24 December 2002, articles 324 and following; article 326 for the limit.
    """
    law = sheet.law["structural_reduction"]
    months_expected = sheet.fact("months_expected", expected)
    months_paid = sheet.fact("months_paid", paid)
    to_date = sheet.exact("quarter_pay_to_date", "sum_of", *pay)
    projected = sheet.exact("quarter_pay", "pro_rata", to_date, months_expected, months_paid)
    share = sheet.exact("working_time_share", "projected_share", months_expected, months_paid, *hours)
    reference = sheet.cent(
        "quarter_full_time_pay", "quarter_reference_pay", projected, months_expected, months_paid, *hours
    )
    base = sheet.exact(
        "structural_reduction_full_time",
        "two_slopes",
        reference,
        law["alpha"],
        law["s0"],
        law["gamma"],
        law["s2"],
    )
    parts = (base, share, _factor(sheet, share))
    most = projected.amount * sheet.law["employer_contribution"]["base"].value
    if paid < expected or product_of_three([part.amount for part in parts]) <= most:
        return sheet.cent("structural_reduction_quarter", "product_of_three", *parts)
    worked = sheet.cent("structural_reduction_for_working_time", "product_of_three", *parts)
    return sheet.exact("structural_reduction_quarter", "lesser", worked, base_of_quarter(sheet))


def _factor(sheet: Sheet, share: Figure) -> Figure:
    """β: none below 0.275, 1.18 below 0.55, then rising, and 1 / µ from 0.80 on."""
    law = sheet.law["structural_reduction"]
    code, minimum = "working_time_factor", law["share.minimum"]
    parts: tuple[Part, ...]
    if share.amount < minimum.value:
        _report_lost(sheet, share)
        return sheet.exact(code, "parameter", law["beta.none"], share, minimum)
    if share.amount < law["share.rising_from"].value:
        return sheet.exact(code, "parameter", law["beta.base"], share, law["share.rising_from"])
    if share.amount < law["share.full_from"].value:
        parts = (share, law["beta.base"], law["share.rising_from"], law["beta.slope"])
        return sheet.exact(code, "rising_factor", *parts)
    return sheet.exact(code, "inverse", share, law["share.full_from"])


def _report_lost(sheet: Sheet, share: Figure) -> None:
    minimum = sheet.law["structural_reduction"]["share.minimum"]
    sheet.find(
        Finding(
            code="structural_reduction_lost",
            severity="warning",
            figures=(share.code, "structural_reduction"),
            parameters=(minimum.name,),
            values={"share": f"{share.amount:.4f}", "minimum": str(minimum.value)},
        )
    )
