"""Payslips per second, and what their explanation costs (B2). CPU time of the engine alone: no database."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal, localcontext
from functools import cache
from multiprocessing import get_context
from typing import Any

from payroll import engine
from payroll.engine import computing
from payroll.engine.figures import AMOUNT, Figure, Part
from payroll.engine.operations import OPERATIONS
from payroll.engine.rounding import CONTEXT, cents
from payroll.engine.sheet import MonthSheet
from tests.bench.measuring import CPU, Row, at_reference, in_turn, median, reference_work, share
from tests.bench.sizes import Size
from tests.payroll.engine import cast as people

LOOPS = 2_000
SUBJECT = "payroll_compute"
KINDS = ("single", "no_income", "own_income", "low_income")
NO_PARTS: tuple[Part, ...] = ()


def measure(size: Size, _world: object) -> Iterator[Row]:
    """Measure payslips of different people, and the search for a gross."""
    law = engine.Law.load()
    facts = different_people(size.payslips)
    times = in_turn(
        {
            "full": lambda _round: [engine.payslip(one, law) for one in facts],
            "told": lambda _round: [told(engine.payslip(one, law)) for one in facts],
            "amounts": lambda _round: [amounts_only(one, law) for one in facts],
            "reference": reference_work(LOOPS),
        },
        rounds=size.rounds,
        clock=CPU,
        baseline="reference",
    )
    steps = times.ratios("full", "reference")
    per_slip = [at_reference(ratio, LOOPS) / len(facts) for ratio in steps]
    yield Row(
        SUBJECT, "one payslip with its explanation, on the reference core", median(per_slip), unit="ms",
        goal=Decimal("0.10"), values=tuple(per_slip), control=times.control,
        detail=f"{len(engine.payslip(facts[0], law).figures)} figures",
    )  # fmt: skip
    yield times.row(
        SUBJECT, "with explanation ÷ amounts only", "full", "amounts", parts=len(facts), goal=Decimal("2.0")
    )
    yield times.row(SUBJECT, "explanation rendered as text too ÷ with explanation", "told", "full", parts=len(facts))
    yield from _searches(size, law)
    yield from _two_cores(size)


def _searches(size: Size, law: engine.Law) -> Iterator[Row]:
    budgets = [Decimal(2500 + 37 * place) for place in range(size.wishes)]
    nets = [Decimal(1400 + 17 * place) for place in range(size.wishes)]
    full_timer = people.full_timer()
    for what, search, wishes, usual in (
        ("a gross for a budget", engine.gross_for_budget, budgets, Decimal(40)),
        ("a gross for a net", engine.gross_for_net, nets, None),
    ):
        counts = [Decimal(evaluations(search, wish, full_timer, law)) for wish in wishes]
        yield Row(SUBJECT, f"evaluations to find {what}, median", median(counts), unit="", goal=usual)
        yield Row(SUBJECT, f"evaluations to find {what}, most", share(counts, 100), unit="", goal=Decimal(120))
    times = in_turn(
        {
            "budget": lambda _round: [engine.gross_for_budget(wish, full_timer, law) for wish in budgets],
            "net": lambda _round: [engine.gross_for_net(wish, full_timer, law) for wish in nets],
            "slip": lambda _round: [engine.payslip(full_timer, law) for _wish in budgets],
        },
        rounds=size.rounds,
        clock=CPU,
        baseline="slip",
    )
    for name, what in (("budget", "a gross for a budget"), ("net", "a gross for a net")):
        yield times.row(SUBJECT, f"{what} ÷ one payslip", name, "slip", parts=len(budgets))


def _two_cores(size: Size) -> Iterator[Row]:
    """A whole batch in two processes against the same batch in one: what a second core brings."""
    context = get_context("spawn")
    with ProcessPoolExecutor(1, context) as first, ProcessPoolExecutor(1, context) as second:

        def work(other: ProcessPoolExecutor) -> None:
            halves = [first.submit(paid_by_half, 0, size.batch), other.submit(paid_by_half, 1, size.batch)]
            assert sum(half.result() for half in halves) > 0

        times = in_turn(
            {"two": lambda _round: work(second), "one": lambda _round: work(first)},
            rounds=size.long_rounds,
            baseline="one",
        )
    yield times.row(
        SUBJECT, f"{size.batch} payslips on two cores ÷ on one", "two", "one", parts=size.batch, goal=Decimal("0.60")
    )


@cache
def _half(number: int, half: int) -> tuple[engine.Law, list[engine.Facts]]:
    return engine.Law.load(), different_people(number)[half::2]


def paid_by_half(half: int, number: int) -> Decimal:
    """Compute one half of a batch of payslips with their explanation; return the sum of the nets (EUR)."""
    law, facts = _half(number, half)
    return sum((engine.payslip(one, law)["net"].amount for one in facts), Decimal(0))


def different_people(number: int) -> list[engine.Facts]:
    """Return facts that differ: hours, pay, household, first and third month of a quarter, with and without a quarter."""
    found = []
    for place in range(number):
        home = {"kind": KINDS[place % len(KINDS)], "children": place % 4}
        facts = people.full_timer(gross=f"{2500 + place % 1800}.{place % 100:02d}")
        if place % 2:
            facts = people.lina().with_gross(Decimal(1450 + place % 900))
        found.append(people.household(facts, **home))
    return found


def told(payslip: engine.Payslip) -> str:
    """Return the whole explanation of a payslip as text."""
    return payslip["net"].explain() + payslip["employer_cost"].explain()


class AmountsOnly(MonthSheet):
    """A sheet whose figures forget their parts: what the engine would be without explanation."""

    __slots__ = ()

    def cent(self, code: str, rule: str, *parts: Part) -> Figure:
        """Compute an amount, rounded to the cent."""
        figure = self.figures[code] = Figure(code, cents(amount_of(rule, parts)), rule, NO_PARTS, "cent")
        return figure

    def exact(self, code: str, rule: str, *parts: Part) -> Figure:
        """Compute an amount, not rounded."""
        figure = self.figures[code] = Figure(code, amount_of(rule, parts), rule, NO_PARTS, "exact")
        return figure


def amount_of(rule: str, parts: tuple[Part, ...]) -> Decimal:
    """Return the unrounded amount of a figure by its rule."""
    return OPERATIONS[rule](tuple(map(AMOUNT, parts)))


def amounts_only(facts: engine.Facts, law: engine.Law) -> engine.Payslip:
    """Compute a payslip by the same rules without keeping what its figures are made of."""
    with localcontext(CONTEXT):
        sheet = AmountsOnly(facts=facts, law=law.on(facts.month))
        computing.to_net(sheet)
        computing.to_cost(sheet)
        computing.report_floors(sheet)
        return computing.finished(sheet)


class CountingLaw:
    """The law, counting how often it is asked for its month: once per evaluation of the engine."""

    def __init__(self, law: engine.Law) -> None:
        self.law = law
        self.asked = 0

    def on(self, month: engine.YearMonth) -> Any:
        """Return the law of a month, and count."""
        self.asked += 1
        return self.law.on(month)


def evaluations(search: Any, wish: Decimal, facts: engine.Facts, law: engine.Law) -> int:
    """Return how often the engine was asked in a search."""
    counting = CountingLaw(law)
    search(wish, facts, counting)
    return counting.asked
