"""Customers: right numbers, one party per VAT number, nothing overwritten unseen."""

import pytest
from django.core.exceptions import PermissionDenied

from coop.entities.models import Party
from invoicing import services
from invoicing.content import CustomerDetails
from tests import cast
from tests.invoicing import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


@pytest.mark.parametrize("typed", ["BE0403170701", "be 0403.170.701", "403170701", "0403170701"])
def test_a_belgian_vat_number_is_read_in_any_spelling(world, typed):
    customer = build.customer(world.activities["aline"], world.aline, vat_number=typed)

    assert (customer.vat_number, customer.enterprise_number) == ("BE0403170701", "0403170701")


@pytest.mark.parametrize("typed", ["BE0403170702", "FR00000000000", "XX123", "12"])
def test_a_wrong_vat_number_is_refused_with_what_to_do(world, typed):
    with pytest.raises(services.VatNumberWrong, match="compare the digits"):
        build.customer(world.activities["aline"], world.aline, vat_number=typed)


def test_a_private_person_has_no_vat_number(world):
    with pytest.raises(services.VatNumberWrong, match="private person"):
        build.customer(world.activities["aline"], world.aline, kind="private")


def test_customers_of_two_activities_with_one_vat_number_are_one_party(world):
    first = build.customer(world.activities["aline"], world.aline)
    second = build.customer(world.activities["lina"], world.lina, name="Karel bvba")
    other = build.customer(world.activities["dirk"], world.dirk)

    assert first.party == second.party
    assert other.party != first.party
    assert Party.objects.filter(vat_number="BE0403170701").count() == 2


def test_an_activity_has_a_vat_number_once(world):
    build.customer(world.activities["aline"], world.aline)

    with pytest.raises(services.CustomerKnown, match="already has a customer"):
        build.customer(world.activities["aline"], world.aline, name="Again")


def test_a_change_made_meanwhile_is_not_overwritten(world):
    customer = build.customer(world.activities["aline"], world.aline)
    details = CustomerDetails(name="New name")
    services.update_customer(customer_id=customer.pk, details=details, version=1, by=world.aline)

    with pytest.raises(services.ChangedMeanwhile):
        services.update_customer(customer_id=customer.pk, details=details, version=1, by=world.aline)


@pytest.mark.parametrize("who", ["chloe", "dirk", "farid", "elise", "jeanne"])
def test_nobody_adds_customers_to_the_activity_of_others(world, who):
    with pytest.raises(PermissionDenied):
        build.customer(world.activities["aline"], world.users[who])


def test_a_draft_takes_no_customer_of_another_activity(world):
    of_lina = build.customer(world.activities["lina"], world.lina)

    with pytest.raises(services.CustomerOfOthers):
        build.draft(world.activities["aline"], world.aline, to=of_lina)
