"""From a budget or a net to the gross: searches on whole cents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, localcontext

from payroll.engine.computing import new_sheet, to_cost, to_net
from payroll.engine.facts import Facts
from payroll.engine.figures import Figure, Parameter
from payroll.engine.law import Law
from payroll.engine.rounding import CENT, CONTEXT, cents
from payroll.engine.sheet import MonthSheet

FIRST_TRY = 200_000  # cents
LARGEST_GROSS = 100_000_000  # cents: one million EUR a month
# The net falls by 5.14 where the special contribution of two incomes starts; six euros cover it.
CENTS_BELOW = 600
# In the third month, which takes the rest of the quarter's contribution, it falls by 15.45 at once, where a euro of
# gross may give as little as 0.19 of net.
CENTS_BELOW_IN_THE_THIRD_MONTH = 9_000
# A cent of gross gives at most a cent of net; over any stretch rounding adds less than this.
ROUNDING = 10


class OutOfReach(ValueError):
    """No gross gives what was asked; the sentence says what is possible."""


def gross_for_budget(budget: Decimal, facts: Facts, law: Law) -> Decimal:
    """The gross of a budget is the largest whose employer cost does not exceed it.

    ``employer_cost(gross) <= budget < employer_cost(gross + 0.01)``. EUR, two decimals; the gross
    in the facts is ignored. Bisection on cents is exact: no part of the cost falls as the gross rises by
    more than the gross itself.
    Raises ``OutOfReach`` when even a gross of zero costs more, ``NoLaw``, ``InvalidFact``.
    """
    return _largest_gross("employer_cost", budget, facts, law)


def gross_for_wage_cost(wage_cost: Decimal, facts: Facts, law: Law) -> Decimal:
    """The gross of a wage cost is the largest whose wage cost does not exceed it.

    EUR, two decimals; the gross in the facts is ignored.
    Raises ``OutOfReach``, ``NoLaw``, ``InvalidFact``.
    """
    return _largest_gross("wage_cost", wage_cost, facts, law)


def _largest_gross(code: str, budget: Decimal, facts: Facts, law: Law) -> Decimal:
    def cost(gross: Decimal) -> Decimal:
        sheet = new_sheet(facts.with_gross(gross), law)
        to_cost(sheet)
        return sheet[code].amount

    with localcontext(CONTEXT):
        return largest_gross(cost, target(code, budget), lowest=facts.benefit_in_kind, code=code)


def largest_gross(cost: Callable[[Decimal], Decimal], budget: Decimal, *, lowest: Decimal, code: str) -> Decimal:
    """The largest gross from ``lowest`` on whose cost, which rises with it, does not exceed the budget. EUR.

    ``code`` names the cost in the refusal. Raises ``OutOfReach`` when the lowest costs more, or one
    million does not.
    """
    least = cost(lowest)
    if least > budget:
        raise OutOfReach(f"a gross of {lowest} already has a cost ({code}) of {least}, more than {budget}")
    crossing = _crossing(lambda gross: cost(_euros(gross)) > budget, above=_cents(lowest))
    if crossing is None:
        raise OutOfReach(f"a {code} of {budget} needs a gross above {_euros(LARGEST_GROSS)}")
    return _euros(crossing - 1)


def gross_for_net(net: Decimal, facts: Facts, law: Law) -> Decimal:
    """The gross of a net is the smallest found whose net reaches it.

    The net is not monotonic in the gross (rounding, and the start of the special contribution), so
    after the bisection the six euros below the crossing (90 in a quarter's third month) are searched from below. The net of the
    result may exceed the target: recompute and show the difference. EUR, two decimals; the gross in
    the facts is ignored. Raises ``OutOfReach`` when no gross up to one million gives that net,
    ``NoLaw``, ``InvalidFact``.
    """
    wanted = _cents(target("net", net))

    def short(gross: int) -> int:
        sheet = new_sheet(facts.with_gross(_euros(gross)), law)
        to_net(sheet)
        return wanted - _cents(sheet["net"].amount)

    with localcontext(CONTEXT):
        lowest = _cents(facts.benefit_in_kind)
        if short(lowest) <= 0:
            return _euros(lowest)
        crossing = _crossing(lambda gross: short(gross) <= 0, above=lowest)
        if crossing is None:
            raise OutOfReach(f"a net of {net} needs a gross above {_euros(LARGEST_GROSS)}")
        return _euros(_first_that_reaches(short, max(lowest, crossing - _cents_below(facts))))


def _cents_below(facts: Facts) -> int:
    settles = facts.month.position == len(facts.month.quarter_months) and facts.quarter.policy != "alone"
    return CENTS_BELOW_IN_THE_THIRD_MONTH if settles else CENTS_BELOW


@dataclass(frozen=True, slots=True)
class Kink:
    """A figure whose rule or row changes near a gross. EUR: what it is up to six euros ``below`` and six ``above``."""

    code: str
    below: Decimal
    above: Decimal


def kinks_near(facts: Facts, law: Law) -> tuple[Kink, ...]:
    """The figures that follow another row or rule six euros above the gross of the facts than six euros below.

    There the net or the cost bends or steps: a target is then met by several grosses, or a little more gross
    gives much less than elsewhere. A limit that is reached within one rule (the lump-sum expenses at their most) is not
    named. Below, the gross is never less than the benefit that is part of it. In the order of the law. Raises ``NoLaw``.
    """
    stretch = CENTS_BELOW * CENT
    with localcontext(CONTEXT):
        below = _sheet(facts.with_gross(max(facts.benefit_in_kind, facts.gross - stretch)), law)
        above = _sheet(facts.with_gross(facts.gross + stretch), law)
    return tuple(
        Kink(code, below[code].amount, above[code].amount)
        for code in above.figures
        if code in below.figures and _followed(below[code]) != _followed(above[code])
    )


def _sheet(facts: Facts, law: Law) -> MonthSheet:
    sheet = new_sheet(facts, law)
    to_net(sheet)
    to_cost(sheet)
    return sheet


def _followed(figure: Figure) -> tuple[object, ...]:
    """The rule of a figure and the values of the law that it uses; of two slopes, those that still count."""
    names = tuple(part.name for part in figure.parts if isinstance(part, Parameter))
    if figure.rule == "two_slopes":
        pay, _low, first, _high, second = (part.amount for part in figure.parts)
        return figure.rule, pay < first, pay < second
    return figure.rule, names


def _first_that_reaches(short: Callable[[int], int], gross: int) -> int:
    """From a gross on, the first cent whose net is no longer short.

    What is short cannot be made good by less gross than that, but for rounding, so as much is passed over.
    """
    while (missing := short(gross)) > 0:
        gross += max(1, missing - ROUNDING)
    return gross


def _crossing(passed: Callable[[int], bool], *, above: int) -> int | None:
    """The bisection ends on a cent that passes while the cent below does not; None when even the largest fails.

    The bounds are found by doubling, since pay is far below the largest gross.
    """
    low, high = above, min(max(2 * above, FIRST_TRY), LARGEST_GROSS)
    if low >= high:
        return None
    while not passed(high):
        if high >= LARGEST_GROSS:
            return None
        low, high = high, min(2 * high, LARGEST_GROSS)
    while high - low > 1:
        middle = (low + high) // 2
        if passed(middle):
            high = middle
        else:
            low = middle
    return high


def target(code: str, amount: Decimal) -> Decimal:
    """What is asked for is an amount in EUR, not negative, to the cent. Raises ``OutOfReach``."""
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise OutOfReach(f"the {code} asked for is not an amount: {amount!r}")
    if amount != cents(amount):
        raise OutOfReach(f"the {code} asked for has more than two decimals: {amount}")
    if amount < 0:
        raise OutOfReach(f"the {code} asked for is negative: {amount}")
    return amount


def _euros(gross: int) -> Decimal:
    return gross * CENT


def _cents(amount: Decimal) -> int:
    return int(amount * 100)
