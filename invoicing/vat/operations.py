"""What an operation is for VAT: category, rate, reason, mention, grids and listing. Pure; the table stands beside.

The category is chosen by operation, never derived from a rate of zero. The day that counts is the day of supply. Mentions
are in the language of the customer. Sources: royal decree no. 20 of 20 July 1970 (rates), VAT Code, directive 2006/112/EC;
grids: periodic return, frame II (``accounting.md`` 6.1 in the design, to be signed off by an accountant).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from coop.errors import Text


class Buyer(StrEnum):
    """Whom an operation can be invoiced to."""

    ANYBODY = "anybody"
    BELGIAN_TAXABLE = "belgian_taxable"  # with a Belgian VAT number
    EU_TAXABLE = "eu_taxable"  # with a VAT number of another member state


class Listing(StrEnum):
    """The yearly or monthly listing that a sale stands in, beside the return; the values of the Union are its codes."""

    NONE = ""
    CLIENTS = "clients"
    SERVICES = "S"
    GOODS = "L"


class Regime(StrEnum):
    """The regime of the seller."""

    NORMAL = "normal"
    FRANCHISE = "franchise"  # small business, VAT Code art. 56bis: suppliers can be, a cooperative of this size is not


class Role(StrEnum):
    """The account of the chart that an operation is booked on, by its role."""

    SALES = "sales"
    EXEMPT_SALES = "exempt_sales"


@dataclass(frozen=True)
class Grids:
    """The grids of the VAT return that a document fills: base, and tax where there is any."""

    base: str
    tax: str = ""


@dataclass(frozen=True)
class Operation:
    """One way a sale is treated, from a day until another (excluded; None is until further notice).

    ``category`` and ``vatex`` are BT-151 and BT-121 of EN 16931; ``rate`` is a fraction of 1; ``mention`` is what the
    document must say, by language; ``invoiced`` and ``credited`` are the grids of an invoice and of a credit note;
    ``listing`` is where the sale is listed beside the return. ``mark`` is V (verified), S (one source) or B (an accountant
    must confirm it).
    """

    code: str
    label: Text
    category: str
    rate: Decimal
    invoiced: Grids
    credited: Grids
    legal_basis: str
    valid_from: date
    valid_until: date | None = None
    vatex: str = ""
    mention: Mapping[str, str] | None = None
    account: Role = Role.SALES
    buyer: Buyer = Buyer.ANYBODY
    listing: Listing = Listing.NONE
    regime: Regime = Regime.NORMAL
    mark: str = "S"

    def holds(self, on: date) -> bool:
        """Tell whether the row holds on a day."""
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)

    def mention_in(self, language: str) -> str:
        """Return the mention in a language; empty where the law asks for none."""
        return (self.mention or {}).get(language, "")
