"""The only writer of files: whole or nothing. Bytes go to a draft, are flushed to the disk, then get their name."""

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

DRAFT = ".draft-"
DRAFT_LIFE = 3600
"""Seconds after which a draft belongs to a process that has died."""


class Damaged(Exception):
    """The stored bytes of a document are missing or are not those that were sealed."""


@dataclass(frozen=True)
class Draft:
    """Bytes that are on the disk and have no name yet."""

    path: Path
    sha256: str
    size: int

    def keep(self, place: Path) -> None:
        """Give the bytes their name, in one step that survives a power cut."""
        self.path.replace(place)
        _flush(place.parent)

    def drop(self) -> None:
        """Remove the bytes, when they are not wanted."""
        self.path.unlink(missing_ok=True)


def place_of(*, cooperative: str, year: int, document: UUID) -> Path:
    """Return where a file stands: code of the cooperative, year, id. The name that people see plays no part."""
    root: Path = settings.DOCUMENTS_ROOT
    return root / cooperative / str(year) / str(document)


def write(content: bytes, place: Path) -> Draft:
    """Write bytes beside their place, without giving them their name. A full disk leaves nothing behind."""
    _make_folder(place.parent)
    path = place.parent / f"{DRAFT}{uuid4().hex}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return Draft(path, hashlib.sha256(content).hexdigest(), len(content))


def read(place: Path, sha256: str) -> bytes:
    """Return stored bytes. Raises Damaged when they are missing or other than those sealed."""
    try:
        content = place.read_bytes()
    except FileNotFoundError as error:
        raise Damaged(f"the file of document {place.name} is missing") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Damaged(f"the file of document {place.name} has changed since it was stored")
    return content


def sweep_drafts() -> int:
    """Remove the drafts of processes that died more than an hour ago; return how many there were."""
    before = time.time() - DRAFT_LIFE
    old = [path for path in settings.DOCUMENTS_ROOT.glob(f"*/*/{DRAFT}*") if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, so that they survive a power cut too."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for made in missing:
        _flush(made.parent)


def _flush(folder: Path) -> None:
    """Flush the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
