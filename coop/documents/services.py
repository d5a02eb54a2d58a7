"""Ask for documents and make them. The row is written with its object; the bytes follow after the commit, once."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from coop.documents import kinds, pdfa, queries, store
from coop.documents.models import Document
from coop.entities.models import Cooperative

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=30)
PATIENCE = timedelta(seconds=30)
ATTEMPTS = 5


class _Hooks:
    """What is done in the transaction that stores a document: the ledger, which stands above, seals it in the chain."""

    def __init__(self) -> None:
        self.acts: list[Callable[[Document], object]] = []

    def register(self, act: Callable[[Document], object]) -> None:
        """Make an act known; registering it again changes nothing."""
        if act not in self.acts:
            self.acts.append(act)


on_stored = _Hooks()


def request_document(
    *,
    cooperative: Cooperative,
    kind: str,
    subject: UUID,
    language: str,
    filename: str,
    at: datetime,
    parameters: dict[str, Any] | None = None,
) -> Document:
    """Write the PENDING row of a document in the caller's transaction; a worker makes it after the commit.

    A broker that does not answer loses nothing: the pending row is the job, and the sweeper finds it.
    """
    document = Document.objects.create(
        cooperative=cooperative, kind=kind, subject=subject, language=language, filename=filename, created_at=at,
        parameters=parameters or {},
    )  # fmt: skip
    transaction.on_commit(lambda: _ring(document.pk), robust=True)
    return document


def _ring(document: UUID) -> None:
    """Tell a worker that a document waits."""
    from coop.documents import tasks

    tasks.make_document.delay(document=str(document))


def claim(document: UUID, at: datetime) -> Document | None:
    """Take a pending document for the length of a lease, or return None when it is made or another worker has it."""
    with transaction.atomic():
        row = (
            Document.objects.select_for_update(skip_locked=True)
            .filter(pk=document, state=Document.State.PENDING)
            .filter(Q(lease_until__isnull=True) | Q(lease_until__lt=at))
            .first()
        )
        if row is not None:
            row.lease_until, row.attempts = at + LEASE, row.attempts + 1
            row.save(update_fields=["lease_until", "attempts"])
        return row


def make_document(*, document: UUID, at: datetime) -> Document | None:
    """Make a pending document: build its bytes outside any transaction, store them once, seal them. Idempotent.

    Kinds that are ``proven`` are archived only as proven PDF/A-3b. What fails is kept on the row, and tried again.
    """
    claimed = claim(document, at)
    if claimed is None:
        return None
    kind = kinds.get(claimed.kind)
    try:
        content = kind.build(claimed)
        content = pdfa.prove(content) if kind.proven else content
    except Exception as error:
        Document.objects.filter(pk=claimed.pk, state=Document.State.PENDING).update(failure=f"{error}"[:2000])
        raise
    with transaction.atomic():
        row = Document.objects.select_for_update(of=("self",)).select_related("cooperative").get(pk=claimed.pk)
        if row.state == Document.State.STORED:
            return row
        row.sha256 = store.write(queries.place(row), content)
        row.size, row.state, row.stored_at, row.failure = len(content), Document.State.STORED, at, ""
        row.save(update_fields=["sha256", "size", "state", "stored_at", "failure"])
        for act in on_stored.acts:
            act(row)
        return row


def ring_for_waiting(at: datetime) -> None:
    """Wake workers for the documents that have waited too long and that nobody is making: the sweeper of documents."""
    waiting = queries.claimable(at).filter(created_at__lt=at - PATIENCE, attempts__lt=ATTEMPTS)
    for document in waiting.values_list("pk", flat=True)[:200]:
        _ring(document)
