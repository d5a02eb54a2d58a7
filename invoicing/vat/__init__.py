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
from invoicing.vat.sales import SoldUnknown
from invoicing.vat.table import (
    OPERATIONS,
    UNDECIDED,
    ZERO_RATE,
    OperationUnknown,
    by_rate,
    in_force,
    known,
    rates_in_force,
    treatment,
)

__all__ = [
    "CREDIT_MENTION", "OPERATIONS", "UNDECIDED", "ZERO_RATE", "Buyer", "Customer", "Decision", "Grids", "Kind", "KindUnknown",
    "Listing", "NotDecidable", "Operation", "OperationUnknown", "Override", "OverrideWithoutReason", "Regime", "Role", "Sale",
    "Seller", "SoldUnknown", "by_rate", "decide", "in_force", "kinds", "known", "override", "rate_of", "rates_in_force", "treatment",
]  # fmt: skip
