"""The legal days of a cooperative's month, quarter and year in Belgium. Pure.

Days that fall on a Saturday, Sunday or public holiday are shown as the law names them; nothing is moved.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from coop.errors import Text
from coop.periods import Month


@dataclass(frozen=True)
class Deadline:
    """A day by which something must be done, and about which month, quarter or year."""

    on: date
    what: Text
    about: Month


def of_month(month: Month) -> list[Deadline]:
    """Return the deadlines that fall in a month, in order."""
    before = month.plus(-1)
    found = [
        Deadline(month.day(5), _("ONSS: provision on the contributions"), before),
        Deadline(month.day(15), _("Withholding tax: return 274"), before),
        Deadline(month.day(20), _("VAT: monthly return and payment"), before),
    ]
    if month.place_in_quarter == 1:
        found.append(Deadline(month.last, _("DmfA of the quarter, and the balance of its contributions"), before))
    if month.number == 2:
        found.append(Deadline(month.last, _("Tax slips 281.10 of the year before"), Month(month.year - 1, 12)))
    if month.number == 3:
        found.append(Deadline(month.last, _("VAT: yearly listing of customers"), Month(month.year - 1, 12)))
    return sorted(found, key=lambda deadline: deadline.on)


def coming(on: date, *, days: int) -> list[Deadline]:
    """Return the deadlines from a day on, for that many days."""
    end = on + timedelta(days=days)
    months = Month.of(on).until(Month.of(end))
    return [deadline for month in months for deadline in of_month(month) if on <= deadline.on <= end]
