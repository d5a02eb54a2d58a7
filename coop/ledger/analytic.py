"""Analytic entries inside one legal person (journal AN): fee, fund, internal sale, balance carried forward. Pure."""

from decimal import Decimal
from uuid import UUID

from coop.ledger.lines import Line, credit, debit


def transfer(role: str, *, payer: UUID, receiver: UUID, amount: Decimal, item: UUID | None = None) -> list[Line]:
    """Return the zero-sum pair that moves an amount (EUR) from one activity to another on an analytic account.

    No VAT, no turnover. A negative amount moves the other way. ``item`` names the document it belongs to.
    """
    return [debit(role, amount, activity=payer, item=item), credit(role, amount, activity=receiver, item=item)]


def fee_and_fund(
    *, activity: UUID, cooperative: UUID, fund: UUID, fee: Decimal, contribution: Decimal, item: UUID | None = None
) -> list[Line]:
    """Return the lines of a fee (to COOP) and of a contribution to the mutual fund (to FUND), both borne by an activity."""
    return [
        *transfer("fee", payer=activity, receiver=cooperative, amount=fee, item=item),
        *transfer("fund", payer=activity, receiver=fund, amount=contribution, item=item),
    ]
