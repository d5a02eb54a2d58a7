"""The link of a customer: made, sent by e-mail, opened, withdrawn, asked for again when it has ended."""

import logging
import secrets
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.errors import Refused
from invoicing.customer_page import mailing
from invoicing.customer_page.models import CustomerLink
from invoicing.models import Invoice, InvoiceEvent
from invoicing.services import rows

logger = logging.getLogger("invoicing.customer_page")

LASTS = timedelta(days=365)
BETWEEN_MAILS = timedelta(hours=1)
ATTEMPTS = 8
FIRST_REST = timedelta(seconds=20)


class NotIssued(Refused):
    """A link was wanted of a document that has no number yet, or that was issued elsewhere and has no page here."""


class NoAddress(Refused):
    """A mail was wanted to a customer without an e-mail address."""


class NoMail(Refused):
    """A mail was wanted of an installation that sends none."""


class NoLink(Refused):
    """A mail was wanted of a document without a link that still opens it."""


def digest_of(secret: str) -> str:
    """Return what a link is found by."""
    return sha256(secret.encode()).hexdigest()


def current_link(invoice: Invoice, on: date) -> CustomerLink | None:
    """Return the link by which the customer reads a document on a day, if there is one."""
    return (
        CustomerLink.objects.not_withdrawn().filter(invoice=invoice, expires_on__gte=on).order_by("-created_at").first()
    )


@transaction.atomic
def make_link(*, invoice_id: UUID, by: Any, on: date, at: datetime) -> CustomerLink:
    """Make the link of an issued document, or return the one that still opens it. It lasts a year.

    Raises NotIssued, and PermissionDenied but for who sells or validates for the activity.
    """
    invoice = _locked(invoice_id, by)
    return current_link(invoice, on) or _create(invoice, by=by, on=on, at=at)


def require_sharing(invoice: Invoice, by: Any) -> None:
    """Let through who sells or validates for the activity of a document. Raises PermissionDenied."""
    scope = {"activity": invoice.activity_id, "cooperative": invoice.cooperative_id}
    if not any(visibility.may(by, Subject.SALES, right, **scope) for right in ("w", "x")):
        raise PermissionDenied("sales of others")


def _locked(invoice_id: UUID, by: Any) -> Invoice:
    invoice = rows.locked(invoice_id, by, right="r")
    require_sharing(invoice, by)
    if not invoice.number or invoice.origin == Invoice.Origin.ELSEWHERE:
        raise NotIssued(
            subject=invoice.number or str(_("Draft")),
            reason=_("It has no page for the customer: it is not issued yet, or it was issued elsewhere."),
            remedy=_("Issue it first; a document issued elsewhere is sent from there."),
        )
    return invoice


def _create(invoice: Invoice, *, by: Any, on: date, at: datetime) -> CustomerLink:
    secret = secrets.token_urlsafe(32)
    link = CustomerLink.objects.create(
        invoice=invoice, secret=secret, digest=digest_of(secret), expires_on=on + LASTS, created_by=by, created_at=at
    )
    rows.record(invoice, InvoiceEvent.Kind.SHARED, by=by, at=at)
    return link


@transaction.atomic
def withdraw_links(*, invoice_id: UUID, by: Any, at: datetime) -> int:
    """Withdraw every link of a document at once and for good; return how many there were."""
    invoice = _locked(invoice_id, by)
    found = CustomerLink.objects.not_withdrawn().filter(invoice=invoice).update(revoked_at=at, revoked_by=by)
    if found:
        rows.record(invoice, InvoiceEvent.Kind.WITHDRAWN, by=by, at=at)
    return found


@transaction.atomic
def mail_link(*, invoice_id: UUID, by: Any, on: date, at: datetime) -> CustomerLink:
    """Send the customer the link of a document, and its PDF, by e-mail; a link is made if there is none.

    The mail leaves after the commit, and is tried again while the mail server does not answer. Raises NoMail, NoAddress.
    """
    invoice = _locked(invoice_id, by)
    if not settings.SENDS_MAIL:
        raise NoMail(
            subject=invoice.number,
            reason=_("This installation sends no e-mail."),
            remedy=_("Copy the link and send it yourself, or ask the administrator to set up the mail server."),
        )
    address = invoice.customer.email if invoice.customer else ""
    if not address:
        raise NoAddress(
            subject=str(invoice.customer or invoice.number),
            reason=_("No e-mail address of this customer is known."),
            remedy=_("Record it on the customer’s page, or copy the link and send it yourself."),
        )
    link = current_link(invoice, on) or _create(invoice, by=by, on=on, at=at)
    _want_mail(link, address, at)
    return link


def _want_mail(link: CustomerLink, address: str, at: datetime) -> None:
    """Write that a mail is to be sent, and ring the worker; one that waits already is not doubled."""
    CustomerLink.objects.filter(pk=link.pk).update(
        mail_to=address, mail_wanted_at=at, mail_next_at=at, mailed_at=None, mail_attempts=0
    )
    from invoicing.customer_page import tasks

    tasks.send_mails.delay_on_commit()


@transaction.atomic
def ask_new_link(*, secret: str, on: date, at: datetime) -> None:
    """Send a new link to the address on record when one has ended, at most once an hour; never to an address given here.

    What was withdrawn, is unknown or has no address gets nothing; the caller says the same in every case.
    """
    link = find(secret)
    if link is None or link.revoked_at is not None or link.expires_on >= on or not settings.SENDS_MAIL:
        return
    invoice = Invoice.objects.select_for_update(of=("self",)).select_related("customer").get(pk=link.invoice_id)
    address = invoice.customer.email if invoice.customer else ""
    asked = CustomerLink.objects.filter(invoice=invoice, mail_wanted_at__gt=at - BETWEEN_MAILS).exists()
    if not address or asked:
        return
    _want_mail(current_link(invoice, on) or _create(invoice, by=None, on=on, at=at), address, at)


def find(secret: str) -> CustomerLink | None:
    """Return the link of a secret, whatever became of it."""
    return (
        CustomerLink.objects.select_related("invoice__cooperative", "invoice__customer", "invoice__credits")
        .filter(digest=digest_of(secret))
        .first()
    )


@transaction.atomic
def note_opened(*, link: CustomerLink, at: datetime) -> None:
    """Note that a document was opened through its link: the first time in its history, later ones on the link alone."""
    first = CustomerLink.objects.filter(pk=link.pk, opened_at__isnull=True).update(opened_at=at, opened_last_at=at)
    if first:
        rows.record(link.invoice, InvoiceEvent.Kind.OPENED, by=None, at=at)
    else:
        CustomerLink.objects.filter(pk=link.pk, opened_last_at__lt=at).update(opened_last_at=at)


# --- mails ------------------------------------------------------------------------------------------------------------


def send_mails(*, at: datetime) -> int:
    """Send the mails that are wanted, one transaction each; return how many left. A failed one rests, each time longer.

    A process that dies between sending and noting it sends the mail a second time: twice is better than never.
    """
    sent = 0
    waiting = CustomerLink.objects.filter(
        mail_wanted_at__isnull=False, mailed_at__isnull=True, mail_next_at__lte=at, mail_attempts__lt=ATTEMPTS
    )
    for pk in waiting.order_by("mail_wanted_at").values_list("pk", flat=True)[:50]:
        sent += _send(pk, at)
    return sent


@transaction.atomic
def _send(pk: UUID, at: datetime) -> bool:
    link = (
        CustomerLink.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("invoice__cooperative", "invoice__credits")
        .filter(pk=pk, mailed_at__isnull=True, mail_next_at__lte=at)
        .first()
    )
    if link is None:
        return False
    try:
        ready = mailing.send(link)
    except Exception:
        logger.exception("the mail of link %s could not be sent", pk)
        ready = False
        link.mail_attempts += 1
    if ready:
        link.mailed_at = at
        rows.record(link.invoice, InvoiceEvent.Kind.MAILED, by=None, at=at, comment=link.mail_to)
    link.mail_next_at = at + FIRST_REST * 2**link.mail_attempts
    link.save(update_fields=["mail_attempts", "mailed_at", "mail_next_at"])
    return ready


def ring(at: datetime) -> None:
    """Wake the worker when a mail waits whose message was lost."""
    if CustomerLink.objects.filter(
        mail_wanted_at__isnull=False, mailed_at__isnull=True, mail_next_at__lte=at, mail_attempts__lt=ATTEMPTS
    ).exists():
        from invoicing.customer_page import tasks

        tasks.send_mails.delay()
