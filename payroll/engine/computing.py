"""The order of the rules: from gross to net, and from gross to cost."""

from __future__ import annotations

from payroll.engine.facts import Facts
from payroll.engine.figures import Finding, Parameter, Payslip
from payroll.engine.law import Law
from payroll.engine.rules import fiscal_bonus, social_contribution, withholding_tax
from payroll.engine.rules.employer_contribution import employer_contribution
from payroll.engine.rules.employer_cost import employer_cost
from payroll.engine.rules.employment_bonus import employment_bonus
from payroll.engine.rules.first_hire import first_hire_reduction
from payroll.engine.rules.net import net
from payroll.engine.rules.special_contribution import special_contribution
from payroll.engine.rules.structural_reduction import structural_reduction
from payroll.engine.rules.wage_cost import wage_cost
from payroll.engine.rules.wage_floor import wage_floor, weekly_hours
from payroll.engine.sheet import MonthSheet, Sheet

ENGINE_VERSION = "1.3.0"

# Facts whose computation no outside result has confirmed yet: their figures are flagged.
WITHOUT_OUTSIDE_RESULT = (
    "group_insurance_contribution",
    "other_dependants",
    "dependants_65",
    "disabled_children",
)


def to_net(sheet: MonthSheet) -> None:
    """From gross to net, in the order of the law."""
    social_contribution.social_contribution(sheet)
    employment_bonus(sheet)
    social_contribution.contribution_due(sheet)
    withholding_tax.tax_base(sheet)
    withholding_tax.before_bonus(sheet)
    withholding_tax.left_after_other_reductions(sheet)
    fiscal_bonus.fiscal_bonus(sheet)
    withholding_tax.withholding_tax(sheet)
    special_contribution(sheet)
    net(sheet)


def to_cost(sheet: MonthSheet) -> None:
    """From gross to the two costs; needs only ``gross`` on the sheet."""
    sheet.euros("gross", sheet.facts.gross)
    employer_contribution(sheet)
    structural_reduction(sheet)
    first_hire_reduction(sheet)
    wage_cost(sheet)
    employer_cost(sheet)


def report_floors(sheet: MonthSheet) -> None:
    """Floors of pay and hours, parameters to confirm and unproven facts are reported."""
    wage_floor(sheet)
    weekly_hours(sheet)
    report_unconfirmed(sheet)
    report_unproven(sheet)


def report_unconfirmed(sheet: Sheet) -> None:
    """Each parameter marked B that entered a figure is reported, for a person to confirm."""
    used: dict[str, list[str]] = {}
    for figure in sheet.figures.values():
        for part in figure.parts:
            if type(part) is Parameter and part.mark == "B":
                used.setdefault(part.name, []).append(figure.code)
    for name, codes in used.items():
        sheet.find(
            Finding(
                code="unconfirmed_parameter",
                severity="information",
                figures=tuple(codes),
                parameters=(name,),
                values={"parameter": name},
            )
        )


def report_unproven(sheet: Sheet) -> None:
    """Facts whose computation no outside result has confirmed are reported, as far as they count."""
    for code in WITHOUT_OUTSIDE_RESULT:
        figure = sheet.figures.get(code)
        if figure is not None and figure.amount:
            sheet.find(
                Finding(
                    code="no_outside_result",
                    severity="information",
                    figures=(code,),
                    parameters=(),
                    values={"fact": code},
                )
            )


def finished(sheet: MonthSheet) -> Payslip:
    """A sheet becomes a payslip: nothing is added to it any more."""
    return Payslip(
        month=sheet.facts.month,
        figures=tuple(sheet.figures.values()),
        findings=tuple(sheet.findings),
        engine_version=ENGINE_VERSION,
        law_digest=sheet.law.digest,
    )


def new_sheet(facts: Facts, law: Law) -> MonthSheet:
    """A sheet carries the facts and the law of their month. Raises ``NoLaw``."""
    return MonthSheet(facts=facts, law=law.on(facts.month))
