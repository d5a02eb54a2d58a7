"""The checks before pay: what stands in the way of each member's pay of a month, or should be seen before it, with its remedy."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop import formatting
from coop.entities.models import Cooperative
from coop.errors import Refused, Text
from coop.ledger import queries as ledger
from coop.money import ZERO
from coop.periods import Month
from members.models import EmploymentContract, Person
from payroll import facts, pricing, texts
from payroll.facts import Basis

REMEDIES = {
    "gross_below_wage_floor": gettext_lazy(
        "Have the wage raised or the hours lowered by an amendment; an order below this pay is refused, and so is the run."
    ),
    "weekly_hours_below_minimum": gettext_lazy("Have the hours raised by an amendment, or record the derogation."),
    "weekly_hours_only_under_announced_rule": gettext_lazy(
        "Have the hours raised by an amendment, or record the derogation; the announced rule does not hold yet."
    ),
}


@dataclass(frozen=True)
class Found:
    """Something to see before somebody is paid. ``severity`` is error (stops the pay), or warning (the pay is due, but see)."""

    person: Person
    severity: str
    reason: Text
    remedy: Text


def checks_of(cooperative: Cooperative, month: Month, on: date) -> list[Found]:
    """Return what is found for the contracts of a month, errors first, by name: facts, scale, hours, declaration, reserve."""
    ids = facts.contracts_in(cooperative, month)
    contracts = EmploymentContract.objects.filter(pk__in=ids).select_related("person", "declaration").in_bulk()
    bases = facts.bases(ids, month, estimate=True)
    found = [one for pk in ids for one in _of_contract(contracts[pk], bases[pk], month)]
    found += _upcoming(cooperative, month)
    found += _short(cooperative, [basis for basis in bases.values() if isinstance(basis, Basis)], on)
    return sorted(found, key=lambda one: (one.severity != "error", one.person.sort_name))


def _of_contract(contract: EmploymentContract, basis: Basis | Refused, month: Month) -> Iterator[Found]:
    if isinstance(basis, Refused):
        yield Found(contract.person, "error", basis.reason, basis.remedy)
    else:
        yield from _of_pay(basis)
    if contract.valid_from >= month.first:
        yield from _of_declaration(contract)


def _of_pay(basis: Basis) -> Iterator[Found]:
    """What the contractual wage itself breaks: the floor of minimum wage and scale, the shortest week."""
    computed = pricing.payslip(basis, basis.contract_gross)
    for one in computed.findings:
        if one.code in REMEDIES and not (basis.derogation and one.code.startswith("weekly_hours_")):
            yield Found(basis.contract.person, "error", texts.finding(one, computed), REMEDIES[one.code])


def _of_declaration(contract: EmploymentContract) -> Iterator[Found]:
    """The declaration of work is due before the first day; the pay for the work done is due all the same."""
    declaration = getattr(contract, "declaration", None)
    first = formatting.day(contract.valid_from)
    if declaration is None:
        yield Found(
            contract.person,
            "warning",
            _("No work declaration (Dimona) is recorded; work begins on %(day)s.") % {"day": first},
            _("Declare the contract before the first day, and record the declaration in the file."),
        )
    elif declaration.declared_on > contract.valid_from:
        yield Found(
            contract.person,
            "warning",
            _("The work declaration (Dimona) was made on %(declared)s, after the first day %(day)s.")
            % {"declared": formatting.day(declaration.declared_on), "day": first},
            _("It cannot be undone; declare before the first day, and correct the day in the file if it is wrong."),
        )


def _upcoming(cooperative: Cooperative, month: Month) -> Iterable[Found]:
    """Contracts that begin next month, while there is still time to declare them."""
    after = month.plus(1)
    rows = EmploymentContract.objects.filter(
        cooperative=cooperative, valid_from__gte=after.first, valid_from__lte=after.last
    ).select_related("person", "declaration")
    return [one for contract in rows for one in _of_declaration(contract)]


def _short(cooperative: Cooperative, bases: Iterable[Basis], on: date) -> Iterator[Found]:
    """Activities of which the reserve is short: the contractual wage draws on it, and the member reads who bears it."""
    known = list(bases)
    balances = ledger.balances_of({activity for basis in known for activity, _weight in basis.bearers}, on)
    for basis in known:
        short = sum((balances[activity].reserve_short for activity, _weight in basis.bearers), ZERO)
        if short:
            yield Found(
                basis.contract.person,
                "warning",
                _("The reserve is short by %(amount)s before this pay; the contractual wage draws on it.")
                % {"amount": formatting.money(short)},
                _("The wage stays due. Look at the months ahead, and speak with the member before it goes on."),
            )
