"""What is left of the provisions of somebody who left: by activity, as it goes back, and what went back. Reads only; EUR."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, Sum

from coop.entities.models import Activity, Cooperative
from coop.ledger.models import Line
from coop.money import ZERO, split
from coop.periods import Month
from members.models import EmploymentContract
from payroll import provisions
from payroll.exceptional import Nature
from payroll.models import Payslip
from payroll.provision_models import ProvisionSettlement, SettledProvision


@dataclass(frozen=True)
class Left:
    """What an activity has back of a provision, by the role of the account that bore it."""

    role: str
    activity: UUID
    amount: Decimal


def left_by_activity(contract: EmploymentContract) -> list[Left]:
    """Return what is left of the provisions of the person of a contract with its cooperative, by activity.

    Each activity has back what it bore less what payments gave back to it. Where what months before the product set
    aside was used too, what is left is shared by what each activity bore.
    """
    person, cooperative = contract.person_id, contract.cooperative_id
    entries = Payslip.objects.filter(person=person, cooperative=cooperative, entry__isnull=False).values("entry")
    settled = ProvisionSettlement.objects.filter(
        contract__person=person, cooperative=cooperative, entry__isnull=False
    ).values("entry")
    lines = Line.objects.filter(
        Q(entry__in=entries) | Q(entry__reverses__in=entries) | Q(entry__in=settled),
        account__role__in=list(provisions.NAMES),
        activity__isnull=False,
    )
    rows = list(
        lines.values_list("account__role", "activity")
        .annotate(left=Sum("amount"), bore=Sum("amount", filter=Q(amount__gt=ZERO)))
        .order_by("activity__code")
    )
    last = contract.valid_until or date.max
    brought = provisions.brought_in(cooperative, last.year, person=person).get(person, {})
    found: list[Left] = []
    for role in provisions.NAMES:
        mine = [(activity, left, bore or ZERO) for name, activity, left, bore in rows if name == role]
        found += _shared(role, mine, brought.get(role, ZERO))
    return found


def _shared(role: str, rows: Sequence[tuple[UUID, Decimal, Decimal]], brought: Decimal) -> list[Left]:
    total = sum((left for _activity, left, _bore in rows), brought)
    if total <= ZERO or not rows:
        return []
    parts = [left for _activity, left, _bore in rows]
    if brought or any(part < ZERO for part in parts):
        parts = split(total, [bore for _activity, _left, bore in rows])
    return [Left(role, activity, part) for (activity, _left, _bore), part in zip(rows, parts, strict=True) if part]


@dataclass(frozen=True)
class Shown:
    """What an activity has back, by provision, as a page shows it; EUR."""

    activity: Activity
    holiday: Decimal
    premiums: Decimal


def shown(parts: Iterable[Left]) -> list[Shown]:
    """Return parts by activity, by number."""
    sums: dict[UUID, dict[str, Decimal]] = {}
    for one in parts:
        sums.setdefault(one.activity, dict.fromkeys(provisions.NAMES, ZERO))[one.role] += one.amount
    activities = Activity.objects.filter(pk__in=sums).order_by("code")
    return [Shown(one, sums[one.pk][provisions.HOLIDAY], sums[one.pk][provisions.PREMIUMS]) for one in activities]


@dataclass(frozen=True)
class Ended:
    """A contract that ended and whose holiday pay on leaving is paid, with what is left of its provisions."""

    contract: EmploymentContract
    left: Decimal
    proposed: ProvisionSettlement | None


def ended_with_rest(cooperative: Cooperative, on: date) -> list[Ended]:
    """Return the contracts that ended with something left of their provisions. The caller has checked who may see it."""
    paid = Payslip.objects.paid().filter(cooperative=cooperative, nature=Nature.EXIT_HOLIDAY_PAY)
    contracts = EmploymentContract.objects.filter(pk__in=paid.values("contract"), valid_until__lte=on)
    proposed = {
        one.contract_id: one
        for one in ProvisionSettlement.objects.filter(cooperative=cooperative, state=ProvisionSettlement.State.PROPOSED)
    }
    found = [
        Ended(one, sum((part.amount for part in left_by_activity(one)), ZERO), proposed.get(one.pk))
        for one in contracts.select_related("person", "cooperative").order_by("person__sort_name", "worker_number")
    ]
    return [one for one in found if one.left]


# --- what went back ---------------------------------------------------------------------------------------------------


def settled(cooperative: UUID, *, person: UUID | None = None) -> dict[UUID, list[provisions.Settled]]:
    """Return what settlements gave back, by person. The caller has checked who may see it."""
    rows = SettledProvision.objects.filter(
        settlement__cooperative=cooperative, settlement__state=ProvisionSettlement.State.APPROVED
    )
    if person is not None:
        rows = rows.filter(settlement__contract__person=person)
    sums: dict[ProvisionSettlement, dict[str, Decimal]] = {}
    for row in rows.select_related("settlement__entry", "settlement__contract"):
        mine = sums.setdefault(row.settlement, dict.fromkeys(provisions.NAMES, ZERO))
        mine[row.role] += row.amount
    found: dict[UUID, list[provisions.Settled]] = {}
    for one, amounts in sorted(sums.items(), key=lambda pair: pair[0].posted_on or date.min):
        if one.entry is not None and one.posted_on is not None:
            found.setdefault(one.contract.person_id, []).append(
                provisions.Settled(Month.of(one.posted_on), one.entry.uuid, amounts)
            )
    return found


def without_rest(contracts: Iterable[UUID]) -> frozenset[UUID]:
    """Return the contracts of which what was set aside went back, so that no payment can use it any more."""
    wanted = list(EmploymentContract.objects.filter(pk__in=list(contracts)))
    rows = ProvisionSettlement.objects.filter(
        state=ProvisionSettlement.State.APPROVED, contract__person__in={one.person_id for one in wanted}
    ).values_list("contract__person", "cooperative", "contract__valid_until")
    ends: Mapping[tuple[UUID, UUID], date] = {(person, cooperative): end for person, cooperative, end in rows if end}
    return frozenset(
        one.pk
        for one in wanted
        if one.valid_until is not None and one.valid_until <= ends.get((one.person_id, one.cooperative_id), date.min)
    )
