"""What Peppol tells the lower layers about itself."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from coop import shell, sweeping, todo
from coop.access import visibility
from coop.access.predicates import Subject
from coop.documents import kinds
from coop.documents import services as documents
from coop.documents.models import Document
from invoicing import timeline
from invoicing.models import Invoice
from invoicing.peppol import deciding, inbox, outbox, queries
from invoicing.peppol.models import PeppolEvent, Received, Transmission
from invoicing.purchases import services as costs
from invoicing.timeline import Happening

FAILED = (PeppolEvent.Kind.REFUSED, PeppolEvent.Kind.FAILED)


class ReceivedNotMade(RuntimeError):
    """A message is kept as it came; it is never built."""


def _build(document: Document) -> bytes:
    raise ReceivedNotMade(document.filename)


def _visible(document: Document, user: Any) -> bool:
    return Received.objects.visible_to(user).filter(document=document.pk).exists()


def _reads_purchases(user: Any) -> bool:
    access = visibility.access_of(user)
    return bool(access.activities_with(Subject.PURCHASES, "r") or access.cooperatives_with(Subject.PURCHASES, "r"))


def _fetch(_at: Any) -> None:
    """Wake a worker to look for what came in, where a cooperative receives."""
    from invoicing.peppol import tasks

    if queries.anybody_receives():
        tasks.fetch_messages.apply_async(expires=25)


def register() -> None:
    """Make the files received, the sweepers, the pages and the tasks of Peppol known."""
    kinds.register(kinds.Kind(inbox.RECEIVED, build=_build, visible=_visible, received=True))
    documents.on_stored.register(outbox.ring_when_stored)
    timeline.register(happenings)
    if deciding.note_decision not in costs.on_decided:
        costs.on_decided.append(deciding.note_decision)
    sweeping.register(outbox.ring_for_waiting, often=True)
    sweeping.register(_fetch)
    sweeping.register(deciding.note_paid)
    todo.register(tasks_of)
    shell.register(
        shell.Entry(
            label=_("Invoices received"), url="peppol:inbox", icon="inbox", allowed=_reads_purchases, group="work",
            order=29,
        )
    )  # fmt: skip
    shell.register(
        shell.Entry(
            label=_("Peppol"), url="peppol:outbox", icon="send", allowed=queries.sees_outbox, group="administration",
            order=16,
        )
    )  # fmt: skip


def happenings(invoice: Invoice) -> Iterator[Happening]:
    """Yield what became of the message of a document: sent, delivered, answered."""
    for event in queries.events_of(invoice):
        yield Happening(
            title=event.get_kind_display() + (f": {event.get_code_display()}" if event.code else ""), at=event.at,
            who=str(event.by or ""), detail=event.comment, state="failed" if event.kind in FAILED else "done",
        )  # fmt: skip


def tasks_of(user: Any, on: date) -> Iterator[todo.Task]:
    """Give the invoices received that wait for a user, and what of theirs could not be sent."""
    found = queries.counts(user)
    address = reverse("peppol:inbox")
    if found.to_decide:
        yield todo.Task(
            kind="peppol_to_decide",
            sentence=ngettext(
                "Look at %(count)s invoice received", "Look at %(count)s invoices received", found.to_decide
            )
            % {"count": found.to_decide},
            url=address, action=_("Look"), count=found.to_decide,
        )  # fmt: skip
    if found.to_assign:
        yield todo.Task(
            kind="peppol_to_assign",
            sentence=ngettext(
                "Say whose %(count)s invoice received is", "Say whose %(count)s invoices received are", found.to_assign
            )
            % {"count": found.to_assign},
            url=address, action=_("Assign"), count=found.to_assign,
        )  # fmt: skip
    if found.not_sent:
        yield todo.Task(
            kind="peppol_not_sent",
            sentence=ngettext(
                "See why %(count)s document was not sent by Peppol",
                "See why %(count)s documents were not sent by Peppol",
                found.not_sent,
            )
            % {"count": found.not_sent},
            url=f"{reverse('peppol:outbox')}?state={Transmission.State.FAILED}", action=_("See"), count=found.not_sent,
        )  # fmt: skip
