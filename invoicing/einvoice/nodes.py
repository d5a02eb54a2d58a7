"""Elements of a file being read: what they hold, which were asked for, and what in them cannot be read.

A file is hostile until read: no document type, no entities, no network, a bound on its size and on the length of numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from coop.errors import Refused
from invoicing.einvoice import names
from invoicing.einvoice.model import Identifier

LARGEST = 20 * 1024 * 1024
NUMBER = frozenset("0123456789.-+")
LARGEST_NUMBER = Decimal(10) ** 12
LONGEST_NUMBER = 40


class NotAStructuredInvoice(Refused):
    """A file is no UBL invoice or credit note, or is one that is dangerous to read."""


class FaultKind(StrEnum):
    """What can be wrong with an element before its meaning is looked at; the value is the id of the finding."""

    EMPTY = "PEPPOL-EN16931-R008"
    NUMBER = "BE-NUMBER"
    DAY = "PEPPOL-EN16931-F001"
    INDICATOR = "PEPPOL-EN16931-R043"
    CURRENCY = "PEPPOL-EN16931-R051"
    REPEATED = "BE-REPEATED"
    CONTENT = "BE-CONTENT"


@dataclass(frozen=True)
class Fault:
    """An element that cannot be read: where it stands and what stood there."""

    kind: FaultKind
    path: str
    value: str = ""


@dataclass
class Notes:
    """What is noticed while reading."""

    currency: str = ""
    faults: list[Fault] = field(default_factory=list)
    seen: set[Any] = field(default_factory=set)


def unreadable(reason: str) -> NotAStructuredInvoice:
    return NotAStructuredInvoice(
        subject=_("Structured invoice"),
        reason=reason,
        remedy=_("Ask the sender for the invoice as a UBL file of Peppol."),
        field="file",
    )


def parse(content: bytes) -> Any:
    """Return the root of a file, read without resolving anything."""
    if len(content) > LARGEST:
        raise unreadable(_("The file is larger than 20 MB."))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise unreadable(_("The file is not well-formed XML: it is cut off, damaged, or of another kind.")) from None
    information: Any = root.getroottree().docinfo
    if information.doctype or information.internalDTD is not None:
        raise unreadable(_("The file declares a document type, which an invoice never does and which can do harm."))
    return root


def path_of(node: Any) -> str:
    parts = [etree.QName(one).localname for one in (node, *node.iterancestors())]
    return "/".join(reversed(parts))


def notice_empty(root: Any, notes: Notes) -> None:
    for one in root.iter(etree.Element):
        if not len(one) and not (one.text or "").strip():
            notes.faults.append(Fault(FaultKind.EMPTY, path_of(one)))
            notes.seen.add(one)


class Node:
    """An element being read; it remembers which of its children were asked for."""

    __slots__ = ("node", "notes")

    def __init__(self, node: Any, notes: Notes) -> None:
        self.node, self.notes = node, notes

    def _all(self, name: str, space: str) -> list[Any]:
        found = self.node.findall(f"{{{space}}}{name}")
        self.notes.seen.update(found)
        return list(found)

    def _one(self, name: str, space: str) -> Any | None:
        found = self._all(name, space)
        if len(found) > 1:
            self.notes.faults.append(Fault(FaultKind.REPEATED, path_of(found[1])))
        return found[0] if found else None

    def groups(self, name: str) -> "Iterator[Node]":
        """Give all elements of a name that hold others."""
        for one in self._all(name, names.AGGREGATE):
            yield Node(one, self.notes)

    def group(self, *path: str) -> "Node":
        """Return the element at a path; one that stands nowhere, and so says nothing, where there is none."""
        node = self
        for name in path:
            found = node._one(name, names.AGGREGATE)
            if found is None:
                return Node(etree.Element("absent"), self.notes)
            node = Node(found, self.notes)
        return node

    def __bool__(self) -> bool:
        """Whether the element holds anything."""
        return len(self.node) > 0

    def text(self, name: str) -> str:
        """Return a text without blanks around it; empty where there is none."""
        found = self._one(name, names.BASIC)
        return (found.text or "").strip() if found is not None else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """Return all texts of a name."""
        return tuple((one.text or "").strip() for one in self._all(name, names.BASIC))

    def attribute(self, name: str, attribute: str) -> str:
        """Return an attribute of a text; empty where there is none."""
        found = self.node.find(f"{{{names.BASIC}}}{name}")
        return str(found.get(attribute, "")).strip() if found is not None else ""

    def identifier(self, name: str) -> Identifier | None:
        """Return an identifier with its scheme."""
        value = self.text(name)
        return Identifier(value, self.attribute(name, "schemeID")) if value else None

    def day(self, name: str) -> date | None:
        """Return a day; what is none is a fault."""
        value = self.text(name)
        if not value:
            return None
        try:
            if len(value) != 10:
                raise ValueError(value)
            return date.fromisoformat(value)
        except ValueError:
            self.fault(FaultKind.DAY, name, value)
            return None

    def number(self, name: str) -> Decimal | None:
        """Return a number; what is none is a fault."""
        value = self.text(name)
        if not value:
            return None
        try:
            if (
                len(value) > LONGEST_NUMBER
                or not set(value) <= NUMBER
                or abs(number := Decimal(value)) >= LARGEST_NUMBER
            ):
                raise InvalidOperation(value[:LONGEST_NUMBER])
            return number
        except InvalidOperation:
            self.fault(FaultKind.NUMBER, name, value[:LONGEST_NUMBER])
            return None

    def amount(self, name: str) -> Decimal | None:
        """Return an amount, which must be in the currency of the document."""
        value = self.number(name)
        if value is not None and self.attribute(name, "currencyID") != self.notes.currency:
            self.fault(FaultKind.CURRENCY, name, self.attribute(name, "currencyID"))
        return value

    def indicator(self, name: str) -> bool:
        """Return a yes or no; anything else is a fault and counts as no."""
        value = self.text(name)
        if value not in ("true", "false"):
            self.fault(FaultKind.INDICATOR, name, value)
        return value == "true"

    def fault(self, kind: FaultKind, name: str, value: str) -> None:
        self.notes.faults.append(Fault(kind, f"{path_of(self.node)}/{name}", value))
