"""People are known once; what identifies them is checked and unreadable in the database."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from coop.access.models import Grant, Role
from members import services
from members.models import Person
from tests import cast

pytestmark = pytest.mark.django_db
NISS = "85.07.30-033.28"
DETAILS = {"first_name": "Émile", "last_name": "Öztürk", "email": "Emile@exemple.be"}


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


def admit(world: cast.World, **changed: object) -> Person:
    """Admit Émile, as the payroll officer does."""
    return services.admit_person(**{"group": world.group, **DETAILS, "by": world.elise, **changed})


def test_a_person_is_admitted_with_a_name_that_sorts_without_accents(world):
    person = admit(world)

    assert (str(person), person.sort_name, person.email) == ("Émile Öztürk", "ozturk emile", "emile@exemple.be")


def test_niss_and_iban_are_kept_compact_and_unreadable_in_the_database(world):
    person = admit(world, niss=NISS, iban="BE68 5390 0754 7034")

    with connection.cursor() as cursor:
        cursor.execute("SELECT niss, iban FROM members_person WHERE id = %s", [person.pk])
        stored = "".join(cursor.fetchone())
    read = Person.objects.get(pk=person.pk)
    assert (read.niss, read.iban, read.born_on) == ("85073003328", "BE68539007547034", date(1985, 7, 30))
    assert "85073003328" not in stored
    assert "BE68539007547034" not in stored


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("niss", "85.07.30-033.29", services.NissWrong),
        ("niss", "1", services.NissWrong),
        ("iban", "BE68 5390 0754 7035", services.IbanWrong),
        ("iban", "BE68", services.IbanWrong),
    ],
)
def test_wrong_check_digits_are_refused_with_reason_and_remedy(world, field, value, refusal):
    with pytest.raises(refusal) as refused:
        admit(world, **{field: value})

    assert refused.value.field == field
    assert all((str(refused.value.subject), str(refused.value.reason), str(refused.value.remedy)))
    assert not Person.objects.filter(email="emile@exemple.be").exists()


def test_nobody_is_admitted_twice_under_one_national_number(world):
    admit(world, niss=NISS)

    with pytest.raises(services.AlreadyAdmitted, match="national number"):
        admit(world, niss="85073003328", email="other@exemple.be")


def test_nobody_is_admitted_twice_under_one_address(world):
    admit(world)

    with pytest.raises(services.AlreadyAdmitted, match=r"emile@exemple\.be"):
        admit(world)


def test_the_administrator_admits_people_but_does_not_enter_national_numbers(world):
    person = admit(world, by=world.amina)

    with pytest.raises(PermissionDenied):
        services.record_identity(person=person, niss=NISS, iban="", by=world.amina)


@pytest.mark.parametrize("name", ["aline", "farid", "bruno", "greet", "jeanne", "dirk"])
def test_others_admit_nobody(world, name):
    with pytest.raises(PermissionDenied):
        admit(world, by=getattr(world, name))


def test_the_payroll_officer_of_another_cooperative_does_not_reach_a_person(world):
    with pytest.raises(PermissionDenied):
        services.record_identity(person=world.people["dirk"], niss=NISS, iban="", by=world.elise)


def test_an_empty_number_leaves_the_recorded_one(world):
    person = admit(world, niss=NISS, iban="BE68539007547034")

    services.record_identity(person=person, niss="", iban="BE71096123456769", by=world.elise)

    read = Person.objects.get(pk=person.pk)
    assert (read.niss, read.iban) == ("85073003328", "BE71096123456769")


def test_a_login_comes_with_the_role_on_each_activity_that_is_run(world):
    person = admit(world)
    services.start_membership(
        person=person, cooperative=world.archipel, status="employee", valid_from=date(2026, 1, 1), by=world.amina
    )
    activity = services.open_activity(
        cooperative=world.archipel, code="a-100", name="Émile répare", opened_on=date(2026, 1, 1), by=world.amina
    )
    services.run_activity(person=person, activity=activity, valid_from=date(2026, 2, 1), by=world.amina)

    user = services.give_login(person=person, on=date(2026, 3, 1), by=world.amina)

    grant = Grant.objects.get(user=user)
    assert (grant.role, grant.activity, grant.valid_from) == (Role.ENTREPRENEUR, activity, date(2026, 2, 1))
    assert not user.has_usable_password()


def test_a_name_changed_is_changed_in_the_books_of_each_cooperative(world):
    aline = world.people["aline"]

    services.change_details(
        person=aline, first_name="Aline", last_name="Éloy", email=aline.email, language="fr", by=world.amina
    )

    assert services.party_of(person=aline, cooperative=world.archipel).name == "Aline Éloy"
