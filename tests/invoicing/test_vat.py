"""What a sale is for VAT, by the table."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing import vat

TODAY = date(2026, 9, 14)


@pytest.mark.parametrize(
    "code, category, rate, grids, credited",
    [
        ("BE21", "S", "0.21", ("03", "54"), ("49", "64")),
        ("BE12", "S", "0.12", ("02", "54"), ("49", "64")),
        ("BE06", "S", "0.06", ("01", "54"), ("49", "64")),
        ("BE00", "Z", "0", ("00", ""), ("49", "")),
        ("EXEMPT_44", "E", "0", ("00", ""), ("49", "")),
        ("EU_SERVICE", "AE", "0", ("44", ""), ("48", "")),
        ("CO_CONTRACTOR", "AE", "0", ("45", ""), ("49", "")),
        ("EXPORT", "G", "0", ("47", ""), ("49", "")),
        ("OUTSIDE", "O", "0", ("47", ""), ("49", "")),
    ],
)
def test_each_operation_has_its_category_rate_and_grids(code, category, rate, grids, credited):
    row = vat.treatment(code, TODAY)

    assert (row.category, row.rate) == (category, Decimal(rate))
    assert (row.invoiced.base, row.invoiced.tax) == grids
    assert (row.credited.base, row.credited.tax) == credited


def test_every_operation_without_vat_says_why_in_three_languages():
    for row in vat.OPERATIONS:
        if row.category in ("E", "AE", "K", "G", "O"):
            assert row.vatex or row.code == "FRANCHISE"  # for which the list has no code
            assert all(row.mention_in(language) for language in ("fr", "nl", "en")), row.code
        else:
            assert not row.vatex


def test_reverse_charge_is_named_as_the_law_wants_it():
    for code in ("EU_SERVICE", "CO_CONTRACTOR"):
        row = vat.treatment(code, TODAY)
        assert row.mention_in("fr").startswith("Autoliquidation")
        assert row.mention_in("nl").startswith("Btw verlegd")
        assert row.mention_in("en").startswith("Reverse charge")


def test_a_row_does_not_hold_before_its_day():
    with pytest.raises(vat.OperationUnknown, match="in force on"):
        vat.treatment("CO_CONTRACTOR", date(2022, 12, 31))


def test_a_rate_of_a_file_is_found_and_an_unknown_one_is_refused_with_its_remedy():
    assert vat.by_rate(Decimal("0.06"), TODAY).code == "BE06"
    with pytest.raises(vat.OperationUnknown, match="VAT rate 20 %.*Choose one of: BE21"):
        vat.by_rate(Decimal("0.20"), TODAY)


def test_exempt_sales_stand_on_their_own_account():
    assert vat.treatment("EXEMPT_44", TODAY).account == "exempt_sales"
    assert vat.treatment("BE21", TODAY).account == "sales"
