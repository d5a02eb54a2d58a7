"""Wake-up calls for payroll. The rows are the work; each task turns ids into one service call."""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from celery import shared_task
from django.db.models import Q

from coop import clock
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.periods import Month
from payroll import services
from payroll.models import EmployerTerms, PayrollRun, RunMember
from payroll.services import approval, runs
from payroll.services.quarters import contracts_to_settle, quarter_is_paid

logger = logging.getLogger("payroll.tasks")


@shared_task
def calculate_chunk(*, run: str, members: list[str], **_later: Any) -> None:
    """Calculate some members of a run, then whatever else of it nobody is working on."""
    services.calculate_members(run=UUID(run), at=clock.now(), members=[UUID(one) for one in members])
    while services.calculate_members(run=UUID(run), at=clock.now()):
        pass


@shared_task
def post_run(*, run: str, **_later: Any) -> None:
    """Carry the approval of a run through."""
    services.continue_approval(run=UUID(run), at=clock.now())


@shared_task
def open_runs(**_later: Any) -> None:
    """On the cut-off day and after, open and calculate the ordinary run of each cooperative that has none; settle quarters.

    A run that people have cancelled is not opened again. What is missing (terms, law, contracts) is in the log and on the
    payroll page; it stops no other cooperative.
    """
    today, now = clock.today(), clock.now()
    month = Month.of(today)
    for terms in EmployerTerms.objects.on(today).select_related("cooperative"):
        try:
            if (
                today >= month.day(terms.cut_off_day)
                and not PayrollRun.objects.filter(
                    cooperative=terms.cooperative, month=month.first, kind=PayrollRun.Kind.ORDINARY
                ).exists()
            ):
                run = services.open_run(cooperative=terms.cooperative, month=month, on=today, at=now)
                services.calculate_run(run=run.pk)
            settle_due_quarter(terms.cooperative, now)
        except Refused as refused:
            logger.warning("%s", refused)


def settle_due_quarter(cooperative: Cooperative, now: datetime) -> None:
    """Settle the last quarter that is over, when the pay of its last month is approved."""
    today = clock.today()
    month = Month.of(today)
    last = month.plus(3 - month.place_in_quarter)
    if today < last.last:
        last = last.plus(-3)
    if contracts_to_settle(cooperative, last) and quarter_is_paid(cooperative, last):
        services.settle_quarter(cooperative=cooperative, last_month=last, on=today, at=now)


def sweep(at: datetime) -> None:
    """Wake the worker for members whose lease has run out, and for approvals that were interrupted."""
    waiting = RunMember.objects.filter(
        Q(lease_until__lt=at) | Q(lease_until__isnull=True, run__opened_at__lt=at - runs.LEASE),
        state=RunMember.State.TODO,
        run__state=PayrollRun.State.OPEN,
    ).order_by("pk")
    by_run: dict[UUID, list[str]] = {}
    for pk, run in waiting.values_list("pk", "run"):
        by_run.setdefault(run, []).append(str(pk))
    for run, members in by_run.items():
        for start in range(0, len(members), runs.CHUNK):
            calculate_chunk.apply_async(
                kwargs={"run": str(run), "members": members[start : start + runs.CHUNK]}, expires=2
            )
    for run in approval.interrupted_approvals(at):
        post_run.apply_async(kwargs={"run": str(run)}, expires=2)
