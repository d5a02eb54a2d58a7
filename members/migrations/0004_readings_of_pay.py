"""Readings of pay are noted too: a payslip, and the pay of a month in its run. The column does not change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Name two more things that are read."""

    dependencies = [("members", "0003_visits_readings")]

    operations = [
        migrations.AlterField(
            model_name="reading",
            name="what",
            field=models.CharField(
                choices=[
                    ("file", "contract, family situation, national number, account"),
                    ("masked", "contract and family situation, numbers masked"),
                    ("payslip", "a payslip"),
                    ("run", "the pay of a month, in its run"),
                ],
                max_length=10,
            ),
        )
    ]
