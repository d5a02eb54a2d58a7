"""What stands between the net and what is paid: allowances beside pay, wage attachments, the employer's own deductions.

What recurs is dated; what varies is a row per contract and month. What is left of a claim is not stored: it is the claim
less what the payslips that count have withheld, so that a payslip that is reversed gives it back.
"""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coop.dated import Dated, no_overlap, range_is_ordered
from coop.entities.models import AMOUNT, Size
from coop.guards import Guard
from coop.ledger.models import OpenItem
from members.models import ContractVersionQuerySet, EmploymentContract, PayQuerySet

RATE_PER_KILOMETRE: Size = {"max_digits": 5, "decimal_places": 4}
KILOMETRES: Size = {"max_digits": 8, "decimal_places": 2}
DAYS_OF_A_MONTH = 31


class OfContractQuerySet(ContractVersionQuerySet):
    """What holds for a contract beside its pay."""


class WithheldQuerySet(PayQuerySet):
    """What payslips have withheld."""

    person_path = "payslip__person"
    cooperative_path = "payslip__cooperative"


@pghistory.track()
class AllowanceTerms(Dated):
    """What a contract grants beside pay, from the first day of a month on; an empty rate or share grants nothing."""

    class CarIndex(models.TextChoices):
        QUARTERLY = "quarterly", _("of the quarter")
        YEARLY = "yearly", _("of the year")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contract = models.ForeignKey(EmploymentContract, on_delete=models.PROTECT, related_name="allowance_terms")
    car_rate = models.DecimalField(_("own car, EUR per kilometre"), **RATE_PER_KILOMETRE, null=True)
    car_index = models.CharField(
        _("legal rate that is followed"), max_length=10, choices=CarIndex, default=CarIndex.QUARTERLY
    )
    bicycle_rate = models.DecimalField(_("bicycle, EUR per kilometre"), **RATE_PER_KILOMETRE, null=True)
    bicycle_kilometres = models.DecimalField(_("kilometres a day by bicycle"), **KILOMETRES, null=True)
    home_working = models.DecimalField(_("home working, EUR a month"), **AMOUNT, default=0)
    voucher_employer = models.DecimalField(_("meal voucher, share of the employer (EUR)"), **AMOUNT, null=True)
    voucher_worker = models.DecimalField(_("meal voucher, share of the worker (EUR)"), **AMOUNT, null=True)

    objects = OfContractQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "allowance terms"
        constraints = [
            range_is_ordered("allowance_terms_ordered"),
            no_overlap("allowance_terms_no_overlap", "contract"),
            models.CheckConstraint(condition=Q(valid_from__day=1), name="allowance_terms_first_day"),
            models.CheckConstraint(
                condition=Q(home_working__gte=0)
                & (Q(car_rate__isnull=True) | Q(car_rate__gt=0))
                & (
                    Q(bicycle_rate__isnull=True, bicycle_kilometres__isnull=True)
                    | Q(bicycle_rate__gt=0, bicycle_kilometres__gt=0)
                )
                & (
                    Q(voucher_employer__isnull=True, voucher_worker__isnull=True)
                    | Q(voucher_employer__gte=0, voucher_worker__gte=0)
                ),
                name="allowance_terms_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"from {self.valid_from}"


@pghistory.track()
class AllowanceMonth(models.Model):
    """What varies from month to month under a contract: kilometres on duty, days by bicycle, meal vouchers."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contract = models.ForeignKey(EmploymentContract, on_delete=models.PROTECT, related_name="allowance_months")
    month = models.DateField(_("month"), help_text=_("its first day"))
    kilometres = models.DecimalField(_("kilometres on duty with one’s own car"), **KILOMETRES, default=0)
    bicycle_days = models.PositiveSmallIntegerField(_("days to work by bicycle"), default=0)
    vouchers = models.PositiveSmallIntegerField(_("meal vouchers"), default=0)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()

    objects = OfContractQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "month"], name="allowance_month_unique"),
            models.CheckConstraint(condition=Q(month__day=1), name="allowance_month_first_day"),
            models.CheckConstraint(
                condition=Q(kilometres__gte=0)
                & Q(bicycle_days__lte=DAYS_OF_A_MONTH)
                & Q(vouchers__lte=DAYS_OF_A_MONTH),
                name="allowance_month_possible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


@pghistory.track()
class WageAttachment(Dated):
    """A wage attachment or assignment served on the employer: to whom it is owed, how much, from a day on.

    One holds at a time: several ordinary creditors are paid through the one who shares among them. ``children`` are the
    dependent children declared for the attachment (Code judiciaire, art. 1409), not those of the tax.
    """

    class Kind(models.TextChoices):
        ORDINARY = "ordinary", pgettext_lazy("wage attachment", "ordinary debt")
        MAINTENANCE = "maintenance", _("maintenance debt")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contract = models.ForeignKey(EmploymentContract, on_delete=models.PROTECT, related_name="attachments")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    creditor = models.CharField(_("to pay to"), max_length=120)
    iban = models.CharField("IBAN", max_length=34)
    reference = models.CharField(_("reference of the creditor"), max_length=40)
    claim = models.DecimalField(_("claim (EUR)"), **AMOUNT)
    children = models.PositiveSmallIntegerField(_("dependent children declared"), default=0)

    objects = OfContractQuerySet.as_manager()

    class Meta:
        constraints = [
            range_is_ordered("wage_attachment_ordered"),
            no_overlap("wage_attachment_no_overlap", "contract"),
            models.CheckConstraint(condition=Q(claim__gt=0), name="wage_attachment_claim_positive"),
            models.CheckConstraint(
                condition=~Q(creditor="") & ~Q(iban="") & ~Q(reference=""), name="wage_attachment_to_pay"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} from {self.valid_from}"


@pghistory.track()
class PayDeduction(Dated):
    """What the employer deducts itself from the first day of a month on, until it is whole or ended.

    Only the kinds of the law of 12 April 1965, art. 23; a recovery gives back, on the account of pay, what is open of an
    ``item`` that the member owes there, as ``decided_by`` somebody of the payroll office. ``limit`` is one fifth of the
    payment, or the exception that was proven. ``per_month``: the most that is asked in a month; empty for all that is left.
    """

    class Kind(models.TextChoices):
        ADVANCE = "advance", _("advance on pay")
        RECOVERY = "recovery", _("paid too much before")
        FINE = "fine", _("fine under the work rules")
        DAMAGES = "damages", _("damages")
        GUARANTEE = "guarantee", _("guarantee")

    class Limit(models.TextChoices):
        ONE_FIFTH = "one_fifth", _("at most one fifth of the payment")
        FRAUD = "fraud", _("fraud of the worker: no limit")
        LEFT = "left_before_settlement", _("left before the damages were settled: no limit")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contract = models.ForeignKey(EmploymentContract, on_delete=models.PROTECT, related_name="deductions")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    amount = models.DecimalField(_("amount (EUR)"), **AMOUNT)
    per_month = models.DecimalField(_("at most a month (EUR)"), **AMOUNT, null=True)
    limit = models.CharField(_("limit"), max_length=24, choices=Limit, default=Limit.ONE_FIFTH)
    reason = models.TextField(_("reason"))
    item = models.ForeignKey(OpenItem, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = OfContractQuerySet.as_manager()

    class Meta:
        constraints = [
            range_is_ordered("pay_deduction_ordered"),
            models.CheckConstraint(
                condition=Q(
                    kind="recovery",
                    limit="one_fifth",
                    item__isnull=False,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                )
                | ~Q(kind="recovery") & Q(item__isnull=True),
                name="pay_deduction_recovery_decided",
            ),
            models.UniqueConstraint(
                fields=["item"], condition=Q(valid_until__isnull=True), name="pay_deduction_recovered_once"
            ),
            models.CheckConstraint(condition=Q(valid_from__day=1), name="pay_deduction_first_day"),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & (Q(per_month__isnull=True) | Q(per_month__gt=0)),
                name="pay_deduction_positive",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="pay_deduction_with_reason"),
            models.CheckConstraint(
                condition=~Q(limit="left_before_settlement") | Q(kind="damages"), name="pay_deduction_limit_of_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} from {self.valid_from}"


class Withheld(models.Model):
    """What a payslip withholds (EUR) for an attachment or for a deduction of the employer; fixed with the payslip."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payslip = models.ForeignKey("Payslip", on_delete=models.CASCADE, related_name="withheld")
    attachment = models.ForeignKey(WageAttachment, on_delete=models.PROTECT, null=True, related_name="withheld")
    deduction = models.ForeignKey(PayDeduction, on_delete=models.PROTECT, null=True, related_name="withheld")
    amount = models.DecimalField(_("amount (EUR)"), **AMOUNT)

    objects = WithheldQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "withheld"
        constraints = [
            models.UniqueConstraint(fields=["payslip", "attachment"], name="withheld_once_for_attachment"),
            models.UniqueConstraint(fields=["payslip", "deduction"], name="withheld_once_for_deduction"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="withheld_positive"),
            models.CheckConstraint(
                condition=Q(attachment__isnull=True, deduction__isnull=False)
                | Q(attachment__isnull=False, deduction__isnull=True),
                name="withheld_for_one",
            ),
        ]
        triggers = [
            Guard(
                name="with_payslip",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                function="guard_withheld",
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount}"
