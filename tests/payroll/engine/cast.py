"""Members for the engine's tests: Lina of the worked example, and a full-timer to vary."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from payroll.engine import (
    AnnualPremium,
    CostPolicy,
    DoubleHolidayPay,
    Employer,
    EndOfYearPremium,
    ExceptionalFacts,
    ExceptionalPayslip,
    ExitHolidayPay,
    Facts,
    Household,
    Law,
    OtherPremium,
    PaidMonth,
    Payslip,
    QuarterSoFar,
    Scale,
    Work,
    YearMonth,
    YearSoFar,
    exceptional_payslip,
    payslip,
)

LAW = Law.load()
ZERO = Decimal("0.00")
SEPTEMBER = YearMonth(2026, 9)

SINGLE = Household(
    kind="single",
    children=0,
    disabled_children=0,
    single_parent=False,
    disabled=False,
    disabled_spouse=False,
    other_dependants=0,
    dependants_65=0,
)
EMPLOYER = Employer(joint_committee="200", headcount_class="20+", commercial_purpose=True, category=1)
COSTS = CostPolicy(
    accident_insurance_rate=Decimal("0.0030"),
    fixed_costs_per_month=Decimal("40.00"),
    holiday_provision="cash",
    end_of_year_premium=True,
    annual_premium=True,
    eco_vouchers=True,
)
ALONE = QuarterSoFar(months=(), policy="alone")
NEW_YEAR = YearSoFar(end_of_year_base=ZERO, double_holiday_pay=ZERO)


def hours(weekly: str, full_time: str = "38") -> Work:
    return Work.full_month(weekly_hours=Decimal(weekly), full_time_weekly_hours=Decimal(full_time))


def full_timer(*, gross: str = "3000.00", month: YearMonth = SEPTEMBER, work: Work | None = None) -> Facts:
    """A single full-time member of class A, priced alone."""
    return Facts(
        label="Aline",
        month=month,
        employer=EMPLOYER,
        work=work or hours("38"),
        scale=Scale(scale_class="A", experience=1, table="II"),
        household=SINGLE,
        gross=Decimal(gross),
        benefit_in_kind=ZERO,
        benefit_in_kind_tax_only=ZERO,
        commuting_exemption=ZERO,
        group_insurance_contribution=ZERO,
        costs=COSTS,
        quarter=ALONE,
        year=NEW_YEAR,
    )


def paid(
    month: YearMonth, gross: str, *, reduction: str = "0.00", weekly: str = "19", special: str = "0.00"
) -> PaidMonth:
    return PaidMonth(
        month=month,
        gross=Decimal(gross),
        hours=Decimal(weekly),
        full_time_hours=Decimal("38"),
        reduction=Decimal(reduction),
        special_contribution=Decimal(special),
    )


def lina() -> Facts:
    """The half-timer of the worked example, September 2026, after equal months since January."""
    earlier = tuple(paid(YearMonth(2026, month), "1450.00", reduction="114.93") for month in (7, 8))
    return replace(
        full_timer(gross="1450.00", work=hours("19")),
        label="Lina",
        scale=Scale(scale_class="C", experience=5, table="II"),
        quarter=QuarterSoFar(months=earlier, policy="advance"),
        year=YearSoFar(end_of_year_base=8 * Decimal("1849.35"), double_holiday_pay=8 * Decimal("1334.00")),
    )


def household(facts: Facts, **changes: object) -> Facts:
    return replace(facts, household=replace(facts.household, **changes))  # type: ignore[arg-type]


def amounts(slip: Payslip, *names: str) -> dict[str, str]:
    return {name: f"{slip[name].amount:.2f}" for name in names}


def pay(facts: Facts) -> Payslip:
    return payslip(facts, LAW)


def amount(facts: Facts, code: str) -> Decimal:
    return pay(facts)[code].amount


def found(slip: Payslip) -> set[str]:
    return {finding.code for finding in slip.findings}


def exceptional(
    payment: object,
    *,
    pay: str = "2650.00",
    month: YearMonth | None = None,
    provided: str | None = None,
    **home: object,
) -> ExceptionalFacts:
    """An exceptional payment of a single member, in December 2026 unless told otherwise."""
    return ExceptionalFacts(
        label="Aline",
        month=month or YearMonth(2026, 12),
        employer=EMPLOYER,
        household=replace(SINGLE, **home),  # type: ignore[arg-type]
        normal_monthly_pay=Decimal(pay),
        payment=payment,  # type: ignore[arg-type]
        provided=None if provided is None else Decimal(provided),
    )


def pay_beside(facts: ExceptionalFacts) -> ExceptionalPayslip:
    return exceptional_payslip(facts, LAW)


def exceptional_payments() -> list[ExceptionalPayslip]:
    """One payment of each kind, with and without children."""
    payments = (
        EndOfYearPremium(monthly_pay=Decimal("2650.00"), months=7),
        AnnualPremium(weekly_hours=Decimal(19), full_time_weekly_hours=Decimal(38), months=12),
        DoubleHolidayPay(monthly_pay=Decimal("2800.00"), months=12),
        ExitHolidayPay(earned_this_year=Decimal("12345.67"), earned_before=Decimal("2000.00")),
        OtherPremium(amount=Decimal("500.00")),
    )
    return [
        pay_beside(
            exceptional(payment, pay="1500.00", children=children, disabled_children=children // 2, provided=set_aside)
        )
        for payment in payments
        for children, set_aside in ((0, None), (1, "100.00"), (14, "99999.00"))
    ]
