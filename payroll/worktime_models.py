"""Time of work: what each day was, the usual week of a contract, days taken for public holidays, time on a payslip."""

import uuid
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coop.access.crypto import EncryptedField
from coop.dated import Dated, no_overlap, range_is_ordered
from coop.entities.models import Cooperative
from coop.guards import Guard
from members.models import HOURS, ContractVersionQuerySet, EmploymentContract


@pghistory.track()
class WorkDay(models.Model):
    """What a day under a contract was, where it was not as usual. What somebody was away for may be their health: encrypted.

    ``parts`` is written by ``absences.written``; ``hours`` is their sum. A day without a row was worked as usual.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contract = models.ForeignKey(EmploymentContract, on_delete=models.PROTECT, related_name="work_days")
    day = models.DateField(_("day"))
    parts = EncryptedField(_("what it was"))
    hours = models.DecimalField(_("hours"), **HOURS)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()

    objects = ContractVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "day"], name="work_day_once"),
            models.CheckConstraint(condition=Q(hours__gt=0) & Q(hours__lte=24), name="work_day_hours"),
        ]
        triggers = [
            Guard(
                name="month_open",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                function="guard_work_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.hours}"


@pghistory.track()
class UsualWeek(Dated):
    """The hours that a contract has on each day of the week, from Monday, from a day on; without one they are spread evenly.

    It counts while its hours add up to those of the contract.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contract = models.ForeignKey(EmploymentContract, on_delete=models.PROTECT, related_name="usual_weeks")
    hours: Any = ArrayField(models.DecimalField(**HOURS), size=7, verbose_name=_("hours from Monday to Sunday"))

    objects = ContractVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            range_is_ordered("usual_week_ordered"),
            no_overlap("usual_week_no_overlap", "contract"),
            models.CheckConstraint(condition=Q(hours__len=7), name="usual_week_of_seven_days"),
        ]

    def __str__(self) -> str:
        return f"from {self.valid_from}"


@pghistory.track()
class HolidayChoice(models.Model):
    """The day on which a cooperative takes a public holiday that falls on a day on which it does not usually work."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="holiday_choices")
    holiday = models.DateField(_("public holiday"))
    taken_on = models.DateField(_("taken on"))
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "holiday"], name="holiday_chosen_once"),
            models.UniqueConstraint(fields=["cooperative", "taken_on"], name="holiday_day_off_once"),
            models.CheckConstraint(condition=~Q(taken_on=F("holiday")), name="holiday_choice_moves"),
        ]

    def __str__(self) -> str:
        return f"{self.holiday} on {self.taken_on}"


class Performance(models.Model):
    """The days and hours by kind that a payslip shows (its fifth compulsory item); frozen with it once it is approved.

    ``totals`` is the JSON of ``absences.to_json``, encrypted: it may name sickness. Who sees the payslip sees it.
    """

    payslip = models.OneToOneField("Payslip", on_delete=models.CASCADE, primary_key=True, related_name="performance")
    totals = EncryptedField(_("days and hours by kind"))

    class Meta:
        triggers = [
            Guard(
                name="frozen_with_payslip",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                function="guard_performance",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
