"""Recurring invoices, and what was made of each of their dates."""

import uuid
import django.db.models.deletion
from django.db import migrations, models
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from pathlib import Path

from coop.guards import functions

INVOICING = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):

    dependencies = [
        ('invoicing', '0006_quotes'),
        ('entities', '0003_policy_names'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *functions(INVOICING / 'sql', 'guard_occurrence'),
        migrations.CreateModel(
            name='RecurringInvoice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='customer’s reference')),
                ('note', models.TextField(blank=True, max_length=1000, verbose_name='note')),
                ('every', models.PositiveSmallIntegerField(default=1, verbose_name='every')),
                ('rhythm', models.CharField(choices=[('week', 'week(s)'), ('month', 'month(s)'), ('quarter', 'quarter(s)'), ('year', 'year(s)')], default='month', max_length=8, verbose_name='rhythm')),
                ('first_on', models.DateField(verbose_name='first on')),
                ('last_on', models.DateField(blank=True, null=True, verbose_name='last on')),
                ('period', models.CharField(choices=[('none', 'no period'), ('ahead', 'the period that begins on the date'), ('behind', 'the period that ended the day before')], default='none', max_length=8, verbose_name='period supplied')),
                ('makes', models.CharField(choices=[('draft', 'a draft that you look at and issue'), ('issued', 'an issued invoice, by itself')], default='draft', max_length=8, verbose_name='makes')),
                ('state', models.CharField(choices=[('active', 'running'), ('paused', 'paused'), ('ended', 'ended')], default='active', max_length=8, verbose_name='state')),
                ('next_on', models.DateField(null=True)),
                ('net', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='excluding VAT')),
                ('version', models.PositiveIntegerField(default=1, help_text='counts the changes, so that none is overwritten unseen')),
                ('created_at', models.DateTimeField()),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recurring_invoices', to='entities.activity')),
                ('cooperative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recurring_invoices', to='entities.cooperative')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recurring_invoices', to='invoicing.customer')),
            ],
        ),
        migrations.CreateModel(
            name='Occurrence',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('on', models.DateField()),
                ('outcome', models.CharField(choices=[('drafted', 'draft made'), ('issued', 'issued'), ('skipped', 'skipped'), ('failed', 'not made')], max_length=8)),
                ('refusal', models.TextField(blank=True, help_text='why it was not issued, or not made at all')),
                ('made_at', models.DateTimeField()),
                ('invoice', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='occurrence', to='invoicing.invoice')),
                ('recurring', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='occurrences', to='invoicing.recurringinvoice')),
            ],
        ),
        migrations.CreateModel(
            name='RecurringInvoiceEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='customer’s reference')),
                ('note', models.TextField(blank=True, max_length=1000, verbose_name='note')),
                ('every', models.PositiveSmallIntegerField(default=1, verbose_name='every')),
                ('rhythm', models.CharField(choices=[('week', 'week(s)'), ('month', 'month(s)'), ('quarter', 'quarter(s)'), ('year', 'year(s)')], default='month', max_length=8, verbose_name='rhythm')),
                ('first_on', models.DateField(verbose_name='first on')),
                ('last_on', models.DateField(blank=True, null=True, verbose_name='last on')),
                ('period', models.CharField(choices=[('none', 'no period'), ('ahead', 'the period that begins on the date'), ('behind', 'the period that ended the day before')], default='none', max_length=8, verbose_name='period supplied')),
                ('makes', models.CharField(choices=[('draft', 'a draft that you look at and issue'), ('issued', 'an issued invoice, by itself')], default='draft', max_length=8, verbose_name='makes')),
                ('state', models.CharField(choices=[('active', 'running'), ('paused', 'paused'), ('ended', 'ended')], default='active', max_length=8, verbose_name='state')),
                ('next_on', models.DateField(null=True)),
                ('net', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='excluding VAT')),
                ('version', models.PositiveIntegerField(default=1, help_text='counts the changes, so that none is overwritten unseen')),
                ('created_at', models.DateTimeField()),
                ('activity', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='entities.activity')),
                ('cooperative', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='entities.cooperative')),
                ('created_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='invoicing.customer')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoicing.recurringinvoice')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RecurringLine',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('description', models.TextField(blank=True, max_length=500, verbose_name='description')),
                ('quantity', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True, verbose_name='quantity')),
                ('unit', models.CharField(choices=[('C62', 'pc'), ('HUR', 'h'), ('DAY', 'day(s)'), ('MON', 'month(s)'), ('KMT', 'km'), ('MTK', 'm²'), ('KGM', 'kg'), ('ZP', 'page(s)'), ('LS', 'fixed price')], default='C62', max_length=3, verbose_name='unit')),
                ('unit_price', models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name='unit price')),
                ('discount_percent', models.DecimalField(decimal_places=4, default=0, max_digits=7, verbose_name='discount (%)')),
                ('sale', models.CharField(blank=True, help_text='empty: the usual of the activity', max_length=20, verbose_name='what is sold')),
                ('net', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='excluding VAT')),
                ('unread', models.JSONField(default=dict, help_text='what was typed and could not be read, by field')),
                ('recurring', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='invoicing.recurringinvoice')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='recurringinvoice',
            index=models.Index(condition=models.Q(('state', 'active')), fields=['next_on'], name='recurring_due'),
        ),
        migrations.AddIndex(
            model_name='recurringinvoice',
            index=models.Index(fields=['activity', 'name'], name='recurring_of_activity'),
        ),
        migrations.AddConstraint(
            model_name='recurringinvoice',
            constraint=models.CheckConstraint(condition=models.Q(('every__gte', 1), ('every__lte', 52)), name='recurring_rhythm'),
        ),
        migrations.AddConstraint(
            model_name='recurringinvoice',
            constraint=models.CheckConstraint(condition=models.Q(('last_on__isnull', True), ('last_on__gte', models.F('first_on')), _connector='OR'), name='recurring_dates_ordered'),
        ),
        migrations.AddConstraint(
            model_name='recurringinvoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('next_on__isnull', True), ('state', 'ended')), models.Q(models.Q(('state', 'ended'), _negated=True), ('next_on__gte', models.F('first_on')), models.Q(('last_on__isnull', True), ('next_on__lte', models.F('last_on')), _connector='OR')), _connector='OR'), name='recurring_next_unless_ended'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recurringinvoice',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "invoicing_recurringinvoiceevent" ("activity_id", "cooperative_id", "created_at", "created_by_id", "customer_id", "every", "first_on", "id", "last_on", "makes", "name", "net", "next_on", "note", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "rhythm", "state", "version") VALUES (NEW."activity_id", NEW."cooperative_id", NEW."created_at", NEW."created_by_id", NEW."customer_id", NEW."every", NEW."first_on", NEW."id", NEW."last_on", NEW."makes", NEW."name", NEW."net", NEW."next_on", NEW."note", NEW."period", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."rhythm", NEW."state", NEW."version"); RETURN NULL;', hash='80ba3e22d46ff64a956adaff2cd82bddf3ab32f2', operation='INSERT', pgid='pgtrigger_insert_insert_dad42', table='invoicing_recurringinvoice', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recurringinvoice',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "invoicing_recurringinvoiceevent" ("activity_id", "cooperative_id", "created_at", "created_by_id", "customer_id", "every", "first_on", "id", "last_on", "makes", "name", "net", "next_on", "note", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "rhythm", "state", "version") VALUES (NEW."activity_id", NEW."cooperative_id", NEW."created_at", NEW."created_by_id", NEW."customer_id", NEW."every", NEW."first_on", NEW."id", NEW."last_on", NEW."makes", NEW."name", NEW."net", NEW."next_on", NEW."note", NEW."period", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."rhythm", NEW."state", NEW."version"); RETURN NULL;', hash='8415935ca80f8b985f19d35a387d5e4150c226d5', operation='UPDATE', pgid='pgtrigger_update_update_837ef', table='invoicing_recurringinvoice', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='occurrence',
            constraint=models.UniqueConstraint(fields=('recurring', 'on'), name='recurring_date_once'),
        ),
        migrations.AddConstraint(
            model_name='occurrence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'failed'), _negated=True), models.Q(('refusal', ''), _negated=True), _connector='OR'), name='occurrence_failure_has_reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='occurrence',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(execute='guard_occurrence()', func='RETURN NULL;', hash='65194924cd24658d5ef2b85025f3b47b7d338529', operation='DELETE', pgid='pgtrigger_kept_a1da4', table='invoicing_occurrence', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='recurringline',
            constraint=models.CheckConstraint(condition=models.Q(('unit_price__gte', 0)), name='recurringline_price_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='recurringline',
            constraint=models.CheckConstraint(condition=models.Q(('discount_percent__gte', 0), ('discount_percent__lte', 100)), name='recurringline_discount'),
        ),
        migrations.AddConstraint(
            model_name='recurringline',
            constraint=models.UniqueConstraint(fields=('recurring', 'position'), name='recurring_line_position_unique'),
        ),
    ]
