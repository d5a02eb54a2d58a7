"""The checks before pay: the months ahead by a stated rule, scale and hours, work declarations, and the page that shows them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coop.periods import Month
from members import services as members
from members.models import ContractVersion, EmploymentContract, Runs, Situation
from payroll import ahead, checks, forecast, pricing
from payroll.services import orders
from tests import cast
from tests.invoicing import build as sales
from tests.payroll import build

ON = date(2026, 9, 14)
EUR = Decimal


# --- the rule ---------------------------------------------------------------------------------------------------------


def months(wage: str, *skipped: Month) -> dict[Month, Decimal]:
    """The same wage in each month ahead but some."""
    first = Month.of(ON)
    return {month: EUR(wage) for month in first.until(first.plus(5)) if month not in skipped}


def test_the_months_follow_from_each_other_by_the_rule() -> None:
    found = forecast.forecast(
        on=ON,
        balance=EUR("3000.00"),
        expected=[forecast.Expected(date(2026, 9, 30), EUR("500.00")), forecast.Expected(date(2026, 10, 15), EUR("1000.00"))],
        costs=EUR("100.00"),
        wages=months("2000.00"),
    )  # fmt: skip

    closings = [one.closing for one in found.months]
    assert closings == [EUR(amount) for amount in ("1400", "300", "-1800", "-3900", "-6000", "-8100")]
    assert found.uncovered is not None
    assert (found.uncovered.month, found.uncovered.short) == (build.OCTOBER.plus(1), EUR("1800"))


@pytest.mark.parametrize(
    ("due_on", "month"),
    [
        (ON, Month(2026, 9)),
        (None, Month(2026, 9)),
        (date(2026, 9, 13), Month(2026, 10)),
        (date(2026, 6, 16), Month(2026, 10)),
        (date(2027, 1, 1), Month(2027, 1)),
    ],
)
def test_an_invoice_comes_in_when_it_is_due_and_an_overdue_one_next_month(due_on: date | None, month: Month) -> None:
    found = forecast.forecast(
        on=ON, balance=EUR(0), expected=[forecast.Expected(due_on, EUR("10.00"))], costs=EUR(0), wages={}
    )

    assert [one.month for one in found.months if one.received] == [month]
    assert found.doubtful == 0


def test_an_invoice_overdue_for_more_than_ninety_days_is_not_counted_and_is_said() -> None:
    found = forecast.forecast(
        on=ON, balance=EUR(0), expected=[forecast.Expected(date(2026, 6, 15), EUR("10.00"))], costs=EUR(0), wages={}
    )

    assert not any(one.received for one in found.months)
    assert found.doubtful == EUR("10.00")


def test_a_month_without_a_wage_warns_of_nothing() -> None:
    found = forecast.forecast(
        on=ON, balance=EUR("-5.00"), expected=[], costs=EUR("1.00"), wages=months("9.00", Month(2026, 9))
    )

    assert found.uncovered is not None
    assert found.uncovered.month == Month(2026, 10)


# --- from the books ---------------------------------------------------------------------------------------------------


@pytest.fixture
def world(db: None) -> cast.World:
    """Lina is employed half-time since 2024, with 5,229.86 collected, of which 229.86 are reductions not yet settled."""
    world = cast.world()
    build.employer(world.archipel)
    made = build.contract(world.people["lina"], world.archipel)
    for month in (build.JULY, build.AUGUST):
        build.opening(made, month)
    build.money(world, "lina", "5229.86")
    return world


def lina_ahead(world: cast.World, on: date = ON) -> ahead.Ahead:
    """The months ahead of Lina's activity."""
    (found,) = ahead.ahead_of(world.archipel, on=on)
    return found


def test_the_forecast_reads_balance_wage_and_invoices_from_the_books(world: cast.World) -> None:
    basis = orders.order_basis(person=world.people["lina"], cooperative=world.archipel, month=build.SEPTEMBER)
    cost = pricing.steady_cost(basis)

    before = lina_ahead(world).forecast
    sales.invoice(world.activities["lina"], world.lina, sales.line(price="1000.00"), on=ON)
    after = lina_ahead(world).forecast

    assert before.months[0].opening == EUR("5000.00")
    assert before.months[0].closing == EUR("5000.00") - cost
    assert before.uncovered is not None
    assert before.uncovered.month == build.SEPTEMBER.plus(2)
    assert after.months[0].opening == EUR("5000.00") - EUR("110.00")  # fee and fund are taken at issue
    assert sum(one.received for one in after.months) == EUR("1000.00")


def test_an_approved_order_is_reserved_and_its_month_costs_no_second_time(world: cast.World) -> None:
    order = build.approved_order(world, "lina", "1450.00")

    found = lina_ahead(world, date(2026, 9, 22)).forecast

    assert found.months[0].opening == EUR("5000.00") - order.cost
    assert [one.wages > 0 for one in found.months] == [False, True, True, True, True, True]


def test_a_month_that_is_paid_costs_no_second_time_and_an_ended_contract_costs_nothing(world: cast.World) -> None:
    build.approved(world)
    contract = EmploymentContract.objects.get()
    EmploymentContract.objects.filter(pk=contract.pk).update(valid_until=date(2026, 12, 1))
    ContractVersion.objects.filter(contract=contract).update(valid_until=date(2026, 12, 1))

    found = lina_ahead(world, date(2026, 9, 29)).forecast

    assert [one.wages > 0 for one in found.months] == [False, True, True, False, False, False]


def test_the_cost_of_an_incomplete_month_is_counted_for_the_whole_months_to_come(world: cast.World) -> None:
    build.contract(world.people["chloe"], world.archipel, since=date(2026, 9, 16), experience_from=date(2021, 1, 1))

    found = {one.activity.code: one for one in ahead.ahead_of(world.archipel, on=ON)}

    assert found["A-019"].forecast.months[1].wages > EUR("1900")


def test_one_who_bears_two_wages_is_named_with_both(world: cast.World) -> None:
    build.contract(world.people["chloe"], world.archipel)
    Runs.objects.filter(person=world.people["chloe"]).update(activity=world.activities["lina"])

    found = lina_ahead(world)

    assert {str(person) for person in found.people} == {"Lina Maes", "Chloé Martin"}


def test_the_number_of_queries_does_not_depend_on_the_number_of_members(world: cast.World) -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            ahead.ahead_of(world.archipel, on=ON)
        return len(queries)

    one = count()
    for name in ("aline", "chloe"):
        build.contract(world.people[name], world.archipel)

    assert count() == one


# --- what is found ----------------------------------------------------------------------------------------------------


def found_for(world: cast.World, name: str, month: Month = build.SEPTEMBER) -> list[checks.Found]:
    """What is found for somebody."""
    return [one for one in checks.checks_of(world.archipel, month, ON) if one.person == world.people[name]]


def test_nothing_is_found_for_a_sound_contract(world: cast.World) -> None:
    assert found_for(world, "lina") == []


def test_a_wage_under_the_scale_of_hours_category_and_years_stops_the_pay(world: cast.World) -> None:
    ContractVersion.objects.update(gross=EUR("1316.60"))

    (one,) = found_for(world, "lina")

    assert one.severity == "error"
    assert "€1,316.61" in str(one.reason)
    assert "amendment" in str(one.remedy)


def test_the_scale_follows_the_years_of_experience(world: cast.World) -> None:
    ContractVersion.objects.update(gross=EUR("1316.61"))
    assert found_for(world, "lina") == []

    EmploymentContract.objects.update(experience_from=date(2016, 1, 1))

    (one,) = found_for(world, "lina")
    assert one.severity == "error"


def test_a_week_below_one_third_stops_the_pay_unless_a_derogation_is_named(world: cast.World) -> None:
    ContractVersion.objects.update(weekly_hours=EUR("12.00"))

    (one,) = found_for(world, "lina")
    assert "one third" in str(one.reason)
    assert "announced" in str(one.reason)

    ContractVersion.objects.update(derogation="Royal decree of 21 December 1992")
    assert found_for(world, "lina") == []


def test_a_missing_fact_stops_the_pay_and_says_what_to_record(world: cast.World) -> None:
    Situation.objects.all().delete()

    (one,) = found_for(world, "lina")

    assert one.severity == "error"
    assert "family situation" in str(one.reason)


def test_work_is_declared_before_it_begins(world: cast.World) -> None:
    made = build.contract(world.people["chloe"], world.archipel, since=date(2026, 9, 1))

    (missing,) = found_for(world, "chloe")
    members.record_declaration(contract=made, declared_on=date(2026, 9, 2), number="12345", by=world.elise)
    (late,) = found_for(world, "chloe")
    members.record_declaration(contract=made, declared_on=date(2026, 9, 1), number="12345", by=world.elise)

    assert missing.severity == late.severity == "warning"
    assert "1 September 2026" in str(missing.reason)
    assert "2 September 2026, after the first day" in str(late.reason)
    assert found_for(world, "chloe") == []


def test_a_contract_of_next_month_is_named_while_there_is_time_to_declare_it(world: cast.World) -> None:
    build.contract(world.people["chloe"], world.archipel, since=date(2026, 10, 1))

    (one,) = found_for(world, "chloe")

    assert "Dimona" in str(one.reason)


def test_a_reserve_that_is_short_is_named_before_the_pay(world: cast.World) -> None:
    build.money(world, "lina", "-5000.00", key="spent")

    (one,) = found_for(world, "lina")

    assert one.severity == "warning"
    assert "€2,074.13" in str(one.reason)  # the reserve target, of which nothing is left


# --- the pages --------------------------------------------------------------------------------------------------------


def page(user: Any, name: str, *arguments: object, **query: str) -> str:
    """The page that somebody sees on 14 September 2026."""
    client = Client()
    client.force_login(user)
    with time_machine.travel("2026-09-14 12:00:00+02:00", tick=False):
        answer = client.get(reverse(name, args=arguments), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_officer_sees_who_is_not_covered_from_when_and_who_bears_it(world: cast.World) -> None:
    text = page(world.elise, "payroll:pay_checks", cooperative="archipel", month="2026-09")

    assert "Nov 2026" in text
    assert "Atelier Lina" in text
    assert "never a debt of the member" in text


def test_the_member_sees_on_the_salary_page_how_long_the_wage_is_covered(world: cast.World) -> None:
    text = page(world.lina, "payroll:salary_month", build.SEPTEMBER)

    assert "From November 2026 on, the contractual wage is not covered" in text
    assert "stays due in any case" in text
    assert "borne by the cooperative" in text

    build.money(world, "lina", "50000.00", key="more")
    assert "wages of the next 6 months are covered" in page(world.lina, "payroll:salary_month", build.SEPTEMBER)


def test_a_shared_activity_shows_no_amount_that_tells_a_colleague_s_pay(world: cast.World) -> None:
    build.contract(world.people["chloe"], world.archipel)
    members.run_activity(
        person=world.people["chloe"], activity=world.activities["lina"], valid_from=date(2026, 9, 1), by=world.amina
    )

    text = page(world.lina, "payroll:salary_month", build.SEPTEMBER)

    assert "amounts would tell a colleague" in text
    assert "At its start" not in text
