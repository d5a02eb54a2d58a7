"""Catalogues: what is kept of a service, what a typed text means, and what is refused."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from invoicing.catalogue import choosing, services
from invoicing.catalogue.models import Service
from invoicing.services import ChangedMeanwhile
from tests import cast, database

AT = cast.at("2026-09-14 09:00")
NAMED = [
    choosing.Named("hour", {"fr": "Heure de conseil", "nl": "Uur advies", "en": ""}),
    choosing.Named("half", {"fr": "Demi-heure de conseil", "nl": "", "en": ""}),
    choosing.Named("epure", {"fr": "Épure", "nl": "", "en": "Draft plan"}),
]


@pytest.fixture
def world(db) -> cast.World:
    """The cast."""
    return cast.world()


def service(world: cast.World, price: str = "80.50", **names: str) -> Service:
    details = services.ServiceDetails(unit_price=Decimal(price), **(names or {"name_fr": "Heure de conseil"}))
    return services.create_service(activity=world.activities["aline"].pk, details=details, by=world.aline, at=AT)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("heure de conseil", ["hour"]),
        ("HEURE", ["hour"]),
        ("conseil", ["hour", "half"]),
        ("epu", ["epure"]),
        ("uur", ["hour"]),
        ("plan", ["epure"]),
        ("", []),
        ("  ", []),
        ("plumbing", []),
    ],
)
def test_a_text_means_the_exact_name_before_a_beginning_before_a_part(text, found):
    assert [one.key for one in choosing.meant(text, NAMED)] == found


def test_a_service_is_named_in_the_language_asked_or_in_the_first_that_has_a_name():
    assert [NAMED[0].name_in(language) for language in ("nl", "en")] == ["Uur advies", "Heure de conseil"]


def test_a_text_that_means_none_or_several_is_refused(world):
    service(world)
    service(world, name_fr="Heure de route")

    assert str(services.service_meant(activity=world.activities["aline"].pk, text="heure de r")) == "Heure de route"
    for text in ("heure", "plumbing"):
        with pytest.raises(services.ServiceUnknown):
            services.service_meant(activity=world.activities["aline"].pk, text=text)


def test_a_service_without_a_name_or_with_a_name_taken_is_refused(world):
    service(world)

    with pytest.raises(services.NameMissing):
        service(world, name_fr=" ")
    with pytest.raises(services.NameTaken):
        service(world, name_fr="heure de CONSEIL")


def test_a_retired_service_leaves_the_choice_and_frees_its_name(world):
    first = service(world)
    services.retire_service(service_id=first.pk, by=world.aline, at=AT)

    with pytest.raises(services.ServiceUnknown):
        services.service_meant(activity=first.activity_id, text="heure")
    service(world)
    with pytest.raises(services.NameTaken):
        services.offer_again(service_id=first.pk, by=world.aline)


def test_a_change_in_another_window_is_not_overwritten(world):
    made = service(world)
    details = services.ServiceDetails(unit_price=Decimal(90), name_fr="Heure")
    services.update_service(service_id=made.pk, details=details, version=1, by=world.aline)

    with pytest.raises(ChangedMeanwhile):
        services.update_service(service_id=made.pk, details=details, version=1, by=world.aline)


def test_others_change_nothing(world):
    made = service(world)
    details = services.ServiceDetails(unit_price=Decimal(90), name_fr="Heure")

    for who in (world.chloe, world.elise, world.farid):
        with pytest.raises(PermissionDenied):
            services.update_service(service_id=made.pk, details=details, version=None, by=who)
        with pytest.raises(PermissionDenied):
            services.create_service(activity=made.activity_id, details=details, by=who, at=AT)
        with pytest.raises(PermissionDenied):
            services.retire_service(service_id=made.pk, by=who, at=AT)


def test_the_database_refuses_a_nameless_service_a_double_name_and_a_price_below_zero(world):
    made = service(world)
    service(world, name_fr="Autre")

    for change in ({"name_fr": ""}, {"name_fr": "Autre"}, {"unit_price": -1}, {"discount_percent": 101}):
        with pytest.raises(IntegrityError), transaction.atomic(), database.as_runtime_role():
            Service.objects.filter(pk=made.pk).update(**change)
