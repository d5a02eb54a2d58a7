"""The mail that carries a document to the customer: the link, the PDF, in the customer's language."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from coop import formatting
from coop.documents import queries as documents
from coop.documents.models import Document
from invoicing import communication
from invoicing.customer_page.models import CustomerLink
from invoicing.models import Invoice
from invoicing.services.finishing import DOCUMENT


def address_of(link: CustomerLink) -> str:
    """Return the whole address that a link is reached at."""
    site: str = settings.SITE_ADDRESS
    return site.rstrip("/") + reverse("customer_page:page", args=[link.secret])


def send(link: CustomerLink) -> bool:
    """Send the mail; return False while its PDF is still being made. Raises what the mail server answers."""
    document = documents.document_of(DOCUMENT, link.invoice_id)
    if document is None or document.state != Document.State.STORED:
        return False
    mail = message(link)
    mail.attach(document.filename, documents.content(document), document.media_type)
    mail.send()
    return True


def message(link: CustomerLink) -> EmailMessage:
    """Return the mail without its attachment: plain text, answers go to the entrepreneur."""
    invoice = link.invoice
    seller = invoice.seller
    with translation.override(invoice.language):
        names = {"number": invoice.number, "name": seller["trade_name"]}
        subject = (
            _("Credit note %(number)s of %(name)s") % names
            if invoice.kind == Invoice.Kind.CREDIT_NOTE
            else _("Invoice %(number)s of %(name)s") % names
        )
        text = "\n\n".join([*_paragraphs(invoice), address_of(link), _("With kind regards,") + "\n" + signed(seller)])
    return EmailMessage(
        subject=subject,
        body=text + "\n",
        to=[link.mail_to],
        reply_to=[seller["contact_email"]] if seller.get("contact_email") else None,
    )


def _paragraphs(invoice: Invoice) -> list[str]:
    amount = formatting.money(invoice.gross.amount)
    if invoice.kind == Invoice.Kind.CREDIT_NOTE:
        return [
            _("Hello,"),
            _("Here is our credit note %(number)s of %(amount)s.") % {"number": invoice.number, "amount": amount},
            _("You can read it, and its PDF, on this page:"),
        ]
    asked = _("Please pay %(amount)s by %(day)s, with the communication %(communication)s.") % {
        "amount": amount,
        "day": formatting.day(invoice.due_on),
        "communication": communication.written(invoice.structured_communication),
    }
    return [
        _("Hello,"),
        _("Here is our invoice %(number)s.") % {"number": invoice.number} + " " + asked,
        _("You can read it, see what is left to pay, and find its PDF on this page:"),
    ]


def signed(seller: dict[str, str]) -> str:
    """Return who signs a mail: the person, the activity, the cooperative."""
    who = seller.get("contact_name") or ""
    return "\n".join(line for line in (who, seller["trade_name"], seller["name"]) if line)
