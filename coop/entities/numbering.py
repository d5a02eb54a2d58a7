"""Numbers without a gap: taken under the lock of their counter, in the transaction that uses them, as late as possible."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coop.entities.models import Cooperative, NumberSeries
from coop.errors import Refused


class SeriesMissing(Refused):
    """A number was asked from a series that nobody has opened."""


class DateRunsBackwards(Refused):
    """A number was asked for a day before the day of the last number of the series."""


@dataclass(frozen=True)
class Number:
    """A taken number: the counter's value and the text that people see."""

    value: int
    text: str


def take_number(
    *, cooperative: Cooperative, kind: str, year: str, on: date, activity: UUID | None = None, in_order: bool = True
) -> Number:
    """Take the next number of a series. Must run in a transaction: a rollback gives the number back, so no gap arises.

    Raises SeriesMissing, and DateRunsBackwards when ``on`` lies before the last number's date (only the counters of
    journals are taken out of the order of dates, since a late document is posted late).
    """
    rule = "AND (last_date IS NULL OR last_date <= %(on)s)" if in_order else ""
    last = "%(on)s" if in_order else "GREATEST(last_date, %(on)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE entities_numberseries SET last_number = last_number + 1, last_date = {last}
            WHERE cooperative_id = %(cooperative)s AND kind = %(kind)s AND year = %(year)s
              AND activity_id IS NOT DISTINCT FROM %(activity)s::uuid {rule}
            RETURNING last_number, template""",  # noqa: S608 - constants of this module
            {"cooperative": cooperative.pk, "kind": kind, "year": year, "activity": activity, "on": on},
        )
        row = cursor.fetchone()
    if row is None:
        raise _why_not(cooperative, kind, year, activity)
    return Number(row[0], row[1].format(year=year, number=row[0]))


def _why_not(cooperative: Cooperative, kind: str, year: str, activity: UUID | None) -> Refused:
    series = NumberSeries.objects.filter(cooperative=cooperative, kind=kind, year=year, activity=activity).first()
    if series is None or series.last_date is None:
        return SeriesMissing(
            subject=_("Number series of %(cooperative)s, year %(year)s") % {"cooperative": cooperative, "year": year},
            reason=_("No such series is open."),
            remedy=_("Ask the accountant to open the books of that year."),
        )
    return DateRunsBackwards(
        subject=_("Number series of %(cooperative)s, year %(year)s") % {"cooperative": cooperative, "year": year},
        reason=_("The last number is dated %(day)s, so an earlier date would break the order of numbers.")
        % {"day": date_format(series.last_date)},
        remedy=_("Choose %(day)s or a later date.") % {"day": date_format(series.last_date)},
        field="date",
    )
