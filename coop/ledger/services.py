"""Open the books, lock periods, reserve money of an activity."""

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity, BankAccount, Cooperative, FiscalYear, NumberSeries, Period, PeriodLock
from coop.errors import Refused
from coop.ledger import chain, queries
from coop.ledger.models import Account, ChainHead, Journal, Reservation, ReserveTarget
from coop.money import exact
from coop.periods import Month

CHART = Path(__file__).resolve().parent / "charts" / "be.csv"
JOURNALS = {
    "VEN": "Ventes", "NCV": "Notes de crédit sur ventes", "ACH": "Achats", "NCA": "Notes de crédit sur achats",
    "NDF": "Notes de frais", "SAL": "Salaires", "OD": "Opérations diverses", "AN": "Analytique", "RAN": "Ouverture",
    "CLO": "Clôture",
}  # fmt: skip
DOCUMENT_SERIES = {
    "invoice": "{year}-{number:04d}",
    "credit_note": "NC-{year}-{number:04d}",
    "supplier_invoice": "A-{year}-{number:04d}",
    "expense_note": "F-{year}-{number:04d}",
}


class BooksNotOpened(Refused):
    """The next year was to be opened of books that have none."""


@transaction.atomic
def open_books(*, cooperative: Cooperative, opened_on: date) -> None:
    """Give a cooperative its chart, its journals, the activities COOP and FUND, and the head of its chain. Idempotent."""
    with CHART.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    Account.objects.bulk_create(
        [
            Account(
                cooperative=cooperative, number=row["number"], role=row["role"], is_vat=row["is_vat"] == "1",
                name_en=row["name_en"], name_fr=row["name_fr"], name_nl=row["name_nl"],
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    Journal.objects.bulk_create(
        [Journal(cooperative=cooperative, code=code, name=name) for code, name in JOURNALS.items()],
        ignore_conflicts=True,
    )
    for code, name, kind in (
        ("COOP", cooperative.name, Activity.Kind.COOPERATIVE),
        ("FUND", "Fonds mutualisé", Activity.Kind.FUND),
    ):
        Activity.objects.get_or_create(
            cooperative=cooperative, kind=kind, defaults={"code": code, "name": name, "opened_on": opened_on}
        )
    ChainHead.objects.get_or_create(cooperative=cooperative, defaults={"hash": chain.genesis(cooperative.pk)})


@transaction.atomic
def open_year(*, cooperative: Cooperative, year: int) -> FiscalYear:
    """Open a calendar year: its twelve periods with three open locks each, and the counters of that year. Idempotent."""
    fiscal_year, _created = FiscalYear.objects.get_or_create(
        cooperative=cooperative,
        name=str(year),
        defaults={"first_day": date(year, 1, 1), "last_day": date(year, 12, 31)},
    )
    Period.objects.bulk_create(
        [
            Period(cooperative=cooperative, first_day=month.first, fiscal_year=fiscal_year)
            for month in Month(year, 1).until(Month(year, 12))
        ],
        ignore_conflicts=True,
    )
    PeriodLock.objects.bulk_create(
        [
            PeriodLock(period=period, kind=kind)
            for period in Period.objects.filter(fiscal_year=fiscal_year)
            for kind in PeriodLock.Kind
        ],
        ignore_conflicts=True,
    )
    journals = Journal.objects.filter(cooperative=cooperative).values_list("code", flat=True)
    NumberSeries.objects.bulk_create(
        [
            *(NumberSeries(cooperative=cooperative, kind=f"journal:{code}", year=str(year)) for code in journals),
            *(
                NumberSeries(cooperative=cooperative, kind=kind, year=str(year), template=template)
                for kind, template in DOCUMENT_SERIES.items()
            ),
        ],
        ignore_conflicts=True,
    )
    return fiscal_year


@transaction.atomic
def open_next_year(*, cooperative: Cooperative, by: Any) -> FiscalYear:
    """Open the calendar year after the last one that is open. Raises PermissionDenied without the right on policies."""
    visibility.require(by, Subject.POLICIES, "w", cooperative=cooperative.pk)
    Cooperative.objects.select_for_update(no_key=True).get(pk=cooperative.pk)
    last = FiscalYear.objects.filter(cooperative=cooperative).order_by("-last_day").first()
    if last is None:
        raise BooksNotOpened(
            subject=str(cooperative),
            reason=_("No year of its books was ever opened."),
            remedy=_("Ask who runs the installation to found the cooperative with its first year."),
        )
    return open_year(cooperative=cooperative, year=last.last_day.year + 1)


@transaction.atomic
def open_bank_account(
    *, cooperative: Cooperative, iban: str, bic: str, holder: str, account_number: str = "550", journal: str = "BNK"
) -> BankAccount:
    """Give a cooperative a bank account with a journal of its own; the ledger account must be in the chart."""
    account, created = BankAccount.objects.get_or_create(
        iban=iban,
        defaults={
            "cooperative": cooperative, "bic": bic, "holder": holder, "account_number": account_number,
            "journal_code": journal,
        },
    )  # fmt: skip
    if created:
        Journal.objects.get_or_create(cooperative=cooperative, code=journal, defaults={"name": f"Banque {iban}"})
        for year in FiscalYear.objects.filter(cooperative=cooperative):
            NumberSeries.objects.get_or_create(
                cooperative=cooperative, kind=f"journal:{journal}", activity=None, year=year.name
            )
    return account


@transaction.atomic
def lock_period(*, cooperative: Cooperative, month: Month, kind: PeriodLock.Kind, by: Any, at: datetime) -> PeriodLock:
    """Set one of the three locks of a month. It never opens again; locking twice changes nothing.

    Postings hold the lock's row while they run, so this waits for them. ``by`` may be None for the system itself.
    """
    if by is not None:
        visibility.require(by, Subject.POLICIES, "w", cooperative=cooperative.pk)
    lock = PeriodLock.objects.select_for_update(of=("self",)).get(
        period__cooperative=cooperative, period__first_day=month.first, kind=kind
    )
    if lock.state == PeriodLock.State.OPEN:
        lock.state, lock.locked_at, lock.locked_by = PeriodLock.State.LOCKED, at, by
        lock.save(update_fields=["state", "locked_at", "locked_by"])
    return lock


class NotEnoughFree(Refused):
    """An activity was asked for more than its contract costs and more than is free."""


def lock_activity(activity: UUID) -> Activity:
    """Lock an activity's row, so that its balances can be read and spent: lock first, then read."""
    return Activity.objects.select_for_update(of=("self",), no_key=True).select_related("cooperative").get(pk=activity)


def lock_item(item: UUID) -> None:
    """Keep others from settling an item until the transaction ends; its row is never changed, so never locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"open item:{item}"])


def reserve(
    *,
    activity: Activity,
    kind: Reservation.Kind,
    amount: Decimal,
    contract_cost: Decimal,
    source: str,
    source_key: str,
    text: str,
    on: date,
) -> Reservation:
    """Reserve money of an activity whose row the caller has locked in the same transaction; EUR.

    The contractual wage may draw on the reserve, with which the free balance falls below zero; anything above it, and
    any expense or payout (contract cost zero), needs free balance. Raises NotEnoughFree with the highest amount.
    """
    free = queries.free_balance(activity, on)
    limit = max(contract_cost, free)
    if exact(amount) > limit:
        raise NotEnoughFree(
            subject=text,
            reason=_("It asks %(amount)s EUR of activity %(activity)s, where %(free)s EUR is free.")
            % {"amount": amount, "activity": activity, "free": free},
            remedy=_("Ask at most %(limit)s EUR, or wait until customers have paid.")
            % {"limit": max(limit, Decimal(0))},
            field="amount",
        )
    return Reservation.objects.create(
        activity=activity, kind=kind, source=source, source_key=source_key, text=text[:200], amount=amount,
        contract_cost=contract_cost, free_before=free, made_on=on,
    )  # fmt: skip


def hold_advance(
    *, activity: Activity, amount: Decimal, source: str, source_key: str, text: str, on: date
) -> Reservation:
    """Keep a structural reduction out of the free balance until its quarter is settled (EUR, may be negative)."""
    return Reservation.objects.create(
        activity=activity, kind=Reservation.Kind.ADVANCE, source=source, source_key=source_key, text=text[:200],
        amount=exact(amount), contract_cost=0, free_before=0, made_on=on,
    )  # fmt: skip


def release(*, source: str, source_key: str, on: date) -> int:
    """Release what was reserved for an event, in the transaction that posts or gives it up. Returns how many rows."""
    return Reservation.objects.filter(source=source, source_key=source_key, released_on__isnull=True).update(
        released_on=on
    )


@transaction.atomic
def set_reserve_target(*, activity: Activity, amount: Decimal, on: date) -> None:
    """Set what an activity keeps back from a day on (EUR); the earlier target ends there. The same amount changes nothing."""
    current = ReserveTarget.objects.filter(activity=activity).on(on).first()
    if current is not None and current.amount == amount:
        return
    later = ReserveTarget.objects.filter(activity=activity, valid_from__gt=on).order_by("valid_from").first()
    until = later.valid_from if later else None
    if current is not None and current.valid_from == on:
        current.amount = exact(amount)
        current.save(update_fields=["amount"])
        return
    if current is not None:
        current.valid_until = on
        current.save(update_fields=["valid_until"])
    ReserveTarget.objects.create(activity=activity, amount=exact(amount), valid_from=on, valid_until=until)
