"""Which sheets can be imported, and the columns of each. Apps register theirs in ``AppConfig.ready``.

A sheet knows its columns and one function, ``apply``, which makes one object from the rows that belong together, by the
same services as the pages. It decides nothing about files: reading, errors, all or nothing, and reports are the
framework's.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop import forms as fields
from coop import typed
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.errors import Refused, Text
from coop.imports import reader
from coop.periods import Month


class Kind(StrEnum):
    """How the cells of a column are read; the same classes as in the forms of the pages."""

    TEXT = "text"
    AMOUNT = "amount"
    QUANTITY = "quantity"
    RATE = "rate"
    WHOLE = "whole"
    DAY = "day"
    MONTH = "month"
    YES_NO = "yes_no"
    CHOICE = "choice"
    EMAIL = "email"
    IBAN = "iban"
    VAT_NUMBER = "vat_number"
    NISS = "niss"


KIND_HELP: dict[Kind, Text] = {
    Kind.TEXT: gettext_lazy("text"),
    Kind.AMOUNT: gettext_lazy("amount in EUR, two decimals"),
    Kind.QUANTITY: gettext_lazy("number, at most four decimals"),
    Kind.RATE: gettext_lazy("percentage, for example 21"),
    Kind.WHOLE: gettext_lazy("whole number"),
    Kind.DAY: gettext_lazy("day with its year, for example 2026-11-24"),
    Kind.MONTH: gettext_lazy("month, for example 2026-11"),
    Kind.YES_NO: gettext_lazy("yes or no"),
    Kind.CHOICE: gettext_lazy("one of the listed words"),
    Kind.EMAIL: gettext_lazy("e-mail address"),
    Kind.IBAN: gettext_lazy("bank account (IBAN)"),
    Kind.VAT_NUMBER: gettext_lazy("VAT number with its country"),
    Kind.NISS: gettext_lazy("national number (NISS/INSZ)"),
}
YES = frozenset({"yes", "oui", "ja", "1", "true", "vrai", "waar", "x"})
NO = frozenset({"no", "non", "nee", "0", "false", "faux", "onwaar"})
DIGITS_OF_A_WHOLE_DAY = 6


class DayWithYearField(fields.DayField):
    """A day as in the pages, but always with its year: a file read next year must mean the same day."""

    def to_python(self, value: Any) -> Any:
        """Return the date; refuse a day without its year, and words such as “yesterday”."""
        if isinstance(value, str) and value.strip() and sum(c.isdigit() for c in value) < DIGITS_OF_A_WHOLE_DAY:
            raise ValidationError(_("A day in a file needs its year; write it like 2026-11-24."), code="year")
        return super().to_python(value)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a sheet. ``choices`` maps the words that can stand in it to what they mean."""

    name: str
    title: Text
    kind: Kind = Kind.TEXT
    required: bool = False
    help: Text = ""
    example: str = ""
    choices: Mapping[str, Text] = field(default_factory=dict)
    negative: bool = False
    max_length: int = 200
    restricted: bool = False

    def field(self, today: date) -> forms.Field:
        """Return the form field that reads this column."""
        options: dict[str, Any] = {"required": self.required}
        match self.kind:
            case Kind.AMOUNT:
                return fields.AmountField(negative=self.negative, **options)
            case Kind.QUANTITY:
                return fields.QuantityField(negative=self.negative, **options)
            case Kind.RATE:
                return fields.RateField(**options)
            case Kind.DAY:
                return DayWithYearField(today=today, **options)
            case Kind.EMAIL:
                return forms.EmailField(**options)
            case Kind.IBAN:
                return fields.IbanField(**options)
            case Kind.VAT_NUMBER:
                return fields.VatNumberField(**options)
            case Kind.NISS:
                return fields.NissField(**options)
            case Kind.WHOLE:
                return forms.RegexField(
                    r"\A[0-9]{1,9}\Z", error_messages={"invalid": _("This must be a whole number.")}, **options
                )
            case _:
                return forms.CharField(max_length=self.max_length, **options)

    def read(self, text: str, field: forms.Field) -> Any:
        """Return the value of a cell; None (or the empty text) when it is empty. Raises ValidationError."""
        value = field.clean(text)
        if value in (None, ""):
            return (
                "" if self.kind in (Kind.TEXT, Kind.EMAIL, Kind.IBAN, Kind.VAT_NUMBER, Kind.NISS, Kind.CHOICE) else None
            )
        match self.kind:
            case Kind.WHOLE:
                return int(value)
            case Kind.MONTH:
                return self._month(value)
            case Kind.YES_NO:
                return self._yes_or_no(value)
            case Kind.CHOICE:
                return self._choice(value)
            case _:
                return value

    @staticmethod
    def _month(text: str) -> Month:
        try:
            return typed.month(text)
        except typed.Unreadable as unreadable:
            raise ValidationError(str(unreadable.message), code=unreadable.code) from None

    @staticmethod
    def _yes_or_no(text: str) -> bool:
        if text.lower() in YES | NO:
            return text.lower() in YES
        raise ValidationError(_("This must be yes or no."), code="choice")

    def _choice(self, text: str) -> str:
        found = self._words.get(_folded(text))
        if found is None:
            raise ValidationError(
                _("This must be one of: %(choices)s.") % {"choices": ", ".join(self.choices)}, code="choice"
            )
        return found

    @cached_property
    def _words(self) -> dict[str, str]:
        """The words that may stand in the column, in the three languages, folded."""
        return {
            **{_folded(word): value for value, title in self.choices.items() for word in _in_all_languages(title)},
            **{_folded(value): value for value in self.choices},
        }

    @property
    def names(self) -> set[str]:
        """The headers by which the column is known: its name, and its title in each language; folded."""
        return {_folded(self.name), *(_folded(title) for title in _in_all_languages(self.title))}


def _folded(text: str) -> str:
    return " ".join(text.replace("_", " ").casefold().split())


def _in_all_languages(text: Text) -> list[str]:
    texts = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            texts.append(str(text))
    return texts


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be imported: line and column (0 and empty mean the file), what stood there, why, what to do."""

    line: int
    column: str
    value: str
    reason: str
    remedy: str

    def to_json(self) -> dict[str, Any]:
        """Return the form in which a report keeps it."""
        return {
            "line": self.line,
            "column": self.column,
            "value": self.value,
            "reason": self.reason,
            "remedy": self.remedy,
        }


class RowRefused(Exception):
    """Rows cannot be imported; the problems say why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(self.problems)


@dataclass(frozen=True)
class Row:
    """A row whose cells were all read: the values by column name; an absent column is empty."""

    line: int
    values: Mapping[str, Any]
    texts: Mapping[str, str]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def problem(self, column: str, *, reason: str, remedy: str) -> Problem:
        """Return a problem of one of this row's cells."""
        return Problem(self.line, column, self.texts.get(column, ""), reason, remedy)

    def refuse(self, column: str, *, reason: str, remedy: str) -> RowRefused:
        """Return the refusal of this row for one of its cells."""
        return RowRefused([self.problem(column, reason=reason, remedy=remedy)])


class Outcome(Enum):
    """What became of rows that belong together."""

    CREATED = "created"
    UNCHANGED = "unchanged"


@dataclass
class Context:
    """What ``apply`` may know: whose file, who imports it, the day and the moment, and what was found on the way.

    ``known`` and ``remember`` are the memory of what was made from which key, for objects that do not themselves carry
    the key of the file. ``cache`` is for look-ups within one file; ``notes`` are sentences for the report.
    """

    cooperative: Cooperative
    by: Any
    on: date
    at: datetime
    sheet: str = ""
    cache: dict[Hashable, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    pending: dict[str, tuple[UUID, dict[str, str]]] = field(default_factory=dict)

    def once(self, key: Hashable, find: Callable[[], Any]) -> Any:
        """Return what ``find`` finds, asking once per file; nothing found (None) is asked again."""
        found = self.cache.get(key)
        if found is None:
            found = self.cache[key] = find()
        return found

    def known(self, key: str) -> tuple[UUID, dict[str, str]] | None:
        """Return the object that an earlier import, or an earlier row, made from a key, with the values it had."""
        from coop.imports.models import ImportedRow

        if key in self.pending:
            return self.pending[key]
        row = ImportedRow.objects.filter(cooperative=self.cooperative, sheet=self.sheet, key=key).first()
        return (row.object_id, row.values) if row else None

    def made(self, key: str, sheets: Sequence[str]) -> list[UUID]:
        """Return the objects that earlier imports of some sheets made from a key."""
        from coop.imports.models import ImportedRow

        rows = ImportedRow.objects.filter(cooperative=self.cooperative, sheet__in=sheets, key=key)
        return list(rows.values_list("object_id", flat=True))

    def remember(self, key: str, object_id: UUID, values: Mapping[str, Any]) -> None:
        """Keep what was made from a key; written with the report of the import."""
        self.pending[key] = (object_id, {name: as_text(value) for name, value in values.items()})


Apply = Callable[[Sequence[Row], Context], Outcome]


def alone(row: Row) -> Hashable:
    """Each row is an object of its own."""
    return row.line


def together(_row: Row) -> Hashable:
    """All rows of the file make one object."""
    return ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A kind of table that can be imported. ``group`` tells which rows belong together; they need not be adjacent.

    ``rights`` must be held, beside that of importing, on the cooperative. ``fields`` maps the field that a service
    names in a refusal to the column that holds it.
    """

    name: str
    title: Text
    description: Text
    columns: Sequence[Column]
    apply: Apply
    group: Callable[[Row], Hashable] = alone
    rights: Sequence[tuple[Subject, str]] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    examples: Sequence[Mapping[str, str]] = ()
    order: int = 100

    def column(self, name: str) -> Column | None:
        """Return a column by its name."""
        return next((column for column in self.columns if column.name == name), None)

    def example_rows(self) -> list[dict[str, str]]:
        """Return the rows that the template shows: those given, or one from the examples of the columns."""
        given = [{column.name: row.get(column.name, "") for column in self.columns} for row in self.examples]
        return given or [{column.name: column.example for column in self.columns}]


_sheets: dict[str, Sheet] = {}


def register(sheet: Sheet) -> None:
    """Make a sheet known; registering the same name again replaces it."""
    _sheets[sheet.name] = sheet


def get(name: str) -> Sheet:
    """Return a sheet by its name. Raises KeyError for a name that no app has registered."""
    return _sheets[name]


def all_sheets() -> list[Sheet]:
    """Return the sheets in the order in which they are imported."""
    return sorted(_sheets.values(), key=lambda sheet: (sheet.order, sheet.name))


# --- from a table to rows ---------------------------------------------------------------------------------------------


def read_rows(sheet: Sheet, table: reader.Table, *, today: date) -> tuple[list[Row], list[Problem]]:
    """Read every cell of a table by the columns of a sheet; return the whole rows, and all problems of the others."""
    places, problems = _places(sheet, table)
    if problems:
        return [], problems
    readers = {column.name: column.field(today) for column in sheet.columns}
    faults: dict[tuple[int, int], reader.Fault] = {(fault.line, fault.place): fault for fault in table.faults}
    rows = []
    for record in table.records:
        row, found = _row(sheet, record, places, readers, faults)
        problems.extend(found)
        if not found:
            rows.append(row)
    return rows, problems


def _places(sheet: Sheet, table: reader.Table) -> tuple[dict[str, int], list[Problem]]:
    """Return the place of each column, and the problems of the header: unknown, double and missing columns."""
    by_name = {name: column.name for column in sheet.columns for name in column.names}
    by_name |= {_folded(column.name): column.name for column in sheet.columns}
    places: dict[str, int] = {}
    problems = []
    for place, title in enumerate(table.header):
        name = by_name.get(_folded(title))
        if name is None:
            problems.append(
                Problem(
                    table.header_line,
                    title,
                    title,
                    _("The sheet “%(sheet)s” has no such column.") % {"sheet": sheet.title},
                    _("Remove it, or give it the name of one of these: %(columns)s.")
                    % {"columns": ", ".join(column.name for column in sheet.columns)},
                )
            )
        elif name in places:
            problems.append(
                Problem(
                    table.header_line,
                    name,
                    title,
                    _("This column stands twice in the file."),
                    _("Keep one of the two."),
                )
            )
        else:
            places[name] = place
    problems.extend(
        Problem(
            table.header_line, column.name, "", _("This column is missing, and it is required."),
            _("Add it; the template shows all columns."),
        )
        for column in sheet.columns
        if column.required and column.name not in places
    )  # fmt: skip
    return places, problems


def _row(
    sheet: Sheet,
    record: reader.Record,
    places: Mapping[str, int],
    readers: Mapping[str, forms.Field],
    faults: Mapping[tuple[int, int], reader.Fault],
) -> tuple[Row, list[Problem]]:
    values: dict[str, Any] = {}
    texts: dict[str, str] = {}
    problems = []
    for column in sheet.columns:
        place = places.get(column.name)
        cell = record.cells[place] if place is not None and place < len(record.cells) else ""
        text = texts[column.name] = reader.text_of(cell)
        fault = faults.get((record.line, place)) if place is not None else None
        if fault:
            problems.append(Problem(record.line, column.name, fault.value, fault.reason, fault.remedy))
            continue
        try:
            values[column.name] = column.read(text, readers[column.name])
        except ValidationError as error:
            shown = "•••" if column.restricted and text else text
            remedy = _("Write it as %(kind)s.") % {"kind": KIND_HELP[column.kind]} if text else _("Fill in this cell.")
            problems.append(Problem(record.line, column.name, shown, " ".join(error.messages), remedy))
    beyond = [cell for cell in record.cells[len(places) :] if cell != ""] if len(record.cells) > len(places) else []
    if beyond:
        problems.append(
            Problem(
                record.line, "", reader.text_of(beyond[0]), _("This row has more cells than the header has columns."),
                _("Put texts that hold the separator between quotation marks, or remove the cell."),
            )
        )  # fmt: skip
    return Row(record.line, values, texts), problems


# --- comparing --------------------------------------------------------------------------------------------------------


def as_text(value: Any) -> str:
    """Write a value so that equal values are equal texts."""
    if isinstance(value, Decimal):
        digits = format(value, "f")
        return digits.rstrip("0").rstrip(".") if "." in digits else digits
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def refuse_differences(row: Row, there: Mapping[str, Any], *, remedy: str = "") -> None:
    """Refuse a row about something that is already there with other values: every difference is named.

    ``there`` holds, by column, what is recorded; an absent or empty cell in the file claims nothing.
    """
    problems = [
        row.problem(
            column,
            reason=_("It is already recorded with another value: %(value)s.") % {"value": as_text(value) or "–"},
            remedy=remedy or _("Leave the row out, or change what is recorded on its own page."),
        )
        for column, value in there.items()
        if row.values.get(column) not in (None, "") and as_text(row.values[column]) != as_text(value)
    ]
    if problems:
        raise RowRefused(problems)


def from_refusal(rows: Sequence[Row], refused: Refused, sheet: Sheet) -> Problem:
    """Return the problem that a service's refusal means for rows that belong together."""
    row = rows[0]
    name = sheet.fields.get(refused.field or "", refused.field or "")
    column = sheet.column(name)
    value = row.texts.get(name, "") if column and not column.restricted else str(refused.subject)
    return Problem(row.line, name if column else "", value, f"{refused.subject}: {refused.reason}", str(refused.remedy))
