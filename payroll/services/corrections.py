"""Corrections of approved payslips: a run that replaces one of them, by a reversal and a new one, never by a change."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from coop import formatting
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.money import ZERO, exact
from coop.periods import Month
from payroll import beside_pay, exceptional, facts, pricing, queries, unchanged, worktime
from payroll.models import PayrollRun, Payslip, RunMember
from payroll.services import runs


class NotCorrectable(Refused):
    """A payslip was to be corrected that is not approved, or was corrected already."""


class CorrectionUnderWay(Refused):
    """A payslip was to be corrected while another correction of it is not yet approved or cancelled."""


class CorrectionIncomplete(Refused):
    """A correction was opened without a reason, or with a gross or hours that cannot be."""


class NothingToCorrect(Refused):
    """A correction was opened that would give the same payslip again."""


@transaction.atomic
def open_correction(*, payslip: UUID, gross: Decimal, hours: Decimal, reason: str, by: Any, at: datetime) -> PayrollRun:
    """Open and calculate the correction of an approved payslip, or return the same one that is already open.

    ``gross`` (EUR) and ``hours`` (in the unit of the contract, on average a week) are what was really due; the contract,
    the family situation and the employer's terms are those on file now for that month, under the law of that month.
    Raises NotCorrectable, CorrectionUnderWay, CorrectionIncomplete, NothingToCorrect and what refuses a payslip.
    """
    old, found = _to_correct(payslip, by)
    if found is not None:
        return _same(found, old, gross, hours, reason)
    _refuse_incomplete(old, gross, hours, reason)
    _refuse_unchanged(old, gross, hours)
    return _open(old, exact(gross), exact(hours), reason.strip(), by, at)


@transaction.atomic
def open_days_correction(*, payslip: UUID, reason: str, by: Any, at: datetime) -> PayrollRun:
    """Open the correction of a payslip whose days were others than it shows, paid as it was: it opens the days of its month.

    It is submitted once a day has changed. Raises NotCorrectable, CorrectionUnderWay, CorrectionIncomplete.
    """
    old, found = _to_correct(payslip, by)
    if found is not None:
        return _same(found, old, old.gross, old.hours, reason)
    _refuse_incomplete(old, old.gross, old.hours, reason)
    return _open(old, old.gross, old.hours, reason.strip(), by, at)


def _to_correct(payslip: UUID, by: Any) -> tuple[Payslip, PayrollRun | None]:
    """Return the payslip of a month that is to be corrected, with the correction that is under way; both stay as they are.

    Raises NotCorrectable.
    """
    old: Payslip = Payslip.objects.select_related("cooperative", "contract__person", "person").get(pk=payslip)
    visibility.require(by, Subject.RUNS, "w", cooperative=old.cooperative_id)
    Cooperative.objects.select_for_update(no_key=True).get(pk=old.cooperative_id)
    old.refresh_from_db(fields=["state"])
    found = queries.correction_under_way(old)
    if found is not None:
        return old, found
    if old.state != Payslip.State.APPROVED:
        raise NotCorrectable(
            subject=subject_of(old),
            reason=_("Only an approved payslip that still counts can be corrected."),
            remedy=_("Correct the order or the facts of a run that is not yet approved; correct the payslip that replaced this one."),
        )  # fmt: skip
    if old.nature:
        raise NotCorrectable(
            subject=subject_of(old),
            reason=_("A premium or holiday pay has no hours to correct."),
            remedy=_("Correct what was counted for it, from the page of this payslip."),
        )
    return old, None


def _same(found: PayrollRun, old: Payslip, gross: Decimal, hours: Decimal, reason: str) -> PayrollRun:
    """Return a correction that is under way when it is the one that is asked for. Raises CorrectionUnderWay."""
    if (found.due_gross, found.due_hours, found.reason) == (gross, hours, reason.strip()):
        return found
    raise CorrectionUnderWay(
        subject=subject_of(old),
        reason=_("A correction of this payslip is already under way."),
        remedy=_("Open that correction; cancel it first if its amounts are wrong."),
    )


def subject_of(payslip: Payslip) -> str:
    """Return what people call a payslip."""
    if payslip.nature:
        return f"{exceptional.titled(payslip.nature, payslip.month)}, {payslip.person}"
    return _("Payslip of %(person)s, %(month)s") % {
        "person": payslip.person,
        "month": formatting.month(payslip.month),
    }


def _refuse_incomplete(old: Payslip, gross: Decimal, hours: Decimal, reason: str) -> None:
    if not reason.strip():
        raise CorrectionIncomplete(
            subject=subject_of(old),
            reason=_("There is no reason."),
            remedy=_("Say why the payslip was wrong; the member and the person who approves read it."),
            field="reason",
        )
    if gross <= ZERO:
        raise CorrectionIncomplete(
            subject=subject_of(old),
            reason=_("The gross really due is not above zero."),
            remedy=_("Give the whole gross of the month, not the difference."),
            field="gross",
        )
    if not ZERO < hours <= old.full_time_hours:
        raise CorrectionIncomplete(
            subject=subject_of(old),
            reason=_("The hours are not above zero and at most the full-time %(full)s hours a week.")
            % {"full": formatting.quantity(old.full_time_hours)},
            remedy=_("Give the hours paid in the month, on average a week."),
            field="hours",
        )


def _refuse_unchanged(old: Payslip, gross: Decimal, hours: Decimal) -> None:
    basis = facts.basis(old.contract_id, Month.of(old.month)).with_hours(hours)
    beside = beside_pay.beside(old.contract_id, Month.of(old.month), without=old.pk)
    now = beside_pay.paid(beside, pricing.payslip(basis, gross))
    as_it_was = unchanged.pays_the_same(old, now=now, withheld=beside_pay.withheld(beside, now), bearers=basis.bearers)
    if as_it_was and worktime.performance_of(old) == basis.performance:
        raise NothingToCorrect(
            subject=subject_of(old),
            reason=_("With this gross, these hours and the facts on file nothing changes."),
            remedy=_(
                "Change the gross or the hours. A contract or a family situation that was wrong is recorded first, in the "
                "member's file."
            ),
            field="gross",
        )


def _open(old: Payslip, gross: Decimal, hours: Decimal, reason: str, by: Any, at: datetime) -> PayrollRun:
    key = {"cooperative": old.cooperative, "month": old.month, "kind": PayrollRun.Kind.CORRECTION}
    last = PayrollRun.objects.filter(**key).aggregate(last=Max("sequence"))["last"] or 0
    run = PayrollRun.objects.create(
        **key, sequence=last + 1, corrects=old, reason=reason, due_gross=gross, due_hours=hours, opened_at=at,
        prepared_by=by,
    )  # fmt: skip
    RunMember.objects.create(run=run, contract=old.contract)
    runs.calculate_members(run=run.pk, at=at)
    run.refresh_from_db()
    return run
