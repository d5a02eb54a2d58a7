"""The month with a social secretariat in a real browser: import, reconcile, accept, submit, approve."""

from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from coop.money import cents
from payroll import services
from payroll.models import PayrollRun, Payslip
from payroll.secretariat import queries
from tests import cast
from tests.cast import at
from tests.payroll import build as pay
from tests.payroll.secretariat import build
from tests.payroll.secretariat.test_services import choose

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def log_in(page: Page, address: str, user: object) -> None:
    """Let somebody in without typing the password."""
    client = Client()
    client.force_login(user)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])


@pytest.fixture
def run() -> PayrollRun:
    """The calculated run of October, of Aline and Lina; the secretariat's result is posted."""
    world = cast.world()
    pay.employer(world.archipel)
    for name, gross, hours in (("aline", "2900.00", "38"), ("lina", "1450.00", "19")):
        pay.contract(world.people[name], world.archipel, gross=gross, hours=hours)
        pay.money(world, name, "60000.00")
    choose(world, "secretariat")
    run = pay.calculated(world.archipel, pay.OCTOBER)
    run.world = world  # type: ignore[attr-defined]
    return run


def file_with_a_cent_less(run: PayrollRun, folder: Path) -> Path:
    """The secretariat's file, which cuts off a cent of Aline's tax."""
    results = {}
    for row in Payslip.objects.filter(member__run=run).select_related("contract"):
        ours = queries.ours_of(row)
        tax = ours["withholding_tax"].amount
        less = {"withholding_tax": cents(tax) - pay.EUR("0.01")} if row.contract.worker_number == "0001" else {}
        results[row.contract.worker_number] = build.amounts(ours, **less)
    file = folder / "octobre.csv"
    file.write_bytes(build.csv(dict(sorted(results.items()))))
    return file


def test_a_month_is_imported_reconciled_accepted_and_approved(live_server, page, run, tmp_path):
    world = run.world
    with time_machine.travel("2026-10-26 12:00:00+01:00"):
        log_in(page, live_server.url, world.elise)
        page.goto(live_server.url + reverse("payroll:run_detail", args=[run.pk]))
        expect(page.locator("#secretariat")).to_contain_text("Secrétariat Exemple")
        page.get_by_role("link", name="Import results").click()
        page.get_by_label("File of the social secretariat").set_input_files(file_with_a_cent_less(run, tmp_path))
        page.get_by_role("button", name="Check the file").click()
        for name, head in build.COLUMNS.items():
            page.locator(f"[name='{name}']").select_option(head)
        page.get_by_role("button", name="Keep the columns and check").click()
        expect(page.locator("main")).to_contain_text("2 rows were read and add up")
        page.get_by_role("button", name="Import the results").click()
        expect(page.locator("main")).to_contain_text("1 difference to decide")
        page.get_by_label("Withholding tax").check()
        page.get_by_label("Reason").fill("Cut off instead of rounded, agreed with them.")
        page.get_by_role("button", name="Accept").click()
        expect(page.locator("main")).to_contain_text("reconciled")
        page.goto(live_server.url + reverse("payroll:run_detail", args=[run.pk]))
        page.get_by_role("button", name="Submit to the accountant").click()
        log_in(page, live_server.url, world.bruno)
        page.goto(live_server.url + reverse("payroll:run_detail", args=[run.pk]))
        page.locator("[name='typed']").fill("2026-10")
        page.get_by_role("button", name="Approve and post").click()
        expect(page.locator("main")).to_contain_text("being posted")
        services.continue_approval(run=run.pk, at=at("2026-10-26 12:30"))
        log_in(page, live_server.url, world.aline)
        slip = Payslip.objects.get(contract__worker_number="0001")
        page.goto(live_server.url + reverse("payroll:payslip_detail", args=[slip.pk]))

        expect(page.locator("main")).to_contain_text("calculated by Secrétariat Exemple, the social secretariat")
    assert (slip.state, slip.net) == ("approved", queries.ours_of(slip)["net"].amount + pay.EUR("0.01"))
