"""The working sheet on which the rules write their figures, one after another."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from payroll.engine.facts import Facts
from payroll.engine.figures import Figure, Finding, Part, compute, new_figure
from payroll.engine.law import LawOfMonth
from payroll.engine.rounding import cents


class Sheet:
    """The law of a month, and the figures and findings written so far.

    Lives for one computation and never leaves the engine.
    """

    __slots__ = ("figures", "findings", "law")

    def __init__(self, *, law: LawOfMonth) -> None:
        self.law = law
        self.figures: dict[str, Figure] = {}
        self.findings: list[Finding] = []

    def __getitem__(self, code: str) -> Figure:
        """A figure written before. Raises ``KeyError``: the rules run in the order of the law."""
        return self.figures[code]

    def fact(self, code: str, amount: Decimal | int) -> Figure:
        """What was told becomes a figure without parts; told twice, it is written once."""
        known = self.figures.get(code)
        if known is None:
            known = self.figures[code] = new_figure(Figure, (code, Decimal(amount), "fact", (), "exact"))
        return known

    def euros(self, code: str, amount: Decimal) -> Figure:
        """An amount in EUR that was told becomes a figure with its two decimals."""
        return self.fact(code, cents(amount))

    def cent(self, code: str, rule: str, *parts: Part) -> Figure:
        """A figure is computed from its parts and rounded half-up to the cent."""
        figure = self.figures[code] = compute(code, rule, parts, "cent")
        return figure

    def exact(self, code: str, rule: str, *parts: Part) -> Figure:
        """A figure is computed from its parts and not rounded."""
        figure = self.figures[code] = compute(code, rule, parts, "exact")
        return figure

    def find(self, finding: Finding) -> None:
        """Something to be seen by a person is noted beside the figures."""
        self.findings.append(finding)

    def written(self, codes: Iterable[str]) -> tuple[Figure, ...]:
        """The figures of these codes that were written, in this order; what is not due is not written."""
        return tuple(self.figures[code] for code in codes if code in self.figures)


class MonthSheet(Sheet):
    """The sheet of one member's ordinary month."""

    __slots__ = ("facts",)

    def __init__(self, *, facts: Facts, law: LawOfMonth) -> None:
        super().__init__(law=law)
        self.facts = facts
