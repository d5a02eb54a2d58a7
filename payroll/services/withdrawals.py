"""Withdrawals: a payment beside the month's pay that was not due at all is reversed, and nothing takes its place."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from payroll import queries
from payroll.models import PayrollRun, RunMember
from payroll.services import runs
from payroll.services.corrections import NotCorrectable, subject_of
from payroll.services.exceptional import lock_corrected, refuse_uncorrectable, under_way


@transaction.atomic
def open_withdrawal(*, payslip: UUID, reason: str, by: Any, at: datetime) -> PayrollRun:
    """Open the withdrawal of an approved payment beside pay that was not due, or return the one that is already open.

    Approved by another person, it reverses the payment: what was paid of it is owed by the member, what it used of the
    provisions is there again, and the payment can be paid anew when it is due.
    Raises NotCorrectable, CorrectionUnderWay, CorrectionIncomplete.
    """
    old = lock_corrected(payslip=payslip, by=by)
    if not old.nature:
        raise NotCorrectable(
            subject=subject_of(old),
            reason=_("The pay of a month is not withdrawn as a whole: the contract is paid in any case."),
            remedy=_("Correct its gross and its hours."),
        )
    if (found := queries.correction_under_way(old)) is not None:
        if found.withdraws and found.reason == reason.strip():
            return found
        raise under_way(old)
    refuse_uncorrectable(old, reason=reason)
    key = {"cooperative": old.cooperative, "month": old.month, "kind": PayrollRun.Kind.CORRECTION}
    last = PayrollRun.objects.filter(**key).aggregate(last=Max("sequence"))["last"] or 0
    run = PayrollRun.objects.create(
        **key, nature=old.nature, sequence=last + 1, corrects=old, reason=reason.strip(), withdraws=True, opened_at=at,
        prepared_by=by,
    )  # fmt: skip
    RunMember.objects.create(run=run, contract=old.contract)
    runs.calculate_members(run=run.pk, at=at)
    run.refresh_from_db()
    return run
