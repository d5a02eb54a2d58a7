"""What each role sees in the month of the worked example, photographed on a desk and on a phone.

The pages must fit their width, axe must find no breach of WCAG 2 A and AA, and the browser must have nothing to complain of.
The pictures go to pytest's folder, each page whole; ``make screenshots`` puts what fits the screen into ``docs/images`` for
the README.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from PIL import Image

from tests import cast
from tests.invoicing import build as sales
from tests.journeys import month
from tests.journeys.reading import SPACES
from tests.payroll import build

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

SIZES = {"desktop": (1360, 860, 1), "phone": (360, 740, 2)}
LARGEST = 200_000
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
DOCUMENTATION = "PARTAGEE_SCREENSHOTS"
"""Names the folder of the documentation's pictures, when they are to be made."""


class Camera:
    """Takes the same page on a desk and on a phone, as somebody who is logged in."""

    def __init__(self, browser: Any, address: str, folder: Path, *, whole: bool) -> None:
        self.address, self.folder, self.whole = address, folder, whole
        self.complaints: list[str] = []
        self.contexts = {}
        for size, (width, height, density) in SIZES.items():
            self.contexts[size] = context = browser.new_context(
                locale="fr-BE",
                timezone_id="Europe/Brussels",
                viewport={"width": width, "height": height},
                device_scale_factor=density,
                reduced_motion="reduce",
            )
            context.set_default_timeout(60_000)

    def take(self, name: str, user: Any, view: str, *arguments: object, shows: tuple[str, ...] = ()) -> None:
        """Photograph a page in both sizes; it shows these amounts, fits its width, and nobody complains. No user: no login."""
        for size, context in self.contexts.items():
            context.clear_cookies()
            if user is not None:
                context.add_cookies([self._login(user)])
            page = context.new_page()
            page.on("pageerror", lambda error, at=f"{name} {size}": self.complaints.append(f"{at}: {error}"))
            page.on("console", lambda said, at=f"{name} {size}": self._listen(at, said))
            answer = page.goto(self.address + reverse(view, args=arguments), wait_until="networkidle")
            assert answer.status == 200, name
            over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, f"{name} is {over} px wider than the {size}"
            text = " ".join(page.locator("main").inner_text().translate(SPACES).split())
            fields = page.evaluate("() => [...document.querySelectorAll('main input')].map(input => input.value)")
            for amount in shows:
                assert amount in text or amount in fields, f"{name} on the {size} does not show {amount}"
            self._listen_to_axe(f"{name} {size}", page)
            self._keep(page, self.folder / f"{name}-{size}.png")
            page.close()

    def _login(self, user: Any) -> Any:
        client = Client()
        client.force_login(user)
        return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.address}

    def _listen_to_axe(self, at: str, page: Any) -> None:
        for breach in Axe().run(page, options=WCAG).response["violations"]:
            where = [node["html"] for node in breach["nodes"][:3]]
            self.complaints.append(f"{at}: {breach['id']}: {breach['help']}: {where}")

    def _listen(self, at: str, said: Any) -> None:
        if said.type == "error" or "Content Security" in said.text:
            self.complaints.append(f"{at}: {said.text}")

    def _keep(self, page: Any, path: Path) -> None:
        page.screenshot(path=path, full_page=self.whole, animations="disabled")
        if not self.whole:
            with Image.open(path) as picture:
                few = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
            few.save(path, optimize=True)
            assert path.stat().st_size < LARGEST, path

    def close(self) -> None:
        """Close the browser's windows."""
        for context in self.contexts.values():
            context.close()


@pytest.fixture
def camera(browser, live_server, tmp_path: Path) -> Iterator[Camera]:
    """Give a camera whose pictures go to the documentation when asked for, else to pytest's folder."""
    wanted = os.environ.get(DOCUMENTATION, "")
    folder = Path(wanted) if wanted else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    made = Camera(browser, live_server.url, folder, whole=not wanted)
    yield made
    made.close()


def test_every_role_sees_the_month_on_a_desk_and_on_a_phone(camera: Camera) -> None:
    with month.day("2026-09-01"):
        world = month.world()
        month.neighbours(world)
    with month.work_done_at_once():
        invoice = selling(world, camera)
        paying(world, camera)
        looking_back(world, camera, invoice)

    assert camera.complaints == []


def selling(world: cast.World, camera: Camera) -> Any:
    """The draft in the editor, and what waits for the coach."""
    with month.day("2026-09-10"):
        month.buy_the_licence(world)
    with month.day("2026-09-14"):
        month.add_the_customer(world)
        draft = month.draft_the_invoice(world)
        camera.take("editor", world.lina, "invoicing:invoice_edit", draft.pk, shows=("3 630,00 €", "2 670,00 €"))
        issued = month.issue_the_invoice(world)
    with month.day("2026-09-18"):
        month.claim_the_kilometres(world)
        camera.take("home-coach", world.farid, "members:home")
        month.approve_the_kilometres(world)
    return issued


def paying(world: cast.World, camera: Camera) -> None:
    """The order, the run, and what waits for the payroll officer and for the accountant."""
    with month.day("2026-09-22"):
        camera.take(
            "salary", world.lina, "payroll:salary_month", build.SEPTEMBER, shows=("1 329,36 €", "1 450,00 €", "2 074,13 €")
        )  # fmt: skip
        month.orders_of_the_neighbours(world)
        month.order_the_salary(world)
        camera.take("home-payroll", world.elise, "members:home")
        month.approve_the_order(world)
        run = month.open_the_run(world)
        camera.take("run", world.elise, "payroll:run_detail", run.pk, shows=("1 329,36", "2 074,13"))
    with month.day("2026-09-26"):
        month.submit_the_run(world)
        camera.take("home-accountant", world.bruno, "members:home")


def looking_back(world: cast.World, camera: Camera, invoice: Any) -> None:
    """After the payroll: the invoice, the payslip, the statement, the homes; the last one when the customer has paid."""
    activity = world.activities["lina"]
    with month.day("2026-09-28"):
        slip = month.approve_the_run(world)
        camera.take("home-admin", world.amina, "members:home")
        camera.take("invoice", world.lina, "invoicing:invoice_detail", invoice.pk, shows=("3 630,00 €", "300,00 €"))
        camera.take(
            "payslip", world.lina, "payroll:payslip_detail", slip.pk, shows=("1 329,36 €", "189,52 €", "2 074,13 €")
        )
        camera.take(
            "statement", world.lina, "members:statement_detail", activity.pk, "2026-09", shows=("3 000,00", "-2 074,13", "275,87")
        )  # fmt: skip
        camera.take("customer-page", None, "customer_page:page", secret(world, invoice), shows=("3 630,00 €",))
    with month.day("2026-09-30"):
        month.settle_the_quarter()
    with month.day("2026-10-14"):
        month.record_the_payment(world, invoice.pk)
        sales.draft(activity, world.lina, to=invoice.customer)
        camera.take(
            "home-entrepreneur", world.lina, "members:home", shows=("4 375,87 €", "4 375,87", "2 074,13", "2 301,74 €")
        )


def secret(world: cast.World, invoice: Any) -> str:
    """Make the link by which the customer reads an invoice, and return its secret."""
    client = Client()
    client.force_login(world.lina)
    client.post(reverse("customer_page:link_make", args=[invoice.pk]))
    return str(invoice.customer_links.get().secret)
