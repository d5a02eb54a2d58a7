"""The accompaniment agreement of a candidate-entrepreneur: at most 18 months in all."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.periods import DateRange
from members import candidates
from members.models import AccompanimentAgreement, Membership, Person, Status
from members.services import rules


class AccompanimentTooLong(Refused):
    """The agreements of a candidate would exceed 18 months in all."""


@transaction.atomic
def start_accompaniment(
    *,
    person: Person,
    cooperative: Cooperative,
    signed_on: date,
    valid_from: date,
    valid_until: date | None = None,
    benefit_end_date: date | None = None,
    by: Any,
) -> AccompanimentAgreement:
    """Record the accompaniment agreement of a candidate: 18 months in all, over however many agreements.

    Without an end it runs to the last day allowed. Raises AccompanimentTooLong, NotAMember, PeriodsOverlap,
    EndsTooEarly; PermissionDenied.
    """
    rules.require(by, cooperative, Subject.PEOPLE)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    subject = _("Accompaniment agreement of %(person)s") % {"person": person}
    rules.refuse_disorder(subject, valid_from, valid_until)
    rules.refuse_late_signature(subject, signed_on, valid_from)
    candidate = Membership.objects.filter(person=person, cooperative=cooperative, status=Status.CANDIDATE)
    if not candidate.on(valid_from).exists():
        raise rules.NotAMember(
            subject=subject,
            reason=_("On %(day)s this person is not a candidate-entrepreneur of the cooperative.")
            % {"day": date_format(valid_from)},
            remedy=_("Record the membership as candidate-entrepreneur first."),
            field="valid_from",
        )
    mine = AccompanimentAgreement.objects.filter(person=person)
    earlier = [DateRange(other.valid_from, other.valid_until) for other in mine.filter(valid_from__lt=valid_from)]
    limit = candidates.latest_end(valid_from, earlier)
    if limit <= valid_from or (valid_until is not None and valid_until > limit):
        raise AccompanimentTooLong(
            subject=subject,
            reason=_("With its earlier agreements it would exceed %(months)s months in all.")
            % {"months": candidates.MONTHS},
            remedy=_("Let it end on %(day)s at the latest.") % {"day": date_format(limit)}
            if limit > valid_from
            else _("The months are used up: prepare the launch, or the end."),
            field="valid_until",
        )
    until = valid_until or limit
    rules.refuse_overlap(mine, valid_from, until, subject=subject)
    return AccompanimentAgreement.objects.create(
        person=person, cooperative=cooperative, signed_on=signed_on, valid_from=valid_from, valid_until=until,
        benefit_end_date=benefit_end_date,
    )  # fmt: skip
