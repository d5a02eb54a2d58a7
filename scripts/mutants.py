"""Mutation testing of payroll/engine: one thing is changed at a time, and a test must notice. See docs/mutation.md.

  .venv/bin/python scripts/mutants.py                       every module
  .venv/bin/python scripts/mutants.py rules/net inverse     some of them
  .venv/bin/python scripts/mutants.py rules/net:21          what begins on a line

The tests of the engine run once, to learn which functions each of them calls; those that draw their examples by chance,
and those slower than a second, are left out. For each change this process forks, puts the changed code in place of the
function's, and runs the tests that call it until one fails: first those that noticed most of the changes so far. A change
outside the functions is tried in a child that imports the engine anew. No database, no Django.
"""

from __future__ import annotations

import argparse
import ast
import cProfile
import gc
import importlib.abc
import importlib.util
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).resolve().parent.parent
ENGINE = ROOT / "payroll" / "engine"
TESTS = ROOT / "tests" / "payroll" / "engine"
# Most important first. What only prints (page, __main__) and what only words (codes) come last.
MODULES = (
    "rounding", "months", "operations", "figures", "sheet", "law", "schema", "facts", "rules/dated", "computing",
    "rules/social_contribution", "rules/employment_bonus", "rules/withholding_tax", "rules/fiscal_bonus",
    "rules/special_contribution", "rules/net", "rules/employer_contribution", "rules/structural_reduction",
    "rules/first_hire", "rules/wage_cost", "rules/holiday_pay", "rules/employer_cost", "rules/wage_floor",
    "rules/exceptional_payment", "exceptional", "inverse", "planning", "settling", "rules/wage_attachment",
    "rules/wage_deductions", "rules/bound", "rules/bicycle", "rules/own_car_km", "rules/home_working",
    "rules/meal_voucher", "paying", "payment_facts", "cases", "cases_file", "page", "codes", "__main__",
)  # fmt: skip
# Run while the engine is loaded, before any test: what the tests do not notice in place is tried in a child that imports
# the engine anew.
LOADED_BEFORE_TESTS = ("law", "schema", "codes")
SLOW = 1_000_000_000  # nanoseconds
NEAREST = 3  # files of tests tried alone on a change that needs the engine imported anew
SECONDS = 120  # a test that now never ends has noticed the change
KILLED, SURVIVED = 0, 7
PYTEST = (
    "-q",
    "-s",
    "-p",
    "no:django",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:randomly",
    "-W",
    "ignore",
    f"--confcutdir={TESTS}",
)

OTHERS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.Break: ast.Continue, ast.Continue: ast.Break,
}  # fmt: skip
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}


# --- what is changed --------------------------------------------------------------------------------------------------


@dataclass
class Change:
    """One place of the syntax tree, and what stands there instead. ``path`` leads to the function, if it is in one."""

    holder: ast.AST
    field: str
    index: int | None
    old: ast.AST
    new: ast.AST
    line: int
    path: tuple[str, ...]
    text: str = ""

    def put(self, node: ast.AST) -> None:
        """Put a node into the place."""
        if self.index is None:
            setattr(self.holder, self.field, node)
        else:
            getattr(self.holder, self.field)[self.index] = node


def changes(tree: ast.Module) -> list[Change]:
    """Every change of a module, in the order of its lines."""
    found = list(_changes(tree, (), inside=False, line=1))
    for change in found:
        shown = change.holder if isinstance(change.holder, ast.expr) else change.old
        before = ast.unparse(shown) if isinstance(shown, ast.expr | ast.stmt) else ""
        change.put(change.new)
        after = ast.unparse(shown if shown is change.holder else change.new)
        change.put(change.old)
        change.text = f"{_short(before)}  →  {_short(after)}"
    return found


def _short(text: str) -> str:
    return " ".join(text.split())[:110]


def _changes(node: ast.AST, path: tuple[str, ...], *, inside: bool, line: int) -> Iterator[Change]:
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "type_comment") or (name == "value" and _is_declaration(node)):
            continue
        children = value if isinstance(value, list) else [value]
        for index, child in enumerate(children):
            if not isinstance(child, ast.AST) or _is_text(child) or _only_declares(child):
                continue
            at = getattr(child, "lineno", line)
            for new in _instead_of(child, node, name):
                yield Change(
                    node, name, index if isinstance(value, list) else None, child, new, at, path if inside else ()
                )
            if not inside and isinstance(child, ast.FunctionDef | ast.ClassDef):
                body = isinstance(child, ast.FunctionDef)
                yield from _declared(child, path, line=at)
                for position, statement in enumerate(child.body):
                    yield from _statement(child, statement, position, (*path, child.name), inside=body, line=at)
            else:
                yield from _changes(child, path, inside=inside, line=at)


def _declared(node: ast.FunctionDef | ast.ClassDef, path: tuple[str, ...], *, line: int) -> Iterator[Change]:
    """Decorators and defaults run when the module is loaded."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and not _only_declares(decorator):
            yield from _changes(decorator, path, inside=False, line=line)
    if isinstance(node, ast.FunctionDef):
        yield from _changes(node.args, path, inside=False, line=line)


def _statement(
    holder: ast.AST, statement: ast.stmt, position: int, path: tuple[str, ...], *, inside: bool, line: int
) -> Iterator[Change]:
    """A statement of a body, with the changes of the statement itself."""
    if _is_text(statement):
        return
    wrapper = ast.Module(body=[statement], type_ignores=[])
    for change in _changes(wrapper, path, inside=inside, line=line):
        if change.holder is wrapper:
            change.holder, change.index = holder, position
        yield change


def _is_text(node: ast.AST) -> bool:
    """Docstrings, and sentences for people: a text with a space is no name of the field."""
    if isinstance(node, ast.Expr):
        node = node.value
        return isinstance(node, ast.Constant)
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and (" " in node.value or not node.value)
    )


def _is_declaration(node: ast.AST) -> bool:
    """Names that only a type checker reads: __all__, __slots__, type aliases and type variables."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.annotation, ast.Name) and node.annotation.id == "TypeAlias":
        return True
    value = getattr(node, "value", None)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "TypeVar":
        return True
    return any(name in ("__all__", "__slots__") for name in names)


def _only_declares(node: ast.AST) -> bool:
    """Calls that change no result: options of data classes and caches, casts for the type checker."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("dataclass", "lru_cache", "cast", "field")
    )


def _instead_of(node: ast.AST, holder: ast.AST, name: str) -> Iterator[ast.AST]:
    other = OTHERS.get(type(node))
    if other is not None:
        yield other()
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str(value)):
            yield ast.Constant(_other_text(value))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.Call(func=ast.Name(id=called)) if called in CALLS:
            yield ast.Call(ast.Name(CALLS[called], ast.Load()), node.args, node.keywords)
        case ast.Expr(value=ast.Call()) | ast.Raise():
            yield ast.Pass()
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield ast.Return(ast.Constant(None))
    conditional = (name == "test" and isinstance(holder, ast.If | ast.IfExp | ast.While)) or name == "ifs"
    if conditional and isinstance(node, ast.expr) and not isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp):
        yield ast.UnaryOp(ast.Not(), node)


def _other_text(text: str) -> str:
    """A number becomes another number, a name another name."""
    digits = text.replace(".", "", 1)
    if digits.isascii() and digits.isdigit():
        return text[:-1] + str((int(text[-1]) + 1) % 10)
    return f"XX{text}"


# --- what a change does -----------------------------------------------------------------------------------------------


@dataclass
class Tests:
    """The tests that count, fastest first, which functions each calls, and how many changes each noticed."""

    items: list[Any] = field(default_factory=list)
    calls: dict[str, set[CodeType]] = field(default_factory=dict)
    noticed: Counter[str] = field(default_factory=Counter)

    def of(self, code: CodeType) -> list[Any]:
        """The tests that call a function: those that noticed a change first, then two orders in turn.

        One order has one of each test with parameters before the next ones, the other those that call the fewest functions:
        they are about this one.
        """
        calling = [item for item in self.items if code in self.calls[item.nodeid]]
        turns: Counter[str] = Counter()
        turn: dict[str, int] = {}
        for item in calling:
            turns[item.originalname] += 1
            turn[item.nodeid] = turns[item.originalname]
        of_each = sorted(calling, key=lambda item: turn[item.nodeid])
        about_it = sorted(calling, key=lambda item: len(self.calls[item.nodeid]))
        mixed = dict.fromkeys(item for pair in zip(of_each, about_it, strict=True) for item in pair)
        return sorted(mixed, key=lambda item: -self.noticed[item.nodeid])

    def files(self, module: Path) -> list[str]:
        """The files of tests: first those named for a module, then by the share of their tests that call it."""
        all_of: Counter[Path] = Counter(item.path for item in self.items)
        calling: Counter[Path] = Counter(
            item.path for item in self.items if any(code.co_filename == str(module) for code in self.calls[item.nodeid])
        )
        return [
            str(file)
            for file in sorted(all_of, key=lambda one: (module.stem not in one.stem, -calling[one] / all_of[one], one))
        ]


def learn(items: list[Any]) -> Tests:
    """Every test that rests on no chance runs once; all must pass."""
    tests = Tests()
    taken: dict[str, int] = {}
    for item in items:
        if hasattr(item.obj, "hypothesis"):
            continue
        started = time.process_time_ns()
        passed, called = _called_by(item)
        taken[item.nodeid] = time.process_time_ns() - started
        if not passed:
            raise SystemExit(f"{item.nodeid} fails without any change; mend it first")
        if taken[item.nodeid] < SLOW:
            tests.items.append(item)
            tests.calls[item.nodeid] = called
    tests.items.sort(key=lambda item: taken[item.nodeid])
    return tests


def _called_by(item: Any) -> tuple[bool, set[CodeType]]:
    """Whether a test passes, and the functions of the engine that it calls."""
    profile = cProfile.Profile(builtins=False)
    profile.enable()
    passed = _passes(item)
    profile.disable()
    called = (entry.code for entry in profile.getstats())
    return passed, {code for code in called if isinstance(code, CodeType) and code.co_filename.startswith(str(ENGINE))}


def _passes(item: Any) -> bool:
    return not any(report.failed for report in runtestprotocol(item, nextitem=None, log=False))


def in_child(work: Callable[[], str]) -> tuple[bool, str]:
    """A forked child says whether the change was noticed, and by which test; one that crashes or does not end has noticed it.

    ``work`` gives the name of a test, or nothing when none noticed.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        gc.disable()
        signal.alarm(SECONDS)
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        result = KILLED
        try:
            test = work()
            os.write(writing, test.encode())
            result = KILLED if test else SURVIVED
        finally:
            os._exit(result)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as told_by_child:
        test = told_by_child.read()
    _pid, status = os.waitpid(child, 0)
    return not (os.WIFEXITED(status) and os.WEXITSTATUS(status) == SURVIVED), test


def function_at(module: ModuleType, path: tuple[str, ...]) -> FunctionType | None:
    """The function that a path of names leads to, below its decorators."""
    found: Any = module
    for name in path:
        found = vars(found).get(name)
        for inner in ("__func__", "fget", "__wrapped__"):
            found = getattr(found, inner, found)
    return found if isinstance(found, FunctionType) else None


def code_at(code: CodeType, path: tuple[str, ...]) -> CodeType:
    """The code of the function that a path of names leads to."""
    for name in path:
        code = next(one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == name)
    return code


def noticed_in_place(function: FunctionType, code: CodeType, tests: Tests) -> bool:
    """The changed code takes the function's place, and the tests that call it run until one fails."""
    chosen = tests.of(function.__code__)

    def work() -> str:
        function.__code__ = code
        _forget_results()
        return next((str(item.nodeid) for item in chosen if not _passes(item)), "")

    noticed, test = in_child(work) if chosen else (False, "")
    if test:
        tests.noticed[test] += 1
    return noticed


def _forget_results() -> None:
    """What functions of the engine remember was computed by the code as it was. The law itself stays read."""
    for name, module in list(sys.modules.items()):
        if name.startswith("payroll.engine."):
            for one in vars(module).values():
                if hasattr(one, "cache_clear") and one.__name__ != "_load":
                    one.cache_clear()


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from changed code."""

    def __init__(self, name: str, path: Path, code: CodeType) -> None:
        self.name, self.path, self.code = name, path, code

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> Any:
        """The changed module is ours to load."""
        return (
            importlib.util.spec_from_file_location(fullname, self.path, loader=self) if fullname == self.name else None
        )

    def create_module(self, spec: object) -> None:
        """An ordinary module."""

    def exec_module(self, module: ModuleType) -> None:
        """The changed code runs as the module."""
        exec(self.code, module.__dict__)  # noqa: S102


def noticed_anew(name: str, path: Path, code: CodeType, tests: Tests) -> bool:
    """A child forgets the engine and its tests, imports both with the changed module, and runs the tests that count.

    The files of tests that have most to do with the module go first, by themselves.
    """
    files = tests.files(path)

    def work() -> str:
        for loaded in [one for one in sys.modules if one.partition(".")[0] in ("payroll", "tests")]:
            del sys.modules[loaded]
        sys.meta_path.insert(0, Changed(name, path, code))
        for some in (files[:NEAREST], files[NEAREST:]):
            if pytest.main([*PYTEST, "-x", *some], plugins=[OnlyThese(tests)]) != pytest.ExitCode.OK:
                return "some"
        return ""

    return in_child(work)[0]


class OnlyThese:
    """Keeps the tests that count, in a child that collects them anew."""

    def __init__(self, tests: Tests) -> None:
        self.names = tests.calls.keys()

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """The others are left out."""
        items[:] = [item for item in items if item.nodeid in self.names]


# --- the run ----------------------------------------------------------------------------------------------------------


class Run:
    """The plugin that takes the place of pytest's loop over the tests."""

    def __init__(self, modules: list[str], *, sample: int) -> None:
        self.modules = modules
        self.sample = sample
        self.score: dict[str, Counter[str]] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """The tests run once; then each module's changes are tried."""
        started = _seconds()
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
            tests = learn(session.items)
        print(
            f"{len(tests.items)} of {len(session.items)} tests count, learnt in {_seconds() - started:.0f} s",
            flush=True,
        )
        for name in self.modules:
            self.try_module(name, tests)
        return True

    def try_module(self, name: str, tests: Tests) -> None:
        """Each change of a module is tried; those that no test notices are printed."""
        started = _seconds()
        name, _, line = name.partition(":")
        path = ENGINE / f"{name}.py"
        dotted = ".".join(("payroll.engine", *name.split("/")))
        module = sys.modules[dotted]
        tree = ast.parse(path.read_text())
        found = [change for change in changes(tree) if not line or change.line == int(line)]
        if self.sample:
            found = random.Random(name).sample(found, min(self.sample, len(found)))  # noqa: S311
        counted = self.score.setdefault(name, Counter())
        for change in found:
            change.put(change.new)
            try:
                code = compile(ast.fix_missing_locations(tree), str(path), "exec")
            finally:
                change.put(change.old)
            function = function_at(module, change.path) if change.path else None
            noticed = function is not None and noticed_in_place(function, code_at(code, change.path), tests)
            if not noticed and (function is None or name in LOADED_BEFORE_TESTS):
                noticed = noticed_anew(dotted, path, code, tests)
            counted["killed" if noticed else "survived"] += 1
            if not noticed:
                print(f"  {name}.py:{change.line}: {change.text}", flush=True)
        print(f"{name}: {told(counted)}, {_seconds() - started:.0f} s", flush=True)


def _seconds() -> Any:
    """Processor time of this process and of the children that ended, in seconds."""
    return sum(os.times()[:4])


def told(counted: Counter[str]) -> str:
    """How many changes were noticed, of all."""
    return f"{counted['killed']} of {counted.total()} noticed ({counted['killed'] * 100 // max(1, counted.total())} %)"


def main() -> int:
    """Try the changes of the modules asked for, and print what survives."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", help="below payroll/engine, for example rules/net (default: all)")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="only N changes of each module")
    options = parser.parse_args()
    modules = options.modules or [name for name in MODULES if (ENGINE / f"{name}.py").exists()]
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    run = Run(modules, sample=options.sample)
    pytest.main([*PYTEST, str(TESTS)], plugins=[run])
    print(f"all: {told(sum(run.score.values(), Counter()))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
