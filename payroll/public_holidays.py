"""The ten legal public holidays of Belgium, and the days off that they give. Pure.

Source: law of 4 January 1974 on public holidays, articles 4 and 6; royal decree of 18 April 1974, article 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from coop.errors import Text
from coop.holidays import WEEKEND, easter, legal

__all__ = ["NAMES", "WEEKEND", "PublicHoliday", "days_off", "easter", "holidays_of", "legal"]

NAMES: Mapping[str, Text] = {
    "new_year": _("New Year’s Day"),
    "easter_monday": _("Easter Monday"),
    "labour_day": _("Labour Day"),
    "ascension": _("Ascension Day"),
    "whit_monday": _("Whit Monday"),
    "national_day": _("National Day"),
    "assumption": _("Assumption"),
    "all_saints": _("All Saints’ Day"),
    "armistice": _("Armistice Day"),
    "christmas": _("Christmas Day"),
}
"""What each holiday is called, by its code, in the order of the year."""


@dataclass(frozen=True)
class PublicHoliday:
    """A day off: the holiday ``code`` on its own day ``of``, or the day ``on`` that replaces it."""

    code: str
    of: date
    on: date

    @property
    def name(self) -> Text:
        """What the holiday is called."""
        return NAMES[self.code]

    @property
    def is_replaced(self) -> bool:
        """Tell whether another day is taken in its place."""
        return self.on != self.of


def holidays_of(year: int, chosen: Mapping[date, date] | None = None) -> tuple[PublicHoliday, ...]:
    """Return the ten holidays of a year, each with the day on which it is taken, in the order of their own days.

    ``chosen`` are the replacement days of the cooperative, by the holiday that they replace: one on a Sunday or on a day
    on which it does not usually work. A holiday on a Saturday or Sunday for which none is chosen is taken on the first
    day from Monday to Friday after it that is no holiday itself, as the law has it where nobody decided: the first usual
    working day that follows.
    """
    chosen = chosen or {}
    days = legal(year)
    taken = {*days.values(), *chosen.values()}
    found = []
    for code, day in sorted(days.items(), key=lambda pair: pair[1]):
        on = chosen.get(day, day)
        if on == day and day.weekday() in WEEKEND:
            on = _next_free(day, taken)
            taken.add(on)
        found.append(PublicHoliday(code, day, on))
    return tuple(found)


def _next_free(day: date, taken: set[date]) -> date:
    while day.weekday() in WEEKEND or day in taken:
        day += timedelta(days=1)
    return day


def days_off(first: date, until: date, chosen: Mapping[date, date] | None = None) -> dict[date, PublicHoliday]:
    """Return the holidays that are taken from a day up to another (excluded), by the day on which they are taken."""
    return {
        one.on: one
        for year in range(first.year - 1, until.year + 1)
        for one in holidays_of(year, chosen)
        if first <= one.on < until
    }
