"""What holds for a person from a day on: nothing overlaps, nothing is overwritten, each refusal names its reason."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from coop.access.models import Grant, Role
from coop.access.services import OwnRole
from coop.entities.models import Party, PeriodLock
from coop.ledger import services as ledger
from coop.periods import Month
from members import services, working_time
from members.models import (
    AccompanimentAgreement,
    ContractVersion,
    EmploymentContract,
    Membership,
    Runs,
    Situation,
    Status,
    WorkDeclaration,
)
from tests import cast

pytestmark = pytest.mark.django_db
TERMS = {
    "joint_committee": "200", "weekly_hours": Decimal(19), "full_time_hours": Decimal(38), "scale_class": "C",
    "gross": Decimal("1450.00"), "experience_from": date(2021, 7, 1), "signed_on": date(2025, 6, 25),
}  # fmt: skip


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


def sign(world: cast.World, who: str = "lina", **changed: object) -> EmploymentContract:
    """Sign Lina's contract, half-time from July 2025."""
    terms = {"valid_from": date(2025, 7, 1), **TERMS, **changed}
    return services.sign_contract(
        person=world.people[who],
        cooperative=world.archipel,
        by=changed.pop("by", world.elise),
        **{k: v for k, v in terms.items() if k != "by"},
    )


# --- membership -------------------------------------------------------------------------------------------------------


def test_a_second_membership_on_the_same_days_is_refused_and_names_the_first(world):
    with pytest.raises(services.PeriodsOverlap, match=r"2025.*employee-entrepreneur") as refused:
        services.start_membership(
            person=world.people["lina"], cooperative=world.archipel, status=Status.CANDIDATE,
            valid_from=date(2026, 1, 1), by=world.amina,
        )  # fmt: skip

    assert "Lina Maes" in str(refused.value.subject)


def test_the_database_refuses_overlapping_memberships_as_well(world):
    with pytest.raises(IntegrityError, match="membership_no_overlap"), transaction.atomic():
        Membership.objects.create(
            person=world.people["lina"],
            cooperative=world.archipel,
            status=Status.CANDIDATE,
            valid_from=date(2026, 1, 1),
        )


def test_one_person_is_a_member_of_two_cooperatives_and_known_to_both_books(world):
    lina = world.people["lina"]

    services.start_membership(
        person=lina, cooperative=world.cabestan, status=Status.SELF_EMPLOYED, valid_from=date(2026, 1, 1), by=None
    )

    assert Party.objects.filter(reference=services.party_reference(lina)).count() == 2


def test_a_change_of_status_ends_the_former_one_and_keeps_it(world):
    hugo = world.people["hugo"]

    services.change_status(
        person=hugo, cooperative=world.archipel, status=Status.EMPLOYEE, valid_from=date(2026, 7, 1), by=world.amina
    )

    rows = (
        Membership.objects.filter(person=hugo).order_by("valid_from").values_list("status", "valid_from", "valid_until")
    )
    assert list(rows) == [
        ("candidate", cast.START, date(2026, 7, 1)),
        ("employee", date(2026, 7, 1), None),
    ]


def test_a_membership_does_not_end_before_the_contract(world):
    sign(world)
    membership = Membership.objects.get(person=world.people["lina"])

    with pytest.raises(services.EndsTooEarly, match="0001 still runs"):
        services.end_membership(membership=membership, valid_until=date(2026, 1, 1), by=world.amina)


# --- activities -------------------------------------------------------------------------------------------------------


def test_a_code_is_used_once_in_a_cooperative(world):
    with pytest.raises(services.ActivityExists, match="A-017 Aline traduit"):
        services.open_activity(
            cooperative=world.archipel, code=" a-017", name="Other", opened_on=date(2026, 1, 1), by=world.amina
        )


def test_running_an_activity_gives_the_role_and_stopping_ends_it(world):
    runs = services.run_activity(
        person=world.people["chloe"], activity=world.activities["aline"], valid_from=date(2026, 3, 1), by=world.amina
    )
    grant = Grant.objects.get(user=world.chloe, activity=world.activities["aline"])
    assert (grant.role, grant.valid_from, grant.valid_until) == (Role.ENTREPRENEUR, date(2026, 3, 1), None)

    services.stop_running(runs=runs, valid_until=date(2026, 6, 1), by=world.amina)

    grant.refresh_from_db()
    assert grant.valid_until == date(2026, 6, 1)


def test_only_members_run_activities_of_a_cooperative(world):
    with pytest.raises(services.NotAMember, match="Dirk Peeters"):
        services.run_activity(
            person=world.people["dirk"], activity=world.activities["aline"], valid_from=date(2026, 3, 1), by=world.amina
        )


def test_nobody_runs_the_cooperative_itself(world):
    with pytest.raises(services.ActivityClosed):
        services.run_activity(
            person=world.people["lina"],
            activity=world.coop_of(world.archipel),
            valid_from=date(2026, 3, 1),
            by=world.amina,
        )


def test_running_twice_at_once_is_refused_by_the_service_and_by_the_database(world):
    lina, activity = world.people["lina"], world.activities["lina"]

    with pytest.raises(services.PeriodsOverlap):
        services.run_activity(person=lina, activity=activity, valid_from=date(2026, 3, 1), by=world.amina)
    with pytest.raises(IntegrityError, match="runs_no_overlap"), transaction.atomic():
        Runs.objects.create(person=lina, activity=activity, valid_from=date(2026, 3, 1))


def test_an_administrator_gives_no_activity_to_oneself(world):
    person = services.admit_person(
        group=world.group, first_name="Amina", last_name="B", email="amina@exemple.be", by=None
    )
    person.user = world.amina
    person.save(update_fields=["user"])

    with pytest.raises(OwnRole):
        services.run_activity(
            person=person, activity=world.activities["aline"], valid_from=date(2026, 3, 1), by=world.amina
        )


def test_a_coach_is_assigned_by_the_administrator(world):
    grant = services.assign_coach(
        user=world.farid, activity=world.activities["lina"], valid_from=date(2026, 3, 1), by=world.amina
    )

    assert (grant.role, grant.activity) == (Role.COACH, world.activities["lina"])


# --- contracts --------------------------------------------------------------------------------------------------------


def test_a_contract_is_signed_with_its_first_terms_and_the_next_number(world):
    contract = sign(world)
    second = sign(world, who="aline")

    version = contract.versions.get()
    assert (version.weekly_hours, version.gross, version.signed_on) == (19, Decimal("1450.00"), date(2025, 6, 25))
    assert (contract.worker_number, second.worker_number) == ("0001", "0002")


@pytest.mark.parametrize(
    ("changed", "refusal", "says"),
    [
        ({"signed_on": date(2025, 7, 2)}, services.SignedTooLate, "after its first day"),
        ({"weekly_hours": Decimal("12.50")}, services.ContractRefused, "less than one third"),
        ({"weekly_hours": Decimal(39)}, services.ContractRefused, "not between"),
        ({"gross": Decimal(0)}, services.ContractRefused, "above zero"),
        ({"kind": "fixed_term"}, services.ContractRefused, "needs an end"),
        ({"valid_until": date(2025, 7, 1)}, services.EndsTooEarly, "cannot end"),
        ({"valid_from": date(2024, 12, 1), "signed_on": date(2024, 12, 1)}, services.NotAMember, "not an employee"),
    ],
)
def test_a_contract_that_breaks_a_rule_is_refused_and_leaves_nothing(world, changed, refusal, says):
    with pytest.raises(refusal, match=says):
        sign(world, **changed)

    assert not EmploymentContract.objects.exists()


def test_a_derogation_allows_fewer_hours_than_one_third(world):
    contract = sign(world, weekly_hours=Decimal("12.50"), derogation="RD 21 December 1992, art. 1")

    assert contract.versions.get().weekly_hours == Decimal("12.50")


def test_one_third_of_full_time_is_enough(world):
    contract = sign(world, weekly_hours=Decimal("12.67"))

    assert contract.versions.get().weekly_hours == Decimal("12.67")


def test_a_candidate_gets_no_contract(world):
    with pytest.raises(services.NotAMember, match="not an employee-entrepreneur"):
        sign(world, who="hugo")


def test_overlapping_contracts_are_refused_and_name_the_other(world):
    sign(world, valid_until=date(2026, 7, 1))

    with pytest.raises(services.PeriodsOverlap, match=r"0001"):
        sign(world, valid_from=date(2026, 6, 30))
    assert sign(world, valid_from=date(2026, 7, 1)).worker_number == "0002"


@pytest.mark.parametrize("name", ["amina", "bruno", "farid", "lina", "greet"])
def test_only_the_payroll_officer_signs_contracts(world, name):
    with pytest.raises(PermissionDenied):
        sign(world, by=getattr(world, name))


def test_an_amendment_closes_the_former_terms_and_keeps_them(world):
    contract = sign(world)

    services.amend_contract(
        contract=contract, valid_from=date(2026, 10, 1), signed_on=date(2026, 9, 20), weekly_hours=Decimal(24),
        gross=Decimal("1850.00"), by=world.elise,
    )  # fmt: skip

    rows = contract.versions.order_by("valid_from").values_list("weekly_hours", "gross", "valid_from", "valid_until")
    assert list(rows) == [
        (Decimal(19), Decimal("1450.00"), date(2025, 7, 1), date(2026, 10, 1)),
        (Decimal(24), Decimal("1850.00"), date(2026, 10, 1), None),
    ]


def test_an_amendment_that_overlaps_later_terms_is_refused(world):
    contract = sign(world)
    services.amend_contract(
        contract=contract,
        valid_from=date(2026, 10, 1),
        signed_on=date(2026, 9, 20),
        gross=Decimal(1500),
        by=world.elise,
    )

    with pytest.raises(services.PeriodsOverlap, match="Other terms"):
        services.amend_contract(
            contract=contract, valid_from=date(2026, 9, 1), signed_on=date(2026, 8, 20), gross=Decimal(1600),
            by=world.elise,
        )  # fmt: skip


def test_a_wage_is_lowered_only_for_days_after_the_signature(world):
    contract = sign(world)

    with pytest.raises(services.AmendmentRefused, match="only after they are signed"):
        services.amend_contract(
            contract=contract, valid_from=date(2026, 9, 1), signed_on=date(2026, 9, 1), gross=Decimal(1400),
            by=world.elise,
        )  # fmt: skip


def test_an_amendment_without_a_change_is_refused(world):
    contract = sign(world)

    with pytest.raises(services.AmendmentRefused, match="changes nothing"):
        services.amend_contract(
            contract=contract, valid_from=date(2026, 9, 1), signed_on=date(2026, 8, 20), by=world.elise
        )


def test_terms_of_a_paid_month_do_not_change(world):
    contract = sign(world)
    ledger.lock_period(
        cooperative=world.archipel,
        month=Month(2026, 9),
        kind=PeriodLock.Kind.PAYROLL,
        by=None,
        at=cast.at("2026-09-30"),
    )

    with pytest.raises(services.MonthAlreadyPaid, match="2026-09"):
        services.amend_contract(
            contract=contract, valid_from=date(2026, 9, 1), signed_on=date(2026, 8, 20), gross=Decimal(1500),
            by=world.elise,
        )  # fmt: skip


def test_a_contract_ends_with_its_last_terms(world):
    contract = sign(world)

    services.end_contract(contract=contract, valid_until=date(2026, 12, 1), by=world.elise)

    assert ContractVersion.objects.get(contract=contract).valid_until == date(2026, 12, 1)


def test_a_contract_lies_within_the_membership_on_all_its_days(world):
    Membership.objects.filter(person=world.people["lina"]).update(valid_until=date(2026, 7, 1))

    with pytest.raises(services.NotAMember, match=r"2026.*no employee-entrepreneur") as refused:
        sign(world)
    assert refused.value.field == "valid_until"
    sign(world, valid_until=date(2026, 7, 1), kind="fixed_term")

    assert EmploymentContract.objects.get().valid_until == date(2026, 7, 1)


def test_memberships_that_follow_one_another_carry_one_contract(world):
    Membership.objects.filter(person=world.people["lina"]).update(valid_until=date(2026, 1, 1))
    Membership.objects.create(
        person=world.people["lina"], cooperative=world.archipel, status=Status.EMPLOYEE, valid_from=date(2026, 1, 1)
    )

    assert sign(world).valid_until is None


def test_a_gap_between_two_memberships_stops_a_contract_over_it(world):
    Membership.objects.filter(person=world.people["lina"]).update(valid_until=date(2026, 1, 1))
    Membership.objects.create(
        person=world.people["lina"], cooperative=world.archipel, status=Status.EMPLOYEE, valid_from=date(2026, 2, 1)
    )

    with pytest.raises(services.NotAMember, match="no employee-entrepreneur"):
        sign(world)


def test_an_end_is_not_moved_beyond_the_membership(world):
    contract = sign(world, valid_until=date(2026, 1, 1), kind="fixed_term")
    Membership.objects.filter(person=world.people["lina"]).update(valid_until=date(2026, 7, 1))

    services.end_contract(contract=contract, valid_until=date(2026, 7, 1), by=world.elise)
    with pytest.raises(services.NotAMember):
        services.end_contract(contract=contract, valid_until=date(2026, 7, 2), by=world.elise)


def test_the_shortest_week_is_that_of_the_law_of_the_day(world, monkeypatch):
    monkeypatch.setattr(working_time, "_told", [lambda day: Fraction(1, 10) if day >= date(2026, 1, 1) else None])
    terms = {"weekly_hours": Decimal("3.80"), "gross": Decimal("250.00")}

    with pytest.raises(services.ContractRefused, match="one third"):
        sign(world, **terms)
    assert sign(world, valid_from=date(2026, 1, 1), **terms).valid_from == date(2026, 1, 1)


def test_a_declaration_of_work_is_noted_once_and_corrected(world):
    contract = sign(world)

    services.record_declaration(contract=contract, declared_on=date(2025, 6, 30), number=" 1234 ", by=world.elise)
    made = services.record_declaration(contract=contract, declared_on=date(2025, 6, 28), number="1234", by=world.elise)

    assert (made.declared_on, made.number) == (date(2025, 6, 28), "1234")
    assert WorkDeclaration.objects.get().contract == contract
    with pytest.raises(services.DeclarationRefused, match="Lina Maes"):
        services.record_declaration(contract=contract, declared_on=date(2025, 6, 1), by=world.elise)
    with pytest.raises(PermissionDenied):
        services.record_declaration(contract=contract, declared_on=date(2025, 6, 28), by=world.amina)


# --- family situation -------------------------------------------------------------------------------------------------


def test_a_new_situation_ends_the_former_one(world):
    lina = world.people["lina"]
    services.record_situation(person=lina, valid_from=date(2025, 7, 1), household="single", by=world.elise)

    services.record_situation(
        person=lina, valid_from=date(2026, 3, 1), household="single", children=1, single_parent=True, by=world.elise
    )

    rows = (
        Situation.objects.filter(person=lina)
        .order_by("valid_from")
        .values_list("children", "valid_from", "valid_until")
    )
    assert list(rows) == [(0, date(2025, 7, 1), date(2026, 3, 1)), (1, date(2026, 3, 1), None)]


def test_a_situation_recorded_again_for_the_same_day_is_corrected(world):
    lina = world.people["lina"]
    services.record_situation(person=lina, valid_from=date(2025, 7, 1), household="single", by=world.elise)

    services.record_situation(person=lina, valid_from=date(2025, 7, 1), household="own_income", by=world.elise)

    assert Situation.objects.get(person=lina).household == "own_income"


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"household": "single", "children": 1, "disabled_children": 2}, "more disabled children"),
        ({"household": "single", "single_parent": True}, "single parent"),
        ({"household": "own_income", "children": 1, "single_parent": True}, "single parent"),
        ({"household": "single", "disabled_spouse": True}, "no spouse"),
    ],
)
def test_a_situation_that_contradicts_itself_is_refused(world, facts, says):
    with pytest.raises(services.SituationWrong, match=says):
        services.record_situation(person=world.people["lina"], valid_from=date(2026, 1, 1), by=world.elise, **facts)


@pytest.mark.parametrize("name", ["amina", "bruno", "farid", "lina"])
def test_only_the_payroll_officer_records_situations(world, name):
    with pytest.raises(PermissionDenied):
        services.record_situation(
            person=world.people["lina"], valid_from=date(2026, 1, 1), household="single", by=getattr(world, name)
        )


# --- accompaniment ----------------------------------------------------------------------------------------------------


def accompany(world: cast.World, first: date, until: date | None = None) -> AccompanimentAgreement:
    """Sign an agreement with Hugo."""
    return services.start_accompaniment(
        person=world.people["hugo"], cooperative=world.archipel, signed_on=first, valid_from=first, valid_until=until,
        by=world.amina,
    )  # fmt: skip


def test_an_agreement_without_an_end_runs_for_eighteen_months(world):
    assert accompany(world, date(2026, 1, 15)).valid_until == date(2027, 7, 15)


def test_agreements_together_never_exceed_eighteen_months(world):
    accompany(world, date(2025, 1, 1), date(2025, 7, 1))

    with pytest.raises(services.AccompanimentTooLong, match="18 months in all"):
        accompany(world, date(2026, 1, 1), date(2027, 2, 1))
    assert accompany(world, date(2026, 1, 1)).valid_until == date(2027, 1, 1)


def test_an_employee_gets_no_accompaniment(world):
    with pytest.raises(services.NotAMember, match="not a candidate"):
        services.start_accompaniment(
            person=world.people["lina"], cooperative=world.archipel, signed_on=date(2026, 1, 1),
            valid_from=date(2026, 1, 1), by=world.amina,
        )  # fmt: skip


# --- ends that run into what follows ----------------------------------------------------------------------------------


def test_an_end_is_never_moved_over_what_follows(world):
    contract = sign(world)
    services.end_contract(contract=contract, valid_until=date(2026, 11, 1), by=world.elise)
    later = sign(world, valid_from=date(2026, 12, 1), worker_number="0099")
    runs = world.people["lina"].runs.get()
    services.stop_running(runs=runs, valid_until=date(2026, 6, 1), by=world.amina)
    services.run_activity(
        person=world.people["lina"], activity=world.activities["lina"], valid_from=date(2026, 7, 1), by=world.amina
    )

    with pytest.raises(services.PeriodsOverlap, match=later.worker_number):
        services.end_contract(contract=contract, valid_until=date(2027, 1, 1), by=world.elise)
    with pytest.raises(services.PeriodsOverlap):
        services.stop_running(runs=runs, valid_until=date(2026, 9, 1), by=world.amina)


def test_a_membership_does_not_end_while_an_activity_is_run(world):
    membership = Membership.objects.get(person=world.people["ivo"])

    with pytest.raises(services.EndsTooEarly, match="Ivo Advies is still run"):
        services.end_membership(membership=membership, valid_until=date(2026, 10, 1), by=None)
    services.stop_running(runs=world.people["ivo"].runs.get(), valid_until=date(2026, 10, 1), by=None)

    assert services.end_membership(membership=membership, valid_until=date(2026, 10, 1), by=None).valid_until == date(
        2026, 10, 1
    )
