"""The rules of reminders, the reminders sent, and what stops them."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models
from pathlib import Path

from coop.guards import functions

INVOICING = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):

    dependencies = [
        ('entities', '0003_policy_names'),
        ('invoicing', '0007_recurring'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *functions(INVOICING / 'sql', 'guard_reminder_pause'),
        migrations.CreateModel(
            name='ReminderPause',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('dispute', 'disputed'), ('plan', 'payment plan'), ('deceased', 'customer deceased')], max_length=10, verbose_name='why')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='what happened')),
                ('since', models.DateField()),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminder_pauses', to='invoicing.invoice')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='PromisedPayment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('due_on', models.DateField(verbose_name='day')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='amount')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='promises', to='invoicing.reminderpause')),
            ],
        ),
        migrations.CreateModel(
            name='ReminderPolicy',
            fields=[
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until (excluded)')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('friendly_days', models.PositiveSmallIntegerField(default=7)),
                ('formal_days', models.PositiveSmallIntegerField(default=15)),
                ('notice_days', models.PositiveSmallIntegerField(default=15)),
                ('business_charges', models.BooleanField(default=True)),
                ('private_rate', models.DecimalField(decimal_places=6, help_text='yearly, as the terms of sale name it; empty: none', max_digits=7, null=True)),
                ('private_penalty', models.BooleanField(default=False)),
                ('private_from', models.CharField(choices=[('after_reminder', 'the day after the first reminder (small enterprise)'), ('after_waiting', 'the end of the 14 days')], default='after_waiting', max_length=20)),
                ('reminder_cost', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('texts', models.JSONField(default=dict)),
                ('cooperative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminder_policies', to='entities.cooperative')),
            ],
        ),
        migrations.CreateModel(
            name='ReminderPolicyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until (excluded)')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('friendly_days', models.PositiveSmallIntegerField(default=7)),
                ('formal_days', models.PositiveSmallIntegerField(default=15)),
                ('notice_days', models.PositiveSmallIntegerField(default=15)),
                ('business_charges', models.BooleanField(default=True)),
                ('private_rate', models.DecimalField(decimal_places=6, help_text='yearly, as the terms of sale name it; empty: none', max_digits=7, null=True)),
                ('private_penalty', models.BooleanField(default=False)),
                ('private_from', models.CharField(choices=[('after_reminder', 'the day after the first reminder (small enterprise)'), ('after_waiting', 'the end of the 14 days')], default='after_waiting', max_length=20)),
                ('reminder_cost', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('texts', models.JSONField(default=dict)),
                ('cooperative', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='entities.cooperative')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoicing.reminderpolicy')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('level', models.CharField(choices=[('friendly', 'friendly reminder'), ('formal', 'formal reminder'), ('notice', 'notice to pay')], max_length=10, verbose_name='level')),
                ('on', models.DateField(verbose_name='date')),
                ('principal', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='open amount')),
                ('segments', models.JSONField(default=list)),
                ('interest', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='interest')),
                ('lump_sum', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='lump sum')),
                ('penalty', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='penalty')),
                ('cost', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='cost of the reminder')),
                ('total', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='asked in all')),
                ('pay_until', models.DateField()),
                ('announced', models.JSONField(default=dict)),
                ('text', models.TextField(max_length=2000)),
                ('language', models.CharField(choices=[('fr', 'French'), ('nl', 'Dutch'), ('en', 'English')], max_length=2)),
                ('made_at', models.DateTimeField()),
                ('channel', models.CharField(choices=[('mail', 'by e-mail'), ('post', 'by post')], max_length=4)),
                ('left_on', models.DateField(null=True)),
                ('mail_to', models.EmailField(blank=True, max_length=254)),
                ('mail_attempts', models.PositiveSmallIntegerField(default=0)),
                ('mail_next_at', models.DateTimeField(help_text='not tried before; empty: nothing is to be sent', null=True)),
                ('mailed_at', models.DateTimeField(null=True)),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='invoicing.invoice')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('mail_next_at__isnull', False), ('mailed_at__isnull', True)), fields=['mail_next_at'], name='reminder_to_mail')],
                'constraints': [models.UniqueConstraint(fields=('invoice', 'level'), name='reminder_level_once'), models.CheckConstraint(condition=models.Q(('total', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('principal'), '+', models.F('interest')), '+', models.F('lump_sum')), '+', models.F('penalty')), '+', models.F('cost')))), name='reminder_adds_up'), models.CheckConstraint(condition=models.Q(models.Q(('level', 'friendly'), _negated=True), models.Q(('cost', 0), ('interest', 0), ('lump_sum', 0), ('penalty', 0)), _connector='OR'), name='reminder_first_free'), models.CheckConstraint(condition=models.Q(('cost__gte', 0), ('interest__gte', 0), ('lump_sum__gte', 0), ('penalty__gte', 0), ('principal__gt', 0)), name='reminder_amounts'), models.CheckConstraint(condition=models.Q(models.Q(('channel', 'post'), ('left_on__isnull', False)), models.Q(('channel', 'mail'), models.Q(('mail_to', ''), _negated=True)), _connector='OR'), name='reminder_reaches_somebody')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reminder',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(execute="guard_frozen('level', 'friendly,formal,notice', 'channel,left_on,mail_attempts,mail_next_at,mailed_at')", func='RETURN NULL;', hash='1b760b274d75defe2d10e108adfe02e97bf1eeaf', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_943b1', table='invoicing_reminder', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='reminderpause',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('invoice',), name='reminder_pause_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='reminderpause',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__gte', models.F('made_at')), ('ended_by__isnull', False)), _connector='OR'), name='reminder_pause_ended_by_somebody'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reminderpause',
            trigger=pgtrigger.compiler.Trigger(name='stays', sql=pgtrigger.compiler.UpsertTriggerSql(execute='guard_reminder_pause()', func='RETURN NULL;', hash='74862a03408b301237794837f2c2ae1d088cc344', operation='UPDATE OR DELETE', pgid='pgtrigger_stays_fc272', table='invoicing_reminderpause', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='promisedpayment',
            constraint=models.UniqueConstraint(fields=('plan', 'due_on'), name='promised_payment_day_unique'),
        ),
        migrations.AddConstraint(
            model_name='promisedpayment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='promised_payment_positive'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='promisedpayment',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(execute='guard_append_only()', func='RETURN NULL;', hash='58aeecc27dd43cd01ce725b300f8849338b42051', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b5ffe', table='invoicing_promisedpayment', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='reminderpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='reminder_policy_ordered'),
        ),
        migrations.AddConstraint(
            model_name='reminderpolicy',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('cooperative', '='), (models.Func(models.F('valid_from'), models.F('valid_until'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='reminder_policy_no_overlap'),
        ),
        migrations.AddConstraint(
            model_name='reminderpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('formal_days__range', (1, 365)), ('friendly_days__range', (1, 365)), ('notice_days__range', (1, 365))), name='reminder_policy_days'),
        ),
        migrations.AddConstraint(
            model_name='reminderpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('private_rate__isnull', True), models.Q(('private_rate__gt', 0), ('private_rate__lt', 1)), _connector='OR'), name='reminder_policy_rate'),
        ),
        migrations.AddConstraint(
            model_name='reminderpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('reminder_cost__gte', 0), ('reminder_cost__lte', '7.50')), name='reminder_policy_cost'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reminderpolicy',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "invoicing_reminderpolicyevent" ("business_charges", "cooperative_id", "formal_days", "friendly_days", "id", "notice_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "private_from", "private_penalty", "private_rate", "reminder_cost", "texts", "valid_from", "valid_until") VALUES (NEW."business_charges", NEW."cooperative_id", NEW."formal_days", NEW."friendly_days", NEW."id", NEW."notice_days", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."private_from", NEW."private_penalty", NEW."private_rate", NEW."reminder_cost", NEW."texts", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='8e6ada26abe71f3b845153e273307a0e4cc8d8e6', operation='INSERT', pgid='pgtrigger_insert_insert_cc54c', table='invoicing_reminderpolicy', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reminderpolicy',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "invoicing_reminderpolicyevent" ("business_charges", "cooperative_id", "formal_days", "friendly_days", "id", "notice_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "private_from", "private_penalty", "private_rate", "reminder_cost", "texts", "valid_from", "valid_until") VALUES (NEW."business_charges", NEW."cooperative_id", NEW."formal_days", NEW."friendly_days", NEW."id", NEW."notice_days", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."private_from", NEW."private_penalty", NEW."private_rate", NEW."reminder_cost", NEW."texts", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='8a6887773d0c28b646f3f62898bcf6384014afb4', operation='UPDATE', pgid='pgtrigger_update_update_bc70f', table='invoicing_reminderpolicy', when='AFTER')),
        ),
    ]
