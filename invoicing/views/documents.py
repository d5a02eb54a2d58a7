"""The page of one document, its files, and its credit notes."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from coop import clock, formatting, views
from coop import forms as form_errors
from coop.access.predicates import Subject
from coop.errors import Refused
from coop.money import ZERO
from invoicing import communication, forms, queries, services, timeline
from invoicing.customer_page import services as customer_page
from invoicing.customer_page.mailing import address_of
from invoicing.models import Invoice
from invoicing.peppol import queries as peppol
from invoicing.reminders import queries as reminders
from invoicing.views.access import GET_AND_POST, may, require_issuing, visible_invoice
from invoicing.views.vat import explained


@login_required
@require_GET
def invoice_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a document: its state in three lines, amounts, what is open, its history, its entries."""
    invoice = visible_invoice(request, pk)
    detail = queries.detail_of(invoice, clock.today())
    may_write, may_validate = may(request, "w", invoice), may(request, "x", invoice)
    context = {
        "invoice": invoice,
        "detail": detail,
        "row": detail.row,
        "files": queries.files_of(invoice),
        "communication": communication.written(invoice.structured_communication),
        "explained": explained(invoice, list(detail.lines)),
        "lines_of": _three_lines(invoice, detail),
        "sending": peppol.sending_of(invoice),
        "may_write": may_write,
        "may_validate": may_validate and invoice.state == Invoice.State.SUBMITTED,
        "may_credit": (may_write or may_validate)
        and invoice.kind == Invoice.Kind.INVOICE
        and invoice.state == Invoice.State.ISSUED,
        "may_record": may(request, "w", invoice, Subject.BANK)
        and invoice.kind == Invoice.Kind.INVOICE
        and detail.row.residual != ZERO,
        "may_undo": may(request, "w", invoice, Subject.BANK),
        "sees_books": may(request, "r", invoice, Subject.LEDGER),
        **(_sharing(invoice) if may_write or may_validate else {}),
        "timeline": timeline.timeline_of(invoice),
        "reminding": reminders.standing_of(invoice, clock.today()) if may_write or may_validate else None,
        "new_key": form_errors.Form().initial["idempotency_key"],
    }
    return render(request, "invoicing/invoice_detail.html", context)


def _sharing(invoice: Invoice) -> dict[str, Any]:
    """Return what the page says of the link by which the customer reads the document."""
    if not invoice.number or invoice.origin == Invoice.Origin.ELSEWHERE:
        return {}
    link = customer_page.current_link(invoice, clock.today())
    return {
        "may_share": True,
        "customer_link": link,
        "link_address": address_of(link) if link else "",
        "mail_to": invoice.customer.email if invoice.customer and settings.SENDS_MAIL else "",
    }


@login_required
@require_GET
def invoice_files(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the files of a document, for a page that waits for them; elsewhere its page shows them."""
    invoice = visible_invoice(request, pk)
    if not request.headers.get("HX-Request"):
        return redirect("invoicing:invoice_detail", pk)
    answer = render(request, "invoicing/invoice_files.html", {"invoice": invoice, "files": queries.files_of(invoice)})
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _three_lines(invoice: Invoice, detail: queries.Detail) -> dict[str, str]:
    """Return what a document is, why it stands where it stands, and what comes next and who does it."""
    names = {"customer": invoice.customer or _("a customer not yet chosen"), "activity": invoice.activity.name}
    if invoice.kind == Invoice.Kind.CREDIT_NOTE:
        credited = {"invoice": invoice.credits, "amount": formatting.money(invoice.gross.amount), **names}
        what = _("A credit note to %(customer)s on invoice %(invoice)s, by %(activity)s.") % credited
        return {
            "what": what,
            "why": invoice.reason,
            "next": _("Nothing to do: it is counted in what is left to collect."),
        }
    what = _("An invoice to %(customer)s, by %(activity)s.") % names
    why, after = _why_and_next(invoice, detail)
    return {"what": what, "why": why, "next": after}


def _why_and_next(invoice: Invoice, detail: queries.Detail) -> tuple[str, str]:
    open_amount, due = formatting.money(detail.row.residual), formatting.day(invoice.due_on)
    if invoice.state == Invoice.State.DRAFT:
        returned = next((event for event in reversed(detail.events) if event.kind == "returned"), None)
        sent_back = returned and _("The coach sent it back: %(comment)s") % {"comment": returned.comment}
        why = sent_back or _("It is a draft; it has no number yet.")
        return why, _("Complete it, then issue it.")
    if invoice.state == Invoice.State.SUBMITTED:
        return _("It waits for validation."), _("The coach issues it, or sends it back with a comment.")
    if detail.row.residual < ZERO:
        return _("More was paid than is owed."), _("The accountant refunds %(amount)s.") % {
            "amount": formatting.money(-detail.row.residual)
        }
    if invoice.state == Invoice.State.CREDITED:
        return _("It was wholly credited."), _("Nothing to do.")
    if detail.row.residual == ZERO:
        return _("It is paid."), _("Nothing to do.")
    if detail.row.state == "bad":
        return _("It was due on %(day)s.") % {"day": due}, _("Ask the customer for %(amount)s.") % {
            "amount": open_amount
        }
    return _("It is due on %(day)s.") % {"day": due}, _("The customer pays %(amount)s.") % {"amount": open_amount}


@login_required
@require_http_methods(GET_AND_POST)
def invoice_credit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Credit an invoice, all that is left or a part by line."""
    invoice = visible_invoice(request, pk)
    require_issuing(request, invoice)
    if invoice.kind != Invoice.Kind.INVOICE or not invoice.number:
        return redirect("invoicing:invoice_detail", pk)
    origins = services.origins(invoice)
    form = forms.CreditForm(request.POST or None, origins=origins, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            note = services.credit_invoice(
                invoice_id=pk,
                lines=form.wanted(),
                reason=form.cleaned_data["reason"],
                on=form.cleaned_data["on"],
                by=request.user,
                at=clock.now(),
                key=form.key,
            )
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("Credit note %(number)s is issued.") % {"number": note.number})
            return redirect("invoicing:invoice_detail", note.pk)
    lines = {line.pk: line for line in invoice.lines.all()}
    rows = [(lines[origin.line], origin, form[str(origin.line)]) for origin in form.origins]
    return views.page(request, "invoicing/invoice_credit.html", {"invoice": invoice, "rows": rows}, form=form)
