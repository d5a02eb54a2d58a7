"""Issue, send back, discard, duplicate."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coop import clock, views
from coop import forms as form_errors
from coop.errors import Refused
from invoicing import forms, queries, services
from invoicing.views.access import GET_AND_POST, may, require, require_issuing, visible_invoice
from invoicing.views.vat import explained


@login_required
@require_http_methods(GET_AND_POST)
def invoice_issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what is about to be issued, and issue it. It cannot be taken back, only credited."""
    invoice = visible_invoice(request, pk)
    require_issuing(request, invoice)
    if request.method == "GET" and invoice.number:
        return redirect("invoicing:invoice_detail", pk)
    form = forms.IssueForm(request.POST or None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            issued = services.issue_invoice(
                invoice_id=pk, on=form.cleaned_data["on"], by=request.user, at=clock.now(), key=form.key
            )
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("Invoice %(number)s is issued.") % {"number": issued.number})
            return redirect("invoicing:invoice_detail", pk)
    lines = list(invoice.lines.select_related("set_by").order_by("position"))
    context = {
        "invoice": invoice,
        "lines": lines,
        "explained": explained(invoice, lines),
        "estimate": queries.estimate(invoice.activity, net=invoice.net.amount, on=clock.today()),
        "may_write": may(request, "w", invoice),
    }
    return views.page(request, "invoicing/invoice_issue.html", context, form=form)


@login_required
@require_http_methods(GET_AND_POST)
def invoice_return(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the coach send a submitted invoice back with a comment."""
    invoice = visible_invoice(request, pk)
    require(request, "x", invoice)
    form = forms.ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.return_invoice(
                invoice_id=pk, comment=form.cleaned_data["comment"], by=request.user, at=clock.now()
            )
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("The invoice went back with your comment."))
            return redirect("invoicing:invoice_list")
    return views.page(request, "invoicing/invoice_return.html", {"invoice": invoice}, form=form)


@login_required
@require_http_methods(GET_AND_POST)
def invoice_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Delete a draft, after asking."""
    invoice = visible_invoice(request, pk)
    require(request, "w", invoice)
    form = form_errors.Form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.discard_draft(invoice_id=pk, by=request.user)
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("The draft was deleted."))
            return redirect("invoicing:invoice_list")
    return views.page(request, "invoicing/invoice_discard.html", {"invoice": invoice}, form=form)


@login_required
@require_http_methods(GET_AND_POST)
def invoice_duplicate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make a new draft with the customer and lines of a document."""
    invoice = visible_invoice(request, pk)
    require(request, "w", invoice)
    if request.method == "GET":
        return redirect("invoicing:invoice_detail", pk)
    form = form_errors.Form(request.POST)
    form.is_valid()
    draft = services.duplicate_invoice(invoice_id=pk, by=request.user, at=clock.now(), key=form.key)
    messages.success(request, _("A new draft with the same lines."))
    return redirect("invoicing:invoice_edit", draft.pk)
