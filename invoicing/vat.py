"""What a sale is for VAT: one dated table of operations, shared by invoices, the books and the VAT return. Pure.

The category is chosen by operation, never derived from a rate of zero. The day that counts is the day of supply. Mentions
are in the language of the customer. Sources: royal decree no. 20 of 20 July 1970 (rates), VAT Code, directive 2006/112/EC;
grids: periodic return, frame II (``accounting.md`` 6.1 in the design, to be signed off by an accountant).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop.errors import Refused, Text


class Buyer(StrEnum):
    """Whom an operation can be invoiced to."""

    ANYBODY = "anybody"
    BELGIAN_TAXABLE = "belgian_taxable"  # with a Belgian VAT number
    EU_TAXABLE = "eu_taxable"  # with a VAT number of another member state


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
    document must say, by language; ``invoiced`` and ``credited`` are the grids of an invoice and of a credit note.
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

    def holds(self, on: date) -> bool:
        """Tell whether the row holds on a day."""
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)

    def mention_in(self, language: str) -> str:
        """Return the mention in a language; empty where the law asks for none."""
        return (self.mention or {}).get(language, "")


ZERO_RATE = Decimal("0")
RATES_SINCE = date(1996, 1, 1)  # royal decree of 28 December 1995: 21 % since 1 January 1996
INTO_FORCE = date(2010, 1, 1)  # directive 2008/8/EC: place of supply of services
CO_CONTRACTOR_SINCE = date(2023, 1, 1)  # royal decree of 9 December 2022: the clause of one month


def _domestic(code: str, percent: str, grid: str, label: Text, basis: str) -> Operation:
    return Operation(
        code, label, "S", Decimal(percent) / 100, Grids(grid, "54"), Grids("49", "64"), basis, valid_from=RATES_SINCE
    )


OPERATIONS: Sequence[Operation] = (
    _domestic("BE21", "21", "03", gettext_lazy("21 %"), "VAT Code art. 37; RD no. 20, art. 1"),
    _domestic("BE12", "12", "02", gettext_lazy("12 %"), "RD no. 20, art. 1, table B"),
    _domestic("BE06", "6", "01", gettext_lazy("6 %"), "RD no. 20, art. 1, table A"),
    Operation(
        "BE00", gettext_lazy("0 % (newspapers and other zero-rated sales)"), "Z", ZERO_RATE, Grids("00"), Grids("49"),
        "RD no. 20, art. 1bis, table C", valid_from=RATES_SINCE,
    ),
    Operation(
        "EXEMPT_44", gettext_lazy("Exempt, art. 44 (training, care, arts)"), "E", ZERO_RATE, Grids("00"), Grids("49"),
        "VAT Code art. 44", valid_from=RATES_SINCE, vatex="VATEX-EU-132", account=Role.EXEMPT_SALES,
        mention={
            "fr": "Opération exemptée de la TVA, article 44 du Code de la TVA.",
            "nl": "Handeling vrijgesteld van btw, artikel 44 van het Btw-Wetboek.",
            "en": "Exempt from VAT, article 44 of the Belgian VAT Code.",
        },
    ),
    Operation(
        "EU_SERVICE", gettext_lazy("Service to a business elsewhere in the EU"), "AE", ZERO_RATE, Grids("44"), Grids("48"),
        "VAT Code art. 21 §2; directive 2006/112/EC art. 44 and 196", valid_from=INTO_FORCE, vatex="VATEX-EU-AE",
        buyer=Buyer.EU_TAXABLE,
        mention={
            "fr": "Autoliquidation : TVA due par le preneur, article 196 de la directive 2006/112/CE"
            " (article 21, § 2, du Code belge de la TVA).",
            "nl": "Btw verlegd: btw verschuldigd door de afnemer, artikel 196 van Richtlijn 2006/112/EG"
            " (artikel 21, § 2, van het Belgisch Btw-Wetboek).",
            "en": "Reverse charge: VAT due by the customer, article 196 of Directive 2006/112/EC"
            " (article 21, § 2, of the Belgian VAT Code).",
        },
    ),
    Operation(
        "CO_CONTRACTOR", gettext_lazy("Works in real estate for a VAT payer (co-contractor)"), "AE", ZERO_RATE,
        Grids("45"), Grids("49"), "RD no. 1, art. 20", valid_from=CO_CONTRACTOR_SINCE, vatex="VATEX-EU-AE",
        buyer=Buyer.BELGIAN_TAXABLE,
        mention={
            "fr": "Autoliquidation : en l’absence de contestation par écrit, dans un délai d’un mois à compter de la"
            " réception de la facture, le client est présumé reconnaître qu’il est un assujetti tenu au dépôt de"
            " déclarations périodiques. Si cette condition n’est pas remplie, le client endosse, par rapport à cette"
            " condition, la responsabilité quant au paiement de la taxe, des intérêts et des amendes dus.",
            "nl": "Btw verlegd: bij gebrek aan schriftelijke betwisting binnen een termijn van één maand na de ontvangst"
            " van de factuur, wordt de afnemer geacht te erkennen dat hij een belastingplichtige is gehouden tot de"
            " indiening van periodieke aangiften. Als die voorwaarde niet vervuld is, is de afnemer ten aanzien van die"
            " voorwaarde aansprakelijk voor de betaling van de verschuldigde belasting, interesten en geldboeten.",
            "en": "Reverse charge: unless the customer disputes it in writing within one month of receiving the invoice,"
            " the customer is deemed to be a taxable person who files periodic VAT returns. Where that condition is not"
            " met, the customer is liable, as regards that condition, for the tax, interest and fines due.",
        },
    ),
    Operation(
        "EXPORT", gettext_lazy("Export of goods outside the EU"), "G", ZERO_RATE, Grids("47"), Grids("49"),
        "VAT Code art. 39; directive 2006/112/EC art. 146", valid_from=RATES_SINCE, vatex="VATEX-EU-G",
        mention={
            "fr": "Exportation exemptée de la TVA, article 39 du Code de la TVA.",
            "nl": "Uitvoer vrijgesteld van btw, artikel 39 van het Btw-Wetboek.",
            "en": "Export exempt from VAT, article 39 of the Belgian VAT Code.",
        },
    ),
    Operation(
        "OUTSIDE", gettext_lazy("Service outside the EU (outside the scope of Belgian VAT)"), "O", ZERO_RATE, Grids("47"),
        Grids("49"), "VAT Code art. 21 §2; directive 2006/112/EC art. 44", valid_from=INTO_FORCE, vatex="VATEX-EU-O",
        mention={
            "fr": "Hors champ de la TVA belge, article 21, § 2, du Code de la TVA.",
            "nl": "Buiten het toepassingsgebied van de Belgische btw, artikel 21, § 2, van het Btw-Wetboek.",
            "en": "Outside the scope of Belgian VAT, article 21, § 2, of the Belgian VAT Code.",
        },
    ),
)  # fmt: skip


class OperationUnknown(Refused):
    """A line names an operation or a rate that does not hold on the day of supply."""


def treatment(operation: str, on: date) -> Operation:
    """Return how an operation is treated on the day of supply. Raises OperationUnknown."""
    for row in OPERATIONS:
        if row.code == operation and row.holds(on):
            return row
    raise OperationUnknown(
        subject=_("VAT “%(operation)s”") % {"operation": operation},
        reason=_("No such rate or operation is in force on %(day)s.") % {"day": date_format(on)},
        remedy=_("Choose one of: %(codes)s.") % {"codes": ", ".join(row.code for row in in_force(on))},
        field="operation",
    )


def in_force(on: date) -> list[Operation]:
    """Return the operations that can be chosen on a day of supply, in the order in which people read them."""
    return [row for row in OPERATIONS if row.holds(on)]


def by_rate(rate: Decimal, on: date) -> Operation:
    """Return the domestic operation of a rate (a fraction of 1). Raises OperationUnknown for a rate not in force.

    For files of others, which name a rate only. Zero is refused: it says nothing about the operation.
    """
    for row in in_force(on):
        if row.category == "S" and row.rate == rate:
            return row
    percent = (rate * 100).normalize()
    raise OperationUnknown(
        subject=_("VAT rate %(rate)s %%") % {"rate": f"{percent:f}"},
        reason=_("No such rate is in force in Belgium on %(day)s.") % {"day": date_format(on)},
        remedy=_("Choose one of: %(codes)s.") % {"codes": ", ".join(row.code for row in in_force(on))},
        field="operation",
    )


CREDIT_MENTION: Mapping[str, str] = {
    "fr": "TVA à reverser à l’État dans la mesure où elle a été initialement déduite.",
    "nl": "Btw terug te storten aan de Staat in de mate waarin ze oorspronkelijk in aftrek werd gebracht.",
    "en": "VAT to be paid back to the State in so far as it was deducted at first.",
}
