"""The page that a customer reads without a login: what it shows, who may make its link, how it ends, how it is sent."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from coop.documents import services as documents
from coop.errors import Refused
from invoicing import services as sales
from invoicing.customer_page import services
from invoicing.customer_page.models import CustomerLink
from invoicing.models import Invoice
from tests import cast, database
from tests.invoicing import build

pytestmark = pytest.mark.django_db
AT = cast.at("2026-09-14 11:00")


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


@pytest.fixture
def issued(world: cast.World) -> Invoice:
    """An invoice of 1,210.00 EUR that Aline issued on 14 September 2026 to a customer who reads Dutch."""
    return build.invoice(world.activities["aline"], world.aline)


@pytest.fixture
def on_day(settings) -> Callable[[str], None]:
    """Let the pages live on a day."""

    def live(day: str) -> None:
        settings.REFERENCE_DAY = date.fromisoformat(day)

    return live


def link_of(invoice: Invoice, by: object, on: date = build.DAY) -> CustomerLink:
    return services.make_link(invoice_id=invoice.pk, by=by, on=on, at=AT)


def page(link: CustomerLink, client: Client | None = None):
    return (client or Client()).get(reverse("customer_page:page", args=[link.secret]))


def kinds(invoice: Invoice) -> list[str]:
    return list(invoice.events.order_by("at", "pk").values_list("kind", flat=True))


# --- what it shows ----------------------------------------------------------------------------------------------------


def test_the_customer_reads_the_document_in_their_language_without_a_login(world, issued, on_day):
    on_day("2026-09-20")
    answer = page(link_of(issued, world.aline))

    text = answer.content.decode()
    assert answer.status_code == 200
    assert '<html lang="nl">' in text
    assert issued.number in text
    assert "1.210,00" in text
    assert "Karel BV" in text
    assert issued.seller["iban"] in text
    assert "data:image/svg+xml" in text, "the code of the payment"


def test_the_page_tells_nothing_that_is_the_cooperatives_own(world, issued, on_day):
    on_day("2026-09-20")
    text = page(link_of(issued, world.aline)).content.decode()

    assert issued.terms
    assert "90,00" not in text.replace("1.090,00", ""), "the fee"
    assert str(world.aline.email) in text, "the entrepreneur is whom the customer turns to"
    assert "/invoices" not in text, "no address of the inside"


def test_what_is_left_is_asked_for_and_a_paid_invoice_asks_for_nothing(world, issued, on_day):
    on_day("2026-09-20")
    link = link_of(issued, world.aline)
    pay = {"invoice_id": issued.pk, "on": date(2026, 9, 20), "bank_account": world.banks["archipel"], "by": world.bruno}

    sales.record_customer_payment(amount=Decimal("210.00"), at=cast.at("2026-09-20"), **pay)
    partly = page(link).content.decode()
    sales.record_customer_payment(amount=Decimal("1000.00"), at=cast.at("2026-09-20"), **pay)
    paid = page(link).content.decode()

    assert 'data-copy="1.000,00"' in partly
    assert "data:image/svg+xml" not in paid
    assert "data-copy" not in paid


def test_an_invoice_that_is_late_says_so_to_the_customer(world, issued, on_day):
    on_day("2026-12-01")

    assert "state-bad" in page(link_of(issued, world.aline)).content.decode()


def test_answers_stay_out_of_caches_search_engines_and_what_other_sites_are_told(world, issued, on_day):
    on_day("2026-09-20")
    answer = page(link_of(issued, world.aline))

    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert "sessionid" not in answer.cookies


def test_the_pdf_is_the_stored_one_and_said_to_be_in_the_making_before(world, issued, on_day):
    on_day("2026-09-20")
    address = reverse("customer_page:paper", args=[link_of(issued, world.aline).secret])

    before = Client().get(address)
    documents.make_newest(AT)
    after = Client().get(address)

    assert before.status_code == 202
    assert after.status_code == 200
    assert after.content.startswith(b"%PDF")
    assert after["Content-Type"] == "application/pdf"


# --- the address ------------------------------------------------------------------------------------------------------


def test_the_secret_is_long_and_stands_nowhere_in_the_database_to_be_read(world, issued):
    link = link_of(issued, world.aline)

    stored = CustomerLink.objects.filter(pk=link.pk).values_list("secret", "digest").get()

    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", link.secret)
    assert link.secret not in str(stored[0])
    assert link.secret not in stored[1]
    assert CustomerLink.objects.get(pk=link.pk).secret == link.secret


def test_an_address_that_was_never_given_does_not_exist(issued):
    for name in ("page", "paper"):
        assert Client().get(reverse(f"customer_page:{name}", args=["A" * 43])).status_code == 404
    assert Client().post(reverse("customer_page:new_link", args=["A" * 43])).status_code == 404


def test_making_a_link_twice_gives_the_same_one(world, issued):
    assert link_of(issued, world.aline).pk == link_of(issued, world.aline).pk


def test_a_draft_and_a_document_issued_elsewhere_have_no_page(world):
    draft = build.draft(world.activities["aline"], world.aline)

    with pytest.raises(services.NotIssued):
        link_of(draft, world.aline)
    elsewhere = sales.record_issued_elsewhere(
        invoice_id=draft.pk, number="2026-77", on=build.DAY, by=world.aline, at=AT
    )
    with pytest.raises(services.NotIssued):
        link_of(elsewhere, world.aline)
    assert not CustomerLink.objects.exists()


def test_only_who_sells_or_validates_makes_sends_and_withdraws(world, issued):
    for who in (world.elise, world.amina, world.jeanne):
        for act in (
            lambda by: link_of(issued, by),
            lambda by: services.mail_link(invoice_id=issued.pk, by=by, on=build.DAY, at=AT),
            lambda by: services.withdraw_links(invoice_id=issued.pk, by=by, at=AT),
        ):
            with pytest.raises(PermissionDenied):
                act(who)
    assert link_of(issued, world.farid).created_by == world.farid


# --- its end ----------------------------------------------------------------------------------------------------------


def test_a_withdrawn_link_opens_nothing_any_more(world, issued, on_day):
    on_day("2026-09-20")
    link = link_of(issued, world.aline)

    services.withdraw_links(invoice_id=issued.pk, by=world.aline, at=AT)

    assert page(link).status_code == 410
    assert issued.number not in page(link).content.decode()
    assert Client().get(reverse("customer_page:paper", args=[link.secret])).status_code == 410
    assert link_of(issued, world.aline).pk != link.pk


def test_a_link_ends_by_itself_after_its_last_day(world, issued, on_day):
    link = link_of(issued, world.aline)

    on_day(str(link.expires_on))
    on_the_day = page(link).status_code
    on_day(str(link.expires_on + timedelta(days=1)))
    after = page(link)

    assert on_the_day == 200
    assert after.status_code == 410
    assert issued.number not in after.content.decode()


def test_a_new_link_goes_to_the_known_address_only_and_once_an_hour(world, issued, on_day):
    link = link_of(issued, world.aline)
    later = link.expires_on + timedelta(days=1)
    on_day(str(later))
    documents.make_newest(AT)
    address = reverse("customer_page:new_link", args=[link.secret])

    answers = [Client().post(address, {"email": "thief@client.example"}) for _time in range(3)]
    services.send_mails(at=cast.at(f"{later} 12:00"))

    assert {answer.status_code for answer in answers} == {200}
    assert [one.to for one in mail.outbox] == [["karel@client.example"]]
    fresh = CustomerLink.objects.exclude(pk=link.pk).get()
    assert fresh.secret in mail.outbox[0].body
    assert page(fresh).status_code == 200


def test_a_withdrawn_link_cannot_be_asked_for_again_and_says_the_same(world, issued, on_day):
    link = link_of(issued, world.aline)
    services.withdraw_links(invoice_id=issued.pk, by=world.aline, at=AT)
    on_day(str(link.expires_on + timedelta(days=1)))

    answer = Client().post(reverse("customer_page:new_link", args=[link.secret]))

    assert answer.status_code == 200
    assert CustomerLink.objects.count() == 1


# --- the mail ---------------------------------------------------------------------------------------------------------


def test_the_mail_carries_the_link_and_the_pdf_once_it_is_made(world, issued):
    services.mail_link(invoice_id=issued.pk, by=world.aline, on=build.DAY, at=AT)

    too_early = services.send_mails(at=AT)
    documents.make_newest(AT)
    services.send_mails(at=AT + timedelta(minutes=1))
    services.send_mails(at=AT + timedelta(minutes=2))

    assert too_early == 0
    (sent,) = mail.outbox
    assert sent.to == ["karel@client.example"]
    assert sent.reply_to == [world.aline.email]
    assert issued.number in sent.subject
    assert "1.210,00" in sent.body
    assert CustomerLink.objects.get().secret in sent.body
    assert [name for name, _content, _type in sent.attachments] == [f"{issued.number}.pdf".replace("/", "-")]
    assert kinds(issued)[-2:] == ["shared", "mailed"]


def test_a_mail_server_that_does_not_answer_loses_nothing(world, issued, settings):
    documents.make_newest(AT)
    services.mail_link(invoice_id=issued.pk, by=world.aline, on=build.DAY, at=AT)

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    failed = services.send_mails(at=AT)
    link = CustomerLink.objects.get()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    too_soon = services.send_mails(at=AT + timedelta(seconds=1))
    services.send_mails(at=AT + timedelta(minutes=5))

    assert failed == 0
    assert link.mail_attempts == 1
    assert link.mailed_at is None
    assert too_soon == 0
    assert len(mail.outbox) == 1


def test_without_a_mail_server_or_an_address_the_mail_is_refused_with_the_way_out(world, issued, settings):
    settings.SENDS_MAIL = False
    with pytest.raises(services.NoMail):
        services.mail_link(invoice_id=issued.pk, by=world.aline, on=build.DAY, at=AT)

    settings.SENDS_MAIL = True
    type(issued.customer).objects.filter(pk=issued.customer_id).update(email="")
    with pytest.raises(services.NoAddress) as refused:
        services.mail_link(invoice_id=issued.pk, by=world.aline, on=build.DAY, at=AT)

    assert isinstance(refused.value, Refused)
    assert not CustomerLink.objects.exists(), "nothing half-written"


# --- its history ------------------------------------------------------------------------------------------------------


def test_the_first_opening_stands_in_the_history_and_looking_oneself_does_not(world, issued, on_day):
    on_day("2026-09-20")
    link = link_of(issued, world.aline)
    own = Client()
    own.force_login(world.aline)

    page(link, own)
    unopened = CustomerLink.objects.get().opened_at
    page(link)
    page(link)

    assert unopened is None
    assert kinds(issued).count("opened") == 1
    assert CustomerLink.objects.get().opened_last_at is not None


def test_the_acts_on_the_page_of_the_invoice(world, issued, on_day):
    on_day("2026-09-20")
    client = Client()
    client.force_login(world.aline)
    detail = reverse("invoicing:invoice_detail", args=[issued.pk])

    without = client.get(detail).content.decode()
    client.post(reverse("customer_page:link_make", args=[issued.pk]))
    shown = client.get(detail).content.decode()
    client.post(reverse("customer_page:link_mail", args=[issued.pk]))
    mailed = CustomerLink.objects.get()
    client.post(reverse("customer_page:link_withdraw", args=[issued.pk]))

    assert "Make a link" in without
    assert "Withdraw the link" not in without
    assert f"/d/{mailed.secret}" in shown
    assert "Not opened yet" in shown
    assert mailed.mail_to == "karel@client.example"
    assert f"/d/{mailed.secret}" not in client.get(detail).content.decode()


# --- the refusals of the database -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [{"digest": "0" * 64}, {"expires_on": date(2030, 1, 1)}, {"revoked_at": None}],
    ids=["address", "end", "taken back"],
)
def test_a_link_keeps_its_address_and_end_and_stays_withdrawn(world, issued, change):
    link = link_of(issued, world.aline)
    services.withdraw_links(invoice_id=issued.pk, by=world.aline, at=AT)

    with database.as_runtime_role(), pytest.raises(IntegrityError), transaction.atomic():
        CustomerLink.objects.filter(pk=link.pk).update(**change)


def test_a_link_that_was_given_is_never_deleted(world, issued):
    link = link_of(issued, world.aline)

    with database.as_runtime_role(), pytest.raises(IntegrityError), transaction.atomic():
        CustomerLink.objects.filter(pk=link.pk).delete()
