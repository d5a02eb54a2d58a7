"""Forms of costs: the head, its lines, the file that proves it, the decision."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coop.forms import AmountField, DayField, Form, QuantityField, VatNumberField
from invoicing.purchases import deductibility
from invoicing.purchases.content import (
    ExpenseLine,
    ExpenseNoteContent,
    Receipt,
    SupplierInvoiceContent,
    SupplierLine,
)
from invoicing.purchases.models import ExpenseNote, SupplierInvoice
from members.models import Person

RATES = [(str(rate), f"{rate * 100:.0f} %") for rate in deductibility.RATES]
ROWS = 4
MOST = 60


def _kinds(*more: deductibility.CostType) -> list[tuple[str, Any]]:
    return [("", "–"), *((kind.code, kind.label) for kind in (*more, *deductibility.COST_TYPES))]


class LineForm(forms.Form):
    """A line of a cost; an empty one is left out."""

    use_required_attribute = False

    cost_type = forms.ChoiceField(label=_("Kind of cost"), required=False)
    description = forms.CharField(label=_("Description"), max_length=200, required=False)
    amount = AmountField(label=_("Amount (€)"), zero=False, required=False)
    rate = forms.ChoiceField(label=_("VAT rate"), choices=RATES, required=False)
    vat = AmountField(
        label=_("VAT (€)"),
        required=False,
        help_text=_("Only when the document shows another amount than the rate gives."),
    )
    needed = ("cost_type", "description", "amount")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in (*self.needed, "rate"):
            self.fields[name].is_needed = True  # type: ignore[attr-defined]  # an empty line is left out: not “optional”

    def clean(self) -> dict[str, Any]:
        """Name what is missing of a line that somebody began."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.begun:
            for name in self.needed:
                if cleaned.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, _("This is missing."))
        return cleaned

    @property
    def begun(self) -> bool:
        """Whether anything was entered in the line."""
        return any(self.data.get(self.add_prefix(name)) for name in (*self.needed, "vat"))


class SupplierLineForm(LineForm):
    """A line of a supplier invoice: the amount excludes VAT."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["cost_type"].choices = _kinds()  # type: ignore[attr-defined]
        self.fields["amount"].label = _("Amount excluding VAT (€)")

    def content(self) -> SupplierLine:
        """Return the line."""
        read = self.cleaned_data
        return SupplierLine(read["cost_type"], read["description"], read["amount"], Decimal(read["rate"]), read["vat"])


class ExpenseLineForm(LineForm):
    """A line of an expense note: a receipt, whose amount includes VAT, or kilometres."""

    spent_on = DayField(label=_("Day"), required=False)
    kilometres = QuantityField(label=_("Kilometres"), zero=False, maximum=Decimal(99999), required=False)
    invoiced = forms.BooleanField(label=_("an invoice in the cooperative’s name"), required=False)
    needed = ("cost_type", "description", "spent_on")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["cost_type"].choices = _kinds(deductibility.KILOMETRE_TYPE)  # type: ignore[attr-defined]
        self.fields["amount"].label = _("Amount paid (€)")

    @property
    def begun(self) -> bool:
        """Whether anything was entered in the line."""
        names = ("cost_type", "description", "spent_on", "amount", "kilometres", "vat")
        return any(self.data.get(self.add_prefix(name)) for name in names)

    def clean(self) -> dict[str, Any]:
        """Ask for kilometres, or for the amount of a receipt; never for both."""
        cleaned = super().clean()
        if self.begun:
            driven = cleaned.get("cost_type") == deductibility.KILOMETRES
            wanted, other = ("kilometres", "amount") if driven else ("amount", "kilometres")
            if cleaned.get(wanted) is None and wanted not in self.errors:
                self.add_error(wanted, _("This is missing."))
            if cleaned.get(other) is not None:
                self.add_error(other, _("Leave this empty for this kind of cost."))
            if driven and (kilometres := cleaned.get("kilometres")) is not None and kilometres != round(kilometres, 1):
                self.add_error("kilometres", _("Give kilometres with one decimal at most."))
        return cleaned

    def content(self) -> ExpenseLine:
        """Return the line."""
        read = self.cleaned_data
        return ExpenseLine(
            cost_type=read["cost_type"], description=read["description"], spent_on=read["spent_on"], gross=read["amount"],
            rate=Decimal(read["rate"]), vat=read["vat"], invoiced=read["invoiced"], kilometres=read["kilometres"],
        )  # fmt: skip


class _Lines(forms.BaseFormSet):
    """The lines of a cost."""

    def contents(self) -> Sequence[Any]:
        """Return the lines that were begun, in order."""
        return tuple(form.content() for form in self.forms if form.begun)


SupplierLines = forms.formset_factory(SupplierLineForm, formset=_Lines, extra=ROWS, max_num=MOST, absolute_max=MOST)
ExpenseLines = forms.formset_factory(ExpenseLineForm, formset=_Lines, extra=ROWS, max_num=MOST, absolute_max=MOST)


class SupplierInvoiceForm(Form):
    """The head of a supplier invoice."""

    supplier_name = forms.CharField(label=_("Supplier"), max_length=120)
    supplier_vat_number = VatNumberField(label=_("VAT number of the supplier"), required=False, max_length=20)
    supplier_number = forms.CharField(label=_("Number of the invoice"), max_length=40)
    dated_on = DayField(label=_("Date of the invoice"))
    due_on = DayField(label=_("Due on"), required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    lines = SupplierLines

    def content(self, lines: Sequence[SupplierLine]) -> SupplierInvoiceContent:
        """Return the invoice as entered."""
        return SupplierInvoiceContent(**self.values(), lines=lines)

    @staticmethod
    def initial_of(cost: SupplierInvoice) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Return what the form and its lines show of a draft."""
        head = {
            "supplier_name": cost.supplier.name, "supplier_vat_number": cost.supplier.vat_number,
            "supplier_number": cost.supplier_number, "dated_on": cost.dated_on, "due_on": cost.due_on, "note": cost.note,
        }  # fmt: skip
        rows = [
            {
                "cost_type": line.cost_type, "description": line.description, "amount": line.net, "rate": _rate(line.rate),
                "vat": None if line.vat == deductibility.vat_on(line.net, line.rate) else line.vat,
            }
            for line in cost.lines.order_by("position")
        ]  # fmt: skip
        return head, rows


class ExpenseNoteForm(Form):
    """The head of an expense note."""

    claimant = forms.ModelChoiceField(label=_("Paid by"), queryset=Person.objects.none(), empty_label=None)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    lines = ExpenseLines

    def __init__(self, *arguments: Any, claimants: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["claimant"].queryset = claimants  # type: ignore[attr-defined]

    def content(self, lines: Sequence[ExpenseLine]) -> ExpenseNoteContent:
        """Return the note as entered."""
        read = self.values()
        return ExpenseNoteContent(claimant=read["claimant"].pk, lines=lines, note=read["note"])

    @staticmethod
    def initial_of(cost: ExpenseNote) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Return what the form and its lines show of a draft."""
        rows = [
            {
                "cost_type": line.cost_type, "description": line.description, "spent_on": line.spent_on,
                "rate": _rate(line.rate), "invoiced": line.invoiced, "kilometres": line.kilometres,
                "amount": None if line.kilometres else line.gross,
                "vat": None if line.vat == deductibility.vat_in(line.gross, line.rate) else line.vat,
            }
            for line in cost.lines.order_by("position")
        ]  # fmt: skip
        return {"claimant": cost.claimant_id, "note": cost.note}, rows


def _rate(rate: Decimal) -> str:
    """Return a rate as its choice is written."""
    return next(str(known) for known in deductibility.RATES if known == rate)


class ReceiptForm(Form):
    """The file that proves a cost."""

    file = forms.FileField(label=_("Receipt or invoice"), help_text=_("A photo (JPEG, PNG) or a PDF, at most 10 MB."))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["file"].widget.attrs["accept"] = ".pdf,.png,.jpg,.jpeg"

    def receipt(self) -> Receipt:
        """Return the file as it came."""
        file = self.cleaned_data["file"]
        return Receipt(file.name, file.read())


class RefuseForm(Form):
    """Why a cost is refused."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("The member reads it.")
    )


class ApproveForm(Form):
    """On which day an approved cost is booked."""

    booked_on = DayField(label=_("Booked on"), help_text=_("A day in an open month."))
