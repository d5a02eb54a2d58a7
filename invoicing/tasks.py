"""Where workers look for the tasks of this app: those of its packages."""

from invoicing.customer_page.tasks import send_mails
from invoicing.peppol.tasks import fetch_messages, send_messages

__all__ = ["fetch_messages", "send_mails", "send_messages"]
