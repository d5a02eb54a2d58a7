import ast
from pathlib import Path

import payroll.engine

ROOT = Path(payroll.engine.__file__).parent
SOURCES = {path: ast.parse(path.read_text()) for path in ROOT.rglob("*.py")}
ALLOWED = {
    "__future__",
    "argparse",
    "calendar",
    "collections",
    "csv",
    "dataclasses",
    "datetime",
    "decimal",
    "fractions",
    "functools",
    "hashlib",
    "io",
    "itertools",
    "operator",
    "pathlib",
    "payroll.engine",
    "re",
    "sys",
    "typing",
    "yaml",
}


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield node.module


def test_the_engine_imports_nothing_of_the_project_and_no_framework():
    for tree in SOURCES.values():
        for module in imported(tree):
            top = module if not module.startswith("payroll.engine") else "payroll.engine"
            assert top in ALLOWED or top.split(".")[0] in ALLOWED - {"payroll.engine"}, module


def test_the_engine_knows_no_binary_fractions():
    for path, tree in SOURCES.items():
        for node in ast.walk(tree):
            assert not (isinstance(node, ast.Name) and node.id == "float"), path
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), path


def test_the_engine_reads_no_clock():
    for path in SOURCES:
        text = path.read_text()
        assert "today(" not in text
        assert "now(" not in text


def test_every_public_function_and_class_says_its_rule():
    for path, tree in SOURCES.items():
        assert ast.get_docstring(tree), path
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path}: {node.name}"
