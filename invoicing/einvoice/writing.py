"""Write a document as UBL 2.1 for Peppol BIS Billing 3.0. The same document gives the same bytes.

Nothing is computed here and nothing is corrected: what the document says is written, what it does not say is left out, so
that no element is ever empty (PEPPOL-EN16931-R008). The order of the elements is that of the schemas of OASIS.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from lxml import etree

from invoicing.einvoice import names
from invoicing.einvoice.model import (
    Account,
    Address,
    AllowanceCharge,
    Attachment,
    Contact,
    Document,
    Identifier,
    Kind,
    Line,
    Party,
    Payment,
    Period,
    TaxRepresentative,
    VatGroup,
)

CENT = Decimal("0.01")
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 cannot hold (its production 2)."""


def write(document: Document) -> bytes:
    """Return the UBL of a document: UTF-8 with its declaration."""
    return bytes(etree.tostring(_root(document), xml_declaration=True, encoding="UTF-8", pretty_print=True))


def plain(number: Decimal) -> str:
    """Return a quantity, price or percentage without needless zeros and never with an exponent."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def amount_text(amount: Decimal) -> str:
    """Return an amount with two decimals; with more only where it has more, so that a wrong amount is not made right."""
    return f"{amount:.2f}" if amount == amount.quantize(CENT) else plain(amount)


def clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold, and without blanks around it."""
    return FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


class _Element:
    """An element being written; children that would say nothing are not made."""

    __slots__ = ("currency", "node")

    def __init__(self, node: Any, currency: str) -> None:
        self.node, self.currency = node, currency

    def group(self, name: str) -> "_Element":
        """Add an element that holds others."""
        return _Element(etree.SubElement(self.node, f"{{{names.AGGREGATE}}}{name}"), self.currency)

    def text(self, name: str, value: str, /, **attributes: str) -> None:
        """Add a text, unless it is empty."""
        cleaned = clean(value)
        if cleaned:
            node = etree.SubElement(self.node, f"{{{names.BASIC}}}{name}")
            node.text = cleaned
            for attribute, content in attributes.items():
                if content:
                    node.set(attribute, " ".join(clean(content).split()))

    def day(self, name: str, value: date | None) -> None:
        """Add a day, if there is one."""
        if value is not None:
            self.text(name, value.isoformat())

    def amount(self, name: str, value: Decimal | None, currency: str = "") -> None:
        """Add an amount with its currency, if there is one."""
        if value is not None:
            self.text(name, amount_text(value), currencyID=currency or self.currency)

    def price(self, name: str, value: Decimal | None) -> None:
        """Add a price, which may have more decimals than an amount, if there is one."""
        if value is not None:
            text = plain(value)
            whole = amount_text(value) if len(text.partition(".")[2]) < 2 else text
            self.text(name, whole, currencyID=self.currency)

    def number(self, name: str, value: Decimal | None, /, **attributes: str) -> None:
        """Add a quantity or a percentage, if there is one."""
        if value is not None:
            self.text(name, plain(value), **attributes)

    def identifier(self, name: str, value: Identifier | None) -> None:
        """Add an identifier with its scheme, if there is one."""
        if value is not None:
            self.text(name, value.value, schemeID=value.scheme)

    def under(self, group: str, name: str, value: str, /, **attributes: str) -> None:
        """Add a group that holds one text, unless the text is empty."""
        if clean(value):
            self.group(group).text(name, value, **attributes)


def _root(document: Document) -> Any:
    spaces: dict[Any, str] = {None: names.ROOT[document.kind], "cac": names.AGGREGATE, "cbc": names.BASIC}
    node = etree.Element(f"{{{names.ROOT[document.kind]}}}{document.kind.value}", nsmap=spaces)
    root = _Element(node, document.currency)
    _head(root, document)
    _references(root, document)
    _parties(root, document)
    _delivery(root, document)
    _payment(root, document)
    for one in document.allowances:
        _allowance(root, one)
    _totals(root, document)
    for line in document.lines:
        _line(root, document.kind, line)
    return node


def _head(root: _Element, document: Document) -> None:
    invoice = document.kind == Kind.INVOICE
    root.text("CustomizationID", document.specification)
    root.text("ProfileID", document.process)
    root.text("ID", document.number)
    root.day("IssueDate", document.issued_on)
    if invoice:
        root.day("DueDate", document.due_on)
    else:
        root.day("TaxPointDate", document.tax_point_on)
    root.text(names.TYPE_CODE[document.kind], document.type_code)
    for note in document.notes:
        root.text("Note", note)
    if invoice:
        root.day("TaxPointDate", document.tax_point_on)
    root.text("DocumentCurrencyCode", document.currency)
    root.text("TaxCurrencyCode", document.tax_currency)
    root.text("AccountingCost", document.buyer_account)
    root.text("BuyerReference", document.buyer_reference)
    _period(root, document.period, document.tax_point_code)


def _period(parent: _Element, period: Period | None, code: str = "") -> None:
    if (period is None or (period.first is None and period.last is None)) and not code:
        return
    group = parent.group("InvoicePeriod")
    if period is not None:
        group.day("StartDate", period.first)
        group.day("EndDate", period.last)
    group.text("DescriptionCode", code)


def _references(root: _Element, document: Document) -> None:
    if document.order or document.sales_order:
        order = root.group("OrderReference")
        order.text("ID", document.order or names.NO_ORDER)
        order.text("SalesOrderID", document.sales_order)
    for preceding in document.preceding:
        reference = root.group("BillingReference").group("InvoiceDocumentReference")
        reference.text("ID", preceding.number)
        reference.day("IssueDate", preceding.issued_on)
    root.under("DespatchDocumentReference", "ID", document.despatch)
    root.under("ReceiptDocumentReference", "ID", document.receipt)
    if document.kind == Kind.INVOICE:
        root.under("OriginatorDocumentReference", "ID", document.tender)
        root.under("ContractDocumentReference", "ID", document.contract)
        _attachments(root, document)
        root.under("ProjectReference", "ID", document.project)
    else:
        root.under("ContractDocumentReference", "ID", document.contract)
        _attachments(root, document)
        root.under("OriginatorDocumentReference", "ID", document.tender)


def _attachments(root: _Element, document: Document) -> None:
    if document.object_id is not None:
        reference = root.group("AdditionalDocumentReference")
        reference.identifier("ID", document.object_id)
        reference.text("DocumentTypeCode", names.OBJECT)
    if document.project and document.kind == Kind.CREDIT_NOTE:
        reference = root.group("AdditionalDocumentReference")
        reference.text("ID", document.project)
        reference.text("DocumentTypeCode", names.PROJECT)
    for attachment in document.attachments:
        _attachment(root, attachment)


def _attachment(root: _Element, attachment: Attachment) -> None:
    reference = root.group("AdditionalDocumentReference")
    reference.text("ID", attachment.reference)
    reference.text("DocumentDescription", attachment.description)
    if attachment.content or attachment.address:
        group = reference.group("Attachment")
        if attachment.content:
            group.text(
                "EmbeddedDocumentBinaryObject", b64encode(attachment.content).decode("ascii"),
                mimeCode=attachment.media_type, filename=attachment.filename,
            )  # fmt: skip
        group.under("ExternalReference", "URI", attachment.address)


def _parties(root: _Element, document: Document) -> None:
    _party(root.group("AccountingSupplierParty").group("Party"), document.seller)
    _party(root.group("AccountingCustomerParty").group("Party"), document.buyer)
    if document.payee is not None:
        group = root.group("PayeeParty")
        if document.payee.identifier is not None:
            group.group("PartyIdentification").identifier("ID", document.payee.identifier)
        group.under("PartyName", "Name", document.payee.name)
        if document.payee.legal_id is not None:
            group.group("PartyLegalEntity").identifier("CompanyID", document.payee.legal_id)
    if document.representative is not None:
        _representative(root.group("TaxRepresentativeParty"), document.representative)


def _representative(group: _Element, representative: TaxRepresentative) -> None:
    group.under("PartyName", "Name", representative.name)
    _address(group, "PostalAddress", representative.address)
    _tax_scheme(group, representative.vat_id, "VAT")


def _party(group: _Element, party: Party) -> None:
    group.identifier("EndpointID", party.endpoint)
    for identifier in party.identifiers:
        group.group("PartyIdentification").identifier("ID", identifier)
    group.under("PartyName", "Name", party.trade_name)
    _address(group, "PostalAddress", party.address)
    _tax_scheme(group, party.vat_id, "VAT")
    _tax_scheme(group, party.tax_id, "TAX")
    legal = group.group("PartyLegalEntity")
    legal.text("RegistrationName", party.name)
    legal.identifier("CompanyID", party.legal_id)
    legal.text("CompanyLegalForm", party.legal_form)
    if not len(legal.node):
        group.node.remove(legal.node)
    if party.contact is not None:
        _contact(group, party.contact)


def _contact(group: _Element, contact: Contact) -> None:
    if contact.name or contact.phone or contact.email:
        made = group.group("Contact")
        made.text("Name", contact.name)
        made.text("Telephone", contact.phone)
        made.text("ElectronicMail", contact.email)


def _tax_scheme(group: _Element, number: str, scheme: str) -> None:
    if number:
        made = group.group("PartyTaxScheme")
        made.text("CompanyID", number)
        made.group("TaxScheme").text("ID", scheme)


def _address(group: _Element, name: str, address: Address | None) -> None:
    if address is None or address == Address():
        return
    made = group.group(name)
    made.text("StreetName", address.street)
    made.text("AdditionalStreetName", address.more_street)
    made.text("CityName", address.town)
    made.text("PostalZone", address.postcode)
    made.text("CountrySubentity", address.subdivision)
    made.under("AddressLine", "Line", address.third_line)
    made.under("Country", "IdentificationCode", address.country)


def _delivery(root: _Element, document: Document) -> None:
    delivery = document.delivery
    if delivery is None:
        return
    group = root.group("Delivery")
    group.day("ActualDeliveryDate", delivery.on)
    if delivery.location is not None or delivery.address is not None:
        location = group.group("DeliveryLocation")
        location.identifier("ID", delivery.location)
        _address(location, "Address", delivery.address)
    if delivery.name:
        group.group("DeliveryParty").under("PartyName", "Name", delivery.name)


def _payment(root: _Element, document: Document) -> None:
    payment = document.payment
    due_on = document.due_on if document.kind == Kind.CREDIT_NOTE else None
    if payment is not None:
        accounts: Iterable[Account | None] = payment.accounts or (None,)
        for account in accounts:
            _means(root.group("PaymentMeans"), payment, account, due_on)
    root.under("PaymentTerms", "Note", document.terms)


def _means(group: _Element, payment: Payment, account: Account | None, due_on: date | None) -> None:
    group.text("PaymentMeansCode", payment.means, name=payment.means_text)
    group.day("PaymentDueDate", due_on)
    group.text("PaymentID", payment.reference)
    if payment.card:
        card = group.group("CardAccount")
        card.text("PrimaryAccountNumberID", payment.card)
        card.text("NetworkID", "NA")
        card.text("HolderName", payment.card_holder)
    if account is not None:
        made = group.group("PayeeFinancialAccount")
        made.text("ID", account.number)
        made.text("Name", account.holder)
        made.under("FinancialInstitutionBranch", "ID", account.bic)
    if payment.mandate or payment.debited:
        mandate = group.group("PaymentMandate")
        mandate.text("ID", payment.mandate)
        mandate.under("PayerFinancialAccount", "ID", payment.debited)


def _allowance(parent: _Element, one: AllowanceCharge) -> None:
    group = parent.group("AllowanceCharge")
    group.text("ChargeIndicator", "true" if one.is_charge else "false")
    group.text("AllowanceChargeReasonCode", one.reason_code)
    group.text("AllowanceChargeReason", one.reason)
    group.number("MultiplierFactorNumeric", one.percent)
    group.amount("Amount", one.amount)
    group.amount("BaseAmount", one.base)
    if one.category:
        _category(group.group("TaxCategory"), one.category, one.rate)


def _category(group: _Element, category: str, rate: Decimal | None, reason_code: str = "", reason: str = "") -> None:
    group.text("ID", category)
    group.number("Percent", rate)
    group.text("TaxExemptionReasonCode", reason_code)
    group.text("TaxExemptionReason", reason)
    group.group("TaxScheme").text("ID", "VAT")


def _totals(root: _Element, document: Document) -> None:
    totals = document.totals
    if totals.vat is not None or document.vat:
        group = root.group("TaxTotal")
        group.amount("TaxAmount", totals.vat)
        for one in document.vat:
            _vat_group(group.group("TaxSubtotal"), one)
    if totals.vat_in_tax_currency is not None:
        root.group("TaxTotal").amount("TaxAmount", totals.vat_in_tax_currency, document.tax_currency)
    sums = root.group("LegalMonetaryTotal")
    sums.amount("LineExtensionAmount", totals.lines)
    sums.amount("TaxExclusiveAmount", totals.without_vat)
    sums.amount("TaxInclusiveAmount", totals.with_vat)
    sums.amount("AllowanceTotalAmount", totals.allowances)
    sums.amount("ChargeTotalAmount", totals.charges)
    sums.amount("PrepaidAmount", totals.prepaid)
    sums.amount("PayableRoundingAmount", totals.rounding)
    sums.amount("PayableAmount", totals.payable)


def _vat_group(group: _Element, one: VatGroup) -> None:
    group.amount("TaxableAmount", one.base)
    group.amount("TaxAmount", one.vat)
    _category(group.group("TaxCategory"), one.category, one.rate, one.reason_code, one.reason)


def _line(root: _Element, kind: Kind, line: Line) -> None:
    group = root.group(names.LINE[kind])
    group.text("ID", line.id)
    group.text("Note", line.note)
    group.number(names.QUANTITY[kind], line.quantity, unitCode=line.unit)
    group.amount("LineExtensionAmount", line.net)
    group.text("AccountingCost", line.buyer_account)
    _period(group, line.period)
    group.under("OrderLineReference", "LineID", line.order_line)
    if line.object_id is not None:
        reference = group.group("DocumentReference")
        reference.identifier("ID", line.object_id)
        reference.text("DocumentTypeCode", names.OBJECT)
    for one in line.allowances:
        _allowance(group, one)
    _item(group.group("Item"), line)
    _price(group.group("Price"), line)


def _item(item: _Element, line: Line) -> None:
    item.text("Description", line.description)
    item.text("Name", line.name)
    item.under("BuyersItemIdentification", "ID", line.buyer_item)
    item.under("SellersItemIdentification", "ID", line.seller_item)
    if line.standard_item is not None:
        item.group("StandardItemIdentification").identifier("ID", line.standard_item)
    item.under("OriginCountry", "IdentificationCode", line.origin)
    for one in line.classifications:
        item.under(
            "CommodityClassification", "ItemClassificationCode", one.code, listID=one.scheme, listVersionID=one.version
        )
    if line.category:
        _category(item.group("ClassifiedTaxCategory"), line.category, line.rate)
    for attribute in line.attributes:
        group = item.group("AdditionalItemProperty")
        group.text("Name", attribute.name)
        group.text("Value", attribute.value)


def _price(price: _Element, line: Line) -> None:
    price.price("PriceAmount", line.price)
    price.number("BaseQuantity", line.base_quantity, unitCode=line.base_unit)
    if line.price_discount is not None:
        group = price.group("AllowanceCharge")
        group.text("ChargeIndicator", "false")
        group.price("Amount", line.price_discount)
        group.price("BaseAmount", line.gross_price)
