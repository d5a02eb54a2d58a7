"""What holds for every model: foreign keys the contracts can see, amounts of the right size, no writable clock."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parents[2]
OURS = (
    "coop",
    "history",
    "entities",
    "access",
    "imports",
    "documents",
    "ledger",
    "banking",
    "members",
    "invoicing",
    "payroll",
)
SOURCES = sorted(path for app in ("coop", "members", "invoicing", "payroll") for path in (ROOT / app).rglob("*.py"))
MODELS = [model for label in OURS for model in apps.get_app_config(label).get_models()]


def string_foreign_keys(source: str) -> list[str]:
    """Return the foreign keys of a source that name a model of another app as text."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {
            "ForeignKey", "OneToOneField", "ManyToManyField",
        }:  # fmt: skip
            target = node.args[0] if node.args else None
            if isinstance(target, ast.Constant) and "." in str(target.value):
                found.append(f"line {node.lineno}: {target.value}")
    return found


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if path.name == "models.py"], ids=lambda path: str(path.relative_to(ROOT))
)
def test_a_foreign_key_to_another_app_names_the_class(path: Path):
    assert string_foreign_keys(path.read_text(encoding="utf-8")) == []


def test_the_walk_sees_a_string_foreign_key():
    assert string_foreign_keys("x = models.ForeignKey('members.Person', on_delete=1)")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_column_is_a_float(model: type[models.Model]):
    assert not [field.name for field in model._meta.get_fields() if isinstance(field, models.FloatField)]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_model_overrides_no_save_and_orders_nothing_by_itself(model: type[models.Model]):
    if model._meta.label == "access.User" or "pgh_id" in {field.name for field in model._meta.fields}:
        return
    assert "save" not in vars(model)
    assert not model._meta.ordering


LOCK = re.compile(r"\.select_for_update\((?P<options>[^)]*\)?[^)]*)\)(?P<rest>[^\n]*)")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_lock_on_a_joined_row_names_the_row(path: Path):
    """Without ``of``, a lock takes the joined rows too: a cooperative locked with its activity once stopped every worker."""
    for found in LOCK.finditer(path.read_text(encoding="utf-8")):
        assert "of=" in found["options"] or "select_related" not in found["rest"], found[0]
