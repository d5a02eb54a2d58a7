"""The pages: how a document stands with its next step, the inbox, one invoice received, the switch."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from coop import clock, todo
from invoicing.peppol.models import Network, PeppolPolicy, Received
from invoicing.purchases.models import State, SupplierInvoice
from tests import cast
from tests.invoicing import build as sales
from tests.invoicing.peppol import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> cast.World:
    """The cast; Archipel and Boréal send and receive by loopback."""
    made = cast.world()
    build.switch_on(made.archipel)
    build.switch_on(made.boreal)
    return made


def of(user) -> Client:
    """A client of somebody."""
    client = Client()
    client.force_login(user)
    return client


def text(answer) -> str:
    """The page, without line breaks."""
    return " ".join(answer.content.decode().split())


def sent(world: cast.World) -> tuple:
    """An invoice of Aline that Dirk has received."""
    invoice = build.invoice_to_boreal(world)
    build.make_files()
    build.send()
    build.fetch()
    return invoice, Received.objects.get()


def test_the_page_of_an_invoice_says_how_its_sending_stands_and_what_comes_next(world):
    invoice, _row = sent(world)
    page = reverse("invoicing:invoice_detail", args=[invoice.pk])

    shown = text(of(world.aline).get(page))
    assert "It was delivered by Peppol on" in shown
    assert "Delivered by Peppol" in shown
    build.send()
    build.fetch()
    assert "The customer answered: message received" in text(of(world.aline).get(page))


def test_what_was_not_sent_says_why_with_its_proof_and_can_be_tried_again(world):
    invoice = sales.invoice(world.activities["aline"], world.aline)
    build.make_files()
    build.send()
    client, page = of(world.aline), reverse("invoicing:invoice_detail", args=[invoice.pk])

    shown = text(client.get(page))
    assert "The customer is not on Peppol: 0208:" in shown
    assert "Try again" in shown
    assert "was not sent by Peppol" in " ".join(
        str(one.task.sentence) for one in todo.tasks_of(world.aline, clock.today())
    )
    client.post(reverse("peppol:send_again", args=[build.transmission(invoice).pk]))
    assert build.transmission(invoice).state == "queued"
    assert invoice.number in text(client.get(reverse("peppol:outbox")))


def test_the_inbox_says_first_what_is_to_do_and_an_invoice_is_accepted_from_its_page(world):
    _invoice, row = sent(world)
    client = of(world.dirk)

    shown = text(client.get(reverse("peppol:inbox")))
    assert "1 waits for you: open it." in shown
    assert reverse("peppol:received", args=[row.pk]) in shown
    assert "Look at 1 invoice received" in [str(one.task.sentence) for one in todo.tasks_of(world.dirk, clock.today())]
    page = text(client.get(reverse("peppol:received", args=[row.pk])))
    assert "It was assigned to B-001 Dirk Timmert by: its reference." in page
    act = reverse("peppol:received_act", args=[row.pk, "accept"])
    assert client.post(act, {}).status_code == 422
    assert client.post(act, {"kind_0": "subcontracting"}).status_code == 302
    assert SupplierInvoice.objects.get().state == State.SUBMITTED
    done = text(client.get(reverse("peppol:received", args=[row.pk])))
    assert "Whoever approves costs decides on it." in done
    assert text(client.get(reverse("peppol:inbox"))).count("Nothing waits for you.") == 1


def test_what_lies_shows_why_and_offers_no_acceptance(world):
    from invoicing.einvoice.writing import write
    from tests.invoicing.einvoice import documents

    row = build.take_in(PeppolPolicy.objects.get(cooperative=world.boreal), write(documents.invoice()))
    boss = build.accountant(world.boreal)

    shown = text(of(boss).get(reverse("peppol:received", args=[row.pk])))
    assert "It is addressed to another company." in shown
    assert "Accept it" not in shown
    note = reverse("peppol:received_act", args=[row.pk, "note"])
    assert of(boss).post(note, {"note": " "}).status_code == 422
    assert of(boss).post(note, {"note": "not ours"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.reason) == (Received.State.BY_HAND, "not ours")


def test_a_refusal_is_typed_with_its_reason(world):
    _invoice, row = sent(world)
    client, act = of(world.dirk), reverse("peppol:received_act", args=[row.pk, "reply"])

    refused = client.post(act, {"code": "RE", "reason_code": "", "reason": "Wrong order number"})
    assert refused.status_code == 422
    assert "Wrong order number" in text(refused), "what was typed is kept"
    assert client.post(act, {"code": "RE", "reason_code": "REF", "reason": "Wrong order number"}).status_code == 302
    row.refresh_from_db()
    assert row.state == Received.State.REFUSED


def test_the_team_assigns_from_the_page_of_an_invoice(world):
    from dataclasses import replace

    from invoicing.einvoice.writing import write
    from tests.invoicing.einvoice import documents

    unknown = replace(documents.invoice(), buyer_reference="x")
    row = build.take_in(PeppolPolicy.objects.get(cooperative=world.boreal), write(unknown))
    boss = of(build.accountant(world.boreal))

    assert "To assign to an activity" in text(boss.get(reverse("peppol:inbox")))
    assert "It is assigned" in text(
        boss.post(
            reverse("peppol:received_act", args=[row.pk, "assign"]),
            {"activity": world.activities["dirk"].pk},
            follow=True,
        )
    )
    row.refresh_from_db()
    assert row.activity == world.activities["dirk"]


def test_an_administrator_switches_from_a_day_on_never_in_the_past(world):
    client, page = of(world.amina), reverse("peppol:switch", args=[world.archipel.pk])

    assert client.post(page, {"network": "file", "valid_from": "01/01/2025"}).status_code == 422
    today = clock.today()
    assert client.post(page, {"network": "file", "valid_from": f"{today:%d/%m/%Y}"}).status_code == 302
    assert PeppolPolicy.objects.filter(cooperative=world.archipel).on(today).get().network == Network.FILE
    assert client.post(page, {"network": "off", "valid_from": f"{today:%d/%m/%Y}"}).status_code == 302
    assert not PeppolPolicy.objects.filter(cooperative=world.archipel).on(today).exists()
    assert PeppolPolicy.objects.filter(cooperative=world.archipel).on(date(2026, 9, 14)).exists()
