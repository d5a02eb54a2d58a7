"""The social secretariat's files: received, read by the cooperative's layout, imported whole or not at all, and decided.

A file in force holds the results of a whole run; the next one takes its place. Nothing of it changes a payslip before the
run is submitted, and only where the cooperative posts the secretariat's result.
"""

import base64
import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from coop import formatting
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.imports.reader import FileUnreadable, Table
from coop.periods import Month
from payroll.models import PayrollRun
from payroll.secretariat import queries, reading, xml
from payroll.secretariat.amounts import BY_NAME, FIELDS
from payroll.secretariat.models import (
    DifferenceDecision,
    PostedResult,
    ResultFile,
    ResultLayout,
    SecretariatResult,
)
from payroll.secretariat.reading import Layout
from payroll.services.runs import lock_run, subject_of

State = ResultFile.State
MOST_PROBLEMS = 200


class ChoiceInThePast(Refused):
    """Whose result is posted was to change from a day whose pay is already submitted, or before a later choice."""


class RunTakesNoResults(Refused):
    """A file was sent, or a difference decided, for a run that is submitted, approved or of another kind."""


class LayoutIncomplete(Refused):
    """A layout was to be kept that names no column for an amount that a result needs, or one column twice."""


class FileNotChecked(Refused):
    """A file was to be imported whose check found problems, or whose columns were not chosen."""


class ReasonMissing(Refused):
    """A difference was to be decided without saying why."""


class DifferenceGone(Refused):
    """A difference was to be decided that is not there any more with these amounts."""


# --- whose result is posted -------------------------------------------------------------------------------------------


@transaction.atomic
def record_choice(
    *, cooperative: Cooperative, valid_from: date, source: str, secretariat: str, by: Any
) -> PostedResult:
    """Record whose result of the pay a cooperative posts from a day on; the choice before ends there.

    Raises ChoiceInThePast.
    """
    visibility.require(by, Subject.RUNS, "w", cooperative=cooperative.pk)
    Cooperative.objects.select_for_update(no_key=True).get(pk=cooperative.pk)
    _refuse_past(cooperative, valid_from)
    PostedResult.objects.filter(cooperative=cooperative).on(valid_from).update(valid_until=valid_from)
    return PostedResult.objects.create(
        cooperative=cooperative, valid_from=valid_from, source=source, secretariat=secretariat.strip()
    )


def _refuse_past(cooperative: Cooperative, valid_from: date) -> None:
    passed = [PayrollRun.State.SUBMITTED, PayrollRun.State.APPROVED, PayrollRun.State.CLOSED]
    paid = PayrollRun.objects.filter(cooperative=cooperative, month__gte=Month.of(valid_from).first, state__in=passed)
    later = PostedResult.objects.filter(cooperative=cooperative, valid_from__gte=valid_from)
    if paid.exists() or later.exists():
        raise ChoiceInThePast(
            subject=str(cooperative),
            reason=_("Pay from %(day)s on is already submitted, or a later choice is already recorded.")
            % {"day": formatting.day(valid_from)},
            remedy=_("Choose the first day of a later month."),
            field="valid_from",
        )


# --- files ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def receive_file(
    *, run: UUID, filename: str, content: bytes, encoding: str = "", by: Any, on: date, at: datetime
) -> ResultFile:
    """Keep a file of results for a run; check it at once when the cooperative's layout fits it. Nothing else is written.

    The file that is in force is recognised and returned. Raises FileUnreadable, RunTakesNoResults.
    """
    found = _prepared(run, by)
    digest = hashlib.sha256(content).hexdigest()
    known = ResultFile.objects.filter(run=found, sha256=digest, state=State.IMPORTED).first()
    if known is not None:
        return known
    layout = queries.layout_of(found.cooperative_id, kind_of(content)) or Layout({})
    table = _table_by(layout, content, filename, encoding)
    file = ResultFile(
        run=found, filename=filename[-120:], sha256=digest, encoding=encoding, by=by, at=at,
        content=base64.b64encode(zlib.compress(content)).decode(),
    )  # fmt: skip
    if table is not None and reading.fits(layout, table):
        _check(file, content, layout, on)
    file.save()
    return file


def _table_by(layout: Layout, content: bytes, filename: str, encoding: str) -> Table | None:
    """Return the table by a layout; None when an XML file has other elements than it names. Raises FileUnreadable."""
    try:
        return reading.table_of(content, filename=filename, encoding=encoding, row_path=layout.row_path)
    except FileUnreadable:
        if not layout.row_path:
            raise
        reading.table_of(content, filename=filename, encoding=encoding)
        return None


def kind_of(content: bytes) -> ResultLayout.Kind:
    """Return which of the layouts of a cooperative reads a file."""
    return ResultLayout.Kind.XML if xml.is_xml(content) else ResultLayout.Kind.TABLE


def content_of(file: ResultFile) -> bytes:
    """Return the file as it was received."""
    return zlib.decompress(base64.b64decode(file.content))


def table_of(file: ResultFile, *, row_path: str = "") -> Table:
    """Return the table of a file as it was received. Raises FileUnreadable."""
    return reading.table_of(content_of(file), filename=file.filename, encoding=file.encoding, row_path=row_path)


@transaction.atomic
def choose_columns(*, file: UUID, layout: Layout, by: Any, on: date) -> ResultFile:
    """Keep a layout for the files of the cooperative, and check this file by it. Nothing else is written.

    Raises LayoutIncomplete, FileUnreadable, RunTakesNoResults.
    """
    found = _locked(file, by)
    if found.state in (State.IMPORTED, State.REPLACED):
        raise _not_checked(found, _("It is already imported."), _("Send the file again to read it otherwise."))
    columns = {name: column for name, column in layout.columns.items() if column and name in BY_NAME}
    content = content_of(found)
    kind = kind_of(content)
    layout = Layout(columns, layout.row_path if kind == ResultLayout.Kind.XML else "", layout.signs)
    _refuse_incomplete(found, layout)
    ResultLayout.objects.update_or_create(
        cooperative=found.run.cooperative, kind=kind,
        defaults={"columns": columns, "row_path": layout.row_path, "signs": layout.signs},
    )  # fmt: skip
    _check(found, content, layout, on)
    found.save(update_fields=["state", "layout", "rows", "notices", "errors"])
    return found


def _refuse_incomplete(file: ResultFile, layout: Layout) -> None:
    missing = [str(field.title) for field in FIELDS if field.required and not layout.columns.get(field.name)]
    if missing:
        raise LayoutIncomplete(
            subject=file.filename,
            reason=_("No column was chosen for: %(field)s.") % {"field": ", ".join(missing)},
            remedy=_("Choose the column that holds it."),
        )
    names = list(layout.columns.values())
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise LayoutIncomplete(
            subject=file.filename,
            reason=_("One column was chosen for two amounts: %(columns)s.") % {"columns": ", ".join(twice)},
            remedy=_("Choose another column for one of them, or none."),
        )


def _check(file: ResultFile, content: bytes, layout: Layout, on: date) -> reading.Reading:
    """Read a file by a layout and note on it what came of that."""
    table = reading.table_of(content, filename=file.filename, encoding=file.encoding, row_path=layout.row_path)
    found = reading.read(
        table, layout, month=Month.of(file.run.month), today=on, is_xml=xml.is_xml(content),
        contracts=queries.contracts_by_number(file.run.cooperative_id),
    )  # fmt: skip
    file.layout = {**asdict(layout), "columns": dict(layout.columns)}
    file.rows, file.notices = len(table.records), list(found.notices)
    file.errors = [problem.to_json() for problem in found.problems[:MOST_PROBLEMS]]
    file.state = State.REFUSED if found.problems else State.CHECKED
    return found


@transaction.atomic
def import_results(*, file: UUID, by: Any, on: date) -> ResultFile:
    """Import a checked file: a result per worker, all or none; it takes the place of the file before. Idempotent.

    It is read again, so what changed since its check may refuse it: then nothing is imported, and its report says why.
    Raises FileNotChecked, RunTakesNoResults.
    """
    found = _locked(file, by)
    if found.state == State.IMPORTED:
        return found
    known = ResultFile.objects.filter(run=found.run, sha256=found.sha256, state=State.IMPORTED).first()
    if known is not None and known.layout == found.layout:
        return known
    if found.state != State.CHECKED:
        raise _not_checked(
            found, _("Its check found problems, or its columns are not chosen."), _("Correct that, and check it again.")
        )
    read = _check(found, content_of(found), Layout(**found.layout), on)
    if not read.problems:
        ResultFile.objects.filter(run=found.run, state=State.IMPORTED).update(state=State.REPLACED)
        SecretariatResult.objects.bulk_create(
            [
                SecretariatResult(file=found, contract_id=line.contract, line=line.line, **asdict(line.amounts))
                for line in read.lines
            ]
        )
        found.state = State.IMPORTED
    found.save(update_fields=["state", "layout", "rows", "notices", "errors"])
    return found


def _not_checked(file: ResultFile, reason: str, remedy: str) -> FileNotChecked:
    return FileNotChecked(subject=file.filename, reason=reason, remedy=remedy)


def _locked(file: UUID, by: Any) -> ResultFile:
    """Lock the run of a file, then the file."""
    run = _prepared(ResultFile.objects.values_list("run", flat=True).get(pk=file), by)
    found = ResultFile.objects.select_for_update(of=("self",)).get(pk=file)
    found.run = run
    return found


def _prepared(run: UUID, by: Any) -> PayrollRun:
    """Lock a run that takes results, and ask for the right to prepare it. Raises RunTakesNoResults."""
    found = lock_run(run)
    visibility.require(by, Subject.RUNS, "w", cooperative=found.cooperative_id)
    if not queries.takes_results(found):
        raise RunTakesNoResults(
            subject=subject_of(found),
            reason=_("Results are imported and decided while a run is being checked, and for ordinary pay only."),
            remedy=_("Take the run back if it is submitted; after its approval, correct the payslip."),
        )
    return found


# --- decisions --------------------------------------------------------------------------------------------------------


@transaction.atomic
def decide_differences(
    *, run: UUID, chosen: Sequence[tuple[UUID, str]], decision: str, reason: str, by: Any, at: datetime
) -> int:
    """Accept or reject differences, each a contract and a component, for one reason; return how many.

    The amounts of both sides are kept with the decision: when one of them changes, it must be decided again. Nothing is
    adjusted. Raises ReasonMissing, DifferenceGone, RunTakesNoResults.
    """
    found = _prepared(run, by)
    if not reason.strip():
        raise ReasonMissing(
            subject=subject_of(found),
            reason=_("A difference is accepted or rejected with its reason."),
            remedy=_("Write why, in a few words."),
            field="reason",
        )
    if not chosen:
        raise DifferenceGone(
            subject=subject_of(found),
            reason=_("No difference was ticked."),
            remedy=_("Tick the differences that this decision is about."),
        )
    there = _differences(found)
    gone = [one for one in chosen if one not in there]
    if gone:
        raise DifferenceGone(
            subject=subject_of(found),
            reason=_("A difference that was ticked is not there any more: an amount has changed meanwhile."),
            remedy=_("Look at the differences as they are now."),
        )
    DifferenceDecision.objects.bulk_create(
        [
            DifferenceDecision(
                run=found, contract_id=contract, component=component, ours=there[contract, component].ours,
                theirs=there[contract, component].theirs, decision=decision, reason=reason.strip(), by=by, at=at,
            )
            for contract, component in dict.fromkeys(chosen)
        ]
    )  # fmt: skip
    return len(set(chosen))


def _differences(run: PayrollRun) -> Mapping[tuple[UUID, str], Any]:
    """Return the differences of a run that can be decided: those that follow from others need no decision."""
    return {
        (row.contract.pk, one.difference.code): one.difference
        for row in queries.reconcile(run)
        for one in row.differences
        if not one.difference.follows
    }
