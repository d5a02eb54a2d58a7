"""Roles made on a server that is not ours: with the rights of a superuser, with just enough, and without."""

import stat
import subprocess
import sys
import uuid

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from coop import embedded, roles

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Give another server of PostgreSQL: the superuser's address without a database, and passwords asked for."""
    cluster = embedded.Postgres(tmp_path_factory.mktemp("server"))
    sockets = cluster.hold()
    with psycopg.connect(f"postgresql://postgres@/postgres?host={sockets}", autocommit=True) as session:
        session.execute("ALTER ROLE postgres PASSWORD 'topsecret'")
    access = "local all postgres trust\nlocal all all scram-sha-256\n"
    (cluster.data / "pg_hba.conf").write_text(access)
    with psycopg.connect(f"postgresql://postgres@/postgres?host={sockets}", autocommit=True) as session:
        session.execute("SELECT pg_reload_conf()")
    yield sockets
    embedded._held.pop(str(cluster.data)).close()


@pytest.fixture
def session(server):
    """Give a session of the superuser, with no role of ours on the server; the server itself ends with the module."""
    with psycopg.connect(f"postgresql://postgres@/postgres?host={server}", autocommit=True) as session:
        remove_roles(session)
        yield session


def remove_roles(session: psycopg.Connection) -> None:
    """Remove the databases and roles of the test before."""
    names = "SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')"
    for (name,) in session.execute(names).fetchall():
        session.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    for (name,) in session.execute(
        "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'postgres'"
    ).fetchall():
        session.execute(sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(sql.Identifier(name)))


def address(server, user: str, password: str, database: str) -> str:
    """Return an address on the other server."""
    return f"postgresql://{user}:{password}@/{database}?host={server}"


def prepare(given: str, var) -> roles.Addresses:
    """Prepare the database of one given address."""
    with roles.prepared(roles.Addresses(given, given, given), var=var) as made:
        return made


def who_owns(made: roles.Addresses) -> tuple:
    """Return, as the owner, the owners of the database and of its schema, and its extensions."""
    with psycopg.connect(made.owner) as session:
        return session.execute(
            "SELECT pg_get_userbyid(datdba), "
            "(SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'public'), "
            "(SELECT array_agg(extname::text ORDER BY extname) FROM pg_extension WHERE extname <> 'plpgsql') "
            "FROM pg_database WHERE datname = current_database()"
        ).fetchone()


def test_a_superusers_address_makes_database_roles_and_extensions(server, session, tmp_path):
    made = prepare(address(server, "postgres", "topsecret", "partagee"), tmp_path)

    assert who_owns(made) == (roles.OWNER, roles.OWNER, roles.EXTENSIONS)
    with psycopg.connect(made.runtime) as run:
        assert run.execute("SELECT current_user").fetchone() == (roles.RUN,)
    found = session.execute(
        "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname LIKE 'partagee%' ORDER BY 1"
    )
    assert found.fetchall() == [(roles.OWNER, False, False, True), (roles.RUN, False, False, False)]


def test_the_made_addresses_are_kept_for_us_alone_and_found_again(server, session, tmp_path):
    given = address(server, "postgres", "topsecret", "partagee")

    made = prepare(given, tmp_path)

    kept = embedded.roles_file(tmp_path)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert embedded.kept_addresses(given, var=tmp_path) == (made.runtime, made.owner)
    assert "topsecret" not in kept.read_text()


def test_just_enough_rights_are_enough(server, session, tmp_path):
    session.execute("CREATE ROLE host LOGIN CREATEROLE CREATEDB PASSWORD 'guest'")
    session.execute("CREATE DATABASE rented OWNER host")

    made = prepare(address(server, "host", "guest", "rented"), tmp_path)

    assert who_owns(made) == (roles.OWNER, roles.OWNER, roles.EXTENSIONS)
    with psycopg.connect(made.owner) as owner, owner.transaction():
        owner.execute("CREATE TABLE trial (id int)")
        owner.execute(f"SET LOCAL ROLE {roles.RUN}")


def test_without_the_right_to_create_databases_the_schema_is_handed_over_alone(server, session, tmp_path):
    session.execute("CREATE ROLE host LOGIN CREATEROLE PASSWORD 'guest'")
    session.execute("CREATE DATABASE rented OWNER host")

    made = prepare(address(server, "host", "guest", "rented"), tmp_path)

    assert who_owns(made) == ("host", roles.OWNER, roles.EXTENSIONS)
    with psycopg.connect(made.owner) as owner:
        owner.execute("CREATE TABLE trial (id int)")


@pytest.mark.parametrize("rights", ["NOCREATEROLE", "CREATEROLE"])
def test_without_the_rights_it_stops_and_prints_the_sql_for_an_administrator(server, session, tmp_path, rights):
    session.execute(f"CREATE ROLE guest LOGIN {rights} PASSWORD 'guest'")
    session.execute("CREATE DATABASE theirs")

    with pytest.raises(roles.CannotPrepare) as refusal:
        prepare(address(server, "guest", "guest", "theirs"), tmp_path)

    words = str(refusal.value)
    assert words.startswith('The role "guest" may not set up the database')
    assert "CREATE ROLE partagee_run LOGIN PASSWORD '…';" in words
    assert not embedded.roles_file(tmp_path).exists()
    assert session.execute("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'partagee%'").fetchone() == (0,)


def test_the_sql_for_an_administrator_is_what_the_two_addresses_need(server, session, tmp_path):
    session.execute("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    session.execute("CREATE DATABASE theirs")
    with pytest.raises(roles.CannotPrepare) as refusal:
        prepare(address(server, "guest", "guest", "theirs"), tmp_path)
    statements = [line.strip() for line in str(refusal.value).splitlines() if line.startswith("  ")]
    with psycopg.connect(address(server, "postgres", "topsecret", "theirs"), autocommit=True) as administrator:
        for statement in statements:
            administrator.execute(statement.replace("'…'", "'chosen'").encode())
    given = roles.Addresses(*(address(server, role, "chosen", "theirs") for role in (roles.RUN, roles.OWNER)))

    with roles.prepared(given, var=tmp_path) as used:
        assert used == given

    assert who_owns(given) == (roles.OWNER, roles.OWNER, roles.EXTENSIONS)


def test_roles_that_are_there_get_new_passwords_when_none_are_kept(server, session, tmp_path):
    given = address(server, "postgres", "topsecret", "partagee")
    first = prepare(given, tmp_path / "first")

    second = prepare(given, tmp_path / "second")

    assert who_owns(second) == (roles.OWNER, roles.OWNER, roles.EXTENSIONS)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(first.owner)


def test_no_password_appears_in_the_servers_log(server, session, tmp_path):
    session.execute("ALTER DATABASE postgres SET log_statement = 'all'")
    session.execute("ALTER ROLE postgres SET log_statement = 'all'")

    made = prepare(address(server, "postgres", "topsecret", "partagee"), tmp_path)

    session.execute("ALTER ROLE postgres RESET log_statement")
    log = (server.parent / "log" / "postgres.log").read_text()
    assert "CREATE ROLE" in log
    for one in (made.owner, made.runtime):
        assert one.split(":")[2].split("@")[0] not in log


def test_the_command_prepares_an_empty_server_twice_and_at_once(server, session, tmp_path):
    name = f"partagee {uuid.uuid4().hex[:6]}"
    environment = {
        "PATH": "/usr/bin:/bin",
        "PARTAGEE_ENV": "test",
        "PARTAGEE_VAR": str(tmp_path),
        "DATABASE_URL": address(server, "postgres", "topsecret", name.replace(" ", "%20")),
        "REDIS_URL": "redis://127.0.0.1:9/0",
    }
    command = [sys.executable, "manage.py", "prepare_database"]

    def start() -> subprocess.Popen:
        return subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    both = [start(), start()]
    outcomes = [process.communicate() for process in both]
    third = start().communicate()

    assert [process.returncode for process in both] == [0, 0], outcomes
    assert third == ("Database ready: nothing to migrate.\n", "")
    runtime, _ = embedded.kept_addresses(environment["DATABASE_URL"], var=tmp_path)
    with psycopg.connect(runtime) as run, pytest.raises(psycopg.errors.InsufficientPrivilege):
        run.execute("DELETE FROM ledger_entry")
