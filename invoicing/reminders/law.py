"""What the law lets a creditor claim, by day, from ``law.yaml`` beside this file. Pure.

A day without a confirmed value is refused with the name of what is missing; no neighbour's value is taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop import formatting
from coop.errors import Refused, Text

HUNDRED = Decimal(100)

NAMES: Mapping[str, Text] = {
    "business_interest": gettext_lazy("Interest for late payment between businesses"),
    "business_lump_sum": gettext_lazy("Lump sum for recovery between businesses"),
    "day_count": gettext_lazy("Days of a year by which interest is counted"),
    "private": gettext_lazy("Debts of private persons (book XIX of the Code of economic law)"),
}
"""What each subject is called where it is missing."""


class LawUnknown(Refused):
    """What may be claimed was asked for a day of which the law is not confirmed."""


@dataclass(frozen=True)
class Source:
    """Where a value stands: title, link, day of publication, and how sure it is (V, S or B)."""

    title: str
    link: str
    published: date | None
    mark: str


@dataclass(frozen=True)
class Dated:
    """The values of one subject from a day on, with their source."""

    since: date
    values: Mapping[str, Any]
    source: Source

    def mark_of(self, name: str) -> str:
        """Return how sure one value is."""
        marks: Mapping[str, str] = self.values.get("marks", {})
        return marks.get(name, self.source.mark)

    @property
    def rate(self) -> Decimal:
        """The percentage as a fraction of 1."""
        return Decimal(self.values["percent"]) / HUNDRED


@dataclass(frozen=True)
class Subject:
    """One subject of the law: its sets, the oldest first, and the last day of which they are confirmed."""

    code: str
    name: str
    law: str
    confirmed_until: date | None
    sets: Sequence[Dated]

    def on(self, day: date) -> Dated:
        """Return what holds on a day. Raises LawUnknown."""
        known = next((dated for dated in reversed(self.sets) if dated.since <= day), None)
        if known is None or (self.confirmed_until is not None and day > self.confirmed_until):
            raise self._unknown(day)
        return known

    def _unknown(self, day: date) -> LawUnknown:
        if self.confirmed_until is not None and day > self.confirmed_until:
            reason = _("No value is confirmed for %(day)s; the last one holds until %(last)s.") % {
                "day": formatting.day(day),
                "last": formatting.day(self.confirmed_until),
            }
        else:
            reason = _("No value is known for %(day)s; the first one holds from %(first)s.") % {
                "day": formatting.day(day),
                "first": formatting.day(self.sets[0].since),
            }
        return LawUnknown(
            subject=NAMES[self.code],
            reason=reason,
            remedy=_("Ask the administrator for a version that knows it; ask for the open amount only until then."),
        )


@cache
def subjects() -> Mapping[str, Subject]:
    """Return all subjects by code."""
    content: Any = yaml.safe_load(
        resources.files("invoicing.reminders").joinpath("law.yaml").read_text(encoding="utf-8")
    )
    return {
        code: Subject(code, row["name"], row["law"], row["confirmed_until"], [_dated(one) for one in row["sets"]])
        for code, row in content.items()
        if code in NAMES
    }


def _dated(row: Mapping[str, Any]) -> Dated:
    source = row["source"]
    values = {name: value for name, value in row.items() if name not in ("from", "source", "mark")}
    return Dated(row["from"], values, Source(source["title"], source["link"] or "", source["published"], row["mark"]))


@dataclass(frozen=True)
class Band:
    """A slice of the flat penalty of consumers: ``fixed`` EUR and a rate of what the debt exceeds ``above`` by."""

    up_to: Decimal | None
    fixed: Decimal
    above: Decimal
    rate: Decimal


@dataclass(frozen=True)
class PrivateLaw:
    """Book XIX as it holds on a day: days to wait, free reminders, caps; EUR."""

    waiting_days: int
    by_mail_from_day: int
    by_post_from_working_day: int
    free_reminders_a_year: int
    further_reminder: Decimal
    bands: Sequence[Band]
    penalty_most: Decimal


def private_law(on: date) -> PrivateLaw:
    """Return what protects private persons on a day. Raises LawUnknown."""
    values = subjects()["private"].on(on).values
    return PrivateLaw(
        waiting_days=values["waiting_days"],
        by_mail_from_day=values["by_mail_from_day"],
        by_post_from_working_day=values["by_post_from_working_day"],
        free_reminders_a_year=values["free_reminders_a_year"],
        further_reminder=Decimal(values["further_reminder"]),
        bands=[
            Band(
                Decimal(row["up_to"]) if row["up_to"] else None,
                Decimal(row["fixed"]),
                Decimal(row["above"]),
                Decimal(row["percent"]) / HUNDRED,
            )
            for row in values["penalty"]
        ],
        penalty_most=Decimal(values["penalty_most"]),
    )


def lump_sum(on: date) -> Decimal:
    """Return the lump sum between businesses on a day, EUR. Raises LawUnknown."""
    return Decimal(subjects()["business_lump_sum"].on(on).values["amount"])


def days_of_a_year(on: date) -> int:
    """Return by how many days a year of interest is counted. Raises LawUnknown."""
    return int(subjects()["day_count"].on(on).values["days"])
