"""Names of UBL 2.1 that writer and reader share."""

from invoicing.einvoice.model import Kind

ROOT = {
    Kind.INVOICE: "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
    Kind.CREDIT_NOTE: "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
}
AGGREGATE = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
BASIC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"

TYPE_CODE = {Kind.INVOICE: "InvoiceTypeCode", Kind.CREDIT_NOTE: "CreditNoteTypeCode"}
LINE = {Kind.INVOICE: "InvoiceLine", Kind.CREDIT_NOTE: "CreditNoteLine"}
QUANTITY = {Kind.INVOICE: "InvoicedQuantity", Kind.CREDIT_NOTE: "CreditedQuantity"}

OBJECT, PROJECT = "130", "50"
"""Codes of AdditionalDocumentReference that make it the invoiced object (BT-18) or the project of a credit note (BT-11)."""

NO_ORDER = "NA"
"""What stands in OrderReference/ID when only the seller's order (BT-14) is known: UBL wants the element."""
