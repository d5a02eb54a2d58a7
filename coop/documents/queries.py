"""Questions about documents."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from coop.documents import kinds, store
from coop.documents.models import Document


def get_document(*, user: Any, document: UUID) -> Document | None:
    """Return a document that the user may see, or None: for one that is unknown, and for one that is another's."""
    found = Document.objects.select_related("cooperative").filter(pk=document).first()
    if found is None or not kinds.known(found.kind) or not kinds.get(found.kind).visible(found, user):
        return None
    return found


def documents_of(kind: str, subjects: Iterable[UUID]) -> dict[UUID, Document]:
    """Return the newest document of a kind for each of some objects, in one query. The caller checks who may see them."""
    rows = Document.objects.filter(kind=kind, subject__in=list(subjects)).order_by("created_at", "pk")
    return {row.subject: row for row in rows}


def document_of(kind: str, subject: UUID) -> Document | None:
    """Return the newest document of a kind that belongs to an object."""
    return documents_of(kind, [subject]).get(subject)


def claimable(at: datetime) -> QuerySet[Document]:
    """Return the documents that wait to be made and that no worker is making, the newest first."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    return Document.objects.filter(free, state=Document.State.PENDING).order_by("-created_at", "pk")


def late(at: datetime, *, after: timedelta = timedelta(minutes=10)) -> QuerySet[Document]:
    """Return the documents that should long have been made."""
    return Document.objects.filter(state=Document.State.PENDING, created_at__lt=at - after).order_by("created_at")


def place(document: Document) -> Path:
    """Return where a document's file stands. The cooperative must be loaded."""
    return store.place_of(cooperative=document.cooperative.code, year=document.created_at.year, document=document.pk)


def content(document: Document) -> bytes:
    """Return the bytes of a stored document, checked against their SHA-256. Raises store.Damaged."""
    return store.read(place(document), document.sha256)
