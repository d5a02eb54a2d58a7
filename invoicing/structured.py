"""The structured invoice of a document: what its frozen copy says, in the terms of EN 16931. Nothing is written here.

The customer reads the name of the activity (BT-28) and the entrepreneur (BG-6); the seller in law is the cooperative (BT-27,
with its form and register in BT-33). Texts are in the customer's language. Who cannot be addressed on Peppol (private
persons, customers outside the Union) gets no structured invoice; the arithmetic of the document is checked all the same.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from coop import formatting
from coop.money import ZERO
from invoicing import totals, vat
from invoicing.einvoice.model import (
    CREDIT_NOTE_TYPE,
    INVOICE_TYPE,
    Account,
    Address,
    AllowanceCharge,
    Attachment,
    Contact,
    Delivery,
    Document,
    Identifier,
    Kind,
    Line,
    Party,
    Payment,
    Period,
    Preceding,
    Totals,
    VatGroup,
)
from invoicing.models import Customer, Invoice, InvoiceLine
from invoicing.quotes import charges

HUNDRED = Decimal(100)
BELGIUM, ENTERPRISE = "BE", "0208"
TRANSFER = "30"
DISCOUNT_CODE = "95"
DISCOUNT: Mapping[str, str] = {"fr": "Remise", "nl": "Korting", "en": "Discount"}
CHARGE: Mapping[str, str] = {"fr": "Frais", "nl": "Kosten", "en": "Charge"}
NO_VAT = ("E", "AE", "K", "G", "O")
"""Categories whose mention stands beside their base (BT-120); those of others go into the note."""

VAT_SCHEMES: Mapping[str, str] = {
    "AT": "9914", "BG": "9926", "CY": "9928", "CZ": "9929", "DE": "9930", "EE": "9931", "EL": "9933", "ES": "9920",
    "FR": "9957", "HR": "9934", "HU": "9910", "IE": "9935", "LT": "9937", "LU": "9938", "LV": "9939", "MT": "9943",
    "NL": "9944", "PL": "9945", "PT": "9946", "RO": "9947", "SE": "9955", "SI": "9949", "SK": "9950",
}  # fmt: skip
"""Schemes of electronic addresses by VAT number, for customers elsewhere in the Union (EAS)."""


def addressable(buyer: Mapping[str, str]) -> bool:
    """Tell whether a customer can be sent a structured invoice: a business or public body with a number that addresses it."""
    return endpoint(buyer) is not None


def endpoint(buyer: Mapping[str, str]) -> Identifier | None:
    """Return the electronic address of a customer: its enterprise number, or its VAT number elsewhere in the Union."""
    if buyer.get("kind") == Customer.Kind.PRIVATE:
        return None
    number = buyer.get("vat_number", "")
    if buyer.get("enterprise_number"):
        return Identifier(buyer["enterprise_number"], ENTERPRISE)
    scheme = VAT_SCHEMES.get(number[:2])
    return Identifier(number, scheme) if scheme else None


def of(invoice: Invoice, lines: Sequence[InvoiceLine], *, pdf: bytes = b"") -> Document:
    """Return the structured invoice of an issued document, or of one on which everything it will show is set.

    ``pdf`` is the paper of the same document, to stand in it (BG-24).
    """
    credit = invoice.kind == Invoice.Kind.CREDIT_NOTE
    alone = all(row["category"] == "O" for row in invoice.breakdown)
    day = _supply_day(invoice)
    made = [_line(line, invoice.language) for line in lines]
    return Document(
        kind=Kind.CREDIT_NOTE if credit else Kind.INVOICE,
        number=invoice.number,
        issued_on=invoice.issued_on,
        type_code=CREDIT_NOTE_TYPE if credit else INVOICE_TYPE,
        currency=invoice.currency,
        due_on=None if credit else invoice.due_on,
        buyer_reference=invoice.reference or invoice.buyer.get("contact", "") or invoice.buyer.get("name", ""),
        notes=_notes(invoice),
        preceding=_preceding(invoice),
        seller=_seller(invoice.seller, with_vat=not alone),
        buyer=_buyer(invoice.buyer, with_vat=not alone),
        delivery=_delivery(invoice, day),
        period=_period(invoice),
        payment=None if credit else _payment(invoice),
        allowances=_of_the_whole(invoice),
        totals=_totals(invoice, made),
        vat=tuple(_group(row) for row in invoice.breakdown),
        attachments=_attachments(invoice, pdf),
        lines=tuple(made),
    )


def _supply_day(invoice: Invoice) -> date | None:
    """Return the day whose VAT counts; on a credit note that of the invoice it corrects."""
    source = invoice.credits if invoice.credits is not None else invoice
    return source.supplied_until or source.supplied_on or source.issued_on


def _seller(seller: Mapping[str, str], *, with_vat: bool) -> Party:
    number = seller["enterprise_number"]
    return Party(
        name=seller["name"],
        trade_name=seller.get("trade_name", ""),
        legal_id=Identifier(number, ENTERPRISE),
        vat_id=seller.get("vat_number", "") if with_vat else "",
        legal_form=" – ".join(part for part in (seller.get("legal_form", ""), seller.get("court", "")) if part),
        endpoint=Identifier(number, ENTERPRISE),
        address=_address(seller),
        contact=_contact(
            seller.get("contact_name", ""), seller.get("contact_phone", ""), seller.get("contact_email", "")
        ),
    )


def _buyer(buyer: Mapping[str, str], *, with_vat: bool) -> Party:
    number = buyer.get("enterprise_number", "")
    return Party(
        name=buyer.get("name", ""),
        legal_id=Identifier(number, ENTERPRISE) if number else None,
        vat_id=buyer.get("vat_number", "") if with_vat else "",
        endpoint=endpoint(buyer),
        address=_address(buyer),
        contact=_contact(buyer.get("contact", ""), "", buyer.get("email", "")),
    )


def _address(party: Mapping[str, str]) -> Address:
    return Address(
        country=party.get("country", ""), street=party.get("street", ""), town=party.get("town", ""),
        postcode=party.get("postcode", ""),
    )  # fmt: skip


def _contact(name: str, phone: str, email: str) -> Contact | None:
    return Contact(name, phone, email) if name or phone or email else None


def _notes(invoice: Invoice) -> tuple[str, ...]:
    """Return the one note that Peppol lets pass: what people wrote, and the mentions that stand nowhere else."""
    beside = " ".join(row["mention"] for row in invoice.breakdown if row["category"] in NO_VAT)
    texts = [invoice.reason, invoice.note, *(mention for mention in invoice.mentions if mention not in beside)]
    note = "\n".join(text.strip() for text in texts if text.strip())
    return (note,) if note else ()


def _preceding(invoice: Invoice) -> tuple[Preceding, ...]:
    credited = invoice.credits
    if credited is not None:
        return (Preceding(credited.number, credited.issued_on),)
    return tuple(charges.preceding_deposits(invoice))


def _delivery(invoice: Invoice, day: date | None) -> Delivery:
    """Return when it was supplied, and for goods sent to another member state where they went."""
    sent = any(row["category"] == "K" for row in invoice.breakdown)
    source = invoice.credits if invoice.credits is not None else invoice
    elsewhere = bool(source.supplied_in) and source.supplied_in != invoice.buyer.get("country", "")
    address = Address(country=source.supplied_in) if elsewhere else _address(invoice.buyer)
    return Delivery(on=day, address=address if sent else None)


def _period(invoice: Invoice) -> Period | None:
    return Period(invoice.supplied_on, invoice.supplied_until) if invoice.supplied_until else None


def _payment(invoice: Invoice) -> Payment | None:
    seller = invoice.seller
    if not seller.get("iban") or invoice.gross.amount <= ZERO:
        return None
    account = Account(seller["iban"], seller.get("account_holder", ""), seller.get("bic", ""))
    return Payment(TRANSFER, reference=invoice.structured_communication, accounts=(account,))


def _of_the_whole(invoice: Invoice) -> tuple[AllowanceCharge, ...]:
    """Return the rebate and the charge on the document, the share of each rate apart (BG-20, BG-21).

    The percent stands in the reason: as BT-94 it would promise a product that shares to the cent cannot keep.
    """
    percent = f" ({formatting.quantity(invoice.discount_percent, language=invoice.language)} %)"
    rebate = (invoice.discount_reason or DISCOUNT[invoice.language]) + (percent if invoice.discount_percent else "")
    charge = invoice.charge_reason or CHARGE[invoice.language]
    found = []
    for row in invoice.breakdown:
        rate = None if row["category"] == "O" else Decimal(row["rate"]) * HUNDRED
        if less := Decimal(row.get("discount", "0")):
            found.append(
                AllowanceCharge(
                    is_charge=False,
                    amount=less,
                    reason=rebate,
                    reason_code=DISCOUNT_CODE,
                    category=row["category"],
                    rate=rate,
                )
            )
        if more := Decimal(row.get("charge", "0")):
            found.append(
                AllowanceCharge(is_charge=True, amount=more, reason=charge, category=row["category"], rate=rate)
            )
    return tuple(found)  # fmt: skip


def _totals(invoice: Invoice, lines: Sequence[Line]) -> Totals:
    return Totals(
        lines=sum((line.net for line in lines if line.net is not None), ZERO),
        allowances=invoice.discount.amount or None,
        charges=invoice.charge.amount or None,
        without_vat=invoice.net.amount,
        vat=invoice.vat.amount,
        with_vat=invoice.gross.amount,
        payable=invoice.gross.amount,
    )


def _group(row: Mapping[str, str]) -> VatGroup:
    category = row["category"]
    return VatGroup(
        base=Decimal(row["base"]),
        vat=Decimal(row["vat"]),
        category=category,
        rate=None if category == "O" else Decimal(row["rate"]) * HUNDRED,
        reason=row["mention"] if category in NO_VAT else "",
        reason_code=row["vatex"] if category in NO_VAT else "",
    )


def _attachments(invoice: Invoice, pdf: bytes) -> tuple[Attachment, ...]:
    if not pdf:
        return ()
    name = f"{invoice.number}.pdf".replace("/", "-")
    return (Attachment(invoice.number, "PDF", content=pdf, media_type="application/pdf", filename=name),)


def _line(line: InvoiceLine, language: str) -> Line:
    """Return a line: its first line of text is the name of what was sold, the rest describes it."""
    name, _break, rest = line.description.strip().partition("\n")
    quantity = line.quantity if line.quantity is not None else ZERO
    price = line.unit_price.amount if line.unit_price is not None else ZERO
    return Line(
        id=str(line.position),
        name=name.strip(),
        description=rest.strip(),
        quantity=quantity,
        unit=line.unit,
        net=line.net.amount,
        price=price,
        category=line.category,
        rate=None if line.category == "O" else (line.rate or vat.ZERO_RATE) * HUNDRED,
        allowances=_discount(line, quantity, price, language),
    )


def _discount(line: InvoiceLine, quantity: Decimal, price: Decimal, language: str) -> tuple[AllowanceCharge, ...]:
    """Return the discount of a line so that the printed figures add up: the rounded full amount less the net."""
    if not line.discount_percent:
        return ()
    full = totals.line_net(quantity, price)
    amount = totals.line_discount(quantity, price, line.discount_percent)
    return (
        AllowanceCharge(
            is_charge=False, amount=amount, reason=DISCOUNT[language], reason_code=DISCOUNT_CODE, base=full,
            percent=line.discount_percent,
        ),
    )  # fmt: skip
