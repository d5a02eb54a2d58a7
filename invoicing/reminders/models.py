"""Reminders of customers who pay late: the rules of a cooperative, what was sent, and what stops it. Amounts are EUR."""

import uuid
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.dated import Dated, DatedQuerySet, no_overlap, range_is_ordered
from coop.entities.models import AMOUNT, RATE, Cooperative, Language
from coop.guards import Guard, frozen


class LevelChoice(models.TextChoices):
    """The reminders of an invoice, in their order."""

    FRIENDLY = "friendly", _("friendly reminder")
    FORMAL = "formal", _("formal reminder")
    NOTICE = "notice", _("notice to pay")


class ChannelChoice(models.TextChoices):
    """How a reminder reaches the customer."""

    MAIL = "mail", _("by e-mail")
    POST = "post", _("by post")


@pghistory.track()
class ReminderPolicy(Dated):
    """When a cooperative reminds and what it asks, from a day on. Without one nobody is reminded.

    ``texts`` holds the opening words of each level by language, where the cooperative has its own.
    """

    class PrivateFrom(models.TextChoices):
        AFTER_REMINDER = "after_reminder", _("the day after the first reminder (small enterprise)")
        AFTER_WAITING = "after_waiting", _("the end of the 14 days")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="reminder_policies")
    friendly_days = models.PositiveSmallIntegerField(default=7)
    formal_days = models.PositiveSmallIntegerField(default=15)
    notice_days = models.PositiveSmallIntegerField(default=15)
    business_charges = models.BooleanField(default=True)
    private_rate = models.DecimalField(**RATE, null=True, help_text="yearly, as the terms of sale name it; empty: none")
    private_penalty = models.BooleanField(default=False)
    private_from = models.CharField(max_length=20, choices=PrivateFrom, default=PrivateFrom.AFTER_WAITING)
    reminder_cost = models.DecimalField(**AMOUNT, default=0)
    texts = models.JSONField(default=dict)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            range_is_ordered("reminder_policy_ordered"),
            no_overlap("reminder_policy_no_overlap", "cooperative"),
            models.CheckConstraint(
                condition=Q(friendly_days__range=(1, 365), formal_days__range=(1, 365), notice_days__range=(1, 365)),
                name="reminder_policy_days",
            ),
            models.CheckConstraint(
                condition=Q(private_rate__isnull=True) | Q(private_rate__gt=0, private_rate__lt=1),
                name="reminder_policy_rate",
            ),
            models.CheckConstraint(
                condition=Q(reminder_cost__gte=0, reminder_cost__lte="7.50"), name="reminder_policy_cost"
            ),
        ]

    def __str__(self) -> str:
        return f"reminders from {self.valid_from}"


class OfInvoiceQuerySet(models.QuerySet[Any]):
    """What hangs on an invoice."""

    def visible_to(self, user: Any) -> "OfInvoiceQuerySet":
        """Keep what belongs to the invoices that the user reads."""
        return self.filter(
            visibility.reach(user, Subject.SALES, activity="invoice__activity", cooperative="invoice__cooperative")
        )


class Reminder(models.Model):
    """A reminder as it was made, line by line: never changed, and one per invoice and level.

    ``segments`` is the interest by period. Nothing of it is in the books: it is asked, not yet owed there. ``left_on`` is the
    day on which it left: at once by post, by e-mail when the mail server took it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invoice = models.ForeignKey("Invoice", on_delete=models.PROTECT, related_name="reminders")
    level = models.CharField(_("level"), max_length=10, choices=LevelChoice)
    on = models.DateField(_("date"))
    principal = models.DecimalField(_("open amount"), **AMOUNT)
    segments = models.JSONField(default=list)
    interest = models.DecimalField(_("interest"), **AMOUNT, default=0)
    lump_sum = models.DecimalField(_("lump sum"), **AMOUNT, default=0)
    penalty = models.DecimalField(_("penalty"), **AMOUNT, default=0)
    cost = models.DecimalField(_("cost of the reminder"), **AMOUNT, default=0)
    total = models.DecimalField(_("asked in all"), **AMOUNT)
    pay_until = models.DateField()
    announced = models.JSONField(default=dict)
    text = models.TextField(max_length=2000)
    language = models.CharField(max_length=2, choices=Language)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    channel = models.CharField(max_length=4, choices=ChannelChoice)
    left_on = models.DateField(null=True)
    mail_to = models.EmailField(blank=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_next_at = models.DateTimeField(null=True, help_text="not tried before; empty: nothing is to be sent")
    mailed_at = models.DateTimeField(null=True)

    objects = OfInvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "level"], name="reminder_level_once"),
            models.CheckConstraint(
                condition=Q(total=F("principal") + F("interest") + F("lump_sum") + F("penalty") + F("cost")),
                name="reminder_adds_up",
            ),
            models.CheckConstraint(
                condition=~Q(level="friendly") | Q(interest=0, lump_sum=0, penalty=0, cost=0),
                name="reminder_first_free",
            ),
            models.CheckConstraint(
                condition=Q(principal__gt=0, interest__gte=0, lump_sum__gte=0, penalty__gte=0, cost__gte=0),
                name="reminder_amounts",
            ),
            models.CheckConstraint(
                condition=Q(channel="post", left_on__isnull=False) | (Q(channel="mail") & ~Q(mail_to="")),
                name="reminder_reaches_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["mail_next_at"],
                condition=Q(mail_next_at__isnull=False, mailed_at__isnull=True),
                name="reminder_to_mail",
            )
        ]
        triggers = [
            frozen(
                "frozen", state="level", states=["friendly", "formal", "notice"],
                but=["channel", "left_on", "mail_attempts", "mail_next_at", "mailed_at"],
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.on}"


class ReminderPause(models.Model):
    """Why an invoice is not reminded, from a moment until somebody ends it. A deceased customer stops all their invoices."""

    class Kind(models.TextChoices):
        DISPUTE = "dispute", _("disputed")
        PLAN = "plan", _("payment plan")
        DECEASED = "deceased", _("customer deceased")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invoice = models.ForeignKey("Invoice", on_delete=models.PROTECT, related_name="reminder_pauses")
    kind = models.CharField(_("why"), max_length=10, choices=Kind)
    reason = models.CharField(_("what happened"), max_length=300, blank=True)
    since = models.DateField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = OfInvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(ended_at__isnull=True), name="reminder_pause_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__gte=F("made_at"), ended_by__isnull=False),
                name="reminder_pause_ended_by_somebody",
            ),
        ]
        triggers = [Guard(name="stays", operation=pgtrigger.Update | pgtrigger.Delete, function="guard_reminder_pause")]

    def __str__(self) -> str:
        return f"{self.kind} since {self.since}"


class PromisedPayment(models.Model):
    """A payment that the customer promised for a day, in a payment plan."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(ReminderPause, on_delete=models.PROTECT, related_name="promises")
    due_on = models.DateField(_("day"))
    amount = models.DecimalField(_("amount"), **AMOUNT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "due_on"], name="promised_payment_day_unique"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="promised_payment_positive"),
        ]
        triggers = [
            Guard(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete, function="guard_append_only")
        ]

    def __str__(self) -> str:
        return f"{self.due_on} {self.amount}"
