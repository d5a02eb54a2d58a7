"""Plain functions that switch cooperatives to the loopback network, send between them, and take in files."""

from datetime import date, datetime
from typing import Any

from coop.documents import services as documents
from coop.documents.models import Document
from coop.entities.models import Cooperative
from invoicing import services as sales
from invoicing import structured
from invoicing.einvoice.writing import write
from invoicing.models import Invoice
from invoicing.peppol import inbox, outbox, switching
from invoicing.peppol.models import LoopbackScript, Network, PeppolPolicy, Received, Transmission
from invoicing.peppol.networks import Inbound
from tests import cast
from tests.invoicing import build
from tests.invoicing.purchases import build as costs

DAY = build.DAY
AT = cast.at("2026-09-14 10:00")


def administrator(cooperative: Cooperative) -> Any:
    """Make an administrator of a cooperative."""
    who = cast.user(f"Admin {cooperative.code}")
    cast.grant(who, cast.Role.COOPERATIVE_ADMIN, cooperative=cooperative)
    return who


def switch_on(cooperative: Cooperative, network: Network = Network.LOOPBACK) -> PeppolPolicy:
    """Let a cooperative send and receive from the day of the tests."""
    return switching.switch_on(
        cooperative=cooperative.pk, network=network, valid_from=cast.START, today=cast.START,
        by=administrator(cooperative),
    )  # fmt: skip


def accountant(cooperative: Cooperative, name: str = "Accountant") -> Any:
    """Make an accountant of a cooperative."""
    who = cast.user(f"{name} {cooperative.code}")
    cast.grant(who, cast.Role.ACCOUNTANT, cooperative=cooperative)
    return who


def boreal_as_customer(world: cast.World, **details: Any) -> Any:
    """Make Boréal a customer of Aline."""
    boreal = world.boreal
    values = {
        "name": boreal.name, "vat_number": f"BE{boreal.enterprise_number}", "street": boreal.street,
        "postcode": boreal.postcode, "town": boreal.town, "email": boreal.email, "language": "fr", **details,
    }  # fmt: skip
    return build.customer(world.activities["aline"], world.aline, **values)


def invoice_to_boreal(world: cast.World, *lines: Any, reference: str = "B-001", **details: Any) -> Invoice:
    """Let Aline of Archipel invoice Boréal, for the activity of Dirk."""
    return build.invoice(
        world.activities["aline"], world.aline, *lines, to=boreal_as_customer(world, **details), reference=reference
    )


def make_files(at: datetime = AT) -> None:
    """Make the papers and files that wait."""
    while documents.make_newest(at):
        pass
    assert not Document.objects.filter(state=Document.State.PENDING).exists()


def transmission(invoice: Invoice) -> Transmission:
    """Return the message of an invoice."""
    return Transmission.objects.get(invoice=invoice)


def send(at: datetime = AT) -> int:
    """Send what waits."""
    return outbox.send_waiting(at=lambda: at)


def fetch(on: date = DAY, at: datetime = AT) -> int:
    """Take in what came."""
    return inbox.fetch_all(on=on, at=lambda: at)


def script(behaviour: str, **more: Any) -> LoopbackScript:
    """Say how the network behaves at the next message."""
    return LoopbackScript.objects.create(behaviour=behaviour, **more)


def ubl(invoice: Invoice) -> bytes:
    """Return the structured invoice of a document."""
    return write(structured.of(invoice, list(invoice.lines.order_by("position"))))


def take_in(policy: PeppolPolicy, content: bytes, *, key: str = "m-1", sender: str = "0208:0777700171") -> Received:
    """Take in a file as if it came over the network."""
    assert inbox.take_in(policy, Inbound(key, sender, content), on=DAY, at=AT)
    return Received.objects.get(message_id=key)


def money(world: cast.World, owner: str, net: str = "9000.00") -> None:
    """Let an activity have money: an invoice to somebody, paid."""
    activity = world.activities[owner]
    made = build.invoice(
        activity, world.users[owner], build.line(price=net),
        to=build.customer(activity, world.users[owner], name="Rijk NV", vat_number="BE0428759497"),
    )  # fmt: skip
    sales.record_customer_payment(
        invoice_id=made.pk, amount=made.gross.amount, on=DAY, bank_account=world.banks[activity.cooperative.code],
        by=accountant(activity.cooperative, "Cashier"), at=AT,
    )  # fmt: skip


__all__ = ["costs"]
