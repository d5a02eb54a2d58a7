"""Pages of customers and sales, by noun."""

from invoicing.views.customers import customer_detail, customer_edit, customer_list, customer_new
from invoicing.views.documents import invoice_credit, invoice_detail, invoice_files
from invoicing.views.editing import invoice_edit, invoice_new, invoice_preview, invoice_totals, paper_css
from invoicing.views.issuing import invoice_discard, invoice_duplicate, invoice_issue, invoice_return
from invoicing.views.lists import invoice_list
from invoicing.views.payments import invoice_payment, payment_undo
from invoicing.views.vat import invoice_vat, selling

__all__ = [
    "customer_detail",
    "customer_edit",
    "customer_list",
    "customer_new",
    "invoice_credit",
    "invoice_detail",
    "invoice_discard",
    "invoice_duplicate",
    "invoice_edit",
    "invoice_files",
    "invoice_issue",
    "invoice_list",
    "invoice_new",
    "invoice_payment",
    "invoice_preview",
    "invoice_return",
    "invoice_totals",
    "invoice_vat",
    "paper_css",
    "payment_undo",
    "selling",
]
