"""The arithmetic behind each ``rule`` of a figure.

An operation turns the amounts of the parts, in their order, into the unrounded amount of the
figure. Figures are *built* by these operations, so a stored explanation always recombines to its
amount, and anyone can check it with ``figures.recompute``. A figure whose rule is ``fact`` has no
parts: it is what the engine was told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from payroll.engine.rounding import CONTEXT, cents

Values: TypeAlias = Sequence[Decimal]
Operation: TypeAlias = Callable[[Values], Decimal]

OPERATIONS: dict[str, Operation] = {}

ZERO = Decimal("0.00")
MONTHS_OF_QUARTER = 3
MONTHS_OF_YEAR = Decimal(12)
HALF_CENT = Decimal("0.005")
# A product of quotients with 50 digits is exact up to here: no half cent is lost, none is made.
LAST_EXACT_PLACE = Decimal("1e-30")


def operation(function: Operation) -> Operation:
    """An operation is known by the name of its function."""
    OPERATIONS[function.__name__] = function
    return function


@lru_cache(maxsize=4096)
def rational(value: Decimal) -> Fraction:
    """A quotient written with 50 digits stands for the fraction it came from.

    Hours have two decimals, so their quotients have small denominators; the nearest fraction with
    a denominator up to 10^20 is the exact one. Keeps half cents exact after a division. Remembered,
    since few quotients of hours serve many payslips.
    """
    return Fraction(value).limit_denominator(10**20)


def decimal(value: Fraction) -> Decimal:
    """A fraction is written with 50 digits, exactly when it ends before."""
    return CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))


@operation
def sum_of(values: Values) -> Decimal:
    """All parts are added."""
    return sum(values, ZERO)


@operation
def difference(values: Values) -> Decimal:
    """From the first part every other part is taken."""
    return values[0] - sum(values[1:], ZERO)


@operation
def difference_not_below_zero(values: Values) -> Decimal:
    """From the first part every other part is taken, down to zero."""
    return max(ZERO, difference(values))


@operation
def sum_less_last(values: Values) -> Decimal:
    """All parts but the last are added, and the last is taken away."""
    return sum(values[:-1], ZERO) - values[-1]


@operation
def sum_less_last_not_below_zero(values: Values) -> Decimal:
    """All parts but the last are added, and the last is taken away, down to zero."""
    return max(ZERO, sum_less_last(values))


@operation
def product(values: Values) -> Decimal:
    """The first part is multiplied by the second."""
    return values[0] * values[1]


@operation
def rate(values: Values) -> Decimal:
    """The second part is a rate on the first."""
    return values[0] * values[1]


@operation
def reduced_rate(values: Values) -> Decimal:
    """A rate on the first part, itself lowered by a share of it.

    Parts: amount, rate, share by which the tax is lowered.
    """
    amount, share, reduction = values
    return amount * share * (1 - reduction)


@operation
def rate_at_most(values: Values) -> Decimal:
    """The second part is a rate on the first, rounded to the cent, limited by the third."""
    return min(cents(values[0] * values[1]), values[2])


@operation
def lesser(values: Values) -> Decimal:
    """The smallest part counts."""
    return min(values)


@operation
def greater(values: Values) -> Decimal:
    """The largest part counts."""
    return max(values)


@operation
def parameter(values: Values) -> Decimal:
    """The law's value counts as it is."""
    return values[0]


@operation
def nothing(values: Values) -> Decimal:
    """Nothing is due."""
    return ZERO


@operation
def pro_rata(values: Values) -> Decimal:
    """The first part is multiplied by the second and divided by the third."""
    return values[0] * values[1] / values[2]


@operation
def yearly(values: Values) -> Decimal:
    """A month counts twelve times."""
    return values[0] * MONTHS_OF_YEAR


@operation
def twelfth(values: Values) -> Decimal:
    """A year is divided by twelve."""
    return values[0] / MONTHS_OF_YEAR


@operation
def twelfth_cumulated(values: Values) -> Decimal:
    """A twelfth, rounded on the sum of the year: round((before + now) / 12) − round(before / 12).

    Parts: amount of the month, sum of the earlier months of the year. Twelve equal months give
    exactly one of them, and months that differ give their average to the cent.
    """
    now, before = values
    return cents((before + now) / MONTHS_OF_YEAR) - cents(before / MONTHS_OF_YEAR)


@operation
def month_of_year(values: Values) -> Decimal:
    """Month m takes what rounding leaves: round(year × m / 12) − round(year × (m − 1) / 12).

    Parts: amounts of the year, added; last, the number of the month. Twelve equal years give
    twelve months that add up to the year, to the cent.
    """
    year, month = sum(values[:-1], ZERO), values[-1]
    return cents(year * month / MONTHS_OF_YEAR) - cents(year * (month - 1) / MONTHS_OF_YEAR)


@operation
def sum_at_most_last(values: Values) -> Decimal:
    """All parts but the last are added; the sum is limited by the last."""
    return min(sum(values[:-1], ZERO), values[-1])


@operation
def room_left(values: Values) -> Decimal:
    """The first part is limited by what the third leaves of the second."""
    return min(values[0], values[1] - values[2])


@operation
def declining(values: Values) -> Decimal:
    """The maximum falls by a slope on the pay above the floor.

    Parts: pay, maximum, slope, floor.
    """
    pay, maximum, slope, floor = values
    return max(ZERO, maximum - slope * (pay - floor))


@operation
def bracket(values: Values) -> Decimal:
    """A fixed part and a rate on what exceeds the lower bound.

    Parts: amount, fixed part, rate, lower bound.
    """
    amount, fixed, share, lower = values
    return fixed + share * (amount - lower)


@operation
def bracket_at_least(values: Values) -> Decimal:
    """A fixed part and a rate above the lower bound, and never less than the minimum.

    Parts: amount, fixed part, rate, lower bound, minimum.
    """
    return max(bracket(values[:4]), values[4])


@operation
def bracket_at_most(values: Values) -> Decimal:
    """A fixed part and a rate above the lower bound, and never more than the maximum.

    Parts: amount, fixed part, rate, lower bound, maximum.
    """
    return min(bracket(values[:4]), values[4])


@operation
def joint_base(values: Values) -> Decimal:
    """Two taxes are added and the exempt part is taken off twice, down to zero.

    Parts: tax on one share, tax on the other, tax on the exempt amount.
    """
    return max(ZERO, values[0] + values[1] - 2 * values[2])


@operation
def beyond_eight(values: Values) -> Decimal:
    """The amount for eight children, and more for each child above.

    Parts: amount for eight, amount for each child above, number of children counted.
    """
    return values[0] + values[1] * (values[2] - 8)


@operation
def room_for_children(values: Values) -> Decimal:
    """What the reference pay lacks to the limit for so many children, down to zero.

    Parts: limit, reference pay, number of children counted.
    """
    return max(ZERO, values[0] - values[1])


@operation
def pay_under_ceiling(values: Values) -> Decimal:
    """The month's pay counts as far as the quarter's ceiling is not yet reached.

    Parts: pay of the month, ceiling of the quarter, pay of the earlier months.
    """
    return max(ZERO, min(values[0], values[1] - sum(values[2:], ZERO)))


@operation
def projected_share(values: Values) -> Decimal:
    """Hours over full-time hours, month by month, carried to the quarter: a share of full time.

    Parts: months the pay is expected for, months paid, then hours and full-time hours by month.
    """
    return decimal(_share(tuple(values)))


@operation
def quarter_reference_pay(values: Values) -> Decimal:
    """The quarter's pay is brought to a full-time quarter: multiplied first, divided last.

    Parts: pay of the quarter, months expected, months paid, then hours and full-time hours.
    """
    share = _share(tuple(values[1:]))
    return values[0] * share.denominator / share.numerator


@lru_cache(maxsize=4096)
def _share(values: tuple[Decimal, ...]) -> Fraction:
    """Months expected, months paid, hours and full-time hours: few of them serve many payslips."""
    expected, paid = Fraction(values[0]), Fraction(values[1])
    hours = list(values[2:])
    shares = (Fraction(hours[at]) / Fraction(hours[at + 1]) for at in range(0, len(hours), 2))
    return sum(shares, Fraction(0)) * expected / paid / MONTHS_OF_QUARTER


@operation
def two_slopes(values: Values) -> Decimal:
    """Two rates, each on what the pay lacks to its own bound.

    Parts: pay, first rate, first bound, second rate, second bound.
    """
    pay, low, first, high, second = values
    return low * max(ZERO, first - pay) + high * max(ZERO, second - pay)


@operation
def rising_factor(values: Values) -> Decimal:
    """The factor rises with the share above its lower bound.

    Parts: share, starting factor, lower bound, slope.
    """
    share, start, lower, slope = (rational(value) for value in values)
    return decimal(start + (share - lower) * slope)


@operation
def inverse(values: Values) -> Decimal:
    """One divided by the share."""
    return decimal(1 / rational(values[0]))


@operation
def product_of_three(values: Values) -> Decimal:
    """Three parts are multiplied; the last digits of a quotient among them are rounded away, so that it counts exactly."""
    first, second, third = values
    return CONTEXT.quantize(first * second * third, LAST_EXACT_PLACE)


@operation
def within_limit(values: Values) -> Decimal:
    """What was asked counts as far as the limit leaves room beside the amounts before it.

    Parts: amount asked, limit, amounts that already took their place.
    """
    return max(ZERO, min(values[0], values[1] - sum(values[2:], ZERO)))


@operation
def rate_in_whole_cents(values: Values) -> Decimal:
    """The second part is a rate on the first that may not be exceeded: the rest of a cent is dropped."""
    return max(ZERO, cents(values[0] * values[1] - HALF_CENT))
