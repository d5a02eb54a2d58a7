"""A payroll run, from the opened run to the last stored payslip, against bare WeasyPrint on the same pages (B1)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.template.loader import render_to_string
from django.utils import translation

from coop.entities.models import Activity
from coop.periods import Month
from members.models import Membership, Person, Runs, Status
from payroll import documents
from payroll.models import PayrollRun, Payslip
from tests import cast
from tests.bench import bench_documents
from tests.bench.measuring import Row, in_turn
from tests.bench.sizes import Size
from tests.payroll import build

FIRST = Month(2026, 1)


def measure(size: Size, world: cast.World) -> Iterator[Row]:
    """Measure a run per round, each of the next month, in one process."""
    employees(world, size.members)
    bare = bench_documents.Bare("pdf/payslip.css")
    run_month(world, FIRST)
    pages = [html_of(payslip) for payslip in payslips(FIRST)]
    bare.tuned(pages[0])
    times = in_turn(
        {
            "run": lambda number: run_month(world, FIRST.plus(number + 1)),
            "tuned": lambda _round: [bare.tuned(page) for page in pages],
            "naive": lambda _round: [bare.naive(page) for page in pages],
        },
        rounds=size.long_rounds,
        baseline="tuned",
    )
    subject, parts = "payroll_run", len(pages)
    yield times.row(
        subject, "whole run with its PDFs ÷ bare tuned WeasyPrint, same pages", "run", "tuned", parts=parts,
        goal=Decimal("1.05"),
    )  # fmt: skip
    yield times.row(
        subject, "whole run with its PDFs ÷ bare naive WeasyPrint, same pages", "run", "naive", parts=parts,
        goal=Decimal("0.80"),
    )  # fmt: skip


def employees(world: cast.World, number: int) -> None:
    """Give Archipel employees under contract, Aline among them, each with an activity."""
    build.employer(world.archipel)
    build.contract(world.people["aline"], world.archipel)
    for place in range(number):
        person = Person.objects.create(
            group=world.group, first_name="Member", last_name=f"{place:03d}", sort_name=f"{place:03d} member",
            email=f"member{place}@partagee.example", language=("fr", "nl", "en")[place % 3], street="Rue du Test 2",
            postcode="1000", town="Bruxelles",
        )  # fmt: skip
        Membership.objects.create(
            person=person, cooperative=world.archipel, status=Status.EMPLOYEE, valid_from=cast.START
        )
        activity = Activity.objects.create(
            cooperative=world.archipel, code=f"M-{place:03d}", name=f"Activity {place}", opened_on=cast.START
        )
        Runs.objects.create(person=person, activity=activity, valid_from=cast.START)
        build.contract(person, world.archipel, gross=f"{1450 + 7 * place}.00", since=date(2024, 1, 1))


def run_month(world: cast.World, month: Month) -> PayrollRun:
    """Carry the run of a month from its opening to its last stored document."""
    run = build.approved(world, month)
    bench_documents.make(payslips(month))
    return run


def payslips(month: Month) -> list[Payslip]:
    """Return the payslips of a month."""
    return list(Payslip.objects.filter(month=month.first).order_by("pk"))


def html_of(payslip: Payslip) -> str:
    """Return the page that the document of a payslip is made of."""
    with translation.override(payslip.person.language):
        context = documents.context_of(payslip)
        return render_to_string(documents.TEMPLATE, {**context, "language": payslip.person.language})
