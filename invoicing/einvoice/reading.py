"""Read UBL 2.1 invoices and credit notes. What cannot be read is said, never dropped in silence and never guessed.

An element that the model does not know is listed by its path; a number, day or indicator that is none is a fault with the
value that stood there.
"""

from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from lxml import etree

from invoicing.einvoice import names
from invoicing.einvoice.model import (
    Account,
    Address,
    AllowanceCharge,
    Attachment,
    Attribute,
    Classification,
    Contact,
    Delivery,
    Document,
    Identifier,
    Kind,
    Line,
    Party,
    Payee,
    Payment,
    Period,
    Preceding,
    TaxRepresentative,
    Totals,
    VatGroup,
)
from invoicing.einvoice.nodes import Fault, FaultKind, Node, Notes, notice_empty, parse, path_of, unreadable


@dataclass(frozen=True)
class Reading:
    """A document as it was read, with what could not be read and the paths of what the model does not know."""

    document: Document
    faults: tuple[Fault, ...] = ()
    unknown: tuple[str, ...] = ()


def read(content: bytes) -> Reading:
    """Return the document of a file. Raises NotAStructuredInvoice when it is no UBL invoice or credit note."""
    root = parse(content)
    kind = next((kind for kind, space in names.ROOT.items() if root.tag == f"{{{space}}}{kind.value}"), None)
    if kind is None:
        raise unreadable(
            _("Its content is “%(name)s”, and not an invoice or a credit note in UBL.")
            % {"name": etree.QName(root).localname}
        )
    notes = Notes()
    node = Node(root, notes)
    notes.currency = node.text("DocumentCurrencyCode")
    document = _document(node, kind)
    notice_empty(root, notes)
    leaves = (one for one in root.iter(etree.Element) if not len(one) and one not in notes.seen)
    unknown = tuple(dict.fromkeys(path_of(one) for one in leaves))
    return Reading(document, tuple(notes.faults), unknown)


def _document(root: Node, kind: Kind) -> Document:
    order = root.group("OrderReference")
    sales_order, order_id = order.text("SalesOrderID"), order.text("ID")
    attachments, object_id, project = _attachments(root, kind)
    means = list(root.groups("PaymentMeans"))
    period = root.group("InvoicePeriod")
    return Document(
        kind=kind,
        number=root.text("ID"),
        issued_on=root.day("IssueDate"),
        type_code=root.text(names.TYPE_CODE[kind]),
        currency=root.notes.currency,
        tax_currency=root.text("TaxCurrencyCode"),
        tax_point_on=root.day("TaxPointDate"),
        tax_point_code=period.text("DescriptionCode"),
        due_on=root.day("DueDate") if kind == Kind.INVOICE else _due_on(means),
        buyer_reference=root.text("BuyerReference"),
        project=root.group("ProjectReference").text("ID") or project,
        contract=root.group("ContractDocumentReference").text("ID"),
        order="" if sales_order and order_id == names.NO_ORDER else order_id,
        sales_order=sales_order,
        receipt=root.group("ReceiptDocumentReference").text("ID"),
        despatch=root.group("DespatchDocumentReference").text("ID"),
        tender=root.group("OriginatorDocumentReference").text("ID"),
        object_id=object_id,
        buyer_account=root.text("AccountingCost"),
        terms=root.group("PaymentTerms").text("Note"),
        notes=root.texts("Note"),
        process=root.text("ProfileID"),
        specification=root.text("CustomizationID"),
        preceding=tuple(_preceding(one) for one in root.groups("BillingReference")),
        seller=_party(root.group("AccountingSupplierParty", "Party")),
        buyer=_party(root.group("AccountingCustomerParty", "Party")),
        payee=_payee(root.group("PayeeParty")),
        representative=_representative(root.group("TaxRepresentativeParty")),
        delivery=_delivery(root.group("Delivery")),
        period=_period(period),
        payment=_payment(means),
        allowances=tuple(_allowance(one) for one in root.groups("AllowanceCharge")),
        totals=_totals(root),
        vat=tuple(
            _vat_group(one) for total in root.groups("TaxTotal") for one in total.groups("TaxSubtotal")
        ),
        attachments=attachments,
        lines=tuple(_line(one, kind) for one in root.groups(names.LINE[kind])),
    )  # fmt: skip


def _due_on(means: list[Node]) -> date | None:
    days = [one.day("PaymentDueDate") for one in means]
    return next((day for day in days if day is not None), None)


def _attachments(root: Node, kind: Kind) -> tuple[tuple[Attachment, ...], Identifier | None, str]:
    """Return the supporting documents, the invoiced object, and the project of a credit note."""
    attachments: list[Attachment] = []
    object_id, project = None, ""
    for one in root.groups("AdditionalDocumentReference"):
        code = one.text("DocumentTypeCode")
        if code == names.OBJECT:
            object_id = one.identifier("ID")
        elif code == names.PROJECT and kind == Kind.CREDIT_NOTE:
            project = one.text("ID")
        else:
            attachments.append(_attachment(one))
    return tuple(attachments), object_id, project


def _attachment(one: Node) -> Attachment:
    group = one.group("Attachment")
    name = "EmbeddedDocumentBinaryObject"
    text, content = group.text(name), b""
    try:
        content = b64decode("".join(text.split()), validate=True)
    except (NotBase64, ValueError):
        one.fault(FaultKind.CONTENT, f"Attachment/{name}", text[:20])
    return Attachment(
        reference=one.text("ID"),
        description=one.text("DocumentDescription"),
        address=group.group("ExternalReference").text("URI"),
        content=content,
        media_type=group.attribute(name, "mimeCode"),
        filename=group.attribute(name, "filename"),
    )


def _preceding(one: Node) -> Preceding:
    reference = one.group("InvoiceDocumentReference")
    return Preceding(reference.text("ID"), reference.day("IssueDate"))


def _party(party: Node) -> Party:
    schemes: dict[str, str] = {}
    for one in party.groups("PartyTaxScheme"):
        scheme = "VAT" if one.group("TaxScheme").text("ID").upper() == "VAT" else "TAX"
        schemes.setdefault(scheme, one.text("CompanyID"))
    legal = party.group("PartyLegalEntity")
    identifiers = (one.identifier("ID") for one in party.groups("PartyIdentification"))
    contact = party.group("Contact")
    return Party(
        name=legal.text("RegistrationName"),
        trade_name=party.group("PartyName").text("Name"),
        identifiers=tuple(one for one in identifiers if one is not None),
        legal_id=legal.identifier("CompanyID"),
        vat_id=schemes.get("VAT", ""),
        tax_id=schemes.get("TAX", ""),
        legal_form=legal.text("CompanyLegalForm"),
        endpoint=party.identifier("EndpointID"),
        address=_address(party.group("PostalAddress")),
        contact=Contact(contact.text("Name"), contact.text("Telephone"), contact.text("ElectronicMail"))
        if contact
        else None,
    )


def _address(address: Node) -> Address | None:
    if not address:
        return None
    return Address(
        country=address.group("Country").text("IdentificationCode"),
        street=address.text("StreetName"),
        more_street=address.text("AdditionalStreetName"),
        third_line=address.group("AddressLine").text("Line"),
        town=address.text("CityName"),
        postcode=address.text("PostalZone"),
        subdivision=address.text("CountrySubentity"),
    )


def _payee(payee: Node) -> Payee | None:
    if not payee:
        return None
    return Payee(
        name=payee.group("PartyName").text("Name"),
        identifier=payee.group("PartyIdentification").identifier("ID"),
        legal_id=payee.group("PartyLegalEntity").identifier("CompanyID"),
    )


def _representative(group: Node) -> TaxRepresentative | None:
    if not group:
        return None
    scheme = group.group("PartyTaxScheme")
    scheme.group("TaxScheme").text("ID")
    return TaxRepresentative(
        name=group.group("PartyName").text("Name"),
        vat_id=scheme.text("CompanyID"),
        address=_address(group.group("PostalAddress")),
    )


def _delivery(group: Node) -> Delivery | None:
    if not group:
        return None
    location = group.group("DeliveryLocation")
    return Delivery(
        on=group.day("ActualDeliveryDate"),
        name=group.group("DeliveryParty", "PartyName").text("Name"),
        location=location.identifier("ID"),
        address=_address(location.group("Address")),
    )


def _period(group: Node) -> Period | None:
    first, last = group.day("StartDate"), group.day("EndDate")
    return Period(first, last) if first or last else None


def _payment(means: list[Node]) -> Payment | None:
    if not means:
        return None
    accounts: list[Account] = []
    for one in means:
        account = one.group("PayeeFinancialAccount")
        if account:
            branch = account.group("FinancialInstitutionBranch")
            accounts.append(Account(account.text("ID"), account.text("Name"), branch.text("ID")))
        one.texts("PaymentMeansCode"), one.texts("PaymentID")
    first = means[0]
    card, mandate = first.group("CardAccount"), first.group("PaymentMandate")
    card.text("NetworkID")
    return Payment(
        means=first.text("PaymentMeansCode"),
        means_text=first.attribute("PaymentMeansCode", "name"),
        reference=first.text("PaymentID"),
        accounts=tuple(accounts),
        mandate=mandate.text("ID"),
        debited=mandate.group("PayerFinancialAccount").text("ID"),
        card=card.text("PrimaryAccountNumberID"),
        card_holder=card.text("HolderName"),
    )


def _allowance(one: Node) -> AllowanceCharge:
    category = one.group("TaxCategory")
    category.group("TaxScheme").text("ID")
    return AllowanceCharge(
        is_charge=one.indicator("ChargeIndicator"),
        amount=one.amount("Amount"),
        reason=one.text("AllowanceChargeReason"),
        reason_code=one.text("AllowanceChargeReasonCode"),
        base=one.amount("BaseAmount"),
        percent=one.number("MultiplierFactorNumeric"),
        category=category.text("ID"),
        rate=category.number("Percent"),
    )


def _totals(root: Node) -> Totals:
    vat = in_tax_currency = None
    for one in root.groups("TaxTotal"):
        if one.attribute("TaxAmount", "currencyID") == root.notes.currency:
            vat = one.number("TaxAmount") if vat is None else vat
        else:
            in_tax_currency = one.number("TaxAmount")
    sums = root.group("LegalMonetaryTotal")
    return Totals(
        lines=sums.amount("LineExtensionAmount"),
        allowances=sums.amount("AllowanceTotalAmount"),
        charges=sums.amount("ChargeTotalAmount"),
        without_vat=sums.amount("TaxExclusiveAmount"),
        vat=vat,
        vat_in_tax_currency=in_tax_currency,
        with_vat=sums.amount("TaxInclusiveAmount"),
        prepaid=sums.amount("PrepaidAmount"),
        rounding=sums.amount("PayableRoundingAmount"),
        payable=sums.amount("PayableAmount"),
    )


def _vat_group(one: Node) -> VatGroup:
    category = one.group("TaxCategory")
    category.group("TaxScheme").text("ID")
    return VatGroup(
        base=one.amount("TaxableAmount"),
        vat=one.amount("TaxAmount"),
        category=category.text("ID"),
        rate=category.number("Percent"),
        reason=category.text("TaxExemptionReason"),
        reason_code=category.text("TaxExemptionReasonCode"),
    )


def _line(one: Node, kind: Kind) -> Line:
    item, price, quantity = one.group("Item"), one.group("Price"), names.QUANTITY[kind]
    category, discount = item.group("ClassifiedTaxCategory"), price.group("AllowanceCharge")
    category.group("TaxScheme").text("ID")
    if discount:
        discount.indicator("ChargeIndicator")
    reference = one.group("DocumentReference")
    reference.text("DocumentTypeCode")
    return Line(
        id=one.text("ID"),
        name=item.text("Name"),
        quantity=one.number(quantity),
        unit=one.attribute(quantity, "unitCode"),
        net=one.amount("LineExtensionAmount"),
        price=price.amount("PriceAmount"),
        category=category.text("ID"),
        rate=category.number("Percent"),
        description=item.text("Description"),
        note=one.text("Note"),
        object_id=reference.identifier("ID"),
        order_line=one.group("OrderLineReference").text("LineID"),
        buyer_account=one.text("AccountingCost"),
        period=_period(one.group("InvoicePeriod")),
        allowances=tuple(_allowance(each) for each in one.groups("AllowanceCharge")),
        price_discount=discount.amount("Amount"),
        gross_price=discount.amount("BaseAmount"),
        base_quantity=price.number("BaseQuantity"),
        base_unit=price.attribute("BaseQuantity", "unitCode"),
        seller_item=item.group("SellersItemIdentification").text("ID"),
        buyer_item=item.group("BuyersItemIdentification").text("ID"),
        standard_item=item.group("StandardItemIdentification").identifier("ID"),
        classifications=tuple(_classification(each) for each in item.groups("CommodityClassification")),
        origin=item.group("OriginCountry").text("IdentificationCode"),
        attributes=tuple(
            Attribute(each.text("Name"), each.text("Value")) for each in item.groups("AdditionalItemProperty")
        ),
    )  # fmt: skip


def _classification(one: Node) -> Classification:
    name = "ItemClassificationCode"
    return Classification(one.text(name), one.attribute(name, "listID"), one.attribute(name, "listVersionID"))
