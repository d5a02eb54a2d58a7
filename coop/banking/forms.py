"""Forms of money paid out."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from coop.entities.models import BankAccount, Cooperative
from coop.forms import AmountField, DayField, Form


class WagesForm(Form):
    """From which account and when all wages of a month were paid."""

    on = DayField(label=_("Booked on"))
    bank_account = forms.ModelChoiceField(label=_("Account"), queryset=BankAccount.objects.none(), empty_label=None)

    def __init__(self, *arguments: Any, cooperative: Cooperative, **options: Any) -> None:
        super().__init__(*arguments, **options)
        accounts = BankAccount.objects.filter(cooperative=cooperative).order_by("account_number")
        cast(forms.ModelChoiceField, self.fields["bank_account"]).queryset = accounts


class DebtForm(WagesForm):
    """The payment of one debt."""

    amount = AmountField(label=_("Amount (€)"), zero=False)
    reference = forms.CharField(
        label=_("Reference of the bank"),
        max_length=80,
        required=False,
        help_text=_("The same reference is recorded once."),
    )
    field_order = ("idempotency_key", "row_version", "amount", "on", "bank_account", "reference")
