"""The invoice editor behind its views: rows that come and go, drafts that are saved, totals as one types."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, QueryDict

from coop import clock
from coop import forms as form_errors
from coop.entities.models import Activity
from coop.errors import Refused
from invoicing import forms, queries, services, totals
from invoicing.catalogue import picking
from invoicing.content import DraftContent
from invoicing.explaining import Explained, of_draft
from invoicing.models import Customer, Invoice, InvoiceLine, SalesDefaults
from invoicing.services import treating
from invoicing.services.rows import net
from invoicing.vat import sales

ROW = re.compile(rf"{forms.LINES}-(\d+)-(\w+)")
Rows = list[dict[str, str]]


@dataclass
class Editor:
    """The forms of one draft, with what the page shows beside them."""

    activity: Activity
    invoice: Invoice | None
    form: forms.DraftForm
    lines: forms.LineFormSet
    customer_form: forms.NewCustomerForm
    customer_open: bool = False

    @property
    def content(self) -> DraftContent:
        """What is typed, as far as it can be read."""
        return forms.content_of(self.form, self.lines)

    @property
    def has_errors(self) -> bool:
        """Whether something on the page was refused."""
        return any(bool(one.errors) for one in (self.form, self.customer_form, *self.lines.forms) if one.is_bound)


@dataclass(frozen=True)
class Side:
    """What stands beside the lines: totals, the VAT and its reason, and what becomes available."""

    totals: totals.Totals
    estimate: queries.Estimate
    vat: Sequence[Explained]
    customer: Customer | None


def side_of(activity: Activity, content: DraftContent) -> Side:
    """Return the totals of what is typed, its VAT, and what it would leave to the activity if it were issued today."""
    today = clock.today()
    customer = Customer.objects.filter(activity=activity, pk=content.customer).first() if content.customer else None
    on = treating.supply_day(content, today)
    facts = treating.facts_of(activity, customer, supplied_in=content.supplied_in, on=on)
    kept = InvoiceLine.objects.filter(
        pk__in=[line.line for line in content.lines if line.line], invoice__activity=activity
    ).select_related("set_by")
    treated = treating.treat_each(facts, content.lines, kept={line.pk: line for line in kept})
    nets = [net(line) for line in content.lines]
    sums = treating.sums([one.operation for one in treated], nets, treating.whole_of(content))
    language = customer.language if customer else activity.cooperative.language
    return Side(sums, queries.estimate(activity, net=sums.net, on=today), of_draft(treated, language), customer)


def customers_of(activity: Activity) -> list[Customer]:
    """Return the customers that an invoice of an activity can be made for."""
    return list(Customer.objects.filter(activity=activity).order_by("sort_name", "pk"))


def opened(activity: Activity, invoice: Invoice | None, *, customer: str = "") -> Editor:
    """Return the editor of a draft as it was saved, or of a new one. What could not be read is shown with why."""
    customers = customers_of(activity)
    if invoice is None:
        usual = SalesDefaults.objects.filter(activity=activity).first() or SalesDefaults(activity=activity)
        form = forms.DraftForm(customers=customers, initial={"customer": customer, "note": usual.note})
        return Editor(activity, None, form, forms.lines_formset(sale=usual.sale), new_customer(activity))
    saved = list(invoice.lines.order_by("position"))
    head = forms.draft_initial(invoice)
    form = forms.DraftForm(customers=customers, initial=head, version=invoice.version)
    lines = forms.lines_formset(initial=forms.lines_initial(saved), sale=usual_sale(activity))
    if invoice.unread or any(row.unread for row in saved):
        data = forms.as_typed(form, lines)
        form = forms.DraftForm(data, customers=customers)
        lines = forms.lines_formset(data)
    return Editor(activity, invoice, form, lines, new_customer(activity))


def usual_sale(activity: Activity) -> str:
    """Return what an activity sells by default."""
    usual = SalesDefaults.objects.filter(activity=activity).first()
    return usual.sale if usual else sales.DEFAULT


def usual_term(activity: Activity) -> int:
    """Return the payment term of new customers of an activity, in days."""
    usual = SalesDefaults.objects.filter(activity=activity).first()
    return usual.payment_days if usual else 30


def new_customer(activity: Activity) -> forms.NewCustomerForm:
    """Return the empty form of a customer, inside the editor."""
    return forms.NewCustomerForm(initial={"country": "BE", "payment_days": usual_term(activity)})


def sent(request: HttpRequest, activity: Activity, invoice: Invoice | None) -> Editor:
    """Return the editor as it was sent."""
    return _bound(request.POST, activity, invoice)


def _bound(data: QueryDict, activity: Activity, invoice: Invoice | None) -> Editor:
    return Editor(
        activity,
        invoice,
        forms.DraftForm(data, customers=customers_of(activity)),
        forms.lines_formset(data),
        new_customer(activity),
    )


# --- rows -------------------------------------------------------------------------------------------------------------


def _add(rows: Rows, _place: int) -> int | None:
    last = rows[-1] if rows else {}
    rows.append({"sale": last.get("sale", sales.DEFAULT), "unit": last.get("unit", "C62")})
    return len(rows) - 1


def _remove(rows: Rows, place: int) -> int | None:
    del rows[place]
    return None


def _copy(rows: Rows, place: int) -> int | None:
    rows.insert(place + 1, {**rows[place], "kept": ""})
    return place + 1


def _up(rows: Rows, place: int) -> int | None:
    if place > 0:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
    return max(place - 1, 0)


def _down(rows: Rows, place: int) -> int | None:
    if place + 1 < len(rows):
        rows[place + 1], rows[place] = rows[place], rows[place + 1]
    return min(place + 1, len(rows) - 1)


CHANGES: dict[str, Callable[[Rows, int], int | None]] = {
    "add": _add, "remove": _remove, "copy": _copy, "up": _up, "down": _down,
}  # fmt: skip


def changed(request: HttpRequest, activity: Activity, invoice: Invoice | None, act: str) -> Editor | None:
    """Return the editor after a button of its rows was pressed (``add``, ``remove:2``); None for any other button.

    Raises ServiceUnknown for a text that means nothing in the catalogue.
    """
    change = changed_rows(request.POST, activity, act)
    if change is None:
        return None
    editor = _bound(change.data, activity, invoice)
    change.show_focus(editor.lines)
    return editor


@dataclass(frozen=True)
class Change:
    """What a page would have sent with its rows changed, and the field of the row that is typed in next."""

    data: QueryDict
    row: int | None = None
    field: str = "description"

    def show_focus(self, lines: forms.LineFormSet) -> None:
        """Let the page open with the cursor where one goes on typing."""
        if self.row is not None:
            lines.forms[self.row].fields[self.field].widget.attrs["autofocus"] = True


def changed_rows(data: QueryDict, activity: Activity, act: str) -> Change | None:
    """Return what a page of lines becomes after a button of its rows was pressed; None for any other button.

    Raises ServiceUnknown.
    """
    rows, typed = _rows(data), str(data.get(picking.FIELD, ""))
    if picking.asked(act, typed):
        row = picking.row_of(activity, customer=str(data.get("customer", "")), typed=typed)
        if rows and not any(rows[-1].get(name, "").strip() for name in forms.EMPTY_ROW):
            del rows[-1]
        rows.append(row)
        new = _with_rows(data, rows)
        new[picking.FIELD] = ""
        return Change(new, len(rows) - 1, "quantity")
    name, _colon, number = act.partition(":")
    change = CHANGES.get(name)
    place = int(number) if number.isdecimal() else 0
    if change is None or (name != "add" and place >= len(rows)):
        return None
    focus = change(rows, place)
    return Change(_with_rows(data, rows), focus)


def _rows(data: QueryDict) -> Rows:
    rows: dict[int, dict[str, str]] = {}
    for key in data:
        if found := ROW.fullmatch(key):
            rows.setdefault(int(found[1]), {})[found[2]] = str(data[key])
    return [rows[index] for index in sorted(rows)]


def _with_rows(data: QueryDict, rows: Rows) -> QueryDict:
    new = QueryDict(mutable=True)
    for key in data:
        if not ROW.fullmatch(key):
            new[key] = str(data[key])
    for index, row in enumerate(rows):
        for name, value in row.items():
            new[f"{forms.LINES}-{index}-{name}"] = value
    new[f"{forms.LINES}-TOTAL_FORMS"] = str(len(rows))
    new[f"{forms.LINES}-INITIAL_FORMS"] = "0"
    return new


# --- saving -----------------------------------------------------------------------------------------------------------


def save(editor: Editor, by: Any) -> Invoice:
    """Save what is typed. A new draft sent twice is the same draft. Raises what saving raises."""
    return _saved(editor, services.save_draft, by)


def autosave(editor: Editor, by: Any) -> Invoice:
    """Save what is being typed, unless something newer was saved meanwhile."""
    return _saved(editor, services.autosave_draft, by)


def _saved(editor: Editor, act: Callable[..., Invoice], by: Any) -> Invoice:
    content, at, key, version = editor.content, clock.now(), editor.form.key, editor.form.version
    if editor.invoice is None:
        version = version or 1  # the page knows no version before its first save has been answered
        editor.invoice = services.create_draft(activity=editor.activity.pk, content=content, by=by, at=at, key=key)
        if editor.invoice.saved_at == at:
            return editor.invoice
    return act(invoice_id=editor.invoice.pk, content=content, version=version, by=by, at=at, editor=key)


def add_customer(request: HttpRequest, editor: Editor, by: Any) -> Editor:
    """Create the customer typed inside the editor and choose it; what is refused stays open as typed."""
    form = forms.NewCustomerForm(request.POST)
    editor.customer_form, editor.customer_open = form, True
    if not form.is_valid():
        return editor
    try:
        customer = services.create_customer(
            activity=editor.activity.pk, details=form.details(), by=by, at=clock.now(), key=form.key
        )
    except Refused as refused:
        form_errors.refuse(form, refused)
        return editor
    data = request.POST.copy()
    data["customer"] = str(customer.pk)
    return replace(_bound(data, editor.activity, editor.invoice), customer_open=False)


def named_customer(request: HttpRequest, activity: Activity) -> str:
    """Return the customer that the address names, when it is one of the activity."""
    try:
        wanted = UUID(request.GET.get("customer", ""))
    except ValueError:
        return ""
    return str(wanted) if Customer.objects.filter(activity=activity, pk=wanted).exists() else ""
