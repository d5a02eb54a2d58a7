"""Posting schemes of sales. Pure; EUR; from the totals of a document to the lines of its entry.

The receivable is two lines: the net part names the activity, the VAT part names none, so that VAT is in no balance.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from coop.entities.fees import Terms
from coop.entities.models import Moment
from coop.ledger import analytic
from coop.ledger.lines import Line, VatTag, credit, debit, reversed_lines, without_zeros
from coop.money import ZERO
from invoicing.totals import Totals
from invoicing.vat import Operation


@dataclass(frozen=True)
class Sale:
    """A document as its entry sees it. ``item`` is the open item that its receivable lines name."""

    activity: UUID
    party: UUID
    item: UUID
    totals: Totals
    operations: Mapping[str, Operation]


def _lines(sale: Sale, *, credited: bool) -> list[Line]:
    lines = [
        debit("customers", sale.totals.net, activity=sale.activity, party=sale.party, item=sale.item),
        debit("customers", sale.totals.vat, party=sale.party, item=sale.item),
    ]
    for group in sale.totals.groups:
        for code, base in group.operations.items():
            operation = sale.operations[code]
            grids = operation.credited if credited else operation.invoiced
            lines.append(credit(operation.account, base, activity=sale.activity, vat=VatTag(code, "base", grids.base)))
        code = next(iter(group.operations))
        grids = sale.operations[code].credited if credited else sale.operations[code].invoiced
        lines.append(credit("vat_due", group.vat, vat=VatTag(code, "tax", grids.tax)))
    return without_zeros(lines)


def for_issue(sale: Sale) -> list[Line]:
    """Return the lines of an issued invoice: receivable against sales and VAT due."""
    return _lines(sale, credited=False)


def for_credit(sale: Sale) -> list[Line]:
    """Return the lines of a credit note: the opposite of an invoice, in the grids of credit notes.

    ``item`` is the credited invoice, so that what is left to collect of it counts the credit.
    """
    return reversed_lines(_lines(sale, credited=True))


def fee_at_issue(terms: Terms, *, activity: UUID, cooperative: UUID, fund: UUID, item: UUID) -> list[Line]:
    """Return the analytic lines of the fee and the fund that are booked at issue (negative terms: given back)."""
    return without_zeros(
        analytic.fee_and_fund(
            activity=activity,
            cooperative=cooperative,
            fund=fund,
            fee=terms.fee if terms.fee_moment == Moment.ISSUED else ZERO,
            contribution=terms.fund if terms.fund_moment == Moment.ISSUED else ZERO,
            item=item,
        )
    )
