"""The pages of imports, and the command beside them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from coop.imports.models import ImportRun
from invoicing.models import Customer
from tests import cast

pytestmark = pytest.mark.django_db

GOOD = b"activity;name\nA-017;Librairie Exemple"
BAD = b"activity;name\nA-999;Librairie Exemple"


@pytest.fixture
def world():
    return cast.world()


@pytest.fixture
def bruno(client: Client, world) -> Client:
    client.force_login(world.bruno)
    return client


def check(client: Client, world, content: bytes = GOOD, name: str = "clients.csv"):
    data = {"cooperative": str(world.archipel.pk), "file": SimpleUploadedFile(name, content), "encoding": ""}
    return client.post("/imports/new/customers/", data)


def test_a_file_is_checked_then_imported_by_a_second_act(bruno: Client, world) -> None:
    checked = check(bruno, world)
    report = bruno.get(checked.headers["Location"]).content.decode()

    assert "can be imported" in report
    assert Customer.objects.count() == 0

    bruno.post(f"{checked.headers['Location']}confirm/")

    assert Customer.objects.count() == 1
    assert ImportRun.objects.get().state == "imported"


def test_the_report_shows_line_column_value_reason_and_remedy(bruno: Client, world) -> None:
    report = bruno.get(check(bruno, world, BAD).headers["Location"]).content.decode()

    assert "A-999" in report
    assert "no activity with this code" in report
    assert "Import the sheet of activities first" in report


def test_a_file_that_holds_no_table_answers_422_with_the_form(bruno: Client, world) -> None:
    answer = check(bruno, world, b"\x00\x01", "photo.jpg")

    assert answer.status_code == 422
    assert "neither a CSV nor an XLSX" in answer.content.decode()


def test_the_list_the_columns_and_the_templates_are_there(bruno: Client, world) -> None:
    assert "Customers" in bruno.get("/imports/").content.decode()
    assert "payment_days" in bruno.get("/imports/new/customers/").content.decode()
    assert bruno.get("/imports/templates/customers.csv").content.startswith(b"\xef\xbb\xbf")
    assert bruno.get("/imports/templates/customers.xlsx").content.startswith(b"PK")


def test_the_original_is_sent_back_as_an_attachment(bruno: Client, world) -> None:
    place = check(bruno, world).headers["Location"]

    answer = bruno.get(f"{place}file/")

    assert answer.content == GOOD
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_cooperative_that_is_not_ones_own_cannot_be_chosen(bruno: Client, world) -> None:
    data = {"cooperative": str(world.boreal.pk), "file": SimpleUploadedFile("x.csv", GOOD)}

    assert bruno.post("/imports/new/customers/", data).status_code == 422


def test_the_command_imports_checks_and_refuses_with_exit_codes(world, tmp_path, capsys) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(GOOD)
    bad.write_bytes(BAD)
    options = {"cooperative": "archipel", "sheet": "customers", "by": "bruno@partagee.example"}

    call_command("import_file", str(good), dry_run=True, **options)
    assert Customer.objects.count() == 0
    call_command("import_file", str(good), **options)
    assert Customer.objects.count() == 1
    with pytest.raises(CommandError) as refused:
        call_command("import_file", str(bad), **options)
    with pytest.raises(CommandError) as wrong:
        call_command("import_file", str(bad), **{**options, "cooperative": "nowhere"})

    assert (refused.value.returncode, wrong.value.returncode) == (1, 2)
    assert "line 2, activity “A-999”" in capsys.readouterr().err
