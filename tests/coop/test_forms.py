"""The project's form fields: the table of amounts, days, months, check digits, refusals."""

import re
import uuid
from datetime import date
from decimal import Decimal

import pytest
from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import translation

from coop import forms, typed
from coop.errors import Refused
from coop.periods import Month

TABLE = [
    # typed, with two decimals, with four decimals; a text is the code of the refusal
    ("12,50", "12.50", "12.5000"),
    ("12.50", "12.50", "12.5000"),
    ("12,5", "12.50", "12.5000"),
    (".5", "0.50", "0.5000"),
    ("1 250,00", "1250.00", "1250.0000"),
    ("1\u00a0250,00", "1250.00", "1250.0000"),
    ("1\u202f250,00", "1250.00", "1250.0000"),
    ("1\u2009250,00", "1250.00", "1250.0000"),
    ("1.250,00", "1250.00", "1250.0000"),
    ("1,250.00", "1250.00", "1250.0000"),
    ("1250", "1250.00", "1250.0000"),
    ("1 250.5", "1250.50", "1250.5000"),
    ("1.250.000", "1250000.00", "1250000.0000"),
    ("€ 12,50", "12.50", "12.5000"),
    ("12,50 €", "12.50", "12.5000"),
    ("−12,50", "-12.50", "-12.5000"),
    ("1.250", "ambiguous", "ambiguous"),
    ("1,250", "ambiguous", "ambiguous"),
    ("12,505", "ambiguous", "ambiguous"),
    ("0,125", "decimals", "0.1250"),
    ("12,", "shape", "shape"),
    ("12 50", "shape", "shape"),
    ("1 25,00", "shape", "shape"),
    ("1.250.00", "shape", "shape"),
    ("1.25.0", "shape", "shape"),
    ("1e3", "characters", "characters"),
    ("1_000", "characters", "characters"),
    ("٣", "characters", "characters"),
    ("１２", "characters", "characters"),
    ("NaN", "characters", "characters"),
    ("1'250.00", "characters", "characters"),
    # beyond the table
    ("1 250.000,00", "shape", "shape"),
    ("0.125.000", "shape", "shape"),
    ("--5", "characters", "characters"),
    ("€", "shape", "shape"),
    ("12 €5", "characters", "characters"),
]  # fmt: skip


def outcome(field: django_forms.Field, text: str) -> str:
    """Return what a field makes of a text: the number with its decimals, or the code of the refusal."""
    try:
        return str(field.clean(text))
    except ValidationError as refused:
        return refused.code


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
@pytest.mark.parametrize(("text", "two", "four"), TABLE)
def test_amounts_are_read_as_the_table_says_in_every_language(text, two, four, language):
    with translation.override(language):
        assert outcome(forms.AmountField(negative=True), text) == two
        assert outcome(forms.QuantityField(negative=True), text) == four


def test_a_negative_amount_is_refused_unless_allowed():
    assert outcome(forms.AmountField(), "−12,50") == "negative"
    assert outcome(forms.AmountField(negative=True), "−12,50") == "-12.50"


def test_an_amount_can_be_bounded():
    field = forms.AmountField(zero=False, minimum=Decimal("5.00"), maximum=Decimal("10.00"))

    assert [outcome(field, text) for text in ("0", "4,99", "10,01", "10")] == ["zero", "minimum", "maximum", "10.00"]
    assert outcome(forms.AmountField(), "1000000000000") == "size"


def test_an_ambiguous_amount_offers_its_readings_in_the_language_of_the_page():
    with translation.override("fr"), pytest.raises(ValidationError) as refused:
        forms.AmountField().clean("1.250")

    assert refused.value.params["choices"] == ["1\u202f250,00", "1,25"]


def test_every_reading_that_is_offered_can_be_sent():
    for field in (forms.AmountField(), forms.QuantityField(), forms.PriceField()):
        for text in ("1.250", "12,505", "999,999"):
            with pytest.raises(ValidationError) as refused:
                field.clean(text)
            for choice in refused.value.params["choices"]:
                assert field.clean(choice)


def test_an_optional_amount_left_empty_is_none():
    assert forms.AmountField(required=False).clean("  ") is None
    assert outcome(forms.AmountField(), "") == "required"


def test_an_amount_is_shown_in_the_language_and_what_was_typed_as_typed():
    field = forms.AmountField()

    with translation.override("fr"):
        assert field.prepare_value(Decimal("1250")) == "1\u202f250,00"
        assert field.prepare_value("12,") == "12,"


def test_an_unchanged_amount_counts_as_unchanged_however_it_is_written():
    assert not forms.AmountField().has_changed(Decimal("1250.00"), "1 250,00")
    assert forms.AmountField().has_changed(Decimal("1250.00"), "1 250,01")
    assert forms.AmountField().has_changed(Decimal("1250.00"), "abc")


@pytest.mark.parametrize(("text", "rate"), [("6,5", "0.065"), ("6.5 %", "0.065"), ("21", "0.21"), ("13,07%", "0.1307")])
def test_a_rate_is_typed_as_a_percentage(text, rate):
    assert forms.RateField().clean(text) == Decimal(rate)


TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24/11/2026", date(2026, 11, 24)),
        ("24-11-26", date(2026, 11, 24)),
        ("24.11.2026", date(2026, 11, 24)),
        ("2411", date(2026, 11, 24)),
        ("24112026", date(2026, 11, 24)),
        ("2026-11-24", date(2026, 11, 24)),
        ("1/1", date(2027, 1, 1)),
        ("hier", date(2026, 11, 23)),
        ("Gisteren", date(2026, 11, 23)),
        ("aujourd’hui", date(2026, 11, 24)),
        ("tomorrow", date(2026, 11, 25)),
    ],
)
def test_a_day_can_be_typed_in_many_ways(text, expected):
    assert forms.DayField(today=TODAY).clean(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [("31/02/2026", "calendar"), ("soon", "shape"), ("24/13/2026", "calendar"), ("٢٤/11/2026", "shape")],
)
def test_a_day_that_cannot_be_read_is_refused(text, code):
    assert outcome(forms.DayField(today=TODAY), text) == code


def test_the_choice_of_a_day_is_no_control_within_a_control():
    class Asked(django_forms.Form):
        day = forms.DayField(today=TODAY)

    html = render_to_string("parts/field.html", {"field": Asked()["day"]})

    assert re.search(r"<button[^>]*>(?:(?!</button>).)*<input", html, re.DOTALL) is None
    assert 'data-pick-day="id_day"' in html


def test_a_day_without_a_year_is_the_nearest_one():
    assert typed.day("3112", today=date(2026, 1, 10)) == date(2025, 12, 31)
    assert typed.day("29/2", today=date(2028, 6, 1)) == date(2028, 2, 29)


def test_the_days_of_next_to_a_day_follow_the_clock_when_no_day_is_given(settings):
    settings.REFERENCE_DAY = date(2026, 10, 2)

    assert forms.DayField().clean("hier") == date(2026, 10, 1)


def test_a_month_is_chosen_from_the_list():
    field = forms.MonthField(months=[Month(2026, 10), Month(2026, 11)])

    assert field.clean("2026-11") == Month(2026, 11)
    assert outcome(field, "2026-12") == "invalid_choice"
    assert field.prepare_value(Month(2026, 11)) == field.prepare_value(TODAY) == "2026-11"
    with translation.override("fr"):
        assert list(field.choices) == [("2026-10", "octobre 2026"), ("2026-11", "novembre 2026")]


@pytest.mark.parametrize(
    ("text", "expected"), [("11/2026", Month(2026, 11)), ("2026-11", Month(2026, 11)), ("1-2027", Month(2027, 1))]
)
def test_a_month_can_be_typed(text, expected):
    assert typed.month(text) == expected


@pytest.mark.parametrize("text", ["13/2026", "2026", "november"])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(typed.Unreadable):
        typed.month(text)


def test_numbers_with_check_digits_are_kept_compact_and_refused_when_wrong():
    assert forms.IbanField().clean("BE71 0961 2345 6769") == "BE71096123456769"
    assert forms.IbanField().clean(forms.IbanField().prepare_value("BE71096123456769")) == "BE71096123456769"
    assert outcome(forms.IbanField(), "BE71 0961 2345 6760") == "check"
    assert (
        forms.VatNumberField().clean("BE 0403.170.701")
        == forms.VatNumberField().clean("0403.170.701")
        == "BE0403170701"
    )
    assert forms.VatNumberField().clean("FR 40 303 265 045") == "FR40303265045"
    assert outcome(forms.VatNumberField(), "BE 0403.170.702") == "check"
    assert forms.NissField().clean("85.07.30-033.28") == "85073003328"
    assert outcome(forms.NissField(), "85.07.30-033.29") == "check"


class Draft(forms.Form):
    """A form as apps write them."""

    price = forms.AmountField(label="Price")


def test_a_form_keeps_one_key_and_the_version_through_a_refusal():
    shown = Draft(version=3)
    sent = {
        "idempotency_key": shown["idempotency_key"].value(),
        "row_version": shown["row_version"].value(),
        "price": "1.250",
    }

    refused = Draft(sent)

    assert not refused.is_valid()
    assert refused["idempotency_key"].value() == shown["idempotency_key"].value()
    assert Draft({**sent, "price": "1250"}).is_valid()


def test_a_form_gives_its_key_version_and_values():
    key = uuid.uuid4()
    form = Draft({"idempotency_key": str(key), "row_version": "3", "price": "12,50"})

    assert form.is_valid()
    assert (form.key, form.version, form.values()) == (key, 3, {"price": Decimal("12.50")})


def test_two_forms_never_share_a_key():
    assert Draft()["idempotency_key"].value() != Draft()["idempotency_key"].value()


def test_a_refusal_stands_at_its_field_or_above_the_form():
    form = Draft({"price": "12,50"})
    form.is_valid()

    forms.refuse(
        form, Refused(subject="Order of November", reason="It is too high.", remedy="Ask less.", field="price")
    )
    forms.refuse(form, Refused(subject="Order of November", reason="The month is locked.", remedy="Choose December."))

    assert form.errors["price"] == ["It is too high. Ask less."]
    assert form.non_field_errors() == ["Order of November: The month is locked. Choose December."]


def test_a_refusal_at_a_field_that_the_form_has_not_stands_above_it():
    form = Draft({"price": "12,50"})
    form.is_valid()

    forms.refuse(form, Refused(subject="Order", reason="No.", remedy="Wait.", field="hours"))

    assert form.non_field_errors() == ["Order: No. Wait."]
