"""Reminders by e-mail leave from workers; the rows that wait are the jobs."""

from typing import Any

from celery import shared_task

from coop import clock
from invoicing.reminders import services


@shared_task(soft_time_limit=60, time_limit=90)  # type: ignore[untyped-decorator]
def send_reminders(**_more: Any) -> None:
    """Send the reminders that wait."""
    services.send_mails(at=clock.now())
