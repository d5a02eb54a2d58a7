"""What a member of an exceptional run gets: a payslip with what each activity bears; and that two runs never post at once."""

from datetime import datetime

from django.utils.translation import gettext as _

from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.money import ZERO
from payroll import exceptional, facts, journal
from payroll.engine.figures import Explained
from payroll.exceptional_facts import ExceptionalBasis
from payroll.models import PayrollRun, Payslip, PayslipShare, RunMember


class AnotherIsPosted(Refused):
    """An exceptional run was to be approved while another one, which may use the same provision, is being posted."""


def rows_of(
    member: RunMember, basis: ExceptionalBasis, computed: Explained, at: datetime
) -> tuple[Payslip, list[PayslipShare]]:
    """Return the row of a payment beside pay and what each activity bears of it; nothing is saved."""
    pay = journal.result(computed)
    payslip = Payslip(
        member=member, cooperative_id=member.run.cooperative_id, person_id=member.contract.person_id,
        contract_id=member.contract_id, month=member.run.month, nature=member.run.nature,
        facts=facts.to_json(basis.facts), figures=computed.to_json(), engine_version=computed.engine_version,
        law_digest=computed.law_digest, gross=pay.costs.gross, net=pay.net, to_pay=journal.to_pay(computed),
        wage_cost=computed["exceptional_cost"].amount, employer_cost=pay.costs.total, hours=ZERO, full_time_hours=ZERO,
        reduction=ZERO, special_contribution=ZERO, end_of_year_base=ZERO, double_holiday_pay=ZERO, calculated_at=at,
    )  # fmt: skip
    costs = journal.shares(pay.costs, basis.bearers)
    return payslip, [
        PayslipShare(payslip=payslip, activity_id=activity, weight=weight, cost=costs[activity].total)
        for activity, weight in basis.bearers
    ]


def refuse_second_posting(run: PayrollRun) -> None:
    """Let one exceptional run of a cooperative post at a time: each uses up what is left of the provisions.

    Holds the cooperative until the end of the transaction. Raises AnotherIsPosted.
    """
    Cooperative.objects.select_for_update(no_key=True).get(pk=run.cooperative_id)
    others = PayrollRun.objects.filter(
        cooperative=run.cooperative_id, approval_started_at__isnull=False, state=PayrollRun.State.SUBMITTED
    ).exclude(nature="")
    other = others.exclude(pk=run.pk).first()
    if other is not None:
        raise AnotherIsPosted(
            subject=exceptional.titled(run.nature, run.month),
            reason=_("%(payment)s is being posted now, and may use what was set aside for this payment too.")
            % {"payment": exceptional.titled(other.nature, other.month)},
            remedy=_("Wait a moment until it is posted, then approve again."),
        )
