"""The form of a parameter file, checked when it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

import yaml

from payroll.engine.figures import Parameter
from payroll.engine.rounding import cents

MARKS = ("V", "S", "B")
SUBJECT_KEYS = {"subject", "description", "unit", "confirmed_until", "last_review", "sets"}
SET_KEYS = {"valid_from", "mark", "source", "values"}
SOURCE_KEYS = {"title", "link", "published"}


class BadParameters(ValueError):
    """A parameter file breaks its form; the sentence names the subject and the fault."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a set is written: always a title; link and day of publication where they are known."""

    title: str
    link: str | None
    published: date | None


@dataclass(frozen=True, slots=True)
class DatedSet:
    """Values that hold from the first day of a month until the next set."""

    valid_from: date
    mark: str
    source: Source
    parameters: Mapping[str, Parameter]


@dataclass(frozen=True, slots=True)
class SubjectData:
    """One subject: its dated sets and how far they are confirmed.

    From ``provisional_from``, when given, the values are used but marked B, to confirm.
    """

    name: str
    description: str
    unit: str
    confirmed_until: date
    provisional_from: date | None
    last_review: date
    sets: tuple[DatedSet, ...]


def read_subject(*, name: str, text: str) -> SubjectData:
    """A parameter file holds one subject, named like the file, with dated sets in order.

    Numbers are quoted strings and become ``Decimal``. Raises ``BadParameters``.
    """
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadParameters(f"{name}: the file is not YAML: {error}") from error
    _require(isinstance(raw, dict), name, "the file must be a mapping")
    _check_keys(raw, SUBJECT_KEYS, {"provisional_from"}, name)
    _require(raw["subject"] == name, name, f"the subject {raw['subject']!r} is not the file's name")
    for key in ("description", "unit"):
        _require(isinstance(raw[key], str) and raw[key] != "", name, f"{key} must be a text")
    _require(isinstance(raw["sets"], list) and raw["sets"] != [], name, "there must be a set")
    sets = tuple(_read_set(name, one) for one in raw["sets"])
    for earlier, later in pairwise(sets):
        _require(earlier.valid_from < later.valid_from, name, "valid_from must increase")
    provisional = raw.get("provisional_from")
    subject = SubjectData(
        name=name,
        description=raw["description"],
        unit=raw["unit"],
        confirmed_until=_day(name, "confirmed_until", raw["confirmed_until"]),
        provisional_from=None if provisional is None else _day(name, "provisional_from", provisional),
        last_review=_day(name, "last_review", raw["last_review"]),
        sets=sets,
    )
    _require(subject.confirmed_until >= sets[-1].valid_from, name, "a set begins after confirmed_until")
    return subject


def _read_set(name: str, raw: Any) -> DatedSet:
    _require(isinstance(raw, dict), name, "a set must be a mapping")
    _check_keys(raw, SET_KEYS, {"marks"}, name)
    since = _day(name, "valid_from", raw["valid_from"])
    where = f"{name} from {since}"
    _require(since.day == 1, where, "valid_from must be the first day of a month")
    _require(raw["mark"] in MARKS, where, f"the mark must be one of {', '.join(MARKS)}")
    source = _read_source(where, raw["source"])
    marks = raw.get("marks", {})
    _require(isinstance(marks, dict), where, "marks must be a mapping of paths")
    leaves = dict(_leaves(where, raw["values"], ""))
    _require(bool(leaves), where, "there must be values")
    for path, mark in marks.items():
        _require(mark in MARKS, where, f"the mark of {path} must be one of {', '.join(MARKS)}")
        _require(any(leaf.startswith(path) for leaf in leaves), where, f"marks names no value: {path}")
    parameters = {
        path: Parameter(f"{name}.{path}", value, since, source.title, _mark(path, marks, raw["mark"]))
        for path, value in leaves.items()
    }
    _check_tables(where, leaves)
    check = SUBJECT_CHECKS.get(name)
    if check is not None:
        check(where, leaves)
    return DatedSet(since, raw["mark"], source, parameters)


def _mark(path: str, marks: Mapping[str, str], default: str) -> str:
    for prefix, mark in marks.items():
        if path.startswith(prefix):
            return mark
    return default


def _read_source(where: str, raw: Any) -> Source:
    _require(isinstance(raw, dict), where, "every set has a source")
    _check_keys(raw, SOURCE_KEYS, set(), where)
    title, link, published = raw["title"], raw["link"], raw["published"]
    _require(isinstance(title, str) and title != "", where, "the source must have a title")
    linked = link is None or (isinstance(link, str) and link.startswith("https://"))
    _require(linked, where, "the source's link must begin with https:// or be null")
    return Source(title, link, None if published is None else _day(where, "published", published))


def _leaves(where: str, raw: Any, prefix: str) -> Iterator[tuple[str, Decimal]]:
    if isinstance(raw, dict):
        for key, value in raw.items():
            yield from _leaves(where, value, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(raw, list):
        for at, value in enumerate(raw):
            _require(isinstance(value, dict), where, f"{prefix} must be a list of rows")
            yield from _leaves(where, value, f"{prefix}[{at}]")
    else:
        _require(isinstance(raw, str), where, f"{prefix} must be a quoted number, not {raw!r}")
        yield prefix, _number(where, prefix, raw)


def _number(where: str, path: str, text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise BadParameters(f"{where}: {path} is not a number: {text!r}") from None
    _require(value.is_finite() and value >= 0, where, f"{path} must be zero or more: {text}")
    return value


def _day(where: str, key: str, value: Any) -> date:
    _require(type(value) is date, where, f"{key} must be a day, not {value!r}")
    day: date = value
    return day


def _check_keys(raw: Mapping[str, Any], needed: set[str], allowed: set[str], where: str) -> None:
    missing = needed - raw.keys()
    _require(not missing, where, f"missing: {', '.join(sorted(missing))}")
    unknown = raw.keys() - needed - allowed
    _require(not unknown, where, f"unknown: {', '.join(sorted(map(str, unknown)))}")


def _require(condition: bool, where: str, sentence: str) -> None:
    if not condition:
        raise BadParameters(f"{where}: {sentence}")


Leaves = Mapping[str, Decimal]


def _table(leaves: Leaves, table: str) -> list[dict[str, Decimal]]:
    rows: list[dict[str, Decimal]] = []
    while True:
        prefix = f"{table}[{len(rows)}]."
        row = {path.removeprefix(prefix): value for path, value in leaves.items() if path.startswith(prefix)}
        if not row:
            return rows
        rows.append(row)


def _check_tables(where: str, leaves: Leaves) -> None:
    """The upper bounds of a table increase, and only its last row has none."""
    for table in {path.rpartition("[")[0] for path in leaves if "[" in path}:
        rows = _table(leaves, table)
        bounds = [row["up_to"] for row in rows[:-1] if "up_to" in row]
        complete = len(bounds) == len(rows) - 1 and "up_to" not in rows[-1]
        _require(complete, where, f"every row of {table} but the last has an up_to")
        rising = all(low < high for low, high in pairwise(bounds))
        _require(rising, where, f"the bounds of {table} must increase")


def _check_employment_bonus(where: str, leaves: Leaves) -> None:
    """Part B ends where part A begins to fall, and each floor lies below its ceiling."""
    _require(leaves["b.ceiling"] == leaves["a.floor"], where, "the ceiling of B must be the floor of A")
    for part in ("a", "b"):
        _require(leaves[f"{part}.floor"] < leaves[f"{part}.ceiling"], where, f"{part}: floor under ceiling")


def _check_withholding_tax(where: str, leaves: Leaves) -> None:
    """Each bracket starts at the bound before it, with the rounded tax of all brackets below."""
    for lower, upper in pairwise(_table(leaves, "brackets")):
        _require(upper["from"] == lower["up_to"], where, "a bracket must start at the bound before it")
        tax = cents(lower["constant"] + lower["rate"] * (lower["up_to"] - lower["from"]))
        _require(upper["constant"] == tax, where, f"the constant from {upper['from']} must be {tax}")
    amounts = [leaves[f"children.{number}"] for number in range(1, 9)]
    rising = all(low < high for low, high in pairwise(amounts))
    _require(rising, where, "the reductions for children must increase")


def _check_structural_reduction(where: str, leaves: Leaves) -> None:
    """The bound of very low pay lies below the bound of low pay, and the shares increase."""
    _require(leaves["s2"] < leaves["s0"], where, "s2 must lie below s0")
    shares = [leaves["share.minimum"], leaves["share.rising_from"], leaves["share.full_from"]]
    _require(all(low < high for low, high in pairwise(shares)), where, "the shares must increase")


def _check_pay_scale(where: str, leaves: Leaves) -> None:
    """Each class of each scale never falls with experience, and no year is missing."""
    for table, first in (("I", 0), ("II", 1)):
        for letter in "ABCD":
            paths = [f"{table}.{years}.{letter}" for years in range(first, 27)]
            missing = [path for path in paths if path not in leaves]
            _require(not missing, where, f"missing: {', '.join(missing)}")
            pay = [leaves[path] for path in paths]
            rising = all(low <= high for low, high in pairwise(pay))
            _require(rising, where, f"scale {table}, class {letter} may not fall with experience")


def _check_wage_attachment(where: str, leaves: Leaves) -> None:
    """Each band starts at the bound before it, with what the bands below may take, and takes more."""
    rows = _table(leaves, "scale")
    _require(rows[0]["from"] == rows[0]["fixed"] == rows[0]["rate"] == 0, where, "the first band must be protected")
    for lower, upper in pairwise(rows):
        _require(upper["from"] == lower["up_to"], where, "a band must start at the bound before it")
        taken = lower["fixed"] + lower["rate"] * (lower["up_to"] - lower["from"])
        _require(upper["fixed"] == taken, where, f"the fixed part from {upper['from']} must be {taken}")
        _require(lower["rate"] < upper["rate"] <= 1, where, "the rates must increase, up to 1")


def _check_meal_voucher(where: str, leaves: Leaves) -> None:
    """The highest share of the employer and the lowest of the worker make the highest face value."""
    made = leaves["employer"] + leaves["worker"]
    _require(leaves["face"] == made, where, f"the face value must be {made}")


def _check_bicycle(where: str, leaves: Leaves) -> None:
    """What the sector grants stays free of tax."""
    _require(leaves["pc200.per_km"] <= leaves["per_km"], where, "the sector's rate may not exceed the tax-free rate")


def _check_exceptional_payment(where: str, leaves: Leaves) -> None:
    """The rates never fall with the pay, the rows of children follow each other by one, and their limits rise."""
    rates = _table(leaves, "rates")
    for column in ("holiday", "other"):
        rising = all(lower[column] <= upper[column] <= 1 for lower, upper in pairwise(rates))
        _require(rising, where, f"the rates of {column} may not fall, nor exceed 1")
    children = _table(leaves, "children")
    counted = [row["up_to"] for row in children[:-1]]
    _require(counted == list(range(1, len(children))), where, "the rows of children must count from 1, one by one")
    for key in ("exempt", "reduction", "reduction_up_to"):
        rising = all(lower[key] <= upper[key] for lower, upper in pairwise(children))
        _require(rising, where, f"{key} may not fall with the children")


SUBJECT_CHECKS: dict[str, Callable[[str, Leaves], None]] = {
    "employment_bonus": _check_employment_bonus,
    "withholding_tax": _check_withholding_tax,
    "structural_reduction": _check_structural_reduction,
    "pay_scale_pc200": _check_pay_scale,
    "exceptional_payment": _check_exceptional_payment,
    "wage_attachment": _check_wage_attachment,
    "meal_voucher": _check_meal_voucher,
    "bicycle": _check_bicycle,
}
