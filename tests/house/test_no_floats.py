"""Money is never a float: neither the name nor a float literal nor ``math`` stands in the code."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path for app in ("coop", "members", "invoicing", "payroll") for path in (ROOT / app).rglob("*.py"))


def faults(source: str) -> list[str]:
    """Return what in a source is a float, with its line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and node.id == "float":
            found.append(f"line {node.lineno}: the name float")
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append(f"line {node.lineno}: the literal {node.value}")
        if isinstance(node, ast.Import | ast.ImportFrom) and "math" in ast.unparse(node).split():
            found.append(f"line {node.lineno}: math")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_float_stands_in_the_code(path: Path):
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("source", ["x = 0.1", "x = float('1')", "import math", "from math import floor"])
def test_the_walk_sees_each_kind_of_float(source: str):
    assert faults(source)
