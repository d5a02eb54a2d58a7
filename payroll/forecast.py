"""How long the money of an activity carries the contractual wages that it bears. Pure; EUR; nothing here is certain.

The rule, in the order of its steps:

1. It begins with what is collected on the day, less what is reserved already (orders approved, expenses accepted) and less
   structural reductions advanced and not yet settled. The reserve is counted: it is there for such months.
2. An invoice issued and not yet paid comes in, without VAT and without the fee that its payment would still cost, in the month
   in which it is due; overdue up to ``DOUBTFUL_AFTER`` days, next month; overdue longer, it is not counted.
3. Costs other than wages go on as in the past: the average of the last ``MONTHS_OF_COSTS`` whole months since the activity opened.
4. Each month costs the contractual wages at today's terms and today's law; not a month that is paid or reserved already, nor one
   in which the contract does not run.

Sales that are not invoiced yet are not counted: a forecast warns, it does not promise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from coop.money import ZERO
from coop.periods import Month

MONTHS = 6
"""So many months are looked at, this one included."""
DOUBTFUL_AFTER = 90
MONTHS_OF_COSTS = 6


@dataclass(frozen=True)
class Expected:
    """An invoice that is not paid: its due day, and what its payment would bring to the activity."""

    due_on: date | None
    amount: Decimal


@dataclass(frozen=True)
class Coming:
    """A month ahead; ``closing`` below zero means that the wage is not covered."""

    month: Month
    opening: Decimal
    received: Decimal
    costs: Decimal
    wages: Decimal

    @property
    def closing(self) -> Decimal:
        """What is left at the end of the month."""
        return self.opening + self.received - self.costs - self.wages

    @property
    def short(self) -> Decimal:
        """By how much the month is not covered; zero when it is."""
        return max(ZERO, -self.closing)


@dataclass(frozen=True)
class Forecast:
    """The months ahead of an activity, and the invoices that were not counted."""

    months: tuple[Coming, ...]
    doubtful: Decimal

    @property
    def uncovered(self) -> Coming | None:
        """The first month in which a wage is due and the money does not cover it; None when every month is covered."""
        return next((one for one in self.months if one.short and one.wages), None)


def forecast(
    *, on: date, balance: Decimal, expected: Sequence[Expected], costs: Decimal, wages: Mapping[Month, Decimal]
) -> Forecast:
    """Return the months ahead of an activity from the month of ``on``, by the rule at the head of this module.

    ``balance``: collected, less reserved and advanced. ``costs``: other than wages, a month. ``wages``: by month; a month that
    is not named costs none. Nothing is rounded.
    """
    first = Month.of(on)
    received: dict[Month, Decimal] = {}
    doubtful = ZERO
    for one in expected:
        month = _month_of(one, on)
        if month is None:
            doubtful += one.amount
        else:
            received[month] = received.get(month, ZERO) + one.amount
    found: list[Coming] = []
    for month in first.until(first.plus(MONTHS - 1)):
        opening = found[-1].closing if found else balance
        found.append(Coming(month, opening, received.get(month, ZERO), costs, wages.get(month, ZERO)))
    return Forecast(tuple(found), doubtful)


def _month_of(one: Expected, on: date) -> Month | None:
    """The month in which an invoice is expected to be paid; None when it is too old to count on."""
    due = one.due_on or on
    if due >= on:
        return Month.of(due)
    return Month.of(on).plus(1) if on - due <= timedelta(days=DOUBTFUL_AFTER) else None
