"""Print figures beside their goals, and keep them as JSON."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.db import connection

from tests.bench.measuring import Row, shown

COLUMNS = ("subject", "what", "median", "min – max", "goal", "verdict")


def table(rows: Sequence[Row]) -> str:
    """Return the figures as a table in Markdown."""
    lines = [COLUMNS, tuple("---" for _column in COLUMNS)]
    lines += [(row.subject, row.what, value(row), spread(row), goal(row), verdict(row)) for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def value(row: Row) -> str:
    """Write the figure: counted ones whole, measured ones with their unit."""
    return f"{shown(row.value)} {row.unit}" if row.unit else f"{row.value:f}"


def spread(row: Row) -> str:
    """Write the smallest and the largest of the pairs, and what the figure is made of."""
    parts = [f"{shown(min(row.values))} – {shown(max(row.values))}"] if row.values else []
    return "; ".join([*parts, *([row.detail] if row.detail else [])])


def goal(row: Row) -> str:
    """Write the goal."""
    return "" if row.goal is None else f"{'≥' if row.at_least else '≤'} {row.goal:f}"


def verdict(row: Row) -> str:
    """Say whether the goal is met."""
    if row.noisy:
        return f"too noisy ({shown(row.control)})" if row.control is not None else ""
    return {True: "met", False: "missed", None: ""}[row.met]


def final_line(rows: Iterable[Row]) -> str:
    """Say how many goals are met, and of how many the machine was too noisy to tell."""
    judged = [row for row in rows if row.goal is not None]
    met = sum(1 for row in judged if row.met and not row.noisy)
    return f"{met} of {len(judged)} goals met"


def as_json(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return the figures as plain values, amounts as text."""
    return [
        {
            "subject": row.subject, "what": row.what, "value": str(row.value), "unit": row.unit,
            "goal": None if row.goal is None else str(row.goal), "at_least": row.at_least, "met": row.met,
            "noisy": row.noisy, "control": None if row.control is None else str(row.control),
            "values": [str(one) for one in row.values], "detail": row.detail,
        }
        for row in rows
    ]  # fmt: skip


def machine() -> dict[str, str]:
    """Say what the figures were taken on."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
    names = ("django", "weasyprint", "psycopg", "celery")
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    return {
        "python": platform.python_version(), "postgresql": server, "cores": str(os.cpu_count()), "load": load,
        "processor": _processor(), **{name: version(name) for name in names},
    }  # fmt: skip


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def keep(path: Path, rows: Sequence[Row], on: dict[str, str]) -> None:
    """Write the figures and the machine as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": on, "figures": as_json(rows)}, indent=1, ensure_ascii=False) + "\n")
