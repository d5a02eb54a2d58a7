"""Others agree: schema, rules of CEN and Peppol find nothing in what we write; what they refuse, our check refuses."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from mockeinvoice.rules.codelists import LISTS

from invoicing import vat
from invoicing.einvoice import checks, codes
from invoicing.einvoice.model import (
    SELF_BILLED_INVOICE_TYPE,
    SELF_BILLING_PROCESS,
    SELF_BILLING_SPECIFICATION,
    Kind,
)
from invoicing.einvoice.writing import write
from tests.invoicing.einvoice import documents, official


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents.documents())
def test_random_documents_are_right_for_everybody(document):
    content = write(document)

    assert not checks.fatal(checks.check(document))
    assert official.schema_errors(content, document.kind) == []
    assert official.second_opinion(content) == []


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents.documents())
def test_random_documents_are_right_by_the_rules_of_cen(document):
    assert official.cen_errors(write(document)) == []


@pytest.mark.parametrize(
    "made",
    [
        documents.everything(),
        replace(documents.everything(), kind=Kind.CREDIT_NOTE, type_code="381"),
        documents.credit_note(),
        documents.invoice(*(documents.line(str(number), "0.37", "13.3333") for number in range(1, 301))),
    ],
    ids=["everything", "credit note with everything", "credit note", "300 lines"],
)
def test_large_and_rare_documents_are_right_for_everybody(made):
    content = write(made)

    assert not checks.fatal(checks.check(made))
    assert official.schema_errors(content, made.kind) == []
    assert official.second_opinion(content) == []
    assert official.cen_errors(content) == []


def test_a_self_billed_invoice_is_right_by_schema_and_cen():
    made = replace(
        documents.invoice(), type_code=SELF_BILLED_INVOICE_TYPE, process=SELF_BILLING_PROCESS,
        specification=SELF_BILLING_SPECIFICATION,
    )  # fmt: skip

    assert not checks.fatal(checks.check(made))
    assert official.schema_errors(write(made), made.kind) == []
    assert official.cen_errors(write(made)) == []


@pytest.mark.parametrize("by", ["0.01", "-0.01", "0.50", "0.99"])
def test_vat_that_is_wrong_by_less_than_a_euro_passes_the_official_rules_and_not_ours(by):
    made = documents.invoice()
    group = replace(made.vat[0], vat=made.vat[0].vat + Decimal(by))
    totals = made.totals
    wrong = replace(
        made, vat=(group,),
        totals=replace(totals, vat=group.vat, with_vat=totals.with_vat + Decimal(by), payable=totals.payable + Decimal(by)),
    )  # fmt: skip

    assert official.cen_errors(write(wrong)) == []
    assert official.second_opinion(write(wrong)) == []
    assert [finding.rule for finding in checks.fatal(checks.check(wrong))] == ["BR-CO-17"]


@pytest.mark.parametrize(
    "rule, ours",
    [
        ("BR-CL-04", codes.CURRENCIES),
        ("BR-CL-14", codes.COUNTRIES),
        ("BR-CL-17", codes.CATEGORIES),
        ("BR-CL-19", codes.ALLOWANCE_REASONS),
        ("BR-CL-25", codes.ENDPOINT_SCHEMES),
        ("BR-CL-16", codes.PAYMENT_MEANS),
    ],
)
def test_our_lists_of_codes_are_the_published_ones(rule, ours):
    assert set("".join(LISTS[rule]).split()) == ours


def test_every_code_of_exemption_that_we_use_is_published():
    published = set(LISTS["BR-CL-22"][0].split())

    assert published >= codes.REASON_CODES
    assert {row.vatex for row in vat.OPERATIONS if row.vatex} <= codes.REASON_CODES
