"""Plain functions that enter, submit and approve costs through the services, as people do."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from invoicing.purchases import services
from invoicing.purchases.content import (
    ExpenseLine,
    ExpenseNoteContent,
    Receipt,
    SupplierInvoiceContent,
    SupplierLine,
)
from invoicing.purchases.models import ExpenseNote, SupplierInvoice
from tests import cast

DAY = date(2026, 9, 10)


def receipt() -> Receipt:
    """Make a small PDF that no other is like."""
    return Receipt("ticket.pdf", f"%PDF-1.7\n% {uuid4()}\n%%EOF\n".encode())


def bought(
    net: str = "200.00", rate: str = "0.21", cost_type: str = "software", vat: str | None = None
) -> SupplierLine:
    """Make a line of a supplier invoice."""
    return SupplierLine(cost_type, "Licence", Decimal(net), Decimal(rate), None if vat is None else Decimal(vat))


def supplier_invoice(
    world: cast.World, *lines: SupplierLine, owner: str = "lina", by: Any = None, **more: Any
) -> SupplierInvoice:
    """Enter a supplier invoice of an activity."""
    content = SupplierInvoiceContent(
        **{
            "supplier_name": "Logiciels SA", "supplier_vat_number": "BE0403170701", "supplier_number": "F-77",
            "dated_on": DAY, "lines": lines or (bought(),), **more,
        }
    )  # fmt: skip
    return services.create_supplier_invoice(
        activity=world.activities[owner].pk, content=content, by=by or world.users[owner], at=cast.at("2026-09-10")
    )


def paid(gross: str = "121.00", rate: str = "0.21", cost_type: str = "office", **more: Any) -> ExpenseLine:
    """Make a line of an expense note from a receipt."""
    values = {"description": "Papier", "spent_on": DAY, "invoiced": True, **more}
    return ExpenseLine(cost_type=cost_type, gross=Decimal(gross), rate=Decimal(rate), **values)


def driven(kilometres: str = "300", on: date = DAY) -> ExpenseLine:
    """Make a line of kilometres."""
    return ExpenseLine("kilometres", "Bruxelles–Liège", on, kilometres=Decimal(kilometres))


def expense_note(world: cast.World, *lines: ExpenseLine, owner: str = "lina", by: Any = None) -> ExpenseNote:
    """Enter an expense note of the person who runs an activity."""
    return services.create_expense_note(
        activity=world.activities[owner].pk,
        content=ExpenseNoteContent(claimant=world.people[owner].pk, lines=lines or (paid(),)),
        by=by or world.users[owner],
        at=cast.at("2026-09-10"),
    )


def kilometre_rate(world: cast.World, amount: str = "0.40") -> None:
    """Let Archipel pay kilometres."""
    services.set_kilometre_rate(
        cooperative=world.archipel.pk, amount=Decimal(amount), valid_from=cast.START, by=world.amina
    )


def submitted(cost: Any, by: Any) -> Any:
    """Attach a receipt and submit."""
    services.attach_receipt(model=type(cost), cost=cost.pk, receipt=receipt(), by=by, at=cast.at("2026-09-10"))
    return services.submit_cost(model=type(cost), cost=cost.pk, by=by, at=cast.at("2026-09-11"))


def approved(cost: Any, by: Any, *, on: date = date(2026, 9, 12)) -> Any:
    """Approve a submitted cost."""
    return services.approve_cost(model=type(cost), cost=cost.pk, on=on, by=by, at=cast.at(f"{on} 10:00"))
