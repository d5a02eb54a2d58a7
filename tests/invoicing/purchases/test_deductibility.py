"""How much of a cost's VAT comes back, and that not a cent is lost on the way."""

from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coop.ledger import services as books
from coop.money import ZERO
from invoicing.purchases import deductibility, journal
from invoicing.purchases.deductibility import COST_TYPES, KILOMETRE_TYPE, RATES

amounts = st.decimals(min_value="0.01", max_value="99999.99", places=2)


def share(code: str, gross: str, vat: str, rate: str = "0.21", *, invoiced: bool = True) -> tuple[str, str]:
    """Return cost and recoverable VAT of a line."""
    made = deductibility.share(code=code, gross=Decimal(gross), vat=Decimal(vat), rate=Decimal(rate), invoiced=invoiced)
    return str(made.cost), str(made.recoverable)


@pytest.mark.parametrize(
    ("code", "gross", "vat", "expected"),
    [
        ("software", "242.00", "42.00", ("200.00", "42.00")),
        ("car", "121.00", "21.00", ("110.50", "10.50")),
        ("car", "121.01", "21.01", ("110.50", "10.51")),
        ("restaurant", "60.50", "10.50", ("60.50", "0.00")),
        ("equipment", "1452.00", "252.00", ("1200.00", "252.00")),
    ],
)
def test_vat_comes_back_whole_in_half_or_not(code, gross, vat, expected):
    assert share(code, gross, vat) == expected


def test_without_an_invoice_no_vat_comes_back():
    made = deductibility.share(
        code="office", gross=Decimal("121.00"), vat=Decimal("21.00"), rate=Decimal("0.21"), invoiced=False
    )

    assert (made.cost, made.recoverable, made.base) == (Decimal("121.00"), ZERO, False)


def test_an_unknown_kind_of_cost_is_refused():
    with pytest.raises(deductibility.UnknownCost, match="no such kind"):
        deductibility.cost_type("yacht")


@given(amounts, st.sampled_from(RATES))
def test_vat_out_of_an_amount_and_vat_on_the_rest_agree_within_a_cent(gross, rate):
    inside = deductibility.vat_in(gross, rate)

    assert abs(deductibility.vat_on(gross - inside, rate) - inside) <= Decimal("0.01")


@pytest.mark.parametrize(
    ("vat", "fits"), [("21.00", True), ("21.05", True), ("20.95", True), ("21.06", False), ("12.00", False)]
)
def test_vat_as_printed_may_differ_by_the_suppliers_rounding_only(vat, fits):
    def check():
        deductibility.check_vat("Paper", net=Decimal("100.00"), vat=Decimal(vat), rate=Decimal("0.21"))

    if fits:
        check()
    else:
        with pytest.raises(deductibility.VatAboveAmount, match="21.00"):
            check()


@given(
    st.lists(
        st.tuples(st.sampled_from(COST_TYPES), amounts, st.sampled_from(RATES), st.booleans()), min_size=1, max_size=6
    )
)
def test_every_cost_balances_and_vat_is_no_activitys(rows):
    shares = [
        deductibility.share(
            code=kind.code, gross=gross, vat=deductibility.vat_in(gross, rate), rate=rate, invoiced=invoiced
        )
        for kind, gross, rate, invoiced in rows
    ]
    cost = journal.Cost(activity=uuid4(), party=uuid4(), item=uuid4(), role="suppliers", shares=shares)

    lines = journal.for_cost(cost)

    assert sum(line.amount for line in lines) == 0
    assert cost.gross == sum(gross for _kind, gross, _rate, _invoiced in rows)
    assert all(line.activity is None for line in lines if line.account == "vat_recoverable")
    assert sum(line.amount for line in lines if line.activity) == deductibility.cost_of(shares)


def test_every_account_of_a_cost_is_in_the_chart():
    chart = books.CHART.read_text(encoding="utf-8")

    assert all(f",{kind.account}," in chart for kind in (*COST_TYPES, KILOMETRE_TYPE))
