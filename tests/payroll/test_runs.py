"""The run: opened once, calculated whatever fails, checked, approved by another person, posted once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connections, transaction
from django.utils import translation

from coop import guards
from coop.documents.models import Document
from coop.entities.models import PeriodLock
from coop.errors import Refused
from coop.ledger import queries
from coop.ledger.models import Entry, OpenItem, Reservation
from coop.periods import Month
from coop.transitions import TransitionRefused
from members.models import Runs, Situation
from payroll import facts, services, tasks
from payroll.models import PayrollRun, Payslip, QuarterSettlement, RunMember
from payroll.services import approval, runs
from tests import books, cast
from tests.cast import at
from tests.payroll import build

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
NAMES = ("aline", "lina", "chloe")


def make_world() -> cast.World:
    """Aline, Lina and Chloé are employed; October is the first month of a quarter, so nothing else need be known."""
    world = cast.world()
    build.employer(world.archipel)
    for name, gross, hours in (("aline", "2900.00", "38"), ("lina", "1450.00", "19"), ("chloe", "1600.00", "19")):
        build.contract(world.people[name], world.archipel, gross=gross, hours=hours)
        build.money(world, name, "20000.00")
    return world


@pytest.fixture
def world(db: None) -> cast.World:
    """The cast, with three employees."""
    return make_world()


def faults(world: cast.World) -> list[str]:
    """What check_books would say of Archipel."""
    return books.faults(world.archipel, at("2026-12-31"))


def test_without_an_order_the_contractual_wage_is_paid(world: cast.World) -> None:
    build.approved(world, OCTOBER)

    assert dict(Payslip.objects.values_list("person__first_name", "gross")) == {
        "Aline": Decimal("2900.00"), "Lina": Decimal("1450.00"), "Chloé": Decimal("1600.00"),
    }  # fmt: skip
    assert Entry.objects.filter(source="payroll.payslip").count() == 3
    assert Document.objects.filter(kind="payslip", state="pending").count() == 3
    assert faults(world) == []


def test_a_run_opened_twice_is_one_run(world: cast.World) -> None:
    first, second = build.calculated(world.archipel, OCTOBER), build.calculated(world.archipel, OCTOBER)

    assert first.pk == second.pk
    assert RunMember.objects.count() == Payslip.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_people_and_beat_opening_at_once_make_one_run() -> None:
    world = make_world()

    def open_it(by) -> object:
        try:
            with translation.override("en"):
                return services.open_run(
                    cooperative=world.archipel, month=OCTOBER, on=date(2026, 10, 22), at=at("2026-10-22"), by=by
                ).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        opened = set(pool.map(open_it, [None, world.elise] * 3))

    assert len(opened) == 1
    assert RunMember.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_chunk_delivered_five_times_at_once_makes_each_payslip_once() -> None:
    world = make_world()
    run = services.open_run(cooperative=world.archipel, month=OCTOBER, on=date(2026, 10, 22), at=at("2026-10-22"))
    ids = [str(pk) for pk in run.members.values_list("pk", flat=True)]

    def deliver(_number: int) -> None:
        try:
            tasks.calculate_chunk(run=str(run.pk), members=ids)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(deliver, range(5)))

    run.refresh_from_db()
    assert Payslip.objects.count() == 3
    assert run.state == PayrollRun.State.CALCULATED
    assert set(run.members.values_list("attempts", flat=True)) == {1}


def test_a_member_without_family_situation_is_named_and_stops_nobody_else(world: cast.World) -> None:
    Situation.objects.filter(person=world.people["chloe"]).delete()

    run = build.calculated(world.archipel, OCTOBER)

    failed = run.members.get(state=RunMember.State.FAILED)
    assert failed.failure["en"]["reason"] == "Chloé Martin has no family situation on 1 October 2026."
    assert "record it" in failed.failure["en"]["remedy"]
    assert run.state == PayrollRun.State.CALCULATED
    assert Payslip.objects.count() == 2
    with pytest.raises(runs.RunBlocked) as refused:
        services.submit_run(run=run.pk, by=world.elise, at=at("2026-10-26"))
    assert "Chloé Martin" in str(refused.value)


def test_a_failed_member_is_calculated_again_once_the_fact_is_there(world: cast.World) -> None:
    Situation.objects.filter(person=world.people["chloe"]).delete()
    run = build.calculated(world.archipel, OCTOBER)
    Situation.objects.create(person=world.people["chloe"], valid_from=cast.START, household="single")

    services.recalculate(run=run.pk, by=world.elise, failed_only=True)
    run = build.calculated(world.archipel, OCTOBER)

    assert run.state == PayrollRun.State.CALCULATED
    assert dict(run.members.values_list("contract__person__first_name", "attempts")) == {
        "Aline": 1,
        "Lina": 1,
        "Chloé": 2,
    }
    assert Payslip.objects.count() == 3


def test_a_fault_of_the_program_is_named_with_a_reference_and_stops_nobody_else(world: cast.World) -> None:
    services.open_run(cooperative=world.archipel, month=OCTOBER, on=date(2026, 10, 22), at=at("2026-10-22"))
    world.archipel.employer_terms.update(headcount_class="?")

    run = build.calculated(world.archipel, OCTOBER)

    assert set(run.members.values_list("state", flat=True)) == {RunMember.State.FAILED}
    assert all(one["en"]["remedy"] for one in run.members.values_list("failure", flat=True))


def test_facts_that_changed_since_the_calculation_stop_the_submission(world: cast.World) -> None:
    run = build.calculated(world.archipel, OCTOBER)
    Situation.objects.filter(person=world.people["lina"]).update(household="own_income")

    with pytest.raises(runs.RunBlocked) as refused:
        services.submit_run(run=run.pk, by=world.elise, at=at("2026-10-26"))

    assert "Lina Maes" in str(refused.value)
    assert "changed since the calculation" in str(refused.value)


def test_a_run_is_approved_by_another_person_than_who_prepared_or_submitted_it(world: cast.World) -> None:
    cast.grant(world.elise, cast.Role.ACCOUNTANT, cooperative=world.archipel)
    run = build.calculated(world.archipel, OCTOBER, by=world.elise)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-10-26"))

    for user, error in (
        (world.elise, approval.OwnRun),
        (world.amina, PermissionDenied),
        (world.farid, PermissionDenied),
    ):
        with pytest.raises(error):
            services.approve_run(run=run.pk, by=user, on=date(2026, 10, 28), at=at("2026-10-28"))

    assert not Entry.objects.filter(source="payroll.payslip").exists()
    done = services.approve_run(run=run.pk, by=world.bruno, on=date(2026, 10, 28), at=at("2026-10-28"))
    assert done.state == PayrollRun.State.APPROVED


def test_the_database_itself_refuses_the_approval_of_ones_own_run(world: cast.World) -> None:
    run = build.calculated(world.archipel, OCTOBER)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-10-26"))

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        PayrollRun.objects.filter(pk=run.pk).update(approved_by=world.elise)

    assert guards.broken_constraint(error.value) == "payroll_run_four_eyes"


def test_everything_is_undone_until_approval_and_nothing_after(world: cast.World) -> None:
    run = build.calculated(world.archipel, OCTOBER)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-10-26"))
    services.take_back_run(run=run.pk, by=world.bruno, at=at("2026-10-27"), reason="Look at Aline.")
    services.cancel_run(run=run.pk, by=world.elise, at=at("2026-10-27"))
    assert not Payslip.objects.exists()

    again = build.approved(world, OCTOBER)

    assert again.pk != run.pk
    for act in (
        lambda: services.cancel_run(run=again.pk, by=world.elise, at=at("2026-10-29")),
        lambda: services.take_back_run(run=again.pk, by=world.elise, at=at("2026-10-29")),
        lambda: services.recalculate(run=again.pk, by=world.elise),
    ):
        with pytest.raises((TransitionRefused, runs.ApprovalBegan)):
            act()


@pytest.mark.parametrize("change", [{"net": Decimal("1.00")}, {"figures": {}}, {"month": date(2026, 9, 1)}])
def test_an_approved_payslip_is_frozen_by_the_database(world: cast.World, change: dict, as_runtime_role) -> None:
    build.approved(world, OCTOBER)

    with as_runtime_role(), pytest.raises(IntegrityError) as error, transaction.atomic():
        Payslip.objects.update(**change)

    assert guards.broken_constraint(error.value) == "frozen"


def test_an_interrupted_approval_goes_on_where_it_stopped(world: cast.World) -> None:
    run = build.calculated(world.archipel, OCTOBER)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-10-26"))
    services.start_approval(run=run.pk, by=world.bruno, on=date(2026, 10, 28), at=at("2026-10-28"))
    approval._post(Payslip.objects.order_by("pk").first().pk, at("2026-10-28"))
    assert approval.interrupted_approvals(at("2026-10-28")) == [run.pk]
    with pytest.raises(runs.ApprovalBegan):
        services.cancel_run(run=run.pk, by=world.elise, at=at("2026-10-28"))

    done = services.approve_run(run=run.pk, by=world.bruno, on=date(2026, 10, 29), at=at("2026-10-29"))

    assert done.state == PayrollRun.State.APPROVED
    assert set(Entry.objects.filter(source="payroll.payslip").values_list("date", flat=True)) == {date(2026, 10, 28)}
    assert Entry.objects.filter(source="payroll.payslip").count() == 3
    assert approval.interrupted_approvals(at("2026-10-30")) == []
    assert faults(world) == []


def test_closing_locks_the_month_for_pay(world: cast.World) -> None:
    run = build.approved(world, OCTOBER)

    services.close_run(run=run.pk, by=world.bruno, at=at("2026-11-02"))

    lock = PeriodLock.objects.get(period__cooperative=world.archipel, period__first_day=OCTOBER.first, kind="payroll")
    assert lock.state == PeriodLock.State.LOCKED


def test_a_month_without_confirmed_law_or_terms_is_refused_and_makes_no_run(world: cast.World) -> None:
    with pytest.raises(facts.LawMissing) as beyond:
        services.open_run(
            cooperative=world.archipel, month=Month(2027, 1), on=date(2027, 1, 20), at=at("2027-01-20"), by=world.elise
        )
    with pytest.raises(facts.TermsMissing):
        services.open_run(cooperative=world.boreal, month=OCTOBER, on=date(2026, 10, 20), at=at("2026-10-20"))

    assert "January 2027" in str(beyond.value)
    assert not PayrollRun.objects.exists()


def test_a_later_month_of_the_quarter_is_refused_before_the_earlier_one_is_paid(world: cast.World) -> None:
    run = build.calculated(world.archipel, NOVEMBER)

    assert "October 2026" in run.members.first().failure["en"]["reason"]


def test_two_activities_bear_the_cost_by_weight_to_the_cent(world: cast.World) -> None:
    Runs.objects.filter(person=world.people["lina"]).update(weight=Decimal("0.667"))
    Runs.objects.create(
        person=world.people["lina"], activity=world.activities["aline"], valid_from=cast.START, weight=Decimal("0.333")
    )

    build.approved(world, OCTOBER)

    slip = Payslip.objects.get(person=world.people["lina"])
    charged = {
        one.activity.code: sum(line.amount for line in slip.entry.lines.filter(activity=one.activity))
        for one in slip.shares.all()
    }
    assert charged == {one.activity.code: one.cost for one in slip.shares.all()}
    assert sum(charged.values()) == slip.employer_cost
    assert faults(world) == []


def test_the_facts_of_a_chunk_take_a_fixed_number_of_queries(world: cast.World, django_assert_num_queries) -> None:
    ids = facts.contracts_in(world.archipel, NOVEMBER)

    with django_assert_num_queries(9):
        facts.bases(ids[:1], NOVEMBER)
    with django_assert_num_queries(9):
        facts.bases(ids, NOVEMBER)


def test_a_contract_that_starts_inside_the_month_counts_by_working_days(world: cast.World) -> None:
    made = build.contract(world.people["hugo"], world.archipel, since=date(2026, 10, 15), gross="2900.00", hours="38")

    basis = facts.basis(made.pk, OCTOBER)

    assert facts.working_days(date(2026, 10, 15), date(2026, 11, 1)) == 12
    assert basis.contract_gross == Decimal("1581.82")  # 2,900.00 × 12 / 22
    assert basis.facts.work.hours == Decimal("20.73")  # 38 × 12 / 22


def test_a_contract_that_ended_gets_its_quarter_corrected_in_the_books(world: cast.World) -> None:
    contract = world.people["lina"].contracts.get()
    build.approved(world, OCTOBER)
    contract.valid_until = date(2026, 11, 1)
    contract.save()
    for name in ("aline", "chloe"):
        world.people[name].contracts.update(valid_until=date(2026, 11, 1))

    services.settle_quarter(
        cooperative=world.archipel, last_month=Month(2026, 12), on=date(2026, 12, 31), at=at("2026-12-31")
    )

    settled = {one.contract_id: one for one in QuarterSettlement.objects.all()}
    assert len(settled) == 3
    assert all(one.correction == one.reduction_due - one.reduction_given for one in settled.values())
    assert any(one.correction for one in settled.values())
    assert not Reservation.objects.filter(kind="advance", released_on=None).exists()
    assert faults(world) == []


def test_beat_opens_and_calculates_on_the_cut_off_day_only_once_and_not_what_people_cancelled(
    world: cast.World,
) -> None:
    with time_machine.travel("2026-10-21 12:00:00+02:00", tick=False):
        tasks.open_runs()
        assert not PayrollRun.objects.exists()
    with time_machine.travel("2026-10-22 00:05:00+02:00", tick=False):
        tasks.open_runs()
        tasks.open_runs()
    run = PayrollRun.objects.get()
    assert run.prepared_by is None
    assert run.members.count() == 3
    services.cancel_run(run=run.pk, by=world.elise, at=at("2026-10-22"))
    with time_machine.travel("2026-10-23 12:00:00+02:00", tick=False):
        tasks.open_runs()

    assert PayrollRun.objects.count() == 1


def test_the_sweeper_wakes_members_whose_lease_has_run_out(world: cast.World, monkeypatch) -> None:
    run = services.open_run(cooperative=world.archipel, month=OCTOBER, on=date(2026, 10, 22), at=at("2026-10-22 10:00"))
    now = at("2026-10-22 10:00") + timedelta(seconds=6)
    rung = []
    monkeypatch.setattr(tasks.calculate_chunk, "apply_async", lambda kwargs, **options: rung.append(kwargs))
    RunMember.objects.filter(contract__person=world.people["lina"]).update(lease_until=now + timedelta(seconds=3))

    tasks.sweep(now)

    assert len(rung) == 1
    assert rung[0]["run"] == str(run.pk)
    assert len(rung[0]["members"]) == 2


def test_the_command_prepares_and_approves_and_refuses_the_person_who_prepared(world: cast.World) -> None:
    cast.grant(world.elise, cast.Role.ACCOUNTANT, cooperative=world.archipel)
    options = {"cooperative": "archipel", "month": "2026-10", "on": "2026-10-28"}
    out = StringIO()

    call_command("run_payroll", **options, by=world.elise.email, stdout=out)
    with pytest.raises(CommandError) as own:
        call_command("run_payroll", **options, by=world.elise.email, approve=True, stdout=StringIO())
    call_command("run_payroll", **options, by=world.bruno.email, approve=True, stdout=out)

    assert "Lina Maes: gross 1450.00" in out.getvalue()
    assert "Submitted." in out.getvalue()
    assert "Approved by Bruno" in out.getvalue()
    assert "yourself" in str(own.value)
    assert PayrollRun.objects.get().state == PayrollRun.State.APPROVED
    assert faults(world) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"cooperative": "nowhere", "month": "2026-10"}, "There is no cooperative"),
        ({"cooperative": "archipel", "month": "October"}, "not a month"),
        ({"cooperative": "archipel", "month": "2027-01"}, "not confirmed"),
        ({"cooperative": "archipel", "month": "2026-10", "approve": True}, "--by"),
        ({"cooperative": "archipel", "month": "2026-10", "by": "x@y.example"}, "Nobody active"),
        ({"cooperative": "archipel", "month": "2026-10", "on": "28/10/2026"}, "--on is no day"),
        ({"cooperative": "archipel", "month": "2026-10", "by": "LINA"}, "may not prepare the payroll of Archipel"),
        ({"cooperative": "archipel", "month": "2026-10", "by": "ELISE", "approve": True}, "may not approve"),
    ],
)
def test_the_command_says_what_it_cannot_do_and_does_nothing(world: cast.World, options: dict, words: str) -> None:
    by = {"LINA": world.lina.email, "ELISE": world.elise.email}
    options = {name: by.get(value, value) for name, value in options.items()}

    with pytest.raises(CommandError) as refused:
        call_command("run_payroll", **options, stdout=StringIO())

    assert words in str(refused.value)
    assert not PayrollRun.objects.exists()


def test_the_command_ends_with_code_2_when_a_member_failed(world: cast.World) -> None:
    Situation.objects.filter(person=world.people["chloe"]).delete()
    out = StringIO()

    with pytest.raises(CommandError) as failed:
        call_command("run_payroll", cooperative="archipel", month="2026-10", stdout=out)

    assert failed.value.returncode == 2
    assert "Chloé Martin: FAILED. Chloé Martin has no family situation" in out.getvalue()


def test_the_books_name_a_net_pay_that_a_payslip_does_not_explain(world: cast.World) -> None:
    build.approved(world, OCTOBER)
    from coop.ledger import posting
    from coop.ledger.lines import credit, debit

    posting.post(
        cooperative=world.archipel, journal="OD", on=date(2026, 10, 30), text="wrong", source="test", source_key="1",
        lines=[debit("suspense", Decimal("10.00")), credit("net_pay", Decimal("10.00"))],
    )  # fmt: skip

    assert any("net pay is what is owed" in one for one in faults(world))


def test_net_pay_is_an_open_item_that_a_payment_settles(world: cast.World) -> None:
    from coop.banking import services as banking

    build.approved(world, OCTOBER)
    slip = Payslip.objects.get(person=world.people["lina"])

    banking.record_payment(
        item=slip.pk, amount=slip.to_pay, on=date(2026, 10, 30), bank_account=world.banks["archipel"], by=world.bruno,
        at=at("2026-10-30"),
    )  # fmt: skip

    assert queries.residual(OpenItem.objects.get(pk=slip.pk)) == Decimal(0)
    assert faults(world) == []


def test_refusals_of_the_run_are_translated(world: cast.World) -> None:
    with translation.override("fr"), pytest.raises(Refused) as refused:
        services.open_run(cooperative=world.archipel, month=Month(2027, 1), on=date(2027, 1, 1), at=at("2027-01-01"))

    assert "janvier 2027" in str(refused.value)


def test_an_order_is_paid_once_by_the_latest_of_two_contracts_in_a_month(world: cast.World) -> None:
    first = world.people["lina"].contracts.get()
    first.valid_until = date(2026, 10, 16)
    first.save()
    second = build.contract(world.people["lina"], world.archipel, since=date(2026, 10, 16))
    order = build.order(world, "lina", "2000.00", month=OCTOBER)
    services.approve_order(order=order.pk, by=world.elise, on=date(2026, 9, 23), at=at("2026-09-23"))

    run = build.calculated(world.archipel, OCTOBER)

    grosses = dict(Payslip.objects.filter(member__run=run, person=first.person).values_list("contract", "gross"))
    assert grosses[second.pk] == Decimal("2000.00")
    assert grosses[first.pk] < Decimal("1450.00")
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-10-26"))
