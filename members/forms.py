"""Forms about people, their membership, activities, contracts and family."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coop.entities.models import Activity, Cooperative, Language
from coop.forms import AmountField, DayField, Form, IbanField, NissField, QuantityField
from members.models import ContractVersion, EmploymentContract, Situation, Status


class CooperativeField(forms.ModelChoiceField):
    """One of the cooperatives in which the person has the right; chosen already when there is one only."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Cooperative.objects.none(), label=_("cooperative"), empty_label=None, **options)


class OfCooperative(Form):
    """The base of the forms that are about one cooperative."""

    cooperative = CooperativeField()

    def __init__(self, *arguments: Any, cooperatives: Sequence[Cooperative], **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["cooperative"]
        assert isinstance(field, CooperativeField)
        field.queryset = Cooperative.objects.filter(pk__in=[one.pk for one in cooperatives]).order_by("name")
        if len(cooperatives) == 1:
            field.initial = cooperatives[0].pk


class Details(forms.Form):
    """The ordinary details of a person."""

    first_name = forms.CharField(label=_("first name"), max_length=60)
    last_name = forms.CharField(label=_("last name"), max_length=60)
    email = forms.EmailField(label=_("e-mail"))
    phone = forms.CharField(label=_("telephone"), max_length=30, required=False)
    language = forms.ChoiceField(label=_("language"), choices=Language.choices)
    street = forms.CharField(label=_("street and number"), max_length=120, required=False)
    postcode = forms.CharField(label=_("postcode"), max_length=10, required=False)
    town = forms.CharField(label=_("town"), max_length=60, required=False)


class DetailsForm(Form, Details):
    """Change the details of a person."""


class AdmitForm(Details, OfCooperative):
    """Admit somebody to a cooperative."""

    status = forms.ChoiceField(label=_("status"), choices=Status.choices)
    valid_from = DayField(label=_("member from"))
    niss = NissField(label=_("national number (NISS/INSZ)"), required=False)
    iban = IbanField(label=_("account on which wages are paid (IBAN)"), required=False)

    def __init__(self, *arguments: Any, with_identity: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if not with_identity:
            del self.fields["niss"], self.fields["iban"]


class IdentityForm(Form):
    """Record national number and account; what is left empty stays as it is."""

    niss = NissField(
        label=_("national number (NISS/INSZ)"), required=False, help_text=_("Left empty, the recorded one stays.")
    )
    iban = IbanField(
        label=_("account on which wages are paid (IBAN)"),
        required=False,
        help_text=_("Left empty, the recorded one stays."),
    )


class MembershipForm(OfCooperative):
    """Start a membership, or go on under another status."""

    status = forms.ChoiceField(label=_("status"), choices=Status.choices)
    valid_from = DayField(label=_("from"))


class EndForm(Form):
    """End something on a day."""

    valid_until = DayField(label=_("first day without it"))


class ActivityForm(OfCooperative):
    """Open an activity that the person runs."""

    code = forms.CharField(label=_("code"), max_length=20, help_text=_("unique in the cooperative, for example A-021"))
    name = forms.CharField(label=_("name"), max_length=120)
    valid_from = DayField(label=_("from"))
    weight = QuantityField(
        label=_("weight in the person’s salary cost"),
        help_text=_("shares the cost of one wage among several activities"),
    )


class JoinForm(Form):
    """Let the person run an activity that exists."""

    activity = forms.ModelChoiceField(label=_("activity"), queryset=Activity.objects.none())
    valid_from = DayField(label=_("from"))
    weight = QuantityField(label=_("weight in the person’s salary cost"))

    def __init__(self, *arguments: Any, cooperatives: Sequence[Cooperative], **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["activity"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Activity.objects.filter(
            cooperative__in=cooperatives, kind=Activity.Kind.MEMBERS, closed_on__isnull=True
        ).order_by("cooperative__name", "code")


class Terms(forms.Form):
    """Hours, wage and scale of a contract."""

    joint_committee = forms.CharField(label=_("joint committee"), max_length=10, help_text=_("for example 200"))
    weekly_hours = QuantityField(label=_("hours a week"), zero=False)
    full_time_hours = QuantityField(label=_("full-time hours a week"), zero=False)
    scale_class = forms.ChoiceField(label=_("class of function"), choices=ContractVersion.ScaleClass.choices)
    gross = AmountField(label=_("gross wage a month, for these hours (EUR)"), zero=False)
    derogation = forms.CharField(
        label=_("derogation"),
        max_length=200,
        required=False,
        help_text=_("ground for fewer hours than one third of full time; else empty"),
    )


class LateForm(Form):
    """A form whose fact may touch a month that is paid: the reason is asked for only when it does."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if "late_reason" in self.data:
            self.ask_reason()

    def ask_reason(self) -> None:
        """Ask why the fact is recorded only now."""
        self.fields["late_reason"] = forms.CharField(
            label=_("why it is recorded only now"),
            required=False,
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text=_("the person reads it"),
        )


class DeclarationForm(Form):
    """Note the declaration of work of a contract."""

    declared_on = DayField(label=_("declared on"))
    number = forms.CharField(label=_("number of the declaration"), max_length=20, required=False)


class ContractForm(Terms, LateForm, OfCooperative):
    """Sign a contract."""

    kind = forms.ChoiceField(label=_("kind"), choices=EmploymentContract.Kind.choices)
    signed_on = DayField(label=_("signed on"))
    valid_from = DayField(label=_("first day"))
    valid_until = DayField(label=_("end (first day without it)"), required=False)
    experience_from = DayField(
        label=_("experience counts from"), help_text=_("day from which years of experience count for the scale")
    )
    worker_number = forms.CharField(
        label=_("worker number"), max_length=20, required=False, help_text=_("empty: the next one of the cooperative")
    )


class ContractEndForm(LateForm, EndForm):
    """End a contract on a day."""


class AmendForm(LateForm, Terms):
    """Amend a contract from a day on."""

    signed_on = DayField(label=_("signed on"))
    valid_from = DayField(label=_("holds from"))


class SituationForm(LateForm):
    """Record the family situation from a day on."""

    valid_from = DayField(label=_("holds from"))
    household = forms.ChoiceField(label=_("household"), choices=Situation.Household.choices)
    children = forms.IntegerField(label=_("dependent children"), min_value=0, max_value=30, initial=0)
    disabled_children = forms.IntegerField(label=_("of whom disabled"), min_value=0, max_value=30, initial=0)
    single_parent = forms.BooleanField(label=_("single parent"), required=False)
    disabled = forms.BooleanField(label=_("disabled"), required=False)
    disabled_spouse = forms.BooleanField(label=_("disabled spouse"), required=False)
    other_dependants = forms.IntegerField(label=_("other dependants"), min_value=0, max_value=30, initial=0)
    dependants_65 = forms.IntegerField(
        label=_("dependants of 65 or more who need care"), min_value=0, max_value=30, initial=0
    )


class AgreementForm(OfCooperative):
    """Start the accompaniment of a candidate."""

    signed_on = DayField(label=_("signed on"))
    valid_from = DayField(label=_("first day"))
    valid_until = DayField(
        label=_("end (first day without it)"),
        required=False,
        help_text=_("empty: the last day allowed, 18 months in all"),
    )
    benefit_end_date = DayField(label=_("benefits end on"), required=False)
