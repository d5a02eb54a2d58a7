"""Facts recorded after the pay of their month: kept from their real day, nothing paid changes, each payslip is named."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from coop import todo
from coop.entities.models import PeriodLock
from coop.ledger import services as ledger
from coop.periods import Month
from members import consequences
from members import services as members
from members.models import LateFact, Situation
from payroll import concerned, services
from payroll.models import Payslip
from tests import cast
from tests.cast import at
from tests.payroll import build

pytestmark = pytest.mark.django_db
ON = date(2026, 12, 10)
NOVEMBER = Month(2026, 11)
BORN = date(2026, 10, 1)


@pytest.fixture(autouse=True)
def today():
    """It is noon on 10 December 2026."""
    with time_machine.travel("2026-12-10 12:00:00+01:00", tick=False):
        yield


@pytest.fixture
def world() -> cast.World:
    """Lina and Aline are paid for October and November 2026, both locked."""
    world = cast.world()
    build.employer(world.archipel)
    for name, gross, hours in (("aline", "2900.00", "38"), ("lina", "2900.00", "38")):
        build.contract(world.people[name], world.archipel, gross=gross, hours=hours)
        build.money(world, name, "60000.00")
    for month in (build.OCTOBER, NOVEMBER):
        build.approved(world, month)
        ledger.lock_period(
            cooperative=world.archipel, month=month, kind=PeriodLock.Kind.PAYROLL, by=None, at=at(f"{month.last}")
        )
    return world


def record(world: cast.World, *, late_reason: str = "", valid_from: date = BORN, by: Any = None) -> Situation:
    """Record that Lina has a child."""
    return members.record_situation(
        person=world.people["lina"], valid_from=valid_from, household="single", children=1, single_parent=True,
        late=members.Late(late_reason, at("2026-12-10 12:00")), by=by or world.elise,
    )  # fmt: skip


def named(world: cast.World, user: Any = None) -> list[tuple[str, str]]:
    """Who is named, and for which month."""
    return [
        (str(one.payslip.person), str(Month.of(one.payslip.month)))
        for one in concerned.list_concerned(user or world.elise, on=ON)
    ]


def test_without_a_reason_it_is_refused_and_the_remedy_asks_for_it(world: cast.World) -> None:
    with pytest.raises(members.MonthAlreadyPaid) as refused:
        record(world)

    assert "Lina Maes" in str(refused.value.subject)
    assert refused.value.field == "late_reason"
    assert "only now" in str(refused.value.remedy)
    assert not LateFact.objects.exists()


def test_with_the_reason_it_holds_from_its_real_day_and_nothing_paid_changes(world: cast.World) -> None:
    before = list(Payslip.objects.order_by("pk").values())

    situation = record(world, late_reason="The birth certificate came in December.")

    assert situation.valid_from == BORN
    late = LateFact.objects.get()
    assert (late.person, late.cooperative, late.valid_from) == (world.people["lina"], world.archipel, BORN)
    assert (late.recorded_by, late.reason) == (world.elise, "The birth certificate came in December.")
    assert list(Payslip.objects.order_by("pk").values()) == before


def test_each_payslip_concerned_is_named_and_no_other(world: cast.World) -> None:
    assert named(world) == []

    record(world, late_reason="The certificate came late.")

    assert named(world) == [("Lina Maes", "2026-10"), ("Lina Maes", "2026-11")]


def test_a_child_born_within_a_month_concerns_the_next_one(world: cast.World) -> None:
    record(world, late_reason="The certificate came late.", valid_from=date(2026, 10, 14))

    assert named(world) == [("Lina Maes", "2026-11")]


def test_a_payslip_that_was_corrected_is_no_longer_named(world: cast.World) -> None:
    record(world, late_reason="The certificate came late.")
    old = Payslip.objects.paid().get(person=world.people["lina"], month=build.OCTOBER.first)
    gross, hours = concerned.due_now(old)

    run = services.open_correction(
        payslip=old.pk, gross=gross, hours=hours, reason=concerned.reason_of(old), by=world.elise,
        at=at("2026-12-10 12:10"),
    )  # fmt: skip
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-12-10 12:30"))
    services.approve_run(run=run.pk, by=world.bruno, on=ON, at=at("2026-12-10 13:00"))

    assert run.reason == "The certificate came late."
    new = Payslip.objects.paid().get(person=world.people["lina"], month=build.OCTOBER.first)
    assert new.net > old.net
    assert named(world) == [("Lina Maes", "2026-11")]


def test_a_wage_raised_late_names_the_gross_that_is_due(world: cast.World) -> None:
    contract = world.people["aline"].contracts.get()

    members.amend_contract(
        contract=contract, valid_from=date(2026, 11, 1), signed_on=date(2026, 10, 20), gross=Decimal("3000.00"),
        late=members.Late("The amendment lay in another drawer.", at("2026-12-10 12:00")), by=world.elise,
    )  # fmt: skip

    assert named(world) == [("Aline Dubois", "2026-11")]
    payslip = Payslip.objects.paid().get(person=world.people["aline"], month=NOVEMBER.first)
    assert concerned.due_now(payslip) == (Decimal("3000.00"), Decimal("38.00"))


def test_a_situation_recorded_late_holds_until_the_one_that_is_there_already(world: cast.World) -> None:
    members.record_situation(
        person=world.people["lina"], valid_from=date(2026, 12, 1), household="single", children=2, single_parent=True,
        by=world.elise,
    )  # fmt: skip

    made = record(world, late_reason="The certificate came late.")

    assert (made.valid_from, made.valid_until) == (BORN, date(2026, 12, 1))
    assert Situation.objects.filter(person=world.people["lina"]).on(date(2026, 12, 1)).get().children == 2
    assert Situation.objects.filter(person=world.people["lina"]).on(date(2026, 9, 30)).get().children == 0


def test_a_fact_of_an_approved_month_that_is_not_locked_is_told_on_the_file(world: cast.World) -> None:
    december = NOVEMBER.plus(1)
    build.approved(world, december)
    members.record_situation(
        person=world.people["lina"], valid_from=december.first, household="single", children=1, single_parent=True,
        by=world.elise,
    )  # fmt: skip

    (told,) = consequences.consequences_of(world.elise, world.people["lina"], ON)

    assert told.label == "Payslip of December 2026"
    assert not LateFact.objects.exists()
    assert consequences.consequences_of(world.elise, world.people["aline"], ON) == []
    assert consequences.consequences_of(world.lina, world.people["lina"], ON) == []


def test_it_waits_on_the_home_of_the_officer_until_it_is_corrected(world: cast.World) -> None:
    def waiting(user: Any) -> list[todo.Task]:
        return [one.task for one in todo.tasks_of(user, ON) if one.task.kind == "paid_on_other_facts"]

    assert waiting(world.elise) == []

    record(world, late_reason="The certificate came late.")

    (task,) = waiting(world.elise)
    assert task.count == 2
    assert waiting(world.lina) == waiting(world.bruno) == []
    client = Client()
    client.force_login(world.elise)
    assert "The certificate came late." in client.get(task.url).content.decode()


def test_only_who_writes_pay_records_it_and_only_who_prepares_pay_is_told(world: cast.World) -> None:
    with pytest.raises(PermissionDenied):
        record(world, late_reason="The certificate came late.", by=world.amina)

    record(world, late_reason="The certificate came late.")

    assert named(world, world.bruno) == []
    assert named(world, world.lina) == []


def test_the_database_keeps_the_reason_and_never_changes_it(world: cast.World) -> None:
    record(world, late_reason="The certificate came late.")

    with pytest.raises(Exception, match="append|never|change"), transaction.atomic():
        LateFact.objects.update(reason="Another reason.")
    with pytest.raises(IntegrityError, match="late_fact_has_reason"), transaction.atomic():
        LateFact.objects.create(
            person=world.people["lina"], cooperative=world.archipel, what="situation", valid_from=BORN, reason="",
            recorded_at=at("2026-12-10 12:00"),
        )  # fmt: skip


def test_the_form_asks_for_the_reason_when_the_month_is_paid_then_names_the_payslips(world: cast.World) -> None:
    client = Client()
    client.force_login(world.elise)
    lina = world.people["lina"]
    address = reverse("members:situation_new", kwargs={"person": lina.pk})
    typed = {
        "valid_from": "2026-10-01", "household": "single", "children": "1", "disabled_children": "0", "single_parent": "on",
        "other_dependants": "0", "dependants_65": "0",
    }  # fmt: skip

    first = client.get(address)
    asked = client.post(address, typed)
    done = client.post(address, {**typed, "late_reason": "The certificate came late."}, follow=True)

    assert "late_reason" not in first.content.decode()
    assert asked.status_code == 422
    assert 'name="late_reason"' in asked.content.decode()
    text = done.content.decode()
    october = Payslip.objects.paid().get(person=lina, month=build.OCTOBER.first)
    assert "Paid on other facts" in text
    assert "Payslip of October 2026" in text
    assert reverse("payroll:payslip_correct", args=[october.pk]) in text
    assert "The certificate came late." in text
    correction = client.get(reverse("payroll:payslip_correct", args=[october.pk])).content.decode()
    assert "The certificate came late." in correction
    checks = client.get(reverse("payroll:pay_checks"), {"cooperative": "archipel"}).content.decode()
    assert reverse("payroll:payslip_correct", args=[october.pk]) in checks
