"""On which dates something recurs. Pure; days.

The dates are counted from the first one, never from the last that was made: the 31st stays the 31st wherever a month has
one, and is the last day of the shorter months.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, islice, takewhile
from typing import Literal

Unit = Literal["week", "month", "quarter", "year"]
MONTHS = {"month": 1, "quarter": 3, "year": 12}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rhythm:
    """Every so many weeks, months, quarters or years from a day on, until a day (included) or without end."""

    first: date
    unit: Unit
    every: int = 1
    last: date | None = None

    def __post_init__(self) -> None:
        """Refuse a rhythm that would stand still."""
        if self.every < 1:
            raise ValueError(f"every {self.every}")

    def nth(self, number: int) -> date:
        """Return a date by its number, the first being 0 (the end is not looked at; below 0 lies before the first)."""
        if self.unit == "week":
            return self.first + timedelta(weeks=number * self.every)
        months = self.first.year * 12 + self.first.month - 1 + number * self.every * MONTHS[self.unit]
        year, month = divmod(months, 12)
        return date(year, month + 1, min(self.first.day, calendar.monthrange(year, month + 1)[1]))

    def dates(self) -> Iterator[date]:
        """Yield the dates in order."""
        all_of = (self.nth(number) for number in count())
        return takewhile(lambda day: self.last is None or day <= self.last, all_of)

    def from_day(self, day: date) -> date | None:
        """Return the first date on a day or after it; None when there is none any more."""
        return next((one for one in self.dates() if one >= day), None)

    def after(self, day: date) -> date | None:
        """Return the first date after a day; None when there is none any more."""
        return self.from_day(day + ONE_DAY)

    def coming(self, day: date, number: int) -> list[date]:
        """Return the next dates, a day included, at most so many."""
        return list(islice((one for one in self.dates() if one >= day), number))

    def period_ahead(self, on: date) -> tuple[date, date]:
        """Return the period that begins on a date of the rhythm: until the day before the next one."""
        return on, self.nth(self._number_of(on) + 1) - ONE_DAY

    def period_behind(self, on: date) -> tuple[date, date]:
        """Return the period that ended the day before a date of the rhythm: from the date before it on."""
        return self.nth(self._number_of(on) - 1), on - ONE_DAY

    def _number_of(self, on: date) -> int:
        """Return the number of a date. Raises ValueError for a day that is none."""
        for number in count():
            day = self.nth(number)
            if day == on:
                return number
            if day > on:
                break
        raise ValueError(f"{on} is no date of {self}")
