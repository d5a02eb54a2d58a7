"""Lines that are kept to be invoiced later: written from what was entered, and given to drafts as what was entered.

They keep what is sold, never its VAT: that is decided when they are shown and anew on each invoice, by its own day.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from coop.entities.models import Activity
from coop.money import ZERO
from invoicing import totals
from invoicing.content import DraftLine
from invoicing.lines import KeptLine
from invoicing.models import Customer, InvoiceLine
from invoicing.services import rows, treating

Line = TypeVar("Line", bound=KeptLine)
Kinded = KeptLine | InvoiceLine


def filled(line: Line, position: int, content: DraftLine) -> Line:
    """Set on a line, without saving, what was entered."""
    line.position, line.description = position, content.description
    line.quantity, line.unit, line.unit_price = content.quantity, content.unit, content.unit_price
    line.discount_percent, line.sale = content.discount_percent, content.sale
    line.net, line.unread = rows.net(content), dict(content.unread)
    return line


def draft_lines(lines: Iterable[KeptLine]) -> list[DraftLine]:
    """Return kept lines as those of a draft."""
    return [
        DraftLine(
            description=line.description,
            quantity=line.quantity,
            unit_price=line.unit_price,
            unit=line.unit,
            discount_percent=line.discount_percent,
            sale=line.sale,
            unread=dict(line.unread),
        )
        for line in lines
    ]


def invoice_lines(lines: Iterable[KeptLine]) -> list[InvoiceLine]:
    """Return kept lines as unsaved lines of a document, to be totalled and shown as one."""
    return [
        InvoiceLine(
            position=line.position, description=line.description, quantity=line.quantity, unit=line.unit,
            unit_price=line.unit_price, discount_percent=line.discount_percent, sale=line.sale, net=line.net or ZERO,
        )
        for line in lines
    ]  # fmt: skip


def treated(
    activity: Activity, customer: Customer | None, lines: Sequence[DraftLine], *, on: date
) -> list[treating.Treated]:
    """Return the VAT of lines by the facts of a day, as a draft of an invoice would have it."""
    facts = treating.facts_of(activity, customer, supplied_in="", on=on)
    return treating.treat_each(facts, lines, kept={})


def sums_of(activity: Activity, customer: Customer | None, lines: Sequence[DraftLine], *, on: date) -> totals.Totals:
    """Return the totals of lines by the facts of a day."""
    operations = [one.operation for one in treated(activity, customer, lines, on=on)]
    return treating.sums(operations, [rows.net(line) for line in lines])


def kind_of(line: Kinded) -> str:
    """Return what a line sells: lines of one kind are added up, and the rule says the same VAT of them."""
    return line.sale


def net_of(line: Kinded) -> Decimal:
    """Return the net amount of a line as it stands."""
    return line.net if isinstance(line, KeptLine) else Decimal(line.net.amount)


def line_of(kind: str, *, text: str, quantity: Decimal, price: Decimal) -> DraftLine:
    """Return a line of a draft that sells something of a kind at a fixed price."""
    return DraftLine(description=text, quantity=quantity, unit_price=price, sale=kind, unit=InvoiceLine.Unit.LUMP_SUM)
