"""What a user may see: the base of every ``.visible_to(user)``.

Grants are read once per user object, which lives for one request, so a changed right acts at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from coop import clock
from coop.access.models import Grant, Role, User
from coop.access.predicates import Subject, roles_with
from coop.entities.models import Cooperative


@dataclass(frozen=True)
class Access:
    """The grants of one user on one day: which activities and cooperatives each role reaches."""

    activities: dict[Role, frozenset[UUID]]
    cooperatives: dict[Role, frozenset[UUID]]

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that the user has somewhere."""
        return frozenset(self.activities) | frozenset(self.cooperatives)

    def activities_with(self, subject: Subject, right: str) -> frozenset[UUID]:
        """Return the ids of the activities on which a role gives the right by itself (entrepreneur, coach)."""
        return _union(self.activities, roles_with(subject, right))

    def cooperatives_with(self, subject: Subject, right: str) -> frozenset[UUID]:
        """Return the ids of the cooperatives in which a role gives the right on everything."""
        return _union(self.cooperatives, roles_with(subject, right))


def _union(reach: dict[Role, frozenset[UUID]], roles: Iterable[Role]) -> frozenset[UUID]:
    return frozenset().union(*(reach.get(role, frozenset()) for role in roles))


def access_of(user: Any, on: date | None = None) -> Access:
    """Return the grants of a user today, or on a day. Somebody who is not logged in, or no longer active, has none."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Access({}, {})
    day = on or clock.today()
    known: tuple[date, Access] | None = getattr(user, "_access", None)
    if known is not None and known[0] == day:
        return known[1]
    access = _read(user, day)
    user._access = (day, access)
    return access


def forget(user: Any) -> None:
    """Make the next question read the grants of this user object again."""
    user._access = None


def _read(user: User, day: date) -> Access:
    activities: dict[Role, set[UUID]] = {}
    cooperatives: dict[Role, set[UUID]] = {}
    groups: set[UUID] = set()
    for role, activity, cooperative, group in (
        Grant.objects.filter(user=user).on(day).values_list("role", "activity", "cooperative", "group")
    ):
        if activity:
            activities.setdefault(Role(role), set()).add(activity)
        elif cooperative:
            cooperatives.setdefault(Role(role), set()).add(cooperative)
        else:
            groups.add(group)
    if groups:
        cooperatives[Role.GROUP_ADMIN] = set(Cooperative.objects.filter(group__in=groups).values_list("pk", flat=True))
    return Access(
        {role: frozenset(ids) for role, ids in activities.items()},
        {role: frozenset(ids) for role, ids in cooperatives.items()},
    )


def reach(
    user: Any, subject: Subject, right: str = "r", *, activity: str = "activity", cooperative: str = "cooperative"
) -> Q:
    """Return the filter of what a user reaches with a right, given the paths to the activity and to the cooperative.

    An empty path means that the object has no such relation.
    """
    access = access_of(user)
    condition = Q(pk__in=[])
    if activity:
        condition |= Q(**{f"{activity}__in": access.activities_with(subject, right)})
    if cooperative:
        condition |= Q(**{f"{cooperative}__in": access.cooperatives_with(subject, right)})
    return condition


def may(
    user: Any, subject: Subject, right: str, *, activity: UUID | None = None, cooperative: UUID | None = None
) -> bool:
    """Tell whether a user has a right on an activity or on everything in a cooperative."""
    access = access_of(user)
    return activity in access.activities_with(subject, right) or cooperative in access.cooperatives_with(subject, right)


def require(
    user: Any, subject: Subject, right: str, *, activity: UUID | None = None, cooperative: UUID | None = None
) -> None:
    """Raise PermissionDenied (a page 403) unless the user has the right: the object may be seen, the act not done."""
    if not may(user, subject, right, activity=activity, cooperative=cooperative):
        raise PermissionDenied(f"{subject} {right}")
