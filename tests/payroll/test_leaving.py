"""What is left of the provisions of somebody who left goes back to the activities that bore it: proposed, then approved."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from coop import guards
from coop.access.models import User
from coop.ledger import queries as ledger
from coop.ledger.models import Entry
from coop.ledger.text import journal_text
from coop.periods import Month
from coop.transitions import TransitionRefused
from members.models import Runs
from payroll import exceptional_facts, leaving, provisions, registering, services
from payroll.exceptional import Nature
from payroll.models import Payslip, ProvisionSettlement
from payroll.services import provisions as settling
from tests import cast
from tests.cast import at
from tests.payroll import beside, build
from tests.payroll.beside import EUR, NOVEMBER, OCTOBER

pytestmark = pytest.mark.django_db
DECEMBER_3 = date(2026, 12, 3)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """Words are read in English, on 3 December 2026."""
    with translation.override("en"), time_machine.travel("2026-12-03 12:00:00+01:00", tick=False):
        yield


@pytest.fixture
def left() -> cast.World:
    """Lina, of two activities, left at the end of November 2026; her holiday pay on leaving is paid."""
    world = beside.world()
    since = Runs.objects.get(person=world.people["lina"], activity=world.activities["lina"]).valid_from
    Runs.objects.create(
        person=world.people["lina"], activity=world.activities["aline"], valid_from=since, weight=EUR("0.5")
    )
    build.approved(world, OCTOBER)
    build.approved(world, NOVEMBER)
    beside.leaves(world, "lina", date(2026, 11, 30))
    run = beside.opened(world, "exit_holiday_pay", NOVEMBER)
    services.give_facts(
        member=run.members.get().pk, earned_this_year=EUR("500.00"), earned_before=EUR("0.00"), reason="The rest was taken.",
        by=world.elise, at=at("2026-11-29"),
    )  # fmt: skip
    beside.approved(world, beside.recalculated(run), day=30)
    return world


def proposed(world: cast.World, **options: Any) -> ProvisionSettlement:
    """Let Élise propose that what Lina left goes back."""
    values = {
        "reason": "She resigned; no premium is due.",
        "by": world.elise,
        "on": DECEMBER_3,
        "at": at("2026-12-03 10:00"),
    }
    return services.propose_provision_settlement(contract=beside.contract(world), **{**values, **options})


def approved(world: cast.World, made: ProvisionSettlement, **options: Any) -> ProvisionSettlement:
    """Let Bruno approve a settlement."""
    values = {"by": world.bruno, "on": DECEMBER_3, "at": at("2026-12-03 11:00"), **options}
    return services.approve_provision_settlement(settlement=made.pk, **values)


def rest(world: cast.World) -> dict[str, Any]:
    """What is left of the provisions of Lina at the end of 2026."""
    rows = provisions.paid_until(world.elise, world.archipel.pk, 2026, person=world.people["lina"].pk)
    back = leaving.settled(world.archipel.pk).get(world.people["lina"].pk, [])
    return provisions.of_year(rows, 2026, None, back).left


def test_what_is_left_goes_back_to_the_activities_as_one_entry(left: cast.World) -> None:
    before = rest(left)
    assert before[provisions.HOLIDAY] > 0
    assert before[provisions.PREMIUMS] > 0
    own, other = left.activities["lina"], left.activities["aline"]
    balances = [ledger.accounting_balance(one, DECEMBER_3) for one in (own, other)]
    made = proposed(left)
    assert not Entry.objects.filter(source=settling.SOURCE).exists()

    done = approved(left, made)

    parts = {(one.role, one.activity): one.amount for one in done.parts.all()}
    assert len(parts) == 4
    for role, amount in before.items():
        assert sum(value for (name, _activity), value in parts.items() if name == role) == amount
    after = [ledger.accounting_balance(one, DECEMBER_3) for one in (own, other)]
    for activity, (then, now_) in zip((own, other), zip(balances, after, strict=True), strict=True):
        assert now_ - then == sum(value for (_name, one), value in parts.items() if one == activity) > 0
    lines = [line.split() for line in journal_text([done.entry]).splitlines()[1:]]
    assert [one[0] for one in lines] == ["456", "459", "625", "625", "6231", "6231"]
    assert rest(left) == dict.fromkeys(before, 0)
    assert beside.faults(left) == []


def test_lists_of_provisions_count_it_and_agree_with_the_books(left: cast.World) -> None:
    approved(left, proposed(left))
    rows = provisions.paid_until(left.elise, left.archipel.pk, 2026)
    back = leaving.settled(left.archipel.pk)
    together = [one for mine in back.values() for one in mine]

    checks = provisions.whole_checks(left.archipel.pk, rows, Month(2026, 12), together)

    assert all(one.agrees for one in checks)
    mine = [one for one in rows if one.person == left.people["lina"].pk]
    assert all(one.agrees for one in provisions.checks(left.archipel.pk, mine, back[left.people["lina"].pk]))
    assert all(not any(one.left.values()) for one in provisions.by_activity(mine, back[left.people["lina"].pk]))
    assert leaving.ended_with_rest(left.archipel, DECEMBER_3) == []


def test_no_later_payment_uses_what_went_back(left: cast.World) -> None:
    pk = beside.contract(left).pk
    assert exceptional_facts.provided([pk], Nature.END_OF_YEAR_PREMIUM, Month(2026, 12))[pk] > 0

    approved(left, proposed(left))

    assert exceptional_facts.provided([pk], Nature.END_OF_YEAR_PREMIUM, Month(2026, 12))[pk] == 0


def test_it_waits_for_the_holiday_pay_on_leaving_and_for_runs_that_still_pay() -> None:
    world = beside.world(OCTOBER, NOVEMBER)
    with pytest.raises(settling.ProvisionsNotOver, match="has not ended"):
        proposed(world)
    beside.leaves(world, "lina", date(2026, 11, 30))
    with pytest.raises(settling.ProvisionsNotOver, match="on leaving is not paid"):
        proposed(world)


def test_a_premium_that_is_being_paid_stops_it(left: cast.World) -> None:
    beside.opened(left, "end_of_year_premium", NOVEMBER)

    with pytest.raises(settling.ProvisionsNotOver, match="still pays this contract"):
        proposed(left)


def test_another_person_approves_and_only_the_office_proposes(left: cast.World) -> None:
    with pytest.raises(PermissionDenied):
        proposed(left, by=left.bruno)
    with pytest.raises(settling.ProvisionsNotOver):
        proposed(left, reason=" ")
    made = proposed(left)
    with pytest.raises(settling.NothingLeft, match="waits for approval"):
        proposed(left)
    cast.grant(left.elise, cast.Role.ACCOUNTANT, cooperative=left.archipel)

    with pytest.raises(settling.OwnSettlement):
        approved(left, made, by=User.objects.get(pk=left.elise.pk))
    with pytest.raises(PermissionDenied):
        approved(left, made, by=left.lina)


def test_a_proposal_that_was_withdrawn_leaves_everything_due_and_can_be_made_again(left: cast.World) -> None:
    before, made = rest(left), proposed(left)

    services.cancel_provision_settlement(settlement=made.pk, by=left.elise, at=at("2026-12-03"))

    assert rest(left) == before
    with pytest.raises(TransitionRefused):
        approved(left, made)
    assert proposed(left).pk != made.pk


def test_a_payslip_corrected_meanwhile_asks_for_another_proposal(left: cast.World) -> None:
    made = proposed(left)
    old = Payslip.objects.paid().ordinary().get(contract=beside.contract(left), month=NOVEMBER.first)
    run = services.open_correction(
        payslip=old.pk, gross=EUR("1600.00"), hours=EUR("19"), reason="Bonus.", by=left.elise, at=at("2026-12-03"),
    )  # fmt: skip
    services.submit_run(run=run.pk, by=left.elise, at=at("2026-12-03 10:30"))
    services.approve_run(run=run.pk, by=left.bruno, on=DECEMBER_3, at=at("2026-12-03 10:40"))

    with pytest.raises(settling.SettlementOutdated):
        approved(left, made)


def test_the_database_refuses_a_settlement_that_cannot_be(left: cast.World) -> None:
    made = proposed(left)
    of = ProvisionSettlement.objects.filter(pk=made.pk)
    for name, act in (
        ("provision_settlement_posted_exactly_when_approved", lambda: of.update(state="approved")),
        ("provision_settlement_with_reason", lambda: of.update(reason="")),
        (
            "provision_settlement_one_proposed",
            lambda: ProvisionSettlement.objects.create(
                cooperative=left.archipel, contract=made.contract, reason="Why.", proposed_by=left.elise,
                proposed_at=at("2026-12-03"),
            ),
        ),
    ):  # fmt: skip
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            act()
        assert guards.broken_constraint(error.value) == name
    done = approved(left, made)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProvisionSettlement.objects.filter(pk=done.pk).update(reason="Another.")


def test_the_officer_proposes_on_the_page_and_the_accountant_approves_without_a_name(left: cast.World) -> None:
    officer, accountant = Client(headers={"accept-language": "en"}), Client(headers={"accept-language": "en"})
    officer.force_login(left.elise)
    accountant.force_login(left.bruno)
    listed = officer.get(reverse("payroll:provisions_list", args=[2026]), {"cooperative": left.archipel.code})
    address = reverse("payroll:provisions_propose", args=[beside.contract(left).pk])
    assert address in listed.content.decode()
    assert officer.post(address, {"reason": " "}).status_code == 422

    done = officer.post(address, {"reason": "No premium is due."})

    page = done.headers["Location"]
    tasks = [one for one in registering.tasks_of(left.bruno, DECEMBER_3) if one.kind == "provisions_to_settle"]
    assert [one.url for one in tasks] == [page]
    text = re.sub(r"<[^>]+>", " ", accountant.get(page).content.decode())
    assert "No premium is due." in text
    assert str(left.people["lina"]) not in text
    assert accountant.post(page, {"act": "approve"}).status_code == 302
    assert ProvisionSettlement.objects.get().state == "approved"
    own = Client(headers={"accept-language": "en"})
    own.force_login(left.lina)
    assert (
        own.get(reverse("payroll:provisions_detail", args=[left.people["lina"].pk, left.archipel.pk, 2026])).status_code
        == 200
    )
