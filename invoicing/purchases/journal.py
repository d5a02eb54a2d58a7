"""Posting schemes of purchases. Pure; EUR; from the shares of a document's lines to the lines of its entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from coop.ledger.lines import Line, VatTag, credit, debit, without_zeros
from coop.money import ZERO
from invoicing.purchases.deductibility import Share


@dataclass(frozen=True)
class Cost:
    """A cost as its entry sees it. ``role`` is the debt: suppliers, or member_claims. ``item`` is its open item."""

    activity: UUID
    party: UUID
    item: UUID
    role: str
    shares: Sequence[Share]

    @property
    def gross(self) -> Decimal:
        """What is owed, including VAT."""
        return sum((share.cost + share.recoverable for share in self.shares), ZERO)


def for_cost(cost: Cost) -> list[Line]:
    """Return the lines of an approved cost: each line on its account and activity, VAT that comes back, the debt.

    The base in the VAT return includes the VAT that does not come back.
    """
    lines = [
        debit(
            share.kind.account,
            share.cost,
            activity=cost.activity,
            vat=VatTag(share.vat_code, "base", share.kind.grid) if share.base else None,
        )
        for share in cost.shares
    ]
    for code in dict.fromkeys(share.vat_code for share in cost.shares):
        recoverable = sum((share.recoverable for share in cost.shares if share.vat_code == code), ZERO)
        lines.append(debit("vat_recoverable", recoverable, vat=VatTag(code, "tax", "59")))
    lines.append(credit(cost.role, cost.gross, party=cost.party, item=cost.item))
    return without_zeros(lines)
