"""The policies of a cooperative: what holds, what held, what is planned, and what is still to settle before go-live."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from coop import choosing, clock, views
from coop import forms as coop_forms
from coop.access import visibility
from coop.access.predicates import Subject
from coop.administration import forms, queries, services
from coop.entities.models import Cooperative, FeePolicy, FundPolicy, ReservePolicy
from coop.errors import Refused

KINDS: dict[str, tuple[type[forms.PolicyForm], Callable[..., object], Any]] = {
    "fee": (forms.FeeForm, services.set_fee_policy, FeePolicy),
    "fund": (forms.FundForm, services.set_fund_policy, FundPolicy),
    "reserve": (forms.ReserveForm, services.set_reserve_policy, ReservePolicy),
}


def _readable(user: Any, pk: UUID) -> Cooperative:
    """Return a cooperative whose policies the user reads as a whole; of others there is no such page."""
    reached = visibility.access_of(user).cooperatives_with(Subject.POLICIES, "r")
    return get_object_or_404(Cooperative.objects.filter(pk__in=reached), pk=pk)


@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """Lead to the policies of the chosen cooperative."""
    cooperative = choosing.chooser(request).cooperative
    if cooperative is None:
        raise Http404
    return redirect("administration:policies", cooperative=cooperative.pk)


@require_safe
@login_required
@never_cache
def policies(request: HttpRequest, cooperative: UUID) -> HttpResponse:
    """Show the policies of a cooperative by kind."""
    found, on = _readable(request.user, cooperative), clock.today()
    context = {
        "cooperative": found,
        "kinds": [(name, queries.policies_of(found, model, on)) for name, (_form, _act, model) in KINDS.items()],
        "missing": [str(model._meta.verbose_name) for model in queries.policies_missing(found, on)],
        "may_set": visibility.may(request.user, Subject.POLICIES, "x", cooperative=found.pk),
        "today": on,
    }
    return views.page(request, "administration/policies.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def policy_new(request: HttpRequest, cooperative: UUID, kind: str) -> HttpResponse:
    """Set a policy from a day on."""
    found = _readable(request.user, cooperative)
    if kind not in KINDS:
        raise Http404(kind)
    visibility.require(request.user, Subject.POLICIES, "x", cooperative=found.pk)
    form_class, act, model = KINDS[kind]
    form = form_class(request.POST or None, cooperative=found)
    if request.method == "POST" and form.is_valid():
        try:
            act(cooperative=found, on=clock.today(), by=request.user, **form.values())
        except Refused as refused:
            coop_forms.refuse(form, refused)
        else:
            messages.success(request, _("The policy is set."))
            return redirect("administration:policies", cooperative=found.pk)
    context = {"cooperative": found, "name": model._meta.verbose_name}
    return views.page(request, "administration/policy_edit.html", context, form=form)
