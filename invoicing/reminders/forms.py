"""What people type about reminders: what to ask, why to stop, promised payments, the rules."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop.entities.models import Language
from coop.forms import AmountField, DayField, Form, RateField
from coop.money import ZERO
from invoicing.reminders import texts
from invoicing.reminders.deciding import Asking, Level, PrivateInterest, Promise, Terms
from invoicing.reminders.models import LevelChoice, ReminderPause, ReminderPolicy

PROMISES = 6


class RemindForm(Form):
    """The reminder of one invoice: its level as it was shown, and what it asks."""

    level = forms.ChoiceField(choices=LevelChoice.choices, widget=forms.HiddenInput)
    asking = forms.ChoiceField(
        label=gettext_lazy("What the reminder asks"),
        choices=[
            (Asking.ALL, gettext_lazy("all that is shown")),
            (Asking.PRINCIPAL, gettext_lazy("the open amount only")),
        ],
        initial=Asking.ALL,
        widget=forms.RadioSelect,
    )


class StopForm(Form):
    """Why an invoice is no longer reminded."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=[
            (ReminderPause.Kind.DISPUTE, gettext_lazy("the customer disputes it")),
            (ReminderPause.Kind.DECEASED, gettext_lazy("the customer died (stops all their invoices)")),
        ],
        widget=forms.RadioSelect,
        initial=ReminderPause.Kind.DISPUTE,
    )
    reason = forms.CharField(label=gettext_lazy("What happened"), max_length=300, required=False)


class PlanForm(Form):
    """Promised payments: rows of a day and an amount; empty rows count for nothing."""

    reason = forms.CharField(label=gettext_lazy("What was agreed"), max_length=300, required=False)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for place in range(1, PROMISES + 1):
            self.fields[f"day_{place}"] = DayField(label=_("Day %(place)s") % {"place": place}, required=False)
            self.fields[f"amount_{place}"] = AmountField(
                label=_("Amount %(place)s (€)") % {"place": place}, required=False, zero=False
            )

    def clean(self) -> dict[str, Any]:
        """Refuse a day without an amount, and the reverse."""
        clean = super().clean() or {}
        for place in range(1, PROMISES + 1):
            day, amount = clean.get(f"day_{place}"), clean.get(f"amount_{place}")
            if (day is None) != (amount is None) and not {f"day_{place}", f"amount_{place}"} & set(self.errors):
                missing = f"amount_{place}" if amount is None else f"day_{place}"
                self.add_error(missing, ValidationError(_("Give both the day and the amount of a payment.")))
        if not self.errors and not self.promises():
            raise ValidationError(_("Enter at least one promised payment."))
        return clean

    def promises(self) -> list[Promise]:
        """Return what was promised."""
        rows = (
            (self.cleaned_data.get(f"day_{n}"), self.cleaned_data.get(f"amount_{n}")) for n in range(1, PROMISES + 1)
        )
        return [Promise(day, amount) for day, amount in rows if day is not None and amount is not None]

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The two fields of each row."""
        return [(self[f"day_{place}"], self[f"amount_{place}"]) for place in range(1, PROMISES + 1)]


class PolicyForm(Form):
    """When a cooperative reminds and what its terms of sale let it ask."""

    valid_from = DayField(label=gettext_lazy("Holds from"))
    friendly_days = forms.IntegerField(
        label=gettext_lazy("Days after the due date, first reminder"), min_value=1, max_value=365
    )
    formal_days = forms.IntegerField(label=gettext_lazy("Days after it, second reminder"), min_value=1, max_value=365)
    notice_days = forms.IntegerField(label=gettext_lazy("Days after that, notice to pay"), min_value=1, max_value=365)
    business_charges = forms.BooleanField(
        label=gettext_lazy("Ask businesses and public bodies for the interest and the lump sum of the law"),
        required=False,
    )
    private_rate = RateField(
        label=gettext_lazy("Interest of private persons, % a year"),
        required=False,
        zero=False,
        maximum=Decimal("0.99"),
        help_text=gettext_lazy("Only if the terms of sale name it; the law’s rate is the most. Empty: none."),
    )
    private_from = forms.ChoiceField(
        label=gettext_lazy("It runs from"), choices=ReminderPolicy.PrivateFrom.choices, required=False
    )
    private_penalty = forms.BooleanField(
        label=gettext_lazy("The terms of sale name a flat penalty for private persons, up to the caps of the law"),
        required=False,
    )
    reminder_cost = AmountField(
        label=gettext_lazy("Cost of a further reminder to a private person (€)"),
        required=False,
        help_text=gettext_lazy("Asked from the fourth late due date of a year on; at most 7.50. Empty: nothing."),
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for level in Level:
            for language, name in Language.choices:
                with translation.override(language):
                    shown = texts.standard(level)
                self.fields[f"text_{level}_{language}"] = forms.CharField(
                    label=f"{LevelChoice(level).label} · {name}", required=False, max_length=2000,
                    widget=forms.Textarea({"rows": 4, "placeholder": shown, "lang": language}),
                )  # fmt: skip

    @property
    def rule_fields(self) -> list[Any]:
        """The fields of the rules."""
        return [field for field in self.visible_fields() if not field.name.startswith("text_")]

    @property
    def text_fields(self) -> list[Any]:
        """The fields of the opening words."""
        return [field for field in self.visible_fields() if field.name.startswith("text_")]

    def terms(self) -> Terms:
        """Return the rules as plain values."""
        clean = self.cleaned_data
        return Terms(
            friendly_days=clean["friendly_days"],
            formal_days=clean["formal_days"],
            notice_days=clean["notice_days"],
            business_charges=clean["business_charges"],
            private_rate=clean["private_rate"],
            private_penalty=clean["private_penalty"],
            private_from=PrivateInterest(clean["private_from"] or PrivateInterest.AFTER_WAITING),
            reminder_cost=clean["reminder_cost"] or ZERO,
        )

    def texts(self) -> Mapping[str, Mapping[str, str]]:
        """Return the opening words that the cooperative wrote itself, by level and language."""
        written: dict[str, dict[str, str]] = {}
        for level in Level:
            for language, _name in Language.choices:
                text = self.cleaned_data[f"text_{level}_{language}"].strip()
                if text:
                    written.setdefault(level.value, {})[language] = text
        return written


def initial_of(policy: ReminderPolicy | None) -> dict[str, Any]:
    """Return what the form of rules shows: those that hold, else the usual days."""
    if policy is None:
        return {"friendly_days": 7, "formal_days": 15, "notice_days": 15, "business_charges": True}
    names = (
        "friendly_days", "formal_days", "notice_days", "business_charges", "private_rate", "private_penalty",
        "private_from", "reminder_cost",
    )  # fmt: skip
    words = {f"text_{level}_{language}": text for level, own in policy.texts.items() for language, text in own.items()}
    return {**{name: getattr(policy, name) for name in names}, **words}
