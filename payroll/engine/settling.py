"""The quarter as the law counts it, against what its months gave and withheld."""

from __future__ import annotations

from decimal import localcontext

from payroll.engine.computing import ENGINE_VERSION, report_unconfirmed
from payroll.engine.facts import QuarterFacts
from payroll.engine.figures import Figure, Settlement
from payroll.engine.law import Law
from payroll.engine.rounding import CONTEXT, ZERO
from payroll.engine.rules.first_hire import quarter_amount as first_hire_amount
from payroll.engine.rules.special_contribution import band
from payroll.engine.rules.structural_reduction import hours_of, pay_of, quarter_amount
from payroll.engine.sheet import Sheet


def settle_quarter(facts: QuarterFacts, law: Law) -> Settlement:
    """A settled quarter corrects the amounts that the law counts by the quarter.

    ``structural_reduction_correction`` = the quarter's reduction on real pay and hours, less what
    the months gave (negative: given too much); ``first_hire_reduction_correction`` likewise, where the
    reduction of a first hire is claimed or was given. ``special_contribution_correction`` = the quarter's
    contribution, less what the months withheld (positive: still to withhold); zero where the third
    month was paid by these rules, since it took the rest. What earlier settlements of the quarter
    corrected counts as given. EUR, to the cent.
    The law is that of the third month. Raises ``NoLaw``.
    Source: ONSS, administrative instructions.
    """
    third = facts.months[-1].month
    with localcontext(CONTEXT):
        sheet = Sheet(law=law.on(third))
        _settle_reduction(sheet, facts)
        _settle_first_hire(sheet, facts)
        _settle_special_contribution(sheet, facts)
        report_unconfirmed(sheet)
    return Settlement(
        month=third,
        figures=tuple(sheet.figures.values()),
        findings=tuple(sheet.findings),
        engine_version=ENGINE_VERSION,
        law_digest=sheet.law.digest,
    )


def _settle_reduction(sheet: Sheet, facts: QuarterFacts) -> None:
    worked = [paid for paid in facts.months if paid.hours]
    quarter = quarter_amount(
        sheet,
        pay=pay_of(sheet, facts.months),
        hours=hours_of(sheet, worked),
        paid=len(worked),
        expected=len(worked),
    )
    given = [sheet.euros(f"quarter_month_{paid.month.position}.reduction", paid.reduction) for paid in facts.months]
    if facts.settled_reduction:
        given.append(sheet.euros("quarter_settled.reduction", facts.settled_reduction))
    _correct(sheet, name="structural_reduction", quarter=quarter, given=given)


def _settle_first_hire(sheet: Sheet, facts: QuarterFacts) -> None:
    """The reduction of a first hire is corrected too; what was given although it is not claimed is taken back."""
    months = [one for one in facts.months if one.first_hire_reduction]
    if facts.first_hire is None and not months and not facts.settled_first_hire_reduction:
        return
    if facts.first_hire is None:
        quarter = sheet.euros("first_hire_reduction_quarter", ZERO)
    else:
        quarter, months = first_hire_amount(sheet, facts.first_hire), list(facts.months)
    given = [
        sheet.euros(f"quarter_month_{one.month.position}.first_hire_reduction", one.first_hire_reduction)
        for one in months
    ]
    if facts.settled_first_hire_reduction:
        given.append(sheet.euros("quarter_settled.first_hire_reduction", facts.settled_first_hire_reduction))
    _correct(sheet, name="first_hire_reduction", quarter=quarter, given=given)


def _settle_special_contribution(sheet: Sheet, facts: QuarterFacts) -> None:
    quarter = band(
        sheet,
        kind=facts.household_kind,
        period="quarter",
        code="special_contribution_quarter",
        pay=sheet["quarter_pay_to_date"],
    )
    withheld = [
        sheet.euros(f"quarter_month_{paid.month.position}.special_contribution", paid.special_contribution)
        for paid in facts.months
    ]
    if facts.settled_special_contribution:
        withheld.append(sheet.euros("quarter_settled.special_contribution", facts.settled_special_contribution))
    _correct(sheet, name="special_contribution", quarter=quarter, given=withheld)


def _correct(sheet: Sheet, *, name: str, quarter: Figure, given: list[Figure]) -> None:
    sheet.exact(f"{name}_correction", "difference", quarter, *given)
