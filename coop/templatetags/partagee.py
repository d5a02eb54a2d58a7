"""Template tags and filters of the product, available in every template."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import lucide
from django import template
from django.utils.safestring import SafeString, mark_safe

from coop import formatting
from coop.periods import Month

register = template.Library()


def _decimal(write: Callable[[Decimal | None], str]) -> Callable[[Any], str]:
    """Let a function that writes a Decimal take what templates hold: a Money, an int, nothing, or a text as it is."""

    def filtered(value: Any) -> str:
        if isinstance(value, Decimal):
            return write(value)
        if value is None or value == "":
            return formatting.ABSENT
        if isinstance(value, str):
            return value
        return write(Decimal(getattr(value, "amount", value)))

    return filtered


register.filter("money", _decimal(formatting.money))
register.filter("amount", _decimal(formatting.amount))
register.filter("signed", _decimal(formatting.signed))
register.filter("quantity", _decimal(formatting.quantity))
register.filter("percent", _decimal(formatting.percent))
register.filter("iban", formatting.iban)
register.filter("masked", formatting.masked)


@register.filter
def day(value: date | str | None) -> str:
    """Write a day in words; a text stays as it is."""
    return value if isinstance(value, str) and value else formatting.day(value or None)  # type: ignore[arg-type]


@register.filter
def short_day(value: date | None) -> str:
    """Write a day in figures."""
    return formatting.short_day(value or None)


@register.filter
def moment(value: datetime | None) -> str:
    """Write a moment as its day and time in Brussels."""
    return formatting.moment(value or None)


@register.filter
def month(value: Month | date | str | None) -> str:
    """Write a month in words; a text is read as YYYY-MM."""
    return formatting.month(Month.parse(value) if isinstance(value, str) and value else value or None)  # type: ignore[arg-type]


@register.filter
def iso(value: date | datetime | Month | None) -> str:
    """Write a day, moment or month for machines, as in the attribute of a <time>."""
    if value is None or value == "":
        return ""
    return str(value) if isinstance(value, Month) else value.isoformat()  # type: ignore[union-attr]


@register.filter
def is_negative(value: Any) -> bool:
    """Tell whether an amount is below zero."""
    return isinstance(value, Decimal) and value < 0


@lru_cache(maxsize=512)
def _icon(name: str, size: int, css: str) -> SafeString:
    drawn = lucide._render_icon(name, size, **{"class": f"icon {css}".strip(), "aria-hidden": "true", "focusable": "false"})
    return mark_safe(drawn)  # noqa: S308 (drawn from the package's own files; name and class come from templates)


@register.simple_tag
def icon(name: str, size: int = 20, css: str = "") -> SafeString:
    """Draw a Lucide icon, hidden from screen readers: a word stands beside it."""
    return _icon(str(name), size, css)
