"""What payroll tests stand on: the worked example of the domain guide, and people with contracts. Plain functions."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from coop.ledger import posting
from coop.ledger.lines import credit, debit
from coop.periods import Month
from members.models import ContractVersion, EmploymentContract, Situation
from payroll import services
from payroll.models import EmployerTerms, PayrollRun, SalaryOrder
from tests import cast
from tests.cast import at

JULY, AUGUST, SEPTEMBER, OCTOBER = Month(2026, 7), Month(2026, 8), Month(2026, 9), Month(2026, 10)
EUR = Decimal


def employer(cooperative: Any, **options: Any) -> EmployerTerms:
    """Record the terms of the worked example: PC 200, 20 workers or more, insurance 0.30 %, fixed costs 40.00."""
    terms = {
        "valid_from": cast.START, "joint_committee": "200", "headcount_class": "20+", "commercial_purpose": True,
        "onss_number": "0123456789", "cut_off_day": 22, "pay_day": 30, "accident_insurance_rate": EUR("0.003"),
        "fixed_costs": EUR("40.00"), "holiday_provision": "cash", "reduction_policy": "advance",
    }  # fmt: skip
    return EmployerTerms.objects.create(cooperative=cooperative, **{**terms, **options})


def contract(person: Any, cooperative: Any, *, gross: str = "1450.00", hours: str = "19", situation: bool = True,
             since: date = date(2024, 1, 1), experience_from: date = date(2021, 1, 1), scale: str = "C") -> EmploymentContract:  # fmt: skip
    """Give somebody a permanent contract of PC 200 since 2024, with five years of experience, single without children."""
    made = EmploymentContract.objects.create(
        person=person, cooperative=cooperative, valid_from=since, signed_on=since, experience_from=experience_from,
        worker_number=f"{EmploymentContract.objects.filter(cooperative=cooperative).count() + 1:04d}",
    )  # fmt: skip
    ContractVersion.objects.create(
        contract=made, valid_from=since, joint_committee="200", weekly_hours=EUR(hours), full_time_hours=EUR("38"),
        scale_class=scale, gross=EUR(gross),
    )  # fmt: skip
    if situation and not Situation.objects.filter(person=person).exists():
        Situation.objects.create(person=person, valid_from=cast.START, household="single")
    return made


def opening(
    made: EmploymentContract, month: Month, *, gross: str = "1450.00", reduction: str = "114.93", hours: str = "19"
) -> None:
    """Record a month paid before the product came."""
    services.record_opening(
        contract=made, month=month, gross=EUR(gross), hours=EUR(hours), full_time_hours=EUR("38"),
        reduction=EUR(reduction), special_contribution=EUR("0.00"), on=date(2026, 9, 1), by=None,
    )  # fmt: skip


@transaction.atomic
def money(world: cast.World, name: str, amount: str, on: date = date(2026, 9, 1), key: str = "") -> None:
    """Give an activity collected money, carried forward from earlier years."""
    activity = world.activities[name]
    posting.post(
        cooperative=activity.cooperative, journal="AN", on=on, text="Opening", source="test.opening",
        source_key=f"{name}{key}",
        lines=[
            debit("carried_forward", EUR(amount), activity=world.coop_of(activity.cooperative).pk),
            credit("carried_forward", EUR(amount), activity=activity.pk),
        ],
    )  # fmt: skip


def order(world: cast.World, name: str, amount: str, target: str = "gross", month: Month = SEPTEMBER) -> SalaryOrder:
    """Let somebody order a salary on 22 September 2026."""
    return services.submit_order(
        person=world.people[name], cooperative=world.archipel, month=month, target=target, amount=EUR(amount),
        by=world.users[name], on=date(2026, 9, 22), at=at("2026-09-22 10:00"),
    )  # fmt: skip


def approved_order(world: cast.World, name: str, amount: str, target: str = "gross") -> SalaryOrder:
    """Let somebody order a salary and Élise approve it."""
    made = order(world, name, amount, target)
    return services.approve_order(order=made.pk, by=world.elise, on=date(2026, 9, 22), at=at("2026-09-22 11:00"))


def calculated(cooperative: Any, month: Month = SEPTEMBER, by: Any = None) -> PayrollRun:
    """Open and calculate a run, as the worker would."""
    run = services.open_run(
        cooperative=cooperative, month=month, on=month.day(22), at=at(f"{month.day(22)} 20:00"), by=by
    )
    while services.calculate_members(run=run.pk, at=at(f"{month.day(22)} 20:01")):
        pass
    run.refresh_from_db()
    return run


def approved(world: cast.World, month: Month = SEPTEMBER) -> PayrollRun:
    """Open, calculate, submit (Élise) and approve (Bruno) the run of a month."""
    return approve(world, calculated(world.archipel, month), on=month.day(28))


def approve(world: cast.World, run: PayrollRun, *, on: date) -> PayrollRun:
    """Submit (Élise) and approve (Bruno) a calculated run; on the last day of a quarter it settles the quarter."""
    month = Month.of(run.month)
    services.submit_run(run=run.pk, by=world.elise, at=at(f"{month.day(26)} 10:00"))
    return services.approve_run(run=run.pk, by=world.bruno, on=on, at=at(f"{on} 10:00"))
