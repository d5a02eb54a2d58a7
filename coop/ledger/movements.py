"""What moved the balances of an activity, event by event, with the balances after each. Amounts are EUR."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection

from coop.entities.fees import Terms
from coop.entities.models import Activity, Cooperative, Moment
from coop.ledger import queries
from coop.ledger.models import OpenItem
from coop.money import ZERO, cents


@dataclass(frozen=True)
class Movement:
    """One entry as an activity feels it: how it changes the accounting and the collected balance, and both after it."""

    entry: UUID
    date: date
    journal: str
    text: str
    source: str
    source_key: str
    posted_at: datetime
    accounting_change: Decimal
    collected_change: Decimal
    accounting: Decimal = ZERO
    collected: Decimal = ZERO


_MOVES = """
SELECT e.uuid, e.date, j.code, e.text, e.source, e.source_key, e.posted_at,
    -coalesce(sum(l.amount) FILTER (WHERE left(a.number, 1) IN ('6', '7', '9')), 0) AS accounting,
    -coalesce(sum(l.amount) FILTER (WHERE left(a.number, 1) IN ('6', '7', '9')
        OR left(a.number, 3) IN ('400', '407') OR left(a.number, 2) = '24'), 0) AS collected
FROM ledger_line l
JOIN ledger_account a ON a.id = l.account_id
JOIN ledger_entry e ON e.id = l.entry_id
JOIN ledger_journal j ON j.id = e.journal_id
WHERE l.activity_id = %s AND l.date BETWEEN %s AND %s
GROUP BY e.id, j.code
HAVING coalesce(sum(l.amount) FILTER (WHERE left(a.number, 1) IN ('6', '7', '9')), 0) <> 0
    OR coalesce(sum(l.amount) FILTER (WHERE left(a.number, 1) IN ('6', '7', '9')
        OR left(a.number, 3) IN ('400', '407') OR left(a.number, 2) = '24'), 0) <> 0
ORDER BY e.date, e.id
"""


def movements(*, activity: UUID, first: date, last: date, accounting: Decimal, collected: Decimal) -> list[Movement]:
    """Return the movements of an activity from one day up to and including another, oldest first, in one query.

    ``accounting`` and ``collected`` are the balances on the day before. The last movement carries those of the last day.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MOVES, [activity, first, last])
        rows = cursor.fetchall()
    moves = []
    for entry, day, journal, text, source, source_key, posted_at, change, collected_change in rows:
        accounting, collected = accounting + change, collected + collected_change
        moves.append(
            Movement(
                entry,
                day,
                journal,
                text,
                source,
                source_key,
                posted_at,
                change,
                collected_change,
                accounting,
                collected,
            )
        )
    return moves


_RECENT = """
SELECT e.uuid, e.date, j.code, e.text, e.source, e.source_key, e.posted_at,
    -coalesce(sum(l.amount) FILTER (WHERE left(a.number, 1) IN ('6', '7', '9')), 0),
    -coalesce(sum(l.amount) FILTER (WHERE left(a.number, 1) IN ('6', '7', '9')
        OR left(a.number, 3) IN ('400', '407') OR left(a.number, 2) = '24'), 0)
FROM ledger_line l
JOIN ledger_account a ON a.id = l.account_id
JOIN ledger_entry e ON e.id = l.entry_id
JOIN ledger_journal j ON j.id = e.journal_id
WHERE l.activity_id = ANY(%s) AND e.posted_at > %s AND e.posted_by_id IS DISTINCT FROM %s
GROUP BY e.id, j.code ORDER BY e.posted_at DESC, e.id DESC LIMIT %s
"""


def since(*, activities: list[UUID], moment: datetime, but: UUID, most: int) -> list[Movement]:
    """Return what others, or the product by itself, posted on activities after a moment; the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_RECENT, [activities, moment, but, most])
        return [Movement(*row) for row in cursor.fetchall()]


def expected(activity: Activity, on: date) -> list[tuple[OpenItem, Decimal]]:
    """Return the customers' documents of an activity that are not settled on a day, by due date, each with what is open."""
    items = list(
        OpenItem.objects.filter(activity=activity, role="customers", issued_on__lte=on)
        .select_related("party")
        .order_by("due_on", "issued_on", "reference")
    )
    amounts = queries.residuals([item.pk for item in items], on)
    return [(item, amounts[item.pk]) for item in items if amounts.get(item.pk, ZERO) != ZERO]


def last_sales(activities: list[UUID], on: date) -> dict[UUID, date]:
    """Return the day of the last sale of each activity, in one query; activities without one are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT l.activity_id, max(l.date) FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id
            WHERE l.activity_id = ANY(%s) AND l.date <= %s AND left(a.number, 2) = '70' GROUP BY l.activity_id""",
            [activities, on],
        )
        return dict(cursor.fetchall())


@dataclass(frozen=True)
class Year:
    """A cooperative's calendar year so far, in EUR: turnover excluding VAT, open at customers, salary cost, fund."""

    turnover: Decimal
    receivable: Decimal
    salary_cost: Decimal
    fund: Decimal


def years_of(cooperatives: list[UUID], on: date) -> dict[UUID, Year]:
    """Return the year so far of several cooperatives, each by itself, in one query. They are never added up."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT l.cooperative_id,
                -coalesce(sum(l.amount) FILTER (WHERE left(a.number, 2) = '70' AND l.date >= %s), 0),
                coalesce(sum(l.amount) FILTER (WHERE left(a.number, 3) IN ('400', '407')), 0),
                coalesce(sum(l.amount) FILTER (WHERE left(a.number, 2) = '62' AND l.date >= %s), 0),
                -coalesce(sum(l.amount) FILTER (WHERE v.kind = 'fund' AND left(a.number, 1) IN ('6', '7', '9')), 0)
            FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id
            LEFT JOIN entities_activity v ON v.id = l.activity_id
            WHERE l.cooperative_id = ANY(%s) AND l.date <= %s GROUP BY l.cooperative_id""",
            [date(on.year, 1, 1), date(on.year, 1, 1), cooperatives, on],
        )
        found = {row[0]: Year(*row[1:]) for row in cursor.fetchall()}
    return {pk: found.get(pk, Year(ZERO, ZERO, ZERO, ZERO)) for pk in cooperatives}


def overdue_of(cooperative: Cooperative, on: date) -> tuple[int, Decimal]:
    """Return how many customers' documents of a cooperative are past their due date on a day, and what is open of them."""
    late = [
        amount
        for item, amount in queries.open_items(cooperative, "customers", on)
        if item.due_on is not None and item.due_on < on and amount > ZERO
    ]
    return len(late), sum(late, ZERO)


@dataclass(frozen=True)
class OpenShare:
    """An open document of a customer as its activity sees it: when it is due, and what its payment would bring; EUR."""

    due_on: date | None
    amount: Decimal


_OPEN_SHARES = """
SELECT l.activity_id, l.item_id, sum(l.amount)
FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id
WHERE l.activity_id = ANY(%s) AND l.item_id IS NOT NULL AND l.date <= %s AND left(a.number, 3) IN ('400', '407')
GROUP BY l.activity_id, l.item_id HAVING sum(l.amount) <> 0
"""


def open_shares(activities: list[UUID], on: date) -> dict[UUID, list[OpenShare]]:
    """Return what customers still owe each activity on a day, without VAT, document by document, in two queries.

    Fee and fund that fall due with the payment are taken off in proportion, rounded to the cent per document.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_SHARES, [activities, on])
        rows = cursor.fetchall()
    items = OpenItem.objects.in_bulk({item for _activity, item, _share in rows})
    found: dict[UUID, list[OpenShare]] = {activity: [] for activity in activities}
    for activity, item, share in rows:
        found[activity].append(OpenShare(items[item].due_on, share - _due_with(items[item], share)))
    return found


def _due_with(item: OpenItem, share: Decimal) -> Decimal:
    """Return fee and fund that are taken when this share of a document is paid."""
    if not item.terms or not item.net:
        return ZERO
    terms = Terms.from_json(item.terms)
    due = terms.fee if terms.fee_moment == Moment.COLLECTED else ZERO
    due += terms.fund if terms.fund_moment == Moment.COLLECTED else ZERO
    return cents(due * share / item.net)


def costs_but_wages(activities: list[UUID], first: date, last: date) -> dict[UUID, Decimal]:
    """Return the costs of each activity from one day up to and including another (EUR, class 6), in one query.

    Wages (journal SAL and accounts 62) and depreciation (63), which costs no money, are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT l.activity_id, sum(l.amount) FROM ledger_line l
            JOIN ledger_account a ON a.id = l.account_id JOIN ledger_entry e ON e.id = l.entry_id
            JOIN ledger_journal j ON j.id = e.journal_id
            WHERE l.activity_id = ANY(%s) AND l.date BETWEEN %s AND %s AND left(a.number, 1) = '6'
                AND left(a.number, 2) NOT IN ('62', '63') AND j.code NOT IN ('SAL', 'CLO') GROUP BY l.activity_id""",
            [activities, first, last],
        )
        sums = dict(cursor.fetchall())
    return {activity: sums.get(activity, ZERO) for activity in activities}
