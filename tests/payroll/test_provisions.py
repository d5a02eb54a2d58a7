"""Provisions: what pay set aside, what payments used, what is left; by member and activity, equal to the books."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from coop.ledger import posting
from coop.ledger.lines import credit, debit
from coop.ledger.models import Line
from coop.periods import Month
from members.models import Runs
from payroll import engine, provisions, services
from payroll.account import Paid
from payroll.models import Payslip
from tests import cast
from tests.payroll import beside, build

pytestmark = pytest.mark.django_db
EUR = Decimal
OCTOBER, NOVEMBER, DECEMBER = Month(2026, 10), Month(2026, 11), Month(2026, 12)


@pytest.fixture
def world() -> cast.World:
    """Lina, half time for two activities, and Aline are paid for October and November 2026."""
    world = cast.world()
    build.employer(world.archipel)
    for name, gross, hours in (("aline", "2900.00", "38"), ("lina", "1450.00", "19")):
        build.contract(world.people[name], world.archipel, gross=gross, hours=hours)
        build.money(world, name, "60000.00")
    Runs.objects.create(
        person=world.people["lina"], activity=world.activities["aline"], valid_from=date(2026, 1, 1), weight=EUR("0.5")
    )
    for month in (OCTOBER, NOVEMBER):
        build.approved(world, month)
    return world


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """It is noon on 1 December 2026."""
    with time_machine.travel("2026-12-01 12:00:00+01:00", tick=False):
        yield


def balance(world: cast.World, role: str) -> Decimal:
    """What stands on an account of Archipel, positive when it is owed."""
    total: Decimal = Line.objects.filter(cooperative=world.archipel, account__role=role).aggregate(t=Sum("amount"))["t"]
    return -total


def of(world: cast.World, name: str) -> list[Paid]:
    """The payslips of somebody up to the end of 2026."""
    return provisions.paid_until(world.elise, world.archipel.pk, 2026, person=world.people[name].pk)


def page(world: cast.World, user: str, name: str, *arguments: Any) -> Any:
    """The answer of a page to a user."""
    client = Client()
    client.force_login(world.users[user])
    return client.get(reverse(f"payroll:{name}", args=arguments))


def test_each_month_sets_aside_what_its_payslip_says_and_the_members_together_make_the_books(world: cast.World) -> None:
    lina, aline = (provisions.of_year(of(world, name), 2026) for name in ("lina", "aline"))

    first, second = lina.steps
    october = Payslip.objects.get(person=world.people["lina"], month=OCTOBER.first)
    figures = {one["code"]: EUR(one["amount"]) for one in october.figures["figures"]}
    assert first.moved[provisions.HOLIDAY].accrued == figures["provision.holiday_pay"]
    assert first.moved[provisions.PREMIUMS].accrued == sum(
        figures[f"provision.{name}"] for name in ("end_of_year", "annual_premium", "eco_vouchers")
    )
    assert second.left[provisions.HOLIDAY] == lina.left[provisions.HOLIDAY]
    assert lina.left[provisions.HOLIDAY] + aline.left[provisions.HOLIDAY] == balance(world, "holiday_pay")
    assert lina.left[provisions.PREMIUMS] + aline.left[provisions.PREMIUMS] == balance(world, "other_social_debts")


def test_the_activities_of_a_member_bear_all_of_it_by_weight(world: cast.World) -> None:
    rows = of(world, "lina")

    found = {one.activity: one.left for one in provisions.by_activity(rows)}

    whole = provisions.of_year(rows, 2026).left
    for role in provisions.NAMES:
        assert sum(left[role] for left in found.values()) == whole[role]
    assert set(found) == {world.activities["lina"], world.activities["aline"]}
    holiday = found[world.activities["lina"]][provisions.HOLIDAY]
    assert abs(holiday - whole[provisions.HOLIDAY] * 2 / 3) < EUR("0.05")


def test_a_corrected_payslip_counts_once(world: cast.World) -> None:
    old = Payslip.objects.get(person=world.people["lina"], month=OCTOBER.first)
    run = services.open_correction(
        payslip=old.pk, gross=EUR("1600.00"), hours=EUR("19"), reason="Bonus.", by=world.elise, at=cast.at("2026-12-01")
    )
    services.submit_run(run=run.pk, by=world.elise, at=cast.at("2026-12-01 09:00"))
    services.approve_run(run=run.pk, by=world.bruno, on=date(2026, 12, 1), at=cast.at("2026-12-01 10:00"))

    rows = of(world, "lina")

    assert len(rows) == 2
    assert all(check.agrees for check in provisions.checks(world.archipel.pk, rows))
    everybody = provisions.paid_until(world.elise, world.archipel.pk, 2026)
    assert all(check.agrees for check in provisions.whole_checks(world.archipel.pk, everybody, DECEMBER))


def test_an_entry_that_no_payslip_explains_is_named(world: cast.World) -> None:
    entry = posting.post(
        cooperative=world.archipel, journal="OD", on=date(2026, 11, 30), text="By hand", source="test", source_key="1",
        lines=[
            debit("holiday_provision", EUR("10.00"), activity=world.activities["lina"].pk), credit("holiday_pay", EUR("10.00"))
        ],
    )  # fmt: skip

    everybody = provisions.paid_until(world.elise, world.archipel.pk, 2026)
    holiday, premiums = provisions.whole_checks(world.archipel.pk, everybody, DECEMBER)

    assert premiums.agrees
    (difference,) = holiday.differences
    assert (difference.entry, difference.amount) == (entry.uuid, EUR("10.00"))


def test_a_year_begins_with_what_the_year_before_left_and_a_payment_uses_it() -> None:
    """A figure below zero is what a payment used: the books take it out of the provision."""
    rows = [
        _slip(Month(2025, 12), "111.17"), _slip(Month(2026, 1), "111.17"), _slip(Month(2026, 5), "-200.00")
    ]  # fmt: skip

    found = provisions.of_year(rows, 2026)

    assert found.before[provisions.HOLIDAY] == EUR("111.17")
    assert found.year[provisions.HOLIDAY] == provisions.Moved(EUR("111.17"), EUR("200.00"))
    assert found.left[provisions.HOLIDAY] == EUR("22.34")
    assert [step.left[provisions.HOLIDAY] for step in found.steps] == [EUR("222.34"), EUR("22.34")]


def _slip(month: Month, holiday: str) -> Paid:
    from uuid import uuid4

    figure = engine.Figure("provision.holiday_pay", EUR(holiday), "fact", (), "exact")
    return Paid(
        payslip=uuid4(), entry=uuid4(), person=uuid4(), name="Lina Maes", niss="", masked_niss="", contract=uuid4(),
        worker_number="1", month=month, hours=EUR(19), full_time_hours=EUR(38),
        figures=engine.Payslip(engine.YearMonth(month.year, month.number), (figure,), (), "", ""),
    )  # fmt: skip


def test_a_payment_beside_pay_uses_what_was_set_aside_and_what_is_left_is_still_the_books() -> None:
    world = beside.world(OCTOBER, NOVEMBER, DECEMBER)
    beside.paid(world, "end_of_year_premium", DECEMBER)

    rows = of(world, "lina")
    found = provisions.of_year(rows, 2026)

    # Of the three months' 462.34 for the end-of-year premium nothing is left; annual premium and vouchers stay.
    assert found.year[provisions.PREMIUMS].used == EUR("462.34")
    everybody = provisions.paid_until(world.elise, world.archipel.pk, 2026)
    for check in [
        *provisions.checks(world.archipel.pk, rows),
        *provisions.whole_checks(world.archipel.pk, everybody, DECEMBER),
    ]:
        assert check.agrees
    whole = found.left[provisions.PREMIUMS] + provisions.of_year(of(world, "aline"), 2026).left[provisions.PREMIUMS]
    assert whole == balance(world, "other_social_debts")
    assert sum(one.left[provisions.PREMIUMS] for one in provisions.by_activity(rows)) == found.left[provisions.PREMIUMS]


def test_what_months_before_the_product_set_aside_is_brought_forward_and_used() -> None:
    world = beside.world()
    beside.set_aside_before(world)
    lina = world.people["lina"].pk

    before = provisions.brought_in(world.archipel.pk, 2026, person=lina)[lina]
    beside.paid(world, "double_holiday_pay", beside.JUNE)
    found = provisions.of_year(of(world, "lina"), 2026, before)

    assert before == {provisions.HOLIDAY: EUR("1334.00"), provisions.PREMIUMS: EUR("1849.35")}
    assert found.year[provisions.HOLIDAY].used == EUR("1334.00")
    assert found.left[provisions.HOLIDAY] == 0
    table = provisions.people_table(of(world, "lina"), 2026, provisions.HOLIDAY, {lina: before})
    assert [cell.value for cell in table.rows[0].cells[1:]] == [EUR("1334.00"), 0, EUR("1334.00"), 0]


def test_the_member_reads_their_own_and_the_payroll_office_everybodys(world: cast.World) -> None:
    lina, coop = world.people["lina"].pk, world.archipel.pk

    own = page(world, "lina", "provisions_detail", lina, coop, 2026)
    office = page(world, "elise", "provisions_list", 2026)

    assert (own.status_code, office.status_code) == (200, 200)
    for answer in (own, office):
        assert len(answer.context["lists"]) == 2
        assert all(check.agrees for _table, checks in answer.context["lists"] for check, _sentence in checks)
    assert own.context["whole"] == sum(provisions.of_year(of(world, "lina"), 2026).left.values())
    assert reverse("payroll:provisions_detail", args=[lina, coop, 2026]) in office.content.decode()
    assert page(world, "aline", "provisions_detail", lina, coop, 2026).status_code == 404
    assert page(world, "lina", "provisions_list", 2026).status_code == 403
    october = Payslip.objects.get(person=lina, month=OCTOBER.first)
    assert reverse("payroll:payslip_detail", args=[october.pk]) in own.content.decode()
    for user, name, arguments, address in (
        ("lina", "account_detail", [lina, coop, 2026], reverse("payroll:provisions_detail", args=[lina, coop, 2026])),
        ("elise", "run_list", [], reverse("payroll:provisions_list", args=[2026])),
        ("elise", "run_detail", [october.member.run_id], reverse("payroll:provisions_list", args=[2026])),
    ):
        assert address in page(world, user, name, *arguments).content.decode(), name
