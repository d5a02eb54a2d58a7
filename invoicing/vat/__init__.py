"""VAT by operation: what each sale is for VAT, on which day, by which law. Pure."""

from invoicing.vat.deciding import (
    Customer,
    Decision,
    NotDecidable,
    Override,
    OverrideWithoutReason,
    Sale,
    Seller,
    decide,
    override,
)
from invoicing.vat.mentions import CREDIT as CREDIT_MENTION
from invoicing.vat.operations import Buyer, Grids, Listing, Operation, Regime, Role
from invoicing.vat.rates import Kind, KindUnknown, kinds, rate_of
from invoicing.vat.table import (
    OPERATIONS,
    ZERO_RATE,
    OperationUnknown,
    by_rate,
    in_force,
    rates_in_force,
    treatment,
)

__all__ = [
    "CREDIT_MENTION", "OPERATIONS", "ZERO_RATE", "Buyer", "Customer", "Decision", "Grids", "Kind", "KindUnknown",
    "Listing", "NotDecidable", "Operation", "OperationUnknown", "Override", "OverrideWithoutReason", "Regime", "Role", "Sale",
    "Seller", "by_rate", "decide", "in_force", "kinds", "override", "rate_of", "rates_in_force", "treatment",
]  # fmt: skip
