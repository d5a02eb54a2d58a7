"""Real workers, killed in the middle: every member is paid once, and the books are those of a run without the kill."""

import time
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.db.models import QuerySet

from coop import clock
from coop.ledger import checking
from coop.ledger.models import Entry, Line
from coop.periods import Month
from members.models import Membership, Person, Runs, Status
from payroll import services
from payroll.models import PayrollRun, Payslip
from tests import cast, processes
from tests.cast import at
from tests.payroll import build

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]

OCTOBER = Month(2026, 10)
MEMBERS = 60
PATIENCE = 180


def make_world() -> cast.World:
    """Sixty people share the activity of Aline, each with a contract."""
    world = cast.world()
    build.employer(world.archipel)
    build.money(world, "aline", "900000.00")
    for number in range(MEMBERS):
        person = Person.objects.create(
            group=world.group, first_name=f"P{number:02d}", last_name="Member", sort_name=f"member p{number:02d}",
            email=f"p{number}@partagee.example",
        )  # fmt: skip
        Membership.objects.create(
            person=person, cooperative=world.archipel, status=Status.EMPLOYEE, valid_from=cast.START
        )
        Runs.objects.create(person=person, activity=world.activities["aline"], valid_from=cast.START)
        build.contract(person, world.archipel, gross=f"{1450 + number}.00")
    return world


def wait(done: Callable[[], bool], what: str) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, f"{what} did not happen within {PATIENCE} s"
        time.sleep(0.02)


def books() -> list[tuple]:
    """What the books hold of pay, without what depends on the order of posting."""
    return sorted(
        Line.objects.filter(entry__source="payroll.payslip").values_list(
            "entry__text", "entry__date", "account__number", "activity__code", "amount"
        ),
        key=str,
    )


def test_a_worker_killed_while_it_calculates_and_while_it_posts_pays_everybody_once() -> None:
    world = make_world()
    run = services.open_run(cooperative=world.archipel, month=OCTOBER, on=date(2026, 10, 22), at=clock.now())
    slips = Payslip.objects.filter(member__run=run)  # beat may open the run of the present month too
    with processes.running("beat", "worker") as site:
        services.calculate_run(run=run.pk)
        wait(lambda: slips.exists(), "the first payslip")
        site.kill("worker")
        halfway = slips.count()
        site.start("worker")
        wait(lambda: PayrollRun.objects.get(pk=run.pk).state == PayrollRun.State.CALCULATED, "the calculation")

        services.submit_run(run=run.pk, by=world.elise, at=at("2026-10-26"))
        services.start_approval(run=run.pk, by=world.bruno, on=date(2026, 10, 28), at=at("2026-10-28"))
        wait(lambda: Entry.objects.filter(source="payroll.payslip").exists(), "the first entry")
        site.kill("worker")
        posted = Entry.objects.filter(source="payroll.payslip").count()
        site.start("worker")
        wait(lambda: PayrollRun.objects.get(pk=run.pk).state == PayrollRun.State.APPROVED, "the approval")

    killed = books()
    assert 0 < halfway < MEMBERS, f"the kill came too late to prove anything ({halfway})"
    assert 0 < posted < MEMBERS, f"the kill came too late to prove anything ({posted})"
    assert slips.count() == MEMBERS
    assert slips.filter(state=Payslip.State.APPROVED).count() == MEMBERS
    assert Entry.objects.filter(source="payroll.payslip").count() == MEMBERS
    assert list(checking.faults(world.archipel, clock.now())) == []
    assert killed == expected_books(slips)


def expected_books(slips: QuerySet[Payslip]) -> list[tuple]:
    """The books of the same run without a kill: the same lines, worked out from each payslip by the posting scheme."""
    from coop.entities.models import Activity
    from payroll import journal
    from payroll.engine.figures import Payslip as Figures

    coop = Activity.objects.get(cooperative__code="archipel", kind="cooperative")
    codes = dict(Activity.objects.values_list("pk", "code"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT role, number FROM ledger_account a JOIN entities_cooperative c ON c.id = a.cooperative_id "
                       "WHERE c.code = 'archipel'")  # fmt: skip
        numbers = dict(cursor.fetchall())
    lines = []
    for slip in slips.select_related("entry"):
        pay = journal.result(Figures.from_json(slip.figures))
        bearers = [(share.activity_id, share.weight) for share in slip.shares.all()]
        for line in journal.for_payslip(
            pay, journal.shares(pay.costs, bearers), cooperative=coop.pk, party=coop.pk, item=slip.pk
        ):
            lines.append(
                (slip.entry.text, date(2026, 10, 28), numbers[line.account], codes.get(line.activity), line.amount)
            )
    return sorted(lines, key=str)
