"""What the employer may deduct itself from a payment."""

from __future__ import annotations

from payroll.engine.figures import Figure, Finding
from payroll.engine.payment_facts import Deductions
from payroll.engine.sheet import Sheet

VOUCHERS = "meal_vouchers.worker"


def pay_after_levies(sheet: Sheet, net: Figure) -> None:
    """Group insurance is deducted first, without limit: it is supplementary social security.

    Writes ``deduction.group_insurance``, when there is any, and ``pay_after_levies`` (EUR, exact,
    never below zero). Source: law of 12 April 1965, art. 23; Code judiciaire, art. 1411.
    """
    contribution = sheet.figures.get("group_insurance_contribution")
    levies: list[Figure] = []
    if contribution is not None and contribution.amount:
        levies.append(sheet.exact("deduction.group_insurance", "within_limit", contribution, net))
        if levies[0].amount < contribution.amount:
            sheet.find(
                Finding(
                    code="group_insurance_above_net",
                    severity="error",
                    figures=("group_insurance_contribution", net.code),
                    parameters=(),
                    values={"contribution": str(contribution.amount), "net": str(net.amount)},
                )
            )
    sheet.exact("pay_after_levies", "difference_not_below_zero", net, *levies)


def ordinary_deductions(sheet: Sheet, given: Deductions) -> None:
    """The employer's own deductions take at most one fifth of the cash pay, and what is left of it.

    In this order: the worker's share of meal vouchers, advance, recovery, fine, damages,
    guarantee. What finds no room waits and is reported. The fifth does not apply to fraud, nor to damages of a
    worker who left before their settlement. A fifth is counted in whole cents, never above it.
    Writes ``deduction_limit``, each ``deduction.``, ``deductions_carried`` (EUR); nothing when
    nothing is asked. Source: law of 12 April 1965, art. 23.
    """
    asked = _asked(sheet, given)
    if not asked:
        return
    limit = _limit(sheet, given)
    taken: list[Figure] = []
    for name, amount in asked:
        taken.append(sheet.exact(f"deduction.{name}", "within_limit", amount, limit, *taken))
    wanted = sheet.exact("deductions_asked", "sum_of", *(amount for _, amount in asked))
    carried = sheet.exact("deductions_carried", "difference", wanted, *taken)
    if carried.amount:
        sheet.find(
            Finding(
                code="deductions_limited",
                severity="warning",
                figures=("deductions_asked", "deduction_limit", "deductions_carried"),
                parameters=("wage_deductions.rate",) if "one_fifth" in sheet.figures else (),
                values={
                    "asked": str(wanted.amount),
                    "limit": str(limit.amount),
                    "carried": str(carried.amount),
                },
            )
        )


def _asked(sheet: Sheet, given: Deductions) -> list[tuple[str, Figure]]:
    asked: list[tuple[str, Figure]] = []
    vouchers = sheet.figures.get(VOUCHERS)
    if vouchers is not None and vouchers.amount:
        asked.append(("meal_vouchers", vouchers))
    for name, amount in (
        ("advance", given.advance),
        ("recovery", given.recovery),
        ("fine", given.fine),
        ("damages", given.damages),
        ("guarantee", given.guarantee),
    ):
        if amount:
            asked.append((name, sheet.euros(f"asked.{name}", amount)))
    return asked


def _limit(sheet: Sheet, given: Deductions) -> Figure:
    pay = sheet["pay_after_levies"]
    left = sheet.exact("pay_left", "difference", pay, *sheet.written(["deduction.attachment"]))
    if given.limit != "one_fifth":
        return sheet.exact("deduction_limit", "sum_of", left)
    fifth = sheet.exact("one_fifth", "rate_in_whole_cents", pay, sheet.law["wage_deductions"]["rate"])
    return sheet.exact("deduction_limit", "lesser", fifth, left)
