"""Belgian rates of VAT by kind of good or service and day of supply, from ``rates.yaml`` beside this file. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import yaml
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coop.errors import Refused

HUNDRED = Decimal(100)


class KindUnknown(Refused):
    """A kind of good or service is not in the table, or had no rate yet on the day of supply."""


@dataclass(frozen=True)
class Rate:
    """A rate (fraction of 1) from a day on; ``operation`` is its own row in the table of operations, where it has one."""

    since: date
    rate: Decimal
    basis: str
    mark: str
    operation: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of good or service, its name by language, and its rates, the oldest first."""

    code: str
    names: Mapping[str, str]
    rates: Sequence[Rate]

    def on(self, day: date) -> Rate | None:
        """Return the rate in force on a day of supply."""
        return next((rate for rate in reversed(self.rates) if rate.since <= day), None)


@cache
def kinds() -> Mapping[str, Kind]:
    """Return all kinds of goods and services by code."""
    content: Any = yaml.safe_load(resources.files("invoicing.vat").joinpath("rates.yaml").read_text(encoding="utf-8"))
    return {
        code: Kind(code, row["name"], sorted(map(_rate, row["rates"]), key=lambda rate: rate.since))
        for code, row in content["kinds"].items()
    }


def _rate(row: Mapping[str, Any]) -> Rate:
    percent = Decimal(row["percent"])
    return Rate(row["from"], percent / HUNDRED, row["basis"], row["mark"], row.get("operation", ""))


def rate_of(kind: str, on: date) -> Rate:
    """Return the rate of a kind of good or service on a day of supply. Raises KindUnknown."""
    known = kinds().get(kind)
    rate = known.on(on) if known is not None else None
    if rate is None:
        raise KindUnknown(
            subject=_("VAT of “%(kind)s”") % {"kind": kind},
            reason=_("The table of Belgian rates has no rate for it on %(day)s.") % {"day": date_format(on)},
            remedy=_("Choose another kind of good or service, or the VAT rate yourself with the reason for it."),
            field="kind",
        )
    return rate
