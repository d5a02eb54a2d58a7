"""What payroll tells the registries of coop, once the apps are loaded."""

from celery.schedules import crontab

from coop import sweeping
from coop.celery import app
from payroll import tasks


def register() -> None:
    """Register sweeper and beat entry."""
    sweeping.register(tasks.sweep, often=True)
    app.add_periodic_task(crontab(minute="*/10"), tasks.open_runs.s(), name="payroll.open_runs")
