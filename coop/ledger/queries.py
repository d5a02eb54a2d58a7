"""Questions to the books. The three balances of an activity are asked here and nowhere else; VAT is in none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Q, Sum

from coop.entities.models import Activity, Cooperative
from coop.ledger.models import Line, OpenItem, Reservation, ReserveTarget
from coop.money import ZERO


@dataclass(frozen=True)
class Balances:
    """The three balances of an activity on a day, in EUR, with what leads from one to the next.

    ``accounting``: income less costs, fee, fund, and what was carried forward. ``collected`` leaves out the open share
    of sales documents and equipment not yet depreciated. ``free`` leaves out reservations, the reserve target, and
    structural reductions advanced and not yet settled; below zero it means that the reserve is short by that much.
    """

    accounting: Decimal
    open_share: Decimal
    undepreciated: Decimal
    reserved: Decimal
    advanced: Decimal
    reserve_target: Decimal

    @property
    def collected(self) -> Decimal:
        """What has come in and is the activity's to use."""
        return self.accounting - self.open_share - self.undepreciated

    @property
    def kept(self) -> Decimal:
        """What is kept back in all: reservations, the reserve target, reductions advanced."""
        return self.reserved + self.reserve_target + self.advanced

    @property
    def free(self) -> Decimal:
        """What may be ordered today, before the floor of zero."""
        return self.collected - self.kept

    @property
    def payable(self) -> Decimal:
        """What may be ordered today: never below zero."""
        return max(ZERO, self.free)

    @property
    def reserve_short(self) -> Decimal:
        """By how much the reserve is short; zero when it is whole."""
        return max(ZERO, -self.free)


NONE = (ZERO, ZERO, ZERO)
SETTLED = ("customers", "doubtful_customers", "suppliers", "member_claims", "net_pay", "other_social_debts")
"""Roles of the accounts on which open items are settled."""

_SUMS = """
SELECT l.activity_id,
    -coalesce(sum(l.amount) FILTER (WHERE left(a.number, 1) IN ('6', '7', '9')), 0),
    coalesce(sum(l.amount) FILTER (WHERE left(a.number, 3) IN ('400', '407')), 0),
    coalesce(sum(l.amount) FILTER (WHERE left(a.number, 2) = '24'), 0)
FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id
WHERE l.activity_id = ANY(%s) AND l.date <= %s GROUP BY l.activity_id
"""


def balances_of(activities: Iterable[UUID], on: date) -> dict[UUID, Balances]:
    """Return the balances of several activities on a day, in three queries whatever their number."""
    ids = list(activities)
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [ids, on])
        sums = {row[0]: row[1:] for row in cursor.fetchall()}
    held: dict[UUID, dict[bool, Decimal]] = {}
    open_reservations = (
        Reservation.objects.filter(
            Q(released_on__isnull=True) | Q(released_on__gt=on), activity__in=ids, made_on__lte=on
        )
        .values_list("activity", "kind")
        .annotate(total=Sum("amount"))
    )
    for activity, kind, total in open_reservations:
        by_kind = held.setdefault(activity, {})
        advance = kind == Reservation.Kind.ADVANCE
        by_kind[advance] = by_kind.get(advance, ZERO) + total
    targets = dict(ReserveTarget.objects.filter(activity__in=ids).on(on).values_list("activity", "amount"))
    return {
        activity: Balances(
            accounting=sums.get(activity, NONE)[0],
            open_share=sums.get(activity, NONE)[1],
            undepreciated=sums.get(activity, NONE)[2],
            reserved=held.get(activity, {}).get(False, ZERO),
            advanced=held.get(activity, {}).get(True, ZERO),
            reserve_target=targets.get(activity, ZERO),
        )
        for activity in ids
    }


def balances(activity: Activity, on: date) -> Balances:
    """Return the balances of one activity on a day."""
    return balances_of([activity.pk], on)[activity.pk]


def accounting_balance(activity: Activity, on: date) -> Decimal:
    """Return the accounting balance (EUR): what is my result?"""
    return balances(activity, on).accounting


def collected_balance(activity: Activity, on: date) -> Decimal:
    """Return the collected balance (EUR): what money has come in and is mine to use?"""
    return balances(activity, on).collected


def free_balance(activity: Activity, on: date) -> Decimal:
    """Return the free balance (EUR): what may I order today? Below zero: the reserve is short by that much."""
    return balances(activity, on).free


def turnover(activity: Activity, year: int, until: date) -> Decimal:
    """Return the activity's sales excluding VAT (EUR, class 70) from 1 January of a year up to and including a day."""
    lines = Line.objects.filter(
        activity=activity, account__number__startswith="70", date__gte=date(year, 1, 1), date__lte=until
    ).exclude(entry__journal__code="CLO")
    total: Decimal | None = lines.aggregate(total=Sum("amount"))["total"]
    return -(total or ZERO)


def residual(item: OpenItem, on: date | None = None) -> Decimal:
    """Return what is still open of an item, including VAT, in the sign of its account (a receivable is positive)."""
    return residuals([item.pk], on).get(item.pk, ZERO)


def residuals(items: Iterable[UUID], on: date | None = None) -> dict[UUID, Decimal]:
    """Return what is still open of several items on the account of their role; today, or on a day."""
    lines = Line.objects.filter(item__in=list(items))
    if on is not None:
        lines = lines.filter(date__lte=on)
    rows = lines.filter(account__role__in=SETTLED).values_list("item").annotate(total=Sum("amount"))
    return dict(rows)


def open_items(cooperative: Cooperative, role: str, on: date) -> list[tuple[OpenItem, Decimal]]:
    """Return the items of a role that are not settled on a day, oldest first, each with what is still open."""
    items = list(
        OpenItem.objects.filter(cooperative=cooperative, role=role, issued_on__lte=on)
        .select_related("party", "activity")
        .order_by("issued_on", "reference")
    )
    open_amounts = residuals([item.pk for item in items], on)
    return [(item, open_amounts[item.pk]) for item in items if open_amounts.get(item.pk, ZERO) != ZERO]
