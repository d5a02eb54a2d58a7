"""Every address of the product with what strangers get: one module per app, walked by test_strangers.

Each module has ``TABLE: dict[str, Row]`` keyed by the full name of the URL pattern (``invoicing:invoice_detail``). A
pattern without a row, or a row without a pattern, fails the build.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


def nothing(_world: Any) -> Mapping[str, object]:
    """No arguments in the address."""
    return {}


@dataclass(frozen=True)
class Row:
    """What is expected of one address.

    ``arguments(world)`` makes the object that the address names, owned by Aline of Archipel, and returns the URL's
    keyword arguments. ``owner`` may open it (status ``allowed``); each of ``strangers`` gets 404 on GET and POST;
    each of ``forbidden`` sees that it exists but gets 403. Without a login every address leads to the login page, unless
    ``public``. For addresses without an object, ``strangers`` is empty.
    """

    arguments: Callable[[Any], Mapping[str, object]] = nothing
    owner: str = "aline"
    allowed: tuple[int, ...] = (200,)
    strangers: tuple[str, ...] = ("chloe", "dirk", "ivo")
    forbidden: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("get", "post")
    public: bool = False
    query: str = ""
