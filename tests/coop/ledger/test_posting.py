"""Posting: one door, whole or nothing, sealed."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from coop.entities.models import NumberSeries, PeriodLock
from coop.entities.queries import BooksNotOpen, PeriodLocked
from coop.ledger import posting, services
from coop.ledger.lines import VatTag, credit, debit
from coop.ledger.models import ChainHead, ChainRecord, Entry, OpenItem
from coop.ledger.text import journal_text
from coop.periods import Month
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


def sale(
    world: cast.World, key: str = "1", on: date = date(2026, 9, 14), net: str = "3000.00", vat: str = "630.00"
) -> Entry:
    """Post a sale of Atelier Lina."""
    lina = world.activities["lina"]
    return posting.post(
        cooperative=world.archipel, journal="VEN", on=on, text="Invoice", source="test.invoice", source_key=key,
        lines=[
            debit("customers", Decimal(net), activity=lina.pk),
            debit("customers", Decimal(vat)),
            credit("sales", Decimal(net), activity=lina.pk, vat=VatTag("21", "base", "03")),
            credit("vat_due", Decimal(vat), vat=VatTag("21", "tax", "54")),
        ],
    )  # fmt: skip


def test_an_entry_reads_as_its_lines(world):
    entry = sale(world)

    assert journal_text([entry]) == (
        "2026-09-14 VEN 1 Invoice\n"
        "  400   A-018          3000.00\n"
        "  400   -               630.00\n"
        "  700   A-018         -3000.00 base:03\n"
        "  451   -              -630.00 tax:54"
    )


def test_an_unbalanced_entry_is_refused_where_the_fault_is_and_uses_no_number(world):
    with pytest.raises(IntegrityError, match="add up to 1.00"), transaction.atomic():
        posting.post(
            cooperative=world.archipel, journal="OD", on=date(2026, 9, 1), text="wrong", source="test", source_key="x",
            lines=[debit("bank", Decimal("2.00")), credit("suspense", Decimal("1.00"))],
        )  # fmt: skip

    assert NumberSeries.objects.get(cooperative=world.archipel, kind="journal:OD", year="2026").last_number == 0
    assert not Entry.objects.exists()


def test_the_same_event_is_posted_once(world):
    sale(world)

    with pytest.raises(posting.AlreadyPosted), transaction.atomic():
        sale(world)

    assert Entry.objects.count() == 1


def test_each_entry_is_sealed_with_the_hash_before_it(world):
    first, second = sale(world, "1"), sale(world, "2")

    links = list(ChainRecord.objects.order_by("position"))
    assert [link.entry_id for link in links] == [first.pk, second.pk]
    assert links[1].previous == links[0].hash
    assert ChainHead.objects.get(cooperative=world.archipel).hash == links[1].hash


def test_a_locked_year_refuses_every_entry_with_a_sentence(world):
    services.lock_period(
        cooperative=world.archipel, month=Month(2026, 8), kind=PeriodLock.Kind.YEAR, by=None, at=cast.at("2026-09-20")
    )

    with pytest.raises(PeriodLocked, match="locked"), transaction.atomic():
        sale(world, on=date(2026, 8, 31))


def test_a_date_outside_the_open_years_is_refused(world):
    with pytest.raises(BooksNotOpen), transaction.atomic():
        sale(world, on=date(2031, 1, 1))


def test_a_reversal_is_a_new_entry_with_opposite_lines(world):
    entry = sale(world)

    reversal = posting.reverse(entry=entry, on=date(2026, 10, 1), text="Reversal")

    assert reversal.reverses == entry
    assert [line.amount for line in reversal.lines.order_by("position")] == [
        -line.amount for line in entry.lines.order_by("position")
    ]
    assert not OpenItem.objects.exists()
