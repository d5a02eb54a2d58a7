"""Restricted fields: unreadable where they are stored, and never shown when something is wrong with them."""

import pytest
from django.db import connection
from django.db.models import F

from coop.access import crypto
from members.models import Person
from tests import cast

NISS = "85073003328"
pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> cast.World:
    """The cast; Aline and Lina have a national number."""
    world = cast.world()
    for name in ("aline", "lina"):
        world.people[name].niss = NISS
        world.people[name].save()
    return world


def stored(person: Person) -> str:
    """Return what the database holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT niss FROM members_person WHERE id = %s", [person.pk])
        return str(cursor.fetchone()[0])


def overwrite(person: Person, value: str) -> Person:
    """Write a value below the field, and read the person again."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE members_person SET niss = %s WHERE id = %s", [value, person.pk])
    return Person.objects.get(pk=person.pk)


def test_what_is_stored_says_nothing_and_reads_back(world):
    aline, lina = world.people["aline"], world.people["lina"]

    assert NISS not in stored(aline)
    assert stored(aline) != stored(lina)
    assert Person.objects.get(pk=aline.pk).niss == NISS


def test_an_empty_value_stays_empty(world):
    assert stored(world.people["ivo"]) == ""
    assert Person.objects.get(pk=world.people["ivo"].pk).niss == ""


@pytest.mark.parametrize(
    "harm",
    [
        lambda sealed: sealed[:-4],
        lambda sealed: sealed[:-6] + ("AAAA" if sealed[-6:-2] != "AAAA" else "BBBB") + sealed[-2:],
        lambda sealed: sealed.partition(":")[0] + ":",
        lambda sealed: "k9" + sealed[sealed.index(":") :],
        lambda _sealed: NISS,
        lambda _sealed: "k1:not base64!",
    ],
    ids=["cut", "altered", "emptied", "other key", "plain text", "garbage"],
)
def test_a_harmed_value_is_an_error_never_a_text(world, harm):
    aline = overwrite(world.people["aline"], harm(stored(world.people["aline"])))

    with pytest.raises(crypto.Unreadable):
        _ = aline.niss


def test_a_value_moved_to_another_person_is_an_error(world):
    lina = overwrite(world.people["lina"], stored(world.people["aline"]))

    with pytest.raises(crypto.Unreadable, match="altered or moved"):
        _ = lina.niss


def test_a_value_moved_to_another_column_is_an_error(world):
    Person.objects.filter(pk=world.people["aline"].pk).update(iban=F("niss"))

    with pytest.raises(crypto.Unreadable):
        _ = Person.objects.get(pk=world.people["aline"].pk).iban


@pytest.mark.parametrize(
    "use",
    [
        lambda: list(Person.objects.filter(niss=NISS)),
        lambda: list(Person.objects.exclude(niss=NISS)),
        lambda: Person.objects.update(niss=NISS),
    ],
    ids=["filter", "exclude", "update"],
)
def test_a_restricted_field_is_neither_searched_nor_changed_in_bulk(world, use):
    with pytest.raises(TypeError, match="encrypted"):
        use()


def test_a_value_is_found_by_its_keyed_digest_only(settings):
    digest = crypto.blind_index(NISS, purpose="niss")

    assert digest != crypto.blind_index(NISS, purpose="iban")
    settings.INDEX_KEY = "another key"
    assert digest != crypto.blind_index(NISS, purpose="niss")


def test_new_keys_seal_and_old_ones_still_open(world, settings):
    place = "members_person.niss.1"
    settings.ENCRYPTION_KEYS = "old:secret one"
    sealed = crypto.seal(NISS, place=place)

    settings.ENCRYPTION_KEYS = "new:secret two,old:secret one"

    assert crypto.seal(NISS, place=place).startswith("new:")
    assert crypto.unseal(sealed, place=place) == NISS
    settings.ENCRYPTION_KEYS = "new:secret two"
    with pytest.raises(crypto.Unreadable, match="no key 'old'"):
        crypto.unseal(sealed, place=place)


def test_the_history_of_a_person_holds_no_readable_number(world):
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(niss, ' ') FROM members_personevent")
        assert NISS not in (cursor.fetchone()[0] or "")
