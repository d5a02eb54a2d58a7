"""Pages of provisions: of one person month by month, of everybody in a cooperative, and what is left when somebody left."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from coop import clock, views
from coop import forms as form_errors
from coop.access import visibility
from coop.access.predicates import Subject
from coop.errors import Refused
from coop.periods import Month
from members import services as member_services
from members.models import EmploymentContract, Reading
from payroll import exports, forms, leaving, pages, paid, provisions, services
from payroll.provision_models import ProvisionSettlement


@require_safe
@login_required
@never_cache
def provisions_detail(request: HttpRequest, person: UUID, cooperative: UUID, year: int) -> HttpResponse:
    """Show what is set aside for a person by an employer: month by month, by activity, beside the books."""
    found, employer, own = pages.employed_by(request, person, cooperative)
    rows = provisions.paid_until(request.user, employer.pk, year, person=found.pk)
    brought = provisions.brought_in(employer.pk, year, person=found.pk)
    back = leaving.settled(employer.pk, person=found.pk).get(found.pk, [])
    of = provisions.of_year(rows, year, brought.get(found.pk), back)
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
            for role, check in zip(provisions.NAMES, provisions.checks(employer.pk, rows, back), strict=True)
        ],
        "purposes": provisions.set_aside_for(rows, year),
        "activities": [
            (one.activity, [(name, one.left[role]) for role, name in provisions.NAMES.items()])
            for one in provisions.by_activity(rows, back)
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
    brought, back = provisions.brought_in(cooperative.pk, year), leaving.settled(cooperative.pk)
    together = [one for mine_ in back.values() for one in mine_]
    officer = visibility.may(request.user, Subject.RUNS, "w", cooperative=cooperative.pk)
    context = {
        "cooperative": cooperative,
        "cooperatives": mine,
        "year": year,
        "lists": [
            (provisions.people_table(rows, year, role, brought, back), [(check, exports.verdict(check))])
            for role, check in zip(
                provisions.NAMES, provisions.whole_checks(cooperative.pk, rows, Month(year, 12), together), strict=True
            )
        ],
        "rows": rows,
        "ended": leaving.ended_with_rest(cooperative, clock.today()) if officer else [],
        "reads_books": visibility.may(request.user, Subject.LEDGER, "r", cooperative=cooperative.pk),
    }
    response = views.page(request, "payroll/provisions_list.html", context)
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def provisions_propose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Propose that what a contract left of its provisions goes back to the activities, with the reason."""
    contract = get_object_or_404(
        EmploymentContract.objects.visible_to(request.user).select_related("person", "cooperative"), pk=pk
    )
    visibility.require(request.user, Subject.RUNS, "w", cooperative=contract.cooperative_id)
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.propose_provision_settlement(
                contract=contract, reason=form.cleaned_data["reason"], by=request.user, on=clock.today(), at=clock.now()
            )
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            return redirect("payroll:provisions_settlement", made.pk)
    member_services.note_reading(person=contract.person, what=Reading.What.PAYSLIP, by=request.user, at=clock.now())
    context = {
        "contract": contract,
        "year": (contract.valid_until or clock.today()).year,
        "parts": leaving.shown(leaving.left_by_activity(contract)),
    }
    return views.page(request, "payroll/provisions_propose.html", context, form=form)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def provisions_settlement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a settlement by activity, without a name, and take its approval by another person, or its withdrawal."""
    found = get_object_or_404(
        ProvisionSettlement.objects.visible_to(request.user).select_related(
            "cooperative", "contract", "proposed_by", "decided_by", "entry"
        ),
        pk=pk,
    )
    user, cooperative = request.user, found.cooperative_id
    if request.method == "POST":
        approve = request.POST.get("act") == "approve"
        act = services.approve_provision_settlement if approve else services.cancel_provision_settlement
        day = {"on": clock.today()} if approve else {}
        done = _("The provisions went back to the activities.") if approve else _("The proposal was withdrawn.")
        if pages.attempt(request, lambda: act(settlement=found.pk, by=user, at=clock.now(), **day), done):
            return redirect("payroll:provisions_settlement", found.pk)
        found.refresh_from_db()
    context = {
        "settlement": found,
        "parts": leaving.shown([leaving.Left(one.role, one.activity_id, one.amount) for one in found.parts.all()]),
        "waits": found.state == ProvisionSettlement.State.PROPOSED,
        "approver": visibility.may(user, Subject.RUNS, "x", cooperative=cooperative)
        and found.proposed_by_id != user.pk,
    }
    page = views.page(request, "payroll/provisions_settlement.html", context)
    page.status_code = 422 if request.method == "POST" else 200
    return page
