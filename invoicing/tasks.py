"""Where workers look for the tasks of this app: those of its packages."""

from invoicing.customer_page.tasks import send_mails
from invoicing.reminders.tasks import send_reminders

__all__ = ["send_mails", "send_reminders"]
