"""Extensions and the functions of the guards that several apps use."""

from pathlib import Path

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations

from coop.guards import functions

COOP = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    """Create the extensions and the functions."""

    initial = True
    dependencies = []
    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        UnaccentExtension(),
        *functions(
            COOP / "sql", "guard_frozen", "guard_append_only", "guard_period_lock_forward", "guard_number_series_forward"
        ),
        *functions(
            COOP / "ledger" / "sql",
            "guard_entry_insert",
            "guard_entry_complete",
            "guard_line_insert",
            "guard_line_balance",
            "guard_chain_follows",
            "guard_chain_head_forward",
        ),
    ]
