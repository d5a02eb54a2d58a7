"""The page of the checks before pay: this month's obstacles, the months ahead, and what was paid on other facts."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from coop import clock, views
from coop.periods import Month
from payroll import ahead, checks, concerned, forecast, pages


@login_required
@require_GET
@never_cache
def pay_checks(request: HttpRequest) -> HttpResponse:
    """Show the payroll officer what to see before a month is paid, in one cooperative."""
    mine = pages.officer_cooperatives(request.user)
    if not mine:
        raise PermissionDenied("runs w")
    wanted = request.GET.get("cooperative", "")
    cooperative = next((one for one in mine if wanted in {str(one.pk), one.code}), mine[0])
    month, on = pages.chosen_month(request), clock.today()
    late = [
        one for one in concerned.list_concerned(request.user, on=on) if one.payslip.cooperative_id == cooperative.pk
    ]
    context = {
        "cooperative": cooperative,
        "cooperatives": mine,
        "month": month,
        "previous": month.plus(-1),
        "next": month.plus(1),
        "found": checks.checks_of(cooperative, month, on),
        "ahead": ahead.ahead_of(cooperative, on=on),
        "months": list(Month.of(on).until(Month.of(on).plus(forecast.MONTHS - 1))),
        "doubtful_after": forecast.DOUBTFUL_AFTER,
        "concerned": late,
    }
    response = views.page(request, "payroll/checks.html", context)
    response["Cache-Control"] = "no-store"
    return response
