"""Find unfinished work and wake it up. Pending rows are the jobs; messages are only doorbells that may get lost."""

from collections.abc import Callable
from datetime import datetime

from celery import shared_task

from coop import clock

Sweeper = Callable[[datetime], None]
_often: list[Sweeper] = []
_seldom: list[Sweeper] = []


def register(sweeper: Sweeper, *, often: bool = False) -> None:
    """Make a sweeper known: called every 2 s when ``often``, else every 30 s, with the present moment."""
    rhythm = _often if often else _seldom
    if sweeper not in rhythm:
        rhythm.append(sweeper)


@shared_task(expires=2)  # type: ignore[untyped-decorator]
def sweep_often() -> None:
    """Run the sweepers of work that people are waiting for."""
    for sweeper in _often:
        sweeper(clock.now())


@shared_task(expires=30)  # type: ignore[untyped-decorator]
def sweep_seldom() -> None:
    """Run all other sweepers."""
    for sweeper in _seldom:
        sweeper(clock.now())
