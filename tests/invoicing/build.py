"""Plain functions that make customers, drafts and invoices through the services, as people do."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from coop.access.models import User
from coop.entities.models import Activity
from invoicing import services
from invoicing.content import CustomerDetails, DraftContent, DraftLine
from invoicing.models import Customer, Invoice
from tests import cast

DAY = date(2026, 9, 14)


def customer(activity: Activity, by: Any, **details: Any) -> Customer:
    """Make a customer with a complete address."""
    values = {
        "name": "Karel BV", "vat_number": "BE0403170701", "street": "Kerkstraat 1", "postcode": "9000", "town": "Gent",
        "email": "karel@client.example", "language": "nl", **details,
    }  # fmt: skip
    return services.create_customer(
        activity=activity.pk, details=CustomerDetails(**values), by=by, at=cast.at("2026-09-01")
    )


def line(quantity: str = "1", price: str = "1000.00", operation: str = "", **more: Any) -> DraftLine:
    """Make a line as entered. An operation is what the accountant sets on it, where the rule says another."""
    values = {"description": "Training day", **more}
    if "discount" in values:
        values["discount_percent"] = Decimal(values.pop("discount"))
    return DraftLine(quantity=Decimal(quantity), unit_price=Decimal(price), operation=operation, **values)


def draft(activity: Activity, by: Any, *lines: DraftLine, to: Customer | None = None, **more: Any) -> Invoice:
    """Make a draft; with a new customer unless one is given. What its lines name as VAT is set by the accountant."""
    buyer = to or Customer.objects.filter(activity=activity).first() or customer(activity, by)
    typed = lines or (line(),)
    content = DraftContent(customer=buyer.pk, lines=[replace(one, operation="") for one in typed], **more)
    made = services.create_draft(activity=activity.pk, content=content, by=by, at=cast.at("2026-09-14 09:00"))
    for row, one in zip(made.lines.order_by("position"), typed, strict=True):
        if one.operation and one.operation != row.operation:
            services.set_vat(
                invoice_id=made.pk, line=row.pk, operation=one.operation, reason="Agreed with the accountant", on=DAY,
                by=User.objects.get(email="bruno@partagee.example"), at=cast.at("2026-09-14 09:01"),
            )  # fmt: skip
    return Invoice.objects.select_related("cooperative", "activity", "customer__party").get(pk=made.pk)


def invoice(
    activity: Activity, by: Any, *lines: DraftLine, on: date = DAY, to: Customer | None = None, **more: Any
) -> Invoice:
    """Make an invoice and issue it."""
    made = draft(activity, by, *lines, to=to, **more)
    return services.issue_invoice(invoice_id=made.pk, on=on, by=by, at=cast.at(f"{on} 10:00"))
