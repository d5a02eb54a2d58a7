"""A page with a head, lines and a new customer, behind its views: for quotes and recurring invoices, as the editor of invoices.

What is typed is bound, its rows come and go, the catalogue adds to them, a customer is made in the middle of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

from coop import clock
from coop import forms as form_errors
from coop.entities.models import Activity
from coop.errors import Refused
from invoicing import editor, forms, services
from invoicing.catalogue import picking
from invoicing.content import DraftContent, DraftLine

MakeHead = Callable[[Any], form_errors.Form]


@dataclass
class Sheet:
    """The forms of one page. ``typed`` is what was typed for the catalogue and means nothing there."""

    activity: Activity
    form: form_errors.Form
    lines: forms.LineFormSet
    customer_form: forms.NewCustomerForm
    customer_open: bool = False
    typed: str = ""

    @property
    def draft_lines(self) -> list[DraftLine]:
        """The lines that hold something, as far as they can be read."""
        return self.lines.lines()

    @property
    def has_errors(self) -> bool:
        """Whether something on the page was refused."""
        return any(bool(one.errors) for one in (self.form, self.customer_form, *self.lines.forms) if one.is_bound)

    def context(self) -> dict[str, Any]:
        """Return what the page shows of it."""
        customer = str(self.form["customer"].value() or "")
        return {
            "activity": self.activity,
            "form": self.form,
            "lines": self.lines,
            "customer_form": self.customer_form,
            "customer_open": self.customer_open,
            "catalogue": picking.choice(self.activity, customer=customer, typed=self.typed),
            "side": editor.side_of(self.activity, DraftContent(picking.key_of(customer), self._shown())),
        }

    def _shown(self) -> list[DraftLine]:
        if self.lines.is_bound:
            return self.draft_lines
        data = QueryDict(mutable=True)
        for one in (*self.lines.forms, self.lines.management_form):
            for bound in one:
                value = bound.value()
                data[bound.html_name] = "" if value is None else str(value)
        return forms.lines_formset(data).lines()


def opened(activity: Activity, form: form_errors.Form, lines: Sequence[Mapping[str, Any]] = ()) -> Sheet:
    """Return a page as it is opened."""
    formset = forms.lines_formset(initial=lines, sale=editor.usual_sale(activity))
    return Sheet(activity, form, formset, editor.new_customer(activity))


def sent(request: HttpRequest, activity: Activity, head: MakeHead) -> Sheet:
    """Return a page as it was sent."""
    return _bound(request.POST, activity, head)


def _bound(data: QueryDict, activity: Activity, head: MakeHead) -> Sheet:
    return Sheet(activity, head(data), forms.lines_formset(data), editor.new_customer(activity))


def changed(request: HttpRequest, activity: Activity, head: MakeHead) -> Sheet | None:
    """Return a page after a button of its rows, of the catalogue or of the new customer; None for any other button."""
    act = request.POST.get("act", "save")
    if act == "customer":
        return _with_customer(request, activity, head)
    try:
        change = editor.changed_rows(request.POST, activity, act)
    except Refused as refused:
        sheet = _bound(request.POST, activity, head)
        sheet.typed = request.POST.get(picking.FIELD, "")
        form_errors.refuse(sheet.form, refused)
        return sheet
    if change is None:
        return None
    sheet = _bound(change.data, activity, head)
    change.show_focus(sheet.lines)
    return sheet


def _with_customer(request: HttpRequest, activity: Activity, head: MakeHead) -> Sheet:
    """Create the customer typed inside the page and choose it; what is refused stays open as typed."""
    form = forms.NewCustomerForm(request.POST)
    if form.is_valid():
        try:
            customer = services.create_customer(
                activity=activity.pk, details=form.details(), by=request.user, at=clock.now(), key=form.key
            )
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            data = request.POST.copy()
            data["customer"] = str(customer.pk)
            return _bound(data, activity, head)
    sheet = _bound(request.POST, activity, head)
    sheet.customer_form, sheet.customer_open = form, True
    return sheet
