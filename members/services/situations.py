"""The family situation that decides the withholding tax, from a day on."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.errors import Refused, Text
from members.models import LateFact, Membership, Person, Situation
from members.services import rules


class SituationWrong(Refused):
    """A family situation contradicts itself."""


@transaction.atomic
def record_situation(
    *,
    person: Person,
    valid_from: date,
    household: str,
    children: int = 0,
    disabled_children: int = 0,
    single_parent: bool = False,
    disabled: bool = False,
    disabled_spouse: bool = False,
    other_dependants: int = 0,
    dependants_65: int = 0,
    late: rules.Late | None = None,
    by: Any,
) -> Situation:
    """Record the family situation from a day on; the former ends there. For the same day again, it is corrected.

    With ``late`` it may begin in a month that is paid, and then holds until the next one that is recorded already.
    Raises SituationWrong, PeriodsOverlap, MonthAlreadyPaid; PermissionDenied without the right on pay.
    """
    rules.require_in_group(by, person.group, Subject.PAY, person=person)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    subject = _("Family situation of %(person)s") % {"person": person}
    _refuse_situation(subject, household, children, disabled_children, single_parent, disabled_spouse)
    for cooperative in Cooperative.objects.filter(
        memberships__in=Membership.objects.filter(person=person).on(valid_from)
    ):
        rules.note_late(
            cooperative=cooperative, person=person, day=valid_from, what=LateFact.What.SITUATION, late=late,
            subject=subject, by=by,
        )  # fmt: skip
    later = Situation.objects.filter(person=person, valid_from__gt=valid_from).order_by("valid_from").first()
    if later is not None and (late is None or not late.reason.strip()):
        raise rules.PeriodsOverlap(
            subject=subject,
            reason=_("Another situation is already recorded from %(day)s.") % {"day": date_format(later.valid_from)},
            remedy=_("Choose a day from %(day)s on.") % {"day": date_format(later.valid_from)},
            field="valid_from",
        )
    facts = {
        "household": household, "children": children, "disabled_children": disabled_children,
        "single_parent": single_parent, "disabled": disabled, "disabled_spouse": disabled_spouse,
        "other_dependants": other_dependants, "dependants_65": dependants_65,
    }  # fmt: skip
    former: Situation | None = Situation.objects.filter(person=person).on(valid_from).first()
    if former is not None and former.valid_from == valid_from:
        for name, value in facts.items():
            setattr(former, name, value)
        former.save(update_fields=[*facts])
        return former
    if former is not None:
        former.valid_until = valid_from
        former.save(update_fields=["valid_until"])
    until = later.valid_from if later is not None else None
    return Situation.objects.create(person=person, valid_from=valid_from, valid_until=until, **facts)


def _refuse_situation(
    subject: Text, household: str, children: int, disabled_children: int, single_parent: bool, disabled_spouse: bool
) -> None:
    if disabled_children > children:
        raise SituationWrong(
            subject=subject,
            reason=_("There are more disabled children than children."),
            remedy=_("Count disabled children among the children as well."),
            field="disabled_children",
        )
    if single_parent and (household != Situation.Household.SINGLE or children == 0):
        raise SituationWrong(
            subject=subject,
            reason=_("A single parent is single and has children."),
            remedy=_("Correct the household or the number of children."),
            field="single_parent",
        )
    if disabled_spouse and household == Situation.Household.SINGLE:
        raise SituationWrong(
            subject=subject,
            reason=_("A single person has no spouse."),
            remedy=_("Correct the household, or leave out the disabled spouse."),
            field="disabled_spouse",
        )
