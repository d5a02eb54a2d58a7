"""Totals: the golden table to the cent, and what holds for every document."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coop.money import cents
from invoicing import totals

D = Decimal
RATES = {"S21": ("S", D("0.21")), "S6": ("S", D("0.06")), "E": ("E", D(0)), "Z": ("Z", D(0))}


def of(*lines: tuple[str, str, str] | tuple[str, str, str, str]) -> tuple[list[Decimal], totals.Totals]:
    """Return the nets and the totals of lines written (quantity, price, rate[, discount])."""
    items = []
    for quantity, price, rate, *discount in lines:
        net = totals.line_net(D(quantity), D(price), D(discount[0]) if discount else D(0))
        items.append(totals.Item(rate, *RATES[rate], net))
    return [item.net for item in items], totals.totals(items)


GOLDEN = {
    "odoo#253625": (
        [("1", "90.30", "Z"), ("0.45", "2.54", "S6"), ("0.28", "6.87", "S6")], ["90.30", "1.14", "1.92"],
        "93.36", "0.18", "93.54",
    ),
    "odoo#258909": (
        [("4", "39.615", "E", "20"), ("4", "0.84", "E", "20")], ["126.77", "2.69"], "129.46", "0.00", "129.46",
    ),
    "odoo#258147": (
        [("25", "23.90", "S6"), ("25", "17.00", "S21")], ["597.50", "425.00"], "1022.50", "125.10", "1147.60",
    ),
    "half of it": (
        [("1", "298.75", "S6"), ("1", "212.50", "S21")], ["298.75", "212.50"], "511.25", "62.56", "573.81",
    ),
    "VAT once, not per line": ([("1", "0.33", "S21")] * 20, ["0.33"] * 20, "6.60", "1.39", "7.99"),
    "half a cent goes up": (
        [("1", "0.50", "S21"), ("3", "0.05", "S6")], ["0.50", "0.15"], "0.65", "0.12", "0.77",
    ),
    "odoo#259070": (
        [("2", "1.90", "S6", "15"), ("5", "6.10", "S6", "15")], ["3.23", "25.93"], "29.16", "1.75", "30.91",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GOLDEN)
def test_the_golden_table_holds_to_the_cent(name):
    lines, nets, net, vat, gross = GOLDEN[name]

    found, sums = of(*lines)

    assert found == [D(one) for one in nets]
    assert (sums.net, sums.vat, sums.gross) == (D(net), D(vat), D(gross))


def test_a_discount_is_shown_so_that_the_printed_figures_add_up():
    assert totals.line_discount(D(5), D("6.10"), D(15)) == D("30.50") - D("25.93")


def test_zero_rates_of_different_categories_are_kept_apart():
    _nets, sums = of(("1", "10", "E"), ("1", "20", "Z"))

    assert [(group.category, group.base) for group in sums.groups] == [("E", D("10.00")), ("Z", D("20.00"))]


AMOUNTS = st.decimals(min_value=D("0.0001"), max_value=D("9999"), places=4)
LINES = st.lists(
    st.tuples(
        st.decimals(min_value=D("-99"), max_value=D("999"), places=4),
        AMOUNTS,
        st.sampled_from(sorted(RATES)),
        st.decimals(min_value=D(0), max_value=D(100), places=2),
    ),
    max_size=30,
)


@given(LINES)
def test_totals_add_up_and_vat_is_rounded_once_per_rate(lines):
    nets, sums = of(*[(str(q), str(p), rate, str(d)) for q, p, rate, d in lines])

    assert sums.net == sum(nets, D("0.00"))
    assert sums.gross == sums.net + sums.vat
    assert len({(group.category, group.rate) for group in sums.groups}) == len(sums.groups)
    assert all(group.vat == cents(group.base * group.rate) for group in sums.groups)
    assert all(net == cents(net) for net in nets)


@given(st.decimals(min_value=D("0.0001"), max_value=D("999"), places=4), AMOUNTS, st.decimals(0, 100, places=2))
def test_a_line_is_its_full_amount_less_the_discount_shown(quantity, price, percent):
    full = cents(quantity * price)

    assert full - totals.line_discount(quantity, price, percent) == totals.line_net(quantity, price, percent)
