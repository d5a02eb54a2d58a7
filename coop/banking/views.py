"""Pages of money paid out: what is to be paid, and that it was."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from coop import choosing, clock, views
from coop import forms as form_errors
from coop.banking import forms, queries, services
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.periods import Month, NotAMonth


def _cooperative(request: HttpRequest, named: Any) -> Cooperative:
    """Return the cooperative that the address names, else the chosen or first one, in which the user pays; 404 for others."""
    reached = queries.cooperatives_paying(request.user)
    if not reached:
        raise PermissionDenied("bank w")
    if named:
        found = next((one for one in reached if str(one.pk) == str(named)), None)
        if found is None:
            raise Http404(str(named))
        return found
    chosen = choosing.chooser(request).cooperative
    return chosen if chosen in reached else reached[0]


@require_GET
@login_required
@never_cache
def to_pay(request: HttpRequest) -> HttpResponse:
    """List what the cooperative owes: suppliers, members' claims, wages by month."""
    cooperative = _cooperative(request, request.GET.get("cooperative"))
    context = {
        "cooperative": cooperative,
        "choices": queries.cooperatives_paying(request.user),
        "due": queries.to_pay(cooperative, clock.today()),
        "today": clock.today(),
    }
    return views.page(request, "banking/to_pay.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def debt_paid(request: HttpRequest, cooperative: UUID, item: UUID) -> HttpResponse:
    """Record that a supplier's invoice or a member's claim was paid."""
    owner = _cooperative(request, cooperative)
    debts = queries.to_pay(owner, clock.today()).debts
    debt = next((one for one in debts if one.item.pk == item), None)
    if debt is None:
        raise Http404(str(item))
    form = forms.DebtForm(
        request.POST or None, cooperative=owner, initial={"amount": debt.open_amount, "on": clock.today()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.record_payment_once(item=item, by=request.user, at=clock.now(), key=form.key, **form.values())
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(
                request, _("The payment of %(reference)s is recorded.") % {"reference": debt.item.reference}
            )
            return redirect(_back(owner))
    context = {"debt": debt, "back": _back(owner)}
    return views.page(request, "banking/debt_paid.html", context, form=form)


def _back(cooperative: Cooperative) -> str:
    return f"{reverse('banking:to_pay')}?cooperative={cooperative.pk}"


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def wages_paid(request: HttpRequest, cooperative: UUID, month: str) -> HttpResponse:
    """Record that the wages of a month were paid, all at once."""
    owner = _cooperative(request, cooperative)
    try:
        wanted = Month.parse(month)
    except NotAMonth as error:
        raise Http404(month) from error
    wages = next((one for one in queries.to_pay(owner, clock.today()).wages if one.month == wanted), None)
    form = forms.WagesForm(request.POST or None, cooperative=owner, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            services.record_wages_paid(month=wanted, by=request.user, at=clock.now(), key=form.key, **form.values())
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("The wages are recorded as paid."))
            return redirect(_back(owner))
    context = {"month": wanted, "wages": wages, "back": _back(owner)}
    return views.page(request, "banking/wages_paid.html", context, form=form)
