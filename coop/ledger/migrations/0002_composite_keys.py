"""Tie journal, period, account, activity, party and open item to the cooperative of the entry, and lines to its date."""

from django.db import migrations

KEYS = [
    ("ledger_line", "line_of_entry", "entry_id, cooperative_id, date", "ledger_entry (id, cooperative_id, date)"),
    ("ledger_line", "line_account_of_cooperative", "cooperative_id, account_id", "ledger_account (cooperative_id, id)"),
    (
        "ledger_line",
        "line_activity_of_cooperative",
        "cooperative_id, activity_id",
        "entities_activity (cooperative_id, id)",
    ),
    ("ledger_line", "line_party_of_cooperative", "cooperative_id, party_id", "entities_party (cooperative_id, id)"),
    ("ledger_line", "line_item_of_cooperative", "cooperative_id, item_id", "ledger_openitem (cooperative_id, id)"),
    ("ledger_entry", "entry_journal_of_cooperative", "cooperative_id, journal_id", "ledger_journal (cooperative_id, id)"),
    ("ledger_entry", "entry_period_of_cooperative", "cooperative_id, period_id", "entities_period (cooperative_id, id)"),
    ("ledger_openitem", "open_item_party_of_cooperative", "cooperative_id, party_id", "entities_party (cooperative_id, id)"),
    (
        "ledger_openitem",
        "open_item_activity_of_cooperative",
        "cooperative_id, activity_id",
        "entities_activity (cooperative_id, id)",
    ),
]


class Migration(migrations.Migration):
    """Add the composite foreign keys that Django cannot express."""

    dependencies = [("ledger", "0001_initial"), ("entities", "0002_period_key")]
    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) REFERENCES {target};",
            f"ALTER TABLE {table} DROP CONSTRAINT {name};",
        )
        for table, name, columns, target in KEYS
    ]
