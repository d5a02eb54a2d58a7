"""To which activity an invoice that came in belongs, by what it says itself. Pure.

A code or an address that is found decides; what only resembles is proposed, and a person decides. In this order: the code
of the activity in the buyer's reference (BT-10), the order (BT-13), the buyer's identifiers (BT-46); the e-mail address or
the name of the buyer's contact (BT-56, BT-58); the code in the place of delivery (BT-70), in a note or a line; last, where
all earlier invoices of the supplier went.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from coop.names import sort_name
from invoicing.einvoice.model import Document


class Evidence(TextChoices):
    """By what an invoice was found to belong to an activity."""

    REFERENCE = "reference", _("its reference")
    ORDER = "order", _("its order number")
    IDENTIFIER = "identifier", _("the buyer’s identifier")
    CONTACT = "contact", _("its contact")
    DELIVERY = "delivery", _("the place of delivery")
    TEXT = "text", _("a note or a line")
    HISTORY = "history", _("earlier invoices of the same supplier")
    PERSON = "person", _("a person")


@dataclass(frozen=True)
class Candidate:
    """An activity that an invoice may belong to, with who runs it."""

    activity: UUID
    code: str
    names: Sequence[str] = ()
    emails: Sequence[str] = ()


@dataclass(frozen=True)
class Route:
    """Where an invoice goes, by what; one that is not ``certain`` is proposed only."""

    activity: UUID
    evidence: Evidence
    text: str
    certain: bool


def route(document: Document, candidates: Sequence[Candidate], *, history: UUID | None) -> Route | None:
    """Return where an invoice goes, or None. ``history``: the one activity that all earlier ones of the supplier went to.

    A text that names two activities decides nothing.
    """
    for evidence, texts in _coded(document):
        found = _by_code(texts, candidates)
        if found is not None:
            return Route(found[0].activity, evidence, found[1], certain=True)
        if evidence == Evidence.IDENTIFIER and (contact := _by_contact(document, candidates)) is not None:
            return contact
    if history is not None:
        return Route(history, Evidence.HISTORY, document.seller.name, certain=False)
    return None


def _coded(document: Document) -> Iterator[tuple[Evidence, list[str]]]:
    """Give the texts in which a code may stand, in their order. The identifiers come right before the contact."""
    yield Evidence.REFERENCE, [document.buyer_reference]
    yield Evidence.ORDER, [document.order]
    yield Evidence.IDENTIFIER, [one.value for one in document.buyer.identifiers]
    if document.delivery is not None:
        location = document.delivery.location
        yield Evidence.DELIVERY, [document.delivery.name, location.value if location else ""]
    lines = [text for line in document.lines for text in (line.name, line.description, line.note, line.buyer_account)]
    yield Evidence.TEXT, [*document.notes, document.buyer_account, document.project, *lines]


def _by_code(texts: Sequence[str], candidates: Sequence[Candidate]) -> tuple[Candidate, str] | None:
    found: dict[UUID, tuple[Candidate, str]] = {}
    for candidate in candidates:
        pattern = re.compile(rf"(?<![\w-]){re.escape(candidate.code)}(?![\w-])", re.IGNORECASE)
        text = next((text for text in texts if text and pattern.search(text)), None)
        if text is not None:
            found[candidate.activity] = (candidate, text)
    return next(iter(found.values())) if len(found) == 1 else None


def _by_contact(document: Document, candidates: Sequence[Candidate]) -> Route | None:
    contact = document.buyer.contact
    if contact is None:
        return None
    email, name = contact.email.strip().lower(), _name(contact.name)
    by_email = {each.activity for each in candidates if email and email in {one.lower() for one in each.emails}}
    if len(by_email) == 1:
        return Route(by_email.pop(), Evidence.CONTACT, contact.email, certain=True)
    by_name = {each.activity for each in candidates if name and name in {_name(one) for one in each.names}}
    if len(by_name) == 1:
        return Route(by_name.pop(), Evidence.CONTACT, contact.name, certain=False)
    return None


def _name(text: str) -> frozenset[str]:
    """Return a name so that order, accents and case do not count."""
    return frozenset(sort_name(text).replace(",", " ").split())
