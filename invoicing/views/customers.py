"""Customers."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from coop import choosing, clock, views
from coop import forms as form_errors
from coop.errors import Refused
from invoicing import editor, forms, paper, queries, services
from invoicing.models import Customer
from invoicing.views.access import GET_AND_POST, choose_activity, may, named_activity, require, writable


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
        "may_write": bool(writable(request)),
    }
    return render(request, "invoicing/customer_list.html", context)


@login_required
@require_http_methods(GET_AND_POST)
def customer_new(request: HttpRequest) -> HttpResponse:
    """Add a customer to an activity."""
    activity = named_activity(request)
    if activity is None:
        return choose_activity(request, _("New customer"))
    initial = {"kind": Customer.Kind.BUSINESS, "payment_days": editor.usual_term(activity)}
    form = forms.CustomerForm(request.POST or None, initial=initial)
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
        "may_write": may(request, "w", customer),
    }
    return render(request, "invoicing/customer_detail.html", context)


@login_required
@require_http_methods(GET_AND_POST)
def customer_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a customer; documents already issued keep what they show."""
    customer = _customer(request, pk)
    require(request, "w", customer)
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
