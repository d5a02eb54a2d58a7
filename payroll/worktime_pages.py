"""A month of days as pages and files show it: the grid of a calendar, and the list of a cooperative. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coop import formatting
from coop.money import ZERO
from coop.periods import Month
from payroll import absences, tables
from payroll.absences import Day, Kind, Total
from payroll.tables import Head, Row, Table
from payroll.worktime import MemberMonth

TONES = {
    Kind.WORK: "work",
    Kind.HOLIDAY: "leave",
    Kind.PUBLIC_HOLIDAY: "public",
    Kind.SICKNESS: "sick",
    Kind.SICKNESS_NEW: "sick",
    Kind.FAMILY: "leave",
    Kind.OTHER: "leave",
    Kind.UNPAID: "unpaid",
    Kind.INSURED: "unpaid",
}


@dataclass(frozen=True)
class Square:
    """A day of the grid: its number, a word of what it was, the whole in words, and its look. Outside the month: empty."""

    on: date
    word: str = ""
    sentence: str = ""
    tone: str = "out"
    selected: bool = False

    @property
    def is_open(self) -> bool:
        """Tell whether it is a day of the month under the contract."""
        return self.tone != "out"


def weekdays() -> list[str]:
    """Return the short names of the days from Monday, in the language of the page."""
    return [str(WEEKDAYS_ABBR[number]) for number in range(7)]


def grid(month: Month, days: Sequence[Day], selected: date | None) -> list[list[Square]]:
    """Return the weeks of a month, from Monday to Sunday."""
    known = {one.on: one for one in days}
    on = month.first - timedelta(days=month.first.weekday())
    weeks = []
    while on <= month.last:
        week = [on + timedelta(days=n) for n in range(7)]
        weeks.append([_square(month, one, known.get(one), selected) for one in week])
        on += timedelta(days=7)
    return weeks


def _square(month: Month, on: date, day: Day | None, selected: date | None) -> Square:
    if Month.of(on) != month or day is None:
        return Square(on)
    kind = day.kind
    if kind is None:
        return Square(on, "", _("%(day)s: no work") % {"day": formatting.day(on)}, "free", on == selected)
    words = ", ".join(
        _("%(kind)s %(hours)s h") % {"kind": absences.LABELS[part.kind], "hours": formatting.quantity(part.hours)}
        for part in day.parts
    )
    away = [part.kind for part in day.parts if part.kind != Kind.WORK]
    shown = away[0] if away else kind
    word = formatting.quantity(day.hours) if shown == Kind.WORK else str(absences.SHORT[shown])
    tone = "usual" if shown == Kind.WORK and not day.entered else TONES[shown]
    name = f" ({day.holiday.name})" if day.holiday else ""
    return Square(on, word, f"{formatting.day(on)}{name}: {words}", tone, on == selected)


def unpaid_sentence(one: MemberMonth) -> str:
    """Say how many working days of a month are not paid; empty when all are."""
    if not one.unpaid_days:
        return ""
    return ngettext(
        "%(unpaid)s working day of this month is not paid; the contractual wage and the hours follow.",
        "%(unpaid)s working days of this month are not paid; the contractual wage and the hours follow.",
        formatting.counted(one.unpaid),
    ) % {"unpaid": formatting.quantity(one.unpaid)}


# --- the list of a cooperative ----------------------------------------------------------------------------------------


def list_of(months: Sequence[MemberMonth], title: str) -> Table:
    """Return the month of members as a list, a row per contract and kind of day: days, hours, paid or not, service code."""
    heads = (
        Head(_("Member")),
        Head(_("Worker number")),
        Head(_("Hours a week")),
        Head(_("Kind")),
        Head(_("Paid by the employer")),
        Head(_("Service code (DmfA)")),
        Head(_("Days"), tables.Kind.HOURS),
        Head(_("Hours"), tables.Kind.HOURS),
        Head(_("Entered")),
    )
    rows = tuple(
        Row(
            (
                tables.text(one.name),
                tables.text(one.worker_number),
                tables.text(_weekly(one)),
                tables.text(str(total.label)),
                tables.text(_("yes") if total.paid else _("no")),
                tables.text(total.code or _("to be confirmed")),
                tables.hours(total.days),
                tables.hours(total.hours),
                tables.text(_("yes") if one.entered else _("as usual")),
            ),
            person=one.person,
        )
        for one in months
        for total in one.totals
    )
    return Table(title, heads, rows)


def _weekly(one: MemberMonth) -> str:
    return f"{formatting.quantity(one.weekly_hours)} / {formatting.quantity(one.full_time_hours)}"


def added(quarter: Sequence[Sequence[MemberMonth]]) -> list[tuple[MemberMonth, tuple[Total, ...]]]:
    """Return the months of a quarter added up per contract: its last month, and the totals by kind."""
    last: dict[object, MemberMonth] = {}
    sums: dict[object, dict[tuple[Kind, bool], tuple[Decimal, Decimal]]] = {}
    for months in quarter:
        for one in months:
            last[one.contract] = one
            mine = sums.setdefault(one.contract, {})
            for total in one.totals:
                days, hours = mine.get((total.kind, total.paid), (ZERO, ZERO))
                mine[total.kind, total.paid] = (days + total.days, hours + total.hours)
    order = list(Kind)
    found = []
    for contract, one in last.items():
        keys = sorted(sums[contract], key=lambda key: (order.index(key[0]), not key[1]))
        found.append((one, tuple(Total(*key, *sums[contract][key]) for key in keys)))
    return sorted(found, key=lambda pair: (pair[0].name, pair[0].worker_number))


def service_table(quarter: Sequence[Sequence[MemberMonth]]) -> Table:
    """Return what the DmfA of a quarter declares of time: days and hours per contract and service code.

    Kinds with the same code are added up; those without a certain code stand under their own words. Source: ONSS,
    administrative instructions, codification of working time.
    """
    heads = (
        Head(_("Member")),
        Head(_("Worker number")),
        Head(_("Service code (DmfA)")),
        Head(_("Kinds")),
        Head(_("Days"), tables.Kind.HOURS),
        Head(_("Hours"), tables.Kind.HOURS),
    )
    rows = []
    for one, totals in added(quarter):
        groups: dict[str, list[Total]] = {}
        for total in totals:
            groups.setdefault(total.code or f"?{total.kind}", []).append(total)
        for code, mine in groups.items():
            rows.append(
                Row(
                    (
                        tables.text(one.name),
                        tables.text(one.worker_number),
                        tables.text(_("to be confirmed") if code.startswith("?") else code),
                        tables.text(", ".join(str(total.label) for total in mine)),
                        tables.hours(sum((total.days for total in mine), ZERO)),
                        tables.hours(sum((total.hours for total in mine), ZERO)),
                    ),
                    person=one.person,
                )
            )
    return Table(_("Days and hours"), heads, tuple(rows))
