"""The file of a structured invoice, made once by a worker and kept: UBL with the paper in it, or without for the paper."""

from typing import Any

from coop.documents import queries
from coop.documents.models import Document
from invoicing import structured
from invoicing.einvoice.reading import read
from invoicing.einvoice.writing import write
from invoicing.models import Invoice


class NotTheSame(Exception):
    """A file does not say what the document says: it is not stored, and whoever runs the site is told."""


def bare(invoice: Invoice) -> bytes:
    """Return the UBL of an issued document without its paper: the one that stands in the paper."""
    return write(structured.of(invoice, list(invoice.lines.order_by("position"))))


def build(document: Document) -> bytes:
    """Return the UBL of an issued document with its stored paper in it. Raises NotTheSame, store.Damaged.

    What is written is read back: it must say the same, and hold nothing that cannot be read.
    """
    paper = Document.objects.select_related("cooperative").get(pk=document.parameters["paper"])
    invoice = Invoice.objects.select_related("credits").get(pk=document.subject)
    content = write(structured.of(invoice, list(invoice.lines.order_by("position")), pdf=queries.content(paper)))
    again = read(content)
    if again.faults or again.unknown or write(again.document) != content:
        raise NotTheSame(f"the structured invoice {invoice.number} reads differently than it was written")
    return content


def visible(document: Document, user: Any) -> bool:
    """Tell whether a user may see the structured invoice: whoever sees the invoice."""
    return Invoice.objects.visible_to(user).filter(pk=document.subject).exists()
