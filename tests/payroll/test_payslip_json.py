"""A payslip as JSON: whole, in a known form, the same each time, for those who may read the page."""

import json
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from members.models import Reading
from payroll import payslip_json, queries, services, texts
from payroll.engine import figures as engine_figures
from payroll.exceptional import Nature
from payroll.models import Payslip
from tests import cast
from tests.cast import at
from tests.payroll import beside, build

pytestmark = pytest.mark.django_db
SCHEMA = json.loads((settings.BASE_DIR / "docs" / "payslip.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def world() -> cast.World:
    """Lina is paid for October 2026, the first month of a quarter."""
    world = cast.world()
    build.employer(world.archipel)
    build.contract(world.people["lina"], world.archipel)
    build.money(world, "lina", "60000.00")
    build.approved(world, build.OCTOBER)
    return world


@pytest.fixture
def slip(world: cast.World) -> Payslip:
    """Her payslip."""
    return Payslip.objects.select_related("person", "cooperative", "contract", "member__run__corrects").get()


def fetched(user: Any, slip: Payslip, **query: str) -> Any:
    """The answer of the address to somebody."""
    client = Client()
    client.force_login(user)
    with time_machine.travel("2026-11-05 12:00:00+01:00", tick=False):
        return client.get(reverse("payroll:payslip_data", args=[slip.pk]), query)


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_a_payslip_fits_the_documented_form_in_each_language(world: cast.World, slip: Payslip, language: str) -> None:
    found = json.loads(fetched(world.lina, slip, language=language).content)

    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(found, SCHEMA)
    assert found["language"] == language
    assert list(found) == SCHEMA["required"]


def test_the_form_would_refuse_an_amount_that_is_not_a_text(slip: Payslip) -> None:
    found = payslip_json.as_json(slip, language="en")
    found["totals"]["net"] = 1329

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, SCHEMA)


def test_it_says_what_the_page_says(slip: Payslip) -> None:
    found = payslip_json.as_json(slip, language="en")

    assert found["totals"]["net"] == str(slip.net)
    figures = {one["code"]: one for one in found["figures"]}
    assert list(figures) == [one.code for one in queries.figures_of(slip).figures]
    assert figures["social_contribution"]["sentence"] == "13.07% of the gross pay of €1,450.00."
    assert [one["figure"] for one in found["lines"]["to_net"]][-1] == "net"
    assert found["work"]["basic_pay"] == "1450.00"
    assert found["employer"]["joint_committee"] == "200"
    assert {one["activity"] for one in found["borne_by"]} == {"A-018"}


def test_every_amount_follows_from_its_parts_by_the_json_alone(slip: Payslip) -> None:
    found = json.loads(payslip_json.written(slip, language="fr"))
    laws = {one["name"]: Decimal(one["value"]) for one in found["parameters"]}
    known: dict[str, engine_figures.Figure] = {}

    for one in found["figures"]:
        parts: list[engine_figures.Part] = []
        for part in one["parts"]:
            if "figure" in part:
                parts.append(known[part["figure"]])
            else:
                name = part["parameter"]
                parts.append(engine_figures.Parameter(name, laws[name], slip.month, "from the file", "V"))
        figure = engine_figures.Figure(one["code"], Decimal(one["amount"]), one["rule"], tuple(parts), one["rounding"])
        assert engine_figures.recompute(figure) == figure.amount, one["code"]
        known[one["code"]] = figure


def test_labels_and_law_are_in_the_language_asked_for_and_amounts_are_not(slip: Payslip) -> None:
    french, dutch = (payslip_json.as_json(slip, language=language) for language in ("fr", "nl"))

    assert french["figures"][0]["label"] != dutch["figures"][0]["label"]
    assert [one["amount"] for one in french["figures"]] == [one["amount"] for one in dutch["figures"]]
    law = {one["name"]: one for one in french["parameters"]}
    rate = next(one for name, one in law.items() if name.startswith("social_contribution"))
    assert rate["since"]
    assert rate["source"]
    assert rate["confidence"] in texts.MARKS


def test_two_readings_are_equal_byte_by_byte(world: cast.World, slip: Payslip) -> None:
    assert fetched(world.lina, slip, language="nl").content == fetched(world.lina, slip, language="nl").content


def test_an_unknown_language_gives_the_reader_their_own(world: cast.World, slip: Payslip) -> None:
    assert json.loads(fetched(world.lina, slip, language="de").content)["language"] == "en"


def test_neither_national_number_nor_account_stands_in_it(world: cast.World, slip: Payslip) -> None:
    person = world.people["lina"]
    person.niss, person.iban = "85073003328", "BE68539007547034"
    person.save()

    text = fetched(world.lina, slip).content.decode()

    assert "85073003328" not in text
    assert "BE68539007547034" not in text
    assert "7034" in text


def test_the_reading_of_the_officer_is_noted_and_that_of_the_member_is_not(world: cast.World, slip: Payslip) -> None:
    fetched(world.lina, slip)
    assert not Reading.objects.exists()

    answer = fetched(world.elise, slip)

    reading = Reading.objects.get()
    assert (reading.person, reading.by, reading.what) == (world.people["lina"], world.elise, Reading.What.PAYSLIP)
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Type"].startswith("application/json")


def test_somebody_else_s_payslip_does_not_exist(world: cast.World, slip: Payslip) -> None:
    for user in (world.aline, world.bruno, world.farid, world.amina):
        assert fetched(user, slip).status_code == 404


def test_a_correction_names_what_it_replaces(world: cast.World, slip: Payslip) -> None:
    run = services.open_correction(
        payslip=slip.pk, gross=Decimal("1600.00"), hours=Decimal("19"), reason="Bonus forgotten.", by=world.elise,
        at=at("2026-11-05 10:00"),
    )  # fmt: skip
    new = Payslip.objects.select_related("person", "cooperative", "contract", "member__run__corrects").get(
        member__run=run
    )

    found = payslip_json.as_json(new, language="en")

    assert found["payslip"]["corrects"] == {"id": str(slip.pk), "reason": "Bonus forgotten."}
    jsonschema.validate(found, SCHEMA)


def test_a_payment_beside_pay_fits_the_form_without_hours_and_scale() -> None:
    world = beside.world(beside.OCTOBER, beside.NOVEMBER, beside.DECEMBER)
    beside.paid(world, Nature.END_OF_YEAR_PREMIUM, beside.DECEMBER)

    found = payslip_json.as_json(beside.slip(world, Nature.END_OF_YEAR_PREMIUM), language="fr")

    jsonschema.validate(found, SCHEMA)
    assert found["payslip"]["nature"] == Nature.END_OF_YEAR_PREMIUM
    assert found["lines"]["to_net"][-1]["figure"] == "exceptional_net"
    assert found["work"]["scale_class"] is None
