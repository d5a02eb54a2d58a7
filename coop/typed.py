"""How what people type is read: amounts, quantities, days and months. Language plays no part in reading.

Pages, live totals, imports and the API all read through here. Nothing is rounded and nothing is guessed: what has two
readings is refused with both of them.
"""

import re
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from coop.errors import Text
from coop.periods import Month, NotAMonth

_SPACES = " \u00a0\u202f\u2009"
_ALLOWED = re.compile(rf"[0-9.,{_SPACES}]*", re.ASCII)
_GROUPED = re.compile(r"[1-9][0-9]{0,2}([^0-9][0-9]{3})+", re.ASCII)
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}", re.ASCII)
_SIGN = re.compile(r"[-+\u2212]")


class Unreadable(ValueError):
    """What was typed has not one reading; the message says why, whole and translated. ``choices`` are its readings."""

    def __init__(self, message: Text, *, code: str, choices: tuple[Decimal, ...] = ()) -> None:
        self.message, self.code, self.choices = message, code, choices
        super().__init__(message)


def number(text: str, *, decimals: int = 2) -> Decimal:
    """Read an amount or quantity with at most that many decimals, exactly.

    A comma or a point may set apart the decimals, whatever the language; spaces, points or commas may group by exactly
    three. One mark before exactly three digits is ambiguous, unless a zero stands alone before it. Only ASCII digits
    count; a sign (U+2212 too) and a euro sign may stand around them. Raises Unreadable with code ``characters``,
    ``shape``, ``ambiguous`` or ``decimals``.
    """
    negative, bare = _bare(text)
    if _AMBIGUOUS.fullmatch(bare):
        raise _ambiguous(bare, negative=negative, decimals=decimals)
    whole, fraction = _parts(bare)
    if len(fraction) > decimals:
        raise Unreadable(
            _("More than %(decimals)d decimals; nothing is rounded here.") % {"decimals": decimals}, code="decimals"
        )
    value = Decimal(f"{whole or '0'}.{fraction.ljust(decimals, '0')}") if decimals else Decimal(whole)
    return -value if negative and value else value


def _bare(text: str) -> tuple[bool, str]:
    """Take off spaces, one euro sign and one sign; return whether it was negative, and the digits and marks left."""
    bare = text.strip(_SPACES + "\t\r\n")
    if bare.count("€") == 1 and "€" in (bare[:1], bare[-1:], bare[1:2] if _SIGN.match(bare) else ""):
        bare = bare.replace("€", "").strip(_SPACES)
    sign = _SIGN.match(bare)
    if sign:
        bare = bare[1:].strip(_SPACES)
    if not _ALLOWED.fullmatch(bare):
        raise Unreadable(_("Only digits, a comma or a point, and spaces can be used in a number."), code="characters")
    if not any(character.isdigit() for character in bare):
        raise Unreadable(_("A number is missing here."), code="shape")
    return bool(sign and sign.group() != "+"), bare


def _parts(bare: str) -> tuple[str, str]:
    """Part digits and marks into whole digits and decimals, or raise Unreadable for a wrong shape or grouping."""
    marks = [" " if character in _SPACES else character for character in bare if not character.isdigit()]
    decimal = marks[-1] if marks and marks[-1] != " " and marks.count(marks[-1]) == 1 else ""
    whole, _mark, fraction = bare.partition(decimal) if decimal else (bare, "", "")
    grouping = set(marks) - {decimal}
    grouped = len(grouping) == 1 and _GROUPED.fullmatch(whole) is not None
    if (grouping and not grouped) or (decimal and not fraction):
        raise Unreadable(_("This is not written like a number; write it like 1250,00 or 1 250,00."), code="shape")
    return re.sub(r"[^0-9]", "", whole), fraction


def _ambiguous(bare: str, *, negative: bool, decimals: int) -> Unreadable:
    """Return the refusal of one mark before three digits, with the readings that the field could hold."""
    whole, fraction = re.split(r"[.,]", bare)
    readings = [Decimal(whole + fraction)]
    if len(fraction.rstrip("0")) <= decimals:
        readings.append(Decimal(f"{whole}.{fraction}"))
    signed = tuple(-reading if negative else reading for reading in readings)
    message = _("This can be read in two ways; choose one, or write the decimals.")
    return Unreadable(message, code="ambiguous", choices=signed)


_NEAR = {
    "hier": -1, "gisteren": -1, "yesterday": -1,
    "aujourd'hui": 0, "aujourd’hui": 0, "vandaag": 0, "today": 0,
    "demain": 1, "morgen": 1, "tomorrow": 1,
}  # fmt: skip
_DAY_FIRST = re.compile(r"(\d{1,2})[/. -](\d{1,2})(?:[/. -](\d{4}|\d{2}))?", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_RUN = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})?", re.ASCII)


def day(text: str, *, today: date) -> date:
    """Read a day written 24/11/2026, 24-11-26, 2411, 2026-11-24 or as “yesterday” in one of the three languages.

    Without a year the day nearest to ``today`` is meant; a year of two digits is of this century. Raises Unreadable.
    """
    bare = " ".join(text.split()).lower()
    if bare in _NEAR:
        return today + timedelta(days=_NEAR[bare])
    iso = _ISO.fullmatch(bare)
    found = iso or _DAY_FIRST.fullmatch(bare) or _RUN.fullmatch(bare)
    if found is None:
        raise Unreadable(_("This is not written like a day; write it like 24/11/2026 or 2411."), code="shape")
    first, middle, last = found.groups()
    try:
        if iso:
            return date(int(first), int(middle), int(last))
        if last:
            return date(int(last) + (2000 if len(last) == 2 else 0), int(middle), int(first))
        return _nearest(int(first), int(middle), today)
    except ValueError:
        raise Unreadable(_("This day does not exist in the calendar."), code="calendar") from None


def _nearest(number: int, month: int, today: date) -> date:
    """Return the day of that number and month which lies nearest to ``today``; 29 February may need another year."""
    days = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            days.append(date(year, month, number))
        except ValueError:
            continue
    if not days:
        raise ValueError("no such day")
    return min(days, key=lambda candidate: abs(candidate - today))


_MONTH = re.compile(r"(\d{1,2})[/. -](\d{4})|(\d{4})-(\d{1,2})", re.ASCII)


def month(text: str) -> Month:
    """Read a month written 11/2026 or 2026-11. Raises Unreadable."""
    found = _MONTH.fullmatch(text.strip())
    try:
        if found:
            number, year, iso_year, iso_number = found.groups()
            return Month(int(year or iso_year), int(number or iso_number))
    except NotAMonth:
        pass
    raise Unreadable(_("This is not written like a month; write it like 11/2026."), code="shape")
