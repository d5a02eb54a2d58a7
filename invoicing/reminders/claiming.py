"""What a reminder may claim, and from which day on: interest by period, lump sum, caps, days to wait. Pure; EUR."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from coop import holidays
from coop.money import ZERO, cents
from invoicing.reminders import law

DAY = timedelta(days=1)


class Channel(StrEnum):
    """How a reminder reaches the customer."""

    MAIL = "mail"
    POST = "post"


class Contract(StrEnum):
    """Whether a private person is delivered once, or regularly: then reminders of three due dates a year are free."""

    SINGLE = "single"
    REGULAR = "regular"


# --- interest ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Owed:
    """What bears interest from a day on (EUR), until the next one says otherwise."""

    since: date
    amount: Decimal


@dataclass(frozen=True)
class Segment:
    """Interest of one period: both days included, one principal, one rate. ``amount`` is rounded to the cent."""

    first: date
    last: date
    principal: Decimal
    rate: Decimal
    amount: Decimal

    @property
    def days(self) -> int:
        """How many days bear interest."""
        return (self.last - self.first).days + 1


def interest(owed: Sequence[Owed], *, until: date, cap: Decimal | None = None) -> list[Segment]:
    """Return the interest up to and including a day, one segment per principal and half-year, each rounded to the cent.

    The rate is that of the half-year by the law of 2 August 2002, or ``cap`` where the terms ask less. A payment counts
    from the day after it was booked. Raises LawUnknown for a day without a confirmed rate.
    """
    found = []
    for first, last, principal in _steps(owed, until):
        for start, end, rate in _half_years(first, last):
            asked = rate if cap is None else min(cap, rate)
            days = (end - start).days + 1
            amount = cents(principal * asked * days / law.days_of_a_year(start))
            if amount > ZERO:
                found.append(Segment(start, end, principal, asked, amount))
    return found


def _steps(owed: Sequence[Owed], until: date) -> Iterator[tuple[date, date, Decimal]]:
    for place, one in enumerate(owed):
        last = owed[place + 1].since - DAY if place + 1 < len(owed) else until
        last = min(last, until)
        if one.amount > ZERO and one.since <= last:
            yield one.since, last, one.amount


def _half_years(first: date, last: date) -> Iterator[tuple[date, date, Decimal]]:
    """Yield the half-years of a period, each with the rate that the law has for it."""
    subject = law.subjects()["business_interest"]
    while first <= last:
        end = date(first.year, 6, 30) if first.month <= 6 else date(first.year, 12, 31)
        end = min(end, last)
        subject.on(end)
        yield first, end, subject.on(first).rate
        first = end + DAY


def owed_since(due_on: date, *, open_now: Decimal, payments: Sequence[tuple[date, Decimal]]) -> list[Owed]:
    """Return what was open of an invoice from the day after its due date on.

    ``open_now`` is what is open in the books; ``payments`` (day, amount; negative: taken back) booked after the due date are
    added back for the days before. What was credited bears no interest at all, whenever it was credited.
    """
    late = sorted((booked, amount) for booked, amount in payments if booked > due_on)
    amount = open_now + sum((paid for _booked, paid in late), ZERO)
    steps = [Owed(due_on + DAY, max(ZERO, amount))]
    for booked, paid in late:
        amount -= paid
        steps.append(Owed(booked + DAY, max(ZERO, amount)))
    return [one for place, one in enumerate(steps) if place + 1 == len(steps) or steps[place + 1].since != one.since]


def from_day(owed: Sequence[Owed], day: date) -> list[Owed]:
    """Return what bears interest when it runs from a day only, that of the first reminder to a private person."""
    before = [one for one in owed if one.since <= day]
    after = [one for one in owed if one.since > day]
    return [Owed(day, before[-1].amount), *after] if before else list(after)


# --- private persons: book XIX of the Code of economic law ----------------------------------------------------------------


def waiting_until(sent_on: date, channel: Channel) -> date:
    """Return the last of the 14 days in which a private person may pay the principal alone (art. XIX.2).

    They begin on the calendar day after an e-mail, or on the third working day after a letter was posted; that day counts.
    """
    known = law.private_law(sent_on)
    if channel == Channel.MAIL:
        begins = sent_on + known.by_mail_from_day * DAY
    else:
        begins = holidays.working_day_after(sent_on, known.by_post_from_working_day)
    return begins + (known.waiting_days - 1) * DAY


def first_charge_day(sent_on: date, channel: Channel) -> date:
    """Return the first day on which interest or penalty may be asked of a private person: the one after the waiting."""
    return waiting_until(sent_on, channel) + DAY


def penalty(principal: Decimal, on: date) -> Decimal:
    """Return the most that a flat penalty of the terms may be, by what is left of the debt (art. XIX.4)."""
    known = law.private_law(on)
    for band in known.bands:
        if band.up_to is None or principal <= band.up_to:
            amount = cents(band.fixed + max(ZERO, principal - band.above) * band.rate)
            return min(amount, known.penalty_most)
    raise AssertionError("the last slice has no end")


def reminder_cost(wanted: Decimal, *, place: int, contract: Contract, due_dates_reminded: int, on: date) -> Decimal:
    """Return what a reminder itself may cost a private person: nothing for the first one, then at most 7.50 (art. XIX.2).

    ``place`` counts the reminders of this debt from one; ``due_dates_reminded`` the other due dates of the calendar year for
    which the same person was reminded: where delivery is regular, the reminders of three due dates are free.
    """
    known = law.private_law(on)
    if place == 1 and contract == Contract.SINGLE:
        return ZERO
    if contract == Contract.REGULAR and due_dates_reminded < known.free_reminders_a_year:
        return ZERO
    return min(cents(wanted), known.further_reminder)
