"""What a cooperative owes and has to pay; wages as sums a month, since who pays them does not see them one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.ledger import queries
from coop.ledger.models import OpenItem
from coop.money import ZERO
from coop.periods import Month


@dataclass(frozen=True)
class Debt:
    """A supplier's invoice, a member's claim, what was withheld for a creditor, with what is still to be paid; EUR, positive."""

    item: OpenItem
    open_amount: Decimal


@dataclass(frozen=True)
class Wages:
    """The net pay booked in a month that is still to be paid: how many persons, how much in all (EUR)."""

    month: Month
    persons: int
    open_amount: Decimal


@dataclass(frozen=True)
class ToPay:
    """All that a cooperative has to pay."""

    debts: Sequence[Debt]
    wages: Sequence[Wages]

    @property
    def total(self) -> Decimal:
        """The sum."""
        return sum((one.open_amount for one in self.debts), sum((one.open_amount for one in self.wages), ZERO))


def cooperatives_paying(user: Any) -> list[Cooperative]:
    """Return the cooperatives in which a user records payments."""
    reached = visibility.access_of(user).cooperatives_with(Subject.BANK, "w")
    return list(Cooperative.objects.filter(pk__in=reached).order_by("name"))


def to_pay(cooperative: Cooperative, on: date) -> ToPay:
    """Return what a cooperative has to pay on a day, the earliest due first."""
    debts = [
        Debt(item, -left)
        for role in ("suppliers", "member_claims", "other_social_debts")
        for item, left in queries.open_items(cooperative, role, on)
        if left < ZERO
    ]
    months: dict[Month, list[Decimal]] = {}
    for item, left in queries.open_items(cooperative, "net_pay", on):
        if left < ZERO:
            months.setdefault(Month.of(item.issued_on), []).append(-left)
    return ToPay(
        debts=sorted(debts, key=lambda one: (one.item.due_on or one.item.issued_on, one.item.reference)),
        wages=[Wages(month, len(parts), sum(parts, ZERO)) for month, parts in sorted(months.items())],
    )
