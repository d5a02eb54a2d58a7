"""One message per document, whatever the network does: time-outs, two answers, refusals, somebody not on Peppol."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from invoicing.peppol import outbox, queries
from invoicing.peppol.models import (
    Lookup,
    LoopbackMessage,
    LoopbackScript,
    Network,
    PeppolEvent,
    Received,
    Transmission,
)
from invoicing.peppol.networks import folder
from tests import cast
from tests.invoicing import build as sales
from tests.invoicing.peppol import build

pytestmark = pytest.mark.django_db
Behaviour, State = LoopbackScript.Behaviour, Transmission.State
LATER = build.AT + timedelta(minutes=1)


@pytest.fixture
def world() -> cast.World:
    """The cast; Archipel and Boréal send and receive by loopback."""
    made = cast.world()
    build.switch_on(made.archipel)
    build.switch_on(made.boreal)
    return made


def kinds(invoice) -> list[str]:
    """What happened to the message of an invoice, in order."""
    return [event.kind for event in queries.events_of(invoice)]


def test_a_document_waits_for_its_file_and_then_leaves(world):
    invoice = build.invoice_to_boreal(world)

    assert build.send() == 0
    assert build.transmission(invoice).state == State.QUEUED
    build.make_files()
    assert build.send() == 1
    assert kinds(invoice) == ["queued", "in_flight", "delivered"]
    lookup = build.transmission(invoice).lookup
    assert lookup is not None
    assert (lookup.participant, lookup.found) == ("0208:0777700270", True)


def test_nothing_is_queued_for_who_cannot_be_addressed_or_without_the_switch(world):
    private = sales.customer(world.activities["aline"], world.aline, kind="private", vat_number="", name="Jan Peeters")

    assert not Transmission.objects.filter(
        invoice=sales.invoice(world.activities["aline"], world.aline, to=private)
    ).exists()
    assert not Transmission.objects.filter(invoice=sales.invoice(world.activities["ivo"], world.ivo)).exists()


def test_a_time_out_after_the_message_left_is_asked_about_and_nothing_is_sent_twice(world):
    build.script(Behaviour.TIME_OUT_AFTER)
    invoice = build.invoice_to_boreal(world)
    build.make_files()

    assert build.send() == 0
    row = build.transmission(invoice)
    assert (row.state, row.unanswered) == (State.IN_FLIGHT, 1)
    assert build.send() == 0, "it rests first"
    assert build.send(LATER) == 1
    assert build.transmission(invoice).state == State.DELIVERED
    assert LoopbackMessage.objects.get().times_sent == 1, "it is asked about, not sent again"
    build.fetch(at=LATER)
    assert Received.objects.count() == 1


def test_a_time_out_before_the_message_left_sends_it_again_under_the_same_id(world):
    build.script(Behaviour.TIME_OUT_BEFORE)
    invoice = build.invoice_to_boreal(world)
    build.make_files()

    build.send()
    assert LoopbackMessage.objects.count() == 0
    assert build.send(LATER) == 1
    assert LoopbackMessage.objects.get().message_id == str(build.transmission(invoice).pk)


def test_a_network_that_never_answers_is_left_to_a_person_who_can_try_again(world):
    build.script(Behaviour.TIME_OUT_BEFORE, times_left=outbox.MOST_UNANSWERED)
    invoice = build.invoice_to_boreal(world)
    build.make_files()
    moment = build.AT
    for _attempt in range(outbox.MOST_UNANSWERED):
        build.send(moment)
        moment += outbox.LONGEST_REST

    row = build.transmission(invoice)
    assert (row.state, row.failure) == (State.FAILED, Transmission.Failure.NO_ANSWER)
    with pytest.raises(PermissionDenied):
        outbox.send_again(transmission=row.pk, by=world.elise, at=moment)
    outbox.send_again(transmission=row.pk, by=world.aline, at=moment)
    assert build.send(moment) == 1
    with pytest.raises(outbox.NotToRepeat):
        outbox.send_again(transmission=row.pk, by=world.aline, at=moment)


def test_a_message_under_way_is_delivered_later(world):
    build.script(Behaviour.DELAY, seconds=600)
    invoice = build.invoice_to_boreal(world)
    build.make_files()

    assert build.send() == 0
    assert build.fetch() == 0
    assert build.send(LATER) == 0
    assert build.send(build.AT + timedelta(minutes=30)) == 1
    assert kinds(invoice) == ["queued", "in_flight", "delivered"]


def test_a_refusal_of_the_network_is_kept_with_its_reason_and_is_for_good(world):
    build.script(Behaviour.REFUSE, text="BR-CO-10")
    invoice = build.invoice_to_boreal(world)
    build.make_files()
    build.send()

    row = build.transmission(invoice)
    assert (row.state, row.reason) == (State.REFUSED, "BR-CO-10")
    assert "BR-CO-10" in queries.standing(row).sentence
    with pytest.raises(outbox.NotToRepeat):
        outbox.send_again(transmission=row.pk, by=world.aline, at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Transmission.objects.filter(pk=row.pk).update(state=State.QUEUED, settled_at=None)


def test_who_is_not_on_peppol_gets_nothing_and_the_proof_of_the_lookup_is_kept(world):
    invoice = sales.invoice(world.activities["aline"], world.aline)
    build.make_files()
    build.send()

    row = build.transmission(invoice)
    assert (row.state, row.failure) == (State.FAILED, Transmission.Failure.NOT_FOUND)
    assert LoopbackMessage.objects.count() == 0
    proof = Lookup.objects.get()
    assert (proof.found, proof.asked_at, row.lookup) == (False, build.AT, proof)
    assert "0208:" in proof.answer
    with pytest.raises(IntegrityError), transaction.atomic():
        Lookup.objects.update(found=True)


def test_a_lookup_is_asked_once_a_day_for_who_is_found_and_each_time_for_who_is_not(world):
    first, second = build.invoice_to_boreal(world), None
    second = sales.invoice(world.activities["aline"], world.aline, to=first.customer, reference="B-001")
    build.make_files()

    assert build.send() == 2
    assert second is not None
    assert Lookup.objects.count() == 1
    absent = sales.invoice(world.activities["chloe"], world.chloe)
    build.make_files()
    build.send()
    outbox.send_again(transmission=build.transmission(absent).pk, by=world.chloe, at=LATER)
    build.send(LATER)
    assert Lookup.objects.filter(found=False).count() == 2


def test_the_database_holds_one_message_per_document_and_none_disappears(world):
    invoice = build.invoice_to_boreal(world)
    row = build.transmission(invoice)

    with pytest.raises(IntegrityError), transaction.atomic():
        Transmission.objects.create(
            cooperative=world.archipel, network=Network.LOOPBACK, invoice=invoice, message_type="invoice", sender="a",
            recipient="b", created_at=build.AT, next_at=build.AT,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Transmission.objects.filter(pk=row.pk).update(recipient="0208:0777700369")
    with pytest.raises(IntegrityError), transaction.atomic():
        PeppolEvent.objects.filter(transmission=row).update(comment="no")


def test_what_a_worker_claimed_is_not_sent_by_another_until_its_lease_ends(world):
    invoice = build.invoice_to_boreal(world)
    build.make_files()
    Transmission.objects.update(lease_until=build.AT + outbox.LEASE, attempts=1, state=State.IN_FLIGHT)

    assert build.send() == 0
    assert build.send(build.AT + outbox.LEASE) == 1
    assert kinds(invoice) == ["queued", "delivered"]


def test_the_folder_gets_one_file_per_document_and_gives_those_put_into_it(world, settings, tmp_path):
    settings.PEPPOL_FOLDER = tmp_path
    switched = build.switch_on(world.cabestan, Network.FILE)
    invoice = sales.invoice(world.activities["ivo"], world.ivo)
    build.make_files()
    assert build.send() == 1
    Transmission.objects.filter(invoice=invoice)
    out = list((folder.place("0208:0777700369") / "out").iterdir())
    assert [file.name for file in out] == [f"{build.transmission(invoice).pk}.xml"]

    inbound = folder.place("0208:0777700369") / "in"
    inbound.mkdir()
    (inbound / "a.xml").write_bytes(b"<nothing/>")
    assert build.fetch() == 1
    assert Received.objects.get(cooperative=switched.cooperative).state == Received.State.UNREADABLE
    assert build.fetch() == 0
    assert [file.name for file in (inbound / "taken").iterdir()] == ["a.xml"]


def test_the_demonstration_switches_a_cooperative_on_from_its_day_and_reaches_every_enterprise(settings, tmp_path):
    from datetime import date

    from coop.demo.world import World
    from invoicing import demo
    from invoicing.peppol.models import MessageType, PeppolPolicy
    from invoicing.peppol.networks.loopback import Loopback

    made = cast.world()
    for _again in range(2):
        demo.switch_on(World(reference_day=date(2026, 9, 14), folder=tmp_path), "archipel")
    policy = PeppolPolicy.objects.get(cooperative=made.archipel)
    assert (policy.network, policy.valid_from) == (Network.LOOPBACK, date(2026, 9, 14))

    asked = {"participant": "0208:0403170701", "message_type": MessageType.INVOICE, "at": build.AT}
    assert not Loopback().lookup(**asked).found
    settings.DEMO = True
    assert Loopback().lookup(**asked).found
