"""Payments of customers."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coop import clock, views
from coop import forms as form_errors
from coop.access import visibility
from coop.access.predicates import Subject
from coop.banking import services as banking
from coop.banking.models import Movement
from coop.errors import Refused
from invoicing import forms, queries, services
from invoicing.models import Invoice
from invoicing.views.access import GET_AND_POST, visible_invoice


@login_required
@require_http_methods(GET_AND_POST)
def invoice_payment(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record money that came in for an invoice."""
    invoice = visible_invoice(request, pk)
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
    invoice = visible_invoice(request, pk)
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
