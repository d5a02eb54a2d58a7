"""The social secretariat beside us: whose result is posted, how its files are read, its results, and what was decided."""

import uuid
from dataclasses import fields
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coop.access import visibility
from coop.access.crypto import EncryptedField
from coop.access.predicates import Subject
from coop.dated import Dated, DatedQuerySet, no_overlap, range_is_ordered
from coop.entities.models import AMOUNT, Cooperative
from coop.guards import Guard, frozen
from coop.money import ZERO
from members.models import EmploymentContract
from payroll.secretariat.amounts import Amounts


@pghistory.track()
class PostedResult(Dated):
    """Whose result of the pay a cooperative posts, from a day on: its own, or its social secretariat's. Without: its own.

    A run follows what holds on the last day of its month.
    """

    class Source(models.TextChoices):
        OWN = "own", _("our own")
        SECRETARIAT = "secretariat", _("the social secretariat’s")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="posted_results")
    source = models.CharField(_("result that is posted"), max_length=12, choices=Source)
    secretariat = models.CharField(_("name of the social secretariat"), max_length=80, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            range_is_ordered("posted_result_ordered"),
            no_overlap("posted_result_no_overlap", "cooperative"),
            models.CheckConstraint(
                condition=Q(source="own") | ~Q(secretariat=""), name="posted_result_secretariat_named"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} from {self.valid_from}"


@pghistory.track()
class ResultLayout(models.Model):
    """How a cooperative's social secretariat writes its results: the column of each amount, by kind of file."""

    class Kind(models.TextChoices):
        TABLE = "table", _("CSV or XLSX")
        XML = "xml", "XML"

    class Signs(models.TextChoices):
        PLUS = "plus", _("as positive amounts")
        MINUS = "minus", _("with a minus sign")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="result_layouts")
    kind = models.CharField(_("kind of file"), max_length=5, choices=Kind)
    columns = models.JSONField(help_text="heads of columns, or paths of elements, by the name of the amount")
    row_path = models.CharField(_("element of a worker"), max_length=300, blank=True)
    signs = models.CharField(_("what is taken off is written"), max_length=5, choices=Signs, default=Signs.PLUS)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "kind"], name="result_layout_unique"),
            models.CheckConstraint(condition=Q(kind="table") | ~Q(row_path=""), name="result_layout_row_named"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}"


class ResultFileQuerySet(models.QuerySet["ResultFile"]):
    """Files of results."""

    def visible_to(self, user: Any) -> "ResultFileQuerySet":
        """Keep the files of the runs that the user prepares: they hold the pay of each person."""
        return self.filter(run__cooperative__in=visibility.access_of(user).cooperatives_with(Subject.RUNS, "w"))


class ResultFile(models.Model):
    """A social secretariat's file for a run, as received, with its report. Its content is encrypted: it names people's pay.

    One file at most is in force for a run; a later one takes its place as a whole, and the earlier is kept.
    """

    class State(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("file", "received, columns to choose")
        REFUSED = "refused", pgettext_lazy("file", "refused")
        CHECKED = "checked", _("checked, not yet imported")
        IMPORTED = "imported", _("imported")
        REPLACED = "replaced", pgettext_lazy("file", "replaced by a later file")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey("PayrollRun", on_delete=models.PROTECT, related_name="result_files")
    filename = models.CharField(_("file"), max_length=120)
    sha256 = models.CharField("SHA-256", max_length=64)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    content = EncryptedField(help_text="compressed, base64")
    layout = models.JSONField(default=dict, help_text="the layout by which it was read")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RECEIVED)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    notices = models.JSONField(default=list)
    errors = models.JSONField(default=list, help_text="line, column, value, reason, remedy of each problem")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    objects = ResultFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run"], condition=Q(state="imported"), name="result_file_one_in_force"),
            models.CheckConstraint(condition=Q(state="refused") | Q(errors=[]), name="result_file_whole_or_nothing"),
        ]
        indexes = [models.Index(fields=["run", "-at"], name="result_file_by_time")]
        triggers = [frozen("frozen", state="state", states=["imported", "replaced"], but=["state"])]

    def __str__(self) -> str:
        return self.filename


class SecretariatResult(models.Model):
    """What a social secretariat calculated for one contract in a run; EUR, what is taken off counts positive.

    Both parts of the employment bonus are empty where its file gives the contribution after the bonus.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(ResultFile, on_delete=models.PROTECT, related_name="results")
    contract = models.ForeignKey(EmploymentContract, on_delete=models.PROTECT, related_name="secretariat_results")
    line = models.PositiveIntegerField(_("line in the file"))
    gross = models.DecimalField(_("gross pay"), **AMOUNT)
    social_contribution = models.DecimalField(_("social-security contribution"), **AMOUNT)
    employment_bonus_a = models.DecimalField(_("employment bonus, part A"), **AMOUNT, null=True)
    employment_bonus_b = models.DecimalField(_("employment bonus, part B"), **AMOUNT, null=True)
    taxable = models.DecimalField(_("taxable pay"), **AMOUNT, null=True)
    withholding_tax = models.DecimalField(_("withholding tax"), **AMOUNT)
    special_contribution = models.DecimalField(_("special contribution"), **AMOUNT)
    net = models.DecimalField(_("net pay"), **AMOUNT)
    employer_contribution = models.DecimalField(_("employer contributions"), **AMOUNT)
    structural_reduction = models.DecimalField(_("structural reduction"), **AMOUNT)
    first_hire_reduction = models.DecimalField(_("reduction of a first hire"), **AMOUNT)
    hours = models.DecimalField(_("hours of the month"), max_digits=9, decimal_places=4, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "contract"], name="secretariat_result_unique"),
            models.CheckConstraint(
                condition=Q(
                    net=F("gross")
                    - F("social_contribution")
                    + Coalesce(F("employment_bonus_a"), Value(ZERO))
                    + Coalesce(F("employment_bonus_b"), Value(ZERO))
                    - F("withholding_tax")
                    - F("special_contribution")
                ),
                name="secretariat_result_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(employment_bonus_a__isnull=True, employment_bonus_b__isnull=True)
                | Q(employment_bonus_a__isnull=False, employment_bonus_b__isnull=False),
                name="secretariat_result_bonus_whole",
            ),
        ]
        triggers = [
            Guard(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete, function="guard_append_only")
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}"

    def amounts(self) -> Amounts:
        """Return the amounts as the pure modules take them."""
        return Amounts(**{field.name: getattr(self, field.name) for field in fields(Amounts)})


class DifferenceDecision(models.Model):
    """Somebody accepted or rejected a difference between ours and the secretariat's, with the amounts of both then.

    The last decision of a component counts, as long as both amounts are still those of the decision. Never changed.
    """

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", pgettext_lazy("difference", "accepted")
        REJECTED = "rejected", pgettext_lazy("difference", "rejected")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey("PayrollRun", on_delete=models.PROTECT, related_name="difference_decisions")
    contract = models.ForeignKey(EmploymentContract, on_delete=models.PROTECT, related_name="+")
    component = models.CharField(_("component"), max_length=40)
    ours = models.DecimalField(_("ours"), **AMOUNT, null=True)
    theirs = models.DecimalField(_("theirs"), **AMOUNT, null=True)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision)
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="difference_decision_with_reason"),
            models.CheckConstraint(
                condition=Q(ours__isnull=False) | Q(theirs__isnull=False), name="difference_decision_of_something"
            ),
        ]
        indexes = [models.Index(fields=["run", "contract"], name="difference_decision_by_run")]
        triggers = [
            Guard(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete, function="guard_append_only")
        ]

    def __str__(self) -> str:
        return f"{self.component} {self.decision}"
