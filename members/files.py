"""A person's file: the dated facts in order, and the restricted ones for those who may read them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from stdnum.be import nn

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity, Cooperative
from coop.names import sort_name
from members import candidates, queries
from members.models import (
    AccompanimentAgreement,
    ContractVersion,
    EmploymentContract,
    LateFact,
    Membership,
    Person,
    Reading,
    Runs,
    Situation,
)


@dataclass(frozen=True)
class Contract:
    """A contract with its terms, the newest first."""

    contract: EmploymentContract
    versions: list[ContractVersion]


@dataclass(frozen=True)
class PersonFile:
    """What stands in a person's file for one reader. The restricted part is None for who may not read it."""

    person: Person
    memberships: list[Membership]
    runs: list[Runs]
    agreements: list[AccompanimentAgreement]
    clock: candidates.Clock | None
    restricted: "Restricted | None"
    readings: list[Reading]


@dataclass(frozen=True)
class Restricted:
    """Contract, family situation, national number and account; ``masked`` where the numbers are not shown whole."""

    contracts: list[Contract]
    situations: list[Situation]
    late_facts: list[LateFact]
    niss: str
    iban: str
    masked: bool


def get_file(*, person: Person, user: Any, on: date) -> PersonFile:
    """Return a person's file as a user may read it: one's own with masked number, pay to the payroll office alone."""
    own = person.user_id == user.pk
    within = set(person.memberships.values_list("cooperative", flat=True))
    access = visibility.access_of(user)
    memberships = Membership.objects.filter(person=person).select_related("cooperative").order_by("-valid_from")
    runs = Runs.objects.filter(person=person).select_related("activity__cooperative").order_by("-valid_from")
    agreements = (
        AccompanimentAgreement.objects.filter(person=person).select_related("cooperative").order_by("-valid_from")
    )
    if not own:
        reached = access.cooperatives_with(Subject.PEOPLE, "r")
        assigned = access.activities_with(Subject.PEOPLE, "r")
        homes = Q(cooperative__in=reached) | Q(cooperative__activities__in=assigned)
        memberships, agreements = memberships.filter(homes).distinct(), agreements.filter(homes).distinct()
        runs = runs.filter(Q(activity__cooperative__in=reached) | Q(activity__in=assigned))
    reads = bool(within & access.cooperatives_with(Subject.PAY, "r"))
    masked = bool(within & access.cooperatives_with(Subject.PAY, "m"))
    return PersonFile(
        person=person,
        memberships=list(memberships),
        runs=list(runs),
        agreements=list(agreements),
        clock=queries.clock_of(person, on),
        restricted=_restricted(person, user, masked=not reads) if own or reads or masked else None,
        readings=list(Reading.objects.filter(person=person).select_related("by").order_by("-at")[:20]) if own else [],
    )


def _restricted(person: Person, user: Any, *, masked: bool) -> Restricted:
    contracts = (
        EmploymentContract.objects.visible_to(user)
        .filter(person=person)
        .select_related("cooperative", "declaration")
        .prefetch_related("versions")
        .order_by("-valid_from")
    )
    return Restricted(
        contracts=[
            Contract(contract, sorted(contract.versions.all(), key=lambda version: version.valid_from, reverse=True))
            for contract in contracts
        ],
        situations=list(Situation.objects.visible_to(user).filter(person=person).order_by("-valid_from")),
        late_facts=list(
            LateFact.objects.visible_to(user)
            .filter(person=person)
            .select_related("recorded_by", "cooperative")
            .order_by("-recorded_at")
        ),
        niss=mask_niss(person.niss) if masked else format_niss(person.niss),
        iban=person.iban,
        masked=masked,
    )


def format_niss(number: str) -> str:
    """Write a national number in its usual form."""
    return str(nn.format(number)) if number else ""


def mask_niss(number: str) -> str:
    """Write a national number with its check digits alone."""
    return f"••••••-•••-{number[-2:]}" if number else ""


def list_people(*, user: Any, cooperative: Cooperative | None, search: str, on: date) -> QuerySet[Person]:
    """Return the people whom a user sees, by name: those of a cooperative, and those whose name or activity fits."""
    people = Person.objects.visible_to(user)
    if cooperative is not None:
        people = people.filter(memberships__cooperative=cooperative)
    for word in sort_name(search).split():
        people = people.filter(
            Q(sort_name__contains=word)
            | Q(email__contains=word)
            | Q(runs__activity__code__icontains=word)
            | Q(runs__activity__name__icontains=word)
        )
    return people.distinct().order_by("sort_name", "pk")


def facts_of(
    people: list[Person], cooperatives: frozenset[Any] | None, on: date
) -> dict[Any, tuple[str, list[Activity]]]:
    """Return the status and the activities of some people on a day, in two queries."""
    found: dict[Any, tuple[str, list[Activity]]] = {person.pk: ("", []) for person in people}
    memberships = Membership.objects.filter(person__in=people).on(on).order_by("valid_from")
    runs = Runs.objects.filter(person__in=people).on(on).select_related("activity").order_by("activity__code")
    if cooperatives is not None:
        memberships = memberships.filter(cooperative__in=cooperatives)
        runs = runs.filter(activity__cooperative__in=cooperatives)
    for membership in memberships:
        status = membership.get_status_display()
        known, activities = found[membership.person_id]
        found[membership.person_id] = (f"{known}, {status}" if known and status not in known else status, activities)
    for one in runs:
        found[one.person_id][1].append(one.activity)
    return found
