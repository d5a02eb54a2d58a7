"""The pages of days: the month of a member, the month of all, the usual week, public holidays, the time on a payslip."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pikepdf
import pytest
import time_machine
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from coop.periods import Month
from members.models import Reading
from payroll import documents, services, worktime
from payroll.absences import Kind
from payroll.models import HolidayChoice, Payslip, UsualWeek, WorkDay
from tests import cast
from tests.cast import at
from tests.payroll import build

pytestmark = pytest.mark.django_db
OCTOBER = Month(2026, 10)


@pytest.fixture
def world() -> cast.World:
    """Aline (full time) and Lina (half time) are employed, with money on their activities."""
    world = cast.world()
    build.employer(world.archipel)
    for name, gross, hours in (("aline", "2900.00", "38"), ("lina", "1450.00", "19")):
        build.contract(world.people[name], world.archipel, gross=gross, hours=hours)
        build.money(world, name, "60000.00")
    return world


@pytest.fixture(autouse=True)
def today() -> Any:
    """It is noon on 6 October 2026."""
    with time_machine.travel("2026-10-06 12:00:00+02:00", tick=False):
        yield


def browse(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def own(month: Month = OCTOBER) -> str:
    return reverse("payroll:days_month", args=[month])


def of(world: cast.World, name: str = "lina", month: Month = OCTOBER) -> str:
    return reverse("payroll:days_contract", args=[world.people[name].contracts.get().pk, month])


def pages(payslip: Payslip) -> int:
    """Count the pages of the document of a payslip."""
    return len(pikepdf.open(io.BytesIO(documents.build(payslip.document))).pages)


def test_a_member_taps_a_day_and_enters_it(world: cast.World) -> None:
    client = browse(world.lina)
    page = client.get(f"{own()}?day=2026-10-08").content.decode()
    assert 'value="08/10/2026"' in page
    assert "?cooperative=archipel&amp;day=2026-10-09#entry" in page

    answer = client.post(own(), {"first": "08/10/2026", "kind": "holiday", "cooperative": "archipel"}, follow=True)

    page = answer.content.decode()
    assert "Days entered: 1." in page
    assert "8 October 2026: Holiday 3.8 h" in page
    assert WorkDay.objects.get().parts == "holiday:3.80"
    assert "19 days (72.2 h)" in page  # of 20 left
    page = client.post(own(), {"first": "08/10/2026", "kind": "usual"}, follow=True).content.decode()
    assert "as usual again" in page
    assert not WorkDay.objects.exists()


def test_a_refused_entry_keeps_what_was_typed_and_says_why(world: cast.World) -> None:
    answer = browse(world.lina).post(
        own(), {"first": "08/10/2026", "last": "09/10/2026", "kind": "sickness", "hours": "9,5"}
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="9,5"' in page
    assert 'value="09/10/2026"' in page
    assert "Sickness make 9.5 hours on 8 October 2026, of which 3.8 are usually worked." in page
    assert not WorkDay.objects.exists()


def test_negative_hours_are_refused_in_the_same_way(world: cast.World) -> None:
    answer = browse(world.lina).post(own(), {"first": "08/10/2026", "kind": "work", "hours": "-2"})

    assert answer.status_code == 422
    assert "8 October 2026 are not above zero" in answer.content.decode()


def test_a_member_is_not_offered_what_a_certificate_decides_and_the_officer_is(world: cast.World) -> None:
    assert "another illness (certificate)" not in browse(world.lina).get(own()).content.decode()
    assert "another illness (certificate)" in browse(world.elise).get(of(world)).content.decode()
    answer = browse(world.lina).post(own(), {"first": "08/10/2026", "kind": "sickness_new"})
    assert answer.status_code == 422


def test_unpaid_days_and_a_long_sickness_say_what_they_do(world: cast.World) -> None:
    client = browse(world.lina)
    client.post(own(), {"first": "05/10/2026", "last": "09/10/2026", "kind": "unpaid"})
    client.post(own(), {"first": "12/10/2026", "last": "20/11/2026", "kind": "sickness"})

    page = client.get(own()).content.decode()

    assert "5 working days of this month are not paid" in page
    assert "€1,120.45 gross" in page
    assert "The employer pays it until 10 November 2026 at the latest" in page
    assert "8 working days of this month are not paid" in client.get(own(Month(2026, 11))).content.decode()


def test_one_unpaid_day_is_said_in_the_singular(world: cast.World) -> None:
    client = browse(world.lina)

    client.post(own(), {"first": "05/10/2026", "kind": "unpaid"})

    assert "1 working day of this month is not paid" in client.get(own()).content.decode()


def test_days_of_a_paid_month_are_shown_and_no_longer_entered(world: cast.World) -> None:
    build.approved(world, OCTOBER)

    page = browse(world.lina).get(own()).content.decode()

    assert "The pay of October 2026 is approved." in page
    assert "a later change is a correction run" in page
    assert "#entry" not in page
    assert "Tap a day" not in page
    assert "0 days (0 h)" in page
    answer = browse(world.lina).post(own(), {"first": "08/10/2026", "kind": "holiday"})
    assert answer.status_code == 422


def test_somebody_without_a_contract_reads_that_there_is_nothing_to_enter(world: cast.World) -> None:
    assert "no employment contract" in browse(world.hugo).get(own()).content.decode()


def test_the_payroll_officer_sees_all_corrects_one_and_each_person_sees_the_reading(world: cast.World) -> None:
    browse(world.lina).post(own(), {"first": "08/10/2026", "kind": "sickness"})
    client = browse(world.elise)

    page = client.get(reverse("payroll:days_team_month", args=[OCTOBER])).content.decode()
    assert "Sickness 1" in page
    assert "Aline Dubois" in page
    assert list(Reading.objects.values_list("person__first_name", "what")) == [("Lina", "days")]

    client.post(of(world), {"first": "08/10/2026", "kind": "holiday"})
    assert WorkDay.objects.get().parts == "holiday:3.80"
    assert WorkDay.objects.get().entered_by == world.elise


def test_the_file_of_a_month_holds_a_row_per_member_and_kind(world: cast.World) -> None:
    browse(world.lina).post(own(), {"first": "05/10/2026", "last": "09/10/2026", "kind": "unpaid"})

    content = (
        browse(world.elise).get(reverse("payroll:days_team_file", args=[OCTOBER, "csv"])).content.decode("utf-8-sig")
    )

    rows = list(csv.reader(io.StringIO(content), delimiter=";"))
    assert rows[0][:5] == ["Member", "Worker number", "Hours a week", "Kind", "Paid by the employer"]
    assert [(row[0], row[3], row[4], row[5], row[6], row[7]) for row in rows[1:]] == [
        ("Aline Dubois", "Worked", "yes", "1", "22,00", "167,20"),
        ("Lina Maes", "Worked", "yes", "1", "17,00", "64,60"),
        ("Lina Maes", "Unpaid leave", "no", "30", "5,00", "19,00"),
    ]
    workbook = browse(world.elise).get(reverse("payroll:days_team_file", args=[OCTOBER, "xlsx"]))
    assert workbook.content[:2] == b"PK"


def test_the_usual_week_and_a_public_holiday_are_recorded_by_the_payroll_officer(world: cast.World) -> None:
    client = browse(world.elise)
    pk = world.people["lina"].contracts.get().pk
    week = {"valid_from": "01/10/2026", "monday": "7,6", "tuesday": "7,6", "wednesday": "3,8"}

    refused = client.post(reverse("payroll:days_week", args=[pk]), {**week, "wednesday": "4"})
    assert refused.status_code == 422
    assert "19.2 hours" in refused.content.decode()
    assert client.post(reverse("payroll:days_week", args=[pk]), week).status_code == 302
    assert UsualWeek.objects.get().hours[:3] == [Decimal("7.60"), Decimal("7.60"), Decimal("3.80")]

    address = reverse("payroll:holiday_list", args=[2026])
    refused = client.post(address, {"holiday": "2026-11-01", "taken_on": "26/12/2026"})
    assert refused.status_code == 422
    assert 'value="26/12/2026"' in refused.content.decode()
    assert client.post(address, {"holiday": "2026-11-01", "taken_on": "24/12/2026"}).status_code == 302
    assert HolidayChoice.objects.get().taken_on == date(2026, 12, 24)
    assert "24 December 2026" in client.get(address).content.decode()


def test_a_payslip_shows_days_and_hours_by_kind_when_something_was_entered(world: cast.World) -> None:
    services.enter_days(
        contract=world.people["lina"].contracts.get().pk, first=date(2026, 10, 8), last=date(2026, 10, 8),
        kind=Kind.HOLIDAY, hours=None, by=world.lina, at=at("2026-10-08"),
    )  # fmt: skip
    build.approved(world, OCTOBER)
    lina = Payslip.objects.paid().get(person=world.people["lina"])
    aline = Payslip.objects.paid().get(person=world.people["aline"])

    page = browse(world.lina).get(reverse("payroll:payslip_detail", args=[lina.pk])).content.decode()
    assert "Days and hours of the month" in page
    assert "Holiday" in page
    other = browse(world.aline).get(reverse("payroll:payslip_detail", args=[aline.pk])).content.decode()
    assert "Days and hours of the month" not in other

    with translation.override("en"):
        context = documents.context_of(lina)
        html = render_to_string(documents.TEMPLATE, {**context, "language": "en"})
        totals = context["performance"]
    assert "Worked: 21 days, 79.8 h" in html
    assert "Holiday: 1 day, 3.8 h" in html
    assert [(one.kind, one.days, one.hours) for one in totals] == [
        (Kind.WORK, Decimal("21.00"), Decimal("79.80")),
        (Kind.HOLIDAY, Decimal("1.00"), Decimal("3.80")),
    ]
    assert worktime.performance_of(aline) == ()
    assert pages(lina) == pages(aline), "the days push a line to another page"


def test_the_dmfa_lists_days_and_hours_by_service_code(world: cast.World) -> None:
    browse(world.lina).post(own(), {"first": "05/10/2026", "last": "13/11/2026", "kind": "sickness"})

    page = browse(world.elise).get(reverse("payroll:dmfa", args=[Month(2026, 12)])).content.decode()

    assert "Sickness after the guaranteed pay" in page
    assert "<td>50</td>" in page
