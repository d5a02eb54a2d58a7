"""Forms of policies: fee, mutual fund, reserve. Each is dated, and applies to the cooperative or to one activity."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop import typed
from coop.entities.models import Activity, Cooperative, Moment
from coop.forms import AmountField, DayField, Form, QuantityField, RateField


class PolicyForm(Form):
    """The base: from which day, and for one activity only or for all."""

    activity = forms.ModelChoiceField(
        label=gettext_lazy("activity"), queryset=Activity.objects.none(), required=False,
        empty_label=gettext_lazy("all activities"),
    )  # fmt: skip
    valid_from = DayField(label=gettext_lazy("holds from"))

    def __init__(self, *arguments: Any, cooperative: Cooperative, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["activity"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Activity.objects.filter(cooperative=cooperative, kind=Activity.Kind.MEMBERS).order_by("code")


class FeeForm(PolicyForm):
    """The cooperative's fee by tiers of yearly turnover."""

    moment = forms.ChoiceField(label=gettext_lazy("booked"), choices=Moment.choices)
    tiers = forms.CharField(
        label=gettext_lazy("tiers"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "One a line: the yearly turnover from which it holds, a colon, the rate in percent. The first begins at 0:"
            " for example “0: 11”, then “40000: 10”."
        ),
    )

    def clean_tiers(self) -> list[list[str]]:
        """Read the lines, each as [from amount, rate]; order and limits are checked by the service."""
        tiers = []
        for line in self.cleaned_data["tiers"].splitlines():
            if not line.strip():
                continue
            start, colon, rate = line.partition(":")
            try:
                if not colon:
                    raise typed.Unreadable(_("There is no colon."), code="shape")
                amount = typed.number(start.strip(), decimals=2)
                percent = typed.number(rate.strip().removesuffix("%").strip(), decimals=4)
            except typed.Unreadable as unreadable:
                raise ValidationError(
                    _("The line “%(line)s” cannot be read: %(reason)s"),
                    code="tiers", params={"line": line.strip(), "reason": unreadable.message},
                ) from None  # fmt: skip
            tiers.append([str(amount), str(percent / Decimal(100))])
        return tiers


class FundForm(PolicyForm):
    """The contribution to the mutual fund."""

    moment = forms.ChoiceField(label=gettext_lazy("booked"), choices=Moment.choices)
    rate = RateField(label=gettext_lazy("rate of turnover, in percent"), maximum=Decimal("0.9999"))


class ReserveForm(PolicyForm):
    """What activities keep back."""

    months = QuantityField(label=gettext_lazy("months of employer cost"), required=False, maximum=Decimal(99))
    amount = AmountField(label=gettext_lazy("or a fixed amount (EUR)"), required=False)
    contract_may_draw = forms.BooleanField(
        label=gettext_lazy("the contractual wage may draw on the reserve"), required=False, initial=True
    )
