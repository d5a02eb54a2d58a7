"""Files for tests: written as people would send them, and imported by the services."""

from collections.abc import Sequence
from typing import Any

from coop.imports import services, sheets
from coop.imports.models import ImportRun
from tests.cast import at

DAY = "2026-03-31"


def csv(text: str) -> bytes:
    """Write rows given one per line, columns apart by ``;``."""
    return "\n".join(line.strip() for line in text.strip().splitlines()).encode()


def saved_again(text: str) -> bytes:
    """Write the same rows as another program would save them: other bytes, so it is another file."""
    return b"\xef\xbb\xbf" + csv(text)


def send(sheet: str, content: bytes | str, *, coop: Any, by: Any, name: str = "file.csv", day: str = DAY) -> ImportRun:
    """Import a file at once."""
    moment = at(day)
    return services.import_file(
        cooperative=coop,
        sheet=sheets.get(sheet),
        filename=name,
        content=csv(content) if isinstance(content, str) else content,
        by=by,
        on=moment.date(),
        at=moment,
    )


def rehearse(
    sheet: str, content: bytes | str, *, coop: Any, by: Any, name: str = "file.csv", day: str = DAY
) -> ImportRun:
    """Check a file."""
    moment = at(day)
    return services.check_file(
        cooperative=coop,
        sheet=sheets.get(sheet),
        filename=name,
        content=csv(content) if isinstance(content, str) else content,
        by=by,
        on=moment.date(),
        at=moment,
    )


def problems(run: ImportRun) -> Sequence[tuple[int, str]]:
    """Return line and column of each problem."""
    return [(problem["line"], problem["column"]) for problem in run.errors]
