"""Pages of reminders: who is to be reminded today, one reminder line by line, what stops it, the rules."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from coop import choosing, clock, formatting, views
from coop import forms as form_errors
from coop.entities.models import Cooperative
from coop.errors import Refused, Text
from invoicing.customer_page.services import require_sharing
from invoicing.models import Invoice
from invoicing.reminders import forms, law, queries, services
from invoicing.reminders.deciding import Asking, Level
from invoicing.reminders.models import Reminder, ReminderPause, ReminderPolicy
from invoicing.reminders.registering import sends_reminders

GET_AND_POST = ["GET", "POST"]


def _reached(request: HttpRequest, pk: UUID) -> Invoice:
    """Return an invoice that the person sees (else 404) and for which they send reminders (else 403)."""
    rows = Invoice.objects.visible_to(request.user).select_related("customer", "activity", "cooperative")
    invoice = get_object_or_404(rows, pk=pk)
    require_sharing(invoice, request.user)
    return invoice


def _chosen(request: HttpRequest) -> Any:
    """Return the invoices of the activity or cooperative that the person looks at."""
    chooser = choosing.chooser(request)
    invoices = queries.remindable(request.user)
    if chooser.activity is not None:
        return invoices.filter(activity=chooser.activity)
    return invoices.filter(cooperative=chooser.cooperative) if chooser.cooperative is not None else invoices


@login_required
@require_http_methods(GET_AND_POST)
@never_cache
def proposals(request: HttpRequest) -> HttpResponse:
    """Show who is to be reminded today, with the amounts line by line; send those that are ticked."""
    if not sends_reminders(request.user):
        raise PermissionDenied("sales of others")
    today = clock.today()
    if request.method == "POST":
        _send_ticked(request)
        return redirect("reminders:proposals")
    found = queries.standings(_chosen(request), today)
    letters = queries.waiting_to_post(request.user)
    papers = queries.papers_of(letters)
    recent = (
        Reminder.objects.filter(invoice__in=queries.remindable(request.user).values("pk"), on=today)
        .select_related("invoice__customer")
        .order_by("-made_at")
    )
    context = {
        "ready": [one for one in found if one.ready],
        "stopped": [one for one in found if one.stopped],
        "coming": [one for one in found if not one.ready and not one.stopped and one.terms is not None],
        "without_rules": [one for one in found if one.terms is None],
        "letters": [(one, papers.get(one.pk)) for one in letters],
        "today": [(one, queries.papers_of([one]).get(one.pk)) for one in recent[:20]],
        "new_key": form_errors.Form().initial["idempotency_key"],
        "rules": bool(queries.cooperatives_of(request.user, "x")),
    }
    return views.page(request, "invoicing/reminders/proposals.html", context)


def _send_ticked(request: HttpRequest) -> None:
    """Send the reminders that are ticked, each by itself; what is refused is said and keeps none of the others."""
    sent, letters = 0, 0
    for ticked in request.POST.getlist("remind"):
        number, _colon, level = ticked.partition(":")
        if level not in set(Level):
            continue
        key = _uuid(number)
        invoice = Invoice.objects.visible_to(request.user).filter(pk=key).first() if key else None
        if invoice is None:
            continue
        try:
            made = services.remind(
                invoice_id=invoice.pk, level=Level(level), by=request.user, on=clock.today(), at=clock.now()
            )
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            sent += made.channel == "mail"
            letters += made.channel == "post"
    _say(request, sent, letters)


def _say(request: HttpRequest, sent: int, letters: int) -> None:
    if sent:
        messages.success(
            request,
            ngettext("%(count)s reminder leaves by e-mail.", "%(count)s reminders leave by e-mail.", sent)
            % {"count": sent},
        )
    if letters:
        messages.success(
            request,
            ngettext(
                "%(count)s reminder is made: print it and post it today.",
                "%(count)s reminders are made: print them and post them today.",
                letters,
            )
            % {"count": letters},
        )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@login_required
@require_http_methods(GET_AND_POST)
@never_cache
def remind(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """Show the next reminder of an invoice line by line, and send it; what was sent before, what stops it."""
    found = _reached(request, invoice)
    standing = queries.standing_of(found, clock.today())
    initial = {"level": standing.due.level} if standing and standing.due else {}
    form = forms.RemindForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.remind(
                invoice_id=found.pk, level=Level(form.cleaned_data["level"]), by=request.user, on=clock.today(),
                at=clock.now(), asking=Asking(form.cleaned_data["asking"]), key=form.key,
            )  # fmt: skip
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            _say(request, int(made.channel == "mail"), int(made.channel == "post"))
            return redirect("reminders:remind", found.pk)
    reminders = list(Reminder.objects.filter(invoice=found).select_related("made_by").order_by("made_at"))
    papers = queries.papers_of(reminders)
    context = {
        "invoice": found,
        "standing": standing,
        "reminders": [(one, papers.get(one.pk)) for one in reminders],
        "new_key": form_errors.Form().initial["idempotency_key"],
    }
    return views.page(request, "invoicing/reminders/remind.html", context, form=form)


@login_required
@require_http_methods(GET_AND_POST)
def stop(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """Stop the reminders of an invoice that is disputed, or of a customer who died."""
    found = _reached(request, invoice)
    form = forms.StopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.stop_reminders(
                invoice_id=found.pk, kind=ReminderPause.Kind(form.cleaned_data["kind"]),
                reason=form.cleaned_data["reason"], by=request.user, on=clock.today(), at=clock.now(),
            )  # fmt: skip
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("The reminders of %(number)s are stopped.") % {"number": found.number})
            return redirect("reminders:remind", found.pk)
    return views.page(request, "invoicing/reminders/stop.html", {"invoice": found}, form=form)


@login_required
@require_http_methods(GET_AND_POST)
def plan(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """Record the payments that the customer promised; reminders stop while they are kept."""
    found = _reached(request, invoice)
    standing = queries.standing_of(found, clock.today())
    form = forms.PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.agree_plan(
                invoice_id=found.pk, promises=form.promises(), reason=form.cleaned_data["reason"], by=request.user,
                on=clock.today(), at=clock.now(),
            )  # fmt: skip
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("The payment plan of %(number)s is recorded.") % {"number": found.number})
            return redirect("reminders:remind", found.pk)
    return views.page(request, "invoicing/reminders/plan.html", {"invoice": found, "standing": standing}, form=form)


@login_required
@require_http_methods(GET_AND_POST)
def resume(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """Let the reminders of an invoice go on."""
    found = _reached(request, invoice)
    if request.method == "POST":
        try:
            services.resume_reminders(invoice_id=found.pk, by=request.user, at=clock.now())
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The reminders of %(number)s go on.") % {"number": found.number})
    return redirect("reminders:remind", found.pk)


@login_required
@require_http_methods(GET_AND_POST)
def posted(request: HttpRequest, reminder: UUID) -> HttpResponse:
    """Record that a reminder whose e-mail could not be sent was printed and posted today."""
    found = get_object_or_404(Reminder.objects.visible_to(request.user).select_related("invoice"), pk=reminder)
    require_sharing(found.invoice, request.user)
    if request.method == "POST":
        try:
            services.post_instead(reminder_id=found.pk, by=request.user, on=clock.today())
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("It is recorded as posted today; its time runs from now."))
    return redirect("reminders:proposals")


# --- the rules ----------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def rules_home(request: HttpRequest) -> HttpResponse:
    """Lead to the rules of the chosen cooperative, or of the first."""
    reached = queries.cooperatives_of(request.user, "x")
    if not reached:
        raise PermissionDenied("policies x")
    chosen = choosing.chooser(request).cooperative
    return redirect("reminders:rules", (chosen if chosen in reached else reached[0]).pk)


@login_required
@require_http_methods(GET_AND_POST)
@never_cache
def rules(request: HttpRequest, cooperative: UUID) -> HttpResponse:
    """Show and set when a cooperative reminds and what it asks, beside what the law allows, with its sources."""
    readable = [one.pk for one in queries.cooperatives_of(request.user, "r")]
    owner = get_object_or_404(Cooperative.objects.filter(pk__in=readable), pk=cooperative)
    settable = queries.cooperatives_of(request.user, "x")
    if owner not in settable:
        raise PermissionDenied("policies x")
    today = clock.today()
    form = forms.PolicyForm(request.POST or None, initial=forms.initial_of(queries.policy_of(owner.pk, today)))
    if request.method == "POST" and form.is_valid():
        try:
            services.set_policy(
                cooperative=owner.pk, valid_from=form.cleaned_data["valid_from"], terms=form.terms(), texts=form.texts(),
                by=request.user,
            )  # fmt: skip
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("The rules of reminders are recorded."))
            return redirect("reminders:rules", owner.pk)
    context = {
        "cooperative": owner,
        "choices": settable,
        "policies": ReminderPolicy.objects.filter(cooperative=owner).order_by("-valid_from"),
        "law": _law_rows(),
    }
    return views.page(request, "invoicing/reminders/rules.html", context, form=form)


@dataclass(frozen=True)
class LawRow:
    """A value of the law as the page shows it."""

    since: date
    value: str
    source: law.Source


def _law_rows() -> list[tuple[Text, list[LawRow]]]:
    """Return what the law allows, by subject, the newest first."""
    return [
        (
            law.NAMES[subject.code],
            [LawRow(dated.since, _written(dated), dated.source) for dated in reversed(subject.sets)],
        )
        for subject in law.subjects().values()
    ]


def _written(dated: law.Dated) -> str:
    values = dated.values
    if "percent" in values:
        return formatting.percent(dated.rate)
    if "amount" in values:
        return formatting.money(Decimal(values["amount"]))
    if "days" in values:
        return str(values["days"])
    known = law.private_law(dated.since)
    return _(
        "%(days)s days to pay, %(free)s free reminders a year, then at most %(cost)s; penalty at most %(most)s"
    ) % {
        "days": known.waiting_days,
        "free": known.free_reminders_a_year,
        "cost": formatting.money(known.further_reminder),
        "most": formatting.money(known.penalty_most),
    }
