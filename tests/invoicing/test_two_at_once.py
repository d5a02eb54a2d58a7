"""Two people issue in the same series at the same time, some failing: no gap, no double."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from coop.errors import Refused
from coop.ledger.models import ChainRecord, Entry
from invoicing import services
from invoicing.models import Invoice
from tests import books, cast
from tests.invoicing import build


@pytest.mark.django_db(transaction=True)
def test_two_people_issue_at_once_and_some_fail_without_gap_or_double():
    world = cast.world()
    drafts = []
    for number in range(12):
        name = ("aline", "lina")[number % 2]
        description = "" if number % 3 == 2 else "Training day"
        line = build.line(description=description)
        drafts.append((build.draft(world.activities[name], world.users[name], line), world.users[name]))

    def issue(draft: Invoice, who) -> str:
        try:
            return services.issue_invoice(invoice_id=draft.pk, on=build.DAY, by=who, at=cast.at("2026-09-14")).number
        except Refused:
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(lambda one: issue(*one), drafts))

    issued = sorted(number for number in numbers if number)
    assert issued == [f"2026-{number:04d}" for number in range(1, 9)]
    assert Entry.objects.filter(journal__code="VEN").count() == 8
    positions = list(ChainRecord.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, len(positions) + 1))
    assert books.faults(world.archipel, cast.at("2026-09-15")) == []
    assert Invoice.objects.filter(state="draft").count() == 4


@pytest.mark.django_db(transaction=True)
def test_two_invoices_of_one_activity_at_once_share_the_tiers_of_the_fee():
    world = cast.world()
    from coop.entities.models import FeePolicy

    FeePolicy.objects.filter(cooperative=world.archipel).update(tiers=[["0", "0.11"], ["1000", "0.10"]])
    drafts = [build.draft(world.activities["aline"], world.aline) for _draft in range(2)]

    def issue(draft: Invoice) -> str:
        try:
            invoice = services.issue_invoice(
                invoice_id=draft.pk, on=build.DAY, by=world.aline, at=cast.at("2026-09-14")
            )
            return invoice.terms["fee"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        fees = sorted(pool.map(issue, drafts))

    assert fees == ["100.00", "110.00"]
