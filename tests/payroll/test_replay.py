"""Stored payslips calculated again: the same to the cent, unless law or facts are not what they were."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from coop.periods import Month
from members.models import Situation
from payroll import engine, facts, replay
from payroll.engine.law import BELGIUM
from payroll.models import Payslip
from tests import cast
from tests.payroll import build
from tests.payroll.engine import cast as members

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
LARGER_SHARE = """
  - valid_from: 2026-11-01
    mark: B
    source: {title: "Changed on purpose", link: null, published: null}
    values:
      a: "0.3315"
      b: "0.5254"
"""


@pytest.fixture
def world(db: None) -> cast.World:
    """Aline, Lina and Chloé are paid for October and November; Chloé is married, has children and two activities."""
    world = cast.world()
    build.employer(world.archipel)
    Situation.objects.create(
        person=world.people["chloe"], valid_from=date(2024, 1, 1), household="own_income", children=3,
        disabled_children=1, other_dependants=1,
    )  # fmt: skip
    for name, gross, hours in (("aline", "2900.00", "38"), ("lina", "1450.00", "19"), ("chloe", "1600.00", "19")):
        build.contract(world.people[name], world.archipel, gross=gross, hours=hours)
        build.money(world, name, "20000.00")
    for month in (OCTOBER, NOVEMBER):
        build.approved(world, month)
    return world


def replayed(**options: Any) -> tuple[int, list[str]]:
    """Return exit code and lines of the command."""
    out = StringIO()
    try:
        call_command("replay_payslips", stdout=out, **options)
    except CommandError as error:
        return error.returncode, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def parameters(folder: Path, subject: str, change: Callable[[str], str]) -> Path:
    """Copy the parameter files, with one subject changed on purpose."""
    copy = folder / "be"
    shutil.copytree(BELGIUM, copy)
    file = copy / f"{subject}.yaml"
    before = file.read_text(encoding="utf-8")
    file.write_text(change(before), encoding="utf-8")
    assert file.read_text(encoding="utf-8") != before
    return copy


# --- the command ------------------------------------------------------------------------------------------------------


def test_approved_payslips_come_out_the_same(world: cast.World) -> None:
    code, lines = replayed()

    assert code == 0
    assert len(lines) == 1
    assert lines[0].startswith(
        "6 payslips: 6 the same to the cent, 0 differ in 0 amounts, 0 cannot be calculated again. 0 were calculated with "
    )


def test_a_parameter_changed_on_purpose_lists_exactly_the_months_it_touches(world: cast.World, tmp_path: Path) -> None:
    changed = parameters(tmp_path, "fiscal_bonus", lambda text: text + LARGER_SHARE.lstrip("\n"))

    code, lines = replayed(parameters=changed)

    *found, summary = lines
    assert code == 1
    assert {line.split("  ")[2] for line in found} == {"2026-11"}
    assert {line.split("  ")[1] for line in found} == {
        one.contract.worker_number
        for one in Payslip.objects.select_related("contract").filter(month=NOVEMBER.first)
        if replay.figures_of(one.figures)["employment_bonus_a"].amount and one.person.first_name != "Chloé"
    }, "Chloé owes no tax of which the bonus could be taken off"
    aline = [line for line in found if line.startswith("archipel  0001  2026-11  fiscal_bonus_a:")]
    assert len(aline) == 1
    stored, computed = map(Decimal, re.findall(r"\d+\.\d\d", aline[0]))
    assert stored < computed
    assert not any(name in line for line in found for name in ("Aline", "Lina", "Chloé"))
    assert summary.startswith("6 payslips: ")
    assert "6 were calculated with another engine or other parameters" in summary


def test_a_parameter_of_a_month_without_payslips_touches_none(world: cast.World, tmp_path: Path) -> None:
    later = LARGER_SHARE.lstrip("\n").replace("2026-11-01", "2026-12-01")
    changed = parameters(tmp_path, "fiscal_bonus", lambda text: text + later)

    assert replayed(parameters=changed)[0] == 0


def test_one_cooperative_and_one_month_can_be_chosen(world: cast.World, tmp_path: Path) -> None:
    changed = parameters(tmp_path, "fiscal_bonus", lambda text: text + LARGER_SHARE.lstrip("\n"))

    october, november = (replayed(parameters=changed, month=month)[1] for month in ("2026-10", "2026-11"))

    assert [lines[-1].split(":")[0] for lines in (october, november)] == ["3 payslips", "3 payslips"]
    assert len(october) == 1 < len(november)
    assert replayed(cooperative="boreal")[1][0].startswith("0 payslips")


@pytest.mark.parametrize("options", [{"cooperative": "nowhere"}, {"month": "11/2026"}, {"parameters": Path("nowhere")}])
@pytest.mark.django_db
def test_a_wrong_call_is_refused(options: dict[str, Any]) -> None:
    assert replayed(**options)[0] == 2


def test_parameter_files_that_break_their_form_are_refused(tmp_path: Path, db: None) -> None:
    broken = parameters(tmp_path, "fiscal_bonus", lambda text: text.replace('"0.3314"', "0.3314"))

    assert replayed(parameters=broken)[0] == 2


def test_a_payslip_whose_facts_are_not_whole_is_named_and_the_others_are_compared(db: None) -> None:
    world = cast.world()
    build.employer(world.archipel)
    for name in ("aline", "lina"):
        build.contract(world.people[name], world.archipel, gross="2900.00", hours="38")
        build.money(world, name, "20000.00")
    build.calculated(world.archipel, OCTOBER)
    lina = Payslip.objects.get(person__first_name="Lina")
    del lina.facts["household"]["disabled"]
    Payslip.objects.filter(pk=lina.pk).update(facts=lina.facts)

    code, lines = replayed()

    assert code == 1
    assert lines[0] == "archipel  0002  2026-10  cannot be calculated again: the fact household.disabled is not stored"
    assert lines[1].startswith(
        "2 payslips: 1 the same to the cent, 0 differ in 0 amounts, 1 cannot be calculated again."
    )


def test_a_total_or_a_share_that_is_not_what_the_figures_say_is_listed(db: None) -> None:
    world = cast.world()
    build.employer(world.archipel)
    build.contract(world.people["aline"], world.archipel, gross="2900.00", hours="38")
    build.calculated(world.archipel, OCTOBER)
    payslip = Payslip.objects.get()
    share = payslip.shares.select_related("activity").get()
    Payslip.objects.update(net=payslip.net + 1)
    payslip.shares.update(cost=share.cost - Decimal("0.01"))

    lines = replayed()[1]

    assert lines[:2] == [
        f"archipel  0001  2026-10  column net: stored {payslip.net + 1}, computed {payslip.net}",
        f"archipel  0001  2026-10  activity {share.activity.code}: stored {share.cost - Decimal('0.01')}, computed {share.cost}",
    ]


# --- facts and figures ------------------------------------------------------------------------------------------------


def stored_facts() -> dict[str, Any]:
    """What is stored of Lina's September."""
    stored: dict[str, Any] = facts.to_json(members.lina())
    return stored


def test_stored_facts_are_read_back_as_they_were() -> None:
    assert replay.facts_of(stored_facts(), label="Lina") == members.lina()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda stored: stored.pop("gross"), "the fact gross is not stored"),
        (lambda stored: stored["quarter"]["months"][1].pop("reduction"), "quarter.months[1].reduction is not stored"),
        (lambda stored: stored.update(overtime="3.00"), "the engine of today does not know the fact overtime"),
        (lambda stored: stored.update(gross=1450), "the fact gross is not stored as text: 1450"),
        (lambda stored: stored.update(gross="much"), "the fact gross is no number: 'much'"),
        (lambda stored: stored.update(month="September"), "the fact month is no month"),
        (lambda stored: stored.update(work=None), "the fact work is not stored whole"),
        (lambda stored: stored["quarter"].update(months="none"), "the fact quarter.months is no list"),
    ],
)
def test_facts_that_are_not_whole_are_named(change: Callable[[dict[str, Any]], object], sentence: str) -> None:
    stored = stored_facts()
    change(stored)

    with pytest.raises(replay.NotWhole, match=re.escape(sentence)):
        replay.facts_of(stored, label="0001")


@dataclass(frozen=True)
class Later:
    """Facts with two that were added after some payslips were stored."""

    hours: Decimal
    overtime: Decimal | None
    bonus: Decimal = Decimal("0.00")


def test_a_fact_added_later_with_a_default_need_not_be_stored() -> None:
    assert replay.read(Later, {"hours": "38.00", "overtime": None}) == Later(Decimal("38.00"), None)
    assert replay.read(Later, {"hours": "38.00", "overtime": "2.50", "bonus": "1.00"}) == Later(
        Decimal("38.00"), Decimal("2.50"), Decimal("1.00")
    )
    with pytest.raises(replay.NotWhole, match="the fact overtime is not stored"):
        replay.read(Later, {"hours": "38.00"})


def test_nothing_stored_is_not_whole() -> None:
    with pytest.raises(replay.NotWhole):
        replay.facts_of(None, label="0001")
    with pytest.raises(replay.NotWhole):
        replay.figures_of({"figures": []})


def test_an_impossible_stored_fact_is_refused_by_the_engine_under_the_workers_number() -> None:
    stored = stored_facts()
    stored["household"]["children"] = -1

    with pytest.raises(engine.InvalidFact, match=r"^0001: the fact household.children"):
        replay.facts_of(stored, label="0001")


def test_a_figure_of_one_side_only_counts_as_zero_on_the_other() -> None:
    whole = members.pay(members.lina())
    fewer = engine.Payslip(
        whole.month, tuple(one for one in whole.figures if one.code not in ("net", "commuting_exemption")), (), "", ""
    )

    there = replay.differences(stored=whole, computed=fewer, columns={}, borne=())
    back = replay.differences(stored=fewer, computed=whole, columns={}, borne=())

    net, cost = whole["net"].amount, whole["employer_cost"].amount
    nobody = replay.Difference("activities", None, cost)
    assert there == [replay.Difference("net", net, None), nobody]
    assert back == [replay.Difference("net", None, net), nobody]
    assert str(there[0]) == f"net: stored {net}, computed nothing"
