"""Months and ranges of days. The upper bound of a range is excluded and may be open (None)."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self


class NotAMonth(ValueError):
    """A text was offered as a month that does not read YYYY-MM."""


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month, ordered in time."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 12:
            raise NotAMonth(f"{self.number} is not a month of the year")

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the month in which a day falls."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a month written YYYY-MM. Raises NotAMonth for anything else."""
        year, dash, number = text.partition("-")
        if not (
            dash
            and year.isascii()
            and year.isdigit()
            and len(year) == 4
            and number.isascii()
            and number.isdigit()
            and len(number) == 2
        ):
            raise NotAMonth(f"{text!r} is not a month written YYYY-MM")
        return cls(int(year), int(number))

    @property
    def first(self) -> date:
        """The first day of the month."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """The last day of the month."""
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    @property
    def quarter(self) -> int:
        """The calendar quarter of the month, 1 to 4."""
        return (self.number + 2) // 3

    @property
    def place_in_quarter(self) -> int:
        """1, 2 or 3: the place of the month in its quarter."""
        return (self.number - 1) % 3 + 1

    def plus(self, months: int) -> "Month":
        """Return the month that many months later (earlier when negative)."""
        index = self.year * 12 + self.number - 1 + months
        return Month(index // 12, index % 12 + 1)

    def day(self, number: int) -> date:
        """Return that day of the month, or its last day when the month is shorter."""
        return min(self.first + timedelta(days=number - 1), self.last)

    def until(self, end: "Month") -> Iterator["Month"]:
        """Yield the months from this one up to and including ``end``."""
        month = self
        while month <= end:
            yield month
            month = month.plus(1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@dataclass(frozen=True)
class DateRange:
    """Days from ``start`` (included) to ``end`` (excluded; None is open)."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise ValueError(f"a range of days must end after it starts: {self.start} to {self.end}")

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: "DateRange") -> bool:
        """Tell whether the two ranges share a day."""
        return (other.end is None or self.start < other.end) and (self.end is None or other.start < self.end)
