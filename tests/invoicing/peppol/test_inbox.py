"""What comes in: kept as it came; hostile, lying, doubled and strange files are shown as such and never booked."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from coop.documents import queries as documents
from coop.transitions import TransitionRefused
from invoicing.einvoice.model import Contact, Document, Identifier, Kind, Party, Preceding
from invoicing.einvoice.writing import write
from invoicing.peppol import deciding, inbox, queries, responses
from invoicing.peppol.deciding import CannotBeBooked, ReasonMissing
from invoicing.peppol.models import Code, CustomerAnswer, LoopbackScript, PeppolEvent, Received, Transmission
from invoicing.peppol.networks import Inbound
from invoicing.purchases import services as costs
from invoicing.purchases.models import SupplierInvoice
from tests import cast
from tests.invoicing.einvoice import documents as einvoices
from tests.invoicing.einvoice.test_reading import BOMB, OUTSIDE
from tests.invoicing.peppol import build

pytestmark = pytest.mark.django_db
State, Behaviour = Received.State, LoopbackScript.Behaviour


@pytest.fixture
def world() -> cast.World:
    """The cast; Archipel and Boréal send and receive by loopback, and Dirk of Boréal has money."""
    made = cast.world()
    build.money(made, "dirk")
    build.switch_on(made.archipel)
    return made


@pytest.fixture
def policy(world: cast.World):
    """The switch of Boréal, which receives."""
    return build.switch_on(world.boreal)


BOREAL = Party(
    name="Boréal", legal_id=Identifier("0777700270", "0208"), vat_id="BE0777700270",
    endpoint=Identifier("0777700270", "0208"), address=einvoices.BUYER.address,
)  # fmt: skip


def invoice(**more) -> Document:
    """An invoice to Boréal that is right."""
    return replace(einvoices.invoice(), **{"buyer": BOREAL, "buyer_reference": "your B-001", **more})


# --- files of others --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [BOMB, OUTSIDE, b"", b"%PDF-1.7", b"<a>" * 5000 + b"</a>" * 5000, write(invoice())[:-30], b"<Order/>", b" " * 21_000_000],
    ids=["bomb", "file", "nothing", "pdf", "deep", "cut off", "order", "large"],
)  # fmt: skip
def test_what_cannot_be_read_is_kept_as_it_came_with_the_reason_and_never_booked(world, policy, content):
    row = build.take_in(policy, content)

    assert row.state == State.UNREADABLE
    assert row.fault
    assert documents.content(row.document) == content
    assert not Transmission.objects.filter(received=row).exists(), "there is nobody to answer"
    boss = build.accountant(world.boreal)
    with pytest.raises(TransitionRefused):
        deciding.accept(received=row.pk, cost_types=["office"], by=boss, at=build.AT)
    deciding.note_by_hand(received=row.pk, note="spam", by=boss, at=build.AT)
    assert not SupplierInvoice.objects.exists()


LYING = {
    "wrong": lambda right: replace(right, totals=replace(right.totals, payable=Decimal("1.00"))),
    "other_buyer": lambda right: replace(right, buyer=einvoices.BUYER),
    "credit_note": lambda right: replace(
        right, kind=Kind.CREDIT_NOTE, type_code="381", due_on=None, preceding=(Preceding("1", right.issued_on),)
    ),
}


@pytest.mark.parametrize("obstacle", sorted(LYING))
def test_an_invoice_that_lies_or_is_no_cost_is_shown_as_such_and_cannot_be_accepted(world, policy, obstacle):
    row = build.take_in(policy, write(LYING[obstacle](invoice())))

    assert obstacle in row.obstacles
    assert row.state == State.ASSIGNED
    with pytest.raises(CannotBeBooked):
        deciding.accept(received=row.pk, cost_types=["office"], by=world.dirk, at=build.AT)
    assert not SupplierInvoice.objects.exists()


def test_an_invoice_that_names_another_seller_than_who_sent_it_cannot_be_accepted(world, policy):
    row = build.take_in(policy, write(invoice()), sender="0208:0777700369")

    assert row.obstacles == ["other_sender"]
    with pytest.raises(CannotBeBooked, match="another seller"):
        deciding.accept(received=row.pk, cost_types=["office"], by=world.dirk, at=build.AT)


def test_the_database_makes_no_cost_of_what_is_not_right_and_keeps_what_came(world, policy):
    row = build.take_in(policy, write(invoice(buyer=einvoices.BUYER)))
    cost = build.costs.supplier_invoice(world, owner="dirk")

    for change in ({"supplier_invoice": cost}, {"obstacles": []}, {"number": "2"}, {"message_id": "other"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Received.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Received.objects.filter(pk=row.pk).delete()


# --- twice ------------------------------------------------------------------------------------------------------------


def test_a_message_that_is_handed_over_twice_is_here_once(world, policy):
    build.script(Behaviour.TWICE)
    build.invoice_to_boreal(world)
    build.make_files()
    build.send()

    assert build.fetch() == 1
    assert build.fetch() == 0
    assert Received.objects.count() == 1


def test_the_same_invoice_under_another_message_is_set_aside_as_come_twice(world, policy):
    build.script(Behaviour.DOUBLE)
    build.invoice_to_boreal(world)
    build.make_files()
    build.send()

    assert build.fetch() == 2
    first, second = Received.objects.order_by("message_id")
    assert (first.state, second.state, second.duplicate_of) == (State.ASSIGNED, State.DUPLICATE, first)
    assert second.supplier_invoice is None
    assert not second.answers.exists()
    with pytest.raises(TransitionRefused):
        deciding.accept(received=second.pk, cost_types=["office"], by=build.accountant(world.boreal), at=build.AT)


def test_a_forged_invoice_does_not_set_the_true_one_aside(world, policy):
    forged = build.take_in(policy, write(invoice()), sender="0208:0777700369")
    true = build.take_in(policy, write(invoice()), key="m-2")

    assert (forged.obstacles, forged.state) == (["other_sender"], State.ASSIGNED)
    assert (true.obstacles, true.state) == ([], State.ASSIGNED)


def test_an_invoice_that_was_entered_by_hand_before_is_not_accepted_again(world, policy):
    build.costs.supplier_invoice(
        world, owner="dirk", supplier_vat_number="BE0777700171", supplier_number=invoice().number
    )
    row = build.take_in(policy, write(invoice()))

    with pytest.raises(costs.SupplierInvoiceKnown):
        deciding.accept(received=row.pk, cost_types=["office"], by=world.dirk, at=build.AT)


# --- whose it is ------------------------------------------------------------------------------------------------------


ROUTES = {
    "reference": ({"buyer_reference": "Achat b-001 "}, State.ASSIGNED),
    "order": ({"buyer_reference": "", "order": "B-001/2026-4"}, State.ASSIGNED),
    "identifier": (
        {"buyer_reference": "x", "buyer": replace(BOREAL, identifiers=(Identifier("B-001"),))},
        State.ASSIGNED,
    ),
    "contact": (
        {"buyer_reference": "x", "buyer": replace(BOREAL, contact=Contact(email="DIRK@partagee.example"))},
        State.ASSIGNED,
    ),
    "text": ({"buyer_reference": "x", "notes": ("for B-001, thank you",)}, State.ASSIGNED),
}


@pytest.mark.parametrize("evidence", sorted(ROUTES))
def test_what_an_invoice_says_itself_decides_whose_it_is(world, policy, evidence):
    changes, state = ROUTES[evidence]
    row = build.take_in(policy, write(invoice(**changes)))

    assert (row.evidence, row.state, row.activity) == (evidence, state, world.activities["dirk"])


@pytest.mark.parametrize("reference", ["x", "B-0011", "AB-001", "B-001 or COOP"], ids=str)
def test_what_names_no_activity_or_two_waits_for_the_team(world, policy, reference):
    row = build.take_in(policy, write(invoice(buyer_reference=reference)))

    assert (row.state, row.activity, row.proposed) == (State.UNASSIGNED, None, None)


def test_a_name_that_resembles_is_proposed_and_who_runs_the_activity_takes_it_or_gives_it_back(world, policy):
    contact = replace(BOREAL, contact=Contact("Peeters, DIRK"))
    row = build.take_in(policy, write(invoice(buyer_reference="x", buyer=contact)))

    assert (row.state, row.proposed) == (State.UNASSIGNED, world.activities["dirk"])
    assert list(queries.inbox(world.dirk).to_decide) == [row]
    deciding.assign(received=row.pk, activity=world.activities["dirk"].pk, by=world.dirk, at=build.AT)
    deciding.release(received=row.pk, by=world.dirk, at=build.AT)
    row.refresh_from_db()
    assert (row.state, row.activity, row.proposed) == (State.UNASSIGNED, None, None)
    assert not Received.objects.visible_to(world.dirk).exists()
    with pytest.raises(PermissionDenied):
        deciding.assign(received=row.pk, activity=world.activities["dirk"].pk, by=world.dirk, at=build.AT)


def test_where_all_earlier_invoices_of_a_supplier_went_is_proposed(world, policy):
    first = build.take_in(policy, write(invoice()))
    deciding.accept(received=first.pk, cost_types=["office"], by=world.dirk, at=build.AT)
    second = build.take_in(policy, write(invoice(number="2026-2", buyer_reference="x")), key="m-2")

    assert (second.state, second.proposed, second.evidence) == (State.UNASSIGNED, world.activities["dirk"], "history")


def test_only_the_team_assigns_and_only_its_people_see_an_invoice(world, policy):
    row = build.take_in(policy, write(invoice(buyer_reference="x")))

    for stranger in (world.dirk, world.aline, world.bruno, world.ivo):
        assert not Received.objects.visible_to(stranger).exists()
        with pytest.raises(PermissionDenied):
            deciding.assign(received=row.pk, activity=world.activities["dirk"].pk, by=stranger, at=build.AT)
    boss = build.accountant(world.boreal)
    deciding.assign(received=row.pk, activity=world.activities["dirk"].pk, by=boss, at=build.AT)
    assert Received.objects.visible_to(world.dirk).get() == row


# --- answers ----------------------------------------------------------------------------------------------------------


def received(world: cast.World) -> tuple:
    """An invoice of Aline that Dirk has received."""
    sent = build.invoice_to_boreal(world)
    build.make_files()
    build.send()
    build.fetch()
    return sent, Received.objects.get()


def test_a_refusal_reaches_the_sender_with_its_reason(world, policy):
    sent, row = received(world)

    with pytest.raises(ReasonMissing):
        deciding.reply(received=row.pk, code=Code.REJECTED, reason_code="REF", reason=" ", by=world.dirk, at=build.AT)
    deciding.reply(
        received=row.pk, code=Code.REJECTED, reason_code="REF", reason="Wrong order number", by=world.dirk, at=build.AT
    )
    build.send()
    build.fetch()

    row.refresh_from_db()
    assert row.state == State.REFUSED
    assert build.transmission(sent).answer == Code.REJECTED
    last = queries.events_of(sent)[-1]
    assert (last.kind, last.code, last.comment) == ("answered", Code.REJECTED, "Wrong order number")
    assert "credit" in (queries.sending_of(sent).next or "")
    with pytest.raises(TransitionRefused):
        deciding.accept(received=row.pk, cost_types=["office"], by=world.dirk, at=build.AT)


def test_a_question_leaves_the_invoice_waiting(world, policy):
    sent, row = received(world)

    deciding.reply(
        received=row.pk, code=Code.QUESTION, reason_code="PRI", reason="Was it not 900?", by=world.dirk, at=build.AT
    )
    build.send()
    build.fetch()

    assert build.transmission(sent).answer == Code.QUESTION
    deciding.accept(received=row.pk, cost_types=["office"], by=world.dirk, at=build.AT)


def test_a_cost_that_was_refused_can_be_refused_to_the_supplier_one_that_waits_cannot(world, policy):
    _sent, row = received(world)
    cost = deciding.accept(received=row.pk, cost_types=["office"], by=world.dirk, at=build.AT)
    reject = {
        "received": row.pk, "code": Code.REJECTED, "reason_code": "OTH", "reason": "no", "by": world.dirk, "at": build.AT,
    }  # fmt: skip

    with pytest.raises(TransitionRefused):
        deciding.reply(**reject)
    boss = build.accountant(world.boreal)
    costs.refuse_cost(model=SupplierInvoice, cost=cost.pk, reason="twice the price", by=boss, at=build.AT)
    assert queries.history_of(row)[-1].kind == PeppolEvent.Kind.DECLINED
    deciding.reply(**reject)
    row.refresh_from_db()
    assert row.state == State.REFUSED


def test_a_gateway_that_gives_an_answer_twice_or_under_another_id_says_it_once(world, policy):
    build.script(Behaviour.TWICE, recipient="0208:0777700171")
    sent, row = received(world)
    build.script(Behaviour.DOUBLE, recipient="0208:0777700171")
    build.send()
    build.fetch()
    build.fetch()
    deciding.accept(received=row.pk, cost_types=["office"], by=world.dirk, at=build.AT)
    build.send()
    build.fetch()
    build.fetch()

    said = [event.code for event in queries.events_of(sent) if event.kind == "answered"]
    assert said == [Code.RECEIVED, Code.IN_PROCESS]
    assert CustomerAnswer.objects.count() == 3


def test_an_answer_to_what_was_not_sent_to_its_sender_is_set_aside(world, policy):
    sent, row = received(world)
    answer = row.answers.get(code=Code.RECEIVED)
    stranger = Inbound("x-1", "0208:0777700369", answer.content.encode())

    assert inbox.take_in(policy.__class__.objects.get(cooperative=world.archipel), stranger, on=build.DAY, at=build.AT)
    assert Received.objects.get(message_id="x-1").state == State.UNREADABLE
    assert build.transmission(sent).answer == ""


def test_every_answer_is_right_by_the_rules_of_peppol(world, policy):
    import mockeinvoice

    _sent, row = received(world)
    for code in Code:
        reason = {"reason_code": "REF", "reason": "Wrong order number"} if code in responses.NEEDS_REASON else {}
        content = responses.write(
            responses.Response(
                id="1", at=build.AT, sender=Identifier("0777700270", "0208"), sender_name="Boréal",
                receiver=Identifier("0777700171", "0208"), receiver_name="Archipel", code=code, number=row.number,
                issued_on=row.dated_on, type_code="380", **reason,
            )
        )  # fmt: skip
        _response, report = mockeinvoice.validate_response(content)
        again = responses.read(content)

        assert [finding.code for finding in report.failures] == [], code
        assert (again.code, again.number, again.reason) == (code, row.number, reason.get("reason", ""))
