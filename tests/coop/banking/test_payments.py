"""Debts paid from the bank: to the cent, once, from the right account."""

from datetime import date
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from coop.banking import services
from coop.banking.models import Movement
from coop.ledger import queries
from coop.ledger.models import OpenItem
from coop.ledger.text import journal_text
from coop.money import ZERO
from tests import cast
from tests.invoicing import build as sales
from tests.invoicing.purchases import build
from tests.invoicing.purchases.test_costs import fund

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 20)


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
