"""A kind of document that tests make: its bytes come from its parameters, its owner from its subject."""

from coop.access import visibility
from coop.access.predicates import Subject
from coop.documents import kinds
from coop.documents.models import Document


class CannotBuild(Exception):
    """The kind was told to fail."""


def build(document: Document) -> bytes:
    """Return the bytes that the parameters ask for."""
    if document.parameters.get("fail"):
        raise CannotBuild("no ink")
    return str(document.parameters.get("text", "a document")).encode()


def visible(document: Document, user: object) -> bool:
    """Let those see it who see the sales of the activity that it belongs to."""
    return visibility.may(user, Subject.SALES, "r", activity=document.subject, cooperative=document.cooperative_id)


def register() -> None:
    """Make the kinds known."""
    kinds.register(kinds.Kind("test", build=build, visible=visible))
    kinds.register(kinds.Kind("test_receipt", build=build, visible=visible, received=True))
