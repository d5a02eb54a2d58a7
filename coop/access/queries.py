"""Questions about logins and roles."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from coop.access import visibility
from coop.access.models import Grant, User
from coop.access.predicates import Subject
from coop.entities.models import Cooperative


def administered(user: Any) -> QuerySet[Cooperative]:
    """Return the cooperatives in which a user gives roles."""
    return Cooperative.objects.filter(pk__in=visibility.access_of(user).cooperatives_with(Subject.GRANTS, "w"))


def grants_of(cooperative: Cooperative) -> QuerySet[Grant]:
    """Return every role on a cooperative, on its activities and on its group, present, past and planned, by name."""
    return (
        Grant.objects.filter(
            Q(cooperative=cooperative) | Q(activity__cooperative=cooperative) | Q(group=cooperative.group_id)
        )
        .select_related("user", "activity", "cooperative", "group")
        .order_by("user__name", "-valid_from", "pk")
    )


def holds(grant: Grant, on: date) -> bool:
    """Tell whether a role holds on a day."""
    return grant.valid_from <= on and (grant.valid_until is None or on < grant.valid_until)


def known_users(cooperative: Cooperative, but: Any) -> QuerySet[User]:
    """Return the users who may be given a role in a cooperative: everybody who can log in, except oneself."""
    groups = Q(grants__group=cooperative.group_id)
    homes = Q(grants__cooperative__group=cooperative.group_id) | Q(
        grants__activity__cooperative__group=cooperative.group_id
    )
    return User.objects.filter(groups | homes, is_active=True).exclude(pk=but.pk).distinct().order_by("name")
