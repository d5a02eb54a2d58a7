"""Customers, drafts, issuing and crediting: every act on sales.

Each act: permission, lock, check, decide, write, post, history, task on commit; one transaction.
"""

from invoicing.services.credits import (
    CreditAboveInvoice,
    NotCreditable,
    credit_invoice,
    origins,
    record_credit_issued_elsewhere,
)
from invoicing.services.customers import (
    CustomerIncomplete,
    CustomerKnown,
    VatNumberWrong,
    create_customer,
    update_customer,
)
from invoicing.services.drafting import (
    CustomerOfOthers,
    autosave_draft,
    create_draft,
    discard_draft,
    duplicate_invoice,
    return_invoice,
    save_draft,
    submit_invoice,
)
from invoicing.services.finishing import CREDITED, ISSUED
from invoicing.services.issuing import (
    BankAccountMissing,
    NeedsValidation,
    NumberTaken,
    issue_invoice,
    lift_validation,
    needs_validation,
    record_issued_elsewhere,
    require_validation,
)
from invoicing.services.payments import record_customer_payment
from invoicing.services.readiness import NotReady
from invoicing.services.rows import ChangedMeanwhile, NotADraft
from invoicing.services.selling import FactWrong, end_seller_fact, record_seller_fact, set_sales_defaults
from invoicing.services.structuring import STRUCTURED, NotRight
from invoicing.services.treating import LineGone, VatChanged, VatNotYours, follow_rule, set_vat

__all__ = [
    "CREDITED",
    "ISSUED",
    "STRUCTURED",
    "BankAccountMissing",
    "ChangedMeanwhile",
    "CreditAboveInvoice",
    "CustomerIncomplete",
    "CustomerKnown",
    "CustomerOfOthers",
    "FactWrong",
    "LineGone",
    "NeedsValidation",
    "NotADraft",
    "NotCreditable",
    "NotReady",
    "NotRight",
    "NumberTaken",
    "VatChanged",
    "VatNotYours",
    "VatNumberWrong",
    "autosave_draft",
    "create_customer",
    "create_draft",
    "credit_invoice",
    "discard_draft",
    "duplicate_invoice",
    "end_seller_fact",
    "follow_rule",
    "issue_invoice",
    "lift_validation",
    "needs_validation",
    "origins",
    "record_credit_issued_elsewhere",
    "record_customer_payment",
    "record_issued_elsewhere",
    "record_seller_fact",
    "require_validation",
    "return_invoice",
    "save_draft",
    "set_sales_defaults",
    "set_vat",
    "submit_invoice",
    "update_customer",
]
