"""The link by which a customer reads and answers a quote, and the mail that carries it. As for issued documents."""

import logging
import secrets
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from coop import formatting
from coop.access import visibility
from coop.access.predicates import Subject
from coop.documents import queries as documents
from coop.documents.models import Document
from invoicing.customer_page.services import (
    ATTEMPTS,
    BETWEEN_MAILS,
    FIRST_REST,
    LASTS,
    NoAddress,
    NoMail,
    digest_of,
)
from invoicing.quotes.models import Quote, QuoteEvent, QuoteLink
from invoicing.quotes.services.rows import locked, record
from invoicing.quotes.services.sending import DOCUMENT, QuoteNotReady, current_link

logger = logging.getLogger("invoicing.quotes")


def create(quote: Quote, *, by: Any, on: date, at: datetime) -> QuoteLink:
    """Make a link of a sent quote, in the caller's transaction; it lasts a year."""
    secret = secrets.token_urlsafe(32)
    link = QuoteLink.objects.create(
        quote=quote, secret=secret, digest=digest_of(secret), expires_on=on + LASTS, created_at=at
    )
    record(quote, QuoteEvent.Kind.SHARED, by=by, at=at)
    return link


def address_of(link: QuoteLink) -> str:
    """Return the whole address that a link is reached at."""
    site: str = settings.SITE_ADDRESS
    return site.rstrip("/") + reverse("quotes:page", args=[link.secret])


def require_sharing(quote: Quote, by: Any) -> None:
    """Let through who sells or validates for the activity of a quote. Raises PermissionDenied."""
    scope = {"activity": quote.activity_id, "cooperative": quote.cooperative_id}
    if not any(visibility.may(by, Subject.SALES, right, **scope) for right in ("w", "x")):
        raise PermissionDenied("sales of others")


@transaction.atomic
def mail_link(*, quote_id: UUID, by: Any, on: date, at: datetime) -> QuoteLink:
    """Send the customer the link of a quote, and its PDF, by e-mail. The mail leaves after the commit.

    Raises QuoteNotReady for a draft, NoMail, NoAddress; PermissionDenied but for who sells or validates for the activity.
    """
    quote = locked(quote_id, by, right="r")
    require_sharing(quote, by)
    if not quote.number:
        raise QuoteNotReady(
            subject=_("Quote"), reason=_("It is still a draft and has no number."), remedy=_("Send it first.")
        )
    if not settings.SENDS_MAIL:
        raise NoMail(
            subject=quote.number,
            reason=_("This installation sends no e-mail."),
            remedy=_("Copy the link and send it yourself, or ask the administrator to set up the mail server."),
        )
    address = quote.customer.email if quote.customer else ""
    if not address:
        raise NoAddress(
            subject=str(quote.customer),
            reason=_("No e-mail address of this customer is known."),
            remedy=_("Record it on the customer’s page, or copy the link and send it yourself."),
        )
    link = current_link(quote, on) or create(quote, by=by, on=on, at=at)
    _want_mail(link, address, at)
    link.mail_to = address
    return link


def _want_mail(link: QuoteLink, address: str, at: datetime) -> None:
    QuoteLink.objects.filter(pk=link.pk).update(
        mail_to=address, mail_wanted_at=at, mail_next_at=at, mailed_at=None, mail_attempts=0
    )
    from invoicing.quotes import tasks

    tasks.send_quote_mails.delay_on_commit()


@transaction.atomic
def ask_new_link(*, secret: str, on: date, at: datetime) -> None:
    """Send a new link to the address on record when one has ended, at most once an hour; never to an address given here.

    What was withdrawn, is unknown or has no address gets nothing; the caller says the same in every case.
    """
    link = find(secret)
    if link is None or link.revoked_at is not None or link.expires_on >= on or not settings.SENDS_MAIL:
        return
    quote = Quote.objects.select_for_update(of=("self",)).select_related("customer").get(pk=link.quote_id)
    address = quote.customer.email if quote.customer else ""
    asked = QuoteLink.objects.filter(quote=quote, mail_wanted_at__gt=at - BETWEEN_MAILS).exists()
    if address and not asked:
        _want_mail(current_link(quote, on) or create(quote, by=None, on=on, at=at), address, at)


def find(secret: str) -> QuoteLink | None:
    """Return the link of a secret, whatever became of it."""
    known = QuoteLink.objects.select_related("quote__cooperative", "quote__activity", "quote__customer")
    return known.filter(digest=digest_of(secret)).first()


@transaction.atomic
def note_opened(*, link: QuoteLink, at: datetime) -> None:
    """Note that a quote was opened through its link: the first time in its history, later ones on the link alone."""
    first = QuoteLink.objects.filter(pk=link.pk, opened_at__isnull=True).update(opened_at=at, opened_last_at=at)
    if first:
        record(link.quote, QuoteEvent.Kind.OPENED, by=None, at=at)
    else:
        QuoteLink.objects.filter(pk=link.pk, opened_last_at__lt=at).update(opened_last_at=at)


# --- mails ------------------------------------------------------------------------------------------------------------


def message(link: QuoteLink) -> EmailMessage:
    """Return the mail without its attachment, in the customer's language: answers go to the entrepreneur."""
    quote, seller = link.quote, link.quote.seller
    with translation.override(quote.language):
        names = {"number": quote.number, "name": seller["trade_name"], "amount": formatting.money(quote.gross)}
        day = {"day": formatting.day(quote.valid_until)}
        who = [seller.get("contact_name") or "", seller["trade_name"], seller["name"]]
        text = "\n\n".join(
            [
                _("Hello,"),
                _("Here is our quote %(number)s of %(amount)s.") % names + " " + _("It holds until %(day)s.") % day,
                _("You can read it, and accept or refuse it, on this page:"),
                address_of(link),
                _("With kind regards,") + "\n" + "\n".join(line for line in who if line),
            ]
        )
        subject = _("Quote %(number)s of %(name)s") % names
    answers_to = [seller["contact_email"]] if seller.get("contact_email") else None
    return EmailMessage(subject=subject, body=text + "\n", to=[link.mail_to], reply_to=answers_to)


def _waiting(at: datetime) -> QuerySet[QuoteLink]:
    return QuoteLink.objects.filter(
        mail_wanted_at__isnull=False, mailed_at__isnull=True, mail_next_at__lte=at, mail_attempts__lt=ATTEMPTS
    )


def send_mails(*, at: datetime) -> int:
    """Send the mails that are wanted, one transaction each; return how many left. A failed one rests, each time longer."""
    return sum(_send(pk, at) for pk in _waiting(at).order_by("mail_wanted_at").values_list("pk", flat=True)[:50])


@transaction.atomic
def _send(pk: UUID, at: datetime) -> bool:
    locked_rows = QuoteLink.objects.select_for_update(skip_locked=True, of=("self",)).select_related("quote")
    link = locked_rows.filter(pk=pk, mailed_at__isnull=True, mail_next_at__lte=at).first()
    if link is None:
        return False
    sent = False
    try:
        sent = _leave(link)
    except Exception:
        logger.exception("the mail of quote link %s could not be sent", pk)
        link.mail_attempts += 1
    if sent:
        link.mailed_at = at
        record(link.quote, QuoteEvent.Kind.MAILED, by=None, at=at, comment=link.mail_to)
    link.mail_next_at = at + FIRST_REST * 2**link.mail_attempts
    link.save(update_fields=["mail_attempts", "mailed_at", "mail_next_at"])
    return sent


def _leave(link: QuoteLink) -> bool:
    """Send one mail; return False while its PDF is still being made. Raises what the mail server answers."""
    document = documents.document_of(DOCUMENT, link.quote_id)
    if document is None or document.state != Document.State.STORED:
        return False
    mail = message(link)
    mail.attach(document.filename, documents.content(document), document.media_type)
    mail.send()
    return True


def ring(at: datetime) -> None:
    """Wake the worker when a mail waits whose message was lost."""
    if _waiting(at).exists():
        from invoicing.quotes import tasks

        tasks.send_quote_mails.delay()
