"""The individual account and the data of slip 281.10: sums of stored payslips, equal to the books, for whom they are."""

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.db.models import Sum
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from coop import clock
from coop.documents import pdfa, queries, services
from coop.documents.models import Document
from coop.ledger.models import Line
from coop.periods import Month
from members.models import Reading
from payroll import account, paid, papers
from payroll.models import Payslip, QuarterSettlement
from tests import cast
from tests.payroll import build

pytestmark = pytest.mark.django_db
EUR = Decimal


@pytest.fixture
def world() -> cast.World:
    """Lina and Aline are paid in July to October 2026, Chloé until August; the third quarter is settled."""
    world = cast.world()
    build.employer(world.archipel, reduction_policy="advance")
    for name, gross in (("lina", "1450.00"), ("aline", "3000.00")):
        build.contract(world.people[name], world.archipel, gross=gross, hours="19" if name == "lina" else "38")
        build.money(world, name, "60000.00", on=date(2026, 7, 1))
    leaving = build.contract(world.people["chloe"], world.archipel, gross="3000.00", hours="38")
    build.money(world, "chloe", "60000.00", on=date(2026, 7, 1))
    for month in (build.JULY, build.AUGUST):
        build.approved(world, month)
    leaving.valid_until = date(2026, 9, 1)  # known only after August was paid, so that the quarter is corrected
    leaving.save(update_fields=["valid_until"])
    build.approved_order(world, "lina", "2200.00")
    run = build.calculated(world.archipel, build.SEPTEMBER)
    build.approve(world, run, on=date(2026, 9, 30))
    build.approved(world, build.OCTOBER)
    return world


@pytest.fixture(autouse=True)
def today():
    """It is noon on 3 November 2026."""
    with time_machine.travel("2026-11-03 12:00:00+01:00", tick=False):
        yield


def browse(user) -> Client:
    """Log somebody in."""
    client = Client()
    client.force_login(user)
    return client


def of(world: cast.World, name: str, year: int = 2026) -> account.Account:
    """Somebody's account, read by the payroll officer."""
    person, coop, first, last = world.people[name].pk, world.archipel.pk, Month(year, 1), Month(year, 12)
    return account.individual_account(
        paid.paid_in(world.elise, coop, first, last, person=person), paid.corrected_in(coop, first, last, person=person)
    )


def where(world: cast.World, name: str, page: str = "account_detail", year: int = 2026) -> str:
    """The address of somebody's account."""
    return reverse(f"payroll:{page}", args=[world.people[name].pk, world.archipel.pk, year])


def owed(world: cast.World, role: str) -> Decimal:
    """What stands on an account of the chart from pay, as a debt."""
    lines = Line.objects.filter(cooperative=world.archipel, account__role=role, entry__journal__code="SAL")
    return -(lines.aggregate(total=Sum("amount"))["total"] or EUR("0"))


def test_the_account_adds_up_what_each_payslip_says_month_by_month(world: cast.World) -> None:
    found = of(world, "lina")
    lines = {line.code: line for line in found.lines}
    slips = list(Payslip.objects.filter(person=world.people["lina"]).order_by("month"))

    assert [column.payslip for column in found.columns] == [slip.pk for slip in slips]
    assert [column.month for column in found.columns] == [build.JULY, build.AUGUST, build.SEPTEMBER, build.OCTOBER]
    assert lines["gross"].values == (EUR("1450.00"), EUR("1450.00"), EUR("2200.00"), EUR("1450.00"))
    assert lines["gross"].total == EUR("6550.00")
    assert lines["net"].total == sum(slip.net for slip in slips)
    assert lines["employer_cost"].total == sum(slip.employer_cost for slip in slips)
    assert lines["hours"].values == (EUR("19"),) * 4
    assert lines["hours"].total is None
    assert (
        lines["gross"].total
        - lines["social_contribution_due"].total
        - lines["withholding_tax"].total
        - lines["special_contribution"].total
        == lines["net"].total
    )
    assert (
        lines["social_contribution"].total - lines["employment_bonus_a"].total - lines["employment_bonus_b"].total
        == lines["social_contribution_due"].total
    )


def test_the_accounts_of_all_members_are_the_books_to_the_cent(world: cast.World) -> None:
    def total(code: str) -> Decimal:
        found = [
            line.total for name in ("lina", "aline", "chloe") for line in of(world, name).lines if line.code == code
        ]
        return sum((one for one in found if one is not None), EUR("0"))

    social = total("social_contribution_due") + total("special_contribution") + total("employer_contribution")
    given = total("structural_reduction") + total("structural_reduction_correction")
    beside = total("special_contribution_correction")  # Chloé left before the third month: too much was withheld

    assert beside < 0
    assert total("withholding_tax") == owed(world, "withholding_tax") > 0
    assert total("net") - beside == owed(world, "net_pay") > 0
    assert social + beside - given == owed(world, "social_security") > 0


def test_the_correction_of_a_quarter_stands_in_its_last_month_even_without_a_payslip(world: cast.World) -> None:
    settled = QuarterSettlement.objects.get(contract__person=world.people["chloe"])

    found = of(world, "chloe")

    line = next(line for line in found.lines if line.code == "structural_reduction_correction")
    assert settled.correction != 0
    assert [column.month for column in found.columns] == [build.JULY, build.AUGUST, build.SEPTEMBER]
    assert found.columns[2].payslip is None
    assert line.values == (None, None, settled.correction)
    assert line.total == settled.correction
    assert browse(world.chloe).get(where(world, "chloe")).status_code == 200


def test_a_difference_with_the_books_is_named_by_entry(world: cast.World) -> None:
    rows = paid.paid_in(world.elise, world.archipel.pk, build.JULY, build.OCTOBER, person=world.people["aline"].pk)
    entries = {one.entry: one.amount("withholding_tax") for one in rows}
    booked = paid.booked(world.archipel.pk, "withholding_tax", entries)

    entries[rows[1].entry] += EUR("0.01")
    check = paid.tables.compare("453", entries, booked)

    assert not check.agrees
    assert [one.entry for one in check.differences] == [rows[1].entry]
    assert check.difference == EUR("-0.01")


def test_the_page_shows_the_year_and_each_amount_opens_its_payslip(world: cast.World) -> None:
    page = browse(world.lina).get(where(world, "lina")).content.decode()

    for slip in Payslip.objects.filter(person=world.people["lina"]):
        assert page.count(reverse("payroll:payslip_detail", args=[slip.pk])) > 10
    assert "6,550.00" in page
    assert page.count("equal to the cent") == 3
    assert "250" in page
    assert where(world, "lina", "account_workbook") in page
    assert where(world, "lina") in browse(world.lina).get(reverse("payroll:payslip_list")).content.decode()


def test_the_account_is_the_members_own_and_the_payroll_offices(world: cast.World) -> None:
    statuses = {
        name: browse(world.users[name]).get(where(world, "lina")).status_code
        for name in ("lina", "aline", "chloe", "dirk", "élise", "bruno", "farid", "amina", "greet", "jeanne")
        if name in world.users
    }

    assert statuses.pop("lina") == 200
    assert statuses.pop("jeanne") == 200
    assert {name for name, status in statuses.items() if status == 404} >= {"aline", "chloe", "dirk"}
    assert {name for name, status in statuses.items() if status == 403} >= {"bruno", "amina", "greet"}
    assert browse(world.elise).get(where(world, "lina")).status_code == 200
    assert Reading.objects.filter(person=world.people["lina"], by=world.elise, what="payslip").count() == 1
    assert not Reading.objects.filter(by=world.lina).exists()


def test_an_employer_where_one_does_not_work_is_not_found_and_a_year_without_pay_is_empty(world: cast.World) -> None:
    lina = browse(world.lina)

    foreign = lina.get(reverse("payroll:account_detail", args=[world.people["lina"].pk, world.boreal.pk, 2026]))
    unknown = lina.get(reverse("payroll:account_detail", args=[uuid4(), world.archipel.pk, 2026]))
    empty = lina.get(where(world, "lina", year=2025))

    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert "No payslip of this year is approved." in empty.content.decode()


def test_the_workbook_holds_the_same_numbers(world: cast.World) -> None:
    answer = browse(world.lina).get(where(world, "lina", "account_workbook"))

    book = load_workbook(io.BytesIO(answer.content))
    rows = {row[0]: row[1:] for row in book.worksheets[0].iter_rows(values_only=True) if row[0]}
    slip = {row[0]: row[1:] for row in book.worksheets[1].iter_rows(values_only=True) if row[0]}

    assert "individual-account-archipel-2026.xlsx" in answer["Content-Disposition"]
    assert [Decimal(str(value)) for value in rows["Gross pay"]] == [1450, 1450, 2200, 1450, 6550]
    assert sum("equal to the cent" in row for row in rows) == 3
    assert slip["Withholding tax"][0] == "286"


@pytest.mark.parametrize(
    ("language", "title", "month"),
    [("fr", "2026", "juil."), ("nl", "2026", "juli"), ("en", "Individual account 2026", "July")],
)
def test_the_document_speaks_three_languages(world: cast.World, language: str, title: str, month: str) -> None:
    with translation.override(language):
        data = papers.parameters_of(
            found=of(world, "lina"), before=2, person=world.people["lina"], cooperative=world.archipel, year=2026,
            on=date(2026, 11, 3),
        )  # fmt: skip
        html = render_to_string(papers.TEMPLATE, {**papers.context_of(data), "language": language})
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))

    assert title in text
    assert month in text
    assert "Lina Maes" in text
    assert "0123456789" in text
    assert " 2 " in text


@pytest.mark.parametrize("name", ["lina", "aline"])
def test_the_tax_of_each_month_is_what_stood_before_the_bonus_less_the_bonus_granted(world, name: str) -> None:
    """At Lina's pay the bonus exceeds the tax: what finds no tax is lost, and is not shown as granted."""
    lines = {line.code: line.values for line in of(world, name).lines}
    nothing = (EUR("0.00"),) * len(lines["gross"])

    before, bonus = (lines.get(code, nothing) for code in ("withholding_before_bonus", "fiscal_bonus"))

    assert [one - granted for one, granted in zip(before, bonus, strict=True)] == list(lines["withholding_tax"])


def test_months_paid_elsewhere_are_named_beside_the_account(world: cast.World) -> None:
    build.opening(world.people["aline"].contracts.get(), Month(2026, 6), gross="3000.00", hours="38")

    page = browse(world.elise).get(where(world, "aline")).content.decode()

    assert "1 month was paid before the cooperative came here" in page
    assert "was paid before" not in browse(world.elise).get(where(world, "lina")).content.decode()


def test_the_document_is_asked_for_once_and_proven(world: cast.World) -> None:
    lina = browse(world.lina)

    first = lina.post(where(world, "lina", "account_paper"))
    again = lina.post(where(world, "lina", "account_paper"))

    assert first.status_code == 302
    assert first.url == again.url
    document = Document.objects.get(kind="individual_account")
    services.make_document(document=document.pk, at=clock.now())
    document = Document.objects.select_related("cooperative").get(pk=document.pk)
    assert document.state == Document.State.STORED, document.failure
    assert pdfa.prove(queries.content(document)).startswith(b"%PDF-1.7")
    assert lina.get(first.url).status_code == 200
    assert browse(world.aline).get(first.url).status_code == 404
    assert browse(world.bruno).get(first.url).status_code == 404
    assert browse(world.elise).get(first.url).status_code == 200


def test_the_slip_adds_up_the_year(world: cast.World) -> None:
    rows = paid.paid_in(
        world.elise, world.archipel.pk, Month(2026, 1), Month(2026, 12), person=world.people["aline"].pk
    )

    slip = {one.box: one.amount for one in account.yearly_slip(rows) if one.box}

    assert slip["250"] == sum(one.amount("taxable") for one in rows)
    assert slip["286"] == sum(one.amount("withholding_tax") for one in rows) > 0
    assert slip["287"] == sum(one.amount("special_contribution") for one in rows) > 0


def test_the_days_of_employment_end_at_the_year(world: cast.World) -> None:
    spans = [(date(2024, 1, 1), date(2026, 3, 1)), (date(2026, 6, 1), None)]

    assert account.employed_in(2026, spans) == account.Employed(date(2026, 1, 1), date(2026, 12, 31))
    assert account.employed_in(2026, spans[:1]) == account.Employed(date(2026, 1, 1), date(2026, 2, 28))
    assert account.employed_in(2026, spans[1:]) == account.Employed(date(2026, 6, 1), date(2026, 12, 31))


def test_corrections_of_one_quarter_are_added_and_stand_in_one_column_only(world: cast.World) -> None:
    rows = paid.paid_in(world.elise, world.archipel.pk, build.SEPTEMBER, build.OCTOBER, person=world.people["lina"].pk)
    twice = [rows[0], replace(rows[0], payslip=uuid4()), rows[1]]  # two payslips of one contract in September
    correction = account.Corrected(
        person=rows[0].person, contract=rows[0].contract, worker_number="0001", last_month=build.SEPTEMBER,
        reduction=EUR("10.00"), special_contribution=EUR("0.00"), entry=None,
    )  # fmt: skip
    other = replace(correction, contract=uuid4(), worker_number="0002", reduction=EUR("1.00"))

    found = account.individual_account(twice, [correction, replace(correction, reduction=EUR("-3.00")), other, other])

    line = next(line for line in found.lines if line.code == "structural_reduction_correction")
    assert [column.number for column in found.columns] == ["0001", "0001", "0002", "0001"]
    assert line.values == (None, EUR("7.00"), EUR("2.00"), None)
    assert line.total == EUR("9.00")
