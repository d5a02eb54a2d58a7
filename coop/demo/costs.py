"""What the activities of the demonstration spend: a purchase every other month, kilometres every third. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from coop.demo import numbers
from coop.demo.sales import workday
from coop.money import cents
from coop.periods import Month

SUPPLIERS = (
    "Papeterie du Canal",
    "Comptoir Boréas",
    "Nuage et Fils",
    "Groothandel Duin",
    "Imprimerie Saint-Gilles",
    "Garage des Arts",
)
PERCENT = (100, 110, 95, 120, 105)
BOUGHT_ON, TRAVELLED_ON = 6, 9
FIRST_SUPPLIER = 300
KILOMETRE_RATE = Decimal("0.4449")


@dataclass(frozen=True)
class Purchase:
    """An invoice of a supplier: EUR excluding VAT, at 21 %."""

    supplier: str
    vat_number: str
    number: str
    day: date
    kind: str
    text: str
    net: Decimal


@dataclass(frozen=True)
class Trip:
    """Kilometres with one's own car."""

    day: date
    text: str
    kilometres: Decimal


def purchases_of(
    place: int, code: str, offered: tuple[tuple[str, str, str], ...], months: list[Month]
) -> Iterator[Purchase]:
    """Yield what an activity buys in some months; ``place`` is its place among all."""
    for count, month in enumerate(months):
        if (place + count) % 2:
            continue
        text, price, kind = offered[(place + count) // 2 % len(offered)]
        supplier = (place + 2 * count) % len(SUPPLIERS)
        yield Purchase(
            supplier=SUPPLIERS[supplier],
            vat_number=f"BE{numbers.enterprise_number(FIRST_SUPPLIER + supplier)}",
            number=f"{month.year}/{place:02d}{month.number:02d}",
            day=workday(month.day(BOUGHT_ON + place % 8)),
            kind=kind,
            text=text,
            net=cents(Decimal(price) * PERCENT[(place + count) % len(PERCENT)] / 100),
        )


def trips_of(place: int, code: str, months: list[Month]) -> Iterator[Trip]:
    """Yield the kilometres of an activity in some months."""
    for count, month in enumerate(months):
        if (place + count) % 3 == 0:
            distance = Decimal(40 + 15 * ((place * 3 + count) % 9))
            yield Trip(workday(month.day(TRAVELLED_ON + place % 7)), f"Rendez-vous clients, {code} {month}", distance)
