"""Payments beside the month's pay: holiday pay, end-of-year premium, annual premium, leaving.

They bear a contribution of their own and a withholding tax by the yearly pay, not by the month's.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Literal, TypeAlias

from payroll.engine.computing import ENGINE_VERSION, report_unconfirmed, report_unproven
from payroll.engine.facts import Checker, Employer, Household, check_employer, check_household, checked_label
from payroll.engine.figures import Explained, Json, from_stored
from payroll.engine.law import Law
from payroll.engine.months import YearMonth
from payroll.engine.rounding import CONTEXT
from payroll.engine.rules import exceptional_payment as rules
from payroll.engine.sheet import Sheet

Column: TypeAlias = Literal["holiday", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOfYearPremium:
    """One month's pay for a full year. ``monthly_pay``: EUR, of December; ``months``: worked in the year, 1 to 12."""

    monthly_pay: Decimal
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualPremium:
    """The premium of PC 200, by the contract's hours. ``months``: of the twelve before June, 1 to 12."""

    weekly_hours: Decimal
    full_time_weekly_hours: Decimal
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubleHolidayPay:
    """``monthly_pay``: EUR gross of the month of payment; ``months``: worked in the year before, 1 to 12."""

    monthly_pay: Decimal
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitHolidayPay:
    """Holiday pay on leaving. ``earned_this_year``, ``earned_before``: EUR gross on which no holiday was taken yet."""

    earned_this_year: Decimal
    earned_before: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPremium:
    """A premium that no rule fixes. ``amount``: EUR gross."""

    amount: Decimal


Payment: TypeAlias = EndOfYearPremium | AnnualPremium | DoubleHolidayPay | ExitHolidayPay | OtherPremium


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionalFacts:
    """Everything that one exceptional payment rests on.

    ``normal_monthly_pay``: EUR gross of a normal month, which places the payment in the tax scale.
    ``provided``: EUR that was set aside for this payment; None where nobody sets aside.
    Raises ``MissingFact``, ``InvalidFact`` or ``UnknownJointCommittee`` when built.
    """

    label: str
    month: YearMonth
    employer: Employer
    household: Household
    normal_monthly_pay: Decimal
    payment: Payment
    provided: Decimal | None = None

    def __post_init__(self) -> None:
        check = Checker(checked_label(self.label))
        check.instance("month", self.month, YearMonth)
        check_employer(self.employer, check)
        check_household(self.household, check)
        check.positive("normal_monthly_pay", self.normal_monthly_pay)
        if self.payment is None:
            raise check.missing("payment")
        _check_payment(self.payment, check)
        if self.provided is not None:
            check.amount("provided", self.provided)


@dataclass(frozen=True, slots=True)
class ExceptionalPayslip(Explained):
    """One exceptional payment of one member: figures and findings."""

    @classmethod
    def from_json(cls, stored: Json) -> ExceptionalPayslip:
        """A stored payment is read back whole.

        Raises ``KeyError`` or ``ValueError`` when the stored value is incomplete.
        """
        return cls(*from_stored(stored))


def exceptional_payslip(facts: ExceptionalFacts, law: Law) -> ExceptionalPayslip:
    """An exceptional payment is computed from what is due to what is paid and what it costs.

    EUR, each step rounded half-up to the cent where its rule says so. The quarter's special
    contribution and structural reduction are settled with the quarter, not here.
    Raises ``NoLaw`` when the month has no confirmed law.
    """
    with localcontext(CONTEXT):
        sheet = Sheet(law=law.on(facts.month))
        column = _due(sheet, facts.payment)
        rules.reference_pay(sheet, monthly_pay=facts.normal_monthly_pay)
        rules.withholding_tax(sheet, column=column, household=facts.household)
        rules.net(sheet)
        rules.cost(sheet, employer=facts.employer)
        if facts.provided is not None:
            rules.provision(sheet, provided=facts.provided)
        report_unconfirmed(sheet)
        report_unproven(sheet)
    return ExceptionalPayslip(
        month=facts.month,
        figures=tuple(sheet.figures.values()),
        findings=tuple(sheet.findings),
        engine_version=ENGINE_VERSION,
        law_digest=sheet.law.digest,
    )


def _due(sheet: Sheet, payment: Payment) -> Column:
    """What is due and the worker's contribution on it are written; the column of the tax scale is returned."""
    match payment:
        case EndOfYearPremium():
            rules.end_of_year_premium(sheet, monthly_pay=payment.monthly_pay, months=payment.months)
        case AnnualPremium():
            rules.annual_premium(
                sheet,
                weekly_hours=payment.weekly_hours,
                full_time_weekly_hours=payment.full_time_weekly_hours,
                months=payment.months,
            )
        case OtherPremium():
            rules.other_premium(sheet, amount=payment.amount)
        case DoubleHolidayPay():
            rules.double_holiday_pay(sheet, monthly_pay=payment.monthly_pay, months=payment.months)
            return "holiday"
        case ExitHolidayPay():
            rules.exit_holiday_pay(
                sheet, earned_this_year=payment.earned_this_year, earned_before=payment.earned_before
            )
            return "holiday"
    return "other"


def _check_payment(payment: Payment, check: Checker) -> None:
    match payment:
        case EndOfYearPremium() | DoubleHolidayPay():
            check.positive("payment.monthly_pay", payment.monthly_pay)
            _check_months(payment.months, check)
        case AnnualPremium():
            check.positive("payment.weekly_hours", payment.weekly_hours)
            check.positive("payment.full_time_weekly_hours", payment.full_time_weekly_hours)
            if payment.weekly_hours > payment.full_time_weekly_hours:
                raise check.invalid("payment.weekly_hours", "may not exceed the full-time hours")
            _check_months(payment.months, check)
        case ExitHolidayPay():
            check.amount("payment.earned_this_year", payment.earned_this_year)
            check.amount("payment.earned_before", payment.earned_before)
            if not payment.earned_this_year + payment.earned_before:
                raise check.invalid("payment.earned_this_year", "must be more than zero, or pay earned before")
        case OtherPremium():
            check.positive("payment.amount", payment.amount)
        case _:
            raise check.invalid("payment", f"is of no known kind: {payment!r}")


def _check_months(months: int, check: Checker) -> None:
    check.count("payment.months", months)
    if not 1 <= months <= 12:
        raise check.invalid("payment.months", f"must lie between 1 and 12, not {months}")
