"""The invoice as paper: what the PDF and its preview show, read from the frozen copy alone, in the customer's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import translation
from segno import helpers as qr_codes

from coop.documents import pdf
from coop.documents.models import Document
from coop.money import ZERO
from invoicing import communication, structured, totals, vat
from invoicing.einvoice import writing
from invoicing.models import Invoice, InvoiceLine
from invoicing.services import copying, treating

TEMPLATE = "pdf/invoice.html"
UBL_NAME = "invoice.xml"
NAME_IN_QR = 70
LARGEST_IN_QR = Decimal("999999999.99")


@dataclass(frozen=True)
class PaperLine:
    """A line as printed. ``discount`` is the amount that quantity × price exceeds the net by."""

    description: str
    quantity: Decimal | None
    unit: str
    price: Decimal | None
    discount_percent: Decimal
    discount: Decimal
    rate: Decimal | None
    net: Decimal


@dataclass(frozen=True)
class PaperRate:
    """The base and the VAT of one category and rate as printed."""

    rate: Decimal
    base: Decimal
    vat: Decimal
    exempt: bool


@dataclass(frozen=True)
class Paper:
    """Everything that the paper shows; amounts are EUR."""

    number: str
    is_credit_note: bool
    issued_on: date
    due_on: date | None
    supplied_on: date | None
    supplied_until: date | None
    reference: str
    note: str
    reason: str
    credited_number: str
    credited_on: date | None
    issuer: Mapping[str, str]
    buyer: Mapping[str, str]
    lines: Sequence[PaperLine]
    rates: Sequence[PaperRate]
    of_lines: Decimal
    discount: Decimal
    discount_percent: Decimal
    discount_reason: str
    charge: Decimal
    charge_reason: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    mentions: Sequence[str]
    communication: str
    qr: str

    @property
    def has_discounts(self) -> bool:
        """Whether a column of discounts is needed."""
        return any(line.discount_percent for line in self.lines)

    @property
    def payable(self) -> bool:
        """Whether the customer is asked to pay."""
        return not self.is_credit_note and self.gross > ZERO and bool(self.issuer.get("iban"))


def build(document: Document) -> bytes:
    """Return the bytes of the PDF of an issued invoice or credit note, with its structured invoice attached to it."""
    invoice = Invoice.objects.select_related("credits").get(pk=document.subject)
    lines = list(invoice.lines.order_by("position"))
    with translation.override(document.language):
        paper = of(invoice, lines)
    return pdf.render(TEMPLATE, context(paper), language=document.language, attachments=_attached(invoice, lines))


def _attached(invoice: Invoice, lines: Sequence[InvoiceLine]) -> list[pdf.Attachment]:
    """Return the structured invoice to stand in the paper, for a customer who can be sent one."""
    if not structured.addressable(invoice.buyer):
        return []
    assert invoice.issued_at is not None
    return [pdf.Attachment(UBL_NAME, writing.write(structured.of(invoice, lines)), invoice.issued_at)]


def visible(document: Document, user: Any) -> bool:
    """Tell whether a user may see the document of an invoice: whoever sees the invoice."""
    return Invoice.objects.visible_to(user).filter(pk=document.subject).exists()


def context(paper: Paper) -> dict[str, Any]:
    """Return what the template of the paper needs."""
    return {"paper": paper, "issuer": paper.issuer}


def of(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Paper:
    """Return the paper of an issued document, or of a draft on which a preview has set what it would show."""
    credited = invoice.credits
    digits = invoice.structured_communication
    assert invoice.issued_on is not None
    return Paper(
        number=invoice.number,
        is_credit_note=invoice.kind == Invoice.Kind.CREDIT_NOTE,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        supplied_on=invoice.supplied_on,
        supplied_until=invoice.supplied_until,
        reference=invoice.reference,
        note=invoice.note,
        reason=invoice.reason,
        credited_number=credited.number if credited else "",
        credited_on=credited.issued_on if credited else None,
        issuer={**invoice.seller, "vat_number": written_vat(invoice.seller.get("vat_number", ""))},
        buyer={**invoice.buyer, "vat_number": written_vat(invoice.buyer.get("vat_number", ""))},
        lines=[_line(line) for line in lines],
        rates=[_rate(row) for row in invoice.breakdown],
        of_lines=invoice.net.amount + invoice.discount.amount - invoice.charge.amount,
        discount=invoice.discount.amount,
        discount_percent=invoice.discount_percent,
        discount_reason=invoice.discount_reason,
        charge=invoice.charge.amount,
        charge_reason=invoice.charge_reason,
        net=invoice.net.amount,
        vat=invoice.vat.amount,
        gross=invoice.gross.amount,
        mentions=invoice.mentions,
        communication=communication.written(digits),
        qr=payment_code(invoice.seller, invoice.gross.amount, digits) if invoice.kind == Invoice.Kind.INVOICE else "",
    )


def _line(line: InvoiceLine) -> PaperLine:
    price = line.unit_price.amount if line.unit_price is not None else None
    discount = ZERO
    if line.quantity is not None and price is not None:
        discount = totals.line_discount(line.quantity, price, line.discount_percent)
    return PaperLine(
        description=line.description,
        quantity=line.quantity,
        unit=line.get_unit_display(),
        price=price,
        discount_percent=line.discount_percent,
        discount=discount,
        rate=line.rate,
        net=line.net.amount,
    )


def _rate(row: Mapping[str, str]) -> PaperRate:
    return PaperRate(Decimal(row["rate"]), Decimal(row["base"]), Decimal(row["vat"]), row["category"] not in ("S", "Z"))


def written_vat(number: str) -> str:
    """Write a Belgian VAT number as people read it, BE 0777.700.171; others stay as they are."""
    digits = number.removeprefix("BE")
    if number.startswith("BE") and len(digits) == 10:
        return f"BE {digits[:4]}.{digits[4:7]}.{digits[7:]}"
    return number


def payment_code(seller: Mapping[str, str], amount: Decimal, digits: str) -> str:
    """Return the EPC QR code of a payment as a ``data:`` address; empty where nothing can be paid.

    The twelve digits of the structured communication stand in line 10 (reference), as Belgian banking apps read them;
    line 11 stays empty, since both are never filled.
    """
    if not digits or not seller.get("iban") or not ZERO < amount <= LARGEST_IN_QR:
        return ""
    code = qr_codes.make_epc_qr(
        name=seller["account_holder"][:NAME_IN_QR],
        iban=seller["iban"],
        amount=amount,
        reference=digits,
        bic=seller["bic"] or None,
    )
    return str(code.svg_data_uri(border=0, dark="#1b2420", omitsize=True))


def preview(invoice: Invoice, *, on: date) -> Paper:
    """Return the paper that a draft would become on a day, as far as it is filled in. Nothing is written."""
    lines = list(invoice.lines.order_by("position"))
    operations = {line.operation: vat.known(line.operation) for line in lines}
    sums = treating.totals_by(lines, operations, invoice)
    copying.show(invoice, lines, operations, sums, bank=copying.bank_account_of(invoice), on=on)
    invoice.issued_on = on
    with translation.override(invoice.language):
        return of(invoice, lines)
