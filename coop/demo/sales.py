"""What the activities of the demonstration sell, and when their customers pay: from fixed tables by arithmetic. Pure.

Nothing is drawn by lot: variety comes from places in tables, so the same reference day gives the same world.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from coop.demo.cast import Product, Trade
from coop.money import ZERO, cents
from coop.periods import Month

COUNTS = (2, 3, 2, 2, 1, 3, 2)
SEASON = (100, 92, 108, 96, 104, 112)
HARD_TIMES = (64, 78, 55, 82, 60, 71)
WEIGHTS = ((1,), (5, 3), (4, 3, 2))
LINES = (1, 2, 1, 3, 2, 4, 1, 2, 6, 3)
DELAYS = (8, 31, 15, 42, 28, 21, 30, 12, 35, 18, 60, 25, 33, 38, 45, 27, 52, 70, 29)
TERMS = (30, 15, 30, 45, 30, 20)
RATES = {"21": Decimal("0.21"), "12": Decimal("0.12"), "6": Decimal("0.06"), "BE06_RENOVATION": Decimal("0.06")}
UNPAID_EVERY, UNPAID_AT = 29, 11
PARTS_EVERY, PARTS_AT = 17, 5
CREDITED_EVERY, CREDITED_WHOLE_AT, CREDITED_PART_AT = 83, 20, 62
DISCOUNT_EVERY, DISCOUNT_AT = 13, 4
CREDIT_AFTER_DAYS = 5
PART_CREDITED = Decimal("50.00")
REST_AFTER_DAYS = 25
HALVES = Decimal("0.5")
DIVISIBLE = ("HUR", "KGM", "DAY")


@dataclass(frozen=True)
class Customer:
    """A customer of an activity: ``country`` decides the VAT, ``private`` that there is no VAT number."""

    name: str
    country: str
    private: bool
    payment_days: int


def customers_of(trade: Trade) -> list[Customer]:
    """Return the customers of a trade, from its table: ``Name@P`` is a private person, ``Name@FR`` one in France."""
    found = []
    for place, text in enumerate(trade.customers):
        name, _, mark = text.partition("@")
        country = mark if len(mark) == 2 else "BE"
        found.append(Customer(name, country, mark == "P", TERMS[place % len(TERMS)]))
    return found


@dataclass(frozen=True)
class SoldLine:
    """A line: what was sold, how much of it, and a discount in percent."""

    product: Product
    quantity: Decimal
    vat: str
    discount: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """EUR excluding VAT, rounded once."""
        return cents(self.quantity * Decimal(self.product.price) * (100 - self.discount) / 100)


@dataclass(frozen=True)
class Sale:
    """An invoice of the demonstration; ``place`` is its place among all of them and decides what becomes of it."""

    place: int
    key: str
    activity: str
    customer: Customer
    day: date
    lines: tuple[SoldLine, ...]

    @property
    def gross(self) -> Decimal:
        """EUR including VAT, rounded per rate."""
        bases: dict[str, Decimal] = {}
        for line in self.lines:
            bases[line.vat] = bases.get(line.vat, ZERO) + line.net
        return sum((base + cents(base * RATES.get(code, ZERO)) for code, base in bases.items()), ZERO)

    @property
    def credited_whole(self) -> bool:
        """Whether a credit note takes all of it back."""
        return self.place % CREDITED_EVERY == CREDITED_WHOLE_AT

    @property
    def credited_part(self) -> Decimal:
        """How much of its first line a credit note takes back, EUR excluding VAT."""
        part = self.place % CREDITED_EVERY == CREDITED_PART_AT and self.lines[0].net > 2 * PART_CREDITED
        return PART_CREDITED if part else ZERO

    @property
    def credited_on(self) -> date:
        """The day of its credit note."""
        return self.day + timedelta(days=CREDIT_AFTER_DAYS)


def sales_of(
    *, place: int, code: str, trade: Trade, turnover: int, needs: bool, months: Sequence[Month]
) -> Iterator[Sale]:
    """Yield what an activity sells in some months, in the order of the days within each month.

    ``place`` is the activity's place among all; ``turnover`` EUR excluding VAT of an ordinary month.
    """
    customers = customers_of(trade)
    for number, month in enumerate(months):
        count = COUNTS[(place * 5 + number * 3) % len(COUNTS)]
        weights = WEIGHTS[count - 1]
        percent = (HARD_TIMES if needs else SEASON)[(place + number) % len(SEASON)]
        whole = turnover * percent
        for part, weight in enumerate(weights):
            customer = customers[(place + 2 * number + part) % len(customers)]
            target = Decimal(whole * weight) / (100 * sum(weights))
            day = month.day(2 + (part * 9 + place * 2 + number) % 25)
            seed = place + 3 * number + 5 * part
            yield Sale(
                place=seed * 7 + number,
                key=f"{code}/{month}/{part + 1}",
                activity=code,
                customer=customer,
                day=day,
                lines=tuple(_lines(trade, customer, target, seed)),
            )


def _lines(trade: Trade, customer: Customer, target: Decimal, seed: int) -> Iterator[SoldLine]:
    offered = [product for product in trade.products if _fits(product, customer)]
    count = min(LINES[seed % len(LINES)], max(1, int(target / 120)))
    shares = [count - place + 1 for place in range(count)]
    discount = Decimal(5) if seed % DISCOUNT_EVERY == DISCOUNT_AT else ZERO
    for place, share in enumerate(shares):
        wanted = target * share / sum(shares)
        product = _affordable(offered, seed + place, wanted)
        yield SoldLine(product, _quantity(product, wanted), _vat(product, customer), discount if place == 0 else ZERO)


def _fits(product: Product, customer: Customer) -> bool:
    if product.vat == "EU_SERVICE":
        return customer.country != "BE"
    return not (product.vat == "CO_CONTRACTOR" and (customer.private or customer.country != "BE"))


def _affordable(offered: Sequence[Product], seed: int, wanted: Decimal) -> Product:
    """Return the product at a place of the table that is not dearer than what is wanted; the cheapest when all are."""
    fitting = [product for product in offered if Decimal(product.price) <= wanted]
    if not fitting:
        return min(offered, key=lambda product: Decimal(product.price))
    return fitting[seed % len(fitting)]


def _quantity(product: Product, wanted: Decimal) -> Decimal:
    step = HALVES if product.unit in DIVISIBLE else Decimal(1)
    if product.unit == "LS":
        return Decimal(1)
    return max(step, int(wanted / Decimal(product.price) / step) * step)


def _vat(product: Product, customer: Customer) -> str:
    """Return the VAT of a product for a customer, as the rule decides it from what is sold and to whom."""
    if customer.country != "BE":
        return "EU_SERVICE"
    if product.sale == "renovation" and not customer.private:
        return "CO_CONTRACTOR"
    return product.vat


@dataclass(frozen=True)
class Payment:
    """Money that a customer pays on an invoice, EUR including VAT."""

    key: str
    day: date
    amount: Decimal


def payments_of(sale: Sale) -> list[Payment]:
    """Return when a customer pays and how much: after 8 to 70 days, some in parts, some not at all."""
    if sale.credited_whole or sale.place % UNPAID_EVERY == UNPAID_AT:
        return []
    part = sale.credited_part
    due = sale.gross - part - cents(part * RATES.get(sale.lines[0].vat, ZERO))
    first = workday(sale.day + timedelta(days=DELAYS[sale.place % len(DELAYS)]))
    if sale.place % PARTS_EVERY != PARTS_AT:
        return [Payment(sale.key, first, due)]
    half = cents(due / 2)
    parts = [Payment(sale.key, first, half)]
    if sale.place % (2 * PARTS_EVERY) == PARTS_AT:
        parts.append(Payment(sale.key, workday(first + timedelta(days=REST_AFTER_DAYS)), due - half))
    return parts


def workday(day: date) -> date:
    """Return the day, or the Monday after it when it falls on a weekend."""
    return day + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[day.weekday()])
