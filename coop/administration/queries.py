"""Questions about what a cooperative has settled."""

from datetime import date

from coop.entities.models import Cooperative, FeePolicy, FundPolicy, Policy, ReservePolicy


def policies_missing(cooperative: Cooperative, on: date) -> list[type[Policy]]:
    """Return the kinds of policy that a cooperative has not set for a day: part of the list before go-live."""
    return [
        model
        for model in (FeePolicy, FundPolicy, ReservePolicy)
        if not model.objects.filter(cooperative=cooperative, activity=None).on(on).exists()
    ]
