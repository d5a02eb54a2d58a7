"""Bad input: a run names every member, fact and remedy before anything is written; services refuse what cannot be."""

from datetime import date
from decimal import Decimal

import pytest

from coop.errors import Refused
from coop.ledger.models import Entry
from members import services as members
from members.models import ContractVersion, EmploymentContract, Runs, Situation
from payroll import engine, facts, services
from payroll.models import PayrollRun, Payslip
from payroll.services.runs import RunBlocked
from tests import cast
from tests.cast import at
from tests.payroll import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> cast.World:
    """Three members have contracts and money, in the first month of a quarter."""
    world = cast.world()
    build.employer(world.archipel)
    for name in ("aline", "lina", "chloe"):
        build.contract(world.people[name], world.archipel)
        build.money(world, name, "9000.00")
    return world


def of(world: cast.World, name: str) -> EmploymentContract:
    """Somebody's contract."""
    return EmploymentContract.objects.get(person=world.people[name])


def test_a_run_names_everybody_whose_facts_are_bad_and_writes_nothing(world: cast.World) -> None:
    Situation.objects.filter(person=world.people["aline"]).delete()
    ContractVersion.objects.filter(contract=of(world, "lina")).update(joint_committee="329")
    Runs.objects.filter(person=world.people["chloe"]).delete()

    run = build.calculated(world.archipel, build.OCTOBER)

    said = {one.contract.person.first_name: one.failure["en"] for one in run.members.select_related("contract__person")}
    assert {name: one["subject"] for name, one in said.items()} == {
        "Aline": "Aline Dubois", "Lina": "Lina Maes", "Chloé": "Chloé Martin",
    }  # fmt: skip
    assert "no family situation on 1 October 2026" in said["Aline"]["reason"]
    assert "joint committee 329" in said["Lina"]["reason"]
    assert "runs no activity" in said["Chloé"]["reason"]
    assert all(one["remedy"] for one in said.values())
    assert not Payslip.objects.exists()
    assert not Entry.objects.filter(journal__code="SAL").exists()


def test_a_run_is_submitted_only_when_nothing_stands_in_the_way_and_all_of_it_is_said_at_once(
    world: cast.World,
) -> None:
    Situation.objects.filter(person=world.people["aline"]).delete()
    ContractVersion.objects.filter(contract=of(world, "lina")).update(gross=Decimal("1300.00"))
    run = build.calculated(world.archipel, build.OCTOBER)
    Situation.objects.filter(person=world.people["chloe"]).update(children=1)

    with pytest.raises(RunBlocked) as refused:
        services.submit_run(run=run.pk, by=world.elise, at=at("2026-10-26"))

    words = str(refused.value)
    assert "no payslip for Aline Dubois" in words
    assert "The pay of Lina Maes is below the lowest pay allowed" in words
    assert "Facts or orders of Chloé Martin have changed" in words
    assert "Lina Maes" not in words.split("Facts or orders")[1]
    run.refresh_from_db()
    assert run.state == PayrollRun.State.CALCULATED


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"weekly_hours": Decimal("-19")}, "not between 0 and the full time"),
        ({"weekly_hours": Decimal("39")}, "not between 0 and the full time"),
        ({"gross": Decimal("-1")}, "above zero"),
    ],
)
def test_a_contract_with_impossible_terms_is_refused_with_name_and_remedy(
    world: cast.World, changed: dict[str, Decimal], words: str
) -> None:
    with pytest.raises(Refused, match=words) as refused:
        members.amend_contract(
            contract=of(world, "lina"),
            valid_from=date(2026, 11, 1),
            signed_on=date(2026, 10, 1),
            by=world.elise,
            **changed,
        )

    assert "Lina Maes" in str(refused.value.subject)
    assert refused.value.remedy


@pytest.mark.parametrize("hours", ["-1", "0", "38.01"])
def test_a_correction_with_impossible_hours_is_refused(world: cast.World, hours: str) -> None:
    build.approved(world, build.OCTOBER)
    payslip = Payslip.objects.get(person=world.people["lina"])

    with pytest.raises(Refused) as refused:
        services.open_correction(
            payslip=payslip.pk, gross=Decimal("1500"), hours=Decimal(hours), reason="Hours.", by=world.elise,
            at=at("2026-11-05"),
        )  # fmt: skip

    assert "Lina Maes" in str(refused.value.subject)
    assert refused.value.field == "hours"


def test_a_fact_that_the_engine_refuses_is_called_by_its_name_in_words() -> None:
    error = engine.InvalidFact(label="Lina Maes", fact="work.weekly_hours", sentence="may not be negative")

    refusal = facts.fact_refusal(error)

    assert str(refusal.subject) == "Lina Maes"
    assert "Weekly hours of the contract" in str(refusal.reason)


def test_a_month_beyond_the_confirmed_law_is_refused_and_named(world: cast.World) -> None:
    with pytest.raises(facts.LawMissing, match="January 2027") as refused:
        facts.basis(of(world, "lina").pk, build.OCTOBER.plus(3))

    assert "31 December 2026" in str(refused.value.reason)
    assert refused.value.remedy
