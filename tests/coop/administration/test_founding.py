"""Cooperatives are founded with their books; policies change for days to come and leave what was issued."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from coop.access.models import User
from coop.administration import queries, services
from coop.entities.models import Activity, Cooperative, FeePolicy, FiscalYear, Group
from tests import cast

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 1)


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


def found(world: cast.World, **changed: object) -> Cooperative:
    """Found a fourth cooperative."""
    details = {
        "group": world.group, "code": "dune", "name": "Dune", "enterprise_number": "BE 0403.170.701",
        "legal_form": "SC agréée", "street": "Quai 1", "postcode": "4000", "town": "Liège", "email": "dune@exemple.be",
        "opened_on": date(2026, 4, 1), "by": world.greet,
    }  # fmt: skip
    return services.create_cooperative(**{**details, **changed})


def test_a_cooperative_is_founded_with_chart_activities_and_open_books(world):
    dune = found(world)

    assert dune.enterprise_number == "0403170701"
    assert {activity.kind for activity in Activity.objects.filter(cooperative=dune)} == {"cooperative", "fund"}
    assert [year.name for year in FiscalYear.objects.filter(cooperative=dune)] == ["2026"]
    assert [model.__name__ for model in queries.policies_missing(dune, TODAY)] == [
        "FeePolicy", "FundPolicy", "ReservePolicy",
    ]  # fmt: skip


def test_wrong_check_digits_are_refused(world):
    with pytest.raises(services.EnterpriseNumberWrong, match="check digits"):
        found(world, enterprise_number="0403170702")


def test_a_legal_person_is_founded_once(world):
    with pytest.raises(services.AlreadyThere, match="Archipel"):
        found(world, enterprise_number="0777700171")


def test_only_the_group_administrator_founds_cooperatives(world):
    with pytest.raises(PermissionDenied):
        found(world, by=world.amina)


def test_a_new_fee_ends_the_former_one(world):
    services.set_fee_policy(
        cooperative=world.archipel, valid_from=date(2027, 1, 1), tiers=[["0", "0.11"], ["40000", "0.10"]], on=TODAY,
        by=world.amina,
    )  # fmt: skip

    rows = FeePolicy.objects.filter(cooperative=world.archipel).order_by("valid_from")
    assert [(row.tiers, row.valid_until) for row in rows] == [
        ([["0", "0.10"]], date(2027, 1, 1)),
        ([["0", "0.11"], ["40000", "0.10"]], None),
    ]


def test_a_planned_fee_is_replaced_when_planned_again(world):
    for rate in ("0.11", "0.12"):
        services.set_fee_policy(
            cooperative=world.archipel, valid_from=date(2027, 1, 1), tiers=[["0", rate]], on=TODAY, by=world.amina
        )

    assert FeePolicy.objects.filter(cooperative=world.archipel).on(date(2027, 1, 1)).get().tiers == [["0", "0.12"]]
    assert FeePolicy.objects.filter(cooperative=world.archipel).count() == 2


def test_days_gone_by_keep_their_policy(world):
    with pytest.raises(services.PolicyInPast):
        services.set_fund_policy(
            cooperative=world.archipel, valid_from=TODAY, rate=Decimal("0.02"), on=TODAY, by=world.amina
        )


@pytest.mark.parametrize("tiers", [[], [["1", "0.10"]], [["0", "0.10"], ["0", "0.09"]], [["0", "1"]], [["0", "ten"]]])
def test_tiers_that_are_no_scale_are_refused(world, tiers):
    with pytest.raises(services.PolicyWrong, match="tiers"):
        services.set_fee_policy(
            cooperative=world.archipel, valid_from=date(2027, 1, 1), tiers=tiers, on=TODAY, by=world.amina
        )


def test_a_reserve_is_months_or_an_amount(world):
    with pytest.raises(services.PolicyWrong, match="either"):
        services.set_reserve_policy(
            cooperative=world.archipel, valid_from=date(2027, 1, 1), months=Decimal(1), amount=Decimal(500), on=TODAY,
            by=world.amina,
        )  # fmt: skip


@pytest.mark.parametrize("name", ["bruno", "elise", "farid", "aline", "greet"])
def test_only_the_administrator_decides_policies(world, name):
    with pytest.raises(PermissionDenied):
        services.set_fund_policy(
            cooperative=world.archipel, valid_from=date(2027, 1, 1), rate=Decimal("0.02"), on=TODAY,
            by=getattr(world, name),
        )  # fmt: skip


def test_an_activity_has_terms_of_its_own(world):
    services.set_reserve_policy(
        cooperative=world.archipel, activity=world.activities["lina"], valid_from=date(2027, 1, 1), amount=Decimal(500),
        on=TODAY, by=world.amina,
    )  # fmt: skip

    assert (
        services.ReservePolicy.objects.for_activity(world.activities["lina"]).on(date(2027, 1, 1)).first().amount == 500
    )


# --- by command -------------------------------------------------------------------------------------------------------

COMMAND = {
    "group": "Groupe Nouveau", "code": "dune", "name": "Dune", "enterprise_number": "BE 0403.170.701",
    "legal_form": "SC agréée", "street": "Quai 1", "postcode": "4000", "town": "Liège", "email": "dune@exemple.be",
    "opened_on": "2026-01-01", "iban": "BE71 0961 2345 6769", "bic": "GKCCBEBB", "admin_name": "Nora Diallo",
    "admin_email": "nora@exemple.be",
}  # fmt: skip


def test_a_cooperative_is_founded_by_command_with_bank_and_administrator(db, capsys):
    call_command("found_cooperative", **COMMAND, group_admin=True)

    dune = Cooperative.objects.get(code="dune")
    nora = User.objects.get(email="nora@exemple.be")
    assert dune.bank_accounts.get().iban == "BE71096123456769"
    assert set(nora.grants.values_list("role", flat=True)) == {"cooperative_admin", "group_admin"}
    assert "changepassword nora@exemple.be" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"enterprise_number": "0403170702"}, "check digits"),
        ({"iban": "BE71096123456768"}, "bank statement"),
        ({"opened_on": "1 January"}, "YYYY-MM-DD"),
    ],
)
def test_a_wrong_call_of_the_command_writes_nothing(db, wrong, words):
    with pytest.raises(CommandError, match=words):
        call_command("found_cooperative", **{**COMMAND, "language": "en", **wrong})

    assert not Cooperative.objects.exists()
    assert not Group.objects.exists()
    assert not User.objects.exists()
