"""Payments beside the month's pay: who is due one, what it rests on, what pays for it, and that the books and lists hold."""

from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import translation

from coop import guards
from coop.documents.models import Document
from coop.errors import Refused
from coop.ledger import queries as ledger_queries
from coop.ledger.models import Entry, OpenItem
from coop.ledger.text import journal_text
from coop.periods import Month
from coop.transitions import TransitionRefused
from members.models import ContractVersion, EmploymentContract, Situation
from payroll import exceptional_facts, queries, services
from payroll import paid as declared
from payroll.models import GivenFacts, PayrollRun, Payslip, QuarterSettlement, RunMember
from payroll.services import exceptional, exceptional_rows, runs
from tests import books, cast
from tests.cast import at
from tests.payroll import build

OCTOBER, NOVEMBER, DECEMBER = Month(2026, 10), Month(2026, 11), Month(2026, 12)
EUR = Decimal


def make_world(*, months: tuple[Month, ...] = (OCTOBER,)) -> cast.World:
    """Lina (half time, 1450.00) and Aline (2900.00) are paid for some months."""
    world = cast.world()
    build.employer(world.archipel)
    for name, gross, hours in (("aline", "2900.00", "38"), ("lina", "1450.00", "19")):
        build.contract(world.people[name], world.archipel, gross=gross, hours=hours)
        build.money(world, name, "60000.00")
    for month in months:
        build.approved(world, month)
    return world


@pytest.fixture
def world(db: None) -> cast.World:
    """October is paid."""
    return make_world()


def opened(world: cast.World, nature: str, month: Month, *, by: Any = None) -> PayrollRun:
    """Let Élise open an exceptional run, and calculate it as the worker would."""
    moment = at(f"{month.day(15)} 10:00")
    run = services.open_exceptional_run(
        cooperative=world.archipel, nature=nature, month=month, at=moment, by=by or world.elise
    )
    return recalculated(run)


def recalculated(run: PayrollRun) -> PayrollRun:
    """Calculate what is to do in a run."""
    while services.calculate_members(run=run.pk, at=at(f"{run.month.replace(day=15)} 10:01")):
        pass
    run.refresh_from_db()
    return run


def approved(world: cast.World, run: PayrollRun, *, day: int = 16) -> PayrollRun:
    """Let Élise submit a run and Bruno approve it."""
    on = Month.of(run.month).day(day)
    services.submit_run(run=run.pk, by=world.elise, at=at(f"{on} 09:00"))
    return services.approve_run(run=run.pk, by=world.bruno, on=on, at=at(f"{on} 10:00"))


def paid(world: cast.World, nature: str, month: Month) -> PayrollRun:
    """Carry an exceptional run from its opening to its approval."""
    return approved(world, opened(world, nature, month))


def slip(world: cast.World, nature: str, name: str = "lina") -> Payslip:
    """The payment of somebody that counts."""
    return Payslip.objects.paid().get(person=world.people[name], nature=nature)


def amounts(payslip: Payslip) -> dict[str, Decimal]:
    """The amounts of a payslip by code."""
    return {figure.code: figure.amount for figure in queries.figures_of(payslip).figures}


def row(run: PayrollRun, world: cast.World, name: str = "lina") -> RunMember:
    """The row of somebody in a run."""
    return run.members.get(contract__person=world.people[name])


def faults(world: cast.World) -> list[str]:
    """What check_books would say of Archipel."""
    return books.faults(world.archipel, at("2026-12-31"))


def leaves(world: cast.World, name: str, last: date) -> EmploymentContract:
    """End the contract of somebody; ``last`` is its last day."""
    contract = EmploymentContract.objects.get(person=world.people[name])
    end = date.fromordinal(last.toordinal() + 1)
    EmploymentContract.objects.filter(pk=contract.pk).update(valid_until=end)
    ContractVersion.objects.filter(contract=contract, valid_until__isnull=True).update(valid_until=end)
    contract.refresh_from_db()
    return contract


# --- from provision to payment ----------------------------------------------------------------------------------------


def test_the_end_of_year_premium_uses_up_what_was_set_aside_and_the_activity_bears_the_rest(world: cast.World) -> None:
    build.approved(world, NOVEMBER)
    build.approved(world, DECEMBER)

    paid(world, "end_of_year_premium", DECEMBER)

    found = slip(world, "end_of_year_premium")
    print(journal_text(Entry.objects.filter(pk=found.entry_id)))
    assert faults(world) == []
