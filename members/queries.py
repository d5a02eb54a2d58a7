"""Questions about people: who is a member of what, who runs what, what holds for them on a day."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse

from coop.access import visibility
from coop.access.models import Role
from coop.access.predicates import Subject
from coop.entities.models import Activity, Cooperative, PeriodLock
from coop.ledger import queries as ledger
from coop.ledger.queries import Balances
from coop.money import ZERO
from coop.periods import DateRange, Month
from members import candidates
from members.models import AccompanimentAgreement, ContractVersion, Membership, Person, Runs, Situation, Status


def person_of(user: Any) -> Person | None:
    """Return the person that a login belongs to; None for staff who are no members."""
    return Person.objects.filter(user=user.pk).select_related("group").first()


def members_of(cooperative: Cooperative, on: date) -> QuerySet[Membership]:
    """Return the memberships of a cooperative on a day, by name."""
    memberships: QuerySet[Membership] = (
        Membership.objects.filter(cooperative=cooperative).on(on).select_related("person").order_by("person__sort_name")
    )
    return memberships


def status_on(person: Person, cooperative: Cooperative, on: date) -> Status | None:
    """Return the status of a person in a cooperative on a day; None for somebody who is no member then."""
    found = Membership.objects.filter(person=person, cooperative=cooperative).on(on).first()
    return Status(found.status) if found else None


def activities_of(user: Any, on: date) -> list[Activity]:
    """Return the activities that a user runs on a day, by cooperative and code."""
    own = visibility.access_of(user, on).activities.get(Role.ENTREPRENEUR, frozenset())
    return list(Activity.objects.filter(pk__in=own).select_related("cooperative").order_by("cooperative__name", "code"))


def readable_activities(user: Any) -> QuerySet[Activity]:
    """Return the members' activities whose balances a user reads: one's own, those coached, those of cooperatives."""
    reached = visibility.reach(user, Subject.LEDGER, activity="pk") | visibility.reach(
        user, Subject.LEDGER, "t", activity="pk"
    )
    return Activity.objects.filter(reached, kind=Activity.Kind.MEMBERS).select_related("cooperative")


def runs_of(person: Person, on: date, *, cooperative: Cooperative | None = None) -> list[Runs]:
    """Return the activities that a person runs on a day, with their weights, by code; all, or those of a cooperative."""
    found = Runs.objects.filter(person=person).on(on).select_related("activity__cooperative").order_by("activity__code")
    return list(found if cooperative is None else found.filter(activity__cooperative=cooperative))


def runners_of(activity: Activity, first: date, last: date) -> list[Person]:
    """Return the people who run an activity on some day from one up to and including another, by name."""
    runs = Runs.objects.filter(activity=activity, valid_from__lte=last).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=first)
    )
    return list(Person.objects.filter(pk__in=runs.values("person")).order_by("sort_name"))


def blocked_among(activities: Iterable[UUID], on: date) -> frozenset[UUID]:
    """Return the activities that only candidates run on a day: their balance is paid at launch, not before."""
    runs = Runs.objects.filter(activity__in=list(activities)).on(on)
    statuses: dict[UUID, set[str | None]] = {}
    members = {
        (person, cooperative): status
        for person, cooperative, status in Membership.objects.filter(person__in=runs.values("person"))
        .on(on)
        .values_list("person", "cooperative", "status")
    }
    for person, activity, cooperative in runs.values_list("person", "activity", "activity__cooperative"):
        statuses.setdefault(activity, set()).add(members.get((person, cooperative)))
    return frozenset(activity for activity, found in statuses.items() if found == {Status.CANDIDATE})


def is_blocked(activity: Activity, on: date) -> bool:
    """Tell whether nothing can be paid from an activity on a day because only candidates run it."""
    return activity.pk in blocked_among([activity.pk], on)


def payable(activity: Activity, on: date) -> Decimal:
    """Return what may be ordered from an activity on a day (EUR): its free balance, zero below it or while blocked."""
    return ZERO if is_blocked(activity, on) else ledger.balances(activity, on).payable


def version_on(person: Person, cooperative: Cooperative, on: date) -> ContractVersion | None:
    """Return the terms of a person's contract with a cooperative on a day; None without a contract."""
    version: ContractVersion | None = (
        ContractVersion.objects.filter(contract__person=person, contract__cooperative=cooperative)
        .on(on)
        .select_related("contract")
        .first()
    )
    return version


def situation_on(person: Person, on: date) -> Situation | None:
    """Return the family situation of a person on a day."""
    situation: Situation | None = Situation.objects.filter(person=person).on(on).first()
    return situation


def clock_of(person: Person, on: date) -> candidates.Clock | None:
    """Return the clock of a candidate on a day; None for somebody who has had no accompaniment agreement."""
    agreements = list(AccompanimentAgreement.objects.filter(person=person).order_by("valid_from"))
    ends = [agreement.benefit_end_date for agreement in agreements if agreement.benefit_end_date]
    return candidates.clock(
        [DateRange(agreement.valid_from, agreement.valid_until) for agreement in agreements],
        on,
        ends[-1] if ends else None,
    )


class Exit(StrEnum):
    """How money leaves an activity: as salary, as payout, or not at all while its people are candidates."""

    SALARY = "salary"
    PAYOUT = "payout"
    BLOCKED = "blocked"


def exit_of(activity: Activity, on: date) -> Exit:
    """Return how money leaves an activity on a day, by the statuses of those who run it."""
    people = Runs.objects.filter(activity=activity).on(on).values("person")
    found = set(
        Membership.objects.filter(cooperative=activity.cooperative_id, person__in=people)
        .on(on)
        .values_list("status", flat=True)
    )
    if found == {Status.CANDIDATE}:
        return Exit.BLOCKED
    return Exit.PAYOUT if found and Status.EMPLOYEE not in found else Exit.SALARY


def together(parts: Iterable[Balances]) -> Balances:
    """Return the balances of several activities of one legal person, added up (EUR)."""
    found = list(parts)

    def total(name: str) -> Decimal:
        return sum((getattr(part, name) for part in found), ZERO)

    return Balances(
        accounting=total("accounting"),
        open_share=total("open_share"),
        undepreciated=total("undepreciated"),
        reserved=total("reserved"),
        advanced=total("advanced"),
        reserve_target=total("reserve_target"),
    )


def closed_months(cooperative: Cooperative, first: Month, last: Month) -> frozenset[Month]:
    """Return the months whose amounts no longer move: locked as a year, or for both VAT and payroll."""
    locks = PeriodLock.objects.filter(
        period__cooperative=cooperative,
        period__first_day__range=(first.first, last.first),
        state=PeriodLock.State.LOCKED,
    ).values_list("period__first_day", "kind")
    kinds: dict[Month, set[str]] = {}
    for day, kind in locks:
        kinds.setdefault(Month.of(day), set()).add(kind)
    return frozenset(month for month, found in kinds.items() if "year" in found or {"vat", "payroll"} <= found)


def ending_agreements(cooperatives: Iterable[UUID], on: date, *, days: int) -> list[AccompanimentAgreement]:
    """Return the accompaniment agreements of some cooperatives that end within so many days, the first to end first."""
    return list(
        AccompanimentAgreement.objects.filter(
            cooperative__in=list(cooperatives), valid_until__gt=on, valid_until__lte=on + timedelta(days=days)
        )
        .on(on)
        .select_related("person")
        .order_by("valid_until")
    )


def person_url(person: Person) -> str:
    """Return the address of a person's file."""
    return reverse("members:person_detail", kwargs={"person": person.pk})
