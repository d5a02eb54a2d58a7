"""Supplier invoices, expense notes and kilometre rates."""

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
        ('entities', '0002_period_key'),
        ('invoicing', '0001_initial'),
        ('members', '0002_terms_signed'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *functions(INVOICING / 'sql', 'guard_cost_line'),
        migrations.CreateModel(
            name='ExpenseNote',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('draft', 'draft'), ('submitted', 'waiting for approval'), ('approved', 'approved'), ('refused', 'refused')], default='draft', max_length=10, verbose_name='state')),
                ('number', models.CharField(blank=True, max_length=40, verbose_name='our number')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('net', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='excluding VAT')),
                ('vat', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='VAT')),
                ('gross', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='including VAT')),
                ('version', models.PositiveIntegerField(default=1, help_text='counts the changes, so that none is overwritten unseen')),
                ('created_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('booked_on', models.DateField(null=True, verbose_name='booked on')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason of the refusal')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='entities.activity')),
                ('claimant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='expense_notes', to='members.person')),
                ('cooperative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='entities.cooperative')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('submitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ExpenseNoteEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('state', models.CharField(choices=[('draft', 'draft'), ('submitted', 'waiting for approval'), ('approved', 'approved'), ('refused', 'refused')], default='draft', max_length=10, verbose_name='state')),
                ('number', models.CharField(blank=True, max_length=40, verbose_name='our number')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('net', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='excluding VAT')),
                ('vat', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='VAT')),
                ('gross', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='including VAT')),
                ('version', models.PositiveIntegerField(default=1, help_text='counts the changes, so that none is overwritten unseen')),
                ('created_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('booked_on', models.DateField(null=True, verbose_name='booked on')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason of the refusal')),
                ('activity', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='entities.activity')),
                ('claimant', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='members.person')),
                ('cooperative', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='entities.cooperative')),
                ('created_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoicing.expensenote')),
                ('submitted_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ExpenseNoteLine',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('cost_type', models.CharField(max_length=20, verbose_name='kind of cost')),
                ('description', models.CharField(max_length=200, verbose_name='description')),
                ('net', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='excluding VAT')),
                ('vat', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='VAT')),
                ('gross', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='including VAT')),
                ('rate', models.DecimalField(decimal_places=4, max_digits=5, verbose_name='VAT rate')),
                ('spent_on', models.DateField(verbose_name='day')),
                ('invoiced', models.BooleanField(default=False, verbose_name='invoice in the cooperative’s name')),
                ('kilometres', models.DecimalField(blank=True, decimal_places=1, max_digits=7, null=True, verbose_name='kilometres')),
                ('kilometre_rate', models.DecimalField(decimal_places=4, max_digits=6, null=True, verbose_name='EUR per kilometre')),
                ('expense_note', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='invoicing.expensenote')),
            ],
        ),
        migrations.CreateModel(
            name='KilometreRate',
            fields=[
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until (excluded)')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('amount', models.DecimalField(decimal_places=4, max_digits=6, verbose_name='EUR per kilometre')),
                ('cooperative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kilometre_rates', to='entities.cooperative')),
            ],
        ),
        migrations.CreateModel(
            name='KilometreRateEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until (excluded)')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('amount', models.DecimalField(decimal_places=4, max_digits=6, verbose_name='EUR per kilometre')),
                ('cooperative', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='entities.cooperative')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoicing.kilometrerate')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SupplierInvoice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('draft', 'draft'), ('submitted', 'waiting for approval'), ('approved', 'approved'), ('refused', 'refused')], default='draft', max_length=10, verbose_name='state')),
                ('number', models.CharField(blank=True, max_length=40, verbose_name='our number')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('net', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='excluding VAT')),
                ('vat', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='VAT')),
                ('gross', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='including VAT')),
                ('version', models.PositiveIntegerField(default=1, help_text='counts the changes, so that none is overwritten unseen')),
                ('created_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('booked_on', models.DateField(null=True, verbose_name='booked on')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason of the refusal')),
                ('supplier_number', models.CharField(max_length=40, verbose_name='number of the supplier’s invoice')),
                ('dated_on', models.DateField(verbose_name='date of the invoice')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due on')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='entities.activity')),
                ('cooperative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='entities.cooperative')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('submitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='supplier_invoices', to='entities.party')),
            ],
        ),
        migrations.CreateModel(
            name='SupplierInvoiceEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('state', models.CharField(choices=[('draft', 'draft'), ('submitted', 'waiting for approval'), ('approved', 'approved'), ('refused', 'refused')], default='draft', max_length=10, verbose_name='state')),
                ('number', models.CharField(blank=True, max_length=40, verbose_name='our number')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('net', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='excluding VAT')),
                ('vat', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='VAT')),
                ('gross', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='including VAT')),
                ('version', models.PositiveIntegerField(default=1, help_text='counts the changes, so that none is overwritten unseen')),
                ('created_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('booked_on', models.DateField(null=True, verbose_name='booked on')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason of the refusal')),
                ('supplier_number', models.CharField(max_length=40, verbose_name='number of the supplier’s invoice')),
                ('dated_on', models.DateField(verbose_name='date of the invoice')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due on')),
                ('activity', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='entities.activity')),
                ('cooperative', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='entities.cooperative')),
                ('created_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoicing.supplierinvoice')),
                ('submitted_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('supplier', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='entities.party')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SupplierInvoiceLine',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('cost_type', models.CharField(max_length=20, verbose_name='kind of cost')),
                ('description', models.CharField(max_length=200, verbose_name='description')),
                ('net', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='excluding VAT')),
                ('vat', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='VAT')),
                ('gross', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='including VAT')),
                ('rate', models.DecimalField(decimal_places=4, max_digits=5, verbose_name='VAT rate')),
                ('supplier_invoice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='invoicing.supplierinvoice')),
            ],
        ),
        migrations.AddIndex(
            model_name='expensenote',
            index=models.Index(fields=['activity', '-created_at'], name='expense_note_by_activity'),
        ),
        migrations.AddIndex(
            model_name='expensenote',
            index=models.Index(fields=['cooperative', 'state'], name='expense_note_by_state'),
        ),
        migrations.AddConstraint(
            model_name='expensenote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('booked_on__isnull', False), ('decided_by__isnull', False), ('state', 'approved'), models.Q(('number', ''), _negated=True)), models.Q(models.Q(('state', 'approved'), _negated=True), ('booked_on__isnull', True), ('number', '')), _connector='OR'), name='expense_note_number_when_approved'),
        ),
        migrations.AddConstraint(
            model_name='expensenote',
            constraint=models.CheckConstraint(condition=models.Q(('gross', django.db.models.expressions.CombinedExpression(models.F('net'), '+', models.F('vat')))), name='expense_note_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='expensenote',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), ('submitted_by__isnull', True), models.Q(('decided_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='expense_note_two_people'),
        ),
        migrations.AddConstraint(
            model_name='expensenote',
            constraint=models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('cooperative', 'number'), name='expense_note_number_unique'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='expensenote',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(execute="guard_frozen('state', 'approved', '')", func='RETURN NULL;', hash='f75837d491e8b9bf89d674a69ccbc5dfd5e23995', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_7d19a', table='invoicing_expensenote', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='expensenote',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "invoicing_expensenoteevent" ("activity_id", "booked_on", "claimant_id", "cooperative_id", "created_at", "created_by_id", "decided_at", "decided_by_id", "gross", "id", "net", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state", "submitted_at", "submitted_by_id", "vat", "version") VALUES (NEW."activity_id", NEW."booked_on", NEW."claimant_id", NEW."cooperative_id", NEW."created_at", NEW."created_by_id", NEW."decided_at", NEW."decided_by_id", NEW."gross", NEW."id", NEW."net", NEW."note", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."state", NEW."submitted_at", NEW."submitted_by_id", NEW."vat", NEW."version"); RETURN NULL;', hash='e88ed5d667470b4a194ebc43a432c0fc68802e06', operation='INSERT', pgid='pgtrigger_insert_insert_b8cfb', table='invoicing_expensenote', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='expensenote',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "invoicing_expensenoteevent" ("activity_id", "booked_on", "claimant_id", "cooperative_id", "created_at", "created_by_id", "decided_at", "decided_by_id", "gross", "id", "net", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state", "submitted_at", "submitted_by_id", "vat", "version") VALUES (NEW."activity_id", NEW."booked_on", NEW."claimant_id", NEW."cooperative_id", NEW."created_at", NEW."created_by_id", NEW."decided_at", NEW."decided_by_id", NEW."gross", NEW."id", NEW."net", NEW."note", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."state", NEW."submitted_at", NEW."submitted_by_id", NEW."vat", NEW."version"); RETURN NULL;', hash='cafe340376f2ad3e2baf8d0a281557a62a5c5804', operation='UPDATE', pgid='pgtrigger_update_update_d5be5', table='invoicing_expensenote', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='expensenoteline',
            constraint=models.UniqueConstraint(fields=('expense_note', 'position'), name='expense_note_line_position_unique'),
        ),
        migrations.AddConstraint(
            model_name='expensenoteline',
            constraint=models.CheckConstraint(condition=models.Q(('gross', django.db.models.expressions.CombinedExpression(models.F('net'), '+', models.F('vat'))), ('net__gt', 0), ('vat__gte', 0)), name='expense_note_line_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='expensenoteline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cost_type', 'kilometres'), ('kilometre_rate__gt', 0), ('kilometres__gt', 0), ('vat', 0)), models.Q(models.Q(('cost_type', 'kilometres'), _negated=True), ('kilometre_rate__isnull', True), ('kilometres__isnull', True)), _connector='OR'), name='expense_note_line_kilometres'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='expensenoteline',
            trigger=pgtrigger.compiler.Trigger(name='of_a_draft', sql=pgtrigger.compiler.UpsertTriggerSql(execute="guard_cost_line('invoicing_expensenote', 'expense_note_id')", func='RETURN NULL;', hash='e2333bc2397bbbf741b8b03ace643d25ceb09abc', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_of_a_draft_94c12', table='invoicing_expensenoteline', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='kilometrerate',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='kilometre_rate_ordered'),
        ),
        migrations.AddConstraint(
            model_name='kilometrerate',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('cooperative', '='), (models.Func(models.F('valid_from'), models.F('valid_until'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='kilometre_rate_no_overlap'),
        ),
        migrations.AddConstraint(
            model_name='kilometrerate',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='kilometre_rate_positive'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='kilometrerate',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "invoicing_kilometrerateevent" ("amount", "cooperative_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "valid_until") VALUES (NEW."amount", NEW."cooperative_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='31f8f0736f522a76598e709f324c419e16bddeaf', operation='INSERT', pgid='pgtrigger_insert_insert_a412a', table='invoicing_kilometrerate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='kilometrerate',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "invoicing_kilometrerateevent" ("amount", "cooperative_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "valid_until") VALUES (NEW."amount", NEW."cooperative_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='e880541021b2c9ff62e4b77debeeecc33bdce44a', operation='UPDATE', pgid='pgtrigger_update_update_60fe6', table='invoicing_kilometrerate', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='supplierinvoice',
            index=models.Index(fields=['activity', '-created_at'], name='supplier_invoice_by_activity'),
        ),
        migrations.AddIndex(
            model_name='supplierinvoice',
            index=models.Index(fields=['cooperative', 'state'], name='supplier_invoice_by_state'),
        ),
        migrations.AddConstraint(
            model_name='supplierinvoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('booked_on__isnull', False), ('decided_by__isnull', False), ('state', 'approved'), models.Q(('number', ''), _negated=True)), models.Q(models.Q(('state', 'approved'), _negated=True), ('booked_on__isnull', True), ('number', '')), _connector='OR'), name='supplier_invoice_number_when_approved'),
        ),
        migrations.AddConstraint(
            model_name='supplierinvoice',
            constraint=models.CheckConstraint(condition=models.Q(('gross', django.db.models.expressions.CombinedExpression(models.F('net'), '+', models.F('vat')))), name='supplier_invoice_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='supplierinvoice',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), ('submitted_by__isnull', True), models.Q(('decided_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='supplier_invoice_two_people'),
        ),
        migrations.AddConstraint(
            model_name='supplierinvoice',
            constraint=models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('cooperative', 'number'), name='supplier_invoice_number_unique'),
        ),
        migrations.AddConstraint(
            model_name='supplierinvoice',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'refused'), _negated=True), fields=('supplier', 'supplier_number'), name='supplier_invoice_recorded_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supplierinvoice',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(execute="guard_frozen('state', 'approved', '')", func='RETURN NULL;', hash='807d458349b414141a9391fb75dbcdc307da283f', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_05fad', table='invoicing_supplierinvoice', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supplierinvoice',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "invoicing_supplierinvoiceevent" ("activity_id", "booked_on", "cooperative_id", "created_at", "created_by_id", "dated_on", "decided_at", "decided_by_id", "due_on", "gross", "id", "net", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state", "submitted_at", "submitted_by_id", "supplier_id", "supplier_number", "vat", "version") VALUES (NEW."activity_id", NEW."booked_on", NEW."cooperative_id", NEW."created_at", NEW."created_by_id", NEW."dated_on", NEW."decided_at", NEW."decided_by_id", NEW."due_on", NEW."gross", NEW."id", NEW."net", NEW."note", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."state", NEW."submitted_at", NEW."submitted_by_id", NEW."supplier_id", NEW."supplier_number", NEW."vat", NEW."version"); RETURN NULL;', hash='b42d287818fd547c09c9125229d4fccf98183ba9', operation='INSERT', pgid='pgtrigger_insert_insert_eb0c1', table='invoicing_supplierinvoice', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supplierinvoice',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "invoicing_supplierinvoiceevent" ("activity_id", "booked_on", "cooperative_id", "created_at", "created_by_id", "dated_on", "decided_at", "decided_by_id", "due_on", "gross", "id", "net", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state", "submitted_at", "submitted_by_id", "supplier_id", "supplier_number", "vat", "version") VALUES (NEW."activity_id", NEW."booked_on", NEW."cooperative_id", NEW."created_at", NEW."created_by_id", NEW."dated_on", NEW."decided_at", NEW."decided_by_id", NEW."due_on", NEW."gross", NEW."id", NEW."net", NEW."note", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."state", NEW."submitted_at", NEW."submitted_by_id", NEW."supplier_id", NEW."supplier_number", NEW."vat", NEW."version"); RETURN NULL;', hash='d55b5aefc7116da1927bc78eeda7487afb2faa5e', operation='UPDATE', pgid='pgtrigger_update_update_ef918', table='invoicing_supplierinvoice', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='supplierinvoiceline',
            constraint=models.UniqueConstraint(fields=('supplier_invoice', 'position'), name='supplier_invoice_line_position_unique'),
        ),
        migrations.AddConstraint(
            model_name='supplierinvoiceline',
            constraint=models.CheckConstraint(condition=models.Q(('gross', django.db.models.expressions.CombinedExpression(models.F('net'), '+', models.F('vat'))), ('net__gt', 0), ('vat__gte', 0)), name='supplier_invoice_line_adds_up'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supplierinvoiceline',
            trigger=pgtrigger.compiler.Trigger(name='of_a_draft', sql=pgtrigger.compiler.UpsertTriggerSql(execute="guard_cost_line('invoicing_supplierinvoice', 'supplier_invoice_id')", func='RETURN NULL;', hash='60706f8f97de686ebedc1b95e5a36c135edb99d3', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_of_a_draft_5be46', table='invoicing_supplierinvoiceline', when='BEFORE')),
        ),
    ]
