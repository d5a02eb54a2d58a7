"""The pages of the social secretariat: from the variables to the approved payslip, and what each role sees."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from coop.access.models import Role
from members.models import EmploymentContract, Reading
from payroll import documents as payslip_documents
from payroll import services
from payroll.absences import Kind
from payroll.models import DifferenceDecision, PayrollRun, Payslip, PostedResult, ResultFile
from payroll.secretariat import queries
from tests import cast
from tests.cast import at
from tests.payroll import build as pay
from tests.payroll.secretariat import build

pytestmark = pytest.mark.django_db
NISS = "85073003328"


@pytest.fixture(autouse=True)
def today():
    """It is noon on 26 October 2026."""
    with time_machine.travel("2026-10-26 12:00:00+01:00", tick=False):
        yield


@pytest.fixture
def world() -> cast.World:
    """Aline and Lina are to be paid for October; the secretariat's result is posted."""
    world = cast.world()
    pay.employer(world.archipel)
    for name, gross, hours in (("aline", "2900.00", "38"), ("lina", "1450.00", "19")):
        pay.contract(world.people[name], world.archipel, gross=gross, hours=hours)
        pay.money(world, name, "60000.00")
    world.people["lina"].niss = NISS
    world.people["lina"].save()
    return world


@pytest.fixture
def run(world: cast.World) -> PayrollRun:
    """The calculated run of October."""
    return pay.calculated(world.archipel, pay.OCTOBER)


def browse(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def file_of(run: PayrollRun, **changed: Any) -> bytes:
    """The secretariat's CSV: as we, but for changes of Aline."""
    rows = Payslip.objects.filter(member__run=run).select_related("contract").order_by("contract__worker_number")
    return build.csv(
        {
            row.contract.worker_number: build.amounts(
                queries.ours_of(row), **(changed if row.contract.worker_number == "0001" else {})
            )
            for row in rows
        }
    )


def sent(client: Client, run: PayrollRun, content: bytes, name: str = "octobre.csv") -> Any:
    return client.post(
        reverse("payroll:results_new", args=[run.pk]), {"file": SimpleUploadedFile(name, content), "encoding": ""}
    )


def test_the_choice_the_file_the_reconciliation_and_the_approval_on_their_pages(
    world: cast.World, run: PayrollRun
) -> None:
    elise, bruno = browse(world.elise), browse(world.bruno)
    tax = queries.ours_of(Payslip.objects.get(contract__worker_number="0001"))["withholding_tax"].amount

    chosen = elise.post(
        reverse("payroll:secretariat"),
        {"cooperative": str(world.archipel.pk), "valid_from": "01/10/2026", "source": "secretariat",
         "secretariat": "Secrétariat Exemple"},
    )  # fmt: skip
    blocked = elise.post(reverse("payroll:run_submit", args=[run.pk]))
    received = sent(elise, run, file_of(run, withholding_tax=tax - Decimal("0.01")))
    page = elise.get(received.url).content.decode()
    checked = elise.post(received.url, {**build.COLUMNS, "signs": "plus"})
    report = elise.get(received.url).content.decode()
    imported = elise.post(received.url + "import/")
    reconciliation = elise.get(imported.url).content.decode()
    aline = Payslip.objects.get(contract__worker_number="0001").contract_id
    empty = elise.post(imported.url, {"difference": f"{aline}:withholding_tax", "decision": "accepted", "reason": ""})
    decided = elise.post(
        imported.url,
        {"difference": f"{aline}:withholding_tax", "decision": "accepted", "reason": "Cut off, agreed with them."},
    )
    submitted = elise.post(reverse("payroll:run_submit", args=[run.pk]))
    bruno.post(reverse("payroll:run_approve", args=[run.pk]), {"typed": "2026-10"})
    services.continue_approval(run=run.pk, at=at("2026-10-26 12:05"))

    assert (chosen.status_code, blocked.status_code, received.status_code) == (302, 422, 302)
    assert "2900,00" in page  # the first rows, before anything is kept
    assert checked.status_code == 302
    assert "2 rows were read and add up" in report
    assert imported.status_code == 302
    assert "Withholding tax" in reconciliation
    assert "−0.01" in reconciliation
    assert "Aline Dubois" in reconciliation
    assert empty.status_code == 422
    assert "checked" in empty.content.decode().split(f'id="d-{aline}:withholding_tax"')[1][:12]
    assert (decided.status_code, submitted.status_code) == (302, 302)
    run.refresh_from_db()
    assert run.state == "approved"
    slip = Payslip.objects.get(contract__worker_number="0001")
    mine = browse(world.aline).get(reverse("payroll:payslip_detail", args=[slip.pk])).content.decode()
    assert "The amounts of this payslip were calculated by Secrétariat Exemple, the social secretariat." in mine
    assert "Our own calculation beside it" in mine
    with translation.override("en"):
        context = payslip_documents.context_of(slip)
    assert context["other_result"].secretariat == "Secrétariat Exemple"
    row = next(row for row in context["to_net"] if row.explanation.code == "withholding_tax")
    assert row.amount == tax - Decimal("0.01")


def test_a_file_that_cannot_be_read_answers_422_and_a_wrong_cell_is_named_on_its_page(
    world: cast.World, run: PayrollRun
) -> None:
    elise = browse(world.elise)

    broken = sent(elise, run, b"<r><w>", "octobre.xml")
    received = sent(elise, run, file_of(run).replace(b"2900,00", b"2900,OO"))
    unchosen = elise.post(received.url, {"worker_number": "Brut", "signs": "plus"})
    elise.post(received.url, {**build.COLUMNS, "signs": "plus"})
    report = elise.get(received.url).content.decode()

    assert broken.status_code == 422
    assert "not whole XML" in broken.content.decode()
    assert unchosen.status_code == 422
    assert "2900,OO" in report
    assert "<code>Brut</code>" in report
    assert ResultFile.objects.get().state == "refused"
    assert elise.post(received.url + "import/", follow=True).status_code == 200
    assert not queries.results_of(run)


def test_the_same_file_again_leads_to_the_one_that_is_imported(world: cast.World, run: PayrollRun) -> None:
    elise = browse(world.elise)
    first = sent(elise, run, file_of(run))
    elise.post(first.url, {**build.COLUMNS, "signs": "plus"})
    elise.post(first.url + "import/")

    again = sent(elise, run, file_of(run))
    kept = elise.get(first.url + "file/")

    assert again.url == first.url
    assert ResultFile.objects.count() == 1
    assert kept.content == file_of(run)
    assert kept["Content-Disposition"].startswith("attachment")


def test_an_xml_file_shows_its_paths_and_takes_another_element(world: cast.World, run: PayrollRun) -> None:
    elise = browse(world.elise)
    rows = Payslip.objects.filter(member__run=run).select_related("contract").order_by("contract__worker_number")
    content = build.xml({row.contract.worker_number: build.amounts(queries.ours_of(row)) for row in rows})
    received = sent(elise, run, content, "octobre.xml")

    page = elise.get(received.url, {"rows": "Results/Workers/Worker"}).content.decode()
    checked = elise.post(received.url, {**build.PATHS, "signs": "plus", "rows": "Results/Workers/Worker"})
    elise.post(received.url + "import/")

    assert "Line[@code=&#x27;1000&#x27;]/Amount" in page
    assert checked.status_code == 302
    assert len(queries.results_of(run)) == 2


def test_the_variables_of_the_month_name_everybody_with_time_pay_and_number(world: cast.World, run: PayrollRun) -> None:
    elise = browse(world.elise)

    table = elise.get(reverse("payroll:variables_file", args=[run.pk, "csv"]))
    book = elise.get(reverse("payroll:variables_file", args=[run.pk, "xlsx"]))

    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig")), delimiter=";"))
    lina = next(row for row in rows if row["Worker number"] == "0002")
    assert lina["Member"] == "Lina Maes"
    assert lina["National number"] == NISS
    assert (lina["Contract hours a week"], lina["Days (Monday to Friday)"], lina["Hours paid in the month"]) == (
        "19,00", "22", "82,33",
    )  # fmt: skip
    assert (lina["Contractual wage"], lina["Pay above the contract"], lina["Gross pay"]) == (
        "1450,00",
        "0,00",
        "1450,00",
    )
    assert "no-store" in table["Cache-Control"]
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[6]][:2] == ["0002", "Lina Maes"]
    assert Reading.objects.filter(person=world.people["lina"], by=world.elise, what="file").count() == 2


def test_the_variables_tell_absences_by_kind_in_days_and_hours(world: cast.World) -> None:
    lina = EmploymentContract.objects.get(worker_number="0002")
    services.enter_days(
        contract=lina.pk, first=date(2026, 10, 5), last=date(2026, 10, 6), kind=Kind.SICKNESS, hours=None, by=world.elise,
        at=at("2026-10-07 09:00"),
    )  # fmt: skip
    run = pay.calculated(world.archipel, pay.OCTOBER)

    table = browse(world.elise).get(reverse("payroll:variables_file", args=[run.pk, "csv"]))

    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig")), delimiter=";"))
    times = {head.split(" (")[0]: cell for head, cell in rows[1].items() if head.startswith(("Sickness", "Worked"))}
    assert rows[1]["Member"] == "Lina Maes"
    assert times == {
        "Worked, days": "20,00",
        "Worked, hours": "76,00",
        "Sickness, days": "2,00",
        "Sickness, hours": "7,60",
    }


def test_an_auditor_compares_and_reads_masked_numbers_and_decides_nothing(world: cast.World, run: PayrollRun) -> None:
    auditor = cast.user("Odile")
    cast.grant(auditor, Role.AUDITOR, cooperative=world.archipel)
    client = browse(auditor)

    table = client.get(reverse("payroll:variables_file", args=[run.pk, "csv"])).content.decode("utf-8-sig")
    page = client.get(reverse("payroll:reconciliation", args=[run.pk]))
    decided = client.post(reverse("payroll:reconciliation", args=[run.pk]), {"decision": "accepted", "reason": "x"})

    assert NISS not in table
    assert "Lina Maes" in table
    assert (page.status_code, decided.status_code) == (200, 403)
    assert set(Reading.objects.filter(by=auditor).values_list("what", flat=True)) == {"masked", "run"}
    assert not DifferenceDecision.objects.exists()


def test_the_accountant_sees_neither_files_nor_differences(world: cast.World, run: PayrollRun) -> None:
    page = browse(world.bruno).get(reverse("payroll:run_detail", args=[run.pk])).content.decode()

    assert 'id="secretariat"' not in page


def test_a_choice_without_a_name_and_one_in_the_past_answer_422(world: cast.World) -> None:
    elise = browse(world.elise)
    pay.approved(world, pay.OCTOBER)
    wish = {"cooperative": str(world.archipel.pk), "source": "secretariat"}

    unnamed = elise.post(reverse("payroll:secretariat"), {**wish, "valid_from": "01/12/2026", "secretariat": ""})
    past = elise.post(reverse("payroll:secretariat"), {**wish, "valid_from": "01/10/2026", "secretariat": "Exemple"})

    assert (unnamed.status_code, past.status_code) == (422, 422)
    assert "already submitted" in past.content.decode()
    assert not PostedResult.objects.exists()
