"""Files are checked row by row, imported whole or not at all, and once."""

import pytest
from django.core.exceptions import PermissionDenied

from coop.access.models import Role
from coop.entities.models import Activity, NumberSeries
from coop.imports import services, sheets, templates
from coop.imports.models import ImportRun
from coop.ledger.models import Entry
from invoicing.models import Customer, Invoice
from tests import cast
from tests.cast import at
from tests.coop.imports.files import problems, rehearse, send

pytestmark = pytest.mark.django_db

CUSTOMERS = """
    activity;name;street;postcode;town;vat_number
    A-017;Librairie Exemple;Place 7;1000;Bruxelles;
    A-018;Maison Test;Rue 2;1050;Ixelles;
"""
INVOICES = """
    document;activity;customer;date;description;quantity;unit_price;vat
    F-1;A-017;Librairie Exemple;2026-03-02;Traduction;2;450,00;21
    F-1;;;;Relecture;1;100;21
    F-2;A-018;Maison Test;2026-03-03;Logo;1;1 000,00;BE21
"""


@pytest.fixture
def world():
    return cast.world()


def importing(world, *, sheet: str = "customers", content: str = CUSTOMERS, by: str = "bruno") -> ImportRun:
    return send(sheet, content, coop=world.archipel, by=world.users[by])


def test_a_whole_file_is_imported(world) -> None:
    run = importing(world)

    assert (run.state, run.rows, run.created, run.unchanged) == ("imported", 2, 2, 0)
    assert Customer.objects.count() == 2


def test_every_problem_of_every_row_is_named_with_line_column_reason_and_remedy(world) -> None:
    run = importing(
        world,
        content="""
            activity;name;payment_days;vat_number
            A-999;Librairie;30;
            A-017;;many;BE0123456789
            A-018;Good;30;
        """,
    )

    assert run.state == "refused"
    assert sorted(problems(run)) == [(2, "activity"), (3, "name"), (3, "payment_days"), (3, "vat_number")]
    assert all(problem["reason"] and problem["remedy"] for problem in run.errors)
    assert Customer.objects.count() == 0


def test_an_unknown_a_double_and_a_missing_column_are_errors(world) -> None:
    run = importing(world, content="name;name;colour\nx;y;red")

    assert sorted(column for _line, column in problems(run)) == ["activity", "colour", "name"]
    assert {line for line, _column in problems(run)} == {1}


def test_columns_are_also_known_by_their_titles(world) -> None:
    run = importing(world, content="Activity;NAME;Payment term in days\nA-017;Librairie;30")

    assert run.state == "imported"


def test_the_same_file_twice_changes_nothing(world) -> None:
    first = importing(world)

    again = importing(world)

    assert again.pk == first.pk
    assert Customer.objects.count() == 2


def test_the_same_rows_in_another_file_are_unchanged_and_different_ones_are_named(world) -> None:
    importing(world)

    same = importing(world, content=CUSTOMERS.replace(";vat_number", "").replace(";\n", "\n"))
    other = importing(world, content=CUSTOMERS.replace("Place 7", "Place 8"))

    assert (same.state, same.created, same.unchanged) == ("imported", 0, 2)
    assert problems(other) == [(2, "street")]
    assert "Place 7" in other.errors[0]["reason"]


def test_a_check_writes_nothing_but_its_report_and_uses_no_number(world) -> None:
    importing(world)

    run = rehearse("invoices", INVOICES, coop=world.archipel, by=world.bruno)

    assert (run.state, run.created) == ("checked", 3)
    assert Invoice.objects.count() == 0
    assert Entry.objects.count() == 0
    assert NumberSeries.objects.get(cooperative=world.archipel, kind="invoice", year="2026").last_number == 0


def test_a_checked_file_is_imported_as_it_was_received(world) -> None:
    importing(world)
    run = rehearse("invoices", INVOICES, coop=world.archipel, by=world.bruno)

    done = services.import_checked(run=run.pk, by=world.bruno, on=at("2026-04-01").date(), at=at("2026-04-01"))

    assert (done.pk, done.state) == (run.pk, "imported")
    assert list(Invoice.objects.order_by("number").values_list("number", "net")) == [
        ("2026-0001", 1000),
        ("2026-0002", 1000),
    ]


def test_one_refused_row_lets_nothing_through(world) -> None:
    importing(world)

    run = importing(world, sheet="invoices", content=INVOICES.replace("2026-03-03", "2024-03-03"))

    assert problems(run) == [(4, "date")]
    assert Invoice.objects.count() == 0
    assert Entry.objects.count() == 0


def test_a_refused_file_cannot_be_confirmed(world) -> None:
    run = rehearse("customers", "activity;name\nA-999;x", coop=world.archipel, by=world.bruno)

    with pytest.raises(services.NotChecked):
        services.import_checked(run=run.pk, by=world.bruno, on=at("2026-04-01").date(), at=at("2026-04-01"))


def test_what_changed_since_the_check_refuses_the_import(world) -> None:
    run = rehearse("customers", CUSTOMERS, coop=world.archipel, by=world.bruno)
    importing(world, content=CUSTOMERS.replace("Place 7", "Place 8"))

    done = services.import_checked(run=run.pk, by=world.bruno, on=at("2026-04-01").date(), at=at("2026-04-01"))

    assert done.state == "refused"
    assert problems(done) == [(2, "street")]


@pytest.mark.parametrize("by", ["aline", "farid", "greet", "jeanne"])
def test_only_those_with_the_right_import(world, by: str) -> None:
    with pytest.raises(PermissionDenied):
        importing(world, by=by)


def test_the_right_to_import_is_not_the_right_on_the_subject(world) -> None:
    with pytest.raises(PermissionDenied):
        importing(world, by="amina")  # an administrator reads sales, and does not write them


def test_an_accountant_of_another_cooperative_imports_nothing_here(world) -> None:
    cast.grant(world.dirk, Role.ACCOUNTANT, cooperative=world.boreal)

    with pytest.raises(PermissionDenied):
        importing(world, by="dirk")


def test_the_file_is_kept_as_received_and_unreadable_in_the_database(world) -> None:
    from django.db import connection

    run = importing(world)

    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM imports_importrun WHERE id = %s", [run.pk])
        stored = cursor.fetchone()[0]
    assert "Librairie" in services.original(ImportRun.objects.get(pk=run.pk)).decode()
    assert ":" in stored
    assert "Librairie" not in stored


def test_a_restricted_value_is_not_shown_in_the_report(world) -> None:
    run = send(
        "members",
        "first_name;last_name;email;status;member_from;niss\nNoé;Test;noe@x.example;employee;2026-01-01;85073003329",
        coop=world.archipel,
        by=world.elise,
    )

    assert problems(run) == [(2, "niss")]
    assert "85073003329" not in str(run.errors)


def test_a_day_without_its_year_is_refused(world) -> None:
    importing(world)

    run = importing(world, sheet="invoices", content=INVOICES.replace("2026-03-03", "3/3"))

    assert problems(run) == [(4, "date")]


@pytest.mark.parametrize("name", [sheet.name for sheet in sheets.all_sheets()])
@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_the_template_of_each_sheet_reads_back_without_a_problem(name: str, extension: str) -> None:
    from datetime import date

    from coop.imports import reader

    sheet = sheets.get(name)

    table = reader.read(templates.write(sheet, extension), filename=f"{name}.{extension}")
    rows, found = sheets.read_rows(sheet, table, today=date(2026, 3, 31))

    assert found == []
    assert [dict(row.texts) for row in rows] == sheet.example_rows()


def test_a_template_is_refused_as_data_only_where_its_example_is_unknown(world) -> None:
    run = send("activities", templates.as_csv(sheets.get("activities")), coop=world.archipel, by=world.amina)

    assert problems(run) == [(2, "member")]
    assert not Activity.objects.filter(code="A-101").exists()
