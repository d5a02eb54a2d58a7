"""What is told of a quarter: its earlier months, as paid, and the quarter that is settled."""

from dataclasses import fields, replace
from decimal import Decimal

import pytest

from payroll.engine import (
    FirstHire,
    InvalidFact,
    MissingFact,
    PaidMonth,
    QuarterFacts,
    QuarterSoFar,
    UnknownJointCommittee,
    YearMonth,
)
from tests.payroll.engine.cast import EMPLOYER, ZERO, lina, paid

JULY, AUGUST, SEPTEMBER = (YearMonth(2026, month) for month in (7, 8, 9))
PAID = [one.name for one in fields(PaidMonth)]
SIGNED = ["reduction", "special_contribution", "first_hire_reduction"]
SETTLED = ["settled_reduction", "settled_first_hire_reduction", "settled_special_contribution"]


def with_august(**changes):
    """Lina in September, after an August that was paid otherwise."""
    months = (lina().quarter.months[0], replace(paid(AUGUST, "1450.00"), **changes))
    return replace(lina(), quarter=QuarterSoFar(months=months, policy="advance"))


def quarter(**changes):
    """The settlement of Lina's third quarter of 2026."""
    months = tuple(paid(month, "1450.00") for month in (JULY, AUGUST, SEPTEMBER))
    return QuarterFacts(
        **{"label": "Lina", "employer": EMPLOYER, "household_kind": "single", "months": months, **changes}
    )


# --- the earlier months -----------------------------------------------------------------------------------------------


def test_a_month_priced_alone_has_no_earlier_months():
    with pytest.raises(
        InvalidFact, match=r"^Lina: the fact quarter\.months must be empty when the month is priced alone$"
    ):
        replace(lina(), quarter=replace(lina().quarter, policy="alone"))


def test_every_earlier_month_of_the_quarter_is_needed():
    only_july = QuarterSoFar(months=(paid(YearMonth(2026, 7), "1450.00"),), policy="advance")

    with pytest.raises(MissingFact, match=r"^Lina: the fact quarter\.months for 2026-08 is missing$"):
        replace(lina(), quarter=only_july)


def test_a_month_of_another_quarter_is_refused():
    june = paid(YearMonth(2026, 6), "1450.00")

    with pytest.raises(InvalidFact, match="earlier months of the quarter of 2026-09"):
        replace(lina(), quarter=QuarterSoFar(months=(june, *lina().quarter.months), policy="advance"))


def test_pay_without_hours_is_refused_in_an_earlier_month():
    august = replace(paid(YearMonth(2026, 8), "1450.00"), hours=Decimal("0.00"))
    months = (lina().quarter.months[0], august)

    with pytest.raises(InvalidFact, match="hours of 2026-08"):
        replace(lina(), quarter=QuarterSoFar(months=months, policy="advance"))


@pytest.mark.parametrize("name", [name for name in PAID if name != "month"])
def test_each_fact_of_an_earlier_month_is_needed_and_named_with_its_month(name):
    with pytest.raises(MissingFact) as refusal:
        with_august(**{name: None})

    assert str(refusal.value) == f"Lina: the fact {name} of 2026-08 in quarter.months is missing"


@pytest.mark.parametrize("name", [name for name in PAID if name != "month"])
@pytest.mark.parametrize(
    ("value", "sentence"), [(Decimal("0.001"), "has more than two"), (1, "must be a Decimal, not 1")]
)
def test_each_amount_of_an_earlier_month_is_in_whole_cents(name, value, sentence):
    with pytest.raises(InvalidFact, match=f"^Lina: the fact {name} of 2026-08 in quarter.months {sentence}"):
        with_august(**{name: value})


@pytest.mark.parametrize("name", ["gross", "hours", "full_time_hours"])
def test_pay_and_hours_of_an_earlier_month_are_not_below_zero(name):
    with pytest.raises(InvalidFact, match=f"the fact {name} of 2026-08 in quarter.months may not be negative"):
        with_august(**{name: Decimal("-0.01")})


@pytest.mark.parametrize("name", SIGNED)
def test_what_an_earlier_month_gave_or_withheld_may_be_below_zero(name):
    with_august(**{name: Decimal("-0.01")})


def test_an_earlier_month_has_no_more_hours_than_full_time():
    with_august(hours=Decimal("38.00"))
    with pytest.raises(InvalidFact, match=r"the fact hours of 2026-08 in quarter\.months may not exceed the full-time"):
        with_august(hours=Decimal("38.01"))


def test_a_month_without_employment_is_given_with_nothing():
    with_august(gross=ZERO, hours=ZERO, full_time_hours=ZERO)


@pytest.mark.parametrize(
    ("months", "sentence"),
    [
        ((None,), "quarter.months is missing"),
        (("July",), "quarter.months must be a PaidMonth, not 'July'"),
        ((replace(paid(JULY, "1450.00"), month=None),), "quarter.months.month is missing"),
        ((replace(paid(JULY, "1450.00"), month="2026-07"),), "quarter.months.month must be a YearMonth, not '2026-07'"),
        ((paid(AUGUST, "1450.00"), paid(JULY, "1450.00")), "quarter.months must be the earlier months"),
        ((paid(JULY, "1.00"), paid(AUGUST, "1.00"), paid(AUGUST, "1.00")), "quarter.months must be the earlier months"),
    ],
)
def test_earlier_months_are_months_in_their_order(months, sentence):
    with pytest.raises((MissingFact, InvalidFact), match=f"^Lina: the fact {sentence}"):
        replace(lina(), quarter=QuarterSoFar(months=months, policy="advance"))


# --- the quarter that is settled --------------------------------------------------------------------------------------


def test_a_quarter_is_settled_with_its_three_months_only():
    months = tuple(paid(YearMonth(2026, month), "1450.00") for month in (8, 9, 10))

    with pytest.raises(InvalidFact, match="three months of one quarter"):
        QuarterFacts(label="Lina", employer=EMPLOYER, household_kind="single", months=months)


def test_each_fact_of_a_settled_quarter_is_needed_and_named():
    for name in ("label", "employer", "household_kind", "months", *SETTLED):
        with pytest.raises(MissingFact) as refusal:
            quarter(**{name: None})
        assert refusal.value.fact == {"months": "quarter.months"}.get(name, name)
    with pytest.raises(MissingFact, match=r"^Lina: the fact quarter\.months is missing$"):
        quarter(months=())


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("household_kind", "married", "household_kind must be one of single, "),
        ("months", [], "quarter.months must be a tuple"),
        ("months", (None,), "quarter.months is missing"),
        ("months", tuple(paid(month, "0.00", weekly="0") for month in (JULY, AUGUST, SEPTEMBER)), "quarter.months must have hours"),
        ("months", tuple(paid(month, "1.00") for month in (JULY, AUGUST)), "quarter.months must be the three months"),
        ("months", tuple(paid(month, "1.00") for month in (AUGUST, JULY, SEPTEMBER)), "quarter.months must be the three"),
        ("first_hire", FirstHire(rank=6, quarter=1), "first_hire.rank must be one of 1, 2, 3, 4, 5"),
        *((name, Decimal("0.001"), f"{name} has more than two decimals") for name in SETTLED),
        *((name, 1, f"{name} must be a Decimal") for name in SETTLED),
    ],
)  # fmt: skip
def test_what_a_settled_quarter_cannot_be_is_refused_by_its_name(name, value, sentence):
    with pytest.raises((MissingFact, InvalidFact), match=f"^Lina: the fact {sentence}"):
        quarter(**{name: value})


def test_a_quarter_is_settled_for_a_committee_with_rules_and_with_hours_in_one_month_at_least():
    one = (paid(JULY, "0.00", weekly="0"), paid(AUGUST, "0.00", weekly="0"), paid(SEPTEMBER, "1450.00"))

    quarter(months=one, **{name: Decimal("-0.01") for name in SETTLED})
    with pytest.raises(UnknownJointCommittee, match="Lina: the rules of joint committee 337 are not supplied"):
        quarter(employer=replace(EMPLOYER, joint_committee="337"))
