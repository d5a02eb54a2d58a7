from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payroll.engine import Attachment, Bicycle, Deductions, MealVouchers, OwnCar, Payslip, YearMonth, recompute
from payroll.engine.paying import DEDUCTIONS, NON_TAXABLE
from tests.payroll.engine.payments import attached, paid_out, plain, with_net
from tests.payroll.engine.test_properties import euros, facts

several = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
OWN = (
    "deduction.meal_vouchers", "deduction.advance", "deduction.recovery", "deduction.fine", "deduction.damages",
    "deduction.guarantee",
)  # fmt: skip
MONTHS = [YearMonth(2026, month) for month in range(1, 13)]


@st.composite
def attachments(draw):
    earlier = draw(euros("0.00", "2500.00"))
    return Attachment(
        kind=draw(st.sampled_from(["ordinary", "maintenance"])),
        claim=draw(euros("0.01", "5000.00")),
        children=draw(st.integers(0, 6)),
        earlier_pay=earlier,
        earlier_attached=min(earlier, draw(euros("0.00", "900.00"))),
    )


@st.composite
def payments(draw):
    damages = draw(euros("0.00", "800.00"))
    rate = st.decimals(Decimal("0.0000"), Decimal("0.6000"), places=4)
    return plain(
        draw(st.sampled_from(MONTHS)),
        deductions=Deductions(
            advance=draw(euros("0.00", "800.00")),
            fine=draw(euros("0.00", "50.00")),
            damages=damages,
            guarantee=draw(euros("0.00", "200.00")),
            recovery=draw(euros("0.00", "800.00")),
            limit=draw(st.sampled_from(["one_fifth", "fraud", *(["left_before_settlement"] if damages else [])])),
        ),
        attachment=draw(st.none() | attachments()),
        own_car=draw(
            st.none()
            | st.builds(
                OwnCar, kilometres=euros("0.00", "3000.00"), rate=rate, index=st.sampled_from(["quarterly", "yearly"])
            )
        ),
        bicycle=draw(
            st.none()
            | st.builds(Bicycle, days=st.integers(0, 28), kilometres_per_day=euros("0.00", "90.00"), rate=rate)
        ),
        home_working=draw(euros("0.00", "200.00")),
        meal_vouchers=draw(
            st.none()
            | st.builds(
                MealVouchers,
                number=st.integers(0, 28),
                employer_share=euros("0.00", "10.00"),
                worker_share=euros("0.00", "5.00"),
            )
        ),
    )


def paid_to(member, facts):
    """The member is priced alone, in the month of the payment."""
    return paid_out(facts, replace(member.alone(), month=facts.month))


def total(slip, codes):
    return sum((slip[code].amount for code in codes if code in slip), Decimal(0))


@several
@given(facts(), payments())
def test_what_is_paid_is_the_net_and_what_stands_beside_it_less_the_deductions(member, asked):
    slip = paid_to(member, asked)

    assert slip["to_pay"].amount == slip["net"].amount + total(slip, NON_TAXABLE) - total(slip, DEDUCTIONS)
    assert slip["to_pay"].amount == slip["to_pay"].amount.quantize(Decimal("0.01"))
    assert total(slip, DEDUCTIONS) <= max(Decimal(0), slip["net"].amount)
    assert all(slip[code].amount >= 0 for code in DEDUCTIONS if code in slip)


@several
@given(facts(), payments())
def test_own_deductions_never_exceed_one_fifth_unless_the_law_lifts_it(member, asked):
    slip = paid_to(member, asked)

    own = total(slip, OWN)
    if asked.deductions.limit == "one_fifth":
        assert own * 5 <= slip["pay_after_levies"].amount
    wanted = slip["deductions_asked"].amount if "deductions_asked" in slip else Decimal(0)
    carried = slip["deductions_carried"].amount if "deductions_carried" in slip else Decimal(0)
    assert own + carried == wanted
    assert carried >= 0


@several
@given(facts(), payments())
def test_every_figure_after_the_net_recombines_and_is_read_back(member, asked):
    slip = paid_to(member, asked)

    assert all(recompute(figure) == figure.amount for figure in slip.figures)
    assert Payslip.from_json(slip.to_json()) == slip


@several
@given(euros("0.00", "5000.00"), st.integers(0, 6))
def test_an_attachment_follows_the_bands_counted_apart(net, children):
    slip = with_net(str(net), plain(attachment=attached(children=children)))

    bands = [("1419", "1524", "0.20"), ("1524", "1682", "0.30"), ("1682", "1839", "0.40"), ("1839", "99999", "1")]
    taken = sum(
        (max(Decimal(0), min(net, Decimal(high)) - Decimal(low)) * Decimal(share) for low, high, share in bands),
        Decimal(0),
    ).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
    assert slip["deduction.attachment"].amount == max(Decimal(0), taken - 88 * children)
    assert slip["to_pay"].amount >= min(net, Decimal("1419"))


@several
@given(euros("0.00", "4000.00"), euros("0.01", "100.00"), st.integers(0, 6))
def test_more_net_never_leaves_less_after_an_attachment(net, more, children):
    asked = plain(attachment=attached(children=children))

    lower, higher = (with_net(str(amount), asked) for amount in (net, net + more))

    assert lower["to_pay"].amount <= higher["to_pay"].amount
    assert lower["deduction.attachment"].amount <= higher["deduction.attachment"].amount
