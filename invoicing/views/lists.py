"""The list of invoices and credit notes."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from coop import choosing, clock, views
from invoicing import forms, queries
from invoicing.views.access import writable


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
        "may_write": bool(writable(request)),
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
