"""Each sheet: good rows do what the pages do, bad rows are named."""

from datetime import date
from decimal import Decimal

import pytest

from coop.access.models import Grant, Role
from coop.banking.models import Movement
from coop.entities.models import Activity
from coop.ledger import queries
from coop.ledger.models import Entry, OpenItem
from coop.ledger.text import journal_text
from invoicing.models import Invoice
from members.models import ContractVersion, EmploymentContract, Membership, Person, Runs, Situation
from tests import cast
from tests.coop.imports.files import problems, saved_again, send

pytestmark = pytest.mark.django_db

MEMBERS = """
    first_name;last_name;email;status;member_from;niss;iban;household;children;login
    Noémie;Exemple;noemie@exemple.example;employee;2026-01-01;85073003328;BE71096123456769;single;0;yes
"""
ACTIVITIES = """
    code;name;opened_on;member;weight;coach
    A-101;Noémie dessine;2026-01-01;noemie@exemple.example;2;farid@partagee.example
    A-102;Deux mains;2026-01-01;noemie@exemple.example;1;
    A-102;;;aline@partagee.example;0,5;
"""
CONTRACTS = """
    worker_number;member;kind;signed_on;valid_from;experience_from;joint_committee;weekly_hours;full_time_hours;scale_class;gross
    0101;noemie@exemple.example;permanent;2025-12-15;2026-01-01;2020-01-01;200;19;38;C;1450,00
    0101;noemie@exemple.example;;2026-02-20;2026-03-01;;;;;;1 500,00
"""
CUSTOMERS = "activity;name;street;postcode;town\nA-017;Librairie Exemple;Place 7;1000;Bruxelles"


@pytest.fixture
def world():
    return cast.world()


def members(world, content: str = MEMBERS):
    return send("members", content, coop=world.archipel, by=world.elise)


def activities(world, content: str = ACTIVITIES):
    return send("activities", content.replace(";;;", ";Deux mains;2026-01-01;"), coop=world.archipel, by=world.amina)


# --- people -----------------------------------------------------------------------------------------------------------


def test_a_member_comes_with_membership_family_situation_identity_and_login(world) -> None:
    run = members(world)

    person = Person.objects.get(email="noemie@exemple.example")
    assert run.state == "imported"
    assert (person.niss, person.iban, person.born_on) == ("85073003328", "BE71096123456769", date(1985, 7, 30))
    assert person.user is not None
    assert Membership.objects.get(person=person).status == "employee"
    assert Situation.objects.get(person=person).household == "single"


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (("employee", "boss"), "status"),
        (("85073003328", "85073003329"), "niss"),
        (("BE71096123456769", "BE71096123456768"), "iban"),
        (("2026-01-01", "01/01"), "member_from"),
        (("noemie@exemple.example", "noemie"), "email"),
        (("single;0", ";2"), "household"),
    ],
)
def test_a_bad_cell_of_a_member_is_named(world, change: tuple[str, str], column: str) -> None:
    run = members(world, MEMBERS.replace(*change))

    assert problems(run) == [(2, column)]
    assert not Person.objects.filter(first_name="Noémie").exists()


def test_another_niss_than_the_recorded_one_is_refused_without_showing_either(world) -> None:
    members(world)

    run = members(world, MEMBERS.replace("85073003328", "91052300177").replace("single", ""))

    assert (2, "niss") in problems(run)
    assert "85073003328" not in str(run.errors)


def test_a_candidate_needs_the_day_of_the_agreement(world) -> None:
    rows = "first_name;last_name;email;status;member_from;agreement_signed_on\nA;B;ab@x.example;candidate;2026-01-01;"

    without = members(world, rows)
    with_day = members(world, rows + "2025-12-20")

    assert problems(without) == [(2, "agreement_signed_on")]
    assert with_day.state == "imported"


def test_activities_are_run_by_members_with_weights_and_accompanied_by_coaches(world) -> None:
    members(world)

    run = activities(world)

    noemie = Person.objects.get(email="noemie@exemple.example")
    assert run.state == "imported"
    assert dict(Runs.objects.filter(person=noemie).values_list("activity__code", "weight")) == {"A-101": 2, "A-102": 1}
    assert Activity.objects.get(code="A-102").run_by.count() == 2
    assert Grant.objects.filter(role=Role.COACH, activity__code="A-101", user=world.farid).exists()


def test_rows_of_an_activity_must_agree_and_name_known_people(world) -> None:
    run = activities(world, ACTIVITIES.replace("aline@partagee.example", "nobody@x.example"))

    assert [column for _line, column in problems(run)] == ["member", "member"]


def test_a_contract_comes_with_its_amendments(world) -> None:
    members(world)

    run = send("contracts", CONTRACTS, coop=world.archipel, by=world.elise)

    contract = EmploymentContract.objects.get(worker_number="0101")
    versions = ContractVersion.objects.filter(contract=contract).order_by("valid_from")
    assert run.state == "imported"
    assert [(v.valid_from, v.gross) for v in versions] == [(date(2026, 1, 1), 1450), (date(2026, 3, 1), 1500)]


def test_a_contract_signed_after_its_first_day_or_overlapping_another_is_refused(world) -> None:
    members(world)
    send("contracts", CONTRACTS, coop=world.archipel, by=world.elise)

    late = send(
        "contracts",
        CONTRACTS.replace("0101", "0102").replace("2025-12-15", "2026-01-05"),
        coop=world.archipel,
        by=world.elise,
    )
    double = send("contracts", CONTRACTS.replace("0101", "0103"), coop=world.archipel, by=world.elise)
    other = send("contracts", CONTRACTS.replace("1450,00", "1460,00"), coop=world.archipel, by=world.elise)

    assert problems(late) == [(2, "signed_on")]
    assert problems(double) == [(2, "valid_from")]
    assert problems(other) == [(2, "gross")]


def test_the_pay_of_the_quarter_is_recorded_once_per_contract_and_month(world) -> None:
    from payroll.models import QuarterOpening

    members(world)
    activities(world)
    send("contracts", CONTRACTS, coop=world.archipel, by=world.elise)
    rows = "worker_number;month;gross;hours;full_time_hours;reduction\n0101;2026-02;1450,00;19;38;114,93"

    run = send("pay_of_quarter", rows, coop=world.archipel, by=world.elise)
    other = send("pay_of_quarter", rows.replace("114,93", "100,00"), coop=world.archipel, by=world.elise)
    unknown = send("pay_of_quarter", rows.replace("0101", "9999"), coop=world.archipel, by=world.elise)

    assert run.state == "imported"
    assert QuarterOpening.objects.get().reduction == Decimal("114.93")
    assert problems(other) == [(2, "reduction")]
    assert problems(unknown) == [(2, "worker_number")]


# --- sales ------------------------------------------------------------------------------------------------------------

INVOICES = """
    document;kind;number;activity;customer;date;description;quantity;unit_price;vat;credits;credits_line;credit_amount;reason;communication
    F-1;;;A-017;Librairie Exemple;2026-03-02;Traduction;2;450,00;21;;;;;
    ;;2025-311;A-017;Librairie Exemple;2026-03-02;Relecture;1;100,00;BE06;;;;;000/0000/00101
    N-1;credit_note;;A-017;;2026-03-09;;;;;F-1;1;50,00;Geste commercial;
"""


def invoices(world, content: str = INVOICES):
    send("customers", CUSTOMERS, coop=world.archipel, by=world.bruno)
    return send("invoices", content, coop=world.archipel, by=world.bruno)


def test_an_invoice_with_a_number_keeps_it_and_one_without_takes_the_next(world) -> None:
    run = invoices(world)

    assert run.state == "imported", run.errors
    assert list(Invoice.objects.order_by("number").values_list("number", "kind", "origin", "gross")) == [
        ("2025-311", "invoice", "elsewhere", Decimal("106.00")),
        ("2026-0001", "invoice", "here", Decimal("1089.00")),
        ("NC-2026-0001", "credit_note", "here", Decimal("60.50")),
    ]


@pytest.mark.parametrize(
    ("change", "line", "column"),
    [
        (("450,00;21", "450,00;19"), 2, "vat"),
        (("450,00;21", "1.250;21"), 2, "unit_price"),
        (("Traduction;2", "Traduction;"), 2, "quantity"),
        (("000/0000/00101", "000/0000/00102"), 3, "communication"),
        (("F-1;1;50,00", "F-9;1;50,00"), 4, "credits"),
        (("F-1;1;50,00", "F-1;7;50,00"), 4, "credits_line"),
        (("Geste commercial", ""), 4, "reason"),
    ],
)
def test_a_bad_cell_of_a_document_is_named(world, change: tuple[str, str], line: int, column: str) -> None:
    run = invoices(world, INVOICES.replace(*change))

    assert (line, column) in problems(run)
    assert Invoice.objects.count() == 0


def test_the_vat_of_a_row_is_decided_or_set_as_the_row_says(world) -> None:
    rows = """
        document;activity;customer;date;description;quantity;unit_price;sale;vat;vat_reason;rebate_percent;charge
        F-1;A-017;Librairie Exemple;2026-03-02;Livre;1;100,00;books;;;10;20,00
        F-1;;;;Traduction;1;100,00;;;;;
        F-1;;;;Relecture;1;100,00;;21;;;
        F-2;A-017;Librairie Exemple;2026-03-03;Conférence;1;100,00;;EXEMPT_TALK;Décision du 12 mars;;
    """

    run = invoices(world, rows)

    assert run.state == "imported", run.errors
    first, second = Invoice.objects.order_by("number")
    assert [(line.operation, line.is_set) for line in first.lines.order_by("position")] == [
        ("BE06", False), ("BE21", False), ("BE21", False),
    ]  # fmt: skip
    assert (first.discount.amount, first.charge.amount, first.net.amount) == (Decimal(30), Decimal(20), Decimal(290))
    line = second.lines.get()
    assert (line.operation, line.ruled, line.set_reason, line.set_by) == (
        "EXEMPT_TALK", "BE21", "Décision du 12 mars", world.bruno,
    )  # fmt: skip


def test_a_row_with_a_rebate_twice_or_something_unknown_is_named(world) -> None:
    rows = """
        document;activity;customer;date;description;quantity;unit_price;sale;rebate_percent;rebate
        F-1;A-017;Librairie Exemple;2026-03-02;Livre;1;100,00;books;10;5,00
        F-2;A-017;Librairie Exemple;2026-03-02;Temps;1;100,00;time;;
    """

    run = invoices(world, rows)

    assert set(problems(run)) == {(2, "rebate"), (3, "sale")}


def test_a_credit_above_its_invoice_and_a_locked_month_are_refused(world) -> None:
    above = invoices(world, INVOICES.replace("F-1;1;50,00", "F-1;1;950,00"))
    closed = invoices(world, INVOICES.replace("2026-03-02", "2024-03-02"))

    assert [line for line, _column in problems(above)] == [4]
    assert {line for line, _column in problems(closed)} == {2, 3, 4}
    assert Entry.objects.count() == 0


def test_a_document_imported_before_with_other_values_is_named(world) -> None:
    invoices(world)

    same = invoices(world, saved_again(INVOICES))
    run = invoices(world, INVOICES.replace("450,00", "460,00"))

    assert (same.created, same.unchanged) == (0, 3)
    assert problems(run) == [(2, "unit_price")]


def test_receipts_find_their_invoice_by_number_communication_or_key_and_count_once(world) -> None:
    invoices(world)
    rows = """
        document;date;amount;reference
        F-1;2026-03-20;500,00;B-1
        +++000/0000/00101+++;2026-03-21;106,00;B-2
        2026-0001;2026-03-25;528,50;
    """

    run = send("receipts", rows, coop=world.archipel, by=world.bruno)
    again = send("receipts", saved_again(rows), coop=world.archipel, by=world.bruno)

    assert run.state == "imported", run.errors
    assert (again.created, again.unchanged) == (0, 3)
    assert Movement.objects.count() == 3
    assert all(queries.residual(item) == 0 for item in OpenItem.objects.filter(settles=None))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("F-9;2026-03-20;10,00;B-1", "document"),
        ("F-1;2026-03-20;0;B-1", "amount"),
        ("F-1;2026-02-20;10,00;B-1", "date"),
        ("F-1;2026-03-20;-10,00;B-1", "amount"),
    ],
)
def test_a_bad_receipt_is_named(world, row: str, column: str) -> None:
    invoices(world)

    run = send("receipts", "document;date;amount;reference\n" + row, coop=world.archipel, by=world.bruno)

    assert problems(run) == [(2, column)]
    assert Movement.objects.count() == 0


# --- start in mid-life ------------------------------------------------------------------------------------------------

OPENING = """
    date;account;debit;credit;activity;document;party;net;issued_on
    2026-03-01;400;1210,00;;A-017;2025-0311;Librairie Exemple;1000,00;2026-02-12
    2026-03-01;550;6290,00;;;;;;
    2026-03-01;140;;4000,00;;;;;
    2026-03-01;700;;8000,00;A-017;;;;
    2026-03-01;612;4500,00;;A-017;;;;
"""
BALANCES = "date;activity;balance\n2026-03-01;A-017;5000,00"


def test_the_example_of_an_opening_in_mid_life(world) -> None:
    trial = send("opening_trial_balance", OPENING, coop=world.archipel, by=world.bruno)
    stated = send("opening_activities", BALANCES, coop=world.archipel, by=world.bruno)

    aline = world.activities["aline"]
    assert (trial.state, stated.state) == ("imported", "imported")
    assert queries.accounting_balance(aline, date(2026, 3, 1)) == Decimal("5000.00")
    assert queries.collected_balance(aline, date(2026, 3, 1)) == Decimal("4000.00")
    assert journal_text(Entry.objects.filter(journal__code="AN")) == (
        "2026-03-01 AN 1 Balances of the activities carried in\n"
        "  903   COOP           1500.00\n"
        "  903   A-017         -1500.00"
    )
    assert "2,500.00" in stated.notices[0]  # 4,000 carried and 3,500 of the year, less 5,000 stated: COOP's


def test_a_receivable_of_the_opening_is_paid_without_a_fee(world) -> None:
    send("opening_trial_balance", OPENING, coop=world.archipel, by=world.bruno)

    run = send("receipts", "document;date;amount\n2025-0311;2026-03-10;1210,00", coop=world.archipel, by=world.bruno)

    assert run.state == "imported"
    assert not Entry.objects.filter(source="banking.movement.fee").exists()
    assert queries.balances(world.activities["aline"], date(2026, 3, 31)).open_share == 0


def test_an_opening_that_does_not_balance_is_refused_with_the_difference(world) -> None:
    run = send("opening_trial_balance", OPENING.replace("6290,00", "6291,00"), coop=world.archipel, by=world.bruno)

    assert "1.00" in run.errors[0]["reason"]
    assert Entry.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "line", "column"),
    [
        (("400;1210,00;;A-017", "400;1210,00;;"), 2, "activity"),
        (("2025-0311", ""), 2, "document"),
        (("1000,00;2026-02-12", "1300,00;2026-02-12"), 2, "net"),
        (("550;6290,00;", "550;6290,00;1,00"), 3, "debit"),
        (("2026-03-01;140", "2026-03-02;140"), 4, "date"),
        (("2026-03-01;140", "2026-03-01;14099"), 4, "account"),
    ],
)
def test_a_bad_row_of_the_opening_is_named(world, change: tuple[str, str], line: int, column: str) -> None:
    run = send("opening_trial_balance", OPENING.replace(*change), coop=world.archipel, by=world.bruno)

    assert (line, column) in problems(run)
    assert Entry.objects.count() == 0


def test_a_cooperative_starts_once(world) -> None:
    send("opening_trial_balance", OPENING, coop=world.archipel, by=world.bruno)

    same = send("opening_trial_balance", saved_again(OPENING), coop=world.archipel, by=world.bruno)
    other = send(
        "opening_trial_balance",
        OPENING.replace("6290,00", "6390,00").replace("4000,00", "4100,00"),
        coop=world.archipel,
        by=world.bruno,
    )

    assert (same.state, same.unchanged) == ("imported", 5)
    assert problems(other) == [(3, "debit"), (4, "credit")]


def test_coop_states_no_balance_of_its_own(world) -> None:
    run = send("opening_activities", BALANCES.replace("A-017", "COOP"), coop=world.archipel, by=world.bruno)

    assert problems(run) == [(2, "activity")]
