"""What the engine must be told to pay a payslip: deductions, attachment, and expenses beside pay.

As in ``facts``, no field has a default and all facts are checked when ``PaymentFacts`` is built. A
refusal names the member, the fact and what to give instead. Amounts are EUR with at most two
decimals, rates per kilometre EUR with at most four.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from payroll.engine.facts import Checker, InvalidFact, MissingFact, checked_label
from payroll.engine.months import YearMonth

AttachmentKind = Literal["ordinary", "maintenance"]
DeductionLimit = Literal["one_fifth", "fraud", "left_before_settlement"]
CarIndex = Literal["quarterly", "yearly"]

AMOUNT = "give an amount in EUR of zero or more, with two decimals"
KILOMETRES = "give the kilometres of the month, zero or more, with at most two decimals"
RATE = "give the EUR paid per kilometre, with at most four decimals"
NONE_OR = "give {what}, or None when there is none"

REMEDIES = {
    "month": "give the month of the payslip as a YearMonth",
    "deductions": "give Deductions, with zero for what is not deducted",
    "deductions.advance": AMOUNT,
    "deductions.recovery": AMOUNT,
    "deductions.fine": AMOUNT,
    "deductions.damages": AMOUNT,
    "deductions.guarantee": AMOUNT,
    "deductions.limit": "give one_fifth, or the exception of article 23 that was proven",
    "attachment": NONE_OR.format(what="an Attachment"),
    "attachment.kind": "give maintenance for a maintenance debt, ordinary for any other",
    "attachment.claim": "give what the creditor may still claim, in EUR, more than zero, with two decimals",
    "attachment.children": "give the number of dependent children that the member declared for the attachment",
    "attachment.earlier_pay": "give the net already paid in the same calendar month, zero when there is none",
    "attachment.earlier_attached": "give what was attached of it, at most the net already paid in the month",
    "own_car": NONE_OR.format(what="an OwnCar"),
    "own_car.kilometres": KILOMETRES,
    "own_car.rate": RATE,
    "own_car.index": "give the amount that the cooperative follows, quarterly or yearly",
    "bicycle": NONE_OR.format(what="a Bicycle"),
    "bicycle.days": "give the days ridden, at most the days of the month",
    "bicycle.kilometres_per_day": "give the kilometres of one day there and back, with at most two decimals",
    "bicycle.rate": RATE,
    "home_working": AMOUNT,
    "meal_vouchers": NONE_OR.format(what="MealVouchers"),
    "meal_vouchers.number": "give one voucher for each day worked, at most the days of the month",
    "meal_vouchers.employer_share": AMOUNT,
    "meal_vouchers.worker_share": AMOUNT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deductions:
    """What the employer wants to deduct itself: the only kinds that the law allows.

    ``advance``: money advanced by the employer. ``recovery``: pay that was paid too much before, taken for money advanced
    (interpretation, the careful one); facts stored before it was known have none. ``fine``: under the work rules. ``damages``: owed
    for fraud, gross or repeated fault. ``guarantee``: security deposit. ``limit``: ``one_fifth``,
    or the exception that lifts it: ``fraud`` of the worker, or ``left_before_settlement`` of the
    damages. Taxes, social contributions and group insurance are deducted by the engine.
    Source: law of 12 April 1965, art. 23.
    """

    advance: Decimal
    fine: Decimal
    damages: Decimal
    guarantee: Decimal
    limit: DeductionLimit
    recovery: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A wage attachment or assignment that was served on the employer.

    ``kind``: ``maintenance`` debts take the whole pay (art. 1412), any other follows the scale.
    ``claim``: what may still be claimed, of all ordinary creditors together. ``children``: declared
    dependent children (art. 1409, not those of the tax). ``earlier_pay`` and ``earlier_attached``:
    net already paid, and already attached, in the same calendar month, for the scale is the month's.
    """

    kind: AttachmentKind
    claim: Decimal
    children: int
    earlier_pay: Decimal
    earlier_attached: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCar:
    """Kilometres on duty with the member's own car, at the cooperative's rate.

    ``index``: whether the cooperative follows the ``quarterly`` or the ``yearly`` legal amount.
    """

    kilometres: Decimal
    rate: Decimal
    index: CarIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Bicycle:
    """Days and kilometres a day by bicycle between home and work, at the cooperative's rate."""

    days: int
    kilometres_per_day: Decimal
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MealVouchers:
    """Vouchers of the month, and the two shares of one voucher."""

    number: int
    employer_share: Decimal
    worker_share: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFacts:
    """Everything that stands between the net pay of a month and what is paid.

    ``None`` says that there is no attachment, car, bicycle or voucher; ``home_working`` is the lump
    sum of the month, zero when there is none.
    Raises ``MissingFact`` or ``InvalidFact`` when built.
    """

    label: str
    month: YearMonth
    deductions: Deductions
    attachment: Attachment | None
    own_car: OwnCar | None
    bicycle: Bicycle | None
    home_working: Decimal
    meal_vouchers: MealVouchers | None

    def __post_init__(self) -> None:
        check = PaymentChecker(checked_label(self.label))
        check.instance("month", self.month, YearMonth)
        _check_deductions(self.deductions, check)
        check.amount("home_working", self.home_working)
        if self.attachment is not None:
            _check_attachment(self.attachment, check)
        days = monthrange(self.month.year, self.month.month)[1]
        if self.own_car is not None:
            _check_own_car(self.own_car, check)
        if self.bicycle is not None:
            _check_bicycle(self.bicycle, check, days=days)
        if self.meal_vouchers is not None:
            _check_meal_vouchers(self.meal_vouchers, check, days=days)


class PaymentChecker(Checker):
    """The tests of ``facts``, whose refusals also say what to give."""

    def missing(self, fact: str) -> MissingFact:
        """The fact was not given."""
        sentence = f"the fact {fact} is missing; {REMEDIES[fact]}"
        return MissingFact(label=self.label, fact=fact, sentence=sentence)

    def invalid(self, fact: str, why: str) -> InvalidFact:
        """The fact cannot be true."""
        return InvalidFact(label=self.label, fact=fact, sentence=f"the fact {fact} {why}; {REMEDIES[fact]}")

    def per_kilometre(self, fact: str, value: Decimal) -> None:
        """A rate per kilometre has at most four decimals and lies under ten EUR."""
        self.decimal(fact, value)
        if value >= 10:
            raise self.invalid(fact, f"is too large for one kilometre: {value}")
        if value != value.quantize(Decimal("0.0001")):
            raise self.invalid(fact, f"has more than four decimals: {value}")

    def days(self, fact: str, value: int, *, of_month: int) -> None:
        """A month has only so many days."""
        self.count(fact, value)
        if value > of_month:
            raise self.invalid(fact, f"is {value}, but the month has {of_month} days")


def _check_deductions(given: Deductions, check: PaymentChecker) -> None:
    check.instance("deductions", given, Deductions)
    check.amount("deductions.advance", given.advance)
    check.amount("deductions.recovery", given.recovery)
    check.amount("deductions.fine", given.fine)
    check.amount("deductions.damages", given.damages)
    check.amount("deductions.guarantee", given.guarantee)
    check.choice("deductions.limit", given.limit, get_args(DeductionLimit))
    if given.limit == "left_before_settlement" and not given.damages:
        raise check.invalid("deductions.limit", "is the exception for damages, but deductions.damages is zero")


def _check_attachment(given: Attachment, check: PaymentChecker) -> None:
    check.instance("attachment", given, Attachment)
    check.choice("attachment.kind", given.kind, get_args(AttachmentKind))
    check.positive("attachment.claim", given.claim)
    check.count("attachment.children", given.children)
    check.amount("attachment.earlier_pay", given.earlier_pay)
    check.amount("attachment.earlier_attached", given.earlier_attached)
    if given.earlier_attached > given.earlier_pay:
        raise check.invalid("attachment.earlier_attached", f"exceeds the earlier pay of {given.earlier_pay}")


def _check_own_car(given: OwnCar, check: PaymentChecker) -> None:
    check.instance("own_car", given, OwnCar)
    check.amount("own_car.kilometres", given.kilometres)
    check.per_kilometre("own_car.rate", given.rate)
    check.choice("own_car.index", given.index, get_args(CarIndex))


def _check_bicycle(given: Bicycle, check: PaymentChecker, *, days: int) -> None:
    check.instance("bicycle", given, Bicycle)
    check.days("bicycle.days", given.days, of_month=days)
    check.amount("bicycle.kilometres_per_day", given.kilometres_per_day)
    check.per_kilometre("bicycle.rate", given.rate)


def _check_meal_vouchers(given: MealVouchers, check: PaymentChecker, *, days: int) -> None:
    check.instance("meal_vouchers", given, MealVouchers)
    check.days("meal_vouchers.number", given.number, of_month=days)
    check.amount("meal_vouchers.employer_share", given.employer_share)
    check.amount("meal_vouchers.worker_share", given.worker_share)
