"""The variables of the environment: all documented, all read in one place."""

import re
import subprocess
import sys

import pytest
from django.conf import settings

SETTINGS = settings.BASE_DIR / "coop" / "settings.py"
DOCUMENT = settings.BASE_DIR / "docs" / "configuration.md"


def variables() -> set[str]:
    """Return the names that the settings read."""
    return set(re.findall(r'(?:env\.\w+|secret)\(\s*"([A-Z_]+)"', SETTINGS.read_text(encoding="utf-8")))


def documented() -> set[str]:
    """Return the names in the tables of the document."""
    return set(re.findall(r"^\| `([A-Z_]+)`", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE))


def test_every_variable_is_documented_and_every_documented_one_is_read():
    elsewhere = {
        "PORT",
        "REFERENCE_DAY",
        "WORKERS",
        "ARGS",
        "PYTHON_PROGRAM",
        "WEB_PROCESSES",
        "WORKER_PROCESSES",
        "SITE_HOST",
    }
    of_compose = {"POSTGRES_PASSWORD", "OWNER_PASSWORD", "RUN_PASSWORD", "VALKEY_PASSWORD"}

    assert len(variables()) > 15
    assert variables() == documented() - elsewhere - of_compose


def test_no_other_module_reads_the_environment():
    allowed = {"coop/settings.py", "coop/supervisor.py", "coop/celery.py", "coop/wsgi.py", "coop/asgi.py"}
    readers = {
        str(path.relative_to(settings.BASE_DIR))
        for app in ("coop", "members", "invoicing", "payroll")
        for path in (settings.BASE_DIR / app).rglob("*.py")
        if re.search(r"os\.environ|os\.getenv|\bgetenv\(", path.read_text(encoding="utf-8"))
    }

    assert readers <= allowed


GOOD = {
    "PARTAGEE_ENV": "production",
    "SECRET_KEY": "s" * 40,
    "PARTAGEE_ENCRYPTION_KEYS": "k1:" + "e" * 40,
    "PARTAGEE_INDEX_KEY": "i" * 40,
    "DATABASE_URL": "postgresql://partagee_run:x@127.0.0.1:9/partagee",
    "REDIS_URL": "redis://:x@127.0.0.1:9/0",
    "ALLOWED_HOSTS": "partagee.example.org",
}


def check_settings(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess:
    """Start a process with these variables and no others, and let it run the system checks."""
    return subprocess.run(
        [sys.executable, "manage.py", "check", *arguments],
        cwd=settings.BASE_DIR,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_good_production_environment_passes_the_checks():
    done = check_settings(GOOD, "--deploy", "--fail-level", "ERROR")

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL must be set in production"),
        ({"REDIS_URL": ""}, "REDIS_URL must be set in production"),
        ({"SECRET_KEY": ""}, "SECRET_KEY must be set in production"),
        ({"PARTAGEE_INDEX_KEY": ""}, "PARTAGEE_INDEX_KEY must be set in production"),
        ({"DEMO": "1"}, "DEMO and PARTAGEE_REFERENCE_DAY are for demonstrations"),
        ({"PARTAGEE_ENV": "staging"}, "PARTAGEE_ENV is 'staging'"),
        (
            {"REDIS_URL": "redis://127.0.0.1:9/0", "DEBUG": "1", "PARTAGEE_INDEX_KEY": "s" * 40},
            "coop.E002.*coop.E005.*coop.E009",
        ),
    ],
)
def test_a_bad_production_environment_is_refused(change, words):
    done = check_settings({**GOOD, **change})

    assert done.returncode != 0
    assert re.search(words, done.stderr, re.DOTALL), done.stderr
