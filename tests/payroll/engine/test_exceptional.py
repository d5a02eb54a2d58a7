"""Payments beside the month's pay. Annex III of the royal decree on withholding tax, nos 53-55; ONSS, holiday pay."""

from dataclasses import fields, replace
from decimal import Decimal
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payroll.engine import (
    AnnualPremium,
    DoubleHolidayPay,
    EndOfYearPremium,
    ExceptionalPayslip,
    ExitHolidayPay,
    InvalidFact,
    MissingFact,
    NoLaw,
    OtherPremium,
    UnknownJointCommittee,
    YearMonth,
    recompute,
)
from payroll.engine.rounding import cents
from payroll.engine.rules import exceptional_payment
from payroll.engine.sheet import Sheet
from tests.payroll.engine.cast import EMPLOYER, LAW, SINGLE, ZERO, exceptional, exceptional_payments, pay_beside


def amount(payment, code, **options):
    return pay_beside(exceptional(payment, **options))[code].amount


def test_the_end_of_year_premium_of_the_worked_example():
    slip = pay_beside(exceptional(EndOfYearPremium(monthly_pay=D("2650.00"), months=12), pay="2650.00"))

    assert slip["exceptional_contribution"].amount == D("346.36")
    assert slip["reference_pay"].amount == D("27643.68")
    assert slip["exceptional_rate"].amount == D("0.4038")
    assert slip["exceptional_tax"].amount == D("930.21")
    assert slip["exceptional_net"].amount == D("1373.43")
    assert slip["exceptional_employer_contribution"].amount == D("729.83")


def test_the_end_of_year_premium_follows_the_months_worked():
    assert amount(EndOfYearPremium(monthly_pay=D("2650.00"), months=7), "exceptional_payment") == D("1545.83")


def test_double_holiday_pay_bears_the_contribution_on_85_of_its_92_parts_and_none_of_the_employer():
    slip = pay_beside(exceptional(DoubleHolidayPay(monthly_pay=D("2800.00"), months=12), pay="2800.00"))

    assert slip["exceptional_payment"].amount == D("2576.00")
    assert slip["holiday_contribution_base"].amount == D("2380.00")
    assert slip["exceptional_contribution"].amount == D("311.07")
    assert "exceptional_employer_contribution" not in slip
    assert slip["exceptional_cost"].amount == D("2576.00")


def test_holiday_pay_on_leaving_is_simple_and_double_and_only_the_simple_bears_the_employers_contributions():
    slip = pay_beside(exceptional(ExitHolidayPay(earned_this_year=D("20000.00"), earned_before=D("0.00"))))

    assert slip["exit_holiday_pay_simple"].amount == slip["exit_holiday_pay_double"].amount == D("1534.00")
    assert slip["exit_contribution_simple"].amount == D("200.49")
    assert slip["exit_contribution_double"].amount == D("177.75")
    assert slip["contributory_payment"].amount == D("1534.00")
    assert [finding.values for finding in slip.findings] == [{}, {"parameter": "exceptional_payment.exit.bearing"}]


def test_the_annual_premium_follows_hours_and_months():
    half = AnnualPremium(weekly_hours=D("19"), full_time_weekly_hours=D("38"), months=6)

    assert amount(half, "annual_premium", month=YearMonth(2026, 6)) == D("165.42")
    assert amount(half, "exceptional_payment", month=YearMonth(2026, 6)) == D("82.71")


ROWS = {
    2025: ["10415", "13330", "16960", "20340", "23020", "25710", "31070", "33810", "44770", "58460"],
    2026: ["10675", "13660", "17375", "20840", "23580", "26340", "31830", "34640", "45860", "59900"],
}
HOLIDAY = ["0", "0.1917", "0.2120", "0.2625", "0.3130", "0.3433", "0.3634", "0.3937", "0.4239", "0.4744", "0.5350"]
OTHER = ["0", "0.2322", "0.2523", "0.3028", "0.3533", "0.3836", "0.4038", "0.4341", "0.4644", "0.5148", "0.5350"]


def taxed(reference, *, year, column, children=0, amount=D("1000.00")):
    """The sheet of a payment without contribution, at a given reference pay."""
    sheet = Sheet(law=LAW.on(YearMonth(year, 6)))
    sheet.euros("exceptional_payment", amount)
    sheet.euros("exceptional_contribution", D("0.00"))
    sheet.euros("reference_pay", D(reference))
    exceptional_payment.withholding_tax(sheet, column=column, household=replace(SINGLE, children=children))
    return sheet


@pytest.mark.parametrize("year", ROWS)
@pytest.mark.parametrize(("column", "rates"), [("holiday", HOLIDAY), ("other", OTHER)])
def test_the_bound_of_a_row_belongs_to_it_and_the_next_cent_to_the_next(year, column, rates):
    for at, bound in enumerate(ROWS[year]):
        on, above = (taxed(D(bound) + more, year=year, column=column) for more in (D("0.00"), D("0.01")))

        assert on["exceptional_rate"].amount == D(rates[at])
        assert above["exceptional_rate"].amount == D(rates[at + 1])


EXEMPT = {
    2025: ["18400", "21930", "28270", "35330", "42390", "49450", "56510", "63570", "70630", "77690", "84750", "91810"],
    2026: ["18858", "22470", "28960", "36200", "43440", "50680", "57920", "65160", "72400", "79640", "86880", "94120"],
}
REDUCED_UP_TO = {
    2025: ["28245", "28245", "31070", "36720", *["39550"] * 8],
    2026: ["28940", "28940", "31835", "37625", *["40520"] * 8],
}
REDUCTIONS = ["0.075", "0.20", "0.35", "0.55", *["0.75"] * 8]


@pytest.mark.parametrize("year", EXEMPT)
def test_what_the_reference_pay_lacks_to_the_limit_is_exempt(year):
    for children, limit in enumerate(EXEMPT[year], start=1):
        room = taxed(D(limit) - D("0.37"), year=year, column="other", children=children)["exempt_room"]
        none = taxed(D(limit) + D("0.01"), year=year, column="other", children=children)["exempt_room"]

        assert (room.amount, none.amount) == (D("0.37"), D("0.00"))


@pytest.mark.parametrize("year", REDUCED_UP_TO)
def test_the_tax_is_lowered_for_children_up_to_a_reference_pay(year):
    for children, limit in enumerate(REDUCED_UP_TO[year], start=1):
        on, above = (
            taxed(D(limit) + more, year=year, column="other", children=children, amount=D("100000.00"))
            for more in (D("0.00"), D("0.01"))
        )

        full = on["exceptional_taxable"].amount * on["exceptional_rate"].amount
        assert on["exceptional_tax"].amount == cents(full * (1 - D(REDUCTIONS[children - 1])))
        assert above["exceptional_tax"].rule == "rate"


def test_a_disabled_child_counts_twice_and_more_than_twelve_count_as_twelve():
    premium = OtherPremium(amount=D("900.00"))

    def room(**home):
        return amount(premium, "exempt_room", pay="1500.00", **home)

    assert room(children=1, disabled_children=1) == room(children=2)
    assert room(children=13) == room(children=12)


def test_what_nothing_outside_has_confirmed_is_reported():
    slip = pay_beside(exceptional(OtherPremium(amount=D("900.00")), children=1, disabled_children=1))

    assert [finding.code for finding in slip.findings] == ["reference_pay_to_confirm", "no_outside_result"]


@settings(max_examples=150)
@given(
    gross=st.decimals("0.01", "20000", places=2),
    pay=st.decimals("100", "9000", places=2),
    children=st.integers(0, 15),
    months=st.integers(1, 12),
    month=st.sampled_from([YearMonth(2025, 6), YearMonth(2025, 12), YearMonth(2026, 6), YearMonth(2026, 12)]),
)
def test_contribution_tax_and_net_make_the_payment_and_every_figure_recombines(gross, pay, children, months, month):
    for payment in (
        OtherPremium(amount=gross),
        EndOfYearPremium(monthly_pay=gross, months=months),
        DoubleHolidayPay(monthly_pay=gross, months=months),
        ExitHolidayPay(earned_this_year=gross, earned_before=Decimal("0.00")),
    ):
        slip = pay_beside(exceptional(payment, pay=str(pay), children=children, month=month))

        parts = ("exceptional_contribution", "exceptional_tax", "exceptional_net")
        assert sum(slip[code].amount for code in parts) == slip["exceptional_payment"].amount
        assert all(slip[code].amount >= 0 for code in parts)
        assert slip["exceptional_cost"].amount >= slip["exceptional_payment"].amount
        assert all(recompute(figure) == figure.amount for figure in slip.figures)


def test_a_payment_is_stored_and_read_back_whole():
    for slip in exceptional_payments():
        assert ExceptionalPayslip.from_json(slip.to_json()) == slip


PAYMENTS = (
    EndOfYearPremium(monthly_pay=D("2000.00"), months=12),
    AnnualPremium(weekly_hours=D("19.00"), full_time_weekly_hours=D("38.00"), months=12),
    DoubleHolidayPay(monthly_pay=D("2000.00"), months=12),
    ExitHolidayPay(earned_this_year=D("100.00"), earned_before=D("100.00")),
    OtherPremium(amount=D("500.00")),
)
EACH_FACT = [(payment, one.name) for payment in PAYMENTS for one in fields(payment)]


@pytest.mark.parametrize(("payment", "name"), EACH_FACT)
def test_each_fact_of_each_payment_is_needed_and_refused_by_its_name(payment, name):
    """None is missing; below zero and finer than a cent cannot be."""
    with pytest.raises(MissingFact, match=f"^Aline: the fact payment.{name} is missing$") as missing:
        exceptional(replace(payment, **{name: None}))
    refusals = [missing]
    for value in (-1, 1000, True) if name == "months" else (D("-0.01"), D("10.005"), 10):
        with pytest.raises(InvalidFact, match=f"^Aline: the fact payment.{name} ") as refusal:
            exceptional(replace(payment, **{name: value}))
        refusals.append(refusal)

    assert {one.value.fact for one in refusals} == {f"payment.{name}"}


@pytest.mark.parametrize(
    ("payment", "fact", "sentence"),
    [
        (OtherPremium(amount=D("0.00")), "payment.amount", "must be more than zero"),
        (EndOfYearPremium(monthly_pay=D("0.00"), months=1), "payment.monthly_pay", "must be more than zero"),
        (EndOfYearPremium(monthly_pay=D("2000.00"), months=13), "payment.months", "must lie between 1 and 12, not 13"),
        (DoubleHolidayPay(monthly_pay=D("2000.00"), months=0), "payment.months", "must lie between 1 and 12, not 0"),
        (replace(PAYMENTS[1], months=13), "payment.months", "must lie between 1 and 12, not 13"),
        (replace(PAYMENTS[1], weekly_hours=D("0.00")), "payment.weekly_hours", "must be more than zero"),
        (
            replace(PAYMENTS[1], full_time_weekly_hours=D("0.00")),
            "payment.full_time_weekly_hours",
            "must be more than zero",
        ),
        (
            replace(PAYMENTS[1], weekly_hours=D("38.01")),
            "payment.weekly_hours",
            "may not exceed the full-time hours",
        ),
        (
            ExitHolidayPay(earned_this_year=D("0.00"), earned_before=D("0.00")),
            "payment.earned_this_year",
            "must be more than zero, or pay earned before",
        ),
        ("a bonus", "payment", "is of no known kind: 'a bonus'"),
    ],
)
def test_an_impossible_fact_is_refused_with_its_name(payment, fact, sentence):
    with pytest.raises(InvalidFact, match=f"^Aline: the fact {fact} {sentence}$") as refusal:
        exceptional(payment)

    assert refusal.value.fact == fact


@pytest.mark.parametrize(
    "payment",
    [
        replace(PAYMENTS[1], weekly_hours=D("38.00")),
        ExitHolidayPay(earned_this_year=D("100.00"), earned_before=D("0.00")),
        ExitHolidayPay(earned_this_year=D("0.00"), earned_before=D("100.00")),
        PAYMENTS[3],
    ],
)
def test_full_time_hours_and_pay_of_one_of_two_years_are_possible(payment):
    assert pay_beside(exceptional(payment))["exceptional_payment"].amount > 0


def test_the_facts_beside_the_payment_are_needed_and_refused_by_their_name():
    facts = exceptional(PAYMENTS[0])

    for name in ("label", "month", "employer", "household", "normal_monthly_pay", "payment"):
        with pytest.raises(MissingFact) as missing:
            replace(facts, **{name: None})
        assert missing.value.fact == name
    for name, value in (("month", "2026-12"), ("normal_monthly_pay", ZERO), ("provided", D("0.001"))):
        with pytest.raises(InvalidFact) as refused:
            replace(facts, **{name: value})
        assert refused.value.fact == name


def test_an_unknown_committee_and_a_month_without_law_are_refused():
    premium = OtherPremium(amount=D("500.00"))

    with pytest.raises(UnknownJointCommittee):
        replace(exceptional(premium), employer=replace(EMPLOYER, joint_committee="124"))
    with pytest.raises(NoLaw, match="2027-01"):
        pay_beside(exceptional(premium, month=YearMonth(2027, 1)))


def test_what_was_set_aside_pays_first_and_never_more_than_the_cost():
    premium = EndOfYearPremium(monthly_pay=D("2650.00"), months=12)

    short = pay_beside(exceptional(premium, provided="3000.00"))
    ample = pay_beside(exceptional(premium, provided="3500.00"))

    assert short["exceptional_cost"].amount == D("3379.83")
    assert (short["exceptional_provision_used"].amount, short["exceptional_cost_left"].amount) == (
        D("3000.00"),
        D("379.83"),
    )
    assert (ample["exceptional_provision_used"].amount, ample["exceptional_cost_left"].amount) == (
        D("3379.83"),
        D("0.00"),
    )
    assert "exceptional_provided" not in pay_beside(exceptional(premium))


def test_what_was_set_aside_is_an_amount_of_cents_not_below_zero():
    for wrong in ("-0.01", "0.001"):
        with pytest.raises(InvalidFact, match="provided"):
            exceptional(EndOfYearPremium(monthly_pay=D("2650.00"), months=12), provided=wrong)


def test_the_taxable_payment_is_what_contribution_leaves_whatever_is_exempt_for_children():
    slip = pay_beside(exceptional(DoubleHolidayPay(monthly_pay=D("1500.00"), months=12), pay="1500.00", children=2))

    assert slip["exempt_room"].amount > 0
    taxable = slip["exceptional_payment"].amount - slip["exceptional_contribution"].amount
    assert slip["exceptional_taxable_payment"].amount == taxable
