"""Dated facts: what holds from a day on, until another day (excluded) or until further notice."""

from datetime import date
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _


class DatedQuerySet(models.QuerySet[Any]):
    """Facts, asked at a day."""

    def on(self, day: date) -> Self:
        """Keep the facts that hold on a day."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=day), valid_from__lte=day)

    def overlapping(self, first: date, end: date | None) -> Self:
        """Keep the facts that hold on some day from ``first`` up to ``end`` (excluded; None is open)."""
        facts = self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=first))
        return facts if end is None else facts.filter(valid_from__lt=end)


class Dated(models.Model):
    """Something that holds from ``valid_from`` until ``valid_until`` (excluded; empty means until further notice)."""

    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until (excluded)"), null=True, blank=True)

    class Meta:
        abstract = True


def range_is_ordered(name: str) -> models.CheckConstraint:
    """Return the constraint that a fact ends after it starts."""
    return models.CheckConstraint(name=name, condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")))


def no_overlap(name: str, *fields: str, condition: Q | None = None) -> ExclusionConstraint:
    """Return the constraint that two facts with the same ``fields`` never hold on the same day (needs btree_gist)."""
    days = Func(F("valid_from"), F("valid_until"), Value("[)"), function="daterange", output_field=DateRangeField())
    return ExclusionConstraint(
        name=name,
        expressions=[*((field, RangeOperators.EQUAL) for field in fields), (days, RangeOperators.OVERLAPS)],
        condition=condition,
    )
