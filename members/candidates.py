"""The clock of a candidate-entrepreneur: at most 18 months of accompaniment in all. Pure.

Law of 1 March 2007 (miscellaneous provisions III), art. 80-81: the time may be cut into several agreements within that
maximum. While it runs, the balance of the activity grows and none of it is paid out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from coop.money import ZERO
from coop.periods import DateRange, Month

MONTHS = 18


@dataclass(frozen=True)
class Clock:
    """Where a candidate stands on a day: days used and left, and the first day without accompaniment if it goes on."""

    used: int
    left: int
    ends_on: date
    benefit_end_date: date | None

    @property
    def total(self) -> int:
        """All the days of the accompaniment, used and left."""
        return self.used + self.left


def latest_end(start: date, earlier: Iterable[DateRange]) -> date:
    """Return the last possible end (excluded) of an agreement from ``start``, after the earlier ones of the person."""
    used = sum((period.end - period.start).days for period in earlier if period.end is not None)
    return Month.of(start).plus(MONTHS).day(start.day) - timedelta(days=used)


def clock(agreements: Iterable[DateRange], on: date, benefit_end_date: date | None = None) -> Clock | None:
    """Return the clock on a day from all agreements of a person; None when none has started."""
    started = sorted((period for period in agreements if period.start <= on), key=lambda period: period.start)
    if not started:
        return None
    last, earlier = started[-1], started[:-1]
    limit = latest_end(last.start, earlier)
    end = min(limit, last.end) if last.end is not None else limit
    used = sum(((period.end or on) - period.start).days for period in earlier) + (min(on, end) - last.start).days
    return Clock(used, max(0, (end - on).days), end, benefit_end_date)


def blocked(collected: Decimal) -> Decimal:
    """Return the blocked balance (EUR): what was collected and waits for the launch; never below zero."""
    return max(ZERO, collected)
