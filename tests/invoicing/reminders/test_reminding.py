"""Reminders: who is to be reminded, what is asked line by line, what stops it, and what the database refuses."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from coop import todo
from coop.documents import queries as documents
from coop.documents import services as making
from coop.ledger import queries as ledger
from coop.ledger.models import Entry
from invoicing import services as sales
from invoicing.models import Invoice
from invoicing.reminders import queries, services
from invoicing.reminders.deciding import Asking, Level, PrivateInterest, Promise
from invoicing.reminders.models import PromisedPayment, Reminder, ReminderPause, ReminderPolicy
from tests import cast, database
from tests.invoicing import build
from tests.invoicing.reminders import late
from tests.invoicing.reminders.late import DUE

pytestmark = pytest.mark.django_db
FIRST = DUE + timedelta(days=7)
SECOND = FIRST + timedelta(days=15)
THIRD = SECOND + timedelta(days=15)


@pytest.fixture(autouse=True)
def posting(settings) -> None:
    """Reminders are letters unless a test lets this installation send e-mail."""
    settings.SENDS_MAIL = False


@pytest.fixture
def world() -> cast.World:
    """The cast, with rules of reminders in Archipel."""
    made = cast.world()
    late.rules(made)
    return made


@pytest.fixture
def issued(world: cast.World) -> Invoice:
    """An invoice of 1,210.00 EUR to a business, due on 14 October 2026."""
    return late.invoice(world)


@pytest.fixture
def private(world: cast.World) -> Invoice:
    """An invoice of 1,210.00 EUR to a private person, due on 14 October 2026."""
    return late.invoice(world, private=True)


def pay(world: cast.World, invoice: Invoice, amount: str, on: date) -> None:
    sales.record_customer_payment(
        invoice_id=invoice.pk, amount=Decimal(amount), on=on, bank_account=world.banks["archipel"], by=world.bruno,
        at=cast.at(f"{on} 09:00"),
    )  # fmt: skip


def standing(invoice: Invoice, on: date) -> queries.Standing:
    found = queries.standing_of(invoice, on)
    assert found is not None
    return found


# --- when -----------------------------------------------------------------------------------------------------------------


def test_an_invoice_is_proposed_on_the_day_of_the_rules_and_not_before(issued):
    assert queries.standing_of(issued, DUE) is None, "it is not late on its due date"
    assert not standing(issued, FIRST - timedelta(days=1)).ready
    assert standing(issued, FIRST).ready
    assert standing(issued, FIRST).level_name == "friendly reminder"


def test_levels_follow_each_other_each_after_its_days(world, issued):
    late.remind(world, issued, Level.FRIENDLY, FIRST)
    early = standing(issued, SECOND - timedelta(days=1))
    late.remind(world, issued, Level.FORMAL, SECOND)
    late.remind(world, issued, Level.NOTICE, THIRD)
    after = standing(issued, THIRD + timedelta(days=9))

    assert not early.ready
    assert after.due is None
    assert after.exhausted
    assert list(Reminder.objects.order_by("made_at").values_list("level", flat=True)) == list(Level)


def test_a_level_before_its_turn_before_its_day_or_a_second_time_is_refused(world, issued):
    with pytest.raises(services.RemindedTooEarly) as early:
        late.remind(world, issued, Level.FRIENDLY, FIRST - timedelta(days=1))
    with pytest.raises(services.NothingToRemind):
        late.remind(world, issued, Level.FORMAL, FIRST)
    late.remind(world, issued, Level.FRIENDLY, FIRST)
    with pytest.raises(services.RemindedMeanwhile):
        late.remind(world, issued, Level.FRIENDLY, SECOND)

    assert "21 October 2026" in str(early.value.remedy)
    assert Reminder.objects.count() == 1


def test_without_rules_nobody_is_reminded(world, issued):
    ReminderPolicy.objects.all().delete()

    with pytest.raises(services.NoReminderRules):
        late.remind(world, issued, Level.FRIENDLY, FIRST)


def test_what_is_paid_or_credited_is_not_reminded(world, issued):
    pay(world, issued, "1210.00", FIRST)
    other = late.invoice(world)
    sales.credit_invoice(
        invoice_id=other.pk, lines=None, reason="Wrong", on=build.DAY, by=world.aline, at=cast.at("2026-09-20")
    )

    for invoice in (issued, other):
        with pytest.raises(services.NothingToRemind):
            late.remind(world, invoice, Level.FRIENDLY, FIRST)


def test_only_who_sells_or_validates_reminds(world, issued):
    for who in (world.elise, world.amina, world.jeanne, world.greet):
        with pytest.raises(PermissionDenied):
            late.remind(world, issued, Level.FRIENDLY, FIRST, by=who)
    assert late.remind(world, issued, Level.FRIENDLY, FIRST, by=world.farid).made_by == world.farid


# --- what is asked --------------------------------------------------------------------------------------------------------


def test_the_first_reminder_asks_the_open_amount_alone(world, issued):
    made = late.remind(world, issued, Level.FRIENDLY, FIRST)

    assert (made.principal, made.interest, made.lump_sum, made.total) == (
        Decimal("1210.00"), Decimal("0.00"), Decimal("0.00"), Decimal("1210.00"),
    )  # fmt: skip


def test_the_second_asks_a_business_for_interest_by_period_and_the_lump_sum_of_the_law(world, issued):
    late.remind(world, issued, Level.FRIENDLY, FIRST)
    pay(world, issued, "210.00", date(2026, 10, 24))

    made = late.remind(world, issued, Level.FORMAL, SECOND)

    assert [(row["first"], row["last"], row["principal"], row["amount"]) for row in made.segments] == [
        ("2026-10-15", "2026-10-24", "1210.00", "3.48"),
        ("2026-10-25", "2026-11-05", "1000.00", "3.45"),
    ]
    assert (made.principal, made.interest, made.lump_sum, made.total) == (
        Decimal("1000.00"), Decimal("6.93"), Decimal("40.00"), Decimal("1046.93"),
    )  # fmt: skip


def test_a_credit_note_lowers_what_is_asked_and_bears_no_interest(world, issued):
    late.remind(world, issued, Level.FRIENDLY, FIRST)
    line = issued.lines.get()
    from invoicing.content import CreditLine

    sales.credit_invoice(
        invoice_id=issued.pk, lines=[CreditLine(line.pk, amount=Decimal("500.00"))], reason="Half", on=FIRST,
        by=world.aline, at=cast.at(f"{FIRST} 11:00"),
    )  # fmt: skip

    made = late.remind(world, issued, Level.FORMAL, SECOND)

    assert made.principal == Decimal("605.00")
    assert [row["principal"] for row in made.segments] == ["605.00"]


def test_the_open_amount_alone_is_asked_where_one_wants(world, issued):
    late.remind(world, issued, Level.FRIENDLY, FIRST)

    assert late.remind(world, issued, Level.FORMAL, SECOND, asking=Asking.PRINCIPAL).total == Decimal("1210.00")


def test_nothing_is_booked_by_a_reminder(world, issued):
    before = Entry.objects.count()

    late.remind(world, issued, Level.FRIENDLY, FIRST)
    late.remind(world, issued, Level.FORMAL, SECOND)

    assert Entry.objects.count() == before
    assert ledger.residuals([issued.pk])[issued.pk] == Decimal("1210.00")


def test_after_the_last_confirmed_half_year_the_claim_is_refused_and_the_open_amount_can_still_be_asked(world, issued):
    late.remind(world, issued, Level.FRIENDLY, FIRST)
    beyond = date(2027, 1, 5)

    assert standing(issued, beyond).claim is None
    assert "31 December 2026" in str(standing(issued, beyond).refusal)
    assert late.remind(world, issued, Level.FORMAL, beyond, asking=Asking.PRINCIPAL).total == Decimal("1210.00")


# --- private persons ------------------------------------------------------------------------------------------------------


def test_the_first_reminder_to_a_private_person_is_free_and_announces_what_comes(world, private):
    made = late.remind(world, private, Level.FRIENDLY, FIRST)

    assert made.total == made.principal == Decimal("1210.00")
    assert made.announced == {"until": "2026-11-08", "penalty": "100.50", "rate": "0.080000"}
    assert made.pay_until == date(2026, 11, 8)


def test_costs_before_the_fourteen_days_are_refused_with_the_first_possible_day(world):
    terms = replace(late.TERMS, formal_days=1)
    late.rules(world, terms, valid_from=date(2026, 2, 1))
    private = late.invoice(world, private=True)
    late.remind(world, private, Level.FRIENDLY, FIRST)

    with pytest.raises(services.RemindedTooEarly) as refused:
        late.remind(world, private, Level.FORMAL, date(2026, 11, 8))
    made = late.remind(world, private, Level.FORMAL, date(2026, 11, 9))

    assert "14 days" in str(refused.value.reason)
    assert "9 November 2026" in str(refused.value.remedy)
    assert made.penalty == Decimal("100.50")


def test_interest_of_a_private_person_runs_from_the_end_of_the_waiting_or_for_a_small_one_from_the_reminder(
    world, private
):
    late.remind(world, private, Level.FRIENDLY, FIRST)
    (segment,) = late.remind(world, private, Level.FORMAL, date(2026, 11, 18)).segments
    small = replace(late.TERMS, private_from=PrivateInterest.AFTER_REMINDER)
    late.rules(world, small, valid_from=date(2026, 2, 1))
    other = build.invoice(world.activities["aline"], world.aline, to=private.customer)
    late.remind(world, other, Level.FRIENDLY, FIRST)
    (longer,) = late.remind(world, other, Level.FORMAL, date(2026, 11, 18)).segments

    assert (segment["first"], segment["rate"], segment["amount"]) == ("2026-11-09", "0.080000", "2.65")
    assert longer["first"] == "2026-10-22"


def test_a_private_person_pays_no_interest_or_penalty_that_the_terms_do_not_name(world):
    terms = replace(late.TERMS, private_rate=None, private_penalty=False, reminder_cost=Decimal("0.00"))
    late.rules(world, terms, valid_from=date(2026, 2, 1))
    private = late.invoice(world, private=True)
    late.remind(world, private, Level.FRIENDLY, FIRST)

    made = late.remind(world, private, Level.FORMAL, date(2026, 11, 18))

    assert made.total == made.principal


def test_a_further_reminder_costs_only_from_the_fourth_late_due_date_of_a_year_on(world):
    customer = late.person(world)
    invoices = [build.invoice(world.activities["aline"], world.aline, to=customer) for _place in range(4)]
    for invoice in invoices:
        late.remind(world, invoice, Level.FRIENDLY, FIRST)

    fourth = late.remind(world, invoices[3], Level.FORMAL, date(2026, 11, 18))
    lone = late.invoice(world, private=True)
    late.remind(world, lone, Level.FRIENDLY, FIRST)

    assert fourth.cost == Decimal("5.00")
    assert late.remind(world, lone, Level.FORMAL, date(2026, 11, 18)).cost == Decimal("0.00")


def test_rules_above_the_cap_of_a_reminder_are_refused(world):
    with pytest.raises(services.AboveTheCap):
        late.rules(world, replace(late.TERMS, reminder_cost=Decimal("7.51")), valid_from=date(2026, 2, 1))


# --- how it leaves --------------------------------------------------------------------------------------------------------


@pytest.fixture
def mailing(posting, settings) -> None:
    """Let this installation send e-mail."""
    settings.SENDS_MAIL = True


def test_it_leaves_by_e_mail_with_the_letter_and_the_link_once_the_pdf_is_made(world, issued, mailing):
    made = late.remind(world, issued, Level.FRIENDLY, FIRST)
    at = cast.at(f"{FIRST} 10:00")

    too_early = services.send_mails(at=at)
    _make_all(at)
    services.send_mails(at=at + timedelta(minutes=1))
    services.send_mails(at=at + timedelta(minutes=2))

    (sent,) = mail.outbox
    assert too_early == 0
    assert sent.to == ["karel@client.example"]
    assert "Herinnering" in sent.subject or "Reminder" in sent.subject
    assert issued.customer_links.get().secret in sent.body
    assert sent.attachments[0][1].startswith(b"%PDF")
    made.refresh_from_db()
    assert made.left_on == FIRST


def _make_all(at) -> None:
    while making.make_newest(at):
        pass


def test_no_time_runs_while_the_e_mail_has_not_left_and_a_posted_letter_starts_it(world, issued, mailing, settings):
    made = late.remind(world, issued, Level.FRIENDLY, FIRST)
    waits = standing(issued, SECOND)
    _make_all(cast.at(f"{FIRST} 10:00"))
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    for hour in range(queries.ATTEMPTS):
        services.send_mails(at=cast.at(f"{FIRST} 10:00") + timedelta(hours=2 * hour))
    listed = list(queries.waiting_to_post(world.aline))
    services.post_instead(reminder_id=made.pk, by=world.aline, on=FIRST + timedelta(days=2))

    assert not waits.ready
    assert waits.due.on is None
    assert listed == [made]
    assert standing(issued, SECOND).due.on == FIRST + timedelta(days=17)
    with pytest.raises(services.RemindedMeanwhile):
        services.post_instead(reminder_id=made.pk, by=world.aline, on=SECOND)


def test_without_mail_it_is_a_letter_to_post_and_its_pdf_is_made(world, issued):
    made = late.remind(world, issued, Level.FRIENDLY, FIRST)
    _make_all(cast.at(f"{FIRST} 10:00"))

    document = documents.document_of(queries.DOCUMENT, made.pk)

    assert (made.channel, made.left_on) == ("post", FIRST)
    assert document.state == "stored"
    assert documents.content(document).startswith(b"%PDF")


# --- what stops it --------------------------------------------------------------------------------------------------------


def test_a_dispute_stops_the_reminders_until_somebody_lets_them_go_on(world, issued):
    services.stop_reminders(
        invoice_id=issued.pk, kind=ReminderPause.Kind.DISPUTE, reason="Says half is missing", by=world.aline, on=DUE,
        at=cast.at("2026-10-14"),
    )  # fmt: skip

    with pytest.raises(services.RemindersStopped):
        late.remind(world, issued, Level.FRIENDLY, FIRST)
    with pytest.raises(services.PauseKnown):
        services.stop_reminders(
            invoice_id=issued.pk, kind=ReminderPause.Kind.DECEASED, reason="", by=world.aline, on=DUE,
            at=cast.at("2026-10-15"),
        )  # fmt: skip
    services.resume_reminders(invoice_id=issued.pk, by=world.aline, at=cast.at("2026-10-20"))
    assert late.remind(world, issued, Level.FRIENDLY, FIRST).pk
    with pytest.raises(services.NothingStopped):
        services.resume_reminders(invoice_id=issued.pk, by=world.aline, at=cast.at("2026-10-21"))


def test_a_customer_who_died_stops_all_their_invoices(world, private):
    other = build.invoice(world.activities["aline"], world.aline, to=private.customer)
    services.stop_reminders(
        invoice_id=private.pk, kind=ReminderPause.Kind.DECEASED, reason="", by=world.aline, on=DUE,
        at=cast.at("2026-10-14"),
    )  # fmt: skip

    assert standing(other, FIRST).stopped
    with pytest.raises(services.RemindersStopped):
        late.remind(world, other, Level.FRIENDLY, FIRST)


def plan(world: cast.World, invoice: Invoice, *promises: tuple[str, str]) -> ReminderPause:
    return services.agree_plan(
        invoice_id=invoice.pk, promises=[Promise(date.fromisoformat(day), Decimal(amount)) for day, amount in promises],
        reason="By telephone", by=world.aline, on=FIRST, at=cast.at(f"{FIRST} 11:00"),
    )  # fmt: skip


def test_a_plan_stops_the_reminders_while_its_payments_come(world, issued):
    plan(world, issued, ("2026-10-31", "600.00"), ("2026-11-30", "610.00"))
    pay(world, issued, "600.00", date(2026, 10, 30))

    assert standing(issued, date(2026, 11, 15)).stopped
    assert standing(issued, date(2026, 11, 15)).promised == Promise(date(2026, 11, 30), Decimal("610.00"))


def test_a_promise_that_was_not_kept_puts_the_invoice_back_on_the_list(world, issued):
    plan(world, issued, ("2026-10-31", "600.00"), ("2026-11-30", "610.00"))
    pay(world, issued, "599.99", date(2026, 10, 30))

    assert standing(issued, date(2026, 10, 31)).stopped, "the day itself is still good"
    broken = standing(issued, date(2026, 11, 1))
    assert broken.ready
    assert broken.broken == Promise(date(2026, 10, 31), Decimal("600.00"))


@pytest.mark.parametrize(
    "promises",
    [
        [("2026-10-31", "600.00")],
        [("2026-10-31", "600.00"), ("2026-10-31", "610.00")],
        [("2026-10-20", "1210.00")],
    ],
    ids=["too little", "one day twice", "in the past"],
)
def test_a_plan_that_does_not_fit_is_refused(world, issued, promises):
    with pytest.raises(services.NoPlan):
        plan(world, issued, *promises)
    assert not ReminderPause.objects.exists()


# --- the home -------------------------------------------------------------------------------------------------------------


def test_the_home_names_the_invoices_to_remind(world, issued):
    tasks = {one.task.kind: one.task for one in todo.tasks_of(world.aline, FIRST)}

    assert issued.number in str(tasks["invoice_to_remind"].note)
    assert "1,210.00" in str(tasks["invoice_to_remind"].sentence)
    assert "invoice_overdue" not in tasks
    assert "invoice_to_remind" not in {one.task.kind for one in todo.tasks_of(world.chloe, FIRST)}


# --- the refusals of the database -----------------------------------------------------------------------------------------


def copy_of(made: Reminder, **changes: object) -> Reminder:
    values = {field.attname: getattr(made, field.attname) for field in made._meta.concrete_fields if field.name != "id"}
    return Reminder(**{**values, **changes})


def test_the_database_takes_no_second_reminder_of_a_level(world, issued):
    made = late.remind(world, issued, Level.FRIENDLY, FIRST)

    with database.as_runtime_role(), pytest.raises(IntegrityError, match="reminder_level_once"), transaction.atomic():
        copy_of(made).save(force_insert=True)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"level": "formal", "interest": Decimal("1.00")}, "reminder_adds_up"),
        ({"level": "formal", "principal": Decimal("0.00"), "total": Decimal("0.00")}, "reminder_amounts"),
        ({"level": "formal", "channel": "post", "left_on": None}, "reminder_reaches_somebody"),
    ],
)
def test_the_database_takes_no_reminder_that_does_not_add_up(world, issued, changes, constraint):
    made = late.remind(world, issued, Level.FRIENDLY, FIRST)

    with database.as_runtime_role(), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        copy_of(made, **changes).save(force_insert=True)


def test_the_database_takes_no_first_reminder_that_costs(world, issued):
    made = late.remind(world, issued, Level.FRIENDLY, FIRST)
    other = build.invoice(world.activities["aline"], world.aline, to=issued.customer)
    dear = copy_of(made, invoice_id=other.pk, cost=Decimal("5.00"), total=made.total + Decimal("5.00"))

    with database.as_runtime_role(), pytest.raises(IntegrityError, match="reminder_first_free"), transaction.atomic():
        dear.save(force_insert=True)


def test_what_was_asked_never_changes_and_is_never_deleted(world, issued):
    made = late.remind(world, issued, Level.FRIENDLY, FIRST)

    with database.as_runtime_role():
        with pytest.raises(IntegrityError), transaction.atomic():
            Reminder.objects.filter(pk=made.pk).update(total=Decimal("1.00"), principal=Decimal("1.00"))
        with pytest.raises(IntegrityError), transaction.atomic():
            Reminder.objects.filter(pk=made.pk).delete()


def test_what_stopped_reminders_stays_on_record(world, issued):
    pause = plan(world, issued, ("2026-10-31", "1210.00"))

    with database.as_runtime_role():
        with pytest.raises(IntegrityError), transaction.atomic():
            ReminderPause.objects.filter(pk=pause.pk).update(reason="Something else")
        with pytest.raises(IntegrityError), transaction.atomic():
            PromisedPayment.objects.filter(plan=pause).update(amount=Decimal("1.00"))
        with pytest.raises(IntegrityError), transaction.atomic():
            ReminderPause.objects.create(
                invoice=issued, kind="dispute", since=FIRST, made_by=world.aline, made_at=cast.at(str(FIRST))
            )
    services.resume_reminders(invoice_id=issued.pk, by=world.aline, at=cast.at("2026-11-02"))
    with database.as_runtime_role(), pytest.raises(IntegrityError), transaction.atomic():
        ReminderPause.objects.filter(pk=pause.pk).update(ended_at=None, ended_by=None)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"friendly_days": 0}, "reminder_policy_days"),
        ({"private_rate": Decimal("1.5")}, "reminder_policy_rate"),
        ({"reminder_cost": Decimal("8.00")}, "reminder_policy_cost"),
        ({"valid_until": date(2025, 1, 1)}, "reminder_policy_ordered"),
    ],
)
def test_the_database_takes_no_rules_outside_the_law(world, changes, constraint):
    with database.as_runtime_role(), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ReminderPolicy.objects.filter(cooperative=world.archipel).update(**changes)


def test_workers_find_the_tasks_of_sales_where_they_look_for_them():
    from invoicing import tasks

    assert tasks.send_reminders.name == "invoicing.reminders.tasks.send_reminders"
    assert tasks.send_mails.name == "invoicing.customer_page.tasks.send_mails"
