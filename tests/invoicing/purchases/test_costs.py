"""Costs: from the receipt to the books, under the free balance, never by one's own hand."""

from datetime import date
from decimal import Decimal
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from coop.banking import services as banking
from coop.documents import services as documents
from coop.entities.models import NumberSeries, PeriodLock
from coop.entities.queries import PeriodLocked
from coop.ledger import posting, queries
from coop.ledger import services as ledger
from coop.ledger.lines import credit, debit
from coop.ledger.models import ChainRecord, Entry, OpenItem
from coop.ledger.text import journal_text
from coop.periods import Month
from coop.transitions import TransitionRefused
from invoicing.purchases import queries as costs
from invoicing.purchases import services
from invoicing.purchases.deductibility import VatAboveAmount
from invoicing.purchases.models import ExpenseNote, State, SupplierInvoice
from tests import cast
from tests.invoicing.purchases.build import (
    DAY,
    approved,
    bought,
    driven,
    expense_note,
    kilometre_rate,
    paid,
    receipt,
    submitted,
    supplier_invoice,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> cast.World:
    """The cast; Atelier Lina opens with 4,100.00 collected."""
    world = cast.world()
    with transaction.atomic():
        fund(world, "lina", "4100.00")
        fund(world, "aline", "1000.00")
    return world


def fund(world: cast.World, owner: str, amount: str) -> None:
    """Carry a balance forward to an activity."""
    coop = world.coop_of(world.archipel)
    posting.post(
        cooperative=world.archipel, journal="AN", on=date(2026, 9, 1), text="Opening", source="test.opening", source_key=owner,
        lines=[
            debit("carried_forward", Decimal(amount), activity=coop.pk),
            credit("carried_forward", Decimal(amount), activity=world.activities[owner].pk),
        ],
    )  # fmt: skip


def entry_of(cost: object) -> str:
    """Return the entry of an approved cost as text, without its head."""
    return "\n".join(journal_text([Entry.objects.get(source_key=str(cost.pk))]).splitlines()[1:])


# --- posting ----------------------------------------------------------------------------------------------------------


def test_a_supplier_invoice_is_posted_when_it_is_approved(world):
    invoice = approved(submitted(supplier_invoice(world), world.lina), world.bruno)

    assert (invoice.state, invoice.number, invoice.gross) == (State.APPROVED, "A-2026-0001", Decimal("242.00"))
    assert entry_of(invoice) == (
        "  612   A-018           200.00 base:82\n  411   -                42.00 tax:59\n  440   -              -242.00"
    )
    assert queries.free_balance(world.activities["lina"], date(2026, 9, 12)) == Decimal("3900.00")


def test_kilometres_are_paid_at_the_rate_of_their_day(world):
    kilometre_rate(world)
    note = expense_note(world, driven("300"))
    services.submit_cost(model=ExpenseNote, cost=note.pk, by=world.lina, at=cast.at("2026-09-18"))

    note = approved(note, world.bruno, on=date(2026, 9, 18))

    assert note.number == "F-2026-0001"
    assert entry_of(note) == "  615   A-018           120.00\n  4891  -              -120.00"


def test_an_expense_note_divides_each_receipt(world):
    note = expense_note(
        world,
        paid("121.00", cost_type="car"),
        paid("60.50", cost_type="restaurant"),
        paid("10.00", "0.06", cost_type="travel", invoiced=False),
    )

    note = approved(submitted(note, world.lina), world.bruno)

    assert entry_of(note) == (
        "  615   A-018           110.50 base:82\n"
        "  616   A-018            60.50 base:82\n"
        "  615   A-018            10.00\n"
        "  411   -                10.50 tax:59\n"
        "  4891  -              -191.50"
    )


def test_equipment_takes_its_whole_price_from_what_is_free_and_none_from_the_result(world):
    invoice = supplier_invoice(world, bought("1200.00", cost_type="equipment"))

    approved(submitted(invoice, world.lina), world.bruno)

    balances = queries.balances(world.activities["lina"], date(2026, 9, 12))
    assert (balances.accounting, balances.collected) == (Decimal("4100.00"), Decimal("2900.00"))


def test_the_entry_is_sealed_with_its_receipt(world):
    invoice = supplier_invoice(world)
    kept = services.attach_receipt(
        model=SupplierInvoice, cost=invoice.pk, receipt=receipt(), by=world.lina, at=cast.at("2026-09-10")
    )
    services.submit_cost(model=SupplierInvoice, cost=invoice.pk, by=world.lina, at=cast.at("2026-09-11"))

    approved(invoice, world.bruno)

    assert ChainRecord.objects.get(entry__source_key=str(invoice.pk)).files == [kept.sha256]


def test_a_debt_is_open_until_it_is_paid(world):
    invoice = approved(submitted(supplier_invoice(world), world.lina), world.bruno)
    item = OpenItem.objects.get(pk=invoice.pk)
    assert (item.role, item.gross, item.reference) == ("suppliers", Decimal("242.00"), "A-2026-0001")

    banking.record_payment(
        item=item.pk, amount=Decimal("242.00"), on=date(2026, 9, 20), bank_account=world.banks["archipel"], by=world.bruno,
        at=cast.at("2026-09-20"),
    )  # fmt: skip

    assert costs.payment_states([invoice])[invoice.pk].paid


def test_the_cooperatives_own_costs_need_no_free_balance(world):
    coop = world.coop_of(world.archipel)
    world.activities["coop"] = coop
    cast.grant(world.farid, cast.Role.ACCOUNTANT, cooperative=world.archipel)
    invoice = supplier_invoice(world, bought("500.00", cost_type="rent"), owner="coop", by=world.bruno)

    invoice = approved(submitted(invoice, world.bruno), world.farid)

    assert invoice.state == State.APPROVED


# --- rule 9 -----------------------------------------------------------------------------------------------------------


def test_a_cost_above_what_is_free_is_refused_and_uses_no_number(world):
    invoice = submitted(supplier_invoice(world, bought("4100.01")), world.lina)

    with pytest.raises(ledger.NotEnoughFree, match="4100.00 EUR is free"):
        approved(invoice, world.bruno)

    assert NumberSeries.objects.get(cooperative=world.archipel, kind="supplier_invoice", year="2026").last_number == 0
    assert not Entry.objects.filter(source_key=str(invoice.pk)).exists()


def test_recoverable_vat_is_no_cost(world):
    invoice = submitted(supplier_invoice(world, bought("4100.00")), world.lina)

    assert approved(invoice, world.bruno).gross == Decimal("4961.00")


def test_money_spent_later_is_not_spent_again_by_a_booking_in_the_past(world):
    approved(submitted(supplier_invoice(world, bought("4000.00")), world.lina), world.bruno, on=date(2026, 9, 20))
    late = submitted(supplier_invoice(world, bought("200.00"), supplier_number="F-78"), world.lina)

    with pytest.raises(ledger.NotEnoughFree):
        services.approve_cost(
            model=SupplierInvoice, cost=late.pk, on=date(2026, 9, 12), by=world.bruno, at=cast.at("2026-09-21")
        )


@pytest.mark.django_db(transaction=True)
def test_two_notes_approved_at_the_same_moment_never_spend_the_same_euro(world):
    notes = [submitted(expense_note(world, paid("3000.00", "0", invoiced=False)), world.lina) for _ in range(2)]
    together, outcomes = Barrier(2), []

    def approve(note: ExpenseNote) -> None:
        together.wait()
        try:
            approved(note, world.bruno)
            outcomes.append("approved")
        except ledger.NotEnoughFree:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=approve, args=[note]) for note in notes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["approved", "refused"]
    assert queries.free_balance(world.activities["lina"], date(2026, 9, 12)) == Decimal("1100.00")
    assert NumberSeries.objects.get(cooperative=world.archipel, kind="expense_note", year="2026").last_number == 1


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_the_same_invoice_of_a_supplier_is_recorded_once_in_a_cooperative(world):
    supplier_invoice(world)

    with pytest.raises(services.SupplierInvoiceKnown, match="f-77 of Logiciels"):
        supplier_invoice(world, owner="aline", supplier_name="LOGICIELS s.a.", supplier_number="f-77")

    assert supplier_invoice(world, supplier_number="F-78").supplier == SupplierInvoice.objects.first().supplier


def test_a_refused_invoice_may_be_recorded_again(world):
    first = submitted(supplier_invoice(world), world.lina)
    services.refuse_cost(
        model=SupplierInvoice, cost=first.pk, reason="Not ours", by=world.bruno, at=cast.at("2026-09-12")
    )

    again = supplier_invoice(world)

    assert again.supplier_number == first.supplier_number
    with pytest.raises(services.SupplierInvoiceKnown):
        services.take_back_cost(model=SupplierInvoice, cost=first.pk, by=world.lina)


def test_kilometres_without_a_rate_are_refused(world):
    with pytest.raises(services.KilometreRateMissing, match="has not said what it pays"):
        expense_note(world, driven())

    assert not ExpenseNote.objects.exists()


def test_a_kilometre_rate_begins_after_the_last(world):
    kilometre_rate(world)
    services.set_kilometre_rate(
        cooperative=world.archipel.pk, amount=Decimal("0.4449"), valid_from=date(2026, 7, 1), by=world.amina
    )

    early, late = driven("100", on=date(2026, 6, 30)), driven("100", on=date(2026, 7, 1))
    assert expense_note(world, early).gross == Decimal("40.00")
    assert expense_note(world, late).gross == Decimal("44.49")
    with pytest.raises(services.CostIncomplete):
        kilometre_rate(world)


def test_vat_that_the_rate_cannot_give_is_refused(world):
    with pytest.raises(VatAboveAmount):
        supplier_invoice(world, bought("200.00", vat="52.00"))


@pytest.mark.parametrize("line", [bought("0.00"), bought("-5.00")])
def test_a_line_above_zero_is_needed(world, line):
    with pytest.raises(services.CostIncomplete):
        supplier_invoice(world, line)


def test_a_cost_is_not_submitted_without_its_receipt(world):
    invoice = supplier_invoice(world)

    with pytest.raises(services.ReceiptMissing):
        services.submit_cost(model=SupplierInvoice, cost=invoice.pk, by=world.lina, at=cast.at("2026-09-11"))


def test_a_receipt_proves_one_cost(world):
    first, second = expense_note(world), expense_note(world)
    file = receipt()
    services.attach_receipt(model=ExpenseNote, cost=first.pk, receipt=file, by=world.lina, at=cast.at("2026-09-10"))

    with pytest.raises(documents.FileAlreadyKept):
        services.attach_receipt(
            model=ExpenseNote, cost=second.pk, receipt=file, by=world.lina, at=cast.at("2026-09-10")
        )


def test_a_locked_vat_period_refuses_a_cost_and_uses_no_number(world):
    invoice = submitted(supplier_invoice(world), world.lina)
    ledger.lock_period(
        cooperative=world.archipel, month=Month(2026, 9), kind=PeriodLock.Kind.VAT, by=None, at=cast.at("2026-10-20")
    )

    with pytest.raises(PeriodLocked):
        approved(invoice, world.bruno)

    assert approved(invoice, world.bruno, on=date(2026, 10, 20)).number == "A-2026-0001"


def test_somebody_who_does_not_run_the_activity_claims_nothing(world):
    with pytest.raises(services.NotAClaimant):
        services.create_expense_note(
            activity=world.activities["lina"].pk,
            content=services.ExpenseNoteContent(claimant=world.people["aline"].pk, lines=(paid(),)),
            by=world.lina,
            at=cast.at("2026-09-10"),
        )


# --- people -----------------------------------------------------------------------------------------------------------


def test_nobody_decides_on_a_cost_of_their_own(world):
    cast.grant(world.lina, cast.Role.ACCOUNTANT, cooperative=world.archipel)
    own = submitted(expense_note(world), world.lina)
    entered = submitted(supplier_invoice(world, by=world.bruno), world.bruno)

    with pytest.raises(services.OwnCost):
        approved(own, world.lina)
    with pytest.raises(services.OwnCost):
        approved(entered, world.bruno)
    with pytest.raises(services.OwnCost):
        services.refuse_cost(model=ExpenseNote, cost=own.pk, reason="no", by=world.lina, at=cast.at("2026-09-12"))


def test_an_accountant_who_enters_a_members_note_does_not_approve_it_nor_does_the_member(world):
    note = submitted(expense_note(world, by=world.bruno), world.bruno)
    cast.grant(world.lina, cast.Role.COACH, activity=world.activities["lina"])

    with pytest.raises(services.OwnCost):
        approved(note, world.lina)


def test_the_coach_approves_for_the_assigned_activity_only(world):
    mine = submitted(supplier_invoice(world, owner="aline"), world.aline)
    other = submitted(supplier_invoice(world, supplier_number="F-79"), world.lina)

    assert approved(mine, world.farid).decided_by == world.farid
    with pytest.raises(PermissionDenied):
        approved(other, world.farid)


@pytest.mark.parametrize("who", ["chloe", "dirk", "elise", "amina", "greet", "jeanne"])
def test_others_neither_enter_nor_approve(world, who):
    waiting = submitted(supplier_invoice(world), world.lina)

    with pytest.raises(PermissionDenied):
        supplier_invoice(world, by=world.users[who], supplier_number="F-80")
    with pytest.raises(PermissionDenied):
        approved(waiting, world.users[who])


def test_costs_are_seen_by_those_of_the_activity_and_the_support_team(world):
    invoice = supplier_invoice(world)

    seen = {name for name, user in world.users.items() if SupplierInvoice.objects.visible_to(user).exists()}

    assert seen == {"lina", "elise", "bruno", "amina", "greet", "jeanne"}
    kept = services.attach_receipt(
        model=SupplierInvoice, cost=invoice.pk, receipt=receipt(), by=world.lina, at=cast.at("2026-09-10")
    )
    assert {name for name, user in world.users.items() if costs.may_see_receipt(kept, user)} == seen


# --- states -----------------------------------------------------------------------------------------------------------


def test_a_refused_cost_tells_why_and_can_be_corrected(world):
    invoice = submitted(supplier_invoice(world), world.lina)
    refused = services.refuse_cost(
        model=SupplierInvoice, cost=invoice.pk, reason="Wrong rate", by=world.bruno, at=cast.at("2026-09-12")
    )

    draft = services.take_back_cost(model=SupplierInvoice, cost=invoice.pk, by=world.lina)

    assert (refused.reason, draft.state) == ("Wrong rate", State.DRAFT)
    assert (
        services.submit_cost(model=SupplierInvoice, cost=invoice.pk, by=world.lina, at=cast.at("2026-09-13")).decided_by
        is None
    )


def test_a_refusal_needs_a_reason(world):
    invoice = submitted(supplier_invoice(world), world.lina)

    with pytest.raises(services.CostIncomplete):
        services.refuse_cost(
            model=SupplierInvoice, cost=invoice.pk, reason=" ", by=world.bruno, at=cast.at("2026-09-12")
        )


def test_a_cost_is_approved_once(world):
    invoice = submitted(supplier_invoice(world), world.lina)
    key = uuid4()

    for _again in range(2):
        services.approve_cost(
            model=SupplierInvoice, cost=invoice.pk, on=DAY, by=world.bruno, at=cast.at("2026-09-12"), key=key
        )
    with pytest.raises(TransitionRefused):
        approved(invoice, world.bruno)

    assert Entry.objects.filter(source_key=str(invoice.pk)).count() == 1


def test_only_a_draft_changes_and_nobody_overwrites_unseen(world):
    invoice = supplier_invoice(world)
    content = services.SupplierInvoiceContent("Logiciels SA", "F-77", DAY, (bought("300.00"),), "BE0403170701")

    saved = services.save_supplier_invoice(cost=invoice.pk, content=content, version=invoice.version, by=world.lina)

    assert (saved.net, saved.lines.count()) == (Decimal("300.00"), 1)
    with pytest.raises(services.ChangedMeanwhile):
        services.save_supplier_invoice(cost=invoice.pk, content=content, version=invoice.version, by=world.lina)
    submitted(saved, world.lina)
    with pytest.raises(TransitionRefused):
        services.save_supplier_invoice(cost=invoice.pk, content=content, version=None, by=world.lina)


def test_a_draft_can_be_discarded_and_nothing_else(world):
    draft, waiting = supplier_invoice(world), submitted(supplier_invoice(world, supplier_number="F-81"), world.lina)

    services.discard_cost(model=SupplierInvoice, cost=draft.pk, by=world.lina)

    with pytest.raises(TransitionRefused):
        services.discard_cost(model=SupplierInvoice, cost=waiting.pk, by=world.lina)
    assert list(SupplierInvoice.objects.all()) == [waiting]


def test_an_approved_cost_is_frozen_with_its_lines(world):
    invoice = approved(submitted(supplier_invoice(world), world.lina), world.bruno)
    line = invoice.lines.get()

    for attack in (
        lambda: SupplierInvoice.objects.filter(pk=invoice.pk).update(note="x"),
        lambda: type(line).objects.update(description="x"),
        lambda: line.delete(),
        lambda: type(line).objects.create(
            supplier_invoice=invoice, position=9, cost_type="office", description="x", net=1, vat=0, gross=1, rate=0
        ),
        lambda: SupplierInvoice.objects.filter(pk=invoice.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attack()


def test_the_lines_of_an_approved_note_are_frozen_too(world):
    note = approved(submitted(expense_note(world), world.lina), world.bruno)

    for attack in (lambda: note.lines.update(description="x"), lambda: ExpenseNote.objects.update(note="x")):
        with pytest.raises(IntegrityError, match="can no longer change"), transaction.atomic():
            attack()


def test_the_database_knows_that_two_people_decide(world):
    invoice = submitted(supplier_invoice(world), world.lina)

    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        SupplierInvoice.objects.filter(pk=invoice.pk).update(decided_by=world.lina)
