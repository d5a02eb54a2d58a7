"""The pages about money and people, as each role reads them."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction

from coop.documents import services as documents
from coop.documents.models import Document
from coop.ledger import posting
from coop.ledger.lines import credit, debit
from coop.ledger.models import OpenItem
from members import services
from members.models import Membership, Person, Reading
from tests import cast

pytestmark = pytest.mark.django_db
NISS = "85073003328"


@pytest.fixture
def world():
    """The cast on 22 September 2026, Atelier Lina with the movements of the worked example."""
    with time_machine.travel(cast.at("2026-09-22 10:00"), tick=False):
        world = cast.world()
        lina, coop = world.activities["lina"], world.coop_of(world.archipel)
        fund, party = world.fund_of(world.archipel), world.archipel.parties.get(name="Lina Maes")
        item = OpenItem.objects.create(
            id="5c8e1f0a-3d24-4a4b-9c55-111111111111", cooperative=world.archipel, role="customers", party=party,
            activity=lina, source="test", reference="2026-0041", issued_on=date(2026, 9, 14), due_on=date(2026, 10, 14),
            net=Decimal(3000), gross=Decimal(3630),
        )  # fmt: skip
        post(world, "2026-09-01", "AN", "Carried forward", [
            credit("carried_forward", Decimal(4100), activity=lina.pk),
            debit("carried_forward", Decimal(4100), activity=coop.pk),
        ])  # fmt: skip
        post(world, "2026-09-10", "ACH", "Software licence", [
            debit("office_supplies", Decimal(200), activity=lina.pk), debit("vat_recoverable", Decimal(42)),
            credit("suppliers", Decimal(242)),
        ])  # fmt: skip
        post(world, "2026-09-14", "VEN", "Invoice 2026-0041", [
            debit("customers", Decimal(3000), activity=lina.pk, party=party.pk, item=item.pk),
            debit("customers", Decimal(630), party=party.pk, item=item.pk),
            credit("sales", Decimal(3000), activity=lina.pk), credit("vat_due", Decimal(630)),
        ])  # fmt: skip
        post(world, "2026-09-14", "AN", "Fee and fund", [
            debit("fee", Decimal(300), activity=lina.pk), credit("fee", Decimal(300), activity=coop.pk),
            debit("fund", Decimal(30), activity=lina.pk), credit("fund", Decimal(30), activity=fund.pk),
        ])  # fmt: skip
        post(world, "2026-09-18", "NDF", "300 km", [
            debit("travel", Decimal(120), activity=lina.pk), credit("member_claims", Decimal(120)),
        ])  # fmt: skip
        yield world


def post(world, day, journal, text, lines) -> None:
    """Post an entry of Archipel."""
    with transaction.atomic():
        posting.post(
            cooperative=world.archipel, journal=journal, on=date.fromisoformat(day), text=text, source="test",
            source_key=text, lines=lines,
        )  # fmt: skip


def read(client, user, address: str) -> str:
    """Return the text of a page, on one line."""
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return " ".join(answer.content.decode().split())


def test_a_home_shows_the_chain_from_the_accounts_to_what_is_free(world, client):
    page = read(client, world.lina, "/")

    for amount in ("€6,450.00", "3,000.00", "3,450.00"):
        assert amount in page
    assert "Available for your salaries" in page
    assert "To do" in page


def test_a_second_visit_tells_what_others_have_posted(world, client):
    assert "first visit" in read(client, world.lina, "/")

    with time_machine.travel(cast.at("2026-09-23 10:00"), tick=False):
        page = read(client, world.lina, "/")

    assert "Invoice 2026-0041" in page  # the database stamps entries with its own clock, which is later
    assert "first visit" not in page


@pytest.mark.parametrize("name", ["aline", "ivo", "hugo", "farid", "elise", "bruno", "amina", "greet", "jeanne"])
def test_every_role_has_a_home(world, client, name):
    page = read(client, getattr(world, name), "/")

    assert 'id="to-do"' in page


def test_a_candidate_sees_a_blocked_balance_and_the_clock(world, client):
    services.start_accompaniment(
        person=world.people["hugo"], cooperative=world.archipel, signed_on=date(2026, 6, 1), valid_from=date(2026, 6, 1),
        benefit_end_date=date(2027, 3, 31), by=None,
    )  # fmt: skip

    page = read(client, world.hugo, "/")

    assert "Blocked until the launch" in page
    assert "Day 113 of 548" in page
    assert "31 March 2027" in page
    assert "Available for your salaries" not in page


def test_a_self_employed_associate_reads_of_a_payout(world, client):
    assert "Available for your payout" in read(client, world.ivo, "/")


def test_the_group_sees_its_cooperatives_side_by_side_without_a_sum(world, client):
    page = read(client, world.greet, "/")

    assert all(name in page for name in ("Archipel", "Boréal", "Cabestan", "nothing is added up"))


def test_the_money_page_runs_both_balances_to_the_end(world, client):
    page = read(client, world.lina, "/money")

    assert "Invoice 2026-0041" in page
    assert "+3,000.00" in page
    assert "6,450.00" in page
    assert "2026-0041" in page


def test_a_coach_sees_balances_but_neither_movements_nor_statement(world, client):
    services.assign_coach(user=world.farid, activity=world.activities["lina"], valid_from=cast.START, by=None)
    activity = world.activities["lina"].pk

    page = read(client, world.farid, f"/money/{activity}")

    assert "3,450.00" in page
    assert "Software licence" not in page
    assert client.get(f"/statement/{activity}").status_code == 403
    assert client.get(f"/ledger/{activity}/lines").status_code == 403


def test_the_statement_adds_up_month_by_month_and_each_amount_opens_its_lines(world, client):
    activity = world.activities["lina"].pk

    page = read(client, world.lina, f"/statement/{activity}")

    assert "3,000.00" in page
    assert "2,350.00" in page
    assert f"/ledger/{activity}/lines?section=costs&amp;month=2026-09" in page
    lines = read(client, world.lina, f"/ledger/{activity}/lines?section=costs&month=2026-09")
    assert "Software licence" in lines
    assert "300 km" in lines
    assert "−320.00" in lines


def test_a_month_is_read_beside_the_year_before(world, client):
    page = read(client, world.lina, f"/statement/{world.activities['lina'].pk}/2026-09")

    assert "Year to date 2025" in page
    assert "September 2025" in page
    assert "<h1>Income statement, September 2026</h1>" in page


def test_a_month_that_is_none_is_not_found(world, client):
    client.force_login(world.lina)

    assert client.get(f"/statement/{world.activities['lina'].pk}/2026-13").status_code == 404


def test_the_pdf_is_asked_for_once_and_made_from_frozen_figures(world, client, django_capture_on_commit_callbacks):
    client.force_login(world.lina)
    address = f"/statement/{world.activities['lina'].pk}/2026/pdf"

    first, second = client.post(address), client.post(address)

    assert first.url == second.url
    document = Document.objects.get()
    assert documents.make_document(document=document.pk, at=cast.at("2026-09-22 10:01"))
    assert client.get(first.url).content.startswith(b"%PDF-")
    client.force_login(world.chloe)
    assert client.get(first.url).status_code == 404


def test_the_workbook_holds_numbers_and_no_formula(world, client):
    import io

    import openpyxl

    client.force_login(world.lina)
    answer = client.get(f"/statement/{world.activities['lina'].pk}/2026.xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    cells = {cell.value for row in sheet.iter_rows() for cell in row}
    assert {3000, -320, 2350}.issubset(cells)
    assert not any(isinstance(value, str) and value.startswith("=") for value in cells)


def test_pay_in_a_shared_activity_is_one_amount_to_both(world, client):
    lina = world.activities["lina"]
    services.run_activity(person=world.people["chloe"], activity=lina, valid_from=date(2026, 1, 1), by=None)
    for number, cost in (("0001", 2000), ("0002", 1500)):
        post(world, "2026-09-21", "SAL", f"Pay, worker {number}", [
            debit("gross_pay", Decimal(cost), activity=lina.pk), credit("net_pay", Decimal(cost)),
        ])  # fmt: skip

    for user in (world.lina, world.chloe):
        money = read(client, user, f"/money/{lina.pk}")
        lines = read(client, user, f"/ledger/{lina.pk}/lines?section=salary&month=2026-09")
        assert "−3,500.00" in money
        assert "−3,500.00" in lines
        assert "worker" not in money + lines
    assert "worker 0002" in read(client, world.elise, f"/ledger/{lina.pk}/lines?section=salary&month=2026-09")


def test_the_payroll_officer_reads_a_file_and_the_member_sees_who_did(world, client):
    services.record_identity(person=world.people["lina"], niss=NISS, iban="BE71096123456769", by=world.elise)

    page = read(client, world.elise, f"/people/{world.people['lina'].pk}")
    mine = read(client, world.lina, "/me")

    assert "85.07.30-033.28" in page
    assert Reading.objects.get().by == world.elise
    assert "••••••-•••-28" in mine
    assert "85.07.30" not in mine
    assert "Élise" in mine


def test_an_auditor_reads_masked_numbers_and_it_is_noted(world, client):
    services.record_identity(person=world.people["lina"], niss=NISS, iban="BE71096123456769", by=world.elise)

    page = read(client, world.jeanne, f"/people/{world.people['lina'].pk}")

    assert "••••••-•••-28" in page
    assert "0961" not in page
    assert Reading.objects.get().what == "masked"


@pytest.mark.parametrize("name", ["amina", "bruno", "greet"])
def test_others_of_the_support_team_read_a_file_without_pay(world, client, name):
    services.record_identity(person=world.people["lina"], niss=NISS, iban="BE71096123456769", by=world.elise)

    page = read(client, getattr(world, name), f"/people/{world.people['lina'].pk}")

    assert "Lina Maes" in page
    assert "For payroll" not in page
    assert "Contracts" not in page
    assert not Reading.objects.exists()


def test_a_member_is_admitted_by_a_form(world, client):
    client.force_login(world.elise)

    answer = client.post("/people/new", {
        "cooperative": world.archipel.pk, "first_name": "Émile", "last_name": "Öz", "email": "emile@exemple.be",
        "language": "fr", "status": "employee", "valid_from": "01/10/2026", "niss": NISS,
    })  # fmt: skip

    person = Person.objects.get(email="emile@exemple.be")
    assert answer.url == f"/people/{person.pk}"
    assert Membership.objects.get(person=person).valid_from == date(2026, 10, 1)


def test_a_refused_form_answers_422_with_the_reason_and_what_was_typed(world, client):
    client.force_login(world.elise)
    lina = world.people["lina"]

    answer = client.post(f"/people/{lina.pk}/contract", {
        "cooperative": world.archipel.pk, "joint_committee": "200", "weekly_hours": "12,5", "full_time_hours": "38",
        "scale_class": "C", "gross": "950,00", "kind": "permanent", "signed_on": "20/09/2026", "valid_from": "01/10/2026",
        "experience_from": "01/07/2021",
    })  # fmt: skip

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "less than one third" in text
    assert 'value="950,00"' in text


def test_roles_and_policies_are_set_by_the_administrator(world, client):
    client.force_login(world.amina)
    home = world.archipel.pk

    given = client.post(f"/roles/{home}/new", {
        "user": "", "name": "Nora", "email": "nora@exemple.be", "language": "fr", "role": "accountant",
        "valid_from": "01/10/2026",
    })  # fmt: skip
    fee = client.post(f"/policies/{home}/fee", {
        "activity": "", "valid_from": "01/01/2027", "moment": "issued", "tiers": "0: 11\n40000: 10",
    })  # fmt: skip

    assert given.status_code == 302, given.content.decode()
    assert fee.status_code == 302, fee.content.decode()
    assert "Nora" in read(client, world.amina, f"/roles/{home}")
    page = read(client, world.amina, f"/policies/{home}")
    assert "11%" in page
    assert "planned" in page


def test_what_is_kept_for_wages_is_one_amount_to_who_may_not_see_pay(world, client):
    from coop.ledger import services as books

    lina = world.activities["lina"]
    books.set_reserve_target(activity=lina, amount=Decimal("2074.13"), on=date(2026, 9, 1))
    services.assign_coach(user=world.farid, activity=lina, valid_from=cast.START, by=None)

    own = read(client, world.lina, f"/money/{lina.pk}")
    pages = [read(client, getattr(world, name), f"/money/{lina.pk}") for name in ("farid", "amina")]

    assert "Reserve to keep" in own
    for page in pages:
        assert "Kept back" in page
        assert "Reserve to keep" not in page
