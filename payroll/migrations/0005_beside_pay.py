"""Allowances, wage attachments and deductions: what stands between the net and what is paid."""

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

PAYROLL = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0004_readings_of_pay'),
        ('payroll', '0004_first_hires'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *functions(PAYROLL / 'sql', 'guard_withheld', 'guard_claims'),
        migrations.CreateModel(
            name='AllowanceMonth',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('month', models.DateField(help_text='its first day', verbose_name='month')),
                ('kilometres', models.DecimalField(decimal_places=2, default=0, max_digits=8, verbose_name='kilometres on duty with one’s own car')),
                ('bicycle_days', models.PositiveSmallIntegerField(default=0, verbose_name='days to work by bicycle')),
                ('vouchers', models.PositiveSmallIntegerField(default=0, verbose_name='meal vouchers')),
                ('entered_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='AllowanceMonthEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('month', models.DateField(help_text='its first day', verbose_name='month')),
                ('kilometres', models.DecimalField(decimal_places=2, default=0, max_digits=8, verbose_name='kilometres on duty with one’s own car')),
                ('bicycle_days', models.PositiveSmallIntegerField(default=0, verbose_name='days to work by bicycle')),
                ('vouchers', models.PositiveSmallIntegerField(default=0, verbose_name='meal vouchers')),
                ('entered_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AllowanceTerms',
            fields=[
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until (excluded)')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('car_rate', models.DecimalField(decimal_places=4, max_digits=5, null=True, verbose_name='own car, EUR per kilometre')),
                ('car_index', models.CharField(choices=[('quarterly', 'of the quarter'), ('yearly', 'of the year')], default='quarterly', max_length=10, verbose_name='legal rate that is followed')),
                ('bicycle_rate', models.DecimalField(decimal_places=4, max_digits=5, null=True, verbose_name='bicycle, EUR per kilometre')),
                ('bicycle_kilometres', models.DecimalField(decimal_places=2, max_digits=8, null=True, verbose_name='kilometres a day by bicycle')),
                ('home_working', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='home working, EUR a month')),
                ('voucher_employer', models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name='meal voucher, share of the employer (EUR)')),
                ('voucher_worker', models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name='meal voucher, share of the worker (EUR)')),
            ],
            options={
                'verbose_name_plural': 'allowance terms',
            },
        ),
        migrations.CreateModel(
            name='AllowanceTermsEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until (excluded)')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('car_rate', models.DecimalField(decimal_places=4, max_digits=5, null=True, verbose_name='own car, EUR per kilometre')),
                ('car_index', models.CharField(choices=[('quarterly', 'of the quarter'), ('yearly', 'of the year')], default='quarterly', max_length=10, verbose_name='legal rate that is followed')),
                ('bicycle_rate', models.DecimalField(decimal_places=4, max_digits=5, null=True, verbose_name='bicycle, EUR per kilometre')),
                ('bicycle_kilometres', models.DecimalField(decimal_places=2, max_digits=8, null=True, verbose_name='kilometres a day by bicycle')),
                ('home_working', models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='home working, EUR a month')),
                ('voucher_employer', models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name='meal voucher, share of the employer (EUR)')),
                ('voucher_worker', models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name='meal voucher, share of the worker (EUR)')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PayDeduction',
            fields=[
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until (excluded)')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('advance', 'advance on pay'), ('fine', 'fine under the work rules'), ('damages', 'damages'), ('guarantee', 'guarantee')], max_length=10, verbose_name='kind')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='amount (EUR)')),
                ('per_month', models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name='at most a month (EUR)')),
                ('limit', models.CharField(choices=[('one_fifth', 'at most one fifth of the payment'), ('fraud', 'fraud of the worker: no limit'), ('left_before_settlement', 'left before the damages were settled: no limit')], default='one_fifth', max_length=24, verbose_name='limit')),
                ('reason', models.TextField(verbose_name='reason')),
            ],
        ),
        migrations.CreateModel(
            name='PayDeductionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until (excluded)')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('kind', models.CharField(choices=[('advance', 'advance on pay'), ('fine', 'fine under the work rules'), ('damages', 'damages'), ('guarantee', 'guarantee')], max_length=10, verbose_name='kind')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='amount (EUR)')),
                ('per_month', models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name='at most a month (EUR)')),
                ('limit', models.CharField(choices=[('one_fifth', 'at most one fifth of the payment'), ('fraud', 'fraud of the worker: no limit'), ('left_before_settlement', 'left before the damages were settled: no limit')], default='one_fifth', max_length=24, verbose_name='limit')),
                ('reason', models.TextField(verbose_name='reason')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='WageAttachment',
            fields=[
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until (excluded)')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('ordinary', 'ordinary debt'), ('maintenance', 'maintenance debt')], max_length=12, verbose_name='kind')),
                ('creditor', models.CharField(max_length=120, verbose_name='to pay to')),
                ('iban', models.CharField(max_length=34, verbose_name='IBAN')),
                ('reference', models.CharField(max_length=40, verbose_name='reference of the creditor')),
                ('claim', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='claim (EUR)')),
                ('children', models.PositiveSmallIntegerField(default=0, verbose_name='dependent children declared')),
            ],
        ),
        migrations.CreateModel(
            name='WageAttachmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until (excluded)')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('kind', models.CharField(choices=[('ordinary', 'ordinary debt'), ('maintenance', 'maintenance debt')], max_length=12, verbose_name='kind')),
                ('creditor', models.CharField(max_length=120, verbose_name='to pay to')),
                ('iban', models.CharField(max_length=34, verbose_name='IBAN')),
                ('reference', models.CharField(max_length=40, verbose_name='reference of the creditor')),
                ('claim', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='claim (EUR)')),
                ('children', models.PositiveSmallIntegerField(default=0, verbose_name='dependent children declared')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Withheld',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='amount (EUR)')),
            ],
            options={
                'verbose_name_plural': 'withheld',
            },
        ),
        migrations.AddField(
            model_name='payslip',
            name='expenses',
            field=models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name='expenses beside pay'),
        ),
        migrations.AddField(
            model_name='payslip',
            name='payment_facts',
            field=models.JSONField(null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='payslip',
            trigger=pgtrigger.compiler.Trigger(name='claims', sql=pgtrigger.compiler.UpsertTriggerSql(execute='guard_claims()', func='RETURN NULL;', hash='de86aa6e3365dfdbd630c05e9f6d13f2775954d7', operation='UPDATE', pgid='pgtrigger_claims_e82fb', table='payroll_payslip', when='AFTER')),
        ),
        migrations.AddField(
            model_name='allowancemonth',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allowance_months', to='members.employmentcontract'),
        ),
        migrations.AddField(
            model_name='allowancemonth',
            name='entered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='allowancemonthevent',
            name='contract',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='members.employmentcontract'),
        ),
        migrations.AddField(
            model_name='allowancemonthevent',
            name='entered_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='allowancemonthevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='allowancemonthevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='payroll.allowancemonth'),
        ),
        migrations.AddField(
            model_name='allowanceterms',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allowance_terms', to='members.employmentcontract'),
        ),
        migrations.AddField(
            model_name='allowancetermsevent',
            name='contract',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='members.employmentcontract'),
        ),
        migrations.AddField(
            model_name='allowancetermsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='allowancetermsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='payroll.allowanceterms'),
        ),
        migrations.AddField(
            model_name='paydeduction',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deductions', to='members.employmentcontract'),
        ),
        migrations.AddField(
            model_name='paydeductionevent',
            name='contract',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='members.employmentcontract'),
        ),
        migrations.AddField(
            model_name='paydeductionevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='paydeductionevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='payroll.paydeduction'),
        ),
        migrations.AddField(
            model_name='wageattachment',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='members.employmentcontract'),
        ),
        migrations.AddField(
            model_name='wageattachmentevent',
            name='contract',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='members.employmentcontract'),
        ),
        migrations.AddField(
            model_name='wageattachmentevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='wageattachmentevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='payroll.wageattachment'),
        ),
        migrations.AddField(
            model_name='withheld',
            name='attachment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='withheld', to='payroll.wageattachment'),
        ),
        migrations.AddField(
            model_name='withheld',
            name='deduction',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='withheld', to='payroll.paydeduction'),
        ),
        migrations.AddField(
            model_name='withheld',
            name='payslip',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='withheld', to='payroll.payslip'),
        ),
        migrations.AddConstraint(
            model_name='allowancemonth',
            constraint=models.UniqueConstraint(fields=('contract', 'month'), name='allowance_month_unique'),
        ),
        migrations.AddConstraint(
            model_name='allowancemonth',
            constraint=models.CheckConstraint(condition=models.Q(('month__day', 1)), name='allowance_month_first_day'),
        ),
        migrations.AddConstraint(
            model_name='allowancemonth',
            constraint=models.CheckConstraint(condition=models.Q(('kilometres__gte', 0), ('bicycle_days__lte', 31), ('vouchers__lte', 31)), name='allowance_month_possible'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='allowancemonth',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payroll_allowancemonthevent" ("bicycle_days", "contract_id", "entered_at", "entered_by_id", "id", "kilometres", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "vouchers") VALUES (NEW."bicycle_days", NEW."contract_id", NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."kilometres", NEW."month", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."vouchers"); RETURN NULL;', hash='1f0c4fa0f9449881e89672aba54e1b692f7bd697', operation='INSERT', pgid='pgtrigger_insert_insert_1ac2b', table='payroll_allowancemonth', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='allowancemonth',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "payroll_allowancemonthevent" ("bicycle_days", "contract_id", "entered_at", "entered_by_id", "id", "kilometres", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "vouchers") VALUES (NEW."bicycle_days", NEW."contract_id", NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."kilometres", NEW."month", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."vouchers"); RETURN NULL;', hash='6c68d13b8f5f6e015367925ace41a36937930b39', operation='UPDATE', pgid='pgtrigger_update_update_374b6', table='payroll_allowancemonth', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='allowanceterms',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='allowance_terms_ordered'),
        ),
        migrations.AddConstraint(
            model_name='allowanceterms',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('contract', '='), (models.Func(models.F('valid_from'), models.F('valid_until'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='allowance_terms_no_overlap'),
        ),
        migrations.AddConstraint(
            model_name='allowanceterms',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__day', 1)), name='allowance_terms_first_day'),
        ),
        migrations.AddConstraint(
            model_name='allowanceterms',
            constraint=models.CheckConstraint(condition=models.Q(('home_working__gte', 0), models.Q(('car_rate__isnull', True), ('car_rate__gt', 0), _connector='OR'), models.Q(models.Q(('bicycle_kilometres__isnull', True), ('bicycle_rate__isnull', True)), models.Q(('bicycle_kilometres__gt', 0), ('bicycle_rate__gt', 0)), _connector='OR'), models.Q(models.Q(('voucher_employer__isnull', True), ('voucher_worker__isnull', True)), models.Q(('voucher_employer__gte', 0), ('voucher_worker__gte', 0)), _connector='OR')), name='allowance_terms_whole'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='allowanceterms',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payroll_allowancetermsevent" ("bicycle_kilometres", "bicycle_rate", "car_index", "car_rate", "contract_id", "home_working", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "valid_until", "voucher_employer", "voucher_worker") VALUES (NEW."bicycle_kilometres", NEW."bicycle_rate", NEW."car_index", NEW."car_rate", NEW."contract_id", NEW."home_working", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."valid_from", NEW."valid_until", NEW."voucher_employer", NEW."voucher_worker"); RETURN NULL;', hash='6f8c69d92a721bca71e7c08b828726c75aa3d812', operation='INSERT', pgid='pgtrigger_insert_insert_8b462', table='payroll_allowanceterms', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='allowanceterms',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "payroll_allowancetermsevent" ("bicycle_kilometres", "bicycle_rate", "car_index", "car_rate", "contract_id", "home_working", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "valid_until", "voucher_employer", "voucher_worker") VALUES (NEW."bicycle_kilometres", NEW."bicycle_rate", NEW."car_index", NEW."car_rate", NEW."contract_id", NEW."home_working", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."valid_from", NEW."valid_until", NEW."voucher_employer", NEW."voucher_worker"); RETURN NULL;', hash='0b98804c09b4a030e80c0460f90d0c37136094ac', operation='UPDATE', pgid='pgtrigger_update_update_7062f', table='payroll_allowanceterms', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='paydeduction',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='pay_deduction_ordered'),
        ),
        migrations.AddConstraint(
            model_name='paydeduction',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__day', 1)), name='pay_deduction_first_day'),
        ),
        migrations.AddConstraint(
            model_name='paydeduction',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), models.Q(('per_month__isnull', True), ('per_month__gt', 0), _connector='OR')), name='pay_deduction_positive'),
        ),
        migrations.AddConstraint(
            model_name='paydeduction',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='pay_deduction_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='paydeduction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('limit', 'left_before_settlement'), _negated=True), ('kind', 'damages'), _connector='OR'), name='pay_deduction_limit_of_kind'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paydeduction',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payroll_paydeductionevent" ("amount", "contract_id", "id", "kind", "limit", "per_month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "valid_from", "valid_until") VALUES (NEW."amount", NEW."contract_id", NEW."id", NEW."kind", NEW."limit", NEW."per_month", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='5ce9d9b4f92eb7497fc780e614af745551af1f1a', operation='INSERT', pgid='pgtrigger_insert_insert_ed290', table='payroll_paydeduction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paydeduction',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "payroll_paydeductionevent" ("amount", "contract_id", "id", "kind", "limit", "per_month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "valid_from", "valid_until") VALUES (NEW."amount", NEW."contract_id", NEW."id", NEW."kind", NEW."limit", NEW."per_month", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='66c0946a2bbbf69bc008e0e79d332f709269a2eb', operation='UPDATE', pgid='pgtrigger_update_update_4ad1c', table='payroll_paydeduction', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='wageattachment',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='wage_attachment_ordered'),
        ),
        migrations.AddConstraint(
            model_name='wageattachment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('contract', '='), (models.Func(models.F('valid_from'), models.F('valid_until'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='wage_attachment_no_overlap'),
        ),
        migrations.AddConstraint(
            model_name='wageattachment',
            constraint=models.CheckConstraint(condition=models.Q(('claim__gt', 0)), name='wage_attachment_claim_positive'),
        ),
        migrations.AddConstraint(
            model_name='wageattachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('creditor', ''), _negated=True), models.Q(('iban', ''), _negated=True), models.Q(('reference', ''), _negated=True)), name='wage_attachment_to_pay'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wageattachment',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payroll_wageattachmentevent" ("children", "claim", "contract_id", "creditor", "iban", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "valid_from", "valid_until") VALUES (NEW."children", NEW."claim", NEW."contract_id", NEW."creditor", NEW."iban", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='66f67606a1d4f778907c35ee07f1c15293f97773', operation='INSERT', pgid='pgtrigger_insert_insert_e6ebe', table='payroll_wageattachment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wageattachment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "payroll_wageattachmentevent" ("children", "claim", "contract_id", "creditor", "iban", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "valid_from", "valid_until") VALUES (NEW."children", NEW."claim", NEW."contract_id", NEW."creditor", NEW."iban", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='2eb7cf036e6243a93ef18134bfa50a75a854b13c', operation='UPDATE', pgid='pgtrigger_update_update_77911', table='payroll_wageattachment', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='withheld',
            constraint=models.UniqueConstraint(fields=('payslip', 'attachment'), name='withheld_once_for_attachment'),
        ),
        migrations.AddConstraint(
            model_name='withheld',
            constraint=models.UniqueConstraint(fields=('payslip', 'deduction'), name='withheld_once_for_deduction'),
        ),
        migrations.AddConstraint(
            model_name='withheld',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='withheld_positive'),
        ),
        migrations.AddConstraint(
            model_name='withheld',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('attachment__isnull', True), ('deduction__isnull', False)), models.Q(('attachment__isnull', False), ('deduction__isnull', True)), _connector='OR'), name='withheld_for_one'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='withheld',
            trigger=pgtrigger.compiler.Trigger(name='with_payslip', sql=pgtrigger.compiler.UpsertTriggerSql(execute='guard_withheld()', func='RETURN NULL;', hash='b14e502b26322177a5a0c4affc4f828af544811b', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_with_payslip_5f093', table='payroll_withheld', when='BEFORE')),
        ),
    ]
