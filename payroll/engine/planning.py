"""A budget over several months: the constant pay that it carries, with all that is set aside beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from payroll.engine.computing import finished, new_sheet, report_floors, to_cost, to_net
from payroll.engine.facts import Facts, InvalidFact, PaidMonth, QuarterSoFar, YearSoFar
from payroll.engine.figures import Payslip
from payroll.engine.inverse import OutOfReach, largest_gross, target
from payroll.engine.law import Law
from payroll.engine.rounding import CONTEXT
from payroll.engine.sheet import MonthSheet

ZERO = Decimal("0.00")
LONGEST = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The same gross for each month. EUR. ``cost``: employer cost of all months; ``left`` of the budget, after ``reserve``."""

    gross: Decimal
    months: tuple[Payslip, ...]
    cost: Decimal
    reserve: Decimal
    left: Decimal


def plan_months(budget: Decimal, facts: Facts, law: Law, *, months: int, reserve: Decimal = ZERO) -> Plan:
    """A budget carries the largest constant gross whose employer cost, over the months, leaves the reserve.

    ``cost(gross) + reserve <= budget < cost(gross + 0.01) + reserve``. The employer cost sets aside
    holiday pay, end-of-year premium, annual premium and vouchers as they accrue, so they are provided
    for. Each month has its own law and follows the months before it in the plan: quarter and year go
    on from those of the facts, whose gross is ignored. With ``alone`` each month is priced alone.

    EUR, two decimals. Exact: over the months, no part of the cost falls as the gross rises by more
    than the gross itself. Raises ``InvalidFact`` for less than 1 or more than 36 months,
    ``OutOfReach`` when even a gross of zero costs more, ``NoLaw`` when a month has no confirmed law.
    """
    _check_months(facts, months)
    available = target("budget", budget) - target("reserve", reserve)
    if available < 0:
        raise OutOfReach(f"a reserve of {reserve} is more than the budget of {budget}")

    def cost(gross: Decimal) -> Decimal:
        return sum((sheet["employer_cost"].amount for sheet in _sheets(facts.with_gross(gross), law, months)), ZERO)

    with localcontext(CONTEXT):
        gross = largest_gross(cost, available, lowest=facts.benefit_in_kind, code="employer_cost")
        slips = payslips(facts.with_gross(gross), law, months=months)
        spent = sum((slip["employer_cost"].amount for slip in slips), ZERO)
    return Plan(gross=gross, months=slips, cost=spent, reserve=reserve, left=available - spent)


def payslips(facts: Facts, law: Law, *, months: int) -> tuple[Payslip, ...]:
    """The same gross is paid for some months, each on the months before it, as ``plan_months`` prices them.

    Raises ``InvalidFact`` for less than 1 or more than 36 months, ``NoLaw``.
    """
    _check_months(facts, months)
    with localcontext(CONTEXT):
        return tuple(_whole(sheet) for sheet in _sheets(facts, law, months))


def _check_months(facts: Facts, months: int) -> None:
    if not isinstance(months, int) or not 1 <= months <= LONGEST:
        sentence = f"the fact months must lie between 1 and {LONGEST}, not {months!r}"
        raise InvalidFact(label=facts.label, fact="months", sentence=sentence)


def _sheets(facts: Facts, law: Law, months: int) -> Iterator[MonthSheet]:
    """The months of a plan are priced one after another, as far as their cost."""
    for _month in range(months):
        sheet = new_sheet(facts, law)
        to_net(sheet)
        to_cost(sheet)
        yield sheet
        facts = _following(facts, sheet)


def _whole(sheet: MonthSheet) -> Payslip:
    report_floors(sheet)
    return finished(sheet)


def _following(facts: Facts, sheet: MonthSheet) -> Facts:
    """The facts of the next month: this one belongs to its quarter and its year, unless they begin."""
    month = facts.month.following
    if facts.quarter.policy == "alone":
        return replace(facts, month=month)
    quarter = facts.quarter.months if month.position > 1 else ()
    if month.position > 1:
        quarter = (*quarter, _paid(facts, sheet))
    return replace(
        facts, month=month, quarter=QuarterSoFar(months=quarter, policy=facts.quarter.policy), year=_year(facts, sheet)
    )


def _paid(facts: Facts, sheet: MonthSheet) -> PaidMonth:
    return PaidMonth(
        month=facts.month,
        gross=facts.gross,
        hours=facts.work.hours,
        full_time_hours=facts.work.full_time_hours,
        reduction=sheet["structural_reduction"].amount,
        special_contribution=sheet["special_contribution"].amount,
        first_hire_reduction=_of(sheet, "first_hire_reduction"),
    )


def _year(facts: Facts, sheet: MonthSheet) -> YearSoFar:
    if facts.month.month == 12:
        return YearSoFar(end_of_year_base=ZERO, double_holiday_pay=ZERO)
    return YearSoFar(
        end_of_year_base=facts.year.end_of_year_base + _of(sheet, "end_of_year_base"),
        double_holiday_pay=facts.year.double_holiday_pay + _of(sheet, "double_holiday_pay"),
    )


def _of(sheet: MonthSheet, code: str) -> Decimal:
    return sheet[code].amount if code in sheet.figures else ZERO
