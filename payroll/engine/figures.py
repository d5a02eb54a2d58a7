"""Amounts that carry their own explanation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from operator import attrgetter
from typing import Any, Literal, NamedTuple, Self, TypeAlias

from payroll.engine.months import YearMonth
from payroll.engine.operations import OPERATIONS
from payroll.engine.rounding import CONTEXT, cents

TOLD = frozenset({"fact", "imported"})
"""Rules of figures without parts: what was told of somebody, and what another calculation gave in place of ours."""

Rounding: TypeAlias = Literal["cent", "exact"]
Severity: TypeAlias = Literal["error", "warning", "information"]
Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value of the law: what it is called, how much, since when, and where it is written.

    ``name`` begins with the subject; ``since`` is the first day of its set; ``mark`` is V
    (verified), S (one source) or B (to confirm). ``amount`` is the value again: by this name every
    part of a figure counts.
    """

    name: str
    value: Decimal
    since: date
    source: str
    mark: str
    amount: Decimal = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", self.value)


class Figure(NamedTuple):
    """An amount, the rule it follows and the parts it is made of.

    Unit: EUR, unless the code names hours, months, persons or a share. ``rule`` is the name of an
    operation, ``fact`` for what was told, ``imported`` for what another calculation gave. ``rounding``: ``cent`` (half-up) or ``exact``.
    A payslip has about ninety, so a figure is a named tuple: as frozen as a frozen dataclass, and
    made in a fifth of its time.
    """

    code: str
    amount: Decimal
    rule: str
    parts: tuple[Figure | Parameter, ...]
    rounding: Rounding

    def explain(self) -> str:
        """A figure prints itself and, indented below it, the parts it is made of.

        A part that was already printed in full is only named again.
        """
        return "\n".join(_lines(self, depth=0, seen=set()))


Part: TypeAlias = Figure | Parameter
AMOUNT = attrgetter("amount")
# What ``Figure(…)`` does, without a call in between: it halves the time of a figure, and a payslip has about ninety.
new_figure = tuple.__new__


def _lines(part: Part, *, depth: int, seen: set[str]) -> Iterator[str]:
    indent = "  " * depth
    if isinstance(part, Parameter):
        yield (f"{indent}{part.name} = {part.value}  [{part.mark}, since {part.since.isoformat()}: {part.source}]")
        return
    repeated = part.code in seen and part.parts
    note = "see above" if repeated else part.rule
    if part.rounding == "cent" and not repeated:
        note += ", to the cent"
    yield f"{indent}{part.code} = {shown(part.amount)}  ({note})"
    if repeated:
        return
    seen.add(part.code)
    for inner in part.parts:
        yield from _lines(inner, depth=depth + 1, seen=seen)


def shown(amount: Decimal) -> str:
    """An amount is shown with at least its two decimals, a quotient with at most eight."""
    places = -int(amount.as_tuple().exponent)
    if places > 8:
        amount = amount.quantize(Decimal("0.00000001"))
    return f"{amount:f}"


def compute(code: str, rule: str, parts: tuple[Part, ...], rounding: Rounding) -> Figure:
    """A figure is its operation on its parts, rounded as its rule says.

    Raises ``KeyError`` for an unknown operation.
    """
    amount = OPERATIONS[rule](tuple(map(AMOUNT, parts)))
    return new_figure(Figure, (code, cents(amount) if rounding == "cent" else amount, rule, parts, rounding))


def recompute(figure: Figure) -> Decimal:
    """The parts of a figure recombine to its amount, by the operation that its rule names.

    For a checker: equal to ``figure.amount`` for every figure of a sound payslip.
    Raises ``KeyError`` for an unknown operation.
    """
    if figure.rule in TOLD:
        return figure.amount
    with localcontext(CONTEXT):
        return compute(figure.code, figure.rule, figure.parts, figure.rounding).amount


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person must see beside the figures; it never changes an amount.

    ``figures`` and ``parameters`` name what is concerned; ``values`` fills the sentence.
    """

    code: str
    severity: Severity
    figures: tuple[str, ...]
    parameters: tuple[str, ...]
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Explained:
    """Figures in the order of their computation, with what was found and the law used.

    Each code occurs once. ``law_digest`` is the SHA-256 of the parameter files.
    """

    month: YearMonth
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]
    engine_version: str
    law_digest: str
    _by_code: dict[str, Figure] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_code = {figure.code: figure for figure in self.figures}
        if len(by_code) != len(self.figures):
            raise ValueError("a figure's code occurs twice")
        object.__setattr__(self, "_by_code", by_code)

    def __getitem__(self, code: str) -> Figure:
        """A figure is found by its code. Raises ``KeyError`` when it was not computed."""
        return self._by_code[code]

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def starting_with(self, prefix: str) -> tuple[Figure, ...]:
        """The lines of a group, such as ``employer_contribution.``, in their order."""
        return tuple(figure for figure in self.figures if figure.code.startswith(prefix))

    @classmethod
    def from_json(cls, stored: Json) -> Self:
        """What was stored is read back whole. Raises ``KeyError`` or ``ValueError`` when it is incomplete."""
        return cls(*_from_stored(stored))

    def to_json(self) -> Json:
        """A payslip becomes plain JSON values: amounts as text, each figure and parameter once.

        Complete: ``from_json`` gives an equal payslip back.
        """
        parameters: dict[str, Json] = {}
        for figure in self.figures:
            for part in figure.parts:
                if isinstance(part, Parameter):
                    parameters[part.name] = _parameter_to_json(part)
        return {
            "engine_version": self.engine_version,
            "law_digest": self.law_digest,
            "month": str(self.month),
            "parameters": parameters,
            "figures": [_figure_to_json(figure) for figure in self.figures],
            "findings": [_finding_to_json(finding) for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class Payslip(Explained):
    """One member's ordinary pay of one month: figures and findings."""


@dataclass(frozen=True, slots=True)
class Settlement(Explained):
    """The quarter as the law counts it, against what its months gave and withheld."""


def _parameter_to_json(parameter: Parameter) -> Json:
    return {
        "value": str(parameter.value),
        "since": parameter.since.isoformat(),
        "source": parameter.source,
        "mark": parameter.mark,
    }


def _figure_to_json(figure: Figure) -> Json:
    return {
        "code": figure.code,
        "amount": str(figure.amount),
        "rule": figure.rule,
        "rounding": figure.rounding,
        "parts": [
            {"figure": part.code} if isinstance(part, Figure) else {"parameter": part.name} for part in figure.parts
        ],
    }


def _finding_to_json(finding: Finding) -> Json:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "figures": list(finding.figures),
        "parameters": list(finding.parameters),
        "values": dict(finding.values),
    }


def _from_stored(
    stored: Json,
) -> tuple[YearMonth, tuple[Figure, ...], tuple[Finding, ...], str, str]:
    """The fields of ``Explained`` are read back from what ``to_json`` gave. Raises ``KeyError`` or ``ValueError``."""
    parameters = {
        name: Parameter(
            name,
            Decimal(one["value"]),
            date.fromisoformat(one["since"]),
            one["source"],
            one["mark"],
        )
        for name, one in stored["parameters"].items()
    }
    figures: dict[str, Figure] = {}
    for one in stored["figures"]:
        parts: list[Part] = []
        for part in one["parts"]:
            is_figure = "figure" in part
            parts.append(figures[part["figure"]] if is_figure else parameters[part["parameter"]])
        figures[one["code"]] = Figure(one["code"], Decimal(one["amount"]), one["rule"], tuple(parts), one["rounding"])
    findings = tuple(
        Finding(
            one["code"],
            one["severity"],
            tuple(one["figures"]),
            tuple(one["parameters"]),
            dict(one["values"]),
        )
        for one in stored["findings"]
    )
    return (
        YearMonth.parse(stored["month"]),
        tuple(figures.values()),
        findings,
        stored["engine_version"],
        stored["law_digest"],
    )
