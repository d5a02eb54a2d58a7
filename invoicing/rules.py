"""The page on which an administrator says what holds for sales and costs: the kilometre rate, and who validates."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from coop import choosing, clock, views
from coop import forms as form_errors
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity, Cooperative
from coop.errors import Refused
from coop.forms import DayField, Form, PriceField
from invoicing import services
from invoicing.models import ValidationRule
from invoicing.purchases import services as costs
from invoicing.purchases.models import KilometreRate


class RateForm(Form):
    """What a kilometre is paid, from a day on."""

    amount = PriceField(label=gettext_lazy("EUR a kilometre"), zero=False, maximum=Decimal("9.9999"))
    valid_from = DayField(label=gettext_lazy("holds from"))


class ValidationForm(Form):
    """For which activity the coach validates from today on, or no longer."""

    activity = forms.ModelChoiceField(
        label=gettext_lazy("activity"), queryset=Activity.objects.none(), empty_label=None
    )

    def __init__(self, *arguments: Any, activities: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["activity"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = activities


def cooperatives(user: Any) -> list[Cooperative]:
    """Return the cooperatives whose rules a user sets."""
    reached = visibility.access_of(user).cooperatives_with(Subject.POLICIES, "x")
    return list(Cooperative.objects.filter(pk__in=reached).order_by("name"))


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the rules of the chosen cooperative, or of the first."""
    reached = cooperatives(request.user)
    if not reached:
        raise PermissionDenied("policies x")
    chosen = choosing.chooser(request).cooperative
    return redirect("invoicing:rules", (chosen if chosen in reached else reached[0]).pk)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def show(request: HttpRequest, cooperative: UUID) -> HttpResponse:
    """Show the kilometre rates and who validates what; set a rate, or change who validates from today on."""
    reached = visibility.access_of(request.user).cooperatives_with(Subject.POLICIES, "r")
    owner = get_object_or_404(Cooperative.objects.filter(pk__in=reached), pk=cooperative)
    if owner not in cooperatives(request.user):
        raise PermissionDenied("policies x")
    today, act = clock.today(), request.POST.get("act", "")
    activities = Activity.objects.filter(cooperative=owner, kind=Activity.Kind.MEMBERS).order_by("code")
    validated = ValidationRule.objects.filter(activity__cooperative=owner).on(today)
    free = activities.exclude(pk__in=validated.values("activity"))
    rate = RateForm(request.POST if act == "rate" else None)
    validation = ValidationForm(request.POST if act == "validate" else None, activities=free)
    if request.method == "POST" and _done(request, owner, act, rate, validation):
        return redirect("invoicing:rules", owner.pk)
    context = {
        "cooperative": owner,
        "choices": cooperatives(request.user),
        "rates": KilometreRate.objects.filter(cooperative=owner).order_by("-valid_from"),
        "rate_form": rate,
        "rules": validated.select_related("activity").order_by("activity__code"),
        "validation_form": validation if free.exists() else None,
    }
    page = views.page(request, "invoicing/rules.html", context)
    if request.method == "POST":
        page.status_code = 422
    return page


def _done(request: HttpRequest, owner: Cooperative, act: str, rate: RateForm, validation: ValidationForm) -> bool:
    """Do what the form that was sent asks; False when it was refused."""
    today = clock.today()
    if act == "rate" and rate.is_valid():
        try:
            costs.set_kilometre_rate(cooperative=owner.pk, by=request.user, **rate.values())
        except Refused as refused:
            form_errors.refuse(rate, refused)
            return False
        messages.success(request, _("The rate is recorded."))
        return True
    if act == "validate" and validation.is_valid():
        activity = validation.cleaned_data["activity"]
        services.require_validation(activity=activity.pk, on=today, by=request.user)
        messages.success(request, _("From today on the coach validates the invoices of %(name)s.") % {"name": activity})
        return True
    if act == "lift":
        rule = ValidationRule.objects.filter(
            activity__cooperative=owner, pk=_uuid(request.POST.get("rule", ""))
        ).first()
        if rule is None:
            raise Http404("rule")
        services.lift_validation(activity=rule.activity_id, on=today, by=request.user)
        messages.success(request, _("From today on the entrepreneurs issue their invoices by themselves."))
        return True
    return False


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404(text) from None
