"""Acceptance cases in a CSV file: computed, and compared to the cent."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Literal, TypeAlias, cast

from payroll.engine.computing import new_sheet, to_cost, to_net
from payroll.engine.facts import (
    CostPolicy,
    Employer,
    Facts,
    Household,
    HouseholdKind,
    QuarterSoFar,
    Scale,
    Work,
    YearSoFar,
)
from payroll.engine.law import Law
from payroll.engine.months import YearMonth
from payroll.engine.rounding import CONTEXT
from payroll.engine.rules import fiscal_bonus, social_contribution, withholding_tax
from payroll.engine.rules.employment_bonus import employment_bonus
from payroll.engine.rules.special_contribution import special_contribution
from payroll.engine.sheet import MonthSheet

Row: TypeAlias = Mapping[str, str]
Kind: TypeAlias = Literal["monthly", "withholding_only", "work_bonus_only", "csss_only"]

COVERED = ("monthly", "withholding_only", "work_bonus_only", "csss_only")

ZERO = Decimal("0.00")

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


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell of a case that the engine computes otherwise; ``computed`` is empty if not at all."""

    case: str
    column: str
    expected: Decimal
    computed: Decimal | None


@dataclass(frozen=True, slots=True)
class Report:
    """What a check of cases found. ``not_covered``: rows of a kind beyond ordinary monthly pay."""

    rows: int
    cells: int
    differences: tuple[Difference, ...]
    not_covered: tuple[str, ...]


def read(path: Path) -> list[dict[str, str]]:
    """A cases file is CSV in UTF-8 with a header line. Raises ``OSError``, ``ValueError``."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    needed = {"id", "kind", "period", "gross", *COLUMNS}
    missing = needed - set(rows[0] if rows else ())
    if missing:
        raise ValueError(f"{path.name} is not a cases file: missing {', '.join(sorted(missing))}")
    return rows


def check(rows: Iterable[Row], law: Law) -> Report:
    """Every filled ``expected_*`` cell of every covered row is compared exactly, to the cent.

    Raises ``NoLaw`` or a ``FactError`` when a row cannot be computed at all.
    """
    differences: list[Difference] = []
    not_covered: list[str] = []
    count = cells = 0
    for row in rows:
        count += 1
        if row["kind"] not in COVERED:
            not_covered.append(row["id"])
            continue
        computed = amounts(row, law)
        for column, expected in expectations(row).items():
            cells += 1
            found = computed.get(column)
            if found != expected:
                differences.append(Difference(row["id"], column, expected, found))
    return Report(count, cells, tuple(differences), tuple(not_covered))


def expectations(row: Row) -> dict[str, Decimal]:
    """The filled ``expected_*`` cells of a row, by column."""
    return {column: Decimal(cell) for column, cell in row.items() if column.startswith("expected_") and cell}


def amounts(row: Row, law: Law) -> dict[str, Decimal]:
    """What the engine computes for a row, by column of the cases file. EUR."""
    with localcontext(CONTEXT):
        sheet = new_sheet(facts_of(row), law)
        _COMPUTE[cast(Kind, row["kind"])](sheet, row)
    found = {column: sheet[code].amount for column, code in COLUMNS.items() if code in sheet.figures}
    if "employer_contribution" in sheet.figures:
        # The cases count the contributions without the fund of PC 200.
        total, fund = sheet["employer_contribution"], sheet["employer_contribution.sector_fund"]
        found["expected_employer"] = total.amount - fund.amount
    return found


def _monthly(sheet: MonthSheet, row: Row) -> None:
    to_net(sheet)
    to_cost(sheet)


def _withholding_only(sheet: MonthSheet, row: Row) -> None:
    sheet.euros("taxable", Decimal(row["taxable_given"]))
    withholding_tax.tax_base(sheet)
    withholding_tax.before_bonus(sheet)


def _employment_bonus_only(sheet: MonthSheet, row: Row) -> None:
    social_contribution.social_contribution(sheet)
    employment_bonus(sheet)
    social_contribution.contribution_due(sheet)
    withholding_tax.tax_base(sheet)
    withholding_tax.before_bonus(sheet)
    withholding_tax.left_after_other_reductions(sheet)
    fiscal_bonus.fiscal_bonus(sheet)


def _special_contribution_only(sheet: MonthSheet, row: Row) -> None:
    sheet.euros("gross", sheet.facts.gross)
    special_contribution(sheet)


_COMPUTE = {
    "monthly": _monthly,
    "withholding_only": _withholding_only,
    "work_bonus_only": _employment_bonus_only,
    "csss_only": _special_contribution_only,
}


def facts_of(row: Row) -> Facts:
    """A row states a member of a commercial employer of 20 and more; the month is priced alone."""
    share = Decimal(row["worktime"])
    full_time = Decimal(38)
    return Facts(
        label=row["id"],
        month=YearMonth.parse(row["period"]),
        employer=Employer(joint_committee="200", headcount_class="20+", commercial_purpose=True, category=1),
        work=Work.full_month(weekly_hours=share * full_time, full_time_weekly_hours=full_time),
        scale=Scale(scale_class="A", experience=0, table="I"),
        household=_household(row),
        gross=Decimal(row["gross"] or "0.00"),
        benefit_in_kind=ZERO,
        benefit_in_kind_tax_only=Decimal(row["benefit_in_kind"] or "0.00"),
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
    single = row["civil_status"] == "single"
    return Household(
        kind="single" if single else cast(HouseholdKind, row["spouse"]),
        children=int(row["children"]),
        disabled_children=0,
        single_parent=row["single_parent"] == "1",
        disabled=row["disabled"] == "1",
        disabled_spouse=False,
        other_dependants=0,
        dependants_65=0,
    )
