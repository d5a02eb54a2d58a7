"""The VAT of lines is decided and may be set by hand; rebates and charges on documents; what an activity sells."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import djmoney.models.fields
import djmoney.money
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('entities', '0003_policy_names'),
        ('invoicing', '0003_customer_link'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SalesDefaults',
            fields=[
                ('activity', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='sales_defaults', serialize=False, to='entities.activity')),
                ('sale', models.CharField(default='service', max_length=20, verbose_name='what is sold')),
                ('payment_days', models.PositiveSmallIntegerField(default=30, verbose_name='payment term in days')),
                ('note', models.TextField(blank=True, max_length=1000, verbose_name='note')),
            ],
        ),
        migrations.CreateModel(
            name='SalesDefaultsEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('sale', models.CharField(default='service', max_length=20, verbose_name='what is sold')),
                ('payment_days', models.PositiveSmallIntegerField(default=30, verbose_name='payment term in days')),
                ('note', models.TextField(blank=True, max_length=1000, verbose_name='note')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SellerFact',
            fields=[
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until (excluded)')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('fact', models.CharField(max_length=20, verbose_name='what holds')),
                ('evidence', models.CharField(max_length=200, verbose_name='evidence')),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='SellerFactEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until (excluded)')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('fact', models.CharField(max_length=20, verbose_name='what holds')),
                ('evidence', models.CharField(max_length=200, verbose_name='evidence')),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='customer',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='customer',
            name='update_update',
        ),
        migrations.AddField(
            model_name='customer',
            name='vat_returns',
            field=models.CharField(choices=[('periodic', 'files periodic VAT returns'), ('none', 'files none (franchise, wholly exempt)')], default='periodic', max_length=8, verbose_name='VAT returns'),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='vat_returns',
            field=models.CharField(choices=[('periodic', 'files periodic VAT returns'), ('none', 'files none (franchise, wholly exempt)')], default='periodic', max_length=8, verbose_name='VAT returns'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='charge',
            field=djmoney.models.fields.MoneyField(currency_field_name='currency', decimal_places=2, default=djmoney.money.Money(0, 'EUR'), max_digits=14, verbose_name='charge'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='charge_reason',
            field=models.CharField(blank=True, max_length=100, verbose_name='what the charge is for'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='discount',
            field=djmoney.models.fields.MoneyField(currency_field_name='currency', decimal_places=2, default=djmoney.money.Money(0, 'EUR'), max_digits=14, verbose_name='rebate'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='discount_percent',
            field=models.DecimalField(decimal_places=4, default=0, max_digits=7, verbose_name='rebate (%)'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='discount_reason',
            field=models.CharField(blank=True, max_length=100, verbose_name='reason of the rebate'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='supplied_in',
            field=models.CharField(blank=True, help_text='empty: where the customer is, for property Belgium', max_length=2, verbose_name='country of delivery'),
        ),
        migrations.AddField(
            model_name='invoiceline',
            name='legal_basis',
            field=models.CharField(blank=True, help_text='frozen at issue', max_length=200, verbose_name='legal basis'),
        ),
        migrations.AddField(
            model_name='invoiceline',
            name='ruled',
            field=models.CharField(blank=True, help_text='the operation by the rule when it was last decided', max_length=20),
        ),
        migrations.AddField(
            model_name='invoiceline',
            name='sale',
            field=models.CharField(blank=True, max_length=20, verbose_name='what is sold'),
        ),
        migrations.AddField(
            model_name='invoiceline',
            name='set_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='invoiceline',
            name='set_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invoiceline',
            name='set_reason',
            field=models.CharField(blank=True, help_text='why the rule was set aside', max_length=500, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='invoiceline',
            name='vatex',
            field=models.CharField(blank=True, help_text='code of the exemption, frozen at issue', max_length=30),
        ),
        migrations.AlterField(
            model_name='customer',
            name='kind',
            field=models.CharField(choices=[('business', 'business'), ('private', 'private person'), ('public_body', 'public body'), ('institution', 'European or international institution')], default='business', max_length=12, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='customerevent',
            name='kind',
            field=models.CharField(choices=[('business', 'business'), ('private', 'private person'), ('public_body', 'public body'), ('institution', 'European or international institution')], default='business', max_length=12, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='invoiceevent',
            name='kind',
            field=models.CharField(choices=[('created', 'Drafted'), ('submitted', 'Sent to the coach'), ('returned', 'Sent back by the coach'), ('vat_set', 'VAT set by hand'), ('vat_ruled', 'VAT follows the rule again'), ('issued', 'Issued'), ('credited', 'Credited'), ('shared', 'Link made for the customer'), ('mailed', 'Sent to the customer by e-mail'), ('opened', 'Opened through the customer’s link'), ('withdrawn', 'Link withdrawn')], max_length=10),
        ),
        migrations.AlterField(
            model_name='invoiceline',
            name='operation',
            field=models.CharField(blank=True, help_text='empty: not decided yet', max_length=20, verbose_name='VAT'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "invoicing_customerevent" ("activity_id", "contact", "cooperative_id", "country", "email", "enterprise_number", "id", "kind", "language", "name", "party_id", "payment_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postcode", "reference", "sort_name", "street", "town", "vat_number", "vat_returns", "version") VALUES (NEW."activity_id", NEW."contact", NEW."cooperative_id", NEW."country", NEW."email", NEW."enterprise_number", NEW."id", NEW."kind", NEW."language", NEW."name", NEW."party_id", NEW."payment_days", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."postcode", NEW."reference", NEW."sort_name", NEW."street", NEW."town", NEW."vat_number", NEW."vat_returns", NEW."version"); RETURN NULL;', hash='0141af50b10947b4f59f73142e90ed633f4c03f3', operation='INSERT', pgid='pgtrigger_insert_insert_5ed2b', table='invoicing_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "invoicing_customerevent" ("activity_id", "contact", "cooperative_id", "country", "email", "enterprise_number", "id", "kind", "language", "name", "party_id", "payment_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postcode", "reference", "sort_name", "street", "town", "vat_number", "vat_returns", "version") VALUES (NEW."activity_id", NEW."contact", NEW."cooperative_id", NEW."country", NEW."email", NEW."enterprise_number", NEW."id", NEW."kind", NEW."language", NEW."name", NEW."party_id", NEW."payment_days", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."postcode", NEW."reference", NEW."sort_name", NEW."street", NEW."town", NEW."vat_number", NEW."vat_returns", NEW."version"); RETURN NULL;', hash='03cd20ea9f073e84ad260d8e106cd73ccab2a566', operation='UPDATE', pgid='pgtrigger_update_update_f7bb3', table='invoicing_customer', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('charge__gte', 0), ('discount__gte', 0), ('discount_percent__gte', 0), ('discount_percent__lte', 100)), name='invoice_rebate_and_charge'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('set_at__isnull', True), ('set_by__isnull', True), ('set_reason', '')), models.Q(('set_at__isnull', False), ('set_by__isnull', False), models.Q(('set_reason', ''), _negated=True), models.Q(('operation', ''), _negated=True)), _connector='OR'), name='invoice_line_set_by_somebody_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='salesdefaults',
            constraint=models.CheckConstraint(condition=models.Q(('payment_days__lte', 365)), name='sales_defaults_payment_days'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='salesdefaults',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "invoicing_salesdefaultsevent" ("activity_id", "note", "payment_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sale") VALUES (NEW."activity_id", NEW."note", NEW."payment_days", _pgh_attach_context(), NOW(), \'insert\', NEW."activity_id", NEW."sale"); RETURN NULL;', hash='93ff72ceb4589334bf076dd536c1e08c6a5ab9a0', operation='INSERT', pgid='pgtrigger_insert_insert_cee81', table='invoicing_salesdefaults', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='salesdefaults',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "invoicing_salesdefaultsevent" ("activity_id", "note", "payment_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sale") VALUES (NEW."activity_id", NEW."note", NEW."payment_days", _pgh_attach_context(), NOW(), \'update\', NEW."activity_id", NEW."sale"); RETURN NULL;', hash='581a57b68c8f17a51dba8bc46dcacb6225d1ce23', operation='UPDATE', pgid='pgtrigger_update_update_8d0ee', table='invoicing_salesdefaults', when='AFTER')),
        ),
        migrations.AddField(
            model_name='salesdefaultsevent',
            name='activity',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', serialize=False, to='entities.activity'),
        ),
        migrations.AddField(
            model_name='salesdefaultsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='salesdefaultsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoicing.salesdefaults'),
        ),
        migrations.AddField(
            model_name='sellerfact',
            name='activity',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seller_facts', to='entities.activity'),
        ),
        migrations.AddField(
            model_name='sellerfact',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sellerfactevent',
            name='activity',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='entities.activity'),
        ),
        migrations.AddField(
            model_name='sellerfactevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='sellerfactevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoicing.sellerfact'),
        ),
        migrations.AddField(
            model_name='sellerfactevent',
            name='recorded_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='sellerfact',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='seller_fact_ordered'),
        ),
        migrations.AddConstraint(
            model_name='sellerfact',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('activity', '='), ('fact', '='), (models.Func(models.F('valid_from'), models.F('valid_until'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='seller_fact_no_overlap'),
        ),
        migrations.AddConstraint(
            model_name='sellerfact',
            constraint=models.CheckConstraint(condition=models.Q(('evidence', ''), _negated=True), name='seller_fact_has_evidence'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sellerfact',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "invoicing_sellerfactevent" ("activity_id", "evidence", "fact", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "valid_from", "valid_until") VALUES (NEW."activity_id", NEW."evidence", NEW."fact", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='97b82308f70d6fe9bd88f9d4a6e8d2fb74d010c4', operation='INSERT', pgid='pgtrigger_insert_insert_4c23e', table='invoicing_sellerfact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sellerfact',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "invoicing_sellerfactevent" ("activity_id", "evidence", "fact", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "valid_from", "valid_until") VALUES (NEW."activity_id", NEW."evidence", NEW."fact", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='809c5ed77dee78269c16018539967cf1faf6c68f', operation='UPDATE', pgid='pgtrigger_update_update_aa923', table='invoicing_sellerfact', when='AFTER')),
        ),
    ]
