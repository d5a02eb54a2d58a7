"""Messages leave from and come in through workers; the rows that wait are the jobs."""

from typing import Any

from celery import shared_task

from coop import clock
from invoicing.peppol import inbox, outbox


@shared_task(soft_time_limit=240, time_limit=300)  # type: ignore[untyped-decorator]
def send_messages(**_more: Any) -> None:
    """Send what waits; look for what came in where something was delivered."""
    if outbox.send_waiting(at=clock.now):
        fetch_messages.delay()


@shared_task(soft_time_limit=240, time_limit=300)  # type: ignore[untyped-decorator]
def fetch_messages(**_more: Any) -> None:
    """Take in what came."""
    inbox.fetch_all(on=clock.today(), at=clock.now)
