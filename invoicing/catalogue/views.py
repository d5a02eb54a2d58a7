"""The catalogue of an activity: its list, a service added or changed, offered no more or again."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from coop import choosing, clock, views
from coop import forms as form_errors
from coop.access import visibility
from coop.access.predicates import Subject
from coop.errors import Refused
from invoicing import editor
from invoicing.catalogue import forms, services
from invoicing.catalogue.models import Service
from invoicing.views.access import GET_AND_POST, choose_activity, named_activity, writable


def _service(request: HttpRequest, pk: UUID) -> Service:
    """Return a service that the person sees and may change; 404 for those of others."""
    service = get_object_or_404(Service.objects.visible_to(request.user).select_related("activity"), pk=pk)
    scope = {"activity": service.activity_id, "cooperative": service.cooperative_id}
    visibility.require(request.user, Subject.SALES, "w", **scope)
    return service


@login_required
@require_GET
def service_list(request: HttpRequest) -> HttpResponse:
    """Show what the chosen activities sell again and again."""
    chooser = choosing.chooser(request)
    found = Service.objects.visible_to(request.user).select_related("activity")
    if chooser.activity is not None:
        found = found.filter(activity=chooser.activity)
    elif chooser.cooperative is not None:
        found = found.filter(cooperative=chooser.cooperative)
    rows = sorted(found, key=lambda one: (one.retired_at is not None, one.activity.code, str(one).casefold()))
    context = {"services": rows, "several": chooser.activity is None, "may_write": bool(writable(request))}
    return render(request, "invoicing/catalogue/service_list.html", context)


@login_required
@require_http_methods(GET_AND_POST)
def service_new(request: HttpRequest) -> HttpResponse:
    """Add a service to a catalogue."""
    activity = named_activity(request)
    if activity is None:
        return choose_activity(request, _("New service"))
    form = forms.ServiceForm(request.POST or None, initial={"sale": editor.usual_sale(activity), "unit": "HUR"})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_service(
                activity=activity.pk, details=form.details(), by=request.user, at=clock.now(), key=form.key
            )
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("“%(service)s” is in the catalogue.") % {"service": made})
            return redirect("catalogue:service_list")
    context = {"activity": activity, "service": None}
    return views.page(request, "invoicing/catalogue/service_edit.html", context, form=form)


@login_required
@require_http_methods(GET_AND_POST)
def service_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a service; documents keep what they copied."""
    service = _service(request, pk)
    form = forms.ServiceForm(request.POST or None, initial=forms.initial(service), version=service.version)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_service(service_id=pk, details=form.details(), version=form.version, by=request.user)
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("The service was saved."))
            return redirect("catalogue:service_list")
    context = {
        "activity": service.activity,
        "service": service,
        "new_key": form_errors.Form().initial["idempotency_key"],
    }
    return views.page(request, "invoicing/catalogue/service_edit.html", context, form=form)


def _act(request: HttpRequest, pk: UUID, act: Callable[[], Service], done: str) -> HttpResponse:
    service = _service(request, pk)
    if request.method == "POST":
        try:
            act()
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, done % {"service": service})
    return redirect("catalogue:service_list")


@login_required
@require_http_methods(GET_AND_POST)
def service_retire(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Offer a service no more."""
    act = lambda: services.retire_service(service_id=pk, by=request.user, at=clock.now())  # noqa: E731
    return _act(request, pk, act, _("“%(service)s” is offered no more."))


@login_required
@require_http_methods(GET_AND_POST)
def service_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Offer a service again."""
    act = lambda: services.offer_again(service_id=pk, by=request.user)  # noqa: E731
    return _act(request, pk, act, _("“%(service)s” is offered again."))
