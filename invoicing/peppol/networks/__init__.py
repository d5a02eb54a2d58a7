"""What every network answers, whichever it is: can somebody be reached, take this message, what became of it, what came in.

A message is known by an id of ours, so that the network can be asked about one that may have left. ``NoAnswer`` says that
nothing is known: the message may or may not have left.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from invoicing.peppol.models import Network


class NoAnswer(Exception):
    """A network did not answer, or not in a way that can be understood. What was asked may have been done or not."""


class Standing(StrEnum):
    """Where a message stands with a network."""

    UNKNOWN = "unknown"
    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    REFUSED = "refused"


@dataclass(frozen=True)
class Fate:
    """What a network says of a message, with its words."""

    standing: Standing
    reason: str = ""


@dataclass(frozen=True)
class Message:
    """A message that leaves."""

    id: str
    sender: str
    recipient: str
    message_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Inbound:
    """A message that a network holds for somebody, until it is confirmed."""

    id: str
    sender: str
    content: bytes = field(repr=False)
    handle: str = ""
    """What the network wants to hear when it is confirmed."""


@dataclass(frozen=True)
class Reach:
    """Whether a network reaches somebody for a kind of message, with its answer as it came: the proof."""

    found: bool
    answer: str


class Adapter(Protocol):
    """A network. None of these is called within a transaction; each may raise NoAnswer."""

    def lookup(self, *, participant: str, message_type: str, at: datetime) -> Reach:
        """Tell whether somebody can be sent this kind of message."""

    def send(self, message: Message, *, at: datetime) -> Fate:
        """Take a message; one whose id is known already is not taken a second time."""

    def fate(self, message: Message, *, at: datetime) -> Fate:
        """Tell what became of a message."""

    def waiting(self, *, participant: str, at: datetime) -> Iterable[Inbound]:
        """Give what came in for somebody and was not confirmed."""

    def confirm(self, inbound: Inbound, *, participant: str, at: datetime) -> None:
        """Note that a message is kept here, so that it is not given again."""


def adapter(network: str) -> Adapter:
    """Return the adapter of a network."""
    from invoicing.peppol.networks import folder, loopback

    return folder.Folder() if network == Network.FILE else loopback.Loopback()
