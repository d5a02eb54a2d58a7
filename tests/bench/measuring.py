"""Measure works against each other: in turn, pair by pair, so that what the machine does meanwhile falls out.

A figure is the median of the ratios of pairs, never the ratio of two medians. The baseline runs twice in each round,
and the ratio of the two says how noisy the machine was.
"""

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

Work = Callable[[int], object]
"""Something to measure; it gets the number of the round, from 0 (thrown away) to the last."""
Clock = Callable[[], int]
"""A clock in nanoseconds."""

CPU: Clock = time.process_time_ns
WALL: Clock = time.perf_counter_ns
QUIET = (Decimal("0.90"), Decimal("1.10"))
CONTROL = "baseline again"


@dataclass(frozen=True)
class Row:
    """One measured figure: its median, its spread, and the goal that it must reach, if it has one.

    ``control`` is the median of the baseline against itself; outside 0.90 to 1.10 there is no verdict. ``counted`` says
    that the figure is counted, not timed, so that noise cannot touch it.
    """

    subject: str
    what: str
    value: Decimal
    unit: str = "×"
    goal: Decimal | None = None
    at_least: bool = False
    values: tuple[Decimal, ...] = ()
    control: Decimal | None = None
    detail: str = ""

    @property
    def noisy(self) -> bool:
        """Whether the machine was too noisy for a verdict."""
        return self.goal is not None and self.control is not None and not QUIET[0] <= self.control <= QUIET[1]

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal


@dataclass(frozen=True)
class Times:
    """The time of each work in each round, in nanoseconds, aligned by round."""

    of: Mapping[str, Sequence[int]]
    baseline: str = ""

    def ratios(self, above: str, below: str) -> tuple[Decimal, ...]:
        """Return the ratio of each pair."""
        return tuple(Decimal(a) / Decimal(max(b, 1)) for a, b in zip(self.of[above], self.of[below], strict=True))

    @property
    def control(self) -> Decimal | None:
        """Return the median ratio of the baseline to itself, where it was measured twice."""
        return median(self.ratios(CONTROL, self.baseline)) if CONTROL in self.of else None

    def milliseconds(self, name: str, *, parts: int = 1) -> Decimal:
        """Return the median time of a work in milliseconds, divided by the number of its parts. It only illustrates."""
        return median([Decimal(one) for one in self.of[name]]) / parts / 1_000_000

    def row(self, subject: str, what: str, above: str, below: str, *, parts: int = 1, **more: object) -> Row:
        """Return the figure of one work against another."""
        values = self.ratios(above, below)
        detail = f"{shown(self.milliseconds(above, parts=parts))} ms against {shown(self.milliseconds(below, parts=parts))} ms"
        made = Row(subject, what, median(values), values=values, control=self.control, detail=detail)
        return replace(made, **more)  # type: ignore[arg-type]


def in_turn(
    works: Mapping[str, Work], *, rounds: int, clock: Clock = WALL, baseline: str = "", before: Work | None = None
) -> Times:
    """Run works in turn, in an order that turns round by round, and return their times; round 0 warms up and is dropped.

    ``baseline`` names the work that runs twice per round. ``before`` prepares a round, off the clock.
    """
    todo = dict(works)
    if baseline:
        todo[CONTROL] = works[baseline]
    times: dict[str, list[int]] = {name: [] for name in todo}
    for number in range(rounds + 1):
        if before is not None:
            before(number)
        for name in _order(list(todo), number):
            gc.collect()
            started = clock()
            todo[name](number)
            taken = clock() - started
            if number:
                times[name].append(taken)
    return Times(times, baseline)


def _order(names: list[str], number: int) -> Iterator[str]:
    """Turn the order by one place each round, and run every second round backwards: A B C, A C B, C A B …"""
    place = (number // 2) % len(names)
    turned = names[place:] + names[:place]
    return iter(turned if number % 2 == 0 else turned[::-1])


def median(values: Sequence[Decimal]) -> Decimal:
    """Return the middle value, or the mean of the two in the middle."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def share(values: Sequence[Decimal], hundredths: int) -> Decimal:
    """Return the value below which so many hundredths of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * hundredths // 100)]


def shown(value: Decimal) -> str:
    """Write a figure with three or four digits that mean something."""
    places = "1" if value >= 1000 else "0.1" if value >= 100 else "0.01" if value >= 1 else "0.001"
    return f"{value.quantize(Decimal(places), ROUND_HALF_UP):f}"


# --- the reference of this machine ------------------------------------------------------------------------------------

REFERENCE_LOOPS = 200_000
REFERENCE_NANOSECONDS = 98_000_000
"""What the loop takes on the reference core: 0.098 s for 200,000 steps."""


def reference_work(loops: int) -> Work:
    """Return the fixed work that stands for the speed of a core: a rate on a pay, rounded to the cent, added up.

    Exactly this line, numbers read from text included: the reference was taken with it.
    """

    def work(_round: int) -> Decimal:
        total = Decimal(0)
        for _step in range(loops):
            total += (Decimal("2658.37") * Decimal("0.1307")).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return total

    return work


def at_reference(ratio: Decimal, loops: int) -> Decimal:
    """Turn a ratio to ``loops`` steps of the reference work into milliseconds on the reference core."""
    return ratio * loops * REFERENCE_NANOSECONDS / REFERENCE_LOOPS / 1_000_000
