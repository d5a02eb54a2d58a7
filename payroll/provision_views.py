"""Pages of provisions: of one person month by month, and of everybody in a cooperative."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from coop import views
from coop.access import visibility
from coop.access.predicates import Subject
from coop.periods import Month
from payroll import exports, pages, paid, provisions


@require_safe
@login_required
@never_cache
def provisions_detail(request: HttpRequest, person: UUID, cooperative: UUID, year: int) -> HttpResponse:
    """Show what is set aside for a person by an employer: month by month, by activity, beside the books."""
    found, employer, own = pages.employed_by(request, person, cooperative)
    rows = provisions.paid_until(request.user, employer.pk, year, person=found.pk)
    brought = provisions.brought_in(employer.pk, year, person=found.pk)
    of = provisions.of_year(rows, year, brought.get(found.pk))
    context = {
        "person": found,
        "cooperative": employer,
        "own": own,
        "year": year,
        "years": paid.years_paid(request.user, person=found.pk, cooperative=employer.pk),
        "rows": rows,
        "names": list(provisions.NAMES.values()),
        "left": [of.left[role] for role in provisions.NAMES],
        "whole": sum(of.left.values()),
        "lists": [
            (provisions.month_table(of, role), [(check, exports.verdict(check))])
            for role, check in zip(provisions.NAMES, provisions.checks(employer.pk, rows), strict=True)
        ],
        "purposes": provisions.set_aside_for(rows, year),
        "activities": [
            (one.activity, [(name, one.left[role]) for role, name in provisions.NAMES.items()])
            for one in provisions.by_activity(rows)
        ],
        "reads_books": visibility.may(request.user, Subject.LEDGER, "r", cooperative=employer.pk),
    }
    response = views.page(request, "payroll/provisions_detail.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@login_required
@never_cache
def provisions_list(request: HttpRequest, year: int) -> HttpResponse:
    """Show what is set aside for everybody whose pay the user reads in a cooperative, beside the books."""
    mine = paid.reads_pay(request.user)
    if not mine:
        raise PermissionDenied("pay r")
    wanted = request.GET.get("cooperative", "")
    cooperative = next((one for one in mine if one.code == wanted), mine[0])
    rows = provisions.paid_until(request.user, cooperative.pk, year)
    brought = provisions.brought_in(cooperative.pk, year)
    context = {
        "cooperative": cooperative,
        "cooperatives": mine,
        "year": year,
        "lists": [
            (provisions.people_table(rows, year, role, brought), [(check, exports.verdict(check))])
            for role, check in zip(
                provisions.NAMES, provisions.whole_checks(cooperative.pk, rows, Month(year, 12)), strict=True
            )
        ],
        "rows": rows,
        "reads_books": visibility.may(request.user, Subject.LEDGER, "r", cooperative=cooperative.pk),
    }
    response = views.page(request, "payroll/provisions_list.html", context)
    response["Cache-Control"] = "no-store"
    return response
