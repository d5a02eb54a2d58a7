"""Recurring invoices are made by workers; the rows whose date has come are the jobs."""

from datetime import datetime
from typing import Any

from celery import shared_task

from coop import clock
from invoicing.recurring import services


@shared_task(soft_time_limit=240, time_limit=300)  # type: ignore[untyped-decorator]
def make_due_invoices(**_more: Any) -> None:
    """Make the invoices of the dates that have come."""
    services.make_due(on=clock.today(), at=clock.now())


def sweep(at: datetime) -> None:
    """Wake the worker when a date has come; called by beat through the sweepers."""
    services.ring(at, clock.today())
