"""Payroll of Belgian white-collar workers, joint committee 200: a pure engine.

``payslip(facts, law)`` turns the facts of one member and one month into explained figures and
findings. Plain ``Decimal`` in EUR; no clock, no database, no settings. See ``README.md``.
"""

from __future__ import annotations

from decimal import localcontext

from payroll.engine.computing import ENGINE_VERSION, finished, new_sheet, report_floors, to_cost, to_net
from payroll.engine.exceptional import (
    AnnualPremium,
    DoubleHolidayPay,
    EndOfYearPremium,
    ExceptionalFacts,
    ExceptionalPayslip,
    ExitHolidayPay,
    OtherPremium,
    exceptional_payslip,
)
from payroll.engine.facts import (
    CostPolicy,
    Employer,
    FactError,
    Facts,
    FirstHire,
    Household,
    InvalidFact,
    MissingFact,
    PaidMonth,
    QuarterFacts,
    QuarterSoFar,
    Scale,
    UnknownJointCommittee,
    Work,
    YearSoFar,
)
from payroll.engine.figures import Figure, Finding, Parameter, Payslip, Settlement, recompute
from payroll.engine.inverse import Kink, OutOfReach, gross_for_budget, gross_for_net, gross_for_wage_cost, kinks_near
from payroll.engine.law import Law, NoLaw
from payroll.engine.months import YearMonth
from payroll.engine.paying import payment
from payroll.engine.payment_facts import Attachment, Bicycle, Deductions, MealVouchers, OwnCar, PaymentFacts
from payroll.engine.planning import Plan, payslips, plan_months
from payroll.engine.rounding import CONTEXT
from payroll.engine.schema import BadParameters
from payroll.engine.settling import settle_quarter

__all__ = [
    "ENGINE_VERSION",
    "AnnualPremium",
    "Attachment",
    "BadParameters",
    "Bicycle",
    "CostPolicy",
    "Deductions",
    "DoubleHolidayPay",
    "Employer",
    "EndOfYearPremium",
    "ExceptionalFacts",
    "ExceptionalPayslip",
    "ExitHolidayPay",
    "FactError",
    "Facts",
    "Figure",
    "Finding",
    "FirstHire",
    "Household",
    "InvalidFact",
    "Kink",
    "Law",
    "MealVouchers",
    "MissingFact",
    "NoLaw",
    "OtherPremium",
    "OutOfReach",
    "OwnCar",
    "PaidMonth",
    "Parameter",
    "PaymentFacts",
    "Payslip",
    "Plan",
    "QuarterFacts",
    "QuarterSoFar",
    "Scale",
    "Settlement",
    "UnknownJointCommittee",
    "Work",
    "YearMonth",
    "YearSoFar",
    "exceptional_payslip",
    "gross_for_budget",
    "gross_for_net",
    "gross_for_wage_cost",
    "kinks_near",
    "payment",
    "payslip",
    "payslips",
    "plan_months",
    "recompute",
    "settle_quarter",
]


def payslip(facts: Facts, law: Law) -> Payslip:
    """An ordinary month of pay is computed from gross to net and from gross to cost.

    EUR; each step is rounded half-up to the cent where its rule says so, and nowhere else. Findings
    (pay or hours under a floor, a parameter to confirm) stand beside the figures and change none.
    Raises ``NoLaw`` when the month has no confirmed law. Missing and impossible facts were already
    refused when ``Facts`` was built.
    """
    with localcontext(CONTEXT):
        sheet = new_sheet(facts, law)
        to_net(sheet)
        to_cost(sheet)
        report_floors(sheet)
        return finished(sheet)
