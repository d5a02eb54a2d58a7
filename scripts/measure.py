"""Prints the sizes of the code in figures that compare with other projects: for orientation, never a limit.

Lines are those of code: neither blank nor comment; docstrings count as comments. Migrations are left out.
"""

import ast
import io
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("coop", "members", "invoicing", "payroll")
SILENT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Measured:
    """The figures of one file."""

    path: Path
    lines: int
    functions: list[int]
    annotated: int
    documented: int


def measure(path: Path) -> Measured:
    """Measure one file."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    silent = set(lines_of_docstrings(tree))
    code = {
        line
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in SILENT
        for line in range(token.start[0], token.end[0] + 1)
    } - silent
    functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
    return Measured(
        path=path,
        lines=len(code),
        functions=[len(code & set(range(node.lineno, (node.end_lineno or node.lineno) + 1))) for node in functions],
        annotated=sum(1 for node in functions if node.returns is not None),
        documented=sum(1 for node in functions if ast.get_docstring(node)),
    )


def lines_of_docstrings(tree: ast.Module) -> Iterator[int]:
    """Yield the lines of docstrings and of texts that stand alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)


def files(*folders: str) -> list[Measured]:
    """Measure the Python files of folders."""
    paths = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [measure(path) for path in paths if "migrations" not in path.parts and path.stat().st_size]


def at(values: list[int], percent: int) -> int:
    """Return the value below which so many percent lie."""
    return sorted(values)[min(len(values) * percent // 100, len(values) - 1)] if values else 0


def share(part: int, whole: int) -> str:
    """Return a part in percent."""
    return f"{100 * part // whole if whole else 0} %"


def main() -> None:
    """Print the figures."""
    code, tests = files(*APPS), files("tests")
    lines = [file.lines for file in code]
    functions = [length for file in code for length in file.functions]
    longest = max(code, key=lambda file: file.lines)
    tested = sum(file.lines for file in tests)
    rows = [
        ("code lines", str(sum(lines))),
        ("median file", str(at(lines, 50))),
        ("files over 500 lines", share(sum(1 for count in lines if count > 500), len(lines))),
        ("longest file", f"{longest.lines} ({longest.path.relative_to(ROOT)})"),
        ("median function", str(at(functions, 50))),
        ("function at 90 %", str(at(functions, 90))),
        ("longest function", str(max(functions, default=0))),
        ("functions with a return annotation", share(sum(file.annotated for file in code), len(functions))),
        ("functions with a docstring", share(sum(file.documented for file in code), len(functions))),
        ("test lines", str(tested)),
        ("test lines to 100 code lines", str(100 * tested // sum(lines))),
    ]
    for name, value in rows:
        sys.stdout.write(f"{name:<36}{value}\n")


if __name__ == "__main__":
    main()
