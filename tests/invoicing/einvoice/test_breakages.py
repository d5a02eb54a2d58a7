"""What is broken in a right document is noticed by our own check alone, under the name of the rule."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from invoicing.einvoice import checks, names
from invoicing.einvoice.checks import Severity, View
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
    Payee,
    Payment,
    Period,
    Preceding,
    TaxRepresentative,
    VatGroup,
)
from invoicing.einvoice.writing import write
from tests.invoicing.einvoice import documents, official
from tests.invoicing.einvoice.documents import credit_note, invoice, line

SPACES = {"cac": names.AGGREGATE, "cbc": names.BASIC}
Change = Callable[[Any], None]


def _node(root: Any, path: str) -> Any:
    found = root.find(path, SPACES)
    assert found is not None, path
    return found


def _more(path: str, by: str = "0.01") -> Change:
    def change(root: Any) -> None:
        node = _node(root, path)
        node.text = str(Decimal(node.text) + Decimal(by))

    return change


def _text(path: str, text: str) -> Change:
    def change(root: Any) -> None:
        _node(root, path).text = text

    return change


def _gone(*paths: str) -> Change:
    def change(root: Any) -> None:
        for path in paths:
            node = _node(root, path)
            node.getparent().remove(node)

    return change


TOTALS, PARTY = "cac:LegalMonetaryTotal", "cac:Party"
SELLER, BUYER = f"cac:AccountingSupplierParty/{PARTY}", f"cac:AccountingCustomerParty/{PARTY}"
SUBTOTAL = "cac:TaxTotal/cac:TaxSubtotal"
BREAKAGES: dict[str, tuple[Change, str]] = {
    "sum of lines": (_more(f"{TOTALS}/cbc:LineExtensionAmount"), "BR-CO-10"),
    "total excluding VAT": (_more(f"{TOTALS}/cbc:TaxExclusiveAmount"), "BR-CO-13"),
    "total including VAT": (_more(f"{TOTALS}/cbc:TaxInclusiveAmount"), "BR-CO-15"),
    "amount to pay": (_more(f"{TOTALS}/cbc:PayableAmount"), "BR-CO-16"),
    "total of VAT": (_more("cac:TaxTotal/cbc:TaxAmount"), "BR-CO-14"),
    "VAT of a rate": (_more(f"{SUBTOTAL}/cbc:TaxAmount", "1"), "BR-CO-17"),
    "VAT of a rate by a cent": (_more(f"{SUBTOTAL}/cbc:TaxAmount"), "BR-CO-17"),
    "base of a rate": (_more(f"{SUBTOTAL}/cbc:TaxableAmount", "1"), "BR-S-08"),
    "no reference": (_gone("cbc:BuyerReference"), "PEPPOL-EN16931-R003"),
    "no address of the seller": (_gone(f"{SELLER}/cbc:EndpointID"), "PEPPOL-EN16931-R020"),
    "no address of the buyer": (_gone(f"{BUYER}/cbc:EndpointID"), "PEPPOL-EN16931-R010"),
    "no VAT number": (_gone(f"{SELLER}/cac:PartyTaxScheme"), "BR-S-02"),
    "no number": (_gone("cbc:ID"), "BR-02"),
    "no date": (_gone("cbc:IssueDate"), "BR-03"),
    "unknown process": (_text("cbc:ProfileID", "urn:other"), "PEPPOL-EN16931-R007"),
    "other specification": (_text("cbc:CustomizationID", "urn:cen.eu:en16931:2017"), "PEPPOL-EN16931-R004"),
    "no currency of this world": (_text("cbc:DocumentCurrencyCode", "EUX"), "BR-CL-04"),
    "unknown category": (_text(f"{SUBTOTAL}/cac:TaxCategory/cbc:ID", "X"), "BR-CL-17"),
    "no country of this world": (
        _text(f"{BUYER}/cac:PostalAddress/cac:Country/cbc:IdentificationCode", "XX"),
        "BR-CL-14",
    ),
    "empty element": (_text("cbc:BuyerReference", "  "), "PEPPOL-EN16931-R008"),
    "wrong check digit": (_text(f"{BUYER}/cbc:EndpointID", "0403170702"), "PEPPOL-COMMON-R043"),
    "no summary of VAT": (_gone("cac:TaxTotal"), "BR-CO-18"),
    "no VAT number on the register": (
        _text(f"{SELLER}/cac:PartyTaxScheme/cbc:CompanyID", "BE0777700172"),
        "BE-VAT-SELLER",
    ),
    "amount that is none": (_text(f"{TOTALS}/cbc:PayableAmount", "many"), "BE-NUMBER"),
    "amount without end": (_text(f"{TOTALS}/cbc:PayableAmount", "9" * 30), "BE-NUMBER"),
    "day that is none": (_text("cbc:IssueDate", "14/09/2026"), "PEPPOL-EN16931-F001"),
}


def _broken(document: Document, change: Change) -> bytes:
    root = etree.fromstring(write(document))
    change(root)
    return etree.tostring(root)


def _fatal(content: bytes) -> set[str]:
    return {finding.rule for finding in checks.fatal(checks.check_file(content, view=View.OURS))}


@pytest.mark.parametrize("name", BREAKAGES)
@pytest.mark.parametrize("made", [invoice(), credit_note()], ids=["invoice", "credit note"])
def test_a_broken_document_is_noticed(name, made):
    change, rule = BREAKAGES[name]

    assert _fatal(write(made)) == set()
    assert rule in _fatal(_broken(made, change))


@pytest.mark.parametrize("kind", list(Kind))
def test_a_line_that_is_changed_or_gone_is_noticed(kind):
    made = {Kind.INVOICE: invoice, Kind.CREDIT_NOTE: credit_note}[kind](line("1"), line("2", price="30"))
    name = f"cac:{names.LINE[kind]}"

    assert {"PEPPOL-EN16931-R120", "BR-CO-10"} <= _fatal(_broken(made, _more(f"{name}/cbc:LineExtensionAmount", "1")))
    assert {"BR-CO-10", "BR-S-08"} <= _fatal(_broken(made, _gone(name)))


def test_no_account_to_pay_to_is_noticed():
    assert "BR-61" in _fatal(_broken(invoice(), _gone("cac:PaymentMeans/cac:PayeeFinancialAccount")))


def test_a_credit_note_without_its_invoice_is_noticed():
    assert "BE-CN-REF" in _fatal(_broken(credit_note(), _gone("cac:BillingReference")))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents.documents(), st.sampled_from(list(BREAKAGES)))
def test_what_others_refuse_we_refuse_too(document, name):
    root = etree.fromstring(write(document))
    try:
        BREAKAGES[name][0](root)
    except AssertionError:
        return  # this document has no such element
    content = etree.tostring(root)

    if official.second_opinion(content):
        assert _fatal(content)


# --- rules one by one, on the model -----------------------------------------------------------------------------------


def _party(document: Document, which: str, **values: Any) -> Document:
    return replace(document, **{which: replace(getattr(document, which), **values)})


def _line(**values: Any) -> Document:
    return replace(invoice(), lines=(replace(line(), **values),))


def _group(**values: Any) -> Document:
    made = invoice()
    return replace(made, vat=(replace(made.vat[0], **values),))


def _totals(**values: Any) -> Document:
    made = invoice()
    return replace(made, totals=replace(made.totals, **values))


def _rebate(**values: Any) -> Document:
    fields = {
        "is_charge": False, "amount": Decimal("1.00"), "reason": "Remise", "category": "S", "rate": Decimal(21), **values
    }  # fmt: skip
    made = invoice()
    return replace(made, allowances=(AllowanceCharge(**fields),))


def _line_rebate(**values: Any) -> Document:
    return _line(
        allowances=(AllowanceCharge(**{"is_charge": False, "amount": Decimal("1.00"), "reason": "R", **values}),)
    )


SOME = Decimal("1.005")
KINDLESS = replace(documents.SELLER, legal_id=None, vat_id="", identifiers=())
ONE_BY_ONE: list[tuple[str, Document]] = [
    ("BR-01", replace(invoice(), specification="")),
    ("BR-04", replace(invoice(), type_code="")),
    ("BR-05", replace(invoice(), currency="")),
    ("BR-06", _party(invoice(), "seller", name="")),
    ("BR-07", _party(invoice(), "buyer", name="")),
    ("BR-08", _party(invoice(), "seller", address=None)),
    ("BR-09", _party(invoice(), "seller", address=Address(street="Rue 1"))),
    ("BR-10", _party(invoice(), "buyer", address=None)),
    ("BR-11", _party(invoice(), "buyer", address=Address(street="Rue 1"))),
    ("BR-12", _totals(lines=None)),
    ("BR-13", _totals(without_vat=None)),
    ("BR-14", _totals(with_vat=None)),
    ("BR-15", _totals(payable=None)),
    ("BR-16", replace(invoice(), lines=())),
    ("BR-17", replace(invoice(), payee=Payee())),
    ("BR-18", replace(invoice(), representative=TaxRepresentative(vat_id="BE0403170701", address=Address("BE")))),
    ("BR-19", replace(invoice(), representative=TaxRepresentative("R", "BE0403170701"))),
    ("BR-20", replace(invoice(), representative=TaxRepresentative("R", "BE0403170701", Address(street="Rue")))),
    ("BR-21", _line(id="")),
    ("BR-22", _line(quantity=None)),
    ("BR-23", _line(unit="")),
    ("BR-24", _line(net=None)),
    ("BR-25", _line(name="")),
    ("BR-26", _line(price=None)),
    ("BR-27", _line(price=Decimal(-1))),
    ("BR-28", _line(gross_price=Decimal(-1))),
    ("BR-29", replace(invoice(), period=Period(date(2026, 9, 2), date(2026, 9, 1)))),
    ("BR-30", _line(period=Period(date(2026, 9, 2), date(2026, 9, 1)))),
    ("BR-31", _rebate(amount=None)),
    ("BR-32", _rebate(category="")),
    ("BR-33", _rebate(reason="")),
    ("BR-36", _rebate(amount=None, is_charge=True)),
    ("BR-37", _rebate(category="", is_charge=True)),
    ("BR-38", _rebate(reason="", is_charge=True)),
    ("BR-41", _line_rebate(amount=None)),
    ("BR-42", _line_rebate(reason="")),
    ("BR-43", _line_rebate(amount=None, is_charge=True)),
    ("BR-44", _line_rebate(reason="", is_charge=True)),
    ("BR-45", _group(base=None)),
    ("BR-46", _group(vat=None)),
    ("BR-47", _group(category="")),
    ("BR-48", _group(rate=None)),
    ("BR-49", replace(invoice(), payment=Payment(accounts=(Account("BE71096123456769"),)))),
    ("BR-50", replace(invoice(), payment=Payment("30", accounts=(Account(holder="A"),)))),
    ("BR-52", replace(invoice(), attachments=(Attachment(""),))),
    ("BR-53", replace(invoice(), tax_currency="USD")),
    ("BR-54", _line(attributes=(Attribute("", "Bleu"),))),
    ("BR-55", replace(invoice(), preceding=(Preceding(""),))),
    ("BR-56", replace(invoice(), representative=TaxRepresentative("R", "", Address("BE")))),
    ("BR-57", replace(invoice(), delivery=Delivery(address=Address(street="Rue")))),
    ("BR-62", _party(invoice(), "seller", endpoint=Identifier("x"))),
    ("BR-63", _party(invoice(), "buyer", endpoint=Identifier("x"))),
    ("BR-64", _line(standard_item=Identifier("x"))),
    ("BR-65", _line(classifications=(Classification("x"),))),
    ("BR-CO-03", replace(invoice(), tax_point_on=documents.DAY, tax_point_code="3")),
    ("BR-CO-04", _line(category="")),
    ("BR-CO-09", _party(invoice(), "buyer", vat_id="0403170701")),
    ("BR-CO-11", _totals(allowances=Decimal(1))),
    ("BR-CO-12", _totals(charges=Decimal(1))),
    ("BR-CO-26", replace(invoice(), seller=KINDLESS)),
    ("BR-CL-05", replace(invoice(), tax_currency="EUX")),
    ("BR-CL-06", replace(invoice(), tax_point_code="4")),
    ("BR-CL-08", replace(invoice(), notes=("Projet #123# terminé",))),
    ("BR-CL-15", _line(origin="XX")),
    ("BR-CL-16", replace(invoice(), payment=Payment("0"))),
    ("BR-CL-18", _line(category="X")),
    ("BR-CL-19", _rebate(reason_code="1")),
    ("BR-CL-22", _group(reason_code="VATEX-X")),
    ("BR-CL-23", _line(unit="heures")),
    ("BR-CL-24", replace(invoice(), attachments=(Attachment("1", content=b"x", media_type="text/html"),))),
    ("BR-CL-25", _party(invoice(), "buyer", endpoint=Identifier("x", "9999"))),
    ("BR-DEC-01", _rebate(amount=SOME)),
    ("BR-DEC-02", _rebate(base=SOME)),
    ("BR-DEC-05", _rebate(amount=SOME, is_charge=True)),
    ("BR-DEC-06", _rebate(base=SOME, is_charge=True)),
    ("BR-DEC-09", _totals(lines=SOME)),
    ("BR-DEC-10", _totals(allowances=SOME)),
    ("BR-DEC-11", _totals(charges=SOME)),
    ("BR-DEC-12", _totals(without_vat=SOME)),
    ("BR-DEC-13", _totals(vat=SOME)),
    ("BR-DEC-14", _totals(with_vat=SOME)),
    ("BR-DEC-15", _totals(vat_in_tax_currency=SOME)),
    ("BR-DEC-16", _totals(prepaid=SOME)),
    ("BR-DEC-17", _totals(rounding=SOME)),
    ("BR-DEC-18", _totals(payable=SOME)),
    ("BR-DEC-19", _group(base=SOME)),
    ("BR-DEC-20", _group(vat=SOME)),
    ("BR-DEC-23", _line(net=SOME)),
    ("BR-DEC-24", _line_rebate(amount=SOME)),
    ("BR-DEC-25", _line_rebate(base=SOME)),
    ("BR-DEC-27", _line_rebate(amount=SOME, is_charge=True)),
    ("BR-DEC-28", _line_rebate(base=SOME, is_charge=True)),
    ("BR-S-01", _group(category="Z", rate=Decimal(0))),
    ("BR-Z-08", _group(category="Z", rate=Decimal(0))),
    ("BR-S-05", _line(rate=Decimal(0))),
    ("BR-Z-05", _line(category="Z")),
    ("BR-E-05", _line(category="E")),
    ("BR-O-05", _line(category="O")),
    ("BR-S-06", _rebate(rate=Decimal(0))),
    ("BR-E-07", _rebate(category="E", is_charge=True)),
    ("BR-E-09", _group(category="E", rate=Decimal(0))),
    ("BR-E-10", _group(category="E", rate=Decimal(0))),
    ("BR-S-10", _group(reason="Parce que")),
    ("BR-AE-02", _party(invoice(line(category="AE", rate="0")), "buyer", vat_id="", legal_id=None)),
    ("BR-IC-02", _party(invoice(line(category="K", rate="0")), "buyer", vat_id="")),
    ("BR-O-02", invoice(line(category="O", rate=None))),
    ("BR-O-11", invoice(line("1", category="O", rate=None), line("2"))),
    ("BR-IC-11", replace(invoice(line(category="K", rate="0")), delivery=Delivery(address=Address("FR")))),
    ("BR-IC-12", invoice(line(category="K", rate="0"))),
    ("PEPPOL-EN16931-R001", replace(invoice(), process="")),
    ("PEPPOL-EN16931-R002", replace(invoice(), notes=("a", "b"))),
    ("PEPPOL-EN16931-R005", replace(invoice(), tax_currency="EUR")),
    ("PEPPOL-EN16931-R040", _rebate(base=Decimal("50.00"), percent=Decimal(10))),
    ("PEPPOL-EN16931-R041", _rebate(percent=Decimal(10))),
    ("PEPPOL-EN16931-R042", _rebate(base=Decimal("50.00"))),
    ("PEPPOL-EN16931-R046", _line(gross_price=Decimal(120), price_discount=Decimal(1))),
    ("PEPPOL-EN16931-R054", _totals(vat_in_tax_currency=Decimal(1))),
    ("PEPPOL-EN16931-R055", replace(_totals(vat_in_tax_currency=Decimal(-1)), tax_currency="USD")),
    ("PEPPOL-EN16931-R061", replace(invoice(), payment=Payment("59"))),
    ("PEPPOL-EN16931-R110", replace(_line(period=Period(date(2026, 8, 1))), period=Period(documents.DAY))),
    ("PEPPOL-EN16931-R111", replace(_line(period=Period(None, date(2026, 10, 1))), period=Period(None, documents.DAY))),
    ("PEPPOL-EN16931-R121", _line(base_quantity=Decimal(0))),
    ("PEPPOL-EN16931-R130", _line(base_quantity=Decimal(1), base_unit="DAY")),
    ("PEPPOL-EN16931-P0100", replace(invoice(), type_code="381")),
    ("PEPPOL-EN16931-P0101", replace(credit_note(), type_code="380")),
    ("PEPPOL-EN16931-P0112", replace(invoice(), type_code="384")),
    ("PEPPOL-EN16931-P0107", _group(reason_code="VATEX-EU-AE")),
    ("PEPPOL-COMMON-R040", _party(invoice(), "buyer", endpoint=Identifier("5400000000001", "0088"))),
    ("BE-VAT-BUYER", _party(invoice(), "buyer", vat_id="BE0403170702")),
    ("BE-ADDRESS-SELLER", _party(invoice(), "seller", address=Address("BE"))),
    ("BE-EXEMPT", _group(category="E", rate=Decimal(0), reason_code="VATEX-EU-132", reason="")),
    ("BE-RATE", invoice(line(rate="20"))),
    ("BE-DUE", replace(invoice(), due_on=documents.DAY - timedelta(days=1))),
    ("BE-EUR", invoice(currency="USD")),
    ("BE-OGM", replace(invoice(), payment=Payment("30", "", "090933755494", (Account("BE71096123456769"),)))),
    ("BE-OGM", replace(invoice(), payment=Payment("30", "", "merci", (Account("BE71096123456769"),)))),
    ("BE-IBAN", replace(invoice(), payment=Payment("30", accounts=(Account("BE71096123456760"),)))),
]  # fmt: skip
WARNINGS: list[tuple[str, Document]] = [
    ("BE-9925", _party(invoice(), "buyer", endpoint=Identifier("BE0403170701", "9925"))),
    ("BE-ADDRESS-BUYER", _party(invoice(), "buyer", address=Address("BE"))),
    ("BE-BUYER-VAT", _party(invoice(), "buyer", vat_id="")),
    ("BE-AE-TEXT", replace(made := invoice(line(category="AE", rate="0")), vat=(replace(made.vat[0], reason="Rien"),))),
    ("BE-CN-DATE", replace(credit_note(), preceding=(Preceding("2026-0001"),))),
    ("BE-TERMS", replace(invoice(), due_on=None)),
    ("BE-TERM", replace(invoice(), due_on=documents.DAY + timedelta(days=61))),
    ("BE-SUPPLY-DATE", replace(invoice(), delivery=None)),
    ("BE-PAYMENT", replace(invoice(), payment=None)),
]


@pytest.mark.parametrize("rule, document", ONE_BY_ONE, ids=lambda value: value if isinstance(value, str) else "")
def test_each_rule_is_fatal_where_it_is_broken(rule, document):
    assert rule in {finding.rule for finding in checks.fatal(checks.check(document))}


@pytest.mark.parametrize("rule, document", WARNINGS, ids=lambda value: value if isinstance(value, str) else "")
def test_what_only_warns_does_not_forbid(rule, document):
    found = checks.check(document)

    assert rule in {finding.rule for finding in found if finding.severity != Severity.FATAL}
    assert not checks.fatal(found)


def test_every_rule_can_be_broken():
    families = {
        f"BR-{name}-{number}" for name in ("S", "Z", "E", "AE", "IC", "G", "O", "AF", "AG")
        for number in ("01", "02", "05", "06", "07", "08", "09", "10")
    }  # fmt: skip
    of_files = {"PEPPOL-EN16931-R043", "PEPPOL-EN16931-R051", "BE-REPEATED", "BE-CONTENT", "BE-UNKNOWN", "BE-VAT-CENTS"}
    reasons = {f"PEPPOL-EN16931-P01{number:02}" for number in range(4, 12)}
    broken = {rule for rule, _document in ONE_BY_ONE + WARNINGS} | {rule for _change, rule in BREAKAGES.values()}
    others = {"PEPPOL-EN16931-R120", "BR-CO-10", "BR-61", "BE-CN-REF"}  # in tests of their own above

    assert set(checks.RULES) - families - reasons == (broken | others | of_files) - families - reasons


def test_a_finding_says_what_is_wrong_and_what_to_do():
    (finding,) = checks.fatal(checks.check(replace(invoice(), buyer_reference="")))

    assert (finding.rule, finding.term) == ("PEPPOL-EN16931-R003", "BT-10")
    assert finding.reason == "Missing: customer’s reference or order number."
    assert finding.advice == "Enter the customer’s reference, or the number of the order."


def test_every_rule_has_a_sentence_and_a_remedy_that_can_be_read():
    for rule in checks.RULES.values():
        assert str(rule.sentence), rule.id
        assert str(rule.remedy_in(View.OURS)), rule.id
        if "%(what)s" in str(rule.sentence):
            assert rule.term in checks.TERMS, rule.id


def test_a_closing_credit_note_takes_the_vat_that_is_left():
    made = credit_note(line(price="0.05", rate="21"))
    rest = VatGroup(Decimal("0.05"), Decimal("0.02"), "S", Decimal(21))
    totals = replace(made.totals, vat=Decimal("0.02"), with_vat=Decimal("0.07"), payable=Decimal("0.07"))
    note = replace(made, vat=(rest,), totals=totals)

    assert [one.rule for one in checks.fatal(checks.check(note))] == ["BR-CO-17"]
    assert not checks.fatal(checks.check(note, closing={("S", Decimal(21)): Decimal("0.02")}))


def test_a_received_document_may_differ_by_what_the_official_rules_allow():
    made = invoice()
    group = replace(made.vat[0], vat=made.vat[0].vat + Decimal("0.50"))
    totals = replace(made.totals, vat=group.vat, with_vat=Decimal("121.50"), payable=Decimal("121.50"))

    found = checks.check(replace(made, vat=(group,), totals=totals), view=View.RECEIVED)

    assert not checks.fatal(found)
    assert "BE-VAT-CENTS" in {finding.rule for finding in found}


def test_contact_and_trade_name_are_no_reason_to_refuse():
    assert not checks.fatal(checks.check(_party(invoice(), "seller", trade_name="", contact=Contact())))


def test_a_document_without_anything_is_checked_without_falling_over():
    assert len(checks.fatal(checks.check(Document(Kind.INVOICE)))) > 15
