"""A correction that changes only what days were: no amount of pay changes, and the payslip shows the days."""

import re
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from coop import guards
from coop.access.models import User
from coop.ledger import queries as ledger
from coop.ledger.models import OpenItem
from coop.periods import Month
from members.models import Situation
from payroll import absences, queries, services, unchanged, worktime
from payroll.absences import Kind, Part
from payroll.models import PayrollRun, Payslip, WorkDay
from payroll.services import corrections, runs
from payroll.services import worktime as days
from tests import cast
from tests.cast import at
from tests.payroll import beside
from tests.payroll.beside import EUR, OCTOBER

pytestmark = pytest.mark.django_db
SICK = date(2026, 10, 5)


@pytest.fixture(autouse=True)
def words():
    """Refusals and pages are read in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def world() -> cast.World:
    """October 2026 is paid, as usual for everybody."""
    return beside.world(OCTOBER)


def lina(world: cast.World) -> Payslip:
    """Lina's payslip of October that counts."""
    return Payslip.objects.paid().get(person=world.people["lina"], month=OCTOBER.first, nature="")


def opened(world: cast.World, *, reason: str = "She was ill on 5 October.") -> PayrollRun:
    """Let Élise open the days of Lina's October."""
    return services.open_days_correction(
        payslip=lina(world).pk, reason=reason, by=world.elise, at=at("2026-11-05 10:00")
    )


def enter(world: cast.World, kind: Kind, run: PayrollRun, *, day: date = SICK) -> None:
    """Let Élise enter what a day of Lina was, and the worker calculate again."""
    services.enter_days(
        contract=lina(world).contract_id, first=day, last=day, kind=kind, hours=None, by=world.elise,
        at=at("2026-11-05 10:05"),
    )  # fmt: skip
    services.calculate_members(run=run.pk, at=at("2026-11-05 10:06"))


def carried_through(world: cast.World, run: PayrollRun) -> Payslip:
    """Let Élise submit a correction and Bruno approve it; return the payslip that counts now."""
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-11-05 10:10"))
    services.approve_run(run=run.pk, by=world.bruno, on=date(2026, 11, 6), at=at("2026-11-06 10:00"))
    return lina(world)


def test_sickness_in_place_of_work_makes_a_new_payslip_with_the_same_amounts(world: cast.World) -> None:
    old = lina(world)
    run = opened(world)
    enter(world, Kind.SICKNESS, run)

    new = carried_through(world, run)

    old.refresh_from_db()
    assert (old.state, new.pk != old.pk) == ("reversed", True)
    assert unchanged.as_corrected(old, new=new)
    assert (new.gross, new.net, new.employer_cost) == (old.gross, old.net, old.employer_cost)
    assert [(one.kind, one.days) for one in worktime.performance_of(new)] == [
        (Kind.WORK, EUR("21.00")), (Kind.SICKNESS, EUR("1.00")),
    ]  # fmt: skip
    assert worktime.performance_of(old) == ()
    assert -ledger.residual(OpenItem.objects.get(pk=new.pk)) == new.to_pay
    assert ledger.residual(OpenItem.objects.get(pk=old.pk)) == 0
    assert beside.faults(world) == []


def test_the_replacement_says_that_no_amount_changes_and_which_days_do(world: cast.World) -> None:
    run = opened(world)
    enter(world, Kind.SICKNESS, run)
    page = Client(headers={"accept-language": "en"})
    page.force_login(world.elise)

    shown = page.get(reverse("payroll:run_detail", args=[run.pk]))

    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown.content.decode()))
    assert "No amount changes: only the days and hours are others." in text
    assert [(str(one.label), one.old, one.new) for one in shown.context["days_change"]] == [
        ("Worked", None, EUR("21.00")), ("Sickness", None, EUR("1.00")),
    ]  # fmt: skip
    new = carried_through(world, run)
    own = Client(headers={"accept-language": "en"})
    own.force_login(world.lina)
    assert "No amount changes" in own.get(reverse("payroll:payslip_detail", args=[new.pk])).content.decode()


def test_a_correction_of_amounts_does_not_say_so(world: cast.World) -> None:
    Situation.objects.filter(person=world.people["lina"]).update(children=2)
    run = services.open_correction(
        payslip=lina(world).pk, gross=EUR("1600.00"), hours=EUR("19"), reason="Bonus.", by=world.elise, at=at("2026-11-05"),
    )  # fmt: skip

    found = queries.replacement_in(run)

    assert found is not None
    assert not found.same_amounts


def test_a_correction_in_which_no_day_was_changed_is_not_submitted(world: cast.World) -> None:
    run = opened(world)

    with pytest.raises(runs.RunBlocked, match="changes neither an amount nor a day"):
        services.submit_run(run=run.pk, by=world.elise, at=at("2026-11-05 10:10"))


def test_a_day_that_is_not_paid_asks_for_a_correction_of_the_pay(world: cast.World) -> None:
    run = opened(world)
    enter(world, Kind.UNPAID, run)

    with pytest.raises(runs.RunBlocked, match="gives another wage than was paid"):
        services.submit_run(run=run.pk, by=world.elise, at=at("2026-11-05 10:10"))


def test_a_correction_of_pay_and_days_together_is_still_one(world: cast.World) -> None:
    run = services.open_correction(
        payslip=lina(world).pk, gross=EUR("1384.09"), hours=EUR("18.14"), reason="A day of unpaid leave.",
        by=world.elise, at=at("2026-11-05 10:00"),
    )  # fmt: skip
    enter(world, Kind.UNPAID, run)

    assert carried_through(world, run).gross == EUR("1384.09")


def test_days_and_amounts_are_two_corrections_and_each_is_found_again(world: cast.World) -> None:
    run = opened(world)

    assert opened(world).pk == run.pk
    with pytest.raises(corrections.CorrectionUnderWay):
        opened(world, reason="Another day.")
    with pytest.raises(corrections.CorrectionIncomplete):
        services.open_days_correction(
            payslip=Payslip.objects.get(person=world.people["aline"]).pk,
            reason=" ",
            by=world.elise,
            at=at("2026-11-05"),
        )


def test_a_payment_beside_pay_has_no_days(world: cast.World) -> None:
    beside.paid(world, "end_of_year_premium", Month(2026, 12))

    with pytest.raises(corrections.NotCorrectable):
        services.open_days_correction(
            payslip=beside.slip(world, "end_of_year_premium").pk, reason="None.", by=world.elise, at=at("2026-12-30")
        )


def test_the_page_opens_the_days_and_leads_to_them(world: cast.World) -> None:
    page = Client(headers={"accept-language": "en"})
    page.force_login(User.objects.get(pk=world.elise.pk))
    address = reverse("payroll:payslip_correct", args=[lina(world).pk])

    assert page.post(address, {"act": "other", "other-reason": " "}).status_code == 422
    done = page.post(address, {"act": "other", "other-reason": "Ill on 5 October."})

    assert done.status_code == 302
    assert done.headers["Location"] == reverse("payroll:days_contract", args=[lina(world).contract_id, OCTOBER])
    run = PayrollRun.objects.get(kind="correction")
    assert (run.reason, run.state) == ("Ill on 5 October.", "calculated")


# --- the database -----------------------------------------------------------------------------------------------------


def december() -> tuple[cast.World, Payslip]:
    """December and its end-of-year premium are paid; Lina's premium."""
    world = beside.world(OCTOBER, Month(2026, 11), Month(2026, 12))
    beside.paid(world, "end_of_year_premium", Month(2026, 12))
    return world, beside.slip(world, "end_of_year_premium")


def holiday_taken(world: cast.World) -> WorkDay:
    """Write a day of Lina's December past the service."""
    parts = absences.written((Part(Kind.HOLIDAY, EUR("3.80")),))
    return WorkDay.objects.create(
        contract=beside.contract(world), day=date(2026, 12, 7), parts=parts, hours=EUR("3.80"), entered_by=world.elise,
        entered_at=at("2026-12-30"),
    )  # fmt: skip


def test_the_correction_of_a_payment_beside_pay_opens_no_day_of_its_month() -> None:
    world, premium = december()
    services.open_exceptional_correction(
        payslip=premium.pk, months=7, reason="Unpaid leave.", by=world.elise, at=at("2026-12-30")
    )

    with pytest.raises(days.MonthClosed):
        services.enter_days(
            contract=premium.contract_id, first=date(2026, 12, 7), last=date(2026, 12, 7), kind=Kind.HOLIDAY,
            hours=None, by=world.elise, at=at("2026-12-30"),
        )  # fmt: skip
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        holiday_taken(world)
    assert guards.broken_constraint(error.value) == "work_day_month_open"


def test_the_withdrawal_of_a_payment_opens_no_day_either() -> None:
    world, premium = december()
    services.open_withdrawal(payslip=premium.pk, reason="Not due.", by=world.elise, at=at("2026-12-30"))

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        holiday_taken(world)
    assert guards.broken_constraint(error.value) == "work_day_month_open"


def test_the_correction_of_the_payslip_of_the_month_opens_its_days() -> None:
    world, premium = december()
    monthly = Payslip.objects.paid().ordinary().get(contract=premium.contract_id, month=premium.month)
    services.open_days_correction(payslip=monthly.pk, reason="A holiday.", by=world.elise, at=at("2026-12-30"))

    assert holiday_taken(world).pk
