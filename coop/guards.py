"""Triggers that no connection can switch off.

A trigger of django-pgtrigger asks the session variable ``pgtrigger.ignore`` before it acts, so any connection can step
around it. A ``Guard`` runs a function of our own instead, kept in ``sql/<function>.sql``, which asks nothing. The
functions raise ``integrity_constraint_violation`` with a constraint name; Django turns that into IntegrityError.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pgtrigger
from django.db import IntegrityError
from django.db.migrations import RunSQL


class Guard(pgtrigger.Trigger):  # type: ignore[misc]
    """A guarantee: a trigger that runs ``function(arguments)`` and cannot be ignored."""

    when = pgtrigger.Before
    func = "RETURN NULL;"

    def __init__(self, *, function: str, arguments: Sequence[str] = (), **options: Any) -> None:
        self.function, self.arguments = function, tuple(arguments)
        super().__init__(**options)

    def render_execute(self, model: Any) -> str:
        """Return the call that PostgreSQL makes in place of the function of django-pgtrigger."""
        arguments = ", ".join(f"'{argument}'" for argument in self.arguments)
        return f"{self.function}({arguments})"


def frozen(name: str, *, state: str, states: Sequence[str], but: Sequence[str]) -> Guard:
    """Return the guard that a row in one of ``states`` changes in no column but those of ``but``, and is never deleted."""
    return Guard(
        name=name,
        operation=pgtrigger.Update | pgtrigger.Delete,
        function="guard_frozen",
        arguments=(state, ",".join(states), ",".join(but)),
    )


def functions(folder: Path, *names: str) -> list[RunSQL]:
    """Return the migration steps that create the functions kept in ``<folder>/<name>.sql``, with their reverse."""
    return [
        RunSQL((folder / f"{name}.sql").read_text(), f"DROP FUNCTION IF EXISTS {name}() CASCADE;") for name in names
    ]


def broken_constraint(error: IntegrityError) -> str:
    """Return the name of the constraint or guard that refused, or an empty text."""
    return str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or "")
