"""From the net pay to the amount that is paid: expenses beside pay, attachment, deductions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import localcontext
from typing import TypeVar

from payroll.engine.computing import report_unconfirmed
from payroll.engine.facts import InvalidFact
from payroll.engine.figures import Explained, Figure, Finding
from payroll.engine.law import Law, NoLaw
from payroll.engine.payment_facts import PaymentFacts
from payroll.engine.rounding import CONTEXT
from payroll.engine.rules.bicycle import bicycle
from payroll.engine.rules.home_working import home_working
from payroll.engine.rules.meal_voucher import meal_vouchers
from payroll.engine.rules.own_car_km import own_car
from payroll.engine.rules.wage_attachment import wage_attachment
from payroll.engine.rules.wage_deductions import ordinary_deductions, pay_after_levies
from payroll.engine.sheet import Sheet

Slip = TypeVar("Slip", bound=Explained)

NET = ("net", "exceptional_net")
NON_TAXABLE = ("own_car.allowance", "bicycle.allowance", "home_working")
DEDUCTIONS = (
    "deduction.group_insurance",
    "deduction.attachment",
    "deduction.meal_vouchers",
    "deduction.advance",
    "deduction.recovery",
    "deduction.fine",
    "deduction.damages",
    "deduction.guarantee",
)


def payment(facts: PaymentFacts, slip: Slip, law: Law) -> Slip:
    """A payslip, or an exceptional payment, goes on from its net to the amount to pay; no figure changes.

    Adds ``non_taxable_total``, ``deductions_total`` and ``to_pay`` with their lines (EUR, cents).
    A benefit whose law is missing is left out and reported; an ordinary attachment without a
    scale is refused with ``NoLaw``. Raises ``InvalidFact`` when the payslip is another month's, has
    no net pay, has its payment already, or was computed with other parameter files.
    """
    _check_slip(facts, slip, law)
    with localcontext(CONTEXT):
        sheet = Sheet(law=law.on(facts.month))
        sheet.figures.update({figure.code: figure for figure in slip.figures})
        _benefits(sheet, facts)
        (net,) = sheet.written(NET)
        pay_after_levies(sheet, net)
        if facts.attachment is not None:
            wage_attachment(sheet, facts.attachment)
        ordinary_deductions(sheet, facts.deductions)
        _total(sheet, net)
        report_unconfirmed(sheet)
    return replace(
        slip, figures=tuple(sheet.figures.values()), findings=(*slip.findings, *_new(sheet.findings, slip.findings))
    )


def _check_slip(facts: PaymentFacts, slip: Explained, law: Law) -> None:
    why = ""
    if slip.month != facts.month:
        why = f"is of {slip.month}, and the payment of {facts.month}; give the payslip of the same month"
    elif not any(code in slip for code in NET):
        why = "has no net pay; give what came of a month's pay"
    elif "to_pay" in slip:
        why = "has its payment already; give it as it was computed"
    elif slip.law_digest != law.digest:
        why = "was computed with other parameter files; compute it again"
    if why:
        raise InvalidFact(label=facts.label, fact="payslip", sentence=f"the payslip {why}")


def _benefits(sheet: Sheet, facts: PaymentFacts) -> None:
    """Each expense beside pay is written, or left out and reported when its law is missing."""
    for write in _given(sheet, facts):
        try:
            write()
        except NoLaw as missing:
            sheet.find(
                Finding(
                    code="benefit_without_law",
                    severity="error",
                    figures=(),
                    parameters=(),
                    values={"subject": missing.subjects[0], "month": str(missing.month)},
                )
            )


def _given(sheet: Sheet, facts: PaymentFacts) -> Iterator[Callable[[], None]]:
    car, bike, vouchers = facts.own_car, facts.bicycle, facts.meal_vouchers
    if car is not None:
        yield lambda: own_car(sheet, car)
    if bike is not None:
        yield lambda: bicycle(sheet, bike)
    if facts.home_working:
        yield lambda: home_working(sheet, facts.home_working)
    if vouchers is not None:
        yield lambda: meal_vouchers(sheet, vouchers)


def _total(sheet: Sheet, net: Figure) -> None:
    """What is paid is the net pay and the amounts beside it, less the deductions.

    Below zero only when benefits already enjoyed exceed the net pay; it is then reported.
    """
    beside = sheet.exact("non_taxable_total", "sum_of", *sheet.written(NON_TAXABLE))
    deducted = sheet.exact("deductions_total", "sum_of", *sheet.written(DEDUCTIONS))
    paid = sheet.exact("to_pay", "sum_less_last", net, beside, deducted)
    if paid.amount < 0:
        sheet.find(
            Finding(
                code="to_pay_below_zero",
                severity="error",
                figures=(net.code, "to_pay"),
                parameters=(),
                values={"to_pay": str(paid.amount)},
            )
        )


def _new(found: list[Finding], before: tuple[Finding, ...]) -> list[Finding]:
    """A parameter to confirm that the payslip reported is not reported again."""
    known = {(one.code, one.parameters) for one in before}
    return [one for one in found if (one.code, one.parameters) not in known]
