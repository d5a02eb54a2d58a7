"""What kinds of documents there are: who may see one and how to build it. Apps register theirs in ``AppConfig.ready``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coop.documents.models import Document

    Build = Callable[[Document], bytes]
    Visible = Callable[[Document, Any], bool]
    Opened = Callable[[Document, Any, datetime], None]


@dataclass(frozen=True)
class Kind:
    """One kind of document: ``build`` makes its bytes from frozen data, ``visible`` tells whether a user may see it.

    ``proven`` says that the bytes must be proven PDF/A-3b before they are stored; ``received`` that people sent the
    file, so that it is only ever downloaded, never shown in a page. ``opened`` is told each time that a user is sent the
    bytes, and when: for documents whose readings are noted.
    """

    name: str
    build: "Build"
    visible: "Visible"
    proven: bool = False
    received: bool = False
    opened: "Opened | None" = None


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known; registering the same name again replaces it."""
    _kinds[kind.name] = kind


def known(name: str) -> bool:
    """Tell whether an app has registered a kind."""
    return name in _kinds


def get(name: str) -> Kind:
    """Return a kind by its name. Raises KeyError for a name that no app has registered."""
    return _kinds[name]
