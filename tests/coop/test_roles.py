"""The two roles: what the runtime role may do and what PostgreSQL refuses it."""

import psycopg
import pytest
from django.db import connection
from django.db.utils import ProgrammingError
from psycopg.errors import InsufficientPrivilege

from coop import roles
from tests import database

pytestmark = pytest.mark.django_db

REFUSED = r"permission denied|must be owner"


def rights_of_runtime_role() -> dict[str, set[str]]:
    """Return the rights that PostgreSQL itself reports, by table."""
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
            "WHERE grantee = %s AND table_schema = 'public'",
            [roles.RUN],
        )
        for table, right in cursor.fetchall():
            found.setdefault(table, set()).add(right)
    return found


def test_every_append_only_table_is_the_table_of_a_model():
    assert set(roles.APPEND_ONLY) <= set(roles.append_only_tables())


def test_the_runtime_role_reads_and_adds_but_changes_nothing_in_the_books():
    rights = rights_of_runtime_role()

    assert {table: rights[table] for table in roles.append_only_tables()} == {
        table: {"SELECT", "INSERT"} for table in roles.append_only_tables()
    }


def test_the_runtime_role_may_read_add_change_and_delete_elsewhere_and_nothing_more():
    others = {
        table: rights for table, rights in rights_of_runtime_role().items() if table not in roles.append_only_tables()
    }

    assert others
    assert {table for table, rights in others.items() if rights != {"SELECT", "INSERT", "UPDATE", "DELETE"}} == set()


def test_the_runtime_role_owns_nothing():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = %s", [roles.RUN])

        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_line SET position = position",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_line",
        "TRUNCATE django_session",
        "CREATE TABLE mine (id int)",
        "ALTER TABLE ledger_line DISABLE TRIGGER ALL",
        "DROP TABLE django_session",
        "SET session_replication_role = replica",
        "CREATE ROLE friend",
    ],
)
def test_postgresql_refuses_the_runtime_role(as_runtime_role, statement):
    before = rights_of_runtime_role()

    with pytest.raises(ProgrammingError, match=REFUSED), as_runtime_role(), connection.cursor() as c:
        c.execute(statement)

    assert rights_of_runtime_role() == before


def test_a_process_connected_as_the_runtime_role_cannot_become_the_owner():
    with psycopg.connect(database.runtime_address()) as session, pytest.raises(InsufficientPrivilege):
        session.execute(f"SET ROLE {roles.OWNER}")


def test_rights_given_by_hand_are_taken_back(as_runtime_role):
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {roles.RUN}")

    roles.apply_grants(connection)

    assert rights_of_runtime_role()["ledger_entry"] == {"SELECT", "INSERT"}


def test_acting_as_the_runtime_role_ends_with_its_block(as_runtime_role):
    with connection.cursor() as cursor:
        with as_runtime_role():
            cursor.execute("SELECT current_user")
            inside = cursor.fetchone()
        cursor.execute("SELECT current_user")
        after = cursor.fetchone()

    assert (inside, after) == ((roles.RUN,), (roles.OWNER,))


@pytest.mark.django_db(transaction=True)
def test_a_whole_connection_can_act_as_the_runtime_role(connected_as_runtime_role):
    with connection.cursor() as cursor:
        with connected_as_runtime_role():
            cursor.execute("SELECT current_user")
            inside = cursor.fetchone()
        cursor.execute("SELECT current_user")

        assert (inside, cursor.fetchone()) == ((roles.RUN,), (roles.OWNER,))
