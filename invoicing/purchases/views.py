"""Pages of costs: list, entry, one cost with its receipts, submission and decision."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coop import choosing, clock, views
from coop import forms as form_errors
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity
from coop.errors import Refused, Text
from invoicing.purchases import deductibility, forms, queries, services
from invoicing.purchases.models import ExpenseNote, State, SupplierInvoice

PAGE = 50


@dataclass(frozen=True)
class Kind:
    """One of the two kinds of cost, as its pages name it."""

    slug: str
    model: Any
    title: Text
    new: Text
    what: Text


KINDS: Mapping[str, Kind] = {
    kind.slug: kind
    for kind in (
        Kind(
            "notes",
            ExpenseNote,
            gettext_lazy("Expense notes"),
            gettext_lazy("New expense note"),
            gettext_lazy("What a member paid for an activity and claims back."),
        ),
        Kind(
            "suppliers",
            SupplierInvoice,
            gettext_lazy("Supplier invoices"),
            gettext_lazy("New supplier invoice"),
            gettext_lazy("An invoice that a supplier sent to the cooperative for an activity."),
        ),
    )
}


def _kind(slug: str) -> Kind:
    if slug not in KINDS:
        raise Http404(slug)
    return KINDS[slug]


def _cost(kind: Kind, cost: UUID, user: Any) -> Any:
    """Return a cost that a user sees, or 404."""
    rows = queries.expense_notes(user) if kind.model is ExpenseNote else queries.supplier_invoices(user)
    found = rows.filter(pk=cost).first()
    if found is None:
        raise Http404
    return found


def _activity(request: HttpRequest) -> Activity:
    """Return the activity that the address names, or the only or first one for which the person enters costs."""
    reached = queries.activities_to_spend_for(request.user)
    named = request.GET.get("activity", "")
    if not reached.exists():
        raise PermissionDenied("purchases w")
    found = next((each for each in reached if str(each.pk) == named), None) if named else reached.first()
    if found is None:
        raise Http404
    return found


@login_required
@require_GET
@never_cache
def cost_list(request: HttpRequest, kind: str = "notes") -> HttpResponse:
    """List the costs of one kind that a person may see, narrowed by state, with the total of all that are shown."""
    chosen = _kind(kind)
    access = visibility.access_of(request.user)
    if not (access.activities_with(Subject.PURCHASES, "r") or access.cooperatives_with(Subject.PURCHASES, "r")):
        raise PermissionDenied("purchases r")
    rows = (
        queries.expense_notes(request.user) if chosen.model is ExpenseNote else queries.supplier_invoices(request.user)
    )
    chooser = choosing.chooser(request)
    if chooser.activity is not None:
        rows = rows.filter(activity=chooser.activity)
    elif chooser.cooperative is not None:
        rows = rows.filter(cooperative=chooser.cooperative)
    state = request.GET.get("state", "")
    if state in State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown: list[Any] = list(page.object_list)
    paid = queries.payment_states(shown)
    context = {
        "kind": chosen,
        "kinds": KINDS.values(),
        "states": State.choices,
        "state": state,
        "page": page,
        "costs": [(cost, paid.get(cost.pk)) for cost in shown],
        "total": queries.totals(rows),
        "may_enter": queries.activities_to_spend_for(request.user).exists(),
    }
    return views.page(request, "invoicing/purchases/cost_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def cost_new(request: HttpRequest, kind: str) -> HttpResponse:
    """Enter a cost as a draft; its receipt is added on its page."""
    chosen = _kind(kind)
    activity = _activity(request)
    form, lines = _forms(request, chosen, activity)
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        create = services.create_expense_note if chosen.model is ExpenseNote else services.create_supplier_invoice
        made: Any = _try(
            form,
            lambda: create(
                activity=activity.pk,
                content=form.content(lines.contents()),
                by=request.user,
                at=clock.now(),
                key=form.key,
            ),
        )
        if made is not None:
            messages.success(request, _("The draft is saved. Add its receipt, then submit it."))
            return redirect("purchases:cost_detail", chosen.slug, made.pk)
    context = {
        "kind": chosen,
        "title": chosen.new,
        "activity": activity,
        "activities": queries.activities_to_spend_for(request.user),
        "lines": lines,
        "cancel": reverse("purchases:cost_list", args=[chosen.slug]),
    }
    return _entry_page(request, context, form, lines)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def cost_edit(request: HttpRequest, kind: str, cost: UUID) -> HttpResponse:
    """Change a draft."""
    chosen = _kind(kind)
    row = _cost(chosen, cost, request.user)
    visibility.require(request.user, Subject.PURCHASES, "w", activity=row.activity_id, cooperative=row.cooperative_id)
    form, lines = _forms(request, chosen, row.activity, row)
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        save = services.save_expense_note if chosen.model is ExpenseNote else services.save_supplier_invoice
        saved: Any = _try(
            form,
            lambda: save(cost=row.pk, content=form.content(lines.contents()), version=form.version, by=request.user),
        )
        if saved is not None:
            messages.success(request, _("The draft is saved."))
            return redirect("purchases:cost_detail", chosen.slug, row.pk)
    context = {
        "kind": chosen,
        "title": _("Change the draft"),
        "activity": row.activity,
        "lines": lines,
        "cancel": reverse("purchases:cost_detail", args=[chosen.slug, row.pk]),
    }
    return _entry_page(request, context, form, lines)


def _forms(request: HttpRequest, kind: Kind, activity: Activity, cost: Any = None) -> tuple[Any, Any]:
    """Return the form of a cost and that of its lines."""
    note = kind.model is ExpenseNote
    wanted = forms.ExpenseNoteForm if note else forms.SupplierInvoiceForm
    options: dict[str, Any] = {"claimants": queries.claimants(activity, request.user, clock.today())} if note else {}
    head, rows = wanted.initial_of(cost) if cost is not None else ({}, [])
    if cost is not None:
        options["version"] = cost.version
    form = wanted(request.POST or None, initial=head, **options)
    return form, wanted.lines(request.POST or None, initial=rows, prefix="lines")


def _entry_page(request: HttpRequest, context: dict[str, Any], form: Any, lines: Any) -> HttpResponse:
    page = views.page(request, "invoicing/purchases/cost_edit.html", context, form=form)
    if lines.is_bound and not lines.is_valid():
        page.status_code = 422
    return page


def _try(form: Any, act: Callable[[], Any]) -> Any:
    """Do what a form asks; a refusal goes into its errors, and nothing is returned."""
    try:
        return act()
    except Refused as refused:
        form_errors.refuse(form, refused)
        return None


@login_required
@require_GET
@never_cache
def cost_detail(request: HttpRequest, kind: str, cost: UUID) -> HttpResponse:
    """Show one cost with its lines, its receipts, and what the person may do with it."""
    chosen = _kind(kind)
    return _detail(request, chosen, _cost(chosen, cost, request.user))


def _detail(request: HttpRequest, kind: Kind, row: Any, **bound: Any) -> HttpResponse:
    """Draw the page of a cost; ``bound`` holds the one form that was sent and refused."""
    scope = {"activity": row.activity_id, "cooperative": row.cooperative_id}
    writes = visibility.may(request.user, Subject.PURCHASES, "w", **scope)
    decides = visibility.may(request.user, Subject.PURCHASES, "x", **scope) and not services.is_own(row, request.user)
    paid = queries.payment_states([row]).get(row.pk)
    context = {
        "kind": kind,
        "cost": row,
        "lines": [(line, deductibility.cost_type(line.cost_type).label) for line in row.lines.order_by("position")],
        "receipts": queries.receipts_of(row),
        "paid": paid,
        "State": State,
        "writes": writes,
        "decides": decides and row.state == State.SUBMITTED,
        "receipt_form": bound.get("receipt") or forms.ReceiptForm(),
        "approve_form": bound.get("approve") or forms.ApproveForm(initial={"booked_on": clock.today()}),
        "refuse_form": bound.get("refuse") or forms.RefuseForm(),
        "is_note": kind.model is ExpenseNote,
    }
    page = views.page(request, "invoicing/purchases/cost_detail.html", context)
    if bound:
        page.status_code = 422
    return page


@login_required
@require_POST
@never_cache
def cost_act(request: HttpRequest, kind: str, cost: UUID, act: str) -> HttpResponse:
    """Do one thing with a cost: add its receipt, submit it, take it back, discard it, approve or refuse it."""
    chosen = _kind(kind)
    row = _cost(chosen, cost, request.user)
    if act not in ACTS:
        raise Http404(act)
    return ACTS[act](request, chosen, row)


def _receipt(request: HttpRequest, kind: Kind, row: Any) -> HttpResponse:
    form = forms.ReceiptForm(request.POST, request.FILES)
    if form.is_valid() and _try(
        form,
        lambda: services.attach_receipt(
            model=kind.model, cost=row.pk, receipt=form.receipt(), by=request.user, at=clock.now()
        ),
    ):
        messages.success(request, _("The file is kept."))
        return redirect("purchases:cost_detail", kind.slug, row.pk)
    return _detail(request, kind, row, receipt=form)


def _approve(request: HttpRequest, kind: Kind, row: Any) -> HttpResponse:
    form = forms.ApproveForm(request.POST)
    if form.is_valid() and _try(
        form,
        lambda: services.approve_cost(
            model=kind.model, cost=row.pk, on=form.values()["booked_on"], by=request.user, at=clock.now(), key=form.key
        ),
    ):
        messages.success(request, _("The cost is approved and in the books."))
        return redirect("purchases:cost_detail", kind.slug, row.pk)
    return _detail(request, kind, row, approve=form)


def _refuse(request: HttpRequest, kind: Kind, row: Any) -> HttpResponse:
    form = forms.RefuseForm(request.POST)
    if form.is_valid() and _try(
        form,
        lambda: services.refuse_cost(
            model=kind.model, cost=row.pk, reason=form.values()["reason"], by=request.user, at=clock.now()
        ),
    ):
        messages.success(request, _("The cost is refused; the member reads the reason."))
        return redirect("purchases:cost_detail", kind.slug, row.pk)
    return _detail(request, kind, row, refuse=form)


def _simple(act: Callable[[HttpRequest, Kind, Any], Any], done: Text, *, gone: bool = False) -> Any:
    """Return the answer to a button without fields."""

    def answer(request: HttpRequest, kind: Kind, row: Any) -> HttpResponse:
        try:
            act(request, kind, row)
        except Refused as refused:
            messages.error(request, str(refused))
            page = _detail(request, kind, row)
            page.status_code = 422
            return page
        messages.success(request, str(done))
        if gone:
            return redirect("purchases:cost_list", kind.slug)
        return redirect("purchases:cost_detail", kind.slug, row.pk)

    return answer


ACTS: Mapping[str, Callable[[HttpRequest, Kind, Any], HttpResponse]] = {
    "receipt": _receipt,
    "approve": _approve,
    "refuse": _refuse,
    "submit": _simple(
        lambda request, kind, row: services.submit_cost(model=kind.model, cost=row.pk, by=request.user, at=clock.now()),
        gettext_lazy("It is submitted."),
    ),
    "take-back": _simple(
        lambda request, kind, row: services.take_back_cost(model=kind.model, cost=row.pk, by=request.user),
        gettext_lazy("It is a draft again."),
    ),
    "discard": _simple(
        lambda request, kind, row: services.discard_cost(model=kind.model, cost=row.pk, by=request.user),
        gettext_lazy("The draft is discarded."),
        gone=True,
    ),
}
