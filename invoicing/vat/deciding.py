"""Which VAT an operation is under: decided from what is sold, by whom, to whom, where and when. Pure.

The order is that of the law: who sells (franchise), is it a sale at all, where is it supplied (VAT Code art. 14 to 21bis), is
it exempt there (art. 39, 39bis, 42, 44), who owes the VAT (art. 51, royal decree no. 1 art. 20), at which rate (royal decree
no. 20). Nothing is ever derived from a rate of zero. What cannot be decided is refused, with what to do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop.errors import Refused, Text
from invoicing.vat import rates
from invoicing.vat.operations import Operation, Regime
from invoicing.vat.table import by_rate, treatment

BELGIUM = "BE"
MEMBER_STATES = "AT BE BG CY CZ DE DK EE EL ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI"
UNION = frozenset(MEMBER_STATES.split())
"""Member states; EL is Greece in VAT numbers, XI is Northern Ireland, which counts for goods only."""
GOODS_ONLY = "XI"


class NotDecidable(Refused):
    """The VAT of an operation needs a fact that is missing, or a scheme that is not handled here."""


class OverrideWithoutReason(Refused):
    """Somebody set the VAT of an operation aside and did not say why."""


class Nature(StrEnum):
    """What is sold, as the rules of place tell apart."""

    GOODS = "goods"
    SERVICE = "service"
    INTANGIBLE = "intangible"  # advice, translation of data, advertising, licences: art. 21bis §2, 10°
    DIGITAL = "digital"  # electronic services, telecommunication, broadcasting: art. 21bis §2, 9°
    WORKS = "works"  # works in immovable property, within art. 20 of royal decree no. 1
    IMMOVABLE = "immovable"  # other services connected with immovable property: estate agent, architect
    EVENT = "event"  # admission to events
    RESTAURANT = "restaurant"
    PASSENGERS = "passengers"
    COMPENSATION = "compensation"  # damages, grant, penalty: no supply for consideration


class Status(StrEnum):
    """Who the customer is for VAT."""

    PRIVATE = "private"
    TAXABLE = "taxable"  # acts as a taxable person
    LEGAL_PERSON = "legal_person"  # not taxable, with or without a VAT number
    INSTITUTION = "institution"  # European or international, with a certificate of exemption 151


class Exemption(StrEnum):
    """An exemption of art. 44 under which the operation falls; the value is its operation."""

    CARE = "EXEMPT_CARE"
    WELFARE = "EXEMPT_WELFARE"
    SPORT = "EXEMPT_SPORT"
    TEACHING = "EXEMPT_TEACHING"
    TALK = "EXEMPT_TALK"
    CULTURE = "EXEMPT_CULTURE"
    LETTING = "EXEMPT_LETTING"
    OTHER = "EXEMPT_44"


class Margin(StrEnum):
    """A margin scheme under which the goods are sold on; the value is its operation."""

    USED = "MARGIN_USED"
    ART = "MARGIN_ART"
    ANTIQUES = "MARGIN_ANTIQUES"
    TRAVEL = "MARGIN_TRAVEL"


@dataclass(frozen=True)
class Seller:
    """Who sells, established in Belgium. ``distance_sales`` tells whether sales to consumers elsewhere in the Union (goods
    sent and digital services together, this year or the last) are above the threshold of 10 000 EUR of art. 15 §2."""

    regime: Regime = Regime.NORMAL
    distance_sales: str = "below"


@dataclass(frozen=True)
class Customer:
    """Who buys. ``vat_number`` with its prefix; ``periodic`` tells whether a Belgian customer files periodic VAT returns."""

    status: Status
    country: str = BELGIUM
    vat_number: str = ""
    periodic: bool = False

    @property
    def number_country(self) -> str:
        """The country that gave the VAT number; empty without one."""
        return self.vat_number[:2]

    @property
    def buys_as_business(self) -> bool:
        """Whether the rules between businesses hold: a taxable person, or a legal person with a VAT number (art. 21 §1)."""
        return self.status == Status.TAXABLE or (self.status == Status.LEGAL_PERSON and bool(self.vat_number))


@dataclass(frozen=True)
class Sale:
    """What is sold, supplied on a day. ``kind`` is a code of ``rates.yaml``. ``place`` is the country where goods arrive,
    where property lies, or where something takes place."""

    nature: Nature
    on: date
    kind: str = "standard"
    place: str = BELGIUM
    exemption: Exemption | None = None
    margin: Margin | None = None


class Need(StrEnum):
    """What must stand on the document, or be kept with it, for the treatment to hold."""

    CUSTOMER_VAT_NUMBER = "customer_vat_number"
    DELIVERY = "delivery"
    TRANSPORT_PROOF = "transport_proof"
    EXPORT_PROOF = "export_proof"
    CERTIFICATE = "certificate"
    FOREIGN_VAT = "foreign_vat"


NEEDS: Mapping[Need, Text] = {
    Need.CUSTOMER_VAT_NUMBER: gettext_lazy("The VAT number of the customer, checked on the day of the invoice."),
    Need.DELIVERY: gettext_lazy("The day and the country of delivery."),
    Need.TRANSPORT_PROOF: gettext_lazy("A proof that the goods left for the other country."),
    Need.EXPORT_PROOF: gettext_lazy("The export document."),
    Need.CERTIFICATE: gettext_lazy("The certificate of exemption 151, signed."),
    Need.FOREIGN_VAT: gettext_lazy("Whether VAT is due in the other country: ask the accountant."),
}


@dataclass(frozen=True)
class Override:
    """A treatment chosen by a person against the rule, and why."""

    operation: str
    reason: str


@dataclass(frozen=True)
class Decision:
    """How an operation is treated: category, rate, code, mention, grids and listing stand in ``operation``.

    ``article`` is the legal basis of the decision, ``because`` says it in a sentence, ``needs`` what must be there for it to
    hold. After an override ``ruled`` is what the rule had said and ``reason`` why it was set aside.
    """

    operation: Operation
    article: str
    because: Text
    needs: tuple[Need, ...] = ()
    ruled: Operation | None = None
    reason: str = ""

    @property
    def tags(self) -> tuple[str, str]:
        """The boxes of the return that an invoice fills: base and tax, as they are frozen on the entry."""
        return self.operation.invoiced.base, self.operation.invoiced.tax if self.operation.rate else ""


def decide(*, seller: Seller, customer: Customer, sale: Sale) -> Decision:
    """Return the VAT of an operation by the law of the day of supply. Raises NotDecidable, KindUnknown, OperationUnknown."""
    return (
        _by_seller(seller, sale)
        or _by_scheme(sale)
        or (_goods if sale.nature == Nature.GOODS else _service)(seller, customer, sale)
    )


def override(decision: Decision, wanted: Override, *, on: date) -> Decision:
    """Return a decision with another treatment, which keeps what the rule said. Raises OverrideWithoutReason.

    The reason is kept with the document; an operation that is not in force on the day is refused (OperationUnknown).
    """
    if not wanted.reason.strip():
        raise OverrideWithoutReason(
            subject=_("VAT"),
            reason=_("The rule says “%(operation)s”, and no reason is given to depart from it.")
            % {"operation": decision.operation.label},
            remedy=_("Write why another VAT applies, or keep what the rule says."),
            field="reason",
        )
    chosen = treatment(wanted.operation, on)
    return replace(
        decision, operation=chosen, ruled=decision.ruled or decision.operation, reason=wanted.reason.strip(), needs=()
    )


def _said(code: str, sale: Sale, article: str, because: Text, *needs: Need) -> Decision:
    return Decision(treatment(code, sale.on), article, because, needs)


def _by_seller(seller: Seller, sale: Sale) -> Decision | None:
    if seller.regime == Regime.FRANCHISE:
        return _said(
            "FRANCHISE", sale, "VAT Code art. 56bis", gettext_lazy("The seller is a small business without VAT.")
        )
    return None


def _by_scheme(sale: Sale) -> Decision | None:
    """Decide what no rule of place is needed for: no sale at all, and the margin schemes."""
    if sale.nature == Nature.COMPENSATION:
        return _said(
            "NOT_SUBJECT", sale, "VAT Code art. 2 and 26", gettext_lazy("Nothing is supplied in return for it.")
        )
    if sale.margin is not None:
        operation = treatment(sale.margin.value, sale.on)
        return Decision(operation, operation.legal_basis, gettext_lazy("VAT is due on the margin, and is not shown."))
    return None


# --- goods ------------------------------------------------------------------------------------------------------------


def _goods(seller: Seller, customer: Customer, sale: Sale) -> Decision:
    """Goods are supplied where their transport begins, here in Belgium (art. 14 §2)."""
    if sale.place == BELGIUM:
        return _in_belgium(customer, sale, "VAT Code art. 14 §1 and §2")
    if sale.place not in UNION:
        return _said(
            "EXPORT",
            sale,
            "VAT Code art. 39 §1",
            gettext_lazy("The goods leave the European Union."),
            Need.EXPORT_PROOF,
        )
    if customer.buys_as_business and customer.vat_number and customer.number_country != BELGIUM:
        return _said(
            "EU_GOODS", sale, "VAT Code art. 39bis, 1°",
            gettext_lazy("The goods go to a business with a VAT number of another member state."),
            Need.CUSTOMER_VAT_NUMBER, Need.DELIVERY, Need.TRANSPORT_PROOF,
        )  # fmt: skip
    if customer.status == Status.PRIVATE:
        _refuse_above_threshold(seller)
        return _in_belgium(customer, sale, "VAT Code art. 15 §2")
    return _in_belgium(customer, sale, "VAT Code art. 14 §2")


def _refuse_above_threshold(seller: Seller) -> None:
    if seller.distance_sales != "below":
        raise NotDecidable(
            subject=_("VAT"),
            reason=_(
                "Sales to consumers elsewhere in the EU are above 10 000 EUR a year: the VAT of their country is due."
            ),
            remedy=_("Ask the accountant to declare this sale under the one-stop shop (OSS)."),
            field="operation",
        )


# --- services ---------------------------------------------------------------------------------------------------------

WHERE_IT_IS: Mapping[Nature, str] = {
    Nature.WORKS: "VAT Code art. 21 §3, 1° and 21bis §2, 1°",
    Nature.IMMOVABLE: "VAT Code art. 21 §3, 1° and 21bis §2, 1°",
    Nature.EVENT: "VAT Code art. 21 §3, 3° and 21bis §2, 4°",
    Nature.RESTAURANT: "VAT Code art. 21 §3, 4° and 21bis §2, 6°",
    Nature.PASSENGERS: "VAT Code art. 21 §3, 2° and 21bis §2, 2°",
}
"""Services that are supplied where the property lies or where they take place, whoever buys."""


def _service(seller: Seller, customer: Customer, sale: Sale) -> Decision:
    if sale.nature in WHERE_IT_IS:
        return _on_the_spot(customer, sale)
    return _to_business(customer, sale) if customer.buys_as_business else _to_consumer(seller, customer, sale)


def _on_the_spot(customer: Customer, sale: Sale) -> Decision:
    article = WHERE_IT_IS[sale.nature]
    if sale.place != BELGIUM:
        return _said(
            "ABROAD", sale, article, gettext_lazy("It is supplied where it takes place, abroad."), Need.FOREIGN_VAT
        )
    co_contractor = customer.status == Status.TAXABLE and customer.periodic and customer.number_country == BELGIUM
    if sale.nature == Nature.WORKS and co_contractor and sale.exemption is None:
        return _said(
            "CO_CONTRACTOR", sale, "RD no. 1, art. 20; VAT Code art. 51 §2",
            gettext_lazy("Works on property for a business that files periodic VAT returns: it owes the VAT."),
            Need.CUSTOMER_VAT_NUMBER,
        )  # fmt: skip
    return _in_belgium(customer, sale, article)


def _to_business(customer: Customer, sale: Sale) -> Decision:
    """A service to a business is supplied where the business is (art. 21 §2)."""
    article = "VAT Code art. 21 §2"
    country = customer.number_country if customer.number_country in UNION else customer.country
    if country == BELGIUM:
        return _in_belgium(customer, sale, article)
    if country not in UNION or country == GOODS_ONLY:
        return _said("OUTSIDE", sale, article, gettext_lazy("The business that buys is outside the European Union."))
    if not customer.vat_number:
        raise NotDecidable(
            subject=_("VAT"),
            reason=_("The customer is a business elsewhere in the EU, and its VAT number is not known."),
            remedy=_(
                "Enter the VAT number on the customer’s page; without one, Belgian VAT is charged as to a consumer."
            ),
            field="customer",
        )
    return _said(
        "EU_SERVICE", sale, f"{article}; directive 2006/112/EC art. 196",
        gettext_lazy("The business that buys is in another member state: it owes the VAT there."), Need.CUSTOMER_VAT_NUMBER,
    )  # fmt: skip


def _to_consumer(seller: Seller, customer: Customer, sale: Sale) -> Decision:
    """A service to a consumer is supplied where the seller is (art. 21bis §1), but for what follows."""
    outside = customer.country not in UNION
    if sale.nature == Nature.INTANGIBLE and outside:
        return _said(
            "ABROAD", sale, "VAT Code art. 21bis §2, 10°",
            gettext_lazy("Advice, licences and the like to a consumer outside the European Union are supplied there."),
        )  # fmt: skip
    if sale.nature == Nature.DIGITAL and customer.country != BELGIUM:
        article = "VAT Code art. 21bis §2, 9°"
        if outside:
            return _said("ABROAD", sale, article, gettext_lazy("Digital services are supplied where the consumer is."))
        _refuse_above_threshold(seller)
        return _in_belgium(customer, sale, f"{article} and art. 15 §2")
    return _in_belgium(customer, sale, "VAT Code art. 21bis §1")


# --- in Belgium -------------------------------------------------------------------------------------------------------


def _in_belgium(customer: Customer, sale: Sale, place: str) -> Decision:
    """Decide what is supplied in Belgium: exempt by the customer, exempt by its nature, or taxed at the rate of its kind."""
    if customer.status == Status.INSTITUTION:
        return _said(
            "INSTITUTION", sale, "VAT Code art. 42 §3",
            gettext_lazy("The institution that buys is exempt by its certificate 151."), Need.CERTIFICATE,
        )  # fmt: skip
    if sale.exemption is not None:
        operation = treatment(sale.exemption.value, sale.on)
        return Decision(operation, operation.legal_basis, gettext_lazy("Article 44 exempts it from VAT."))
    rate = rates.rate_of(sale.kind, sale.on)
    if rate.rate == Decimal(0):
        operation = treatment("BE00", sale.on)
    elif rate.operation:
        operation = treatment(rate.operation, sale.on)
    else:
        operation = by_rate(rate.rate, sale.on)
    return Decision(
        operation, f"{place}; {rate.basis}", gettext_lazy("It is supplied in Belgium, at the rate of its kind.")
    )
