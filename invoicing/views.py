"""Pages of customers and sales."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from coop import choosing, clock, formatting, views
from coop import forms as form_errors
from coop.access import visibility
from coop.access.predicates import Subject
from coop.banking import services as banking
from coop.banking.models import Movement
from coop.documents import queries as documents
from coop.documents.models import Document
from coop.entities.models import Activity
from coop.errors import Refused
from coop.money import ZERO
from invoicing import communication, editor, forms, paper, queries, services
from invoicing.customer_page import services as customer_page
from invoicing.customer_page.mailing import address_of
from invoicing.models import Customer, Invoice
from invoicing.services.finishing import DOCUMENT

GET_AND_POST = ["GET", "POST"]


# --- what everybody here needs ----------------------------------------------------------------------------------------


def _invoice(request: HttpRequest, pk: UUID) -> Invoice:
    """Return a document that the person sees; 404 for all others."""
    rows = Invoice.objects.visible_to(request.user).select_related(
        "activity__cooperative", "cooperative", "customer", "credits"
    )
    return get_object_or_404(rows, pk=pk)


def _may(request: HttpRequest, right: str, invoice: Invoice | Customer, subject: Subject = Subject.SALES) -> bool:
    return visibility.may(
        request.user, subject, right, activity=invoice.activity_id, cooperative=invoice.cooperative_id
    )


def _require(request: HttpRequest, right: str, of: Invoice | Customer, subject: Subject = Subject.SALES) -> None:
    visibility.require(request.user, subject, right, activity=of.activity_id, cooperative=of.cooperative_id)


def _require_issuing(request: HttpRequest, invoice: Invoice) -> None:
    """Let through who writes or validates the sales of the activity."""
    if not (_may(request, "w", invoice) or _may(request, "x", invoice)):
        raise PermissionDenied("sales of others")


def _writable(request: HttpRequest) -> list[Activity]:
    """Return the activities for which the person makes invoices."""
    access = visibility.access_of(request.user)
    activities = Activity.objects.filter(kind=Activity.Kind.MEMBERS).select_related("cooperative")
    own = activities.filter(pk__in=access.activities_with(Subject.SALES, "w"))
    all_of = activities.filter(cooperative__in=access.cooperatives_with(Subject.SALES, "w"))
    return list((own | all_of).distinct().order_by("code"))


def _activity(request: HttpRequest) -> Activity | None:
    """Return the activity that a new object is for: named, chosen, or the only one; None when one has to be named."""
    activities = _writable(request)
    if not activities:
        raise PermissionDenied("no activity to sell for")
    wanted = request.POST.get("activity") or request.GET.get("activity")
    if not wanted:
        chosen = choosing.chooser(request).activity
        wanted = str(chosen.pk) if chosen else str(activities[0].pk) if len(activities) == 1 else ""
    return next((activity for activity in activities if str(activity.pk) == wanted), None)


def _choose_activity(request: HttpRequest, title: str) -> HttpResponse:
    return render(request, "invoicing/activity_choose.html", {"activities": _writable(request), "title": title})


# --- lists ------------------------------------------------------------------------------------------------------------


@login_required
@require_GET
def invoice_list(request: HttpRequest) -> HttpResponse:
    """Show invoices and credit notes: four cards, search, filters, totals of what is found."""
    chooser = choosing.chooser(request)
    form = forms.FilterForm(request.GET)
    form.is_valid()
    clean = form.cleaned_data
    filters = queries.Filters(
        text=clean.get("q") or "",
        status=clean.get("status") or "",
        first=clean.get("first"),
        last=clean.get("last"),
        sort=request.GET.get("sort", ""),
    )
    listed = queries.list_invoices(
        invoices=queries.visible_invoices(
            request.user,
            activity=chooser.activity,
            cooperative=None if chooser.activity else chooser.cooperative,
        ),
        filters=filters,
        on=clock.today(),
        page=request.GET.get("page", 1),
    )
    context = {
        "list": listed,
        "filters": filters,
        "filtered": bool(filters.text or filters.status or filters.first or filters.last),
        "cards": {card.status.value: card for card in listed.cards},
        "columns": _columns(filters.sort),
        "several": chooser.activity is None,
        "may_write": bool(_writable(request)),
    }
    return views.page(request, "invoicing/invoice_list.html", {**context, "form": form})


def _columns(sort: str) -> list[dict[str, Any]]:
    """Return the heads of the list: label, what a click sorts by, and how the list is sorted now."""
    heads = [
        ("number", _("Number"), ""),
        ("date", _("Date"), ""),
        ("customer", _("Customer"), ""),
        ("due", _("Due on"), ""),
        ("gross", _("Including VAT (€)"), "num"),
        ("open", _("Open (€)"), "num"),
    ]
    now = {sort.lstrip("-"): "descending" if sort.startswith("-") else "ascending"}
    return [
        {
            "label": label,
            "css": css,
            "sorted": now.get(name, ""),
            "sort": f"-{name}" if now.get(name) == "ascending" else name,
        }
        for name, label, css in heads
    ]


# --- the editor -------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(GET_AND_POST)
def invoice_new(request: HttpRequest) -> HttpResponse:
    """Begin an invoice; saving makes the draft."""
    activity = _activity(request)
    if activity is None:
        return _choose_activity(request, _("New invoice"))
    if request.method == "GET":
        opened = editor.opened(activity, None, customer=editor.named_customer(request, activity))
        return _show_editor(request, opened)
    return _act(request, activity, None)


@login_required
@require_http_methods(GET_AND_POST)
def invoice_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a draft."""
    invoice = _invoice(request, pk)
    _require(request, "w", invoice)
    if request.method == "GET":
        if invoice.state != Invoice.State.DRAFT:
            return redirect("invoicing:invoice_detail", pk)
        return _show_editor(request, editor.opened(invoice.activity, invoice))
    return _act(request, invoice.activity, invoice)


def _act(request: HttpRequest, activity: Activity, invoice: Invoice | None) -> HttpResponse:
    """Do what the pressed button says: change rows, add a customer, save, submit, go on to issue."""
    act = request.POST.get("act", "save")
    rows = editor.changed(request, activity, invoice, act)
    if rows is not None:
        return _show_editor(request, rows, status=200)
    sent = editor.sent(request, activity, invoice)
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


def _show_editor(request: HttpRequest, shown: editor.Editor, status: int | None = None) -> HttpResponse:
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
    return forms.DraftForm(data, customers=editor.customers_of(shown.activity)), forms.lines_formset(
        data, on=clock.today()
    )


@login_required
@require_http_methods(GET_AND_POST)
def invoice_totals(request: HttpRequest) -> HttpResponse:
    """Answer the totals of what is typed, read by the form that saves it."""
    activity = _activity(request)
    if activity is None:
        return _choose_activity(request, _("New invoice"))
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
    invoice = _invoice(request, pk)
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


# --- issuing ----------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(GET_AND_POST)
def invoice_issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what is about to be issued, and issue it. It cannot be taken back, only credited."""
    invoice = _invoice(request, pk)
    _require_issuing(request, invoice)
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
    context = {
        "invoice": invoice,
        "lines": invoice.lines.order_by("position"),
        "estimate": queries.estimate(invoice.activity, net=invoice.net.amount, on=clock.today()),
        "may_write": _may(request, "w", invoice),
    }
    return views.page(request, "invoicing/invoice_issue.html", context, form=form)


@login_required
@require_http_methods(GET_AND_POST)
def invoice_return(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the coach send a submitted invoice back with a comment."""
    invoice = _invoice(request, pk)
    _require(request, "x", invoice)
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
    invoice = _invoice(request, pk)
    _require(request, "w", invoice)
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
    invoice = _invoice(request, pk)
    _require(request, "w", invoice)
    if request.method == "GET":
        return redirect("invoicing:invoice_detail", pk)
    form = form_errors.Form(request.POST)
    form.is_valid()
    draft = services.duplicate_invoice(invoice_id=pk, by=request.user, at=clock.now(), key=form.key)
    messages.success(request, _("A new draft with the same lines."))
    return redirect("invoicing:invoice_edit", draft.pk)


# --- one document -----------------------------------------------------------------------------------------------------


@login_required
@require_GET
def invoice_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a document: its state in three lines, amounts, what is open, its history, its entries."""
    invoice = _invoice(request, pk)
    detail = queries.detail_of(invoice, clock.today())
    document = documents.document_of(DOCUMENT, pk)
    may_write, may_validate = _may(request, "w", invoice), _may(request, "x", invoice)
    context = {
        "invoice": invoice,
        "detail": detail,
        "row": detail.row,
        "document": document,
        "stored": document is not None and document.state == Document.State.STORED,
        "communication": communication.written(invoice.structured_communication),
        "lines_of": _three_lines(invoice, detail),
        "may_write": may_write,
        "may_validate": may_validate and invoice.state == Invoice.State.SUBMITTED,
        "may_credit": (may_write or may_validate)
        and invoice.kind == Invoice.Kind.INVOICE
        and invoice.state == Invoice.State.ISSUED,
        "may_record": _may(request, "w", invoice, Subject.BANK)
        and invoice.kind == Invoice.Kind.INVOICE
        and detail.row.residual != ZERO,
        "may_undo": _may(request, "w", invoice, Subject.BANK),
        "sees_books": _may(request, "r", invoice, Subject.LEDGER),
        **(_sharing(invoice) if may_write or may_validate else {}),
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
    invoice = _invoice(request, pk)
    _require_issuing(request, invoice)
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


@login_required
@require_http_methods(GET_AND_POST)
def invoice_payment(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record money that came in for an invoice."""
    invoice = _invoice(request, pk)
    visibility.require(request.user, Subject.BANK, "w", cooperative=invoice.cooperative_id)
    if invoice.kind != Invoice.Kind.INVOICE or not invoice.number:
        return redirect("invoicing:invoice_detail", pk)
    detail = queries.detail_of(invoice, clock.today())
    initial = {"amount": detail.row.residual, "booked_on": clock.today()}
    form = forms.PaymentForm(request.POST or None, cooperative=invoice.cooperative, initial=initial)
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        try:
            services.record_customer_payment(
                invoice_id=pk,
                amount=clean["amount"],
                on=clean["booked_on"],
                bank_account=clean["bank_account"],
                by=request.user,
                at=clock.now(),
                reference=clean["reference"],
                key=form.key,
            )
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("The payment of %(number)s is recorded.") % {"number": invoice.number})
            return redirect("invoicing:invoice_detail", pk)
    return views.page(request, "invoicing/invoice_payment.html", {"invoice": invoice, "detail": detail}, form=form)


@login_required
@require_http_methods(GET_AND_POST)
def payment_undo(request: HttpRequest, pk: UUID, movement: UUID) -> HttpResponse:
    """Undo a payment that was recorded by mistake or that the bank took back, after asking."""
    invoice = _invoice(request, pk)
    visibility.require(request.user, Subject.BANK, "w", cooperative=invoice.cooperative_id)
    wrong = get_object_or_404(Movement.objects.visible_to(request.user).filter(item=pk, reverses=None), pk=movement)
    form = forms.UndoForm(request.POST or None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            banking.reverse_movement(
                movement=wrong.pk, on=form.cleaned_data["on"], by=request.user, at=clock.now(), key=form.key
            )
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("The payment is undone; the invoice is open again."))
            return redirect("invoicing:invoice_detail", pk)
    context = {"invoice": invoice, "movement": wrong}
    return views.page(request, "invoicing/payment_undo.html", context, form=form)


# --- customers --------------------------------------------------------------------------------------------------------


def _customer(request: HttpRequest, pk: UUID) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user).select_related("activity", "cooperative"), pk=pk)


@login_required
@require_GET
def customer_list(request: HttpRequest) -> HttpResponse:
    """Show customers with what they were invoiced and what is open."""
    chooser = choosing.chooser(request)
    customers = Customer.objects.visible_to(request.user)
    if chooser.activity is not None:
        customers = customers.filter(activity=chooser.activity)
    elif chooser.cooperative is not None:
        customers = customers.filter(cooperative=chooser.cooperative)
    text = request.GET.get("q", "")
    page, rows = queries.list_customers(customers=customers, text=text, page=request.GET.get("page", 1))
    context = {
        "page": page,
        "rows": rows,
        "text": text,
        "several": chooser.activity is None,
        "may_write": bool(_writable(request)),
    }
    return render(request, "invoicing/customer_list.html", context)


@login_required
@require_http_methods(GET_AND_POST)
def customer_new(request: HttpRequest) -> HttpResponse:
    """Add a customer to an activity."""
    activity = _activity(request)
    if activity is None:
        return _choose_activity(request, _("New customer"))
    form = forms.CustomerForm(request.POST or None, initial={"kind": Customer.Kind.BUSINESS})
    if request.method == "POST" and form.is_valid():
        try:
            customer = services.create_customer(
                activity=activity.pk, details=form.details(), by=request.user, at=clock.now(), key=form.key
            )
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("%(customer)s is one of your customers now.") % {"customer": customer})
            return redirect("invoicing:customer_detail", customer.pk)
    return views.page(request, "invoicing/customer_new.html", {"activity": activity}, form=form)


@login_required
@require_GET
def customer_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a customer with its documents and what is open."""
    customer = _customer(request, pk)
    listed = queries.list_invoices(
        invoices=queries.visible_invoices(request.user),
        filters=queries.Filters(customer=customer.pk),
        on=clock.today(),
        page=request.GET.get("page", 1),
    )
    context = {
        "customer": customer,
        "list": listed,
        "sums": queries.list_customers(customers=Customer.objects.filter(pk=pk))[1][0],
        "vat_number": paper.written_vat(customer.vat_number),
        "usual_delay": queries.usual_delay(customer),
        "may_write": _may(request, "w", customer),
    }
    return render(request, "invoicing/customer_detail.html", context)


@login_required
@require_http_methods(GET_AND_POST)
def customer_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a customer; documents already issued keep what they show."""
    customer = _customer(request, pk)
    _require(request, "w", customer)
    form = forms.CustomerForm(request.POST or None, initial=forms.customer_initial(customer), version=customer.version)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_customer(customer_id=pk, details=form.details(), version=form.version, by=request.user)
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("The customer was saved."))
            return redirect("invoicing:customer_detail", pk)
    return views.page(request, "invoicing/customer_edit.html", {"customer": customer}, form=form)
