"""How amounts, days and rates are written, and that what is written reads back."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coop import formatting, typed
from coop.periods import Month

LANGUAGES = ("fr", "nl", "en")
amounts = st.decimals(min_value=-(10**11), max_value=10**11, places=2, allow_nan=False, allow_infinity=False)
quantities = st.decimals(min_value=-(10**7), max_value=10**7, places=4, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("language", "expected"),
    [("fr", "1\u202f250,00\u202f€"), ("nl", "€\u202f1.250,00"), ("en", "€1,250.00")],
)
def test_money_carries_its_currency_as_the_language_does(language, expected):
    assert formatting.money(Decimal("1250"), language=language) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [("fr", "−1\u202f250,50\u202f€"), ("nl", "€\u202f−1.250,50"), ("en", "−€1,250.50")],
)
def test_negative_money_carries_the_minus_sign_u2212(language, expected):
    assert formatting.money(Decimal("-1250.5"), language=language) == expected


def test_a_zero_below_zero_is_written_without_sign():
    assert formatting.amount(Decimal("-0.00"), language="fr") == "0,00"


def test_an_absent_value_is_a_dash_everywhere():
    writers = (
        formatting.money, formatting.amount, formatting.signed, formatting.price, formatting.quantity,
        formatting.percent, formatting.day, formatting.moment, formatting.month,
    )  # fmt: skip

    assert {write(None) for write in writers} | {
        formatting.short_day(None),
        formatting.iban(""),
        formatting.masked(None),
    } == {"–"}


def test_display_never_rounds():
    assert formatting.money(Decimal("0.005"), language="en") == "€0.005"


def test_a_change_carries_its_sign_both_ways():
    assert [formatting.signed(Decimal(value), language="fr") for value in ("84.20", "-84.20", "0")] == [
        "+84,20",
        "−84,20",
        "0,00",
    ]


@pytest.mark.parametrize(
    ("value", "fr", "nl", "en"),
    [
        ("2.5000", "2,5", "2,5", "2.5"),
        ("2", "2", "2", "2"),
        ("1250", "1\u202f250", "1250", "1250"),
        ("1250.5", "1\u202f250,5", "1.250,5", "1,250.5"),
        ("1.125", "1,1250", "1,1250", "1.1250"),
        ("0.1307", "0,1307", "0,1307", "0.1307"),
    ],
)
def test_a_quantity_has_the_decimals_it_needs_and_one_reading(value, fr, nl, en):
    assert [formatting.quantity(Decimal(value), language=language) for language in LANGUAGES] == [fr, nl, en]


@pytest.mark.parametrize(("value", "expected"), [("12", "12,00"), ("12.5", "12,50"), ("12.505", "12,5050")])
def test_a_price_has_two_decimals_or_four(value, expected):
    assert formatting.price(Decimal(value), language="fr") == expected


@pytest.mark.parametrize(
    ("rate", "fr", "nl", "en"),
    [
        ("0.065", "6,5\u202f%", "6,5%", "6.5%"),
        ("0.21", "21\u202f%", "21%", "21%"),
        ("0.1307", "13,07\u202f%", "13,07%", "13.07%"),
    ],
)
def test_a_rate_is_written_as_a_percentage(rate, fr, nl, en):
    assert [formatting.percent(Decimal(rate), language=language) for language in LANGUAGES] == [fr, nl, en]


@given(value=amounts, language=st.sampled_from(LANGUAGES))
def test_an_amount_that_we_show_reads_back_to_itself(value, language):
    for write in (formatting.money, formatting.amount, formatting.signed):
        assert typed.number(write(value, language=language)) == value


@given(value=quantities, language=st.sampled_from(LANGUAGES))
def test_a_quantity_or_price_that_we_show_reads_back_to_itself(value, language):
    for write in (formatting.quantity, formatting.price):
        assert typed.number(write(value, language=language), decimals=4) == value


@given(value=st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
def test_a_day_in_figures_reads_back_to_itself(value):
    assert typed.day(formatting.short_day(value), today=date(2026, 11, 24)) == value


def test_a_day_is_written_in_words_in_each_language():
    day = date(2026, 11, 24)

    assert [formatting.day(day, language=language) for language in LANGUAGES] == [
        "24 novembre 2026", "24 november 2026", "24 November 2026",
    ]  # fmt: skip
    assert formatting.day(date(2026, 11, 1), language="fr") == "1er novembre 2026"


def test_a_moment_is_written_in_the_time_of_brussels():
    moment = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)

    assert formatting.moment(moment, language="fr") == "1er février 2026 à 00:30"
    assert formatting.day(moment, language="en") == "1 February 2026"
    assert formatting.short_day(moment) == "01/02/2026"


def test_a_month_is_written_from_a_month_or_a_day():
    assert (
        formatting.month(Month(2026, 2), language="nl")
        == formatting.month(date(2026, 2, 9), language="nl")
        == "februari 2026"
    )
    assert formatting.short_month(Month(2026, 2), language="fr") == "févr."


def test_an_iban_is_grouped_and_a_restricted_value_masked():
    assert formatting.iban("BE71096123456769") == "BE71\u202f0961\u202f2345\u202f6769"
    assert formatting.masked("85073003328") == "••••\u202f3328"


def test_an_unknown_language_is_written_as_french():
    assert formatting.amount(Decimal("1.50"), language="xx") == "1,50"
