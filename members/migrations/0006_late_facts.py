"""Facts recorded after the pay of their month: what, from which day on, why, by whom."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('entities', '0003_policy_names'),
        ('members', '0005_work_declarations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LateFact',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('what', models.CharField(choices=[('situation', 'Family situation'), ('contract', 'Contract'), ('amendment', 'Amendment of the contract'), ('end', 'End of the contract')], max_length=10, verbose_name='what')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('reason', models.TextField(verbose_name='why it was recorded late')),
                ('recorded_at', models.DateTimeField()),
                ('cooperative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='entities.cooperative')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='late_facts', to='members.person')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='latefact',
            index=models.Index(fields=['cooperative', '-recorded_at'], name='late_fact_by_cooperative'),
        ),
        migrations.AddConstraint(
            model_name='latefact',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='late_fact_has_reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='latefact',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(execute='guard_append_only()', func='RETURN NULL;', hash='357146832cd7a5101d26d9920736975879ad8939', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_235c5', table='members_latefact', when='BEFORE')),
        ),
    ]
