"""What a wish costs and whether it is allowed: pure decisions over a basis, the balances and the policy."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from coop import formatting
from coop.errors import Refused
from coop.money import CENT, ZERO, cents, split
from coop.periods import Month
from payroll import engine
from payroll.facts import Basis, law, law_refusal


class WishOutOfReach(Refused):
    """No gross pay gives what was asked."""


class OrderBelowFloor(Refused):
    """An order asks less than the lowest pay allowed for the hours and the scale."""


class HoursBelowMinimum(Refused):
    """The contract has fewer weekly hours than the law allows."""


class OrderBelowContract(Refused):
    """An order asks less than the contractual wage, which is due."""


class OrderAboveFree(Refused):
    """An order above the contract asks more than is free."""


class ReserveMayNotBeDrawn(Refused):
    """The policy forbids an order that draws on the reserve, even for the contractual wage."""


@dataclass(frozen=True)
class Price:
    """A gross pay with its payslip, beside the contractual wage and its cost; EUR."""

    payslip: engine.Payslip
    gross: Decimal
    net: Decimal
    cost: Decimal
    contract_gross: Decimal
    contract_cost: Decimal
    floor: Decimal


def payslip(basis: Basis, gross: Decimal) -> engine.Payslip:
    """Compute the payslip of a basis at a gross pay. Raises LawMissing."""
    try:
        return engine.payslip(basis.facts.with_gross(gross), law())
    except engine.NoLaw as missing:
        raise law_refusal(_month(basis), missing) from missing


def _month(basis: Basis) -> Month:
    return Month(basis.facts.month.year, basis.facts.month.month)


def price(basis: Basis, *, target: str, amount: Decimal) -> Price:
    """Work out the gross that a wish (gross, cost or net; EUR) means, and what it gives and costs. Raises WishOutOfReach."""
    gross = gross_for(basis, target=target, amount=amount)
    computed, contract = payslip(basis, gross), payslip(basis, basis.contract_gross)
    return Price(
        payslip=computed,
        gross=gross,
        net=computed["net"].amount,
        cost=computed["employer_cost"].amount,
        contract_gross=basis.contract_gross,
        contract_cost=contract["employer_cost"].amount,
        floor=computed["wage_floor"].amount,
    )


def gross_for(basis: Basis, *, target: str, amount: Decimal) -> Decimal:
    """Return the gross that a wish means: itself, the largest within a cost, or the smallest that reaches a net."""
    try:
        if target == "cost":
            return engine.gross_for_budget(amount, basis.facts, law())
        if target == "net":
            return engine.gross_for_net(amount, basis.facts, law())
    except engine.OutOfReach as error:
        raise WishOutOfReach(
            subject=str(basis.contract.person),
            reason=_("No gross pay gives %(amount)s as asked.") % {"amount": formatting.money(amount)},
            remedy=_("Ask another amount; with the contractual wage of %(gross)s you see what is possible.")
            % {"gross": formatting.money(basis.contract_gross)},
            field="amount",
        ) from error
    return amount


def check_law_and_contract(found: Price, basis: Basis) -> None:
    """Refuse an order under the wage floor, of a contract with too few hours, or under the contractual wage."""
    person = str(basis.contract.person)
    if found.gross < found.floor:
        raise OrderBelowFloor(
            subject=person,
            reason=_(
                "The gross pay of %(gross)s is below the lowest pay allowed, %(floor)s for %(hours)s hours a week."
            )
            % {
                "gross": formatting.money(found.gross),
                "floor": formatting.money(found.floor),
                "hours": formatting.quantity(basis.facts.work.weekly_hours),
            },
            remedy=_("Order at least %(floor)s, or have the hours of the contract changed from a later month on.")
            % {"floor": formatting.money(max(found.floor, found.contract_gross))},
            field="amount",
        )
    if not basis.derogation and any(finding.code.startswith("weekly_hours_") for finding in found.payslip.findings):
        raise HoursBelowMinimum(
            subject=person,
            reason=_("The contract has %(hours)s hours a week, less than the law allows for %(full)s hours full time.")
            % {
                "hours": formatting.quantity(basis.facts.work.weekly_hours),
                "full": formatting.quantity(basis.facts.work.full_time_weekly_hours),
            },
            remedy=_("Ask the payroll officer for an amendment of the contract, or for proof of a derogation."),
        )
    if found.gross < found.contract_gross:
        raise OrderBelowContract(
            subject=person,
            reason=_("The gross pay of %(gross)s is below the contractual wage of %(contract)s, which is due.")
            % {"gross": formatting.money(found.gross), "contract": formatting.money(found.contract_gross)},
            remedy=_("Order at least %(contract)s; a lower wage needs a signed amendment, from a later month on.")
            % {"contract": formatting.money(found.contract_gross)},
            field="amount",
        )


def check_free(found: Price, basis: Basis, free: Mapping[UUID, Decimal], *, may_draw: bool) -> Decimal:
    """Return by how much the order draws on the reserve (zero or more), or refuse what is above the contract and not free.

    ``free`` is the free balance of each activity that bears the cost, read under its lock. Raises OrderAboveFree with
    the highest order possible, ReserveMayNotBeDrawn.
    """
    weights = [weight for _activity, weight in basis.bearers]
    asked, due = split(found.cost, weights), split(found.contract_cost, weights)
    frees = [free[activity] for activity, _weight in basis.bearers]
    if any(part > max(contract, room) for part, contract, room in zip(asked, due, frees, strict=True)):
        raise _above_free(found, basis, highest(found, basis, free), sum(frees, ZERO))
    drawn = sum((max(ZERO, part - max(ZERO, room)) for part, room in zip(asked, frees, strict=True)), ZERO)
    short = sum((max(ZERO, part - room) for part, room in zip(asked, frees, strict=True)), ZERO)
    if drawn and not may_draw:
        raise ReserveMayNotBeDrawn(
            subject=str(basis.contract.person),
            reason=_(
                "The order needs %(drawn)s more than is free, and the cooperative's policy forbids to draw on the reserve."
            )
            % {"drawn": formatting.money(drawn)},
            remedy=_("Speak with the payroll officer: the contractual wage stays due and is paid without an order."),
            field="amount",
        )
    return short


def room(basis: Basis, free: Mapping[UUID, Decimal], reserved: Decimal) -> dict[UUID, Decimal]:
    """Return what each activity could give if the order that reserves ``reserved`` made room for another; EUR."""
    shares = split(reserved, [weight for _activity, weight in basis.bearers])
    return {pk: free[pk] + share for (pk, _weight), share in zip(basis.bearers, shares, strict=True)}


def months_of_reserve(found: Price, unused: Decimal) -> Decimal:
    """Return how many months of the contractual cost stay after this pay; ``unused``: collected and not reserved, EUR."""
    return cents((unused - found.cost) / found.contract_cost) if found.contract_cost else ZERO


def highest(found: Price, basis: Basis, free: Mapping[UUID, Decimal]) -> Decimal:
    """Return the highest employer cost (EUR) that an order may have: the contract's, or what all activities can bear."""
    weights = [weight for _activity, weight in basis.bearers]
    due = split(found.contract_cost, weights)
    limits = [max(contract, free[activity]) for (activity, _weight), contract in zip(basis.bearers, due, strict=True)]
    total = sum(weights)
    ceiling = min(limit * total / weight for limit, weight in zip(limits, weights, strict=True))
    cost = Decimal(int(ceiling * 100)) / 100 + ZERO
    while cost > found.contract_cost and any(
        part > limit for part, limit in zip(split(cost, weights), limits, strict=True)
    ):
        cost -= CENT
    return max(cost, found.contract_cost)


def _above_free(found: Price, basis: Basis, cost: Decimal, free: Decimal) -> OrderAboveFree:
    best = max(gross_for(basis, target="cost", amount=cost), basis.contract_gross)
    net = payslip(basis, best)["net"].amount
    return OrderAboveFree(
        subject=str(basis.contract.person),
        reason=_("The order costs %(cost)s, above the contract (%(contract)s), and %(free)s is free.")
        % {
            "cost": formatting.money(found.cost),
            "contract": formatting.money(found.contract_cost),
            "free": formatting.money(free),
        },
        remedy=_(
            "Order at most a gross pay of %(gross)s (employer cost %(cost)s, net %(net)s), or wait until customers have paid."
        )
        % {"gross": formatting.money(best), "cost": formatting.money(cost), "net": formatting.money(net)},
        field="amount",
    )


def facts_alone(basis: Basis) -> Basis:
    """Return the basis priced as a steady month: as if the quarter's months were equal and the year began."""
    return replace(basis, facts=basis.facts.alone())


def steady_cost(basis: Basis) -> Decimal:
    """Return the employer cost (EUR) of the contractual wage in a steady month. Raises LawMissing."""
    cost: Decimal = payslip(facts_alone(basis), basis.contract_gross)["employer_cost"].amount
    return cost
