"""What is left of the provisions of somebody who left may go back to the activities, as one entry."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('entities', '0003_policy_names'),
        ('ledger', '0004_files_of_entries'),
        ('members', '0007_readings_of_days'),
        ('payroll', '0011_recoveries'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ProvisionSettlement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('proposed', 'proposed'), ('approved', 'approved'), ('cancelled', 'cancelled')], default='proposed', max_length=10, verbose_name='state')),
                ('reason', models.TextField(verbose_name='reason')),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('posted_on', models.DateField(null=True)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='provision_settlements', to='members.employmentcontract')),
                ('cooperative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='provision_settlements', to='entities.cooperative')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entry', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.entry')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SettledProvision',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(choices=[('holiday_provision', 'Holiday pay'), ('end_of_year_provision', 'Premiums and vouchers')], max_length=24)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='amount (EUR)')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='entities.activity')),
                ('settlement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='payroll.provisionsettlement')),
            ],
        ),
        migrations.AddConstraint(
            model_name='provisionsettlement',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('contract',), name='provision_settlement_one_proposed'),
        ),
        migrations.AddConstraint(
            model_name='provisionsettlement',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='provision_settlement_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='provisionsettlement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', False), ('entry__isnull', False), ('posted_on__isnull', False), ('state', 'approved')), models.Q(models.Q(('state', 'approved'), _negated=True), ('entry__isnull', True), ('posted_on__isnull', True)), _connector='OR'), name='provision_settlement_posted_exactly_when_approved'),
        ),
        migrations.AddConstraint(
            model_name='provisionsettlement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='provision_settlement_four_eyes'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='provisionsettlement',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(execute="guard_frozen('state', 'approved,cancelled', '')", func='RETURN NULL;', hash='14958ff8cd84a215ddf17f73b9d334fec4ce2e6b', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_6d420', table='payroll_provisionsettlement', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='settledprovision',
            constraint=models.UniqueConstraint(fields=('settlement', 'role', 'activity'), name='settled_provision_unique'),
        ),
        migrations.AddConstraint(
            model_name='settledprovision',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='settled_provision_not_zero'),
        ),
    ]
