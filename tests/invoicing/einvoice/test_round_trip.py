"""Writing and reading: the same model comes back, the same bytes each time."""

import time
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from invoicing.einvoice.model import (
    SELF_BILLED_CREDIT_NOTE_TYPE,
    SELF_BILLED_INVOICE_TYPE,
    SELF_BILLING_PROCESS,
    SELF_BILLING_SPECIFICATION,
    Account,
    Address,
    Kind,
    Payee,
    Payment,
    TaxRepresentative,
)
from invoicing.einvoice.reading import read
from invoicing.einvoice.writing import clean, plain, write
from tests.invoicing.einvoice import documents


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents.documents())
def test_what_is_written_is_read_back_the_same(document):
    content = write(document)

    reading = read(content)

    assert reading.document == document
    assert not reading.faults
    assert not reading.unknown
    assert write(reading.document) == content


def test_every_part_of_the_model_is_written_and_read():
    for made in (
        documents.everything(),
        replace(documents.everything(), kind=Kind.CREDIT_NOTE, type_code="381"),
        documents.invoice(
            payee=Payee("Factor NV"),
            representative=TaxRepresentative("Fiscal BV", "BE0403170701", Address("BE", "Straat 1")),
            payment=Payment("49", "Domiciliation", mandate="M-1", debited="BE71096123456769"),
        ),
        documents.invoice(payment=Payment("48", card="123456", card_holder="A. Dubois")),
        documents.invoice(
            payment=Payment(
                "58", reference="090933755493", accounts=(Account("BE71096123456769"), Account("BE68539007547034"))
            )
        ),
    ):
        reading = read(write(made))

        assert reading.document == made
        assert not reading.faults
        assert not reading.unknown


def test_a_self_billed_document_keeps_its_process():
    for kind, code in ((Kind.INVOICE, SELF_BILLED_INVOICE_TYPE), (Kind.CREDIT_NOTE, SELF_BILLED_CREDIT_NOTE_TYPE)):
        made = replace(
            documents.invoice(), kind=kind, type_code=code, process=SELF_BILLING_PROCESS,
            specification=SELF_BILLING_SPECIFICATION,
        )  # fmt: skip

        assert read(write(made)).document == made


def test_no_element_is_ever_empty():
    content = write(replace(documents.invoice(), buyer_reference="  ", notes=("",), terms="\u0007"))

    assert not read(content).faults
    assert b"<cbc:Note" not in content
    assert b"PaymentTerms" not in content


def test_characters_that_xml_cannot_hold_are_left_out():
    assert clean("Café\x0b\u0000 – \ud800naïf\r\nfin\ufffe ") == "Café – naïf\nfin"


@pytest.mark.parametrize(
    "number, written", [("5.000", "5"), ("0.10", "0.1"), ("-0.00", "0"), ("1E+3", "1000"), ("12.3456", "12.3456")]
)
def test_numbers_are_written_without_needless_zeros(number, written):
    assert plain(Decimal(number)) == written


def test_a_wrong_amount_is_not_made_right_by_writing_it():
    made = documents.invoice()
    wrong = replace(made, totals=replace(made.totals, vat=Decimal("21.005")))

    assert read(write(wrong)).document.totals.vat == Decimal("21.005")


def test_a_long_invoice_is_written_in_no_time():
    made = documents.invoice(*(documents.line(str(number), "2.5", "19.99") for number in range(1, 301)))

    started = time.perf_counter()
    content = write(made)
    assert time.perf_counter() - started < 0.5
    assert len(read(content).document.lines) == 300
