"""The page of the reduction for first hires: who counts as one, since when and why; claimed and ended by the payroll office."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from coop import clock, views
from coop import forms as form_errors
from coop.errors import Refused
from coop.periods import Month
from payroll import forms, pages, services
from payroll.models import FirstHire

QUARTERS_BACK, QUARTERS_AHEAD, COUNTED_BACK = 1, 4, 24


def quarters(back: int) -> list[Month]:
    """Return the first months of some quarters before this one and of those that follow, the latest first."""
    today = Month.of(clock.today())
    first = today.plus(1 - today.place_in_quarter)
    return [first.plus(3 * place) for place in range(QUARTERS_AHEAD, -back - 1, -1)]


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def first_hires(request: HttpRequest) -> HttpResponse:
    """Show for whom the reduction is claimed, and claim it."""
    mine = pages.officer_cooperatives(request.user)
    if not mine:
        raise PermissionDenied("runs w")
    form = forms.FirstHireForm(
        request.POST or None, cooperatives=mine, on=clock.today(), quarters=quarters(QUARTERS_BACK),
        counted=quarters(COUNTED_BACK), initial=dict.fromkeys(("since", "counted_from"), quarters(0)[-1]),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            services.record_first_hire(by=request.user, **form.values())
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("The reduction is claimed. It counts when the payslips are calculated."))
            return redirect("payroll:first_hires")
    rows = (
        FirstHire.objects.filter(cooperative__in=mine)
        .select_related("cooperative", "contract__person")
        .order_by("cooperative__name", "rank", "-valid_from")
    )
    return views.page(request, "payroll/first_hires.html", {"rows": rows}, form=form)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def first_hire_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End the reduction for a contract, from a quarter on."""
    mine = pages.officer_cooperatives(request.user)
    hire = get_object_or_404(
        FirstHire.objects.filter(cooperative__in=mine).select_related("cooperative", "contract__person"), pk=pk
    )
    form = forms.FirstHireEndForm(request.POST or None, quarters=quarters(QUARTERS_BACK))
    if request.method == "POST" and form.is_valid():
        try:
            services.end_first_hire(hire=hire.pk, by=request.user, **form.values())
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("The reduction ends there."))
            return redirect("payroll:first_hires")
    return views.page(request, "payroll/first_hire_end.html", {"hire": hire}, form=form)
