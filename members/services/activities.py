"""Open activities, and tell who runs them and who coaches them."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coop.access import services as access
from coop.access.models import Grant, Role, User
from coop.access.predicates import Subject
from coop.entities.models import Activity, Cooperative
from coop.errors import Refused
from members.models import Membership, Person, Runs
from members.services import rules


class ActivityExists(Refused):
    """An activity code is taken in the cooperative."""


class ActivityClosed(Refused):
    """An activity is not open on a day, or is none that members can run."""


@transaction.atomic
def open_activity(*, cooperative: Cooperative, code: str, name: str, opened_on: date, by: Any) -> Activity:
    """Open an activity of members; its code is unique in the cooperative. Raises ActivityExists; PermissionDenied."""
    rules.require(by, cooperative, Subject.PEOPLE)
    Cooperative.objects.select_for_update(no_key=True).get(pk=cooperative.pk)
    code = code.strip().upper()
    other = Activity.objects.filter(cooperative=cooperative, code__iexact=code).first()
    if other is not None:
        raise ActivityExists(
            subject=_("Activity %(code)s of %(cooperative)s") % {"code": code, "cooperative": cooperative},
            reason=_("This code belongs to %(other)s.") % {"other": other},
            remedy=_("Choose another code; a code is never used twice, even after an activity is closed."),
            field="code",
        )
    return Activity.objects.create(cooperative=cooperative, code=code, name=name.strip(), opened_on=opened_on)


@transaction.atomic
def start_activity(
    *,
    person: Person,
    cooperative: Cooperative,
    code: str,
    name: str,
    valid_from: date,
    weight: Decimal = Decimal(1),
    by: Any,
) -> Runs:
    """Open an activity and let a member run it from the same day; whole or not at all. Raises what both acts raise."""
    activity = open_activity(cooperative=cooperative, code=code, name=name, opened_on=valid_from, by=by)
    return run_activity(person=person, activity=activity, valid_from=valid_from, weight=weight, by=by)


@transaction.atomic
def run_activity(
    *,
    person: Person,
    activity: Activity,
    valid_from: date,
    valid_until: date | None = None,
    weight: Decimal = Decimal(1),
    by: Any,
) -> Runs:
    """Let a member run an activity from a day on; with a login they get the role of entrepreneur on it.

    ``weight`` shares a salary cost among the activities of a person. Raises NotAMember, ActivityClosed, PeriodsOverlap,
    EndsTooEarly; PermissionDenied.
    """
    rules.require(by, activity.cooperative, Subject.PEOPLE)
    person = Person.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=person.pk)
    subject = _("%(person)s in activity %(activity)s") % {"person": person, "activity": activity}
    if by is not None and person.user_id == by.pk:
        raise access.OwnRole(
            subject=subject,
            reason=_("Nobody gives or ends a role of their own."),
            remedy=_("Ask another administrator."),
        )
    rules.refuse_disorder(subject, valid_from, valid_until)
    _refuse_closed(activity, valid_from)
    if not Membership.objects.filter(person=person, cooperative=activity.cooperative_id).on(valid_from).exists():
        raise rules.no_member(person, activity.cooperative, valid_from)
    rules.refuse_overlap(
        Runs.objects.filter(person=person, activity=activity), valid_from, valid_until, subject=subject
    )
    runs = Runs.objects.create(
        person=person, activity=activity, valid_from=valid_from, valid_until=valid_until, weight=weight
    )
    if person.user is not None:
        let_run(person.user, runs)
    return runs


@transaction.atomic
def stop_running(*, runs: Runs, valid_until: date, by: Any) -> Runs:
    """Let a person stop running an activity: ``valid_until`` is the first day without. The role on it ends as well.

    Raises EndsTooEarly; PermissionDenied.
    """
    rules.require(by, runs.activity.cooperative, Subject.PEOPLE)
    runs = Runs.objects.select_for_update(of=("self",)).select_related("person__user", "activity").get(pk=runs.pk)
    subject = _("%(person)s in activity %(activity)s") % {"person": runs.person, "activity": runs.activity}
    rules.refuse_disorder(subject, runs.valid_from, valid_until)
    others = Runs.objects.filter(person=runs.person, activity=runs.activity).exclude(pk=runs.pk)
    rules.refuse_overlap(others, runs.valid_from, valid_until, subject=subject, field="valid_until")
    runs.valid_until = valid_until
    runs.save(update_fields=["valid_until"])
    if runs.person.user is not None:
        grants = Grant.objects.filter(user=runs.person.user, role=Role.ENTREPRENEUR, activity=runs.activity)
        for grant in grants.overlapping(valid_until, None).filter(valid_from__lt=valid_until):
            access.end_role(grant=grant, valid_until=valid_until, by=None)
    return runs


def assign_coach(
    *, user: User, activity: Activity, valid_from: date, valid_until: date | None = None, by: Any
) -> Grant:
    """Assign a coach to an activity from a day on: they validate its documents and see no pay.

    Raises what ``coop.access.services.grant_role`` raises.
    """
    return access.grant_role(
        user=user, role=Role.COACH, activity=activity, valid_from=valid_from, valid_until=valid_until, by=by
    )


def let_run(user: User, runs: Runs) -> None:
    """Give the role of entrepreneur for the days on which somebody runs an activity, unless it is there."""
    same = Grant.objects.filter(user=user, role=Role.ENTREPRENEUR, activity=runs.activity)
    if not same.overlapping(runs.valid_from, runs.valid_until).exists():
        access.grant_role(
            user=user, role=Role.ENTREPRENEUR, activity=runs.activity, valid_from=runs.valid_from,
            valid_until=runs.valid_until, by=None,
        )  # fmt: skip


def _refuse_closed(activity: Activity, day: date) -> None:
    closed = activity.closed_on is not None and activity.closed_on <= day
    if activity.kind != Activity.Kind.MEMBERS or closed or day < activity.opened_on:
        raise ActivityClosed(
            subject=_("Activity %(activity)s") % {"activity": activity},
            reason=_("It cannot be run by members on %(day)s.") % {"day": date_format(day)},
            remedy=_("Choose a day on which it is open, or another activity."),
            field="valid_from",
        )
