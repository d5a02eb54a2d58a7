"""Where workers look for the tasks of this app: those of its packages."""

from invoicing.customer_page.tasks import send_mails
from invoicing.peppol.tasks import fetch_messages, send_messages
from invoicing.quotes.tasks import send_quote_mails
from invoicing.recurring.tasks import make_due_invoices
from invoicing.reminders.tasks import send_reminders

__all__ = [
    "fetch_messages", "make_due_invoices", "send_mails", "send_messages", "send_quote_mails", "send_reminders",
]  # fmt: skip
