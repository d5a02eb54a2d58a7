"""What is set aside for holiday pay, premiums and vouchers: accrued with the pay, used by payments, left. EUR.

Each payslip moves the two provisions by what its entry holds: the pay of a month sets aside, a payment beside it uses.
What months brought in from before the product set aside is brought forward, as the payments count it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop import formatting
from coop.entities.models import Activity
from coop.ledger.models import Line
from coop.money import ZERO, cents
from coop.periods import Month
from payroll import journal, paid, slips, tables, texts
from payroll.account import Paid
from payroll.models import QuarterOpening

HOLIDAY, PREMIUMS = "holiday_provision", "end_of_year_provision"
"""The roles of the accounts that bear what is set aside, by activity."""
HOLIDAY_DEBT = "holiday_pay"
NAMES = {HOLIDAY: gettext_lazy("Holiday pay"), PREMIUMS: gettext_lazy("Premiums and vouchers")}
BEGINNING = Month(2000, 1)


@dataclass(frozen=True)
class Moved:
    """What moved a provision: set aside and used, both zero or more; EUR."""

    accrued: Decimal = ZERO
    used: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        """What stays of it."""
        return self.accrued - self.used

    def __add__(self, other: "Moved") -> "Moved":
        return Moved(self.accrued + other.accrued, self.used + other.used)


@dataclass(frozen=True)
class Settled:
    """What a settlement gave back when a contract had ended: its month, its entry, amounts by role; EUR."""

    month: Month
    entry: UUID
    amounts: Mapping[str, Decimal]


@dataclass(frozen=True)
class Step:
    """A month of a person: what its payslips moved, and what is left after it, by role."""

    month: Month
    payslips: tuple[UUID, ...]
    moved: Mapping[str, Moved]
    left: Mapping[str, Decimal]


@dataclass(frozen=True)
class Provisions:
    """The provisions of a person with one employer in a year: brought forward, month by month, and the year."""

    before: Mapping[str, Decimal]
    steps: tuple[Step, ...]
    year: Mapping[str, Moved]

    @property
    def left(self) -> dict[str, Decimal]:
        """What is left at the end."""
        return {role: self.before[role] + self.year[role].left for role in NAMES}


def moved_by(slip: Paid) -> dict[str, Moved]:
    """Return what a payslip moved, by role: its provisions as the books take them; less than zero is used."""
    costs = journal.result(slip.figures).costs
    return {
        role: Moved(accrued=amount) if amount >= ZERO else Moved(used=-amount)
        for role, amount in ((HOLIDAY, costs.holiday), (PREMIUMS, costs.premiums))
    }


def _sum(slips_: Iterable[Paid], settled: Iterable[Settled] = ()) -> dict[str, Moved]:
    total = dict.fromkeys(NAMES, Moved())
    for one in slips_:
        for role, moved in moved_by(one).items():
            total[role] += moved
    for back in settled:
        for role, amount in back.amounts.items():
            total[role] += Moved(used=amount)
    return total


def of_year(
    rows: Sequence[Paid],
    year: int,
    brought: Mapping[str, Decimal] | None = None,
    settled: Sequence[Settled] = (),
) -> Provisions:
    """Return the provisions of the payslips of one person up to the end of a year, month by month of that year.

    ``brought``: what was set aside before the product, by role; ``settled``: what went back when a contract had ended.
    """
    mine = [one for one in rows if one.month.year == year]
    back = [one for one in settled if one.month.year == year]
    earlier = _sum((one for one in rows if one.month.year < year), (one for one in settled if one.month.year < year))
    before = {role: moved.left + (brought or {}).get(role, ZERO) for role, moved in earlier.items()}
    left, steps = dict(before), []
    for month in sorted({one.month for one in mine} | {one.month for one in back}):
        of_month = [one for one in mine if one.month == month]
        moved = _sum(of_month, (one for one in back if one.month == month))
        left = {role: left[role] + moved[role].left for role in NAMES}
        steps.append(Step(month, tuple(one.payslip for one in of_month), moved, left))
    return Provisions(before, tuple(steps), _sum(mine, back))


def paid_until(user: Any, cooperative: UUID, year: int, *, person: UUID | None = None) -> list[Paid]:
    """Return the approved payslips up to the end of a year that a user sees, the first first; perhaps of one person."""
    return paid.paid_in(user, cooperative, BEGINNING, Month(year, 12), person=person)


def brought_in(cooperative: UUID, year: int, *, person: UUID | None = None) -> dict[UUID, dict[str, Decimal]]:
    """Return what months from before the product set aside up to a year, by person and role: a twelfth of their bases.

    The last month of each year that was brought in counts for its year. EUR, each twelfth to the cent.
    """
    rows = QuarterOpening.objects.filter(contract__cooperative=cooperative, month__year__lte=year)
    if person is not None:
        rows = rows.filter(contract__person=person)
    last: dict[tuple[UUID, int, str], tuple[UUID, Decimal]] = {}
    for one in rows.select_related("contract").order_by("month"):
        for role, base in ((HOLIDAY, one.double_holiday_pay), (PREMIUMS, one.end_of_year_base)):
            if base is not None:
                last[one.contract_id, one.month.year, role] = (one.contract.person_id, base)
    found: dict[UUID, dict[str, Decimal]] = {}
    for (_contract, _year, role), (owner, base) in last.items():
        mine = found.setdefault(owner, dict.fromkeys(NAMES, ZERO))
        mine[role] += cents(base / 12)
    return found


def set_aside_for(rows: Sequence[Paid], year: int) -> list[tuple[str, Decimal]]:
    """Return what the pay of a year set aside, by what it is for: name and amount."""
    mine = [one for one in rows if one.month.year == year]
    sums = {code: sum((one.amount(code) for one in mine), ZERO) for code in slips.PROVISIONS}
    return [(texts.label(code), amount) for code, amount in sums.items() if amount]


# --- by activity, and beside the books --------------------------------------------------------------------------------


@dataclass(frozen=True)
class OfActivity:
    """What an activity bore for a person's provisions, less what payments gave back to it; EUR, by role."""

    activity: Activity
    left: Mapping[str, Decimal]


def by_activity(rows: Sequence[Paid], settled: Sequence[Settled] = ()) -> list[OfActivity]:
    """Return what stands in the books of the activities for these payslips, corrections and settlements, by activity."""
    entries = [one.entry for one in rows] + [one.entry for one in settled]
    sums = (
        Line.objects.filter(Q(entry__uuid__in=entries) | Q(entry__reverses__uuid__in=entries))
        .filter(account__role__in=NAMES, activity__isnull=False)
        .values_list("activity", "account__role")
        .annotate(total=Sum("amount"))
        .order_by()
    )
    found: dict[UUID, dict[str, Decimal]] = {}
    for activity, role, total in sums:
        found.setdefault(activity, dict.fromkeys(NAMES, ZERO))[role] = total
    return [OfActivity(one, found[one.pk]) for one in Activity.objects.filter(pk__in=found).order_by("code")]


def _listed(rows: Sequence[Paid], settled: Iterable[Settled]) -> dict[str, dict[UUID, Decimal]]:
    """Return what payslips left of each provision, and what settlements gave back of it, by role and entry."""
    back = list(settled)
    return {
        role: {one.entry: moved_by(one)[role].left for one in rows} | {one.entry: -one.amounts[role] for one in back}
        for role in NAMES
    }


def checks(cooperative: UUID, rows: Sequence[Paid], settled: Sequence[Settled] = ()) -> list[tables.Check]:
    """Compare what payslips set aside and used with what their entries hold on the accounts of the provisions."""
    listed = _listed(rows, settled)
    entries = list(listed[HOLIDAY])
    return [
        tables.compare(
            paid.account_of(cooperative, HOLIDAY_DEBT), listed[HOLIDAY], paid.booked(cooperative, HOLIDAY_DEBT, entries)
        ),
        tables.compare(
            paid.account_of(cooperative, PREMIUMS),
            listed[PREMIUMS],
            _borne(paid.booked(cooperative, PREMIUMS, entries)),
        ),
    ]


def whole_checks(
    cooperative: UUID, rows: Sequence[Paid], last: Month, settled: Sequence[Settled] = ()
) -> list[tables.Check]:
    """Compare what all payslips left with all that stands on the accounts up to the end of a month, opening left out."""
    listed = _listed(rows, (one for one in settled if one.month <= last))
    until = (BEGINNING, last)
    return [
        tables.compare(
            paid.account_of(cooperative, HOLIDAY_DEBT),
            listed[HOLIDAY],
            paid.booked_between(cooperative, HOLIDAY_DEBT, listed[HOLIDAY], *until),
        ),
        tables.compare(
            paid.account_of(cooperative, PREMIUMS),
            listed[PREMIUMS],
            _borne(paid.booked_between(cooperative, PREMIUMS, listed[PREMIUMS], *until)),
        ),
    ]


def _borne(booked: Sequence[tables.Booked]) -> list[tables.Booked]:
    """Turn what is owed into what is borne: the account of the cost holds the provision on its other side."""
    return [tables.Booked(one.entry, one.label, -one.amount) for one in booked]


# --- lists ------------------------------------------------------------------------------------------------------------


def month_table(found: Provisions, role: str) -> tables.Table:
    """Return a provision of a person as a list: what is brought forward, each month with its payslips, the year."""
    heads = [tables.Head(_("Month"))]
    heads += [tables.Head(word, tables.Kind.AMOUNT) for word in (_("Set aside (€)"), _("Used (€)"), _("Left (€)"))]
    rows = []
    if found.before[role]:
        brought = (tables.text(_("Brought forward")), tables.Cell(), tables.Cell(), tables.amount(found.before[role]))
        rows.append(tables.Row(brought))
    for step in found.steps:
        links = tuple(tables.Link(pk, formatting.short_month(step.month)) for pk in step.payslips)
        rows.append(_row(formatting.month(step.month), step.moved[role], step.left[role], links))
    total = _row(_("Year"), found.year[role], found.left[role], ())
    return tables.Table(str(NAMES[role]), tuple(heads), tuple(rows), tables.Row(total.cells, strong=True))


def _row(word: str, moved: Moved, left: Decimal, links: tuple[tables.Link, ...]) -> tables.Row:
    cells = [tables.amount(amount, *(links if amount else ())) for amount in (moved.accrued, moved.used)]
    return tables.Row((tables.text(word), *cells, tables.amount(left)))


def people_table(
    rows: Sequence[Paid],
    year: int,
    role: str,
    brought: Mapping[UUID, Mapping[str, Decimal]],
    settled: Mapping[UUID, Sequence[Settled]] | None = None,
) -> tables.Table:
    """Return a provision of a cooperative as a list, a row per person: set aside and used in the year, left at its end."""
    words = (_("Brought forward (€)"), _("Set aside (€)"), _("Used (€)"), _("Left (€)"))
    heads = [tables.Head(_("Member")), *(tables.Head(word, tables.Kind.AMOUNT) for word in words)]
    people: dict[UUID, list[Paid]] = {}
    for one in rows:
        people.setdefault(one.person, []).append(one)
    found = []
    for person, mine in people.items():
        of = of_year(mine, year, brought.get(person), (settled or {}).get(person, ()))
        amounts = (of.before[role], of.year[role].accrued, of.year[role].used, of.left[role])
        cells = (tables.text(mine[0].name), *(tables.amount(amount) for amount in amounts))
        found.append(tables.Row(cells, person=person))
    return tables.with_totals(str(NAMES[role]), heads, found, _("Total"))
