"""Messages to and from Peppol: what leaves, what comes in, what was asked of the network, and their history."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
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
        ('coop', '0001_guards'),
        ('documents', '0002_initial'),
        ('entities', '0003_policy_names'),
        ('invoicing', '0008_reminders'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *functions(INVOICING / 'sql', 'guard_peppol_transmission', 'guard_peppol_received'),
        migrations.CreateModel(
            name='LoopbackMessage',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('message_id', models.CharField(max_length=120, unique=True)),
                ('sender', models.CharField(max_length=60)),
                ('recipient', models.CharField(max_length=60)),
                ('message_type', models.CharField(choices=[('invoice', 'invoice'), ('credit_note', 'credit note'), ('response', 'answer to an invoice'), ('unknown', 'something else')], max_length=12)),
                ('content', models.BinaryField()),
                ('sent_at', models.DateTimeField()),
                ('deliver_at', models.DateTimeField()),
                ('refusal', models.TextField(blank=True)),
                ('times_sent', models.PositiveSmallIntegerField(default=0, help_text='more than once is a fault of the sender')),
                ('copies_left', models.PositiveSmallIntegerField(default=1, help_text='how often it is still handed over')),
            ],
        ),
        migrations.CreateModel(
            name='LoopbackScript',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('recipient', models.CharField(blank=True, help_text='empty: any', max_length=60)),
                ('behaviour', models.CharField(choices=[('time_out_before', 'times out; the message is lost'), ('time_out_after', 'times out; the message has left all the same'), ('refuse', 'refuses the message'), ('delay', 'delivers late'), ('hang', 'takes the message and does not answer'), ('twice', 'hands the message over twice'), ('double', 'hands the message over a second time under another id')], max_length=20)),
                ('seconds', models.PositiveIntegerField(default=0)),
                ('text', models.CharField(blank=True, max_length=200)),
                ('times_left', models.PositiveSmallIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='PeppolEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('queued', 'Waits to be sent by Peppol'), ('in_flight', 'Sent by Peppol'), ('delivered', 'Delivered by Peppol'), ('refused', 'Refused by the Peppol network'), ('failed', 'Not sent by Peppol'), ('answered', 'The customer answered'), ('came', 'Received by Peppol'), ('came_twice', 'Received a second time'), ('assigned', 'Assigned'), ('proposed', 'Proposed'), ('released', 'Given back to be assigned'), ('accepted', 'Accepted for the activity'), ('booked', 'Approved and booked'), ('declined', 'Refused by who approves costs'), ('rejected', 'Refused to the supplier'), ('by_hand', 'Booked by hand'), ('answer_sent', 'Answer to the supplier'), ('answer_delivered', 'The supplier has the answer'), ('answer_failed', 'The answer did not reach the supplier')], max_length=20)),
                ('code', models.CharField(blank=True, choices=[('AB', 'message received'), ('IP', 'in process'), ('UQ', 'question: an answer is awaited'), ('CA', 'accepted under conditions'), ('RE', 'rejected'), ('AP', 'accepted'), ('PD', 'paid')], max_length=2)),
                ('at', models.DateTimeField()),
                ('comment', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='PeppolPolicy',
            fields=[
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until (excluded)')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('network', models.CharField(choices=[('file', 'a folder of files'), ('loopback', 'loopback: only the cooperatives of this installation')], max_length=10, verbose_name='sends and receives by')),
            ],
        ),
        migrations.CreateModel(
            name='PeppolPolicyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until (excluded)')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('network', models.CharField(choices=[('file', 'a folder of files'), ('loopback', 'loopback: only the cooperatives of this installation')], max_length=10, verbose_name='sends and receives by')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Received',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('network', models.CharField(choices=[('file', 'a folder of files'), ('loopback', 'loopback: only the cooperatives of this installation')], max_length=10)),
                ('message_id', models.CharField(max_length=120)),
                ('sender', models.CharField(help_text='participant that the network names', max_length=60)),
                ('message_type', models.CharField(choices=[('invoice', 'invoice'), ('credit_note', 'credit note'), ('response', 'answer to an invoice'), ('unknown', 'something else')], max_length=12)),
                ('received_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('unassigned', 'to assign'), ('assigned', 'to look at'), ('accepted', 'accepted'), ('refused', 'refused'), ('by_hand', 'booked by hand'), ('duplicate', 'came twice'), ('unreadable', 'cannot be read')], max_length=10, verbose_name='state')),
                ('fault', models.TextField(blank=True, help_text='why it cannot be read')),
                ('findings', models.JSONField(default=list, help_text='what our check says: severity and sentence')),
                ('obstacles', models.JSONField(default=list, help_text='why it is not booked from here: codes of judging.OBSTACLES')),
                ('seller_name', models.CharField(blank=True, max_length=120)),
                ('seller_vat_number', models.CharField(blank=True, max_length=20)),
                ('seller_participant', models.CharField(blank=True, max_length=60)),
                ('number', models.CharField(blank=True, max_length=40)),
                ('reference', models.CharField(blank=True, max_length=120)),
                ('dated_on', models.DateField(null=True)),
                ('due_on', models.DateField(null=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('net', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('vat', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('gross', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('evidence', models.CharField(blank=True, help_text='code of routing.Evidence', max_length=20)),
                ('evidence_text', models.CharField(blank=True, max_length=120)),
                ('reason', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='Transmission',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('network', models.CharField(choices=[('file', 'a folder of files'), ('loopback', 'loopback: only the cooperatives of this installation')], max_length=10)),
                ('code', models.CharField(blank=True, choices=[('AB', 'message received'), ('IP', 'in process'), ('UQ', 'question: an answer is awaited'), ('CA', 'accepted under conditions'), ('RE', 'rejected'), ('AP', 'accepted'), ('PD', 'paid')], max_length=2)),
                ('content', models.TextField(blank=True, help_text='of an answer; a document is read from its file')),
                ('message_type', models.CharField(choices=[('invoice', 'invoice'), ('credit_note', 'credit note'), ('response', 'answer to an invoice'), ('unknown', 'something else')], max_length=12)),
                ('sender', models.CharField(max_length=60)),
                ('recipient', models.CharField(max_length=60)),
                ('state', models.CharField(choices=[('queued', 'waits to be sent'), ('in_flight', 'on its way'), ('delivered', 'delivered'), ('refused', 'refused by the network'), ('failed', 'not sent')], default='queued', max_length=10)),
                ('failure', models.CharField(blank=True, choices=[('not_found', 'The receiver is not on Peppol.'), ('no_answer', 'The network did not answer.')], max_length=10)),
                ('reason', models.TextField(blank=True, help_text='what the network said')),
                ('attempts', models.PositiveIntegerField(default=0, help_text='how often it was or may have been sent or asked about')),
                ('unanswered', models.PositiveSmallIntegerField(default=0, help_text='attempts in a row without an answer')),
                ('lease_until', models.DateTimeField(help_text='a worker is sending it until then', null=True)),
                ('next_at', models.DateTimeField(help_text='not tried before')),
                ('created_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, choices=[('AB', 'message received'), ('IP', 'in process'), ('UQ', 'question: an answer is awaited'), ('CA', 'accepted under conditions'), ('RE', 'rejected'), ('AP', 'accepted'), ('PD', 'paid')], help_text="the customer's last", max_length=2)),
            ],
        ),
        migrations.CreateModel(
            name='CustomerAnswer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('network', models.CharField(choices=[('file', 'a folder of files'), ('loopback', 'loopback: only the cooperatives of this installation')], max_length=10)),
                ('message_id', models.CharField(max_length=120)),
                ('code', models.CharField(choices=[('AB', 'message received'), ('IP', 'in process'), ('UQ', 'question: an answer is awaited'), ('CA', 'accepted under conditions'), ('RE', 'rejected'), ('AP', 'accepted'), ('PD', 'paid')], max_length=2)),
                ('reason', models.TextField(blank=True)),
                ('content', models.TextField()),
                ('received_at', models.DateTimeField()),
                ('cooperative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='entities.cooperative')),
            ],
        ),
        migrations.CreateModel(
            name='Lookup',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('network', models.CharField(choices=[('file', 'a folder of files'), ('loopback', 'loopback: only the cooperatives of this installation')], max_length=10)),
                ('participant', models.CharField(help_text='scheme and number: 0208:0123456749', max_length=60)),
                ('message_type', models.CharField(choices=[('invoice', 'invoice'), ('credit_note', 'credit note'), ('response', 'answer to an invoice'), ('unknown', 'something else')], max_length=12)),
                ('found', models.BooleanField()),
                ('answer', models.TextField(help_text='as it came')),
                ('asked_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['network', 'participant', 'message_type', '-asked_at'], name='lookup_newest')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lookup',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(execute='guard_append_only()', func='RETURN NULL;', hash='f66d64f52f2238e0e66032c3c06a1c85110a0924', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_09bea', table='invoicing_lookup', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='loopbackmessage',
            index=models.Index(condition=models.Q(('copies_left__gt', 0)), fields=['recipient'], name='loopback_to_fetch'),
        ),
        migrations.AddField(
            model_name='peppolevent',
            name='by',
            field=models.ForeignKey(help_text='empty: by itself', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='peppolpolicy',
            name='cooperative',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='peppol_policies', to='entities.cooperative'),
        ),
        migrations.AddField(
            model_name='peppolpolicyevent',
            name='cooperative',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='entities.cooperative'),
        ),
        migrations.AddField(
            model_name='peppolpolicyevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='peppolpolicyevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoicing.peppolpolicy'),
        ),
        migrations.AddField(
            model_name='received',
            name='activity',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='peppol_received', to='entities.activity'),
        ),
        migrations.AddField(
            model_name='received',
            name='cooperative',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='peppol_received', to='entities.cooperative'),
        ),
        migrations.AddField(
            model_name='received',
            name='document',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document'),
        ),
        migrations.AddField(
            model_name='received',
            name='duplicate_of',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoicing.received'),
        ),
        migrations.AddField(
            model_name='received',
            name='proposed',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='entities.activity'),
        ),
        migrations.AddField(
            model_name='received',
            name='supplier_invoice',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='peppol_received', to='invoicing.supplierinvoice'),
        ),
        migrations.AddField(
            model_name='peppolevent',
            name='received',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='invoicing.received'),
        ),
        migrations.AddField(
            model_name='transmission',
            name='cooperative',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='peppol_transmissions', to='entities.cooperative'),
        ),
        migrations.AddField(
            model_name='transmission',
            name='invoice',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transmission', to='invoicing.invoice'),
        ),
        migrations.AddField(
            model_name='transmission',
            name='lookup',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoicing.lookup'),
        ),
        migrations.AddField(
            model_name='transmission',
            name='received',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='invoicing.received'),
        ),
        migrations.AddField(
            model_name='peppolevent',
            name='transmission',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='invoicing.transmission'),
        ),
        migrations.AddField(
            model_name='customeranswer',
            name='transmission',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='customer_answers', to='invoicing.transmission'),
        ),
        migrations.AddConstraint(
            model_name='peppolpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='peppol_policy_ordered'),
        ),
        migrations.AddConstraint(
            model_name='peppolpolicy',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('cooperative', '='), (models.Func(models.F('valid_from'), models.F('valid_until'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='peppol_policy_no_overlap'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='peppolpolicy',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "invoicing_peppolpolicyevent" ("cooperative_id", "id", "network", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "valid_until") VALUES (NEW."cooperative_id", NEW."id", NEW."network", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='6c0ead62be673fcb9fb22533a29acc2fa438f744', operation='INSERT', pgid='pgtrigger_insert_insert_25b83', table='invoicing_peppolpolicy', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='peppolpolicy',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "invoicing_peppolpolicyevent" ("cooperative_id", "id", "network", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "valid_until") VALUES (NEW."cooperative_id", NEW."id", NEW."network", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='ac372b8cdf7aed7abbd08ede98bb44d63026bafd', operation='UPDATE', pgid='pgtrigger_update_update_cfd38', table='invoicing_peppolpolicy', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='received',
            index=models.Index(fields=['cooperative', 'state'], name='peppol_received_by_state'),
        ),
        migrations.AddIndex(
            model_name='received',
            index=models.Index(fields=['activity', 'state'], name='peppol_received_by_activity'),
        ),
        migrations.AddIndex(
            model_name='received',
            index=models.Index(fields=['cooperative', 'number'], name='peppol_received_by_number'),
        ),
        migrations.AddConstraint(
            model_name='received',
            constraint=models.UniqueConstraint(fields=('cooperative', 'network', 'message_id'), name='peppol_received_once'),
        ),
        migrations.AddConstraint(
            model_name='received',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('activity__isnull', False), ('state', 'accepted'), ('supplier_invoice__isnull', False)), models.Q(('state', 'accepted'), _negated=True), _connector='OR'), name='peppol_received_booked_by_activity'),
        ),
        migrations.AddConstraint(
            model_name='received',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'assigned'), _negated=True), ('activity__isnull', False), _connector='OR'), name='peppol_received_assigned'),
        ),
        migrations.AddConstraint(
            model_name='received',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['duplicate', 'unreadable']), _negated=True), ('supplier_invoice__isnull', True), _connector='OR'), name='peppol_received_never_booked'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='received',
            trigger=pgtrigger.compiler.Trigger(name='as_it_came', sql=pgtrigger.compiler.UpsertTriggerSql(execute='guard_peppol_received()', func='RETURN NULL;', hash='21d4bc1a136775768624c93bcd89257e1229e3d8', operation='UPDATE OR DELETE', pgid='pgtrigger_as_it_came_457d7', table='invoicing_received', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='transmission',
            index=models.Index(condition=models.Q(('state__in', ['queued', 'in_flight'])), fields=['next_at'], name='peppol_to_send'),
        ),
        migrations.AddIndex(
            model_name='transmission',
            index=models.Index(fields=['cooperative', 'state'], name='peppol_transmission_by_state'),
        ),
        migrations.AddConstraint(
            model_name='transmission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('code', ''), ('invoice__isnull', False), ('received__isnull', True)), models.Q(('invoice__isnull', True), ('message_type', 'response'), ('received__isnull', False), models.Q(('code', ''), _negated=True)), _connector='OR'), name='peppol_transmission_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='transmission',
            constraint=models.UniqueConstraint(condition=models.Q(('received__isnull', False)), fields=('received', 'code'), name='peppol_answer_once'),
        ),
        migrations.AddConstraint(
            model_name='transmission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('failure', ''), ('settled_at__isnull', True), ('state__in', ['queued', 'in_flight'])), models.Q(('settled_at__isnull', False), ('state', 'failed'), models.Q(('failure', ''), _negated=True)), models.Q(('failure', ''), ('settled_at__isnull', False), ('state__in', ['delivered', 'refused'])), _connector='OR'), name='peppol_transmission_settled'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='transmission',
            trigger=pgtrigger.compiler.Trigger(name='one_message', sql=pgtrigger.compiler.UpsertTriggerSql(execute='guard_peppol_transmission()', func='RETURN NULL;', hash='a161c04048542b856b25b067edb29423f8c54d86', operation='UPDATE OR DELETE', pgid='pgtrigger_one_message_1bc38', table='invoicing_transmission', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='peppolevent',
            index=models.Index(fields=['transmission', 'at'], name='peppol_event_of_sent'),
        ),
        migrations.AddIndex(
            model_name='peppolevent',
            index=models.Index(fields=['received', 'at'], name='peppol_event_of_received'),
        ),
        migrations.AddConstraint(
            model_name='peppolevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('received__isnull', True), ('transmission__isnull', False)), models.Q(('received__isnull', False), ('transmission__isnull', True)), _connector='OR'), name='peppol_event_of_one_thing'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='peppolevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(execute='guard_append_only()', func='RETURN NULL;', hash='f01c09e6968e0bf4f41c3c6f8305a10d25e90b65', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_89829', table='invoicing_peppolevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='customeranswer',
            constraint=models.UniqueConstraint(fields=('cooperative', 'network', 'message_id'), name='peppol_answer_received_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customeranswer',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(execute='guard_append_only()', func='RETURN NULL;', hash='89b1c55801143ba36ea8f2e1decb8f81aaa41a49', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_20a71', table='invoicing_customeranswer', when='BEFORE')),
        ),
    ]
