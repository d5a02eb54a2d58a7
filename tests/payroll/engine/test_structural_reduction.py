from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest

from payroll.engine import QuarterFacts, QuarterSoFar, YearMonth, settle_quarter
from payroll.engine.rounding import cents
from tests.payroll.engine.cast import EMPLOYER, LAW, ZERO, amount, found, full_timer, hours, lina, paid, pay

JULY, AUGUST, SEPTEMBER = (YearMonth(2026, month) for month in (7, 8, 9))


def given_by_month(grosses, *, policy, weekly="19", start=7):
    """The reductions of three months paid one after the other under a policy."""
    months, given = [], []
    for at, gross in enumerate(grosses):
        facts = replace(
            full_timer(gross=gross, month=YearMonth(2026, start + at), work=hours(weekly)),
            quarter=QuarterSoFar(months=tuple(months), policy=policy),
        )
        reduction = amount(facts, "structural_reduction")
        given.append(str(reduction))
        months.append(paid(facts.month, gross, reduction=str(reduction), weekly=weekly))
    return given, months


def settled(months, *, kind="single"):
    facts = QuarterFacts(label="Lina", employer=EMPLOYER, household_kind=kind, months=tuple(months))
    return settle_quarter(facts, LAW)


@pytest.mark.parametrize(
    ("grosses", "expected"),
    [
        (("1450.00", "1450.00", "1450.00"), ["114.93", "114.93", "114.93"]),
        (("1200.00", "1450.00", "1700.00"), ["203.43", "114.93", "26.43"]),
        (("900.00", "1450.00", "2000.00"), ["309.63", "114.93", "-79.77"]),
    ],
)
def test_advanced_reductions_follow_the_pay_to_date_and_end_on_the_remainder(grosses, expected):
    given, _ = given_by_month(grosses, policy="advance")

    assert given == expected


@pytest.mark.parametrize(
    ("gross", "expected"),
    [("900.00", "309.63"), ("1200.00", "203.43"), ("1450.00", "114.93"), ("1700.00", "40.96"), ("2000.00", "0.00")],
)
def test_a_month_taken_alone_gives_a_third_of_three_such_months(gross, expected):
    assert amount(lina().alone().with_gross(Decimal(gross)), "structural_reduction") == Decimal(expected)


@pytest.mark.parametrize("policy", ["hold", "advance"])
@pytest.mark.parametrize("grosses", [("1450.00",) * 3, ("900.00", "1450.00", "2000.00")])
def test_both_policies_give_the_quarters_reduction_in_the_end(policy, grosses):
    given, months = given_by_month(grosses, policy=policy)

    assert sum(map(Decimal, given)) == Decimal("344.79")
    assert settled(months)["structural_reduction_correction"].amount == ZERO


def test_a_held_reduction_is_given_whole_in_the_third_month():
    given, _ = given_by_month(("1450.00",) * 3, policy="hold")

    assert given == ["0.00", "0.00", "344.79"]


def test_a_settled_quarter_corrects_what_was_given_month_by_month():
    months = [
        paid(JULY, "1200.00", reduction="203.43"),
        paid(AUGUST, "1450.00", reduction="114.93"),
        paid(SEPTEMBER, "1700.00", reduction="40.96"),
    ]

    assert settled(months)["structural_reduction_correction"].amount == Decimal("-14.53")


def test_a_member_who_starts_in_august_has_two_thirds_of_the_quarter():
    before = paid(JULY, "0.00", weekly="0")
    facts = replace(lina(), month=AUGUST, quarter=QuarterSoFar(months=(before,), policy="advance"))

    slip = pay(facts)

    assert f"{slip['working_time_share'].amount:.12f}" == "0.333333333333"
    assert slip["quarter_full_time_pay"].amount == Decimal("8700.00")
    assert slip["structural_reduction_quarter"].amount == Decimal("229.86")
    assert slip["structural_reduction"].amount == Decimal("114.93")


# µ = 0.2749, 0.275, 0.55, 0.80 of 40 full-time hours, in hundredths of an hour.
@pytest.mark.parametrize(
    ("weekly", "rule", "factor"),
    [
        ("10.99", "parameter", "0"),
        ("11.00", "parameter", "1.18"),
        ("21.99", "parameter", "1.18"),
        ("22.00", "rising_factor", "1.18"),
        ("31.99", "rising_factor", "1.24993"),
        ("32.00", "inverse", "1.25"),
        ("40.00", "inverse", "1"),
    ],
)
def test_the_factor_changes_at_each_share_of_full_time(weekly, rule, factor):
    figure = pay(full_timer(gross="1500.00", work=hours(weekly, "40")))["working_time_factor"]

    assert (figure.rule, figure.amount) == (rule, Decimal(factor))


def test_under_27_5_percent_the_reduction_is_lost_and_a_finding_says_so():
    lost = pay(full_timer(gross="715.00", work=hours("10.99", "40")))
    kept = pay(full_timer(gross="715.00", work=hours("11.00", "40")))

    assert lost["structural_reduction"].amount == ZERO
    assert "structural_reduction_lost" in found(lost)
    assert "structural_reduction_lost" not in found(kept)


def test_the_wage_cost_falls_where_the_reduction_starts():
    """Full-time 2600.00 at µ = 0.275: the contributions of 715.00 less a reduction of 92.42."""
    slip = pay(full_timer(gross="715.00", work=hours("11.00", "40")))

    assert slip["structural_reduction"].amount == Decimal("92.42")
    assert slip["wage_cost"].amount == Decimal("819.49")


def test_from_four_fifths_on_the_full_reduction_is_given():
    four_fifths = pay(full_timer(gross="2080.00", work=hours("32", "40")))
    full_time = pay(full_timer(gross="2600.00", work=hours("40", "40")))

    assert four_fifths["structural_reduction"].amount == Decimal("284.80")
    assert full_time["structural_reduction"].amount == Decimal("284.80")


def test_hours_that_do_not_divide_evenly_keep_half_cents_exact():
    """31 of 38 hours: R is given whole, so 1 / µ × µ must not lose the half cent."""
    slip = pay(full_timer(gross="2000.00", work=hours("31", "38")))

    exact = slip["structural_reduction_full_time"].amount
    assert slip["structural_reduction_quarter"].amount == exact.quantize(Decimal("0.01"), "ROUND_HALF_UP")


@pytest.mark.parametrize(
    ("gross", "contribution", "reduction", "wage_cost"),
    [
        ("2233.61", "615.13", "394.71", "2454.03"),
        ("2500.00", "688.50", "314.80", "2873.70"),
        ("3000.00", "826.20", "164.80", "3661.40"),
        ("3246.05", "893.97", "90.98", "4049.04"),
        ("3500.00", "963.90", "55.43", "4408.47"),
        ("3895.91", "1072.94", "0.00", "4968.85"),
    ],
)
def test_the_wage_cost_of_a_full_timer_in_the_third_quarter_of_2026(gross, contribution, reduction, wage_cost):
    slip = pay(full_timer(gross=gross))

    assert slip["employer_contribution"].amount == Decimal(contribution)
    assert slip["structural_reduction"].amount == Decimal(reduction)
    assert slip["wage_cost"].amount == Decimal(wage_cost)


@pytest.mark.parametrize(
    ("gross", "worked", "reduction"),
    [
        ("500.00", "2744.39", "375.00"),
        ("1935.99", "1452.00", "1451.99"),
        ("1936.00", None, "1451.99"),
        ("0.01", "3194.38", "0.01"),
    ],
)
def test_the_reduction_of_a_known_quarter_never_exceeds_its_base_contribution(gross, worked, reduction):
    """25 % of three months; the steps of the limit are written only where it is reached."""
    settlement = settled([paid(month, gross, weekly="38") for month in (JULY, AUGUST, SEPTEMBER)])

    assert settlement["structural_reduction_quarter"].amount == Decimal(reduction)
    assert ("quarter_base_contribution" in settlement) is (worked is not None)
    assert worked is None or settlement["structural_reduction_for_working_time"].amount == Decimal(worked)


def test_a_month_before_the_quarter_is_known_is_advanced_without_the_limit():
    """900.00 in July: a third of 928.90; the quarter of 900.00, 1450.00 and 2000.00 has 344.79 all the same."""
    assert "structural_reduction_for_working_time" not in pay(lina().alone().with_gross(Decimal("900.00")))


@pytest.mark.parametrize("weekly", ["11.00", "19.00", "31.99", "32.00", "40.00"])
@pytest.mark.parametrize(
    "first", [YearMonth(2025, 4), YearMonth(2025, 7), YearMonth(2026, 1), YearMonth(2026, 4), JULY]
)
def test_at_the_minimum_wage_the_limit_is_not_reached(first, weekly):
    floor = LAW.on(first)["minimum_wage"]["full_time"].value * Decimal(weekly) / 40
    months = [YearMonth(first.year, first.month + number) for number in range(3)]
    worked = [paid(month, str(cents(floor)), weekly=weekly) for month in months]

    settlement = settled([replace(one, full_time_hours=Decimal(40)) for one in worked])

    assert "structural_reduction_for_working_time" not in settlement


def test_a_quarter_is_limited_on_what_was_really_paid_in_it():
    """July alone, full time: 1.18 × 1/3 of R at 2700.00 would be 937.86, of which 25 % of 900.00 are given."""
    months = [paid(JULY, "900.00", weekly="38"), paid(AUGUST, "0.00", weekly="0"), paid(SEPTEMBER, "0.00", weekly="0")]

    settlement = settled(months)

    assert settlement["structural_reduction_for_working_time"].amount == Decimal("937.86")
    assert settlement["structural_reduction_quarter"].amount == Decimal("225.00")


def test_the_special_contribution_of_a_quarter_is_settled_against_its_months():
    """Quarter 6000.00, single: 4.22 % above 5836.14; its months withheld more."""
    months = [
        paid(JULY, "1800.00", weekly="38"),
        paid(AUGUST, "2200.00", weekly="38", special="10.44"),
        paid(SEPTEMBER, "2000.00", weekly="38", special="2.31"),
    ]

    settlement = settled(months)

    assert settlement["special_contribution_quarter"].amount == Decimal("6.91")
    assert settlement["special_contribution_correction"].amount == Decimal("-5.84")


def test_a_quarter_settled_anew_counts_what_was_corrected_before_and_stands_on_its_third_month():
    months = [
        paid(month, "2000.00", weekly="38", special="2.31", reduction="300.00") for month in (JULY, AUGUST, SEPTEMBER)
    ]
    facts = QuarterFacts(
        label="Lina",
        employer=EMPLOYER,
        household_kind="single",
        months=tuple(months),
        settled_reduction=Decimal("100.00"),
        settled_special_contribution=Decimal("1.00"),
    )

    first, again = settled(months), settle_quarter(facts, LAW)

    assert first.month == again.month == SEPTEMBER
    for code, before in (("structural_reduction_correction", "100.00"), ("special_contribution_correction", "1.00")):
        assert again[code].amount == first[code].amount - Decimal(before)
    assert not [figure.code for figure in first.figures if figure.code.startswith("quarter_settled.")]


def test_a_settled_quarter_names_the_values_of_the_law_that_are_to_be_confirmed():
    """The values of the last quarter of 2026 are provisional."""
    autumn = settled([paid(YearMonth(2026, month), "1450.00") for month in (10, 11, 12)])

    named = {
        name for finding in autumn.findings if finding.code == "unconfirmed_parameter" for name in finding.parameters
    }
    assert {"structural_reduction.s0", "structural_reduction.gamma"} <= named
    assert settled([paid(month, "1450.00") for month in (JULY, AUGUST, SEPTEMBER)]).findings == ()


@pytest.mark.parametrize(
    ("quarter", "kind", "expected"),
    [
        ("3285.28", "own_income", "0.00"),
        ("3285.29", "own_income", "15.45"),
        ("5836.14", "own_income", "15.45"),
        ("5836.14", "single", "0.00"),
        ("6570.54", "single", "30.99"),
        ("6570.55", "single", "30.99"),
        ("6570.54", "no_income", "43.33"),
        ("6570.55", "no_income", "43.32"),
        ("11211.00", "single", "82.04"),
        ("12300.00", "single", "118.86"),
        ("18116.46", "single", "182.81"),
        ("18116.47", "single", "182.82"),
        ("30000.00", "own_income", "154.92"),
        ("30000.00", "low_income", "182.82"),
    ],
)
def test_each_bound_of_the_quarterly_special_contribution(quarter, kind, expected):
    months = [
        paid(JULY, "0.00", weekly="0"),
        paid(AUGUST, "0.00", weekly="0"),
        paid(SEPTEMBER, quarter, weekly="38"),
    ]

    assert settled(months, kind=kind)["special_contribution_quarter"].amount == Decimal(expected)


def test_the_variants_of_the_reduction_follow_the_quarters_of_2025_and_2026():
    """At 2500.00 full time, 2025 and 2026: each quarter has its own bounds and slope."""
    reductions = [
        amount(full_timer(gross="2500.00", month=YearMonth(year, month)), "structural_reduction_quarter")
        for year, month in ((2025, 2), (2025, 4), (2025, 7), (2026, 1), (2026, 4), (2026, 7), (2026, 10))
    ]

    assert reductions == list(map(Decimal, ("491.91", "711.74", "801.74", "861.28", "881.75", "944.39", "944.39")))
    assert all(low <= high for low, high in pairwise(reductions))


def test_each_month_is_measured_by_its_own_full_time_hours():
    worked = ((JULY, "92", "184"), (AUGUST, "168", "168"), (SEPTEMBER, "88", "176"))
    months = [
        replace(paid(month, "2000.00"), hours=Decimal(done), full_time_hours=Decimal(whole))
        for month, done, whole in worked
    ]

    assert f"{settled(months)['working_time_share'].amount:.6f}" == "0.666667"  # a half, a whole and a half
