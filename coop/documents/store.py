"""The only writer of files: whole or nothing. Bytes go to a temporary name, are flushed to the disk, then get their name."""

import hashlib
import os
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings


class Damaged(Exception):
    """The stored bytes of a document are missing or are not those that were sealed."""


def place_of(*, cooperative: str, year: int, document: UUID) -> Path:
    """Return where a file stands: code of the cooperative, year, id. The name that people see plays no part."""
    return settings.DOCUMENTS_ROOT / cooperative / str(year) / str(document)


def write(target: Path, content: bytes) -> str:
    """Store bytes under a name and return their SHA-256. A full disk, or a kill, leaves no partial file behind."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{uuid4().hex}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return hashlib.sha256(content).hexdigest()


def read(place: Path, sha256: str) -> bytes:
    """Return stored bytes. Raises Damaged when they are missing or other than those sealed."""
    try:
        content = place.read_bytes()
    except FileNotFoundError as error:
        raise Damaged(f"the file of document {place.name} is missing") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Damaged(f"the file of document {place.name} is not what was stored")
    return content
