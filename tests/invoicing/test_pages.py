"""The pages of sales through HTTP: what people see, send, and are refused."""

import re
from decimal import Decimal
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from coop.documents.models import Document
from coop.ledger import queries as ledger
from coop.ledger.models import Entry, OpenItem
from invoicing import services
from invoicing.content import DraftContent
from invoicing.models import Customer, Invoice
from tests import cast
from tests.invoicing import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


@pytest.fixture(autouse=True)
def today(settings) -> None:
    """It is 14 September 2026."""
    settings.REFERENCE_DAY = build.DAY


def logged_in(user) -> Client:
    """Return a browser in which somebody is logged in."""
    client = Client()
    client.force_login(user)
    return client


def sent(act: str, *rows: dict[str, str], **head: str) -> dict[str, str]:
    """Return an editor as a browser sends it."""
    data = {"act": act, "lines-TOTAL_FORMS": str(len(rows)), "lines-INITIAL_FORMS": "0", **head}
    for index, row in enumerate(rows):
        values = {
            "description": "Day",
            "quantity": "1",
            "unit": "DAY",
            "unit_price": "500,00",
            "sale": "service",
            **row,
        }
        data |= {f"lines-{index}-{name}": value for name, value in values.items()}
    return data


def key_in(response) -> str:
    """Return the idempotency key of the form of a page."""
    found = re.search(r'name="idempotency_key" value="([^"]+)"', response.content.decode())
    assert found
    return found[1]


# --- the editor -------------------------------------------------------------------------------------------------------


def test_an_invoice_is_made_in_the_editor_and_issued(world):
    client, activity = logged_in(world.aline), world.activities["aline"]
    buyer = build.customer(activity, world.aline)
    page = client.get(reverse("invoicing:invoice_new"))

    answer = client.post(
        reverse("invoicing:invoice_new"),
        sent("issue", {"quantity": "2", "unit_price": "500,00"}, customer=str(buyer.pk), idempotency_key=key_in(page)),
    )
    confirm = client.get(answer["Location"])
    issued = client.post(answer["Location"], {"on": "14/09/2026", "idempotency_key": key_in(confirm)}, follow=True)

    assert "1,210.00" in confirm.content.decode()
    invoice = Invoice.objects.get()
    assert invoice.number == "2026-0001"
    assert "Invoice 2026-0001" in issued.content.decode()
    assert ledger.accounting_balance(activity, build.DAY) == Decimal("890.00")


def test_the_same_form_of_a_new_invoice_sent_twice_makes_one_draft(world):
    client = logged_in(world.aline)
    key = key_in(client.get(reverse("invoicing:invoice_new")))

    for price in ("500,00", "600,00"):
        client.post(reverse("invoicing:invoice_new"), sent("save", {"unit_price": price}, idempotency_key=key))

    assert Invoice.objects.get().net.amount == Decimal("600.00")


def test_a_draft_is_saved_as_typed_even_where_it_cannot_be_read(world):
    client = logged_in(world.aline)
    draft = build.draft(world.activities["aline"], world.aline)
    url, buyer = reverse("invoicing:invoice_edit", args=[draft.pk]), str(draft.customer_id)

    answer = client.post(
        url, sent("save", {"quantity": "1.250", "unit_price": "abc"}, due_on="someday", customer=buyer)
    )
    page = client.get(answer["Location"]).content.decode()

    assert answer.status_code == 302
    assert 'value="1.250"' in page
    assert 'value="abc"' in page
    assert 'value="someday"' in page
    assert "two ways" in page
    with pytest.raises(services.NotReady, match="could not be read"):
        services.issue_invoice(invoice_id=draft.pk, on=build.DAY, by=world.aline, at=cast.at("2026-09-14"))


def test_a_line_is_added_copied_moved_and_removed_without_javascript(world):
    client = logged_in(world.aline)
    url = reverse("invoicing:invoice_new")
    rows = [{"description": "First"}, {"description": "Second"}]

    def descriptions(act: str) -> list[str]:
        page = client.post(url, sent(act, *rows))
        assert page.status_code == 200
        return re.findall(r"<textarea[^>]*lines-\d+-description[^>]*>\s*([^<]*)</textarea>", page.content.decode())

    assert descriptions("add") == ["First", "Second", ""]
    assert descriptions("copy:0") == ["First", "First", "Second"]
    assert descriptions("down:0") == ["Second", "First"]
    assert descriptions("remove:0") == ["Second"]
    assert not Invoice.objects.exists()


def test_a_customer_is_created_in_the_middle_of_an_invoice(world):
    client = logged_in(world.aline)
    typed = {
        "customer-name": "Nouvelle Librairie", "customer-kind": "business", "customer-vat_number": "BE 0403.170.701",
        "customer-street": "Rue 1", "customer-postcode": "1000", "customer-town": "Bruxelles", "customer-country": "BE",
        "customer-language": "fr", "customer-payment_days": "30",
    }  # fmt: skip

    page = client.post(reverse("invoicing:invoice_new"), sent("customer", {"description": "Kept"}, **typed))

    customer = Customer.objects.get(name="Nouvelle Librairie")
    text = page.content.decode()
    assert f'<option value="{customer.pk}" selected>' in text
    assert "Kept" in text


def test_a_wrong_vat_number_is_refused_with_the_form_as_typed(world):
    client = logged_in(world.aline)

    page = client.post(
        reverse("invoicing:customer_new"),
        {"name": "Wrong", "kind": "business", "vat_number": "BE0403170702", "country": "BE", "language": "fr",
         "payment_days": "30"},
    )  # fmt: skip

    assert page.status_code == 422
    assert 'value="BE0403170702"' in page.content.decode()
    assert not Customer.objects.exists()


def test_totals_are_answered_while_one_types(world):
    page = logged_in(world.aline).post(
        reverse("invoicing:invoice_totals"), sent("save", {"quantity": "2"}, {"sale": "books", "unit_price": "100"})
    )

    text = page.content.decode()
    for amount in ("1,100.00", "210.00", "6.00", "1,316.00", "110.00", "11.00", "979.00"):
        assert amount in text


def test_autosave_keeps_a_draft_and_gives_its_new_version(world):
    client = logged_in(world.aline)
    draft = build.draft(world.activities["aline"], world.aline)
    url = reverse("invoicing:invoice_edit", args=[draft.pk])

    first = client.post(url, sent("autosave", {}, row_version="1"))
    stale = client.post(url, sent("autosave", {"unit_price": "1"}, row_version="1"))

    assert 'value="2"' in first.content.decode()
    assert stale.status_code == 422
    assert "changed" in stale.content.decode()
    draft.refresh_from_db()
    assert draft.net.amount == Decimal("500.00")


def test_a_late_autosave_does_not_overwrite_what_the_same_page_saved_itself(world):
    client = logged_in(world.aline)
    draft = build.draft(world.activities["aline"], world.aline)
    url = reverse("invoicing:invoice_edit", args=[draft.pk])
    key = key_in(client.get(url))

    client.post(url, sent("autosave", {"unit_price": "1"}, row_version="1", idempotency_key=key))
    saved = client.post(url, sent("save", {"unit_price": "3"}, row_version="1", idempotency_key=key))
    late = client.post(url, sent("autosave", {"unit_price": "2"}, row_version="1", idempotency_key=key))

    assert (saved.status_code, late.status_code) == (302, 422)
    draft.refresh_from_db()
    assert draft.net.amount == Decimal("3.00")


def test_another_window_does_not_overwrite_a_draft_unseen(world):
    client = logged_in(world.aline)
    draft = build.draft(world.activities["aline"], world.aline)
    url = reverse("invoicing:invoice_edit", args=[draft.pk])
    first, second = key_in(client.get(url)), key_in(client.get(url))

    client.post(url, sent("save", {"unit_price": "3"}, row_version="1", idempotency_key=first))
    refused = client.post(url, sent("save", {"unit_price": "4"}, row_version="1", idempotency_key=second))

    assert refused.status_code == 422
    assert "changed in another window" in refused.content.decode()
    assert 'value="4"' in refused.content.decode()


def test_autosave_of_a_new_invoice_moves_to_the_address_of_its_draft(world):
    client = logged_in(world.aline)
    key = key_in(client.get(reverse("invoicing:invoice_new")))

    answer = client.post(reverse("invoicing:invoice_new"), sent("autosave", {}, idempotency_key=key))

    draft = Invoice.objects.get()
    assert answer["HX-Replace-Url"] == reverse("invoicing:invoice_edit", args=[draft.pk])


def test_an_incomplete_draft_is_refused_at_issue_with_a_sentence(world):
    client = logged_in(world.aline)
    draft = services.create_draft(
        activity=world.activities["aline"].pk, content=DraftContent(), by=world.aline, at=cast.at("2026-09-14")
    )

    page = client.post(reverse("invoicing:invoice_issue", args=[draft.pk]), {"on": "14/09/2026"})

    assert page.status_code == 422
    assert "It names no customer. Choose the customer" in page.content.decode()


def test_the_coach_sees_the_submitted_invoice_and_issues_it(world):
    services.require_validation(activity=world.activities["aline"].pk, on=build.DAY, by=world.amina)
    draft = build.draft(world.activities["aline"], world.aline)
    aline, farid = logged_in(world.aline), logged_in(world.farid)
    editor = reverse("invoicing:invoice_edit", args=[draft.pk])

    assert "Send to the coach" in aline.get(editor).content.decode()
    aline.post(editor, sent("submit", {}, customer=str(draft.customer_id)))
    detail = farid.get(reverse("invoicing:invoice_detail", args=[draft.pk])).content.decode()
    farid.post(reverse("invoicing:invoice_issue", args=[draft.pk]), {"on": "14/09/2026"})

    assert "Validate and issue" in detail
    draft.refresh_from_db()
    assert draft.number == "2026-0001"


# --- one invoice ------------------------------------------------------------------------------------------------------


def test_a_payment_is_recorded_by_the_accountant_and_shown_to_the_entrepreneur(world):
    invoice = build.invoice(world.activities["aline"], world.aline)
    bruno = logged_in(world.bruno)
    url = reverse("invoicing:invoice_payment", args=[invoice.pk])
    page = bruno.get(url)
    data = {
        "amount": "1210,00", "booked_on": "14/09/2026", "bank_account": str(world.banks["archipel"].pk),
        "idempotency_key": key_in(page),
    }  # fmt: skip

    for _sending in range(2):
        bruno.post(url, data)
    detail = logged_in(world.aline).get(reverse("invoicing:invoice_detail", args=[invoice.pk])).content.decode()

    assert ledger.residual(OpenItem.objects.get(pk=invoice.pk)) == 0
    assert Entry.objects.filter(source="banking.movement").count() == 1
    assert "It is paid." in detail
    assert "1,210.00" in detail


def test_a_payment_that_settles_nothing_is_refused_in_the_form(world):
    invoice = build.invoice(world.activities["aline"], world.aline)
    page = logged_in(world.bruno).post(
        reverse("invoicing:invoice_payment", args=[invoice.pk]),
        {"amount": "10,00", "booked_on": "13/09/2026", "bank_account": str(world.banks["archipel"].pk)},
    )

    assert page.status_code == 422
    assert "before the document" in page.content.decode()


def test_a_credit_note_is_made_for_a_part_and_refused_above_what_is_left(world):
    invoice = build.invoice(world.activities["aline"], world.aline)
    client, line = logged_in(world.aline), invoice.lines.get()
    url = reverse("invoicing:invoice_credit", args=[invoice.pk])
    data = {"extent": "part", "on": "14/09/2026", "reason": "Half a day", str(line.pk): "400,00"}

    made = client.post(url, data)
    refused = client.post(url, data | {str(line.pk): "600,01"})

    note = Invoice.objects.get(kind="credit_note")
    assert made["Location"] == reverse("invoicing:invoice_detail", args=[note.pk])
    assert (note.net.amount, note.gross.amount) == (Decimal("400.00"), Decimal("484.00"))
    assert refused.status_code == 422
    assert "600.00 EUR excluding VAT is left" in refused.content.decode()


def test_a_draft_is_previewed_as_paper_in_the_language_of_the_customer(world):
    draft = build.draft(world.activities["aline"], world.aline)

    page = logged_in(world.aline).get(reverse("invoicing:invoice_preview", args=[draft.pk])).content.decode()

    assert '<html lang="nl">' in page
    assert "Aline traduit" in page
    draft.refresh_from_db()
    assert (draft.seller, draft.language) == ({}, "")


def test_a_draft_is_duplicated_without_its_dates_and_number(world):
    invoice = build.invoice(world.activities["aline"], world.aline, build.line("2", "500.00", discount="5"))

    answer = logged_in(world.aline).post(reverse("invoicing:invoice_duplicate", args=[invoice.pk]))

    copy = Invoice.objects.get(state="draft")
    assert answer["Location"] == reverse("invoicing:invoice_edit", args=[copy.pk])
    assert (copy.net, copy.number, copy.due_on) == (invoice.net, "", None)


def test_the_pdf_is_offered_once_it_is_stored(world):
    invoice = build.invoice(world.activities["aline"], world.aline)
    client = logged_in(world.aline)
    url = reverse("invoicing:invoice_detail", args=[invoice.pk])

    assert "being made" in client.get(url).content.decode()
    assert Document.objects.get(subject=invoice.pk).state == "pending"


# --- lists ------------------------------------------------------------------------------------------------------------


def test_the_list_shows_states_totals_and_cards_from_the_books(world):
    activity = world.activities["aline"]
    build.invoice(activity, world.aline, build.line("1", "1000.00"), due_on=build.DAY)
    build.invoice(activity, world.aline, build.line("1", "100.00"))
    build.draft(activity, world.aline, build.line("1", "10.00"))
    client = logged_in(world.aline)

    page = client.get(reverse("invoicing:invoice_list"))
    found = client.get(reverse("invoicing:invoice_list"), {"status": "to_collect", "q": "karel"})

    text = page.content.decode()
    assert "1,331.00" in text  # to collect
    assert "12.10" in text  # draft
    assert [row.invoice.number for row in found.context["list"].rows] == ["2026-0002", "2026-0001"]
    assert found.context["list"].gross == Decimal("1331.00")


@pytest.mark.parametrize(
    "wanted, numbers",
    [
        ("2026-0002", ["2026-0002"]),
        ("121,00", ["2026-0002"]),
        ("KARÉL", ["2026-0002", "2026-0001"]),
        ("nobody", []),
    ],
)
def test_the_list_is_searched_by_number_customer_or_amount(world, wanted, numbers):
    build.invoice(world.activities["aline"], world.aline, build.line("1", "1000.00"))
    build.invoice(world.activities["aline"], world.aline, build.line("1", "100.00"))

    page = logged_in(world.aline).get(reverse("invoicing:invoice_list"), {"q": wanted})

    assert [row.invoice.number for row in page.context["list"].rows] == numbers


def test_a_list_asks_the_database_a_fixed_number_of_questions(world, django_assert_max_num_queries):
    client = logged_in(world.aline)
    for _invoice in range(3):
        build.invoice(world.activities["aline"], world.aline)
    client.get(reverse("invoicing:invoice_list"))

    for name in ("invoicing:invoice_list", "invoicing:customer_list"):
        with django_assert_max_num_queries(16):
            client.get(reverse(name))


def test_a_member_sees_nothing_of_the_sales_of_others(world):
    build.invoice(world.activities["aline"], world.aline)

    for name in ("invoicing:invoice_list", "invoicing:customer_list"):
        assert "Karel" not in logged_in(world.chloe).get(reverse(name)).content.decode()


def test_an_entry_links_to_its_invoice_for_those_who_may_open_it(world):
    from coop.ledger import sources

    invoice = build.invoice(world.activities["aline"], world.aline)
    key = ("invoicing.invoice.issued", str(invoice.pk))

    assert sources.links([key], world.aline)[key].url == reverse("invoicing:invoice_detail", args=[invoice.pk])
    assert sources.links([key], world.chloe)[key].url == ""


def test_no_page_of_sales_holds_inline_style_or_script(world):
    invoice = build.invoice(world.activities["aline"], world.aline)
    draft = build.draft(world.activities["aline"], world.aline)
    client = logged_in(world.aline)
    pages = [
        reverse("invoicing:invoice_list"), reverse("invoicing:invoice_edit", args=[draft.pk]),
        reverse("invoicing:invoice_detail", args=[invoice.pk]), reverse("invoicing:invoice_preview", args=[invoice.pk]),
        reverse("invoicing:invoice_credit", args=[invoice.pk]),
    ]  # fmt: skip

    for url in pages:
        text = client.get(url).content.decode()
        assert not re.search(r"\sstyle=|<script(?![^>]*\bsrc=)|\son[a-z]+=", text), url
    assert isinstance(invoice.pk, UUID)
