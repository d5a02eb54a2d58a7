"""People and roles of a cooperative: who may do what, since when; give a role, end one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from coop import clock, views
from coop import forms as coop_forms
from coop.access import forms, queries, services, visibility
from coop.access.models import Grant, Role
from coop.entities.models import Cooperative
from coop.errors import Refused


def _administered(user: Any, pk: UUID) -> Cooperative:
    """Return a cooperative whose roles the user gives; 403 for one in which they have another role, 404 for others."""
    found = queries.administered(user).filter(pk=pk).first()
    if found is not None:
        return found
    if any(pk in ids for ids in visibility.access_of(user).cooperatives.values()):
        raise PermissionDenied("grants w")
    return get_object_or_404(Cooperative.objects.none(), pk=pk)


@require_safe
@login_required
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """Lead to the roles of the cooperative that the person administers; choose when there are several."""
    found = list(queries.administered(request.user).order_by("name"))
    if not found:
        raise PermissionDenied("grants w")
    if len(found) == 1:
        return redirect("access:roles", cooperative=found[0].pk)
    return views.page(request, "access/role_choose.html", {"cooperatives": found})


@require_safe
@login_required
@never_cache
def roles(request: HttpRequest, cooperative: UUID) -> HttpResponse:
    """List the roles of a cooperative: those that hold or are planned, then those that have ended."""
    found, on = _administered(request.user, cooperative), clock.today()
    grants = list(queries.grants_of(found))
    context = {
        "cooperative": found,
        "present": [grant for grant in grants if grant.valid_until is None or grant.valid_until > on],
        "past": [grant for grant in grants if grant.valid_until is not None and grant.valid_until <= on],
        "today": on,
        "above": frozenset() if Role.GROUP_ADMIN in visibility.access_of(request.user).roles else {Role.GROUP_ADMIN},
    }
    return views.page(request, "access/role_list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def role_new(request: HttpRequest, cooperative: UUID) -> HttpResponse:
    """Give somebody a role in a cooperative, or invite somebody new with one."""
    found = _administered(request.user, cooperative)
    form = forms.GrantForm(
        request.POST or None, cooperative=found, by=request.user,
        initial={"valid_from": clock.today(), "language": found.language},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            services.invite(
                user=values["user"], name=values["name"], email=values["email"], language=values["language"],
                role=Role(values["role"]), valid_from=values["valid_from"], valid_until=values["valid_until"],
                by=request.user, **form.scope(),
            )  # fmt: skip
        except Refused as refused:
            coop_forms.refuse(form, refused)
        else:
            messages.success(request, _("The role is given."))
            return redirect("access:roles", cooperative=found.pk)
    return views.page(request, "access/role_edit.html", {"cooperative": found}, form=form)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def role_end(request: HttpRequest, cooperative: UUID, pk: UUID) -> HttpResponse:
    """End a role on a day."""
    found = _administered(request.user, cooperative)
    grant: Grant = get_object_or_404(queries.grants_of(found), pk=pk)
    form = forms.EndForm(request.POST or None, initial={"valid_until": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            services.end_role(grant=grant, valid_until=form.values()["valid_until"], by=request.user)
        except Refused as refused:
            coop_forms.refuse(form, refused)
        else:
            messages.success(request, _("The role ends."))
            return redirect("access:roles", cooperative=found.pk)
    return views.page(request, "access/role_end.html", {"cooperative": found, "grant": grant}, form=form)
