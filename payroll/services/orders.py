"""Salary orders: what a member wishes to be paid for a month, decided by the payroll officer."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from coop import formatting, transitions
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities import queries as policies
from coop.entities.models import Activity, Cooperative
from coop.errors import Refused
from coop.ledger import queries as ledger_queries
from coop.ledger import services as ledger
from coop.ledger.models import Reservation
from coop.money import exact, split
from coop.periods import Month
from members.models import EmploymentContract, Membership, Person, Status
from payroll import facts, pricing
from payroll.models import PayrollRun, RunMember, SalaryOrder
from payroll.services.targets import refresh_reserve_targets

ORDER = "payroll.order"


class NoSalaryToOrder(Refused):
    """Somebody who is not employed in the month asked for a salary."""


class TooLate(Refused):
    """An order came after the last day for orders, or after the month's payslips were submitted."""


class ActivityBlocked(Refused):
    """A cost was asked of an activity that is closed."""


class OrderChanged(Refused):
    """An order was decided that is no longer the last version, or no longer waits for a decision."""


def _may_order(by: Any, person: Person, cooperative: Any) -> bool:
    return by.pk == person.user_id or visibility.may(by, Subject.ORDERS, "x", cooperative=cooperative.pk)


def order_basis(*, person: Person, cooperative: Cooperative, month: Month) -> facts.Basis:
    """Return what an order of a month rests on; earlier months of the quarter may be estimated. Raises Refused."""
    contract = facts.contract_of(person=person, cooperative=cooperative, month=month)
    if contract is None:
        raise _no_salary(person, cooperative, month)
    facts.require_law(month)
    return facts.basis(contract.pk, month, estimate=True)


def _no_salary(person: Person, cooperative: Cooperative, month: Month) -> NoSalaryToOrder:
    membership = Membership.objects.filter(person=person, cooperative=cooperative).on(month.last).first()
    status = membership.status if membership else None
    if status == Status.SELF_EMPLOYED:
        return NoSalaryToOrder(
            subject=str(person),
            reason=_("A self-employed associate has no salary: the money is paid out, without a payslip."),
            remedy=_("Ask for a payout instead."),
        )
    if status == Status.CANDIDATE:
        return NoSalaryToOrder(
            subject=str(person),
            reason=_(
                "A candidate-entrepreneur is not paid during the test: the balance stays blocked until the launch."
            ),
            remedy=_("Speak with the coach about the launch; the balance keeps growing until then."),
        )
    return NoSalaryToOrder(
        subject=str(person),
        reason=_("There is no employment contract with %(cooperative)s in %(month)s.")
        % {"cooperative": cooperative, "month": formatting.month(month)},
        remedy=_("Ask the payroll officer to record the contract, or choose a month of the contract."),
        field="month",
    )


def _refuse_late(*, person: Person, cooperative: Cooperative, month: Month, by: Any, on: date) -> None:
    """Refuse what comes too late. The run stays locked, so that it is not submitted while its orders change."""
    run = (
        PayrollRun.objects.select_for_update()
        .filter(cooperative=cooperative, month=month.first, kind=PayrollRun.Kind.ORDINARY)
        .exclude(state=PayrollRun.State.CANCELLED)
        .first()
    )
    if run is not None and run.state not in {PayrollRun.State.OPEN, PayrollRun.State.CALCULATED}:
        raise TooLate(
            subject=_("Salary of %(month)s, %(person)s") % {"month": formatting.month(month), "person": person},
            reason=_("The payslips of this month have been checked and submitted."),
            remedy=_("Order from the next month on; the payroll officer can take the run back until it is approved."),
        )
    last = month.day(facts.employer_terms(cooperative, month.last).cut_off_day)
    if on > last and not visibility.may(by, Subject.ORDERS, "x", cooperative=cooperative.pk):
        raise TooLate(
            subject=_("Salary of %(month)s, %(person)s") % {"month": formatting.month(month), "person": person},
            reason=_("Orders could be changed until %(day)s.") % {"day": formatting.day(last)},
            remedy=_("Ask the payroll officer, who can still change it, or order from the next month on."),
        )


def simulate(*, person: Person, cooperative: Cooperative, month: Month, target: str, amount: Decimal) -> pricing.Price:
    """Return what a wish would give and cost; nothing is checked and nothing is written. Raises Refused."""
    return pricing.price(
        order_basis(person=person, cooperative=cooperative, month=month), target=target, amount=exact(amount)
    )


@transaction.atomic
def submit_order(
    *,
    person: Person,
    cooperative: Cooperative,
    month: Month,
    target: str,
    amount: Decimal,
    by: Any,
    on: date,
    at: datetime,
) -> SalaryOrder:
    """Record what somebody wishes to be paid for a month: a gross, an employer cost or a net, in EUR.

    The same wish sent twice is one order. It replaces the order that was there; if that one was approved, its reservation
    is released and approval is asked again. Refused at once: no contract, below the wage floor or the contract, above the
    contract without the free balance for it, too late. Whether enough is free is decided again when it is approved.
    """
    if not _may_order(by, person, cooperative):
        raise PermissionDenied("orders w")
    current = _lock_live(person, cooperative, month)
    if current is not None and (current.state, current.target, current.amount) == (
        SalaryOrder.State.SUBMITTED, target, amount,
    ):  # fmt: skip
        return current
    _refuse_late(person=person, cooperative=cooperative, month=month, by=by, on=on)
    basis = order_basis(person=person, cooperative=cooperative, month=month)
    found = pricing.price(basis, target=target, amount=exact(amount))
    pricing.check_law_and_contract(found, basis)
    order = _next_version(
        current, person=person, cooperative=cooperative, month=month, target=target, amount=amount, by=by, on=on, at=at
    )
    # The order before it has released what it reserved. The reserve is not asked about: the contractual wage is due.
    pricing.check_free(found, basis, _free(basis, on), may_draw=True)
    order.save(force_insert=True)
    _recalculate_member(order)
    return order


def _free(basis: facts.Basis, on: date) -> dict[UUID, Decimal]:
    """Return the free balance of each activity that bears the cost."""
    balances = ledger_queries.balances_of([activity for activity, _weight in basis.bearers], on)
    return {pk: one.free for pk, one in balances.items()}


def _lock_live(person: Person, cooperative: Cooperative, month: Month) -> SalaryOrder | None:
    """Lock the person, so that two first orders wait for each other, and the live order if there is one."""
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    return (
        SalaryOrder.objects.live()
        .select_for_update()
        .filter(person=person, cooperative=cooperative, month=month.first)
        .first()
    )


def _next_version(
    current: SalaryOrder | None, *, person: Person, cooperative: Cooperative, month: Month, target: str, amount: Decimal,
    by: Any, on: date, at: datetime,
) -> SalaryOrder:  # fmt: skip
    """Retire the current version with its reservation, and return the next one, submitted and not yet saved."""
    if current is not None:
        current.superseded_at = at
        current.save(update_fields=["superseded_at"])
        ledger.release(source=ORDER, source_key=str(current.pk), on=on)
    return SalaryOrder(
        person=person, cooperative=cooperative, month=month.first, version=current.version + 1 if current else 1,
        target=target, amount=exact(amount), state=SalaryOrder.State.SUBMITTED, submitted_by=by, submitted_at=at,
    )  # fmt: skip


@transaction.atomic
def withdraw_order(*, order: UUID, by: Any, at: datetime) -> SalaryOrder:
    """Take an order back to a draft before it is decided."""
    found = _lock_order(order)
    if not _may_order(by, found.person, found.cooperative):
        raise PermissionDenied("orders w")
    transitions.check(SalaryOrder.MOVES, subject=subject_of(found), now=found.state, to=SalaryOrder.State.DRAFT)
    found.state = SalaryOrder.State.DRAFT
    found.save(update_fields=["state"])
    return found


def subject_of(order: SalaryOrder) -> str:
    """Return what people call an order."""
    return _("Salary of %(month)s, %(person)s") % {"month": formatting.month(order.month), "person": order.person}


def _lock_order(order: UUID) -> SalaryOrder:
    """Lock the person of an order, then the order: whoever sends, decides or corrects an order waits for the others."""
    Person.objects.select_for_update(no_key=True).filter(salary_orders=order).get()
    found = SalaryOrder.objects.select_for_update(of=("self",)).select_related("person", "cooperative").get(pk=order)
    if found.superseded_at is not None:
        raise OrderChanged(
            subject=subject_of(found),
            reason=_("The member has sent another order meanwhile."),
            remedy=_("Reload the page and look at the new order."),
        )
    return found


@transaction.atomic
def approve_order(*, order: UUID, by: Any, on: date, at: datetime) -> SalaryOrder:
    """Approve an order and reserve its employer cost on the activities that bear it, under their lock.

    The contractual wage may draw on the reserve, with a warning kept on the order; what is above needs free balance.
    Raises OrderBelowFloor, HoursBelowMinimum, OrderBelowContract, OrderAboveFree, ReserveMayNotBeDrawn, TooLate.
    """
    found = _lock_order(order)
    visibility.require(by, Subject.ORDERS, "x", cooperative=found.cooperative_id)
    transitions.check(SalaryOrder.MOVES, subject=subject_of(found), now=found.state, to=SalaryOrder.State.APPROVED)
    _approve(found, by=by, on=on, at=at)
    found.save()
    _recalculate_member(found)
    return found


def _approve(order: SalaryOrder, *, by: Any, on: date, at: datetime) -> None:
    month = Month.of(order.month)
    _refuse_late(person=order.person, cooperative=order.cooperative, month=month, by=by, on=on)
    basis = order_basis(person=order.person, cooperative=order.cooperative, month=month)
    ids = frozenset(activity for activity, _weight in basis.bearers)
    activities = lock_activities(ids)
    _refuse_closed(activities.values(), on)
    refresh_reserve_targets(cooperative=order.cooperative, on=on, activities=ids)
    found = pricing.price(basis, target=order.target, amount=order.amount)
    pricing.check_law_and_contract(found, basis)
    may_draw = all(policies.reserve_policy(activity, on).contract_may_draw for activity in activities.values())
    short = pricing.check_free(found, basis, _free(basis, on), may_draw=may_draw)
    order.state, order.gross, order.cost = SalaryOrder.State.APPROVED, found.gross, found.cost
    order.decided_by, order.decided_at = by, at
    order.warnings = _warnings(short, basis)
    _reserve(order, found, basis, activities, on)


def _warnings(short: Decimal, basis: facts.Basis) -> list[dict[str, str]]:
    warnings = [{"code": "draws_on_reserve", "amount": str(short)}] if short else []
    return warnings + ([{"code": "quarter_estimated"}] if basis.estimated else [])


def lock_activities(ids: frozenset[UUID]) -> dict[UUID, Activity]:
    """Lock the rows of activities in the order of their ids, so that their balances can be read and spent."""
    return {pk: ledger.lock_activity(pk) for pk in sorted(ids)}


def _refuse_closed(activities: Any, on: date) -> None:
    for activity in activities:
        if activity.closed_on is not None and activity.closed_on <= on:
            raise ActivityBlocked(
                subject=str(activity),
                reason=_("It was closed on %(day)s and can bear no wage.")
                % {"day": formatting.day(activity.closed_on)},
                remedy=_("Record which activity the member runs now."),
            )


def _reserve(
    order: SalaryOrder, found: pricing.Price, basis: facts.Basis, activities: dict[UUID, Activity], on: date
) -> None:
    weights = [weight for _activity, weight in basis.bearers]
    asked, due = split(found.cost, weights), split(found.contract_cost, weights)
    for (activity, _weight), amount, contract in zip(basis.bearers, asked, due, strict=True):
        ledger.reserve(
            activity=activities[activity], kind=Reservation.Kind.ORDER, amount=amount, contract_cost=contract,
            source=ORDER, source_key=str(order.pk), text=subject_of(order), on=on,
        )  # fmt: skip


@transaction.atomic
def correct_order(
    *, order: UUID, target: str, amount: Decimal, reason: str, by: Any, on: date, at: datetime
) -> SalaryOrder:
    """Replace an order by another amount with a reason that the member reads; the new version is approved at once."""
    current = _lock_order(order)
    visibility.require(by, Subject.ORDERS, "x", cooperative=current.cooperative_id)
    corrected = _next_version(
        current, person=current.person, cooperative=current.cooperative, month=Month.of(current.month), target=target,
        amount=amount, by=by, on=on, at=at,
    )  # fmt: skip
    corrected.reason = reason
    _approve(corrected, by=by, on=on, at=at)
    corrected.save(force_insert=True)
    _recalculate_member(corrected)
    return corrected


class ReasonMissing(Refused):
    """An order was refused without a reason."""


@transaction.atomic
def refuse_order(*, order: UUID, reason: str, by: Any, at: datetime) -> SalaryOrder:
    """Refuse an order with a reason that the member reads; without another order the contractual wage is paid."""
    found = _lock_order(order)
    visibility.require(by, Subject.ORDERS, "x", cooperative=found.cooperative_id)
    transitions.check(SalaryOrder.MOVES, subject=subject_of(found), now=found.state, to=SalaryOrder.State.REFUSED)
    if not reason.strip():
        raise ReasonMissing(
            subject=subject_of(found),
            reason=_("An order is refused with a reason."),
            remedy=_("Write why, so that the member can act on it."),
            field="reason",
        )
    found.state, found.reason, found.decided_by, found.decided_at = SalaryOrder.State.REFUSED, reason, by, at
    found.save()
    return found


def _recalculate_member(order: SalaryOrder) -> None:
    """A changed order makes the member's payslip due again in a run that is being prepared."""
    members = RunMember.objects.filter(
        run__cooperative=order.cooperative_id, run__month=order.month, run__kind=PayrollRun.Kind.ORDINARY,
        contract__person=order.person_id, run__state__in=[PayrollRun.State.OPEN, PayrollRun.State.CALCULATED],
    )  # fmt: skip
    runs = list(members.values_list("run", flat=True))
    if members.update(state=RunMember.State.TODO, failure=None, lease_until=None):
        PayrollRun.objects.filter(pk__in=runs, state=PayrollRun.State.CALCULATED).update(state=PayrollRun.State.OPEN)


def approved_orders(cooperative: Any, month: Month) -> dict[UUID, SalaryOrder]:
    """Return the approved orders of a month by contract: that of the person, the latest of two (``facts.contract_of``).

    An order is priced and reserved on one contract; another that ended in the same month is paid its own wage.
    """
    orders = SalaryOrder.objects.live().filter(
        cooperative=cooperative, month=month.first, state=SalaryOrder.State.APPROVED
    )
    by_person = {order.person_id: order for order in orders}
    contracts = (
        EmploymentContract.objects.filter(person__in=by_person, cooperative=cooperative)
        .overlapping(month.first, month.plus(1).first)
        .order_by("valid_from")
    )
    latest = {contract.person_id: contract.pk for contract in contracts}
    return {latest[person]: order for person, order in by_person.items() if person in latest}
