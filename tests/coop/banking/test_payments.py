"""Debts paid from the bank: to the cent, once, from the right account."""

from datetime import date
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from coop.banking import services
from coop.banking.models import Movement
from coop.entities.models import FeePolicy
from coop.ledger import checking, queries
from coop.ledger.models import OpenItem
from coop.ledger.text import journal_text
from coop.money import ZERO
from tests import cast
from tests.coop.imports.files import send
from tests.invoicing import build as sales
from tests.invoicing.purchases import build
from tests.invoicing.purchases.test_costs import fund
from tests.payroll import build as payroll

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 20)


@pytest.fixture(autouse=True)
def today(settings) -> None:
    """It is 21 September 2026."""
    settings.REFERENCE_DAY = date(2026, 9, 21)


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    world = cast.world()
    with transaction.atomic():
        fund(world, "lina", "4100.00")
    return world


@pytest.fixture
def debt(world) -> OpenItem:
    """What Archipel owes a supplier of Atelier Lina: 242.00."""
    invoice = build.approved(build.submitted(build.supplier_invoice(world), world.lina), world.bruno)
    return OpenItem.objects.get(pk=invoice.pk)


def pay(
    world: cast.World, debt: OpenItem, amount: str = "242.00", on: date = DAY, by: str = "bruno", bank: str = "archipel"
) -> Movement:
    """Record a payment."""
    return services.record_payment(
        item=debt.pk,
        amount=Decimal(amount),
        on=on,
        bank_account=world.banks[bank],
        by=world.users[by],
        at=cast.at(str(DAY)),
    )


def test_a_debt_is_paid_in_parts_until_nothing_is_open(world, debt):
    first = pay(world, debt, "100.00")
    pay(world, debt, "142.00")

    assert journal_text([first.entry]).splitlines()[1:] == [
        "  440   -               100.00",
        "  550   -              -100.00",
    ]
    assert queries.residual(debt) == ZERO


@pytest.mark.parametrize("amount", ["242.01", "0.00", "-1.00"])
def test_more_than_is_open_is_refused(world, debt, amount):
    with pytest.raises(services.NothingOpen, match="242.00 EUR is open"):
        pay(world, debt, amount)


def test_the_account_of_another_cooperative_is_refused(world, debt):
    with pytest.raises(services.WrongBankAccount, match="another cooperative"):
        pay(world, debt, bank="boreal")


def test_a_receipt_on_the_account_of_another_cooperative_is_refused(world):
    issued = sales.invoice(world.activities["aline"], world.aline)

    with pytest.raises(services.WrongBankAccount):
        services.record_receipt(
            item=issued.pk, amount=Decimal("10.00"), on=DAY, bank_account=world.banks["boreal"], by=world.bruno,
            at=cast.at(str(DAY)),
        )  # fmt: skip


def test_a_payment_before_its_debt_is_refused(world, debt):
    with pytest.raises(services.DateBeforeDocument):
        pay(world, debt, on=date(2026, 9, 1))


def test_an_invoice_to_a_customer_is_no_debt(world):
    issued = sales.invoice(world.activities["aline"], world.aline)

    with pytest.raises(services.NotADebt):
        pay(world, OpenItem.objects.get(pk=issued.pk))


@pytest.mark.parametrize("who", ["lina", "farid", "elise", "amina", "greet", "dirk"])
def test_only_the_accountant_pays(world, debt, who):
    with pytest.raises(PermissionDenied):
        pay(world, debt, by=who)


@pytest.mark.django_db(transaction=True)
def test_two_payments_at_the_same_moment_never_pay_twice(world, debt):
    together, outcomes = Barrier(4), []

    def work() -> None:
        together.wait()
        try:
            pay(world, debt)
            outcomes.append("paid")
        except services.NothingOpen:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["paid", "refused", "refused", "refused"]
    assert queries.residual(debt) == ZERO


# --- correcting and paying by hand ------------------------------------------------------------------------------------


def undo(world: cast.World, movement: Movement, on: date = date(2026, 9, 21), **more: object) -> Movement:
    """Undo a movement."""
    return services.reverse_movement(movement=movement.pk, on=on, by=world.bruno, at=cast.at(str(on)), **more)


def test_a_wrong_payment_is_undone_by_the_opposite_and_the_debt_is_open_again(world, debt):
    wrong = pay(world, debt)

    opposite = undo(world, wrong)

    assert (opposite.amount, opposite.reverses) == (Decimal("242.00"), wrong)
    assert queries.residual(debt) == Decimal("-242.00")
    assert opposite.entry.reverses == wrong.entry
    pay(world, debt)
    assert queries.residual(debt) == ZERO


def test_a_receipt_undone_gives_back_what_was_collected_and_its_fee(world):
    FeePolicy.objects.filter(cooperative=world.archipel).update(moment="collected")
    lina = world.activities["lina"]
    invoice = sales.invoice(lina, world.lina)
    before = queries.balances(lina, DAY)
    receipt = services.record_receipt(
        item=invoice.pk, amount=Decimal("1210.00"), on=DAY, bank_account=world.banks["archipel"], by=world.bruno,
        at=cast.at(str(DAY)),
    )  # fmt: skip
    between = queries.balances(lina, DAY)

    undo(world, receipt, on=DAY)

    assert between.accounting == before.accounting - Decimal("100.00")
    assert queries.balances(lina, DAY) == before
    assert queries.residual(OpenItem.objects.get(pk=invoice.pk)) == Decimal("1210.00")
    assert not list(checking.faults(world.archipel, cast.at("2026-09-14 10:01")))


@pytest.mark.parametrize("again", ["twice", "the opposite", "before it was booked"])
def test_a_movement_is_undone_once_and_not_before_it_was_booked(world, debt, again):
    wrong = pay(world, debt)
    target, on = wrong, date(2026, 9, 21)
    if again == "before it was booked":
        on = date(2026, 9, 19)
    else:
        opposite = undo(world, wrong)
        target = wrong if again == "twice" else opposite

    with pytest.raises(services.NotReversible):
        undo(world, target, on=on)


def test_only_who_may_record_payments_undoes_one(world, debt):
    wrong = pay(world, debt)

    with pytest.raises(PermissionDenied):
        services.reverse_movement(movement=wrong.pk, on=DAY, by=world.elise, at=cast.at(str(DAY)))


def test_the_same_reference_of_the_bank_is_refused_with_a_sentence(client, world):
    invoice = sales.invoice(world.activities["lina"], world.lina)
    client.force_login(world.bruno)
    form = {"booked_on": "20/09/2026", "bank_account": world.banks["archipel"].pk, "reference": "0012026092000001"}
    address = f"/invoices/{invoice.pk}/payment"

    first = client.post(address, form | {"amount": "100,00"})
    second = client.post(address, form | {"amount": "50,00"})

    assert first.status_code == 302
    assert second.status_code == 422
    assert "already recorded on this account" in second.content.decode()
    assert Movement.objects.count() == 1


def test_a_debt_is_paid_on_its_page(client, world, debt):
    client.force_login(world.bruno)

    listed = client.get("/payments").content.decode()
    paid = client.post(
        f"/payments/{world.archipel.pk}/debts/{debt.pk}",
        {"amount": "242,00", "on": "20/09/2026", "bank_account": world.banks["archipel"].pk, "reference": ""},
    )

    assert "242.00" in listed
    assert paid.status_code == 302
    assert queries.residual(debt) == ZERO
    assert "Everything is paid" in client.get("/payments").content.decode()


def test_wages_are_paid_as_one_sum_without_naming_anybody(client, world, settings):
    settings.REFERENCE_DAY = date(2026, 9, 30)
    payroll.employer(world.archipel)
    for name in ("lina", "chloe"):
        made = payroll.contract(world.people[name], world.archipel)
        for month in (payroll.JULY, payroll.AUGUST):
            payroll.opening(made, month)
    payroll.approved(world)
    client.force_login(world.bruno)
    form = {"on": "30/09/2026", "bank_account": world.banks["archipel"].pk}

    listed = client.get("/payments").content.decode()
    paid = client.post(f"/payments/{world.archipel.pk}/wages/2026-09", form)
    again = client.post(f"/payments/{world.archipel.pk}/wages/2026-09", form)

    assert "2 persons" in listed
    assert "Lina" not in listed
    assert paid.status_code == 302
    assert again.status_code == 422
    assert not queries.open_items(world.archipel, "net_pay", date(2026, 9, 30))
    bank = client.get(f"/ledger/accounts/{world.archipel.pk}/550?from=2026-09&until=2026-09").content.decode()
    entry = Movement.objects.filter(item__role="net_pay").first().entry
    assert "one amount" in bank
    assert "Lina" not in bank
    assert client.get(f"/ledger/entries/{entry.uuid}").status_code == 403
    client.force_login(world.elise)
    assert client.get(f"/ledger/entries/{entry.uuid}").status_code == 200


def test_a_payment_that_came_back_is_imported_as_its_opposite(world):
    invoice = sales.invoice(world.activities["lina"], world.lina)
    rows = f"document;date;amount;reference\n{invoice.number};2026-09-18;1210,00;R1\n{invoice.number};2026-09-20;-1210,00;R2"

    run = send("receipts", rows, coop=world.archipel, by=world.bruno, day="2026-09-21")

    assert run.state == "imported", run.errors
    assert queries.residual(OpenItem.objects.get(pk=invoice.pk)) == Decimal("1210.00")
    assert Movement.objects.get(reference="R2").reverses == Movement.objects.get(reference="R1")
