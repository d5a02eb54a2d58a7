"""The shortest week that the law allows a part-time contract, as a share of full time, on a day.

The law of pay is a dated parameter that a higher app holds; it tells this module which one held on a day.
"""

from collections.abc import Callable
from datetime import date
from fractions import Fraction

ONE_THIRD = Fraction(1, 3)
"""The rule where no parameter tells another: law of 3 July 1978, art. 11bis."""

_told: list[Callable[[date], Fraction | None]] = []


def register(share: Callable[[date], Fraction | None]) -> None:
    """Make a source of the share known; it answers None for days whose law it does not have."""
    if share not in _told:
        _told.append(share)


def shortest_share(on: date) -> Fraction:
    """Return the share of full time below which a week may not lie on a day, but by derogation."""
    return next((found for share in _told if (found := share(on)) is not None), ONE_THIRD)
