"""The VAT through HTTP: what the editor says of it, who sets another, what an activity sells."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from invoicing.models import Invoice, SalesDefaults, SellerFact
from tests import cast
from tests.invoicing import build
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


def text_of(client: Client, name: str, *arguments) -> str:
    """Return a page."""
    page = client.get(reverse(f"invoicing:{name}", args=arguments))
    assert page.status_code == 200
    return page.content.decode()


# --- the editor -------------------------------------------------------------------------------------------------------


def test_the_editor_says_what_was_decided_why_by_which_law_and_what_the_document_will_say(world):
    french = build.customer(
        world.activities["aline"],
        world.aline,
        name="SARL Bonjour",
        vat_number="FR40303265045",
        country="FR",
        language="fr",
    )
    draft = build.draft(world.activities["aline"], world.aline, build.line(), build.line(sale="goods"), to=french)

    page = text_of(logged_in(world.aline), "invoice_edit", draft.pk)

    for said in (
        "Service to a business elsewhere in the EU", "it owes the VAT there", "VAT Code art. 21 §2", "line 1", "line 2",
        "Autoliquidation : TVA due par le preneur", "Goods sent to a business elsewhere in the EU", "Needed:",
        "A proof that the goods left", "What do you sell?",
    ):  # fmt: skip
        assert said in page, said
    assert 'name="lines-0-operation"' not in page


def test_the_vat_follows_what_is_typed(world):
    client = logged_in(world.aline)
    buyer = build.customer(world.activities["aline"], world.aline)
    rows = [{"sale": "works", "unit_price": "100"}, {"sale": "books", "unit_price": "10"}]

    without = client.post(reverse("invoicing:invoice_totals"), sent("save", *rows)).content.decode()
    page = client.post(
        reverse("invoicing:invoice_totals"), sent("save", *rows, customer=str(buyer.pk))
    ).content.decode()

    assert "until the customer is chosen" in without
    assert "Works in real estate for a VAT payer" in page
    assert "Btw verlegd" in page
    assert "€110.60" in page


def test_a_vat_that_cannot_be_decided_is_told_with_what_to_do(world):
    client = logged_in(world.aline)
    buyer = build.customer(world.activities["aline"], world.aline, vat_number="", country="FR")

    page = client.post(reverse("invoicing:invoice_totals"), sent("save", {}, customer=str(buyer.pk))).content.decode()

    assert "its VAT number is not known" in page
    assert "not decided yet" in page


def test_the_choice_of_what_is_sold_is_kept_by_a_new_row_and_by_the_draft(world):
    client = logged_in(world.aline)
    key = key_in(client.get(reverse("invoicing:invoice_new")))

    added = client.post(reverse("invoicing:invoice_new"), sent("add", {"sale": "books"})).content.decode()
    client.post(reverse("invoicing:invoice_new"), sent("save", {"sale": "books"}, idempotency_key=key))

    assert added.count('<option value="books" selected>') == 2
    assert Invoice.objects.get().lines.get().operation == "BE06"


def test_what_somebody_set_stays_when_the_editor_saves_and_is_not_copied_with_a_row(world):
    draft = build.draft(world.activities["aline"], world.aline, build.line(operation="EXEMPT_TALK"))
    client, url = logged_in(world.aline), reverse("invoicing:invoice_edit", args=[draft.pk])
    line = str(draft.lines.get().pk)
    page = client.get(url).content.decode()

    copied = client.post(url, sent("copy:0", {"kept": line})).content.decode()
    client.post(
        url,
        sent(
            "save",
            {"kept": line},
            {"kept": ""},
            customer=str(draft.customer_id),
            idempotency_key=key_in(client.get(url)),
        ),
    )

    assert line in page
    assert "Agreed with the accountant" in page
    assert copied.count(line) == 1
    assert list(draft.lines.order_by("position").values_list("operation", flat=True)) == ["EXEMPT_TALK", "BE21"]


def test_a_rebate_is_typed_shown_and_kept(world):
    client = logged_in(world.aline)
    buyer = build.customer(world.activities["aline"], world.aline)
    head = {"customer": str(buyer.pk), "discount_percent": "10", "discount_reason": "Fidelity", "charge": "20,00"}
    key = key_in(client.get(reverse("invoicing:invoice_new")))

    side = client.post(reverse("invoicing:invoice_totals"), sent("save", {}, **head)).content.decode()
    client.post(reverse("invoicing:invoice_new"), sent("save", {}, idempotency_key=key, **head))
    draft = Invoice.objects.get()
    edited = text_of(client, "invoice_edit", draft.pk)
    detail = text_of(client, "invoice_detail", draft.pk)

    for amount in ("€50.00", "€20.00", "€470.00", "€98.70", "€568.70"):
        assert amount in side, amount
    assert (draft.discount.amount, draft.charge.amount, draft.net.amount) == (Decimal(50), Decimal(20), Decimal(470))
    assert 'value="Fidelity"' in edited
    assert "Fidelity (10 %)" in detail


def test_a_rebate_given_twice_is_refused_beside_its_field(world):
    client = logged_in(world.aline)
    draft = build.draft(world.activities["aline"], world.aline)
    url = reverse("invoicing:invoice_edit", args=[draft.pk])

    client.post(url, sent("save", {}, discount_percent="10", discount="5,00", customer=str(draft.customer_id)))

    assert "Give a percentage or an amount, not both." in client.get(url).content.decode()


# --- another VAT ------------------------------------------------------------------------------------------------------


def test_the_accountant_sets_another_vat_on_the_page_and_everybody_reads_why(world):
    draft = build.draft(world.activities["aline"], world.aline)
    bruno, url = logged_in(world.bruno), reverse("invoicing:invoice_vat", args=[draft.pk])
    values = {"act": "set", "line": str(draft.lines.get().pk), "operation": "BE06", "reason": "Ruling 2026.0412"}

    incomplete = bruno.post(url, {**values, "reason": ""})
    done = bruno.post(url, values)

    assert incomplete.status_code == 422
    assert done.status_code == 302
    for who in (world.aline, world.farid, world.jeanne):
        page = text_of(logged_in(who), "invoice_vat", draft.pk)
        assert "Ruling 2026.0412" in page
        assert "the rule said “21 %”" in page
    detail = text_of(logged_in(world.aline), "invoice_detail", draft.pk)
    assert "VAT set by hand" in detail
    assert "Bruno" in detail


def test_the_rule_is_followed_again_from_the_page(world):
    draft = build.draft(world.activities["aline"], world.aline, build.line(operation="BE06"))
    farid, url = logged_in(world.farid), reverse("invoicing:invoice_vat", args=[draft.pk])
    line = str(draft.lines.get().pk)

    gone = farid.post(url, {"act": "follow", "line": str(draft.pk)})
    done = farid.post(url, {"act": "follow", "line": line})

    assert gone.status_code == 422
    assert "changed or removed meanwhile" in gone.content.decode()
    assert done.status_code == 302
    assert draft.lines.get().operation == "BE21"


def test_the_entrepreneur_is_told_whom_to_ask_and_sets_nothing(world):
    draft = build.draft(world.activities["aline"], world.aline)
    aline, url = logged_in(world.aline), reverse("invoicing:invoice_vat", args=[draft.pk])

    page = aline.get(url).content.decode()
    refused = aline.post(url, {"act": "set", "line": str(draft.lines.get().pk), "operation": "BE06", "reason": "Mine"})

    assert "your coach or the accountant can set another" in page
    assert 'name="operation"' not in page
    assert refused.status_code == 403


def test_an_issued_invoice_shows_the_vat_that_it_was_frozen_with(world):
    issued = build.invoice(world.activities["aline"], world.aline, build.line(operation="EXEMPT_TALK"))

    page = text_of(logged_in(world.aline), "invoice_detail", issued.pk)

    assert "VATEX-EU-132-1N" in page
    assert "boxes 00 of the VAT return" in page
    assert "VAT Code art. 44 § 2, 8°" in page


def test_an_outdated_vat_is_refused_on_the_page_of_issue(world):
    draft = build.draft(world.activities["aline"], world.aline, build.line(sale="training"))
    SellerFact.objects.create(
        activity=world.activities["aline"], fact="EXEMPT_TEACHING", evidence="F-12", valid_from=date(2026, 9, 1),
        recorded_by=world.bruno, recorded_at=cast.at("2026-09-14"),
    )  # fmt: skip

    page = logged_in(world.aline).post(reverse("invoicing:invoice_issue", args=[draft.pk]), {"on": "14/09/2026"})

    assert page.status_code == 422
    assert "its VAT is decided anew" in page.content.decode()


# --- what an activity sells -------------------------------------------------------------------------------------------


def test_an_entrepreneur_says_what_new_invoices_begin_with(world):
    client, activity = logged_in(world.aline), world.activities["aline"]
    url = reverse("invoicing:selling", args=[activity.pk])

    done = client.post(url, {"act": "defaults", "sale": "books", "payment_days": "14", "note": "Thank you!"})
    wrong = client.post(url, {"act": "defaults", "sale": "time", "payment_days": "14"})
    page = text_of(client, "invoice_new")

    assert done.status_code == 302
    assert wrong.status_code == 422
    assert SalesDefaults.objects.get(activity=activity).payment_days == 14
    assert '<option value="books" selected>' in page
    assert "Thank you!" in page
    assert 'name="customer-payment_days" value="14"' in page
    assert 'name="fact"' not in client.get(url).content.decode()


def test_the_accountant_records_what_changes_the_vat_and_ends_it(world):
    client, activity = logged_in(world.bruno), world.activities["aline"]
    url = reverse("invoicing:selling", args=[activity.pk])
    values = {"act": "fact", "fact": "EXEMPT_TEACHING", "evidence": "Agrément F-12", "valid_from": "01/09/2026"}

    done = client.post(url, values)
    twice = client.post(url, values)
    seen = text_of(logged_in(world.aline), "selling", activity.pk)
    ended = client.post(url, {"act": "end", "fact": str(SellerFact.objects.get().pk)})

    assert (done.status_code, twice.status_code, ended.status_code) == (302, 422, 302)
    assert "recorded already" in twice.content.decode()
    assert "Agrément F-12" in seen
    assert SellerFact.objects.get().valid_until == build.DAY


def test_an_entrepreneur_records_no_fact_and_the_coach_no_default(world):
    url = reverse("invoicing:selling", args=[world.activities["aline"].pk])
    fact = {"act": "fact", "fact": "EXEMPT_TEACHING", "evidence": "I say so", "valid_from": "01/09/2026"}

    assert logged_in(world.aline).post(url, fact).status_code == 403
    assert (
        logged_in(world.farid).post(url, {"act": "defaults", "sale": "books", "payment_days": "1"}).status_code == 403
    )
    assert logged_in(world.farid).get(url).status_code == 200
    assert not SellerFact.objects.exists()
