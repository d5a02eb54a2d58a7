"""The mail that carries a reminder: its words, what is asked, the customer's link, the PDF; in the customer's language."""

from datetime import date

from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from coop import formatting
from coop.documents import queries as documents
from coop.documents.models import Document
from invoicing import communication
from invoicing.customer_page import mailing as customer_mail
from invoicing.customer_page.services import current_link
from invoicing.reminders import texts
from invoicing.reminders.deciding import Level
from invoicing.reminders.models import Reminder
from invoicing.reminders.queries import DOCUMENT


def send(reminder: Reminder, *, on: date) -> bool:
    """Send the mail; return False while its PDF is still being made. Raises what the mail server answers."""
    document = documents.document_of(DOCUMENT, reminder.pk)
    if document is None or document.state != Document.State.STORED:
        return False
    mail = message(reminder, on=on)
    mail.attach(document.filename, documents.content(document), document.media_type)
    mail.send()
    return True


def message(reminder: Reminder, *, on: date) -> EmailMessage:
    """Return the mail without its attachment: plain text, answers go to the entrepreneur."""
    invoice = reminder.invoice
    seller = invoice.seller
    link = current_link(invoice, on)
    with translation.override(reminder.language):
        subject = _("%(title)s: invoice %(number)s of %(name)s") % {
            "title": texts.title(Level(reminder.level)), "number": invoice.number, "name": seller["trade_name"],
        }  # fmt: skip
        asked = _("Please pay %(amount)s by %(day)s, with the communication %(communication)s.") % {
            "amount": formatting.money(reminder.total),
            "day": formatting.day(reminder.pay_until),
            "communication": communication.written(invoice.structured_communication),
        }
        paragraphs = [_("Hello,"), reminder.text, asked, _("The letter with all details is attached.")]
        if link is not None:
            paragraphs += [
                _("You can read the invoice and see what is left of it on this page:"),
                customer_mail.address_of(link),
            ]
        paragraphs.append(_("With kind regards,") + "\n" + customer_mail.signed(seller))
    return EmailMessage(
        subject=subject,
        body="\n\n".join(paragraphs) + "\n",
        to=[reminder.mail_to],
        reply_to=[seller["contact_email"]] if seller.get("contact_email") else None,
    )
