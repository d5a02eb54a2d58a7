"""How much is measured: everything, what a change can slow down, or just enough to see that the bench works."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """The sizes of the subjects. ``rounds`` is for single works, ``long_rounds`` for whole runs."""

    name: str
    rounds: int
    long_rounds: int
    members: int
    documents: int
    payslips: int
    batch: int
    wishes: int
    entries: int
    numbers: int
    clients: int
    seconds: int
    lines: int
    rows: int


FULL = Size(
    name="full", rounds=9, long_rounds=5, members=120, documents=6, payslips=1000, batch=10_000, wishes=200, entries=60, numbers=300,
    clients=8, seconds=5, lines=2_000_000, rows=100,
)  # fmt: skip
QUICK = Size(
    name="quick", rounds=7, long_rounds=5, members=12, documents=3, payslips=200, batch=1000, wishes=20, entries=30, numbers=100,
    clients=4, seconds=1, lines=100_000, rows=100,
)  # fmt: skip
TINY = Size(
    name="tiny", rounds=1, long_rounds=1, members=1, documents=1, payslips=2, batch=2, wishes=1, entries=2, numbers=2, clients=1,
    seconds=0, lines=600, rows=2,
)  # fmt: skip
