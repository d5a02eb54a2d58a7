from dataclasses import replace
from decimal import Decimal

import pytest

from payroll.engine import (
    InvalidFact,
    MissingFact,
    NoLaw,
    OutOfReach,
    UnknownJointCommittee,
    YearMonth,
    gross_for_budget,
    gross_for_net,
    payslip,
)
from tests.payroll.engine.cast import EMPLOYER, LAW, full_timer, lina


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


AMOUNTS = [
    *(("", name) for name in ("gross", "benefit_in_kind", "benefit_in_kind_tax_only", "commuting_exemption")),
    ("", "group_insurance_contribution"),
    *(("work", name) for name in ("weekly_hours", "full_time_weekly_hours", "hours", "full_time_hours")),
    ("costs", "fixed_costs_per_month"),
    ("year", "end_of_year_base"),
    ("year", "double_holiday_pay"),
]
COUNTS = [
    ("employer", "category"),
    ("scale", "experience"),
    *(("household", name) for name in ("children", "disabled_children", "other_dependants", "dependants_65")),
]
FLAGS = [
    ("employer", "commercial_purpose"),
    *(("household", name) for name in ("single_parent", "disabled", "disabled_spouse")),
    *(("costs", name) for name in ("end_of_year_premium", "annual_premium", "eco_vouchers")),
]
CHOICES = [
    ("employer", "headcount_class"),
    ("scale", "scale_class"),
    ("scale", "table"),
    ("household", "kind"),
    ("costs", "holiday_provision"),
    ("quarter", "policy"),
]
KINDS = [
    ("", "month", "YearMonth"),
    ("", "employer", "Employer"),
    ("", "work", "Work"),
    ("", "scale", "Scale"),
    ("", "household", "Household"),
    ("", "costs", "CostPolicy"),
    ("", "quarter", "QuarterSoFar"),
    ("quarter", "months", "tuple"),
    ("", "year", "YearSoFar"),
    ("", "first_hire", "FirstHire"),
]
IMPOSSIBLE = [
    *(
        (group, name, Decimal(value), sentence)
        for group, name in AMOUNTS
        for value, sentence in (
            ("NaN", "is not a number: NaN"),
            ("Infinity", "is not a number: Infinity"),
            ("-0.01", "may not be negative: -0.01"),
            ("0.001", "has more than two decimals: 0.001"),
            ("10000000.00", "is too large: 10000000.00"),
        )
    ),
    *((group, name, 10, "must be a Decimal, not 10") for group, name in AMOUNTS),
    *(
        (group, name, value, sentence)
        for group, name in COUNTS
        for value, sentence in (
            (-1, "must lie between 0 and 99, not -1"),
            (100, "must lie between 0 and 99, not 100"),
            (True, "must be a whole number, not True"),
            (Decimal(1), "must be a whole number, not Decimal('1')"),
        )
    ),
    *((group, name, 1, "must be yes or no (a bool), not 1") for group, name in FLAGS),
    *((group, name, "spread", "must be one of ") for group, name in CHOICES),
    *((group, name, "none", f"must be a {kind}, not 'none'") for group, name, kind in KINDS),
    *(("work", name, Decimal("0.00"), "must be more than zero") for group, name in AMOUNTS if group == "work"),
    ("work", "weekly_hours", Decimal("38.01"), "may not exceed the full-time hours"),
    ("work", "hours", Decimal("38.01"), "may not exceed the full-time hours of the month"),
    ("", "benefit_in_kind", Decimal("1450.01"), "is part of gross and may not exceed it"),
    ("household", "disabled_children", 1, "may not exceed the dependent children"),
    ("household", "single_parent", True, "needs a household without spouse and with a child"),
    ("household", "disabled_spouse", True, "needs a spouse"),
    ("scale", "experience", 0, "begins at 1 year in scale II"),
    ("employer", "category", 2, "must be one of 1, not 2"),
    ("costs", "accident_insurance_rate", Decimal("1.00"), "is a fraction below 1 (0.30 % is 0.0030), not 1.00"),
    ("costs", "accident_insurance_rate", Decimal("-0.0001"), "may not be negative: -0.0001"),
    ("costs", "accident_insurance_rate", 0, "must be a Decimal, not 0"),
]


@pytest.mark.parametrize(("group", "name", "value", "sentence"), IMPOSSIBLE)
def test_a_fact_that_cannot_be_true_is_refused_by_its_name_and_never_rounded(group, name, value, sentence):
    with pytest.raises(InvalidFact) as refusal:
        change(group, name, value)

    fact = f"{group}.{name}" if group else name
    assert str(refusal.value).startswith(f"Lina: the fact {fact} {sentence}")
    assert (refusal.value.label, refusal.value.fact) == ("Lina", fact)


@pytest.mark.parametrize(
    ("group", "name", "value"),
    [
        *((group, name, Decimal("-0.00")) for group, name in AMOUNTS if group != "work" and name != "gross"),
        ("", "gross", Decimal("9999999.99")),
        ("", "gross", Decimal("1450")),
        ("", "benefit_in_kind", Decimal("1450.00")),
        ("work", "weekly_hours", Decimal("38.00")),
        ("work", "hours", Decimal("38.00")),
        ("household", "children", 99),
        ("scale", "experience", 99),
        ("scale", "experience", 1),
        ("costs", "accident_insurance_rate", Decimal("0.999999")),
    ],
)
def test_a_fact_on_its_bound_is_possible(group, name, value):
    change(group, name, value)


def test_scale_one_begins_without_experience():
    change("", "scale", replace(lina().scale, table="I", experience=0))


def test_what_a_household_says_must_agree():
    home = lina().household

    single = replace(home, single_parent=True, children=1, disabled_children=1)
    couple = replace(home, kind="own_income", disabled_spouse=True)

    change("", "household", single)
    change("", "household", couple)
    with pytest.raises(InvalidFact, match="single_parent needs a household without spouse"):
        change("", "household", replace(single, kind="own_income"))
    with pytest.raises(InvalidFact, match="disabled_children may not exceed"):
        change("", "household", replace(single, disabled_children=2))


def test_a_payslip_without_a_name_is_refused():
    with pytest.raises(MissingFact, match="label is missing"):
        replace(lina(), label=" ")


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
