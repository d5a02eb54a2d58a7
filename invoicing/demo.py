"""The sales' part of the demonstration: customers, the invoices and credit notes of a month, and what was paid on them."""

from coop.demo import steps
from coop.demo.world import World
from coop.periods import Month


def play(world: World, month: Month) -> None:
    """Bring in the customers of new activities, then the month's documents, then its receipts."""
    for house in world.houses:
        code = house.code
        accountant = steps.staff("accountant", code)
        for sheet, rows, day in (
            ("customers", world.customer_rows(code, month), world.day(month, 1)),
            ("invoices", world.invoice_rows(code, month), world.day(month, 31)),
            ("receipts", world.receipt_rows(code, month), world.day(month, 31)),
        ):
            path = world.write(code, f"{sheet}-{month}", rows)
            steps.bring(world, sheet, code, path, by=accountant, on=day)
