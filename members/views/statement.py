"""The income statement: page, PDF, XLSX; of an activity, and of a member over the activities of one cooperative."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from coop import choosing, clock, formatting, views
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity, Cooperative
from coop.ledger import queries as ledger
from coop.ledger.statements import Section
from coop.periods import Month
from members import documents, exports, queries, statements
from members.models import Person
from members.statements import Span, Statement


@require_safe
@login_required
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """Lead to the statement of the chosen activity; without one, to the list of activities."""
    activity = choosing.chooser(request).activity
    return redirect("members:statement_year", activity=activity.pk) if activity else redirect("members:money")


@require_safe
@login_required
@never_cache
def year(request: HttpRequest, activity: UUID) -> HttpResponse:
    """Show the statement of the present year."""
    return _page(request, _readable(request.user, activity), Span.parse(str(clock.today().year), on=clock.today()))


@require_safe
@login_required
@never_cache
def detail(request: HttpRequest, activity: UUID, period: str) -> HttpResponse:
    """Show the statement of a year or of a month."""
    found = _readable(request.user, activity)
    return _page(request, found, _span(period))


@require_safe
@login_required
@never_cache
def workbook(request: HttpRequest, activity: UUID, period: str) -> HttpResponse:
    """Send the statement as XLSX."""
    statement = _statement(request, _readable(request.user, activity), _span(period))
    response = HttpResponse(exports.to_xlsx(statement), content_type=exports.XLSX)
    response["Content-Disposition"] = (
        content_disposition_header(True, exports.filename(statement, "xlsx")) or "attachment"
    )
    return response


@require_POST
@login_required
def paper(request: HttpRequest, activity: UUID, period: str) -> HttpResponse:
    """Ask for the PDF, which a worker makes, and lead to it."""
    statement = _statement(request, _readable(request.user, activity), _span(period))
    language = (translation.get_language() or "fr")[:2]
    document = documents.request_statement(statement=statement, language=language, at=clock.now())
    return redirect("documents:document_download", document=document.pk)


@require_safe
@login_required
@never_cache
def member(request: HttpRequest, person: UUID, cooperative: UUID, period: str) -> HttpResponse:
    """Show the sections of each activity of a member in one cooperative side by side, and their sum."""
    found = get_object_or_404(Person.objects.visible_to(request.user), pk=person)
    home = get_object_or_404(Cooperative, pk=cooperative, memberships__in=found.memberships.all())
    if found.user_id != request.user.pk:
        visibility.require(request.user, Subject.LEDGER, "r", cooperative=home.pk)
    span, on = _span(period), clock.today()
    activities = [
        runs.activity
        for runs in found.runs.filter(activity__cooperative=home, valid_from__lte=span.last.last)
        .select_related("activity__cooperative")
        .order_by("activity__code")
        if runs.valid_until is None or runs.valid_until > span.first.first
    ]
    context = {
        "person": found,
        "cooperative": home,
        "span": span,
        "activities": activities,
        "lines": statements.member_table(activities, span) if activities else [],
        "balances": queries.together(ledger.balances_of([one.pk for one in activities], on).values()),
        "shared": [one for one in activities if len(queries.runners_of(one, span.first.first, span.last.last)) > 1],
        **_neighbours(span),
    }
    return views.page(request, "members/statement_member.html", context)


def _readable(user: Any, pk: UUID) -> Activity:
    """Return an activity whose books the user reads; 404 when it is not theirs to see, 403 when they see balances only."""
    activity = get_object_or_404(queries.readable_activities(user), pk=pk)
    if not visibility.may(user, Subject.LEDGER, "r", activity=activity.pk, cooperative=activity.cooperative_id):
        raise PermissionDenied("ledger r")
    return activity


def _span(period: str) -> Span:
    span = statements.read_span(period, on=clock.today())
    if span is None:
        raise Http404(period)
    return span


def _statement(request: HttpRequest, activity: Activity, span: Span) -> Statement:
    people = queries.runners_of(activity, span.first.first, span.last.last)
    holder = f"{', '.join(map(str, people))} ({activity})" if people else str(activity)
    return statements.get_statement(
        activities=[activity],
        holder=holder,
        span=span,
        on=clock.today(),
        pay=statements.pay_of(request.user, [activity], span.first.first, span.last.last),
    )


def _page(request: HttpRequest, activity: Activity, span: Span) -> HttpResponse:
    statement = _statement(request, activity, span)
    table = statements.month_table(statement, pay=statement.pay) if span.is_month else statements.year_table(statement)
    me = queries.person_of(request.user)
    siblings = queries.runs_of(me, clock.today(), cooperative=activity.cooperative) if me else []
    revenue, salary = (statement.books.part(section).total for section in (Section.REVENUE, Section.SALARY))
    context = {
        "activity": activity,
        "statement": statement,
        "table": table,
        "chart": statements.chart(statement),
        "span": span,
        "revenue": revenue,
        "costs": statement.books.result - revenue - salary,
        "salary": salary,
        "result": statement.books.result,
        "member": me if me and len(siblings) > 1 else None,
        "today": clock.today(),
        **_neighbours(span),
    }
    return views.page(request, "members/statement_detail.html", context)


def _neighbours(span: Span) -> dict[str, Any]:
    """Return the spans before and after, and a tab for the year and for each of its months that have begun."""
    on = clock.today()
    if span.is_month:
        before, after = str(span.first.plus(-1)), span.first.plus(1)
        following = str(after) if after.first <= on else ""
    else:
        before, following = str(span.first.year - 1), str(span.first.year + 1) if span.first.year < on.year else ""
    months = [month for month in Month(span.first.year, 1).until(Month(span.first.year, 12)) if month.first <= on]
    tabs = [
        {"code": f"{span.first.year:04d}", "label": f"{span.first.year:04d}", "active": not span.is_month},
        *(
            {
                "code": str(month),
                "label": formatting.short_month(month),
                "active": span.is_month and month == span.first,
            }
            for month in months
        ),
    ]
    return {"previous": before, "following": following, "tabs": tabs}
