"""Payments for the engine's tests: nothing beside pay and nothing deducted, to vary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from payroll.engine import (
    Attachment,
    Bicycle,
    Deductions,
    Facts,
    MealVouchers,
    OwnCar,
    PaymentFacts,
    Payslip,
    YearMonth,
    payment,
    payslip,
)
from tests.payroll.engine.cast import LAW, SEPTEMBER, ZERO, full_timer

NO_DEDUCTIONS = Deductions(advance=ZERO, fine=ZERO, damages=ZERO, guarantee=ZERO, limit="one_fifth")
MARCH = YearMonth(2026, 3)
SUMMER_2025 = YearMonth(2025, 7)


def plain(month: YearMonth = SEPTEMBER, **changes: object) -> PaymentFacts:
    """A payment of the net pay alone, with these changes."""
    facts = PaymentFacts(
        label="Aline",
        month=month,
        deductions=NO_DEDUCTIONS,
        attachment=None,
        own_car=None,
        bicycle=None,
        home_working=ZERO,
        meal_vouchers=None,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def attached(claim: str = "99999.00", **changes: object) -> Attachment:
    start = Attachment(kind="ordinary", claim=Decimal(claim), children=0, earlier_pay=ZERO, earlier_attached=ZERO)
    return replace(start, **changes)  # type: ignore[arg-type]


def deducted(**amounts: str) -> Deductions:
    limit = amounts.pop("limit", "one_fifth")
    return replace(
        NO_DEDUCTIONS,
        limit=limit,
        **{name: Decimal(amount) for name, amount in amounts.items()},  # type: ignore[arg-type]
    )


def driven(kilometres: str = "300.00", rate: str = "0.40", index: str = "quarterly") -> OwnCar:
    return OwnCar(kilometres=Decimal(kilometres), rate=Decimal(rate), index=index)  # type: ignore[arg-type]


def ridden(days: int = 10, each: str = "12.00", rate: str = "0.32") -> Bicycle:
    return Bicycle(days=days, kilometres_per_day=Decimal(each), rate=Decimal(rate))


def vouchers(number: int = 20, employer: str = "8.91", worker: str = "1.09") -> MealVouchers:
    return MealVouchers(number=number, employer_share=Decimal(employer), worker_share=Decimal(worker))


def paid_out(facts: PaymentFacts, member: Facts | None = None) -> Payslip:
    """The payslip of the month, gone on to its payment."""
    return payment(facts, payslip(member or full_timer(month=facts.month), LAW), LAW)


def with_net(amount: str, facts: PaymentFacts) -> Payslip:
    """A payment of exactly this net pay: benefits already enjoyed take what a real payslip has above it."""
    whole = payslip(full_timer(gross="12000.00", month=facts.month), LAW)["net"].amount
    enjoyed = whole - Decimal(amount)
    return paid_out(facts, replace(full_timer(gross="12000.00", month=facts.month), benefit_in_kind=enjoyed))


def varied_payments() -> Iterator[Payslip]:
    """Payments that use every rule after the net at least once, and meet every finding."""
    everything = plain(
        MARCH,
        deductions=deducted(advance="150.00", recovery="20.00", fine="10.00", damages="50.00", guarantee="20.00"),
        attachment=attached(children=2, earlier_pay=Decimal("200.00"), earlier_attached=Decimal("10.00")),
        own_car=driven(),
        bicycle=ridden(rate="0.25"),
        home_working=Decimal("160.99"),
        meal_vouchers=vouchers(),
    )
    yield paid_out(everything)
    insured = replace(full_timer(month=MARCH), group_insurance_contribution=Decimal("40.00"))
    yield paid_out(everything, insured)
    yield paid_out(plain(attachment=attached(claim="300.00", kind="maintenance")))
    yield paid_out(plain(deductions=deducted(damages="9000.00", limit="fraud")))
    yield paid_out(
        plain(
            MARCH,
            deductions=deducted(advance="900.00"),
            own_car=driven(rate="0.4327"),
            bicycle=ridden(rate="0.3601"),
            home_working=Decimal("161.00"),
            meal_vouchers=vouchers(employer="8.92", worker="1.08"),
        )
    )
    yield paid_out(plain(MARCH, meal_vouchers=vouchers(employer="5.00", worker="5.01")))
    yield paid_out(plain(own_car=driven()))
    enjoyed = replace(full_timer(), benefit_in_kind=Decimal("3000.00"), group_insurance_contribution=Decimal("10.00"))
    yield paid_out(plain(), enjoyed)
