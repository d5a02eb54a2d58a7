"""Money that came in or went out, as a person or a file recorded it."""

import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import AMOUNT, BankAccount, Cooperative
from coop.guards import Guard
from coop.ledger.models import Entry, OpenItem


class MovementQuerySet(models.QuerySet["Movement"]):
    """Receipts and payments."""

    def visible_to(self, user: Any) -> "MovementQuerySet":
        """Keep the movements of the cooperatives whose bank the user reads, and those on items of own activities."""
        own = Q(item__activity__in=visibility.access_of(user).activities_with(Subject.SALES, "w"))
        return self.filter(visibility.reach(user, Subject.BANK, activity="") | own)


class Movement(models.Model):
    """A receipt (positive) or a payment (negative) on a bank account that settles one open item; EUR. It never changes.

    ``reference`` is the bank's own, or the one of the file it came from: unique per account, so that importing twice
    records once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="movements")
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="movements")
    item = models.ForeignKey(OpenItem, on_delete=models.PROTECT, related_name="movements")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="movement")
    booked_on = models.DateField()
    amount = models.DecimalField(**AMOUNT)
    reference = models.CharField(max_length=80, blank=True)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    objects = MovementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="movement_not_zero"),
            models.UniqueConstraint(
                fields=["bank_account", "reference"], condition=~Q(reference=""), name="movement_reference_unique"
            ),
        ]
        triggers = [
            Guard(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete, function="guard_append_only")
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.amount}"
