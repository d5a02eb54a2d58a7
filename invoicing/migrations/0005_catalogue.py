"""The services that an activity sells again and again."""

import uuid
import django.db.models.deletion
from django.db import migrations, models
import pgtrigger.compiler
import pgtrigger.migrations


class Migration(migrations.Migration):

    dependencies = [
        ('invoicing', '0004_vat_decided'),
        ('entities', '0003_policy_names'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Service',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name_fr', models.CharField(blank=True, max_length=200, verbose_name='name in French')),
                ('name_nl', models.CharField(blank=True, max_length=200, verbose_name='name in Dutch')),
                ('name_en', models.CharField(blank=True, max_length=200, verbose_name='name in English')),
                ('unit', models.CharField(choices=[('C62', 'pc'), ('HUR', 'h'), ('DAY', 'day(s)'), ('MON', 'month(s)'), ('KMT', 'km'), ('MTK', 'm²'), ('KGM', 'kg'), ('ZP', 'page(s)'), ('LS', 'fixed price')], default='C62', max_length=3, verbose_name='unit')),
                ('unit_price', models.DecimalField(decimal_places=4, max_digits=16, verbose_name='unit price')),
                ('sale', models.CharField(default='service', max_length=20, verbose_name='what is sold')),
                ('discount_percent', models.DecimalField(decimal_places=4, default=0, max_digits=7, verbose_name='discount (%)')),
                ('version', models.PositiveIntegerField(default=1, help_text='counts the changes, so that none is overwritten unseen')),
                ('created_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(help_text='since then it is offered no more', null=True)),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='entities.activity')),
                ('cooperative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='entities.cooperative')),
            ],
        ),
        migrations.CreateModel(
            name='ServiceEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('name_fr', models.CharField(blank=True, max_length=200, verbose_name='name in French')),
                ('name_nl', models.CharField(blank=True, max_length=200, verbose_name='name in Dutch')),
                ('name_en', models.CharField(blank=True, max_length=200, verbose_name='name in English')),
                ('unit', models.CharField(choices=[('C62', 'pc'), ('HUR', 'h'), ('DAY', 'day(s)'), ('MON', 'month(s)'), ('KMT', 'km'), ('MTK', 'm²'), ('KGM', 'kg'), ('ZP', 'page(s)'), ('LS', 'fixed price')], default='C62', max_length=3, verbose_name='unit')),
                ('unit_price', models.DecimalField(decimal_places=4, max_digits=16, verbose_name='unit price')),
                ('sale', models.CharField(default='service', max_length=20, verbose_name='what is sold')),
                ('discount_percent', models.DecimalField(decimal_places=4, default=0, max_digits=7, verbose_name='discount (%)')),
                ('version', models.PositiveIntegerField(default=1, help_text='counts the changes, so that none is overwritten unseen')),
                ('created_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(help_text='since then it is offered no more', null=True)),
                ('activity', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='entities.activity')),
                ('cooperative', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='entities.cooperative')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoicing.service')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='service',
            index=models.Index(fields=['activity', 'name_fr'], name='service_of_activity'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name_fr', ''), _negated=True), models.Q(('name_nl', ''), _negated=True), models.Q(('name_en', ''), _negated=True), _connector='OR'), name='service_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(('unit_price__gte', 0)), name='service_price_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(('discount_percent__gte', 0), ('discount_percent__lte', 100)), name='service_discount'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('name_fr', ''), _negated=True), ('retired_at__isnull', True)), fields=('activity', 'name_fr'), name='service_name_fr_unique'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('name_nl', ''), _negated=True), ('retired_at__isnull', True)), fields=('activity', 'name_nl'), name='service_name_nl_unique'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('name_en', ''), _negated=True), ('retired_at__isnull', True)), fields=('activity', 'name_en'), name='service_name_en_unique'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='service',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "invoicing_serviceevent" ("activity_id", "cooperative_id", "created_at", "discount_percent", "id", "name_en", "name_fr", "name_nl", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_at", "sale", "unit", "unit_price", "version") VALUES (NEW."activity_id", NEW."cooperative_id", NEW."created_at", NEW."discount_percent", NEW."id", NEW."name_en", NEW."name_fr", NEW."name_nl", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."retired_at", NEW."sale", NEW."unit", NEW."unit_price", NEW."version"); RETURN NULL;', hash='17d9b9deb2e4758511c561ae3c56395fcab2d86a', operation='INSERT', pgid='pgtrigger_insert_insert_7e991', table='invoicing_service', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='service',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "invoicing_serviceevent" ("activity_id", "cooperative_id", "created_at", "discount_percent", "id", "name_en", "name_fr", "name_nl", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_at", "sale", "unit", "unit_price", "version") VALUES (NEW."activity_id", NEW."cooperative_id", NEW."created_at", NEW."discount_percent", NEW."id", NEW."name_en", NEW."name_fr", NEW."name_nl", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."retired_at", NEW."sale", NEW."unit", NEW."unit_price", NEW."version"); RETURN NULL;', hash='d7f241305b7e39aee61b38cd08356d8038e0c11d', operation='UPDATE', pgid='pgtrigger_update_update_07afe', table='invoicing_service', when='AFTER')),
        ),
    ]
