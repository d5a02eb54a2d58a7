"""Late invoices and the rules by which they are reminded, made through the services as people do."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from invoicing.models import Invoice
from invoicing.reminders import services
from invoicing.reminders.deciding import Level, PrivateInterest, Terms
from invoicing.reminders.models import Reminder, ReminderPolicy
from tests import cast
from tests.invoicing import build

TERMS = Terms(
    friendly_days=7,
    formal_days=15,
    notice_days=15,
    business_charges=True,
    private_rate=Decimal("0.08"),
    private_penalty=True,
    private_from=PrivateInterest.AFTER_WAITING,
    reminder_cost=Decimal("5.00"),
)
DUE = build.DAY + timedelta(days=30)
"""14 October 2026, on which build.invoice is due."""


def rules(world: cast.World, terms: Terms = TERMS, **more: Any) -> ReminderPolicy:
    """Set the rules of Archipel from the start of 2026."""
    values = {"valid_from": date(2026, 1, 1), "texts": {}, **more}
    return services.set_policy(cooperative=world.archipel.pk, terms=terms, by=world.amina, **values)


def person(world: cast.World, **details: Any) -> Any:
    """Make a private customer of Aline."""
    return build.customer(
        world.activities["aline"], world.aline, name="Jan Janssens", kind="private", vat_number="", **details
    )


def invoice(world: cast.World, *, private: bool = False, price: str = "1000.00") -> Invoice:
    """Issue an invoice of Aline, due on 14 October 2026."""
    to = person(world) if private else None
    return build.invoice(world.activities["aline"], world.aline, build.line(price=price), to=to)


def remind(world: cast.World, issued: Invoice, level: Level, on: date, **more: Any) -> Reminder:
    """Send a reminder on a day."""
    values = {"by": world.aline, "at": cast.at(f"{on} 10:00"), **more}
    return services.remind(invoice_id=issued.pk, level=level, on=on, **values)


def reminder(world: cast.World) -> Reminder:
    """Send the first reminder of a new invoice."""
    if not ReminderPolicy.objects.filter(cooperative=world.archipel).exists():
        rules(world)
    return remind(world, invoice(world), Level.FRIENDLY, DUE + timedelta(days=7))
