"""What grants reach: by role, place and day; nothing without one."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from coop.access import visibility
from coop.access.models import Grant, Role
from coop.access.predicates import RIGHTS, Subject, roles_with
from coop.ledger.models import Entry, Line
from tests import cast
from tests.coop.ledger.test_posting import sale

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


def test_every_subject_names_rights_that_exist():
    assert set(RIGHTS) == set(Subject)
    assert all(set(rights) <= set("rwxtm") for roles in RIGHTS.values() for rights in roles.values())


@pytest.mark.parametrize("subject", [Subject.PAY, Subject.ORDERS, Subject.RUNS])
def test_coaches_and_administrators_see_no_pay(subject):
    assert not {Role.COACH, Role.COOPERATIVE_ADMIN, Role.GROUP_ADMIN} & roles_with(subject, "r")
    assert roles_with(Subject.PAY, "r") == {Role.PAYROLL_OFFICER}


def test_nobody_both_prepares_and_approves_a_run():
    assert not roles_with(Subject.RUNS, "w") & roles_with(Subject.RUNS, "x")


def test_the_lines_of_an_activity_are_seen_by_its_people_and_the_support_team(world):
    sale(world)

    seen = {name for name, user in world.users.items() if Line.objects.visible_to(user).exists()}

    assert seen == {"lina", "elise", "bruno", "amina", "greet", "jeanne"}
    assert {name for name, user in world.users.items() if Entry.objects.visible_to(user).exists()} == seen
    assert {line.activity for line in Line.objects.visible_to(world.lina)} == {world.activities["lina"]}


def test_a_coach_reaches_totals_only_and_of_assigned_activities(world):
    access = visibility.access_of(world.farid)

    assert access.activities_with(Subject.LEDGER, "t") == {world.activities["aline"].pk}
    assert access.activities_with(Subject.LEDGER, "r") == frozenset()


def test_a_group_right_reaches_every_cooperative_of_the_group(world):
    reached = visibility.access_of(world.greet).cooperatives_with(Subject.LEDGER, "r")

    assert reached == {world.archipel.pk, world.boreal.pk, world.cabestan.pk}
    assert not visibility.may(world.greet, Subject.LEDGER, "w", cooperative=world.archipel.pk)


@pytest.mark.parametrize(("day", "reaches"), [("2027-06-29", True), ("2027-06-30", False), ("2024-12-31", False)])
def test_a_grant_holds_from_its_first_day_until_its_last(world, day, reaches):
    access = visibility.access_of(world.jeanne, date.fromisoformat(day))

    assert (world.archipel.pk in access.cooperatives_with(Subject.LEDGER, "r")) is reaches


def test_an_ended_grant_acts_at_the_next_request(world):
    assert visibility.may(world.bruno, Subject.BANK, "w", cooperative=world.archipel.pk)
    Grant.objects.filter(user=world.bruno).update(valid_until=date(2025, 6, 1))
    visibility.forget(world.bruno)

    with pytest.raises(PermissionDenied):
        visibility.require(world.bruno, Subject.BANK, "w", cooperative=world.archipel.pk)


def test_strangers_and_the_inactive_reach_nothing(world):
    world.bruno.is_active = False

    assert visibility.access_of(AnonymousUser()).roles == frozenset()
    assert visibility.access_of(world.bruno).roles == frozenset()


def test_a_technical_administrator_has_no_right_on_data(world):
    root = cast.User.objects.create_superuser(email="root@partagee.example", name="Root")

    assert visibility.access_of(root).roles == frozenset()
    assert not Line.objects.visible_to(root).exists()


def test_no_activity_and_no_cooperative_is_no_match(world):
    assert not visibility.may(world.bruno, Subject.LEDGER, "r")


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.ENTREPRENEUR, "cooperative"),
        (Role.ACCOUNTANT, "activity"),
        (Role.GROUP_ADMIN, "cooperative"),
        (Role.AUDITOR, "group"),
    ],
)
def test_a_role_is_granted_on_its_own_kind_of_place(world, role, scope):
    places = {"activity": world.activities["aline"], "cooperative": world.archipel, "group": world.group}

    with pytest.raises(IntegrityError, match="grant_scope"), transaction.atomic():
        cast.grant(world.chloe, role, **{scope: places[scope]})
