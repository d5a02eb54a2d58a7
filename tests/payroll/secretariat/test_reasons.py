"""What differs between ours and the secretariat's, and why: each reason is found by calculating again, never guessed."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payroll.engine import Facts, Household, YearMonth, payslip
from payroll.secretariat import reconciliation
from payroll.secretariat.amounts import Amounts, of_payslip
from payroll.secretariat.reasons import Reason, likely
from tests.payroll.engine import cast
from tests.payroll.secretariat.build import amounts

CENT = Decimal("0.01")


def facts_of(**changes: Any) -> Facts:
    """A single half-timer, third month of a quarter."""
    return replace(cast.full_timer(gross="1450.00", work=cast.hours("19")), **changes)


def found(facts: Facts, theirs: Amounts) -> dict[str, str]:
    """The differences of a member with the codes of their likely reasons."""
    ours = payslip(facts, cast.LAW)
    differences = reconciliation.differences(of_payslip(ours), theirs)
    return {
        one.code: reason.code if reason else ""
        for one in differences
        for reason in [likely(one, ours=ours, theirs=theirs, facts=facts, law=cast.LAW)]
    }


def reason_of(facts: Facts, theirs: Amounts, code: str) -> Reason | None:
    ours = payslip(facts, cast.LAW)
    one = next(one for one in reconciliation.differences(of_payslip(ours), theirs) if one.code == code)
    return likely(one, ours=ours, theirs=theirs, facts=facts, law=cast.LAW)


def as_under(facts: Facts, other: Facts, *codes: str) -> Amounts:
    """What a secretariat gives that takes some amounts from other facts."""
    ours, theirs = payslip(facts, cast.LAW), payslip(other, cast.LAW)
    return amounts(ours, **{code: theirs[code].amount for code in codes})


def test_equal_to_the_cent_is_no_difference() -> None:
    facts = facts_of()

    assert found(facts, amounts(payslip(facts, cast.LAW))) == {}


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    changes=st.dictionaries(
        st.sampled_from(
            ["gross", "social_contribution", "employment_bonus_a", "withholding_tax", "special_contribution"]
        ),
        st.integers(-200, 200),
    )
)
def test_the_net_differs_by_the_sum_of_the_other_differences_and_needs_no_decision(changes: dict[str, int]) -> None:
    ours = payslip(facts_of(gross=Decimal("2950.00"), work=cast.hours("38")), cast.LAW)
    values = of_payslip(ours)
    theirs = amounts(ours, **{name: values[name] + CENT * change for name, change in changes.items()})

    differences = {one.code: one for one in reconciliation.differences(values, theirs)}

    signs = {"gross": 1, "social_contribution": -1, "employment_bonus_a": 1, "employment_bonus_b": 1,
             "withholding_tax": -1, "special_contribution": -1}  # fmt: skip
    total = sum(sign * differences[code].amount for code, sign in signs.items() if code in differences)
    assert (differences["net"].amount if "net" in differences else 0) == total
    assert all(differences[code].follows for code in ("net", "taxable") if code in differences)
    decided = [one for one in differences.values() if not one.follows]
    assert {one.code for one in decided} == {name for name, change in changes.items() if change}


def test_a_division_by_twelve_that_is_cut_off_is_recognised() -> None:
    facts = next(
        one
        for cents in range(400)
        if (one := cast.full_timer(gross=str(Decimal("3000.00") + CENT * cents)))
        and payslip(one, cast.LAW)["yearly_tax"].amount / 12 < payslip(one, cast.LAW)["withholding_before_bonus"].amount
    )
    ours = payslip(facts, cast.LAW)
    theirs = amounts(ours, withholding_tax=ours["withholding_tax"].amount - CENT)

    assert found(facts, theirs) == {"withholding_tax": "cut_off_twelfth", "net": "follows"}


def test_a_cent_without_a_better_reason_is_a_cent() -> None:
    facts = facts_of()
    ours = payslip(facts, cast.LAW)

    theirs = amounts(ours, employer_contribution=ours["employer_contribution"].amount + CENT)

    assert found(facts, theirs) == {"employer_contribution": "cent"}


def test_what_no_assumption_gives_to_the_cent_has_no_reason() -> None:
    facts = facts_of()
    ours = payslip(facts, cast.LAW)

    theirs = amounts(ours, employer_contribution=ours["employer_contribution"].amount + Decimal("12.34"))

    assert found(facts, theirs) == {"employer_contribution": ""}


def test_the_work_bonus_of_an_earlier_set_is_recognised_with_its_day_and_the_tax_follows() -> None:
    facts = cast.full_timer(gross="3000.00")
    august = replace(facts, month=YearMonth(2026, 8))

    theirs = as_under(facts, august, "employment_bonus_a", "employment_bonus_b")
    later = payslip(august, cast.LAW)
    theirs = replace(theirs, withholding_tax=later["withholding_tax"].amount)
    theirs = replace(theirs, net=theirs.left)

    assert found(facts, theirs) == {
        "employment_bonus_a": "bonus_of_other_set",
        "taxable": "follows",
        "withholding_tax": "other_taxable",
        "net": "follows",
    }
    reason = reason_of(facts, theirs, "employment_bonus_a")
    assert reason is not None
    assert str(reason.values["since"]) == "2026-07-01"


@pytest.mark.parametrize(
    "home",
    [
        replace(cast.SINGLE, children=2),
        replace(cast.SINGLE, kind="no_income"),
        replace(cast.SINGLE, single_parent=True, children=1),
        replace(cast.SINGLE, kind="own_income", children=1),
    ],
)
def test_the_tax_of_another_household_is_recognised(home: Household) -> None:
    facts = cast.full_timer(gross="3400.00")

    theirs = as_under(facts, replace(facts, household=home), "withholding_tax")
    reason = reason_of(facts, theirs, "withholding_tax")

    assert reason is not None
    assert reason.code == "other_household"


def test_the_tax_of_another_year_is_recognised() -> None:
    facts = cast.full_timer(gross="3600.00")

    theirs = as_under(facts, replace(facts, month=YearMonth(2025, 9)), "withholding_tax")
    reason = reason_of(facts, theirs, "withholding_tax")

    assert reason == Reason("tax_of_other_year", {"year": 2025})


def test_the_special_contribution_of_another_column_and_of_the_month_alone() -> None:
    facts = cast.full_timer(gross="3000.00")
    couple = replace(facts, household=replace(facts.household, kind="own_income"))
    quarter = replace(
        facts,
        quarter=replace(
            facts.quarter,
            months=(
                cast.paid(YearMonth(2026, 7), "2500.00", weekly="38", special="13.74"),
                cast.paid(YearMonth(2026, 8), "4200.00", weekly="38", special="40.71"),
            ),
            policy="advance",
        ),
    )

    column = as_under(facts, couple, "special_contribution")
    monthly = as_under(quarter, quarter.alone(), "special_contribution")

    assert reason_of(facts, column, "special_contribution") == Reason("special_of_other_column", {"kind": "own_income"})
    assert reason_of(quarter, monthly, "special_contribution") == Reason("special_by_month")


def test_an_employer_of_another_size_and_a_reduction_inside_the_contributions() -> None:
    facts = facts_of()
    small = replace(facts, employer=replace(facts.employer, headcount_class="<10"))
    ours = payslip(facts, cast.LAW)

    size = as_under(facts, small, "employer_contribution")
    inside = amounts(
        ours,
        employer_contribution=ours["employer_contribution"].amount - ours["structural_reduction"].amount,
        structural_reduction="0.00",
    )

    assert reason_of(facts, size, "employer_contribution") == Reason(
        "employer_class", {"size": "<10", "commercial": True}
    )
    assert found(facts, inside) == {
        "employer_contribution": "reduction_in_contributions",
        "structural_reduction": "reduction_in_contributions",
    }


def test_a_reduction_by_the_month_alone_and_one_that_is_not_held() -> None:
    months = (cast.paid(YearMonth(2026, 7), "2600.00", reduction="30.00"),)
    facts = facts_of(month=YearMonth(2026, 8), quarter=replace(cast.ALONE, months=months, policy="advance"))
    held = replace(facts, quarter=replace(facts.quarter, policy="hold"))

    alone = as_under(facts, facts.alone(), "structural_reduction")
    given = as_under(held, facts, "structural_reduction")
    kept = as_under(facts, held, "structural_reduction")

    assert reason_of(facts, alone, "structural_reduction") == Reason("reduction_by_month")
    assert reason_of(held, given, "structural_reduction") == Reason("reduction_advance")
    assert reason_of(facts, kept, "structural_reduction") == Reason("reduction_hold")


def test_what_follows_from_another_gross_or_other_hours_is_said() -> None:
    facts = facts_of()
    more = facts.with_gross(Decimal("1500.00"))
    shorter = replace(facts, work=replace(facts.work, hours=Decimal("18.00")))

    gross = as_under(facts, more, "gross", "social_contribution", "employment_bonus_a", "employment_bonus_b",
                     "withholding_tax", "special_contribution", "employer_contribution", "structural_reduction")  # fmt: skip
    hours = replace(as_under(facts, shorter, "employment_bonus_a", "employment_bonus_b"), hours=Decimal("78.00"))
    hours = replace(hours, taxable=hours.gross - hours.contribution_due, net=hours.left)

    assert set(found(facts, gross).values()) == {"", "other_gross", "follows"}
    assert found(facts, gross)["gross"] == ""
    assert found(facts, hours)["employment_bonus_a"] == "hours"
    assert found(facts, hours)["employment_bonus_b"] == "hours"


def test_a_contribution_after_the_bonus_is_compared_after_the_bonus() -> None:
    facts = facts_of()
    ours = payslip(facts, cast.LAW)
    due = ours["social_contribution_due"].amount

    theirs = amounts(ours, social_contribution=due, employment_bonus_a=None, employment_bonus_b=None)
    other = replace(theirs, social_contribution=due + CENT, taxable=None)

    assert found(facts, theirs) == {}
    assert found(facts, replace(other, net=other.left)) == {"social_contribution_due": "cent", "net": "follows"}


def test_somebody_whom_only_one_side_pays_is_one_difference() -> None:
    ours = payslip(facts_of(), cast.LAW)
    theirs = amounts(ours)

    (only_ours,) = reconciliation.differences(of_payslip(ours), None)
    (only_theirs,) = reconciliation.differences(None, theirs)

    assert (only_ours.code, only_ours.ours, only_ours.theirs) == ("member", Decimal("1450.00"), None)
    assert (only_theirs.code, only_theirs.ours, only_theirs.theirs) == ("member", None, Decimal("1450.00"))
    for one, code in ((only_ours, "only_ours"), (only_theirs, "only_theirs")):
        reason = likely(one, ours=ours, theirs=theirs, facts=facts_of(), law=cast.LAW)
        assert reason == Reason(code)
