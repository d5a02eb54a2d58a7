"""The lists of declarations: each figure from its payslips, each sum beside the books, each difference named."""

import csv
import io
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.db import transaction
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from coop.ledger import posting
from coop.ledger.lines import credit, debit
from coop.ledger.models import Line
from coop.periods import Month
from members.models import Reading
from payroll import declarations, paid
from payroll.declarations import Employment
from payroll.models import Payslip
from tests import cast
from tests.payroll import build

EUR = Decimal
QUARTER = (build.JULY, build.SEPTEMBER)


@pytest.fixture
def world(db) -> cast.World:
    """Lina and Aline are paid in July to September 2026, with reductions advanced; the quarter is settled."""
    world = cast.world()
    build.employer(world.archipel)
    for name, gross, hours in (("lina", "1450.00", "19"), ("aline", "3000.00", "38")):
        build.contract(world.people[name], world.archipel, gross=gross, hours=hours)
        build.money(world, name, "60000.00", on=date(2026, 7, 1))
    person = world.people["lina"]
    person.niss = "85073003328"
    person.save(update_fields=["niss"])
    for month in (build.JULY, build.AUGUST):
        build.approved(world, month)
    build.approve(world, build.calculated(world.archipel), on=date(2026, 9, 30))
    return world


@pytest.fixture(autouse=True)
def today():
    """It is noon on 3 October 2026."""
    with time_machine.travel("2026-10-03 12:00:00+02:00", tick=False):
        yield


def browse(user) -> Client:
    """Log somebody in."""
    client = Client()
    client.force_login(user)
    return client


def owed(world: cast.World, role: str, **dates: object) -> Decimal:
    """What pay puts on an account of the chart, as a debt."""
    lines = Line.objects.filter(cooperative=world.archipel, account__role=role, entry__journal__code="SAL", **dates)
    return -(lines.aggregate(total=Sum("amount"))["total"] or EUR("0"))


@transaction.atomic
def by_hand(world: cast.World, role: str, amount: str, on: date) -> None:
    """Post an entry that no payslip explains: somebody corrects an account by hand."""
    coop = world.coop_of(world.archipel).pk
    posting.post(
        cooperative=world.archipel, journal="OD", on=on, text="By hand", source="test.by_hand", source_key=str(uuid4()),
        lines=[debit("gross_pay", EUR(amount), activity=coop), credit(role, EUR(amount))],
    )  # fmt: skip


def test_the_return_274_adds_up_the_payslips_of_a_month_and_equals_the_books(world: cast.World) -> None:
    rows = paid.paid_in(world.elise, world.archipel.pk, build.AUGUST, build.AUGUST)
    table = declarations.withholding(rows)
    check = paid.withholding_check(world.archipel.pk, rows, build.AUGUST, build.AUGUST)
    page = browse(world.elise).get(reverse("payroll:withholding", args=[build.AUGUST])).content.decode()

    booked = owed(world, "withholding_tax", date__gte=date(2026, 8, 1), date__lte=date(2026, 8, 31))
    assert check.agrees
    assert check.listed == check.booked == table.totals.cells[3].value == booked > 0
    assert table.totals.cells[2].value == sum(one.amount("taxable") for one in rows)
    for slip in Payslip.objects.filter(month=build.AUGUST.first):
        assert page.count(reverse("payroll:payslip_detail", args=[slip.pk])) == 2
    assert "equal to the cent" in page
    assert "15 September 2026" in page


def test_what_the_payslips_do_not_explain_is_named_by_its_entry(world: cast.World) -> None:
    by_hand(world, "withholding_tax", "12.34", date(2026, 8, 20))
    by_hand(world, "social_security", "5.00", date(2026, 9, 20))

    month = browse(world.elise).get(reverse("payroll:withholding", args=[build.AUGUST])).content.decode()
    other = browse(world.elise).get(reverse("payroll:withholding", args=[build.JULY])).content.decode()
    quarter = browse(world.elise).get(reverse("payroll:dmfa", args=[build.SEPTEMBER])).content.decode()

    assert "a difference of €12.34" in month
    assert "By hand" in month
    assert "equal to the cent" in other
    assert "a difference of €5.00" in quarter


def test_a_payslip_missing_from_the_list_is_a_difference(world: cast.World) -> None:
    rows = paid.paid_in(world.elise, world.archipel.pk, build.AUGUST, build.AUGUST)
    left_out = next(one for one in rows if one.amount("withholding_tax"))

    check = paid.withholding_check(
        world.archipel.pk, [one for one in rows if one is not left_out], build.AUGUST, build.AUGUST
    )

    assert [(one.entry, one.amount) for one in check.differences] == [
        (left_out.entry, left_out.amount("withholding_tax"))
    ]


def test_a_reversed_payslip_is_out_of_its_month_and_its_reversal_disturbs_no_other(world: cast.World) -> None:
    slip = Payslip.objects.get(person=world.people["aline"], month=build.AUGUST.first)
    with transaction.atomic():
        posting.reverse(entry=slip.entry, on=date(2026, 9, 30), text="Reversed")
        Payslip.objects.filter(pk=slip.pk).update(state=Payslip.State.REVERSED)

    pages = [
        browse(world.elise).get(reverse("payroll:withholding", args=[month])).content.decode()
        for month in (build.AUGUST, build.SEPTEMBER)
    ]
    quarter = browse(world.elise).get(reverse("payroll:dmfa", args=[build.SEPTEMBER])).content.decode()

    assert all("equal to the cent" in page for page in [*pages, quarter])
    assert "Aline Dubois" not in pages[0]
    assert "Aline Dubois" in pages[1]


def test_the_dmfa_of_a_quarter_equals_what_is_owed_to_social_security(world: cast.World) -> None:
    workers = paid.workers_in(world.elise, world.archipel.pk, *QUARTER)
    table = declarations.dmfa(workers)
    check = paid.dmfa_check(world.archipel.pk, workers, *QUARTER)
    by_code = {head.code: table.totals.cells[place].value for place, head in enumerate(table.heads) if head.code}
    lina = next(row for row in table.rows if row.person == world.people["lina"].pk)

    assert check.agrees
    assert check.listed == check.booked == table.totals.cells[-2].value == owed(world, "social_security") > 0
    assert {"495", "809", "810", "831", "859", "255", "256", "0001", "3000"} == set(by_code)
    slips = Payslip.objects.filter(cooperative=world.archipel)
    assert by_code["3000"] == -slips.aggregate(total=Sum("reduction"))["total"] < 0
    assert by_code["0001"] < 0
    assert [cell.value for cell in lina.cells[3:8]] == [
        "495", EUR("19.00"), EUR("38"), EUR("247.00"), EUR("4350.00"),
    ]  # fmt: skip
    assert [link.payslip for link in lina.cells[-1].links] == list(
        slips.filter(person=world.people["lina"]).order_by("month").values_list("pk", flat=True)
    )


def test_a_number_is_masked_on_the_page_and_whole_in_the_file_which_the_person_sees(world: cast.World) -> None:
    elise = browse(world.elise)

    page = elise.get(reverse("payroll:dmfa", args=[build.SEPTEMBER])).content.decode()
    seen = Reading.objects.filter(person=world.people["lina"], what="file").count()
    file = elise.get(reverse("payroll:dmfa_file", args=[build.SEPTEMBER, "csv"])).content.decode("utf-8-sig")
    book = elise.get(reverse("payroll:dmfa_file", args=[build.SEPTEMBER, "xlsx"]))

    assert "85073003328" not in page
    assert "••••••-•••-28" in page
    assert seen == 0
    rows = {row[0]: row for row in csv.reader(io.StringIO(file), delimiter=";")}
    assert rows["Lina Maes"][1] == "85073003328"
    assert "4350,00" in rows["Lina Maes"]
    assert any("equal to the cent" in name for name in rows)
    cells = {row[0]: row for row in load_workbook(io.BytesIO(book.content)).active.iter_rows(values_only=True)}
    assert cells["Lina Maes"][1] == "85073003328"
    assert cells["Lina Maes"][7] == 4350
    assert Reading.objects.filter(person=world.people["lina"], by=world.elise, what="file").count() == 2


def test_the_slips_of_a_year_hold_each_person_once_and_equal_the_books(world: cast.World) -> None:
    page = browse(world.elise).get(reverse("payroll:slips", args=[2026])).content.decode()
    rows = paid.paid_in(world.elise, world.archipel.pk, Month(2026, 1), Month(2026, 12))
    table = declarations.slips(rows, paid.employed_in(world.archipel.pk, 2026))

    boxes = {head.code: table.totals.cells[place].value for place, head in enumerate(table.heads) if head.code}
    assert boxes["286"] == owed(world, "withholding_tax")
    assert set(boxes) == {"250", "251", "286", "287"}
    assert boxes["251"] == 0, "nobody left"
    assert [cell.value for cell in table.rows[0].cells[2:4]] == [date(2026, 1, 1), date(2026, 12, 31)]
    assert len(table.rows) == 2
    assert "equal to the cent" in page
    account = reverse("payroll:account_detail", args=[world.people["lina"].pk, world.archipel.pk, 2026])
    assert account in page


def test_months_paid_before_the_product_are_said_to_be_missing(world: cast.World) -> None:
    made = build.contract(world.people["chloe"], world.archipel)
    build.opening(made, build.JULY)

    page = browse(world.elise).get(reverse("payroll:dmfa", args=[build.SEPTEMBER])).content.decode()

    assert "1 month was paid before the cooperative came here" in page


def test_dimona_lists_who_begins_and_ends_and_names_who_is_not_paid(world: cast.World) -> None:
    build.contract(world.people["chloe"], world.archipel, since=date(2026, 9, 15))

    page = browse(world.elise).get(reverse("payroll:dimona", args=[build.SEPTEMBER])).content.decode()
    before = browse(world.elise).get(reverse("payroll:dimona", args=[build.AUGUST])).content.decode()

    assert "Chloé Martin" in page
    assert "no payslip of the month is approved: Chloé Martin" in page
    assert "Nothing to declare." in before
    assert "2 contracts hold in the month, and each has its approved payslip." in before


def employment(begin: date, end: date | None, person=None, name: str = "Lina Maes") -> Employment:
    """A contract as Dimona sees it."""
    return Employment(name, "", "", person or uuid4(), uuid4(), "0001", begin, end)


def test_an_end_is_due_on_the_first_working_day_after_it_and_a_begin_on_its_day() -> None:
    someone = uuid4()
    found = declarations.events(
        [
            employment(date(2026, 9, 7), None),
            employment(date(2026, 1, 1), date(2026, 9, 20)),  # ends on Saturday 19 September
            employment(date(2026, 1, 1), date(2026, 9, 23)),
            employment(date(2026, 1, 1), date(2026, 9, 10), someone),
            employment(date(2026, 9, 10), None, someone),  # goes on without a day between
            employment(date(2026, 1, 1), date(2026, 10, 1)),  # the last day is in September
        ],
        build.SEPTEMBER,
    )

    assert [(event.begins, event.on, event.due) for event in found] == [
        (True, date(2026, 9, 7), date(2026, 9, 7)),
        (False, date(2026, 9, 19), date(2026, 9, 21)),
        (False, date(2026, 9, 22), date(2026, 9, 23)),
        (False, date(2026, 9, 30), date(2026, 10, 1)),
    ]


def test_only_the_payroll_office_of_the_cooperative_reads_the_lists(world: cast.World) -> None:
    address = reverse("payroll:withholding", args=[build.AUGUST])

    assert browse(world.elise).get(f"{address}?cooperative=boreal").context["cooperative"] == world.archipel
    for user in (world.lina, world.bruno, world.jeanne, world.amina, world.greet):
        assert browse(user).get(address).status_code == 403
    assert browse(world.elise).get(reverse("payroll:declarations")).url == reverse(
        "payroll:withholding", args=[build.SEPTEMBER]
    )
