"""Reading files of others: hostile, damaged, foreign, odd; nothing is dropped in silence."""

from decimal import Decimal

import pytest
from lxml import etree

from invoicing.einvoice import checks, nodes
from invoicing.einvoice.model import Kind
from invoicing.einvoice.nodes import FaultKind, NotAStructuredInvoice
from invoicing.einvoice.reading import read
from invoicing.einvoice.writing import write
from tests.invoicing.einvoice import documents

BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">&c;</Invoice>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">&f;</Invoice>"""


@pytest.mark.parametrize(
    "content, reason",
    [
        (BOMB, "document type"),
        (OUTSIDE, "document type"),
        (b"<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-2'/>", "“Order”"),
        (b"<Invoice/>", "“Invoice”"),
        (b"%PDF-1.7", "not well-formed"),
        (b"", "not well-formed"),
        (write(documents.invoice())[:-30], "not well-formed"),
        (b"<a>" * 5000 + b"</a>" * 5000, "not well-formed"),
        (b" " * (nodes.LARGEST + 1), "20 MB"),
        (write(documents.invoice()).replace(b"UTF-8", b"EBCDIC-X"), "not well-formed"),
    ],
    ids=["bomb", "file", "order", "no namespace", "pdf", "nothing", "cut off", "deep", "large", "encoding"],
)
def test_what_is_no_invoice_is_refused_in_words(content, reason):
    with pytest.raises(NotAStructuredInvoice, match=reason) as refused:
        read(content)

    assert "Ask the sender" in str(refused.value.remedy)


def test_other_encodings_prefixes_and_comments_are_read():
    content = write(documents.invoice()).decode()
    bom = b"\xef\xbb\xbf" + content.encode()
    latin = content.replace("UTF-8", "ISO-8859-1").encode("latin-1", "xmlcharrefreplace")
    prefixed = content.replace("cbc:", "b:").replace("xmlns:cbc", "xmlns:b").replace("<b:ID>", "<!-- x --><b:ID>")

    for one in (bom, latin, prefixed.encode()):
        assert read(one).document == documents.invoice()


def test_what_the_model_does_not_know_is_listed():
    root = etree.fromstring(write(documents.invoice()))
    etree.SubElement(root, "{urn:x}Extra").text = "42"

    found = checks.check_file(etree.tostring(root))

    assert read(etree.tostring(root)).unknown == ("Invoice/Extra",)
    assert [str(one) for one in found if one.rule == "BE-UNKNOWN"] == [
        "BE-UNKNOWN: The element Invoice/Extra is not known and was not read. Ask the sender for a corrected document."
    ]


@pytest.mark.parametrize(
    "old, new, kind",
    [
        ("<cbc:ChargeIndicator>false", "<cbc:ChargeIndicator>no", FaultKind.INDICATOR),
        ('<cbc:PayableAmount currencyID="EUR">', '<cbc:PayableAmount currencyID="USD">', FaultKind.CURRENCY),
        ("<cbc:IssueDate>2026-09-14", "<cbc:IssueDate>2026-02-30", FaultKind.DAY),
        ("<cbc:BuyerReference>", "<cbc:BuyerReference>x</cbc:BuyerReference><cbc:BuyerReference>", FaultKind.REPEATED),
        ("JVBERi0xLjcgAP8=", "not base64!", FaultKind.CONTENT),
        ("<cbc:MultiplierFactorNumeric>10", "<cbc:MultiplierFactorNumeric>NaN", FaultKind.NUMBER),
        ("<cbc:MultiplierFactorNumeric>10", "<cbc:MultiplierFactorNumeric>1e99", FaultKind.NUMBER),
    ],
)
def test_what_cannot_be_read_is_a_fault_and_keeps_the_document_out_of_the_books(old, new, kind):
    content = write(documents.everything()).decode()
    assert old in content

    changed = content.replace(old, new, 1).encode()

    assert kind in {fault.kind for fault in read(changed).faults}
    assert kind.value in {one.rule for one in checks.fatal(checks.check_file(changed))}


def test_a_credit_note_is_told_from_an_invoice():
    assert read(write(documents.credit_note())).document.kind == Kind.CREDIT_NOTE


def test_totals_that_lie_are_shown_and_not_corrected():
    content = write(documents.invoice()).decode().replace('currencyID="EUR">121.00', 'currencyID="EUR">21.00')

    lying = read(content.encode())

    assert lying.document.totals.payable == Decimal("21.00")
    assert {"BR-CO-15"} <= {one.rule for one in checks.fatal(checks.check_reading(lying, view=checks.View.RECEIVED))}
