"""Find unfinished work and wake it up. Pending rows are the jobs; messages are only doorbells that may get lost."""

import logging
from collections.abc import Callable
from datetime import datetime

from celery import shared_task

from coop import clock

logger = logging.getLogger("coop.sweeping")

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
    _call(_often)


@shared_task(expires=30)  # type: ignore[untyped-decorator]
def sweep_seldom() -> None:
    """Run all other sweepers."""
    _call(_seldom)


def _call(sweepers: list[Sweeper]) -> None:
    """Call each sweeper; one that fails is logged and keeps no other from its work."""
    for sweeper in sweepers:
        try:
            sweeper(clock.now())
        except Exception:
            logger.exception("the sweeper %s.%s failed", sweeper.__module__, sweeper.__qualname__)
