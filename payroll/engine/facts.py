"""What the engine must be told: facts of one member and one month.

No field has a default: a fact that changes pay is given, or the payslip is refused. All facts are
checked when ``Facts`` is built, so that the sentence of a refusal can name the member (``label``).
Amounts are EUR as ``Decimal`` with at most two decimals; rates are fractions (0.30 % is 0.0030).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, get_args

from payroll.engine.months import YearMonth
from payroll.engine.rounding import ZERO, cents

HeadcountClass = Literal["<10", "10-19", "20+"]
ScaleClass = Literal["A", "B", "C", "D"]
ScaleTable = Literal["I", "II"]
HouseholdKind = Literal["single", "no_income", "small_pension", "low_pension", "low_income", "own_income"]
HolidayProvision = Literal["cash", "accrual"]
ReductionPolicy = Literal["hold", "advance", "alone"]

JOINT_COMMITTEES = ("200",)
FIRST_HIRE_RANKS = (1, 2, 3, 4, 5)
LARGEST_AMOUNT = Decimal("9999999.99")


class FactError(ValueError):
    """A payslip cannot be computed from these facts; ``fact`` and ``label`` say which and whose."""

    def __init__(self, *, label: str, fact: str, sentence: str) -> None:
        super().__init__(f"{label}: {sentence}")
        self.label = label
        self.fact = fact


class MissingFact(FactError):
    """A fact that changes pay was not given."""


class InvalidFact(FactError):
    """A fact was given that cannot be true: not a number, negative, beyond the cent, unknown."""


class UnknownJointCommittee(InvalidFact):
    """The rules of this joint committee are not supplied, so no payslip is computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Employer:
    """The cooperative as employer, on the month of pay.

    ``joint_committee``: number as text, ``"200"``. ``headcount_class``: importance of the employer
    for social security. ``commercial_purpose``: closure fund. ``category``: category of the
    structural reduction, 1 for the private sector.
    """

    joint_committee: str
    headcount_class: HeadcountClass
    commercial_purpose: bool
    category: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Contract hours a week, and hours of the month.

    ``hours`` (H) and ``full_time_hours`` (U) belong to the month; only their ratio enters the
    rules, so any common unit will do. H counts the hours paid with codes 1, 3, 4, 5, 20.
    """

    weekly_hours: Decimal
    full_time_weekly_hours: Decimal
    hours: Decimal
    full_time_hours: Decimal

    @classmethod
    def full_month(cls, *, weekly_hours: Decimal, full_time_weekly_hours: Decimal) -> Work:
        """In a complete month the share worked is the contract's: weekly hours over full time."""
        return cls(
            weekly_hours=weekly_hours,
            full_time_weekly_hours=full_time_weekly_hours,
            hours=weekly_hours,
            full_time_hours=full_time_weekly_hours,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The member's place in the sector's scales.

    ``table``: I in the first year in the firm, II from the second. ``experience``: whole years.
    """

    scale_class: ScaleClass
    experience: int
    table: ScaleTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """The tax household on 1 January.

    ``kind``: ``single``; spouse with ``no_income``, ``small_pension`` (scale II), ``low_pension``,
    ``low_income``, ``own_income`` (scale I). ``children`` counts every dependent child, and
    ``disabled_children`` those among them who are disabled (each counts as two).
    ``other_dependants`` excludes ``dependants_65`` (aged 65 or more, in need of care).
    """

    kind: HouseholdKind
    children: int
    disabled_children: int
    single_parent: bool
    disabled: bool
    disabled_spouse: bool
    other_dependants: int
    dependants_65: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPolicy:
    """What the cooperative sets aside beside the wage: dated choices of each cooperative.

    ``accident_insurance_rate``: fraction of gross. ``fixed_costs_per_month``: EUR.
    ``holiday_provision``: ``cash`` = double holiday pay only (92 % of a month), ``accrual`` =
    18.20 % of gross. The three flags say whether each provision is made.
    """

    accident_insurance_rate: Decimal
    fixed_costs_per_month: Decimal
    holiday_provision: HolidayProvision
    end_of_year_premium: bool
    annual_premium: bool
    eco_vouchers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidMonth:
    """An earlier month of the quarter, as really paid.

    A month without employment is given with zero pay and zero hours. ``reduction``: structural
    reduction already given for it; ``first_hire_reduction``: the same of a first hire;
    ``special_contribution``: already withheld in it.
    """

    month: YearMonth
    gross: Decimal
    hours: Decimal
    full_time_hours: Decimal
    reduction: Decimal
    special_contribution: Decimal
    first_hire_reduction: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstHire:
    """The member is one of the employer's first workers, and a person decided that the reduction for it is claimed.

    ``rank``: first to fifth worker of the employer. ``quarter``: the number of the quarter since the
    reduction began, 1 in the one in which it began.
    """

    rank: int
    quarter: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterSoFar:
    """The earlier months of the quarter, all of them, and the policy for the reduction.

    ``hold``: nothing before the third month. ``advance``: given month by month, cumulatively.
    ``alone``: the month priced as if the quarter's three months were equal, for simulations of
    steady pay; ``months`` is then empty.
    """

    months: tuple[PaidMonth, ...]
    policy: ReductionPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class YearSoFar:
    """What provisions already rest on in the calendar year: sums of earlier payslips' figures.

    ``end_of_year_base`` and ``double_holiday_pay`` are the sums of the figures of these codes over
    the earlier months, zero in the first month. They place the rounding, so that the provisions of
    a year add up to its twelfth to the cent.
    """

    end_of_year_base: Decimal
    double_holiday_pay: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that one ordinary monthly payslip rests on.

    ``label`` names the member in refusals and changes no amount. ``gross``: pay subject to social
    security, EUR of the month, benefits in kind subject to it included; ``benefit_in_kind`` is that
    part (deducted from the net, since it was enjoyed). ``benefit_in_kind_tax_only``: taxed, not in
    gross (company car). ``commuting_exemption``: taken off the monthly tax base.
    ``group_insurance_contribution``: the worker's own, gives a tax reduction of 30 %; paying it is
    a deduction after the net. ``first_hire``: off unless it is given.

    Raises ``MissingFact``, ``InvalidFact`` or ``UnknownJointCommittee`` when built.
    """

    label: str
    month: YearMonth
    employer: Employer
    work: Work
    scale: Scale
    household: Household
    gross: Decimal
    benefit_in_kind: Decimal
    benefit_in_kind_tax_only: Decimal
    commuting_exemption: Decimal
    group_insurance_contribution: Decimal
    costs: CostPolicy
    quarter: QuarterSoFar
    year: YearSoFar
    first_hire: FirstHire | None = None

    def __post_init__(self) -> None:
        _check(self)

    def alone(self) -> Facts:
        """The same month priced alone: as if the quarter's months were equal and the year began.

        For simulations and for comparing prices; a payslip that is paid knows its quarter and year.
        """
        return replace(
            self,
            quarter=QuarterSoFar(months=(), policy="alone"),
            year=YearSoFar(end_of_year_base=ZERO, double_holiday_pay=ZERO),
        )

    def with_gross(self, gross: Decimal) -> Facts:
        """The same member and month at another gross pay. EUR, two decimals."""
        return replace(self, gross=gross)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterFacts:
    """A quarter whose three months are final, as really paid, for its settlement.

    A month without employment is given with zero pay and zero hours. ``first_hire``: off unless it is given. ``settled_reduction``,
    ``settled_first_hire_reduction`` and ``settled_special_contribution`` are what earlier settlements of the same quarter corrected: a
    payslip of it was corrected afterwards, and the quarter is settled anew.
    Raises ``MissingFact``, ``InvalidFact`` or ``UnknownJointCommittee`` when built.
    """

    label: str
    employer: Employer
    household_kind: HouseholdKind
    months: tuple[PaidMonth, ...]
    first_hire: FirstHire | None = None
    settled_reduction: Decimal = ZERO
    settled_first_hire_reduction: Decimal = ZERO
    settled_special_contribution: Decimal = ZERO

    def __post_init__(self) -> None:
        check = Checker(checked_label(self.label))
        check_employer(self.employer, check)
        check.choice("household_kind", self.household_kind, get_args(HouseholdKind))
        check.instance("quarter.months", self.months, tuple)
        months = tuple(check_paid_month(self.label, paid).month for paid in self.months)
        if not months:
            raise check.missing("quarter.months")
        if months != months[0].quarter_months:
            raise check.invalid("quarter.months", "must be the three months of one quarter, in order")
        if not any(paid.hours for paid in self.months):
            raise check.invalid("quarter.months", "must have hours in at least one month")
        check_first_hire(self.first_hire, check)
        check.signed_amount("settled_reduction", self.settled_reduction)
        check.signed_amount("settled_first_hire_reduction", self.settled_first_hire_reduction)
        check.signed_amount("settled_special_contribution", self.settled_special_contribution)


class Checker:
    """Each kind of fact has its own test; every refusal names the member and the fact."""

    def __init__(self, label: str) -> None:
        self.label = label

    def missing(self, fact: str) -> MissingFact:
        return MissingFact(label=self.label, fact=fact, sentence=f"the fact {fact} is missing")

    def invalid(self, fact: str, why: str) -> InvalidFact:
        return InvalidFact(label=self.label, fact=fact, sentence=f"the fact {fact} {why}")

    def decimal(self, fact: str, value: Decimal) -> None:
        if value is None:
            raise self.missing(fact)
        if not isinstance(value, Decimal):
            raise self.invalid(fact, f"must be a Decimal, not {value!r}")
        if not value.is_finite():
            raise self.invalid(fact, f"is not a number: {value}")
        if value.is_signed() and value:
            raise self.invalid(fact, f"may not be negative: {value}")
        if value > LARGEST_AMOUNT:
            raise self.invalid(fact, f"is too large: {value}")

    def amount(self, fact: str, value: Decimal) -> None:
        self.decimal(fact, value)
        self.two_decimals(fact, value)

    def two_decimals(self, fact: str, value: Decimal) -> None:
        if value != cents(value):
            raise self.invalid(fact, f"has more than two decimals: {value}")

    def signed_amount(self, fact: str, value: Decimal) -> None:
        if value is None:
            raise self.missing(fact)
        self.amount(fact, value.copy_abs() if isinstance(value, Decimal) else value)

    def positive(self, fact: str, value: Decimal) -> None:
        self.amount(fact, value)
        if not value:
            raise self.invalid(fact, "must be more than zero")

    def rate(self, fact: str, value: Decimal) -> None:
        self.decimal(fact, value)
        if value >= 1:
            raise self.invalid(fact, f"is a fraction below 1 (0.30 % is 0.0030), not {value}")

    def count(self, fact: str, value: int) -> None:
        if value is None:
            raise self.missing(fact)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.invalid(fact, f"must be a whole number, not {value!r}")
        if value < 0 or value > 99:
            raise self.invalid(fact, f"must lie between 0 and 99, not {value}")

    def flag(self, fact: str, value: bool) -> None:
        if value is None:
            raise self.missing(fact)
        if not isinstance(value, bool):
            raise self.invalid(fact, f"must be yes or no (a bool), not {value!r}")

    def choice(self, fact: str, value: object, allowed: tuple[object, ...]) -> None:
        if value is None:
            raise self.missing(fact)
        if value not in allowed:
            known = ", ".join(str(one) for one in allowed)
            raise self.invalid(fact, f"must be one of {known}, not {value!r}")

    def instance(self, fact: str, value: object, kind: type) -> None:
        if value is None:
            raise self.missing(fact)
        if not isinstance(value, kind):
            raise self.invalid(fact, f"must be a {kind.__name__}, not {value!r}")


def checked_label(label: str) -> str:
    """Whose facts these are is said. Raises ``MissingFact``."""
    if not isinstance(label, str) or not label.strip():
        raise MissingFact(label="unnamed member", fact="label", sentence="the label is missing")
    return label


def _check(facts: Facts) -> None:
    check = Checker(checked_label(facts.label))
    check.instance("month", facts.month, YearMonth)
    check_employer(facts.employer, check)
    for test in _GROUPS:
        test(facts, check)


def _check_amounts(facts: Facts, check: Checker) -> None:
    check.amount("gross", facts.gross)
    check.amount("benefit_in_kind", facts.benefit_in_kind)
    if facts.benefit_in_kind > facts.gross:
        raise check.invalid("benefit_in_kind", "is part of gross and may not exceed it")
    check.amount("benefit_in_kind_tax_only", facts.benefit_in_kind_tax_only)
    check.amount("commuting_exemption", facts.commuting_exemption)
    check.amount("group_insurance_contribution", facts.group_insurance_contribution)


def check_employer(employer: Employer, check: Checker) -> None:
    """An employer is whole and its joint committee is supplied. Raises a ``FactError``."""
    check.instance("employer", employer, Employer)
    if employer.joint_committee is None:
        raise check.missing("employer.joint_committee")
    if employer.joint_committee not in JOINT_COMMITTEES:
        raise UnknownJointCommittee(
            label=check.label,
            fact="employer.joint_committee",
            sentence=f"the rules of joint committee {employer.joint_committee} are not supplied; "
            f"known: {', '.join(JOINT_COMMITTEES)}",
        )
    check.choice("employer.headcount_class", employer.headcount_class, get_args(HeadcountClass))
    check.flag("employer.commercial_purpose", employer.commercial_purpose)
    check.count("employer.category", employer.category)
    check.choice("employer.category", employer.category, (1,))


def _check_work(facts: Facts, check: Checker) -> None:
    work = facts.work
    check.instance("work", work, Work)
    check.positive("work.weekly_hours", work.weekly_hours)
    check.positive("work.full_time_weekly_hours", work.full_time_weekly_hours)
    check.positive("work.hours", work.hours)
    check.positive("work.full_time_hours", work.full_time_hours)
    if work.weekly_hours > work.full_time_weekly_hours:
        raise check.invalid("work.weekly_hours", "may not exceed the full-time hours")
    if work.hours > work.full_time_hours:
        raise check.invalid("work.hours", "may not exceed the full-time hours of the month")


def _check_scale(facts: Facts, check: Checker) -> None:
    scale = facts.scale
    check.instance("scale", scale, Scale)
    check.choice("scale.scale_class", scale.scale_class, get_args(ScaleClass))
    check.choice("scale.table", scale.table, get_args(ScaleTable))
    check.count("scale.experience", scale.experience)
    if scale.table == "II" and scale.experience == 0:
        raise check.invalid("scale.experience", "begins at 1 year in scale II")


def _check_home(facts: Facts, check: Checker) -> None:
    check_household(facts.household, check)


def check_household(home: Household, check: Checker) -> None:
    """A tax household is whole and does not contradict itself. Raises ``MissingFact`` or ``InvalidFact``."""
    check.instance("household", home, Household)
    check.choice("household.kind", home.kind, get_args(HouseholdKind))
    check.count("household.children", home.children)
    check.count("household.disabled_children", home.disabled_children)
    check.count("household.other_dependants", home.other_dependants)
    check.count("household.dependants_65", home.dependants_65)
    check.flag("household.single_parent", home.single_parent)
    check.flag("household.disabled", home.disabled)
    check.flag("household.disabled_spouse", home.disabled_spouse)
    if home.disabled_children > home.children:
        raise check.invalid("household.disabled_children", "may not exceed the dependent children")
    if home.single_parent and (home.kind != "single" or not home.children):
        raise check.invalid("household.single_parent", "needs a household without spouse and with a child")
    if home.disabled_spouse and home.kind == "single":
        raise check.invalid("household.disabled_spouse", "needs a spouse")


def _check_costs(facts: Facts, check: Checker) -> None:
    costs = facts.costs
    check.instance("costs", costs, CostPolicy)
    check.rate("costs.accident_insurance_rate", costs.accident_insurance_rate)
    check.amount("costs.fixed_costs_per_month", costs.fixed_costs_per_month)
    check.choice("costs.holiday_provision", costs.holiday_provision, get_args(HolidayProvision))
    check.flag("costs.end_of_year_premium", costs.end_of_year_premium)
    check.flag("costs.annual_premium", costs.annual_premium)
    check.flag("costs.eco_vouchers", costs.eco_vouchers)


def _check_quarter(facts: Facts, check: Checker) -> None:
    quarter = facts.quarter
    check.instance("quarter", quarter, QuarterSoFar)
    check.choice("quarter.policy", quarter.policy, get_args(ReductionPolicy))
    check.instance("quarter.months", quarter.months, tuple)
    if quarter.policy == "alone":
        if quarter.months:
            raise check.invalid("quarter.months", "must be empty when the month is priced alone")
        return
    given = [check_paid_month(facts.label, paid).month for paid in quarter.months]
    needed = facts.month.earlier_in_quarter
    for month in needed:
        if month not in given:
            raise check.missing(f"quarter.months for {month}")
    if tuple(given) != needed:
        raise check.invalid("quarter.months", f"must be the earlier months of the quarter of {facts.month}, in order")


def _check_year(facts: Facts, check: Checker) -> None:
    check.instance("year", facts.year, YearSoFar)
    check.amount("year.end_of_year_base", facts.year.end_of_year_base)
    check.amount("year.double_holiday_pay", facts.year.double_holiday_pay)


def check_paid_month(label: str, paid: PaidMonth) -> PaidMonth:
    """An earlier month is complete: its pay, hours, reduction and special contribution are known.

    Raises ``MissingFact`` or ``InvalidFact`` naming the member and the month.
    """
    check = Checker(label)
    check.instance("quarter.months", paid, PaidMonth)
    check.instance("quarter.months.month", paid.month, YearMonth)
    where = f"of {paid.month} in quarter.months"
    check.amount(f"gross {where}", paid.gross)
    check.amount(f"hours {where}", paid.hours)
    check.amount(f"full_time_hours {where}", paid.full_time_hours)
    check.signed_amount(f"reduction {where}", paid.reduction)
    check.signed_amount(f"special_contribution {where}", paid.special_contribution)
    check.signed_amount(f"first_hire_reduction {where}", paid.first_hire_reduction)
    if paid.hours > paid.full_time_hours:
        raise check.invalid(f"hours {where}", "may not exceed the full-time hours")
    if paid.gross and not paid.hours:
        raise check.invalid(f"hours {where}", "may not be zero when pay was given")
    return paid


def _check_first_hire(facts: Facts, check: Checker) -> None:
    check_first_hire(facts.first_hire, check)


def check_first_hire(hire: FirstHire | None, check: Checker) -> None:
    """A first hire has a rank from 1 to 5 and a quarter from 1 on; none is fine. Raises a ``FactError``."""
    if hire is None:
        return
    check.instance("first_hire", hire, FirstHire)
    check.choice("first_hire.rank", hire.rank, FIRST_HIRE_RANKS)
    check.count("first_hire.quarter", hire.quarter)
    if not hire.quarter:
        raise check.invalid("first_hire.quarter", "counts from 1, the quarter in which the reduction began")


_GROUPS: tuple[Callable[[Facts, Checker], None], ...] = (
    _check_amounts,
    _check_work,
    _check_scale,
    _check_home,
    _check_costs,
    _check_quarter,
    _check_year,
    _check_first_hire,
)
