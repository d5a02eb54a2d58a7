"""Quotes: what they offer, the answers to them, their links, and the invoices made from them."""

import uuid
import django.db.models.deletion
from django.db import migrations, models
import coop.access.crypto
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from pathlib import Path

from coop.guards import functions

INVOICING = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):

    dependencies = [
        ('invoicing', '0005_catalogue'),
        ('entities', '0003_policy_names'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *functions(INVOICING / 'sql', 'guard_part_of_quote', 'guard_quote_event', 'guard_quote_link'),
        migrations.CreateModel(
            name='Quote',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('draft', 'draft'), ('sent', 'sent'), ('accepted', 'accepted'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], default='draft', max_length=10, verbose_name='state')),
                ('number', models.CharField(blank=True, max_length=40, verbose_name='number')),
                ('valid_until', models.DateField(blank=True, help_text='the last day on which it can be accepted', null=True, verbose_name='valid until')),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='customer’s reference')),
                ('note', models.TextField(blank=True, max_length=1000, verbose_name='note')),
                ('net', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='excluding VAT')),
                ('vat', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='VAT')),
                ('gross', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='including VAT')),
                ('unread', models.JSONField(default=dict, help_text='what was typed in a draft and could not be read, by field')),
                ('version', models.PositiveIntegerField(default=1, help_text='counts the changes, so that none is overwritten unseen')),
                ('created_at', models.DateTimeField()),
                ('saved_at', models.DateTimeField()),
                ('sent_on', models.DateField(blank=True, null=True, verbose_name='date')),
                ('sent_at', models.DateTimeField(null=True)),
                ('language', models.CharField(blank=True, choices=[('fr', 'French'), ('nl', 'Dutch'), ('en', 'English')], max_length=2)),
                ('seller', models.JSONField(default=dict)),
                ('buyer', models.JSONField(default=dict)),
                ('breakdown', models.JSONField(default=list, help_text='base and VAT per category and rate')),
                ('mentions', models.JSONField(default=list)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_name', models.CharField(blank=True, help_text='who answered for the customer', max_length=120, verbose_name='name')),
                ('answered_from', models.GenericIPAddressField(help_text='address of the browser that answered', null=True)),
                ('answer_note', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='entities.activity')),
                ('answered_by', models.ForeignKey(help_text='who recorded the answer on the customer’s behalf; empty: the customer’s page', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cooperative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='entities.cooperative')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='invoicing.customer')),
                ('sent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Instalment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('label', models.CharField(max_length=120, verbose_name='when')),
                ('percent', models.DecimalField(decimal_places=4, max_digits=7, verbose_name='share (%)')),
                ('planned_on', models.DateField(blank=True, null=True, verbose_name='planned on')),
                ('quote', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='instalments', to='invoicing.quote')),
            ],
        ),
        migrations.CreateModel(
            name='QuoteEvent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('created', 'Drafted'), ('sent', 'Sent'), ('shared', 'Link made for the customer'), ('mailed', 'Sent to the customer by e-mail'), ('opened', 'Opened through the customer’s link'), ('accepted', 'Accepted'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('charged', 'Invoice drafted')], max_length=10)),
                ('at', models.DateTimeField()),
                ('comment', models.TextField(blank=True, max_length=1000)),
                ('by', models.ForeignKey(help_text='empty: the customer, or by itself', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('quote', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='invoicing.quote')),
            ],
        ),
        migrations.CreateModel(
            name='QuoteInvoice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('part', models.CharField(choices=[('whole', 'the whole'), ('deposit', 'deposit'), ('final', 'final invoice')], max_length=8, verbose_name='part')),
                ('takes_off', models.JSONField(default=list, help_text='of a final invoice: id, number, date and net amount of each invoice that it takes off')),
                ('above_reason', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField()),
                ('instalment', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='charge', to='invoicing.instalment')),
                ('invoice', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='quoted', to='invoicing.invoice')),
                ('quote', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='invoicing.quote')),
            ],
        ),
        migrations.CreateModel(
            name='QuoteLine',
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
                ('operation', models.CharField(blank=True, help_text='frozen when sent', max_length=20, verbose_name='VAT')),
                ('category', models.CharField(blank=True, help_text='of the VAT, frozen when sent', max_length=2)),
                ('rate', models.DecimalField(decimal_places=4, help_text='of the VAT, frozen when sent', max_digits=5, null=True)),
                ('quote', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='invoicing.quote')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='QuoteLink',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('secret', coop.access.crypto.EncryptedField()),
                ('digest', models.CharField(help_text='SHA-256 of the secret', max_length=64, unique=True)),
                ('expires_on', models.DateField(help_text='after it the link shows nothing any more')),
                ('created_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('opened_at', models.DateTimeField(help_text='first', null=True)),
                ('opened_last_at', models.DateTimeField(null=True)),
                ('mail_to', models.EmailField(blank=True, max_length=254)),
                ('mail_wanted_at', models.DateTimeField(null=True)),
                ('mail_attempts', models.PositiveSmallIntegerField(default=0)),
                ('mail_next_at', models.DateTimeField(help_text='not tried before', null=True)),
                ('mailed_at', models.DateTimeField(null=True)),
                ('quote', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='invoicing.quote')),
            ],
        ),
        migrations.AddIndex(
            model_name='quote',
            index=models.Index(fields=['activity', '-created_at'], name='quote_by_activity'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number', ''), ('sent_on__isnull', True), ('state', 'draft')), models.Q(models.Q(('state', 'draft'), _negated=True), models.Q(('number', ''), _negated=True), ('sent_on__isnull', False), ('valid_until__gte', models.F('sent_on'))), _connector='OR'), name='quote_number_when_sent'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('state__in', ['accepted', 'refused']), models.Q(('answered_name', ''), _negated=True)), models.Q(('answered_at__isnull', True), ('state__in', ['draft', 'sent', 'withdrawn'])), _connector='OR'), name='quote_answered_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('answered_at__isnull', True), ('answered_from__isnull', False), ('answered_by__isnull', False), _connector='OR'), name='quote_signed_from_somewhere'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('gross', django.db.models.expressions.CombinedExpression(models.F('net'), '+', models.F('vat')))), name='quote_totals_add_up'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('cooperative', 'number'), name='quote_number_unique'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='quote',
            trigger=pgtrigger.compiler.Trigger(name='offered', sql=pgtrigger.compiler.UpsertTriggerSql(execute="guard_frozen('state', 'sent', 'state,answered_at,answered_name,answered_from,answered_by_id,answer_note')", func='RETURN NULL;', hash='496ba2ddb7917228845d213c7f88ec732c9e18f0', operation='UPDATE OR DELETE', pgid='pgtrigger_offered_da6b2', table='invoicing_quote', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='quote',
            trigger=pgtrigger.compiler.Trigger(name='ended', sql=pgtrigger.compiler.UpsertTriggerSql(execute="guard_frozen('state', 'accepted,refused,withdrawn', '')", func='RETURN NULL;', hash='9b958da96fae3389ecab14fa0731f40e78077bb8', operation='UPDATE OR DELETE', pgid='pgtrigger_ended_e2700', table='invoicing_quote', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='instalment',
            constraint=models.UniqueConstraint(fields=('quote', 'position'), name='instalment_position_unique'),
        ),
        migrations.AddConstraint(
            model_name='instalment',
            constraint=models.CheckConstraint(condition=models.Q(('percent__gt', 0), ('percent__lte', 100)), name='instalment_share'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='instalment',
            trigger=pgtrigger.compiler.Trigger(name='of_a_draft', sql=pgtrigger.compiler.UpsertTriggerSql(execute='guard_part_of_quote()', func='RETURN NULL;', hash='d3e1650feaf1eec9dd1c7681a486012c43099f9a', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_of_a_draft_64c18', table='invoicing_instalment', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='quoteevent',
            index=models.Index(fields=['quote', 'at'], name='quote_event_in_order'),
        ),
        migrations.AddConstraint(
            model_name='quoteevent',
            constraint=models.CheckConstraint(condition=models.Q(('by__isnull', False), ('kind__in', ['shared', 'mailed', 'opened', 'accepted', 'refused']), _connector='OR'), name='quote_event_by_somebody'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='quoteevent',
            trigger=pgtrigger.compiler.Trigger(name='of_the_past', sql=pgtrigger.compiler.UpsertTriggerSql(execute='guard_quote_event()', func='RETURN NULL;', hash='34bcaba3dcba71e1fd61bb7f0a799d291959a3c4', operation='UPDATE OR DELETE', pgid='pgtrigger_of_the_past_6e0fa', table='invoicing_quoteevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='quoteinvoice',
            index=models.Index(fields=['quote', 'created_at'], name='quote_invoice_in_order'),
        ),
        migrations.AddConstraint(
            model_name='quoteinvoice',
            constraint=models.CheckConstraint(condition=models.Q(('instalment__isnull', True), ('part', 'deposit'), _connector='OR'), name='quote_invoice_instalment_is_deposit'),
        ),
        migrations.AddConstraint(
            model_name='quoteline',
            constraint=models.CheckConstraint(condition=models.Q(('unit_price__gte', 0)), name='quoteline_price_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='quoteline',
            constraint=models.CheckConstraint(condition=models.Q(('discount_percent__gte', 0), ('discount_percent__lte', 100)), name='quoteline_discount'),
        ),
        migrations.AddConstraint(
            model_name='quoteline',
            constraint=models.UniqueConstraint(fields=('quote', 'position'), name='quote_line_position_unique'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='quoteline',
            trigger=pgtrigger.compiler.Trigger(name='of_a_draft', sql=pgtrigger.compiler.UpsertTriggerSql(execute='guard_part_of_quote()', func='RETURN NULL;', hash='dd5cac894a4ada0b1e51864bfcb3f396ee522ea8', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_of_a_draft_e2c20', table='invoicing_quoteline', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='quotelink',
            index=models.Index(condition=models.Q(('mail_wanted_at__isnull', False), ('mailed_at__isnull', True)), fields=['mail_wanted_at'], name='quote_link_to_mail'),
        ),
        migrations.AddConstraint(
            model_name='quotelink',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mail_wanted_at__isnull', True), ('mailed_at__isnull', True)), models.Q(('mail_wanted_at__isnull', False), models.Q(('mail_to', ''), _negated=True)), _connector='OR'), name='quote_link_mail_has_address'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='quotelink',
            trigger=pgtrigger.compiler.Trigger(name='of_its_quote', sql=pgtrigger.compiler.UpsertTriggerSql(execute='guard_quote_link()', func='RETURN NULL;', hash='e74b56307de20d6353fe670721ebc64681ab4256', operation='UPDATE OR DELETE', pgid='pgtrigger_of_its_quote_d0fb9', table='invoicing_quotelink', when='BEFORE')),
        ),
    ]
