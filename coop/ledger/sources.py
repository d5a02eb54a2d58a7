"""How to call and open what an entry was posted for. Apps register their sources in ``AppConfig.ready``."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Link:
    """A document behind an entry: what people call it and where it opens (empty when the user may not open it)."""

    label: str
    url: str


Resolve = Callable[[Iterable[str], Any], Mapping[str, Link]]
_sources: dict[str, Resolve] = {}


def register(source: str, resolve: Resolve) -> None:
    """Make a source known: ``resolve(source keys, user)`` returns a Link per key, in a fixed number of queries."""
    _sources[source] = resolve


def links(keys: Iterable[tuple[str, str]], user: Any) -> dict[tuple[str, str], Link]:
    """Return the links of (source, source key) pairs for a user; unknown sources have none."""
    by_source: dict[str, list[str]] = {}
    for source, key in keys:
        by_source.setdefault(source, []).append(key)
    return {
        (source, key): link
        for source, some in by_source.items()
        if source in _sources
        for key, link in _sources[source](some, user).items()
    }
