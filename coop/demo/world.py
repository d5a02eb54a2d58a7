"""The world of the demonstration: who is in it, which months it has, and what its files say. Its only input is a day.

Each app plays its part month by month (``<app>/demo.py``), from the files that the world writes and through the services
of the pages; this module knows no app and no database.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from coop.clock import BRUSSELS
from coop.demo import cast, files, numbers, sales
from coop.demo.cast import House, Member, Together, Trade
from coop.money import ZERO, cents
from coop.periods import Month

FIRST_MONTH_OF_LAW = Month(2025, 7)
"""The world begins no earlier: the law of pay is known for this month, its quarter and the quarter before."""
STYLES = {"archipel": "csv", "boreal": "xlsx", "cabestan": "old csv"}
OWN_FUNDS = Decimal("25000.00")
PREMIUM, HOLIDAY = Decimal("1.2745"), Decimal("0.92")
"""What a year of pay sets aside, for a month of it: a premium with its contributions, and the double holiday pay."""
VAT_OF_OPENING = {"archipel": Decimal("5120.40"), "boreal": Decimal("4388.15"), "cabestan": Decimal("3907.60")}
TOWNS = (
    ("1000", "Bruxelles"),
    ("1050", "Ixelles"),
    ("4000", "Liège"),
    ("5000", "Namur"),
    ("9000", "Gent"),
    ("2000", "Antwerpen"),
)
STREETS = (
    "Rue du Moulin",
    "Avenue des Cerisiers",
    "Place du Marché",
    "Kerkstraat",
    "Rue Haute",
    "Molenlaan",
    "Quai aux Pierres",
)
FOREIGN = {
    "FR": ("Rue de la Digue 4", "59800", "Lille"),
    "DE": ("Hafenstraße 21", "50667", "Köln"),
    "NL": ("Havenkade 9", "3011 AA", "Rotterdam"),
}
SMALL = ("A-017", "A-018", "A-020", "B-001", "B-002", "B-004", "B-009", "C-001")
NOON = time(12)


class TooEarly(ValueError):
    """A reference day leaves too few months whose law is known."""


class Scale(StrEnum):
    """How large the world is: 12 months and everybody, or two months and a few."""

    FULL = "full"
    SMALL = "small"


@dataclass(frozen=True)
class Played:
    """An activity of the world: who sells what, where, in which months."""

    place: int
    house: str
    code: str
    name: str
    trade: Trade
    turnover: int
    opening: Decimal
    needs: bool
    first: Month
    last: Month
    old: bool


@dataclass
class World:
    """The world seen from its reference day. Files are written into ``folder``."""

    reference_day: date
    folder: Path
    scale: Scale = Scale.FULL
    houses: tuple[House, ...] = field(default=cast.HOUSES)

    def __post_init__(self) -> None:
        if self.first_month < FIRST_MONTH_OF_LAW:
            earliest = FIRST_MONTH_OF_LAW.plus(self.length - 1)
            raise TooEarly(f"the demonstration needs a reference day in {earliest} or later")

    # --- calendar

    @property
    def length(self) -> int:
        """How many months it has."""
        return 12 if self.scale is Scale.FULL else 2

    @property
    def month(self) -> Month:
        """The month of the reference day: the open one."""
        return Month.of(self.reference_day)

    @property
    def first_month(self) -> Month:
        """The first month that is played."""
        return self.month.plus(1 - self.length)

    @property
    def months(self) -> list[Month]:
        """All months, the open one last."""
        return list(self.first_month.until(self.month))

    @property
    def first_day(self) -> date:
        """The day of the opening."""
        return self.first_month.first

    @property
    def years(self) -> list[int]:
        """The years whose books are opened: of the months, and the next one when the year ends soon."""
        return list(range(self.first_month.year, self.month.plus(2).year + 1))

    def over(self, month: Month) -> bool:
        """Tell whether a month has ended on the reference day."""
        return month < self.month

    def day(self, month: Month, number: int) -> date:
        """Return a day of a month, but none after the reference day."""
        return min(month.day(number), self.reference_day)

    @staticmethod
    def at(day: date) -> datetime:
        """Return noon of a day in Brussels."""
        return datetime.combine(day, NOON, tzinfo=BRUSSELS)

    # --- people

    @cached_property
    def members(self) -> list[Member]:
        """The entrepreneurs who have arrived by the reference day."""
        codes = [member for member in cast.MEMBERS if self.scale is Scale.FULL or member.code in SMALL]
        return [member for member in codes if member.start is None or member.start < self.length]

    def first_of(self, member: Member) -> date:
        """Return the day on which a member began in the cooperative; for most, years before the world."""
        if member.start is None:
            years = 2 + len(member.name) % 4
            return date(self.first_day.year - years, 1 + len(member.activity) % 12, 1)
        return self.first_month.plus(member.start).first

    def last_of(self, member: Member) -> date | None:
        """Return the last day of a member who leaves, once that day has come."""
        if member.end is None or member.end >= self.length - 1:
            return None
        return self.first_month.plus(member.end).last

    def serial(self, member: Member) -> int:
        """Return a number of the member's own."""
        return cast.MEMBERS.index(member) + 1

    def worker_number(self, member: Member) -> str:
        """Return the worker number of an employee."""
        return f"{self.serial(member):04d}"

    @cached_property
    def activities(self) -> list[Played]:
        """The activities, those that several run last."""
        found = [
            Played(
                place=self.serial(member), house=member.house, code=member.code, name=member.activity,
                trade=member.trade, turnover=member.turnover, opening=member.opening, needs=member.needs,
                first=max(self.first_month, Month.of(self.first_of(member))),
                last=Month.of(self.last_of(member) or self.reference_day),
                old=self.first_of(member) < self.first_day,
            )
            for member in self.members
        ]  # fmt: skip
        found += [
            Played(
                place=len(cast.MEMBERS) + place, house=shared.house, code=shared.code, name=shared.name,
                trade=shared.trade, turnover=shared.turnover, opening=shared.opening, needs=False,
                first=self.first_month, last=self.month, old=True,
            )
            for place, shared in enumerate(self.shared, start=1)
        ]  # fmt: skip
        return found

    @property
    def shared(self) -> list[Together]:
        """The activities that several members run."""
        return [shared for shared in cast.SHARED if self.scale is Scale.FULL or shared.code in SMALL]

    def of(self, house: str) -> list[Played]:
        """Return the activities of a cooperative."""
        return [activity for activity in self.activities if activity.house == house]

    # --- files

    def write(self, house: str, name: str, rows: files.Rows) -> Path | None:
        """Write rows as that cooperative's office would; None when there are none."""
        if not rows:
            return None
        return files.write(self.folder / house, name, STYLES[house], rows)

    def member_rows(self, house: str, month: Month) -> files.Rows:
        """Return the members who are there at the opening (first month) or arrive in a month."""
        return [self._member_row(member) for member in self.arriving(house, month)]

    def arriving(self, house: str, month: Month) -> list[Member]:
        """Return the members who arrive in a month; in the first, also those who are there already."""
        return [
            member
            for member in self.members
            if member.house == house and max(self.first_month, Month.of(self.first_of(member))) == month
        ]

    def _member_row(self, member: Member) -> dict[str, files.Value]:
        first, _, last = member.name.partition(" ")
        serial = self.serial(member)
        postcode, town = TOWNS[serial % len(TOWNS)]
        row: dict[str, files.Value] = {
            "first_name": first, "last_name": last, "email": member.email, "status": member.status,
            "member_from": self.first_of(member), "language": member.language, "phone": f"0470 00 {serial:02d} {serial:02d}",
            "street": f"{STREETS[serial % len(STREETS)]} {serial + 2}", "postcode": postcode, "town": town,
            "born_on": member.born_on, "login": "yes",
        }  # fmt: skip
        if member.status == "employee":
            row |= {
                "niss": numbers.niss(member.born_on, 997), "iban": numbers.iban(1000 + serial),
                "household": member.household, "situation_from": self.situation_from(member), "children": member.children,
                "single_parent": "yes" if member.household == "single" and member.children else "no",
            }  # fmt: skip
        if member.status == "candidate":
            signed = self.first_of(member) - timedelta(days=6)
            row |= {"agreement_signed_on": signed, "benefit_end_date": Month.of(signed).plus(17).last}
        return row

    def situation_from(self, member: Member) -> date:
        """Return the day from which the family situation of a member is known."""
        return self.first_of(member)

    def activity_rows(self, house: str, month: Month) -> files.Rows:
        """Return the activities with the members who run them, for those who arrive in a month."""
        rows: list[dict[str, files.Value]] = []
        for member in self.arriving(house, month):
            coach = cast.address("Farid Benali") if member.code in cast.COACHED else ""
            rows.append(
                {
                    "code": member.code, "name": member.activity, "opened_on": self.first_of(member),
                    "member": member.email, "weight": Decimal(member.weight), "coach": coach,
                }
            )  # fmt: skip
        for shared in self.shared if month == self.first_month else []:
            for member in self.members:
                weights = dict(member.shares)
                if shared.house == house and shared.code in weights:
                    rows.append(
                        {
                            "code": shared.code, "name": shared.name, "opened_on": date(self.first_day.year - 1, 1, 1),
                            "member": member.email, "weight": Decimal(weights[shared.code]),
                            "member_from": max(date(self.first_day.year - 1, 1, 1), self.first_of(member)),
                        }
                    )  # fmt: skip
        return rows

    def contract_rows(self, house: str, month: Month) -> files.Rows:
        """Return the contracts of employment of those who arrive in a month."""
        return [
            {
                "worker_number": self.worker_number(member), "member": member.email, "kind": "permanent",
                "signed_on": self.first_of(member) - timedelta(days=10), "valid_from": self.first_of(member),
                "experience_from": date(self.first_of(member).year - member.experience, 1, 1), "joint_committee": "200",
                "weekly_hours": Decimal(member.hours), "full_time_hours": Decimal("38.00"), "scale_class": member.scale,
                "gross": Decimal(member.gross),
            }
            for member in self.arriving(house, month)
            if member.status == "employee"
        ]  # fmt: skip

    def customer_rows(self, house: str, month: Month) -> files.Rows:
        """Return the customers of the activities that begin in a month."""
        rows: list[dict[str, files.Value]] = []
        for activity in self.of(house):
            if activity.first != month:
                continue
            for customer in sales.customers_of(activity.trade):
                rows.append(self._customer_row(activity, customer))
        return rows

    def _customer_row(self, activity: Played, customer: sales.Customer) -> dict[str, files.Value]:
        serial = list(self._known).index(customer.name)
        postcode, town = TOWNS[serial % len(TOWNS)]
        street = f"{STREETS[serial % len(STREETS)]} {3 * serial + 1}"
        if customer.country != "BE":
            street, postcode, town = FOREIGN[customer.country]
        vat = f"BE{numbers.enterprise_number(100 + serial)}"
        if customer.country != "BE":
            vat = numbers.foreign_vat(customer.country, serial % 100)
        return {
            "activity": activity.code, "name": customer.name, "kind": "private" if customer.private else "business",
            "vat_number": "" if customer.private else vat, "street": street, "postcode": postcode, "town": town,
            "country": customer.country, "email": f"compta{serial}@client.example",
            "language": "nl" if activity.house == "boreal" else "fr", "payment_days": customer.payment_days,
        }  # fmt: skip

    @cached_property
    def _known(self) -> dict[str, None]:
        """The names of all customers, each once, in a fixed order."""
        trades = [member.trade for member in cast.MEMBERS]
        return {customer.name: None for trade in trades for customer in sales.customers_of(trade)}

    # --- sales and payments

    @cached_property
    def sold(self) -> dict[str, list[sales.Sale]]:
        """All invoices by cooperative, in the order of their days, up to the reference day."""
        found: dict[str, list[sales.Sale]] = {}
        for house in self.houses:
            sold = [
                sale
                for activity in self.of(house.code)
                for sale in sales.sales_of(
                    place=activity.place, code=activity.code, trade=activity.trade, turnover=activity.turnover,
                    needs=activity.needs, months=list(activity.first.until(activity.last)),
                )
                if sale.day <= self.reference_day
            ]  # fmt: skip
            found[house.code] = sorted(sold, key=lambda sale: (sale.day, sale.key))
        return found

    def invoice_rows(self, house: str, month: Month) -> files.Rows:
        """Return the invoices and credit notes of a month, a row per line, by date."""
        documents: list[tuple[date, int, list[dict[str, files.Value]]]] = []
        for sale in self.sold[house]:
            if Month.of(sale.day) == month:
                documents.append((sale.day, 0, self._sale_rows(sale)))
            credit = sale.credited_whole or sale.credited_part
            if credit and Month.of(sale.credited_on) == month and sale.credited_on <= self.reference_day:
                documents.append((sale.credited_on, 1, [self._credit_row(sale)]))
        documents.sort(key=lambda document: document[:2])
        return [row for _day, _kind, rows in documents for row in rows]

    @staticmethod
    def _sale_rows(sale: sales.Sale) -> list[dict[str, files.Value]]:
        return [
            {
                "document": sale.key, "activity": sale.activity, "customer": sale.customer.name, "date": sale.day,
                "description": line.product.text, "quantity": line.quantity, "unit": line.product.unit,
                "unit_price": Decimal(line.product.price), "discount": line.discount or None, "sale": line.product.sale, "vat": line.vat,
            }
            for line in sale.lines
        ]  # fmt: skip

    @staticmethod
    def _credit_row(sale: sales.Sale) -> dict[str, files.Value]:
        row: dict[str, files.Value] = {
            "document": f"{sale.key}/NC", "kind": "credit_note", "activity": sale.activity, "date": sale.credited_on,
            "credits": sale.key,
            "reason": "Commande annulée" if sale.credited_whole else "Geste commercial",
        }  # fmt: skip
        if not sale.credited_whole:
            row |= {"credits_line": 1, "credit_amount": sale.credited_part}
        return row

    def receipt_rows(self, house: str, month: Month) -> files.Rows:
        """Return what customers paid in a month, by date, on invoices of the world and on those of the opening."""
        payments = [payment for sale in self.sold[house] for payment in sales.payments_of(sale)]
        payments += [
            sales.Payment(document, sales.workday(self.first_day + timedelta(days=9 + 4 * (place % 6))), gross)
            for place, (_activity, document, _net, gross) in enumerate(self.open_receivables(house))
            if place % 5 != 4
        ]
        inside = [one for one in payments if Month.of(one.day) == month and one.day <= self.reference_day]
        inside.sort(key=lambda payment: (payment.day, payment.key))
        return [
            {
                "document": payment.key, "date": payment.day, "amount": payment.amount,
                "reference": f"{month}-{place:04d}",
            }
            for place, payment in enumerate(inside, start=1)
        ]  # fmt: skip

    # --- the opening in mid-life

    def open_receivables(self, house: str) -> Iterator[tuple[Played, str, Decimal, Decimal]]:
        """Yield the invoices that were open before the first day: activity, number, open net and gross."""
        for activity in self.of(house):
            if activity.old:
                code = activity.trade.products[0].vat
                net = Decimal(400 + 35 * (activity.place % 17)) + Decimal("0.50")
                gross = net + cents(net * sales.RATES.get(code, ZERO))
                yield activity, f"{self.first_month.plus(-1).year}-9{activity.place:03d}", net, gross

    def opening_rows(self, house: str) -> files.Rows:
        """Return the old trial balance: receivables, VAT due, the running year by activity, equity, and the bank."""
        rows: list[dict[str, files.Value]] = []
        for activity, document, net, gross in self.open_receivables(house):
            rows.append(
                {
                    "date": self.first_day, "account": "400", "debit": gross, "credit": None, "activity": activity.code,
                    "document": document, "party": sales.customers_of(activity.trade)[0].name, "net": net,
                    "issued_on": self.first_day - timedelta(days=20 + activity.place % 9),
                    "due_on": self.first_day + timedelta(days=10 - activity.place % 9),
                }
            )  # fmt: skip
        for account, amount, code in self._running_year(house):
            rows.append(self._balance(account, amount, code))
        rows.append(self._balance("451", -VAT_OF_OPENING[house]))
        rows += [self._balance(account, -amount) for account, amount in self._set_aside(house) if amount]
        result = -sum((amount for _account, amount, _code in self._running_year(house)), ZERO)
        carried = sum((activity.opening for activity in self.of(house) if activity.old), OWN_FUNDS) - result
        rows.append(self._balance("140" if carried >= ZERO else "141", -carried))
        total = sum((Decimal(str(row["debit"] or 0)) - Decimal(str(row["credit"] or 0)) for row in rows), ZERO)
        rows.append(self._balance("550", -total))
        return rows

    def _balance(self, account: str, amount: Decimal, activity: str = "") -> dict[str, files.Value]:
        return {
            "date": self.first_day, "account": account, "debit": amount if amount > ZERO else None,
            "credit": -amount if amount < ZERO else None, "activity": activity,
        }  # fmt: skip

    def _running_year(self, house: str) -> list[tuple[str, Decimal, str]]:
        """Return classes 6 and 7 of the months of the running year before the first: account, debit, activity."""
        months = self.first_month.number - 1
        if not months:
            return []
        wages = {member.code: member.gross for member in self.members}
        found = []
        for activity in self.of(house):
            if activity.old:
                exempt = activity.trade.products[0].vat == "EXEMPT_44"
                found.append(("7001" if exempt else "700", -Decimal(activity.turnover * months), activity.code))
                found.append(("612", Decimal(95 * months), activity.code))
                gross = Decimal(wages.get(activity.code) or 0) * months
                if gross:
                    found += [("6202", gross, activity.code), ("621", cents(gross * Decimal("0.2541")), activity.code)]
        found.append(("610", Decimal(650 * months), ""))
        return found

    def _set_aside(self, house: str) -> list[tuple[str, Decimal]]:
        """Return what the old payroll set aside of the running year, where it brings in the pay of the quarter so far."""
        months = self.first_month.number - 1 if self.first_month.place_in_quarter > 1 else 0
        pay = sum(
            (Decimal(one.gross or 0) * months for one in self.members if one.house == house and self._old(one)), ZERO
        )
        return [("456", cents(pay * HOLIDAY / 12)), ("459", cents(pay * PREMIUM / 12))]

    def _old(self, member: Member) -> bool:
        return self.first_of(member) < self.first_day

    def balance_rows(self, house: str) -> files.Rows:
        """Return the balance with which each activity starts."""
        return [
            {"date": self.first_day, "activity": activity.code, "balance": activity.opening}
            for activity in self.of(house)
            if activity.old
        ]
