"""Sheets of sales: customers, and invoices with their credit notes, one row per line. All through the pages’ services."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop import typed
from coop.access.predicates import Subject
from coop.entities.models import Language
from coop.imports import sheets
from coop.imports.sheets import Column, Context, Kind, Outcome, Row, RowRefused, Sheet
from coop.ledger.sheets import find_activity
from coop.money import ZERO
from coop.names import sort_name
from invoicing import services, vat
from invoicing.content import CreditLine, CustomerDetails, DraftContent, DraftLine
from invoicing.models import Customer, Invoice, InvoiceLine
from invoicing.vat import sales

DETAILS = (
    "kind",
    "name",
    "contact",
    "vat_number",
    "enterprise_number",
    "street",
    "postcode",
    "town",
    "country",
    "email",
    "language",
    "payment_days",
    "reference",
    "vat_returns",
)
HEAD = (
    "kind",
    "number",
    "activity",
    "customer",
    "date",
    "due_on",
    "supplied_on",
    "supplied_until",
    "communication",
    "customer_reference",
    "credits",
    "reason",
    "supplied_in",
    "rebate_percent",
    "rebate",
    "charge",
)
SHEET = "invoices"


# --- customers --------------------------------------------------------------------------------------------------------


def _customers(rows: Sequence[Row], context: Context) -> Outcome:
    row = rows[0]
    activity = find_activity(row, context)
    known = _known_customer(row, context, column="name", number=row["vat_number"])
    if known is not None:
        country = {"country": row["country"].upper()} if row["country"] else {}
        claims = Row(row.line, {**row.values, **country}, row.texts)
        sheets.refuse_differences(claims, {name: getattr(known, name) for name in DETAILS})
        return Outcome.UNCHANGED
    details = {name: row[name] for name in DETAILS if row[name] not in (None, "")}
    services.create_customer(activity=activity.pk, details=CustomerDetails(**details), by=context.by, at=context.at)
    return Outcome.CREATED


def _known_customer(row: Row, context: Context, *, column: str, number: str = "") -> Customer | None:
    """Return the customer of the row's activity with that VAT number, or else with the name in a column."""
    customers = Customer.objects.filter(activity=find_activity(row, context)).select_related("party")
    if number and (found := customers.filter(vat_number=number).first()):
        return found
    named = list(customers.filter(sort_name=sort_name(row[column]))[:2])
    if len(named) > 1:
        raise row.refuse(
            column,
            reason=_("Several customers of the activity have this name."),
            remedy=_("Give the customer’s VAT number instead of the name."),
        )
    return named[0] if named else None


CUSTOMERS = Sheet(
    name="customers",
    title=gettext_lazy("Customers"),
    description=gettext_lazy("To whom each activity sells."),
    order=40,
    apply=_customers,
    rights=[(Subject.SALES, "w")],
    columns=[
        Column(name="activity", title=gettext_lazy("Activity"), required=True, max_length=20, example="A-101"),
        Column(name="name", title=gettext_lazy("Name"), required=True, max_length=120, example="Librairie Exemple"),
        Column(
            name="kind",
            title=gettext_lazy("Kind"),
            kind=Kind.CHOICE,
            choices=dict(Customer.Kind.choices),
            example="business",
        ),
        Column(name="contact", title=gettext_lazy("Contact person"), max_length=120),
        Column(name="vat_number", title=gettext_lazy("VAT number"), kind=Kind.VAT_NUMBER, example="BE0777701656"),
        Column(
            name="enterprise_number",
            title=gettext_lazy("Enterprise number"),
            max_length=14,
            help=gettext_lazy("Of a Belgian body without a VAT number."),
        ),
        Column(name="street", title=gettext_lazy("Street and number"), max_length=120, example="Place du Modèle 7"),
        Column(name="postcode", title=gettext_lazy("Postcode"), max_length=10, example="1000"),
        Column(name="town", title=gettext_lazy("Town"), max_length=60, example="Bruxelles"),
        Column(
            name="country",
            title=gettext_lazy("Country"),
            max_length=2,
            example="BE",
            help=gettext_lazy("Two letters; empty: BE."),
        ),
        Column(name="email", title=gettext_lazy("E-mail"), kind=Kind.EMAIL, example="compta@librairie.example"),
        Column(
            name="language",
            title=gettext_lazy("Language of documents"),
            kind=Kind.CHOICE,
            choices=dict(Language.choices),
            example="fr",
        ),
        Column(name="payment_days", title=gettext_lazy("Payment term in days"), kind=Kind.WHOLE, example="30"),
        Column(name="reference", title=gettext_lazy("Reference wished"), max_length=60),
        Column(
            name="vat_returns",
            title=gettext_lazy("VAT returns"),
            kind=Kind.CHOICE,
            choices=dict(Customer.Returns.choices),
            help=gettext_lazy("Of a Belgian business. Empty: it files periodic VAT returns."),
        ),
    ],
)


# --- invoices ---------------------------------------------------------------------------------------------------------


def key_of(row: Row) -> str:
    """Return what names a document in files: its number where it has one, else the key of the old spreadsheet."""
    return str(row["number"] or row["document"])


def _invoices(rows: Sequence[Row], context: Context) -> Outcome:
    first = rows[0]
    if not first["document"] and not first["number"]:
        raise first.refuse(
            "document",
            reason=_("The row names no document."),
            remedy=_("Fill in the number, or any key that only the rows of this document share."),
        )
    problems = [
        first.problem(name, reason=_("The first row of a document needs this cell."), remedy=_("Fill in this cell."))
        for name in ("activity", "date")
        if not first[name]
    ]
    if problems:
        raise RowRefused(problems)
    told = _as_told(rows)
    known = context.known(key_of(first))
    if known is not None:
        _refuse_other(rows, told, known[1])
        return Outcome.UNCHANGED
    _refuse_disagreeing(rows)
    note = first["kind"] == Invoice.Kind.CREDIT_NOTE
    invoice = _credit(rows, context) if note else _issue(rows, context)
    context.remember(key_of(first), invoice.pk, told)
    return Outcome.CREATED


def _as_told(rows: Sequence[Row]) -> dict[str, Any]:
    """Return what the rows of a document say, by place of the row and column."""
    return {
        f"{place}.{name}": sheets.as_text(value)
        for place, row in enumerate(rows, start=1)
        for name, value in row.values.items()
        if value not in (None, "") and name != "document"
    }


def _refuse_other(rows: Sequence[Row], told: Mapping[str, str], earlier: Mapping[str, str]) -> None:
    """Refuse a document that was imported before with other values: every difference is named."""
    problems = [
        row.problem(
            name,
            reason=_("This document was imported before with another value: %(value)s.")
            % {"value": earlier.get(f"{place}.{name}") or "–"},
            remedy=_("Leave its rows out; an issued document is corrected by a credit note."),
        )
        for place, row in enumerate(rows, start=1)
        for name in row.values
        if name != "document" and told.get(f"{place}.{name}", "") != earlier.get(f"{place}.{name}", "")
    ]
    if not problems and len(told) != len(earlier):
        problems = [
            rows[0].problem(
                "document",
                reason=_("This document was imported before with more lines."),
                remedy=_("Leave its rows out; an issued document is corrected by a credit note."),
            )
        ]
    if problems:
        raise RowRefused(problems)


def _refuse_disagreeing(rows: Sequence[Row]) -> None:
    """Refuse rows of one document that say different things about its head; an empty cell repeats the first row."""
    problems = [
        row.problem(
            name,
            reason=_("The first row of this document says otherwise: %(value)s.")
            % {"value": sheets.as_text(rows[0][name]) or "–"},
            remedy=_("Give all rows of a document the same head, or leave these cells empty."),
        )
        for row in rows[1:]
        for name in HEAD
        if row[name] not in (None, "") and row[name] != rows[0][name]
    ]
    if problems:
        raise RowRefused(problems)


def _issue(rows: Sequence[Row], context: Context) -> Invoice:
    first = rows[0]
    activity = find_activity(first, context)
    customer = _customer(first, context)
    if first["rebate_percent"] and first["rebate"]:
        raise first.refuse(
            "rebate", reason=_("The rebate is given twice."), remedy=_("Give a percentage or an amount, not both.")
        )
    content = DraftContent(
        customer=customer.pk,
        lines=_lines(rows),
        supplied_on=first["supplied_on"],
        supplied_until=first["supplied_until"],
        due_on=first["due_on"],
        reference=first["customer_reference"],
        note=first["note"],
        supplied_in=first["supplied_in"] or "",
        discount_percent=first["rebate_percent"] or ZERO,
        discount=first["rebate"] or ZERO,
        charge=first["charge"] or ZERO,
    )
    draft = services.create_draft(activity=activity.pk, content=content, by=context.by, at=context.at, on=first["date"])
    if first["number"]:
        return services.record_issued_elsewhere(
            invoice_id=draft.pk,
            number=first["number"],
            on=first["date"],
            by=context.by,
            at=context.at,
            structured_communication=_communication(first),
        )
    return services.issue_invoice(invoice_id=draft.pk, on=first["date"], by=context.by, at=context.at)


def _customer(row: Row, context: Context) -> Customer:
    number = "".join(character for character in row["customer"].upper() if character.isalnum())
    key = ("customer", row["activity"], row["customer"])
    found: Customer | None = context.once(key, lambda: _known_customer(row, context, column="customer", number=number))
    if found is None:
        raise row.refuse(
            "customer",
            reason=_("The activity has no customer with this name or VAT number."),
            remedy=_("Import the sheet of customers first, or correct the name."),
        )
    return found


def _lines(rows: Sequence[Row]) -> list[DraftLine]:
    problems, lines = [], []
    for row in rows:
        missing = [name for name in ("description", "quantity", "unit_price") if row[name] in (None, "")]
        problems += [
            row.problem(name, reason=_("Each line of an invoice needs this cell."), remedy=_("Fill in this cell."))
            for name in missing
        ]
        try:
            if not missing:
                lines.append(_line(row, rows[0]))
        except RowRefused as refused:
            problems += refused.problems
    if problems:
        raise RowRefused(problems)
    return lines


def _line(row: Row, head: Row) -> DraftLine:
    return DraftLine(
        description=row["description"],
        quantity=row["quantity"],
        unit_price=row["unit_price"],
        operation=_operation(row, head) if row["vat"] else "",
        unit=row["unit"] or InvoiceLine.Unit.PIECE,
        discount_percent=row["discount"] or ZERO,
        sale=row["sale"] or "",
        reason=row["vat_reason"] or _("Named in the imported file."),
    )


def _operation(row: Row, head: Row) -> str:
    """Return the operation that a cell names by its code, or by a domestic rate in percent."""
    code: str = row["vat"].strip().upper()
    if any(operation.code == code for operation in vat.OPERATIONS):
        return code
    try:
        rate = typed.number(code.removesuffix("%"), decimals=4).scaleb(-2)
    except typed.Unreadable:
        raise row.refuse(
            "vat",
            reason=_("This is neither a code of an operation nor a rate."),
            remedy=_("Choose one of: %(codes)s.")
            % {"codes": ", ".join(one.code for one in vat.in_force(head["date"]))},
        ) from None
    return vat.by_rate(rate, head["supplied_until"] or head["supplied_on"] or head["date"]).code


def _communication(row: Row) -> str:
    digits = "".join(character for character in row["communication"] if character.isdigit())
    if row["communication"] and (len(digits) != 12 or (int(digits[:10]) % 97 or 97) != int(digits[10:])):
        raise row.refuse(
            "communication",
            reason=_("This is no structured communication: a digit is wrong or missing."),
            remedy=_("Write its twelve digits, or leave the cell empty."),
        )
    return digits


def _credit(rows: Sequence[Row], context: Context) -> Invoice:
    first = rows[0]
    invoice = _credited(first, context)
    lines = _credit_lines(rows, invoice)
    if not first["reason"]:
        raise first.refuse("reason", reason=_("A credit note says why it was made."), remedy=_("Fill in the reason."))
    if first["number"]:
        return services.record_credit_issued_elsewhere(
            invoice_id=invoice.pk,
            lines=lines,
            number=first["number"],
            reason=first["reason"],
            on=first["date"],
            by=context.by,
            at=context.at,
        )
    return services.credit_invoice(
        invoice_id=invoice.pk, lines=lines, reason=first["reason"], on=first["date"], by=context.by, at=context.at
    )


def _credited(row: Row, context: Context) -> Invoice:
    """Return the invoice that a credit note names, by its number or by its key in an imported file."""
    wanted = row["credits"]
    invoices = Invoice.objects.filter(cooperative=context.cooperative, kind=Invoice.Kind.INVOICE)
    found = invoices.filter(number=wanted).first() if wanted else None
    if found is None and wanted and (told := context.known(wanted)) is not None:
        found = invoices.filter(pk=told[0]).first()
    if found is None:
        raise row.refuse(
            "credits",
            reason=_("No invoice of the cooperative has this number or key."),
            remedy=_("Fill in the number of the credited invoice, and import that invoice first."),
        )
    if row["activity"] and found.activity_id != find_activity(row, context).pk:
        raise row.refuse(
            "activity",
            reason=_("The credited invoice belongs to another activity."),
            remedy=_("Correct the activity or the number of the invoice."),
        )
    return found


def _credit_lines(rows: Sequence[Row], invoice: Invoice) -> list[CreditLine] | None:
    """Return what is credited of which line; None, all that is left, when the rows name no line."""
    if all(row["credits_line"] is None for row in rows):
        return None
    lines = {line.position: line.pk for line in invoice.lines.all()}
    found = []
    for row in rows:
        if row["credits_line"] not in lines:
            raise row.refuse(
                "credits_line",
                reason=_("The invoice has no line with this number."),
                remedy=_("Count the lines of the invoice from 1, and name one in each row."),
            )
        if (row["quantity"] is None) == (row["credit_amount"] is None):
            raise row.refuse(
                "quantity",
                reason=_("Either a quantity or an amount of the line is credited."),
                remedy=_("Fill in one of the two: quantity or credit_amount."),
            )
        amount: Decimal | None = row["credit_amount"]
        found.append(CreditLine(lines[row["credits_line"]], quantity=row["quantity"], amount=amount))
    return found


INVOICES = Sheet(
    name=SHEET,
    title=gettext_lazy("Invoices and credit notes"),
    description=gettext_lazy(
        "One row per line. A document with a number was issued elsewhere and keeps it; one without is issued here."
    ),
    order=80,
    apply=_invoices,
    group=lambda row: (row["kind"] or Invoice.Kind.INVOICE, key_of(row) or row.line),
    rights=[(Subject.SALES, "w")],
    fields={"on": "date", "operation": "vat", "reason": "vat_reason"},
    columns=[
        Column(
            name="document",
            title=gettext_lazy("Key of the document"),
            max_length=60,
            example="F-311",
            help=gettext_lazy("Any text that the rows of one document share; not needed beside a number."),
        ),
        Column(
            name="kind",
            title=gettext_lazy("Kind"),
            kind=Kind.CHOICE,
            choices=dict(Invoice.Kind.choices),
            example="invoice",
            help=gettext_lazy("Empty: invoice."),
        ),
        Column(
            name="number",
            title=gettext_lazy("Number"),
            max_length=40,
            help=gettext_lazy("Of a document issued elsewhere. Empty: it is issued here and takes the next number."),
        ),
        Column(
            name="activity",
            title=gettext_lazy("Activity"),
            max_length=20,
            example="A-101",
            help=gettext_lazy("This and the rest of the head may be left empty on the further lines of a document."),
        ),
        Column(
            name="customer",
            title=gettext_lazy("Customer"),
            max_length=120,
            example="Librairie Exemple",
            help=gettext_lazy("Name or VAT number, as in the sheet of customers. Not needed on a credit note."),
        ),
        Column(name="date", title=gettext_lazy("Date"), kind=Kind.DAY, example="2026-01-12"),
        Column(
            name="due_on",
            title=gettext_lazy("Due on"),
            kind=Kind.DAY,
            help=gettext_lazy("Empty: by the customer’s payment term."),
        ),
        Column(name="supplied_on", title=gettext_lazy("Supplied on"), kind=Kind.DAY),
        Column(name="supplied_until", title=gettext_lazy("Supplied until"), kind=Kind.DAY),
        Column(
            name="communication",
            title=gettext_lazy("Structured communication"),
            max_length=20,
            help=gettext_lazy("Of an invoice issued elsewhere."),
        ),
        Column(name="customer_reference", title=gettext_lazy("Customer’s reference"), max_length=60),
        Column(name="note", title=gettext_lazy("Note"), max_length=1000),
        Column(
            name="description", title=gettext_lazy("Description"), max_length=500, example="Couverture, deux projets"
        ),
        Column(name="quantity", title=gettext_lazy("Quantity"), kind=Kind.QUANTITY, negative=True, example="2"),
        Column(
            name="unit",
            title=gettext_lazy("Unit"),
            kind=Kind.CHOICE,
            choices=dict(InvoiceLine.Unit.choices),
            example="C62",
        ),
        Column(name="unit_price", title=gettext_lazy("Unit price"), kind=Kind.QUANTITY, example="450,00"),
        Column(
            name="discount",
            title=gettext_lazy("Discount (%)"),
            kind=Kind.QUANTITY,
            help=gettext_lazy("In percent of the line."),
        ),
        Column(
            name="sale",
            title=gettext_lazy("What is sold"),
            kind=Kind.CHOICE,
            choices={one.code: one.label for one in sales.SOLD},
            help=gettext_lazy("Empty: what the activity sells by default. The VAT is decided from it."),
        ),
        Column(
            name="vat",
            title=gettext_lazy("VAT"),
            max_length=20,
            example="21",
            help=gettext_lazy(
                "Empty: it is decided. Otherwise a rate in percent, or the code of an operation as docs/vat.md lists them, such "
                "as BE21 or EU_SERVICE; where the rule says another, only who validates sales may set it. A rate of zero says "
                "too little: give the code."
            ),
        ),
        Column(
            name="vat_reason",
            title=gettext_lazy("Reason of the VAT"),
            max_length=500,
            help=gettext_lazy("Why the VAT of this row is another than the rule says."),
        ),
        Column(
            name="credits",
            title=gettext_lazy("Credited invoice"),
            max_length=60,
            help=gettext_lazy("Of a credit note: number of the invoice, or its key."),
        ),
        Column(
            name="credits_line",
            title=gettext_lazy("Credited line"),
            kind=Kind.WHOLE,
            help=gettext_lazy("Number of the line of the invoice, from 1. Empty: all that is left is credited."),
        ),
        Column(
            name="credit_amount",
            title=gettext_lazy("Credited amount"),
            kind=Kind.AMOUNT,
            help=gettext_lazy("Excluding VAT; instead of a quantity."),
        ),
        Column(name="reason", title=gettext_lazy("Reason"), help=gettext_lazy("Of a credit note.")),
        Column(
            name="supplied_in",
            title=gettext_lazy("Country of delivery"),
            max_length=2,
            help=gettext_lazy("Two letters; empty: where the customer is, for property and events Belgium."),
        ),
        Column(
            name="rebate_percent",
            title=gettext_lazy("Rebate on the whole (%)"),
            kind=Kind.QUANTITY,
            help=gettext_lazy("In percent of the lines."),
        ),
        Column(
            name="rebate",
            title=gettext_lazy("Rebate on the whole"),
            kind=Kind.AMOUNT,
            help=gettext_lazy("EUR excluding VAT; instead of a percentage."),
        ),
        Column(
            name="charge",
            title=gettext_lazy("Charge on the whole"),
            kind=Kind.AMOUNT,
            help=gettext_lazy("EUR excluding VAT, such as the cost of delivery."),
        ),
    ],
)


def register() -> None:
    """Make the sheets known."""
    for sheet in (CUSTOMERS, INVOICES):
        sheets.register(sheet)
