"""Pages of payroll: the member's salary and payslips, the run of the month, orders, the employer's terms."""

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

from coop import clock, formatting, views
from coop import forms as form_errors
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity, Cooperative
from coop.errors import Refused
from coop.ledger import queries as ledger_queries
from coop.money import ZERO, cents, split
from coop.periods import Month
from members import services as member_services
from members.models import Person, Reading, Status
from payroll import facts, forms, pricing, queries, services, slips, tasks, texts
from payroll.models import EmployerTerms, PayrollRun, Payslip, RunMember, SalaryOrder
from payroll.services.orders import order_basis

MONTHS_AHEAD, MONTHS_BACK = 1, 11
State = PayrollRun.State


# --- salary -----------------------------------------------------------------------------------------------------------


@login_required
@require_GET
def salary(request: HttpRequest) -> HttpResponse:
    """Lead to the salary of this month."""
    return redirect("payroll:salary_month", Month.of(clock.today()))


def _me(request: HttpRequest) -> Person:
    person = queries.person_of(request.user)
    if person is None:
        raise PermissionDenied("salary of nobody")
    return person


def _employer(request: HttpRequest, person: Person, month: Month) -> tuple[Cooperative, str, list[Cooperative]]:
    """Return the cooperative that is asked for, or the first in which the person works, with the status there."""
    employers = queries.employers_of(person, month)
    if not employers:
        raise PermissionDenied("no cooperative")
    wanted = request.GET.get("cooperative") or request.POST.get("cooperative")
    cooperative, status = next((one for one in employers if one[0].code == wanted), employers[0])
    return cooperative, status, [one for one, _status in employers]


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def salary_month(request: HttpRequest, month: Month) -> HttpResponse:
    """Let a member see what a wish gives and costs, and order it."""
    person = _me(request)
    cooperative, status, employers = _employer(request, person, month)
    order = queries.live_order(person, cooperative, month)
    typed = request.POST or (request.GET.dict() if "amount" in request.GET else None)
    form = forms.WishForm(typed or None, initial={"target": "gross"})
    if request.method == "POST" and form.is_valid():
        try:
            services.submit_order(
                person=person, cooperative=cooperative, month=month, target=form.cleaned_data["target"],
                amount=form.cleaned_data["amount"], by=request.user, on=clock.today(), at=clock.now(),
            )  # fmt: skip
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("Your order was sent. The payroll officer decides on it."))
            return redirect(f"{request.path}?cooperative={cooperative.code}")
    context = {
        "person": person, "cooperative": cooperative, "employers": employers, "month": month,
        "previous": month.plus(-1), "next": month.plus(1), "order": order, "status": status, "Status": Status,
        "warnings": [texts.warning(one) for one in order.warnings] if order else [],
        "run": queries.run_of(cooperative, month), "form": form, "cut_off": _cut_off(cooperative, month),
    }  # fmt: skip
    if status == Status.EMPLOYEE:
        context |= _estimate(request, person, cooperative, month, form, order)
    refused_form = form if request.method == "POST" else None
    return views.page(request, "payroll/salary_month.html", context, form=refused_form)


@login_required
@require_GET
@never_cache
def salary_estimate(request: HttpRequest, month: Month) -> HttpResponse:
    """Answer with what a wish gives and costs, while it is typed."""
    person = _me(request)
    cooperative, _status, _employers = _employer(request, person, month)
    form = forms.WishForm(request.GET.dict())
    context = {"cooperative": cooperative, "month": month, "form": form}
    order = queries.live_order(person, cooperative, month)
    context |= _estimate(request, person, cooperative, month, form, order)
    return render(request, "payroll/salary_estimate.html", context)


def _cut_off(cooperative: Cooperative, month: Month) -> Any:
    terms = EmployerTerms.objects.filter(cooperative=cooperative).on(month.last).first()
    return month.day(terms.cut_off_day) if terms else None


def _estimate(
    request: HttpRequest, person: Person, cooperative: Cooperative, month: Month, form: forms.WishForm, order: Any
) -> dict[str, Any]:
    """Return the price of the wish, of the order, or of the contract; or why there is none."""
    try:
        basis = order_basis(person=person, cooperative=cooperative, month=month)
        target, amount = _wish(form, order, basis)
        found = pricing.price(basis, target=target, amount=amount)
    except Refused as refused:
        return {"missing": refused}
    activities = [pk for pk, _weight in basis.bearers]
    balances = ledger_queries.balances_of(activities, clock.today())
    reserved = order.cost if order and order.state == SalaryOrder.State.APPROVED else ZERO
    free = sum((one.free for one in balances.values()), reserved)
    refusal = None
    try:
        pricing.check_law_and_contract(found, basis)
        shares = split(reserved, [weight for _activity, weight in basis.bearers])
        room = {pk: balances[pk].free + share for pk, share in zip(activities, shares, strict=True)}
        pricing.check_free(found, basis, room, may_draw=True)
    except Refused as refused:
        refusal = refused
    cut_off, run = _cut_off(cooperative, month), queries.run_of(cooperative, month)
    checked = run is not None and run.state not in {State.OPEN, State.CALCULATED}
    next_euro = pricing.price(basis, target="gross", amount=found.gross + 1)
    return {
        "basis": basis,
        "price": found,
        "wish": {"target": target, "amount": amount},
        "wish_amount": form.data.get("amount") or formatting.amount(amount),
        "refusal": refusal,
        "closed": checked or (cut_off is not None and clock.today() > cut_off),
        "free": free,
        "balances": next(iter(balances.values())) if len(balances) == 1 else None,
        "activities": Activity.objects.filter(pk__in=activities).order_by("code"),
        "short": max(ZERO, found.cost - free),
        "months_of_reserve": _months_of_reserve(balances.values(), found, reserved),
        "next_euro": {"cost": next_euro.cost - found.cost, "net": next_euro.net - found.net},
        "to_net": slips.to_net(found.payslip),
        "to_cost": slips.to_cost(found.payslip),
        "chart": slips.chart(slips.where_it_goes(found.payslip)),
        "findings": [texts.finding(one, found.payslip) for one in found.payslip.findings if one.severity == "warning"],
    }


def _wish(form: forms.WishForm, order: Any, basis: facts.Basis) -> tuple[str, Decimal]:
    """The wish that was typed; before anything is typed, the order or the contractual wage."""
    typed = forms.WishForm(form.data)  # read anew: a refusal has taken the amount out of the form that was sent
    if form.is_bound and "amount" in form.data and typed.is_valid():
        return typed.cleaned_data["target"], typed.cleaned_data["amount"]
    if order is not None:
        return order.target, order.amount
    return SalaryOrder.Target.GROSS, basis.contract_gross


def _months_of_reserve(balances: Any, found: pricing.Price, reserved: Decimal) -> Decimal:
    """How many months of the contractual cost stay collected after this salary."""
    left = sum((one.collected - one.advanced - one.reserved for one in balances), reserved) - found.cost
    return cents(left / found.contract_cost) if found.contract_cost else ZERO


@login_required
@require_POST
def order_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an order back before it is decided."""
    order = get_object_or_404(SalaryOrder.objects.visible_to(request.user).select_related("cooperative"), pk=pk)
    _try(
        request,
        lambda: services.withdraw_order(order=order.pk, by=request.user, at=clock.now()),
        _("Your order was taken back."),
    )
    return redirect("payroll:salary_month", Month.of(order.month))


def _try(request: HttpRequest, act: Callable[[], Any], done: str) -> bool:
    """Do an act of one button: say that it is done, or why not."""
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    messages.success(request, done)
    return True


# --- payslips ---------------------------------------------------------------------------------------------------------


@login_required
@require_GET
@never_cache
def payslip_list(request: HttpRequest) -> HttpResponse:
    """Show a member their payslips, by year."""
    person = _me(request)
    payslips = list(queries.payslips_of(request.user).filter(person=person))
    years: dict[int, list[Payslip]] = {}
    for one in payslips:
        years.setdefault(one.month.year, []).append(one)
    rows = [
        (year, slips_of_year, sorted({one.cooperative for one in slips_of_year}, key=lambda one: one.name))
        for year, slips_of_year in years.items()
    ]
    return views.page(request, "payroll/payslip_list.html", {"years": rows, "person": person})


@login_required
@require_GET
@never_cache
def payslip_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one payslip, every line with its explanation, beside last month and the year."""
    payslip = get_object_or_404(
        Payslip.objects.visible_to(request.user).select_related(
            "person", "cooperative", "contract", "document", "order", "member__run"
        ),
        pk=pk,
    )
    own = payslip.person.user_id == request.user.pk
    if not own:
        member_services.note_reading(person=payslip.person, what=Reading.What.PAYSLIP, by=request.user, at=clock.now())
    figures = queries.figures_of(payslip)
    previous = queries.previous_payslip(payslip)
    before = queries.figures_of(previous) if previous else None
    context = {
        "payslip": payslip,
        "month": Month.of(payslip.month),
        "to_net": slips.to_net(figures, before),
        "to_cost": slips.to_cost(figures, before),
        "bridge": queries.bridge(figures, before) if before else None,
        "previous": previous,
        "year": queries.year_totals(payslip),
        "chart": slips.chart(slips.where_it_goes(figures)),
        "findings": [
            (texts.SEVERITIES[one.severity], one.severity, texts.finding(one, figures))
            for one in figures.findings
            if one.code != "unconfirmed_parameter" and (one.severity != "information" or not own)
        ],
        "unconfirmed": [] if own else texts.unconfirmed(figures),
        "shares": payslip.shares.select_related("activity").order_by("activity__code"),
        "own": own,
        "replaces": queries.replaces(payslip),
        "replaced_by": queries.replaced_by(payslip),
    }
    if visibility.may(request.user, Subject.RUNS, "w", cooperative=payslip.cooperative_id):
        context["under_way"] = queries.correction_under_way(payslip)
        context["correctable"] = payslip.state == Payslip.State.APPROVED and context["under_way"] is None
    response = views.page(request, "payroll/payslip_detail.html", context)
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def payslip_correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open the correction of an approved payslip: what was really due, and why."""
    payslip = get_object_or_404(
        Payslip.objects.visible_to(request.user).select_related("person", "cooperative", "contract"), pk=pk
    )
    visibility.require(request.user, Subject.RUNS, "w", cooperative=payslip.cooperative_id)
    form = forms.PayslipCorrectionForm(request.POST or None, initial={"gross": payslip.gross, "hours": payslip.hours})
    if request.method == "POST" and form.is_valid():
        try:
            run = services.open_correction(payslip=payslip.pk, by=request.user, at=clock.now(), **form.values())
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            return redirect("payroll:run_detail", run.pk)
    context = {"payslip": payslip, "month": Month.of(payslip.month), "under_way": queries.correction_under_way(payslip)}
    return views.page(request, "payroll/payslip_correct.html", context, form=form)


# --- runs -------------------------------------------------------------------------------------------------------------


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
    mine = _officer_cooperatives(request.user)
    context = {
        "runs": [(run, progress[run.pk], totals[run.pk]) for run in runs],
        "cooperatives": cooperatives,
        "form": _open_form(request, mine) if mine else None,
        "confirmed_until": facts.law().confirmed_until,
        "obstacles": [one for cooperative in mine if (one := _obstacle(cooperative)) is not None],
    }
    return views.page(request, "payroll/run_list.html", context)


def _officer_cooperatives(user: Any) -> list[Cooperative]:
    ids = visibility.access_of(user).cooperatives_with(Subject.RUNS, "w")
    return list(Cooperative.objects.filter(pk__in=ids).order_by("name"))


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
    mine = _officer_cooperatives(request.user)
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
        "totals": queries.totals(run),
        "before": None if run.corrects_id else _totals_before(run),
        "replacement": (replacement := queries.replacement_in(run)),
        "compared": queries.compared(replacement) if replacement else [],
        "persons": persons,
        "officer": visibility.may(user, Subject.RUNS, "w", cooperative=cooperative),
        "approver": visibility.may(user, Subject.RUNS, "x", cooperative=cooperative),
        "own": user.pk in {run.prepared_by_id, run.submitted_by_id},
        "approve_form": form if isinstance(form, forms.ConfirmForm) else forms.ConfirmForm(month=month),
        "note_form": forms.NoteForm(),
        "reason_form": forms.ReasonForm(),
        "orders": queries.orders_of(run.cooperative, month) if persons else [],
    }
    differences = queries.differences(run)
    if persons and not context["officer"]:
        people = {one.payslip.person_id for one in differences}
        member_services.note_readings(people=people, what=Reading.What.RUN, by=user, at=clock.now())
    if persons:
        context["differences"] = differences
        context["failed"] = _failed(run)
    context["changed"] = _sizes(differences)
    response = views.page(request, "payroll/run_detail.html", context, form=form)
    response["Cache-Control"] = "no-store"
    return response


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


def _failed(run: PayrollRun) -> list[tuple[RunMember, dict[str, str]]]:
    language = (translation.get_language() or "fr")[:2]
    rows = run.members.filter(state=RunMember.State.FAILED).select_related("contract__person")
    return [
        (row, (row.failure or {}).get(language) or next(iter((row.failure or {}).values()), {}))
        for row in rows.order_by("contract__person__sort_name")
    ]


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
    if _try(request, lambda: act(run), done):
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


# --- orders -----------------------------------------------------------------------------------------------------------


def _chosen_month(request: HttpRequest) -> Month:
    try:
        return Month.parse(request.GET.get("month", ""))
    except ValueError:
        return Month.of(clock.today())


@login_required
@require_GET
@never_cache
def order_list(request: HttpRequest) -> HttpResponse:
    """Show the payroll officer the orders of a month, those that wait first."""
    mine = _officer_cooperatives(request.user)
    if not mine:
        raise PermissionDenied("orders x")
    wanted = request.GET.get("cooperative", "")
    cooperative = next((one for one in mine if wanted in {str(one.pk), one.code}), mine[0])
    month = _chosen_month(request)
    context = {
        "cooperative": cooperative,
        "cooperatives": mine,
        "month": month,
        "previous": month.plus(-1),
        "next": month.plus(1),
        "orders": queries.orders_of(cooperative, month),
        "run": queries.run_of(cooperative, month),
    }
    return views.page(request, "payroll/order_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def order_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show an order with what it gives, costs and draws; approve, correct or refuse it."""
    order = get_object_or_404(
        SalaryOrder.objects.visible_to(request.user).select_related("person", "cooperative", "decided_by"), pk=pk
    )
    visibility.require(request.user, Subject.ORDERS, "x", cooperative=order.cooperative_id)
    correct = forms.CorrectionForm(
        request.POST if request.POST.get("act") == "correct" else None,
        initial={"target": order.target, "amount": order.amount},
    )
    refuse = forms.ReasonForm(request.POST if request.POST.get("act") == "refuse" else None)
    acted = _decide(request, order, correct, refuse) if request.method == "POST" else None
    if acted is not None:
        return redirect("payroll:order_detail", acted.pk)
    context: dict[str, Any] = {
        "order": order, "month": Month.of(order.month), "correct": correct, "refuse": refuse, "State": SalaryOrder.State,
        "warnings": [texts.warning(one) for one in order.warnings], "live": order.superseded_at is None,
    }  # fmt: skip
    if order.superseded_at is None:
        form = forms.WishForm({"target": order.target, "amount": formatting.amount(order.amount)})
        context |= _estimate(request, order.person, order.cooperative, Month.of(order.month), form, order)
    page = views.page(request, "payroll/order_detail.html", context)
    if request.method == "POST":
        page.status_code = 422
    return page


def _decide(request: HttpRequest, order: SalaryOrder, correct: Any, refuse: Any) -> SalaryOrder | None:
    """Carry out the decision of the form that was sent; None when it was refused."""
    act, on, at = request.POST.get("act", ""), clock.today(), clock.now()
    form: Any = {"correct": correct, "refuse": refuse}.get(act)
    if form is not None and not form.is_valid():
        return None
    try:
        if act == "approve":
            done = services.approve_order(order=order.pk, by=request.user, on=on, at=at)
            messages.success(request, _("The order is approved, and its cost is reserved."))
        elif act == "correct":
            done = services.correct_order(order=order.pk, by=request.user, on=on, at=at, **form.values())
            messages.success(request, _("The corrected order is approved, and its cost is reserved."))
        elif act == "refuse":
            done = services.refuse_order(order=order.pk, by=request.user, at=at, **form.values())
            messages.success(request, _("The order is refused; the member reads why."))
        else:
            return None
    except Refused as refused:
        if form is None:
            messages.error(request, str(refused))
        else:
            form_errors.refuse(form, refused)
        return None
    return done


# --- terms ------------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def terms(request: HttpRequest) -> HttpResponse:
    """Show and record what the cooperatives are as employers."""
    mine = _officer_cooperatives(request.user)
    if not mine:
        raise PermissionDenied("runs w")
    form = forms.TermsForm(request.POST or None, cooperatives=mine)
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
