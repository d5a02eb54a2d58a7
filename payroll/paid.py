"""What was paid, read for individual accounts and declarations, and what the books hold of it."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import JSONField, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL

from coop import formatting
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import BankAccount, Cooperative
from coop.ledger.models import Account, Entry, Line
from coop.money import ZERO
from coop.periods import Month
from members.files import mask_niss
from members.models import EmploymentContract, Person
from payroll import account, declarations, tables
from payroll.account import Corrected, Paid
from payroll.engine.figures import Explained, Figure
from payroll.engine.months import YearMonth
from payroll.models import Payslip, QuarterOpening, QuarterSettlement

AMOUNTS = """(SELECT jsonb_object_agg(one->>'code', one->>'amount')
FROM jsonb_array_elements("payroll_payslip"."figures"->'figures') one)"""
"""The amounts of a payslip by code, without the parts that explain them: a tenth of what is stored."""


def paid_in(user: Any, cooperative: UUID, first: Month, last: Month, *, person: UUID | None = None) -> list[Paid]:
    """Return the approved payslips of some months that a user sees, by name and month; perhaps of one person alone."""
    rows = Payslip.objects.visible_to(user).paid().filter(
        cooperative=cooperative, month__gte=first.first, month__lte=last.first
    )  # fmt: skip
    if person is not None:
        rows = rows.filter(person=person)
    return list(_read(rows))


def _read(rows: QuerySet[Payslip]) -> Iterable[Paid]:
    found = (
        rows.select_related("person", "contract", "entry")
        .defer("facts", "figures")
        .annotate(amounts=RawSQL(AMOUNTS, [], output_field=JSONField()))  # noqa: S611 - a constant text
        .order_by("person__sort_name", "person", "month", "nature", "contract__worker_number")
    )
    for one in found:
        if one.entry is None:
            raise RuntimeError("an approved payslip has its entry")
        yield Paid(
            payslip=one.pk,
            entry=one.entry.uuid,
            person=one.person_id,
            name=str(one.person),
            niss=one.person.niss,
            masked_niss=mask_niss(one.person.niss),
            contract=one.contract_id,
            worker_number=one.contract.worker_number,
            month=Month.of(one.month),
            hours=one.hours,
            full_time_hours=one.full_time_hours,
            figures=_figures(one),
            nature=one.nature,
        )


def _figures(row: Any) -> Explained:
    """Return the amounts of a payslip by code, as figures without their parts."""
    figures = (Figure(code, Decimal(amount), "fact", (), "exact") for code, amount in row.amounts.items())
    return Explained(YearMonth(row.month.year, row.month.month), tuple(figures), (), row.engine_version, row.law_digest)


def corrected_in(cooperative: UUID, first: Month, last: Month, *, person: UUID | None = None) -> list[Corrected]:
    """Return the quarters that end in some months and were settled. The caller has checked who may see them."""
    rows = QuarterSettlement.objects.filter(
        cooperative=cooperative, last_month__gte=first.first, last_month__lte=last.first
    ).select_related("contract", "entry", "special_contribution_entry")
    if person is not None:
        rows = rows.filter(contract__person=person)
    return [
        Corrected(
            person=one.contract.person_id,
            contract=one.contract_id,
            worker_number=one.contract.worker_number,
            last_month=Month.of(one.last_month),
            reduction=one.correction,
            first_hire=one.first_hire_correction,
            special_contribution=one.special_contribution_correction,
            entry=one.entry.uuid if one.entry else None,
            special_entry=one.special_contribution_entry.uuid if one.special_contribution_entry else None,
        )
        for one in rows.order_by("last_month", "contract__worker_number")
    ]


def years_paid(user: Any, *, person: UUID, cooperative: UUID) -> list[int]:
    """Return the years in which a person was paid by a cooperative, as far as the user sees, the latest first."""
    months = Payslip.objects.visible_to(user).paid().filter(person=person, cooperative=cooperative)
    return sorted({month.year for month in months.values_list("month", flat=True)}, reverse=True)


def employers_of(person: Person) -> list[Cooperative]:
    """Return the cooperatives with which a person has or had a contract."""
    return list(Cooperative.objects.filter(contracts__person=person).distinct().order_by("name"))


def reads_pay(user: Any) -> list[Cooperative]:
    """Return the cooperatives whose pay a user reads person by person and unmasked: those of the payroll office."""
    ids = visibility.access_of(user).cooperatives_with(Subject.PAY, "r")
    return list(Cooperative.objects.filter(pk__in=ids).order_by("name"))


def contracts_of(cooperative: UUID, first: Month, last: Month) -> QuerySet[EmploymentContract]:
    """Return the contracts of a cooperative that hold on a day of some months, by name."""
    return (
        EmploymentContract.objects.filter(cooperative=cooperative)
        .overlapping(first.first, last.plus(1).first)
        .select_related("person")
        .order_by("person__sort_name", "worker_number")
    )


def opened_in(cooperative: UUID, first: Month, last: Month, *, person: UUID | None = None) -> int:
    """Count the months of some months that were paid before the cooperative came to the product; perhaps of one person."""
    rows = QuarterOpening.objects.filter(
        contract__cooperative=cooperative, month__gte=first.first, month__lte=last.first
    )
    found: int = (rows if person is None else rows.filter(contract__person=person)).count()
    return found


# --- the books --------------------------------------------------------------------------------------------------------


def account_of(cooperative: UUID, role: str) -> str:
    """Return the number and name of an account of the chart."""
    return str(Account.objects.get(cooperative=cooperative, role=role))


def booked(cooperative: UUID, role: str, entries: Iterable[UUID]) -> list[tables.Booked]:
    """Return what some entries put on an account; EUR, positive when it is owed."""
    return _booked(_lines(cooperative, role).filter(entry__uuid__in=list(entries)))


def booked_between(
    cooperative: UUID, role: str, entries: Iterable[UUID], first: Month, last: Month
) -> list[tables.Booked]:
    """Return what the pay of some months, and all that is dated in them, put on an account; EUR, positive when owed.

    Pay belongs to the month of its payslip and the quarter of its settlement, whatever the day of its entry; a reversed
    payslip counts together with its reversal. Left out are payments (journals of the bank), opening and closing entries.
    """
    months = Q(month__gte=first.first, month__lte=last.first)
    slips = Payslip.objects.filter(cooperative=cooperative, entry__isnull=False)
    mine, others = slips.filter(months).values("entry"), slips.exclude(months).values("entry")
    quarters = QuarterSettlement.objects.filter(cooperative=cooperative).exclude(
        last_month__gte=first.first, last_month__lte=last.first
    )
    banks = BankAccount.objects.filter(cooperative=cooperative).values("journal_code")
    elsewhere = (
        Q(entry__journal__code__in=["RAN", "CLO"])
        | Q(entry__journal__code__in=banks)
        | Q(entry__in=others)
        | Q(entry__reverses__in=others)
        | Q(entry__in=quarters.filter(entry__isnull=False).values("entry"))
        | Q(entry__in=quarters.filter(special_contribution_entry__isnull=False).values("special_contribution_entry"))
    )
    dated = Q(entry__date__gte=first.first, entry__date__lte=last.last) & ~elsewhere
    paid = Q(entry__in=mine) | Q(entry__reverses__in=mine) | Q(entry__uuid__in=list(entries))
    return _booked(_lines(cooperative, role).filter(dated | paid))


def _lines(cooperative: UUID, role: str) -> QuerySet[Line]:
    return Line.objects.filter(cooperative=cooperative, account__role=role)


def _booked(lines: QuerySet[Line]) -> list[tables.Booked]:
    sums: dict[int, Decimal] = dict(lines.values_list("entry").annotate(total=Sum("amount")).order_by())
    entries = Entry.objects.filter(pk__in=sums).select_related("journal", "reverses").order_by("date", "pk")
    together: dict[UUID, tables.Booked] = {}
    for entry in entries:
        first = entry.reverses if entry.reverses is not None and entry.reverses_id in sums else entry
        before = together[first.uuid].amount if first.uuid in together else ZERO
        together[first.uuid] = tables.Booked(first.uuid, _label(first), before - sums[entry.pk])
    return list(together.values())


def _label(entry: Entry) -> str:
    return f"{formatting.day(entry.date)} · {entry.journal.code} {entry.number} · {entry.text}"


# --- checks -----------------------------------------------------------------------------------------------------------


def account_checks(cooperative: UUID, paid: Sequence[Paid], corrected: Sequence[Corrected]) -> list[tables.Check]:
    """Compare an individual account with the books: tax, social security and net pay of each of its entries."""
    listed = {
        "withholding_tax": {one.entry: one.amount("withholding_tax") for one in paid},
        "social_security": declarations.owed(paid, corrected),
        "net_pay": {one.entry: one.amount("net") for one in paid}
        | {one.special_entry: -one.special_contribution for one in corrected if one.special_entry is not None},
    }
    return [
        tables.compare(account_of(cooperative, role), amounts, booked(cooperative, role, amounts))
        for role, amounts in listed.items()
    ]


# --- declarations -----------------------------------------------------------------------------------------------------


def employed_in(cooperative: UUID, year: int) -> dict[UUID, account.Employed]:
    """Return the first and last day of employment in a year of everybody who had a contract, by person."""
    spans: dict[UUID, list[tuple[date, date | None]]] = {}
    for one in contracts_of(cooperative, Month(year, 1), Month(year, 12)):
        spans.setdefault(one.person_id, []).append((one.valid_from, one.valid_until))
    return {person: account.employed_in(year, found) for person, found in spans.items()}


def workers_in(user: Any, cooperative: UUID, first: Month, last: Month) -> list[declarations.Worker]:
    """Return the contracts of a quarter with what was paid and corrected, by name."""
    found = paid_in(user, cooperative, first, last)
    corrected = corrected_in(cooperative, first, last)
    slips: dict[UUID, list[Paid]] = {}
    settled: dict[UUID, list[Corrected]] = {}
    for one in found:
        slips.setdefault(one.contract, []).append(one)
    for correction in corrected:
        settled.setdefault(correction.contract, []).append(correction)
    contracts = EmploymentContract.objects.filter(pk__in=slips.keys() | settled.keys()).select_related("person")
    return [
        declarations.Worker(
            name=str(contract.person),
            niss=contract.person.niss,
            masked_niss=mask_niss(contract.person.niss),
            person=contract.person_id,
            worker_number=contract.worker_number,
            paid=tuple(slips.get(contract.pk, ())),
            corrected=tuple(settled.get(contract.pk, ())),
        )
        for contract in contracts.order_by("person__sort_name", "worker_number")
    ]


def employments_around(cooperative: UUID, month: Month) -> list[declarations.Employment]:
    """Return the contracts that hold in a month, on the day before it or on the day after it."""
    return [
        declarations.Employment(
            name=str(one.person),
            niss=one.person.niss,
            masked_niss=mask_niss(one.person.niss),
            person=one.person_id,
            contract=one.pk,
            worker_number=one.worker_number,
            begin=one.valid_from,
            end=one.valid_until,
        )
        for one in contracts_of(cooperative, month.plus(-1), month.plus(1))
    ]


def withholding_check(cooperative: UUID, paid: Sequence[Paid], first: Month, last: Month) -> tables.Check:
    """Compare the tax withheld by payslips with all that some months put on the account of withholding tax."""
    listed = declarations.withheld(paid)
    found = booked_between(cooperative, "withholding_tax", listed, first, last)
    return tables.compare(account_of(cooperative, "withholding_tax"), listed, found)


def dmfa_check(cooperative: UUID, workers: Sequence[declarations.Worker], first: Month, last: Month) -> tables.Check:
    """Compare what a quarter owes with all that its payslips, settlements and days put on the account of social security."""
    listed = declarations.owed_of(workers)
    found = booked_between(cooperative, "social_security", listed, first, last)
    return tables.compare(account_of(cooperative, "social_security"), listed, found)
