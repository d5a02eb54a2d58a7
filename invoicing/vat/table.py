"""How each kind of sale is treated: one dated table of operations, shared by invoices, the books and the VAT return. Pure.

An operation is found by its code and the day of supply. What an accountant must still confirm is marked B.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop.errors import Refused, Text
from invoicing.vat import mentions
from invoicing.vat.operations import Buyer, Grids, Listing, Operation, Regime, Role

ZERO_RATE = Decimal("0")
RATES_SINCE = date(1996, 1, 1)  # royal decree of 28 December 1995: 21 % since 1 January 1996
INTO_FORCE = date(2010, 1, 1)  # directive 2008/8/EC: place of supply of services
RENOVATION_SINCE = date(2022, 7, 1)  # law of 27 December 2021: the clause of one month instead of a declaration
CO_CONTRACTOR_SINCE = date(2023, 1, 1)  # royal decree of 9 December 2022: the clause of one month

EXEMPTIONS = (
    ("EXEMPT_CARE", gettext_lazy("Exempt: medical care, art. 44 §1"), "§ 1", "VATEX-EU-132-1C"),
    ("EXEMPT_WELFARE", gettext_lazy("Exempt: welfare, care of children or the elderly"), "§ 2, 2°", "VATEX-EU-132-1G"),
    ("EXEMPT_SPORT", gettext_lazy("Exempt: sport without profit"), "§ 2, 3°", "VATEX-EU-132-1M"),
    ("EXEMPT_TEACHING", gettext_lazy("Exempt: teaching and vocational training"), "§ 2, 4°", "VATEX-EU-132-1I"),
    ("EXEMPT_TALK", gettext_lazy("Exempt: talks given in person"), "§ 2, 8°", "VATEX-EU-132-1N"),
    ("EXEMPT_CULTURE", gettext_lazy("Exempt: admission to culture without profit"), "§ 2, 9°", "VATEX-EU-132-1N"),
    ("EXEMPT_LETTING", gettext_lazy("Exempt: letting of real estate"), "§ 3, 2°", "VATEX-EU-135-1"),
)
"""Code, label, place in art. 44, code of exemption."""

MARGINS = (
    (
        "MARGIN_USED", gettext_lazy("Margin scheme: second-hand goods"), "VAT Code art. 58 §4", "VATEX-EU-F",
        mentions.margin(french="Biens d’occasion", dutch="Gebruikte goederen", english="Second-hand goods"),
    ),
    (
        "MARGIN_ART", gettext_lazy("Margin scheme: works of art"), "VAT Code art. 58 §4", "VATEX-EU-I",
        mentions.margin(french="Objets d’art", dutch="Kunstvoorwerpen", english="Works of art"),
    ),
    (
        "MARGIN_ANTIQUES", gettext_lazy("Margin scheme: antiques and collectors’ items"), "VAT Code art. 58 §4",
        "VATEX-EU-J",
        mentions.margin(
            french="Objets de collection et d’antiquité", dutch="Voorwerpen voor verzamelingen of antiquiteiten",
            english="Collectors’ items and antiques",
        ),
    ),
    (
        "MARGIN_TRAVEL", gettext_lazy("Margin scheme: travel agents"), "VAT Code art. 35", "VATEX-EU-D",
        mentions.margin(french="Agences de voyages", dutch="Reisbureaus", english="Travel agents"),
    ),
)  # fmt: skip
"""Code, label, legal basis, code of exemption, mention."""


def _domestic(code: str, percent: str, grid: str, label: Text, basis: str) -> Operation:
    return Operation(
        code, label, "S", Decimal(percent) / 100, Grids(grid, "54"), Grids("49", "64"), basis, valid_from=RATES_SINCE,
        listing=Listing.CLIENTS, mark="V",
    )  # fmt: skip


OPERATIONS: Sequence[Operation] = (
    _domestic("BE21", "21", "03", gettext_lazy("21 %"), "VAT Code art. 37; RD no. 20, art. 1"),
    _domestic("BE12", "12", "02", gettext_lazy("12 %"), "RD no. 20, art. 1, table B"),
    _domestic("BE06", "6", "01", gettext_lazy("6 %"), "RD no. 20, art. 1, table A"),
    Operation(
        "BE06_RENOVATION", gettext_lazy("6 %, works on a dwelling of ten years or more"), "S", Decimal("0.06"),
        Grids("01", "54"), Grids("49", "64"), "RD no. 20, art. 1, table A, XXXVIII; law of 2022 on the clause of one month",
        valid_from=RENOVATION_SINCE, listing=Listing.CLIENTS, mention=mentions.RENOVATION, mark="B",
    ),
    Operation(
        "BE00", gettext_lazy("0 % (newspapers and other zero-rated sales)"), "Z", ZERO_RATE, Grids("00"), Grids("49"),
        "RD no. 20, art. 1bis, table C", valid_from=RATES_SINCE, listing=Listing.CLIENTS,
    ),
    Operation(
        "EXEMPT_44", gettext_lazy("Exempt, art. 44 (training, care, arts)"), "E", ZERO_RATE, Grids("00"), Grids("49"),
        "VAT Code art. 44", valid_from=RATES_SINCE, vatex="VATEX-EU-132", account=Role.EXEMPT_SALES,
        mention=mentions.EXEMPT,
    ),
    *(
        Operation(
            code, label, "E", ZERO_RATE, Grids("00"), Grids("49"), f"VAT Code art. 44 {place}", valid_from=RATES_SINCE,
            vatex=vatex, account=Role.EXEMPT_SALES, mention=mentions.exempt(place),
        )
        for code, label, place, vatex in EXEMPTIONS
    ),
    Operation(
        "EU_SERVICE", gettext_lazy("Service to a business elsewhere in the EU"), "AE", ZERO_RATE, Grids("44"), Grids("48"),
        "VAT Code art. 21 §2; directive 2006/112/EC art. 44 and 196", valid_from=INTO_FORCE, vatex="VATEX-EU-AE",
        buyer=Buyer.EU_TAXABLE, listing=Listing.SERVICES,
        mention=mentions.EU_SERVICE,
    ),
    Operation(
        "EU_GOODS", gettext_lazy("Goods sent to a business elsewhere in the EU"), "K", ZERO_RATE, Grids("46"), Grids("48"),
        "VAT Code art. 39bis, 1°; directive 2006/112/EC art. 138", valid_from=RATES_SINCE, vatex="VATEX-EU-IC",
        buyer=Buyer.EU_TAXABLE, listing=Listing.GOODS, mention=mentions.EU_GOODS,
    ),
    Operation(
        "CO_CONTRACTOR", gettext_lazy("Works in real estate for a VAT payer (co-contractor)"), "AE", ZERO_RATE,
        Grids("45"), Grids("49"), "RD no. 1, art. 20", valid_from=CO_CONTRACTOR_SINCE, vatex="VATEX-EU-AE",
        buyer=Buyer.BELGIAN_TAXABLE, listing=Listing.CLIENTS,
        mention=mentions.CO_CONTRACTOR,
    ),
    Operation(
        "EXPORT", gettext_lazy("Export of goods outside the EU"), "G", ZERO_RATE, Grids("47"), Grids("49"),
        "VAT Code art. 39; directive 2006/112/EC art. 146", valid_from=RATES_SINCE, vatex="VATEX-EU-G",
        mention=mentions.EXPORT,
    ),
    Operation(
        "OUTSIDE", gettext_lazy("Service outside the EU (outside the scope of Belgian VAT)"), "O", ZERO_RATE, Grids("47"),
        Grids("49"), "VAT Code art. 21 §2; directive 2006/112/EC art. 44", valid_from=INTO_FORCE, vatex="VATEX-EU-O",
        mention=mentions.OUTSIDE, mark="B",
    ),
    Operation(
        "ABROAD", gettext_lazy("Supplied abroad: works on foreign property, events, transport"), "O", ZERO_RATE, Grids("47"),
        Grids("49"), "VAT Code art. 21 §3 and 21bis §2", valid_from=INTO_FORCE, vatex="VATEX-EU-O", mention=mentions.ABROAD,
        mark="B",
    ),
    Operation(
        "INSTITUTION", gettext_lazy("European or international institution with certificate 151"), "E", ZERO_RATE,
        Grids("47"), Grids("49"), "VAT Code art. 42 §3; directive 2006/112/EC art. 151", valid_from=RATES_SINCE,
        vatex="VATEX-EU-151", mention=mentions.INSTITUTION, mark="B",
    ),
    *(
        Operation(
            code, label, "E", ZERO_RATE, Grids("00"), Grids("49"), basis, valid_from=RATES_SINCE, vatex=vatex,
            mention=mention, mark="B",
        )
        for code, label, basis, vatex, mention in MARGINS
    ),
    Operation(
        "NOT_SUBJECT", gettext_lazy("Not a sale: damages, grant, deposit for packaging (outside the scope of VAT)"), "O",
        ZERO_RATE, Grids(""), Grids(""), "VAT Code art. 2 and 26", valid_from=RATES_SINCE, vatex="VATEX-EU-O",
        mention=mentions.NOT_SUBJECT, mark="B",
    ),
    Operation(
        "FRANCHISE", gettext_lazy("Small business without VAT (art. 56bis)"), "E", ZERO_RATE, Grids(""), Grids(""),
        "VAT Code art. 56bis", valid_from=RATES_SINCE, mention=mentions.FRANCHISE, regime=Regime.FRANCHISE,
    ),
)  # fmt: skip


UNDECIDED = Operation(
    "", gettext_lazy("not decided yet"), "", ZERO_RATE, Grids(""), Grids(""), "", valid_from=RATES_SINCE, mark="B"
)
"""Stands for the operation of a draft’s line whose VAT cannot be decided yet; nothing with it is issued."""


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


def known(operation: str) -> Operation:
    """Return an operation by its code whatever its dates, as a draft shows it; UNDECIDED where there is none."""
    return next((row for row in OPERATIONS if row.code == operation), UNDECIDED)


def in_force(on: date, *, regime: Regime = Regime.NORMAL) -> list[Operation]:
    """Return the operations that a seller can choose on a day of supply, in the order in which people read them."""
    return [row for row in OPERATIONS if row.holds(on) and row.regime == regime]


def rates_in_force(on: date) -> frozenset[Decimal]:
    """Return the rates above zero (fractions of 1) at which VAT can be charged in Belgium on a day."""
    return frozenset(row.rate for row in OPERATIONS if row.category == "S" and row.holds(on))


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
