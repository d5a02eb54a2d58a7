"""The last steps of issuing, which invoices and credit notes share: number, breakdown, entry, document."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from coop.documents import services as documents
from coop.entities import numbering
from coop.entities.fees import Terms
from coop.entities.models import Activity, NumberSeries
from coop.ledger import posting
from coop.ledger.models import OpenItem
from invoicing import journal, totals, vat
from invoicing.models import Invoice, InvoiceEvent
from invoicing.peppol import queueing
from invoicing.services import rows

ISSUED = "invoicing.invoice.issued"
CREDITED = "invoicing.invoice.credited"
DOCUMENT = "invoice"


def take_number(invoice: Invoice, year: str, on: date) -> str:
    """Take the next number of the activity's own series where it has one, else of the cooperative's."""
    own = NumberSeries.objects.filter(
        cooperative=invoice.cooperative_id, kind=invoice.kind, year=year, activity=invoice.activity_id
    ).exists()
    return numbering.take_number(
        cooperative=invoice.cooperative,
        kind=invoice.kind,
        year=year,
        on=on,
        activity=invoice.activity_id if own else None,
    ).text


def save_issued(invoice: Invoice, number: str, *, on: date, by: Any, at: datetime) -> None:
    invoice.number, invoice.issued_on, invoice.issued_by, invoice.issued_at = number, on, by, at
    invoice.state = Invoice.State.ISSUED
    invoice.version += 1
    invoice.save()
    rows.record(invoice, InvoiceEvent.Kind.ISSUED, by=by, at=at)


def post(
    invoice: Invoice, sums: totals.Totals, operations: Mapping[str, vat.Operation], terms: Terms, *, item: UUID, by: Any
) -> None:
    """Open the item of a document and post its entry, and its fee where it is booked at issue."""
    credited = invoice.kind == Invoice.Kind.CREDIT_NOTE
    assert invoice.customer is not None
    assert invoice.issued_on is not None
    sign = -1 if credited else 1
    source = CREDITED if credited else ISSUED
    OpenItem.objects.create(
        id=invoice.pk, cooperative=invoice.cooperative, role="customers", party=invoice.customer.party,
        activity=invoice.activity, settles_id=item if credited else None, source=source, reference=invoice.number,
        issued_on=invoice.issued_on, due_on=invoice.due_on, net=sign * sums.net, gross=sign * sums.gross,
        structured_communication=invoice.structured_communication, terms=terms.to_json(),
    )  # fmt: skip
    sale = journal.Sale(invoice.activity_id, invoice.customer.party_id, item, sums, operations)
    with translation.override(invoice.cooperative.language):
        names = {"number": invoice.number, "customer": invoice.customer}
        text = (
            _("Credit note %(number)s, %(customer)s") % names
            if credited
            else _("Invoice %(number)s, %(customer)s") % names
        )
        fee_text = _("Fee on %(number)s, %(customer)s") % names
    posting.post(
        cooperative=invoice.cooperative, journal="NCV" if credited else "VEN", on=invoice.issued_on, text=text,
        source=source, source_key=str(invoice.pk),
        lines=journal.for_credit(sale) if credited else journal.for_issue(sale), by=by,
    )  # fmt: skip
    analytic = {
        row.kind: row.pk
        for row in Activity.objects.filter(cooperative=invoice.cooperative_id).exclude(kind=Activity.Kind.MEMBERS)
    }
    fee = journal.fee_at_issue(
        terms, activity=invoice.activity_id, cooperative=analytic[Activity.Kind.COOPERATIVE],
        fund=analytic[Activity.Kind.FUND], item=item,
    )  # fmt: skip
    if fee:
        posting.post(
            cooperative=invoice.cooperative, journal="AN", on=invoice.issued_on, text=fee_text, source=f"{source}.fee",
            source_key=str(invoice.pk), lines=fee, by=by,
        )  # fmt: skip


def ask_document(invoice: Invoice, at: datetime) -> None:
    """Ask for the PDF, and have the document sent; both after the commit. What was issued elsewhere has its document there."""
    if invoice.origin == Invoice.Origin.ELSEWHERE:
        return
    documents.request_document(
        cooperative=invoice.cooperative,
        kind=DOCUMENT,
        subject=invoice.pk,
        language=invoice.language,
        filename=f"{invoice.number}.pdf".replace("/", "-"),
        at=at,
    )
    queueing.queue_invoice(invoice, at)
