"""Questions about what a cooperative has settled."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from coop.entities import fees
from coop.entities.models import Cooperative, FeePolicy, FundPolicy, Policy, ReservePolicy


def policies_missing(cooperative: Cooperative, on: date) -> list[type[Policy]]:
    """Return the kinds of policy that a cooperative has not set for a day: part of the list before go-live."""
    return [
        model
        for model in (FeePolicy, FundPolicy, ReservePolicy)
        if not model.objects.filter(cooperative=cooperative, activity=None).on(on).exists()
    ]


def policies_url(cooperative: Cooperative) -> str:
    """Return the address of the policies of a cooperative."""
    return reverse("administration:policies", kwargs={"cooperative": cooperative.pk})


@dataclass(frozen=True)
class Row:
    """A policy, its tiers where it is a fee, and whether it is past, present or planned."""

    policy: Policy
    tiers: list[fees.Tier]
    state: str


@dataclass(frozen=True)
class Policies:
    """The policies of one kind of a cooperative, the newest first."""

    name: str
    rows: list[Row]


def policies_of(cooperative: Cooperative, model: type[Policy], on: date) -> Policies:
    """Return the policies of a kind: those of the cooperative, and those of single activities."""
    found = model.objects.filter(cooperative=cooperative).select_related("activity")
    rows = [
        Row(policy, fees.read_tiers(policy.tiers) if isinstance(policy, FeePolicy) else [], _state(policy, on))
        for policy in found.order_by("-valid_from", "activity__code")
    ]
    return Policies(str(model._meta.verbose_name_plural), rows)


def _state(policy: Policy, on: date) -> str:
    if policy.valid_from > on:
        return "planned"
    return "present" if policy.valid_until is None or on < policy.valid_until else "past"
