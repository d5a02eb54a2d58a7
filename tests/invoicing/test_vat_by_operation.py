"""Which VAT an operation is under: legal cases that an accountant can read, and what holds for all of them."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from coop.errors import Refused
from invoicing import vat
from invoicing.vat import rates
from invoicing.vat.deciding import NEEDS, UNION, Exemption, Margin, Nature, Need, Status
from invoicing.vat.operations import Regime

TODAY = date(2026, 9, 14)
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "vat.yaml").read_text(encoding="utf-8"))["cases"]


def _decide(case: dict[str, Any]) -> vat.Decision:
    seller, customer, sale = case.get("seller", {}), case["customer"], case["sale"]
    return vat.decide(
        seller=vat.Seller(Regime(seller.get("regime", "normal")), seller.get("distance_sales", "below")),
        customer=vat.Customer(
            Status(customer["status"]), customer.get("country", "BE"), customer.get("vat", ""),
            periodic=customer.get("periodic", False),
        ),
        sale=vat.Sale(
            Nature(sale["nature"]), case["supplied"], sale.get("kind", "standard"), sale.get("place", "BE"),
            Exemption(sale["exemption"]) if "exemption" in sale else None,
            Margin(sale["margin"]) if "margin" in sale else None,
        ),
    )  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_legal_case_is_decided_as_the_law_says(case):
    expected = case["expected"]
    if "refused" in expected:
        with pytest.raises(Refused, match=expected["refused"]):
            _decide(case)
        return

    decision = _decide(case)

    operation = decision.operation
    assert operation.code == expected["operation"]
    assert operation.category == expected["category"]
    assert operation.rate * 100 == Decimal(expected.get("rate", 0))
    assert operation.vatex == expected.get("vatex", "")
    assert list(decision.tags) == expected["boxes"]
    assert operation.listing == expected.get("listing", "")
    assert decision.article
    assert str(decision.because)


COUNTRIES = st.sampled_from(["BE", "FR", "NL", "EL", "XI", "CH", "US"])
CUSTOMERS = st.builds(
    vat.Customer,
    st.sampled_from(Status),
    COUNTRIES,
    st.sampled_from(["", "BE0403170701", "FR40303265045"]),
    st.booleans(),
)
SALES = st.builds(
    vat.Sale, st.sampled_from(Nature), st.dates(date(2023, 1, 1), date(2027, 12, 31)),
    st.sampled_from(sorted(rates.kinds())), COUNTRIES, st.none() | st.sampled_from(Exemption), st.none() | st.sampled_from(Margin),
)  # fmt: skip
SELLERS = st.builds(vat.Seller, st.sampled_from(Regime), st.sampled_from(["below", "above"]))


def _any(seller: vat.Seller, customer: vat.Customer, sale: vat.Sale) -> vat.Decision | None:
    try:
        return vat.decide(seller=seller, customer=customer, sale=sale)
    except vat.NotDecidable:
        return None


@given(SELLERS, CUSTOMERS, SALES)
def test_every_operation_is_decided_or_refused_in_words(seller, customer, sale):
    decision = _any(seller, customer, sale)

    if decision is not None:
        operation = decision.operation
        assert operation.holds(sale.on)
        assert operation.regime == seller.regime
        assert decision.article
        assert all(need in NEEDS for need in decision.needs)
        if operation.category == "S":
            assert operation.rate in vat.rates_in_force(sale.on)
            assert decision.tags[1] == "54"
        else:
            assert operation.rate == 0
            assert decision.tags[1] == ""


@given(SELLERS, CUSTOMERS, SALES)
def test_vat_is_charged_only_at_the_rate_of_the_kind(seller, customer, sale):
    decision = _any(seller, customer, sale)

    if decision is not None and decision.operation.category == "S":
        assert decision.operation.rate == rates.rate_of(sale.kind, sale.on).rate


@given(SELLERS, CUSTOMERS, SALES)
def test_reverse_charge_and_intra_community_supplies_need_the_number_of_the_customer(seller, customer, sale):
    decision = _any(seller, customer, sale)

    if decision is not None and decision.operation.category in ("AE", "K"):
        assert customer.vat_number
        assert Need.CUSTOMER_VAT_NUMBER in decision.needs


@given(CUSTOMERS, SALES)
def test_a_consumer_in_belgium_always_pays_belgian_vat_or_is_exempt_by_name(customer, sale):
    decision = _any(vat.Seller(), customer, sale)

    if decision is not None and customer.status == Status.PRIVATE and customer.country == "BE" and sale.place == "BE":
        assert (
            decision.operation.category in ("S", "Z") or sale.exemption or sale.margin or sale.nature == "compensation"
        )


@given(CUSTOMERS, SALES)
def test_goods_leave_the_union_without_vat_and_services_to_businesses_there_too(customer, sale):
    decision = _any(vat.Seller(), customer, sale)

    if decision is not None and sale.margin is None and sale.nature == Nature.GOODS and sale.place not in UNION:
        assert decision.operation.code == "EXPORT"


def test_the_rule_can_be_set_aside_with_a_reason_that_is_kept():
    ruled = vat.decide(seller=vat.Seller(), customer=vat.Customer(Status.PRIVATE), sale=vat.Sale(Nature.SERVICE, TODAY))

    decision = vat.override(ruled, vat.Override("BE06", " Ruling 2026.123 "), on=TODAY)

    assert (decision.operation.code, decision.ruled.code, decision.reason) == ("BE06", "BE21", "Ruling 2026.123")
    again = vat.override(decision, vat.Override("BE12", "Other ruling"), on=TODAY)
    assert again.ruled.code == "BE21"


def test_the_rule_is_not_set_aside_without_a_reason_or_for_something_unknown():
    ruled = vat.decide(seller=vat.Seller(), customer=vat.Customer(Status.PRIVATE), sale=vat.Sale(Nature.SERVICE, TODAY))

    with pytest.raises(vat.OverrideWithoutReason, match="Write why"):
        vat.override(ruled, vat.Override("BE06", "  "), on=TODAY)
    with pytest.raises(vat.OperationUnknown):
        vat.override(ruled, vat.Override("BE20", "Because"), on=TODAY)


def test_each_kind_has_three_names_and_rates_with_their_source():
    for kind in rates.kinds().values():
        assert set(kind.names) == {"fr", "nl", "en"}
        assert [rate.since for rate in kind.rates] == sorted({rate.since for rate in kind.rates})
        for rate in kind.rates:
            assert rate.basis
            assert rate.mark in ("V", "S", "B")
            if rate.rate:
                assert rate.rate in vat.rates_in_force(max(rate.since, date(2023, 1, 1)))


def test_boxes_and_listings_go_together():
    for row in vat.OPERATIONS:
        if row.category == "S":
            assert (row.invoiced.tax, row.credited.base, row.credited.tax) == ("54", "49", "64")
        if row.listing == "S":
            assert (row.invoiced.base, row.credited.base) == ("44", "48")
        if row.listing == "L":
            assert (row.invoiced.base, row.credited.base) == ("46", "48")
        assert row.mark in ("V", "S", "B")
        assert len(row.code) <= 20
