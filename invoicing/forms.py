"""Forms of sales. A draft may be saved with anything missing; what cannot be read is kept as typed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from coop.entities.models import BankAccount, Language
from coop.forms import AmountField, DayField, Form, PriceField, QuantityField, VatNumberField
from coop.money import ZERO
from invoicing import vat
from invoicing.content import CreditLine, CustomerDetails, DraftContent, DraftLine
from invoicing.crediting import Origin
from invoicing.models import Customer, Invoice, InvoiceLine
from invoicing.queries import Status
from invoicing.vat import sales

HUNDRED = Decimal(100)
LINES = "lines"
EMPTY_ROW = ("description", "quantity", "unit_price")


# --- customers --------------------------------------------------------------------------------------------------------


class CustomerForm(Form):
    """A customer."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=Customer.Kind.choices)
    vat_number = VatNumberField(
        label=_("VAT number"), required=False, max_length=24, help_text=_("For example BE 0403.170.701.")
    )
    vat_returns = forms.ChoiceField(
        label=_("VAT returns"),
        choices=Customer.Returns.choices,
        required=False,
        help_text=_("Of a Belgian business: who files periodic returns owes the VAT on works itself."),
    )
    contact = forms.CharField(label=_("Contact person"), max_length=120, required=False)
    street = forms.CharField(label=_("Street and number"), max_length=120, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=10, required=False)
    town = forms.CharField(label=_("Town"), max_length=60, required=False)
    country = forms.CharField(label=_("Country"), max_length=2, initial="BE", help_text=_("Two letters: BE, FR, NL…"))
    email = forms.EmailField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(label=_("Language of documents"), choices=Language.choices)
    payment_days = forms.IntegerField(label=_("Payment term (days)"), min_value=0, max_value=365, initial=30)
    reference = forms.CharField(
        label=_("Reference wished"),
        max_length=60,
        required=False,
        help_text=_("What this customer wants to read on every invoice, such as an order number."),
    )

    def details(self) -> CustomerDetails:
        """Return what was typed."""
        values = self.values()
        return CustomerDetails(**{**values, "vat_returns": values.get("vat_returns") or Customer.Returns.PERIODIC})


def customer_initial(customer: Customer) -> dict[str, Any]:
    """Return a customer as the form shows it."""
    return {name: getattr(customer, name) for name in CustomerForm.base_fields if hasattr(customer, name)}


class NewCustomerForm(CustomerForm):
    """A customer, created in the middle of an invoice: the fields that the invoice needs."""

    field_order = ["name", "kind", "vat_number", "street", "postcode", "town", "country", "email", "language"]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, prefix="customer", **options)
        for name in ("contact", "reference", "vat_returns"):
            del self.fields[name]
        self.fields["payment_days"].widget = forms.HiddenInput()


# --- drafts -----------------------------------------------------------------------------------------------------------


class DraftForm(Form):
    """The head of an invoice."""

    customer = forms.ChoiceField(label=_("Customer"), required=False)
    supplied_on = DayField(label=_("Supplied on"), required=False)
    supplied_until = DayField(label=_("Supplied until"), required=False, help_text=_("Only for a period."))
    due_on = DayField(label=_("Due on"), required=False, help_text=_("Empty: the customer’s payment term."))
    reference = forms.CharField(
        label=_("Customer’s reference"),
        max_length=60,
        required=False,
        help_text=_("Order number, name of the project…"),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Printed."),
    )
    supplied_in = forms.RegexField(
        regex=r"^[A-Za-z]{2}$",
        label=_("Country of delivery"),
        max_length=2,
        required=False,
        help_text=_("Two letters. Empty: where the customer is; for buildings and events, Belgium."),
        error_messages={"invalid": _("Write two letters, for example BE or FR.")},
    )
    discount_percent = QuantityField(label=_("Rebate (%)"), required=False, maximum=HUNDRED)
    discount = AmountField(label=_("or an amount (€)"), required=False)
    discount_reason = forms.CharField(
        label=_("Reason of the rebate"), max_length=100, required=False, help_text=_("Printed.")
    )
    charge = AmountField(label=_("Charge (€)"), required=False, help_text=_("Delivery, packaging…; excluding VAT."))
    charge_reason = forms.CharField(
        label=_("What the charge is for"), max_length=100, required=False, help_text=_("Printed.")
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a rebate given twice: in percent and as an amount."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        if clean.get("discount_percent") and clean.get("discount"):
            self.add_error("discount", ValidationError(_("Give a percentage or an amount, not both."), code="both"))
        return clean

    def __init__(self, *arguments: Any, customers: Iterable[Customer], **options: Any) -> None:
        super().__init__(*arguments, **options)
        choice: Any = self.fields["customer"]
        choice.choices = [("", "–"), *((str(customer.pk), customer.name) for customer in customers)]


class LineForm(forms.Form):
    """A line of an invoice."""

    use_required_attribute = False
    description = forms.CharField(
        label=_("Description"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 1})
    )
    quantity = QuantityField(label=_("Quantity"), required=False, negative=True)
    unit = forms.ChoiceField(label=_("Unit"), choices=InvoiceLine.Unit.choices, required=False)
    unit_price = PriceField(label=_("Unit price (€)"), required=False)
    discount_percent = QuantityField(label=_("Discount (%)"), required=False, maximum=HUNDRED)
    sale = forms.ChoiceField(label=_("What do you sell?"), required=False)
    kept = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        sale: Any = self.fields["sale"]
        sale.choices = sales.shelves()
        price = self.fields["unit_price"].widget
        price.attrs.update({"data-add-row": "#add-line", "enterkeyhint": "next"})

    @property
    def is_blank(self) -> bool:
        """Whether nothing that counts was typed in the row."""
        return not any(str(self.data.get(self.add_prefix(name), "")).strip() for name in EMPTY_ROW)

    def line(self) -> DraftLine:
        """Return the row as far as it can be read; the rest as typed."""
        clean = self.cleaned_data
        unread = {
            name: str(self.data.get(self.add_prefix(name), ""))
            for name in self.errors
            if name in self.fields and name != "kept"
        }
        return DraftLine(
            description=clean.get("description") or "",
            quantity=clean.get("quantity"),
            unit_price=clean.get("unit_price"),
            unit=clean.get("unit") or InvoiceLine.Unit.PIECE,
            discount_percent=clean.get("discount_percent") or ZERO,
            sale=clean.get("sale") or "",
            line=clean.get("kept"),
            unread=unread,
        )


class LineFormSet(forms.BaseFormSet):
    """The lines of an invoice."""

    def lines(self) -> list[DraftLine]:
        """Return the rows that hold something."""
        self.is_valid()
        return [form.line() for form in self.forms if not form.is_blank]


_LineFormSet = forms.formset_factory(LineForm, formset=LineFormSet, extra=0, max_num=300, absolute_max=300)


def lines_formset(
    data: Any = None, *, initial: Sequence[Mapping[str, Any]] = (), sale: str = sales.DEFAULT
) -> LineFormSet:
    """Return the formset of lines, with one empty row, of what is usually sold, when there is none."""
    return _LineFormSet(  # type: ignore[return-value]
        data, prefix=LINES, initial=initial or [{"sale": sale, "unit": InvoiceLine.Unit.PIECE}]
    )


def content_of(form: DraftForm, lines: LineFormSet) -> DraftContent:
    """Return what was typed as the content of a draft, whole or not."""
    form.is_valid()
    clean = form.cleaned_data
    unread = {
        name: str(form.data.get(form.add_prefix(name), ""))
        for name in form.errors
        if name in form.fields and name != "customer"
    }
    return DraftContent(
        customer=clean.get("customer") or None,
        lines=lines.lines(),
        supplied_on=clean.get("supplied_on"),
        supplied_until=clean.get("supplied_until"),
        due_on=clean.get("due_on"),
        reference=clean.get("reference") or "",
        note=clean.get("note") or "",
        supplied_in=(clean.get("supplied_in") or "").upper(),
        discount_percent=clean.get("discount_percent") or ZERO,
        discount=clean.get("discount") or ZERO,
        discount_reason=clean.get("discount_reason") or "",
        charge=clean.get("charge") or ZERO,
        charge_reason=clean.get("charge_reason") or "",
        unread=unread,
    )


def as_typed(form: DraftForm, lines: LineFormSet) -> QueryDict:
    """Return the data of unbound forms as a browser would send them, so that what could not be read is shown with why."""
    data = QueryDict(mutable=True)
    for one in (form, *lines.forms, lines.management_form):
        for field in one:
            value = field.value()
            data[field.html_name] = "" if value is None else str(value)
    return data


def draft_initial(invoice: Invoice) -> dict[str, Any]:
    """Return the head of a draft as the form shows it."""
    names = (
        "supplied_on", "supplied_until", "due_on", "reference", "note", "supplied_in", "discount_reason", "charge_reason",
    )  # fmt: skip
    head = {name: getattr(invoice, name) for name in names}
    head["discount_percent"] = invoice.discount_percent or None
    head["discount"] = None if invoice.discount_percent else invoice.discount.amount or None
    head["charge"] = invoice.charge.amount or None
    return {"customer": str(invoice.customer_id or ""), **head, **invoice.unread}


def lines_initial(lines: Iterable[InvoiceLine]) -> list[dict[str, Any]]:
    """Return the lines of a draft as the formset shows them."""
    names = ("description", "quantity", "unit", "unit_price", "sale")
    return [
        {
            **{name: getattr(line, name) for name in names},
            "kept": line.pk,
            "discount_percent": line.discount_percent or None,
            **line.unread,
        }
        for line in lines
    ]


# --- acts -------------------------------------------------------------------------------------------------------------


class IssueForm(Form):
    """The date of an invoice that is about to be issued."""

    on = DayField(label=_("Date of the invoice"))


class VatForm(Form):
    """Another VAT for a line than the rule says, and why."""

    line = forms.ChoiceField(label=_("Line"))
    operation = forms.ChoiceField(label=_("VAT"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept with your name and the day, and shown in the history."),
    )

    def __init__(self, *arguments: Any, lines: Sequence[tuple[str, str]], on: date, **options: Any) -> None:
        super().__init__(*arguments, **options)
        line: Any = self.fields["line"]
        line.choices = lines
        operation: Any = self.fields["operation"]
        operation.choices = [(row.code, row.label) for row in vat.in_force(on)]


class SellingForm(Form):
    """What new invoices of an activity begin with."""

    sale = forms.ChoiceField(label=_("What do you sell?"))
    payment_days = forms.IntegerField(
        label=_("Payment term (days)"), min_value=0, max_value=365, help_text=_("Of new customers.")
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Printed on each new invoice; it can be changed there."),
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        sale: Any = self.fields["sale"]
        sale.choices = sales.shelves()


class SellerFactForm(Form):
    """What holds for an activity from a day on and changes its VAT."""

    fact = forms.ChoiceField(label=_("What holds"), choices=list(sales.FACTS.items()))
    evidence = forms.CharField(
        label=_("Evidence"), max_length=200, help_text=_("Recognition, certificate or decision, with its date.")
    )
    valid_from = DayField(label=_("From"))


class ReturnForm(Form):
    """Why the coach sends an invoice back."""

    comment = forms.CharField(label=_("What has to change"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class PaymentForm(Form):
    """Money that came in, as the bank booked it."""

    amount = AmountField(label=_("Amount (€)"), zero=False, negative=True, help_text=_("Below zero for a refund."))
    booked_on = DayField(label=_("Booked on"))
    bank_account = forms.ModelChoiceField(label=_("Account"), queryset=BankAccount.objects.none(), empty_label=None)
    reference = forms.CharField(
        label=_("Reference of the bank"),
        max_length=80,
        required=False,
        help_text=_("The same reference is recorded once."),
    )

    def __init__(self, *arguments: Any, cooperative: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        account: Any = self.fields["bank_account"]
        account.queryset = BankAccount.objects.filter(cooperative=cooperative).order_by("account_number")


class UndoForm(Form):
    """The date on which a payment is undone: today, or the day on which the bank took it back."""

    on = DayField(label=_("Booked on"))


class CreditForm(Form):
    """Which part of an invoice is credited: everything that is left, or an amount per line."""

    extent = forms.ChoiceField(
        label=_("How much"),
        choices=[("rest", _("Everything that is left")), ("part", _("A part, by line"))],
        widget=forms.RadioSelect,
        initial="rest",
    )
    on = DayField(label=_("Date of the credit note"))
    reason = forms.CharField(label=_("Reason, printed"), max_length=200)

    def __init__(self, *arguments: Any, origins: Sequence[Origin], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.origins = [origin for origin in origins if origin.left != ZERO]
        for origin in self.origins:
            self.fields[str(origin.line)] = AmountField(
                label=_("Amount to credit, excluding VAT (€)"), required=False, negative=origin.left < ZERO
            )

    def clean(self) -> dict[str, Any]:
        """Refuse a part without any amount."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        if clean.get("extent") == "part" and not self.errors and not self.parts():
            raise ValidationError(_("Type the amount to credit beside at least one line."), code="nothing")
        return clean

    def parts(self) -> list[CreditLine]:
        """Return the amounts typed beside lines."""
        amounts = ((origin.line, self.cleaned_data.get(str(origin.line))) for origin in self.origins)
        return [CreditLine(line=line, amount=amount) for line, amount in amounts if amount]

    def wanted(self) -> list[CreditLine] | None:
        """Return what to credit; None is everything that is left."""
        return None if self.cleaned_data["extent"] == "rest" else self.parts()


class FilterForm(forms.Form):
    """What a list of invoices is narrowed to."""

    use_required_attribute = False
    q = forms.CharField(
        label=_("Number, customer, amount"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "data-shortcut": "search"}),
    )
    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            (Status.DRAFT.value, _("Drafts")),
            (Status.SUBMITTED.value, _("With the coach")),
            (Status.TO_COLLECT.value, _("To collect")),
            (Status.OVERDUE.value, _("Overdue")),
            (Status.PAID.value, _("Paid")),
            (Status.COLLECTED.value, _("Collected this month")),
            (Status.CREDIT_NOTE.value, _("Credit notes")),
        ],
    )
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("Until"), required=False)
