"""Quotes: drafted, sent, answered by the customer or on the customer's behalf, withdrawn; what each step refuses."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from coop import todo
from coop.documents import queries as files
from coop.documents import services as documents
from coop.errors import Refused
from coop.ledger.models import Entry
from invoicing import services as sales
from invoicing.content import DraftLine
from invoicing.quotes import services
from invoicing.quotes.content import Planned, QuoteContent
from invoicing.quotes.models import Instalment, Quote, QuoteLine
from tests import cast, database
from tests.invoicing import build as invoices
from tests.invoicing.quotes import build

AT = cast.at("2026-09-14 11:00")


@pytest.fixture
def world(db) -> cast.World:
    """The cast."""
    return cast.world()


def accept(quote: Quote, name: str = "Karel Claes", on: date = build.DAY) -> Quote:
    return services.accept_quote(quote_id=quote.pk, name=name, address="192.0.2.7", on=on, at=AT)


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_a_draft_may_be_incomplete_and_is_totalled_as_an_invoice_would_be(world):
    quote = build.draft(
        world.activities["aline"], world.aline, invoices.line("3", "33.333", discount="10"), DraftLine()
    )

    assert (quote.net, quote.vat, quote.gross) == (Decimal("90.00"), Decimal("18.90"), Decimal("108.90"))
    assert quote.number == ""


def test_a_draft_saved_in_another_window_meanwhile_is_refused(world):
    quote = build.draft(world.activities["aline"], world.aline)
    content = QuoteContent(customer=quote.customer_id, lines=[invoices.line("2")])
    services.save_quote(quote_id=quote.pk, content=content, version=1, by=world.aline, at=AT)

    with pytest.raises(sales.ChangedMeanwhile):
        services.save_quote(quote_id=quote.pk, content=content, version=1, by=world.aline, at=AT)


def test_a_customer_of_others_and_deposits_above_the_whole_are_refused(world):
    stranger = invoices.customer(world.activities["lina"], world.lina)
    content = QuoteContent(customer=stranger.pk)
    too_much = QuoteContent(instalments=[Planned("a", Decimal(60)), Planned("b", Decimal("40.01"))])

    with pytest.raises(sales.CustomerOfOthers):
        services.create_quote(activity=world.activities["aline"].pk, content=content, by=world.aline, at=AT)
    with pytest.raises(services.ScheduleAboveWhole):
        services.create_quote(activity=world.activities["aline"].pk, content=too_much, by=world.aline, at=AT)


def test_others_draft_send_answer_withdraw_and_delete_nothing(world):
    draft = build.draft(world.activities["aline"], world.aline)
    quote = build.sent(world.activities["aline"], world.aline)
    acts = (
        lambda who: services.send_quote(quote_id=draft.pk, valid_until=build.UNTIL, on=build.DAY, by=who, at=AT),
        lambda who: services.discard_quote(quote_id=draft.pk, by=who),
        lambda who: services.withdraw_quote(quote_id=quote.pk, by=who, at=AT),
        lambda who: services.duplicate_quote(quote_id=quote.pk, by=who, at=AT),
        lambda who: services.record_answer(
            quote_id=quote.pk, answer=Quote.State.ACCEPTED, name="x", note="y", by=who, on=build.DAY, at=AT
        ),
    )

    for act in acts:
        for who in (world.chloe, world.elise, world.farid):
            with pytest.raises(PermissionDenied):
                act(who)


# --- sending ----------------------------------------------------------------------------------------------------------


def test_a_sent_quote_has_a_number_of_its_own_series_a_link_and_no_entry(world):
    first = build.sent(world.activities["aline"], world.aline)
    second = build.sent(world.activities["lina"], world.lina)

    assert (first.number, second.number) == ("D-2026-0001", "D-2026-0002")
    assert first.valid_until == build.UNTIL
    assert first.language == "nl"
    assert first.links.count() == 1
    assert not Entry.objects.exists()
    assert invoices.invoice(world.activities["aline"], world.aline).number == "2026-0001"


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [DraftLine(description="x")],
        [invoices.line("1", "0")],
        [invoices.line(), DraftLine(unread={"quantity": "?"})],
    ],
)
def test_what_cannot_be_offered_is_not_sent_and_uses_no_number(world, lines):
    activity = world.activities["aline"]
    quote = build.draft(activity, world.aline)
    content = QuoteContent(customer=quote.customer_id, lines=lines)
    services.save_quote(quote_id=quote.pk, content=content, version=None, by=world.aline, at=AT)

    with pytest.raises(services.QuoteNotReady):
        services.send_quote(quote_id=quote.pk, valid_until=build.UNTIL, on=build.DAY, by=world.aline, at=AT)
    assert build.sent(activity, world.aline).number == "D-2026-0001"


def test_without_a_customer_or_with_a_day_in_the_past_it_is_not_sent(world):
    activity = world.activities["aline"]
    nobody = services.create_quote(
        activity=activity.pk, content=QuoteContent(lines=[invoices.line()]), by=world.aline, at=AT
    )
    quote = build.draft(activity, world.aline)

    with pytest.raises(services.QuoteNotReady):
        services.send_quote(quote_id=nobody.pk, valid_until=build.UNTIL, on=build.DAY, by=world.aline, at=AT)
    with pytest.raises(services.ValidityMissing):
        services.send_quote(
            quote_id=quote.pk, valid_until=build.DAY - timedelta(days=1), on=build.DAY, by=world.aline, at=AT
        )


def test_a_sent_quote_neither_changes_nor_disappears(world):
    quote = build.sent(world.activities["aline"], world.aline, instalments=[Planned("at the order", Decimal(30))])
    content = QuoteContent(customer=quote.customer_id, lines=[invoices.line("2")])

    with pytest.raises(services.QuoteNotADraft):
        services.save_quote(quote_id=quote.pk, content=content, version=None, by=world.aline, at=AT)
    with pytest.raises(services.QuoteNotADraft):
        services.discard_quote(quote_id=quote.pk, by=world.aline)
    for change in (
        lambda: Quote.objects.filter(pk=quote.pk).update(net=1, vat=0, gross=1),
        lambda: Quote.objects.filter(pk=quote.pk).update(valid_until=date(2030, 1, 1)),
        lambda: QuoteLine.objects.filter(quote=quote).update(net=1),
        lambda: QuoteLine.objects.filter(quote=quote).delete(),
        lambda: Instalment.objects.filter(quote=quote).delete(),
        lambda: quote.events.update(comment="never"),
        lambda: quote.events.all().delete(),
        lambda: quote.links.update(expires_on=date(2099, 1, 1)),
        lambda: quote.links.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), database.as_runtime_role():
            change()


def test_the_pdf_is_in_the_language_of_the_customer_and_proven(world):
    quote = build.sent(world.activities["aline"], world.aline, instalments=[Planned("bij bestelling", Decimal(30))])
    document = files.document_of("quote", quote.pk)

    assert documents.make_document(document=document.pk, at=AT)

    document.refresh_from_db()
    assert (document.state, document.language, document.filename) == ("stored", "nl", "D-2026-0001.pdf")
    assert files.content(document).startswith(b"%PDF")


def test_a_copy_has_the_lines_and_the_schedule_but_no_number_and_no_answer(world):
    quote = accept(build.sent(world.activities["aline"], world.aline, instalments=[Planned("now", Decimal(30))]))

    copy = services.duplicate_quote(quote_id=quote.pk, by=world.aline, at=AT)

    assert (copy.state, copy.number, copy.answered_name, copy.valid_until) == ("draft", "", "", None)
    assert copy.net == quote.net
    assert copy.instalments.count() == 1


# --- answers ----------------------------------------------------------------------------------------------------------


def test_an_acceptance_keeps_who_when_and_from_where(world):
    quote = accept(build.sent(world.activities["aline"], world.aline))

    assert (quote.state, quote.answered_name, quote.answered_at, quote.answered_from, quote.answered_by) == (
        "accepted", "Karel Claes", AT, "192.0.2.7", None,
    )  # fmt: skip
    assert list(quote.events.order_by("at", "pk").values_list("kind", flat=True))[-1] == "accepted"


def test_an_acceptance_is_kept_for_good(world):
    quote = accept(build.sent(world.activities["aline"], world.aline))

    for change in ({"answered_name": "Somebody Else"}, {"state": "refused"}, {"answered_from": "192.0.2.99"}):
        with pytest.raises(IntegrityError), transaction.atomic(), database.as_runtime_role():
            Quote.objects.filter(pk=quote.pk).update(**change)


def test_the_database_knows_no_answer_without_a_name_or_from_nowhere(world):
    quote = build.sent(world.activities["aline"], world.aline)

    for answer in ({"answered_name": "", "answered_from": "192.0.2.7"}, {"answered_name": "Karel"}):
        with pytest.raises(IntegrityError), transaction.atomic(), database.as_runtime_role():
            Quote.objects.filter(pk=quote.pk).update(state="accepted", answered_at=AT, **answer)


def test_it_can_be_accepted_on_its_last_day_and_not_after(world):
    activity = world.activities["aline"]
    last, late = build.sent(activity, world.aline), build.sent(activity, world.aline)

    assert accept(last, on=build.UNTIL).state == "accepted"
    with pytest.raises(services.AnswerTooLate):
        accept(late, on=build.UNTIL + timedelta(days=1))
    assert (
        services.refuse_quote(
            quote_id=late.pk, name="Karel", reason="too late", address="192.0.2.7", on=date(2027, 1, 1), at=AT
        ).state
        == "refused"
    )


def test_nobody_signs_without_a_name(world):
    with pytest.raises(services.NameNeeded):
        accept(build.sent(world.activities["aline"], world.aline), name="  ")


def test_what_was_answered_or_withdrawn_is_not_answered_again(world):
    activity = world.activities["aline"]
    accepted, withdrawn = accept(build.sent(activity, world.aline)), build.sent(activity, world.aline)
    services.withdraw_quote(quote_id=withdrawn.pk, by=world.aline, at=AT)
    draft = build.draft(activity, world.aline)

    with pytest.raises(services.NotWaiting, match="Karel Claes already accepted"):
        accept(accepted, name="Somebody Else")
    for quote in (accepted, withdrawn, draft):
        with pytest.raises(services.NotWaiting):
            services.refuse_quote(quote_id=quote.pk, name="K", reason="", address="192.0.2.7", on=build.DAY, at=AT)
    accepted.refresh_from_db()
    assert accepted.answered_name == "Karel Claes"


def test_an_answer_on_paper_is_recorded_with_who_recorded_it(world):
    quote = build.sent(world.activities["aline"], world.aline)

    answered = services.record_answer(
        quote_id=quote.pk, answer=Quote.State.ACCEPTED, name="Karel", note="signed on paper", by=world.aline,
        on=build.DAY, at=AT,
    )  # fmt: skip

    assert (answered.answered_by, answered.answered_from, answered.answer_note) == (
        world.aline,
        None,
        "signed on paper",
    )


@pytest.mark.parametrize("answer", ["accepted", "refused"])
def test_what_was_answered_is_not_withdrawn(world, answer):
    quote = build.sent(world.activities["aline"], world.aline)
    services.record_answer(
        quote_id=quote.pk, answer=Quote.State(answer), name="K", note="n", by=world.aline, on=build.DAY, at=AT
    )

    with pytest.raises(services.QuoteAnswered):
        services.withdraw_quote(quote_id=quote.pk, by=world.aline, at=AT)


def test_the_home_tells_who_sold_it_that_a_quote_was_accepted_until_it_is_invoiced(world):
    quote = accept(build.sent(world.activities["aline"], world.aline))
    told = [one for one in todo.tasks_of(world.aline, build.DAY) if one.task.kind == "quote_accepted"]

    services.charge_rest(quote_id=quote.pk, by=world.aline, at=AT)
    after = [one for one in todo.tasks_of(world.aline, build.DAY) if one.task.kind == "quote_accepted"]

    assert quote.number in str(told[0].task.sentence)
    assert not after
    assert not [one for one in todo.tasks_of(world.chloe, build.DAY) if one.task.kind == "quote_accepted"]


# --- two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_at_once_one_signs():
    world = cast.world()
    quote = build.sent(world.activities["aline"], world.aline)

    def sign(name: str) -> str:
        try:
            return accept(quote, name=name).answered_name
        except Refused:
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        signed = [name for name in pool.map(sign, ["Ann", "Bob", "Cas", "Dia"]) if name]

    quote.refresh_from_db()
    assert signed == [quote.answered_name]
    assert quote.events.filter(kind="accepted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_invoice_the_whole_at_once_one_makes_the_draft():
    world = cast.world()
    quote = build.accepted(world.activities["aline"], world.aline)

    def charge(_turn: int) -> str:
        try:
            return str(services.charge_rest(quote_id=quote.pk, by=world.aline, at=AT).pk)
        except Refused:
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        made = [one for one in pool.map(charge, range(3)) if one]

    assert len(made) == 1
    assert quote.charges.count() == 1
