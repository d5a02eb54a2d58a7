"""Numbers without a gap against a sequence that leaves gaps, several clients on one series (B6)."""

import multiprocessing
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from coop import roles
from coop.entities import numbering
from coop.entities.models import Cooperative, NumberSeries
from tests import cast
from tests.bench import database
from tests.bench.measuring import CONTROL, Row, median
from tests.bench.sizes import Size

SUBJECT = "numbering"
DAY = date(2026, 9, 14)
KIND = "bench"
BODY = "x" * 800
WORKS = ("counter", "sequence", CONTROL)


def measure(size: Size, world: cast.World) -> Iterator[Row]:
    """Measure issues per second of clients in processes of their own; then count gaps and doubles."""
    NumberSeries.objects.get_or_create(cooperative=world.cabestan, kind=KIND, activity=None, year="2026")
    with database.as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_body (way text, number bigint, body text)")
        cursor.execute("CREATE SEQUENCE IF NOT EXISTS bench_sequence")
        cursor.execute(f"GRANT ALL ON bench_body, bench_sequence TO {roles.RUN}")
    rates: dict[str, list[Decimal]] = {name: [] for name in WORKS}
    for number in range(size.rounds + 1):
        for name in WORKS if number % 2 == 0 else reversed(WORKS):
            rate = issues(name, size, world.cabestan)
            if number:
                rates[name].append(rate)
    values = tuple(a / max(b, Decimal(1)) for a, b in zip(rates["counter"], rates["sequence"], strict=True))
    control = tuple(a / max(b, Decimal(1)) for a, b in zip(rates[CONTROL], rates["sequence"], strict=True))
    yield Row(
        SUBJECT, f"gap-free numbers ÷ a sequence, {size.clients} clients on one series", median(values),
        goal=Decimal("0.8"), at_least=True, values=values, control=median(control),
        detail=f"{median(rates['counter']):.0f} against {median(rates['sequence']):.0f} per second",
    )  # fmt: skip
    yield Row(SUBJECT, "gaps and doubles", Decimal(faults()), unit="", goal=Decimal(0))


def issues(name: str, size: Size, cooperative: Cooperative) -> Decimal:
    """Return how many bodies per second the clients insert together."""
    act = with_counter if name == "counter" else with_sequence
    if not size.seconds:  # the smallest size stays in this process and its transaction
        started = time.perf_counter_ns()
        for _place in range(size.numbers):
            act(cooperative)
        return Decimal(size.numbers) * 1_000_000_000 / (time.perf_counter_ns() - started)
    connection.close()
    fork = multiprocessing.get_context("fork")
    done: Any = fork.Queue()
    clients = [
        fork.Process(target=_client, args=(act, cooperative, size.seconds, done)) for _place in range(size.clients)
    ]
    for client in clients:
        client.start()
    total = sum(done.get(timeout=60 + 10 * size.seconds) for _client_ in clients)
    for client in clients:
        client.join()
    return Decimal(total) / size.seconds


def _client(act: Any, cooperative: Cooperative, seconds: int, done: Any) -> None:
    connection.ensure_connection()
    until = time.perf_counter_ns() + seconds * 1_000_000_000
    count = 0
    while time.perf_counter_ns() < until:
        act(cooperative)
        count += 1
    connection.close()
    done.put(count)


@transaction.atomic
def with_counter(cooperative: Cooperative) -> None:
    """Insert a body under the next number of the product's series."""
    number = numbering.take_number(cooperative=cooperative, kind=KIND, year="2026", on=DAY)
    _insert("counter", number.value)


@transaction.atomic
def with_sequence(_cooperative: Cooperative) -> None:
    """Insert a body under the next number of a sequence."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('bench_sequence')")
        number = cursor.fetchone()[0]
    _insert("sequence", number)


def _insert(way: str, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_body VALUES (%s, %s, %s)", [way, number, BODY])


def faults() -> int:
    """Return how many numbers of the series are missing or stand twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT number), max(number) FROM bench_body WHERE way = 'counter'")
        rows, different, last = cursor.fetchone()
    return abs(int(rows) - int(different)) + abs(int(last) - int(different))
