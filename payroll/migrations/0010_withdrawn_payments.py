"""A correction may withdraw a payment beside pay: nothing of it was due, and nothing takes its place."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('entities', '0003_policy_names'),
        ('payroll', '0009_days_of_ordinary_payslips'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='payrollrun',
            name='withdraws',
            field=models.BooleanField(default=False, help_text='nothing of the payment that it corrects was due'),
        ),
        migrations.AddConstraint(
            model_name='payrollrun',
            constraint=models.CheckConstraint(condition=models.Q(('withdraws', False), models.Q(('kind', 'correction'), models.Q(('nature', ''), _negated=True)), _connector='OR'), name='payroll_run_withdraws_payment'),
        ),
    ]
