"""Refuse what would be a wrong structured invoice, before it takes a number; ask for the file once the paper is stored."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from coop.documents import services as documents
from coop.documents.models import Document
from coop.errors import Refused
from invoicing import structured
from invoicing.einvoice import checks
from invoicing.models import Invoice, InvoiceLine
from invoicing.services import copying, readiness, rows, treating
from invoicing.services.finishing import DOCUMENT

STRUCTURED = "structured_invoice"
MEDIA_TYPE = "application/xml"
UNNUMBERED = "0"
"""Stands for the number while a document is checked, which is before it takes one."""

ON_PEPPOL_ONLY = frozenset({"PEPPOL-EN16931-R010", "BR-CL-25"})
"""Rules that do not concern a document which goes to somebody who cannot be addressed on Peppol."""

FIELDS: Mapping[str, str] = {
    "BT-9": "due_on", "BT-10": "reference", "BT-22": "note", "BT-44": "customer", "BT-47": "customer", "BT-48": "customer",
    "BT-49": "customer", "BT-55": "customer", "BG-8": "customer", "BT-72": "supplied_on", "BG-14": "supplied_until",
}  # fmt: skip
"""The field of the draft in which a business term is entered."""


class NotRight(Refused):
    """A document would be a wrong invoice by the rules of EN 16931, of Peppol, or of Belgian law."""


def refuse_wrong(
    invoice: Invoice, lines: Sequence[InvoiceLine], *, closing: Mapping[tuple[str, Decimal], Decimal] | None = None
) -> None:
    """Refuse a document, on which everything it will show is set, that our own check finds wrong. Raises NotRight.

    ``closing``: the VAT that is left of the rates that a credit note closes (category and rate in percent).
    """
    kept = invoice.number
    invoice.number = kept or UNNUMBERED
    document = structured.of(invoice, lines)
    invoice.number = kept
    ignored = frozenset() if structured.addressable(invoice.buyer) else ON_PEPPOL_ONLY
    wrong = [one for one in checks.fatal(checks.check(document, closing=closing)) if one.rule not in ignored]
    if wrong:
        first = wrong[0]
        raise NotRight(
            subject=_("Draft for %(customer)s") % {"customer": invoice.customer or "–"},
            reason=first.reason,
            remedy=first.advice,
            field=FIELDS.get(first.term),
        )


def refuse_wrong_draft(invoice_id: UUID, *, on: date) -> None:
    """Refuse a draft that could not be issued on a day, as far as can be known before. Raises NotReady and NotRight."""
    invoice = rows.get(invoice_id)
    lines = list(invoice.lines.order_by("position"))
    operations = readiness.ready(invoice, lines, on=on)
    sums = treating.totals_by(lines, operations, invoice)
    copying.show(invoice, lines, operations, sums, bank=copying.bank_account_of(invoice), on=on)
    invoice.issued_on = on
    refuse_wrong(invoice, lines)


def ask_structured(paper: Document) -> None:
    """Ask for the structured invoice when the paper of a document is stored, which stands in it; in the same transaction."""
    if paper.kind != DOCUMENT or paper.stored_at is None:
        return
    invoice = Invoice.objects.get(pk=paper.subject)
    if structured.addressable(invoice.buyer):
        documents.request_document(
            cooperative=paper.cooperative, kind=STRUCTURED, subject=paper.subject, language=paper.language,
            filename=paper.filename.removesuffix(".pdf") + ".xml", at=paper.stored_at, media_type=MEDIA_TYPE,
            parameters={"paper": str(paper.pk)},
        )  # fmt: skip
