"""What a member owes on the account of pay may be deducted from later pay, as somebody decided."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0004_files_of_entries'),
        ('members', '0007_readings_of_days'),
        ('payroll', '0010_withdrawn_payments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='paydeduction',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='paydeduction',
            name='update_update',
        ),
        migrations.AddField(
            model_name='paydeduction',
            name='decided_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='paydeduction',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paydeduction',
            name='item',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.openitem'),
        ),
        migrations.AddField(
            model_name='paydeductionevent',
            name='decided_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='paydeductionevent',
            name='decided_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paydeductionevent',
            name='item',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='ledger.openitem'),
        ),
        migrations.AlterField(
            model_name='paydeduction',
            name='kind',
            field=models.CharField(choices=[('advance', 'advance on pay'), ('recovery', 'paid too much before'), ('fine', 'fine under the work rules'), ('damages', 'damages'), ('guarantee', 'guarantee')], max_length=10, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='paydeductionevent',
            name='kind',
            field=models.CharField(choices=[('advance', 'advance on pay'), ('recovery', 'paid too much before'), ('fine', 'fine under the work rules'), ('damages', 'damages'), ('guarantee', 'guarantee')], max_length=10, verbose_name='kind'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paydeduction',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payroll_paydeductionevent" ("amount", "contract_id", "decided_at", "decided_by_id", "id", "item_id", "kind", "limit", "per_month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "valid_from", "valid_until") VALUES (NEW."amount", NEW."contract_id", NEW."decided_at", NEW."decided_by_id", NEW."id", NEW."item_id", NEW."kind", NEW."limit", NEW."per_month", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='84bb2c3fbaffcfd15a939f388ba7e46424dd4c2c', operation='INSERT', pgid='pgtrigger_insert_insert_ed290', table='payroll_paydeduction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paydeduction',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "payroll_paydeductionevent" ("amount", "contract_id", "decided_at", "decided_by_id", "id", "item_id", "kind", "limit", "per_month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "valid_from", "valid_until") VALUES (NEW."amount", NEW."contract_id", NEW."decided_at", NEW."decided_by_id", NEW."id", NEW."item_id", NEW."kind", NEW."limit", NEW."per_month", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='cf5655b43c63049761460c42ff48e645750badf2', operation='UPDATE', pgid='pgtrigger_update_update_4ad1c', table='payroll_paydeduction', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='paydeduction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('item__isnull', False), ('kind', 'recovery'), ('limit', 'one_fifth')), models.Q(models.Q(('kind', 'recovery'), _negated=True), ('item__isnull', True)), _connector='OR'), name='pay_deduction_recovery_decided'),
        ),
        migrations.AddConstraint(
            model_name='paydeduction',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_until__isnull', True)), fields=('item',), name='pay_deduction_recovered_once'),
        ),
    ]
