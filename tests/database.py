"""Acting as the runtime role in tests, and what happens between two tests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import environ
import pgtrigger
from django.conf import settings
from django.db import connection, transaction
from django.db.models.signals import pre_migrate
from django.test import TransactionTestCase

from coop import roles

after_transactional_tests: list[Callable[[], None]] = []
"""Called after each transactional test, before its rows are removed. A check of the books belongs here."""


@contextmanager
def as_runtime_role() -> Iterator[None]:
    """Act as the runtime role until the block ends, within a transaction.

    A refusal must leave the block, or stay in an ``atomic`` of its own: after an error PostgreSQL refuses the rest of a
    transaction.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {roles.RUN}")
        yield
        cursor.execute("SET LOCAL ROLE NONE")


@contextmanager
def connected_as_runtime_role() -> Iterator[None]:
    """Act as the runtime role on this thread's connection until the block ends, across transactions."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {roles.RUN}")
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")


def runtime_address() -> str:
    """Return the address of the runtime role in the test database, for real processes."""
    runtime = kept[0].runtime if kept else settings.DATABASE_URL
    return roles.address_at(runtime, str(connection.settings_dict["NAME"]))


def owner_address() -> str:
    """Return the address of the owner role in the test database."""
    owner = kept[0].owner if kept else settings.DATABASE_OWNER_URL
    return roles.address_at(owner, str(connection.settings_dict["NAME"]))


kept: list[roles.Addresses] = []
"""The addresses of the roles, once the server is prepared."""


def prepare_cluster() -> None:
    """See that the server has the two roles, and connect as the owner, who then creates the test database."""
    with roles.prepared(roles.addresses_of_settings(), var=settings.VAR) as addresses:
        kept[:] = [addresses]
    connection.close()
    name = connection.settings_dict["NAME"]
    connection.settings_dict.update({**environ.Env.db_url_config(addresses.owner), "NAME": name})
    pre_migrate.connect(create_extensions)


def create_extensions(using: str, **others: object) -> None:
    """Create the extensions in the new test database before the first migration."""
    connection.ensure_connection()
    roles.create_extensions(connection.connection)


def let_the_flush_pass() -> None:
    """Let the flush after transactional tests pass the append-only triggers; guarantees have no trigger in its way."""
    flush = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        for check in after_transactional_tests:
            check()
        with pgtrigger.ignore():
            flush(case)

    TransactionTestCase._fixture_teardown = teardown
