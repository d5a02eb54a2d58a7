"""What people sell, in their words, and what that is for VAT: one table from “what do you sell?” to the facts of the rule.

An exemption or a margin scheme counts only where the books hold that the activity is under it on the day of supply, but for
what is exempt by its nature whoever sells. Goods arrive where the customer is unless another country is named; property and
events lie in Belgium unless another country is named. Pure.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from coop.errors import Refused, Text
from invoicing.vat.deciding import BELGIUM, Exemption, Margin, Nature, Sale

GREECE, GREECE_FOR_VAT = "GR", "EL"
DISTANCE_SALES_ABOVE = "DISTANCE_SALES"
"""The fact of a cooperative whose sales to consumers elsewhere in the Union are above 10 000 EUR a year (art. 15 §2)."""


class SoldUnknown(Refused):
    """A line names something sold that the table does not know."""


class Shelf(StrEnum):
    """Under which heading something sold is found."""

    SERVICES = "services"
    GOODS = "goods"
    PLACES = "places"
    BUILDINGS = "buildings"
    ARTICLE_44 = "article_44"
    MARGIN = "margin"
    OTHER = "other"


SHELVES: Mapping[Shelf, Text] = {
    Shelf.SERVICES: gettext_lazy("Services"),
    Shelf.GOODS: gettext_lazy("Goods"),
    Shelf.PLACES: gettext_lazy("Food, lodging, events, transport"),
    Shelf.BUILDINGS: gettext_lazy("Buildings and land"),
    Shelf.ARTICLE_44: gettext_lazy("Care, training, culture (often exempt)"),
    Shelf.MARGIN: gettext_lazy("Margin scheme"),
    Shelf.OTHER: pgettext_lazy("sale", "Other"),
}


@dataclass(frozen=True)
class Sold:
    """Something that is sold: its name, and what it is for VAT. ``rate`` is a kind of ``rates.yaml``.

    ``exemption`` and ``margin`` hold for an activity that has the fact of that name; ``by_nature`` whoever sells.
    """

    code: str
    label: Text
    shelf: Shelf
    nature: Nature
    rate: str = "standard"
    exemption: Exemption | None = None
    margin: Margin | None = None
    by_nature: bool = False


SOLD: Sequence[Sold] = (
    Sold("service", gettext_lazy("Service"), Shelf.SERVICES, Nature.SERVICE),
    Sold("advice", gettext_lazy("Advice, translation, design, advertising, licence"), Shelf.SERVICES, Nature.INTANGIBLE),
    Sold("digital", gettext_lazy("Digital service, delivered by itself over the internet"), Shelf.SERVICES, Nature.DIGITAL),
    Sold("author_rights", gettext_lazy("Copyright, assigned or licensed"), Shelf.SERVICES, Nature.INTANGIBLE, "author_rights"),
    Sold("performance", gettext_lazy("Show or concert, to an organiser"), Shelf.SERVICES, Nature.SERVICE, "performance"),
    Sold("small_repairs", gettext_lazy("Repair of bicycles, shoes, clothes"), Shelf.SERVICES, Nature.SERVICE, "small_repairs"),
    Sold("farming", gettext_lazy("Farming or market gardening work"), Shelf.SERVICES, Nature.SERVICE, "farming"),
    Sold("goods", gettext_lazy("Goods"), Shelf.GOODS, Nature.GOODS),
    Sold("food", gettext_lazy("Food"), Shelf.GOODS, Nature.GOODS, "food"),
    Sold("books", gettext_lazy("Books"), Shelf.GOODS, Nature.GOODS, "books"),
    Sold("newspapers", gettext_lazy("Newspapers and periodicals"), Shelf.GOODS, Nature.GOODS, "newspapers"),
    Sold("plants", gettext_lazy("Plants, flowers, seeds"), Shelf.GOODS, Nature.GOODS, "plants"),
    Sold("medicines", gettext_lazy("Medicines and medical devices"), Shelf.GOODS, Nature.GOODS, "medicines"),
    Sold("pesticides", gettext_lazy("Pesticides"), Shelf.GOODS, Nature.GOODS, "pesticides"),
    Sold("works_of_art", gettext_lazy("Work of art of one’s own"), Shelf.GOODS, Nature.GOODS, "works_of_art"),
    Sold("restaurant", gettext_lazy("Meals served"), Shelf.PLACES, Nature.RESTAURANT, "restaurant"),
    Sold("drinks", gettext_lazy("Drinks served"), Shelf.PLACES, Nature.RESTAURANT),
    Sold("accommodation", gettext_lazy("Night in a hotel, guest room, camping"), Shelf.PLACES, Nature.IMMOVABLE, "accommodation"),
    Sold(
        "admission", gettext_lazy("Admission to culture or sport"), Shelf.PLACES, Nature.EVENT, "culture", Exemption.CULTURE
    ),
    Sold("passengers", gettext_lazy("Transport of persons"), Shelf.PLACES, Nature.PASSENGERS, "passengers"),
    Sold("works", gettext_lazy("Works on a building, or its cleaning"), Shelf.BUILDINGS, Nature.WORKS),
    Sold("renovation", gettext_lazy("Works on a dwelling of ten years or more"), Shelf.BUILDINGS, Nature.WORKS, "renovation"),
    Sold("social_housing", gettext_lazy("Works on social housing"), Shelf.BUILDINGS, Nature.WORKS, "social_housing"),
    Sold("immovable", gettext_lazy("Architect, surveyor, estate agent"), Shelf.BUILDINGS, Nature.IMMOVABLE),
    Sold(
        "letting", gettext_lazy("Letting of a building"), Shelf.BUILDINGS, Nature.IMMOVABLE, exemption=Exemption.LETTING,
        by_nature=True,
    ),
    Sold("training", gettext_lazy("Training, teaching"), Shelf.ARTICLE_44, Nature.SERVICE, exemption=Exemption.TEACHING),
    Sold("care", gettext_lazy("Medical or paramedical care"), Shelf.ARTICLE_44, Nature.SERVICE, exemption=Exemption.CARE),
    Sold("welfare", gettext_lazy("Care of children or the elderly"), Shelf.ARTICLE_44, Nature.SERVICE, exemption=Exemption.WELFARE),
    Sold("sport", gettext_lazy("Sport"), Shelf.ARTICLE_44, Nature.SERVICE, exemption=Exemption.SPORT),
    Sold("talk", gettext_lazy("Talk given in person"), Shelf.ARTICLE_44, Nature.SERVICE, exemption=Exemption.TALK),
    Sold("exempt", gettext_lazy("Other sale under article 44"), Shelf.ARTICLE_44, Nature.SERVICE, exemption=Exemption.OTHER),
    Sold("second_hand", gettext_lazy("Second-hand goods"), Shelf.MARGIN, Nature.GOODS, margin=Margin.USED),
    Sold("art_resold", gettext_lazy("Works of art of others"), Shelf.MARGIN, Nature.GOODS, margin=Margin.ART),
    Sold("antiques", gettext_lazy("Antiques and collectors’ items"), Shelf.MARGIN, Nature.GOODS, margin=Margin.ANTIQUES),
    Sold("travel", gettext_lazy("Travel sold as a package"), Shelf.MARGIN, Nature.SERVICE, margin=Margin.TRAVEL),
    Sold("compensation", gettext_lazy("Damages, grant, penalty: nothing is supplied"), Shelf.OTHER, Nature.COMPENSATION),
)  # fmt: skip
DEFAULT = "service"
BY_CODE: Mapping[str, Sold] = {one.code: one for one in SOLD}

FACTS: Mapping[str, Text] = {
    Exemption.TEACHING: gettext_lazy("Training and teaching are exempt (art. 44 §2, 4°)"),
    Exemption.CARE: gettext_lazy("Medical or paramedical care is exempt (art. 44 §1)"),
    Exemption.WELFARE: gettext_lazy("Care of children or the elderly is exempt (art. 44 §2, 2°)"),
    Exemption.SPORT: gettext_lazy("Sport without profit is exempt (art. 44 §2, 3°)"),
    Exemption.TALK: gettext_lazy("Talks in person are exempt (art. 44 §2, 8°)"),
    Exemption.CULTURE: gettext_lazy("Admission to culture without profit is exempt (art. 44 §2, 9°)"),
    Exemption.OTHER: gettext_lazy("Other sales under article 44 are exempt"),
    Margin.USED: gettext_lazy("Second-hand goods are sold under the margin scheme"),
    Margin.ART: gettext_lazy("Works of art of others are sold under the margin scheme"),
    Margin.ANTIQUES: gettext_lazy("Antiques are sold under the margin scheme"),
    Margin.TRAVEL: gettext_lazy("Travel is sold under the margin scheme"),
    DISTANCE_SALES_ABOVE: gettext_lazy("Sales to consumers elsewhere in the EU are above 10 000 EUR a year"),
}
"""What can hold for an activity, or for a whole cooperative, from a day on."""


def known(code: str) -> Sold:
    """Return something sold by its code. Raises SoldUnknown."""
    if code not in BY_CODE:
        raise SoldUnknown(
            subject=_("What is sold, “%(code)s”") % {"code": code},
            reason=_("The table of what can be sold does not know it."),
            remedy=_("Choose one of: %(codes)s.") % {"codes": ", ".join(BY_CODE)},
            field="sale",
        )
    return BY_CODE[code]


def for_vat(country: str) -> str:
    """Return a country as VAT law writes it: Greece is EL."""
    return GREECE_FOR_VAT if country == GREECE else country


def sale_of(sold: Sold, *, on: date, facts: Set[str], customer_country: str, named_place: str = "") -> Sale:
    """Return the facts of a sale. ``facts`` hold for the seller on the day; ``named_place`` is a country, empty by default."""
    usual_place = customer_country if sold.nature == Nature.GOODS else BELGIUM
    place = for_vat(named_place or usual_place)
    exemption = sold.exemption if sold.by_nature or sold.exemption in facts else None
    return Sale(sold.nature, on, sold.rate, place, exemption, sold.margin if sold.margin in facts else None)


def shelves() -> list[tuple[Text, list[tuple[str, Text]]]]:
    """Return what can be sold as a form offers it, under its headings."""
    return [(SHELVES[shelf], [(one.code, one.label) for one in SOLD if one.shelf == shelf]) for shelf in Shelf]
