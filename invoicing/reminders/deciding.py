"""Which reminder an invoice is due, from which day on, and what it claims line by line. Pure; EUR."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from coop.money import ZERO
from invoicing.reminders import claiming, law
from invoicing.reminders.claiming import Channel, Contract, Owed, Segment


class Level(StrEnum):
    """The reminders of an invoice, in their order; each is sent once."""

    FRIENDLY = "friendly"
    FORMAL = "formal"
    NOTICE = "notice"


class Asking(StrEnum):
    """What a reminder asks: all that law and terms allow, or the open amount alone."""

    ALL = "all"
    PRINCIPAL = "principal"


class PrivateInterest(StrEnum):
    """From when interest of a private person runs: a small enterprise from the day after the reminder, else the waiting."""

    AFTER_REMINDER = "after_reminder"
    AFTER_WAITING = "after_waiting"


@dataclass(frozen=True)
class Terms:
    """What a cooperative has decided: after how many days each reminder, and what its terms of sale let it ask.

    ``private_rate``: yearly rate that the terms name for private persons (None: no interest); ``private_penalty``: whether
    they name a flat penalty; ``reminder_cost`` what a further reminder costs a private person, at most the cap of the law.
    """

    friendly_days: int
    formal_days: int
    notice_days: int
    business_charges: bool
    private_rate: Decimal | None
    private_penalty: bool
    private_from: PrivateInterest
    reminder_cost: Decimal

    def days(self, level: Level) -> int:
        """Days after the due date, for the first one, or after the reminder before."""
        return {
            Level.FRIENDLY: self.friendly_days,
            Level.FORMAL: self.formal_days,
            Level.NOTICE: self.notice_days,
        }[level]


@dataclass(frozen=True)
class Sent:
    """A reminder that was made: ``on`` is the day on which it left, None while its e-mail has not left yet."""

    level: Level
    on: date | None
    channel: Channel


@dataclass(frozen=True)
class Facts:
    """An overdue invoice: ``owed`` as ``claiming.owed_since`` gives it, what was sent before, the oldest first."""

    due_on: date
    private: bool
    owed: Sequence[Owed]
    sent: Sequence[Sent] = ()
    due_dates_reminded: int = 0

    @property
    def principal(self) -> Decimal:
        """What is open now."""
        return self.owed[-1].amount


@dataclass(frozen=True)
class Claim:
    """What a reminder asks. The total is the sum of its lines, each of which is shown."""

    principal: Decimal
    segments: Sequence[Segment] = ()
    lump_sum: Decimal = ZERO
    penalty: Decimal = ZERO
    cost: Decimal = ZERO

    @property
    def interest(self) -> Decimal:
        """Interest of all periods."""
        return sum((segment.amount for segment in self.segments), ZERO)

    @property
    def charges(self) -> Decimal:
        """All that is asked beside the principal."""
        return self.interest + self.lump_sum + self.penalty + self.cost

    @property
    def total(self) -> Decimal:
        """Principal and charges."""
        return self.principal + self.charges


@dataclass(frozen=True)
class Announced:
    """What a first reminder to a private person must announce: the last day to pay without charges, and what comes then."""

    until: date
    penalty: Decimal
    rate: Decimal | None

    def to_json(self) -> dict[str, Any]:
        """Write it as a reminder keeps it."""
        return {"until": str(self.until), "penalty": str(self.penalty), "rate": str(self.rate) if self.rate else ""}

    @classmethod
    def from_json(cls, kept: Mapping[str, str]) -> "Announced":
        """Read it back."""
        rate = Decimal(kept["rate"]) if kept["rate"] else None
        return cls(date.fromisoformat(kept["until"]), Decimal(kept["penalty"]), rate)


def next_level(sent: Sequence[Sent]) -> Level | None:
    """Return the reminder that comes next; None after the last one. None is skipped and none comes twice."""
    levels = list(Level)
    place = max((levels.index(one.level) for one in sent), default=-1) + 1
    return levels[place] if place < len(levels) else None


@dataclass(frozen=True)
class Due:
    """The reminder that an invoice is due, from a day on; ``waits`` says that the law, not the cooperative, fixed the day."""

    level: Level
    on: date | None
    waits: bool = False


def due(facts: Facts, terms: Terms) -> Due | None:
    """Return the next reminder and its first day; a day of None: the one before has not left yet. None after the last.

    A private person is asked for nothing more while the waiting of the first reminder runs.
    """
    level = next_level(facts.sent)
    if level is None:
        return None
    if not facts.sent:
        return Due(level, facts.due_on + timedelta(days=max(1, terms.days(level))))
    last = facts.sent[-1].on
    if last is None:
        return Due(level, None)
    by_terms = last + timedelta(days=terms.days(level))
    first_charge = _first_charge(facts)
    if first_charge is not None and first_charge > by_terms:
        return Due(level, first_charge, waits=True)
    return Due(level, by_terms)


def _first_charge(facts: Facts) -> date | None:
    """Return from which day a private person may be asked for charges; None for a business, or before the first reminder."""
    first = facts.sent[0] if facts.sent else None
    if not facts.private or first is None or first.on is None:
        return None
    return claiming.first_charge_day(first.on, first.channel)


def claim(facts: Facts, terms: Terms, level: Level, *, on: date, asking: Asking = Asking.ALL) -> Claim:
    """Return what the reminder of a level asks on a day. A first reminder asks the open amount alone.

    Business: interest by half-year from the day after the due date, and the lump sum. Private person: what the terms name,
    within the caps, not before the waiting is over. Raises LawUnknown.
    """
    principal = facts.principal
    if level == Level.FRIENDLY or asking == Asking.PRINCIPAL:
        return Claim(principal)
    if not facts.private:
        if not terms.business_charges:
            return Claim(principal)
        return Claim(principal, claiming.interest(facts.owed, until=on), lump_sum=law.lump_sum(on))
    first_charge = _first_charge(facts)
    if first_charge is None or on < first_charge:
        return Claim(principal)
    return Claim(
        principal,
        _private_interest(facts, terms, first_charge, on),
        penalty=claiming.penalty(principal, on) if terms.private_penalty else ZERO,
        cost=claiming.reminder_cost(
            terms.reminder_cost,
            place=len(facts.sent) + 1,
            contract=Contract.REGULAR,
            due_dates_reminded=facts.due_dates_reminded,
            on=on,
        ),
    )


def _private_interest(facts: Facts, terms: Terms, first_charge: date, on: date) -> Sequence[Segment]:
    first = facts.sent[0].on
    if terms.private_rate is None or first is None:
        return ()
    runs_from = first + timedelta(days=1) if terms.private_from == PrivateInterest.AFTER_REMINDER else first_charge
    return claiming.interest(claiming.from_day(facts.owed, runs_from), until=on, cap=terms.private_rate)


def announced(facts: Facts, terms: Terms, *, on: date, channel: Channel) -> Announced | None:
    """Return what the first reminder to a private person, sent on a day, has to announce (art. XIX.2); None for others."""
    if not facts.private or facts.sent:
        return None
    until = claiming.waiting_until(on, channel)
    expected = claiming.penalty(facts.principal, on) if terms.private_penalty else ZERO
    rate = None
    if terms.private_rate is not None:
        rate = min(terms.private_rate, law.subjects()["business_interest"].on(on).rate)
    return Announced(until, expected, rate)


# --- promises -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Promise:
    """A payment that a customer promised for a day, EUR."""

    due_on: date
    amount: Decimal


@dataclass(frozen=True)
class Plan:
    """Promised payments; ``paid`` is what is no longer open of them."""

    promises: Sequence[Promise] = field(default_factory=tuple)
    paid: Decimal = ZERO

    def broken(self, on: date) -> Promise | None:
        """Return the first promise whose day has passed on a day without as much having come in as was promised so far."""
        expected = ZERO
        for promise in sorted(self.promises, key=lambda one: one.due_on):
            expected += promise.amount
            if promise.due_on < on and self.paid < expected:
                return promise
        return None

    def next(self, on: date) -> Promise | None:
        """Return the next promise that is not yet covered."""
        expected = ZERO
        for promise in sorted(self.promises, key=lambda one: one.due_on):
            expected += promise.amount
            if self.paid < expected:
                return promise
        return None
