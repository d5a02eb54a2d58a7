"""The one rounding, and the one sharing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coop.money import NotAnAmount, cents, exact, split
from payroll.engine import rounding

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False, allow_infinity=False)
numbers = st.decimals(min_value=-(10**6), max_value=10**6, places=5, allow_nan=False, allow_infinity=False)
weights = st.lists(st.decimals(min_value=0, max_value=1000, places=3), min_size=1, max_size=8).filter(
    lambda w: sum(w) > 0
)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("0.105", "0.11"),
        ("0.104999", "0.10"),
        ("-0.105", "-0.11"),
        ("189.515", "189.52"),
        ("1.015", "1.02"),
        ("2", "2.00"),
    ],
)
def test_half_a_cent_rounds_away_from_zero(value: str, rounded: str):
    assert str(cents(Decimal(value))) == rounded


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), 1, "1.00"])
def test_what_is_no_finite_decimal_is_refused(value: object):
    with pytest.raises(NotAnAmount):
        cents(value)


def test_a_boundary_rounds_nothing_silently():
    with pytest.raises(NotAnAmount, match="more than two decimals"):
        exact(Decimal("10.005"))


@given(amounts, weights)
def test_parts_always_add_up(amount: Decimal, shares: list[Decimal]):
    assert sum(split(amount, shares)) == amount


@given(amounts, weights)
def test_a_part_is_within_a_cent_of_its_share(amount: Decimal, shares: list[Decimal]):
    for part, weight in zip(split(amount, shares), shares, strict=True):
        assert abs(part - amount * weight / sum(shares)) < Decimal("0.01")


@pytest.mark.parametrize("shares", [[], [Decimal(0)], [Decimal(-1), Decimal(2)]])
def test_weights_without_a_positive_sum_are_refused(shares: list[Decimal]):
    with pytest.raises(NotAnAmount):
        split(Decimal("1.00"), shares)


@given(numbers)
def test_the_engine_rounds_as_we_do(number: Decimal):
    assert rounding.cents(number) == cents(number)
