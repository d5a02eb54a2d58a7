"""The calendar month of a payslip and its place in the quarter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class YearMonth:
    """A pay month is a year and a month from 1 to 12.

    Raises ``ValueError`` when the month does not exist.
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (isinstance(self.year, int) and isinstance(self.month, int)):
            raise ValueError(f"a pay month is two whole numbers, not {self.year!r}, {self.month!r}")
        if not (1 <= self.month <= 12 and 1900 <= self.year <= 9999):
            raise ValueError(f"the month {self.year}-{self.month} does not exist")

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @classmethod
    def of(cls, day: date) -> YearMonth:
        """A day belongs to its calendar month."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> YearMonth:
        """A month is written YYYY-MM; a day YYYY-MM-DD stands for its month.

        Raises ``ValueError`` for any other text, and for a day that does not exist.
        """
        parts = text.split("-")
        if len(parts) not in (2, 3) or not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
            raise ValueError(f"{text!r} is not a month written YYYY-MM")
        numbers = [int(part) for part in parts]
        return cls.of(date(*numbers)) if len(parts) == 3 else cls(*numbers)

    @property
    def first_day(self) -> date:
        """A month begins on its first day."""
        return date(self.year, self.month, 1)

    @property
    def following(self) -> YearMonth:
        """After December comes January of the next year."""
        return YearMonth(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def position(self) -> int:
        """A month is the first, second or third of its quarter."""
        return (self.month - 1) % 3 + 1

    @property
    def earlier_in_quarter(self) -> tuple[YearMonth, ...]:
        """The earlier months of the quarter precede a month in calendar order."""
        first = self.month - self.position + 1
        return tuple(YearMonth(self.year, month) for month in range(first, self.month))

    @property
    def quarter_months(self) -> tuple[YearMonth, ...]:
        """A quarter has three months, from January, April, July or October."""
        first = self.month - self.position + 1
        return tuple(YearMonth(self.year, month) for month in range(first, first + 3))
