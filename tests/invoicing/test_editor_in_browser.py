"""The editor in a real browser, under the strict content security policy, by keyboard and on a phone."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from coop.money import ZERO
from invoicing.models import Invoice
from tests import cast
from tests.invoicing import build

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def world(settings) -> cast.World:
    """The cast, on 24 September 2026."""
    settings.REFERENCE_DAY = date(2026, 9, 24)
    return cast.world()


@pytest.fixture
def complaints(page) -> list[str]:
    """What the browser complains of: errors of scripts and violations of the policy."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda message: found.append(message.text) if "Content Security" in message.text else None)
    return found


def log_in(page, live_server, user) -> None:
    """Let somebody in without typing the password."""
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )


def test_an_invoice_is_made_and_issued_by_keyboard_with_live_totals(live_server, page, world, complaints):
    buyer = build.customer(world.activities["aline"], world.aline)
    log_in(page, live_server, world.aline)
    page.goto(f"{live_server.url}{reverse('invoicing:invoice_new')}?customer={buyer.pk}")

    page.get_by_label("Description").press_sequentially("Training")
    page.get_by_label("Quantity").press_sequentially("2")
    page.get_by_label("Unit price (€)").press_sequentially("500")
    expect(page.locator("#totals")).to_contain_text("€1,210.00")
    expect(page.locator("#saved")).to_contain_text("Saved")
    page.keyboard.press("Enter")
    second = page.locator("[name='lines-1-description']")
    expect(second).to_be_focused()
    second.press_sequentially("Travel")
    page.locator("[name='lines-1-quantity']").press_sequentially("1")
    page.locator("[name='lines-1-unit_price']").press_sequentially("100")
    expect(page.locator("#totals")).to_contain_text("€1,331.00")
    expect(page.locator("#totals")).to_contain_text("€979.00")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(f"{live_server.url}{reverse('invoicing:invoice_issue', args=[Invoice.objects.get().pk])}")
    page.keyboard.press("Control+Enter")

    expect(page.locator("h1")).to_contain_text("2026-0001")
    assert Invoice.objects.get().gross.amount > ZERO
    assert complaints == []


def tab_to(page, name: str) -> None:
    """Press Tab until the field with a name has the focus."""
    for _press in range(60):
        if page.evaluate("() => document.activeElement.name") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {name}")


def test_a_known_customer_is_invoiced_in_four_actions_by_keyboard_alone(live_server, page, world, complaints):
    build.customer(world.activities["aline"], world.aline, name="Abel BV", vat_number="", language="en")
    build.customer(world.activities["aline"], world.aline)
    log_in(page, live_server, world.aline)
    page.goto(f"{live_server.url}{reverse('invoicing:invoice_new')}")

    tab_to(page, "customer")  # 1: who
    page.keyboard.type("Karel")
    tab_to(page, "lines-0-description")  # 2: what, how much; what is sold stands there by default
    page.keyboard.type("Training")
    tab_to(page, "lines-0-quantity")
    page.keyboard.type("2")
    tab_to(page, "lines-0-unit_price")
    page.keyboard.type("500")
    expect(page.locator("#totals")).to_contain_text("It is supplied in Belgium, at the rate of its kind.")
    expect(page.locator("#totals")).to_contain_text("€1,210.00")
    page.keyboard.press("Control+Enter")  # 3: issue…
    expect(page.locator("h1")).to_contain_text("Issue this invoice?")
    page.keyboard.press("Control+Enter")  # 4: issue

    expect(page.locator("h1")).to_contain_text("2026-0001")
    assert str(Invoice.objects.get().customer) == "Karel BV"
    assert complaints == []


def test_what_was_typed_is_there_after_a_reload(live_server, page, world, complaints):
    log_in(page, live_server, world.aline)
    page.goto(f"{live_server.url}{reverse('invoicing:invoice_new')}")

    page.get_by_label("Description").press_sequentially("Not lost")
    expect(page.locator("#saved")).to_contain_text("Saved")
    page.reload()

    expect(page.get_by_label("Description")).to_have_value("Not lost")
    assert complaints == []


@pytest.mark.parametrize("width, height", [(1360, 860), (360, 740)])
def test_no_page_of_sales_scrolls_sideways(live_server, page, world, complaints, width, height):
    activity = world.activities["aline"]
    invoice = build.invoice(
        activity, world.aline, build.line(description="A rather long description of a training day")
    )
    draft = build.draft(activity, world.aline)
    log_in(page, live_server, world.aline)
    page.set_viewport_size({"width": width, "height": height})

    for name, arguments in (
        ("invoice_list", []),
        ("invoice_edit", [draft.pk]),
        ("invoice_issue", [draft.pk]),
        ("invoice_vat", [draft.pk]),
        ("selling", [activity.pk]),
        ("invoice_detail", [invoice.pk]),
        ("invoice_credit", [invoice.pk]),
        ("invoice_preview", [invoice.pk]),
        ("customer_list", []),
        ("customer_detail", [invoice.customer_id]),
        ("customer_edit", [invoice.customer_id]),
    ):
        page.goto(live_server.url + reverse(f"invoicing:{name}", args=arguments))
        over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, name
    assert complaints == []
