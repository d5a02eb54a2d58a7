"""The pages of reminders: proposals and sending many, one reminder, what stops it, the rules; and the timeline."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from coop.documents import services as making
from invoicing import services as sales
from invoicing import timeline
from invoicing.reminders import services
from invoicing.reminders.deciding import Level
from invoicing.reminders.models import Reminder, ReminderPause, ReminderPolicy
from tests import cast
from tests.invoicing import build
from tests.invoicing.reminders import late
from tests.invoicing.reminders.late import DUE

pytestmark = pytest.mark.django_db
FIRST = DUE + timedelta(days=7)
SECOND = FIRST + timedelta(days=15)


@pytest.fixture
def world(settings) -> cast.World:
    """The cast on the day of the first reminder, with rules in Archipel; reminders are letters."""
    settings.SENDS_MAIL, settings.REFERENCE_DAY = False, FIRST
    made = cast.world()
    late.rules(made)
    return made


@pytest.fixture
def client(world) -> Client:
    """Aline, logged in."""
    made = Client()
    made.force_login(world.aline)
    return made


def test_the_page_proposes_and_sends_those_that_are_ticked(world, client):
    issued, other = late.invoice(world), late.invoice(world)
    address = reverse("reminders:proposals")

    shown = client.get(address).content.decode()
    answer = client.post(address, {"remind": [f"{issued.pk}:friendly", f"{issued.pk}:friendly", "nonsense:friendly"]})
    after = client.get(address).content.decode()

    assert issued.number in shown
    assert other.number in shown
    assert answer.status_code == 302
    assert list(Reminder.objects.values_list("invoice", "level")) == [(issued.pk, "friendly")]
    assert "each is sent once" in after, "the second one of the same level is refused in words"
    assert f'value="{other.pk}:friendly"' in after


def test_somebody_elses_invoice_is_not_sent_whatever_the_form_says(world, client):
    foreign = build.invoice(world.activities["lina"], world.lina)

    client.post(reverse("reminders:proposals"), {"remind": [f"{foreign.pk}:friendly"]})

    assert not Reminder.objects.exists()


def test_one_reminder_shows_its_lines_and_is_sent_once_per_form(world, client, settings):
    issued = late.invoice(world)
    late.remind(world, issued, Level.FRIENDLY, FIRST)
    settings.REFERENCE_DAY = SECOND
    address = reverse("reminders:remind", args=[issued.pk])

    shown = client.get(address).content.decode()
    form = {"level": "formal", "asking": "all", "idempotency_key": "7a0e9a1c-0000-4000-8000-000000000001"}
    first, second = client.post(address, form), client.post(address, form)

    for text in ("1,210.00", "7.66", "40.00", "1,257.66", "10.5"):
        assert text in shown, text
    assert (first.status_code, second.status_code) == (302, 302)
    assert Reminder.objects.filter(level="formal").get().total == Decimal("1257.66")


def test_a_refused_reminder_stays_on_the_page_with_its_reason(world, client, settings):
    issued = late.invoice(world)
    settings.REFERENCE_DAY = FIRST - timedelta(days=1)

    answer = client.post(reverse("reminders:remind", args=[issued.pk]), {"level": "friendly", "asking": "all"})

    assert answer.status_code == 422
    assert "21 October 2026" in answer.content.decode()


def test_dispute_plan_and_going_on_by_the_pages(world, client):
    issued, other = late.invoice(world), late.invoice(world)

    client.post(reverse("reminders:stop", args=[issued.pk]), {"kind": "dispute", "reason": "Half is missing"})
    half = {"day_1": "31/10/2026", "amount_1": "600,00", "reason": ""}
    short = client.post(reverse("reminders:plan", args=[other.pk]), half)
    whole = client.post(
        reverse("reminders:plan", args=[other.pk]), {**half, "day_2": "30/11/2026", "amount_2": "610,00"}
    )
    listed = client.get(reverse("reminders:proposals")).content.decode()
    client.post(reverse("reminders:resume", args=[issued.pk]))

    assert short.status_code == 422
    assert "€600.00" in short.content.decode()
    assert whole.status_code == 302
    assert "Half is missing" in listed
    assert "31 October 2026" in listed
    assert ReminderPause.objects.filter(ended_at__isnull=True).get().invoice == other


def test_the_administrator_sets_the_rules_from_a_day_on_with_own_words(world):
    client = Client()
    client.force_login(world.amina)
    address = reverse("reminders:rules", args=[world.archipel.pk])
    form = {
        "valid_from": "01/11/2026", "friendly_days": "5", "formal_days": "10", "notice_days": "10",
        "business_charges": "on", "private_rate": "", "private_from": "after_waiting", "reminder_cost": "",
        "text_friendly_nl": "Beste klant",
    }  # fmt: skip

    shown = client.get(address).content.decode()
    dear = client.post(address, {**form, "reminder_cost": "8,00"})
    answer = client.post(address, form)
    again = client.post(address, form)

    assert "10.5" in shown
    assert "Moniteur belge" in shown
    assert dear.status_code == 422
    assert answer.status_code == 302
    assert again.status_code == 422, "rules from the same day on are there"
    rules = ReminderPolicy.objects.get(valid_from=date(2026, 11, 1))
    assert rules.texts == {"friendly": {"nl": "Beste klant"}}
    issued = late.invoice(world)
    assert late.remind(world, issued, Level.FRIENDLY, date(2026, 11, 2)).text == "Beste klant"


def test_the_proposals_ask_the_database_a_fixed_number_of_questions(world, client, django_assert_max_num_queries):
    for _place in range(3):
        late.invoice(world)
    address = reverse("reminders:proposals")
    client.get(address)

    with django_assert_max_num_queries(24):
        client.get(address)


def test_the_timeline_tells_all_of_an_invoice_in_order(world, client):
    issued = late.invoice(world)
    making.make_newest(cast.at("2026-09-14 10:05"))
    late.remind(world, issued, Level.FRIENDLY, FIRST)
    services.stop_reminders(
        invoice_id=issued.pk, kind=ReminderPause.Kind.DISPUTE, reason="Half", by=world.farid, on=FIRST,
        at=cast.at(f"{FIRST} 12:00"),
    )  # fmt: skip
    sales.record_customer_payment(
        invoice_id=issued.pk, amount=Decimal("605.00"), on=FIRST + timedelta(days=2), bank_account=world.banks["archipel"],
        by=world.bruno, at=cast.at("2026-10-25"),
    )  # fmt: skip

    told = [(one.title, one.who) for one in timeline.timeline_of(issued)]
    page = client.get(reverse("invoicing:invoice_detail", args=[issued.pk])).content.decode()

    assert [title for title, _who in told if title not in ("PDF made", "Structured invoice made")] == [
        "Drafted",
        "Issued",
        "Fee and mutual fund taken: €110.00",
        "Reminded: friendly reminder, €1,210.00 asked",
        "Reminders stopped: disputed",
        "Paid: €605.00",
        "Available to the activity: €500.00",
    ]
    assert ("Reminders stopped: disputed", "Farid") in told
    assert "PDF made" in [title for title, _who in told]
    assert "Available to the activity" in page


def test_another_package_tells_the_timeline_what_it_knows(world, client, monkeypatch):
    issued = late.invoice(world)
    monkeypatch.setattr(timeline, "_sources", [*timeline._sources])
    timeline.register(
        lambda invoice: [timeline.Happening(title="Delivered by the network", at=cast.at("2026-09-14 11:00"))]
    )

    assert "Delivered by the network" in [one.title for one in timeline.timeline_of(issued)]
