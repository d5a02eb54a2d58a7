"""Pages of pay runs: calculate, check, submit, approve, close; and the employer's terms that they rest on."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coop import clock, views
from coop import forms as form_errors
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.money import ZERO
from coop.periods import Month
from members import services as member_services
from members.models import Reading
from payroll import (
    exceptional,
    exceptional_queries,
    facts,
    forms,
    pages,
    quarters,
    queries,
    services,
    tasks,
    withdrawals,
    worktime,
)
from payroll.models import EmployerTerms, PayrollRun, RunMember
from payroll.secretariat import queries as secretariat_queries

MONTHS_AHEAD, MONTHS_BACK = 1, 11
State = PayrollRun.State


@login_required
@require_GET
@never_cache
def run_list(request: HttpRequest) -> HttpResponse:
    """Show the months of the cooperatives whose payroll the user follows, and what stands in the way of this month."""
    cooperatives = queries.cooperatives_with_runs(request.user)
    if not cooperatives:
        raise PermissionDenied("runs r")
    visible = PayrollRun.objects.visible_to(request.user).select_related("cooperative")
    runs = list(visible.order_by("-month", "cooperative__name", "-opened_at")[:36])
    progress, totals = queries.progress_of(runs), queries.totals_of(runs)
    mine = pages.officer_cooperatives(request.user)
    context = {
        "runs": [(run, progress[run.pk], totals[run.pk]) for run in runs],
        "cooperatives": cooperatives,
        "officer": bool(mine),
        "this_year": clock.today().year,
        "confirmed_until": facts.law().confirmed_until,
        "obstacles": [one for cooperative in mine if (one := _obstacle(cooperative)) is not None],
    }
    return views.page(request, "payroll/run_list.html", context)


def _open_form(request: HttpRequest, cooperatives: list[Cooperative], data: Any = None) -> forms.OpenForm:
    today = Month.of(clock.today())
    months = list(today.plus(-MONTHS_BACK).until(today.plus(MONTHS_AHEAD)))[::-1]
    return forms.OpenForm(data, cooperatives=cooperatives, months=months, initial={"month": today})


def _obstacle(cooperative: Cooperative) -> Refused | None:
    """Say why the run of this month could not be opened, if so."""
    month = Month.of(clock.today())
    try:
        facts.employer_terms(cooperative, month.last)
        facts.require_law(month)
    except Refused as refused:
        return refused
    return None


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def run_open(request: HttpRequest) -> HttpResponse:
    """Open the run of a month and start its calculation."""
    mine = pages.officer_cooperatives(request.user)
    if not mine:
        raise PermissionDenied("runs w")
    form = _open_form(request, mine, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            run = services.open_run(
                cooperative=form.cleaned_data["cooperative"], month=form.cleaned_data["month"], on=clock.today(),
                at=clock.now(), by=request.user,
            )  # fmt: skip
            services.calculate_run(run=run.pk)
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            return redirect("payroll:run_detail", run.pk)
    return views.page(request, "payroll/run_open.html", {}, form=form)


def _run(request: HttpRequest, pk: UUID) -> PayrollRun:
    return get_object_or_404(
        PayrollRun.objects.visible_to(request.user).select_related(
            "cooperative", "prepared_by", "submitted_by", "approved_by", "corrects"
        ),
        pk=pk,
    )


STEPS = {
    State.OPEN: ("done", "current", "todo", "todo"),
    State.CALCULATED: ("done", "done", "current", "todo"),
    State.SUBMITTED: ("done", "done", "done", "current"),
    State.APPROVED: ("done", "done", "done", "done"),
    State.CLOSED: ("done", "done", "done", "done"),
    State.CANCELLED: ("done", "todo", "todo", "todo"),
}


@login_required
@require_GET
@never_cache
def run_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a run in its four steps: orders, calculation, check, approval; persons only to those who see pay."""
    return _run_page(request, _run(request, pk))


def _run_page(request: HttpRequest, run: PayrollRun, form: Any = None) -> HttpResponse:
    persons = queries.sees_persons(request.user, run.cooperative_id)
    month = Month.of(run.month)
    user, cooperative = request.user, run.cooperative_id
    context = {
        "run": run,
        "month": month,
        "State": State,
        "steps": STEPS[State(run.state)],
        "progress": queries.progress(run),
        "job": _job(run),
        "totals": queries.totals(run) if run.corrects_id or run.nature else queries.totals_of_month(run),
        "before": None if run.corrects_id or run.nature else _totals_before(run),
        "replacement": (replacement := queries.replacement_in(run)),
        "compared": queries.compared(replacement) if replacement else [],
        "days_change": worktime.days_changed(old=replacement.old, new=replacement.new) if replacement else [],
        "withdrawal": (withdrawal := withdrawals.withdrawal_in(run)),
        "withdrawn_lines": withdrawals.withdrawn_lines(withdrawal) if withdrawal else [],
        "persons": persons,
        "officer": visibility.may(user, Subject.RUNS, "w", cooperative=cooperative),
        "approver": visibility.may(user, Subject.RUNS, "x", cooperative=cooperative),
        "own": user.pk in {run.prepared_by_id, run.submitted_by_id},
        "approve_form": form if isinstance(form, forms.ConfirmForm) else forms.ConfirmForm(month=month),
        "note_form": forms.NoteForm(),
        "reason_form": forms.ReasonForm(),
        "orders": queries.orders_of(run.cooperative, month) if persons and not run.nature else [],
    }
    if run.nature:
        context |= _exceptional(run, persons)
    differences = queries.differences(run)
    if persons:
        context["secretariat"] = secretariat_queries.summary(run)
    if persons and not context["officer"]:
        people = {one.payslip.person_id for one in differences}
        member_services.note_readings(people=people, what=Reading.What.RUN, by=user, at=clock.now())
    if persons:
        context["differences"] = differences
        context["failed"] = _failed(run)
        context["settlements"] = quarters.of_run(run)
    context["changed"] = _sizes(differences)
    response = views.page(request, "payroll/run_detail.html", context, form=form)
    response["Cache-Control"] = "no-store"
    return response


def _exceptional(run: PayrollRun, persons: Any) -> dict[str, Any]:
    """Return what the page of an exceptional run, or of the correction of one of its payslips, shows beside the rest."""
    rows = exceptional_queries.rows_of(run)
    return {
        "payment": exceptional.titled(run.nature, Month.of(run.month)),
        "who": exceptional.who(run.nature),
        "rows": rows if persons else [],
        "given_reasons": [row.given.reason for row in rows if row.given],
        "out_reasons": [row.member.checked_note for row in rows if row.member.state == RunMember.State.OUT],
        "month_unpaid": exceptional_queries.month_is_unpaid(run),
        "provision_used": sum((row.used for row in rows), ZERO),
    }


def _totals_before(run: PayrollRun) -> queries.Totals | None:
    earlier = queries.run_of(run.cooperative, Month.of(run.month).plus(-1))
    return queries.totals_of_month(earlier) if earlier else None


def _sizes(differences: list[queries.Difference]) -> list[tuple[str, int]]:
    """Count the changes of net by size, for people who see totals only."""
    bands: tuple[tuple[str, Decimal, Decimal | None], ...] = (
        (_("no change"), ZERO, Decimal("0.01")),
        (_("up to €50"), Decimal("0.01"), Decimal("50.01")),
        (_("€50 to €250"), Decimal("50.01"), Decimal("250.01")),
        (_("above €250"), Decimal("250.01"), None),
    )
    known = [abs(one.net_change) for one in differences if one.before is not None]
    counted = [
        (label, sum(low <= change and (high is None or change < high) for change in known))
        for label, low, high in bands
    ]
    return [*counted, (_("first payslip"), sum(one.before is None for one in differences))]


def _failed(run: PayrollRun) -> list[tuple[list[RunMember], dict[str, str]]]:
    """Return who could not be calculated and why; those with the same reason and remedy together."""
    language = (translation.get_language() or "fr")[:2]
    rows = run.members.filter(state=RunMember.State.FAILED).select_related("contract__person")
    found: dict[tuple[str, str], tuple[list[RunMember], dict[str, str]]] = {}
    for row in rows.order_by("contract__person__sort_name"):
        said: dict[str, str] = (row.failure or {}).get(language) or next(iter((row.failure or {}).values()), {})
        members, _same = found.setdefault((said.get("reason", ""), said.get("remedy", "")), ([], said))
        members.append(row)
    return list(found.values())


def _job(run: PayrollRun) -> dict[str, Any] | None:
    """Return how far the work of the machine is: the calculation, or the posting of an approved run; None when it rests."""
    found = queries.progress(run)
    if run.state == State.OPEN:
        return {"done": found.total - found.todo, "total": found.total, "message": _("Payslips are being calculated.")}
    if run.state == State.SUBMITTED and run.approval_started_at is not None:
        return {"done": found.posted, "total": found.total, "message": _("Payslips are being posted.")}
    return None


@login_required
@require_GET
@never_cache
def run_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer the polling of a run: its progress, or, when the work rests, the word to load the page again."""
    run = _run(request, pk)
    job = _job(run)
    response = render(request, "payroll/run_job.html", {"run": run, "job": job})
    if job is None:
        response["HX-Refresh"] = "true"
    return response


def _act(request: HttpRequest, pk: UUID, right: str, act: Callable[[PayrollRun], Any], done: str) -> HttpResponse:
    """Do an act of one button on a run that the user sees, with the right that it asks."""
    run = _run(request, pk)
    visibility.require(request.user, Subject.RUNS, right, cooperative=run.cooperative_id)
    if pages.attempt(request, lambda: act(run), done):
        return redirect("payroll:run_detail", run.pk)
    page = _run_page(request, _run(request, pk))
    page.status_code = 422
    return page


@login_required
@require_POST
def run_recalculate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Calculate again: everybody, the failed, or one member."""
    which = request.POST.get("member", "")
    failed = which == "failed"
    members = None if which in {"", "failed"} else [_uuid(which)]
    return _act(
        request, pk, "w",
        lambda run: services.recalculate(run=run.pk, by=request.user, members=members, failed_only=failed),
        _("The calculation has started again."),
    )  # fmt: skip


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404(text) from None


@login_required
@require_POST
def run_submit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand the checked run to the accountant."""
    note = request.POST.get("reason", "")[:1000]
    return _act(
        request, pk, "w",
        lambda run: services.submit_run(run=run.pk, by=request.user, at=clock.now(), note=note),
        _("The run was submitted. Another person approves it."),
    )  # fmt: skip


@login_required
@require_POST
def run_take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a submitted run back, or return it with a reason."""
    run = _run(request, pk)
    right = "w" if visibility.may(request.user, Subject.RUNS, "w", cooperative=run.cooperative_id) else "x"
    reason = request.POST.get("reason", "")[:1000]
    return _act(
        request, pk, right,
        lambda run: services.take_back_run(run=run.pk, by=request.user, at=clock.now(), reason=reason),
        _("The run is being checked again."),
    )  # fmt: skip


@login_required
@require_POST
def run_approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Approve a run after typing its month; a worker posts it."""
    run = _run(request, pk)
    visibility.require(request.user, Subject.RUNS, "x", cooperative=run.cooperative_id)
    form = forms.ConfirmForm(request.POST, month=Month.of(run.month))
    if form.is_valid():
        try:
            services.start_approval(run=run.pk, by=request.user, on=clock.today(), at=clock.now())
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            tasks.post_run.delay_on_commit(run=str(run.pk))
            messages.success(request, _("The run is approved; its payslips are being posted."))
            return redirect("payroll:run_detail", run.pk)
    return _run_page(request, run, form)


@login_required
@require_POST
def run_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Cancel a run before its approval."""
    if _run(request, pk).corrects_id:
        done = _("The correction was cancelled. The payslip stays as it was.")
    else:
        done = _("The run was cancelled. The month can be opened again.")
    return _act(
        request, pk, "w",
        lambda run: services.cancel_run(run=run.pk, by=request.user, at=clock.now()),
        done,
    )  # fmt: skip


@login_required
@require_POST
def run_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close an approved run and lock its month for pay."""
    return _act(
        request, pk, "x",
        lambda run: services.close_run(run=run.pk, by=request.user, at=clock.now()),
        _("The month is locked for pay."),
    )  # fmt: skip


# --- terms ------------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def terms(request: HttpRequest) -> HttpResponse:
    """Show and record what the cooperatives are as employers."""
    mine = pages.officer_cooperatives(request.user)
    if not mine:
        raise PermissionDenied("runs w")
    form = forms.TermsForm(request.POST or None, cooperatives=mine, initial=_known_terms(mine))
    if request.method == "POST" and form.is_valid():
        try:
            services.record_terms(by=request.user, **form.values())
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("The employer's terms were recorded."))
            return redirect("payroll:terms")
    rows = (
        EmployerTerms.objects.filter(cooperative__in=mine)
        .select_related("cooperative")
        .order_by("cooperative__name", "-valid_from")
    )
    return views.page(request, "payroll/terms.html", {"rows": rows}, form=form)


def _known_terms(cooperatives: list[Cooperative]) -> dict[str, Any]:
    """Return the last terms of the only cooperative of an officer, so that what stays need not be typed again."""
    last = EmployerTerms.objects.filter(cooperative__in=cooperatives).order_by("-valid_from").first()
    if last is None or len(cooperatives) > 1:
        return {}
    return {"cooperative": last.cooperative_id} | {
        name: getattr(last, name)
        for name in forms.TermsForm.base_fields
        if name not in {"cooperative", "valid_from"} and hasattr(last, name)
    }
