"""Pages of exceptional runs: open one for a payment, and what the payroll officer knows of one of its members."""

from typing import Any
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
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.periods import Month
from payroll import exceptional, exceptional_queries, forms, pages, services
from payroll.exceptional import Nature
from payroll.models import PayrollRun, RunMember
from payroll.services.exceptional import FIELDS

MONTHS_AHEAD, MONTHS_BACK = 1, 11
EDITABLE = {PayrollRun.State.OPEN, PayrollRun.State.CALCULATED}


def open_form(cooperatives: list[Cooperative], data: Any = None) -> forms.ExceptionalForm:
    """Return the form that opens an exceptional run."""
    today = Month.of(clock.today())
    months = list(today.plus(-MONTHS_BACK).until(today.plus(MONTHS_AHEAD)))[::-1]
    return forms.ExceptionalForm(data, cooperatives=cooperatives, months=months, initial={"month": today})


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def exceptional_open(request: HttpRequest) -> HttpResponse:
    """Open the run of a payment beside the month's pay, and start its calculation."""
    mine = pages.officer_cooperatives(request.user)
    if not mine:
        raise PermissionDenied("runs w")
    form = open_form(mine, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            run = services.open_exceptional_run(by=request.user, at=clock.now(), **form.values())
            services.calculate_run(run=run.pk)
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            return redirect("payroll:run_detail", run.pk)
    rules = [(exceptional.title(nature), exceptional.who(nature)) for nature in Nature]
    return views.page(request, "payroll/exceptional_open.html", {"rules": rules}, form=form)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def exceptional_member(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what a member's payment is counted on, and take what the payroll officer knows better, or a reason to leave out."""
    member = get_object_or_404(
        RunMember.objects.visible_to(request.user)
        .filter(run__kind=PayrollRun.Kind.EXCEPTIONAL)
        .select_related("run__cooperative", "contract__person", "payslip", "given"),
        pk=pk,
    )
    visibility.require(request.user, Subject.RUNS, "w", cooperative=member.run.cooperative_id)
    fields = FIELDS[Nature(member.run.nature)]
    act = request.POST.get("act", "give")
    give = forms.GivenForm(
        request.POST if act == "give" and request.method == "POST" else None,
        fields=fields, initial=exceptional_queries.initial(member), prefix="give",
    )  # fmt: skip
    out = forms.LeaveOutForm(request.POST if act == "out" and request.method == "POST" else None, prefix="out")
    form = out if act == "out" else give
    if request.method == "POST" and act == "in":
        pages.attempt(
            request,
            lambda: services.take_in(member=member.pk, by=request.user),
            _("The member is in this run again."),
        )
        return redirect("payroll:run_detail", member.run_id)
    if request.method == "POST" and form.is_valid() and _done(request, member, form):
        return redirect("payroll:run_detail", member.run_id)
    context = {
        "member": member,
        "run": member.run,
        "row": exceptional_queries.row_of(member),
        "title": exceptional.titled(member.run.nature, Month.of(member.run.month)),
        "available": exceptional_queries.available(member),
        "editable": member.run.state in EDITABLE,
        "give": give,
        "out": out,
    }
    return views.page(request, "payroll/exceptional_member.html", context, form=form)


def _done(request: HttpRequest, member: RunMember, form: forms.GivenForm | forms.LeaveOutForm) -> bool:
    """Do what was asked of a member; a refusal stands on the form that asked it."""
    try:
        if isinstance(form, forms.LeaveOutForm):
            services.leave_out(member=member.pk, by=request.user, at=clock.now(), **form.values())
            said = _("The member was left out of this run.")
        else:
            services.give_facts(member=member.pk, by=request.user, at=clock.now(), **form.values())
            said = _("Recorded; the payment is being calculated again.")
    except Refused as refused:
        form_errors.refuse(form, refused)
        return False
    messages.success(request, said)
    return True
