"""The form of a recurring invoice."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coop.forms import DayField, Form
from invoicing.content import DraftLine
from invoicing.models import Customer
from invoicing.recurring.models import RecurringInvoice
from invoicing.recurring.services import RecurringContent

NAMES = ("name", "reference", "note", "every", "rhythm", "first_on", "last_on", "period", "makes")


class RecurringForm(Form):
    """The head of a recurring invoice."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("For yourself: “Monthly upkeep”."))
    customer = forms.ChoiceField(label=_("Customer"), required=False)
    every = forms.IntegerField(label=_("Every"), min_value=1, max_value=52, initial=1)
    rhythm = forms.ChoiceField(label=_("Rhythm"), choices=RecurringInvoice.Rhythm.choices, initial="month")
    first_on = DayField(
        label=_("First on"),
        help_text=_("The 31st is the last day of shorter months. Days that have passed are not made."),
    )
    last_on = DayField(label=_("Last on"), required=False, help_text=_("Empty: until you end it."))
    period = forms.ChoiceField(
        label=_("Period supplied"), choices=RecurringInvoice.Period.choices, initial=RecurringInvoice.Period.NONE
    )
    makes = forms.ChoiceField(
        label=_("On each date, make"), choices=RecurringInvoice.Makes.choices, initial=RecurringInvoice.Makes.DRAFT
    )
    reference = forms.CharField(label=_("Customer’s reference"), max_length=60, required=False)
    note = forms.CharField(
        label=_("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Printed."),
    )  # fmt: skip

    def __init__(self, *arguments: Any, customers: Iterable[Customer], **options: Any) -> None:
        super().__init__(*arguments, **options)
        choice: Any = self.fields["customer"]
        choice.choices = [("", "–"), *((str(one.pk), one.name) for one in customers)]

    def content(self, lines: Sequence[DraftLine]) -> RecurringContent:
        """Return what was typed."""
        values = self.values()
        values["customer"] = values["customer"] or None
        return RecurringContent(lines=lines, **values)


def initial(recurring: RecurringInvoice) -> dict[str, Any]:
    """Return a recurring invoice as the form shows it."""
    return {"customer": str(recurring.customer_id), **{name: getattr(recurring, name) for name in NAMES}}
