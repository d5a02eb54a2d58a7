"""The links by which customers read a document, and what happens to them in its history."""

import coop.access.crypto
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
        ('invoicing', '0002_purchases'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *functions(INVOICING / 'sql', 'guard_customer_link'),
        migrations.CreateModel(
            name='CustomerLink',
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
            ],
        ),
        migrations.AlterField(
            model_name='invoiceevent',
            name='by',
            field=models.ForeignKey(help_text='empty: the customer, or by itself', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='invoiceevent',
            name='kind',
            field=models.CharField(choices=[('created', 'Drafted'), ('submitted', 'Sent to the coach'), ('returned', 'Sent back by the coach'), ('issued', 'Issued'), ('credited', 'Credited'), ('shared', 'Link made for the customer'), ('mailed', 'Sent to the customer by e-mail'), ('opened', 'Opened through the customer’s link'), ('withdrawn', 'Link withdrawn')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='invoiceevent',
            constraint=models.CheckConstraint(condition=models.Q(('by__isnull', False), ('kind__in', ['shared', 'mailed', 'opened']), _connector='OR'), name='invoice_event_by_somebody'),
        ),
        migrations.AddField(
            model_name='customerlink',
            name='created_by',
            field=models.ForeignKey(help_text='empty: the customer asked for a new one', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='customerlink',
            name='invoice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='customer_links', to='invoicing.invoice'),
        ),
        migrations.AddField(
            model_name='customerlink',
            name='revoked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='customerlink',
            index=models.Index(condition=models.Q(('mail_wanted_at__isnull', False), ('mailed_at__isnull', True)), fields=['mail_wanted_at'], name='customer_link_to_mail'),
        ),
        migrations.AddConstraint(
            model_name='customerlink',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('opened_at__isnull', True), ('opened_last_at__isnull', True)), ('opened_last_at__gte', models.F('opened_at')), _connector='OR'), name='customer_link_opened_in_order'),
        ),
        migrations.AddConstraint(
            model_name='customerlink',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mail_wanted_at__isnull', True), ('mailed_at__isnull', True)), models.Q(('mail_wanted_at__isnull', False), models.Q(('mail_to', ''), _negated=True)), _connector='OR'), name='customer_link_mail_has_address'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customerlink',
            trigger=pgtrigger.compiler.Trigger(name='of_its_document', sql=pgtrigger.compiler.UpsertTriggerSql(execute='guard_customer_link()', func='RETURN NULL;', hash='7a8854fc429174ea7b0b7057d8624626f5e8127e', operation='UPDATE OR DELETE', pgid='pgtrigger_of_its_document_4e123', table='invoicing_customerlink', when='BEFORE')),
        ),
    ]
