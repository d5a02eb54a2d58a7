"""The lines of the books behind an amount of an activity's income statement."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from coop import clock, views
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity
from coop.ledger import pay, sources, statements
from coop.ledger.models import Line
from coop.money import ZERO
from coop.periods import Month, NotAMonth

ROWS = 100


@require_safe
@login_required
@never_cache
def lines(request: HttpRequest, activity: UUID) -> HttpResponse:
    """List the lines of an activity on an account, or in a section, over some months; their sum is the amount.

    Amounts are shown as the statement shows them: income positive, costs negative. Who may not see pay person by person
    gets the salary cost as one amount.
    """
    found = _readable(request.user, activity)
    first, last = _months(request)
    rows = (
        Line.objects.filter(activity=found, date__range=(first.first, last.last))
        .filter(account__number__regex=statements.pattern(request.GET.get("section", "")))
        .exclude(entry__journal__code="CLO")
        .select_related("entry__journal", "account")
        .order_by("-date", "-entry_id", "position")
    )
    account = request.GET.get("account", "")
    if account:
        rows = rows.filter(account__number=account)
    total = -(rows.aggregate(total=Sum("amount"))["total"] or ZERO)
    hidden = ZERO
    if not pay.sees_pay(request.user, found, first.first, last.last):
        wages = rows.filter(account__number__startswith=pay.ACCOUNTS)
        hidden = -(wages.aggregate(total=Sum("amount"))["total"] or ZERO)
        rows = rows.exclude(account__number__startswith=pay.ACCOUNTS)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    links = sources.links([(line.entry.source, line.entry.source_key) for line in page], request.user)
    context = {
        "activity": found,
        "first": first,
        "last": last,
        "account": page[0].account if account and page else None,
        "section": statements.TITLES.get(_section(request)),
        "page": page,
        "rows": [(line, -line.amount, links.get((line.entry.source, line.entry.source_key))) for line in page],
        "total": total,
        "hidden": hidden,
    }
    return views.page(request, "ledger/line_list.html", context)


def _readable(user: Any, pk: UUID) -> Activity:
    """Return an activity whose books the user reads; 403 for who sees its balances only, 404 for all others."""
    seen = visibility.reach(user, Subject.LEDGER, activity="pk") | visibility.reach(
        user, Subject.LEDGER, "t", activity="pk"
    )
    activity = get_object_or_404(Activity.objects.filter(seen).select_related("cooperative"), pk=pk)
    if not visibility.may(user, Subject.LEDGER, "r", activity=pk, cooperative=activity.cooperative_id):
        raise PermissionDenied("ledger r")
    return activity


def _section(request: HttpRequest) -> Any:
    try:
        return statements.Section(request.GET["section"])
    except (KeyError, ValueError):
        return None


def _months(request: HttpRequest) -> tuple[Month, Month]:
    """Return the months in the address: one, from one to another, or the present year; 404 for what is no month."""
    on: date = clock.today()
    try:
        if "month" in request.GET:
            month = Month.parse(request.GET["month"])
            return month, month
        first = Month.parse(request.GET.get("from", f"{on.year}-01"))
        return first, max(first, Month.parse(request.GET.get("until", str(Month.of(on)))))
    except NotAMonth as error:
        raise Http404(str(error)) from error
