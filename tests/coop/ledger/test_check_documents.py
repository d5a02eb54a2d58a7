"""check_books on documents, open items and costs: silent on right books, and names what a hand has changed."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import transaction

from coop import clock
from coop.banking import services as banking
from coop.documents import queries, services
from coop.documents.models import Document
from invoicing import services as invoicing
from invoicing.purchases.models import ExpenseNote, SupplierInvoice
from tests import cast
from tests.coop.documents import kinds_for_tests
from tests.coop.ledger.test_check_books import output, tamper
from tests.invoicing import build as sales
from tests.invoicing.purchases import build
from tests.invoicing.purchases.test_costs import fund

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> cast.World:
    """The cast with a stored document, a paid supplier invoice and an open expense note."""
    kinds_for_tests.register()
    world = cast.world()
    fund(world, "lina", "4100.00")
    with transaction.atomic():
        document = services.request_document(
            cooperative=world.archipel, kind="test", subject=world.activities["lina"].pk, language="fr",
            filename="one.pdf", at=clock.now(),
        )  # fmt: skip
    services.make_document(document=document.pk, at=clock.now())
    invoice = build.approved(build.submitted(build.supplier_invoice(world), world.lina), world.bruno)
    build.approved(build.submitted(build.expense_note(world), world.lina), world.bruno)
    banking.record_payment(
        item=invoice.pk, amount=Decimal("242.00"), on=date(2026, 9, 20), bank_account=world.banks["archipel"],
        by=world.bruno, at=cast.at("2026-09-20"),
    )  # fmt: skip
    return world


def the_document() -> Document:
    """Return the stored document."""
    return Document.objects.select_related("cooperative").get(filename="one.pdf")


def named(check: str, words: str, **options: object) -> bool:
    """Tell whether the command names a fault."""
    return any(f"archipel, {check}:" in fault and words in fault for fault in output(**options).splitlines())


def test_right_books_are_silent(world):
    assert output() == ""


def test_a_changed_file_is_named(world):
    queries.place(the_document()).write_bytes(b"a d0cument")

    assert named("documents are what was stored", "one.pdf: the file of document")
    assert output(fast=True) == ""


def test_a_missing_file_is_named(world):
    queries.place(the_document()).unlink()

    assert named("documents are what was stored", "missing")


def test_a_document_put_in_place_of_another_is_named(world):
    document = the_document()
    content = b"another document"
    draft = services.store.write(content, queries.place(document))
    draft.keep(queries.place(document))
    tamper(f"UPDATE documents_document SET sha256 = '{draft.sha256}' WHERE id = '{document.pk}'")

    assert named("documents are what was stored", "one.pdf is not what was sealed")


def test_a_removed_document_is_named(world):
    tamper(f"DELETE FROM documents_document WHERE id = '{the_document().pk}'")

    assert named("documents are what was stored", "which is not there")


def test_a_document_that_waits_is_named_after_ten_minutes(world):
    for minutes in (9, 11):
        Document.objects.create(
            cooperative=world.archipel, kind="test", subject=uuid4(), filename=f"{minutes}.pdf",
            created_at=clock.now() - timedelta(minutes=minutes), failure="no ink",
        )  # fmt: skip

    assert named("documents are made", "11.pdf waits to be made")
    assert not named("documents are made", " 9.pdf")


@pytest.mark.parametrize(
    ("statement", "check", "words"),
    [
        (
            "UPDATE invoicing_supplierinvoice SET net = net + 1, gross = gross + 1",
            "costs are in the books",
            "A-2026-0001 amounts to 243.00",
        ),
        (
            "UPDATE entities_numberseries SET last_number = 4 WHERE kind = 'expense_note' AND year = '2026'",
            "numbers of costs have no gap",
            "at 4",
        ),
        ("UPDATE ledger_openitem SET gross = 100 WHERE reference = 'F-2026-0001'", "open items hold", "F-2026-0001 is open for 121.00"),
        ("UPDATE ledger_line SET party_id = NULL WHERE item_id IS NOT NULL", "open items hold", "A-2026-0001 has lines of another party"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named(world, statement, check, words):
    tamper(statement)

    assert named(check, words)


def test_an_invoice_credited_after_it_was_paid_is_no_fault(world):
    issued = sales.invoice(world.activities["aline"], world.aline)
    banking.record_receipt(
        item=issued.pk, amount=issued.gross.amount, on=date(2026, 9, 20), bank_account=world.banks["archipel"],
        by=world.bruno, at=cast.at("2026-09-20"),
    )  # fmt: skip
    invoicing.credit_invoice(
        invoice_id=issued.pk,
        lines=None,
        reason="Not done",
        on=date(2026, 9, 21),
        by=world.aline,
        at=cast.at("2026-09-21"),
    )

    assert "open items hold" not in output()


def test_an_entry_without_its_cost_is_named(world):
    cost = SupplierInvoice.objects.get()
    tamper("DELETE FROM invoicing_supplierinvoiceline")
    tamper(f"DELETE FROM invoicing_supplierinvoice WHERE id = '{cost.pk}'")

    assert named("costs are in the books", f"the entry of cost {cost.pk}")
    assert ExpenseNote.objects.exists()
