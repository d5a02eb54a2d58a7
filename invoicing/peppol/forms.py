"""Forms of messages: the kinds of cost of an invoice received, its activity, an answer, a note, the switch."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coop.entities.models import Activity
from coop.forms import DayField, Form
from invoicing.peppol import responses
from invoicing.peppol.judging import Group
from invoicing.peppol.models import Code, Network
from invoicing.purchases import deductibility

OFF = "off"


class AcceptForm(Form):
    """The kind of cost of each part of an invoice with one VAT rate."""

    def __init__(self, *arguments: Any, parts: Sequence[Group], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.parts = parts
        kinds = [("", "–"), *((kind.code, kind.label) for kind in deductibility.COST_TYPES)]
        for place, part in enumerate(parts):
            label = _("Kind of cost") if len(parts) == 1 else _("Kind of cost at %(rate)s %%") % {
                "rate": f"{part.rate * 100:.0f}"
            }  # fmt: skip
            self.fields[f"kind_{place}"] = forms.ChoiceField(label=label, choices=kinds, help_text=part.text)

    def kinds(self) -> list[str]:
        """Return the kinds in the order of the parts."""
        return [self.cleaned_data[f"kind_{place}"] for place in range(len(self.parts))]


class AssignForm(Form):
    """The activity to which an invoice belongs."""

    activity = forms.ModelChoiceField(label=_("activity"), queryset=Activity.objects.none(), empty_label="–")

    def __init__(self, *arguments: Any, activities: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["activity"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = activities


class ReplyForm(Form):
    """What the supplier is told: a refusal, a question, or conditions, with the reason."""

    code = forms.ChoiceField(
        label=_("You"),
        choices=[
            (Code.REJECTED, _("refuse the invoice")),
            (Code.QUESTION, _("ask a question; the invoice waits")),
            (Code.CONDITIONS, _("accept it under conditions; the invoice waits")),
        ],
    )
    reason_code = forms.ChoiceField(label=_("Because"), choices=[("", "–"), *responses.REASONS.items()])
    reason = forms.CharField(
        label=_("In a sentence"), max_length=300, help_text=_("The supplier reads it, and it stays in the history.")
    )


class NoteForm(Form):
    """What was done elsewhere with an invoice."""

    note = forms.CharField(
        label=_("What was done"),
        max_length=300,
        help_text=_("The number of the entry, or why nothing is to be booked."),
    )


class SwitchForm(Form):
    """By what a cooperative sends and receives from a day on."""

    network = forms.ChoiceField(label=_("sends and receives by"), choices=[*Network.choices, (OFF, _("nothing"))])
    valid_from = DayField(label=_("from"))
