"""Rules that every fact about a person obeys: the right, the order of days, no overlap, no month already paid."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.dated import DatedQuerySet
from coop.entities.models import Cooperative, Group, PeriodLock
from coop.errors import Refused, Text
from coop.periods import Month
from members.models import LateFact, Person


def require(by: Any, cooperative: Cooperative, subject: Subject) -> None:
    """Ask for the right to write in a cooperative; the system itself (None) has it."""
    if by is not None:
        visibility.require(by, subject, "w", cooperative=cooperative.pk)


def require_in_group(by: Any, group: Group, subject: Subject, *, person: Person | None = None) -> None:
    """Ask for a right in some cooperative of the group; about a person, in one that they have been a member of."""
    if by is None:
        return
    reached = Cooperative.objects.filter(group=group, pk__in=visibility.access_of(by).cooperatives_with(subject, "w"))
    if person is not None and person.memberships.exists():
        reached = reached.filter(memberships__person=person)
    if not reached.exists():
        raise PermissionDenied(f"{subject} w")


class NotAMember(Refused):
    """Somebody has no membership, or not the one that is needed, on a day."""


def no_member(person: Person, cooperative: Cooperative, day: date) -> NotAMember:
    """Return the refusal that names the person, the cooperative and the day."""
    return NotAMember(
        subject=_("%(person)s in %(cooperative)s") % {"person": person, "cooperative": cooperative},
        reason=_("This person is not a member of the cooperative on %(day)s.") % {"day": date_format(day)},
        remedy=_("Record the membership first, or choose another day."),
        field="valid_from",
    )


class EndsTooEarly(Refused):
    """Something was to end before it starts, or before something that depends on it."""


def refuse_disorder(subject: Text, first: date, until: date | None) -> None:
    """Refuse an end on or before the first day."""
    if until is not None and until <= first:
        raise EndsTooEarly(
            subject=subject,
            reason=_("It starts on %(first)s, so it cannot end on %(until)s.")
            % {"first": date_format(first), "until": date_format(until)},
            remedy=_("Choose an end after %(first)s.") % {"first": date_format(first)},
            field="valid_until",
        )


class PeriodsOverlap(Refused):
    """Two facts of the same kind would hold on the same day."""


def refuse_overlap(
    others: DatedQuerySet,
    first: date,
    until: date | None,
    *,
    subject: Text,
    describe: Any = lambda other: "",
    field: str = "valid_from",
) -> None:
    """Refuse a period that shares a day with another, naming the other. The database refuses too."""
    other = others.overlapping(first, until).order_by("valid_from").first()
    if other is None:
        return
    values = {"what": describe(other), "first": date_format(other.valid_from)}
    if other.valid_until is None:
        reason = _("One already holds from %(first)s on, without an end.") % values
        remedy = _("End that one first.")
    else:
        values["until"] = date_format(other.valid_until)
        reason = _("One already holds from %(first)s until %(until)s (that day excluded).") % values
        remedy = _("Choose days outside of it.")
    if values["what"]:
        reason = f"{reason} ({values['what']})"
    raise PeriodsOverlap(subject=subject, reason=reason, remedy=remedy, field=field)


class MonthAlreadyPaid(Refused):
    """A fact of pay was changed for a month whose payroll is locked."""


def _locked_for_pay(cooperative: Cooperative, day: date) -> PeriodLock | None:
    """Return the last month from that of a day on whose payroll is locked."""
    return PeriodLock.objects.filter(
        period__cooperative=cooperative, period__first_day__gte=Month.of(day).first, kind=PeriodLock.Kind.PAYROLL,
        state=PeriodLock.State.LOCKED,
    ).order_by("-period__first_day").select_related("period").first()  # fmt: skip


def refuse_paid(cooperative: Cooperative, day: date, subject: Text) -> None:
    """Refuse to change what a month's payment rests on when its payroll is locked. Raises MonthAlreadyPaid."""
    locked = _locked_for_pay(cooperative, day)
    if locked is not None:
        raise MonthAlreadyPaid(
            subject=subject,
            reason=_("The payroll of %(month)s is locked, so its facts no longer change.") % {"month": locked.period},
            remedy=_("Choose a day after that month; a difference is settled in an open month."),
            field="valid_from",
        )


@dataclass(frozen=True)
class Late:
    """Why a fact is recorded only after the pay of its month, and when."""

    reason: str
    at: datetime


def note_late(
    *,
    cooperative: Cooperative,
    person: Person,
    day: date,
    what: LateFact.What,
    late: Late | None,
    subject: Text,
    by: Any,
) -> None:
    """Refuse a fact of pay of a month whose payroll is locked, unless a reason is given: then keep it as recorded late.

    What was paid stays; the payslips that rest on other facts are named for correction. Raises MonthAlreadyPaid.
    """
    locked = _locked_for_pay(cooperative, day)
    if locked is None:
        return
    if late is None or not late.reason.strip():
        raise MonthAlreadyPaid(
            subject=subject,
            reason=_("The payroll of %(month)s is locked, and this fact begins before its end.")
            % {"month": locked.period},
            remedy=_(
                "Say why it is recorded only now: it then holds from its real day, nothing paid changes by itself, and "
                "each payslip concerned is named for correction."
            ),
            field="late_reason",
        )
    LateFact.objects.create(
        person=person, cooperative=cooperative, what=what, valid_from=day, reason=late.reason.strip(), recorded_by=by,
        recorded_at=late.at,
    )  # fmt: skip


class SignedTooLate(Refused):
    """A contract or agreement was signed after its first day."""


def refuse_late_signature(subject: Text, signed_on: date, first: date) -> None:
    """Refuse what is signed after its first day: it must be in writing before the first hour of work."""
    if signed_on > first:
        raise SignedTooLate(
            subject=subject,
            reason=_("It was signed on %(signed)s, after its first day %(first)s.")
            % {"signed": date_format(signed_on), "first": date_format(first)},
            remedy=_("Let it start on the day of signature or later: it must be written before the first hour."),
            field="signed_on",
        )
