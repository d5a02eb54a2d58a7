"""What the pages of payroll share: who asks, for which cooperatives, and acts of one button."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from coop import clock
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.periods import Month
from members import services as member_services
from members.models import Person, Reading
from payroll import queries


def me(request: HttpRequest) -> Person:
    """Return the person that the user is; 403 for a user who is nobody's."""
    person = queries.person_of(request.user)
    if person is None:
        raise PermissionDenied("salary of nobody")
    return person


def employed_by(request: HttpRequest, person: UUID, cooperative: UUID) -> tuple[Person, Cooperative, bool]:
    """Return a person, an employer, and whether the person is the user; 404 for what is not the user's to see.

    403 when the pay of the employer is not. Whoever reads another's pay leaves a note that the person sees.
    """
    found = get_object_or_404(Person.objects.visible_to(request.user), pk=person)
    employer = get_object_or_404(Cooperative.objects.filter(contracts__person=found).distinct(), pk=cooperative)
    own = found.user_id == request.user.pk
    if not own:
        if not any(visibility.may(request.user, Subject.PAY, right, cooperative=employer.pk) for right in ("r", "m")):
            raise PermissionDenied("pay r")
        member_services.note_reading(person=found, what=Reading.What.PAYSLIP, by=request.user, at=clock.now())
    return found, employer, own


def officer_cooperatives(user: Any) -> list[Cooperative]:
    """Return the cooperatives whose pay a user prepares, by name."""
    ids = visibility.access_of(user).cooperatives_with(Subject.RUNS, "w")
    return list(Cooperative.objects.filter(pk__in=ids).order_by("name"))


def chosen_month(request: HttpRequest) -> Month:
    """Return the month that the address asks for, or this one."""
    try:
        return Month.parse(request.GET.get("month", ""))
    except ValueError:
        return Month.of(clock.today())


def attempt(request: HttpRequest, act: Callable[[], Any], done: str) -> bool:
    """Do an act of one button: say that it is done, or why not; return whether it was done."""
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    messages.success(request, done)
    return True
