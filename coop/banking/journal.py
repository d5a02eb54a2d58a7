"""Posting schemes of money received and paid. Pure; EUR; the amount of a movement is positive when it comes in."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from coop.ledger import analytic
from coop.ledger.lines import Line, debit, without_zeros
from coop.money import ZERO, cents


@dataclass(frozen=True)
class OpenDocument:
    """A receivable as the books hold it: its document with its credit notes, and what is still open of it.

    ``net`` and ``gross``: excluding and including VAT, credit notes deducted. ``residual``: still open, including VAT.
    ``tagged``: the part of the residual on the lines that name the activity. ``fee`` and ``fund``: what the terms say
    in all, when they are taken at collection (else zero); ``fee_taken`` and ``fund_taken``: what was taken so far.
    """

    item: UUID
    activity: UUID
    party: UUID
    net: Decimal
    gross: Decimal
    residual: Decimal
    tagged: Decimal
    fee: Decimal = ZERO
    fee_taken: Decimal = ZERO
    fund: Decimal = ZERO
    fund_taken: Decimal = ZERO

    def share(self, whole: Decimal, residual: Decimal) -> Decimal:
        """Return the part of ``whole`` that belongs to a residual: zero at residual zero, so the last cent closes.

        A document credited as a whole has gross zero; what was paid on it is shared as its open lines are.
        """
        if residual == ZERO:
            return ZERO
        if self.gross != ZERO:
            return cents(whole * residual / self.gross)
        return cents(self.tagged * residual / self.residual) if self.residual and whole == self.net else ZERO


def settled(document: OpenDocument, amount: Decimal) -> Decimal:
    """Return how much of an amount settles the document; the rest is the customer's (too much was paid)."""
    if document.residual >= ZERO:
        return min(amount, document.residual)
    return max(amount, document.residual)


def receipt(document: OpenDocument, amount: Decimal, *, bank: str) -> list[Line]:
    """Return the lines of a receipt: bank against the receivable, the activity's share on its own line.

    The activity's line gets the change of round(net × residual / gross); VAT, and what is paid in excess (account
    4890), belong to no activity. A negative amount is a refund or a bounced payment.
    """
    part = settled(document, amount)
    after = document.residual - part
    change = document.share(document.net, after) - document.tagged
    party, item = document.party, document.item
    return without_zeros(
        [
            debit(bank, amount, party=party),
            debit("customers", change, activity=document.activity, party=party, item=item),
            debit("customers", -part - change, party=party, item=item),
            debit("customer_refunds", part - amount, party=party, item=item),
        ]
    )


def fee_at_collection(document: OpenDocument, amount: Decimal, *, cooperative: UUID, fund: UUID) -> list[Line]:
    """Return the analytic lines of fee and fund that fall due with a receipt: total less round(total × residual / gross)."""
    after = document.residual - settled(document, amount)
    return without_zeros(
        analytic.fee_and_fund(
            activity=document.activity,
            cooperative=cooperative,
            fund=fund,
            fee=document.fee - document.share(document.fee, after) - document.fee_taken,
            contribution=document.fund - document.share(document.fund, after) - document.fund_taken,
            item=document.item,
        )
    )


def payment(role: str, amount: Decimal, *, bank: str, party: UUID, item: UUID) -> list[Line]:
    """Return the lines of a payment of a debt (supplier, claim, net pay) of ``amount`` EUR, positive."""
    return [debit(role, amount, party=party, item=item), debit(bank, -amount, party=party)]
