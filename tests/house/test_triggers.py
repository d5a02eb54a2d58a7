"""Every trigger that a model declares is in the database and enabled; guard functions are what their files say."""

import re
from pathlib import Path

import pgtrigger.registry
import pytest
from django.db import connection

from coop.guards import Guard

ROOT = Path(__file__).resolve().parents[2]
SQL_FILES = sorted(
    path for app in ("coop", "members", "invoicing", "payroll") for path in (ROOT / app).glob("**/sql/*.sql")
)
pytestmark = pytest.mark.django_db


def declared() -> dict[str, tuple[str, object]]:
    """Return the triggers of all models: name in the database → (table, trigger)."""
    return {
        trigger.get_pgid(model): (model._meta.db_table, trigger) for model, trigger in pgtrigger.registry.registered()
    }


def test_every_declared_trigger_is_installed_and_enabled():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname, tgrelid::regclass::text, tgenabled FROM pg_trigger WHERE NOT tgisinternal")
        installed = {name: (table, enabled) for name, table, enabled in cursor.fetchall()}

    for name, (table, _trigger) in declared().items():
        assert installed[name] == (table, "O")


def test_a_guard_runs_its_own_function_which_no_session_variable_switches_off():
    guards = {name: trigger for name, (_table, trigger) in declared().items() if isinstance(trigger, Guard)}
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT t.tgname, p.proname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
            WHERE t.tgname = ANY(%s)""",
            [list(guards)],
        )
        rows = cursor.fetchall()

    assert {name: function for name, function, _source in rows} == {
        name: guard.function for name, guard in guards.items()
    }
    assert not [name for name, _function, source in rows if "pgtrigger" in source]


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: path.stem)
def test_a_guard_function_is_what_its_file_says(path: Path):
    body = re.search(r"AS \$(\w*)\$(.*)\$\1\$", path.read_text(), re.DOTALL)
    assert body is not None

    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [path.stem])
        (source,) = cursor.fetchone()

    assert source == body.group(2)
