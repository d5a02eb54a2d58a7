"""Plain functions that make quotes through the services, as people do."""

from datetime import date, timedelta
from typing import Any

from coop.entities.models import Activity
from invoicing import services as sales
from invoicing.content import DraftLine
from invoicing.models import Customer, Invoice
from invoicing.quotes import services
from invoicing.quotes.content import QuoteContent
from invoicing.quotes.models import Quote
from tests import cast
from tests.invoicing import build as invoices

DAY = invoices.DAY
UNTIL = DAY + timedelta(days=30)


def draft(activity: Activity, by: Any, *lines: DraftLine, to: Customer | None = None, **more: Any) -> Quote:
    """Make a draft of a quote; with a new customer unless one is given."""
    buyer = to or Customer.objects.filter(activity=activity).first() or invoices.customer(activity, by)
    content = QuoteContent(customer=buyer.pk, lines=lines or (invoices.line(),), **more)
    return services.create_quote(activity=activity.pk, content=content, by=by, at=cast.at("2026-09-14 09:00"))


def sent(activity: Activity, by: Any, *lines: DraftLine, on: date = DAY, until: date = UNTIL, **more: Any) -> Quote:
    """Make a quote and send it."""
    made = draft(activity, by, *lines, **more)
    return services.send_quote(quote_id=made.pk, valid_until=until, on=on, by=by, at=cast.at(f"{on} 10:00"))


def accepted(activity: Activity, by: Any, *lines: DraftLine, **more: Any) -> Quote:
    """Make a quote that its customer has accepted."""
    quote = sent(activity, by, *lines, **more)
    return services.accept_quote(
        quote_id=quote.pk, name="Karel Claes", address="192.0.2.7", on=DAY, at=cast.at("2026-09-14 12:00")
    )


def issued(invoice: Invoice, by: Any, on: date = DAY) -> Invoice:
    """Issue a draft that was made from a quote."""
    return sales.issue_invoice(invoice_id=invoice.pk, on=on, by=by, at=cast.at(f"{on} 14:00"))
