"""What a day of a contract was: worked, or away and why; whether it is paid, and what it does to the month. Pure.

A day of which nothing was entered is worked, or a public holiday: who enters nothing loses nothing. Hours have two
decimals; days are counted in parts of the usual day. Sources: law of 3 July 1978 on contracts of employment, articles
30, 70 and 73; laws of 28 June 1971 and royal decree of 30 March 1967 on annual holidays; law of 4 January 1974.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coop.errors import Text
from coop.money import ZERO, cents
from payroll.public_holidays import PublicHoliday

DAY_HOURS = Decimal(24)
WEEK_DAYS = 7
WORKING_WEEK = 5


class Kind(StrEnum):
    """What hours of a day were. ``SICKNESS_NEW`` is sickness that a certificate says to be another illness."""

    WORK = "work"
    HOLIDAY = "holiday"
    PUBLIC_HOLIDAY = "public_holiday"
    SICKNESS = "sickness"
    SICKNESS_NEW = "sickness_new"
    FAMILY = "family"
    OTHER = "other"
    UNPAID = "unpaid"
    INSURED = "insured"


LABELS: Mapping[Kind, Text] = {
    Kind.WORK: _("Worked"),
    Kind.HOLIDAY: _("Holiday"),
    Kind.PUBLIC_HOLIDAY: _("Public holiday"),
    Kind.SICKNESS: _("Sickness"),
    Kind.SICKNESS_NEW: _("Sickness, another illness (certificate)"),
    Kind.FAMILY: _("Leave for family reasons"),
    Kind.OTHER: _("Other paid absence"),
    Kind.UNPAID: _("Unpaid leave"),
    Kind.INSURED: _("Maternity, birth or adoption leave paid by the health insurance"),
}
SHORT: Mapping[Kind, Text] = {
    Kind.WORK: pgettext_lazy("calendar", "Worked"),
    Kind.HOLIDAY: pgettext_lazy("calendar", "Holiday"),
    Kind.PUBLIC_HOLIDAY: pgettext_lazy("calendar", "Public hol."),
    Kind.SICKNESS: pgettext_lazy("calendar", "Sick"),
    Kind.SICKNESS_NEW: pgettext_lazy("calendar", "Sick (new)"),
    Kind.FAMILY: pgettext_lazy("calendar", "Family"),
    Kind.OTHER: pgettext_lazy("calendar", "Other"),
    Kind.UNPAID: pgettext_lazy("calendar", "Unpaid"),
    Kind.INSURED: pgettext_lazy("calendar", "Insured"),
}
"""A word that fits the day of a calendar on a phone."""
SICK = frozenset({Kind.SICKNESS, Kind.SICKNESS_NEW})
NEVER_PAID = frozenset({Kind.UNPAID, Kind.INSURED})
SERVICE_CODES: Mapping[tuple[Kind, bool], str] = {
    (Kind.WORK, True): "1",
    (Kind.HOLIDAY, True): "1",
    (Kind.PUBLIC_HOLIDAY, True): "1",
    (Kind.SICKNESS, True): "1",
    (Kind.FAMILY, True): "1",
    (Kind.OTHER, True): "1",
    (Kind.SICKNESS, False): "50",
    (Kind.UNPAID, False): "30",
}
"""Codes of service of the DmfA by kind and whether the employer pays: ONSS, administrative instructions, codification of
working time (ordinary codes 1 and 30, indicative code 50). The code of a kind that is not here is to be confirmed."""


@dataclass(frozen=True)
class Part:
    """Some hours of a day and what they were."""

    kind: Kind
    hours: Decimal


Parts = tuple[Part, ...]


def written(parts: Iterable[Part]) -> str:
    """Write the parts of a day as one text."""
    return " ".join(f"{part.kind}:{part.hours}" for part in parts)


def read(text: str) -> Parts:
    """Read what ``written`` wrote."""
    pairs = (one.split(":") for one in text.split())
    return tuple(Part(Kind(kind), Decimal(hours)) for kind, hours in pairs)


def even_week(weekly: Decimal) -> tuple[Decimal, ...]:
    """Return the usual hours of each day, from Monday, of a contract that says none: a fifth from Monday to Friday.

    The fifth is rounded to the hundredth of an hour, so that the five days stay equal.
    """
    fifth = cents(weekly / WORKING_WEEK)
    return (fifth,) * WORKING_WEEK + (ZERO,) * (WEEK_DAYS - WORKING_WEEK)


# --- the days of a stretch --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Day:
    """A day under a contract: its usual hours, what it was, whether that was entered, and the holiday that it is."""

    on: date
    usual: Decimal
    parts: Parts
    entered: bool = False
    holiday: PublicHoliday | None = None
    employed: bool = True

    @property
    def hours(self) -> Decimal:
        """The hours that were worked or away."""
        return sum((part.hours for part in self.parts), ZERO)

    def of(self, kinds: Iterable[Kind]) -> Decimal:
        """The hours of some kinds."""
        return sum((part.hours for part in self.parts if part.kind in kinds), ZERO)

    def share(self, part: Part) -> Decimal:
        """A part as a fraction of the day: of its usual hours, or of its hours when they were more."""
        whole = max(self.usual, self.hours)
        return part.hours / whole if whole else Decimal(0)

    @property
    def kind(self) -> Kind | None:
        """What most of the day was; None for a day off the week."""
        return max(self.parts, key=lambda part: part.hours).kind if self.parts else None


def day(on: date, *, usual: Decimal, entered: Parts, holiday: PublicHoliday | None) -> Day:
    """Return a day: what was entered, and what is left of its usual hours as worked or, on a public holiday, as that.

    Worked hours that were entered leave nothing open: they are what was worked. On a day without usual hours a public
    holiday gives nothing.
    """
    rest = Kind.PUBLIC_HOLIDAY if holiday else Kind.WORK
    left = usual - sum((part.hours for part in entered), ZERO)
    if left > 0 and not any(part.kind == rest for part in entered):
        return Day(on, usual, (*entered, Part(rest, left)), bool(entered), holiday)
    return Day(on, usual, entered, bool(entered), holiday)


# --- sickness ---------------------------------------------------------------------------------------------------------

GUARANTEED_DAYS = 30
RELAPSE_UNTIL_2025, RELAPSE_FROM_2026 = timedelta(days=14), timedelta(weeks=8)
LONGER_RELAPSE = date(2026, 1, 1)


def relapse_window(begins: date) -> timedelta:
    """Return how long after an incapacity another one counts as its relapse: 14 days; eight weeks when it begins from 2026.

    Source: law of 3 July 1978, article 73, § 1; as changed by the law of 19 December 2025 (Moniteur belge of 30 December
    2025) for incapacities that begin from 1 January 2026.
    """
    return RELAPSE_FROM_2026 if begins >= LONGER_RELAPSE else RELAPSE_UNTIL_2025


@dataclass(frozen=True)
class Incapacity:
    """A stretch of sickness: its days, how many calendar days of guaranteed pay it has, and whether it is a relapse."""

    days: tuple[date, ...]
    guaranteed: int
    relapse: bool = False

    @property
    def first(self) -> date:
        """Its first day."""
        return self.days[0]

    @property
    def last(self) -> date:
        """Its last day so far."""
        return self.days[-1]

    @property
    def length(self) -> int:
        """Its calendar days, weekends counted."""
        return (self.last - self.first).days + 1

    @property
    def paid_until(self) -> date | None:
        """The last calendar day of its guaranteed pay; None when it has none."""
        return self.first + timedelta(days=self.guaranteed - 1) if self.guaranteed else None

    @property
    def beyond(self) -> frozenset[date]:
        """Its days after the guaranteed pay."""
        return frozenset(one for one in self.days if (one - self.first).days >= self.guaranteed)


def incapacities(sick: Mapping[date, bool], works: Callable[[date], bool]) -> tuple[Incapacity, ...]:
    """Return the stretches of sickness: the employer pays the first 30 calendar days of each.

    ``sick`` says of each day of sickness whether a certificate names another illness; ``works`` whether a day is one of
    work, so that weekends and holidays do not end an incapacity. A relapse within ``relapse_window`` of an incapacity that
    gave guaranteed pay is taken for the same illness, and has only what is left of its 30 days, counted in days of
    incapacity, unless the certificate says otherwise. Source: law of 3 July 1978, articles 70 and 73.
    """
    found: list[Incapacity] = []
    left, last_paid = GUARANTEED_DAYS, None
    for days in _stretches(sick, works):
        relapse = not sick[days[0]] and last_paid is not None and days[0] <= last_paid + relapse_window(days[0])
        if not relapse:
            left = GUARANTEED_DAYS
        one = Incapacity(tuple(days), left, relapse)
        found.append(one)
        if left:
            left, last_paid = max(0, left - one.length), one.last
    return tuple(found)


def _stretches(sick: Mapping[date, bool], works: Callable[[date], bool]) -> list[list[date]]:
    """Return the days of sickness in stretches: no day of work between them, and one illness."""
    periods: list[list[date]] = []
    for one in sorted(sick):
        before = periods[-1][-1] if periods else None
        if before is None or (sick[one] and not sick[before]) or _worked_between(before, one, works):
            periods.append([])
        periods[-1].append(one)
    return periods


def _worked_between(before: date, after: date, works: Callable[[date], bool]) -> bool:
    return any(works(before + timedelta(days=n)) for n in range(1, (after - before).days))


# --- what it does to pay ----------------------------------------------------------------------------------------------


def unpaid_hours(one: Day, beyond: frozenset[date]) -> Decimal:
    """Return the usual hours of a day for which no pay is due: unpaid kinds, and sickness after the guaranteed pay.

    Holidays, public holidays, leave for family reasons (law of 3 July 1978, article 30) and other paid absences are paid
    as hours of work.
    """
    kinds = NEVER_PAID | SICK if one.on in beyond else NEVER_PAID
    return min(one.of(kinds), one.usual)


def paid_days(days: Sequence[Day], beyond: frozenset[date], working: int) -> Decimal:
    """Return the working days of a stretch that are paid: those Monday to Friday, less the share of the hours not paid.

    With equal usual days this counts the days themselves; with unequal ones each weighs as its hours. Nothing is rounded.
    """
    usual = sum((one.usual for one in days), ZERO)
    unpaid = sum((unpaid_hours(one, beyond) for one in days), ZERO)
    return working * (usual - unpaid) / usual if unpaid else Decimal(working)


@dataclass(frozen=True)
class Total:
    """The days and hours of a kind in a month, and whether the employer pays them; two decimals each."""

    kind: Kind
    paid: bool
    days: Decimal
    hours: Decimal

    @property
    def label(self) -> Text:
        """What the kind is called; sickness that is not paid any more says so."""
        if self.kind == Kind.SICKNESS and not self.paid:
            return _("Sickness after the guaranteed pay")
        return LABELS[self.kind]

    @property
    def code(self) -> str:
        """Its code of service in the DmfA; empty while it is to be confirmed."""
        return SERVICE_CODES.get((self.kind, self.paid), "")


def totals(days: Sequence[Day], beyond: frozenset[date]) -> tuple[Total, ...]:
    """Return days and hours by kind, in the order of the kinds, the paid before the unpaid; another illness is sickness."""
    sums: dict[tuple[Kind, bool], list[Decimal]] = {}
    for one in days:
        for part in one.parts:
            kind = Kind.SICKNESS if part.kind in SICK else part.kind
            paid = kind not in NEVER_PAID and not (kind == Kind.SICKNESS and one.on in beyond)
            pair = sums.setdefault((kind, paid), [Decimal(0), ZERO])
            pair[0] += one.share(part)
            pair[1] += part.hours
    order = list(Kind)
    return tuple(
        Total(kind, paid, cents(counted), hours)
        for (kind, paid), (counted, hours) in sorted(
            sums.items(), key=lambda pair: (order.index(pair[0][0]), not pair[0][1])
        )
    )


def to_json(found: Iterable[Total]) -> list[dict[str, Any]]:
    """Write totals as plain JSON values."""
    return [{"kind": str(one.kind), "paid": one.paid, "days": str(one.days), "hours": str(one.hours)} for one in found]


def from_json(stored: Iterable[Mapping[str, Any]]) -> tuple[Total, ...]:
    """Read what ``to_json`` wrote."""
    return tuple(Total(Kind(one["kind"]), one["paid"], Decimal(one["days"]), Decimal(one["hours"])) for one in stored)


# --- counters of the year ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Service:
    """A month of the year before: which part of it counts for holidays (0 to 1), under how many hours a week."""

    share: Decimal
    weekly_hours: Decimal


WEEKS_OF_HOLIDAY = 4
HALF = Decimal("0.5")


@dataclass(frozen=True)
class Entitlement:
    """The legal holidays of a year: days of a five-day week and the hours that they are."""

    days: Decimal
    hours: Decimal


def entitlement(service: Sequence[Service], weekly_now: Decimal) -> Entitlement:
    """Return the holidays that the months of the year before give: two days a month of a six-day week, brought to five days.

    One day is taken off for each six, so twelve months give 20 days; a part of a month counts in proportion between the
    whole ones, and the days are rounded up to half a day. The hours follow the average weekly hours of those months, and
    never exceed four weeks of the hours of today. Source: royal decree of 30 March 1967, article 60; the
    conversion as social secretariats do it.
    """
    months = sum((one.share for one in service), Decimal(0))
    if not months:
        return Entitlement(ZERO, ZERO)
    whole = int(months)
    days = _half_days_up(_five_day(whole) + (months - whole) * (_five_day(whole + 1) - _five_day(whole)))
    weekly = sum((one.share * one.weekly_hours for one in service), Decimal(0)) / months
    hours = min(days * weekly / WORKING_WEEK, WEEKS_OF_HOLIDAY * weekly_now)
    return Entitlement(cents(days), cents(hours))


def _five_day(months: int) -> int:
    """The days of a five-day week of whole months: two a month of a six-day week, less one for each six."""
    return 2 * months - 2 * months // 6


def _half_days_up(value: Decimal) -> Decimal:
    return (value / HALF).to_integral_value(ROUND_CEILING) * HALF


@dataclass(frozen=True)
class Counters:
    """Where somebody stands in a calendar year; hours, and days of the usual week. Sickness counts days of work missed."""

    entitled: Entitlement
    taken_days: Decimal
    taken_hours: Decimal
    sickness_days: Decimal
    unpaid_sickness_days: Decimal
    day_hours: Decimal

    @property
    def left_hours(self) -> Decimal:
        """The hours of holiday that are left; below zero when more was taken."""
        return self.entitled.hours - self.taken_hours

    @property
    def left_days(self) -> Decimal:
        """The days of holiday that are left, of the usual hours of a day."""
        return cents(self.left_hours / self.day_hours) if self.day_hours else ZERO

    @property
    def entitled_days(self) -> Decimal:
        """The days of holiday of the year, of the usual hours of a day."""
        return cents(self.entitled.hours / self.day_hours) if self.day_hours else ZERO
