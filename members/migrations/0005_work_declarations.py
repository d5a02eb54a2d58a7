"""The declaration of work (Dimona) of a contract: its day and its number."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0004_readings_of_pay'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='WorkDeclaration',
            fields=[
                ('contract', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='declaration', serialize=False, to='members.employmentcontract')),
                ('declared_on', models.DateField(verbose_name='declared on')),
                ('number', models.CharField(blank=True, max_length=20, verbose_name='number of the declaration')),
            ],
        ),
        migrations.CreateModel(
            name='WorkDeclarationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('declared_on', models.DateField(verbose_name='declared on')),
                ('number', models.CharField(blank=True, max_length=20, verbose_name='number of the declaration')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workdeclaration',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "members_workdeclarationevent" ("contract_id", "declared_on", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."contract_id", NEW."declared_on", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."contract_id"); RETURN NULL;', hash='be9b525a39f7f410d2a4575762c275ce1edde34e', operation='INSERT', pgid='pgtrigger_insert_insert_ef248', table='members_workdeclaration', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workdeclaration',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "members_workdeclarationevent" ("contract_id", "declared_on", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."contract_id", NEW."declared_on", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."contract_id"); RETURN NULL;', hash='8eaff8484a6a222d2db825fea77e082b5c4a731d', operation='UPDATE', pgid='pgtrigger_update_update_ecc4d', table='members_workdeclaration', when='AFTER')),
        ),
        migrations.AddField(
            model_name='workdeclarationevent',
            name='contract',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', serialize=False, to='members.employmentcontract'),
        ),
        migrations.AddField(
            model_name='workdeclarationevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='workdeclarationevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='members.workdeclaration'),
        ),
    ]
