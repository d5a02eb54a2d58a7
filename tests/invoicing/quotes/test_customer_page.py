"""The page on which a customer reads and answers a quote without a login: accepted, refused, expired, withdrawn, ended, twice."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from coop.documents import queries as files
from coop.documents import services as documents
from coop.errors import Refused
from invoicing.customer_page.services import NoAddress, NoMail
from invoicing.quotes import links, services
from invoicing.quotes.content import Planned
from invoicing.quotes.models import Quote
from tests import cast
from tests.invoicing import build as invoices
from tests.invoicing.quotes import build

pytestmark = pytest.mark.django_db
AT = cast.at("2026-09-14 11:00")


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


@pytest.fixture
def quote(world, settings) -> Quote:
    """A quote of 1,210.00 EUR to a customer who reads Dutch, on the day on which it was sent."""
    settings.REFERENCE_DAY = build.DAY
    return build.sent(world.activities["aline"], world.aline, instalments=[Planned("bij bestelling", 30)])


def address(quote: Quote) -> str:
    return reverse("quotes:page", args=[quote.links.get().secret])


def answer(quote: Quote, answer: str = "accepted", **more: str):
    data = {"answer": answer, "name": "Karel Claes", **more}
    return Client(REMOTE_ADDR="192.0.2.7").post(address(quote), data)


def text_of(quote: Quote) -> str:
    return Client().get(address(quote)).content.decode()


def test_the_customer_reads_what_is_offered_in_their_language(quote):
    answer = Client().get(address(quote))
    text = answer.content.decode()

    assert answer.status_code == 200
    assert '<html lang="nl">' in text
    assert quote.number in text
    assert "1.210,00" in text
    assert "363,00" in text, "what the announced deposit asks"
    assert 'value="accepted"' in text
    assert "/quotes" not in text, "no address of the inside"
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]


def test_it_is_accepted_with_a_name_and_the_address_of_the_connection(quote):
    response = answer(quote)
    text = text_of(quote)

    quote.refresh_from_db()
    assert response.status_code == 302
    assert (quote.state, quote.answered_name, quote.answered_from) == ("accepted", "Karel Claes", "192.0.2.7")
    assert "Karel Claes" in text
    assert 'value="accepted"' not in text


def test_behind_our_proxy_the_address_is_the_one_that_the_proxy_saw(quote, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    Client(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.66, 192.0.2.9").post(
        address(quote), {"answer": "accepted", "name": "Karel"}
    )

    quote.refresh_from_db()
    assert quote.answered_from == "192.0.2.9"


def test_without_a_proxy_of_ours_nobody_writes_an_address_of_their_own(quote):
    Client(REMOTE_ADDR="192.0.2.7", HTTP_X_FORWARDED_FOR="203.0.113.66").post(
        address(quote), {"answer": "accepted", "name": "Karel"}
    )

    quote.refresh_from_db()
    assert quote.answered_from == "192.0.2.7"


def test_it_is_refused_with_the_reason(quote):
    answer(quote, "refused", reason="te duur")

    quote.refresh_from_db()
    assert (quote.state, quote.answer_note) == ("refused", "te duur")


@pytest.mark.parametrize("wrong", [{"name": ""}, {"name": "   "}, {"answer": ""}, {"answer": "maybe"}])
def test_an_answer_without_a_name_or_without_an_answer_changes_nothing(quote, wrong):
    response = answer(quote, **{"answer": "accepted", **wrong})

    quote.refresh_from_db()
    assert response.status_code == 422
    assert quote.state == "sent"


def test_who_accepts_second_reads_who_was_first_and_changes_nothing(quote):
    answer(quote)

    response = answer(quote, name="Somebody Else")

    quote.refresh_from_db()
    assert response.status_code == 422
    assert quote.answered_name == "Karel Claes"
    assert "Karel Claes" in response.content.decode()


def test_an_expired_quote_says_so_and_cannot_be_accepted(quote, settings):
    settings.REFERENCE_DAY = build.UNTIL + timedelta(days=1)

    text = text_of(quote)
    response = answer(quote)

    quote.refresh_from_db()
    assert 'value="accepted"' not in text
    assert "state-warning" in text
    assert response.status_code == 422
    assert quote.state == "sent"


def test_a_withdrawn_quote_says_so_and_cannot_be_accepted(world, quote):
    services.withdraw_quote(quote_id=quote.pk, by=world.aline, at=AT)

    text = text_of(quote)
    response = answer(quote)

    quote.refresh_from_db()
    assert 'value="accepted"' not in text
    assert response.status_code == 422
    assert quote.state == "withdrawn"


def test_an_unknown_link_does_not_exist_and_an_ended_one_offers_a_new_one(quote, settings):
    unknown = Client().get(reverse("quotes:page", args=["A" * 43]))
    settings.REFERENCE_DAY = date(2027, 10, 1)
    ended = Client().get(address(quote))
    late = answer(quote)

    quote.refresh_from_db()
    assert unknown.status_code == 404
    assert ended.status_code == 410
    assert reverse("quotes:new_link", args=[quote.links.get().secret]) in ended.content.decode()
    assert late.status_code == 410
    assert quote.state == "sent"


def test_a_new_link_goes_to_the_known_address_only_and_once_an_hour(quote, settings):
    settings.REFERENCE_DAY = date(2027, 10, 1)
    settings.SENDS_MAIL = True
    secret = quote.links.get().secret

    for _turn in range(3):
        assert Client().post(reverse("quotes:new_link", args=[secret])).status_code == 200

    assert quote.links.count() == 2
    assert quote.links.filter(mail_to="karel@client.example", mail_wanted_at__isnull=False).count() == 1


def test_an_opening_is_noted_once_in_the_history_and_not_for_who_is_logged_in(world, quote):
    inside = Client()
    inside.force_login(world.aline)
    inside.get(address(quote))
    before = quote.events.filter(kind="opened").count()
    Client().get(address(quote))
    Client().get(address(quote))

    assert (before, quote.events.filter(kind="opened").count()) == (0, 1)


def test_the_mail_carries_the_link_and_the_pdf_once_it_is_made(world, quote, settings):
    settings.SENDS_MAIL = True
    links.mail_link(quote_id=quote.pk, by=world.aline, on=build.DAY, at=AT)

    assert links.send_mails(at=AT) == 0, "the PDF is not made yet"
    documents.make_document(document=files.document_of("quote", quote.pk).pk, at=AT)
    assert links.send_mails(at=cast.at("2026-09-14 12:00")) == 1
    assert links.send_mails(at=cast.at("2026-09-14 13:00")) == 0

    (sent,) = mail.outbox
    assert sent.to == ["karel@client.example"]
    assert quote.links.get().secret in sent.body
    assert sent.attachments[0][0] == "D-2026-0001.pdf"


def test_a_mail_is_refused_without_an_address_without_a_server_and_for_a_draft(world, quote, settings):
    now = {"by": world.aline, "on": build.DAY, "at": AT}
    settings.SENDS_MAIL = False
    with pytest.raises(NoMail):
        links.mail_link(quote_id=quote.pk, **now)
    settings.SENDS_MAIL = True
    with pytest.raises(services.QuoteNotReady):
        links.mail_link(quote_id=build.draft(world.activities["aline"], world.aline).pk, **now)
    nobody = invoices.customer(world.activities["lina"], world.lina, email="", vat_number="", kind="private")
    with pytest.raises(NoAddress):
        links.mail_link(
            quote_id=build.sent(world.activities["lina"], world.lina, to=nobody).pk, **{**now, "by": world.lina}
        )


def test_a_refusal_names_its_remedy(quote):
    services.refuse_quote(quote_id=quote.pk, name="K", reason="", address="192.0.2.7", on=build.DAY, at=AT)

    with pytest.raises(Refused) as refused:
        services.accept_quote(quote_id=quote.pk, name="K", address="192.0.2.7", on=build.DAY, at=AT)

    assert all((refused.value.subject, refused.value.reason, refused.value.remedy))
