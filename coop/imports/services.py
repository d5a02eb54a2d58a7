"""Check and import files: real code in one transaction, rolled back for a rehearsal or when any row is refused."""

import base64
import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from coop import guards
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.imports import reader, sheets
from coop.imports.models import ImportedRow, ImportRun
from coop.imports.sheets import Context, Outcome, Problem, Row, RowRefused, Sheet

MOST_PROBLEMS = 500


class NotChecked(Refused):
    """A file was to be imported whose check found problems, or which is imported already."""


@dataclass
class Result:
    """What came of the rows of a file."""

    rows: int = 0
    created: int = 0
    unchanged: int = 0
    notices: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def check_file(
    *,
    cooperative: Cooperative,
    sheet: Sheet,
    filename: str,
    content: bytes,
    encoding: str = "",
    by: Any,
    on: date,
    at: datetime,
) -> ImportRun:
    """Rehearse the import of a file and keep the report; nothing else is written.

    The rehearsal runs the real services and is rolled back, so their refusals are in the report, row by row. A file
    that was imported before gives its earlier report. Raises FileUnreadable; PermissionDenied without the rights.
    """
    _require(by, sheet, cooperative)
    table = reader.read(content, filename=filename, encoding=encoding)
    digest = hashlib.sha256(content).hexdigest()
    earlier = _imported(cooperative, sheet, digest)
    if earlier is not None:
        return earlier
    result, _made = _attempt(sheet, table, _context(cooperative, sheet, by, on, at), keep=False)
    run = _new_run(cooperative, sheet, filename, content, digest, encoding, by, at)
    return _report(run, result, ImportRun.State.REFUSED if result.problems else ImportRun.State.CHECKED)


def import_checked(*, run: UUID, by: Any, on: date, at: datetime) -> ImportRun:
    """Import a file that was checked, as it was received then. Raises NotChecked.

    What changed since the check may refuse rows now; then nothing is imported and the report says why.
    """
    checked = ImportRun.objects.select_related("cooperative").get(pk=run)
    sheet = sheets.get(checked.sheet)
    _require(by, sheet, checked.cooperative)
    if checked.state == ImportRun.State.REFUSED:
        raise NotChecked(
            subject=checked.filename,
            reason=_("Its check found problems, so nothing of it can be imported."),
            remedy=_("Correct the file and check it again."),
        )
    return _import(checked, sheet, original(checked), checked.encoding, by=by, on=on, at=at)


def import_file(
    *,
    cooperative: Cooperative,
    sheet: Sheet,
    filename: str,
    content: bytes,
    encoding: str = "",
    by: Any,
    on: date,
    at: datetime,
) -> ImportRun:
    """Import a file at once: all of it, or nothing and a report. The same file again changes nothing.

    Raises FileUnreadable; PermissionDenied without the rights.
    """
    _require(by, sheet, cooperative)
    digest = hashlib.sha256(content).hexdigest()
    run = _new_run(cooperative, sheet, filename, content, digest, encoding, by, at)
    return _import(run, sheet, content, encoding, by=by, on=on, at=at)


def original(run: ImportRun) -> bytes:
    """Return the file as it was received."""
    return zlib.decompress(base64.b64decode(run.content))


def _import(
    run: ImportRun, sheet: Sheet, content: bytes, encoding: str, *, by: Any, on: date, at: datetime
) -> ImportRun:
    table = reader.read(content, filename=run.filename, encoding=encoding)
    with transaction.atomic():
        # One import of a cooperative at a time: the same file sent twice at once has one effect.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import:{run.cooperative_id}"])
        earlier = _imported(run.cooperative, sheet, run.sha256)
        if earlier is not None:
            return earlier
        result, made = _attempt(sheet, table, _context(run.cooperative, sheet, by, on, at), keep=True)
        run.by, run.at = by, at
        if result.problems:
            return _report(run, result, ImportRun.State.REFUSED)
        _report(run, result, ImportRun.State.IMPORTED)
        ImportedRow.objects.bulk_create(
            [
                ImportedRow(
                    run=run, cooperative=run.cooperative, sheet=sheet.name, key=key, object_id=object_id, values=values
                )
                for key, (object_id, values) in made.items()
            ]
        )
    return run


def _require(by: Any, sheet: Sheet, cooperative: Cooperative) -> None:
    visibility.require(by, Subject.IMPORTS, "w", cooperative=cooperative.pk)
    for subject, right in sheet.rights:
        visibility.require(by, subject, right, cooperative=cooperative.pk)


def _imported(cooperative: Cooperative, sheet: Sheet, digest: str) -> ImportRun | None:
    return ImportRun.objects.filter(
        cooperative=cooperative, sheet=sheet.name, sha256=digest, state=ImportRun.State.IMPORTED
    ).first()


def _context(cooperative: Cooperative, sheet: Sheet, by: Any, on: date, at: datetime) -> Context:
    return Context(cooperative=cooperative, by=by, on=on, at=at, sheet=sheet.name)


def _new_run(
    cooperative: Cooperative,
    sheet: Sheet,
    filename: str,
    content: bytes,
    digest: str,
    encoding: str,
    by: Any,
    at: datetime,
) -> ImportRun:
    return ImportRun(
        cooperative=cooperative, sheet=sheet.name, filename=filename[-120:], sha256=digest, size=len(content),
        encoding=encoding, content=base64.b64encode(zlib.compress(content)).decode(), by=by, at=at,
    )  # fmt: skip


def _report(run: ImportRun, result: Result, state: ImportRun.State) -> ImportRun:
    run.state, run.rows, run.created, run.unchanged = state, result.rows, result.created, result.unchanged
    run.notices = result.notices
    run.errors = [problem.to_json() for problem in result.problems]
    run.save()
    return run


def _attempt(sheet: Sheet, table: reader.Table, context: Context, *, keep: bool) -> tuple[Result, dict[str, Any]]:
    """Apply a table in one transaction and collect every problem; roll back unless it is to be kept and has none."""
    rows, problems = sheets.read_rows(sheet, table, today=context.on)
    result = Result(rows=len(table.records), notices=list(table.notices), problems=problems)
    with transaction.atomic():
        for together in _groups(sheet, rows):
            _apply(sheet, together, context, result)
        if result.problems or not keep:
            transaction.set_rollback(True)
    result.notices += context.notes
    result.problems.sort(key=lambda problem: problem.line)
    if len(result.problems) > MOST_PROBLEMS:
        result.notices.append(
            _("%(all)d problems were found; the first %(shown)d are shown.")
            % {"all": len(result.problems), "shown": MOST_PROBLEMS}
        )
        result.problems = result.problems[:MOST_PROBLEMS]
    return result, context.pending


def _groups(sheet: Sheet, rows: Sequence[Row]) -> list[list[Row]]:
    """Put the rows that belong together together, in the order of their first rows."""
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(sheet.group(row), []).append(row)
    return list(groups.values())


def _apply(sheet: Sheet, rows: Sequence[Row], context: Context, result: Result) -> None:
    """Apply rows that belong together, whole or not at all, and note what came of them."""
    try:
        with transaction.atomic():
            outcome = sheet.apply(rows, context)
    except RowRefused as refused:
        result.problems += refused.problems
    except Refused as refused:
        result.problems.append(sheets.from_refusal(rows, refused, sheet))
    except ValidationError as error:
        result.problems.append(Problem(rows[0].line, "", "", " ".join(error.messages), _("Correct the row.")))
    except PermissionDenied:
        result.problems.append(
            Problem(
                rows[0].line, "", "", _("You do not have the right to record this."),
                _("Ask somebody of the cooperative who has it to import the file."),
            )
        )  # fmt: skip
    except (IntegrityError, DataError) as error:
        rule = guards.broken_constraint(error) if isinstance(error, IntegrityError) else ""
        result.problems.append(
            Problem(
                rows[0].line, "", "",
                _("The database refuses it (%(rule)s).") % {"rule": rule or "data"},
                _("Compare the row with what is recorded: it contradicts it or breaks a rule."),
            )
        )  # fmt: skip
    else:
        if outcome is Outcome.CREATED:
            result.created += len(rows)
        else:
            result.unchanged += len(rows)
