"""Pages of the salary that a member chooses, and of the orders that the payroll officer decides."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coop import clock, formatting, views
from coop import forms as form_errors
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity, Cooperative
from coop.errors import Refused
from coop.ledger import pay
from coop.ledger import queries as ledger_queries
from coop.money import ZERO
from coop.periods import Month
from members.models import Person, Status
from payroll import ahead, beside_pay, facts, forms, pages, pricing, queries, services, slips, texts
from payroll.models import EmployerTerms, PayrollRun, SalaryOrder
from payroll.services.orders import order_basis


@login_required
@require_GET
def salary(request: HttpRequest) -> HttpResponse:
    """Lead to the salary of this month."""
    return redirect("payroll:salary_month", Month.of(clock.today()))


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
    person = pages.me(request)
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
        "for_member": order is not None and order.submitted_by_id not in {None, request.user.pk},
    }  # fmt: skip
    if status == Status.EMPLOYEE:
        context |= _estimate(request, person, cooperative, month, form, order)
        context["ahead"] = _ahead(request, context.get("activities", ()), cooperative)
    refused_form = form if request.method == "POST" else None
    return views.page(request, "payroll/salary_month.html", context, form=refused_form)


@login_required
@require_GET
@never_cache
def salary_estimate(request: HttpRequest, month: Month) -> HttpResponse:
    """Answer with what a wish gives and costs, while it is typed."""
    person = pages.me(request)
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
    unused = sum((one.collected - one.advanced - one.reserved for one in balances.values()), reserved)
    refusal = None
    try:
        pricing.check_law_and_contract(found, basis)
        room = pricing.room(basis, {pk: one.free for pk, one in balances.items()}, reserved)
        pricing.check_free(found, basis, room, may_draw=True)
    except Refused as refused:
        refusal = refused
    cut_off, run = _cut_off(cooperative, month), queries.run_of(cooperative, month)
    checked = run is not None and run.state not in {PayrollRun.State.OPEN, PayrollRun.State.CALCULATED}
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
        "months_of_reserve": pricing.months_of_reserve(found, unused),
        "next_euro": {"cost": next_euro.cost - found.cost, "net": next_euro.net - found.net},
        "to_net": slips.to_net(found.payslip),
        "to_cost": slips.to_cost(found.payslip),
        "chart": slips.chart(slips.where_it_goes(found.payslip)),
        "findings": [texts.finding(one, found.payslip) for one in found.payslip.findings if one.severity == "warning"],
        **_beside(basis, found, month),
    }


def _beside(basis: facts.Basis, found: pricing.Price, month: Month) -> dict[str, Any]:
    """Return what stands beside a wish as it is recorded now; nothing when it cannot be said, which the run will name."""
    try:
        paid = beside_pay.estimate(basis, found.payslip, month)
    except Refused:
        return {}
    return {"to_payment": slips.to_payment(paid), "beside": slips.allowances(paid)}


def _ahead(request: HttpRequest, activities: Iterable[Activity], cooperative: Cooperative) -> list[dict[str, Any]]:
    """Return the months ahead of the member's activities; amounts only where they say nothing of a colleague's pay."""
    on = clock.today()
    found = ahead.ahead_of(cooperative, on=on, activities=[activity.pk for activity in activities])
    return [{"of": one, "amounts": pay.sees_pay(request.user, one.activity, on, on)} for one in found]


def _wish(form: forms.WishForm, order: Any, basis: facts.Basis) -> tuple[str, Decimal]:
    """The wish that was typed; before anything is typed, the order or the contractual wage."""
    typed = forms.WishForm(form.data)  # read anew: a refusal has taken the amount out of the form that was sent
    if form.is_bound and "amount" in form.data and typed.is_valid():
        return typed.cleaned_data["target"], typed.cleaned_data["amount"]
    if order is not None:
        return order.target, order.amount
    return SalaryOrder.Target.GROSS, basis.contract_gross


@login_required
@require_POST
def order_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an order back before it is decided."""
    order = get_object_or_404(SalaryOrder.objects.visible_to(request.user).select_related("cooperative"), pk=pk)
    pages.attempt(
        request,
        lambda: services.withdraw_order(order=order.pk, by=request.user, at=clock.now()),
        _("Your order was taken back."),
    )
    return redirect("payroll:salary_month", Month.of(order.month))


# --- the payroll officer ----------------------------------------------------------------------------------------------


@login_required
@require_GET
@never_cache
def order_list(request: HttpRequest) -> HttpResponse:
    """Show the payroll officer the orders of a month, those that wait first."""
    mine = pages.officer_cooperatives(request.user)
    if not mine:
        raise PermissionDenied("orders x")
    wanted = request.GET.get("cooperative", "")
    cooperative = next((one for one in mine if wanted in {str(one.pk), one.code}), mine[0])
    month = pages.chosen_month(request)
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
def order_new(request: HttpRequest) -> HttpResponse:
    """Let the payroll officer send an order for a member who cannot or did not; the member sees who did."""
    ids = visibility.access_of(request.user).cooperatives_with(Subject.ORDERS, "x")
    mine = list(Cooperative.objects.filter(pk__in=ids).order_by("name"))
    if not mine:
        raise PermissionDenied("orders x")
    wanted = request.GET.get("cooperative", "")
    cooperative = next((one for one in mine if wanted in {str(one.pk), one.code}), mine[0])
    month = pages.chosen_month(request)
    form = forms.OfficerOrderForm(
        request.POST or None, people=queries.without_order(cooperative, month), initial={"target": "gross"}
    )
    if request.method == "POST" and form.is_valid():
        try:
            order = services.submit_order(
                cooperative=cooperative, month=month, by=request.user, on=clock.today(), at=clock.now(), **form.values()
            )
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(
                request, _("The order is sent for %(person)s; decide on it here.") % {"person": order.person}
            )
            return redirect("payroll:order_detail", order.pk)
    context = {"cooperative": cooperative, "month": month, "cut_off": _cut_off(cooperative, month)}
    return views.page(request, "payroll/order_new.html", context, form=form)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def order_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show an order with what it gives, costs and draws; approve, correct or refuse it."""
    order = get_object_or_404(
        SalaryOrder.objects.visible_to(request.user).select_related(
            "person", "cooperative", "decided_by", "submitted_by"
        ),
        pk=pk,
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
        "for_member": order.submitted_by_id not in {None, order.person.user_id},
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
