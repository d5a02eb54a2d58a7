"""Run the chosen subjects, one after the other, in a world built for them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module

from django.utils import translation

from tests import cast
from tests.bench.measuring import Row
from tests.bench.sizes import Size

SUBJECTS = (
    "payroll_compute", "documents", "payroll_run", "payroll_store", "posting", "numbering", "statements", "pages",
)  # fmt: skip
Measure = Callable[[Size, cast.World], Iterator[Row]]
MISSED, NOISY = 1, 3


def chosen(names: str) -> tuple[str, ...]:
    """Return the subjects of a list with commas, all of them for an empty one. Ends the program for an unknown name."""
    wanted = tuple(name.strip() for name in names.split(",") if name.strip())
    for name in wanted:
        if name not in SUBJECTS:
            raise SystemExit(f"There is no subject {name}; there are {', '.join(SUBJECTS)}.")
    return wanted or SUBJECTS


def run(names: Iterable[str], *, size: Size, say: Callable[[str], object]) -> list[Row]:
    """Measure subjects and return their figures; each is said as soon as it is known."""
    from tests.bench import reporting

    rows: list[Row] = []
    with translation.override("fr"):
        world = cast.world()
        for name in names:
            measure: Measure = import_module(f"tests.bench.bench_{name}").measure
            for row in measure(size, world):
                rows.append(row)
                said = (row.what, reporting.value(row), reporting.goal(row), reporting.verdict(row))
                say(f"  {row.subject}: " + "  ".join(part for part in said if part))
    return rows


def exit_code(rows: Sequence[Row], *, strict: bool) -> int:
    """Return 0 when everything was measured; strictly, 1 for a missed goal and 3 for a machine too noisy to tell."""
    if not strict:
        return 0
    if any(row.met is False and not row.noisy for row in rows):
        return MISSED
    return NOISY if any(row.noisy for row in rows) else 0
