"""What a cost is for the books and for VAT: its account, its grid, and how much of its VAT comes back. Pure; EUR.

The VAT of a purchase comes back only on a valid invoice to the cooperative, and in part or not at all for some costs: a
car for business half (VAT Code art. 45 § 2), restaurant, hotel and reception not (art. 45 § 3). What does not come back
is a cost of the activity.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from coop.errors import Refused, Text
from coop.money import ZERO, cents, exact

FULL, HALF, NONE = Decimal(1), Decimal("0.5"), Decimal(0)
GOODS, SERVICES, INVESTMENTS = "81", "82", "83"
RATES = (Decimal("0.21"), Decimal("0.12"), Decimal("0.06"), Decimal(0))
KILOMETRES = "kilometres"


@dataclass(frozen=True)
class CostType:
    """A kind of cost: the role of its account, the grid of its base, the part of its VAT that comes back."""

    code: str
    label: Text
    account: str
    grid: str
    deductible: Decimal = FULL


COST_TYPES = (
    CostType("office", _("office supplies"), "office_supplies", GOODS),
    CostType("software", _("software, telephone, internet"), "office_supplies", SERVICES),
    CostType("goods", _("goods for resale"), "goods", GOODS),
    CostType("materials", _("materials"), "supplies", GOODS),
    CostType("subcontracting", _("subcontracting"), "subcontracting", SERVICES),
    CostType("fees", _("fees of third parties"), "fees_paid", SERVICES),
    CostType("rent", _("rent and charges"), "rent", SERVICES),
    CostType("maintenance", _("maintenance and repairs"), "maintenance", SERVICES),
    CostType("advertising", _("advertising"), "advertising", SERVICES),
    CostType("travel", _("train, bus, taxi, parking"), "travel", SERVICES),
    CostType("car", _("car"), "travel", SERVICES, HALF),
    CostType("restaurant", _("restaurant, hotel, reception"), "meals", SERVICES, NONE),
    CostType("training", _("training"), "training", SERVICES),
    CostType("insurance", _("insurance"), "insurance", SERVICES),
    CostType("equipment", _("equipment"), "equipment", INVESTMENTS),
    CostType("other", _("other costs"), "other_operating_costs", SERVICES),
)
KILOMETRE_TYPE = CostType(KILOMETRES, _("kilometres with one’s own car"), "travel", "", NONE)
_BY_CODE = {kind.code: kind for kind in (*COST_TYPES, KILOMETRE_TYPE)}


class UnknownCost(Refused):
    """A line names a kind of cost that the table does not have."""


class VatAboveAmount(Refused):
    """A line carries more VAT than its rate can give."""


def cost_type(code: str) -> CostType:
    """Return a kind of cost by its code. Raises UnknownCost."""
    try:
        return _BY_CODE[code]
    except KeyError:
        raise UnknownCost(
            subject=code,
            reason=_("There is no such kind of cost."),
            remedy=_("Choose one of the list."),
            field="cost_type",
        ) from None


def vat_in(gross: Decimal, rate: Decimal) -> Decimal:
    """Return the VAT that an amount including VAT holds at a rate, rounded half-up to the cent."""
    return cents(gross * rate / (1 + rate))


def vat_on(net: Decimal, rate: Decimal) -> Decimal:
    """Return the VAT on an amount excluding VAT at a rate, rounded half-up to the cent."""
    return cents(net * rate)


@dataclass(frozen=True)
class Share:
    """A line as the books take it: ``cost`` is the activity's, ``recoverable`` is VAT that comes back; EUR.

    They add up to the amount including VAT. ``base`` tells whether the cost stands in the VAT return.
    """

    kind: CostType
    rate: Decimal
    cost: Decimal
    recoverable: Decimal
    base: bool

    @property
    def vat_code(self) -> str:
        """The code of the VAT tag: purchases in Belgium at a rate, for example IN21."""
        return f"IN{int(self.rate * 100):02d}"


def share(*, code: str, gross: Decimal, vat: Decimal, rate: Decimal, invoiced: bool) -> Share:
    """Divide a line between the activity and VAT. Without a valid invoice no VAT comes back, and none is declared.

    The VAT that comes back is rounded once, half-up to the cent; the cost is the rest. Raises UnknownCost.
    """
    kind = cost_type(code)
    recoverable = cents(exact(vat) * kind.deductible) if invoiced else ZERO
    return Share(kind, rate, exact(gross) - recoverable, recoverable, base=invoiced and bool(kind.grid))


def cost_of(shares: Sequence[Share]) -> Decimal:
    """Return what the lines cost the activity (EUR, without the VAT that comes back)."""
    return sum((one.cost for one in shares), ZERO)


def check_vat(description: str, *, net: Decimal, vat: Decimal, rate: Decimal) -> None:
    """Refuse VAT that is further than a cent per line of the supplier from what the rate gives. Raises VatAboveAmount.

    Suppliers round per line or per rate, so that up to 5 cents of difference are theirs, and are kept as printed.
    """
    expected = vat_on(net, rate)
    if abs(vat - expected) > Decimal("0.05"):
        raise VatAboveAmount(
            subject=description,
            reason=_("At %(rate)s %% the VAT is %(expected)s EUR, not %(vat)s EUR.")
            % {"rate": int(rate * 100), "expected": expected, "vat": vat},
            remedy=_("Compare the amount, the rate and the VAT with the document; use one line per rate."),
            field="vat",
        )
