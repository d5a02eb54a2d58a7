"""The forecasts of activities from the books and the contracts: reads, and asks the pure rule of ``payroll.forecast``."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from coop.entities.models import Activity, Cooperative
from coop.ledger import movements
from coop.ledger import queries as ledger
from coop.money import ZERO, cents, split
from coop.periods import Month
from members.models import Person
from payroll import engine, facts, forecast, pricing
from payroll.models import Payslip, SalaryOrder

NEVER = Month(1, 1)


@dataclass(frozen=True)
class Ahead:
    """The months ahead of an activity, the people whose contractual wage it bears, and what is free today (EUR)."""

    activity: Activity
    people: tuple[Person, ...]
    free: Decimal
    forecast: forecast.Forecast


def ahead_of(cooperative: Cooperative, *, on: date, activities: Collection[UUID] | None = None) -> list[Ahead]:
    """Return the months ahead of the activities of a cooperative that bear a contractual wage today, the shortest money first.

    Members whose facts are missing count for nothing until they are there. The number of queries does not depend on how many
    activities there are.
    """
    month = Month.of(on)
    found = facts.bases(facts.contracts_in(cooperative, month, activities), month, estimate=True)
    bases = [basis for basis in found.values() if isinstance(basis, facts.Basis)]
    wages, people = _wages(bases, month)
    rows = Activity.objects.filter(pk__in=wages).order_by("code")
    ids = [row.pk for row in rows if activities is None or row.pk in activities]
    balances, expected = ledger.balances_of(ids, on), movements.open_shares(ids, on)
    costs = _costs([row for row in rows if row.pk in ids], month)
    ahead = [
        Ahead(
            activity=row,
            people=tuple(people[row.pk]),
            free=balances[row.pk].free,
            forecast=forecast.forecast(
                on=on,
                balance=balances[row.pk].collected - balances[row.pk].reserved - balances[row.pk].advanced,
                expected=[forecast.Expected(one.due_on, one.amount) for one in expected[row.pk]],
                costs=costs[row.pk],
                wages=wages[row.pk],
            ),
        )
        for row in rows
        if row.pk in ids
    ]
    return sorted(ahead, key=_order)


def _order(one: Ahead) -> tuple[bool, Month, str]:
    uncovered = one.forecast.uncovered
    return uncovered is None, uncovered.month if uncovered is not None else NEVER, one.activity.code


def _wages(
    bases: Iterable[facts.Basis], first: Month
) -> tuple[dict[UUID, dict[Month, Decimal]], dict[UUID, list[Person]]]:
    """Return what each activity bears of the contractual wages in each month ahead, and whose they are."""
    found = list(bases)
    months = list(first.until(first.plus(forecast.MONTHS - 1)))
    done = _paid_or_reserved(found, first)
    wages: dict[UUID, dict[Month, Decimal]] = {}
    people: dict[UUID, list[Person]] = {}
    for basis in found:
        parts = split(whole_month_cost(basis), [weight for _activity, weight in basis.bearers])
        for (activity, _weight), part in zip(basis.bearers, parts, strict=True):
            people.setdefault(activity, []).append(basis.contract.person)
            by_month = wages.setdefault(activity, {})
            for month in months:
                until = basis.contract.valid_until
                if (until is None or until > month.first) and month not in done.get(basis.contract.pk, ()):
                    by_month[month] = by_month.get(month, ZERO) + part
    return wages, people


def whole_month_cost(basis: facts.Basis) -> Decimal:
    """Return the employer cost (EUR) of the contractual wage in a steady whole month, also when this one is incomplete."""
    work = basis.facts.work
    if work.hours != work.weekly_hours:
        gross = cents(basis.facts.gross * work.weekly_hours / work.hours)
        whole = engine.Work.full_month(
            weekly_hours=work.weekly_hours, full_time_weekly_hours=work.full_time_weekly_hours
        )
        basis = replace(basis, facts=replace(basis.facts, gross=gross, work=whole))
    return pricing.steady_cost(basis)


def _paid_or_reserved(bases: Iterable[facts.Basis], first: Month) -> Mapping[UUID, set[Month]]:
    """Return, per contract, the months from ``first`` on of which the wage is in the books or reserved by its order."""
    contracts = {basis.contract.pk: basis.contract for basis in bases}
    done: dict[UUID, set[Month]] = {}
    paid = Payslip.objects.paid().ordinary().filter(contract__in=contracts, month__gte=first.first)
    for contract, month in paid.values_list("contract_id", "month"):
        done.setdefault(contract, set()).add(Month.of(month))
    orders = SalaryOrder.objects.live().filter(
        state=SalaryOrder.State.APPROVED, month__gte=first.first,
        person__in=[one.person_id for one in contracts.values()],
    )  # fmt: skip
    reserved = set(orders.values_list("person_id", "cooperative_id", "month"))
    for one in contracts.values():
        for person, cooperative, month in reserved:
            if (person, cooperative) == (one.person_id, one.cooperative_id):
                done.setdefault(one.pk, set()).add(Month.of(month))
    return done


def _costs(activities: Iterable[Activity], month: Month) -> dict[UUID, Decimal]:
    """Return the average costs but wages of a month, over the whole months since each activity opened, six at most."""
    last = month.plus(-1)
    groups: dict[Month, list[UUID]] = {}
    for activity in activities:
        opened = Month.of(activity.opened_on)
        whole = opened if activity.opened_on == opened.first else opened.plus(1)
        groups.setdefault(max(whole, month.plus(-forecast.MONTHS_OF_COSTS)), []).append(activity.pk)
    found: dict[UUID, Decimal] = {}
    for first, ids in groups.items():
        number = len(list(first.until(last)))
        sums = movements.costs_but_wages(ids, first.first, last.last) if number else dict.fromkeys(ids, ZERO)
        found |= {pk: cents(total / number) if number else ZERO for pk, total in sums.items()}
    return found
