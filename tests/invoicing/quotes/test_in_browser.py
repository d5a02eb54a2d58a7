"""Quotes, recurring invoices and the catalogue in a real browser: by keyboard, on a phone, read by axe."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from invoicing.catalogue import services as catalogue
from invoicing.models import Invoice
from invoicing.quotes import services
from invoicing.quotes.content import Planned
from invoicing.quotes.models import Quote
from invoicing.recurring import services as recurring
from tests import cast
from tests.invoicing import build as invoices
from tests.invoicing.quotes import build
from tests.invoicing.test_editor_in_browser import complaints, log_in  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
AT = cast.at("2026-09-14 13:00")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


@pytest.fixture
def world(settings) -> cast.World:
    """The cast, on 14 September 2026."""
    settings.REFERENCE_DAY = build.DAY
    return cast.world()


def serve(world: cast.World, **names: Any) -> None:
    details = catalogue.ServiceDetails(unit_price=Decimal("80.50"), unit="HUR", **names)
    catalogue.create_service(activity=world.activities["aline"].pk, details=details, by=world.aline, at=AT)


def fits(page: Any, name: str) -> None:
    """Look at a page at 360 px and at 1360: nothing wider than the window, and axe finds nothing."""
    for width in (360, 1360):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than {width} px"
        found = Axe().run(page, options=RULES).response["violations"]
        assert [(one["id"], node["html"]) for one in found for node in one["nodes"]] == [], name
        if folder := os.environ.get("LOOK_AT"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def test_the_customer_accepts_on_a_phone_and_reads_that_it_is_so(live_server, page, world, complaints):  # noqa: F811
    lines = (invoices.line("2", "500.00"), invoices.line("10", "8.00", sale="books", description="Boek"))
    quote = build.sent(world.activities["aline"], world.aline, *lines, instalments=[Planned("bij bestelling", 30)])
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(live_server.url + reverse("quotes:page", args=[quote.links.get().secret]))
    fits(page, "customer-waits")

    page.locator("[name='name']").press_sequentially("Karel Claes")
    page.locator("[value='accepted']").click()
    expect(page.locator(".customer-sentence")).to_contain_text("Karel Claes")

    quote.refresh_from_db()
    assert (quote.state, quote.answered_name) == ("accepted", "Karel Claes")
    fits(page, "customer-accepted")
    assert not complaints


def test_a_line_comes_from_the_catalogue_by_keyboard_and_the_totals_follow(live_server, page, world, complaints):  # noqa: F811
    invoices.customer(world.activities["aline"], world.aline, language="fr")
    serve(world, name_fr="Heure de conseil")
    log_in(page, live_server, world.aline)
    page.goto(live_server.url + reverse("quotes:quote_new"))

    page.locator("[name='service']").press_sequentially("heure")
    page.keyboard.press("Enter")
    expect(page.locator("[name='lines-0-description']")).to_have_value("Heure de conseil")
    expect(page.locator("[name='lines-0-quantity']")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("3")
    expect(page.locator("#totals")).to_contain_text("241")

    fits(page, "quote-editor")
    assert not Quote.objects.exists()
    assert not complaints


def test_the_pages_of_who_sells_fit_a_phone_and_pass_axe(live_server, page, world, complaints):  # noqa: F811
    activity = world.activities["aline"]
    quote = build.accepted(
        activity, world.aline, instalments=[Planned("à la commande", 30), Planned("à mi-parcours", 30)]
    )
    first, _second = quote.instalments.order_by("position")
    build.issued(services.charge_instalment(instalment_id=first.pk, by=world.aline, at=AT), world.aline)
    draft, waiting = build.draft(activity, world.aline), build.sent(activity, world.aline)
    serve(world, name_fr="Heure de conseil", name_nl="Uur advies")
    content = recurring.RecurringContent(
        name="Entretien", customer=quote.customer_id, lines=[invoices.line()], first_on=build.DAY, period="ahead"
    )
    made = recurring.create_recurring(activity=activity.pk, content=content, on=build.DAY, by=world.aline, at=AT)
    recurring.make_due(on=build.DAY, at=AT)
    log_in(page, live_server, world.aline)

    for name, address in {
        "quotes": reverse("quotes:quote_list"),
        "quote-accepted": reverse("quotes:quote_detail", args=[quote.pk]),
        "quote-waiting": reverse("quotes:quote_detail", args=[waiting.pk]),
        "quote-send": reverse("quotes:quote_send", args=[draft.pk]),
        "quote-answer": reverse("quotes:quote_answer", args=[waiting.pk]),
        "quote-preview": reverse("quotes:quote_preview", args=[quote.pk]),
        "catalogue": reverse("catalogue:service_list"),
        "service": reverse("catalogue:service_edit", args=[catalogue.Service.objects.get().pk]),
        "recurring-list": reverse("recurring:recurring_list"),
        "recurring": reverse("recurring:recurring_detail", args=[made.pk]),
        "recurring-editor": reverse("recurring:recurring_edit", args=[made.pk]),
        "draft-of-deposit": reverse("invoicing:invoice_edit", args=[Invoice.objects.filter(number="").first().pk]),
        "home": "/",
    }.items():
        page.goto(live_server.url + address)
        fits(page, name)
    assert not complaints


def test_without_a_login_the_inside_stays_closed(world):
    quote = build.sent(world.activities["aline"], world.aline)

    assert Client().get(reverse("quotes:quote_detail", args=[quote.pk])).status_code == 302
