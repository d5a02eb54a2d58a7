"""The administrator sets the kilometre rate and who validates, from a day on."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing import services
from invoicing.models import ValidationRule
from invoicing.purchases.models import KilometreRate
from tests import cast
from tests.invoicing import build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(settings) -> None:
    """It is 14 September 2026."""
    settings.REFERENCE_DAY = build.DAY


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


def send(client, world: cast.World, **data: object):
    """Send a form of the page as Amina."""
    client.force_login(world.amina)
    return client.post(f"/invoices/rules/{world.archipel.pk}", data)


def test_a_kilometre_rate_holds_from_a_day_on(client, world):
    first = send(client, world, act="rate", amount="0,42", valid_from="01/01/2026")
    second = send(client, world, act="rate", amount="0,45", valid_from="01/10/2026")
    past = send(client, world, act="rate", amount="0,50", valid_from="01/03/2026")

    assert (first.status_code, second.status_code, past.status_code) == (302, 302, 422)
    assert "the past does not change" in past.content.decode()
    assert list(KilometreRate.objects.order_by("valid_from").values_list("amount", "valid_until")) == [
        (Decimal("0.4200"), date(2026, 10, 1)), (Decimal("0.4500"), None),
    ]  # fmt: skip


def test_the_coach_validates_from_the_day_on_which_the_administrator_says_so_and_no_longer_after(client, world):
    aline = world.activities["aline"]
    draft = build.draft(aline, world.aline)

    send(client, world, act="validate", activity=aline.pk)
    with pytest.raises(services.NeedsValidation):
        services.issue_invoice(invoice_id=draft.pk, on=build.DAY, by=world.aline, at=cast.at("2026-09-14"))
    lifted = send(client, world, act="lift", rule=aline.validation_rules.get().pk)

    assert lifted.status_code == 302
    issued = services.issue_invoice(invoice_id=draft.pk, on=build.DAY, by=world.aline, at=cast.at("2026-09-14"))
    assert issued.number == "2026-0001"


def test_a_rule_of_another_cooperative_is_not_found(client, world):
    rule = ValidationRule.objects.create(activity=world.activities["dirk"], valid_from=build.DAY)

    assert send(client, world, act="lift", rule=rule.pk).status_code == 404
    assert ValidationRule.objects.on(build.DAY).exists()
