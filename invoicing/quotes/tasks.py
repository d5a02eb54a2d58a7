"""Mails with quotes leave from workers; the rows that want one are the jobs."""

from typing import Any

from celery import shared_task

from coop import clock
from invoicing.quotes import links


@shared_task(soft_time_limit=60, time_limit=90)  # type: ignore[untyped-decorator]
def send_quote_mails(**_more: Any) -> None:
    """Send the mails that are wanted."""
    links.send_mails(at=clock.now())
