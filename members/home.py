"""What a home shows: for each role its three questions (what must I do, how do things stand, what has changed)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from coop import deadlines
from coop.access import visibility
from coop.access.models import Grant, Role
from coop.administration import queries as administration
from coop.entities.models import Activity, Cooperative, PeriodLock
from coop.ledger import movements, pay, sources
from coop.ledger import queries as ledger
from coop.ledger.movements import Movement, Year
from coop.ledger.queries import Balances
from coop.ledger.sources import Link
from coop.money import ZERO
from coop.periods import Month
from members import candidates, queries
from members.models import Membership, Visit
from members.queries import Exit

VISIT = timedelta(minutes=30)
RECENT = 8
QUIET = timedelta(weeks=6)


def note_visit(*, user: Any, at: datetime) -> datetime | None:
    """Note that a user is here, and return when the visit before this one ended; None on the first one ever.

    Half an hour without a page ends a visit.
    """
    visit, first = Visit.objects.get_or_create(user=user, defaults={"before": at, "seen_at": at})
    if first:
        return None
    if at - visit.seen_at >= VISIT:
        visit.before = visit.seen_at
    visit.seen_at = at
    visit.save(update_fields=["before", "seen_at"])
    return visit.before


@dataclass(frozen=True)
class News:
    """Something that others did: the entry, and the document behind it where the reader may open it."""

    movement: Movement
    link: Link | None


@dataclass(frozen=True)
class ActivityHome:
    """The home of somebody who runs an activity."""

    activity: Activity
    balances: Balances
    exit: Exit
    clock: candidates.Clock | None
    blocked: Decimal
    sees_pay: bool
    news: list[News]
    since: datetime | None


def activity_home(*, user: Any, activity: Activity, on: date, since: datetime | None) -> ActivityHome:
    """Return balances, way out of the money, and what others did since the last visit, for one activity."""
    balances = ledger.balances(activity, on)
    person = queries.person_of(user)
    exit_ = queries.exit_of(activity, on)
    return ActivityHome(
        activity=activity,
        balances=balances,
        exit=exit_,
        clock=queries.clock_of(person, on) if person and exit_ is Exit.BLOCKED else None,
        blocked=candidates.blocked(balances.collected),
        sees_pay=pay.sees_pay(user, activity, on, on),
        news=news(user=user, activity=activity, since=since, on=on),
        since=since,
    )


def news(*, user: Any, activity: Activity, since: datetime | None, on: date) -> list[News]:
    """Return what others posted on an activity since a moment, with links to the documents; nothing on a first visit."""
    if since is None:
        return []
    found = movements.since(activities=[activity.pk], moment=since, but=user.pk, most=RECENT)
    days = [move.date for move in found] or [on]
    if not pay.sees_pay(user, activity, min(days), max(days)):
        found = pay.without_pay(found)
    links = sources.links([(one.source, one.source_key) for one in found], user)
    return [News(one, links.get((one.source, one.source_key))) for one in found]


@dataclass(frozen=True)
class Coached:
    """An assigned activity as its coach sees it: balances, last sale, and whether something needs a call."""

    activity: Activity
    balances: Balances
    last_sale: date | None
    alert: str
    blocked: bool


def coach_home(*, user: Any, on: date) -> list[Coached]:
    """Return the assigned activities, those to call first: no sale for six weeks, or a reserve that is short."""
    assigned = visibility.access_of(user).activities.get(Role.COACH, frozenset())
    activities = list(
        Activity.objects.filter(pk__in=assigned).select_related("cooperative").order_by("cooperative__name", "code")
    )
    ids = [activity.pk for activity in activities]
    balances, sales = ledger.balances_of(ids, on), movements.last_sales(ids, on)
    blocked = queries.blocked_among(ids, on)
    found = [
        Coached(
            activity,
            balances[activity.pk],
            sales.get(activity.pk),
            _alert(balances[activity.pk], sales.get(activity.pk), on),
            activity.pk in blocked,
        )
        for activity in activities
    ]
    return sorted(found, key=lambda one: (not one.alert, one.activity.cooperative.name, one.activity.code))


def _alert(balances: Balances, last_sale: date | None, on: date) -> str:
    """Return why a coach should call, without any amount of pay; nothing when there is no reason."""
    if balances.collected < ZERO:
        return _("The collected balance is below zero.")
    if balances.reserve_short > ZERO:
        return _("The balance does not cover the reserve.")
    if last_sale is None:
        return _("No sale yet.")
    return _("No sale for six weeks.") if on - last_sale > QUIET else ""


@dataclass(frozen=True)
class Locks:
    """The three locks of a month."""

    month: Month
    vat: bool
    payroll: bool
    year: bool


@dataclass(frozen=True)
class CooperativeHome:
    """One cooperative as its support team and the group see it. Nothing is added up over cooperatives."""

    cooperative: Cooperative
    roles: frozenset[Role]
    members: dict[str, int]
    year: Year
    overdue: int
    overdue_amount: Decimal
    locks: list[Locks]
    deadlines: list[deadlines.Deadline]
    missing: list[str]

    def has(self, *roles: Role) -> bool:
        """Tell whether the reader has one of the roles here."""
        return bool(self.roles.intersection(roles))


def cooperative_home(*, user: Any, cooperative: Cooperative, on: date) -> CooperativeHome:
    """Return how one cooperative stands on a day."""
    overdue, amount = movements.overdue_of(cooperative, on)
    return CooperativeHome(
        cooperative=cooperative,
        roles=roles_in(user, cooperative),
        members=headcount([cooperative], on)[cooperative.pk],
        year=movements.years_of([cooperative.pk], on)[cooperative.pk],
        overdue=overdue,
        overdue_amount=amount,
        locks=locks_of(cooperative, on),
        deadlines=deadlines.coming(on, days=31),
        missing=[str(model._meta.verbose_name) for model in administration.policies_missing(cooperative, on)],
    )


def roles_in(user: Any, cooperative: Cooperative) -> frozenset[Role]:
    """Return the roles that a user has on a cooperative as a whole."""
    reached = visibility.access_of(user).cooperatives
    return frozenset(role for role, ids in reached.items() if cooperative.pk in ids)


def headcount(cooperatives: Sequence[Cooperative], on: date) -> dict[UUID, dict[str, int]]:
    """Return how many members each cooperative has on a day, by status."""
    found: dict[UUID, dict[str, int]] = {cooperative.pk: {} for cooperative in cooperatives}
    rows = (
        Membership.objects.filter(cooperative__in=found)
        .on(on)
        .values_list("cooperative", "status")
        .annotate(number=Count("pk"))
    )
    for cooperative, status, number in rows:
        found[cooperative][status] = number
    return found


def locks_of(cooperative: Cooperative, on: date) -> list[Locks]:
    """Return the locks of the present month and the three before it, the newest first."""
    months = list(Month.of(on).plus(-3).until(Month.of(on)))
    locked = set(
        PeriodLock.objects.filter(
            period__cooperative=cooperative,
            period__first_day__range=(months[0].first, months[-1].first),
            state=PeriodLock.State.LOCKED,
        ).values_list("period__first_day", "kind")
    )
    return [
        Locks(month, *((month.first, kind) in locked for kind in ("vat", "payroll", "year")))
        for month in reversed(months)
    ]


@dataclass(frozen=True)
class GroupRow:
    """One cooperative beside the others."""

    cooperative: Cooperative
    members: int
    year: Year


def group_home(*, user: Any, on: date) -> list[GroupRow]:
    """Return the cooperatives of the group side by side."""
    reached = visibility.access_of(user).cooperatives.get(Role.GROUP_ADMIN, frozenset())
    cooperatives = list(Cooperative.objects.filter(pk__in=reached).order_by("name"))
    heads, years = headcount(cooperatives, on), movements.years_of([one.pk for one in cooperatives], on)
    return [GroupRow(one, sum(heads[one.pk].values()), years[one.pk]) for one in cooperatives]


@dataclass(frozen=True)
class AuditScope:
    """What an auditor may read, and until when."""

    cooperative: Cooperative
    valid_from: date
    valid_until: date | None


def audit_scopes(*, user: Any, on: date) -> list[AuditScope]:
    """Return the scopes of an auditor on a day."""
    grants = (
        Grant.objects.filter(user=user, role=Role.AUDITOR)
        .on(on)
        .select_related("cooperative")
        .order_by("cooperative__name")
    )
    return [AuditScope(grant.cooperative, grant.valid_from, grant.valid_until) for grant in grants]
