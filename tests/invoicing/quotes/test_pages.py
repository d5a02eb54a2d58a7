"""The pages of quotes, recurring invoices and catalogues through HTTP, as who sells uses them."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from invoicing.catalogue.models import Service
from invoicing.models import Invoice
from invoicing.quotes.models import Quote
from invoicing.recurring.models import RecurringInvoice
from tests import cast
from tests.invoicing import build as invoices
from tests.invoicing.quotes import build
from tests.invoicing.test_pages import key_in, logged_in, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


@pytest.fixture(autouse=True)
def today(settings) -> None:
    """It is 14 September 2026."""
    settings.REFERENCE_DAY = build.DAY


@pytest.fixture
def client(world) -> Client:
    """Aline's browser."""
    return logged_in(world.aline)


def press(client: Client, page: str, address: str, **data: str):
    """Press a button of a page: the form that leads to an address."""
    found = re.search(rf'action="{address}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert found, f"no button to {address}"
    key = re.search(r'name="idempotency_key"[^>]*value="([^"]+)"', found[1])
    return client.post(address, {"idempotency_key": key[1] if key else "", **data}, follow=True)


def test_from_a_new_quote_to_the_invoice_of_a_deposit_and_the_final_one(world, client):
    buyer = invoices.customer(world.activities["aline"], world.aline)
    new = reverse("quotes:quote_new")
    page = client.get(new)
    saved = client.post(
        new,
        sent(
            "send", {"quantity": "2"}, customer=str(buyer.pk), idempotency_key=key_in(page), label_1="bij bestelling",
            percent_1="30",
        ),
    )  # fmt: skip
    quote = Quote.objects.get()
    send = reverse("quotes:quote_send", args=[quote.pk])
    assert saved["Location"] == send
    confirm = client.get(send)
    detail = client.post(
        send, {"valid_until": "14/10/2026", "how": "link", "idempotency_key": key_in(confirm)}, follow=True
    )
    assert "D-2026-0001" in detail.content.decode()

    Client().post(reverse("quotes:page", args=[quote.links.get().secret]), {"answer": "accepted", "name": "Karel"})
    page = client.get(reverse("quotes:quote_detail", args=[quote.pk])).content.decode()
    instalment = reverse("quotes:quote_instalment", args=[quote.pk, quote.instalments.get().pk])
    drafted = press(client, page, instalment)
    assert "300,00" in drafted.content.decode() or "300.00" in drafted.content.decode()
    deposit = Invoice.objects.get()
    build.issued(deposit, world.aline)
    page = client.get(reverse("quotes:quote_detail", args=[quote.pk])).content.decode()
    press(client, page, reverse("quotes:quote_charge", args=[quote.pk]))

    final = Invoice.objects.get(quoted__part="final")
    assert final.net.amount == Decimal("700.00")
    shown = client.get(reverse("invoicing:invoice_detail", args=[final.pk])).content.decode()
    assert reverse("quotes:quote_detail", args=[quote.pk]) in shown


def test_a_deposit_above_the_quote_answers_422_with_what_was_typed(world, client):
    quote = build.accepted(world.activities["aline"], world.aline)

    answer = client.post(reverse("quotes:quote_deposit", args=[quote.pk]), {"size": "1000,01", "of": "amount"})

    assert answer.status_code == 422
    assert "1000,01" in answer.content.decode()
    assert quote.charges.count() == 0


def test_a_refused_deposit_schedule_keeps_what_was_typed(world, client):
    answer = client.post(
        reverse("quotes:quote_new"), sent("save", {}, label_1="a", percent_1="70", label_2="b", percent_2="31")
    )
    unlabelled = client.post(reverse("quotes:quote_new"), sent("save", {}, percent_1="70"))

    assert answer.status_code == unlabelled.status_code == 422
    assert 'value="31"' in answer.content.decode()
    assert not Quote.objects.exists()


def test_rows_come_go_and_are_copied_in_the_editor_of_a_quote(world, client):
    for act, rows in (("add", 2), ("copy:0", 2), ("remove:0", 0)):
        answer = client.post(reverse("quotes:quote_new"), sent(act, {}))
        assert answer.status_code == 200
        assert f'name="lines-TOTAL_FORMS" value="{rows}"' in answer.content.decode()


def test_a_customer_is_made_in_the_middle_of_a_quote(world, client):
    data = {"customer-name": "Nieuwe BV", "customer-kind": "business", "customer-country": "BE", "customer-language": "nl",
            "customer-payment_days": "30"}  # fmt: skip
    answer = client.post(reverse("quotes:quote_new"), sent("customer", {}, **data))
    wrong = client.post(reverse("quotes:quote_new"), sent("customer", {}, **{**data, "customer-name": ""}))

    assert "Nieuwe BV" in answer.content.decode()
    assert answer.status_code == 200
    assert wrong.status_code == 422


def test_a_draft_and_a_sent_quote_are_previewed_as_paper(world, client):
    draft = build.draft(world.activities["aline"], world.aline)
    quote = build.sent(world.activities["aline"], world.aline)

    for one in (draft, quote):
        answer = client.get(reverse("quotes:quote_preview", args=[one.pk]))
        assert answer.status_code == 200
        assert '<html lang="nl">' in answer.content.decode()
    assert Quote.objects.get(pk=draft.pk).number == ""


def test_the_list_finds_by_state_number_and_customer(world, client, settings):
    quote = build.sent(world.activities["aline"], world.aline)
    address = reverse("quotes:quote_list")

    for query in ({}, {"state": "sent"}, {"q": "d-2026"}, {"q": "karel"}):
        assert quote.number in client.get(address, query).content.decode()
    assert quote.number not in client.get(address, {"state": "accepted"}).content.decode()
    settings.REFERENCE_DAY = build.UNTIL.replace(year=2027)
    assert quote.number in client.get(address, {"state": "expired"}).content.decode()
    assert quote.number not in client.get(address, {"state": "sent"}).content.decode()
    assert quote.number not in logged_in(world.chloe).get(address).content.decode()


# --- catalogue --------------------------------------------------------------------------------------------------------


def test_a_service_is_added_and_chosen_in_an_invoice_by_typing_its_beginning(world, client):
    buyer = invoices.customer(world.activities["aline"], world.aline)
    page = client.get(reverse("catalogue:service_new"))
    data = {"name_fr": "Heure de conseil", "name_nl": "Uur advies", "unit": "HUR", "unit_price": "80,50", "sale": "service",
            "discount_percent": "5", "idempotency_key": key_in(page)}  # fmt: skip
    client.post(reverse("catalogue:service_new"), data)
    assert Service.objects.get().unit_price == Decimal("80.5")

    for address in (reverse("invoicing:invoice_new"), reverse("quotes:quote_new"), reverse("recurring:recurring_new")):
        assert '<option value="Heure de conseil">' in client.get(address).content.decode()
        for act in ("service", "save"):
            answer = client.post(
                address,
                sent(
                    act, {"description": "", "quantity": "", "unit_price": ""}, customer=str(buyer.pk), service="heure"
                ),
            )
            text = answer.content.decode()
            assert answer.status_code == 200, f"{address} {act}"
            assert "Uur advies" in text, "in the language of the customer"
            assert 'name="lines-TOTAL_FORMS" value="1"' in text, "in place of the empty row"


def test_a_name_that_means_nothing_is_refused_and_kept_as_typed(world, client):
    for address in (reverse("invoicing:invoice_new"), reverse("quotes:quote_new")):
        answer = client.post(address, sent("service", {}, service="plumbing"))

        assert answer.status_code == 422
        assert 'value="plumbing"' in answer.content.decode()
    assert not Invoice.objects.exists()


# --- recurring --------------------------------------------------------------------------------------------------------


def test_a_recurring_invoice_is_set_up_from_an_invoice_and_shows_its_next_dates(world, client):
    invoice = invoices.invoice(world.activities["aline"], world.aline)
    address = f"{reverse('recurring:recurring_new')}?from={invoice.pk}"
    page = client.get(address)
    assert "Training day" in page.content.decode()

    answer = client.post(
        reverse("recurring:recurring_new"),
        sent(
            "save", {"unit_price": "100,00"}, customer=str(invoice.customer_id), name="Upkeep", every="1", rhythm="month",
            first_on="30/09/2026", period="behind", makes="draft", idempotency_key=key_in(page),
        ),
        follow=True,
    )  # fmt: skip

    recurring = RecurringInvoice.objects.get()
    text = answer.content.decode()
    assert text.count("<li>") >= 5
    assert recurring.net == Decimal("100.00")
    for act, state in (("pause", "paused"), ("resume", "active")):
        client.post(reverse(f"recurring:recurring_{act}", args=[recurring.pk]))
        recurring.refresh_from_db()
        assert recurring.state == state
    client.post(reverse("recurring:recurring_skip", args=[recurring.pk]), {"day": "30/09/2026"})
    recurring.refresh_from_db()
    assert str(recurring.next_on) == "2026-10-30"
    client.post(reverse("recurring:recurring_end", args=[recurring.pk]))
    recurring.refresh_from_db()
    assert recurring.state == "ended"


def test_an_incomplete_recurring_invoice_is_refused_with_what_was_typed(world, client):
    answer = client.post(reverse("recurring:recurring_new"), sent("save", {}, name="Upkeep", first_on="30/09/2026"))

    assert answer.status_code == 422
    assert 'value="Upkeep"' in answer.content.decode()
    assert not RecurringInvoice.objects.exists()
