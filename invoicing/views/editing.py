"""The editor of a draft, its live totals, and its preview as paper."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from coop import clock
from coop import forms as form_errors
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity
from coop.errors import Refused
from invoicing import editor, forms, paper, services
from invoicing.catalogue import picking
from invoicing.models import Invoice
from invoicing.views.access import GET_AND_POST, choose_activity, named_activity, require, visible_invoice


@login_required
@require_http_methods(GET_AND_POST)
def invoice_new(request: HttpRequest) -> HttpResponse:
    """Begin an invoice; saving makes the draft."""
    activity = named_activity(request)
    if activity is None:
        return choose_activity(request, _("New invoice"))
    if request.method == "GET":
        opened = editor.opened(activity, None, customer=editor.named_customer(request, activity))
        return _show_editor(request, opened)
    return _act(request, activity, None)


@login_required
@require_http_methods(GET_AND_POST)
def invoice_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a draft."""
    invoice = visible_invoice(request, pk)
    require(request, "w", invoice)
    if request.method == "GET":
        if invoice.state != Invoice.State.DRAFT:
            return redirect("invoicing:invoice_detail", pk)
        return _show_editor(request, editor.opened(invoice.activity, invoice))
    return _act(request, invoice.activity, invoice)


def _act(request: HttpRequest, activity: Activity, invoice: Invoice | None) -> HttpResponse:
    """Do what the pressed button says: change rows, add a customer, save, submit, go on to issue."""
    act = request.POST.get("act", "save")
    sent = editor.sent(request, activity, invoice)
    try:
        rows = editor.changed(request, activity, invoice, act)
    except Refused as refused:
        form_errors.refuse(sent.form, refused)
        return _show_editor(request, sent, typed=request.POST.get(picking.FIELD, ""))
    if rows is not None:
        return _show_editor(request, rows, status=200)
    if act == "customer":
        return _show_editor(request, editor.add_customer(request, sent, request.user))
    try:
        if act == "autosave":
            return _autosaved(request, editor.autosave(sent, request.user), is_new=invoice is None)
        saved = editor.save(sent, request.user)
        if act == "submit":
            services.submit_invoice(invoice_id=saved.pk, on=clock.today(), by=request.user, at=clock.now())
            messages.success(request, _("Your coach was asked to validate the invoice."))
            return redirect("invoicing:invoice_detail", saved.pk)
    except Refused as refused:
        form_errors.refuse(sent.form, refused)
        if act == "autosave":
            return render(request, "invoicing/editor_saved.html", {"refused": refused}, status=422)
        return _show_editor(request, sent)
    if act == "issue":
        return redirect("invoicing:invoice_issue", saved.pk)
    messages.success(request, _("The draft was saved."))
    return redirect("invoicing:invoice_edit", saved.pk)


def _autosaved(request: HttpRequest, saved: Invoice, *, is_new: bool) -> HttpResponse:
    """Answer an autosave: when it was saved, and the version that the next one starts from."""
    answer = render(request, "invoicing/editor_saved.html", {"invoice": saved, "saved_at": clock.now()})
    if is_new:
        answer["HX-Replace-Url"] = reverse("invoicing:invoice_edit", args=[saved.pk])
    return answer


def _show_editor(
    request: HttpRequest, shown: editor.Editor, status: int | None = None, typed: str = ""
) -> HttpResponse:
    invoice, today = shown.invoice, clock.today()
    content = shown.content if shown.form.is_bound else forms.content_of(*_read(shown))
    context = {
        "editor": shown,
        "invoice": invoice,
        "activity": shown.activity,
        "form": shown.form,
        "lines": shown.lines,
        "customer_form": shown.customer_form,
        "side": editor.side_of(shown.activity, content),
        "catalogue": picking.choice(shown.activity, customer=str(shown.form["customer"].value() or ""), typed=typed),
        "last": invoice.events.filter(kind="returned").order_by("-at").first() if invoice else None,
        "needs_coach": services.needs_validation(activity=shown.activity.pk, on=today)
        and not visibility.may(
            request.user,
            Subject.SALES,
            "x",
            activity=shown.activity.pk,
            cooperative=shown.activity.cooperative_id,
        ),
    }
    refused = 422 if request.method == "POST" and shown.has_errors else 200
    return render(request, "invoicing/invoice_edit.html", context, status=status or refused)


def _read(shown: editor.Editor) -> tuple[forms.DraftForm, forms.LineFormSet]:
    """Return the forms of an opened draft bound to what they show, so that they can be read."""
    data = forms.as_typed(shown.form, shown.lines)
    return forms.DraftForm(data, customers=editor.customers_of(shown.activity)), forms.lines_formset(data)


@login_required
@require_http_methods(GET_AND_POST)
def invoice_totals(request: HttpRequest) -> HttpResponse:
    """Answer the totals of what is typed, read by the form that saves it."""
    activity = named_activity(request)
    if activity is None:
        return choose_activity(request, _("New invoice"))
    if request.method == "GET":
        return redirect(f"{reverse('invoicing:invoice_new')}?activity={activity.pk}")
    content = editor.sent(request, activity, None).content
    answer = render(request, "invoicing/editor_totals.html", {"side": editor.side_of(activity, content)})
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@login_required
@require_GET
def invoice_preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a document as paper: an issued one as it is, a draft as it would be if it were issued today."""
    invoice = visible_invoice(request, pk)
    if invoice.number:
        with translation.override(invoice.language):
            shown = paper.of(invoice, list(invoice.lines.order_by("position")))
    else:
        shown = paper.preview(invoice, on=clock.today())
    with translation.override(invoice.language):
        return render(
            request, paper.TEMPLATE, {**paper.context(shown), "language": invoice.language, "on_screen": True}
        )


@login_required
@require_GET
def paper_css(request: HttpRequest) -> HttpResponse:
    """Give the style sheets of the paper, for previews on the screen."""
    names = ("pdf/base.css", "pdf/invoice.css", "invoicing/paper_on_screen.css")
    text = "\n".join(get_template(name).render({}) for name in names)
    return HttpResponse(text, content_type="text/css; charset=utf-8")
