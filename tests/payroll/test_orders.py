"""Salary orders: what is allowed, what is refused and why, and that nobody spends the same euro twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import translation

from coop.entities.models import ReservePolicy
from coop.errors import Refused
from coop.ledger import queries
from coop.ledger import services as ledger
from coop.ledger.models import Reservation
from coop.periods import Month
from members.models import ContractVersion, Runs
from payroll import pricing, services
from payroll.models import PayrollRun, RunMember, SalaryOrder
from payroll.services import orders
from tests import cast
from tests.cast import at
from tests.payroll import build

ON = date(2026, 9, 22)


def make_world(money: str = "9000.00") -> cast.World:
    """Lina is employed half-time, her quarter is known, and her activity has money."""
    world = cast.world()
    build.employer(world.archipel)
    made = build.contract(world.people["lina"], world.archipel)
    for month in (build.JULY, build.AUGUST):
        build.opening(made, month)
    build.money(world, "lina", money)
    return world


@pytest.fixture
def world(db: None) -> cast.World:
    """The cast, with Lina employed."""
    return make_world()


def test_the_budget_of_the_invoice_gives_the_gross_and_net_of_the_guide(world: cast.World) -> None:
    basis = orders.order_basis(person=world.people["lina"], cooperative=world.archipel, month=build.SEPTEMBER)
    alone = pricing.facts_alone(basis)

    by_cost = pricing.price(alone, target="cost", amount=Decimal("2350.00"))
    by_net = pricing.price(alone, target="net", amount=Decimal("1400.00"))

    assert (by_cost.gross, by_cost.cost, by_cost.net) == tuple(map(Decimal, ("1601.98", "2350.00", "1412.11")))
    assert (by_net.gross, by_net.cost) == (Decimal("1571.16"), Decimal("2294.05"))


@pytest.mark.parametrize(
    ("target", "amount", "error", "words"),
    [
        ("gross", "1316.60", pricing.OrderBelowFloor, "€1,316.61"),
        ("gross", "1400.00", pricing.OrderBelowContract, "€1,450.00"),
        ("net", "900.00", pricing.OrderBelowFloor, "lowest pay allowed"),
    ],
)
def test_an_order_under_the_floor_or_the_contract_is_refused_when_it_is_sent(
    world: cast.World, target: str, amount: str, error: type[Refused], words: str
) -> None:
    with pytest.raises(error) as refused:
        build.order(world, "lina", amount, target)

    assert words in str(refused.value)
    assert str(refused.value.subject) == "Lina Maes"
    assert not SalaryOrder.objects.exists()


def test_an_order_above_the_contract_without_free_balance_names_the_highest_amount(db: None) -> None:
    world = make_world("1700.00")

    with pytest.raises(pricing.OrderAboveFree) as refused:
        build.order(world, "lina", "2200.00")

    assert "gross pay of" in str(refused.value.remedy)
    assert not SalaryOrder.objects.exists()


def test_what_was_spent_since_the_order_is_seen_when_it_is_approved(db: None) -> None:
    world = make_world("9000.00")
    order = build.order(world, "lina", "2200.00")
    build.money(world, "lina", "-4300.00", key="spent")

    with pytest.raises(pricing.OrderAboveFree) as refused:
        services.approve_order(order=order.pk, by=world.elise, on=ON, at=at("2026-09-22"))

    assert "gross pay of" in str(refused.value.remedy)
    assert not Reservation.objects.filter(kind="order").exists()
    order.refresh_from_db()
    assert order.state == SalaryOrder.State.SUBMITTED


def test_the_highest_amount_named_is_accepted_and_a_cent_more_is_not(db: None) -> None:
    world = make_world("4900.00")
    basis = orders.order_basis(person=world.people["lina"], cooperative=world.archipel, month=build.SEPTEMBER)
    free = {pk: queries.free_balance(world.activities["lina"], ON) for pk, _weight in basis.bearers}
    wish = pricing.price(basis, target="gross", amount=Decimal("3000.00"))
    best = pricing.gross_for(basis, target="cost", amount=pricing.highest(wish, basis, free))

    accepted = build.approved_order(world, "lina", str(best))

    assert accepted.cost <= free[world.activities["lina"].pk]
    with pytest.raises(Refused):
        build.approved_order(world, "lina", str(best + 1))


def test_the_contractual_wage_draws_on_the_reserve_with_a_warning_unless_the_policy_forbids(db: None) -> None:
    world = make_world("100.00")
    order = build.approved_order(world, "lina", "1450.00")
    ReservePolicy.objects.filter(cooperative=world.archipel).update(contract_may_draw=False)

    with pytest.raises(pricing.ReserveMayNotBeDrawn):
        services.correct_order(
            order=order.pk, target="gross", amount=Decimal("1450.00"), reason="again", by=world.elise, on=ON,
            at=at("2026-09-22"),
        )  # fmt: skip

    assert order.warnings[0]["code"] == "draws_on_reserve"


def test_a_contract_with_too_few_hours_is_refused_unless_it_has_a_derogation(world: cast.World) -> None:
    ContractVersion.objects.update(weekly_hours=Decimal("10"), gross=Decimal("800.00"))

    with pytest.raises(pricing.HoursBelowMinimum) as refused:
        build.order(world, "lina", "800.00")
    ContractVersion.objects.update(derogation="Royal decree of 1992, article 1")

    assert "less than the law allows" in str(refused.value)
    assert build.order(world, "lina", "800.00").state == SalaryOrder.State.SUBMITTED


@pytest.mark.parametrize(("name", "words"), [("hugo", "candidate"), ("chloe", "no employment contract")])
def test_people_without_a_salary_are_refused_with_their_reason(world: cast.World, name: str, words: str) -> None:
    with pytest.raises(orders.NoSalaryToOrder) as refused:
        build.order(world, name, "1500.00")

    assert words in str(refused.value)


def test_a_month_beyond_the_confirmed_law_is_refused_in_the_readers_language(world: cast.World) -> None:
    with pytest.raises(Refused) as refused:
        build.order(world, "lina", "1500.00", month=Month(2027, 1))

    assert "January 2027" in str(refused.value)
    assert "31 December 2026" in str(refused.value)


def test_only_the_member_and_the_officer_order_and_only_the_officer_decides(world: cast.World) -> None:
    order = build.order(world, "lina", "1500.00")

    for user in (world.aline, world.farid, world.bruno, world.amina):
        with pytest.raises(PermissionDenied):
            services.submit_order(
                person=world.people["lina"], cooperative=world.archipel, month=build.SEPTEMBER, target="gross",
                amount=Decimal("1600.00"), by=user, on=ON, at=at("2026-09-22"),
            )  # fmt: skip
    for user in (world.lina, world.bruno, world.farid):
        with pytest.raises(PermissionDenied):
            services.approve_order(order=order.pk, by=user, on=ON, at=at("2026-09-22"))


def test_a_member_orders_until_the_cut_off_day_and_the_officer_after_it(world: cast.World) -> None:
    late = {
        "person": world.people["lina"], "cooperative": world.archipel, "month": build.SEPTEMBER, "target": "gross",
        "amount": Decimal("1500.00"), "on": date(2026, 9, 23), "at": at("2026-09-23"),
    }  # fmt: skip

    with pytest.raises(orders.TooLate) as refused:
        services.submit_order(**late, by=world.lina)

    assert "22 September 2026" in str(refused.value)
    assert services.submit_order(**late, by=world.elise).state == SalaryOrder.State.SUBMITTED


def test_changing_an_approved_order_releases_its_reservation_and_asks_again(world: cast.World) -> None:
    first = build.approved_order(world, "lina", "1500.00")

    second = build.order(world, "lina", "1600.00")

    assert second.version == 2
    first.refresh_from_db()
    assert first.superseded_at is not None
    assert not Reservation.objects.filter(kind="order", released_on=None).exists()
    services.approve_order(order=second.pk, by=world.elise, on=ON, at=at("2026-09-22"))
    assert Reservation.objects.get(kind="order", released_on=None).source_key == str(second.pk)


def test_a_correction_is_a_new_approved_version_with_its_reason(world: cast.World) -> None:
    order = build.order(world, "lina", "2000.00")

    corrected = services.correct_order(
        order=order.pk, target="gross", amount=Decimal("1700.00"), reason="As agreed.", by=world.elise, on=ON,
        at=at("2026-09-22"),
    )  # fmt: skip

    assert (corrected.version, corrected.state, corrected.reason) == (2, "approved", "As agreed.")
    assert SalaryOrder.objects.live().count() == 1


def test_the_same_wish_sent_twice_is_one_order(world: cast.World) -> None:
    assert build.order(world, "lina", "1500.00").pk == build.order(world, "lina", "1500.00").pk
    assert SalaryOrder.objects.count() == 1


def test_a_new_order_makes_the_calculated_payslip_due_again(world: cast.World) -> None:
    run = build.calculated(world.archipel)

    build.approved_order(world, "lina", "1700.00")

    run.refresh_from_db()
    assert run.state == PayrollRun.State.OPEN
    assert RunMember.objects.get().state == RunMember.State.TODO


def test_the_cost_of_a_person_with_two_activities_is_split_by_weight_and_each_activity_is_checked(db: None) -> None:
    world = make_world("5000.00")
    Runs.objects.filter(person=world.people["lina"]).update(weight=Decimal("2"))
    Runs.objects.create(
        person=world.people["lina"], activity=world.activities["aline"], valid_from=cast.START, weight=Decimal("1")
    )
    build.money(world, "aline", "5000.00")

    order = build.approved_order(world, "lina", "1700.00")

    parts = {one.activity.code: one.amount for one in Reservation.objects.filter(kind="order")}
    assert sum(parts.values()) == order.cost
    assert abs(parts["A-018"] - 2 * parts["A-017"]) <= Decimal("0.02")


def race(world: cast.World, *, lock: bool) -> int:
    """Let eight salaries above the contract, each of which fits alone, be reserved at once; return how many passed."""
    activity = world.activities["lina"]

    def reserve(number: int) -> bool:
        from django.db import transaction

        try:
            with transaction.atomic():
                locked = ledger.lock_activity(activity.pk) if lock else activity
                free = queries.free_balance(locked, ON)
                if not lock:
                    with connection.cursor() as cursor:
                        cursor.execute("SELECT pg_sleep(0.2)")
                if free < Decimal("800.00"):
                    return False
                Reservation.objects.create(
                    activity=locked, kind=Reservation.Kind.ORDER, source="test", source_key=str(number), text="race",
                    amount=Decimal("800.00"), contract_cost=0, free_before=free, made_on=ON,
                ) if not lock else ledger.reserve(
                    activity=locked, kind=Reservation.Kind.ORDER, amount=Decimal("800.00"), contract_cost=Decimal(0),
                    source="test", source_key=str(number), text="race", on=ON,
                )  # fmt: skip
            return True
        except Refused:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(reserve, range(8)))


@pytest.mark.django_db(transaction=True)
def test_parallel_reservations_never_take_the_free_balance_below_zero_and_without_the_lock_they_would() -> None:
    world = cast.world()
    build.money(world, "lina", "1000.00")

    passed = race(world, lock=True)
    after = queries.free_balance(world.activities["lina"], ON)
    ledger.release(source="test", source_key=Reservation.objects.get(released_on=None).source_key, on=ON)
    without = race(world, lock=False)

    assert passed == 1
    assert after == Decimal("200.00")
    assert without > 1


@pytest.mark.django_db(transaction=True)
def test_an_order_approved_by_many_clicks_at_once_reserves_once() -> None:
    world = make_world()
    order = build.order(world, "lina", "1500.00")

    def approve(_number: int) -> bool:
        try:
            with translation.override("en"):
                services.approve_order(order=order.pk, by=world.elise, on=ON, at=at("2026-09-22"))
            return True
        except Refused:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        passed = sum(pool.map(approve, range(6)))

    assert passed == 1
    assert Reservation.objects.filter(kind="order").count() == 1


def test_the_officer_sends_an_order_for_a_member_by_page_and_the_member_reads_who_did(world: cast.World) -> None:
    officer, member = Client(), Client()
    officer.force_login(world.elise)
    member.force_login(world.lina)
    new = reverse("payroll:order_new") + "?cooperative=archipel&month=2026-09"

    with time_machine.travel("2026-09-25 12:00:00+02:00", tick=False):  # after the members' last day
        form = officer.get(new)
        refused = officer.post(new, {"person": world.people["lina"].pk, "target": "gross", "amount": "1000"})
        sent = officer.post(new, {"person": world.people["lina"].pk, "target": "gross", "amount": "1600"})
        shown = officer.get(sent.url).content.decode()
        read = member.get(reverse("payroll:salary_month", args=[build.SEPTEMBER])).content.decode()
        none_left = officer.get(new).content.decode()

    assert "Lina Maes" in form.content.decode()
    assert refused.status_code == 422
    assert "€1,316.61" in refused.content.decode()
    order = SalaryOrder.objects.get()
    assert (order.person, order.submitted_by, order.state) == (world.people["lina"], world.elise, "submitted")
    assert "Sent for the member by Élise" in shown
    assert "Sent for you by" in read
    assert "Élise" in read
    assert "Everybody with a contract in this month has an order" in none_left


def test_the_officer_of_another_cooperative_sends_no_order(world: cast.World) -> None:
    with pytest.raises(PermissionDenied):
        services.submit_order(
            person=world.people["lina"], cooperative=world.archipel, month=build.SEPTEMBER, target="gross",
            amount=Decimal("1600.00"), by=world.dirk, on=ON, at=at("2026-09-22"),
        )  # fmt: skip
