from dataclasses import replace
from decimal import Decimal

import pytest

from payroll.engine import (
    InvalidFact,
    MissingFact,
    NoLaw,
    OutOfReach,
    QuarterFacts,
    QuarterSoFar,
    UnknownJointCommittee,
    YearMonth,
    gross_for_budget,
    gross_for_net,
    payslip,
)
from tests.payroll.engine.cast import EMPLOYER, LAW, full_timer, lina, paid


def test_january_2027_is_refused_with_the_last_confirmed_month():
    with pytest.raises(NoLaw) as refusal:
        payslip(full_timer(month=YearMonth(2027, 1)), LAW)

    assert str(refusal.value) == ("no confirmed value of employment_bonus for 2027-01; last confirmed month is 2026-12")
    assert "pay_scale_pc200" in refusal.value.subjects


def test_january_2025_is_refused_with_the_first_confirmed_month():
    with pytest.raises(LookupError, match="employment_bonus for 2025-01; first confirmed month is 2025-02"):
        payslip(full_timer(month=YearMonth(2025, 1)), LAW)


def test_an_unknown_joint_committee_is_refused_with_a_sentence():
    with pytest.raises(UnknownJointCommittee) as refusal:
        replace(lina(), employer=replace(EMPLOYER, joint_committee="337"))

    assert str(refusal.value) == "Lina: the rules of joint committee 337 are not supplied; known: 200"


def change(group, name, value):
    facts = lina()
    if group == "":
        return replace(facts, **{name: value})
    return replace(facts, **{group: replace(getattr(facts, group), **{name: value})})


FIELDS = [
    ("", "month"),
    ("", "employer"),
    ("", "work"),
    ("", "scale"),
    ("", "household"),
    ("", "gross"),
    ("", "benefit_in_kind"),
    ("", "benefit_in_kind_tax_only"),
    ("", "commuting_exemption"),
    ("", "group_insurance_contribution"),
    ("", "costs"),
    ("", "quarter"),
    ("", "year"),
    *(("employer", name) for name in ("joint_committee", "headcount_class", "commercial_purpose", "category")),
    *(("work", name) for name in ("weekly_hours", "full_time_weekly_hours", "hours", "full_time_hours")),
    *(("scale", name) for name in ("scale_class", "experience", "table")),
    *(
        ("household", name)
        for name in (
            "kind",
            "children",
            "disabled_children",
            "single_parent",
            "disabled",
            "disabled_spouse",
            "other_dependants",
            "dependants_65",
        )
    ),
    *(
        ("costs", name)
        for name in (
            "accident_insurance_rate",
            "fixed_costs_per_month",
            "holiday_provision",
            "end_of_year_premium",
            "annual_premium",
            "eco_vouchers",
        )
    ),
    ("quarter", "months"),
    ("quarter", "policy"),
    ("year", "end_of_year_base"),
    ("year", "double_holiday_pay"),
]


@pytest.mark.parametrize(("group", "name"), FIELDS)
def test_a_missing_fact_is_named_with_the_member(group, name):
    with pytest.raises(MissingFact) as refusal:
        change(group, name, None)

    fact = f"{group}.{name}" if group else name
    assert str(refusal.value) == f"Lina: the fact {fact} is missing"
    assert (refusal.value.label, refusal.value.fact) == ("Lina", fact)


@pytest.mark.parametrize(
    ("group", "name", "value"),
    [
        ("", "gross", Decimal("NaN")),
        ("", "gross", Decimal("Infinity")),
        ("", "gross", Decimal("-0.01")),
        ("", "gross", Decimal("1450.001")),
        ("", "gross", Decimal("10000000.00")),
        ("", "gross", 1450),
        ("", "gross", "1450.00"),
        ("", "month", "2026-09"),
        ("work", "weekly_hours", Decimal("0.00")),
        ("work", "weekly_hours", Decimal("38.01")),
        ("work", "hours", Decimal("38.01")),
        ("work", "hours", Decimal("19.333")),
        ("household", "kind", "married"),
        ("household", "children", -1),
        ("household", "children", True),
        ("household", "disabled_children", 1),
        ("household", "single_parent", True),
        ("household", "disabled", 1),
        ("household", "disabled_spouse", True),
        ("scale", "scale_class", "E"),
        ("scale", "experience", 0),
        ("employer", "headcount_class", "20"),
        ("employer", "category", 2),
        ("costs", "accident_insurance_rate", Decimal("1.00")),
        ("costs", "holiday_provision", "none"),
        ("quarter", "policy", "spread"),
        ("quarter", "policy", "alone"),
    ],
)
def test_a_fact_that_cannot_be_true_is_refused_and_never_rounded(group, name, value):
    with pytest.raises(InvalidFact, match=r"^Lina: the fact "):
        change(group, name, value)


def test_a_payslip_without_a_name_is_refused():
    with pytest.raises(MissingFact, match="label is missing"):
        replace(lina(), label=" ")


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


def test_a_quarter_is_settled_with_its_three_months_only():
    months = tuple(paid(YearMonth(2026, month), "1450.00") for month in (8, 9, 10))

    with pytest.raises(InvalidFact, match="three months of one quarter"):
        QuarterFacts(label="Lina", employer=EMPLOYER, household_kind="single", months=months)


def test_a_budget_under_the_cost_of_no_pay_is_refused():
    facts = replace(lina().alone(), work=replace(lina().work, weekly_hours=Decimal("9.00"), hours=Decimal("9.00")))

    with pytest.raises(OutOfReach, match=r"a gross of 0\.00 already has a cost"):
        gross_for_budget(Decimal("10.00"), facts, LAW)


@pytest.mark.parametrize("amount", ["NaN", "-1.00", "1.001", "99000000.00"])
def test_an_impossible_target_is_refused_and_never_clamped(amount):
    with pytest.raises(OutOfReach):
        gross_for_budget(Decimal(amount), lina(), LAW)
    with pytest.raises(OutOfReach):
        gross_for_net(Decimal(amount), lina(), LAW)


@pytest.mark.parametrize("text", ["2026-13", "2026", "2026/09", "Sept 2026", "2026-09-01-02"])
def test_a_month_that_does_not_exist_is_refused(text):
    with pytest.raises(ValueError, match="month"):
        YearMonth.parse(text)
