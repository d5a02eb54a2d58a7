"""Forms of what stands beside the pay: allowances, wage attachments, the employer's own deductions."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from coop.forms import AmountField, DayField, Form, IbanField, MonthField, PriceField
from coop.periods import Month
from payroll.beside_models import DAYS_OF_A_MONTH, AllowanceTerms, PayDeduction, WageAttachment
from payroll.forms import HoursField

OWN_KINDS = [choice for choice in PayDeduction.Kind.choices if choice[0] != PayDeduction.Kind.RECOVERY]
"""The deductions that are recorded; a recovery is decided beside what is owed."""


class WithMonths(Form):
    """A form that begins or ends in a month of a list."""

    month_field = "since"

    def __init__(self, *arguments: Any, months: Sequence[Month], **options: Any) -> None:
        super().__init__(*arguments, **options)
        cast(MonthField, self.fields[self.month_field]).months = months


class DaysOfMonthForm(Form):
    """What a member enters of a month: kilometres on duty and days by bicycle."""

    kilometres = HoursField(
        label=_("Kilometres on duty with one’s own car"),
        help_text=_("Journeys for customers; not those between home and work."),
    )
    bicycle_days = forms.IntegerField(
        label=_("Days to work by bicycle"), min_value=0, max_value=DAYS_OF_A_MONTH, widget=forms.NumberInput
    )


class AllowanceMonthForm(DaysOfMonthForm):
    """What the payroll officer enters of a month: the vouchers too."""

    vouchers = forms.IntegerField(
        label=_("Meal vouchers"),
        min_value=0,
        max_value=DAYS_OF_A_MONTH,
        help_text=_("One for each day worked."),
        widget=forms.NumberInput,
    )


class AllowanceTermsForm(WithMonths):
    """What a contract grants beside pay, from a month on."""

    since = MonthField(label=_("From"))
    car_rate = PriceField(label=_("Own car on duty, € per kilometre"), required=False, zero=False)
    car_index = forms.ChoiceField(label=_("Legal rate that is followed"), choices=AllowanceTerms.CarIndex.choices)
    bicycle_rate = PriceField(label=_("Bicycle to work, € per kilometre"), required=False, zero=False)
    bicycle_kilometres = HoursField(
        label=_("Kilometres a day by bicycle"), required=False, zero=False, help_text=_("There and back.")
    )
    home_working = AmountField(label=_("Home working, € a month"), required=False)
    voucher_employer = AmountField(label=_("Meal voucher, share of the employer (€)"), required=False)
    voucher_worker = AmountField(label=_("Meal voucher, share of the worker (€)"), required=False)


class AttachmentForm(Form):
    """A wage attachment or assignment that was served on the employer."""

    kind = forms.ChoiceField(label=_("Kind"), choices=WageAttachment.Kind.choices)
    claim = AmountField(label=_("Claim (€)"), zero=False, help_text=_("What may still be claimed on the first day."))
    creditor = forms.CharField(label=_("To pay to"), max_length=120)
    iban = IbanField(label="IBAN")
    reference = forms.CharField(label=_("Reference of the creditor"), max_length=40)
    children = forms.IntegerField(
        label=_("Dependent children declared"),
        min_value=0,
        max_value=30,
        initial=0,
        help_text=_("Declared for the attachment, not those of the tax."),
        widget=forms.NumberInput,
    )
    valid_from = DayField(label=_("Served on"))


class DeductionForm(WithMonths):
    """What the employer deducts itself."""

    kind = forms.ChoiceField(label=_("Kind"), choices=OWN_KINDS)
    amount = AmountField(label=_("Amount (€)"), zero=False)
    per_month = AmountField(
        label=_("At most a month (€)"), required=False, zero=False, help_text=_("Empty: all that the law allows.")
    )
    since = MonthField(label=_("From"))
    given = forms.ChoiceField(
        label=_("Of an advance: was it paid?"),
        choices=[("already", _("it was paid and booked already")), ("to_pay", _("it is still to be paid out"))],
        help_text=_("An advance that is still to be paid out is booked now and stands under “To pay”."),
    )
    limit = forms.ChoiceField(label=_("Limit"), choices=PayDeduction.Limit.choices)
    reason = forms.CharField(label=_("Reason, which the member reads"), widget=forms.Textarea(attrs={"rows": 2}))


class RecoveryForm(WithMonths):
    """From which pay on what a member owes is deducted, at most how much, and why."""

    since = MonthField(label=_("Deducted from the pay of"))
    per_month = AmountField(
        label=_("At most a month (€)"), required=False, zero=False, help_text=_("Empty: all that the law allows.")
    )
    reason = forms.CharField(label=_("Reason, which the member reads"), widget=forms.Textarea(attrs={"rows": 2}))


class EndAttachmentForm(Form):
    """The day from which an attachment withholds nothing."""

    until = DayField(label=_("Withholds nothing from"))


class EndDeductionForm(WithMonths):
    """The month from which nothing more is deducted."""

    month_field = "until"
    until = MonthField(label=_("Deducts nothing from"))
