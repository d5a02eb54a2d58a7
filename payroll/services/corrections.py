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
from payroll import beside_journal, beside_pay, exceptional, facts, journal, pricing, queries
from payroll.engine.figures import Payslip as Figures
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
    old = Payslip.objects.select_related("cooperative", "contract__person", "person").get(pk=payslip)
    visibility.require(by, Subject.RUNS, "w", cooperative=old.cooperative_id)
    Cooperative.objects.select_for_update(no_key=True).get(pk=old.cooperative_id)
    old.refresh_from_db(fields=["state"])
    if (found := queries.correction_under_way(old)) is not None:
        if (found.due_gross, found.due_hours, found.reason) == (gross, hours, reason.strip()):
            return found
        raise CorrectionUnderWay(
            subject=subject_of(old),
            reason=_("A correction of this payslip is already under way."),
            remedy=_("Open that correction; cancel it first if its amounts are wrong."),
        )
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
    _refuse_incomplete(old, gross, hours, reason)
    _refuse_unchanged(old, gross, hours)
    return _open(old, exact(gross), exact(hours), reason.strip(), by, at)


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
    borne = {share.activity_id: share.weight for share in old.shares.all()}
    amounts = {figure.code: figure.amount for figure in now.figures}
    before = _amounts(old)
    if old.payment_facts is None and journal.to_pay(now) == old.to_pay and not beside_journal.expenses(now):
        amounts = {code: amount for code, amount in amounts.items() if code in before}  # it was paid its net
    if amounts == before and dict(basis.bearers) == borne:
        raise NothingToCorrect(
            subject=subject_of(old),
            reason=_("With this gross, these hours and the facts on file nothing changes."),
            remedy=_(
                "Change the gross or the hours. A contract or a family situation that was wrong is recorded first, in the "
                "member's file."
            ),
            field="gross",
        )


def _amounts(old: Payslip) -> dict[str, Decimal]:
    return {figure.code: figure.amount for figure in Figures.from_json(old.figures).figures}


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
