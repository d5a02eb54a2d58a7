"""Who gives which role to whom."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from coop.access import services, visibility
from coop.access.models import Grant, Role
from coop.access.predicates import Subject
from tests import cast

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


def test_a_cooperative_administrator_gives_roles_in_the_own_cooperative(world):
    grant = services.grant_role(
        user=world.farid, role=Role.ACCOUNTANT, cooperative=world.archipel, valid_from=DAY, by=world.amina
    )

    assert (grant.role, grant.valid_from, grant.valid_until) == ("accountant", DAY, None)


def test_not_in_another_cooperative(world):
    with pytest.raises(PermissionDenied):
        services.grant_role(
            user=world.farid, role=Role.ACCOUNTANT, cooperative=world.boreal, valid_from=DAY, by=world.amina
        )


def test_not_on_an_activity_of_another_cooperative(world):
    with pytest.raises(PermissionDenied):
        services.grant_role(
            user=world.farid, role=Role.COACH, activity=world.activities["dirk"], valid_from=DAY, by=world.amina
        )


def test_not_to_oneself(world):
    with pytest.raises(services.OwnRole):
        services.grant_role(
            user=world.amina, role=Role.ACCOUNTANT, cooperative=world.archipel, valid_from=DAY, by=world.amina
        )


def test_none_above_the_own(world):
    with pytest.raises(PermissionDenied):
        services.grant_role(
            user=world.farid,
            role=Role.GROUP_ADMIN,
            group=cast.Group.objects.create(name="Other"),
            valid_from=DAY,
            by=world.amina,
        )
    with pytest.raises(services.AboveOwnRole):
        services.grant_role(user=world.farid, role=Role.GROUP_ADMIN, group=world.group, valid_from=DAY, by=world.amina)


def test_a_group_administrator_gives_roles_in_each_cooperative_and_of_the_group(world):
    services.grant_role(
        user=world.farid, role=Role.ACCOUNTANT, cooperative=world.boreal, valid_from=DAY, by=world.greet
    )
    services.grant_role(user=world.farid, role=Role.GROUP_ADMIN, group=world.group, valid_from=DAY, by=world.greet)

    assert Grant.objects.filter(user=world.farid).count() == 3


@pytest.mark.parametrize("name", ["aline", "farid", "elise", "bruno", "jeanne"])
def test_others_give_no_roles(world, name):
    with pytest.raises(PermissionDenied):
        services.grant_role(
            user=world.chloe, role=Role.ACCOUNTANT, cooperative=world.archipel, valid_from=DAY, by=getattr(world, name)
        )


def test_a_role_is_given_on_what_it_is_about(world):
    with pytest.raises(services.WrongScope):
        services.grant_role(
            user=world.farid, role=Role.COACH, cooperative=world.archipel, valid_from=DAY, by=world.amina
        )


def test_the_same_role_twice_on_the_same_days_is_refused(world):
    with pytest.raises(services.RoleOverlaps, match="coach"):
        services.grant_role(
            user=world.farid, role=Role.COACH, activity=world.activities["aline"], valid_from=DAY, by=world.amina
        )


def test_a_role_ends_on_a_day_and_the_right_with_it(world):
    grant = Grant.objects.get(user=world.bruno)

    services.end_role(grant=grant, valid_until=DAY, by=world.amina)

    assert visibility.access_of(cast.User.objects.get(pk=world.bruno.pk), date(2026, 2, 28)).roles == {Role.ACCOUNTANT}
    assert not visibility.access_of(cast.User.objects.get(pk=world.bruno.pk), DAY).cooperatives_with(Subject.BANK, "w")


def test_a_role_does_not_end_before_it_starts(world):
    with pytest.raises(services.EndsBeforeStart):
        services.end_role(grant=Grant.objects.get(user=world.bruno), valid_until=cast.START, by=world.amina)


def test_nobody_ends_a_role_of_their_own(world):
    with pytest.raises(services.OwnRole):
        services.end_role(grant=Grant.objects.get(user=world.amina), valid_until=DAY, by=world.amina)


def test_a_changed_role_ends_the_sessions_of_that_person_only(world, client, django_capture_on_commit_callbacks):
    other = client.__class__()
    client.force_login(world.bruno)
    other.force_login(world.elise)

    with django_capture_on_commit_callbacks(execute=True):
        services.end_role(grant=Grant.objects.get(user=world.bruno), valid_until=DAY, by=world.amina)

    assert not client.session.exists(client.cookies["sessionid"].value)
    assert other.session.exists(other.cookies["sessionid"].value)


def test_an_address_belongs_to_one_login(world):
    with pytest.raises(services.LoginExists):
        services.create_login(name="Aline", email="ALINE@partagee.example", by=world.amina)
