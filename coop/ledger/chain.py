"""The hash chain: each entry and each stored document is sealed with the hash of the one before it.

Version 1: ``hash = SHA-256(previous hash + content)``, both as lower-case hexadecimal text; the content of an entry is
the SHA-256 of its canonical form, that of a document the SHA-256 of its bytes.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

VERSION = 1


def genesis(cooperative: UUID) -> str:
    """Return the hash before the first link of a cooperative's chain."""
    return hashlib.sha256(f"partagee:{cooperative}".encode()).hexdigest()


def _plain(value: Any) -> str | None:
    """Return a value as canonical text: amounts in integer cents, days and moments in ISO form, moments in UTC."""
    if value is None:
        return None
    if isinstance(value, Decimal):
        return str(int(value * 100))
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value)


def canonical(entry: Any, lines: Iterable[Any], files: Iterable[str] = ()) -> str:
    """Return the canonical form of an entry, its lines in order, and the hashes of the files present when posting."""
    head = (
        "uuid", "cooperative_id", "journal_id", "fiscal_year_id", "period_id", "number", "date", "text", "source",
        "source_key", "reverses_id", "posted_by_id", "posted_at", "created_in",
    )  # fmt: skip
    body = (
        "position", "date", "account_id", "amount", "activity_id", "party_id", "item_id", "vat_code", "vat_part",
        "vat_grid", "currency", "foreign_amount",
    )  # fmt: skip
    form = {name: _plain(getattr(entry, name)) for name in head}
    rows = [{name: _plain(getattr(line, name)) for name in body} for line in lines]
    return json.dumps({**form, "lines": rows, "files": sorted(files)}, sort_keys=True, separators=(",", ":"))


def content_of(entry: Any, lines: Iterable[Any], files: Iterable[str] = ()) -> str:
    """Return the SHA-256 of the canonical form of an entry."""
    return hashlib.sha256(canonical(entry, lines, files).encode()).hexdigest()


def link(previous: str, content: str) -> str:
    """Return the hash of a link."""
    return hashlib.sha256((previous + content).encode()).hexdigest()


@dataclass(frozen=True)
class Fault:
    """A place where the chain does not hold."""

    position: int
    reason: str
