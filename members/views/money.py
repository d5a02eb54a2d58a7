"""The money of an activity: its balances, what moved them, what is expected; and those of all activities at a glance."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from coop import choosing, clock, views
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity, Cooperative
from coop.ledger import movements, pay, sources
from coop.ledger import queries as ledger
from coop.ledger.models import Reservation
from coop.money import ZERO
from coop.periods import Month
from members import home, queries
from members.statements import Span, read_span


@require_safe
@login_required
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """Show the money of the chosen activity, or the balances of every activity of the chosen cooperative."""
    chooser = choosing.chooser(request)
    if chooser.activity is not None:
        return _activity(request, chooser.activity)
    return _overview(request, chooser.cooperative)


@require_safe
@login_required
@never_cache
def detail(request: HttpRequest, activity: UUID) -> HttpResponse:
    """Show the money of an activity to those who read its balances; a coach sees the balances alone."""
    return _activity(request, get_object_or_404(queries.readable_activities(request.user), pk=activity))


def _overview(request: HttpRequest, cooperative: Cooperative | None) -> HttpResponse:
    on = clock.today()
    activities = queries.readable_activities(request.user)
    found = list(activities.filter(cooperative=cooperative).order_by("code")) if cooperative else []
    balances = ledger.balances_of([activity.pk for activity in found], on)
    blocked = queries.blocked_among([activity.pk for activity in found], on)
    rows = [(activity, balances[activity.pk], activity.pk in blocked) for activity in found]
    context = {"cooperative": cooperative, "rows": rows, "today": on}
    return views.page(request, "members/money_list.html", context)


def _activity(request: HttpRequest, activity: Activity) -> HttpResponse:
    on = clock.today()
    balances = ledger.balances(activity, on)
    reads_books = visibility.may(
        request.user, Subject.LEDGER, "r", activity=activity.pk, cooperative=activity.cooperative_id
    )
    context: dict[str, Any] = {
        "activity": activity,
        "balances": balances,
        "exit": queries.exit_of(activity, on),
        "today": on,
        "reads_books": reads_books,
        "sees_pay": pay.sees_pay(request.user, activity, on, on),
        "own": activity.pk in visibility.access_of(request.user).activities_with(Subject.LEDGER, "r"),
        "statement_url": reverse("members:statement_year", kwargs={"activity": activity.pk}),
    }
    if reads_books:
        context |= _movements(request, activity, on)
        context["expected"] = movements.expected(activity, on)
        context["reservations"] = _reservations(request.user, activity, on)
    return views.page(request, "members/money_detail.html", context)


def _reservations(user: Any, activity: Activity, on: date) -> list[tuple[str, date | None, Decimal]]:
    """Return what is reserved: its text, since when, how much; orders of pay as one for who may not see pay."""
    found = Reservation.objects.filter(activity=activity, released_on__isnull=True, made_on__lte=on).order_by("made_on")
    if pay.sees_pay(user, activity, on, on):
        return [(one.text, one.made_on, one.amount) for one in found]
    of_pay = (Reservation.Kind.ORDER, Reservation.Kind.ADVANCE)
    rows: list[tuple[str, date | None, Decimal]] = [
        (one.text, one.made_on, one.amount) for one in found if one.kind not in of_pay
    ]
    together = sum((one.amount for one in found if one.kind in of_pay), ZERO)
    return [*rows, (_("Pay ordered and reductions held back"), None, together)] if together else rows


def _movements(request: HttpRequest, activity: Activity, on: date) -> dict[str, Any]:
    """Return the movements of the year or month in the address, newest first, with their documents."""
    span = read_span(request.GET.get("period", ""), on=on) or Span.parse(str(on.year), on=on)
    last = min(span.last.last, on) if span.first.first <= on else span.last.last
    before = ledger.balances(activity, span.first.first - timedelta(days=1))
    moves = movements.movements(
        activity=activity.pk,
        first=span.first.first,
        last=last,
        accounting=before.accounting,
        collected=before.collected,
    )
    if not pay.sees_pay(request.user, activity, span.first.first, last):
        moves = pay.without_pay(moves)
    links = sources.links([(move.source, move.source_key) for move in moves], request.user)
    news = [home.News(move, links.get((move.source, move.source_key))) for move in reversed(moves)]
    months = [Month(span.first.year, number) for number in range(1, 13)]
    return {
        "span": span,
        "moves": news,
        "before": before,
        "moved": sum((move.accounting_change for move in moves), ZERO),
        "months": [month for month in months if month.first <= on],
        "years": [on.year - 1, on.year] if span.first.year >= on.year - 1 else [span.first.year, on.year],
    }
