"""The reduction for first hires: claimed by the payroll office, given by month and quarter, in the books and the lists."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from coop import guards
from coop.errors import Refused
from coop.ledger.models import Reservation
from coop.periods import Month
from payroll import declarations, paid, quarters, queries, services, slips
from payroll.models import FirstHire, Payslip, QuarterSettlement
from payroll.services.first_hires import FirstHireNotEnded, FirstHireNotRecorded
from tests import books, cast
from tests.cast import at
from tests.payroll import build

pytestmark = pytest.mark.django_db
EUR = Decimal
OCTOBER, NOVEMBER, DECEMBER = Month(2026, 10), Month(2026, 11), Month(2026, 12)


@pytest.fixture
def world() -> cast.World:
    """Aline, at 5000.00 full time, has a contract; the cooperative advances its reductions."""
    world = cast.world()
    build.employer(world.archipel, reduction_policy="advance")
    build.contract(world.people["aline"], world.archipel, gross="5000.00", hours="38")
    build.money(world, "aline", "60000.00")
    return world


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """It is noon on 20 September 2026."""
    with time_machine.travel("2026-09-20 12:00:00+02:00", tick=False):
        yield


def claimed(world: cast.World, name: str = "aline", **changes: Any) -> FirstHire:
    """Let Élise claim the reduction for somebody from October 2026 on."""
    wish = {"rank": 1, "since": OCTOBER, "counted_from": OCTOBER, "reason": "First worker.", "by": world.elise}
    return services.record_first_hire(contract=world.people[name].contracts.get(), **{**wish, **changes})


def of_month(month: Month) -> Payslip:
    """The payslip of Aline that counts."""
    return Payslip.objects.paid().get(month=month.first)


def test_a_quarter_gives_2000_in_its_months_and_the_books_the_lists_and_the_replay_agree(world: cast.World) -> None:
    claimed(world)

    for month in (OCTOBER, NOVEMBER):
        build.approved(world, month)
    advanced = sum(one.amount for one in Reservation.objects.filter(kind="advance", released_on=None))
    build.approve(world, build.calculated(world.archipel, DECEMBER), on=date(2026, 12, 31))

    given = [of_month(month).first_hire_reduction for month in (OCTOBER, NOVEMBER, DECEMBER)]
    assert given == [EUR("666.67"), EUR("666.66"), EUR("666.67")]
    assert advanced == given[0] + given[1]  # at 5000.00 there is no structural reduction
    settled = QuarterSettlement.objects.get()
    assert (settled.first_hire_correction, settled.correction, settled.entry) == (0, 0, None)
    october = queries.figures_of(of_month(OCTOBER))
    cost = {row.explanation.code: row for row in slips.to_cost(october)}
    assert cost["first_hire_reduction"].amount == EUR("666.67")
    assert cost["first_hire_reduction"].explanation.sentence
    assert of_month(OCTOBER).wage_cost == EUR("5000.00") + october["employer_contribution"].amount - EUR("666.67")
    coop = world.archipel.pk
    workers = paid.workers_in(world.elise, coop, OCTOBER, DECEMBER)
    check = paid.dmfa_check(coop, workers, OCTOBER, DECEMBER)
    assert (check.listed, check.differences) == (check.booked, ())
    assert "Reduction of a first hire" in [head.label for head in _english(lambda: declarations.dmfa(workers)).heads]
    call_command("replay_payslips")
    assert books.faults(world.archipel, at("2026-12-31")) == []


def _english(act: Any) -> Any:
    from django.utils import translation

    with translation.override("en"):
        return act()


def test_a_quarter_of_two_months_is_corrected_with_the_structural_reduction_in_one_entry(world: cast.World) -> None:
    claimed(world)
    for month in (OCTOBER, NOVEMBER):
        build.approved(world, month)
    world.people["aline"].contracts.update(valid_until=DECEMBER.first)

    services.settle_quarter(
        cooperative=world.archipel, last_month=DECEMBER, on=date(2026, 12, 31), at=at("2026-12-31 12:00")
    )

    settled = QuarterSettlement.objects.get()
    share = EUR(2) / 3
    due = (EUR(2000) * share * (EUR("1.18") + (share - EUR("0.55")) * EUR("0.28"))).quantize(EUR("0.01"))
    given = sum(of_month(month).first_hire_reduction for month in (OCTOBER, NOVEMBER))
    assert settled.first_hire_correction == due - given != 0
    rows = quarters.explained(settled, quarters.FIRST_HIRE)
    assert rows[-1].amount == settled.first_hire_correction
    lines = {line.account.role: line.amount for line in settled.entry.lines.select_related("account")}
    assert lines["social_security"] == settled.correction + settled.first_hire_correction
    workers = paid.workers_in(world.elise, world.archipel.pk, OCTOBER, DECEMBER)
    assert paid.dmfa_check(world.archipel.pk, workers, OCTOBER, DECEMBER).differences == ()
    assert books.faults(world.archipel, at("2026-12-31")) == []


def test_without_a_claim_no_payslip_knows_of_it(world: cast.World) -> None:
    build.approved(world, OCTOBER)

    assert of_month(OCTOBER).facts["first_hire"] is None
    assert of_month(OCTOBER).first_hire_reduction == 0


def test_the_quarter_counts_from_where_the_reduction_began_and_ends_with_its_quarter(world: cast.World) -> None:
    hire = claimed(world, rank=2, counted_from=Month(2024, 1))
    services.end_first_hire(hire=hire.pk, until=Month(2027, 1), by=world.elise)

    build.approved(world, OCTOBER)

    assert of_month(OCTOBER).facts["first_hire"] == {"rank": 2, "quarter": 12}
    hire.refresh_from_db()
    assert hire.valid_until == date(2027, 1, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"since": NOVEMBER},
        {"counted_from": Month(2026, 11)},
        {"counted_from": Month(2027, 1)},
        {"reason": "  "},
    ],
)
def test_a_claim_of_half_a_quarter_or_without_a_reason_is_refused(world: cast.World, change: dict[str, Any]) -> None:
    with pytest.raises(FirstHireNotRecorded):
        claimed(world, **change)


def test_a_claim_is_refused_twice_for_a_rank_for_paid_months_and_to_those_who_prepare_no_pay(world: cast.World) -> None:
    build.contract(world.people["lina"], world.archipel)
    with pytest.raises(PermissionDenied):
        claimed(world, by=world.aline)
    claimed(world)

    with pytest.raises(FirstHireNotRecorded):
        claimed(world, rank=2)
    with pytest.raises(FirstHireNotRecorded):
        claimed(world, "lina")
    claimed(world, "lina", rank=2)
    build.approved(world, OCTOBER)
    chloe = build.contract(world.people["chloe"], world.archipel)
    build.opening(chloe, OCTOBER)
    with pytest.raises(FirstHireNotRecorded):
        claimed(world, "chloe", rank=3)


def test_it_does_not_end_in_a_quarter_that_is_paid_nor_twice(world: cast.World) -> None:
    hire = claimed(world)
    with pytest.raises(PermissionDenied):
        services.end_first_hire(hire=hire.pk, until=Month(2027, 1), by=world.bruno)
    for until in (OCTOBER, NOVEMBER):
        with pytest.raises(FirstHireNotEnded):
            services.end_first_hire(hire=hire.pk, until=until, by=world.elise)
    services.end_first_hire(hire=hire.pk, until=Month(2027, 1), by=world.elise)

    with pytest.raises(Refused):
        services.end_first_hire(hire=hire.pk, until=Month(2027, 4), by=world.elise)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"rank": 6}, "first_hire_possible"),
        ({"reason": ""}, "first_hire_possible"),
        ({"valid_from": date(2026, 11, 1)}, "first_hire_whole_quarters"),
        ({"counted_from": date(2027, 1, 1)}, "first_hire_whole_quarters"),
        ({"valid_until": date(2027, 2, 1)}, "first_hire_whole_quarters"),
    ],
)
def test_the_database_refuses_a_claim_that_cannot_be(
    world: cast.World, change: dict[str, Any], constraint: str
) -> None:
    hire = claimed(world)

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        FirstHire.objects.filter(pk=hire.pk).update(**change)

    assert guards.broken_constraint(error.value) == constraint


def test_the_officer_claims_and_ends_it_on_its_pages(world: cast.World) -> None:
    page = Client()
    page.force_login(world.elise)
    address = reverse("payroll:first_hires")
    contract = world.people["aline"].contracts.get()
    wish = {
        "contract": contract.pk,
        "rank": "1",
        "since": "2026-10",
        "counted_from": "2026-10",
        "reason": "New employer.",
    }

    refused = page.post(address, {**wish, "counted_from": "2027-01"})
    made = page.post(address, wish)

    assert refused.status_code == 422
    assert made.status_code == 302
    hire = FirstHire.objects.get()
    assert (hire.rank, hire.recorded_by, hire.reason) == (1, world.elise, "New employer.")
    assert "New employer." in page.get(address).content.decode()
    end = reverse("payroll:first_hire_end", args=[hire.pk])
    assert page.get(end).status_code == 200
    assert page.post(end, {"until": "2026-10"}).status_code == 422
    assert page.post(end, {"until": "2027-01"}).status_code == 302
