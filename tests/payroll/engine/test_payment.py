from dataclasses import replace
from decimal import Decimal

import pytest

from payroll.engine import (
    Figure,
    InvalidFact,
    Law,
    MissingFact,
    NoLaw,
    Payslip,
    YearMonth,
    payment,
    payslip,
    recompute,
)
from payroll.engine.law import BELGIUM
from tests.payroll.engine.cast import LAW, ZERO, amounts, exceptional_payments, found, full_timer, pay
from tests.payroll.engine.payments import (
    MARCH,
    SUMMER_2025,
    attached,
    deducted,
    driven,
    paid_out,
    plain,
    ridden,
    vouchers,
    with_net,
)


def seen(slip, code):
    return next(finding for finding in slip.findings if finding.code == code)


# --- the payslip goes on ----------------------------------------------------------------------------------------------


def test_without_anything_beside_it_the_net_is_paid():
    slip = paid_out(plain())

    assert amounts(slip, "non_taxable_total", "deductions_total") == {
        "non_taxable_total": "0.00",
        "deductions_total": "0.00",
    }
    assert slip["to_pay"].amount == slip["net"].amount
    assert "deduction_limit" not in slip


def test_a_payment_changes_no_figure_and_no_finding_of_its_payslip():
    before = pay(full_timer(month=MARCH))

    after = paid_out(plain(MARCH, attachment=attached(), own_car=driven(rate="0.50")))

    assert after.figures[: len(before.figures)] == before.figures
    assert after.findings[: len(before.findings)] == before.findings
    assert (after.engine_version, after.law_digest) == (before.engine_version, before.law_digest)


def test_a_payment_is_stored_and_read_back_whole():
    slip = paid_out(plain(MARCH, attachment=attached(children=1), own_car=driven(), meal_vouchers=vouchers()))

    assert Payslip.from_json(slip.to_json()) == slip


def test_a_worked_example_from_net_to_payment():
    facts = plain(
        MARCH,
        deductions=deducted(advance="300.00"),
        attachment=attached(claim="400.00", children=2),
        own_car=driven("120.00", "0.4326"),
        home_working=Decimal("50.00"),
        meal_vouchers=vouchers(20),
    )

    slip = with_net("2000.00", facts)

    # 131.20 + (2000.00 − 1839) = 292.20 by the scale, less 2 × 88; one fifth is 400.00, of which vouchers take 21.80.
    assert amounts(
        slip, "attachment_scale", "attachable", "deduction.attachment", "one_fifth", "deduction.meal_vouchers",
        "deduction.advance", "deductions_total", "own_car.allowance", "non_taxable_total", "to_pay",
    ) == {
        "attachment_scale": "292.20",
        "attachable": "116.20",
        "deduction.attachment": "116.20",
        "one_fifth": "400.00",
        "deduction.meal_vouchers": "21.80",
        "deduction.advance": "300.00",
        "deductions_total": "438.00",
        "own_car.allowance": "51.91",
        "non_taxable_total": "101.91",
        "to_pay": "1663.91",
    }  # fmt: skip
    assert found(slip) - found(pay(full_timer(month=MARCH))) == set()


@pytest.mark.parametrize(
    ("slip", "why"),
    [
        (pay(full_timer(month=MARCH)), "is of 2026-03, and the payment of 2026-09; give the payslip of the same month"),
        (paid_out(plain()), "has its payment already"),
        (replace(pay(full_timer()), law_digest="other"), "computed with other parameter files; compute it again"),
    ],
)
def test_only_the_payslip_of_the_month_goes_on_and_only_once(slip, why):
    with pytest.raises(InvalidFact, match=rf"^Aline: the payslip .*{why}"):
        payment(plain(), slip, LAW)


def test_a_parameter_to_confirm_is_reported_once():
    october = YearMonth(2026, 10)
    before = pay(full_timer(month=october)).findings

    assert "unconfirmed_parameter" in {finding.code for finding in before}
    assert paid_out(plain(october, attachment=attached())).findings == before


def test_a_parameter_to_confirm_that_only_the_payment_uses_is_reported(tmp_path):
    for path in BELGIUM.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text())
    capped = (BELGIUM / "home_working.yaml").read_text().replace("mark: V", "mark: B").replace("mark: S", "mark: B")
    (tmp_path / "home_working.yaml").write_text(capped)
    law = Law.load(tmp_path)

    slip = payment(plain(home_working=Decimal("10.00")), payslip(full_timer(), law), law)

    told = [finding.values for finding in slip.findings if finding.code == "unconfirmed_parameter"]
    assert told[-1] == {"parameter": "home_working.month"}


def test_what_has_no_net_pay_is_not_paid():
    slip = pay(full_timer())
    without = replace(slip, figures=tuple(figure for figure in slip.figures if figure.code != "net"))

    with pytest.raises(InvalidFact, match=r"^Aline: the payslip has no net pay"):
        payment(plain(), without, LAW)


def test_any_payslip_with_a_net_pay_goes_on_even_without_group_insurance():
    net = Figure("net", Decimal("1000.00"), "fact", (), "exact")
    bare = replace(pay(full_timer()), figures=(net,), findings=())

    slip = payment(plain(deductions=deducted(advance="500.00")), bare, LAW)

    assert amounts(slip, "pay_after_levies", "to_pay") == {"pay_after_levies": "1000.00", "to_pay": "800.00"}


def test_an_exceptional_payment_is_attached_and_deducted_with_what_the_month_paid_before():
    slip = next(one for one in exceptional_payments() if one.month.year == 2026)
    net = slip["exceptional_net"].amount
    before = attached(earlier_pay=Decimal("2000.00"), earlier_attached=Decimal("292.20"))

    after = payment(plain(slip.month, attachment=before, deductions=deducted(advance="1.00")), slip, LAW)

    assert type(after) is type(slip)
    assert after["deduction.attachment"].amount == net
    assert (after["deduction.advance"].amount, after["to_pay"].amount) == (0, 0)
    assert all(recompute(figure) == figure.amount for figure in after.figures)


def test_benefits_enjoyed_above_the_net_leave_less_than_nothing_and_are_reported():
    slip = with_net("-10.00", plain(deductions=deducted(advance="5.00"), attachment=attached()))

    assert amounts(slip, "pay_after_levies", "deductions_total", "to_pay") == {
        "pay_after_levies": "0.00",
        "deductions_total": "0.00",
        "to_pay": "-10.00",
    }
    assert seen(slip, "to_pay_below_zero").severity == "error"


# --- attachment -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("net", "scale"),
    [
        ("0.00", "0.00"),
        ("1418.99", "0.00"),
        ("1419.00", "0.00"),
        ("1419.01", "0.00"),
        ("1419.03", "0.01"),
        ("1523.99", "21.00"),
        ("1524.00", "21.00"),
        ("1524.01", "21.00"),
        ("1524.02", "21.01"),
        ("1681.99", "68.40"),
        ("1682.00", "68.40"),
        ("1682.01", "68.40"),
        ("1682.02", "68.41"),
        ("1838.99", "131.20"),
        ("1839.00", "131.20"),
        ("1839.01", "131.21"),
        ("3000.00", "1292.20"),
    ],
)
def test_an_attachment_follows_the_bands_of_the_scale(net, scale):
    slip = with_net(net, plain(attachment=attached()))

    assert amounts(slip, "attachment_scale", "deduction.attachment") == {
        "attachment_scale": scale,
        "deduction.attachment": scale,
    }


@pytest.mark.parametrize(
    ("children", "attachable"), [(0, "292.20"), (1, "204.20"), (3, "28.20"), (4, "0.00"), (9, "0.00")]
)
def test_each_dependent_child_protects_another_part(children, attachable):
    slip = with_net("2000.00", plain(attachment=attached(children=children)))

    assert f"{slip['deduction.attachment'].amount:.2f}" == attachable


@pytest.mark.parametrize(("claim", "taken"), [("292.19", "292.19"), ("292.20", "292.20"), ("292.21", "292.20")])
def test_a_creditor_takes_no_more_than_its_claim(claim, taken):
    slip = with_net("2000.00", plain(attachment=attached(claim=claim)))

    assert f"{slip['deduction.attachment'].amount:.2f}" == taken


def test_group_insurance_is_taken_off_before_the_scale():
    member = replace(full_timer(), group_insurance_contribution=Decimal("100.00"))

    slip = paid_out(plain(attachment=attached()), member)

    base = slip["net"].amount - Decimal("100.00")
    assert slip["pay_after_levies"].amount == base
    assert slip["attachment_scale"].amount == Decimal("131.20") + base - Decimal("1839")


def test_the_scale_is_that_of_the_calendar_month_and_not_of_each_payment():
    before = attached(earlier_pay=Decimal("1500.00"), earlier_attached=Decimal("16.20"))

    slip = with_net("500.00", plain(attachment=before))

    assert amounts(slip, "attachment_month_pay", "attachable", "deduction.attachment") == {
        "attachment_month_pay": "2000.00",
        "attachable": "276.00",
        "deduction.attachment": "276.00",
    }


def test_an_attachment_takes_no_more_than_this_payment_even_when_the_month_had_more():
    slip = with_net("100.00", plain(attachment=attached(earlier_pay=Decimal("3000.00"))))

    assert slip["deduction.attachment"].amount == Decimal("100.00")
    assert slip["to_pay"].amount == 0


def test_a_maintenance_debt_knows_no_scale():
    slip = with_net("1000.00", plain(attachment=attached(claim="1200.00", kind="maintenance", children=3)))

    assert slip["deduction.attachment"].amount == Decimal("1000.00")
    assert "attachment_scale" not in slip


@pytest.mark.parametrize("month", [2, 7, 12])
def test_an_attachment_in_2025_is_refused_with_the_missing_value(month):
    with pytest.raises(NoLaw) as refusal:
        paid_out(plain(YearMonth(2025, month), attachment=attached()))

    assert str(refusal.value) == (
        f"no confirmed value of wage_attachment for 2025-{month:02d}; first confirmed month is 2026-01"
    )


def test_a_payment_of_2025_without_attachment_is_made():
    slip = paid_out(plain(SUMMER_2025, deductions=deducted(advance="100.00")))

    assert slip["to_pay"].amount == slip["net"].amount - 100


# --- the employer's own deductions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("net", "asked", "taken", "carried"),
    [
        ("2000.00", "399.99", "399.99", "0.00"),
        ("2000.00", "400.00", "400.00", "0.00"),
        ("2000.00", "400.01", "400.00", "0.01"),
        ("2000.04", "401.00", "400.00", "1.00"),
        ("2000.05", "401.00", "400.01", "0.99"),
        ("0.00", "1.00", "0.00", "1.00"),
    ],
)
def test_own_deductions_take_at_most_one_fifth_in_whole_cents(net, asked, taken, carried):
    slip = with_net(net, plain(deductions=deducted(advance=asked)))

    assert amounts(slip, "deduction.advance", "deductions_carried") == {
        "deduction.advance": taken,
        "deductions_carried": carried,
    }
    assert ("deductions_limited" in found(slip)) == (carried != "0.00")


def test_what_finds_no_room_in_the_fifth_is_named():
    slip = with_net("1000.00", plain(deductions=deducted(advance="150.00", damages="100.00")))

    limited = seen(slip, "deductions_limited")
    assert limited.severity == "warning"
    assert limited.values == {"asked": "250.00", "limit": "200.00", "carried": "50.00"}
    assert limited.parameters == ("wage_deductions.rate",)


def test_deductions_take_their_place_in_a_fixed_order():
    facts = plain(
        deductions=deducted(advance="60.00", recovery="40.00", fine="30.00", damages="80.00", guarantee="10.00"),
        meal_vouchers=vouchers(20),
    )

    slip = with_net("1000.00", facts)

    assert amounts(
        slip,
        *(f"deduction.{name}" for name in ("meal_vouchers", "advance", "recovery", "fine", "damages", "guarantee")),
    ) == {
        "deduction.meal_vouchers": "21.80",
        "deduction.advance": "60.00",
        "deduction.recovery": "40.00",
        "deduction.fine": "30.00",
        "deduction.damages": "48.20",
        "deduction.guarantee": "0.00",
    }
    assert slip["deductions_total"].amount == Decimal("200.00")


def test_what_is_paid_is_the_net_less_every_deduction_and_with_every_expense():
    asked = {"advance": "100.00", "fine": "30.00", "damages": "80.00", "guarantee": "10.00"}
    facts = plain(
        MARCH,
        deductions=deducted(**asked),
        attachment=attached(claim="50.00"),
        own_car=driven("100.00", "0.40"),
        bicycle=ridden(10, "10.00", "0.30"),
        home_working=Decimal("20.00"),
        meal_vouchers=vouchers(10),
    )

    slip = with_net("2000.00", facts)

    assert slip["deductions_total"].amount == sum(map(Decimal, asked.values())) + Decimal("50.00") + Decimal("10.90")
    assert slip["non_taxable_total"].amount == Decimal("40.00") + Decimal("30.00") + Decimal("20.00")
    assert slip["to_pay"].amount == Decimal("2000.00") + Decimal("90.00") - Decimal("280.90")


def test_group_insurance_does_not_count_in_the_fifth_but_lowers_it():
    member = replace(full_timer(), group_insurance_contribution=Decimal("100.00"))

    slip = paid_out(plain(deductions=deducted(advance="9000.00")), member)

    base = slip["net"].amount - 100
    assert slip["one_fifth"].amount == (base / 5).quantize(Decimal("0.01"), rounding="ROUND_FLOOR")
    assert slip["deductions_total"].amount == 100 + slip["one_fifth"].amount


def test_group_insurance_above_the_net_is_reported_and_takes_only_the_net():
    member = replace(full_timer(gross="50.00"), group_insurance_contribution=Decimal("100.00"))

    slip = paid_out(plain(), member)

    assert slip["to_pay"].amount == 0
    assert seen(slip, "group_insurance_above_net").values == {
        "contribution": "100.00",
        "net": str(slip["net"].amount),
    }


def test_group_insurance_may_take_the_whole_net():
    net = Figure("net", Decimal("100.00"), "fact", (), "exact")
    contribution = Figure("group_insurance_contribution", Decimal("100.00"), "fact", (), "exact")
    bare = replace(pay(full_timer()), figures=(net, contribution), findings=())

    slip = payment(plain(deductions=deducted(advance="1.00")), bare, LAW)

    assert amounts(slip, "deduction.group_insurance", "one_fifth", "deduction_limit", "to_pay") == {
        "deduction.group_insurance": "100.00",
        "one_fifth": "0.00",
        "deduction_limit": "0.00",
        "to_pay": "0.00",
    }
    assert found(slip) == {"deductions_limited"}


@pytest.mark.parametrize("limit", ["fraud", "left_before_settlement"])
def test_the_fifth_does_not_bind_in_the_two_exceptions_of_the_law(limit):
    slip = with_net("1000.00", plain(deductions=deducted(damages="1200.00", limit=limit)))

    assert amounts(slip, "deduction.damages", "deductions_carried", "to_pay") == {
        "deduction.damages": "1000.00",
        "deductions_carried": "200.00",
        "to_pay": "0.00",
    }
    assert seen(slip, "deductions_limited").parameters == ()


def test_an_attachment_comes_first_and_own_deductions_take_what_is_left():
    slip = with_net("1000.00", plain(deductions=deducted(advance="200.00"), attachment=attached(kind="maintenance")))

    assert amounts(slip, "deduction.attachment", "pay_left", "deduction.advance", "to_pay") == {
        "deduction.attachment": "1000.00",
        "pay_left": "0.00",
        "deduction.advance": "0.00",
        "to_pay": "0.00",
    }


# --- expenses beside pay ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "month", "cap"),
    [
        (2025, 2, "0.4290"),
        (2025, 3, "0.4290"),
        (2025, 4, "0.4320"),
        (2025, 6, "0.4320"),
        (2025, 7, "0.4309"),
        (2025, 9, "0.4309"),
        (2025, 10, "0.4312"),
        (2025, 12, "0.4312"),
        (2026, 1, "0.4326"),
        (2026, 3, "0.4326"),
        (2026, 4, "0.4571"),
    ],
)
def test_the_car_rate_is_capped_by_its_quarter(year, month, cap):
    when = YearMonth(year, month)
    above = str(Decimal(cap) + Decimal("0.0001"))

    within = paid_out(plain(when, own_car=driven(rate=cap)))
    beyond = paid_out(plain(when, own_car=driven(rate=above)))

    assert "own_car_above_cap" not in found(within)
    assert within["own_car.allowance"].amount == within["own_car.limit"].amount
    finding = seen(beyond, "own_car_above_cap")
    assert finding.severity == "error"
    assert (finding.values["rate"], finding.values["highest_rate"]) == (above, cap)


def test_a_rate_above_the_cap_is_neither_taxed_nor_cut_but_named_with_its_date():
    slip = paid_out(plain(MARCH, own_car=driven("100.00", "0.50")))

    assert amounts(slip, "own_car.allowance", "own_car.limit", "non_taxable_total") == {
        "own_car.allowance": "50.00",
        "own_car.limit": "43.26",
        "non_taxable_total": "50.00",
    }
    assert slip["taxable"] == pay(full_timer(month=MARCH))["taxable"]
    assert seen(slip, "own_car_above_cap").values["since"] == "2026-01-01"


@pytest.mark.parametrize("month", [5, 9, 12])
def test_kilometres_after_april_2026_are_refused_and_the_rest_is_paid(month):
    facts = plain(YearMonth(2026, month), own_car=driven(), home_working=Decimal("100.00"))

    slip = paid_out(facts)

    refused = seen(slip, "benefit_without_law")
    assert refused.severity == "error"
    assert refused.values == {"subject": "own_car_km", "month": f"2026-{month:02d}"}
    assert "own_car.allowance" not in slip
    assert slip["to_pay"].amount == slip["net"].amount + 100


@pytest.mark.parametrize(
    ("year", "month", "known"), [(2025, 6, False), (2025, 7, True), (2026, 5, True), (2026, 6, True), (2026, 7, False)]
)
def test_a_cooperative_may_follow_the_yearly_car_rate(year, month, known):
    when = YearMonth(year, month)

    slip = paid_out(plain(when, own_car=driven(rate="0.4449", index="yearly")))

    assert ("own_car.allowance" in slip) == known
    assert "own_car_above_cap" not in found(slip)
    if known:
        above = paid_out(plain(when, own_car=driven(rate="0.4450", index="yearly")))
        assert seen(above, "own_car_above_cap").values["since"] == "2025-07-01"


@pytest.mark.parametrize(
    ("when", "cap"),
    [
        (YearMonth(2025, 2), "154.74"),
        (YearMonth(2025, 3), "157.83"),
        (YearMonth(2026, 2), "157.83"),
        (YearMonth(2026, 3), "160.99"),
        (YearMonth(2026, 8), "160.99"),
        (YearMonth(2026, 9), "164.21"),
        (YearMonth(2026, 12), "164.21"),
    ],
)
def test_the_home_working_allowance_is_capped_by_its_month(when, cap):
    at = paid_out(plain(when, home_working=Decimal(cap)))
    above = paid_out(plain(when, home_working=Decimal(cap) + Decimal("0.01")))

    assert "home_working_above_cap" not in found(at)
    assert at["to_pay"].amount - at["net"].amount == Decimal(cap)
    assert seen(above, "home_working_above_cap").values["highest"] == cap


@pytest.mark.parametrize(
    ("when", "sector"), [(YearMonth(2025, 2), "0.27"), (YearMonth(2026, 9), "0.27"), (YearMonth(2026, 10), "0.32")]
)
def test_the_bicycle_rate_lies_between_the_sectors_and_the_tax_free_one(when, sector):
    lower = str(Decimal(sector) - Decimal("0.01"))

    assert (
        found(paid_out(plain(when, bicycle=ridden(rate=sector)))) & {"bicycle_below_sector", "bicycle_above_cap"}
        == set()
    )
    assert "bicycle_below_sector" in found(paid_out(plain(when, bicycle=ridden(rate=lower))))
    assert "bicycle_above_cap" not in found(paid_out(plain(when, bicycle=ridden(rate="0.36"))))
    above = seen(paid_out(plain(when, bicycle=ridden(rate="0.3601"))), "bicycle_above_cap")
    assert (above.severity, above.values["highest_rate"]) == ("error", "0.36")


def test_the_sector_counts_forty_kilometres_a_day():
    slip = paid_out(plain(bicycle=ridden(10, "50.00", "0.216")))

    assert amounts(slip, "bicycle.kilometres", "bicycle.allowance", "bicycle.sector") == {
        "bicycle.kilometres": "500.00",
        "bicycle.allowance": "108.00",
        "bicycle.sector": "108.00",
    }
    assert "bicycle_below_sector" not in found(slip)


@pytest.mark.parametrize(
    ("when", "employer", "worker", "expected"),
    [
        (YearMonth(2025, 12), "6.91", "1.09", set()),
        (YearMonth(2025, 12), "6.92", "1.09", {"meal_voucher_employer_above_cap", "meal_voucher_face_above_cap"}),
        (YearMonth(2026, 1), "8.91", "1.09", set()),
        (YearMonth(2026, 1), "8.92", "1.09", {"meal_voucher_employer_above_cap", "meal_voucher_face_above_cap"}),
        (YearMonth(2026, 1), "8.90", "1.10", set()),
        (YearMonth(2026, 1), "8.00", "1.08", {"meal_voucher_worker_below_minimum"}),
        (YearMonth(2026, 1), "5.00", "5.00", set()),
        (YearMonth(2026, 1), "5.00", "5.01", {"meal_voucher_face_above_cap"}),
    ],
)
def test_meal_vouchers_keep_within_their_three_bounds(when, employer, worker, expected):
    slip = paid_out(plain(when, meal_vouchers=vouchers(10, employer, worker)))

    errors = {finding.code for finding in slip.findings if finding.code.startswith("meal_voucher")}
    assert errors == expected
    assert slip["deduction.meal_vouchers"].amount == 10 * Decimal(worker)
    assert slip["meal_vouchers.employer"].amount == 10 * Decimal(employer)


# --- bad facts --------------------------------------------------------------------------------------------------------


PARTS = {
    "deductions": deducted(),
    "attachment": attached(),
    "own_car": driven(),
    "bicycle": ridden(),
    "meal_vouchers": vouchers(),
}


def changed(fact, value):
    group, _, name = fact.rpartition(".")
    if not group:
        return plain(**{name: value})
    return plain(**{group: replace(PARTS[group], **{name: value})})


@pytest.mark.parametrize(
    "fact",
    [
        "month",
        "deductions",
        "home_working",
        *(f"deductions.{name}" for name in ("advance", "recovery", "fine", "damages", "guarantee", "limit")),
        *(f"attachment.{name}" for name in ("kind", "claim", "children", "earlier_pay", "earlier_attached")),
        *(f"own_car.{name}" for name in ("kilometres", "rate", "index")),
        *(f"bicycle.{name}" for name in ("days", "kilometres_per_day", "rate")),
        *(f"meal_vouchers.{name}" for name in ("number", "employer_share", "worker_share")),
    ],
)
def test_a_missing_fact_is_named_with_the_member_and_the_remedy(fact):
    with pytest.raises(MissingFact, match=rf"^Aline: the fact {fact} is missing; give ") as refusal:
        changed(fact, None)

    assert (refusal.value.label, refusal.value.fact) == ("Aline", fact)


@pytest.mark.parametrize(
    ("fact", "value", "why"),
    [
        ("month", "2026-09", "must be a YearMonth"),
        ("deductions", {}, "must be a Deductions"),
        ("attachment", 300, "must be a Attachment"),
        ("own_car", 300, "must be a OwnCar"),
        ("bicycle", 300, "must be a Bicycle"),
        ("meal_vouchers", 20, "must be a MealVouchers"),
        ("deductions.advance", Decimal("-0.01"), "may not be negative"),
        ("deductions.fine", Decimal("1.001"), "more than two decimals"),
        ("deductions.damages", 100, "must be a Decimal"),
        ("deductions.guarantee", Decimal("NaN"), "is not a number"),
        ("deductions.limit", "none", "must be one of one_fifth, fraud, left_before_settlement"),
        ("deductions.limit", "left_before_settlement", "deductions.damages is zero"),
        ("attachment.kind", "tax", "must be one of ordinary, maintenance"),
        ("attachment.claim", ZERO, "must be more than zero"),
        ("attachment.claim", Decimal("-1.00"), "may not be negative"),
        ("attachment.children", -1, "must lie between 0 and 99"),
        ("attachment.children", True, "must be a whole number"),
        ("attachment.earlier_pay", Decimal("-1.00"), "may not be negative"),
        ("attachment.earlier_attached", Decimal("0.01"), "exceeds the earlier pay of 0.00"),
        ("own_car.kilometres", Decimal("-1.00"), "may not be negative"),
        ("own_car.rate", Decimal("0.43261"), "more than four decimals"),
        ("own_car.rate", Decimal("10.00"), "too large for one kilometre"),
        ("own_car.index", "monthly", "must be one of quarterly, yearly"),
        ("bicycle.days", 31, "is 31, but the month has 30 days"),
        ("bicycle.days", -1, "must lie between 0 and 99"),
        ("bicycle.kilometres_per_day", Decimal("-1.00"), "may not be negative"),
        ("bicycle.rate", Decimal("-0.01"), "may not be negative"),
        ("home_working", Decimal("-0.01"), "may not be negative"),
        ("meal_vouchers.number", 31, "is 31, but the month has 30 days"),
        ("meal_vouchers.employer_share", Decimal("-0.01"), "may not be negative"),
        ("meal_vouchers.worker_share", Decimal("1.095"), "more than two decimals"),
    ],
)
def test_a_fact_that_cannot_be_true_is_refused_with_the_member_and_the_remedy(fact, value, why):
    with pytest.raises(InvalidFact) as refusal:
        changed(fact, value)

    sentence = str(refusal.value)
    assert sentence.startswith(f"Aline: the fact {fact} ")
    assert why in sentence
    assert "; give " in sentence


def test_a_voucher_and_a_ride_for_every_day_of_the_month_are_possible():
    slip = paid_out(plain(bicycle=ridden(days=30), meal_vouchers=vouchers(30)))

    assert (slip["bicycle.days"].amount, slip["meal_vouchers.number"].amount) == (30, 30)


def test_a_payment_without_a_name_is_refused():
    with pytest.raises(MissingFact, match="label is missing"):
        plain(label=" ")


# --- the parameter files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["home_working", "meal_voucher", "bicycle", "own_car_km"])
def test_a_benefit_without_its_file_is_left_out_and_the_rest_is_paid(tmp_path, name):
    for path in BELGIUM.glob("*.yaml"):
        if path.stem != name:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    law = Law.load(tmp_path)
    facts = plain(MARCH, own_car=driven(), bicycle=ridden(), home_working=Decimal("10.00"), meal_vouchers=vouchers())

    slip = payment(facts, replace(pay(full_timer(month=MARCH)), law_digest=law.digest), law)

    assert seen(slip, "benefit_without_law").values == {"subject": name, "month": "2026-03"}
    total = {"own_car_km": "48.40", "bicycle": "130.00", "home_working": "158.40", "meal_voucher": "168.40"}
    assert f"{slip['non_taxable_total'].amount:.2f}" == total[name]
    assert ("deduction.meal_vouchers" in slip) == (name != "meal_voucher")


def test_an_attachment_of_2026_has_its_scale_all_year():
    for month in range(1, 13):
        assert "attachable" in paid_out(plain(YearMonth(2026, month), attachment=attached()))
