"""Withholding tax (précompte professionnel, bedrijfsvoorheffing): the key formula."""

from __future__ import annotations

from payroll.engine.facts import Household
from payroll.engine.figures import Figure, Parameter
from payroll.engine.law import Values, row_of
from payroll.engine.rules.dated import DatedRule
from payroll.engine.sheet import MonthSheet, Sheet

SCALE_TWO = ("no_income", "small_pension")

before_bonus = DatedRule("withholding_tax")


def tax_base(sheet: MonthSheet) -> None:
    """The tax base is the taxable pay, more what is taxed only, less the commuting exemption.

    Never below zero. Writes ``tax_base`` (EUR, exact).
    """
    facts = sheet.facts
    sheet.exact(
        "tax_base",
        "sum_less_last_not_below_zero",
        sheet["taxable"],
        sheet.euros("benefit_in_kind_tax_only", facts.benefit_in_kind_tax_only),
        sheet.euros("commuting_exemption", facts.commuting_exemption),
    )


@before_bonus.since(2023, 1)
def key_formula(sheet: MonthSheet) -> None:
    """The yearly tax on twelve months of this pay, less family reductions, is divided by twelve.

    Every step is rounded half-up to the cent, the division by twelve too; the base is not rounded
    to a multiple of 15 (since 2023). Part-time and incomplete months are taxed on their amount as
    it is. Reductions that are not used are lost.
    Writes ``withholding_before_bonus`` and its steps (EUR). Source: AR 12 Dec 2024 (2025) and AR
    11 Dec 2025 (2026), key formulas ESS-SR/2024-0015 and ESS-SR/2025-0928.
    """
    law = sheet.law["withholding_tax"]
    year = sheet.exact("yearly_tax_base", "yearly", sheet["tax_base"])
    expenses = sheet.exact(
        "lump_sum_expenses",
        "rate_at_most",
        year,
        law["lump_sum_expenses.rate"],
        law["lump_sum_expenses.max"],
    )
    sheet.exact("yearly_net", "difference", year, expenses)
    sheet.cent("exempt_amount_tax", "rate", law["exempt"], law.rows("brackets")[0]["rate"])
    scale = _scale_two if sheet.facts.household.kind in SCALE_TWO else _scale_one
    base = scale(sheet, law)
    reductions = sheet.exact("family_reductions", "sum_of", *_family_reductions(sheet, law))
    tax = sheet.exact("yearly_tax", "difference_not_below_zero", base, reductions)
    sheet.cent("withholding_before_bonus", "twelfth", tax)


def _scale_one(sheet: MonthSheet, law: Values) -> Figure:
    tax = _tax(sheet, law, code="tax_on_income", income=sheet["yearly_net"])
    return sheet.exact("yearly_base_tax", "difference_not_below_zero", tax, sheet["exempt_amount_tax"])


def _scale_two(sheet: MonthSheet, law: Values) -> Figure:
    net = sheet["yearly_net"]
    share = sheet.exact("spouse_share", "rate_at_most", net, law["spouse_share.rate"], law["spouse_share.max"])
    own = sheet.exact("own_share", "difference", net, share)
    on_share = _tax(sheet, law, code="tax_on_spouse_share", income=share)
    on_own = _tax(sheet, law, code="tax_on_income", income=own)
    return sheet.exact("yearly_base_tax", "joint_base", on_share, on_own, sheet["exempt_amount_tax"])


def _tax(sheet: MonthSheet, law: Values, *, code: str, income: Figure) -> Figure:
    row = row_of(law.rows("brackets"), income.amount)
    return sheet.cent(code, "bracket", income, row["constant"], row["rate"], row["from"])


def _family_reductions(sheet: MonthSheet, law: Values) -> list[Figure]:
    home = sheet.facts.household
    reductions: list[Figure] = []
    if home.children:
        reductions.append(_children(sheet, law, home))
    for name, due in (
        ("single_parent", home.single_parent),
        ("disabled", home.disabled),
        ("disabled_spouse", home.disabled_spouse and home.kind in SCALE_TWO),
        ("spouse_low_income", home.kind == "low_income"),
        ("spouse_low_pension", home.kind == "low_pension"),
    ):
        if due:
            reductions.append(sheet.exact(f"family_reduction.{name}", "parameter", law[name]))
    for code, number, amount in (
        ("other_dependants", home.other_dependants, law["other_dependant"]),
        ("dependants_65", home.dependants_65, law["dependant_65"]),
    ):
        if number:
            reductions.append(_each(sheet, code=code, number=number, amount=amount))
    return reductions


def _each(sheet: MonthSheet, *, code: str, number: int, amount: Parameter) -> Figure:
    return sheet.exact(f"family_reduction.{code}", "product", amount, sheet.fact(code, number))


def children_counted(sheet: Sheet, home: Household) -> Figure:
    """A disabled child counts as two. Writes ``children_counted``. Source: CIR 92, article 136."""
    return sheet.exact(
        "children_counted",
        "sum_of",
        sheet.fact("children", home.children),
        sheet.fact("disabled_children", home.disabled_children),
    )


def _children(sheet: MonthSheet, law: Values, home: Household) -> Figure:
    """Each child above eight adds the same amount."""
    counted = children_counted(sheet, home)
    code = "family_reduction.children"
    if counted.amount <= 8:
        return sheet.exact(code, "parameter", law[f"children.{int(counted.amount)}"], counted)
    return sheet.exact(code, "beyond_eight", law["children.8"], law["children.beyond"], counted)


def left_after_other_reductions(sheet: MonthSheet) -> None:
    """30 % of the worker's group-insurance contribution is taken off the tax, to the cent.

    Writes ``group_insurance_reduction`` and ``withholding_left`` (EUR, never below zero).
    """
    paid = sheet.euros("group_insurance_contribution", sheet.facts.group_insurance_contribution)
    reduction = sheet.cent("group_insurance_reduction", "rate", paid, sheet.law["withholding_tax"]["group_insurance"])
    sheet.exact(
        "withholding_left",
        "difference_not_below_zero",
        sheet["withholding_before_bonus"],
        reduction,
    )


def withholding_tax(sheet: MonthSheet) -> None:
    """The tax withheld is what is left after the fiscal bonus.

    Writes ``withholding_tax`` (EUR, exact, never below zero).
    """
    sheet.exact("withholding_tax", "difference", sheet["withholding_left"], sheet["fiscal_bonus"])
