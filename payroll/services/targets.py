"""What activities keep back, by policy, from the cost of the contracts that they bear."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from coop.entities import queries as policies
from coop.entities.models import Activity
from coop.ledger import services as ledger
from coop.money import ZERO, cents, split
from coop.periods import Month
from payroll import facts, pricing


def refresh_reserve_targets(*, cooperative: Any, on: date, activities: frozenset[UUID] | None = None) -> None:
    """Set the reserve target of activities from a day on: months × the employer cost of their contracts, or an amount.

    The cost is that of the contractual wage of the month of ``on``, priced as a steady month. Somebody whose facts are
    missing counts for nothing until they are there. The same target changes nothing. Raises PolicyMissing.
    """
    month = Month.of(on)
    ids = facts.contracts_in(cooperative, month, activities)
    costs: dict[UUID, Decimal] = {}
    for basis in facts.bases(ids, month, estimate=True, as_usual=True).values():
        if not isinstance(basis, facts.Basis):
            continue
        cost = pricing.steady_cost(basis)
        parts = split(cost, [weight for _activity, weight in basis.bearers])
        for (pk, _weight), part in zip(basis.bearers, parts, strict=True):
            costs[pk] = costs.get(pk, ZERO) + part
    for activity in Activity.objects.filter(pk__in=costs).order_by("pk"):
        if activities is not None and activity.pk not in activities:
            continue
        policy = policies.reserve_policy(activity, on)
        target = policy.amount if policy.amount is not None else cents((policy.months or ZERO) * costs[activity.pk])
        ledger.set_reserve_target(activity=activity, amount=target, on=on)
