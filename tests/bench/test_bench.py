"""The bench runs: every kind of figure is measured once in the smallest size, and the last line counts the goals."""

import re
from decimal import Decimal

import pytest

from tests.bench import reporting, running
from tests.bench.measuring import CONTROL, Row, Times, in_turn, median
from tests.bench.sizes import TINY

GOAL = Decimal("1.05")


@pytest.mark.django_db
@pytest.mark.parametrize("subject", ["payroll_compute", "posting", "numbering", "statements"])
def test_a_subject_is_measured_and_its_goals_are_counted(subject):
    said: list[str] = []

    rows = running.run((subject,), size=TINY, say=said.append)

    judged = [row for row in rows if row.goal is not None]
    assert judged
    assert len(said) == len(rows)
    assert re.fullmatch(rf"\d+ of {len(judged)} goals met", reporting.final_line(rows))
    assert all(row.value >= 0 for row in rows)


def test_works_run_in_turn_and_the_first_round_is_thrown_away():
    order: list[tuple[str, int]] = []
    works = {name: lambda number, name=name: order.append((name, number)) for name in ("a", "b")}

    times = in_turn(works, rounds=2, baseline="b")

    assert [name for name, _number in order] == ["a", "b", "b", "b", "b", "a", "b", "b", "a"]
    assert {name: len(taken) for name, taken in times.of.items()} == {"a": 2, "b": 2, CONTROL: 2}


def test_a_figure_is_the_median_of_the_ratios_of_pairs():
    times = Times({"product": [20, 90, 30], "bare": [10, 30, 30]}, "bare")

    row = times.row("subject", "product ÷ bare", "product", "bare", goal=Decimal("1.9"))

    assert row.values == (Decimal(2), Decimal(3), Decimal(1))
    assert row.value == 2
    assert row.met is False


def test_a_machine_that_disturbs_the_baseline_gives_no_verdict():
    row = Row("subject", "what", Decimal("1.00"), goal=GOAL, control=Decimal("1.25"))

    assert row.noisy
    assert reporting.final_line([row]) == "0 of 1 goals met"
    assert running.exit_code([row], strict=True) == running.NOISY


@pytest.mark.parametrize(
    "value, at_least, strict, code",
    [("1.00", False, True, 0), ("1.20", False, True, 1), ("1.20", False, False, 0), ("1.00", True, True, 1)],
)
def test_a_missed_goal_fails_only_when_strict(value, at_least, strict, code):
    row = Row("subject", "what", Decimal(value), goal=GOAL, at_least=at_least)

    assert running.exit_code([row], strict=strict) == code


def test_an_unknown_subject_ends_the_bench_with_the_names():
    with pytest.raises(SystemExit, match="payroll_compute"):
        running.chosen("payroll_compute,nothing")


def test_the_median_of_an_even_number_is_the_middle_of_two():
    assert median([Decimal(4), Decimal(1), Decimal(2), Decimal(3)]) == Decimal("2.5")
