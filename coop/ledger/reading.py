"""What people read of the books: an entry, the books of a cooperative, its periods, and who may. Amounts are EUR."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity, Cooperative, Period, PeriodLock
from coop.ledger import pay, sources
from coop.ledger.models import ChainRecord, Entry, Line
from coop.money import ZERO
from coop.periods import Month


class Foreign(LookupError):
    """What was asked for is unknown, or another's: the same answer for both."""


# --- who may read -----------------------------------------------------------------------------------------------------


def cooperatives_to_read(user: Any) -> list[Cooperative]:
    """Return the cooperatives whose books as a whole a user reads."""
    reached = visibility.access_of(user).cooperatives_with(Subject.LEDGER, "r")
    return list(Cooperative.objects.filter(pk__in=reached).order_by("name"))


def cooperative_to_read(user: Any, cooperative: str | UUID | None) -> Cooperative:
    """Return a cooperative whose books a user reads, the first when none is named.

    Raises Foreign for another's; PermissionDenied for those who read no books as a whole.
    """
    reached = cooperatives_to_read(user)
    if not reached:
        raise PermissionDenied("ledger r")
    if not cooperative:
        return reached[0]
    found = next((each for each in reached if str(each.pk) == str(cooperative)), None)
    if found is None:
        raise Foreign
    return found


def entry_to_read(user: Any, uuid: UUID) -> Entry:
    """Return an entry that a user reads.

    Raises Foreign; PermissionDenied for those who read balances only, and on pay for those who may not see whose it is.
    """
    entry = Entry.objects.select_related("journal", "cooperative", "posted_by", "reverses").filter(uuid=uuid).first()
    if entry is None:
        raise Foreign
    if not Entry.objects.visible_to(user).filter(pk=entry.pk).exists():
        totals = visibility.access_of(user).activities_with(Subject.LEDGER, "t")
        if Line.objects.filter(entry=entry, activity__in=totals).exists():
            raise PermissionDenied("ledger r")
        raise Foreign
    if entry.journal.code == pay.JOURNAL and not _sees_pay(user, entry):
        raise PermissionDenied("pay r")
    if entry.journal.code != pay.JOURNAL and pay.pays_wages(entry):
        visibility.require(user, Subject.PAY, "r", cooperative=entry.cooperative_id)
    return entry


def _sees_pay(user: Any, entry: Entry) -> bool:
    """Tell whether a user sees the pay of every activity that an entry charges; of none, only the payroll office does."""
    charged = list(Activity.objects.filter(lines__entry=entry).distinct())
    if not charged:
        return visibility.may(user, Subject.PAY, "r", cooperative=entry.cooperative_id)
    return all(pay.sees_pay(user, activity, entry.date, entry.date) for activity in charged)


# --- one entry --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class EntryShown:
    """An entry as its reader sees it; ``whole`` says that no line is left out."""

    entry: Entry
    lines: list[Line]
    whole: bool
    link: sources.Link | None
    sealed: ChainRecord | None
    reversed_by: Entry | None

    @property
    def columns(self) -> list[tuple[Line, Decimal | None, Decimal | None]]:
        """Each line with what it debits or credits, positive."""
        return [
            (line, line.amount if line.amount > 0 else None, -line.amount if line.amount < 0 else None)
            for line in self.lines
        ]

    @property
    def debit(self) -> Decimal:
        """The sum of the debits shown."""
        return sum((line.amount for line in self.lines if line.amount > 0), ZERO)

    @property
    def credit(self) -> Decimal:
        """The sum of the credits shown, positive."""
        return -sum((line.amount for line in self.lines if line.amount < 0), ZERO)


def entry_shown(entry: Entry, user: Any) -> EntryShown:
    """Return an entry as a user sees it: all lines, or those of the activities that the user reads."""
    lines = list(
        Line.objects.visible_to(user)
        .filter(entry=entry)
        .select_related("account", "activity", "party", "item")
        .order_by("position")
    )
    link = sources.links([(entry.source, entry.source_key)], user).get((entry.source, entry.source_key))
    return EntryShown(
        entry=entry,
        lines=lines,
        whole=len(lines) == Line.objects.filter(entry=entry).count(),
        link=link,
        sealed=ChainRecord.objects.filter(entry=entry).first(),
        reversed_by=Entry.objects.filter(reverses=entry).first(),
    )


# --- periods ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PeriodShown:
    """A month with its three locks, in the order VAT, payroll, year."""

    month: Month
    locks: list[PeriodLock]


def periods(cooperative: Cooperative, year: str) -> list[PeriodShown]:
    """Return the months of a fiscal year with their locks, in two queries."""
    order = list(PeriodLock.Kind)
    rows = (
        Period.objects.filter(cooperative=cooperative, fiscal_year__name=year)
        .prefetch_related("locks__locked_by")
        .order_by("first_day")
    )
    return [
        PeriodShown(
            Month.of(period.first_day),
            sorted(period.locks.all(), key=lambda lock: order.index(PeriodLock.Kind(lock.kind))),
        )
        for period in rows
    ]


def years(cooperative: Cooperative) -> list[str]:
    """Return the fiscal years of a cooperative, the latest first."""
    return list(cooperative.fiscal_years.order_by("-first_day").values_list("name", flat=True))


def lock_of(cooperative: Cooperative, month: Month, kind: str) -> PeriodLock:
    """Return one lock of a month. Raises Foreign when there is none."""
    lock = (
        PeriodLock.objects.select_related("period")
        .filter(period__cooperative=cooperative, period__first_day=month.first, kind=kind)
        .first()
    )
    if lock is None:
        raise Foreign
    return lock


def may_lock(user: Any, cooperative: Cooperative) -> bool:
    """Tell whether a user may lock the periods of a cooperative."""
    return visibility.may(user, Subject.POLICIES, "w", cooperative=cooperative.pk)
