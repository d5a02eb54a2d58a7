"""Template tags and filters of the product, available in every template."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zlib import crc32

import lucide
from django import template
from django.core.exceptions import ValidationError
from django.core.paginator import Page
from django.forms import BaseForm, BaseFormSet
from django.forms.boundfield import BoundField, BoundWidget
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from coop import charts, formatting
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
register.filter("price", _decimal(formatting.price))
register.filter("quantity", _decimal(formatting.quantity))
register.filter("percent", _decimal(formatting.percent))
register.filter("iban", formatting.iban)
register.filter("masked", formatting.masked)
register.filter("number", formatting.counted)


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
def short_month(value: Month | date) -> str:
    """Write a month shortened, without its year, for the head of a narrow column."""
    return formatting.short_month(value)


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
    attributes = {"class": f"icon {css}".strip(), "aria-hidden": "true", "focusable": "false"}
    drawn = lucide._render_icon(name, size, **attributes)
    return mark_safe(drawn)  # noqa: S308 (drawn from the package's own files; name and class come from templates)


@register.simple_tag
def icon(name: str, size: int = 20, css: str = "") -> SafeString:
    """Draw a Lucide icon, hidden from screen readers: a word stands beside it."""
    return _icon(str(name), size, css)


STATE_ICONS = {
    "good": "circle-check",
    "warning": "triangle-alert",
    "bad": "circle-alert",
    "info": "clock",
    "draft": "pencil-line",
    "neutral": "circle-dot",
}


@register.simple_tag
def state(kind: str, word: str, icon_name: str = "") -> SafeString:
    """Draw a state pill: word, icon and ground, never colour alone."""
    drawn = _icon(icon_name or STATE_ICONS[kind], 14, "")
    return format_html('<span class="state state-{}">{}<span>{}</span></span>', kind, drawn, word)


@dataclass(frozen=True)
class Fault:
    """One line of the error summary: the id to jump to, the field's label, the message."""

    id: str
    label: str
    message: str


_CHECKS = ("checkbox", "radioselect", "checkboxselectmultiple")
_SELECTS = ("select", "selectmultiple", "nullbooleanselect", "lazyselect")


@register.simple_tag
def widget(field: BoundField, help_text: str = "") -> SafeString:
    """Draw the input of a field with the classes of the style sheet and its links to help and errors."""
    kind = field.widget_type
    css = "form-check-input" if kind in _CHECKS else "form-select" if kind in _SELECTS else "form-control"
    own = field.field.widget.attrs.get("class", "")
    classes = (css, own, "is-invalid" if field.errors else "")
    attributes: dict[str, str | bool] = {"class": " ".join(filter(None, classes))}
    described = [f"{field.auto_id}_helptext"] if help_text or field.help_text else []
    if field.errors:
        described.append(f"{field.auto_id}_error")
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if field.form.__module__.startswith("allauth."):
        attributes["placeholder"] = ""  # allauth repeats the label there
    if field.field.required and kind not in _CHECKS:
        attributes["aria-required"] = "true"
    return field.as_widget(attrs=attributes)


@register.simple_tag
def options(field: BoundField) -> list[BoundWidget]:
    """Return the inputs of a field that is a group of them, with the class of the style sheet."""
    field.field.widget.attrs.setdefault("class", "form-check-input")
    return field.subwidgets


@register.filter
def field_kind(field: BoundField) -> str:
    """Tell how a field is laid out: check, group (several inputs), day or plain."""
    if field.widget_type == "checkbox":
        return "check"
    if field.widget_type in _CHECKS:
        return "group"
    return "day" if getattr(field.field.widget, "is_day", False) else "plain"


@register.filter
def field_choices(field: BoundField) -> list[str]:
    """Return the readings of an ambiguous number, as offered under its field."""
    errors = field.errors.as_data() if field.errors else []
    return [choice for error in errors for choice in (error.params or {}).get("choices", ())]


@register.filter
def day_words(field: BoundField) -> str:
    """Return in words the day that a field holds, or nothing when it holds none."""
    try:
        value = field.field.to_python(field.value())
    except ValidationError:
        return ""
    return formatting.day(value) if value else ""


@register.simple_tag
def error_list(form: BaseForm | None, formset: "BaseFormSet[Any] | None" = None) -> list[Fault]:
    """List the errors of a form and of the rows of its formset, each with the field to jump to."""
    forms = [form] if form is not None else []
    faults = []
    if formset is not None and formset.is_bound:
        forms += list(formset.forms)
        faults = [Fault("", "", str(error)) for error in formset.non_form_errors()]
    for one in forms:
        for name, errors in one.errors.items() if one.is_bound else ():
            field = one[name] if name in one.fields else None
            label = str(field.label) if field is not None and not field.is_hidden else ""
            place = field.id_for_label if field is not None and not field.is_hidden else ""
            faults += [Fault(place, label, str(error)) for error in errors]
    return faults


@register.simple_tag
def page_numbers(page: Page[Any]) -> list[int]:
    """Return the numbers of pages to show around the present one; 0 stands for a gap."""
    elided = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else 0 for number in elided]


def _ink(chart: charts.Chart, number: int) -> dict[str, object]:
    """Return the colour of a series and its hatch; a quiet series is grey."""
    colour = 4 if chart.series[number].quiet else number + 1
    return {"colour": colour, "hatch": colour if colour > 1 and chart.kind is not charts.Kind.LINES else 0}


@register.simple_tag
def chart(chart: charts.Chart) -> SafeString:
    """Draw a chart as inline SVG, once wide and once for a phone; the style sheet shows one of them."""
    name = f"c{crc32(f'{chart.title}{chart.finding}'.encode()):08x}"
    drawings = []
    for css, frame in (("wide", charts.WIDE), ("narrow", charts.NARROW)):
        drawn = charts.draw(chart, frame)
        drawings.append(
            {
                "id": f"{name}{css[0]}",
                "css": f"chart-{css}",
                "frame": drawn,
                "ticks": [(tick.y, formatting.quantity(tick.value)) for tick in drawn.ticks],
                "captions": [(one.label, one.y, formatting.amount(one.value)) for one in drawn.captions],
                "bars": [{"at": bar, **_ink(chart, bar.series)} for bar in drawn.bars],
                "lines": [{"at": line, **_ink(chart, line.series)} for line in drawn.lines],
            }
        )
    line = chart.kind is charts.Kind.LINES
    keys = [
        {"label": series.label, "id": f"{name}k{number}", "line": line, **_ink(chart, number)}
        for number, series in enumerate(chart.series)
    ]
    return mark_safe(render_to_string("parts/chart.html", {"chart": chart, "drawings": drawings, "keys": keys}))  # noqa: S308
