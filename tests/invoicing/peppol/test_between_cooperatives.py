"""An invoice between two cooperatives: delivered, received, accepted, booked, answered, paid; both histories say so."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from coop.banking import services as banking
from coop.documents import queries as documents
from coop.ledger import checking
from coop.ledger.models import Entry, OpenItem
from invoicing.models import Invoice
from invoicing.peppol import deciding, queries
from invoicing.peppol.models import Code, PeppolEvent, Received, Transmission
from invoicing.purchases import queries as purchases
from invoicing.purchases import services as costs
from invoicing.purchases.models import State, SupplierInvoice
from tests import cast
from tests.invoicing import build as sales
from tests.invoicing.peppol import build

pytestmark = pytest.mark.django_db
Kind = PeppolEvent.Kind


@pytest.fixture
def world() -> cast.World:
    """The cast; Archipel and Boréal send and receive by loopback, and Dirk of Boréal has money."""
    made = cast.world()
    build.money(made, "dirk")
    build.switch_on(made.archipel)
    build.switch_on(made.boreal)
    return made


def later(minutes: int) -> datetime:
    """A moment after the first."""
    return build.AT + timedelta(minutes=minutes)


def kinds(events: list[PeppolEvent]) -> list[str]:
    """What happened, in order; answers with their code."""
    return [f"{event.kind}:{event.code}" if event.code else event.kind for event in events]


def test_an_invoice_between_two_cooperatives_is_delivered_booked_answered_and_paid(world: cast.World) -> None:
    invoice = build.invoice_to_boreal(world)
    build.make_files()

    assert build.send() == 1
    assert build.fetch() == 1
    received = Received.objects.get()

    assert (received.cooperative, received.state) == (world.boreal, Received.State.ASSIGNED)
    assert received.activity == world.activities["dirk"]
    assert (received.number, received.gross) == (invoice.number, Decimal("1210.00"))
    assert received.obstacles == []

    cost = deciding.accept(received=received.pk, cost_types=["subcontracting"], by=world.dirk, at=later(1))
    assert (cost.state, cost.gross, cost.supplier_number) == (State.SUBMITTED, Decimal("1210.00"), invoice.number)
    bruno = build.accountant(world.boreal)
    costs.approve_cost(model=SupplierInvoice, cost=cost.pk, on=date(2026, 9, 15), by=bruno, at=later(2))
    build.send(later(3))
    build.fetch(at=later(3))

    cost.refresh_from_db()
    assert cost.state == State.APPROVED
    assert Entry.objects.filter(source=costs.SUPPLIER_INVOICE, source_key=str(cost.pk)).count() == 1
    files = {file.media_type: documents.content(file) for file in purchases.receipts_of(cost)}
    assert files["application/xml"] == documents.content(received.document)
    assert files["application/pdf"].startswith(b"%PDF-")

    bank = world.banks["boreal"]
    banking.record_payment(
        item=cost.pk, amount=cost.gross, on=date(2026, 9, 20), bank_account=bank, by=bruno, at=build.AT, reference="x"
    )
    deciding.note_paid(later(4))
    build.send(later(4))
    build.fetch(at=later(4))

    assert kinds(queries.events_of(invoice)) == [
        "queued", "in_flight", "delivered", "answered:AB", "answered:IP", "answered:AP", "answered:PD",
    ]  # fmt: skip
    assert kinds(queries.history_of(received)) == [
        "came", "assigned", "answer_sent:AB", "accepted", "answer_sent:IP", "booked", "answer_sent:AP",
        "answer_delivered:AB", "answer_delivered:IP", "answer_delivered:AP", "answer_sent:PD", "answer_delivered:PD",
    ]  # fmt: skip
    assert build.transmission(invoice).answer == Code.PAID
    assert OpenItem.objects.filter(pk=cost.pk).exists()
    for house in (world.archipel, world.boreal):
        assert list(checking.faults(house, build.AT)) == []
    assert Invoice.objects.get(pk=invoice.pk).number == invoice.number


def test_a_cooperative_that_has_not_switched_on_sends_nothing(world: cast.World) -> None:
    made = sales.invoice(world.activities["ivo"], world.ivo)

    assert not Transmission.objects.filter(invoice=made).exists()
