"""Documents for tests: one that is right, and any number of random ones that are right, with their totals computed here.

The totals are computed apart from the code under test, straight from the rules of EN 16931.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import strategies as st
from stdnum.be import ogm_vcs

from invoicing.einvoice.model import (
    CREDIT_NOTE_TYPE,
    INVOICE_TYPE,
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
    Payment,
    Period,
    Preceding,
    Totals,
    VatGroup,
)

DAY = date(2026, 9, 14)
SELLER = Party(
    name="Archipel SC agréée",
    trade_name="Aline traduit",
    legal_id=Identifier("0777700171", "0208"),
    vat_id="BE0777700171",
    legal_form="SC agréée – RPM Bruxelles",
    endpoint=Identifier("0777700171", "0208"),
    address=Address("BE", "Rue du Port 1", town="Bruxelles", postcode="1000"),
    contact=Contact("Aline Dubois", "+32 470 00 00 00", "aline@archipel.example"),
)
BUYER = Party(
    name="Karel BV",
    legal_id=Identifier("0403170701", "0208"),
    vat_id="BE0403170701",
    endpoint=Identifier("0403170701", "0208"),
    address=Address("BE", "Kerkstraat 1", town="Gent", postcode="9000"),
    contact=Contact(email="karel@client.example"),
)
REASONS = {
    "E": ("Opération exemptée de la TVA, article 44.", "VATEX-EU-132-1I"),
    "AE": ("Autoliquidation.", "VATEX-EU-AE"),
    "K": ("Livraison intracommunautaire exemptée.", "VATEX-EU-IC"),
    "G": ("Exportation exemptée.", "VATEX-EU-G"),
    "O": ("Hors champ.", "VATEX-EU-O"),
}


def cents(amount: Decimal) -> Decimal:
    """Round half-up to the cent."""
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP) + Decimal("0.00")


def line(
    number: str = "1",
    quantity: str = "1",
    price: str = "100",
    category: str = "S",
    rate: str | None = "21",
    **more: Any,
) -> Line:
    """Make a line whose net amount is right."""
    made = Line(
        id=number, name="Traduction", quantity=Decimal(quantity), unit="HUR", price=Decimal(price), category=category,
        rate=Decimal(rate) if rate is not None else None, **more,
    )  # fmt: skip
    return replace(made, net=net_of(made))


def net_of(made: Line) -> Decimal:
    """Return quantity × price ÷ base quantity, less rebates, plus charges."""
    full = cents(made.quantity * made.price / (made.base_quantity or 1))
    return full + sum((one.amount if one.is_charge else -one.amount for one in made.allowances), Decimal(0))


def totalled(document: Document) -> Document:
    """Return a document with the summary of the VAT and the totals that follow from its lines and rebates."""
    bases: dict[tuple[str, Decimal | None], Decimal] = {}
    for one in document.lines:
        bases[one.category, one.rate] = bases.get((one.category, one.rate), Decimal("0.00")) + one.net
    for one in document.allowances:
        amount = one.amount if one.is_charge else -one.amount
        bases[one.category, one.rate] = bases.get((one.category, one.rate), Decimal("0.00")) + amount
    groups = []
    for (category, rate), base in sorted(bases.items(), key=str):
        reason, code = REASONS.get(category, ("", ""))
        groups.append(VatGroup(base, cents(base * (rate or 0) / 100), category, rate, reason, code))
    lines = sum((one.net for one in document.lines), Decimal("0.00"))
    rebates = [one.amount for one in document.allowances if not one.is_charge]
    charges = [one.amount for one in document.allowances if one.is_charge]
    net = lines - sum(rebates, Decimal(0)) + sum(charges, Decimal(0))
    vat = sum((group.vat for group in groups), Decimal("0.00"))
    old = document.totals
    return replace(
        document,
        vat=tuple(groups),
        totals=Totals(
            lines=lines,
            allowances=sum(rebates, Decimal("0.00")) if rebates else None,
            charges=sum(charges, Decimal("0.00")) if charges else None,
            without_vat=net, vat=vat, with_vat=net + vat, prepaid=old.prepaid, rounding=old.rounding,
            vat_in_tax_currency=cents(vat * Decimal("0.92")) if document.tax_currency else None,
            payable=net + vat - (old.prepaid or 0) + (old.rounding or 0),
        ),
    )  # fmt: skip


def invoice(*lines: Line, **more: Any) -> Document:
    """Make an invoice that is right."""
    values: dict[str, Any] = {
        "number": "2026-0001", "issued_on": DAY, "due_on": DAY + timedelta(days=30), "type_code": INVOICE_TYPE,
        "currency": "EUR", "buyer_reference": "Karel", "seller": SELLER, "buyer": BUYER, "delivery": Delivery(on=DAY),
        "payment": Payment("30", "", "090933755493", (Account("BE71096123456769", "Archipel", "GKCCBEBB"),)),
        "lines": lines or (line(),), **more,
    }  # fmt: skip
    return totalled(Document(kind=Kind.INVOICE, **values))


def credit_note(*lines: Line, **more: Any) -> Document:
    """Make a credit note that is right."""
    made = invoice(*lines, number="NC-2026-0001", preceding=(Preceding("2026-0001", DAY),), payment=None, **more)
    return replace(made, kind=Kind.CREDIT_NOTE, type_code=CREDIT_NOTE_TYPE, due_on=None)


def everything() -> Document:
    """Make an invoice that uses every part of the model."""
    rebate = AllowanceCharge(False, Decimal("5.00"), "Remise", "95", Decimal("50.00"), Decimal("10"))
    first = line(
        "1", "5", "10", description="Du français\nvers le néerlandais", note="Urgent", order_line="7", buyer_account="6100",
        object_id=Identifier("OBJ-1", "AAA"), period=Period(DAY, DAY), allowances=(rebate,), base_quantity=Decimal(1),
        base_unit="HUR", gross_price=Decimal(12), price_discount=Decimal(2), seller_item="S1", buyer_item="B1",
        standard_item=Identifier("5400000000002", "0160"), classifications=(Classification("85121500", "MP", "24"),),
        origin="BE", attributes=(Attribute("Couleur", "Bleu"),),
    )  # fmt: skip
    delivered = Delivery(DAY, "Entrepôt", Identifier("5400000000002", "0088"), Address("BE", "Quai 2", town="Liège"))
    return invoice(
        first,
        line("2", "3", "0.3333", rate="6"),
        line("3", "1", "120", "E", "0"),
        tax_point_code="3",
        project="P-1",
        contract="C-1",
        order="PO-9",
        sales_order="SO-9",
        receipt="R-1",
        despatch="D-1",
        tender="T-1",
        object_id=Identifier("ABC", "ABT"),
        buyer_account="CC-1",
        terms="30 jours",
        notes=("Merci !",),
        preceding=(Preceding("2026-0000", DAY),),
        delivery=delivered,
        period=Period(DAY, DAY),
        allowances=(
            AllowanceCharge(
                False, Decimal("10.00"), "Fidélité", "95", Decimal("100.00"), Decimal(10), "S", Decimal(21)
            ),
            AllowanceCharge(True, Decimal("4.50"), "Port", "FC", category="S", rate=Decimal(6)),
        ),
        totals=Totals(prepaid=Decimal("20.00"), rounding=Decimal("0.02")),
        attachments=(Attachment("2026-0001", "PDF", "", b"%PDF-1.7 \x00\xff", "application/pdf", "2026-0001.pdf"),),
    )


# --- random ones ------------------------------------------------------------------------------------------------------

TEXT = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co", "Zs", "Zl", "Zp", "Cf"), exclude_characters="#"
    ),
    min_size=1,
    max_size=30,
)
CODE = st.from_regex(r"[A-Z0-9]{1,10}", fullmatch=True)
AMOUNT = st.decimals("0.01", "9999.99", places=2)
DAYS = st.dates(date(2026, 3, 1), date(2026, 12, 31))
MIXED = ("S21", "S12", "S6", "Z", "E", "AE")
ALONE = ("K", "G", "O")


def _category(code: str) -> tuple[str, Decimal | None]:
    if code.startswith("S"):
        return "S", Decimal(code[1:])
    return code, None if code == "O" else Decimal(0)


@st.composite
def _lines(draw: st.DrawFn, categories: list[str]) -> tuple[Line, ...]:
    made = []
    for number in range(draw(st.integers(1, 8))):
        category, rate = _category(draw(st.sampled_from(categories)))
        quantity = draw(st.decimals("-50", "500", places=draw(st.integers(0, 4))).filter(bool))
        price = draw(st.decimals("0", "2000", places=draw(st.integers(0, 6))))
        base = draw(st.none() | st.sampled_from([Decimal(1), Decimal(10), Decimal("0.5")]))
        one = Line(
            id=str(number + 1), name=draw(TEXT), quantity=quantity, unit=draw(st.sampled_from(["C62", "HUR", "DAY", "KGM"])),
            price=price, category=category, rate=rate, description=draw(st.just("") | TEXT), note=draw(st.just("") | TEXT),
            base_quantity=base, seller_item=draw(st.just("") | CODE),
        )  # fmt: skip
        full = net_of(one)
        rebates = []
        if draw(st.booleans()):
            percent = draw(st.decimals("0", "100", places=2))
            net = cents(full * (100 - percent) / 100)
            rebates.append(AllowanceCharge(False, full - net, "Remise", "95", full, percent))
        if draw(st.booleans()):
            rebates.append(AllowanceCharge(True, draw(AMOUNT), "Emballage", "PC"))
        one = replace(one, allowances=tuple(rebates))
        made.append(replace(one, net=net_of(one)))
    return tuple(made)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Draw an invoice or a credit note that is right to the cent."""
    alone = draw(st.sampled_from(["", "", "", *ALONE]))
    categories = [alone] if alone else draw(st.lists(st.sampled_from(MIXED), min_size=1, max_size=4))
    lines = draw(_lines(categories))
    used = sorted({(one.category, one.rate) for one in lines}, key=str)
    rebates = []
    for is_charge in draw(st.lists(st.booleans(), max_size=3)):
        category, rate = draw(st.sampled_from(used))
        reason = ("Frais", "FC") if is_charge else ("Ristourne", "95")
        rebates.append(AllowanceCharge(is_charge, draw(AMOUNT), *reason, category=category, rate=rate))
    issued_on, currency = draw(DAYS), draw(st.sampled_from(["EUR", "EUR", "EUR", "USD", "GBP"]))
    seller, buyer = SELLER, replace(BUYER, name=draw(TEXT), trade_name=draw(st.just("") | TEXT))
    if alone == "O":
        seller, buyer = replace(seller, vat_id=""), replace(buyer, vat_id="")
    elif alone == "K":
        buyer = replace(buyer, vat_id="FR40303265045", legal_id=None, endpoint=Identifier("40303265045", "9957"))
    number = draw(st.integers(1, 10**10 - 1))
    digits = f"{number:010d}{ogm_vcs.calc_check_digits(f'{number:010d}')}"
    credit = draw(st.booleans())
    document = Document(
        kind=Kind.CREDIT_NOTE if credit else Kind.INVOICE,
        number=draw(CODE),
        issued_on=issued_on,
        type_code=CREDIT_NOTE_TYPE if credit else INVOICE_TYPE,
        currency=currency,
        tax_currency="" if currency == "EUR" else "EUR",
        due_on=None if credit else issued_on + timedelta(days=draw(st.integers(0, 60))),
        buyer_reference=draw(TEXT),
        order=draw(st.just("") | CODE),
        notes=draw(st.lists(TEXT, max_size=1).map(tuple)),
        terms=draw(st.just("") | TEXT),
        seller=seller,
        buyer=buyer,
        delivery=Delivery(draw(DAYS), address=Address("FR", "Rue 1", town="Lille", postcode="59000")),
        preceding=(Preceding(draw(CODE), draw(DAYS)),) if credit else (),
        payment=None if credit else Payment("30", "", digits, (Account("BE71096123456769", "Archipel", "GKCCBEBB"),)),
        allowances=tuple(rebates),
        totals=Totals(
            prepaid=draw(st.none() | AMOUNT), rounding=draw(st.none() | st.sampled_from([Decimal("0.02"), Decimal("-0.01")]))
        ),
        attachments=draw(st.lists(st.builds(
            Attachment, reference=CODE, description=TEXT, content=st.binary(min_size=1, max_size=40),
            media_type=st.just("application/pdf"), filename=CODE.map(lambda name: f"{name}.pdf"),
        ), max_size=2, unique_by=lambda one: one.reference).map(tuple)),
        lines=lines,
    )  # fmt: skip
    return totalled(document)
