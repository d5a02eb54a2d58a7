"""The semantic model of EN 16931: what an invoice or a credit note says, whatever file it stands in.

Each field names its business term. Amounts are in the currency of the document (BT-5) and have at most two decimals, prices
may have more; rates are percentages (21, not 0.21). What a file lacks is empty or None, so that the check can name it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

SPECIFICATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
SELF_BILLING_SPECIFICATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0"
SELF_BILLING_PROCESS = "urn:fdc:peppol.eu:2017:poacc:selfbilling:01:1.0"


class Kind(StrEnum):
    """The two documents of UBL; the value is the name of the root element."""

    INVOICE = "Invoice"
    CREDIT_NOTE = "CreditNote"


INVOICE_TYPE, CREDIT_NOTE_TYPE = "380", "381"
SELF_BILLED_INVOICE_TYPE, SELF_BILLED_CREDIT_NOTE_TYPE = "389", "261"


@dataclass(frozen=True)
class Identifier:
    """A number with the list it is of (ISO 6523 code, EAS code); ``scheme`` may be empty where the norm lets it."""

    value: str
    scheme: str = ""


@dataclass(frozen=True)
class Address:
    """A postal address: BG-5, BG-8, BG-12, BG-15. ``street`` BT-35/50/75, ``town`` BT-37/52/77, ``country`` BT-40/55/80."""

    country: str = ""
    street: str = ""
    more_street: str = ""
    third_line: str = ""
    town: str = ""
    postcode: str = ""
    subdivision: str = ""


@dataclass(frozen=True)
class Contact:
    """Whom to turn to: BG-6 (BT-41, BT-42, BT-43) and BG-9 (BT-56, BT-57, BT-58)."""

    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Party:
    """The seller (BG-4) or the buyer (BG-7).

    ``name`` BT-27/44 is the legal name, ``trade_name`` BT-28/45 the one customers know; ``identifiers`` BT-29/46;
    ``legal_id`` BT-30/47; ``vat_id`` BT-31/48; ``tax_id`` BT-32 and ``legal_form`` BT-33 are the seller's only;
    ``endpoint`` BT-34/49 is the electronic address.
    """

    name: str = ""
    trade_name: str = ""
    identifiers: Sequence[Identifier] = ()
    legal_id: Identifier | None = None
    vat_id: str = ""
    tax_id: str = ""
    legal_form: str = ""
    endpoint: Identifier | None = None
    address: Address | None = None
    contact: Contact | None = None


@dataclass(frozen=True)
class Payee:
    """Who is paid, when that is not the seller: BG-10 (``name`` BT-59, ``identifier`` BT-60, ``legal_id`` BT-61)."""

    name: str = ""
    identifier: Identifier | None = None
    legal_id: Identifier | None = None


@dataclass(frozen=True)
class TaxRepresentative:
    """The seller's tax representative: BG-11 (``name`` BT-62, ``vat_id`` BT-63, ``address`` BG-12)."""

    name: str = ""
    vat_id: str = ""
    address: Address | None = None


@dataclass(frozen=True)
class Period:
    """A period from a day to a day included: BG-14 (BT-73, BT-74) or BG-26 (BT-134, BT-135)."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Delivery:
    """What was delivered when and where: BG-13 (``name`` BT-70, ``location`` BT-71, ``on`` BT-72, ``address`` BG-15)."""

    on: date | None = None
    name: str = ""
    location: Identifier | None = None
    address: Address | None = None


@dataclass(frozen=True)
class Account:
    """An account to pay to: BG-17 (``number`` BT-84, ``holder`` BT-85, ``bic`` BT-86)."""

    number: str = ""
    holder: str = ""
    bic: str = ""


@dataclass(frozen=True)
class Payment:
    """How to pay: BG-16. ``means`` BT-81 (30 transfer, 58 SEPA transfer), ``means_text`` BT-82, ``reference`` BT-83, which
    in Belgium is the twelve digits of the structured communication; ``mandate`` BT-89 and ``debited`` BT-91 of a direct
    debit, ``card`` BT-87 and ``card_holder`` BT-88."""

    means: str = ""
    means_text: str = ""
    reference: str = ""
    accounts: Sequence[Account] = ()
    mandate: str = ""
    debited: str = ""
    card: str = ""
    card_holder: str = ""


@dataclass(frozen=True)
class AllowanceCharge:
    """A rebate or a charge, of the document (BG-20, BG-21) or of a line (BG-27, BG-28).

    ``amount`` BT-92/99/136/141, ``base`` BT-93/100/137/142, ``percent`` BT-94/101/138/143, ``reason`` BT-97/104/139/144,
    ``reason_code`` BT-98/105/140/145. ``category`` (BT-95/102) and ``rate`` (BT-96/103) are those of the document's only.
    """

    is_charge: bool
    amount: Decimal | None
    reason: str = ""
    reason_code: str = ""
    base: Decimal | None = None
    percent: Decimal | None = None
    category: str = ""
    rate: Decimal | None = None


@dataclass(frozen=True)
class Totals:
    """The totals of the document: BG-22. ``vat_in_tax_currency`` is BT-111, in EUR where the document is in another
    currency; ``prepaid`` BT-113 is what was paid already, ``rounding`` BT-114 the rounding of what is payable."""

    lines: Decimal | None = None
    """BT-106"""
    allowances: Decimal | None = None
    """BT-107"""
    charges: Decimal | None = None
    """BT-108"""
    without_vat: Decimal | None = None
    """BT-109"""
    vat: Decimal | None = None
    """BT-110"""
    vat_in_tax_currency: Decimal | None = None
    """BT-111"""
    with_vat: Decimal | None = None
    """BT-112"""
    prepaid: Decimal | None = None
    """BT-113"""
    rounding: Decimal | None = None
    """BT-114"""
    payable: Decimal | None = None
    """BT-115"""


@dataclass(frozen=True)
class VatGroup:
    """One category and rate of VAT: BG-23. ``base`` BT-116, ``vat`` BT-117, ``category`` BT-118, ``rate`` BT-119 (None in
    category O), ``reason`` BT-120, ``reason_code`` BT-121 (VATEX)."""

    base: Decimal | None
    vat: Decimal | None
    category: str
    rate: Decimal | None = None
    reason: str = ""
    reason_code: str = ""


@dataclass(frozen=True)
class Attachment:
    """A supporting document: BG-24. ``reference`` BT-122, ``description`` BT-123, ``address`` BT-124, ``content`` BT-125."""

    reference: str
    description: str = ""
    address: str = ""
    content: bytes = field(default=b"", repr=False)
    media_type: str = ""
    filename: str = ""


@dataclass(frozen=True)
class Preceding:
    """The document that this one corrects or follows: BG-3 (``number`` BT-25, ``issued_on`` BT-26)."""

    number: str
    issued_on: date | None = None


@dataclass(frozen=True)
class Classification:
    """A class of the item: BT-158, with its list and the version of the list."""

    code: str
    scheme: str = ""
    version: str = ""


@dataclass(frozen=True)
class Attribute:
    """A property of the item: BG-32 (``name`` BT-160, ``value`` BT-161)."""

    name: str
    value: str


@dataclass(frozen=True)
class Line:
    """A line: BG-25, with its price (BG-29), VAT (BG-30) and item (BG-31)."""

    id: str
    """BT-126"""
    name: str = ""
    """BT-153"""
    quantity: Decimal | None = None
    """BT-129"""
    unit: str = ""
    """BT-130: a code of UN/ECE Recommendation 20"""
    net: Decimal | None = None
    """BT-131"""
    price: Decimal | None = None
    """BT-146: net price of the item"""
    category: str = ""
    """BT-151"""
    rate: Decimal | None = None
    """BT-152; None in category O"""
    description: str = ""
    """BT-154"""
    note: str = ""
    """BT-127"""
    object_id: Identifier | None = None
    """BT-128"""
    order_line: str = ""
    """BT-132"""
    buyer_account: str = ""
    """BT-133"""
    period: Period | None = None
    """BG-26"""
    allowances: Sequence[AllowanceCharge] = ()
    """BG-27 and BG-28"""
    price_discount: Decimal | None = None
    """BT-147"""
    gross_price: Decimal | None = None
    """BT-148"""
    base_quantity: Decimal | None = None
    """BT-149"""
    base_unit: str = ""
    """BT-150"""
    seller_item: str = ""
    """BT-155"""
    buyer_item: str = ""
    """BT-156"""
    standard_item: Identifier | None = None
    """BT-157"""
    classifications: Sequence[Classification] = ()
    """BT-158"""
    origin: str = ""
    """BT-159: country"""
    attributes: Sequence[Attribute] = ()
    """BG-32"""


@dataclass(frozen=True)
class Document:
    """An invoice or a credit note."""

    kind: Kind
    number: str = ""
    """BT-1"""
    issued_on: date | None = None
    """BT-2"""
    type_code: str = ""
    """BT-3"""
    currency: str = ""
    """BT-5"""
    tax_currency: str = ""
    """BT-6: EUR where the document is in another currency"""
    tax_point_on: date | None = None
    """BT-7"""
    tax_point_code: str = ""
    """BT-8: 432 when VAT is due on payment"""
    due_on: date | None = None
    """BT-9"""
    buyer_reference: str = ""
    """BT-10"""
    project: str = ""
    """BT-11"""
    contract: str = ""
    """BT-12"""
    order: str = ""
    """BT-13"""
    sales_order: str = ""
    """BT-14"""
    receipt: str = ""
    """BT-15"""
    despatch: str = ""
    """BT-16"""
    tender: str = ""
    """BT-17"""
    object_id: Identifier | None = None
    """BT-18"""
    buyer_account: str = ""
    """BT-19"""
    terms: str = ""
    """BT-20"""
    notes: Sequence[str] = ()
    """BT-22: Peppol lets one pass"""
    process: str = PROCESS
    """BT-23"""
    specification: str = SPECIFICATION
    """BT-24"""
    preceding: Sequence[Preceding] = ()
    """BG-3"""
    seller: Party = field(default_factory=Party)
    """BG-4"""
    buyer: Party = field(default_factory=Party)
    """BG-7"""
    payee: Payee | None = None
    """BG-10"""
    representative: TaxRepresentative | None = None
    """BG-11"""
    delivery: Delivery | None = None
    """BG-13"""
    period: Period | None = None
    """BG-14"""
    payment: Payment | None = None
    """BG-16"""
    allowances: Sequence[AllowanceCharge] = ()
    """BG-20 and BG-21"""
    totals: Totals = field(default_factory=Totals)
    """BG-22"""
    vat: Sequence[VatGroup] = ()
    """BG-23"""
    attachments: Sequence[Attachment] = ()
    """BG-24"""
    lines: Sequence[Line] = ()
    """BG-25"""

    @property
    def is_credit_note(self) -> bool:
        """Whether the document gives back."""
        return self.kind == Kind.CREDIT_NOTE
