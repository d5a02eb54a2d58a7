"""The books are checked against what was issued; a wrong row planted as owner is named."""

import pytest
from django.db import connection

from invoicing import services
from tests import books, cast
from tests.invoicing import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> cast.World:
    """The cast, with an invoice and its credit note, and an invoice issued elsewhere."""
    made = cast.world()
    invoice = build.invoice(made.activities["aline"], made.aline)
    services.credit_invoice(
        invoice_id=invoice.pk, lines=None, reason="x", on=build.DAY, by=made.aline, at=cast.at("2026-09-14")
    )
    draft = build.draft(made.activities["lina"], made.lina)
    services.record_issued_elsewhere(
        invoice_id=draft.pk, number="E-1", on=build.DAY, by=made.bruno, at=cast.at("2026-09-14")
    )
    return made


def faults(world: cast.World) -> list[str]:
    """Return what the checks say about Archipel."""
    return books.faults(world.archipel, cast.at("2026-09-15"))


def plant(statement: str) -> None:
    """Change a row as the owner, with the guards switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE invoicing_invoice DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE invoicing_invoice ENABLE TRIGGER USER")


def test_the_checks_are_silent_when_all_holds(world):
    assert faults(world) == []


def test_a_changed_amount_is_named(world):
    plant("UPDATE invoicing_invoice SET gross = gross + 1, net = net + 1 WHERE number = '2026-0001'")

    assert any("document 2026-0001 is worth 1211.00, but 1210.00" in sentence for sentence in faults(world))


def test_a_number_without_document_is_named(world):
    plant("UPDATE invoicing_invoice SET origin = 'elsewhere' WHERE number = '2026-0001'")

    assert any("series invoice 2026 has handed out 1 numbers, but 0" in sentence for sentence in faults(world))
