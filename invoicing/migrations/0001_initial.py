"""Customers, invoices and credit notes, with what keeps them as they were issued."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import djmoney.models.fields
import djmoney.money
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models
from pathlib import Path

from coop.guards import functions

INVOICING = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('coop', '0001_guards'),
        ('entities', '0002_period_key'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *functions(INVOICING / 'sql', 'guard_invoice_line', 'guard_invoice_event'),
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('business', 'business'), ('private', 'private person'), ('public_body', 'public body')], default='business', max_length=12, verbose_name='kind')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('sort_name', models.CharField(help_text='unaccented, lower case', max_length=120)),
                ('contact', models.CharField(blank=True, max_length=120, verbose_name='contact person')),
                ('vat_number', models.CharField(blank=True, max_length=20, verbose_name='VAT number')),
                ('enterprise_number', models.CharField(blank=True, max_length=10, verbose_name='enterprise number')),
                ('street', models.CharField(blank=True, max_length=120, verbose_name='street and number')),
                ('postcode', models.CharField(blank=True, max_length=10, verbose_name='postcode')),
                ('town', models.CharField(blank=True, max_length=60, verbose_name='town')),
                ('country', models.CharField(default='BE', help_text='two letters, for example BE', max_length=2, verbose_name='country')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('language', models.CharField(choices=[('fr', 'French'), ('nl', 'Dutch'), ('en', 'English')], default='fr', max_length=2, verbose_name='language of documents')),
                ('payment_days', models.PositiveSmallIntegerField(default=30, verbose_name='payment term in days')),
                ('reference', models.CharField(blank=True, help_text='what this customer wants to read on every invoice', max_length=60, verbose_name='reference wished')),
                ('version', models.PositiveIntegerField(default=1, help_text='counts the changes, so that none is overwritten unseen')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='customers', to='entities.activity')),
                ('cooperative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='customers', to='entities.cooperative')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='customers', to='entities.party')),
            ],
        ),
        migrations.CreateModel(
            name='CustomerEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('kind', models.CharField(choices=[('business', 'business'), ('private', 'private person'), ('public_body', 'public body')], default='business', max_length=12, verbose_name='kind')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('sort_name', models.CharField(help_text='unaccented, lower case', max_length=120)),
                ('contact', models.CharField(blank=True, max_length=120, verbose_name='contact person')),
                ('vat_number', models.CharField(blank=True, max_length=20, verbose_name='VAT number')),
                ('enterprise_number', models.CharField(blank=True, max_length=10, verbose_name='enterprise number')),
                ('street', models.CharField(blank=True, max_length=120, verbose_name='street and number')),
                ('postcode', models.CharField(blank=True, max_length=10, verbose_name='postcode')),
                ('town', models.CharField(blank=True, max_length=60, verbose_name='town')),
                ('country', models.CharField(default='BE', help_text='two letters, for example BE', max_length=2, verbose_name='country')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('language', models.CharField(choices=[('fr', 'French'), ('nl', 'Dutch'), ('en', 'English')], default='fr', max_length=2, verbose_name='language of documents')),
                ('payment_days', models.PositiveSmallIntegerField(default=30, verbose_name='payment term in days')),
                ('reference', models.CharField(blank=True, help_text='what this customer wants to read on every invoice', max_length=60, verbose_name='reference wished')),
                ('version', models.PositiveIntegerField(default=1, help_text='counts the changes, so that none is overwritten unseen')),
                ('activity', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='entities.activity')),
                ('cooperative', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='entities.cooperative')),
                ('party', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='entities.party')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoicing.customer')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('invoice', 'invoice'), ('credit_note', 'credit note')], default='invoice', max_length=12, verbose_name='kind')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('submitted', 'waiting for the coach'), ('issued', 'issued'), ('credited', 'credited')], default='draft', max_length=10, verbose_name='state')),
                ('origin', models.CharField(choices=[('here', 'issued here'), ('elsewhere', 'issued elsewhere')], default='here', max_length=10, verbose_name='origin')),
                ('number', models.CharField(blank=True, max_length=40, verbose_name='number')),
                ('issued_on', models.DateField(blank=True, null=True, verbose_name='date')),
                ('supplied_on', models.DateField(blank=True, null=True, verbose_name='supplied on')),
                ('supplied_until', models.DateField(blank=True, null=True, verbose_name='supplied until')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due on')),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='customer’s reference')),
                ('note', models.TextField(blank=True, max_length=1000, verbose_name='note')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('currency', models.CharField(default='EUR', max_length=3)),
                ('net', djmoney.models.fields.MoneyField(currency_field_name='currency', decimal_places=2, default=djmoney.money.Money(0, 'EUR'), max_digits=14, verbose_name='excluding VAT')),
                ('vat', djmoney.models.fields.MoneyField(currency_field_name='currency', decimal_places=2, default=djmoney.money.Money(0, 'EUR'), max_digits=14, verbose_name='VAT')),
                ('gross', djmoney.models.fields.MoneyField(currency_field_name='currency', decimal_places=2, default=djmoney.money.Money(0, 'EUR'), max_digits=14, verbose_name='including VAT')),
                ('unread', models.JSONField(default=dict, help_text='what was typed in a draft and could not be read, by field')),
                ('version', models.PositiveIntegerField(default=1, help_text='counts the changes, so that none is overwritten unseen')),
                ('created_at', models.DateTimeField()),
                ('saved_at', models.DateTimeField()),
                ('saved_in', models.UUIDField(help_text='key of the open editor that saved the draft last', null=True)),
                ('issued_at', models.DateTimeField(null=True)),
                ('language', models.CharField(blank=True, choices=[('fr', 'French'), ('nl', 'Dutch'), ('en', 'English')], max_length=2)),
                ('seller', models.JSONField(default=dict)),
                ('buyer', models.JSONField(default=dict)),
                ('breakdown', models.JSONField(default=list, help_text='base and VAT per category and rate')),
                ('mentions', models.JSONField(default=list)),
                ('terms', models.JSONField(default=dict, help_text='fee and fund, as coop.entities.fees writes them')),
                ('structured_communication', models.CharField(blank=True, help_text='12 digits', max_length=12)),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='entities.activity')),
                ('cooperative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='entities.cooperative')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('credits', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credit_notes', to='invoicing.invoice')),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='invoicing.customer')),
                ('issued_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='InvoiceEvent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('created', 'Drafted'), ('submitted', 'Sent to the coach'), ('returned', 'Sent back by the coach'), ('issued', 'Issued'), ('credited', 'Credited')], max_length=10)),
                ('at', models.DateTimeField()),
                ('comment', models.TextField(blank=True, max_length=1000)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='invoicing.invoice')),
            ],
        ),
        migrations.CreateModel(
            name='InvoiceLine',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('description', models.TextField(blank=True, max_length=500, verbose_name='description')),
                ('quantity', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True, verbose_name='quantity')),
                ('unit', models.CharField(choices=[('C62', 'pc'), ('HUR', 'h'), ('DAY', 'day(s)'), ('MON', 'month(s)'), ('KMT', 'km'), ('MTK', 'm²'), ('KGM', 'kg'), ('ZP', 'page(s)'), ('LS', 'fixed price')], default='C62', max_length=3, verbose_name='unit')),
                ('currency', models.CharField(default='EUR', max_length=3)),
                ('unit_price', djmoney.models.fields.MoneyField(blank=True, currency_field_name='currency', decimal_places=4, max_digits=16, null=True, verbose_name='unit price')),
                ('discount_percent', models.DecimalField(decimal_places=4, default=0, max_digits=7, verbose_name='discount (%)')),
                ('operation', models.CharField(default='BE21', max_length=20, verbose_name='VAT')),
                ('net', djmoney.models.fields.MoneyField(currency_field_name='currency', decimal_places=2, default=djmoney.money.Money(0, 'EUR'), max_digits=14, verbose_name='excluding VAT')),
                ('category', models.CharField(blank=True, help_text='of the VAT, frozen at issue', max_length=2)),
                ('rate', models.DecimalField(decimal_places=4, help_text='of the VAT, frozen at issue', max_digits=5, null=True)),
                ('unread', models.JSONField(default=dict, help_text='what was typed in a draft and could not be read, by field')),
                ('credits', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credited_by', to='invoicing.invoiceline')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='invoicing.invoice')),
            ],
        ),
        migrations.CreateModel(
            name='ValidationRule',
            fields=[
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until (excluded)')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='validation_rules', to='entities.activity')),
            ],
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['activity', 'sort_name'], name='customer_by_name'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('payment_days__lte', 365)), name='customer_payment_days'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.UniqueConstraint(condition=models.Q(('vat_number', ''), _negated=True), fields=('activity', 'vat_number'), name='customer_vat_number_unique'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "invoicing_customerevent" ("activity_id", "contact", "cooperative_id", "country", "email", "enterprise_number", "id", "kind", "language", "name", "party_id", "payment_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postcode", "reference", "sort_name", "street", "town", "vat_number", "version") VALUES (NEW."activity_id", NEW."contact", NEW."cooperative_id", NEW."country", NEW."email", NEW."enterprise_number", NEW."id", NEW."kind", NEW."language", NEW."name", NEW."party_id", NEW."payment_days", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."postcode", NEW."reference", NEW."sort_name", NEW."street", NEW."town", NEW."vat_number", NEW."version"); RETURN NULL;', hash='c6f7fbf049cfc318740aa134caae1f873faceedb', operation='INSERT', pgid='pgtrigger_insert_insert_5ed2b', table='invoicing_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "invoicing_customerevent" ("activity_id", "contact", "cooperative_id", "country", "email", "enterprise_number", "id", "kind", "language", "name", "party_id", "payment_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postcode", "reference", "sort_name", "street", "town", "vat_number", "version") VALUES (NEW."activity_id", NEW."contact", NEW."cooperative_id", NEW."country", NEW."email", NEW."enterprise_number", NEW."id", NEW."kind", NEW."language", NEW."name", NEW."party_id", NEW."payment_days", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."postcode", NEW."reference", NEW."sort_name", NEW."street", NEW."town", NEW."vat_number", NEW."version"); RETURN NULL;', hash='c23803e3c073d158843cc9ba751cb2306c063f26', operation='UPDATE', pgid='pgtrigger_update_update_f7bb3', table='invoicing_customer', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['activity', '-issued_on'], name='invoice_by_activity'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['cooperative', '-issued_on'], name='invoice_by_cooperative'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('currency', 'EUR')), name='invoice_in_euro'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('issued_on__isnull', True), ('number', ''), ('state__in', ['draft', 'submitted'])), models.Q(('issued_on__isnull', False), ('state__in', ['issued', 'credited']), models.Q(('number', ''), _negated=True)), _connector='OR'), name='invoice_number_when_issued'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('credits__isnull', True), ('kind', 'invoice')), models.Q(('credits__isnull', False), ('kind', 'credit_note')), _connector='OR'), name='invoice_credit_names_invoice'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('structured_communication', ''), models.Q(('kind', 'invoice'), ('state__in', ['issued', 'credited'])), _connector='OR'), name='invoice_communication_when_payable'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('gross', django.db.models.expressions.CombinedExpression(models.F('net'), '+', models.F('vat')))), name='invoice_totals_add_up'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('cooperative', 'kind', 'number'), name='invoice_number_unique'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(condition=models.Q(('structured_communication', ''), _negated=True), fields=('structured_communication',), name='invoice_communication_unique'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoice',
            trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(execute="guard_frozen('state', 'issued,credited', 'state')", func='RETURN NULL;', hash='77f77e09a51f1d8788700bc0fcf76d972f5c3059', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_ccb60', table='invoicing_invoice', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='invoiceevent',
            index=models.Index(fields=['invoice', 'at'], name='invoice_event_in_order'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoiceevent',
            trigger=pgtrigger.compiler.Trigger(name='of_the_past', sql=pgtrigger.compiler.UpsertTriggerSql(execute='guard_invoice_event()', func='RETURN NULL;', hash='0aa88c36c77d16325cd8bac9aff52343e435c8f7', operation='UPDATE OR DELETE', pgid='pgtrigger_of_the_past_44d1d', table='invoicing_invoiceevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.CheckConstraint(condition=models.Q(('currency', 'EUR')), name='invoice_line_in_euro'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.UniqueConstraint(fields=('invoice', 'position'), name='invoice_line_position_unique'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.CheckConstraint(condition=models.Q(('unit_price__gte', 0)), name='invoice_line_price_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.CheckConstraint(condition=models.Q(('discount_percent__gte', 0), ('discount_percent__lte', 100)), name='invoice_line_discount'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoiceline',
            trigger=pgtrigger.compiler.Trigger(name='of_a_draft', sql=pgtrigger.compiler.UpsertTriggerSql(execute='guard_invoice_line()', func='RETURN NULL;', hash='28f08129c622c18944464177ea65c4496f5dac1d', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_of_a_draft_9351a', table='invoicing_invoiceline', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='validationrule',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='validation_rule_ordered'),
        ),
        migrations.AddConstraint(
            model_name='validationrule',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('activity', '='), (models.Func(models.F('valid_from'), models.F('valid_until'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='validation_rule_no_overlap'),
        ),
    ]
