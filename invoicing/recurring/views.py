"""Recurring invoices: list, page with the next dates, editor, pause, skip, end."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from coop import choosing, clock, typed
from coop import forms as form_errors
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity
from coop.errors import Refused
from invoicing import editor, sheet
from invoicing.forms import lines_initial
from invoicing.models import Invoice
from invoicing.quotes.forms import kept_lines_initial
from invoicing.recurring import forms, services
from invoicing.recurring.models import RecurringInvoice
from invoicing.views.access import GET_AND_POST, choose_activity, named_activity, writable

AHEAD = 5
State = RecurringInvoice.State
COLOURS = {State.ACTIVE: "good", State.PAUSED: "warning", State.ENDED: "neutral"}


def _recurring(request: HttpRequest, pk: UUID, right: str = "") -> RecurringInvoice:
    """Return one that the person sees (404 for others), and on which they have a right (403)."""
    seen = RecurringInvoice.objects.visible_to(request.user).select_related("activity__cooperative", "customer")
    recurring = get_object_or_404(seen, pk=pk)
    if right:
        scope = {"activity": recurring.activity_id, "cooperative": recurring.cooperative_id}
        visibility.require(request.user, Subject.SALES, right, **scope)
    return recurring


@login_required
@require_GET
def recurring_list(request: HttpRequest) -> HttpResponse:
    """Show what recurs, what comes next first."""
    chooser = choosing.chooser(request)
    found = RecurringInvoice.objects.visible_to(request.user).select_related("activity", "customer")
    if chooser.activity is not None:
        found = found.filter(activity=chooser.activity)
    elif chooser.cooperative is not None:
        found = found.filter(cooperative=chooser.cooperative)
    order = list(COLOURS)
    rows = sorted(found, key=lambda one: (order.index(State(one.state)), one.next_on or clock.today(), one.name))
    context = {
        "rows": [(one, COLOURS[State(one.state)]) for one in rows],
        "several": chooser.activity is None,
        "may_write": bool(writable(request)),
    }
    return render(request, "invoicing/recurring/recurring_list.html", context)


@login_required
@require_GET
def recurring_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one: where it stands, its next dates, what was made of the last ones."""
    recurring = _recurring(request, pk)
    scope = {"activity": recurring.activity_id, "cooperative": recurring.cooperative_id}
    rhythm = services.rhythm_of(recurring)
    coming = rhythm.coming(recurring.next_on, AHEAD) if recurring.next_on else []
    context = {
        "recurring": recurring,
        "colour": COLOURS[State(recurring.state)],
        "lines": recurring.lines.order_by("position"),
        "coming": [(day, services.period_of(recurring, day)) for day in coming],
        "made": recurring.occurrences.select_related("invoice").order_by("-on")[:24],
        "may_write": visibility.may(request.user, Subject.SALES, "w", **scope),
        "new_key": form_errors.Form().initial["idempotency_key"],
    }
    return render(request, "invoicing/recurring/recurring_detail.html", context)


@login_required
@require_http_methods(GET_AND_POST)
def recurring_new(request: HttpRequest) -> HttpResponse:
    """Set up what recurs, from nothing or from an invoice (``from``)."""
    activity = named_activity(request)
    if activity is None:
        return choose_activity(request, _("New recurring invoice"))
    if request.method == "POST":
        return _edit(request, activity, None)
    source = _source(request, activity)
    values: dict[str, Any] = {"customer": editor.named_customer(request, activity), "first_on": clock.today()}
    lines = []
    if source is not None:
        values |= {"customer": str(source.customer_id), "note": source.note, "reference": source.reference}
        values["name"] = str(source.customer)
        lines = lines_initial(source.lines.order_by("position"))
    form = forms.RecurringForm(customers=editor.customers_of(activity), initial=values)
    return _show(request, sheet.opened(activity, form, lines), None)


def _source(request: HttpRequest, activity: Activity) -> Invoice | None:
    """Return the invoice that the address names, when it is one of the activity."""
    try:
        wanted = UUID(request.GET.get("from", ""))
    except ValueError:
        return None
    return Invoice.objects.filter(pk=wanted, activity=activity, kind=Invoice.Kind.INVOICE).first()


@login_required
@require_http_methods(GET_AND_POST)
def recurring_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change what is made from now on."""
    recurring = _recurring(request, pk, "w")
    if request.method == "POST":
        return _edit(request, recurring.activity, recurring)
    if recurring.state == State.ENDED:
        return redirect("recurring:recurring_detail", pk)
    customers = editor.customers_of(recurring.activity)
    form = forms.RecurringForm(customers=customers, initial=forms.initial(recurring), version=recurring.version)
    lines = kept_lines_initial(recurring.lines.order_by("position"))
    return _show(request, sheet.opened(recurring.activity, form, lines), recurring)


def _edit(request: HttpRequest, activity: Activity, recurring: RecurringInvoice | None) -> HttpResponse:
    def head(data: Any) -> forms.RecurringForm:
        return forms.RecurringForm(data, customers=editor.customers_of(activity))

    changed = sheet.changed(request, activity, head)
    if changed is not None:
        return _show(request, changed, recurring, status=422 if changed.typed or changed.customer_open else 200)
    sent = sheet.sent(request, activity, head)
    form = sent.form
    assert isinstance(form, forms.RecurringForm)
    lines = sent.draft_lines
    if not form.is_valid() or any(one.errors for one in sent.lines.forms):
        return _show(request, sent, recurring)
    now: dict[str, Any] = {"on": clock.today(), "by": request.user}
    try:
        if recurring is None:
            saved = services.create_recurring(
                activity=activity.pk, content=form.content(lines), at=clock.now(), key=form.key, **now
            )
        else:
            saved = services.save_recurring(
                recurring_id=recurring.pk, content=form.content(lines), version=form.version, **now
            )
    except Refused as refused:
        form_errors.refuse(form, refused)
        return _show(request, sent, recurring)
    messages.success(request, _("“%(name)s” is set up.") % {"name": saved.name})
    return redirect("recurring:recurring_detail", saved.pk)


def _show(
    request: HttpRequest, shown: sheet.Sheet, recurring: RecurringInvoice | None, status: int | None = None
) -> HttpResponse:
    refused = 422 if request.method == "POST" and shown.has_errors else 200
    context = {**shown.context(), "recurring": recurring}
    return render(request, "invoicing/recurring/recurring_edit.html", context, status=status or refused)


def _act(request: HttpRequest, pk: UUID, act: Callable[[], str]) -> HttpResponse:
    _recurring(request, pk, "w")
    if request.method == "POST":
        try:
            messages.success(request, act())
        except Refused as refused:
            messages.error(request, str(refused))
    return redirect("recurring:recurring_detail", pk)


@login_required
@require_http_methods(GET_AND_POST)
def recurring_pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make nothing until it goes on."""

    def act() -> str:
        services.pause_recurring(recurring_id=pk, by=request.user)
        return _("Nothing is made until you let it go on.")

    return _act(request, pk, act)


@login_required
@require_http_methods(GET_AND_POST)
def recurring_resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Go on with the next date."""

    def act() -> str:
        services.resume_recurring(recurring_id=pk, on=clock.today(), by=request.user)
        return _("It goes on with its next date.")

    return _act(request, pk, act)


@login_required
@require_http_methods(GET_AND_POST)
def recurring_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End it for good."""

    def act() -> str:
        services.end_recurring(recurring_id=pk, by=request.user)
        return _("It has ended; what was made stays.")

    return _act(request, pk, act)


@login_required
@require_http_methods(GET_AND_POST)
def recurring_skip(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Leave out the next date, which the button names."""

    def act() -> str:
        try:
            day = typed.day(request.POST.get("day", ""), today=clock.today())
        except typed.Unreadable:
            return _("No date was named; nothing is left out.")
        services.skip_next(recurring_id=pk, day=day, by=request.user, at=clock.now())
        return _("The date is left out.")

    return _act(request, pk, act)
