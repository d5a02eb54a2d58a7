"""What every page shows around its content: navigation, chooser, notices. Apps register theirs when they are ready."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from coop import clock
from coop.errors import Text

GROUPS: dict[str, Text] = {
    "": "",
    "work": _("My work"),
    "team": _("Support"),
    "books": _("Books"),
    "administration": _("Administration"),
}
ON_PHONE = 4


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation, shown to the users for whom ``allowed`` holds; rights never rest on it."""

    label: Text
    url: str
    icon: str
    allowed: Callable[[Any], bool]
    group: str = ""
    order: int = 100
    phone: bool = False


@dataclass(frozen=True)
class Link:
    """An entry as drawn: its address, and whether the page belongs to it."""

    label: Text
    href: str
    icon: str
    group: str
    phone: bool
    active: bool


@dataclass(frozen=True)
class Option:
    """One choice of the chooser: a cooperative or an activity, and the address that shows its pages."""

    label: Text
    href: str
    active: bool = False
    note: Text = ""


@dataclass(frozen=True)
class Notice:
    """A banner above every page, such as “invented data” or the end date of an audit."""

    text: Text
    kind: str = "info"
    href: str = ""
    action: Text = ""


class UnknownGroup(ValueError):
    """An entry was registered in a group that the navigation does not have."""


_entries: dict[str, Entry] = {}
_choosers: list[Callable[[HttpRequest], Sequence[Option]]] = []
_notices: list[Callable[[HttpRequest], Notice | None]] = []


def register(entry: Entry) -> None:
    """Add an entry to the navigation; the same URL name registered again replaces the first."""
    if entry.group not in GROUPS:
        raise UnknownGroup(f"{entry.group!r} is no group of the navigation; there are {', '.join(map(repr, GROUPS))}")
    _entries[entry.url] = entry


def register_chooser(options: Callable[[HttpRequest], Sequence[Option]]) -> None:
    """Name the function that tells which cooperatives or activities the person may choose."""
    _choosers.append(options)


def register_notice(notice: Callable[[HttpRequest], Notice | None]) -> None:
    """Name a function that may put a banner above every page."""
    _notices.append(notice)


def links(*, user: Any, path: str) -> list[Link]:
    """Return the entries that a user sees, in order; the one with the longest address above ``path`` is active."""
    shown = []
    order = list(GROUPS)
    for entry in sorted(_entries.values(), key=lambda entry: (order.index(entry.group), entry.order, entry.url)):
        if not entry.allowed(user):
            continue
        try:
            shown.append((entry, reverse(entry.url)))
        except NoReverseMatch:
            if settings.PRODUCTION:
                raise
    holders = [href for _entry, href in shown if path == href or (href != "/" and path.startswith(href))]
    active = max(holders, key=len, default=None)
    return [
        Link(entry.label, href, entry.icon, entry.group, entry.phone, active=href == active) for entry, href in shown
    ]


@dataclass(frozen=True)
class Shell:
    """The surroundings of a page, ready to be drawn."""

    links: list[Link]
    options: list[Option]
    notices: list[Notice]
    at: datetime | None = None

    @property
    def groups(self) -> list[tuple[Text, list[Link]]]:
        """The entries by group, without the empty groups."""
        grouped = [(label, [link for link in self.links if link.group == name]) for name, label in GROUPS.items()]
        return [(label, members) for label, members in grouped if members]

    @property
    def phone(self) -> list[Link]:
        """The entries of the bottom bar: those marked for it, filled up with the first others."""
        marked = [link for link in self.links if link.phone]
        return (marked + [link for link in self.links if not link.phone])[:ON_PHONE]

    @property
    def more(self) -> list[Link]:
        """The entries that a phone shows under “More”."""
        return [link for link in self.links if link not in self.phone]

    @property
    def chosen(self) -> Option | None:
        """The cooperative or activity whose pages are shown."""
        return next((option for option in self.options if option.active), None)


def surround(request: HttpRequest) -> Shell:
    """Return what stands around the page that answers a request; little for a visitor."""
    notices = [notice for make in _notices if (notice := make(request)) is not None]
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Shell([], [], notices, clock.now())
    options = [option for make in _choosers for option in make(request)]
    return Shell(links(user=user, path=request.path), options, notices, clock.now())


def context(request: HttpRequest) -> dict[str, object]:
    """Return the values that the shell of every page needs; nothing is computed before a template asks."""
    return {
        "shell": SimpleLazyObject(lambda: surround(request)),
        "demo": settings.DEMO,
    }
