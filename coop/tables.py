"""Lists that sort and page: columns of the project for django-tables2, drawn by ``templates/parts/table.html``."""

from typing import Any

import django_tables2
from django.db.models import F, QuerySet
from django.utils.safestring import SafeString

from coop import formatting
from coop.templatetags import partagee

ROWS = 50


class Table(django_tables2.Table):  # type: ignore[misc]
    """The base of every list. ``caption`` names it for screen readers."""

    caption: Any = ""


class _Column(django_tables2.Column):  # type: ignore[misc]
    """A column whose cells carry a class of the style sheet; it sorts with its empty values last."""

    css = ""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        attributes = {part: {"class": self.css} for part in ("th", "td")}
        super().__init__(*arguments, attrs={**attributes, **options.pop("attrs", {})}, **options)

    def order(self, queryset: QuerySet[Any], is_descending: bool) -> tuple[QuerySet[Any], bool]:
        """Sort in the database, empty values last, equal ones by their key so that pages never overlap."""
        field = F(str(self.accessor).replace(".", "__"))
        ordering = field.desc(nulls_last=True) if is_descending else field.asc(nulls_last=True)
        return queryset.order_by(ordering, "pk"), True


class TextColumn(_Column):
    """A text."""


class AmountColumn(_Column):
    """An amount in EUR, right-aligned; the head names the currency."""

    css = "num"

    def render(self, value: Any) -> str:
        """Write the amount without its currency."""
        return formatting.amount(getattr(value, "amount", value))


class HeadlineAmountColumn(AmountColumn):
    """The amount that a phone shows beside the first cell."""

    css = "num headline"


class QuantityColumn(AmountColumn):
    """A quantity."""

    def render(self, value: Any) -> str:
        """Write the quantity with the decimals it needs."""
        return formatting.quantity(value)


class DayColumn(_Column):
    """A day in figures."""

    css = "date"

    def render(self, value: Any) -> str:
        """Write the day as dd/mm/yyyy."""
        return formatting.short_day(value)


class MonthColumn(_Column):
    """A month in words."""

    css = "date"

    def render(self, value: Any) -> str:
        """Write the month."""
        return formatting.month(value)


class LinkColumn(django_tables2.Column):  # type: ignore[misc]
    """The first cell, which opens the row: ``LinkColumn(linkify=("invoice_detail", {"pk": A("pk")}))``."""


class StateColumn(_Column):
    """A state pill. ``kinds`` maps the value to the kind of the pill, ``labels`` to its word (default: the value)."""

    def __init__(
        self, *arguments: Any, kinds: dict[str, str], labels: dict[str, Any] | None = None, **options: Any
    ) -> None:
        self.kinds, self.labels = kinds, labels or {}
        super().__init__(*arguments, **options)

    def render(self, value: Any) -> SafeString:
        """Draw the pill."""
        return partagee.state(self.kinds.get(str(value), "neutral"), str(self.labels.get(str(value), value)))
