from decimal import Decimal

import pytest

from payroll.engine.rounding import NotAnAmount, cents


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        ("1.005", "1.01"),
        ("1.015", "1.02"),
        ("1.004999", "1.00"),
        ("-1.005", "-1.01"),
        ("0", "0.00"),
        ("-0.001", "0.00"),
        ("189.515", "189.52"),
    ],
)
def test_half_a_cent_is_rounded_away_from_zero(exact, rounded):
    assert str(cents(Decimal(exact))) == rounded


@pytest.mark.parametrize("text", ["NaN", "Infinity"])
def test_what_is_not_a_number_is_not_rounded(text):
    with pytest.raises(NotAnAmount):
        cents(Decimal(text))
