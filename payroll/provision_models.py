"""What is left of the provisions of somebody who left, given back to the activities that bore it."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import AMOUNT, Activity, Cooperative
from coop.guards import frozen
from coop.ledger.models import Entry
from members.models import EmploymentContract


class ProvisionSettlementQuerySet(models.QuerySet["ProvisionSettlement"]):
    """Settlements of provisions."""

    def visible_to(self, user: Any) -> "ProvisionSettlementQuerySet":
        """Keep those of the cooperatives whose pay the user prepares, or whose runs the user approves."""
        access = visibility.access_of(user)
        cooperatives = access.cooperatives_with(Subject.RUNS, "w") | access.cooperatives_with(Subject.RUNS, "x")
        return self.filter(cooperative__in=cooperatives)


class ProvisionSettlement(models.Model):
    """The provisions that a contract left when it ended: proposed by one person, approved by another, one entry."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        APPROVED = "approved", _("approved")
        CANCELLED = "cancelled", _("cancelled")

    MOVES: Mapping[str, frozenset[str]] = {State.PROPOSED: frozenset({State.APPROVED, State.CANCELLED})}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="provision_settlements")
    contract = models.ForeignKey(EmploymentContract, on_delete=models.PROTECT, related_name="provision_settlements")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PROPOSED)
    reason = models.TextField(_("reason"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    posted_on = models.DateField(null=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ProvisionSettlementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contract"], condition=Q(state="proposed"), name="provision_settlement_one_proposed"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="provision_settlement_with_reason"),
            models.CheckConstraint(
                condition=Q(state="approved", entry__isnull=False, posted_on__isnull=False, decided_by__isnull=False)
                | ~Q(state="approved") & Q(entry__isnull=True, posted_on__isnull=True),
                name="provision_settlement_posted_exactly_when_approved",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(decided_by=F("proposed_by")), name="provision_settlement_four_eyes"
            ),
        ]
        triggers = [frozen("frozen", state="state", states=["approved", "cancelled"], but=[])]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.state}"


class SettledProvision(models.Model):
    """What an activity has back of a provision (EUR): by the role of the account that bore it."""

    class Role(models.TextChoices):
        HOLIDAY = "holiday_provision", _("Holiday pay")
        PREMIUMS = "end_of_year_provision", _("Premiums and vouchers")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    settlement = models.ForeignKey(ProvisionSettlement, on_delete=models.PROTECT, related_name="parts")
    role = models.CharField(max_length=24, choices=Role)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(_("amount (EUR)"), **AMOUNT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["settlement", "role", "activity"], name="settled_provision_unique"),
            models.CheckConstraint(condition=~Q(amount=0), name="settled_provision_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.amount}"
