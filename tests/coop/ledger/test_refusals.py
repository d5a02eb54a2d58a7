"""What the database refuses, seen as the runtime role: each guarantee of the books by direct SQL."""

import pytest
from django.db import Error, connection, transaction

from coop.entities.models import PeriodLock
from coop.guards import broken_constraint
from coop.ledger import services
from coop.ledger.models import Account, Entry, Line
from coop.periods import Month
from tests import cast
from tests.coop.ledger.test_posting import sale

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


@pytest.fixture
def refused(as_runtime_role):
    """Run SQL as the runtime role, check that it is refused, and return the constraint or the message."""

    def run(*statements: str) -> str:
        with pytest.raises(Error) as error, as_runtime_role(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return broken_constraint(error.value) or str(error.value)

    return run


LINE = """INSERT INTO ledger_line (entry_id, position, cooperative_id, date, account_id, amount, activity_id, vat_code,
    vat_part, vat_grid, currency) VALUES ({entry}, {position}, '{cooperative}', '{date}', {account}, {amount}, {activity},
    '{code}', '{part}', '', '')"""
ENTRY = """INSERT INTO ledger_entry (uuid, cooperative_id, journal_id, fiscal_year_id, period_id, number, date, text, source,
    source_key, posted_at, created_in) SELECT gen_random_uuid(), cooperative_id, journal_id, fiscal_year_id, period_id, 900,
    '{date}', 'attack', 'attack', '{key}', now(), 0 FROM ledger_entry WHERE id = {entry} RETURNING id"""


def line(entry: Entry, account: str, amount: str, **options: object) -> str:
    """Return the SQL of a line of an entry."""
    row = {
        "entry": entry.pk, "position": 90, "cooperative": entry.cooperative_id, "date": entry.date,
        "account": Account.objects.get(cooperative=entry.cooperative, number=account).pk, "amount": amount,
        "activity": "NULL", "code": "", "part": "",
    }  # fmt: skip
    return LINE.format(**{**row, **options})


def new_entry(like: Entry, **options: object) -> str:
    """Return the SQL of a new entry with the journal and period of another."""
    return ENTRY.format(**{"entry": like.pk, "date": like.date, "key": "x", **options})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET text = 'x'",
        "UPDATE ledger_line SET amount = amount + 1",
        "DELETE FROM ledger_line",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_line CASCADE",
        "TRUNCATE ledger_chainrecord CASCADE",
        "UPDATE ledger_chainrecord SET hash = previous",
        "UPDATE ledger_openitem SET gross = 0",
        "ALTER TABLE ledger_line DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "DROP TABLE ledger_line",
        "INSERT INTO ledger_entry SELECT * FROM ledger_entry ON CONFLICT (id) DO UPDATE SET text = 'x'",
        "MERGE INTO ledger_line l USING ledger_line s ON l.id = s.id WHEN MATCHED THEN UPDATE SET amount = 0",
    ],
)
def test_the_runtime_role_has_no_way_to_change_the_books(world, refused, statement):
    sale(world)

    assert any(word in refused(statement) for word in ("permission denied", "must be owner"))


@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_entry SET text = 'x'", "DELETE FROM ledger_line", "TRUNCATE ledger_entry CASCADE"]
)
def test_even_the_owner_meets_a_trigger(world, statement):
    sale(world)

    with (
        pytest.raises(Error, match=r"append-only|Cannot (update|delete)"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_an_entry_without_lines_is_refused(world, refused):
    assert refused(new_entry(sale(world))) == "entry_has_lines"


@pytest.mark.parametrize(
    "attack", ["", "SELECT set_config('pgtrigger.ignore', '{balance,rules,complete,append_only}', true)"]
)
def test_no_line_joins_a_posted_entry_once_its_transaction_is_over(world, attack):
    entry = sale(world)
    with connection.cursor() as cursor:  # another transaction would carry another id
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE ledger_entry SET created_in = created_in - 1 WHERE id = %s", [entry.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")

    with pytest.raises(Error) as error, transaction.atomic(), connection.cursor() as cursor:
        if attack:
            cursor.execute(attack)
        cursor.execute(line(entry, "550", "1.00"))

    assert broken_constraint(error.value) == "line_same_transaction"


def test_a_line_that_unbalances_its_entry_is_refused(world, refused):
    entry = sale(world)

    assert refused(line(entry, "550", "1.00")) == "entry_balances"


@pytest.mark.parametrize(
    ("account", "options", "constraint"),
    [
        ("700", {}, "line_needs_activity"),
        ("451", {"activity": "lina"}, "line_vat_no_activity"),
        ("900", {"activity": "lina"}, "line_analytic_apart"),
        ("550", {"activity": "dirk"}, "line_activity_of_cooperative"),
        ("550", {"date": "2026-09-15"}, "line_of_entry"),
        ("550", {"amount": "0"}, "line_not_zero"),
        ("550", {"code": "21"}, "line_vat_tag_whole"),
    ],
)
def test_the_rules_of_a_line_stand_in_the_database(world, refused, account, options, constraint):
    entry = sale(world)
    if "activity" in options:
        options = {**options, "activity": f"'{world.activities[options['activity']].pk}'"}

    assert refused(line(entry, account, **{"amount": "1.00", **options})) == constraint


def test_an_account_of_another_cooperative_is_refused(world, refused):
    entry = sale(world)
    ours, theirs = (
        str(Account.objects.get(cooperative=coop, number="550").pk) for coop in (world.archipel, world.boreal)
    )
    statement = line(entry, "550", "1.00").replace(f", {ours}, 1.00", f", {theirs}, 1.00")

    assert refused(statement) == "line_account_of_cooperative"


@pytest.mark.parametrize(
    ("kind", "journal", "constraint"),
    [("year", "OD", "period_lock_year"), ("payroll", "SAL", "period_lock_payroll")],
)
def test_a_lock_refuses_what_it_locks(world, refused, kind, journal, constraint):
    entry = sale(world)
    services.lock_period(
        cooperative=world.archipel, month=Month(2026, 9), kind=PeriodLock.Kind(kind), by=None, at=cast.at("2026-10-01")
    )
    statement = new_entry(entry).replace("SELECT gen_random_uuid(), cooperative_id, journal_id", (
        "SELECT gen_random_uuid(), cooperative_id,"
        f" (SELECT id FROM ledger_journal j WHERE j.code = '{journal}' AND j.cooperative_id = ledger_entry.cooperative_id)"
    ))  # fmt: skip

    assert refused(statement) == constraint


def test_the_vat_lock_refuses_lines_with_a_vat_tag(world, refused):
    entry = sale(world)
    services.lock_period(
        cooperative=world.archipel, month=Month(2026, 9), kind=PeriodLock.Kind.VAT, by=None, at=cast.at("2026-10-01")
    )

    assert refused(line(entry, "451", "1.00", code="21", part="tax")) == "period_lock_vat"


def test_a_lock_never_opens_again(world, refused):
    services.lock_period(
        cooperative=world.archipel, month=Month(2026, 9), kind=PeriodLock.Kind.VAT, by=None, at=cast.at("2026-10-01")
    )

    assert refused("UPDATE entities_periodlock SET state = 'open', locked_at = NULL") == "period_lock_forward"
    assert refused("DELETE FROM entities_periodlock") == "period_lock_forward"


def test_a_counter_only_moves_forward_by_one(world, refused):
    sale(world)

    assert refused("UPDATE entities_numberseries SET last_number = last_number + 2") == "number_series_forward"
    assert (
        refused("UPDATE entities_numberseries SET last_number = 0 WHERE kind = 'journal:VEN'")
        == "number_series_forward"
    )
    assert refused("DELETE FROM entities_numberseries") == "number_series_forward"


def test_the_head_of_the_chain_moves_only_by_a_link(world, refused):
    sale(world)

    assert refused("UPDATE ledger_chainhead SET position = position + 1") == "chain_head_forward"
    assert refused("UPDATE ledger_chainhead SET hash = repeat('0', 64)") == "chain_head_forward"


def test_a_link_that_does_not_follow_is_refused(world, refused):
    entry = sale(world)
    statement = (
        "INSERT INTO ledger_chainrecord (cooperative_id, position, kind, document, content, previous, hash, version)"
        f" VALUES ('{entry.cooperative_id}', 2, 'document', gen_random_uuid(), repeat('0', 64), repeat('0', 64),"
        " repeat('0', 64), 1)"
    )

    assert refused(statement) == "chain_follows"


def test_amounts_beyond_the_column_are_refused(world, refused):
    assert "numeric field overflow" in refused(line(sale(world), "550", "1e15"))


@pytest.mark.parametrize("way", ["update", "bulk_update", "delete", "save"])
def test_the_orm_cannot_change_a_line_either(world, as_runtime_role, way):
    row = sale(world).lines.first()
    row.amount += 1

    with pytest.raises(Error), as_runtime_role():
        {
            "update": lambda: Line.objects.update(amount=0),
            "bulk_update": lambda: Line.objects.bulk_update([row], ["amount"]),
            "delete": lambda: row.delete(),
            "save": lambda: row.save(),
        }[way]()
