"""The Invoice Response of Peppol (BIS 63, transaction T111): an answer to an invoice, written and read. Nothing is stored.

A response names the document by its number, its day and its type; who answers is the sender, who issued it the receiver.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import etree

from coop.clock import BRUSSELS
from coop.errors import Text
from invoicing.einvoice import names
from invoicing.einvoice.model import Identifier
from invoicing.einvoice.nodes import Node, Notes, parse, unreadable
from invoicing.peppol.models import Code

SPACE = "urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2"
ROOT = f"{{{SPACE}}}ApplicationResponse"
SPECIFICATION = "urn:fdc:peppol.eu:poacc:trns:invoice_response:3"
PROCESS = "urn:fdc:peppol.eu:poacc:bis:invoice_response:3"
NAMESPACES: Any = {None: SPACE, "cac": names.AGGREGATE, "cbc": names.BASIC}
CODE_LIST, REASON_LIST = "UNCL4343OpSubset", "OPStatusReason"

REASONS: Mapping[str, Text] = {
    "REF": gettext_lazy("a reference is missing or wrong"),
    "LEG": gettext_lazy("a legal mention is missing or wrong"),
    "REC": gettext_lazy("it is not for us"),
    "UNR": gettext_lazy("we know nothing of this order"),
    "DEL": gettext_lazy("it was not delivered, or not all"),
    "QUA": gettext_lazy("the quality is not right"),
    "QTY": gettext_lazy("a quantity is not right"),
    "PRI": gettext_lazy("a price is not right"),
    "ITM": gettext_lazy("an article is not right"),
    "PAY": gettext_lazy("the terms of payment are not right"),
    "FIN": gettext_lazy("the account or other data for the payment are not right"),
    "OTH": gettext_lazy("another reason"),
}
"""Reasons of a rejection or a question (list OPStatusReason of Peppol)."""

NEEDS_REASON = frozenset({Code.QUESTION, Code.CONDITIONS, Code.REJECTED})


@dataclass(frozen=True)
class Response:
    """An answer. ``number``, ``issued_on`` and ``type_code`` (380, 381) are those of the document that it answers."""

    id: str
    at: datetime | None
    sender: Identifier
    sender_name: str
    receiver: Identifier
    receiver_name: str
    code: str
    number: str
    issued_on: date | None
    type_code: str
    reason_code: str = ""
    reason: str = ""


def write(response: Response) -> bytes:
    """Return the file of an answer. The same answer gives the same bytes."""
    root = etree.Element(ROOT, nsmap=NAMESPACES)
    _text(root, "CustomizationID", SPECIFICATION)
    _text(root, "ProfileID", PROCESS)
    _text(root, "ID", response.id)
    assert response.at is not None
    moment = response.at.astimezone(BRUSSELS)
    _text(root, "IssueDate", moment.date().isoformat())
    _text(root, "IssueTime", f"{moment:%H:%M:%S}")
    _party(root, "SenderParty", response.sender, response.sender_name)
    _party(root, "ReceiverParty", response.receiver, response.receiver_name)
    group = _group(root, "DocumentResponse")
    said = _group(group, "Response")
    _text(said, "ResponseCode", response.code, listID=CODE_LIST)
    _text(said, "EffectiveDate", moment.date().isoformat())
    if response.reason_code:
        status = _group(said, "Status")
        _text(status, "StatusReasonCode", response.reason_code, listID=REASON_LIST)
        if response.reason:
            _text(status, "StatusReason", response.reason)
    reference = _group(group, "DocumentReference")
    _text(reference, "ID", response.number)
    if response.issued_on is not None:
        _text(reference, "IssueDate", response.issued_on.isoformat())
    _text(reference, "DocumentTypeCode", response.type_code)
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return content


def _group(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{names.AGGREGATE}}}{name}")


def _text(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{names.BASIC}}}{name}", attributes).text = text


def _party(root: etree._Element, name: str, endpoint: Identifier, legal_name: str) -> None:
    party = _group(root, name)
    _text(party, "EndpointID", endpoint.value, schemeID=endpoint.scheme)
    _text(_group(party, "PartyLegalEntity"), "RegistrationName", legal_name or endpoint.value)


def read(content: bytes) -> Response:
    """Return the answer of a file. Raises NotAStructuredInvoice when it is none, or says nothing that is known."""
    root = parse(content)
    if root.tag != ROOT:
        raise unreadable(_("Its content is “%(name)s”, and not an answer.") % {"name": etree.QName(root).localname})
    node = Node(root, Notes())
    sender, receiver = node.group("SenderParty"), node.group("ReceiverParty")
    group = node.group("DocumentResponse")
    said, reference = group.group("Response"), group.group("DocumentReference")
    code = said.text("ResponseCode")
    if code not in Code.values or not reference.text("ID"):
        raise unreadable(_("The answer names no document, or says nothing that is known."))
    statuses = list(said.groups("Status"))
    first = statuses[0] if statuses else said.group("Status")
    return Response(
        id=node.text("ID"),
        at=None,
        sender=sender.identifier("EndpointID") or Identifier(""),
        sender_name=sender.group("PartyLegalEntity").text("RegistrationName"),
        receiver=receiver.identifier("EndpointID") or Identifier(""),
        receiver_name=receiver.group("PartyLegalEntity").text("RegistrationName"),
        code=code,
        number=reference.text("ID"),
        issued_on=reference.day("IssueDate"),
        type_code=reference.text("DocumentTypeCode"),
        reason_code=first.text("StatusReasonCode"),
        reason="; ".join(one for status in statuses if (one := status.text("StatusReason"))),
    )
