"""Rules whose formula changes on a day: the variant of the month is chosen by its first day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from payroll.engine.months import YearMonth
from payroll.engine.sheet import MonthSheet

Rule: TypeAlias = Callable[[MonthSheet], None]


class NoRule(LookupError):
    """No variant of a rule is known for a month."""


class DatedRule:
    """A rule of law with its variants, each in force from its first day until the next.

    When a formula changes, and not only its numbers, a second function is written beside the first
    and decorated with its first day. The old one stays, with its cases.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._variants: list[tuple[date, Rule]] = []

    def since(self, year: int, month: int) -> Callable[[Rule], Rule]:
        """A variant is in force from the first day of this month.

        Raises ``ValueError`` when variants are not written in the order of their days.
        """

        def register(rule: Rule) -> Rule:
            first = date(year, month, 1)
            if self._variants and first <= self._variants[-1][0]:
                raise ValueError(f"the variants of {self.name} must follow each other in time")
            self._variants.append((first, rule))
            return rule

        return register

    def on(self, month: YearMonth) -> Rule:
        """The variant in force in a month. Raises ``NoRule`` before the first."""
        day = month.first_day
        for first, rule in reversed(self._variants):
            if first <= day:
                return rule
        raise NoRule(f"no rule of {self.name} is known for {month}")

    def __call__(self, sheet: MonthSheet) -> None:
        """The variant of the sheet's month writes its figures."""
        self.on(sheet.facts.month)(sheet)
