"""The page of a settled quarter: what its months gave and withheld, what the law says, and what was corrected."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from coop import clock, views
from coop.access import visibility
from coop.access.predicates import Subject
from coop.periods import Month
from members import services as member_services
from members.models import Reading
from payroll import quarters, texts
from payroll.models import QuarterSettlement


@require_safe
@login_required
@never_cache
def quarter_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a settled quarter month by month, each figure with its explanation, and what was posted of it."""
    settlement = get_object_or_404(
        QuarterSettlement.objects.visible_to(request.user).select_related(
            "contract__person", "cooperative", "entry", "special_contribution_entry"
        ),
        pk=pk,
    )
    person = settlement.contract.person
    own = person.user_id == request.user.pk
    if not own:
        member_services.note_reading(person=person, what=Reading.What.PAYSLIP, by=request.user, at=clock.now())
    figures = quarters.figures_of(settlement)
    last = Month.of(settlement.last_month)
    context = {
        "settlement": settlement,
        "person": person,
        "own": own,
        "quarter": quarters.label(last),
        "months": quarters.months_of(settlement),
        "premiums": quarters.premiums_of(settlement),
        "settled_before": settlement.sequence > 1,
        "reduction": quarters.explained(settlement, quarters.REDUCTION),
        "first_hire": quarters.explained(settlement, quarters.FIRST_HIRE),
        "special": quarters.explained(settlement, quarters.SPECIAL),
        "special_due": figures["special_contribution_quarter"].amount,
        "special_withheld": figures["special_contribution_quarter"].amount - settlement.special_contribution_correction,
        "borne": quarters.borne_by(settlement),
        "still_open": abs(quarters.still_open(settlement)),
        "others": quarters.others_of(settlement),
        "findings": [
            (one.severity, texts.finding(one, figures))
            for one in figures.findings
            if one.code != "unconfirmed_parameter" and (one.severity != "information" or not own)
        ],
        "unconfirmed": [] if own else texts.unconfirmed(figures),
        "entries": quarters.entries_of(settlement)
        if visibility.may(request.user, Subject.LEDGER, "r", cooperative=settlement.cooperative_id)
        else [],
        "year": last.year,
    }
    response = views.page(request, "payroll/quarter_detail.html", context)
    response["Cache-Control"] = "no-store"
    return response
