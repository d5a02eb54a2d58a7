"""Recurring invoices: each date is dealt with exactly once, by drafts or issued invoices; paused, skipped, ended, refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from coop import todo
from coop.access.models import Grant
from coop.celery import app
from invoicing import services as sales
from invoicing.models import Invoice
from invoicing.recurring import services, tasks
from invoicing.recurring.models import Occurrence, RecurringInvoice
from tests import cast, database
from tests.invoicing import build

AT = cast.at("2026-09-14 09:00")
D = date.fromisoformat


@pytest.fixture
def world(db) -> cast.World:
    """The cast."""
    return cast.world()


def set_up(world: cast.World, **more) -> RecurringInvoice:
    """Set up 100.00 EUR a month from 30 September 2026 on."""
    activity = world.activities["aline"]
    customer = build.customer(activity, world.aline)
    values = {
        "name": "Upkeep", "customer": customer.pk, "lines": [build.line("1", "100.00")], "first_on": D("2026-09-30"), **more,
    }  # fmt: skip
    content = services.RecurringContent(**values)
    return services.create_recurring(activity=activity.pk, content=content, on=D("2026-09-14"), by=world.aline, at=AT)


def made(recurring: RecurringInvoice) -> list[tuple[str, str]]:
    return [(str(one.on), one.outcome) for one in recurring.occurrences.order_by("on")]


def test_nothing_is_made_before_its_date_and_one_draft_on_it(world):
    recurring = set_up(world)

    assert services.make_due(on=D("2026-09-29"), at=AT) == 0
    assert services.make_due(on=D("2026-09-30"), at=AT) == 1
    assert services.make_due(on=D("2026-09-30"), at=AT) == 0

    draft = Invoice.objects.get()
    assert (draft.state, draft.net.amount, draft.created_by) == ("draft", 100, world.aline)
    recurring.refresh_from_db()
    assert recurring.next_on == D("2026-10-30")


def test_dates_that_were_missed_are_all_made(world):
    recurring = set_up(world)

    assert services.make_due(on=D("2026-12-01"), at=AT) == 3
    assert made(recurring) == [("2026-09-30", "drafted"), ("2026-10-30", "drafted"), ("2026-11-30", "drafted")]


def test_the_period_stands_on_the_draft(world):
    set_up(world, period="behind")
    services.make_due(on=D("2026-09-30"), at=AT)

    draft = Invoice.objects.get()

    assert (draft.supplied_on, draft.supplied_until) == (D("2026-08-30"), D("2026-09-29"))


def test_it_is_issued_by_itself_when_asked_for_and_dated_the_day_it_is_made(world):
    set_up(world, makes="issued")

    services.make_due(on=D("2026-10-02"), at=cast.at("2026-10-02"))

    invoice = Invoice.objects.get()
    assert (invoice.state, invoice.issued_on, invoice.issued_by) == ("issued", D("2026-10-02"), world.aline)
    assert Occurrence.objects.get().outcome == "issued"


def test_who_is_validated_by_the_coach_cannot_have_them_issued(world):
    sales.require_validation(activity=world.activities["aline"].pk, on=D("2026-09-01"), by=world.amina)

    with pytest.raises(services.NotAloneYet):
        set_up(world, makes="issued")


def test_a_refused_issue_leaves_the_draft_with_its_reason_and_uses_no_number(world):
    recurring = set_up(world, makes="issued")
    sales.require_validation(activity=world.activities["aline"].pk, on=D("2026-09-20"), by=world.amina)

    services.make_due(on=D("2026-09-30"), at=AT)

    one = recurring.occurrences.get()
    assert (one.outcome, one.invoice.state, one.invoice.number) == ("drafted", "draft", "")
    assert one.refusal


def test_who_lost_the_right_makes_nothing_and_the_rest_waits(world):
    recurring = set_up(world)
    Grant.objects.filter(user=world.aline).delete()

    services.make_due(on=D("2026-12-01"), at=AT)

    recurring.refresh_from_db()
    assert made(recurring) == [("2026-09-30", "failed")]
    assert recurring.state == "paused"
    assert Invoice.objects.count() == 0


def test_a_pause_leaves_out_the_dates_that_pass(world):
    recurring = set_up(world)
    services.pause_recurring(recurring_id=recurring.pk, by=world.aline)

    assert services.make_due(on=D("2026-10-15"), at=AT) == 0
    services.resume_recurring(recurring_id=recurring.pk, on=D("2026-10-15"), by=world.aline)
    services.make_due(on=D("2026-10-30"), at=AT)

    assert made(recurring) == [("2026-10-30", "drafted")]


def test_one_date_is_skipped_by_name_not_two_by_a_double_click(world):
    recurring = set_up(world)
    services.skip_next(recurring_id=recurring.pk, day=D("2026-09-30"), by=world.aline, at=AT)

    with pytest.raises(services.NotPossibleNow):
        services.skip_next(recurring_id=recurring.pk, day=D("2026-09-30"), by=world.aline, at=AT)
    services.make_due(on=D("2026-10-30"), at=AT)

    assert made(recurring) == [("2026-09-30", "skipped"), ("2026-10-30", "drafted")]


def test_the_last_date_ends_it_and_what_has_ended_does_not_go_on(world):
    recurring = set_up(world, last_on=D("2026-10-30"))
    services.make_due(on=D("2027-01-01"), at=AT)
    recurring.refresh_from_db()

    assert (recurring.state, recurring.next_on) == ("ended", None)
    for act in (
        lambda: services.pause_recurring(recurring_id=recurring.pk, by=world.aline),
        lambda: services.end_recurring(recurring_id=recurring.pk, by=world.aline),
        lambda: services.resume_recurring(recurring_id=recurring.pk, on=D("2027-01-01"), by=world.aline),
    ):
        with pytest.raises(services.NotPossibleNow):
            act()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"customer": None}, services.NotComplete),
        ({"lines": []}, services.NotComplete),
        ({"last_on": D("2026-09-01")}, services.NotComplete),
        ({"first_on": D("2026-01-31"), "last_on": D("2026-03-01")}, services.NoDateLeft),
    ],
)
def test_what_is_incomplete_is_refused(world, wrong, error):
    with pytest.raises(error):
        set_up(world, **wrong)


def test_others_set_up_pause_and_end_nothing(world):
    recurring = set_up(world)

    for who in (world.chloe, world.elise, world.farid):
        with pytest.raises(PermissionDenied):
            services.pause_recurring(recurring_id=recurring.pk, by=who)
        with pytest.raises(PermissionDenied):
            services.end_recurring(recurring_id=recurring.pk, by=who)


def test_a_deleted_draft_is_not_made_again(world):
    recurring = set_up(world)
    services.make_due(on=D("2026-09-30"), at=AT)
    sales.discard_draft(invoice_id=Invoice.objects.get().pk, by=world.aline)

    assert services.make_due(on=D("2026-09-30"), at=AT) == 0
    assert made(recurring) == [("2026-09-30", "drafted")]


def test_a_change_counts_from_the_next_date_on(world):
    recurring = set_up(world)
    services.make_due(on=D("2026-09-30"), at=AT)
    content = services.RecurringContent(
        name="Upkeep", customer=recurring.customer_id, lines=[build.line("1", "120.00")], first_on=D("2026-09-30")
    )

    services.save_recurring(recurring_id=recurring.pk, content=content, version=1, on=D("2026-09-30"), by=world.aline)
    services.make_due(on=D("2026-10-30"), at=AT)

    assert sorted(one.net.amount for one in Invoice.objects.all()) == [100, 120]
    assert made(recurring) == [("2026-09-30", "drafted"), ("2026-10-30", "drafted")]


def test_the_home_tells_the_entrepreneur_what_was_made(world):
    set_up(world)
    services.make_due(on=D("2026-09-30"), at=AT)

    waiting = {one.task.kind: one for one in todo.tasks_of(world.aline, D("2026-09-30"))}

    assert "Karel BV" in str(waiting["recurring_draft"].task.sentence)
    assert not [one for one in todo.tasks_of(world.chloe, D("2026-09-30")) if one.task.kind == "recurring_draft"]


def test_the_database_keeps_each_date_once_and_forgets_none(world):
    recurring = set_up(world)
    services.make_due(on=D("2026-09-30"), at=AT)

    with pytest.raises(IntegrityError), transaction.atomic(), database.as_runtime_role():
        Occurrence.objects.create(recurring=recurring, on=D("2026-09-30"), outcome="drafted", made_at=AT)
    with pytest.raises(IntegrityError), transaction.atomic(), database.as_runtime_role():
        recurring.occurrences.all().delete()


def test_workers_know_the_tasks_from_their_start():
    app.loader.import_default_modules()

    assert {
        tasks.make_due_invoices.name,
        "invoicing.quotes.tasks.send_quote_mails",
        "invoicing.customer_page.tasks.send_mails",
    } <= set(app.tasks)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_each_date_once():
    world = cast.world()
    recurring = set_up(world)

    def make(_turn: int) -> int:
        try:
            return services.make_due(on=D("2026-12-01"), at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(make, range(3)))
    services.make_due(on=D("2026-12-01"), at=AT)

    assert made(recurring) == [("2026-09-30", "drafted"), ("2026-10-30", "drafted"), ("2026-11-30", "drafted")]
    assert Invoice.objects.count() == 3
