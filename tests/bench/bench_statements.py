"""Income statements and balances over many lines, against bare SQL of the same sums (B5)."""

from collections.abc import Iterator
from decimal import Decimal

from django.db import connection, transaction

from coop.entities.models import Activity, Cooperative
from coop.ledger import queries, statements
from coop.periods import Month
from tests import cast
from tests.bench import database
from tests.bench.measuring import Row, in_turn
from tests.bench.sizes import Size

SUBJECT = "statements"
ACTIVITIES = 200
LINES = 40
ACCOUNTS = ("610", "611", "612", "613", "614", "615", "616", "617", "618", "700", "550")
ASKED = 20
"""How many statements one measured work asks for."""


def measure(size: Size, world: cast.World) -> Iterator[Row]:
    """Measure the year of one member and of a whole cooperative, and the balances of an activity."""
    activities = load(world.cabestan, size.lines)
    some = activities[:: max(1, len(activities) // ASKED)][:ASKED]
    year = (Month(2026, 1), Month(2026, 12))

    def member(_round: int) -> None:
        for activity in some:
            statements.income_statement(activities=[activity.pk], first=year[0], last=year[1])

    def bare(_round: int) -> None:
        with connection.cursor() as cursor:
            for activity in some:
                cursor.execute(
                    "SELECT a.number, date_trunc('month', l.date), sum(l.amount) FROM ledger_line l"
                    " JOIN ledger_account a ON a.id = l.account_id WHERE l.activity_id = %s AND l.date BETWEEN %s AND %s"
                    " GROUP BY 1, 2",
                    [activity.pk, year[0].first, year[1].last],
                )
                cursor.fetchall()

    def row(_round: int) -> None:
        for activity in some:
            Activity.objects.get(pk=activity.pk)

    def balance(_round: int) -> None:
        for activity in some:
            queries.balances(activity, year[1].last)

    times = in_turn(
        {"member": member, "bare": bare, "row": row, "balance": balance}, rounds=size.rounds, baseline="bare"
    )
    yield times.row(
        SUBJECT, "one member's year ÷ bare SQL of the same sums", "member", "bare", parts=len(some), goal=Decimal(3)
    )
    yield times.row(SUBJECT, "one member's year ÷ one row by its key", "member", "row", parts=len(some))
    yield times.row(SUBJECT, "balances of an activity ÷ one row by its key", "balance", "row", parts=len(some))
    yield from _whole(size, world.cabestan, activities)


def _whole(size: Size, cooperative: Cooperative, activities: list[Activity]) -> Iterator[Row]:
    ids = [activity.pk for activity in activities]

    def bare(_round: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT account_id, date_trunc('month', date), sum(amount) FROM ledger_line"
                " WHERE cooperative_id = %s AND date BETWEEN %s AND %s GROUP BY 1, 2",
                [cooperative.pk, Month(2026, 1).first, Month(2026, 12).last],
            )
            cursor.fetchall()

    times = in_turn(
        {
            "year": lambda _round: statements.income_statement(
                activities=ids, first=Month(2026, 1), last=Month(2026, 12)
            ),
            "trial": lambda _round: statements.trial_balance(
                cooperative=cooperative.pk, first=Month(2026, 1), last=Month(2026, 12)
            ),
            "bare": bare,
        },
        rounds=size.rounds,
        baseline="bare",
    )
    yield times.row(SUBJECT, f"the cooperative's year, {size.lines} lines ÷ bare SQL", "year", "bare", goal=Decimal(3))
    yield times.row(SUBJECT, "its trial balance ÷ bare SQL", "trial", "bare", goal=Decimal(3))


def load(cooperative: Cooperative, lines: int) -> list[Activity]:
    """Load entries of forty lines by SQL, spread over two years, guards on, sealed in the chain in one transaction."""
    known = Activity.objects.filter(cooperative=cooperative, code__startswith="X-").order_by("code")
    if not known.exists():
        Activity.objects.bulk_create(
            Activity(cooperative=cooperative, code=f"X-{place:03d}", name=f"Loaded {place}", opened_on=cast.START)
            for place in range(min(ACTIVITIES, max(2, lines // 100)))
        )
        names = {"cooperative": cooperative.pk, "entries": max(1, lines // LINES), "accounts": list(ACCOUNTS)}
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in (ENTRIES, ROWS, CHAIN):
                cursor.execute(statement, names)
        if not connection.in_atomic_block:
            with database.as_owner(), connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE ledger_line, ledger_entry, ledger_account")
    return list(known)


ENTRIES = """
INSERT INTO ledger_entry (uuid, cooperative_id, journal_id, fiscal_year_id, period_id, number, date, text, source,
    source_key, posted_at, created_in)
SELECT gen_random_uuid(), p.cooperative_id, j.id, p.fiscal_year_id, p.id, 100000 + n, p.first_day + (n %% 28)::integer,
    'Loaded', 'bench.loaded', n::text, now(), 0
FROM generate_series(1, %(entries)s) AS n
JOIN (SELECT *, row_number() OVER (ORDER BY first_day) - 1 AS place, count(*) OVER () AS months
    FROM entities_period WHERE cooperative_id = %(cooperative)s) AS p ON p.place = n %% p.months
JOIN ledger_journal j ON j.cooperative_id = p.cooperative_id AND j.code = 'OD'
"""
ROWS = f"""
INSERT INTO ledger_line (entry_id, position, cooperative_id, date, account_id, amount, activity_id, vat_code, vat_part,
    vat_grid, currency)
SELECT e.id, place, e.cooperative_id, e.date, a.id, CASE place %% 2 WHEN 0 THEN -1 ELSE 1 END * (10 + e.number %% 90),
    v.id, '', '', '', ''
FROM ledger_entry e
CROSS JOIN generate_series(1, {LINES}) AS place
JOIN ledger_account a ON a.cooperative_id = e.cooperative_id
    AND a.number = (%(accounts)s::text[])[1 + (e.number + place) %% array_length(%(accounts)s::text[], 1)]
JOIN (SELECT *, row_number() OVER (ORDER BY code) - 1 AS turn, count(*) OVER () AS many
    FROM entities_activity WHERE cooperative_id = %(cooperative)s AND code LIKE 'X-%%') AS v
    ON v.turn = (e.number * 7 + (place + 1) / 2) %% v.many
WHERE e.cooperative_id = %(cooperative)s AND e.source = 'bench.loaded'
"""
CHAIN = """
WITH RECURSIVE entries AS (
    SELECT id, encode(sha256(convert_to(uuid::text, 'UTF8')), 'hex') AS content, row_number() OVER (ORDER BY id) AS place
    FROM ledger_entry WHERE cooperative_id = %(cooperative)s AND source = 'bench.loaded'
), links AS (
    SELECT h.position, h.hash AS previous, h.hash, 0::bigint AS place, NULL::bigint AS id, ''::text AS content
    FROM ledger_chainhead h WHERE h.cooperative_id = %(cooperative)s
    UNION ALL
    SELECT l.position + 1, l.hash, encode(sha256(convert_to(l.hash || e.content, 'UTF8')), 'hex')::varchar(64), e.place,
        e.id, e.content
    FROM links l JOIN entries e ON e.place = l.place + 1
)
INSERT INTO ledger_chainrecord (cooperative_id, position, kind, entry_id, content, previous, hash, version, files)
SELECT %(cooperative)s, position, 'entry', id, content, previous, hash, 1, '[]' FROM links WHERE place > 0
ORDER BY position
"""
