"""The law as dated parameters, one YAML file per subject.

A set of values runs until the next ``valid_from``. No value is carried past ``confirmed_until`` and
none is taken from a neighbouring set: a month without confirmed law is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, localcontext
from functools import cache
from pathlib import Path

from payroll.engine.figures import Parameter
from payroll.engine.months import YearMonth
from payroll.engine.rounding import CONTEXT
from payroll.engine.schema import BadParameters, SubjectData, read_subject

BELGIUM = Path(__file__).parent / "parameters" / "be"

# Ordinary pay rests on all of these. A benefit's subject refuses that benefit only.
NEEDED_SUBJECTS = (
    "employment_bonus",
    "social_contribution",
    "withholding_tax",
    "fiscal_bonus",
    "special_contribution",
    "employer_contribution",
    "structural_reduction",
    "holiday_pay",
    "minimum_wage",
    "pay_scale_pc200",
    "working_time",
)

Row = Mapping[str, Parameter]


def row_of(rows: tuple[Row, ...], amount: Decimal) -> Row:
    """The row that an amount falls in: a bound belongs to its row, and the last row has none."""
    for row in rows[:-1]:
        if amount <= row["up_to"].value:
            return row
    return rows[-1]


class NoLaw(LookupError):
    """A month has no confirmed value of a subject.

    The sentence names the first subject concerned; ``subjects`` lists them all.
    """

    def __init__(self, *, subjects: tuple[str, ...], month: YearMonth, bound: str) -> None:
        super().__init__(f"no confirmed value of {subjects[0]} for {month}; {bound}")
        self.subjects = subjects
        self.month = month


class Values:
    """The values of one subject in one month, each a ``Parameter``, found by its path."""

    __slots__ = ("_parameters", "_rows", "subject")

    def __init__(self, subject: str, parameters: Mapping[str, Parameter]) -> None:
        self.subject = subject
        self._parameters = parameters
        self._rows = _rows(parameters)

    def __getitem__(self, path: str) -> Parameter:
        """A parameter by its path below the subject. Raises ``KeyError`` when there is none."""
        return self._parameters[path]

    def __contains__(self, path: object) -> bool:
        return path in self._parameters

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self._parameters.values())

    def rows(self, path: str) -> tuple[Row, ...]:
        """The rows of a table in their order. Raises ``KeyError`` when there is no such table."""
        return self._rows[path]


def _rows(parameters: Mapping[str, Parameter]) -> dict[str, tuple[Row, ...]]:
    tables: dict[str, dict[int, dict[str, Parameter]]] = {}
    for path, parameter in parameters.items():
        table, _, rest = path.rpartition("[")
        if table:
            number, _, key = rest.partition("].")
            tables.setdefault(table, {}).setdefault(int(number), {})[key] = parameter
    return {table: tuple(rows[at] for at in sorted(rows)) for table, rows in tables.items()}


@dataclass(frozen=True, slots=True)
class Expiry:
    """A subject whose last confirmed day is near."""

    subject: str
    confirmed_until: date


class LawOfMonth:
    """The law of one month: the values of each subject."""

    __slots__ = ("_values", "digest", "month", "refusals")

    def __init__(
        self, *, month: YearMonth, digest: str, values: Mapping[str, Values], refusals: Mapping[str, str]
    ) -> None:
        self.month = month
        self.digest = digest
        self._values = values
        self.refusals = refusals

    def __getitem__(self, subject: str) -> Values:
        """The values of a subject. Raises ``NoLaw`` when the month has none."""
        try:
            return self._values[subject]
        except KeyError:
            bound = self.refusals.get(subject, "the subject is unknown")
            raise NoLaw(subjects=(subject,), month=self.month, bound=bound) from None


class Law:
    """All subjects with their dated sets, read once from the parameter files."""

    __slots__ = ("_months", "_subjects", "digest")

    def __init__(self, *, subjects: Mapping[str, SubjectData], digest: str) -> None:
        self._subjects = dict(subjects)
        self.digest = digest
        self._months: dict[YearMonth, LawOfMonth] = {}

    @classmethod
    def load(cls, directory: Path = BELGIUM) -> Law:
        """The parameter files of a directory are read, checked and kept; a second call is free.

        Raises ``schema.BadParameters`` naming the file and the fault.
        """
        return _load(directory)

    @property
    def subjects(self) -> tuple[SubjectData, ...]:
        """Every subject, in the order of its file name."""
        return tuple(self._subjects.values())

    @property
    def confirmed_until(self) -> date:
        """Ordinary pay is confirmed until the earliest last day of the subjects it needs."""
        return min(self._subjects[name].confirmed_until for name in NEEDED_SUBJECTS)

    def expiring(self, day: date, within_days: int = 60) -> tuple[Expiry, ...]:
        """Subjects whose last confirmed day has passed or comes within so many days, soonest first."""
        limit = day + timedelta(days=within_days)
        near = (
            Expiry(subject.name, subject.confirmed_until)
            for subject in self._subjects.values()
            if subject.confirmed_until <= limit
        )
        return tuple(sorted(near, key=lambda expiry: (expiry.confirmed_until, expiry.subject)))

    def on(self, month: YearMonth) -> LawOfMonth:
        """The law of a month.

        Raises ``NoLaw`` when a subject that ordinary pay needs has no confirmed value for it.
        """
        known = self._months.get(month)
        if known is None:
            known = self._months[month] = self._of(month)
        return known

    def _of(self, month: YearMonth) -> LawOfMonth:
        values: dict[str, Values] = {}
        refusals: dict[str, str] = {}
        for name, subject in self._subjects.items():
            parameters = _parameters(subject, month)
            if parameters is None:
                refusals[name] = _bound(subject, month)
            else:
                values[name] = Values(name, parameters)
        missing = tuple(name for name in NEEDED_SUBJECTS if name not in values)
        if missing:
            bound = refusals.get(missing[0], "the subject is unknown")
            raise NoLaw(subjects=missing, month=month, bound=bound)
        return LawOfMonth(month=month, digest=self.digest, values=values, refusals=refusals)


def _parameters(subject: SubjectData, month: YearMonth) -> dict[str, Parameter] | None:
    day = month.first_day
    if day > subject.confirmed_until:
        return None
    current = None
    for dated in subject.sets:
        if dated.valid_from <= day:
            current = dated
    if current is None:
        return None
    parameters = dict(current.parameters)
    if subject.provisional_from is not None and day >= subject.provisional_from:
        parameters = {path: replace(one, mark="B") for path, one in parameters.items()}
    return parameters


def _bound(subject: SubjectData, month: YearMonth) -> str:
    if month.first_day > subject.confirmed_until:
        return f"last confirmed month is {YearMonth.of(subject.confirmed_until)}"
    return f"first confirmed month is {YearMonth.of(subject.sets[0].valid_from)}"


@cache
def _load(directory: Path) -> Law:
    with localcontext(CONTEXT):
        return _read(directory)


def _read(directory: Path) -> Law:
    digest = hashlib.sha256()
    subjects: dict[str, SubjectData] = {}
    paths = sorted(directory.glob("*.yaml"))
    if not paths:
        raise BadParameters(f"there are no parameter files (*.yaml) in {directory}")
    for path in paths:
        content = path.read_bytes()
        digest.update(path.name.encode() + b"\0" + content + b"\0")
        subject = read_subject(name=path.stem, text=content.decode())
        subjects[subject.name] = subject
    return Law(subjects=subjects, digest=digest.hexdigest())
