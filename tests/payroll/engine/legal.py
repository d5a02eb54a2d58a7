"""Legal cases: YAML files that a payroll officer reads and writes, computed and compared to the cent.

Their form is told in ``tests/payroll/cases/README.md``. A key that is not known there is refused, naming file and key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from payroll.engine import (
    CostPolicy,
    Employer,
    FactError,
    Facts,
    FirstHire,
    Household,
    Law,
    PaidMonth,
    QuarterFacts,
    QuarterSoFar,
    Scale,
    Work,
    YearMonth,
    YearSoFar,
    codes,
    payslip,
    settle_quarter,
)
from payroll.engine.computing import new_sheet
from payroll.engine.figures import Explained
from payroll.engine.rounding import CONTEXT
from payroll.engine.rules import withholding_tax

FOLDER = Path(__file__).parents[1] / "cases" / "legal"
ZERO = Decimal("0.00")

FILE_KEYS = {"about", "source", "month", "quarter", "facts", "cases"}
CASE_KEYS = {"name", "source", "month", "quarter", "facts", "expected", "because"}
AMOUNTS = {
    "gross": None,
    "taxable": None,
    "weekly_hours": "38",
    "full_time_hours": "38",
    "benefit_in_kind": "0.00",
    "benefit_taxed_only": "0.00",
    "commuting_exemption": "0.00",
    "group_insurance": "0.00",
}
COUNTS = {
    "children": 0,
    "disabled_children": 0,
    "other_dependants": 0,
    "dependants_65": 0,
    "experience": 0,
    "first_hire_rank": 0,
    "first_hire_quarter": 1,
}
FLAGS = {"single_parent": False, "disabled": False, "disabled_spouse": False, "commercial_purpose": True}
TEXTS = {"household": "single", "workers": "20+", "scale_class": "A", "reduction_policy": "advance"}
KINDS = {int: "a whole number", bool: "yes or no", str: "a text"}
FACTS = {**AMOUNTS, **COUNTS, **FLAGS, **TEXTS}


class BadCase(ValueError):
    """A case file breaks its form; the sentence names file, case and key."""


@dataclass(frozen=True)
class Case:
    """One case: a month, or the three months of a quarter, with its facts and what must come out."""

    file: str
    name: str
    months: tuple[YearMonth, ...]
    facts: Mapping[str, Any]
    expected: Mapping[str, Decimal | tuple[Decimal, ...]]
    source: str

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"


# --- reading ----------------------------------------------------------------------------------------------------------


def cases(folder: Path = FOLDER) -> list[Case]:
    """Every case of every file of a folder. Raises BadCase."""
    return [case for path in sorted(folder.glob("*.yaml")) for case in read(path)]


def read(path: Path) -> list[Case]:
    """The cases of a file; what a case does not say itself is taken from the head of its file. Raises BadCase."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise BadCase(f"{path.name}: the file is not YAML: {error}") from error
    where = path.name
    _keys(raw, FILE_KEYS, {"about", "cases"}, where)
    _require(isinstance(raw["cases"], list) and raw["cases"], where, "cases", "must be a list of cases")
    found = [_case(where, raw, one) for one in raw["cases"]]
    for first, second in pairwise(sorted(case.name for case in found)):
        _require(first != second, where, "name", f"occurs twice: {first}")
    return found


def _case(file: str, head: Mapping[str, Any], raw: Any) -> Case:
    _keys(raw, CASE_KEYS, {"name", "expected"}, file)
    name = raw["name"]
    _require(isinstance(name, str) and bool(name), file, "name", "must be a text")
    where = f"{file}: {name}"
    both = {key: raw.get(key, head.get(key)) for key in ("source", "month", "quarter")}
    _require(isinstance(both["source"], str), where, "source", "is missing: where does the expectation come from?")
    months = _months(where, both["month"], both["quarter"])
    facts = {**FACTS, **_facts(where, head.get("facts", {}), months), **_facts(where, raw.get("facts", {}), months)}
    given = [key for key in ("gross", "taxable") if facts[key] is not None]
    _require(len(given) == 1, where, "gross", "or taxable must be given, one of the two")
    return Case(file, name, months, facts, _expected(where, raw["expected"], months), both["source"])


def _months(where: str, month: Any, quarter: Any) -> tuple[YearMonth, ...]:
    _require((month is None) != (quarter is None), where, "month", "or quarter must be given, one of the two")
    try:
        if month is not None:
            return (YearMonth.parse(str(month)),)
        return YearMonth.parse(str(quarter)).quarter_months
    except ValueError as error:
        raise BadCase(f"{where}: {'month' if quarter is None else 'quarter'}: {error}") from error


def _facts(where: str, raw: Any, months: Sequence[YearMonth]) -> dict[str, Any]:
    _keys(raw, set(FACTS), set(), where)
    return {key: _fact(where, key, value, len(months)) for key, value in raw.items()}


def _fact(where: str, key: str, value: Any, months: int) -> Any:
    if key in AMOUNTS:
        return _amounts(where, key, value, months) if isinstance(value, list) else _amount(where, key, value)
    kind = int if key in COUNTS else bool if key in FLAGS else str
    _require(type(value) is kind, where, key, f"must be {KINDS[kind]}, not {value!r}")
    return value


def _expected(where: str, raw: Any, months: Sequence[YearMonth]) -> dict[str, Decimal | tuple[Decimal, ...]]:
    _keys(raw, set(codes.LABELS), set(), where)
    _require(bool(raw), where, "expected", "is empty")
    return {
        key: _amounts(where, key, value, len(months)) if isinstance(value, list) else _amount(where, key, value)
        for key, value in raw.items()
    }


def _amounts(where: str, key: str, values: list[Any], months: int) -> tuple[Decimal, ...]:
    _require(months == len(values) == 3, where, key, "has a value for each month of a quarter, or one value")
    return tuple(_amount(where, key, value) for value in values)


def _amount(where: str, key: str, value: Any) -> Decimal:
    _require(isinstance(value, str), where, key, f"must be a number in quotes, not {value!r}")
    try:
        return Decimal(value)
    except InvalidOperation:
        raise BadCase(f"{where}: {key}: is not a number: {value!r}") from None


def _keys(raw: Any, known: set[str], needed: set[str], where: str) -> None:
    if not isinstance(raw, Mapping):
        raise BadCase(f"{where}: must be keys with values, not {raw!r}")
    for key in raw:
        _require(key in known, where, str(key), "is no known key")
    for key in sorted(needed):
        _require(key in raw, where, key, "is missing")


def _require(condition: bool, where: str, key: str, sentence: str) -> None:
    if not condition:
        raise BadCase(f"{where}: {key}: {sentence}")


# --- computing --------------------------------------------------------------------------------------------------------


def differences(case: Case, law: Law) -> list[str]:
    """Say what comes out otherwise than expected, to the cent. Raises BadCase for facts that the engine refuses."""
    try:
        return list(_compared(case, law))
    except FactError as error:
        raise BadCase(f"{case}: {error.fact}: {error}") from error


def _compared(case: Case, law: Law) -> Iterator[str]:
    if len(case.months) == 1:
        slip = _withheld(case, law) if case.facts["taxable"] is not None else payslip(_of(case, 0, ()), law)
        yield from _against(case.expected, slip, str(case.months[0]))
        return
    slips, settled = _quarter(case, law)
    for at, slip in enumerate(slips):
        monthly = {code: value[at] for code, value in case.expected.items() if isinstance(value, tuple)}
        yield from _against(monthly, slip, str(case.months[at]))
    yield from _against({c: v for c, v in case.expected.items() if isinstance(v, Decimal)}, settled, "quarter")


def _against(expected: Mapping[str, Any], slip: Explained, when: str) -> Iterator[str]:
    """A figure that is not due is not written: it counts as zero."""
    for code, amount in expected.items():
        computed = slip[code].amount if code in slip else ZERO
        if computed != amount:
            yield f"{when}, {code}: expected {amount}, computed {computed}"


def _withheld(case: Case, law: Law) -> Explained:
    """The withholding tax on a taxable amount, before the fiscal bonus."""
    with localcontext(CONTEXT):
        sheet = new_sheet(_of(case, 0, ()), law)
        sheet.euros("taxable", case.facts["taxable"])
        withholding_tax.tax_base(sheet)
        withholding_tax.before_bonus(sheet)
        withholding_tax.left_after_other_reductions(sheet)
    return Explained(case.months[0], tuple(sheet.figures.values()), (), "", "")


def _quarter(case: Case, law: Law) -> tuple[list[Explained], Explained]:
    """Pay three months one after the other, each knowing those before it; then settle the quarter."""
    paid: list[PaidMonth] = []
    slips: list[Explained] = []
    for at, month in enumerate(case.months):
        facts = _of(case, at, paid)
        slip = payslip(facts, law)
        slips.append(slip)
        paid.append(
            PaidMonth(
                month=month,
                gross=facts.gross,
                hours=facts.work.hours,
                full_time_hours=facts.work.full_time_hours,
                reduction=slip["structural_reduction"].amount,
                special_contribution=slip["special_contribution"].amount,
                first_hire_reduction=slip["first_hire_reduction"].amount if facts.first_hire else ZERO,
            )
        )
    facts = _of(case, 0, ())
    quarter = QuarterFacts(
        label=case.name,
        employer=facts.employer,
        household_kind=facts.household.kind,
        months=tuple(paid),
        first_hire=facts.first_hire,
    )
    return slips, settle_quarter(quarter, law)


def _of(case: Case, at: int, paid: Sequence[PaidMonth]) -> Facts:
    told = {key: value[at] if isinstance(value, tuple) else value for key, value in case.facts.items()}
    alone = len(case.months) == 1 or told["reduction_policy"] == "alone"
    return Facts(
        label=case.name,
        month=case.months[at],
        employer=Employer(
            joint_committee="200",
            headcount_class=told["workers"],
            commercial_purpose=told["commercial_purpose"],
            category=1,
        ),
        work=Work.full_month(
            weekly_hours=Decimal(told["weekly_hours"]), full_time_weekly_hours=Decimal(told["full_time_hours"])
        ),
        scale=Scale(scale_class=told["scale_class"], experience=told["experience"], table="I"),
        household=Household(
            kind=told["household"],
            children=told["children"],
            disabled_children=told["disabled_children"],
            single_parent=told["single_parent"],
            disabled=told["disabled"],
            disabled_spouse=told["disabled_spouse"],
            other_dependants=told["other_dependants"],
            dependants_65=told["dependants_65"],
        ),
        gross=ZERO if told["gross"] is None else told["gross"],
        benefit_in_kind=Decimal(told["benefit_in_kind"]),
        benefit_in_kind_tax_only=Decimal(told["benefit_taxed_only"]),
        commuting_exemption=Decimal(told["commuting_exemption"]),
        group_insurance_contribution=Decimal(told["group_insurance"]),
        costs=CostPolicy(
            accident_insurance_rate=ZERO,
            fixed_costs_per_month=ZERO,
            holiday_provision="cash",
            end_of_year_premium=False,
            annual_premium=False,
            eco_vouchers=False,
        ),
        quarter=QuarterSoFar(months=(), policy="alone")
        if alone
        else QuarterSoFar(months=tuple(paid), policy=told["reduction_policy"]),
        year=YearSoFar(end_of_year_base=ZERO, double_holiday_pay=ZERO),
        first_hire=FirstHire(rank=told["first_hire_rank"], quarter=told["first_hire_quarter"])
        if told["first_hire_rank"]
        else None,
    )
