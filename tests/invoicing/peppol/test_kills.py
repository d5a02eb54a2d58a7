"""A real worker killed between sending and saving: still one message, and both sides have it once."""

import time
from collections.abc import Callable

import pytest

from coop import clock
from coop.documents import services as documents
from invoicing.peppol.models import LoopbackMessage, LoopbackScript, Received, Transmission
from tests import cast, processes
from tests.invoicing.peppol import build

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]
PATIENCE = 180


def wait(done: Callable[[], bool], what: str, site: processes.Site) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, f"{what} did not happen within {PATIENCE} s\n{site.log('worker')[-3000:]}"
        time.sleep(0.05)


def test_a_worker_killed_between_sending_and_saving_leaves_one_message() -> None:
    world = cast.world()
    for house in (world.archipel, world.boreal):
        build.switch_on(house)
    build.script(LoopbackScript.Behaviour.HANG, seconds=600, recipient="0208:0777700270")
    invoice = build.invoice_to_boreal(world)
    while documents.make_newest(clock.now()):
        pass
    row = Transmission.objects.filter(invoice=invoice)
    with processes.running("beat", "worker") as site:
        wait(lambda: LoopbackMessage.objects.exists(), "the sending", site)
        site.kill("worker")
        halfway = row.get()
        site.start("worker")
        wait(lambda: row.get().state == Transmission.State.DELIVERED, "the delivery", site)
        wait(lambda: Received.objects.exists(), "the receipt", site)

    assert halfway.state == Transmission.State.IN_FLIGHT, "the kill came too late to prove anything"
    assert row.get().attempts > 1
    assert [one.times_sent for one in LoopbackMessage.objects.filter(message_type="invoice")] == [1]
    assert Received.objects.count() == 1
    assert Received.objects.get().number == invoice.number
