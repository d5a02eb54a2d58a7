"""The ten legal public holidays of Belgium on their own days, and the days from Monday to Friday between them. Pure.

Source: law of 4 January 1974 on public holidays; royal decree of 18 April 1974, article 1.
"""

from datetime import date, timedelta

WEEKEND = (5, 6)


def easter(year: int) -> date:
    """Return Easter Sunday of a year of the Gregorian calendar (the computation of Meeus, Jones and Butcher)."""
    golden, century, rest = year % 19, year // 100, year % 100
    corrected = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - century // 4 - corrected + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def legal(year: int) -> dict[str, date]:
    """Return the ten legal holidays of a year on their own days, by code, in the order of the year."""
    sunday = easter(year)
    return {
        "new_year": date(year, 1, 1),
        "easter_monday": sunday + timedelta(days=1),
        "labour_day": date(year, 5, 1),
        "ascension": sunday + timedelta(days=39),
        "whit_monday": sunday + timedelta(days=50),
        "national_day": date(year, 7, 21),
        "assumption": date(year, 8, 15),
        "all_saints": date(year, 11, 1),
        "armistice": date(year, 11, 11),
        "christmas": date(year, 12, 25),
    }


def is_working_day(day: date) -> bool:
    """Tell whether a day is one from Monday to Friday and no legal holiday."""
    return day.weekday() not in WEEKEND and day not in legal(day.year).values()


def working_day_after(day: date, count: int) -> date:
    """Return the ``count``-th working day that follows a day, which is not counted itself."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day
