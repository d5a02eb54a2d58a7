"""Recurring invoices: what is invoiced again and again, when, and what was made of each date. EUR."""

import uuid
from collections.abc import Mapping, Set
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import AMOUNT, Activity, Cooperative
from coop.guards import Guard
from invoicing.lines import KeptLine
from invoicing.models import Customer, Invoice


class RecurringInvoiceQuerySet(models.QuerySet["RecurringInvoice"]):
    """Recurring invoices."""

    def visible_to(self, user: Any) -> "RecurringInvoiceQuerySet":
        """Keep those of the activities and cooperatives whose sales the user reads."""
        return self.filter(visibility.reach(user, Subject.SALES))


@pghistory.track()
class RecurringInvoice(models.Model):
    """What is invoiced to a customer on every date of a rhythm. Its drafts are made in the name of ``created_by``.

    The dates follow from ``first_on`` and the rhythm (``recurring.dates``). ``next_on`` is the first that is not dealt with;
    none is left once it has ended. ``net`` is EUR excluding VAT.
    """

    class Rhythm(models.TextChoices):
        WEEK = "week", _("week(s)")
        MONTH = "month", _("month(s)")
        QUARTER = "quarter", _("quarter(s)")
        YEAR = "year", _("year(s)")

    class State(models.TextChoices):
        ACTIVE = "active", _("running")
        PAUSED = "paused", _("paused")
        ENDED = "ended", _("ended")

    class Makes(models.TextChoices):
        DRAFT = "draft", _("a draft that you look at and issue")
        ISSUED = "issued", _("an issued invoice, by itself")

    class Period(models.TextChoices):
        NONE = "none", _("no period")
        AHEAD = "ahead", _("the period that begins on the date")
        BEHIND = "behind", _("the period that ended the day before")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="recurring_invoices")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="recurring_invoices")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="recurring_invoices")
    name = models.CharField(_("name"), max_length=120)
    reference = models.CharField(_("customer’s reference"), max_length=60, blank=True)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    every = models.PositiveSmallIntegerField(_("every"), default=1)
    rhythm = models.CharField(_("rhythm"), max_length=8, choices=Rhythm, default=Rhythm.MONTH)
    first_on = models.DateField(_("first on"))
    last_on = models.DateField(_("last on"), null=True, blank=True)
    period = models.CharField(_("period supplied"), max_length=8, choices=Period, default=Period.NONE)
    makes = models.CharField(_("makes"), max_length=8, choices=Makes, default=Makes.DRAFT)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ACTIVE)
    next_on = models.DateField(null=True)
    net = models.DecimalField(_("excluding VAT"), **AMOUNT, default=0)
    version = models.PositiveIntegerField(default=1, help_text="counts the changes, so that none is overwritten unseen")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = RecurringInvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(every__gte=1) & Q(every__lte=52), name="recurring_rhythm"),
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")), name="recurring_dates_ordered"
            ),
            models.CheckConstraint(
                condition=Q(state="ended", next_on__isnull=True)
                | (
                    ~Q(state="ended")
                    & Q(next_on__gte=F("first_on"))
                    & (Q(last_on__isnull=True) | Q(next_on__lte=F("last_on")))
                ),
                name="recurring_next_unless_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["next_on"], condition=Q(state="active"), name="recurring_due"),
            models.Index(fields=["activity", "name"], name="recurring_of_activity"),
        ]

    def __str__(self) -> str:
        return self.name


MOVES: Mapping[str, Set[str]] = {
    RecurringInvoice.State.ACTIVE: {RecurringInvoice.State.PAUSED, RecurringInvoice.State.ENDED},
    RecurringInvoice.State.PAUSED: {RecurringInvoice.State.ACTIVE, RecurringInvoice.State.ENDED},
}


class RecurringLine(KeptLine):
    """A line of a recurring invoice."""

    recurring = models.ForeignKey(RecurringInvoice, on_delete=models.CASCADE, related_name="lines")

    class Meta(KeptLine.Meta):
        constraints = [
            *KeptLine.Meta.constraints,
            models.UniqueConstraint(fields=["recurring", "position"], name="recurring_line_position_unique"),
        ]


class Occurrence(models.Model):
    """What was made of one date, once: a draft, an issued invoice, nothing because it was skipped or refused.

    ``invoice`` is empty when nothing was made, or when its draft was deleted: the date stays dealt with.
    """

    class Outcome(models.TextChoices):
        DRAFTED = "drafted", _("draft made")
        ISSUED = "issued", _("issued")
        SKIPPED = "skipped", _("skipped")
        FAILED = "failed", _("not made")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recurring = models.ForeignKey(RecurringInvoice, on_delete=models.PROTECT, related_name="occurrences")
    on = models.DateField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    invoice = models.OneToOneField(Invoice, on_delete=models.SET_NULL, null=True, related_name="occurrence")
    refusal = models.TextField(blank=True, help_text="why it was not issued, or not made at all")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recurring", "on"], name="recurring_date_once"),
            models.CheckConstraint(
                condition=~Q(outcome="failed") | ~Q(refusal=""), name="occurrence_failure_has_reason"
            ),
        ]
        triggers = [Guard(name="kept", operation=pgtrigger.Delete, function="guard_occurrence")]

    def __str__(self) -> str:
        return f"{self.on} {self.outcome}"
