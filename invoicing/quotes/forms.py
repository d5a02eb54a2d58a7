"""Forms of quotes."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from coop.forms import AmountField, DayField, Form, QuantityField
from invoicing.content import DraftLine
from invoicing.forms import HUNDRED
from invoicing.models import Customer
from invoicing.quotes.content import Planned, QuoteContent
from invoicing.quotes.models import Instalment, Quote

DEPOSITS = 4
"""So many deposits can be announced on a quote; the final invoice is one more."""


class QuoteForm(Form):
    """The head of a quote, with the deposits that it announces."""

    customer = forms.ChoiceField(label=_("Customer"), required=False)
    reference = forms.CharField(label=_("Customer’s reference"), max_length=60, required=False)
    valid_until = DayField(
        label=_("Valid until"), required=False, help_text=_("Empty: thirty days from the day it is sent.")
    )
    note = forms.CharField(
        label=_("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Printed."),
    )  # fmt: skip

    def __init__(self, *arguments: Any, customers: Iterable[Customer], **options: Any) -> None:
        super().__init__(*arguments, **options)
        choice: Any = self.fields["customer"]
        choice.choices = [("", "–"), *((str(one.pk), one.name) for one in customers)]
        for number in range(1, DEPOSITS + 1):
            self.fields[f"label_{number}"] = forms.CharField(label=_("When"), max_length=120, required=False)
            self.fields[f"percent_{number}"] = QuantityField(
                label=_("Share (%)"), required=False, zero=False, maximum=HUNDRED
            )
            self.fields[f"planned_{number}"] = DayField(label=_("Planned on"), required=False)

    @property
    def deposits(self) -> list[dict[str, forms.BoundField]]:
        """The rows of announced deposits, as the page shows them."""
        return [
            {
                "label": self[f"label_{number}"],
                "percent": self[f"percent_{number}"],
                "planned": self[f"planned_{number}"],
            }
            for number in range(1, DEPOSITS + 1)
        ]

    @property
    def has_deposits(self) -> bool:
        """Whether a deposit is typed, or one was refused."""
        return any(bool(row["percent"].value() or row["label"].value()) for row in self.deposits)

    def clean(self) -> dict[str, Any]:
        """Refuse a deposit without its share or without its moment."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        for number in range(1, DEPOSITS + 1):
            label, percent = clean.get(f"label_{number}"), clean.get(f"percent_{number}")
            if label and percent is None and f"percent_{number}" not in self.errors:
                self.add_error(f"percent_{number}", ValidationError(_("Type the share of this deposit."), code="share"))
            if percent is not None and not label:
                self.add_error(
                    f"label_{number}", ValidationError(_("Say when it is due: “at the order”."), code="label")
                )
        return clean

    def content(self, lines: Sequence[DraftLine]) -> QuoteContent:
        """Return what was typed, whole or not."""
        clean = self.cleaned_data
        planned = [
            Planned(clean[f"label_{number}"], clean[f"percent_{number}"], clean[f"planned_{number}"])
            for number in range(1, DEPOSITS + 1)
            if clean.get(f"percent_{number}")
        ]
        return QuoteContent(
            customer=clean.get("customer") or None, lines=lines, instalments=planned,
            valid_until=clean.get("valid_until"), reference=clean.get("reference") or "", note=clean.get("note") or "",
        )  # fmt: skip


def initial(quote: Quote, instalments: Sequence[Instalment]) -> dict[str, Any]:
    """Return the head of a draft as the form shows it."""
    values: dict[str, Any] = {name: getattr(quote, name) for name in ("reference", "valid_until", "note")}
    values["customer"] = str(quote.customer_id or "")
    for number, one in enumerate(instalments, start=1):
        values |= {f"label_{number}": one.label, f"percent_{number}": one.percent, f"planned_{number}": one.planned_on}
    return values


def kept_lines_initial(lines: Iterable[Any]) -> list[Mapping[str, Any]]:
    """Return kept lines as the formset shows them."""
    names = ("description", "quantity", "unit", "unit_price", "sale")
    return [
        {
            **{name: getattr(line, name) for name in names},
            "discount_percent": line.discount_percent or None,
            **line.unread,
        }
        for line in lines
    ]


class SendForm(Form):
    """Until when a quote holds that is about to be sent, and how it reaches the customer."""

    valid_until = DayField(label=_("Valid until"))
    how = forms.ChoiceField(label=_("How"), widget=forms.RadioSelect)

    def __init__(self, *arguments: Any, mail_to: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        how: Any = self.fields["how"]
        by_hand = ("link", _("I send the link myself"))
        by_mail = [("mail", _("By e-mail to %(address)s") % {"address": mail_to})] if mail_to else []
        how.choices = [*by_mail, by_hand]
        how.initial = how.choices[0][0]


class AnswerForm(Form):
    """What the customer answers on its page."""

    answer = forms.ChoiceField(choices=[(Quote.State.ACCEPTED.value, ""), (Quote.State.REFUSED.value, "")])
    name = forms.CharField(label=_("Your first and last name"), max_length=120)
    reason = forms.CharField(
        label=_("Why not, if you wish to say so"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class RecordAnswerForm(Form):
    """What a customer answered elsewhere."""

    answer = forms.ChoiceField(
        label=_("Answer"), widget=forms.RadioSelect,
        choices=[(Quote.State.ACCEPTED.value, _("accepted")), (Quote.State.REFUSED.value, _("refused"))],
    )  # fmt: skip
    name = forms.CharField(label=_("Who answered"), max_length=120)
    note = forms.CharField(
        label=_("How you know"), max_length=500, help_text=_("For example: by e-mail of 14 September, signed on paper.")
    )


class DepositForm(Form):
    """How much a deposit invoice asks for."""

    size = AmountField(label=_("How much"), zero=False)
    of = forms.ChoiceField(
        label=_("In"),
        choices=[("percent", _("percent of the quote")), ("amount", _("€ excluding VAT"))],
        initial="percent",
    )

    def clean(self) -> dict[str, Any]:
        """Refuse more than the whole."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        if clean.get("of") == "percent" and (clean.get("size") or Decimal(0)) > HUNDRED:
            self.add_error("size", ValidationError(_("This must be at most %(limit)s."), params={"limit": HUNDRED}))
        return clean


class AboveForm(Form):
    """Why more than the quote is charged."""

    reason = forms.CharField(
        label=_("Why more is charged"), max_length=200, help_text=_("The customer reads it on the invoice.")
    )
