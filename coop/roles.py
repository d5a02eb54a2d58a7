"""The two database roles and their rights, in one place.

``partagee_owner`` owns the schema and runs migrations. ``partagee_run`` is what web, worker and beat use: it reads and
adds everywhere, changes and deletes nowhere in the books, and owns nothing.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import pghistory.models
import psycopg
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import errors, sql

from coop import embedded

OWNER = "partagee_owner"
RUN = "partagee_run"
EXTENSIONS = ["btree_gist", "pg_trgm", "unaccent"]
OLDEST_SERVER = 150000
"""PostgreSQL 15, as the server itself counts its versions."""

APPEND_ONLY = ["ledger_entry", "ledger_line", "ledger_chainrecord", "ledger_openitem"]
"""The tables of the books: rows are added and read, never changed. Tables of history events are treated alike."""

ONE_AT_A_TIME = 4_207_018
"""The number of the advisory lock under which roles, migrations and rights are brought up to date."""

Connection = psycopg.Connection[tuple[Any, ...]]


class CannotPrepare(RuntimeError):
    """The database cannot be made ready with the rights at hand; the message says what to do."""


# --- the roles --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Addresses:
    """Where the two roles connect, and where their administrator does if there is one."""

    runtime: str
    owner: str
    administrator: str = ""


def addresses_of_settings() -> Addresses:
    """Return the addresses as configured.

    The embedded cluster has an administrator of its own; a single address given is taken for that of one; two different
    addresses need none.
    """
    runtime, owner = settings.DATABASE_URL, settings.DATABASE_OWNER_URL
    if settings.EMBEDDED_DATABASE:
        return Addresses(runtime, owner, embedded.superuser_address(owner))
    return Addresses(runtime, owner, runtime if runtime == owner else "")


@contextmanager
def prepared(addresses: Addresses, *, var: Path) -> Iterator[Addresses]:
    """See that both roles exist, and hold the preparation lock while the caller migrates; give the roles' addresses.

    Roles made through the one address given get passwords, kept in ``var/roles.env``.
    """
    with _locked(addresses.administrator or addresses.owner) as connection:
        if not addresses.administrator:
            create_extensions(connection)
            yield addresses
        elif addresses.administrator != addresses.owner:
            _create_roles(connection, passwords={})
            yield addresses
        elif kept := embedded.kept_addresses(addresses.administrator, var=var):  # made by another process meanwhile
            yield Addresses(*kept)
        else:
            passwords = {OWNER: secrets.token_urlsafe(24), RUN: secrets.token_urlsafe(24)}
            _create_roles(connection, passwords=passwords)
            made = Addresses(*(_address_as(addresses.administrator, role, passwords[role]) for role in (RUN, OWNER)))
            _keep(made, var=var)
            yield made


@contextmanager
def _locked(address: str) -> Iterator[Connection]:
    """Connect in autocommit, refuse an old server, and let one preparation at a time pass."""
    with _connected(address) as connection:
        if connection.info.server_version < OLDEST_SERVER:
            found = connection.info.server_version // 10_000
            raise CannotPrepare(f"The server is PostgreSQL {found}; PostgreSQL 15 or later is needed.")
        connection.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        yield connection


def _connected(address: str) -> Connection:
    """Connect to a database; create it when the server does not know it and the role may."""
    try:
        return psycopg.connect(address, autocommit=True)
    except psycopg.OperationalError as error:
        name = unquote(urlsplit(address).path.lstrip("/"))
        if f'database "{name}" does not exist' not in str(error):
            raise CannotPrepare(
                f"No connection to the database: {error}\n"
                "Check DATABASE_URL and DATABASE_OWNER_URL; if those kept in roles.env no longer hold, remove it."
            ) from error
    with psycopg.connect(address_at(address, "postgres"), autocommit=True) as maintenance:
        try:
            with suppress(errors.DuplicateDatabase, errors.UniqueViolation):  # created by another process meanwhile
                maintenance.execute(
                    sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
                )
        except errors.InsufficientPrivilege as error:
            raise CannotPrepare(f'The database "{name}" does not exist and this role may not create it.') from error
    return psycopg.connect(address, autocommit=True)


def _create_roles(connection: Connection, *, passwords: dict[str, str]) -> None:
    """Create what is missing of roles, ownership and extensions; give new passwords when there are any to give."""
    superuser, may_create_roles, may_create_databases, owns = _row(
        connection,
        "SELECT rolsuper, rolcreaterole, rolcreatedb OR rolsuper, pg_has_role(current_user, datdba, 'USAGE') "
        "FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()",
    )
    if not superuser and not (may_create_roles and owns):
        raise CannotPrepare(_words_for_an_administrator(connection))
    try:
        for role in (OWNER, RUN):
            _create_role(connection, role, passwords=passwords, may_create_databases=may_create_databases)
        _make_member(connection, OWNER, of=RUN)  # tests act as the runtime role within a transaction
        if not superuser:
            _make_member(connection, connection.info.user, of=OWNER)
        _hand_over(connection, may_create_databases=may_create_databases)
    except errors.InsufficientPrivilege as error:
        raise CannotPrepare(f"{error}\n{_words_for_an_administrator(connection)}") from error
    create_extensions(connection)


def _create_role(connection: Connection, role: str, *, passwords: dict[str, str], may_create_databases: bool) -> None:
    """Create a role that may log in, or give it its new password. The owner may create databases, for the tests."""
    there = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    if there and not passwords:
        return
    statement = sql.SQL("{} ROLE {} LOGIN").format(sql.SQL("ALTER" if there else "CREATE"), sql.Identifier(role))
    if role == OWNER and may_create_databases:
        statement += sql.SQL(" CREATEDB")
    if passwords:  # sent as the server will keep it, so that no log ever sees it
        kept = connection.pgconn.encrypt_password(passwords[role].encode(), role.encode(), b"scram-sha-256").decode()
        statement += sql.SQL(" PASSWORD {}").format(sql.Literal(kept))
    connection.execute(statement)


def _make_member(connection: Connection, member: str, *, of: str) -> None:
    """Let a role act as another."""
    query = "SELECT 1 FROM pg_auth_members WHERE roleid = to_regrole(%s) AND member = to_regrole(quote_ident(%s))"
    if connection.info.server_version >= 160000:
        query += " AND set_option"
    if connection.execute(query.encode(), [of, member]).fetchone() is None:
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(of), sql.Identifier(member)))


def _hand_over(connection: Connection, *, may_create_databases: bool) -> None:
    """Make the owner role the owner of the database and of its schema."""
    owner, database = sql.Identifier(OWNER), sql.Identifier(connection.info.dbname)
    schema_owner, database_owner = _row(
        connection,
        "SELECT pg_get_userbyid(nspowner), pg_get_userbyid(datdba) FROM pg_namespace, pg_database "
        "WHERE nspname = 'public' AND datname = current_database()",
    )
    if schema_owner != OWNER:
        connection.execute(sql.SQL("GRANT ALL ON DATABASE {} TO {}").format(database, owner))
        connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(owner))
    if (
        database_owner != OWNER and may_create_databases
    ):  # PostgreSQL asks for this right from who gives a database away
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(database, owner))


def create_extensions(connection: Connection) -> None:
    """Create the missing extensions; PostgreSQL trusts the owner of a database with these three."""
    there = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
    for name in EXTENSIONS:
        if name in there:
            continue
        try:
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
        except (errors.InsufficientPrivilege, errors.UndefinedFile, errors.FeatureNotSupported) as error:
            raise CannotPrepare(
                f"{error}\nLet an administrator install the server's contrib extensions and run, in the database "
                f'"{connection.info.dbname}": CREATE EXTENSION {name};'
            ) from error


def _words_for_an_administrator(connection: Connection) -> str:
    """Return the SQL that sets up the roles, for who has the rights."""
    database, me = connection.info.dbname, connection.info.user
    return "\n".join(
        [
            f'The role "{me}" may not set up the database: it must be a superuser, or own "{database}" and '
            "have CREATEROLE. Let an administrator run this in that database, with passwords of your own:",
            "",
            f"  CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD '…';",
            f"  CREATE ROLE {RUN} LOGIN PASSWORD '…';",
            f"  GRANT {RUN} TO {OWNER};",
            f'  ALTER DATABASE "{database}" OWNER TO {OWNER};',
            f"  ALTER SCHEMA public OWNER TO {OWNER};",
            *(f"  CREATE EXTENSION IF NOT EXISTS {name};" for name in EXTENSIONS),
            "",
            f"Then set DATABASE_URL to the address as {RUN}, and DATABASE_OWNER_URL to the address as {OWNER}.",
        ]
    )


def _row(connection: Connection, query: str) -> tuple[Any, ...]:
    """Return the one row of a query."""
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row


def _address_as(address: str, role: str, password: str) -> str:
    """Return an address with another role."""
    parts = urlsplit(address)
    server = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password, safe='')}@{server}"))


def address_at(address: str, database: str) -> str:
    """Return an address with another database on the same server."""
    return urlunsplit(urlsplit(address)._replace(path=f"/{quote(database)}"))


def _keep(made: Addresses, *, var: Path) -> None:
    """Write the addresses of the two roles where only we can read them, whole or not at all."""
    var.mkdir(parents=True, exist_ok=True)
    file = embedded.roles_file(var)
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as target:
        target.write("# Written by prepare_database. Holds passwords.\n")
        target.write(f"DATABASE_URL={made.runtime}\nDATABASE_OWNER_URL={made.owner}\n")
        target.flush()
        os.fsync(target.fileno())
    new.replace(file)


# --- the rights of the runtime role -----------------------------------------------------------------------------------


def append_only_tables() -> list[str]:
    """Return the tables in which the runtime role adds rows but changes none: the books and the history of changes."""
    models = apps.get_models(include_auto_created=True)
    tables = {model._meta.db_table for model in models}
    events = {
        model._meta.db_table
        for model in models
        if issubclass(model, pghistory.models.Event) and model._meta.managed and not model._meta.proxy
    }
    return sorted(events | (tables & set(APPEND_ONLY)))


def apply_grants(connection: BaseDatabaseWrapper) -> None:
    """Give the runtime role exactly its rights on every table, as the owner: no ownership, no DDL, no TRUNCATE.

    Safe to repeat: rights beyond these are taken back, in the same transaction.
    """
    run = connection.ops.quote_name(RUN)
    there = set(connection.introspection.table_names())  # a table that is not there yet gets its rights when it is made
    append_only = [connection.ops.quote_name(table) for table in append_only_tables() if table in there]
    statements = [
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {run}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {run}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {run}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {run}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {run}",
        *(f"REVOKE UPDATE, DELETE ON {table} FROM {run}" for table in append_only),
    ]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
