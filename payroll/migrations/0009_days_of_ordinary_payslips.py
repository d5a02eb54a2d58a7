"""The days of a paid month open again only while its own payslip is corrected, not a payment beside it."""

from pathlib import Path

from django.db import migrations

from coop.guards import functions

PAYROLL = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    """Put the function of the guard as its file says now; its reverse leaves it, for the migration that made it."""

    dependencies = [("payroll", "0008_secretariat")]
    operations = [
        migrations.RunSQL(functions(PAYROLL / "sql", "guard_work_day")[0].sql, migrations.RunSQL.noop),
    ]
