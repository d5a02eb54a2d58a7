"""Mails to customers leave from workers; the rows that want one are the jobs."""

from typing import Any

from celery import shared_task

from coop import clock
from invoicing.customer_page import services


@shared_task(soft_time_limit=60, time_limit=90)  # type: ignore[untyped-decorator]
def send_mails(**_more: Any) -> None:
    """Send the mails that are wanted."""
    services.send_mails(at=clock.now())
