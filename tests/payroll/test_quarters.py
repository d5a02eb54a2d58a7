"""Settled quarters: what no payslip can take any more is posted, shown, explained, and comes out the same when counted again."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from coop import guards
from coop.banking import services as banking
from coop.ledger import queries as ledger_queries
from coop.ledger import sources
from coop.ledger.models import Entry, Line, OpenItem
from coop.ledger.text import journal_text
from coop.periods import Month
from members.models import Reading, Runs
from payroll import account, facts, paid, quarters, replay, services
from payroll.models import Payslip, QuarterSettlement
from payroll.services.quarters import SETTLEMENT, SPECIAL_CONTRIBUTION
from tests import books, cast
from tests.cast import at
from tests.payroll import beside, build

pytestmark = pytest.mark.django_db
EUR = Decimal
OCTOBER, NOVEMBER, DECEMBER = Month(2026, 10), Month(2026, 11), Month(2026, 12)


@pytest.fixture
def world() -> cast.World:
    """Aline is paid in the whole fourth quarter of 2026; Lina, at 2500.00, leaves on the last day of November."""
    world = cast.world()
    build.employer(world.archipel, reduction_policy="hold")
    for name, gross in (("aline", "3000.00"), ("lina", "2500.00")):
        build.contract(world.people[name], world.archipel, gross=gross, hours="38", scale="A")
        build.money(world, name, "60000.00")
    for month in (OCTOBER, NOVEMBER):
        build.approved(world, month)
    leaving = world.people["lina"].contracts.get()
    leaving.valid_until = DECEMBER.first
    leaving.save()
    build.approve(world, build.calculated(world.archipel, DECEMBER), on=date(2026, 12, 31))
    return world


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """It is noon on 31 December 2026."""
    with time_machine.travel("2026-12-31 12:00:00+01:00", tick=False):
        yield


def settled(world: cast.World, name: str = "lina", sequence: int = 1) -> QuarterSettlement:
    """The settlement of somebody's fourth quarter."""
    return QuarterSettlement.objects.get(contract__person=world.people[name], sequence=sequence)


def corrected(world: cast.World, month: Month, gross: str) -> Payslip:
    """Correct a payslip of Lina, from end to end, on 31 December."""
    old = Payslip.objects.paid().get(person=world.people["lina"], month=month.first)
    run = services.open_correction(
        payslip=old.pk, gross=EUR(gross), hours=EUR("38"), reason="Bonus forgotten.", by=world.elise,
        at=at("2026-12-31 08:00"),
    )  # fmt: skip
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-12-31 09:00"))
    services.approve_run(run=run.pk, by=world.bruno, on=date(2026, 12, 31), at=at("2026-12-31 10:00"))
    return Payslip.objects.paid().get(contract=old.contract, month=old.month)


def faults(world: cast.World) -> list[str]:
    """What check_books would say of Archipel."""
    return books.faults(world.archipel, at("2026-12-31"))


def page(world: cast.World, user: str, name: str, *arguments: Any) -> Any:
    """The answer of a page to a user."""
    client = Client()
    client.force_login(world.users[user])
    return client.get(reverse(f"payroll:{name}", args=arguments))


# --- the special contribution -----------------------------------------------------------------------------------------


def test_a_third_month_that_is_paid_takes_the_quarter_and_leaves_nothing_to_post(world: cast.World) -> None:
    aline = settled(world, "aline")

    withheld = [one.special_contribution for one in Payslip.objects.filter(contract=aline.contract).order_by("month")]

    assert withheld == [EUR("19.24"), EUR("19.24"), EUR("19.23")]
    assert aline.special_contribution_correction == 0
    assert aline.special_contribution_entry is None
    assert not OpenItem.objects.filter(pk=aline.pk).exists()


def test_what_a_leaver_paid_too_much_is_given_back_once_by_an_entry_of_its_own(world: cast.World) -> None:
    found = settled(world)

    withheld = [one.special_contribution for one in Payslip.objects.filter(contract=found.contract)]
    assert withheld == [EUR("13.74"), EUR("13.74")]
    assert found.special_contribution_correction == EUR("-27.48")  # 5000.00 in the quarter owe nothing
    assert found.special_contribution_entry is not None
    assert [line.split() for line in journal_text([found.special_contribution_entry]).splitlines()[1:]] == [
        ["454", "-", "27.48"],
        ["455", "-", "-27.48"],
    ]
    assert -ledger_queries.residual(OpenItem.objects.get(pk=found.pk)) == EUR("27.48")
    services.settle_quarter(
        cooperative=world.archipel, last_month=DECEMBER, on=date(2026, 12, 31), at=at("2026-12-31 13:00")
    )
    assert Entry.objects.filter(source=SPECIAL_CONTRIBUTION).count() == 1
    assert faults(world) == []


def test_what_is_given_back_is_paid_with_the_wages(world: cast.World) -> None:
    found = settled(world)

    banking.record_payment(
        item=found.pk, amount=EUR("27.48"), on=date(2026, 12, 31), bank_account=world.banks["archipel"], by=None,
        at=at("2026-12-31"),
    )  # fmt: skip

    assert quarters.still_open(found) == 0
    assert faults(world) == []


def test_what_is_still_to_withhold_is_owed_by_the_member(world: cast.World) -> None:
    corrected(world, OCTOBER, "5500.00")

    second = settled(world, sequence=2)
    withheld = sum(one.special_contribution for one in Payslip.objects.paid().filter(contract=second.contract))
    assert second.special_contribution_correction == EUR("46.71") - withheld + EUR("27.48")  # 8000.00 in the quarter
    assert second.special_contribution_correction > 0
    assert quarters.still_open(second) == -second.special_contribution_correction
    assert faults(world) == []


def test_declarations_and_accounts_equal_the_books_with_what_quarters_corrected(world: cast.World) -> None:
    corrected(world, NOVEMBER, "2700.00")
    coop, elise = world.archipel.pk, world.elise
    lina = world.people["lina"].pk

    workers = paid.workers_in(elise, coop, OCTOBER, DECEMBER)
    check = paid.dmfa_check(coop, workers, OCTOBER, DECEMBER)
    rows = paid.paid_in(elise, coop, OCTOBER, DECEMBER, person=lina)
    settlements = paid.corrected_in(coop, OCTOBER, DECEMBER, person=lina)

    assert (check.listed, check.differences) == (check.booked, ())
    assert all(not one.differences for one in paid.account_checks(coop, rows, settlements))
    slip = {one.box: one.amount for one in account.yearly_slip(rows, settlements) if one.box}
    assert slip["287"] == 0  # the quarter's pay of 5200.00 owes nothing


def test_the_database_refuses_a_special_contribution_that_is_not_posted(world: cast.World) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        QuarterSettlement.objects.filter(pk=settled(world).pk).update(special_contribution_entry=None)

    assert guards.broken_constraint(error.value) == "quarter_settlement_special_posted"


def test_the_database_refuses_a_reduction_that_is_not_posted(world: cast.World) -> None:
    assert settled(world).correction > 0
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        QuarterSettlement.objects.filter(pk=settled(world).pk).update(entry=None)

    assert guards.broken_constraint(error.value) == "quarter_settlement_posted"


# --- settled anew -----------------------------------------------------------------------------------------------------


def borne(world: cast.World, name: str) -> Decimal:
    """What an activity has of the corrections of quarters."""
    lines = Line.objects.filter(entry__source=SETTLEMENT, activity=world.activities[name])
    return -sum((line.amount for line in lines), EUR("0.00"))


def moved_to_the_activity_of_aline(world: cast.World) -> None:
    """It turns out that Lina worked in the activity of Aline since September."""
    Runs.objects.filter(person=world.people["lina"]).update(valid_until=date(2026, 9, 1))
    Runs.objects.create(
        person=world.people["lina"], activity=world.activities["aline"], valid_from=date(2026, 9, 1), weight=EUR("1")
    )


def test_a_quarter_settled_anew_moves_the_first_correction_to_those_who_bear_the_pay_now(world: cast.World) -> None:
    first = settled(world)
    assert (borne(world, "lina"), borne(world, "aline")) == (first.correction, 0)
    moved_to_the_activity_of_aline(world)

    corrected(world, NOVEMBER, "2400.00")

    second = settled(world, sequence=2)
    assert (borne(world, "lina"), borne(world, "aline")) == (0, first.correction + second.correction)
    assert second.reduction_due == first.correction + second.correction  # nothing was given by the months
    shown = {one.activity.pk: (one.before, one.after) for one in quarters.borne_by(second)}
    assert shown == {
        world.activities["lina"].pk: (first.correction, EUR("0.00")),
        world.activities["aline"].pk: (EUR("0.00"), second.reduction_due),
    }
    assert faults(world) == []


def test_two_activities_share_the_whole_correction_by_weight_when_the_quarter_is_settled_anew(
    world: cast.World,
) -> None:
    first = settled(world)
    Runs.objects.create(
        person=world.people["lina"], activity=world.activities["aline"], valid_from=date(2026, 9, 1), weight=EUR("1")
    )

    corrected(world, NOVEMBER, "2400.00")

    second = settled(world, sequence=2)
    whole = first.correction + second.correction
    assert borne(world, "lina") + borne(world, "aline") == whole
    assert abs(borne(world, "lina") - borne(world, "aline")) <= EUR("0.01")
    check = paid.dmfa_check(
        world.archipel.pk, paid.workers_in(world.elise, world.archipel.pk, OCTOBER, DECEMBER), OCTOBER, DECEMBER
    )
    assert check.differences == ()
    assert faults(world) == []


# --- counted again ----------------------------------------------------------------------------------------------------


def replayed(**options: Any) -> tuple[int, list[str]]:
    """Return exit code and lines of the command."""
    out = StringIO()
    try:
        call_command("replay_payslips", stdout=out, **options)
    except CommandError as error:
        return error.returncode, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def test_settled_quarters_come_out_the_same_when_they_are_counted_again(world: cast.World) -> None:
    corrected(world, NOVEMBER, "2400.00")

    code, lines = replayed()

    assert code == 0
    assert lines[-1].startswith("3 quarters: 3 the same to the cent, 0 differ in 0 amounts, 0 cannot be")


def test_a_settled_quarter_that_differs_is_named_to_the_cent(world: cast.World) -> None:
    found = settled(world)
    figures = {**found.figures, "figures": [dict(one) for one in found.figures["figures"]]}
    (quarter,) = (one for one in figures["figures"] if one["code"] == "structural_reduction_quarter")
    quarter["amount"] = str(found.reduction_due + EUR("0.01"))
    QuarterSettlement.objects.filter(pk=found.pk).update(
        figures=figures, reduction_due=found.reduction_due + EUR("0.02"), correction=found.correction + EUR("0.02")
    )

    code, lines = replayed(month="2026-12")

    assert code == 1
    due = found.reduction_due
    number = found.contract.worker_number
    assert [line for line in lines if "Q4" in line] == [
        f"archipel  {number}  2026-Q4.1  structural_reduction_quarter: stored {due + EUR('0.01')}, computed {due}",
        f"archipel  {number}  2026-Q4.1  column reduction_due: stored {due + EUR('0.02')}, computed {due}",
        f"archipel  {number}  2026-Q4.1  column correction: stored {due + EUR('0.02')}, computed {due}",
    ]
    assert replayed(month="2026-11")[0] == 0


def test_a_quarter_settled_before_facts_were_kept_is_named(world: cast.World) -> None:
    QuarterSettlement.objects.filter(pk=settled(world, "aline").pk).update(facts=None)

    code, lines = replayed()

    assert code == 1
    assert "archipel  0001  2026-Q4.1  cannot be calculated again: no facts are stored" in lines
    assert quarters.months_of(settled(world, "aline")) == []


def test_the_facts_of_a_quarter_are_read_back_as_they_were(world: cast.World) -> None:
    found = settled(world)

    told = replay.quarter_facts_of(found.facts, label="0002")

    assert facts.to_json(told) == {**found.facts, "label": "0002"}
    assert [(one.gross, one.special_contribution) for one in told.months] == [
        (EUR("2500.00"), EUR("13.74")),
        (EUR("2500.00"), EUR("13.74")),
        (EUR("0.00"), EUR("0.00")),
    ]


# --- shown ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_the_page_shows_each_month_the_law_and_the_correction_and_every_figure_unfolds(
    world: cast.World, language: str
) -> None:
    found = settled(world)
    world.lina.language = language
    world.lina.save()

    answer = page(world, "lina", "quarter_detail", found.pk)

    assert answer.status_code == 200
    assert f'lang="{language}"' in answer.content.decode()
    if language == "en":
        assert "Settlement of the fourth quarter of 2026" in answer.content.decode()
    assert [(one.month, one.is_paid) for one in answer.context["months"]] == [
        (OCTOBER, True), (NOVEMBER, True), (DECEMBER, False),
    ]  # fmt: skip
    for rows, correction in (
        (answer.context["reduction"], found.correction),
        (answer.context["special"], found.special_contribution_correction),
    ):
        first, *given, last = (row.amount for row in rows)
        assert first - sum(given) == last == correction
        assert all(row.explanation.sentence for row in rows)
    assert answer.context["still_open"] == EUR("27.48")


def test_the_payroll_office_reads_it_which_the_member_sees_and_nobody_else_finds_it(world: cast.World) -> None:
    found = settled(world)

    for user in ("aline", "chloe", "dirk", "farid", "amina", "greet", "bruno"):
        assert page(world, user, "quarter_detail", found.pk).status_code == 404, user
    assert page(world, "elise", "quarter_detail", found.pk).status_code == 200
    assert Reading.objects.filter(person=world.people["lina"], by=world.elise).exists()


def test_payslip_account_run_and_entry_lead_to_the_settlement(world: cast.World) -> None:
    found = settled(world)
    address = reverse("payroll:quarter_detail", args=[found.pk])
    october = Payslip.objects.get(contract=found.contract, month=OCTOBER.first)
    december = Payslip.objects.get(month=DECEMBER.first).member.run_id

    for user, name, arguments in (
        ("lina", "payslip_detail", [october.pk]),
        ("lina", "account_detail", [world.people["lina"].pk, world.archipel.pk, 2026]),
        ("elise", "run_detail", [december]),
    ):
        assert address in page(world, user, name, *arguments).content.decode(), name
    for entry in quarters.entries_of(found):
        key = (entry.source, entry.source_key)
        assert sources.links([key], world.lina)[key].url == address
        assert sources.links([key], world.aline)[key].url == ""


def test_each_settlement_of_a_quarter_names_the_others(world: cast.World) -> None:
    corrected(world, NOVEMBER, "2400.00")
    first, second = settled(world), settled(world, sequence=2)

    for shown, other in ((first, second), (second, first)):
        assert reverse("payroll:quarter_detail", args=[other.pk]) in page(
            world, "lina", "quarter_detail", shown.pk
        ).content.decode()  # fmt: skip


def test_premiums_beside_the_pay_count_in_the_quarter_and_the_page_leads_to_them() -> None:
    world = beside.world(OCTOBER, NOVEMBER)
    beside.paid(world, "end_of_year_premium", DECEMBER)
    build.approve(world, build.calculated(world.archipel, DECEMBER), on=date(2026, 12, 31))
    found = settled(world, "aline")
    premium = beside.slip(world, "end_of_year_premium", "aline")

    answer = page(world, "aline", "quarter_detail", found.pk)

    assert [one.pk for one in answer.context["premiums"]] == [premium.pk]
    assert answer.context["months"][-1].gross == EUR("2900.00") + premium.gross
    assert reverse("payroll:payslip_detail", args=[premium.pk]) in answer.content.decode()
    withheld = sum(
        one.special_contribution for one in Payslip.objects.paid().ordinary().filter(contract=found.contract)
    )
    assert withheld + found.special_contribution_correction == answer.context["special_due"]
    assert found.special_contribution_correction > 0
    assert faults(world) == []
