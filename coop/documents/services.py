"""Ask for documents, make them once, and keep the files that people send."""

import hashlib
import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils.translation import gettext as _

from coop.documents import kinds, pdfa, queries, store
from coop.documents.models import Document
from coop.entities.models import Cooperative
from coop.errors import Refused

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=5)
FIRST_REST = timedelta(seconds=10)
LONGEST_REST = timedelta(hours=1)
PATIENCE = timedelta(seconds=2)
BELLS = 2
LARGEST = 10 * 1024 * 1024


class _Acts:
    """What is done in the transaction that stores a document: the ledger, which stands above, seals it in the chain."""

    def __init__(self) -> None:
        self.acts: list[Callable[[Document], object]] = []

    def register(self, act: Callable[[Document], object]) -> None:
        """Make an act known; registering it again changes nothing."""
        if act not in self.acts:
            self.acts.append(act)


on_stored = _Acts()


# --- documents that the product makes ---------------------------------------------------------------------------------


def request_document(
    *,
    cooperative: Cooperative,
    kind: str,
    subject: UUID,
    language: str,
    filename: str,
    at: datetime,
    parameters: dict[str, Any] | None = None,
    media_type: str = "application/pdf",
) -> Document:
    """Write the PENDING row of a document in the caller's transaction; a worker makes it after the commit.

    A broker that does not answer loses nothing: the pending row is the job, and the sweeper finds it.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a document is asked for in the transaction that writes its object")
    document = Document.objects.create(
        cooperative=cooperative, kind=kind, subject=subject, language=language, filename=filename, created_at=at,
        parameters=parameters or {}, media_type=media_type,
    )  # fmt: skip
    transaction.on_commit(_ring, robust=True)
    return document


def _ring() -> None:
    """Tell a worker that one more document waits."""
    from coop.documents import tasks

    tasks.make_newest.delay()


def make_document(*, document: UUID, at: datetime) -> bool:
    """Make one pending document, and return whether this call stored it. Idempotent."""
    claimed = _claim(at, pk=document)
    return claimed is not None and _make(claimed, at)


def make_newest(at: datetime) -> bool:
    """Make the newest document that waits, and return whether this call stored one.

    Each document rings once and each ring makes one, so all are made; and who asks for a document while hundreds wait (a
    pay run was approved) has it next, not last.
    """
    claimed = _claim(at)
    return claimed is not None and _make(claimed, at)


def _make(claimed: Document, at: datetime) -> bool:
    """Build the bytes of a claimed document outside any transaction, store them once, seal them; tell whether we stored it.

    Kinds that are ``proven`` are archived only as proven PDF/A-3b. What fails is kept on the row and tried again after a
    rest that doubles each time.
    """
    try:
        kind = kinds.get(claimed.kind)
        content = kind.build(claimed)
        draft = store.write(pdfa.prove(content) if kind.proven else content, queries.place(claimed))
        try:
            return _keep(claimed, draft, at)
        finally:
            draft.drop()
    except Exception as error:
        log.exception("document %s could not be made", claimed.pk)
        rest = min(FIRST_REST * 2 ** min(claimed.attempts - 1, 10), LONGEST_REST)
        Document.objects.filter(pk=claimed.pk, state=Document.State.PENDING).update(
            failure=f"{type(error).__name__}: {error}"[:2000], lease_until=at + rest
        )
        return False


def _claim(at: datetime, **which: UUID) -> Document | None:
    """Take the newest document that waits (of those meant) for the length of a lease, or None: no worker shares one."""
    with transaction.atomic():
        row = (
            queries.claimable(at)
            .select_related("cooperative")
            .select_for_update(skip_locked=True, of=("self",))
            .filter(**which)
            .first()
        )
        if row is not None:
            row.lease_until, row.attempts = at + LEASE, row.attempts + 1
            row.save(update_fields=["lease_until", "attempts"])
        return row


def _keep(claimed: Document, draft: store.Draft, at: datetime) -> bool:
    """Store the bytes of a document unless another worker was faster; whole, in one transaction with its seal."""
    with transaction.atomic():
        row = Document.objects.select_for_update(of=("self",)).select_related("cooperative").get(pk=claimed.pk)
        if row.state == Document.State.STORED:
            return False
        row.sha256, row.size, row.state = draft.sha256, draft.size, Document.State.STORED
        row.stored_at, row.failure = at, ""
        row.save(update_fields=["sha256", "size", "state", "stored_at", "failure"])
        for act in on_stored.acts:
            act(row)
        draft.keep(queries.place(row))
    return True


def make_pending(*, at: Callable[[], datetime], until: datetime) -> int:
    """Make the documents that wait, the newest first, until none is left or the moment has come; return how many."""
    made = 0
    while (now := at()) < until and (claimed := _claim(now)):
        made += _make(claimed, now)
    return made


def pending_exists(at: datetime) -> bool:
    """Tell whether a document has waited for two seconds and nobody is making it: its message was lost."""
    return queries.claimable(at).filter(created_at__lte=at - PATIENCE).exists()


def ring_for_waiting(at: datetime) -> None:
    """Wake workers when a document waits that nobody is making: the sweeper of documents.

    However many wait, it sends two messages, which expire before the next sweep, so that none pile up; each works off
    what waits for a few seconds.
    """
    from coop.documents import tasks

    if pending_exists(at):
        for _bell in range(BELLS):
            tasks.make_pending.apply_async(expires=PATIENCE.total_seconds())


def remove_dead_drafts(_at: datetime) -> None:
    """Remove what processes that died have left in the folder of documents."""
    store.sweep_drafts()


# --- files that people send -------------------------------------------------------------------------------------------


class NotAReceipt(Refused):
    """A file was sent that is no PDF, PNG or JPEG, or is too large."""


class FileAlreadyKept(Refused):
    """The very same file was sent for another object."""


@transaction.atomic
def keep_file(
    *, cooperative: Cooperative, kind: str, subject: UUID, content: bytes, filename: str, at: datetime
) -> Document:
    """Keep a file as it was sent: known by its content, once per cooperative and kind, sealed in the chain.

    Raises NotAReceipt, and FileAlreadyKept when the same bytes belong to another object.
    """
    media_type, suffix = _content_of(content, filename)
    digest = hashlib.sha256(content).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"file:{cooperative.pk}:{digest}"])
    known = Document.objects.filter(cooperative=cooperative, kind=kind, sha256=digest).first()
    if known is not None:
        if known.subject == subject:
            return known
        raise FileAlreadyKept(
            subject=known.filename,
            reason=_("The very same file already belongs to another document."),
            remedy=_("Choose the file of this document."),
            field="file",
        )
    return keep_received(
        cooperative=cooperative, kind=kind, subject=subject, content=content, filename=_name(filename, suffix),
        media_type=media_type, at=at,
    )  # fmt: skip


@transaction.atomic
def keep_received(
    *, cooperative: Cooperative, kind: str, subject: UUID, content: bytes, filename: str, media_type: str, at: datetime
) -> Document:
    """Keep bytes as they came, whatever they are, sealed in the chain. The caller has judged them and named their type."""
    document = Document(
        id=uuid4(), cooperative=cooperative, kind=kind, subject=subject, filename=filename, created_at=at,
        media_type=media_type, state=Document.State.STORED, size=len(content), stored_at=at,
        sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip
    document.save(force_insert=True)
    for act in on_stored.acts:
        act(document)
    store.write(content, queries.place(document)).keep(queries.place(document))
    return document


def _content_of(content: bytes, filename: str) -> tuple[str, str]:
    """Return media type and suffix of a file by its first and last bytes. Raises NotAReceipt."""
    if len(content) > LARGEST:
        raise NotAReceipt(
            subject=filename,
            reason=_("The file is larger than 10 MB."),
            remedy=_("Send a smaller scan, or a photo of lower resolution."),
            field="file",
        )
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]:
        return "application/pdf", "pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content.endswith(b"IEND\xaeB`\x82"):
        return "image/png", "png"
    if content.startswith(b"\xff\xd8\xff") and content.endswith(b"\xff\xd9"):
        return "image/jpeg", "jpg"
    raise NotAReceipt(
        subject=filename,
        reason=_("The file is no whole PDF, PNG or JPEG."),
        remedy=_("Send a scan as PDF, or a photo as PNG or JPEG."),
        field="file",
    )


def _name(filename: str, suffix: str) -> str:
    """Return the name that people see: without folders and control characters, with the suffix of the content."""
    last = re.split(r"[/\\]", filename)[-1]
    stem = last.rpartition(".")[0] or last
    stem = re.sub(r'[\x00-\x1f\x7f:"*?<>|]', "", stem).strip(". ")[:100]
    return f"{stem or 'document'}.{suffix}"
