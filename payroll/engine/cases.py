"""Acceptance cases in a CSV file: computed, and compared to the cent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Literal, TypeAlias, cast, get_args

from payroll.engine import codes
from payroll.engine.cases_file import EXPECTED, SURPLUS
from payroll.engine.computing import new_sheet, to_cost, to_net
from payroll.engine.facts import (
    Checker,
    CostPolicy,
    Employer,
    FactError,
    Facts,
    Household,
    HouseholdKind,
    QuarterSoFar,
    Scale,
    Work,
    YearSoFar,
)
from payroll.engine.law import Law, NoLaw
from payroll.engine.months import YearMonth
from payroll.engine.rounding import CONTEXT
from payroll.engine.rules import exceptional_payment, withholding_tax
from payroll.engine.rules.wage_floor import wage_floor
from payroll.engine.sheet import MonthSheet

Row: TypeAlias = Mapping[str, str]
Kind: TypeAlias = Literal[
    "monthly", "withholding_only", "work_bonus_only", "csss_only", "exceptional_other", "exceptional_holiday"
]

CIVIL_STATUSES = ("single", "married")

ZERO = Decimal("0.00")
AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# Only the share of full time counts in a case: so many hours that it is exact to eight decimals.
FULL_TIME = Decimal(1_000_000)
SMALLEST_SHARE = Decimal("0.00000001")

COLUMNS = {
    "expected_onss": "social_contribution",
    "expected_work_bonus_a": "employment_bonus_a",
    "expected_work_bonus_b": "employment_bonus_b",
    "expected_work_bonus_total": "employment_bonus",
    "expected_taxable": "taxable",
    "expected_withholding_before_bonus": "withholding_before_bonus",
    "expected_fiscal_bonus": "fiscal_bonus",
    "expected_withholding": "withholding_tax",
    "expected_csss": "special_contribution",
    "expected_net": "net",
}
EXCEPTIONAL_COLUMNS = {
    "expected_onss": "exceptional_contribution",
    "expected_withholding": "exceptional_tax",
    "expected_net": "exceptional_net",
}
EMPLOYER = {"employer_contribution", "exceptional_employer_contribution"}
# What an exceptional payment never bears, or (the employer's part) not on every payment: nothing is due, unless computed.
NOT_DUE = (
    "expected_work_bonus_a",
    "expected_work_bonus_b",
    "expected_work_bonus_total",
    "expected_fiscal_bonus",
    "expected_csss",
    "expected_employer",
)


class BadRow(ValueError):
    """A row says what cannot be computed; the sentence names the case, the column, and what it may hold."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell of a case that the engine computes otherwise; ``computed`` is empty if not at all."""

    case: str
    column: str
    expected: Decimal
    computed: Decimal | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: its differences, or why it could not be computed; and what to see beside it.

    ``cells``: how many were compared. ``flags``: findings of severity error, in words.
    """

    case: str
    cells: int
    differences: tuple[Difference, ...]
    refusal: str
    flags: tuple[str, ...]

    @property
    def met(self) -> bool:
        """Every filled cell is equal to the cent."""
        return not self.differences and not self.refusal


def check(rows: Iterable[Row], law: Law) -> Iterator[Outcome]:
    """Every filled ``expected_*`` cell of every row is compared exactly, to the cent.

    A row that cannot be computed is told with its reason and stops no other.
    """
    for row in rows:
        try:
            yield _outcome(row, law)
        except (BadRow, FactError, NoLaw) as error:
            yield Outcome(_case(row), 0, (), str(error).removeprefix(f"{_case(row)}: "), ())


def _outcome(row: Row, law: Law) -> Outcome:
    if row.get(SURPLUS):
        raise BadRow(
            f"{_case(row)}: the row has more cells than the header line; write amounts without a separator of "
            "thousands, and texts with a comma in quotes"
        )
    expected = expectations(row)
    if not expected:
        raise BadRow(f"{_case(row)}: nothing is expected; fill at least one expected_ column")
    computed, flags = computed_of(row, law)
    differences = tuple(
        Difference(_case(row), column, amount, computed.get(column))
        for column, amount in expected.items()
        if computed.get(column) != amount
    )
    return Outcome(_case(row), len(expected), differences, "", flags)


def expectations(row: Row) -> dict[str, Decimal]:
    """The filled ``expected_*`` cells of a row, by column. Raises ``BadRow``."""
    return {column: _amount(row, column) for column in row if column.startswith(EXPECTED) and _cell(row, column)}


def amounts(row: Row, law: Law) -> dict[str, Decimal]:
    """What the engine computes for a row, by column of the cases file. EUR. Raises what ``computed_of`` raises."""
    return computed_of(row, law)[0]


def computed_of(row: Row, law: Law) -> tuple[dict[str, Decimal], tuple[str, ...]]:
    """What the engine computes for a row, by column, and what it flags.

    Raises ``BadRow``, ``FactError`` or ``NoLaw`` when the row cannot be computed.
    """
    kind = _choice(row, "kind", tuple(_COMPUTE))
    with localcontext(CONTEXT):
        sheet = new_sheet(facts_of(row), law)
        _COMPUTE[cast(Kind, kind)](sheet, row)
    exceptional = kind.startswith("exceptional_")
    columns = EXCEPTIONAL_COLUMNS if exceptional else COLUMNS
    found = dict.fromkeys(NOT_DUE, ZERO) if exceptional else {}
    found |= {column: sheet[code].amount for column, code in columns.items() if code in sheet.figures}
    for total in EMPLOYER & sheet.figures.keys():
        # The cases count the contributions without the fund of PC 200.
        found["expected_employer"] = sheet[total].amount - sheet[f"{total}.sector_fund"].amount
    return found, tuple(codes.told(finding) for finding in sheet.findings if finding.severity == "error")


def _whole_month(sheet: MonthSheet, _row: Row) -> None:
    to_net(sheet)
    to_cost(sheet)
    wage_floor(sheet)


def _withholding_only(sheet: MonthSheet, row: Row) -> None:
    """The taxable pay is given; where no gross is known, no employment bonus is either."""
    sheet.euros("taxable", _given(row, "taxable_given"))
    withholding_tax.tax_base(sheet)
    withholding_tax.before_bonus(sheet)
    sheet.exact("withholding_tax", "sum_of", sheet["withholding_before_bonus"])


def _exceptional_other(sheet: MonthSheet, row: Row) -> None:
    exceptional_payment.other_premium(sheet, amount=sheet.facts.gross)
    _taxed_as(sheet, row, column="other")


def _exceptional_holiday(sheet: MonthSheet, row: Row) -> None:
    exceptional_payment.given_double_holiday_pay(sheet, amount=sheet.facts.gross)
    _taxed_as(sheet, row, column="holiday")


def _taxed_as(sheet: MonthSheet, row: Row, *, column: str) -> None:
    """The yearly reference pay is given; the contribution too, when its cell is filled."""
    if _cell(row, "onss_given"):
        given = sheet.euros("onss_given", _given(row, "onss_given"))
        sheet.figures["exceptional_contribution"] = given
    sheet.euros("reference_pay", _given(row, "annual_reference_pay"))
    exceptional_payment.withholding_tax(sheet, column=column, household=sheet.facts.household)
    exceptional_payment.net(sheet)
    exceptional_payment.cost(sheet, employer=sheet.facts.employer)


_COMPUTE: dict[Kind, Callable[[MonthSheet, Row], None]] = {
    "monthly": _whole_month,
    "withholding_only": _withholding_only,
    "work_bonus_only": _whole_month,
    "csss_only": _whole_month,
    "exceptional_other": _exceptional_other,
    "exceptional_holiday": _exceptional_holiday,
}


def facts_of(row: Row) -> Facts:
    """A row states a member of a commercial employer of 20 and more; the month is priced alone.

    Raises ``BadRow`` or ``FactError``.
    """
    return Facts(
        label=_case(row),
        month=_month(row),
        employer=Employer(joint_committee="200", headcount_class="20+", commercial_purpose=True, category=1),
        work=Work.full_month(weekly_hours=_worktime(row) * FULL_TIME, full_time_weekly_hours=FULL_TIME),
        scale=Scale(scale_class="A", experience=0, table="I"),
        household=_household(row),
        gross=ZERO if _cell(row, "kind") == "withholding_only" else _given(row, "gross"),
        benefit_in_kind=ZERO,
        benefit_in_kind_tax_only=_given(row, "benefit_in_kind") if _cell(row, "benefit_in_kind") else ZERO,
        commuting_exemption=ZERO,
        group_insurance_contribution=ZERO,
        costs=CostPolicy(
            accident_insurance_rate=ZERO,
            fixed_costs_per_month=ZERO,
            holiday_provision="cash",
            end_of_year_premium=False,
            annual_premium=False,
            eco_vouchers=False,
        ),
        quarter=QuarterSoFar(months=(), policy="alone"),
        year=YearSoFar(end_of_year_base=ZERO, double_holiday_pay=ZERO),
    )


def _household(row: Row) -> Household:
    single = _choice(row, "civil_status", CIVIL_STATUSES) == "single"
    if single and _cell(row, "spouse"):
        raise _bad(row, "spouse", "empty when civil_status is single")
    return Household(
        kind="single" if single else cast(HouseholdKind, _choice(row, "spouse", get_args(HouseholdKind)[1:])),
        children=_number(row, "children"),
        disabled_children=0,
        single_parent=_choice(row, "single_parent", ("1", "0", "")) == "1",
        disabled=_choice(row, "disabled", ("1", "0", "")) == "1",
        disabled_spouse=False,
        other_dependants=0,
        dependants_65=0,
    )


def _cell(row: Row, column: str) -> str:
    return row.get(column, "").strip()


def _case(row: Row) -> str:
    return _cell(row, "id") or "a case without id"


def _bad(row: Row, column: str, needs: str) -> BadRow:
    return BadRow(f"{_case(row)}: {column} must be {needs}, not {_cell(row, column)!r}")


def _choice(row: Row, column: str, allowed: tuple[str, ...]) -> str:
    if _cell(row, column) not in allowed:
        raise _bad(row, column, "one of " + ", ".join(one or "empty" for one in allowed))
    return _cell(row, column)


def _amount(row: Row, column: str, needs: str = "an amount such as 2350.00") -> Decimal:
    if not AMOUNT.fullmatch(_cell(row, column)):
        raise _bad(row, column, needs)
    return Decimal(_cell(row, column))


def _given(row: Row, column: str) -> Decimal:
    """An amount that is an input: not negative, in whole cents."""
    amount = _amount(row, column)
    Checker(_case(row)).amount(column, amount)
    return amount


def _number(row: Row, column: str) -> int:
    text = _cell(row, column) or "0"
    if not text.isdecimal():
        raise _bad(row, column, "a whole number")
    return int(text)


def _worktime(row: Row) -> Decimal:
    """The share of full time, to eight decimals; empty is full time."""
    needs = "a fraction above 0, at most 1"
    share = _amount(row, "worktime", needs) if _cell(row, "worktime") else Decimal(1)
    if not SMALLEST_SHARE <= share <= 1:
        raise _bad(row, "worktime", needs)
    return share.quantize(SMALLEST_SHARE)


def _month(row: Row) -> YearMonth:
    try:
        return YearMonth.parse(_cell(row, "period"))
    except ValueError:
        raise _bad(row, "period", "the first day of a month, such as 2026-09-01") from None
