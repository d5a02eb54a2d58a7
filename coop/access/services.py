"""Give and end roles. Nobody gives themselves a role, and nobody gives one above their own."""

from datetime import date
from typing import Any

from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coop.access import visibility
from coop.access.models import ROLES_ON_ACTIVITIES, Grant, Role, User
from coop.access.predicates import Subject
from coop.dated import DatedQuerySet
from coop.entities.models import Activity, Cooperative, Group, Language
from coop.errors import Refused


class OwnRole(Refused):
    """Somebody tried to change a role of their own."""


class AboveOwnRole(Refused):
    """Somebody tried to give or end a role above their own."""


class WrongScope(Refused):
    """A role was given on something that it is not about."""


class RoleOverlaps(Refused):
    """Somebody already has that role on some of those days."""


class LoginExists(Refused):
    """An e-mail address already belongs to a login."""


class EndsBeforeStart(Refused):
    """Something was ended on or before the day on which it starts."""


@transaction.atomic
def create_login(
    *, name: str, email: str, language: str = Language.FRENCH, password: str | None = None, by: Any
) -> User:
    """Make a login without any role. Without a password, the person sets one through “forgotten password”.

    ``by`` None is the system itself, whose right its caller has checked. Raises LoginExists; PermissionDenied.
    """
    if by is not None and not visibility.access_of(by).cooperatives_with(Subject.GRANTS, "w"):
        raise PermissionDenied("grants w")
    if User.objects.filter(email=email.lower()).exists():
        raise LoginExists(
            subject=_("Login %(email)s") % {"email": email.lower()},
            reason=_("This e-mail address already belongs to a login."),
            remedy=_("Search for that person, or use another address."),
            field="email",
        )
    return User.objects.create_user(email=email.lower(), password=password, name=name, language=language)


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: Role,
    activity: Activity | None = None,
    cooperative: Cooperative | None = None,
    group: Group | None = None,
    valid_from: date,
    valid_until: date | None = None,
    by: Any,
) -> Grant:
    """Give a user a role from a day on, until another day (excluded) or until further notice.

    ``by`` None is the system itself, whose right its caller has checked. The sessions of the user end, so that the new
    role holds from the next page. Raises OwnRole, AboveOwnRole, WrongScope, RoleOverlaps; PermissionDenied.
    """
    role = Role(role)
    _check_scope(role, activity, cooperative, group)
    if by is not None:
        _require_right(by, user, role, activity=activity, cooperative=cooperative, group=group)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _check_range(user, valid_from, valid_until)
    same = Grant.objects.filter(user=user, role=role, activity=activity, cooperative=cooperative, group=group)
    _refuse_second(same, valid_from, valid_until, field="valid_from")
    grant = Grant.objects.create(
        user=user, role=role, activity=activity, cooperative=cooperative, group=group, valid_from=valid_from,
        valid_until=valid_until,
    )  # fmt: skip
    visibility.forget(user)
    transaction.on_commit(lambda: end_sessions(user=user))
    return grant


@transaction.atomic
def invite(
    *,
    user: User | None,
    name: str,
    email: str,
    language: str,
    role: Role,
    activity: Activity | None = None,
    cooperative: Cooperative | None = None,
    valid_from: date,
    valid_until: date | None = None,
    by: Any,
) -> Grant:
    """Give a role to somebody with a login, or make the login of somebody new with it; whole or not at all.

    Raises what ``create_login`` and ``grant_role`` raise.
    """
    who = user or create_login(name=name, email=email, language=language, by=by)
    return grant_role(
        user=who, role=role, activity=activity, cooperative=cooperative, valid_from=valid_from, valid_until=valid_until,
        by=by,
    )  # fmt: skip


@transaction.atomic
def end_role(*, grant: Grant, valid_until: date, by: Any) -> Grant:
    """End a role on a day (the first day without it). The sessions of the user end.

    Raises OwnRole, AboveOwnRole, EndsBeforeStart; PermissionDenied.
    """
    if by is not None:
        _require_right(
            by, grant.user, Role(grant.role), activity=grant.activity, cooperative=grant.cooperative, group=grant.group
        )
    grant = Grant.objects.select_for_update(of=("self",)).select_related("user").get(pk=grant.pk)
    _check_range(grant.user, grant.valid_from, valid_until)
    same = Grant.objects.filter(
        user=grant.user,
        role=grant.role,
        activity=grant.activity_id,
        cooperative=grant.cooperative_id,
        group=grant.group_id,
    )
    _refuse_second(same.exclude(pk=grant.pk), grant.valid_from, valid_until, field="valid_until")
    grant.valid_until = valid_until
    grant.save(update_fields=["valid_until"])
    visibility.forget(grant.user)
    user = grant.user
    transaction.on_commit(lambda: end_sessions(user=user))
    return grant


def end_sessions(*, user: User) -> int:
    """End every session of a user: the next page asks to log in again. Returns how many there were."""
    mine = [
        session.pk
        for session in Session.objects.iterator()
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    return Session.objects.filter(pk__in=mine).delete()[0]


def _check_scope(role: Role, activity: Activity | None, cooperative: Cooperative | None, group: Group | None) -> None:
    wanted = "activity" if role in ROLES_ON_ACTIVITIES else "group" if role == Role.GROUP_ADMIN else "cooperative"
    given = [name for name, value in (("activity", activity), ("cooperative", cooperative), ("group", group)) if value]
    if given == [wanted]:
        return
    remedies = {
        "activity": _("Choose one activity and nothing else."),
        "cooperative": _("Choose one cooperative and nothing else."),
        "group": _("Choose the group and nothing else."),
    }
    raise WrongScope(
        subject=_("Role %(role)s") % {"role": role.label},
        reason=_("This role cannot be given on what was chosen."),
        remedy=remedies[wanted],
        field=wanted,
    )


def _check_range(user: User, first: date, until: date | None) -> None:
    if until is not None and until <= first:
        raise EndsBeforeStart(
            subject=_("Role of %(user)s") % {"user": user},
            reason=_("It starts on %(first)s, so it cannot end on %(until)s.")
            % {"first": date_format(first), "until": date_format(until)},
            remedy=_("Choose an end after %(first)s.") % {"first": date_format(first)},
            field="valid_until",
        )


def _refuse_second(same: DatedQuerySet, first: date, until: date | None, *, field: str) -> None:
    """Refuse days on which the user has the same role by another grant."""
    other = same.overlapping(first, until).select_related("user").first()
    if other is not None:
        raise RoleOverlaps(
            subject=_("%(user)s as %(role)s") % {"user": other.user, "role": Role(other.role).label},
            reason=_("The same role already holds from %(day)s.") % {"day": date_format(other.valid_from)},
            remedy=_("End that one first, or choose days after it."),
            field=field,
        )


def _require_right(
    by: Any, user: User, role: Role, *, activity: Activity | None, cooperative: Cooperative | None, group: Group | None
) -> None:
    home = activity.cooperative_id if activity else cooperative.pk if cooperative else None
    access = visibility.access_of(by)
    if group is not None:
        reached = Cooperative.objects.filter(group=group, pk__in=access.cooperatives_with(Subject.GRANTS, "w"))
        if not reached.exists():
            raise PermissionDenied("grants w")
    else:
        visibility.require(by, Subject.GRANTS, "w", cooperative=home)
    if user.pk == by.pk:
        raise OwnRole(
            subject=_("Role of %(user)s") % {"user": user},
            reason=_("Nobody gives or ends a role of their own."),
            remedy=_("Ask another administrator."),
        )
    if role == Role.GROUP_ADMIN and Role.GROUP_ADMIN not in access.roles:
        raise AboveOwnRole(
            subject=_("Role %(role)s") % {"role": role.label},
            reason=_("This role stands above your own."),
            remedy=_("Ask a group administrator."),
            field="role",
        )
