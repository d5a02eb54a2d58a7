"""What activities spend: supplier invoices and expense notes. Amounts are EUR."""

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
from coop.dated import Dated, DatedQuerySet, no_overlap, range_is_ordered
from coop.entities.models import AMOUNT, Activity, Cooperative, Party
from coop.guards import Guard, frozen
from members.models import Person


@pghistory.track()
class KilometreRate(Dated):
    """What a cooperative pays per kilometre with one's own car, in EUR, from a day on. Without one, none is paid."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="kilometre_rates")
    amount = models.DecimalField(_("EUR per kilometre"), max_digits=6, decimal_places=4)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            range_is_ordered("kilometre_rate_ordered"),
            no_overlap("kilometre_rate_no_overlap", "cooperative"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="kilometre_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} from {self.valid_from}"


class State(models.TextChoices):
    """Where a cost stands. Whether it is paid follows from the books."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("waiting for approval")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")


TRANSITIONS: Mapping[str, Set[str]] = {
    State.DRAFT: {State.SUBMITTED},
    State.SUBMITTED: {State.DRAFT, State.APPROVED, State.REFUSED},
    State.REFUSED: {State.DRAFT},
}


class CostQuerySet(models.QuerySet[Any]):
    """Costs of activities."""

    def visible_to(self, user: Any) -> "CostQuerySet":
        """Keep the costs of the activities and cooperatives whose purchases the user reads."""
        return self.filter(visibility.reach(user, Subject.PURCHASES))


class Cost(models.Model):
    """What an activity spent, and to whom it is owed. ``net`` + ``vat`` = ``gross``, the sums of its lines.

    Approval gives it a number and posts it at once; from then on it never changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="%(class)ss")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="%(class)ss")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    number = models.CharField(_("our number"), max_length=40, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    net = models.DecimalField(_("excluding VAT"), **AMOUNT, default=0)
    vat = models.DecimalField(_("VAT"), **AMOUNT, default=0)
    gross = models.DecimalField(_("including VAT"), **AMOUNT, default=0)
    version = models.PositiveIntegerField(default=1, help_text="counts the changes, so that none is overwritten unseen")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    booked_on = models.DateField(_("booked on"), null=True)
    reason = models.CharField(_("reason of the refusal"), max_length=300, blank=True)

    objects = CostQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number or str(_("draft"))


def _cost_constraints(name: str) -> list[Any]:
    approved = Q(state="approved", booked_on__isnull=False, decided_by__isnull=False)
    return [
        models.CheckConstraint(
            name=f"{name}_number_when_approved",
            condition=(approved & ~Q(number="")) | (~Q(state="approved") & Q(number="", booked_on__isnull=True)),
        ),
        models.CheckConstraint(name=f"{name}_adds_up", condition=Q(gross=F("net") + F("vat"))),
        models.CheckConstraint(
            name=f"{name}_two_people",
            condition=Q(decided_by__isnull=True) | Q(submitted_by__isnull=True) | ~Q(decided_by=F("submitted_by")),
        ),
        models.UniqueConstraint(
            fields=["cooperative", "number"], condition=~Q(number=""), name=f"{name}_number_unique"
        ),
    ]


def _cost_indexes(name: str) -> list[models.Index]:
    return [
        models.Index(fields=["activity", "-created_at"], name=f"{name}_by_activity"),
        models.Index(fields=["cooperative", "state"], name=f"{name}_by_state"),
    ]


@pghistory.track()
class SupplierInvoice(Cost):
    """An invoice that a supplier sent to the cooperative for an activity. The same one is recorded once."""

    supplier = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="supplier_invoices")
    supplier_number = models.CharField(_("number of the supplier’s invoice"), max_length=40)
    dated_on = models.DateField(_("date of the invoice"))
    due_on = models.DateField(_("due on"), null=True, blank=True)

    class Meta:
        constraints = [
            *_cost_constraints("supplier_invoice"),
            models.UniqueConstraint(
                fields=["supplier", "supplier_number"],
                condition=~Q(state="refused"),
                name="supplier_invoice_recorded_once",
            ),
        ]
        indexes = _cost_indexes("supplier_invoice")
        triggers = [frozen("frozen", state="state", states=["approved"], but=[])]


@pghistory.track()
class ExpenseNote(Cost):
    """What a member paid for an activity, and claims back from the cooperative."""

    claimant = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="expense_notes")

    class Meta:
        constraints = _cost_constraints("expense_note")
        indexes = _cost_indexes("expense_note")
        triggers = [frozen("frozen", state="state", states=["approved"], but=[])]


class CostLine(models.Model):
    """A line of a cost: ``net`` + ``vat`` = ``gross``, EUR, at one rate. ``invoiced`` says that its VAT may come back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    position = models.PositiveSmallIntegerField()
    cost_type = models.CharField(_("kind of cost"), max_length=20)
    description = models.CharField(_("description"), max_length=200)
    net = models.DecimalField(_("excluding VAT"), **AMOUNT)
    vat = models.DecimalField(_("VAT"), **AMOUNT)
    gross = models.DecimalField(_("including VAT"), **AMOUNT)
    rate = models.DecimalField(_("VAT rate"), max_digits=5, decimal_places=4)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.position} {self.description[:40]}"


def _line_constraints(name: str, cost: str) -> list[Any]:
    return [
        models.UniqueConstraint(fields=[cost, "position"], name=f"{name}_position_unique"),
        models.CheckConstraint(
            name=f"{name}_adds_up", condition=Q(gross=F("net") + F("vat")) & Q(net__gt=0) & Q(vat__gte=0)
        ),
    ]


def _of_a_draft(table: str, column: str) -> Guard:
    return Guard(
        name="of_a_draft",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        function="guard_cost_line",
        arguments=(table, column),
    )


class SupplierInvoiceLine(CostLine):
    """A line of a supplier invoice."""

    supplier_invoice = models.ForeignKey(SupplierInvoice, on_delete=models.CASCADE, related_name="lines")

    class Meta:
        constraints = _line_constraints("supplier_invoice_line", "supplier_invoice")
        triggers = [_of_a_draft("invoicing_supplierinvoice", "supplier_invoice_id")]


class ExpenseNoteLine(CostLine):
    """A line of an expense note: a receipt, or kilometres at the rate of their day, which is frozen on the line."""

    expense_note = models.ForeignKey(ExpenseNote, on_delete=models.CASCADE, related_name="lines")
    spent_on = models.DateField(_("day"))
    invoiced = models.BooleanField(_("invoice in the cooperative’s name"), default=False)
    kilometres = models.DecimalField(_("kilometres"), max_digits=7, decimal_places=1, null=True, blank=True)
    kilometre_rate = models.DecimalField(_("EUR per kilometre"), max_digits=6, decimal_places=4, null=True)

    class Meta:
        constraints = [
            *_line_constraints("expense_note_line", "expense_note"),
            models.CheckConstraint(
                name="expense_note_line_kilometres",
                condition=Q(cost_type="kilometres", kilometres__gt=0, kilometre_rate__gt=0, vat=0)
                | (~Q(cost_type="kilometres") & Q(kilometres__isnull=True, kilometre_rate__isnull=True)),
            ),
        ]
        triggers = [_of_a_draft("invoicing_expensenote", "expense_note_id")]
