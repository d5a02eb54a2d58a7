"""Forms of payroll."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from coop.entities.models import Cooperative
from coop.forms import AmountField, DayField, Form, MonthField, QuantityField, RateField
from coop.periods import Month
from members.models import EmploymentContract, Person
from payroll.exceptional import Nature
from payroll.models import EmployerTerms, SalaryOrder


class WishForm(Form):
    """What somebody wishes to be paid: a kind of amount, and how much."""

    target = forms.ChoiceField(label=_("I give"), choices=SalaryOrder.Target.choices)
    amount = AmountField(label=_("Amount (€)"), zero=False)


class OfficerOrderForm(WishForm):
    """A salary order that the payroll officer sends for a member."""

    person = forms.ModelChoiceField(label=_("Member"), queryset=Person.objects.none())
    field_order = ("person", "target", "amount")

    def __init__(self, *arguments: Any, people: QuerySet[Person], **options: Any) -> None:
        super().__init__(*arguments, **options)
        cast(forms.ModelChoiceField, self.fields["person"]).queryset = people


class CorrectionForm(WishForm):
    """Another amount for an order, with a reason."""

    reason = forms.CharField(label=_("Reason, which the member reads"), widget=forms.Textarea(attrs={"rows": 2}))


class HoursField(QuantityField):
    """Hours with up to two decimals."""

    decimals = 2


class PayslipCorrectionForm(Form):
    """What was really due of an approved payslip, and why it was wrong."""

    gross = AmountField(
        label=_("Gross really due (€)"), zero=False, help_text=_("The whole gross of the month, not the difference.")
    )
    hours = HoursField(label=_("Hours paid, on average a week"), zero=False)
    reason = forms.CharField(
        label=_("Reason, which the member and the person who approves read"), widget=forms.Textarea(attrs={"rows": 2})
    )


class ReasonForm(Form):
    """A reason, which somebody else reads."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), required=False)


class NoteForm(Form):
    """What whoever checked a run tells the person who approves it."""

    reason = forms.CharField(
        label=_("Note for the person who approves"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )


class OpenForm(Form):
    """Which month of which cooperative is to be opened."""

    cooperative = forms.ModelChoiceField(label=_("Cooperative"), queryset=Cooperative.objects.none(), empty_label=None)
    month = MonthField(label=_("Month"))

    def __init__(self, *arguments: Any, cooperatives: Sequence[Cooperative], months: Sequence[Month], **options: Any):
        super().__init__(*arguments, **options)
        cast(forms.ModelChoiceField, self.fields["cooperative"]).queryset = Cooperative.objects.filter(
            pk__in=[one.pk for one in cooperatives]
        ).order_by("name")
        cast(MonthField, self.fields["month"]).months = months


class ExceptionalForm(OpenForm):
    """Which payment beside the month's pay is to be made, in which month."""

    nature = forms.ChoiceField(label=_("Payment"), choices=Nature.choices)
    field_order = ("cooperative", "nature", "month")


class GivenForm(Form):
    """What the payroll officer knows of a member better than the records; only what the payment rests on is asked."""

    months = forms.IntegerField(
        label=_("Months counted"), min_value=1, max_value=12, required=False,
        help_text=_("Empty: by the contract, a month counts when the contract holds on its 15th."),
    )  # fmt: skip
    earned_this_year = AmountField(
        label=_("Gross of this year without holiday taken (€)"), required=False,
        help_text=_("Empty: all that was paid this year. Zero when that holiday was taken and paid."),
    )  # fmt: skip
    earned_before = AmountField(
        label=_("Gross of the year before without holiday taken (€)"), required=False,
        help_text=_("Empty: all that was paid then, or nothing when this year's double holiday pay was paid."),
    )  # fmt: skip
    monthly_pay = AmountField(
        label=_("Monthly pay (€)"), zero=False, required=False,
        help_text=_("Empty: the contractual wage, and the average of what was paid above it in the twelve months before."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason, which the person who approves reads"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )

    def __init__(self, *arguments: Any, fields: Sequence[str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in ("months", "earned_this_year", "earned_before", "monthly_pay"):
            if name not in fields:
                del self.fields[name]


class LeaveOutForm(Form):
    """Why a member is left out of an exceptional run."""

    reason = forms.CharField(label=_("Why nothing is due"), widget=forms.Textarea(attrs={"rows": 2}))


class DaysCorrectionForm(Form):
    """Why the days of an approved payslip were others."""

    reason = forms.CharField(
        label=_("What the days really were, and why"), widget=forms.Textarea(attrs={"rows": 2}), required=False,
        help_text=_("The member and the person who approves read it."),
    )  # fmt: skip


class WithdrawalForm(Form):
    """Why a payment that was approved was not due at all."""

    reason = forms.CharField(
        label=_("Why it was not due"), widget=forms.Textarea(attrs={"rows": 2}), required=False,
        help_text=_("The member and the person who approves read it."),
    )  # fmt: skip


class ConfirmForm(Form):
    """An act that cannot be undone is confirmed by typing the month."""

    typed = forms.CharField(label=_("Type the month (for example 2026-09) to confirm"), max_length=7)

    def __init__(self, *arguments: Any, month: Month, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.month = month
        self.fields["typed"].help_text = _("The month of this run is %(month)s.") % {"month": month}

    def clean_typed(self) -> str:
        """Compare with the month of the run."""
        typed: str = self.cleaned_data["typed"]
        if typed.strip() not in {str(self.month), f"{self.month.number:02d}/{self.month.year}"}:
            raise forms.ValidationError(_("This is not the month of the run, %(month)s.") % {"month": self.month})
        return typed


class TermsForm(Form):
    """What a cooperative is as an employer, from a day on."""

    cooperative = forms.ModelChoiceField(label=_("Cooperative"), queryset=Cooperative.objects.none(), empty_label=None)
    valid_from = DayField(label=_("Valid from"))
    joint_committee = forms.ChoiceField(label=_("Joint committee"), choices=[("200", "200")])
    headcount_class = forms.ChoiceField(label=_("Number of workers"), choices=EmployerTerms.Headcount.choices)
    commercial_purpose = forms.BooleanField(label=_("Commercial purpose (closure fund)"), required=False)
    onss_number = forms.CharField(label=_("Employer number (ONSS/RSZ)"), max_length=14)
    cut_off_day = forms.IntegerField(label=_("Last day for salary orders"), min_value=1, max_value=31, initial=20)
    pay_day = forms.IntegerField(label=_("Day of payment"), min_value=1, max_value=31, initial=28)
    accident_insurance_rate = RateField(label=_("Rate of the work-accident insurance (%)"))
    fixed_costs = AmountField(label=_("Fixed costs a month and person (€)"))
    holiday_provision = forms.ChoiceField(
        label=_("Provision for holiday pay"), choices=EmployerTerms.HolidayProvision.choices
    )
    reduction_policy = forms.ChoiceField(label=_("Structural reduction"), choices=EmployerTerms.ReductionPolicy.choices)
    end_of_year_premium = forms.BooleanField(
        label=_("Provision for the end-of-year premium"), required=False, initial=True
    )
    annual_premium = forms.BooleanField(label=_("Provision for the annual premium"), required=False, initial=True)
    eco_vouchers = forms.BooleanField(label=_("Provision for eco vouchers"), required=False, initial=True)

    def __init__(self, *arguments: Any, cooperatives: Sequence[Cooperative], **options: Any) -> None:
        super().__init__(*arguments, **options)
        cast(forms.ModelChoiceField, self.fields["cooperative"]).queryset = Cooperative.objects.filter(
            pk__in=[one.pk for one in cooperatives]
        ).order_by("name")


class ContractField(forms.ModelChoiceField):
    """A contract of employment, shown with the name of the member and of the cooperative."""

    def label_from_instance(self, contract: EmploymentContract) -> str:
        """Name it."""
        return f"{contract.person}, {contract.worker_number}, {contract.cooperative.name}"


class FirstHireForm(Form):
    """For whom the reduction of a first hire is claimed, from which quarter on, and why."""

    contract = ContractField(label=_("Member"), queryset=EmploymentContract.objects.none(), empty_label=None)
    rank = forms.TypedChoiceField(
        label=_("Rank among the first workers"), coerce=int, choices=[(rank, rank) for rank in range(1, 6)]
    )
    since = MonthField(label=_("Claimed from the quarter that begins in"))
    counted_from = MonthField(
        label=_("The reduction began in the quarter of"),
        help_text=_(
            "The quarter of hiring, also when it was before the first day here; every quarter counts from there."
        ),
    )
    reason = forms.CharField(
        label=_("Why the cooperative counts as a new employer"),
        help_text=_(
            "A new cooperative of an existing group usually does not: the rule of the technical business unit."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, *arguments: Any, cooperatives: Sequence[Cooperative], on: date, quarters: Sequence[Month],
        counted: Sequence[Month], **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*arguments, **options)
        cast(ContractField, self.fields["contract"]).queryset = (
            EmploymentContract.objects.filter(cooperative__in=[one.pk for one in cooperatives])
            .overlapping(on, None)
            .select_related("person", "cooperative")
            .order_by("person__sort_name", "worker_number")
        )
        cast(MonthField, self.fields["since"]).months = quarters
        cast(MonthField, self.fields["counted_from"]).months = counted


class FirstHireEndForm(Form):
    """From which quarter on the reduction of a first hire is claimed no more."""

    until = MonthField(label=_("Claimed no more from the quarter that begins in"))

    def __init__(self, *arguments: Any, quarters: Sequence[Month], **options: Any) -> None:
        super().__init__(*arguments, **options)
        cast(MonthField, self.fields["until"]).months = quarters
