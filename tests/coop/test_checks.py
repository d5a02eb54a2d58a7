"""The own system checks: each sees its fault and is silent without it."""

import pytest
from django.conf import settings as configured
from django.db import connection
from psycopg import IsolationLevel

from coop import checks, roles


def said(messages) -> list[str]:
    """Return identifier and message of what a check found."""
    return [f"{message.id}: {message.msg}" for message in messages]


@pytest.fixture
def run_role(settings):
    """Let the settings be those of web and worker."""
    settings.DATABASE_ROLE = "run"
    return settings


@pytest.mark.django_db
def test_the_runtime_role_passes(run_role, as_runtime_role):
    with as_runtime_role():
        found = checks.database_role(None, databases=["default"])

    assert said(found) == []


@pytest.mark.django_db
def test_the_owner_of_the_books_is_refused_as_runtime_role(run_role):
    found = said(checks.database_role(None, databases=["default"]))

    assert 'coop.E001: The role "partagee_owner" of DATABASE_URL owns the table "ledger_entry".' in found


@pytest.mark.django_db
def test_a_right_to_change_the_books_is_refused(run_role, as_runtime_role):
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT UPDATE, TRUNCATE ON ledger_line TO {roles.RUN}")

    with as_runtime_role():
        found = said(checks.database_role(None, databases=["default"]))

    assert found == [
        'coop.E001: The role "partagee_run" of DATABASE_URL has UPDATE, TRUNCATE on the table "ledger_line".'
    ]


@pytest.mark.django_db
def test_the_role_is_not_asked_for_without_the_database_or_by_the_owners_commands(settings):
    settings.DATABASE_ROLE = "run"
    assert checks.database_role(None, databases=None) == []

    settings.DATABASE_ROLE = "owner"
    assert checks.database_role(None, databases=["default"]) == []


@pytest.mark.django_db
def test_one_role_for_both_addresses_is_refused(run_role, as_runtime_role):
    run_role.DATABASE_URL = "postgresql://same:a@db/p"
    run_role.DATABASE_OWNER_URL = "postgresql://same:a@db/p?sslmode=require"

    with as_runtime_role():
        found = said(checks.database_role(None, databases=["default"]))

    assert found == ['coop.E001: The role "partagee_run" of DATABASE_URL is also the role of DATABASE_OWNER_URL.']


def test_production_wants_three_long_and_different_keys(settings):
    settings.PRODUCTION = True
    settings.SECRET_KEY, settings.ENCRYPTION_KEYS, settings.INDEX_KEY = "s" * 40, "a:" + "s" * 40, "short"

    assert said(checks.keys(None)) == [
        "coop.E002: PARTAGEE_INDEX_KEY is shorter than 32 characters.",
        "coop.E002: SECRET_KEY, PARTAGEE_ENCRYPTION_KEYS and PARTAGEE_INDEX_KEY must all differ.",
    ]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CELERY_ACCEPT_CONTENT", ["json", "pickle"], "Celery accepts other content than JSON."),
        ("CELERY_TASK_ACKS_LATE", False, "A task is acknowledged before its work is done"),
        ("CELERY_TASK_REJECT_ON_WORKER_LOST", False, "A task is acknowledged before its work is done"),
        ("CELERY_BROKER_URL", "redis://broker/0", "The broker asks for no password."),
    ],
)
def test_a_loose_broker_is_refused(settings, name, value, words):
    settings.PRODUCTION = True
    settings.CELERY_BROKER_URL = "redis://:secret@broker/0"
    assert checks.broker(None) == []

    setattr(settings, name, value)

    assert [message.startswith(f"coop.E005: {words}") for message in said(checks.broker(None))] == [True]


def test_another_isolation_level_or_atomic_requests_is_refused(monkeypatch):
    assert checks.transactions(None) == []

    monkeypatch.setitem(configured.DATABASES["default"], "ATOMIC_REQUESTS", True)
    monkeypatch.setitem(configured.DATABASES["default"], "OPTIONS", {"isolation_level": IsolationLevel.REPEATABLE_READ})

    assert said(checks.transactions(None)) == [
        "coop.E008: The isolation level is not READ COMMITTED.",
        "coop.E008: ATOMIC_REQUESTS is on.",
    ]


def test_debugging_pages_for_strangers_are_refused(settings):
    settings.DEBUG, settings.ALLOWED_HOSTS = True, ["localhost"]
    assert checks.debugging(None) == []

    settings.ALLOWED_HOSTS = ["localhost", "partagee.example.org"]

    assert said(checks.debugging(None)) == ["coop.E009: DEBUG is on with a public host."]


def test_a_loose_or_missing_content_security_policy_is_refused(settings):
    assert checks.content_security(None) == []

    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**configured.CONTENT_SECURITY_POLICY["DIRECTIVES"]}}
    settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["script-src"] = ["'self'", "'unsafe-inline'"]
    assert said(checks.content_security(None)) == ["coop.E013: The policy's script-src allows 'unsafe-inline'."]

    settings.CONTENT_SECURITY_POLICY = None
    assert said(checks.content_security(None)) == ["coop.E013: The content security policy is missing."]
