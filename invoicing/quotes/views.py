"""Quotes for who sells: list, editor, page, sending, answers recorded, invoices made from them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from coop import choosing, clock, formatting, views
from coop import forms as form_errors
from coop.access import visibility
from coop.access.predicates import Subject
from coop.documents import queries as documents
from coop.documents.models import Document
from coop.entities.models import Activity
from coop.errors import Refused
from invoicing import editor, sheet
from invoicing.models import Invoice
from invoicing.quotes import forms, links, paper, queries, services
from invoicing.quotes.models import Quote, QuoteInvoice
from invoicing.quotes.services.sending import DOCUMENT, current_link
from invoicing.views.access import GET_AND_POST, choose_activity, named_activity, writable

HOLDS = timedelta(days=30)
State = Quote.State


def _quote(request: HttpRequest, pk: UUID, right: str = "") -> Quote:
    """Return a quote that the person sees (404 for others), and on which they have a right (403)."""
    seen = Quote.objects.visible_to(request.user).select_related("activity__cooperative", "cooperative", "customer")
    quote = get_object_or_404(seen, pk=pk)
    if right:
        scope = {"activity": quote.activity_id, "cooperative": quote.cooperative_id}
        visibility.require(request.user, Subject.SALES, right, **scope)
    return quote


def _may(request: HttpRequest, right: str, quote: Quote) -> bool:
    scope = {"activity": quote.activity_id, "cooperative": quote.cooperative_id}
    return visibility.may(request.user, Subject.SALES, right, **scope)


@login_required
@require_GET
def quote_list(request: HttpRequest) -> HttpResponse:
    """Show quotes, the newest first."""
    chooser = choosing.chooser(request)
    state, text = request.GET.get("state", ""), request.GET.get("q", "")
    page, rows = queries.list_quotes(
        quotes=Quote.objects.visible_to(request.user), activity=chooser.activity, cooperative=chooser.cooperative,
        state=state, text=text, on=clock.today(), page=request.GET.get("page", 1),
    )  # fmt: skip
    states = [*State.choices[:2], ("expired", _("expired")), *State.choices[2:]]
    context = {
        "page": page, "rows": rows, "state": state, "text": text, "states": states,
        "several": chooser.activity is None, "may_write": bool(writable(request)),
    }  # fmt: skip
    return render(request, "invoicing/quotes/quote_list.html", context)


# --- the editor -------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(GET_AND_POST)
def quote_new(request: HttpRequest) -> HttpResponse:
    """Begin a quote; saving makes the draft."""
    activity = named_activity(request)
    if activity is None:
        return choose_activity(request, _("New quote"))
    if request.method == "GET":
        customers = editor.customers_of(activity)
        form = forms.QuoteForm(customers=customers, initial={"customer": editor.named_customer(request, activity)})
        return _show(request, sheet.opened(activity, form), None)
    return _edit(request, activity, None)


@login_required
@require_http_methods(GET_AND_POST)
def quote_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change the draft of a quote."""
    quote = _quote(request, pk, "w")
    if request.method == "POST":
        return _edit(request, quote.activity, quote)
    if quote.state != State.DRAFT:
        return redirect("quotes:quote_detail", pk)
    instalments = list(quote.instalments.order_by("position"))
    form = forms.QuoteForm(
        customers=editor.customers_of(quote.activity), initial=forms.initial(quote, instalments), version=quote.version
    )
    lines = forms.kept_lines_initial(quote.lines.order_by("position"))
    return _show(request, sheet.opened(quote.activity, form, lines), quote)


def _edit(request: HttpRequest, activity: Activity, quote: Quote | None) -> HttpResponse:
    """Do what the pressed button says: change rows, add from the catalogue, add a customer, save, go on to send."""

    def head(data: Any) -> forms.QuoteForm:
        return forms.QuoteForm(data, customers=editor.customers_of(activity))

    changed = sheet.changed(request, activity, head)
    if changed is not None:
        return _show(request, changed, quote, status=422 if changed.typed or changed.customer_open else 200)
    sent = sheet.sent(request, activity, head)
    form = sent.form
    assert isinstance(form, forms.QuoteForm)
    lines = sent.draft_lines
    if not form.is_valid() or any(one.errors for one in sent.lines.forms):
        return _show(request, sent, quote)
    content = form.content(lines)
    try:
        if quote is None:
            saved = services.create_quote(
                activity=activity.pk, content=content, by=request.user, at=clock.now(), key=form.key
            )
        else:
            saved = services.save_quote(
                quote_id=quote.pk, content=content, version=form.version, by=request.user, at=clock.now()
            )
    except Refused as refused:
        form_errors.refuse(form, refused)
        return _show(request, sent, quote)
    if request.POST.get("act") == "send":
        return redirect("quotes:quote_send", saved.pk)
    messages.success(request, _("The draft was saved."))
    return redirect("quotes:quote_edit", saved.pk)


def _show(request: HttpRequest, shown: sheet.Sheet, quote: Quote | None, status: int | None = None) -> HttpResponse:
    refused = 422 if request.method == "POST" and shown.has_errors else 200
    context = {**shown.context(), "quote": quote}
    return render(request, "invoicing/quotes/quote_edit.html", context, status=status or refused)


# --- one quote --------------------------------------------------------------------------------------------------------


@login_required
@require_GET
def quote_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a quote: its state, its lines, the customer's answer, and what was charged on it."""
    return _detail(request, _quote(request, pk))


def _detail(
    request: HttpRequest,
    quote: Quote,
    *,
    deposit: forms.DepositForm | None = None,
    above: forms.AboveForm | None = None,
) -> HttpResponse:
    today = clock.today()
    state, word = queries.state_of(quote, today)
    may_write, may_share = _may(request, "w", quote), _may(request, "w", quote) or _may(request, "x", quote)
    document = documents.document_of(DOCUMENT, quote.pk) if quote.number else None
    link = current_link(quote, today) if quote.number and may_share else None
    context = {
        "quote": quote, "state": state, "word": word, "expired": quote.expired(today),
        "lines": quote.lines.order_by("position"), "instalments": quote.instalments.order_by("position"),
        "statement": queries.statement_of(quote) if quote.state == State.ACCEPTED else None,
        "events": quote.events.select_related("by").order_by("at", "pk"),
        "document": document, "stored": document is not None and document.state == Document.State.STORED,
        "link": link, "link_address": links.address_of(link) if link else "",
        "mail_to": quote.customer.email if quote.customer and settings.SENDS_MAIL else "",
        "may_write": may_write, "may_share": may_share and bool(quote.number),
        "deposit_form": deposit or forms.DepositForm(), "above_form": above or forms.AboveForm(),
        "new_key": form_errors.Form().initial["idempotency_key"],
    }  # fmt: skip
    refused = any(one is not None and one.errors for one in (deposit, above))
    return render(request, "invoicing/quotes/quote_detail.html", context, status=422 if refused else 200)


@login_required
@require_GET
def quote_preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a quote as paper: a sent one as it is, a draft as it would be if it were sent today."""
    quote = _quote(request, pk)
    if quote.number:
        with translation.override(quote.language):
            shown = paper.of(quote)
    else:
        shown = paper.preview(quote, on=clock.today())
    with translation.override(quote.language):
        context = {**paper.context_of(shown), "language": quote.language, "on_screen": True}
        return render(request, paper.TEMPLATE, context)


@login_required
@require_http_methods(GET_AND_POST)
def quote_send(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what is about to be sent, and send it."""
    quote = _quote(request, pk, "w")
    if quote.state != State.DRAFT:
        return redirect("quotes:quote_detail", pk)
    mail_to = quote.customer.email if quote.customer and settings.SENDS_MAIL else ""
    until = quote.valid_until or clock.today() + HOLDS
    form = forms.SendForm(request.POST or None, mail_to=mail_to, initial={"valid_until": until})
    if request.method == "POST" and form.is_valid():
        now: dict[str, Any] = {"on": clock.today(), "by": request.user, "at": clock.now()}
        try:
            sent = services.send_quote(quote_id=pk, valid_until=form.cleaned_data["valid_until"], key=form.key, **now)
            if form.cleaned_data["how"] == "mail":
                links.mail_link(quote_id=pk, **now)
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("Quote %(number)s is sent.") % {"number": sent.number})
            return redirect("quotes:quote_detail", pk)
    context = {"quote": quote, "lines": quote.lines.order_by("position")}
    return views.page(request, "invoicing/quotes/quote_send.html", context, form=form)


@login_required
@require_http_methods(GET_AND_POST)
def quote_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record what the customer answered by mail, by phone or on paper."""
    quote = _quote(request, pk, "w")
    form = forms.RecordAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        try:
            services.record_answer(
                quote_id=pk, answer=State(clean["answer"]), name=clean["name"], note=clean["note"], by=request.user,
                on=clock.today(), at=clock.now(),
            )  # fmt: skip
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("The answer is recorded."))
            return redirect("quotes:quote_detail", pk)
    return views.page(request, "invoicing/quotes/quote_answer.html", {"quote": quote}, form=form)


@login_required
@require_http_methods(GET_AND_POST)
def quote_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Delete the draft of a quote, after asking."""
    quote = _quote(request, pk, "w")
    form = form_errors.Form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.discard_quote(quote_id=pk, by=request.user)
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("The draft was deleted."))
            return redirect("quotes:quote_list")
    return views.page(request, "invoicing/quotes/quote_discard.html", {"quote": quote}, form=form)


# --- acts by one button -----------------------------------------------------------------------------------------------


def _act(request: HttpRequest, pk: UUID, act: Callable[[Any], HttpResponse]) -> HttpResponse:
    """Do what a button says, given the key of its form; a refusal is told on the page of the quote."""
    form = form_errors.Form(request.POST)
    if request.method == "POST" and form.is_valid():
        try:
            return act(form.key)
        except Refused as refused:
            messages.error(request, str(refused))
    return redirect("quotes:quote_detail", pk)


@login_required
@require_http_methods(GET_AND_POST)
def quote_duplicate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make a new draft with the customer, lines and schedule of a quote."""
    _quote(request, pk, "w")

    def act(key: UUID) -> HttpResponse:
        draft = services.duplicate_quote(quote_id=pk, by=request.user, at=clock.now(), key=key)
        messages.success(request, _("A new draft with the same lines."))
        return redirect("quotes:quote_edit", draft.pk)

    return _act(request, pk, act)


@login_required
@require_http_methods(GET_AND_POST)
def quote_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Withdraw a quote that waits for its answer."""
    _quote(request, pk, "w")

    def act(_key: UUID) -> HttpResponse:
        services.withdraw_quote(quote_id=pk, by=request.user, at=clock.now())
        messages.success(request, _("The quote is withdrawn; nobody can accept it any more."))
        return redirect("quotes:quote_detail", pk)

    return _act(request, pk, act)


@login_required
@require_http_methods(GET_AND_POST)
def quote_mail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the link and the PDF of a quote to the customer by e-mail."""
    links.require_sharing(_quote(request, pk), request.user)

    def act(_key: UUID) -> HttpResponse:
        link = links.mail_link(quote_id=pk, by=request.user, on=clock.today(), at=clock.now())
        messages.success(request, _("The e-mail to %(address)s leaves now.") % {"address": link.mail_to})
        return redirect("quotes:quote_detail", pk)

    return _act(request, pk, act)


def _drafted(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    messages.success(
        request,
        _("The draft of the invoice, %(amount)s excluding VAT, is ready: check it and issue it.")
        % {"amount": formatting.money(invoice.net.amount)},
    )
    return redirect("invoicing:invoice_edit", invoice.pk)


@login_required
@require_http_methods(GET_AND_POST)
def quote_charge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Draft the invoice of the whole, or the final one."""
    _quote(request, pk, "w")

    def act(key: UUID) -> HttpResponse:
        return _drafted(request, services.charge_rest(quote_id=pk, by=request.user, at=clock.now(), key=key))

    return _act(request, pk, act)


@login_required
@require_http_methods(GET_AND_POST)
def quote_instalment(request: HttpRequest, pk: UUID, instalment: UUID) -> HttpResponse:
    """Draft the invoice of an announced deposit."""
    planned = get_object_or_404(_quote(request, pk, "w").instalments, pk=instalment)

    def act(key: UUID) -> HttpResponse:
        made = services.charge_instalment(instalment_id=planned.pk, by=request.user, at=clock.now(), key=key)
        return _drafted(request, made)

    return _act(request, pk, act)


@login_required
@require_http_methods(GET_AND_POST)
def quote_deposit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Draft a deposit invoice of a percentage or an amount."""
    quote = _quote(request, pk, "w")
    if request.method == "GET":
        return redirect("quotes:quote_detail", pk)
    form = forms.DepositForm(request.POST)
    if form.is_valid():
        size = form.cleaned_data["size"]
        now: dict[str, Any] = {"by": request.user, "at": clock.now(), "key": form.key}
        try:
            if form.cleaned_data["of"] == "percent":
                return _drafted(request, services.charge_percent(quote_id=pk, percent=size, **now))
            return _drafted(request, services.charge_amount(quote_id=pk, amount=size, **now))
        except Refused as refused:
            form_errors.refuse(form, refused)
    return _detail(request, quote, deposit=form)


@login_required
@require_http_methods(GET_AND_POST)
def quote_above(request: HttpRequest, pk: UUID, invoice: UUID) -> HttpResponse:
    """Say why the draft of an invoice charges more than its quote."""
    quote = _quote(request, pk, "w")
    made = get_object_or_404(QuoteInvoice, quote=quote, invoice=invoice)
    if request.method == "GET":
        return redirect("quotes:quote_detail", pk)
    form = forms.AboveForm(request.POST)
    if form.is_valid():
        try:
            services.say_above(
                invoice_id=made.invoice_id, reason=form.cleaned_data["reason"], by=request.user, at=clock.now()
            )
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("The reason is kept, and stands in the note of the invoice."))
            return redirect("quotes:quote_detail", pk)
    return _detail(request, quote, above=form)
