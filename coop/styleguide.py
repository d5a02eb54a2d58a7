"""Invented values for the page that shows every component, ``/styleguide/``. Only while developing and in the demo."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import forms as django_forms
from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _

from coop import charts, formatting, forms
from coop.periods import Month

TURNOVER = ("1850", "2400", "900", "3120.50", "2780", "-240", "1500", "0", "4100", "3630", "2950")
SALARY = ("1600", "1600", "1600") + ("2074.13",) * 8
COSTS = ("120",) * 11
FEE = ("185", "240", "90", "312.05", "278", "90", "150", "90", "410", "363", "295")


class ExampleForm(forms.Form):
    """One field of each kind."""

    customer = django_forms.ChoiceField(label=_("Customer"), choices=[("", "–"), ("karel", "Karel & Zonen bv")])
    description = django_forms.CharField(label=_("Description"), help_text=_("What the customer reads on the invoice."))
    quantity = forms.QuantityField(label=_("Quantity"))
    price = forms.PriceField(label=_("Price excl. VAT"))
    issued_on = forms.DayField(label=_("Invoice date"), today=date(2026, 11, 24))
    month = forms.MonthField(label=_("Month"), months=[Month(2026, number) for number in (10, 11, 12)])
    target = django_forms.ChoiceField(
        label=_("I choose"),
        widget=django_forms.RadioSelect,
        choices=[("gross", _("the gross")), ("cost", _("the employer cost")), ("net", _("the net"))],
    )
    note = django_forms.CharField(label=_("Note"), widget=django_forms.Textarea(attrs={"rows": 3}), required=False)
    agreed = django_forms.BooleanField(label=_("I have read the conditions."))


def _points(*columns: tuple[str, ...]) -> list[charts.Point]:
    return [
        charts.Point(formatting.short_month(Month(2026, number)), tuple(Decimal(value) for value in values))
        for number, values in enumerate(zip(*columns, strict=True), start=1)
    ]


def context(query: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page shows; with ``?errors=1`` the form as it comes back when refused."""
    typed = {
        "description": "Formation", "quantity": "2,5", "price": "1.250", "issued_on": "31/02/2026", "month": "2026-11",
        "target": "gross",
    }  # fmt: skip
    as_new = {**typed, "price": Decimal("1250"), "issued_on": date(2026, 11, 24)}
    form = ExampleForm(typed) if query.get("errors") else ExampleForm(initial=as_new)
    return {
        "form": form,
        "today": date(2026, 11, 24),
        "now": datetime(2026, 11, 24, 13, 2, tzinfo=UTC),
        "amounts": {
            name: Decimal(value)
            for name, value in {
                "accounting": "6450.00", "collected": "3450.00", "free": "1146.01", "gross": "1600.00",
                "social": "-209.12", "tax": "-86.40", "net": "1304.48", "due": "3630.00", "rate": "0.1307",
                "bonus": "84.20",
            }.items()
        },
        "lines": [
            ("2026-0041", "Karel & Zonen bv", date(2026, 11, 3), Decimal("3630.00"), "warning", _("To collect")),
            ("2026-0040", "Boulangerie du Parc", date(2026, 10, 28), Decimal("968.00"), "bad", _("Overdue")),
            ("2026-0039", "Commune d’Ixelles – Elsene", date(2026, 10, 12), Decimal("-121"), "info", _("Credit note")),
            ("2026-0038", "Atelier Lina", date(2026, 9, 30), Decimal("12450.75"), "good", _("Paid")),
        ],
        "total": Decimal("16927.75"),
        "page": Paginator(range(340), 50).page(3),
        "bars": charts.bars(
            title=_("Turnover and salary cost by month"),
            finding=_("Turnover covered the salary cost in six months of eleven."),
            series=[charts.Series(_("Turnover")), charts.Series(_("Salary cost"))],
            points=_points(TURNOVER, SALARY),
        ),
        "stacked": charts.stacked(
            title=_("Where the money goes"),
            finding=_("Salary is the largest part in each month."),
            series=[charts.Series(_("Salary cost")), charts.Series(_("Costs")), charts.Series(_("Fee"))],
            points=_points(SALARY, COSTS, FEE),
        ),
        "trend": charts.lines(
            title=_("Available money"),
            finding=_("It has grown since summer, and is above last year."),
            series=[charts.Series(_("This year")), charts.Series(_("Last year"), quiet=True)],
            points=_points(TURNOVER, SALARY),
        ),
    }  # fmt: skip
