"""A database for one run of the bench: made anew, used as the runtime role, removed at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created

from coop import roles
from tests import database

PREFIX = "bench_"


@contextmanager
def of_its_own() -> Iterator[None]:
    """Make the database, act as the runtime role in every connection, and remove the database at the end."""
    name = settings.DATABASES["default"]["TEST"]["NAME"]
    if not name.startswith(PREFIX):
        raise SystemExit(f"The bench refuses database {name}: its name must begin with {PREFIX}")
    database.prepare_cluster()
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        roles.apply_grants(connection)
        connection_created.connect(_become_runtime_role)
        connection.close()
        yield
    finally:
        connection_created.disconnect(_become_runtime_role)
        connection.close()
        connection.creation.destroy_test_db(before, verbosity=0)


def _become_runtime_role(connection: object, **_others: object) -> None:
    with connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"SET ROLE {roles.RUN}")


@contextmanager
def as_owner() -> Iterator[None]:
    """Act as the owner for a while: what only the bench needs (tables of its own, statistics)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (role,) = cursor.fetchone()
        cursor.execute("RESET ROLE")
        yield
        cursor.execute(f"SET ROLE {role}")
