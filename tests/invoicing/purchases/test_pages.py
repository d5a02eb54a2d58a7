"""Costs through the pages: from the first field to the books, each refusal a sentence beside its field."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from coop import todo
from coop.ledger import sources
from coop.ledger.models import Entry
from invoicing.purchases.models import ExpenseNote, State, SupplierInvoice
from tests import cast
from tests.invoicing.purchases import build
from tests.invoicing.purchases.test_costs import fund

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> cast.World:
    """The cast; Atelier Lina has 4,100.00."""
    world = cast.world()
    with transaction.atomic():
        fund(world, "lina", "4100.00")
    return world


def rows(*lines: dict[str, str]) -> dict[str, str]:
    """Return the fields of the lines of a form."""
    return {
        "lines-TOTAL_FORMS": "4",
        "lines-INITIAL_FORMS": "0",
        **{f"lines-{i}-{name}": value for i, line in enumerate(lines) for name, value in line.items()},
        **{f"lines-{i}-rate": "0.21" for i in range(len(lines), 4)},
    }


def invoice_fields(**change: str) -> dict[str, str]:
    """Return what is typed for a supplier invoice."""
    line = {"cost_type": "software", "description": "Licence", "amount": "200,00", "rate": "0.21"}
    return {
        "supplier_name": "Logiciels SA", "supplier_vat_number": "BE 0403.170.701", "supplier_number": "F-77",
        "dated_on": "10/09/2026", **rows(line), **change,
    }  # fmt: skip


def post(client, name: str, *arguments: object, **data: object):
    """Send a form and follow."""
    return client.post(reverse(f"purchases:{name}", args=arguments), data, follow=True)


def act(client, cost, what: str, **data: object):
    """Do something with a cost."""
    return post(
        client, "cost_act", "suppliers" if isinstance(cost, SupplierInvoice) else "notes", cost.pk, what, **data
    )


def test_a_supplier_invoice_from_the_first_field_to_the_books(client, world):
    client.force_login(world.lina)
    post(client, "cost_new", "suppliers", **invoice_fields())
    invoice = SupplierInvoice.objects.get()
    act(client, invoice, "receipt", file=SimpleUploadedFile("f77.pdf", build.receipt().content))
    page = act(client, invoice, "submit")
    assert "Waiting for approval" in page.content.decode()

    client.force_login(world.bruno)
    page = act(client, invoice, "approve", booked_on="12/09/2026")

    invoice.refresh_from_db()
    assert (invoice.state, invoice.number, invoice.vat) == (State.APPROVED, "A-2026-0001", Decimal("42.00"))
    assert "A-2026-0001" in page.content.decode()
    assert "€242.00" in page.content.decode()
    assert Entry.objects.get(source_key=str(invoice.pk)).date == date(2026, 9, 12)


def test_an_expense_note_with_kilometres(client, world):
    build.kilometre_rate(world)
    client.force_login(world.lina)
    line = {
        "cost_type": "kilometres",
        "description": "Liège",
        "spent_on": "18/09/2026",
        "kilometres": "300",
        "rate": "0",
    }

    page = post(client, "cost_new", "notes", claimant=world.people["lina"].pk, **rows(line))
    act(client, ExpenseNote.objects.get(), "submit")

    assert ExpenseNote.objects.get().gross == Decimal("120.00")
    assert "300 km × 0.4 €" in page.content.decode()


def test_a_draft_is_changed_and_shows_what_was_entered(client, world):
    invoice = build.supplier_invoice(world, build.bought("200.00", vat="42.01"))
    client.force_login(world.lina)

    shown = client.get(reverse("purchases:cost_edit", args=["suppliers", invoice.pk])).content.decode()
    post(
        client,
        "cost_edit",
        "suppliers",
        invoice.pk,
        row_version=invoice.version,
        **invoice_fields(supplier_number="F-90"),
    )

    assert 'value="42.01"' in shown
    invoice.refresh_from_db()
    assert (invoice.supplier_number, invoice.vat) == ("F-90", Decimal("42.00"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"supplier_vat_number": "BE0403170702"}, "VAT number is not right"),
        ({"lines-0-amount": "1.250"}, "1"),
        ({"lines-0-description": ""}, "This is missing"),
        ({"lines-0-vat": "52,00"}, "the VAT is 42.00 EUR"),
        ({"lines-0-amount": "", "lines-0-description": "", "lines-0-cost_type": ""}, "Complete every line"),
    ],
)
def test_what_cannot_be_kept_comes_back_as_typed_with_a_sentence(client, world, change, words):
    client.force_login(world.lina)

    page = post(client, "cost_new", "suppliers", **invoice_fields(**change))

    assert page.status_code == 422
    assert words in page.content.decode()
    assert "Logiciels SA" in page.content.decode()
    assert not SupplierInvoice.objects.exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            {"cost_type": "kilometres", "description": "x", "spent_on": "18/09/2026", "kilometres": "10"},
            "has not said what it pays",
        ),
        (
            {"cost_type": "kilometres", "description": "x", "spent_on": "18/09/2026", "amount": "10,00"},
            "Leave this empty",
        ),
        (
            {"cost_type": "kilometres", "description": "x", "spent_on": "18/09/2026", "kilometres": "10,25"},
            "one decimal",
        ),
        ({"cost_type": "office", "description": "x", "spent_on": "18/09/2026"}, "This is missing"),
    ],
)
def test_a_wrong_line_of_a_note_comes_back_with_a_sentence(client, world, line, words):
    client.force_login(world.lina)

    page = post(client, "cost_new", "notes", claimant=world.people["lina"].pk, **rows({"rate": "0", **line}))

    assert page.status_code == 422
    assert words in page.content.decode()
    assert not ExpenseNote.objects.exists()


def test_a_double_click_enters_one_cost(client, world):
    client.force_login(world.lina)
    fields = invoice_fields(idempotency_key="0b5c7a00-0000-4000-8000-000000000001")

    post(client, "cost_new", "suppliers", **fields)
    post(client, "cost_new", "suppliers", **fields)

    assert SupplierInvoice.objects.count() == 1


def test_a_file_of_another_kind_is_refused_with_a_sentence(client, world):
    invoice = build.supplier_invoice(world)
    client.force_login(world.lina)

    page = act(client, invoice, "receipt", file=SimpleUploadedFile("x.pdf", b"<svg onload=alert(1)>"))

    assert page.status_code == 422
    assert "PDF, PNG or JPEG" in page.content.decode()


def test_a_cost_above_what_is_free_is_refused_with_the_highest_amount(client, world):
    invoice = build.submitted(build.supplier_invoice(world, build.bought("4100.01")), world.lina)
    client.force_login(world.bruno)

    page = act(client, invoice, "approve", booked_on="12/09/2026")

    assert page.status_code == 422
    assert "Ask at most 4100.00 EUR" in page.content.decode()


def test_a_refusal_is_read_by_the_member(client, world):
    invoice = build.submitted(build.supplier_invoice(world), world.lina)
    client.force_login(world.bruno)
    act(client, invoice, "refuse", reason="The VAT number is not ours")
    client.force_login(world.lina)

    page = client.get(reverse("purchases:cost_detail", args=["suppliers", invoice.pk])).content.decode()
    taken = act(client, invoice, "take-back").content.decode()

    assert "The VAT number is not ours" in page
    assert "It is a draft again" in taken


def test_nobody_is_offered_a_decision_on_a_cost_of_their_own(client, world):
    own = build.submitted(build.supplier_invoice(world, by=world.bruno), world.bruno)
    client.force_login(world.bruno)

    page = client.get(reverse("purchases:cost_detail", args=["suppliers", own.pk])).content.decode()

    assert "Approve and book" not in page
    assert act(client, own, "approve", booked_on="12/09/2026").status_code == 422


def test_a_draft_is_discarded(client, world):
    invoice = build.supplier_invoice(world)
    client.force_login(world.lina)

    act(client, invoice, "discard")

    assert not SupplierInvoice.objects.exists()


def test_lists_show_totals_by_state_and_lead_to_each_cost(client, world):
    first = build.supplier_invoice(world)
    build.submitted(build.supplier_invoice(world, supplier_number="F-78"), world.lina)
    client.force_login(world.lina)

    every = client.get(reverse("purchases:cost_list", args=["suppliers"]))
    drafts = client.get(reverse("purchases:cost_list", args=["suppliers"]), {"state": "draft"})

    assert (every.context["total"], drafts.context["total"]) == (Decimal("484.00"), Decimal("242.00"))
    assert reverse("purchases:cost_detail", args=["suppliers", first.pk]) in drafts.content.decode()
    assert client.get(reverse("purchases:cost_list", args=["boats"])).status_code == 404


def test_a_foreign_activity_is_unknown(client, world):
    client.force_login(world.lina)

    page = client.get(reverse("purchases:cost_new", args=["notes"]), {"activity": world.activities["aline"].pk})

    assert page.status_code == 404


def test_an_entry_leads_to_its_cost_for_those_who_may_open_it(world):
    invoice = build.approved(build.submitted(build.supplier_invoice(world), world.lina), world.bruno)
    key = ("invoicing.supplier_invoice.approved", str(invoice.pk))

    assert sources.links([key], world.lina)[key].url.endswith(str(invoice.pk))
    assert sources.links([key], world.aline)[key].url == ""


def test_a_cost_waits_on_the_home_of_who_decides_until_it_is_decided(client, world):
    note = build.submitted(build.expense_note(world), world.lina)
    build.supplier_invoice(world)

    def waiting(name: str) -> list[str]:
        return [
            one.task.url for one in todo.tasks_of(world.users[name], build.DAY) if "cost_to_decide" in one.task.kind
        ]

    assert waiting("bruno") == [f"{reverse('purchases:cost_list', args=['notes'])}?state=submitted"]
    assert waiting("lina") == waiting("elise") == []
    client.force_login(world.bruno)
    assert waiting("bruno")[0] in client.get(reverse("members:home")).content.decode()
    build.approved(note, world.bruno)
    assert waiting("bruno") == []
