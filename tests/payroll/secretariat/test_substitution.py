"""A payslip with the secretariat's amounts: the same figures, each with its explanation, so that all that reads pay reads it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payroll import journal, slips
from payroll.engine import FirstHire, Payslip, payslip, recompute
from payroll.secretariat.amounts import COMPONENTS, of_payslip
from payroll.secretariat.substitution import with_results
from tests.payroll.engine import cast
from tests.payroll.secretariat.build import amounts

EUR = Decimal
several = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def ours_of(gross: str = "3000.00", weekly: str = "38") -> Payslip:
    """A payslip of September 2026."""
    return payslip(cast.full_timer(gross=gross, work=cast.hours(weekly)), cast.LAW)


@several
@given(
    cents=st.dictionaries(
        st.sampled_from([code for code in COMPONENTS if code not in ("net", "taxable")]), st.integers(-3000, 3000)
    )
)
def test_every_component_is_the_secretariats_and_every_figure_adds_up(cents: dict[str, int]) -> None:
    ours = ours_of()
    values = of_payslip(ours)
    theirs = amounts(ours, **{code: values[code] + EUR("0.01") * number for code, number in cents.items()})

    made = with_results(ours, theirs)

    assert {code: journal.amount(made, code) for code in COMPONENTS} == {
        code: getattr(theirs, code) for code in COMPONENTS
    }
    assert all(recompute(figure) == figure.amount for figure in made.figures)
    assert Payslip.from_json(made.to_json()) == made
    pay = journal.result(made)
    assert pay.costs.gross == pay.contribution + pay.withholding + pay.special_contribution + pay.net
    assert pay.costs.total == made["employer_cost"].amount


def test_our_own_amounts_leave_costs_and_provisions_as_they_are() -> None:
    ours = ours_of("1450.00", "19")

    made = with_results(ours, amounts(ours))

    kept = (
        "employer_cost",
        "wage_cost",
        "net",
        "taxable",
        "end_of_year_base",
        "provision.holiday_pay",
        "accident_insurance",
    )
    assert {code: made[code].amount for code in kept} == {code: ours[code].amount for code in kept}


def test_what_only_led_to_our_amounts_is_left_out_and_every_line_is_said_in_words() -> None:
    ours = ours_of()

    made = with_results(ours, amounts(ours, withholding_tax="400.00"))

    assert "yearly_tax" in ours
    assert "yearly_tax" not in made
    assert "withholding_before_bonus" not in made
    lines = [*slips.to_net(made), *slips.to_cost(made)]
    assert [row.explanation.code for row in slips.to_net(made)] == [
        "gross", "social_contribution", "employment_bonus_a", "taxable", "withholding_tax", "special_contribution", "net",
    ]  # fmt: skip
    assert all(row.explanation.sentence for row in lines)
    tax = next(row for row in lines if row.explanation.code == "withholding_tax")
    assert tax.explanation.sentence == "As the social secretariat calculated it."


def test_provisions_rest_on_the_gross_that_is_posted() -> None:
    ours, more = ours_of("3000.00"), ours_of("3100.00")

    made = with_results(
        ours, amounts(ours, gross="3100.00", employer_contribution=more["employer_contribution"].amount)
    )

    for code in ("provision.holiday_pay", "provision.end_of_year", "accident_insurance"):
        assert made[code].amount == more[code].amount, code


def test_a_bonus_inside_the_contribution_gives_the_same_contribution_due() -> None:
    ours = ours_of("1450.00", "19")
    due = ours["social_contribution_due"].amount

    made = with_results(
        ours, replace(amounts(ours), social_contribution=due, employment_bonus_a=None, employment_bonus_b=None)
    )

    assert made["social_contribution_due"].amount == due
    assert made["net"].amount == ours["net"].amount


@pytest.mark.parametrize("hired", [False, True])
def test_a_reduction_of_a_first_hire_lowers_the_cost_whether_or_not_ours_has_one(hired: bool) -> None:
    facts = cast.full_timer()
    facts = replace(facts, first_hire=FirstHire(rank=2, quarter=1)) if hired else facts
    ours = payslip(facts, cast.LAW)

    made = with_results(ours, amounts(ours, first_hire_reduction="100.00"))

    assert ("first_hire_reduction" in ours) is hired
    reductions = made["structural_reduction"].amount + EUR("100.00")
    assert made["wage_cost"].amount == made["gross"].amount + made["employer_contribution"].amount - reductions
    assert journal.result(made).costs.total == made["employer_cost"].amount
    assert Payslip.from_json(made.to_json()) == made
