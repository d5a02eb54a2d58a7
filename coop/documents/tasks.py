"""Documents are made by workers. The pending rows are the truth; a message only wakes a worker up."""

from datetime import timedelta
from typing import Any

from celery import shared_task

from coop import clock
from coop.documents import services

TURN = timedelta(seconds=2)
"""How long one message works off what waits, so that other work gets its turn."""


@shared_task(soft_time_limit=20, time_limit=30)  # type: ignore[untyped-decorator]
def make_newest(**_more: Any) -> None:
    """Make one document, the newest that waits; what fails is logged, kept on its row, and tried again by the sweeper."""
    services.make_newest(clock.now())


@shared_task(soft_time_limit=40, time_limit=60)  # type: ignore[untyped-decorator]
def make_pending(**_more: Any) -> None:
    """Make the documents that wait, the newest first, for a few seconds."""
    services.make_pending(at=clock.now, until=clock.now() + TURN)
