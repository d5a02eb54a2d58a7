"""check_books: silent when all holds, names what a hand below the product has changed."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from coop.ledger import checking, posting
from coop.ledger.lines import credit, debit
from coop.ledger.models import ChainRecord
from tests import cast
from tests.coop.ledger.test_posting import sale

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> cast.World:
    """The cast, with a few entries."""
    world = cast.world()
    sale(world, "1")
    sale(world, "2")
    lina, coop = world.activities["lina"].pk, world.coop_of(world.archipel).pk
    posting.post(
        cooperative=world.archipel, journal="AN", on=date(2026, 9, 14), text="Fee", source="test.fee", source_key="1",
        lines=[debit("fee", Decimal("300.00"), activity=lina), credit("fee", Decimal("300.00"), activity=coop)],
        files=["ab" * 32],
    )  # fmt: skip
    return world


def output(**options: object) -> str:
    """Run the command; a fault ends it with 1."""
    out = StringIO()
    try:
        call_command("check_books", stdout=out, **options)
    except SystemExit as end:
        assert end.code == 1
        assert out.getvalue()
    return out.getvalue()


def tamper(statement: str) -> None:
    """Change a row as the owner of the tables, with the triggers of that table put aside."""
    table = next(
        word for word in statement.split() if word.startswith(("ledger_", "entities_", "documents_", "invoicing_"))
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_right_books_are_silent(world):
    assert output() == ""


@pytest.mark.parametrize(
    ("statement", "check", "words"),
    [
        ("UPDATE ledger_line SET amount = amount + 1 WHERE position = 1", "entries balance", "VEN 2026/1"),
        ("UPDATE ledger_line SET amount = amount * 2", "chain holds", "not what was sealed"),
        ("UPDATE ledger_entry SET text = 'Other' WHERE number = 2", "chain holds", "VEN 2 “Other”"),
        ("DELETE FROM ledger_line WHERE position = 4", "entries balance", "3 lines"),
        ("UPDATE ledger_line SET activity_id = NULL WHERE amount = 300", "lines stand where they may", "account 900"),
        ("UPDATE ledger_chainrecord SET hash = repeat('0', 64) WHERE position = 2", "chain holds", "link 2"),
        ("UPDATE ledger_chainhead SET hash = repeat('0', 64), position = 9", "chain holds", "head"),
        ("UPDATE entities_numberseries SET last_number = 7 WHERE kind = 'journal:VEN'", "numbers have no gap", "at 7"),
        ("UPDATE ledger_line SET amount = 299 WHERE amount = 300", "analytic accounts are zero", "900"),
    ],
)
def test_a_wrong_row_is_named(world, statement, check, words):
    tamper(statement)

    assert any(f"archipel, {check}:" in fault and words in fault for fault in output().splitlines())


def test_a_rewound_chain_leaves_an_entry_unsealed(world):
    last = ChainRecord.objects.filter(cooperative=world.archipel).order_by("-position").first()
    tamper(f"DELETE FROM ledger_chainrecord WHERE id = {last.pk}")
    tamper(f"UPDATE ledger_chainhead SET position = 2, hash = '{last.previous}' WHERE position = 3")

    assert "AN 1 is not sealed" in output()


def test_an_unknown_cooperative_is_an_error_of_the_command(world):
    with pytest.raises(CommandError, match="nowhere"):
        output(cooperative="nowhere")


def test_every_check_has_a_name(world):
    out = StringIO()
    call_command("check_books", "--list", stdout=out)

    assert out.getvalue().split("\n")[:2] == checking.names()[:2]
