"""A network that is a folder: messages are files to be taken elsewhere by hand, or put there by another program.

``<number>/out`` holds what leaves, one file per message; files put into ``<number>/in`` are taken in and moved to
``<number>/in/taken``. Nobody can be looked up in a folder: the file is written, and whoever carries it on sees to the rest.
"""

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

from invoicing.peppol.networks import Fate, Inbound, Message, NoAnswer, Reach, Standing

LARGEST = 64 * 1024 * 1024


def place(participant: str) -> Path:
    """Return the folder of a participant, by the digits and letters of its number only."""
    number = "".join(sign for sign in participant.partition(":")[2] if sign.isalnum())
    root: Path = settings.PEPPOL_FOLDER
    return root / (number or "unknown")


class Folder:
    """The adapter of a folder."""

    def lookup(self, *, participant: str, message_type: str, at: datetime) -> Reach:
        """Take everybody for reachable: a folder knows nobody."""
        return Reach(found=True, answer="a folder of files: nobody is looked up")

    def send(self, message: Message, *, at: datetime) -> Fate:
        """Write the file under the id of the message, whole or not at all. Raises NoAnswer when the disk refuses."""
        file = self._file(message)
        draft = file.with_suffix(".draft")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as target:
                target.write(message.content)
                target.flush()
                os.fsync(target.fileno())
            draft.replace(file)
        except OSError as error:
            raise NoAnswer(str(error)) from error
        return Fate(Standing.DELIVERED)

    def fate(self, message: Message, *, at: datetime) -> Fate:
        """Tell whether the file was written."""
        return Fate(Standing.DELIVERED if self._file(message).exists() else Standing.UNKNOWN)

    def _file(self, message: Message) -> Path:
        return place(message.sender) / "out" / f"{message.id}.xml"

    def waiting(self, *, participant: str, at: datetime) -> Iterator[Inbound]:
        """Give the files that were put into the folder, known by their content."""
        for file in sorted((place(participant) / "in").glob("*.xml")):
            if file.is_file() and file.stat().st_size <= LARGEST:
                content = file.read_bytes()
                yield Inbound(hashlib.sha256(content).hexdigest(), "", content, file.name)

    def confirm(self, inbound: Inbound, *, participant: str, at: datetime) -> None:
        """Move a file aside."""
        folder = place(participant) / "in"
        (folder / "taken").mkdir(exist_ok=True)
        source = folder / Path(inbound.handle).name
        if source.exists():
            source.replace(folder / "taken" / source.name)
