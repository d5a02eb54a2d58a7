"""The lists that declarations are made from: 274 by month, slips 281.10 by year, DmfA by quarter, Dimona. Pure; EUR.

Codes: payroll design, section 7. A contribution whose code is not certain carries none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coop import formatting
from coop.money import ZERO, cents
from coop.periods import Month
from payroll import account, exceptional, tables, texts
from payroll.account import Corrected, Employed, Paid
from payroll.tables import Cell, Head, Kind, Link, Row, Table

WORKER_CODE = "495"
BONUS, REDUCTION = "0001", "3000"
CODES: Mapping[str, str] = {
    "social_contribution": WORKER_CODE,
    "employer_contribution.base": WORKER_CODE,
    "employer_contribution.closure_fund": "809",
    "employer_contribution.closure_fund_unemployment": "810",
    "employer_contribution.temporary_unemployment": "859",
    "employer_contribution.asbestos_fund": "256",
    "employer_contribution.work_accidents": "255",
    "employer_contribution.sector_fund": "831",
    "employment_bonus": BONUS,
    "structural_reduction": REDUCTION,
}
TAKEN_OFF = {"employment_bonus", "structural_reduction", "first_hire_reduction"}
WEEKS_OF_A_MONTH = (Decimal(13), Decimal(3))


# --- 274 --------------------------------------------------------------------------------------------------------------


def withholding(paid: Sequence[Paid]) -> Table:
    """Return what the return 274 of a month adds up: taxable pay and tax withheld, payslip by payslip."""
    heads = (
        Head(_("Member")),
        Head(_("Worker number")),
        Head(_("Taxable pay"), Kind.AMOUNT),
        Head(texts.label("withholding_tax"), Kind.AMOUNT),
    )
    rows = []
    for one in paid:
        link = _link(one)
        taxable = one.amount("taxable") + one.amount("benefit_in_kind_tax_only")
        cells = (
            tables.text(f"{one.name} · {one.title}" if one.nature else one.name),
            tables.text(one.worker_number),
            tables.amount(taxable, link),
            tables.amount(one.amount("withholding_tax"), link),
        )
        rows.append(Row(cells, person=one.person))
    return tables.with_totals(_("Withholding tax 274"), heads, rows, _("Total to declare"))


def withholding_due(month: Month) -> date:
    """Return the last day to declare and pay the tax of a month: the 15th of the next. Source: CIR 92, article 412."""
    return month.plus(1).day(15)


def withheld(paid: Sequence[Paid]) -> dict[UUID, Decimal]:
    """Return the tax withheld by each payslip, by its entry; EUR."""
    return {one.entry: one.amount("withholding_tax") for one in paid}


def _link(one: Paid) -> Link:
    month = formatting.short_month(one.month)
    return Link(one.payslip, f"{month} · {one.title}" if one.nature else month)


# --- 281.10 -----------------------------------------------------------------------------------------------------------


def slips(paid: Sequence[Paid], employed: Mapping[UUID, Employed], corrected: Sequence[Corrected] = ()) -> Table:
    """Return the data of the slips 281.10 of a year, a row per person; ``employed`` holds first and last day of each."""
    heads = [
        Head(_("Member")),
        Head(_("National number"), Kind.NUMBER),
        Head(_("Employed from"), Kind.DAY),
        Head(_("Employed until"), Kind.DAY),
        *(Head(account.slip_label(name), Kind.AMOUNT, box) for name, box, _codes in account.SLIP),
    ]
    settled: dict[UUID, list[Corrected]] = {}
    for correction in corrected:
        settled.setdefault(correction.person, []).append(correction)
    rows = []
    for person, mine in _by(paid, "person").items():
        days = employed.get(person)
        cells = [
            tables.text(mine[0].name),
            tables.national_number(mine[0].niss, mine[0].masked_niss),
            tables.day(days.first if days else None),
            tables.day(days.last if days else None),
            *(tables.amount(amount) for amount in account.slip_amounts(mine, settled.get(person, ()))),
        ]
        rows.append(Row(tuple(cells), person=person))
    return tables.with_totals(_("Slips 281.10"), heads, rows, _("Total"))


def slips_due(year: int) -> date:
    """Return the last day to send the slips of a year: the last of February. Source: Belcotax-on-web."""
    return Month(year + 1, 2).last


def _by(paid: Iterable[Paid], name: str) -> dict[UUID, list[Paid]]:
    found: dict[UUID, list[Paid]] = {}
    for one in paid:
        found.setdefault(getattr(one, name), []).append(one)
    return found


# --- DmfA -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Worker:
    """A contract of a DmfA: who works under it, and what of its quarter was paid and corrected."""

    name: str
    niss: str
    masked_niss: str
    person: UUID
    worker_number: str
    paid: tuple[Paid, ...]
    corrected: tuple[Corrected, ...]


def parts(one: Paid) -> dict[str, Decimal]:
    """Return what a payslip owes to social security by the lines of a DmfA; EUR, what is taken off is negative."""
    if one.nature:
        return exceptional.social_security(one.figures)
    found = {"social_contribution": one.amount("social_contribution")}
    found |= {figure.code: figure.amount for figure in one.figures.starting_with("employer_contribution.")}
    found["special_contribution"] = one.amount("special_contribution")
    found["employment_bonus"] = -one.amount("employment_bonus")
    found["structural_reduction"] = -one.amount("structural_reduction")
    found["first_hire_reduction"] = -one.amount("first_hire_reduction")
    return found


def owed(paid: Iterable[Paid], corrected: Iterable[Corrected]) -> dict[UUID, Decimal]:
    """Return what payslips and corrections owe to social security, by entry: the sum of their parts; EUR."""
    found = {one.entry: sum(parts(one).values(), ZERO) for one in paid}
    for correction in corrected:
        if correction.entry is not None:
            found[correction.entry] = -correction.reduction - correction.first_hire
        if correction.special_entry is not None:
            found[correction.special_entry] = correction.special_contribution
    return found


def owed_of(workers: Sequence[Worker]) -> dict[UUID, Decimal]:
    """Return what the workers of a DmfA owe to social security, by entry; EUR."""
    found: dict[UUID, Decimal] = {}
    for worker in workers:
        found |= owed(worker.paid, worker.corrected)
    return found


def dmfa(workers: Sequence[Worker]) -> Table:
    """Return what the DmfA of a quarter declares, a row per contract: hours, pay, contributions by code, deductions.

    The corrections of settled quarters are in the reduction and in the special contribution. Of payments beside pay, the
    gross holds what bears the contributions of both: premiums, and simple holiday pay on leaving. Hours of the quarter are
    the weekly hours of each month × 13 ÷ 3, rounded to the cent of an hour per contract. Columns nobody owes are left out.
    """
    columns = _columns(workers)
    heads = [
        Head(_("Member")),
        Head(_("National number"), Kind.NUMBER),
        Head(_("Worker number")),
        Head(_("Worker code")),
        Head(_("Hours a week, on average"), Kind.HOURS),
        Head(_("Full-time hours a week"), Kind.HOURS),
        Head(_("Hours in the quarter"), Kind.HOURS),
        Head(_("Gross pay"), Kind.AMOUNT),
        *(Head(_column_label(code), Kind.AMOUNT, CODES.get(code, "")) for code in columns),
        Head(_("Owed"), Kind.AMOUNT),
        Head(_("Payslips"), Kind.LINKS),
    ]
    rows = [Row(_dmfa_row(worker, columns), person=worker.person) for worker in workers]
    return tables.with_totals(_("DmfA"), heads, rows, _("Total"))


def _column_label(code: str) -> str:
    return _("Withheld on double holiday pay") if code == "holiday_contribution" else texts.label(code)


def dmfa_due(last: Month) -> date:
    """Return the last day to declare a quarter, named by its last month: the last of the next month. Source: ONSS."""
    return last.plus(1).last


def _columns(workers: Sequence[Worker]) -> list[str]:
    """Return the lines that somebody owes, in the order of the payslips; a correction makes its deduction one of them."""
    found: dict[str, bool] = {}
    for worker in workers:
        for one in worker.paid:
            for code, amount in parts(one).items():
                found[code] = found.get(code, False) or bool(amount)
        if any(one.reduction for one in worker.corrected):
            found["structural_reduction"] = True
        if any(one.first_hire for one in worker.corrected):
            found["first_hire_reduction"] = True
        if any(one.special_entry for one in worker.corrected):
            found["special_contribution"] = True
    last = [code for code in found if code in TAKEN_OFF]
    return [code for code in [*(code for code in found if code not in TAKEN_OFF), *last] if found[code]]


def _dmfa_row(worker: Worker, columns: Sequence[str]) -> tuple[Cell, ...]:
    sums = dict.fromkeys(columns, ZERO)
    for one in worker.paid:
        for code, amount in parts(one).items():
            if code in sums:
                sums[code] += amount
    for correction in worker.corrected:
        if correction.reduction:
            sums["structural_reduction"] -= correction.reduction
        if correction.first_hire:
            sums["first_hire_reduction"] -= correction.first_hire
        if correction.special_entry is not None:
            sums["special_contribution"] += correction.special_contribution
    ordinary = [one for one in worker.paid if not one.nature]
    months = len({one.month for one in ordinary})
    weekly = sum((one.hours for one in ordinary), ZERO)
    thirteen, three = WEEKS_OF_A_MONTH
    links = tuple(_link(one) for one in worker.paid)
    alone = links if len(links) == 1 and not worker.corrected else ()
    gross = sum(
        (exceptional.declared_gross(one.figures) if one.nature else one.amount("gross") for one in worker.paid), ZERO
    )
    return (
        tables.text(worker.name),
        tables.national_number(worker.niss, worker.masked_niss),
        tables.text(worker.worker_number),
        tables.text(WORKER_CODE),
        tables.hours(cents(weekly / months) if months else None),
        tables.hours(ordinary[-1].full_time_hours if ordinary else None),
        tables.hours(cents(weekly * thirteen / three)),
        tables.amount(gross, *alone),
        *(tables.amount(amount, *alone) for amount in sums.values()),
        tables.amount(sum(sums.values(), ZERO), *alone),
        tables.links(*links),
    )


# --- Dimona -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Employment:
    """A contract as Dimona sees it: ``end`` is the first day after it, None while it goes on."""

    name: str
    niss: str
    masked_niss: str
    person: UUID
    contract: UUID
    worker_number: str
    begin: date
    end: date | None


@dataclass(frozen=True)
class Event:
    """Something to tell Dimona: somebody begins or ends, and the last day to say so."""

    of: Employment
    begins: bool
    on: date
    due: date


def events(employments: Sequence[Employment], month: Month) -> list[Event]:
    """Return who begins and who ends in a month, by day.

    IN is due before the work begins, so at the latest on its first day; OUT on the first working day after the last one.
    A contract that follows another of the same person without a day between is neither.
    """
    begins = {(one.person, one.begin) for one in employments}
    ends = {(one.person, one.end) for one in employments}
    found = [
        Event(one, True, one.begin, one.begin)
        for one in employments
        if Month.of(one.begin) == month and (one.person, one.begin) not in ends
    ]
    for one in employments:
        if one.end is None or (one.person, one.end) in begins:
            continue
        last = account.last_day(one.end)
        if Month.of(last) == month:
            found.append(Event(one, False, last, _working_day(one.end)))
    return sorted(found, key=lambda event: (event.on, not event.begins, event.of.name))


def dimona_due(found: Sequence[Event]) -> date | None:
    """Return the first day by which something must be told; None when nobody begins or ends."""
    return min((event.due for event in found), default=None)


def _working_day(day: date) -> date:
    """Return the day, or the Monday after a Sunday. Saturdays and holidays are not moved: too early is never too late."""
    return day + timedelta(days=1) if day.isoweekday() == 7 else day


def dimona(found: Sequence[Event]) -> Table:
    """Return the events of a month as a list."""
    heads = (
        Head(_("Member")),
        Head(_("National number"), Kind.NUMBER),
        Head(_("Worker number")),
        Head(_("Declaration")),
        Head(_("First or last day"), Kind.DAY),
        Head(_("Due at the latest on"), Kind.DAY),
    )
    rows = tuple(
        Row(
            (
                tables.text(event.of.name),
                tables.national_number(event.of.niss, event.of.masked_niss),
                tables.text(event.of.worker_number),
                tables.text("IN" if event.begins else "OUT"),
                tables.day(event.on),
                tables.day(event.due),
            ),
            person=event.of.person,
        )
        for event in found
    )
    return Table(_("Dimona"), heads, rows)


@dataclass(frozen=True)
class Presence:
    """The contracts of a month beside its payslips: how many hold, who has no payslip, who has one without a contract."""

    contracts: int
    unpaid: tuple[str, ...]
    unknown: tuple[str, ...]
    differences: tuple[tables.Difference, ...] = ()

    @property
    def agrees(self) -> bool:
        """Tell whether each contract has its payslip and each payslip its contract."""
        return not self.unpaid and not self.unknown


def presence(employments: Sequence[Employment], paid: Sequence[Paid], month: Month) -> Presence:
    """Compare the contracts that hold on a day of a month with its approved payslips."""
    holding = [one for one in employments if one.begin <= month.last and (one.end is None or one.end > month.first)]
    paid_contracts, known = {one.contract for one in paid if not one.nature}, {one.contract for one in holding}
    return Presence(
        contracts=len(holding),
        unpaid=tuple(one.name for one in holding if one.contract not in paid_contracts),
        unknown=tuple(one.name for one in paid if one.contract not in known),
    )


def presence_sentence(found: Presence) -> str:
    """Say whether the contracts of a month and its payslips agree, or who stands in between."""
    sentences = []
    if found.unpaid:
        sentences.append(
            _("A contract holds, but no payslip of the month is approved: %(names)s.")
            % {"names": ", ".join(found.unpaid)}
        )
    if found.unknown:
        sentences.append(
            _("A payslip is approved, but no contract holds in the month: %(names)s.")
            % {"names": ", ".join(found.unknown)}
        )
    if sentences:
        return " ".join(sentences)
    return ngettext(
        "%(count)s contract holds in the month, and it has its approved payslip.",
        "%(count)s contracts hold in the month, and each has its approved payslip.",
        found.contracts,
    ) % {"count": found.contracts}
