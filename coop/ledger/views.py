"""Pages of the books: the lines behind an amount, an entry, the trial balance, the locks of periods."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from coop import clock, formatting, views
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity, PeriodLock
from coop.ledger import pay, reading, services, sources, statements
from coop.ledger.models import Account, Line
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


LOCK_EFFECTS = {
    PeriodLock.Kind.VAT: gettext_lazy("After this, nothing with VAT can be dated in this month."),
    PeriodLock.Kind.PAYROLL: gettext_lazy("After this, no pay can be posted in this month."),
    PeriodLock.Kind.YEAR: gettext_lazy("After this, nothing at all can be posted in this month."),
}


def _page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask for a login, keep no copy, and answer 404 for what is unknown or another's."""

    @login_required
    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *arguments, **named)
        except (reading.Foreign, NotAMonth) as unknown:
            raise Http404 from unknown

    return answer


@require_GET
@_page
def entry_detail(request: HttpRequest, entry: UUID) -> HttpResponse:
    """Show one entry: its lines, the document behind it, its seal."""
    found = reading.entry_to_read(request.user, entry)
    return views.page(request, "ledger/entry_detail.html", {"shown": reading.entry_shown(found, request.user)})


@require_GET
@_page
def trial_balance(request: HttpRequest) -> HttpResponse:
    """Show what was debited and credited on each account of a cooperative over some months."""
    cooperative = reading.cooperative_to_read(request.user, request.GET.get("cooperative"))
    first, last = _months(request)
    rows = statements.trial_balance(cooperative=cooperative.pk, first=first, last=last)
    language = (translation.get_language() or "fr")[:2]
    context = {
        "cooperative": cooperative,
        "choices": reading.cooperatives_to_read(request.user),
        "first": first,
        "last": last,
        "rows": [(row, row.names.get(language, row.names["en"])) for row in rows],
        "debit": sum(row.debit for row in rows),
        "credit": sum(row.credit for row in rows),
    }
    return views.page(request, "ledger/trial_balance.html", context)


@require_GET
@_page
def account_detail(request: HttpRequest, cooperative: UUID, number: str) -> HttpResponse:
    """List what was booked on an account of a cooperative over some months, the latest first.

    Who may not see pay person by person gets what payslips booked as one amount.
    """
    owner = reading.cooperative_to_read(request.user, cooperative)
    account = get_object_or_404(Account, cooperative=owner, number=number)
    first, last = _months(request)
    rows = (
        Line.objects.filter(account=account, date__range=(first.first, last.last))
        .select_related("entry__journal", "activity", "party")
        .order_by("-date", "-entry_id", "position")
    )
    total = rows.aggregate(total=Sum("amount"))["total"] or ZERO
    hidden = None
    if not visibility.may(request.user, Subject.PAY, "r", cooperative=owner.pk):
        wages = pay.of_wages(rows.order_by())
        hidden = wages.aggregate(total=Sum("amount"))["total"]
        rows = rows.exclude(pk__in=wages.values("pk"))
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "cooperative": owner,
        "account": account,
        "first": first,
        "last": last,
        "page": page,
        "total": total,
        "hidden": hidden,
    }
    return views.page(request, "ledger/account_detail.html", context)


@require_POST
@_page
def year_open(request: HttpRequest, cooperative: UUID) -> HttpResponse:
    """Open the books of the year after the last one."""
    owner = reading.cooperative_to_read(request.user, cooperative)
    year = services.open_next_year(cooperative=owner, by=request.user)
    messages.success(request, _("The books of %(year)s are open.") % {"year": year})
    return redirect(f"{reverse('ledger:period_list')}?cooperative={owner.pk}&year={year}")


@require_GET
@_page
def period_list(request: HttpRequest) -> HttpResponse:
    """Show the months of a fiscal year with their three locks."""
    cooperative = reading.cooperative_to_read(request.user, request.GET.get("cooperative"))
    years = reading.years(cooperative)
    today = str(clock.today().year)
    year = request.GET.get("year") or (today if today in years else next(iter(years), ""))
    if year and year not in years:
        raise reading.Foreign
    context = {
        "cooperative": cooperative,
        "choices": reading.cooperatives_to_read(request.user),
        "years": years,
        "year": year,
        "periods": reading.periods(cooperative, year),
        "kinds": PeriodLock.Kind.labels,
        "may_lock": reading.may_lock(request.user, cooperative),
        "State": PeriodLock.State,
    }
    return views.page(request, "ledger/period_list.html", context)


@require_http_methods(["GET", "POST"])
@_page
def period_lock(request: HttpRequest, cooperative: UUID, month: str, kind: str) -> HttpResponse:
    """Ask for confirmation, then set a lock; it never opens again."""
    owner = reading.cooperative_to_read(request.user, cooperative)
    lock = reading.lock_of(owner, Month.parse(month), kind)
    if not reading.may_lock(request.user, owner):
        raise PermissionDenied("policies w")
    back = f"{reverse('ledger:period_list')}?cooperative={owner.pk}&year={month[:4]}"
    if request.method == "POST":
        services.lock_period(
            cooperative=owner,
            month=Month.parse(month),
            kind=PeriodLock.Kind(kind),
            by=request.user,
            at=clock.now(),
        )
        messages.success(
            request,
            _("%(month)s is locked (%(kind)s).")
            % {"month": formatting.month(Month.parse(month)), "kind": lock.get_kind_display()},
        )
        return redirect(back)
    context = {
        "cooperative": owner,
        "month": Month.parse(month),
        "lock": lock,
        "effect": LOCK_EFFECTS[PeriodLock.Kind(kind)],
        "back": back,
        "locked": lock.state == PeriodLock.State.LOCKED,
    }
    return views.page(request, "ledger/period_lock.html", context)
