"""Meal vouchers, one for each day worked."""

from __future__ import annotations

from payroll.engine.figures import Figure, Parameter
from payroll.engine.payment_facts import MealVouchers
from payroll.engine.rules.bound import report_beyond
from payroll.engine.sheet import Sheet


def meal_vouchers(sheet: Sheet, given: MealVouchers) -> None:
    """Vouchers stay outside pay while both shares and the face value keep within the law.

    Writes ``meal_vouchers.face``, ``meal_vouchers.employer`` (cost of the employer) and
    ``meal_vouchers.worker`` (to be deducted), EUR, exact. Raises ``NoLaw`` when the month has no
    confirmed amounts. Source: AR 28 Nov 1969, art. 19bis.
    """
    law = sheet.law["meal_voucher"]
    number = sheet.fact("meal_vouchers.number", given.number)
    employer = sheet.euros("meal_vouchers.employer_share", given.employer_share)
    worker = sheet.euros("meal_vouchers.worker_share", given.worker_share)
    face = sheet.exact("meal_vouchers.face", "sum_of", employer, worker)
    sheet.exact("meal_vouchers.employer", "product", employer, number)
    sheet.exact("meal_vouchers.worker", "product", worker, number)
    if employer.amount > law["employer"].value:
        _report(sheet, "meal_voucher_employer_above_cap", employer, law["employer"], bound="highest")
    if worker.amount < law["worker"].value:
        _report(sheet, "meal_voucher_worker_below_minimum", worker, law["worker"], bound="lowest")
    if face.amount > law["face"].value:
        _report(sheet, "meal_voucher_face_above_cap", face, law["face"], bound="highest")


def _report(sheet: Sheet, code: str, figure: Figure, law: Parameter, *, bound: str) -> None:
    values = {"given": figure.amount, bound: law.value}
    report_beyond(sheet, code=code, bound=law, figures=(figure.code,), **values)
