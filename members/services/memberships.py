"""The working relation of a person with a cooperative, from a day on."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coop.access.predicates import Subject
from coop.entities.models import Cooperative, Party
from coop.errors import Text
from members.models import EmploymentContract, Membership, Person, Runs, Status
from members.services import rules


@transaction.atomic
def start_membership(
    *,
    person: Person,
    cooperative: Cooperative,
    status: Status,
    valid_from: date,
    valid_until: date | None = None,
    by: Any,
) -> Membership:
    """Start the working relation of a person with a cooperative; the books of the cooperative know them from then on.

    Raises PeriodsOverlap, EndsTooEarly; PermissionDenied.
    """
    rules.require(by, cooperative, Subject.PEOPLE)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    subject = _("Membership of %(person)s in %(cooperative)s") % {"person": person, "cooperative": cooperative}
    rules.refuse_disorder(subject, valid_from, valid_until)
    others = Membership.objects.filter(person=person, cooperative=cooperative)
    rules.refuse_overlap(
        others, valid_from, valid_until, subject=subject, describe=lambda other: other.get_status_display()
    )
    party_of(person=person, cooperative=cooperative)
    return Membership.objects.create(
        person=person, cooperative=cooperative, status=status, valid_from=valid_from, valid_until=valid_until
    )


@transaction.atomic
def end_membership(*, membership: Membership, valid_until: date, by: Any) -> Membership:
    """End a membership: ``valid_until`` is the first day without it. Raises EndsTooEarly, PeriodsOverlap; PermissionDenied.

    What runs on longer must be ended first: a contract, since wages would be due to somebody who is no employee; an
    activity, since invoices could be issued by somebody who is no member.
    """
    rules.require(by, membership.cooperative, Subject.PEOPLE)
    ended = _end(membership, valid_until)
    _refuse_running_activity(ended, valid_until)
    return ended


def _refuse_running_activity(membership: Membership, until: date) -> None:
    runs = Runs.objects.filter(person=membership.person_id, activity__cooperative=membership.cooperative_id)
    running = runs.overlapping(until, None).select_related("activity").first()
    if running is not None:
        raise rules.EndsTooEarly(
            subject=_subject(membership),
            reason=_("The activity %(activity)s is still run on %(day)s.")
            % {"activity": running.activity, "day": date_format(until)},
            remedy=_("Record first that the person stops running it."),
            field="valid_until",
        )


def _subject(membership: Membership) -> str:
    return _("Membership of %(person)s in %(cooperative)s") % {
        "person": membership.person,
        "cooperative": membership.cooperative,
    }


def _end(membership: Membership, valid_until: date) -> Membership:
    """End a membership whose right was checked, the person locked before it."""
    Person.objects.select_for_update(no_key=True).get(pk=membership.person_id)
    membership = (
        Membership.objects.select_for_update(of=("self",)).select_related("person", "cooperative").get(pk=membership.pk)
    )
    subject = _subject(membership)
    rules.refuse_disorder(subject, membership.valid_from, valid_until)
    others = Membership.objects.filter(person=membership.person, cooperative=membership.cooperative)
    rules.refuse_overlap(
        others.exclude(pk=membership.pk),
        membership.valid_from,
        valid_until,
        subject=subject,
        describe=lambda other: other.get_status_display(),
        field="valid_until",
    )
    _refuse_running_contract(membership, valid_until, subject)
    membership.valid_until = valid_until
    membership.save(update_fields=["valid_until"])
    return membership


@transaction.atomic
def change_status(*, person: Person, cooperative: Cooperative, status: Status, valid_from: date, by: Any) -> Membership:
    """Let a member go on under another status from a day: the former membership ends there. Nothing is overwritten.

    Raises NotAMember, PeriodsOverlap, EndsTooEarly; PermissionDenied.
    """
    rules.require(by, cooperative, Subject.PEOPLE)
    former = Membership.objects.filter(person=person, cooperative=cooperative).on(valid_from).first()
    if former is None:
        raise rules.no_member(person, cooperative, valid_from)
    until = former.valid_until
    _end(former, valid_from)
    return start_membership(
        person=person, cooperative=cooperative, status=status, valid_from=valid_from, valid_until=until, by=by
    )


def party_reference(person: Person) -> str:
    """Return the reference under which the books of a cooperative know a person."""
    return f"members.person:{person.pk}"


def party_of(*, person: Person, cooperative: Cooperative) -> Party:
    """Return the party that a person is in the books of a cooperative; it is made at the first need."""
    party, _made = Party.objects.get_or_create(
        cooperative=cooperative,
        reference=party_reference(person),
        defaults={"name": str(person), "sort_name": person.sort_name},
    )
    return party


def _refuse_running_contract(membership: Membership, until: date, subject: Text) -> None:
    contract = (
        EmploymentContract.objects.filter(person=membership.person, cooperative=membership.cooperative)
        .overlapping(until, None)
        .first()
    )
    if contract is not None and membership.status == Status.EMPLOYEE:
        raise rules.EndsTooEarly(
            subject=subject,
            reason=_("Contract %(number)s still runs on %(day)s.")
            % {"number": contract.worker_number, "day": date_format(until)},
            remedy=_("End the contract first."),
            field="valid_until",
        )
