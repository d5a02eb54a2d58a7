"""The VAT of a document: what was decided and why, and another set by who validates sales; what an activity sells."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coop import clock, views
from coop import forms as form_errors
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity
from coop.errors import Refused
from invoicing import explaining, forms, services
from invoicing.content import DraftLine
from invoicing.models import Invoice, InvoiceLine, SalesDefaults, SellerFact
from invoicing.services import treating
from invoicing.vat import sales
from invoicing.views.access import GET_AND_POST, may, require, visible_invoice

OPEN = (Invoice.State.DRAFT, Invoice.State.SUBMITTED)


@login_required
@require_http_methods(GET_AND_POST)
def invoice_vat(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show why a document has its VAT; let who validates sales set another on a line of a draft, with the reason."""
    invoice = visible_invoice(request, pk)
    lines = list(invoice.lines.select_related("set_by").order_by("position"))
    form = None
    if request.method == "POST":
        require(request, "x", invoice)
    if may(request, "x", invoice) and invoice.state in OPEN:
        form = _vat_form(request, invoice, lines)
    refused = None
    if request.method == "POST":
        try:
            if _done(request, invoice, form):
                return redirect("invoicing:invoice_vat", pk)
        except Refused as refusal:
            refused = refusal
    context = {
        "invoice": invoice,
        "explained": explained(invoice, lines),
        "set_lines": [line for line in lines if line.is_set],
        "may_write": may(request, "w", invoice),
        "form": form,
        "refused": refused,
    }
    page = views.page(request, "invoicing/invoice_vat.html", context)
    if request.method == "POST":
        page.status_code = 422
    return page


def _vat_form(request: HttpRequest, invoice: Invoice, lines: list[InvoiceLine]) -> forms.VatForm:
    names = [(str(line.pk), f"{line.position}. {line.description.partition(chr(10))[0][:60]}") for line in lines]
    sent = request.POST if request.POST.get("act") == "set" else None
    return forms.VatForm(sent, lines=names, on=treating.supply_day(invoice, clock.today()))


def _done(request: HttpRequest, invoice: Invoice, form: forms.VatForm | None) -> bool:
    """Do what was asked; False when the form was refused. Raises what ``follow_rule`` and ``set_vat`` raise."""
    common: dict[str, Any] = {
        "invoice_id": invoice.pk, "on": clock.today(), "by": request.user, "at": clock.now(),
    }  # fmt: skip
    if request.POST.get("act") == "follow":
        services.follow_rule(line=_uuid(request.POST.get("line", "")), **common)
        messages.success(request, _("The line follows the rule again."))
        return True
    if form is None or not form.is_valid():
        return False
    clean = form.cleaned_data
    services.set_vat(line=UUID(clean["line"]), operation=clean["operation"], reason=clean["reason"], **common)
    messages.success(request, _("The VAT of the line is set, and its reason is in the history."))
    return True


def explained(invoice: Invoice, lines: list[InvoiceLine]) -> list[explaining.Explained]:
    """Explain a draft by the facts of today, an issued document as it was frozen."""
    language = invoice.language or (invoice.customer.language if invoice.customer else invoice.cooperative.language)
    if invoice.state not in OPEN:
        given_back = [line.operation for line in lines] if invoice.kind == Invoice.Kind.CREDIT_NOTE else []
        return explaining.of_lines(lines, language, credited=given_back)
    on = treating.supply_day(invoice, clock.today())
    facts = treating.facts_of(invoice.activity, invoice.customer, supplied_in=invoice.supplied_in, on=on)
    drafts = [DraftLine(sale=line.sale, line=line.pk) for line in lines]
    return explaining.of_draft(treating.treat_each(facts, drafts, kept={line.pk: line for line in lines}), language)


# --- what an activity sells -------------------------------------------------------------------------------------------


@login_required
@require_http_methods(GET_AND_POST)
def selling(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what new invoices of an activity begin with and what changes its VAT; change both, each by who may."""
    access = visibility.access_of(request.user)
    seen = Activity.objects.filter(kind__in=[Activity.Kind.MEMBERS, Activity.Kind.COOPERATIVE]).filter(
        visibility.reach(request.user, Subject.SALES, activity="pk")
    )
    activity = get_object_or_404(seen.select_related("cooperative"), pk=pk)
    scope = {"activity": activity.pk, "cooperative": activity.cooperative_id}
    may_write = visibility.may(request.user, Subject.SALES, "w", **scope) and activity.kind == Activity.Kind.MEMBERS
    may_record = activity.cooperative_id in access.cooperatives_with(Subject.POLICIES, "w")
    usual = SalesDefaults.objects.filter(activity=activity).first() or SalesDefaults(activity=activity)
    act = request.POST.get("act", "")
    if request.method == "POST" and not (may_write if act == "defaults" else may_record):
        raise PermissionDenied("selling")
    initial = {"sale": usual.sale, "payment_days": usual.payment_days, "note": usual.note}
    form = forms.SellingForm(request.POST if act == "defaults" else None, initial=initial) if may_write else None
    fact_form = forms.SellerFactForm(request.POST if act == "fact" else None) if may_record else None
    refused = None
    if request.method == "POST":
        try:
            if _sold(request, activity, form, fact_form):
                return redirect("invoicing:selling", pk)
        except Refused as refusal:
            refused = refusal
    house = Activity.objects.filter(cooperative=activity.cooperative_id, kind=Activity.Kind.COOPERATIVE)
    facts = SellerFact.objects.filter(activity__in=[activity, *house]).order_by("fact", "valid_from")
    context = {
        "activity": activity,
        "choices": list(dict.fromkeys([activity, *house])) if may_record else [],
        "usual": usual,
        "sale": sales.known(usual.sale).label,
        "form": form,
        "facts": [(row, sales.FACTS.get(row.fact, row.fact)) for row in facts],
        "fact_form": fact_form,
        "refused": refused,
    }
    page = views.page(request, "invoicing/selling.html", context)
    if request.method == "POST":
        page.status_code = 422
    return page


def _sold(
    request: HttpRequest, activity: Activity, form: forms.SellingForm | None, fact_form: forms.SellerFactForm | None
) -> bool:
    """Do what the form that was sent asks; False when it was refused. Raises FactWrong where no form was sent."""
    act = request.POST.get("act")
    if act == "defaults" and form is not None and form.is_valid():
        services.set_sales_defaults(activity=activity.pk, by=request.user, **form.values())
        messages.success(request, _("New invoices begin with this from now on."))
        return True
    if act == "fact" and fact_form is not None and fact_form.is_valid():
        try:
            services.record_seller_fact(activity=activity.pk, by=request.user, at=clock.now(), **fact_form.values())
        except Refused as refused:
            form_errors.refuse(fact_form, refused)
            return False
        messages.success(request, _("It is recorded. Drafts follow it when they are saved."))
        return True
    if act == "end":
        rows = SellerFact.objects.filter(activity__cooperative=activity.cooperative_id)
        row = get_object_or_404(rows, pk=_uuid(request.POST.get("fact", "")))
        services.end_seller_fact(fact=row.pk, on=clock.today(), by=request.user)
        messages.success(request, _("It holds no longer from today on."))
        return True
    return False


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404(text) from None
