"""Numbers without a gap and without a double: many at once, some failing."""

import random
from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from coop.entities import numbering
from coop.entities.models import NumberSeries
from coop.ledger import posting
from coop.ledger.models import ChainHead, ChainRecord, Entry
from coop.periods import Month
from tests import cast
from tests.coop.ledger.test_check_books import output
from tests.coop.ledger.test_posting import sale

WRITERS, EACH = 6, 15


class Induced(Exception):
    """A failure on purpose, after the number was taken."""


def at_once(*works) -> None:
    """Run functions in threads that start together."""
    together = Barrier(len(works))

    def run(work) -> None:
        together.wait()
        try:
            work()
        finally:
            connection.close()

    threads = [Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_many_writers_with_failures_leave_no_gap_and_one_chain():
    world = cast.world()

    def write(writer: int) -> None:
        chance = random.Random(writer)
        for turn in range(EACH):
            try:
                with transaction.atomic():
                    sale(world, f"{writer}-{turn}")
                    if chance.randrange(100) < 30:
                        raise Induced
            except Induced:
                continue

    at_once(*(lambda writer=writer: write(writer) for writer in range(WRITERS)))

    numbers = sorted(Entry.objects.values_list("number", flat=True))
    assert 0 < len(numbers) < WRITERS * EACH
    assert numbers == list(range(1, len(numbers) + 1))
    assert NumberSeries.objects.get(cooperative=world.archipel, kind="journal:VEN", year="2026").last_number == len(
        numbers
    )
    assert ChainHead.objects.get(cooperative=world.archipel).position == ChainRecord.objects.count() == len(numbers)
    assert output() == ""


@pytest.mark.django_db(transaction=True)
def test_the_same_event_from_many_writers_is_posted_once():
    world = cast.world()
    refused = []

    def write() -> None:
        try:
            with transaction.atomic():
                sale(world, "the same")
        except posting.AlreadyPosted:
            refused.append(1)

    at_once(*[write] * WRITERS)

    assert Entry.objects.count() == 1
    assert len(refused) == WRITERS - 1
    assert output() == ""


@pytest.mark.django_db(transaction=True)
def test_without_the_counter_row_the_same_race_makes_doubles():
    """The control: taking max + 1, as a naive program does, the race does happen."""
    world = cast.world()
    read, taken = Barrier(2), []

    def naive() -> None:
        with transaction.atomic():
            last = NumberSeries.objects.get(cooperative=world.archipel, kind="invoice", year="2026").last_number
            read.wait()
            taken.append(last + 1)

    at_once(naive, naive)

    assert taken == [1, 1]


@pytest.mark.django_db
def test_a_series_of_documents_never_runs_backwards_in_time():
    world = cast.world()
    take = {"cooperative": world.archipel, "kind": "invoice", "year": "2026"}
    numbering.take_number(**take, on=date(2026, 9, 14))

    with pytest.raises(numbering.DateRunsBackwards, match="or a later date"), transaction.atomic():
        numbering.take_number(**take, on=date(2026, 9, 13))

    assert numbering.take_number(**take, on=date(2026, 9, 14)).text == "2026-0002"


@pytest.mark.django_db
def test_a_series_that_nobody_opened_is_refused():
    with pytest.raises(numbering.SeriesMissing, match="year 2031"):
        numbering.take_number(cooperative=cast.world().archipel, kind="invoice", year="2031", on=date(2031, 1, 1))


@pytest.mark.django_db
def test_each_cooperative_kind_and_year_counts_for_itself():
    world = cast.world()

    texts = [
        numbering.take_number(cooperative=coop, kind=kind, year=str(year), on=Month(year, 1).first).text
        for coop in (world.archipel, world.boreal)
        for kind in ("invoice", "credit_note")
        for year in (2025, 2026)
    ]

    assert texts == ["2025-0001", "2026-0001", "NC-2025-0001", "NC-2026-0001"] * 2
