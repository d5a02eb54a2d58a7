"""Days of the demonstration: each month somebody takes a week of holiday, and somebody else is ill for two days."""

from datetime import date, timedelta

from coop.demo import steps
from coop.demo.cast import Member
from coop.demo.world import World
from coop.entities.models import Cooperative
from coop.periods import Month
from members.models import EmploymentContract
from payroll import services
from payroll.absences import Kind

MONDAY, TUESDAY, WEEK = 0, 1, 7
FROM_ILL, FROM_AWAY, APART = 1, 8, 3


def play(world: World, cooperative: Cooperative, month: Month, employees: list[Member]) -> None:
    """Let two employees, others each month, enter their days once they are over."""
    ill, away = _first(month, FROM_ILL, TUESDAY), _first(month, FROM_AWAY, MONDAY)
    _enter(world, cooperative, employees[(month.number + APART) % len(employees)], Kind.SICKNESS, ill, 2)
    _enter(world, cooperative, employees[month.number % len(employees)], Kind.HOLIDAY, away, 5)


def _first(month: Month, number: int, weekday: int) -> date:
    day = month.day(number)
    return day + timedelta(days=(weekday - day.weekday()) % WEEK)


def _enter(world: World, cooperative: Cooperative, member: Member, kind: Kind, first: date, days: int) -> None:
    last = first + timedelta(days=days - 1)
    if world.reference_day < last:
        return
    contract = EmploymentContract.objects.filter(cooperative=cooperative, person__email=member.email).latest(
        "valid_from"
    )
    services.enter_days(
        contract=contract.pk,
        first=first,
        last=last,
        kind=kind,
        hours=None,
        by=steps.user(member.name),
        at=world.at(last),
    )
