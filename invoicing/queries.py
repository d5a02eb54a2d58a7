"""Questions about customers and sales. What is paid, open or overdue comes from the books; amounts are EUR."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from coop import typed
from coop.banking.models import Movement
from coop.documents.models import Document
from coop.entities import queries as entities
from coop.entities.fees import Terms
from coop.entities.models import Activity, Cooperative
from coop.errors import Refused
from coop.ledger import queries as ledger
from coop.ledger.models import Entry, Line, OpenItem
from coop.money import ZERO
from coop.names import sort_name
from coop.periods import Month
from invoicing import structured
from invoicing.models import Customer, Invoice
from invoicing.services.finishing import DOCUMENT
from invoicing.services.structuring import STRUCTURED

PER_PAGE = 50
RECEIVABLES = ("customers", "doubtful_customers")
EUR = DecimalField(max_digits=14, decimal_places=2)


class Status(StrEnum):
    """What a list of invoices can be narrowed to; all but the first two follow from the books and the day."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    TO_COLLECT = "to_collect"
    OVERDUE = "overdue"
    PAID = "paid"
    COLLECTED = "collected"
    CREDIT_NOTE = "credit_note"


SORTS = {
    "number": "number",
    "date": "issued_on",
    "customer": "customer__sort_name",
    "due": "due_on",
    "gross": "gross",
    "open": "residual",
}


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; everything empty shows all, drafts first, then the newest."""

    text: str = ""
    status: str = ""
    customer: UUID | None = None
    first: date | None = None
    last: date | None = None
    sort: str = ""


@dataclass(frozen=True)
class Card:
    """A status card: how many documents and how much."""

    status: Status
    count: int
    amount: Decimal


@dataclass(frozen=True)
class Row:
    """An invoice of a list, with what is still open of it; ``state`` is the kind of pill, ``word`` what it says."""

    invoice: Invoice
    residual: Decimal
    state: str
    word: str


@dataclass(frozen=True)
class InvoiceList:
    """A page of a filtered list, its cards, and the totals of the whole filtered set."""

    cards: Sequence[Card]
    page: Page[Any]
    rows: Sequence[Row]
    count: int
    net: Decimal
    gross: Decimal
    residual: Decimal


def visible_invoices(
    user: Any, *, activity: Activity | None = None, cooperative: Cooperative | None = None
) -> QuerySet[Invoice]:
    """Return the documents that a user sees, of one activity or cooperative where one is chosen."""
    invoices: QuerySet[Invoice] = Invoice.objects.visible_to(user)
    if activity is not None:
        return invoices.filter(activity=activity)
    return invoices.filter(cooperative=cooperative) if cooperative is not None else invoices


def with_residual(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Add to each document what is open of it in the books; zero for drafts and credit notes."""
    open_amount = (
        Line.objects.filter(item=OuterRef("pk"), account__role__in=RECEIVABLES)
        .order_by()
        .values("item")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    return invoices.annotate(residual=Coalesce(Subquery(open_amount, output_field=EUR), ZERO, output_field=EUR))


def list_invoices(
    *, invoices: QuerySet[Invoice], filters: Filters, on: date, page: int | str = 1, per_page: int = PER_PAGE
) -> InvoiceList:
    """Return a page of a list of visible documents on a day; the number of queries does not depend on their number."""
    known = with_residual(invoices)
    found = _filtered(known, filters, on)
    sums = found.aggregate(
        count=Count("pk"),
        net=Sum(_signed("net"), output_field=EUR),
        gross=Sum(_signed("gross"), output_field=EUR),
        open=Sum("residual"),
    )
    ordered = found.select_related("activity", "customer").order_by(*_order(filters.sort))
    pages = Paginator(ordered, per_page)
    pages.count = sums["count"]
    shown = pages.get_page(page)
    return InvoiceList(
        cards=_cards(invoices, known, on),
        page=shown,
        rows=[row_of(invoice, invoice.residual, on) for invoice in shown],  # type: ignore[attr-defined]
        count=sums["count"],
        net=sums["net"] or ZERO,
        gross=sums["gross"] or ZERO,
        residual=sums["open"] or ZERO,
    )


def _signed(field: str) -> Any:
    """Return a column that a credit note counts below zero."""
    from django.db.models import Case, Value, When

    sign = Case(When(kind=Invoice.Kind.CREDIT_NOTE, then=Value(-1)), default=Value(1))
    return sign * F(field)


def _filtered(invoices: QuerySet[Invoice], filters: Filters, on: date) -> QuerySet[Invoice]:
    if filters.status:
        invoices = invoices.filter(condition(filters.status, on))
    if filters.customer:
        invoices = invoices.filter(customer=filters.customer)
    if filters.first:
        invoices = invoices.filter(issued_on__gte=filters.first)
    if filters.last:
        invoices = invoices.filter(issued_on__lte=filters.last)
    return invoices.filter(_search(filters.text)) if filters.text.strip() else invoices


def condition(status: str, on: date) -> Q:
    """Return what a status means in terms of rows and books."""
    issued = Q(kind=Invoice.Kind.INVOICE, state__in=[Invoice.State.ISSUED, Invoice.State.CREDITED])
    first = Month.of(on).first
    conditions: dict[str, Q] = {
        Status.DRAFT: Q(state__in=[Invoice.State.DRAFT, Invoice.State.SUBMITTED]),
        Status.SUBMITTED: Q(state=Invoice.State.SUBMITTED),
        Status.TO_COLLECT: issued & Q(residual__gt=0),
        Status.OVERDUE: issued & Q(residual__gt=0, due_on__lt=on),
        Status.PAID: issued & Q(residual__lte=0),
        Status.COLLECTED: Q(
            pk__in=Movement.objects.filter(item__role="customers", booked_on__range=(first, on)).values("item")
        ),
        Status.CREDIT_NOTE: Q(kind=Invoice.Kind.CREDIT_NOTE),
    }
    return conditions.get(status, Q())


def _search(text: str) -> Q:
    """Match a number, a customer, a reference, or an amount including VAT written exactly."""
    wanted = text.strip()
    condition = (
        Q(number__icontains=wanted)
        | Q(customer__sort_name__contains=sort_name(wanted))
        | Q(reference__icontains=wanted)
        | Q(structured_communication="".join(character for character in wanted if character.isdigit()) or "-")
    )
    try:
        return condition | Q(gross=typed.number(wanted))
    except typed.Unreadable:
        return condition


def _order(sort: str) -> list[Any]:
    descending, field = sort.startswith("-"), SORTS.get(sort.lstrip("-"))
    if field is None:
        return [F("issued_on").desc(nulls_first=True), F("number").desc(), F("saved_at").desc(), "pk"]
    return [F(field).desc(nulls_last=True) if descending else F(field).asc(nulls_last=True), "pk"]


def _cards(invoices: QuerySet[Invoice], known: QuerySet[Invoice], on: date) -> list[Card]:
    """Return the four status cards: drafts, to collect, overdue, collected this month."""
    draft, collect, overdue = (condition(status, on) for status in (Status.DRAFT, Status.TO_COLLECT, Status.OVERDUE))
    sums = known.aggregate(
        drafts=Count("pk", filter=draft),
        draft_amount=Sum("gross", filter=draft, output_field=EUR),
        open=Count("pk", filter=collect),
        open_amount=Sum("residual", filter=collect),
        late=Count("pk", filter=overdue),
        late_amount=Sum("residual", filter=overdue),
    )
    collected = Movement.objects.filter(
        item__in=invoices.values("pk"), booked_on__range=(Month.of(on).first, on)
    ).aggregate(count=Count("item", distinct=True), amount=Sum("amount"))
    return [
        Card(Status.DRAFT, sums["drafts"], sums["draft_amount"] or ZERO),
        Card(Status.TO_COLLECT, sums["open"], sums["open_amount"] or ZERO),
        Card(Status.OVERDUE, sums["late"], sums["late_amount"] or ZERO),
        Card(Status.COLLECTED, collected["count"], collected["amount"] or ZERO),
    ]


def row_of(invoice: Invoice, residual: Decimal, on: date) -> Row:
    """Return a document with its state in one word, derived on a day from what is open."""
    state, word = _state(invoice, residual, on)
    return Row(invoice, residual, state, word)


def _state(invoice: Invoice, residual: Decimal, on: date) -> tuple[str, str]:
    if invoice.state == Invoice.State.DRAFT:
        return "draft", _("Draft")
    if invoice.state == Invoice.State.SUBMITTED:
        return "info", _("With the coach")
    if invoice.kind == Invoice.Kind.CREDIT_NOTE:
        return "neutral", _("Credit note")
    if invoice.state == Invoice.State.CREDITED:
        return ("warning", _("To refund")) if residual < ZERO else ("neutral", _("Credited"))
    if residual < ZERO:
        return "warning", _("To refund")
    if residual == ZERO:
        return "good", _("Paid")
    if invoice.due_on and invoice.due_on < on:
        return "bad", _("Overdue")
    return ("info", _("Partly paid")) if residual < invoice.gross.amount else ("neutral", _("To collect"))


# --- one document -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Detail:
    """Everything around one document: its row, lines, terms, money, credit notes, entries, history."""

    row: Row
    lines: Sequence[Any]
    terms: Terms | None
    movements: Sequence[Movement]
    credit_notes: Sequence[Invoice]
    entries: Sequence[tuple[Entry, Sequence[Line]]]
    events: Sequence[Any]

    @property
    def undone(self) -> frozenset[UUID]:
        """The ids of the movements that another one has undone."""
        return frozenset(one.reverses_id for one in self.movements if one.reverses_id is not None)


def detail_of(invoice: Invoice, on: date) -> Detail:
    """Return what a page shows about a document that the caller may see."""
    residual = ledger.residuals([invoice.pk]).get(invoice.pk, ZERO)
    return Detail(
        row=row_of(invoice, residual, on),
        lines=list(invoice.lines.select_related("set_by").order_by("position")),
        terms=Terms.from_json(invoice.terms) if invoice.terms else None,
        movements=list(Movement.objects.filter(item=invoice.pk).select_related("entry").order_by("booked_on", "pk")),
        credit_notes=list(Invoice.objects.filter(credits=invoice, number__gt="").order_by("issued_on", "number")),
        entries=_entries_of(invoice),
        events=list(invoice.events.select_related("by").order_by("at", "pk")),
    )


@dataclass(frozen=True)
class Files:
    """The files of an issued document: its paper, and the structured invoice, which is made once the paper is stored."""

    paper: Document
    structured: Document | None
    structured_expected: bool

    @property
    def paper_stored(self) -> bool:
        """Whether the paper can be read."""
        return self.paper.state == Document.State.STORED

    @property
    def structured_stored(self) -> bool:
        """Whether the structured invoice can be read."""
        return self.structured is not None and self.structured.state == Document.State.STORED

    @property
    def structured_name(self) -> str:
        """What the structured invoice will be called."""
        return f"{self.paper.filename.removesuffix('.pdf')}.xml"

    @property
    def waiting(self) -> bool:
        """Whether something is still being made."""
        return not self.paper_stored or (self.structured_expected and not self.structured_stored)


def files_of(invoice: Invoice) -> Files | None:
    """Return the files of a document that the caller may see; None for a draft and for what was issued elsewhere.

    A document issued before structured invoices were made has its paper only.
    """
    found = {
        row.kind: row
        for row in Document.objects.filter(kind__in=[DOCUMENT, STRUCTURED], subject=invoice.pk).order_by(
            "created_at", "pk"
        )
    }
    paper, made = found.get(DOCUMENT), found.get(STRUCTURED)
    if paper is None:
        return None
    expected = made is not None or (paper.state == Document.State.PENDING and structured.addressable(invoice.buyer))
    return Files(paper, made, expected)


def _entries_of(invoice: Invoice) -> list[tuple[Entry, Sequence[Line]]]:
    """Return the entries that a document was posted with, each with its lines, in two queries."""
    entries = Entry.objects.filter(
        cooperative=invoice.cooperative_id, source__startswith="invoicing.invoice.", source_key=str(invoice.pk)
    ).select_related("journal")
    lines: dict[int, list[Line]] = {}
    for line in Line.objects.filter(entry__in=entries).select_related("account", "activity").order_by("position"):
        lines.setdefault(line.entry_id, []).append(line)
    return [(entry, lines[entry.pk]) for entry in entries.order_by("date", "pk")]


@dataclass(frozen=True)
class Estimate:
    """What a draft would leave to the activity once it is paid: net less fee and fund; or why that is not known."""

    net: Decimal
    fee: Decimal = ZERO
    fund: Decimal = ZERO
    refusal: Refused | None = None

    @property
    def available(self) -> Decimal:
        """What becomes available when the customer has paid."""
        return self.net - self.fee - self.fund


def estimate(activity: Activity, *, net: Decimal, on: date) -> Estimate:
    """Return the fee and fund of an invoice of ``net`` EUR excluding VAT, were it issued on a day."""
    if net <= ZERO:
        return Estimate(net)
    try:
        already = max(ZERO, ledger.turnover(activity, on.year, on))
        terms = entities.fee_terms(activity, on=on, net=net, already=already)
    except Refused as refused:
        return Estimate(net, refusal=refused)
    return Estimate(net, terms.fee, terms.fund)


# --- customers --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CustomerRow:
    """A customer of a list, with what was invoiced in all and what is open."""

    customer: Customer
    invoiced: Decimal
    residual: Decimal


def list_customers(
    *, customers: QuerySet[Customer], text: str = "", page: int | str = 1, per_page: int = PER_PAGE
) -> tuple[Page[Any], list[CustomerRow]]:
    """Return a page of visible customers by name, each with its sales excluding VAT and what is open, in four queries."""
    if text.strip():
        customers = customers.filter(
            Q(sort_name__contains=sort_name(text))
            | Q(vat_number__icontains="".join(text.split()).replace(".", ""))
            | Q(email__icontains=text.strip())
        )
    pages = Paginator(customers.select_related("activity").order_by("sort_name", "pk"), per_page)
    shown = pages.get_page(page)
    sums = (
        with_residual(Invoice.objects.filter(customer__in=[customer.pk for customer in shown], number__gt=""))
        .order_by()
        .values_list("customer")
        .annotate(invoiced=Sum(_signed("net"), output_field=EUR), open=Sum("residual"))
    )
    known = {customer: (invoiced, residual) for customer, invoiced, residual in sums}
    nothing = (ZERO, ZERO)
    return shown, [CustomerRow(customer, *known.get(customer.pk, nothing)) for customer in shown]


def usual_delay(customer: Customer) -> int | None:
    """Return after how many days a customer pays on average, from the receipts of the last twelve; None without any."""
    paid = (
        Movement.objects.filter(
            item__in=OpenItem.objects.filter(pk__in=customer.invoices.filter(number__gt="").values("pk")), amount__gt=0
        )
        .select_related("item")
        .order_by("-booked_on")[:12]
    )
    delays = [movement.booked_on - movement.item.issued_on for movement in paid]
    return (sum(delays, timedelta()) // len(delays)).days if delays else None
