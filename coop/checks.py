"""Own system checks: what must not start. ``manage.py check --database default`` runs them all."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import connections
from django.db.utils import DatabaseError

from coop import roles

LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]", "::1", "testserver"}
LOOSE = ("'unsafe-inline'", "'unsafe-eval'")
SHORTEST_KEY = 32

Apps = Sequence[AppConfig] | None


def database_role(
    app_configs: Apps, databases: Sequence[str] | None = None, **others: Any
) -> list[checks.CheckMessage]:
    """E001: web and worker neither own the books nor may change them."""
    if not databases or "default" not in databases or settings.DATABASE_ROLE == "owner":
        return []
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user")
            role, superuser = cursor.fetchone()
            cursor.execute(
                "SELECT c.relname, pg_has_role(c.relowner, 'USAGE'), has_table_privilege(c.oid, 'UPDATE'), "
                "has_table_privilege(c.oid, 'DELETE'), has_table_privilege(c.oid, 'TRUNCATE') "
                "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE n.nspname = 'public' AND c.relname = ANY(%s)",
                [roles.append_only_tables()],
            )
            tables = cursor.fetchall()
    except (DatabaseError, psycopg.Error) as error:
        return [checks.Error(f"The database does not answer: {error}", hint="Check DATABASE_URL.", id="coop.E001")]
    reasons = list(_faults_of_role(superuser, tables))
    return [
        checks.Error(
            f'The role "{role}" of DATABASE_URL {reason}.',
            hint="Run `manage.py prepare_database`, and let DATABASE_URL name the runtime role.",
            id="coop.E001",
        )
        for reason in reasons
    ]


def _faults_of_role(superuser: bool, tables: list[tuple[str, bool, bool, bool, bool]]) -> Iterator[str]:
    """Yield in words what a runtime role must not be or have."""
    if superuser:
        yield "is a superuser"
        return
    runtime, owner = settings.DATABASE_URL, settings.DATABASE_OWNER_URL
    if runtime != owner and urlsplit(runtime).username == urlsplit(owner).username:
        yield "is also the role of DATABASE_OWNER_URL"
    for table, is_owner, *rights in tables:
        if is_owner:
            yield f'owns the table "{table}"'
            continue
        named = [name for name, has in zip(("UPDATE", "DELETE", "TRUNCATE"), rights, strict=True) if has]
        if named:
            yield f'has {", ".join(named)} on the table "{table}"'


def keys(app_configs: Apps, **others: Any) -> list[checks.CheckMessage]:
    """E002: in production the three keys are there, long enough, and different."""
    if not settings.PRODUCTION:
        return []
    values = {
        "SECRET_KEY": settings.SECRET_KEY,
        "PARTAGEE_ENCRYPTION_KEYS": settings.ENCRYPTION_KEYS,
        "PARTAGEE_INDEX_KEY": settings.INDEX_KEY,
    }
    secrets = {name: [part.strip().rpartition(":")[2] for part in value.split(",")] for name, value in values.items()}
    secrets["SECRET_KEY"] = [values["SECRET_KEY"]]
    found: list[checks.CheckMessage] = [
        checks.Error(f"{name} is shorter than {SHORTEST_KEY} characters.", hint="Make a longer one.", id="coop.E002")
        for name, parts in secrets.items()
        if any(len(part) < SHORTEST_KEY for part in parts)
    ]
    everything = [part for parts in secrets.values() for part in parts]
    if len(set(everything)) < len(everything):
        found.append(
            checks.Error(
                "SECRET_KEY, PARTAGEE_ENCRYPTION_KEYS and PARTAGEE_INDEX_KEY must all differ.",
                hint="Give each a value of its own: who has one must not have the others.",
                id="coop.E002",
            )
        )
    return found


def broker(app_configs: Apps, **others: Any) -> list[checks.CheckMessage]:
    """E005: tasks travel as JSON, are acknowledged after the work, and the broker asks for a password."""
    found: list[checks.CheckMessage] = []
    if list(settings.CELERY_ACCEPT_CONTENT) != ["json"]:
        found.append(
            checks.Error("Celery accepts other content than JSON.", hint="CELERY_ACCEPT_CONTENT", id="coop.E005")
        )
    if not (settings.CELERY_TASK_ACKS_LATE and settings.CELERY_TASK_REJECT_ON_WORKER_LOST):
        found.append(
            checks.Error(
                "A task is acknowledged before its work is done: a killed worker would lose it.",
                hint="CELERY_TASK_ACKS_LATE, CELERY_TASK_REJECT_ON_WORKER_LOST",
                id="coop.E005",
            )
        )
    if settings.PRODUCTION and not _has_password(settings.CELERY_BROKER_URL):
        found.append(
            checks.Error(
                "The broker asks for no password.", hint="Put one into REDIS_URL: redis://:password@…", id="coop.E005"
            )
        )
    return found


def _has_password(address: str) -> bool:
    """Tell whether a broker's address holds a password; one at a Unix socket names it in its query."""
    parts = urlsplit(address)
    return bool(parts.password or parse_qs(parts.query).get("password"))


def transactions(app_configs: Apps, **others: Any) -> list[checks.CheckMessage]:
    """E008: READ COMMITTED, and transactions opened by services only."""
    database = settings.DATABASES["default"]
    found: list[checks.CheckMessage] = []
    if database.get("OPTIONS", {}).get("isolation_level") not in {None, psycopg.IsolationLevel.READ_COMMITTED}:
        found.append(
            checks.Error(
                "The isolation level is not READ COMMITTED.", hint="Locks come first, then reads.", id="coop.E008"
            )
        )
    if database.get("ATOMIC_REQUESTS"):
        found.append(
            checks.Error("ATOMIC_REQUESTS is on.", hint="Services open their own transaction.", id="coop.E008")
        )
    return found


def debugging(app_configs: Apps, **others: Any) -> list[checks.CheckMessage]:
    """E009: no debugging pages for strangers. Embedded servers in production are refused by the settings."""
    if settings.DEBUG and (settings.PRODUCTION or set(settings.ALLOWED_HOSTS) - LOCAL_HOSTS):
        return [checks.Error("DEBUG is on with a public host.", hint="Unset DEBUG or ALLOWED_HOSTS.", id="coop.E009")]
    return []


def content_security(app_configs: Apps, **others: Any) -> list[checks.CheckMessage]:
    """E013: the content security policy is there and allows neither inline nor evaluated code."""
    policy = getattr(settings, "CONTENT_SECURITY_POLICY", None)
    directives: dict[str, Any] = policy["DIRECTIVES"] if policy else {}
    found: list[checks.CheckMessage] = []
    if not {"default-src", "script-src", "style-src"} <= set(directives):
        found.append(
            checks.Error("The content security policy is missing.", hint="CONTENT_SECURITY_POLICY", id="coop.E013")
        )
    for name, sources in directives.items():
        loose = [word for word in LOOSE if word in list(sources or [])]
        if loose:
            found.append(
                checks.Error(f"The policy's {name} allows {', '.join(loose)}.", hint="Take it out.", id="coop.E013")
            )
    return found


def register() -> None:
    """Make the checks known to Django."""
    checks.register(database_role, checks.Tags.database)
    for check in (keys, broker, transactions, debugging, content_security):
        checks.register(check, checks.Tags.security)
