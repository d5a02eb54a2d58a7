"""Whether a payslip that is corrected would come out as it is, and what then stands in its way. Writes nothing. EUR."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from coop.periods import Month
from payroll import beside_journal, facts, journal, worktime
from payroll.beside_models import Withheld
from payroll.engine.figures import Explained
from payroll.engine.figures import Payslip as Figures
from payroll.models import PayrollRun, Payslip

OF_THE_CLAIM = frozenset(
    {
        "attachment_claim", "attachment_month_pay", "earlier_pay_of_month", "earlier_attached", "attachment_scale",
        "attachment_children_part", "attachable", "deductions_asked", "deductions_carried",
    }
)  # fmt: skip
"""Figures on the way to what is withheld that rest on what other payslips paid and withheld: no results of this one."""


def pays_the_same(
    old: Payslip, *, now: Explained, withheld: Iterable[Withheld], bearers: Sequence[tuple[UUID, Decimal]]
) -> bool:
    """Tell whether a payslip would come out as it is: every amount, what is withheld for whom, and who bears it."""
    before, after = results(Figures.from_json(old.figures)), results(now)
    if old.payment_facts is None and journal.to_pay(now) == old.to_pay and not beside_journal.expenses(now):
        after = {code: amount for code, amount in after.items() if code in before}  # it was paid its net
    if "to_pay" not in now and not old.withheld.all():
        before = {code: amount for code, amount in before.items() if code in after}
    then = {(one.attachment_id, one.deduction_id): one.amount for one in old.withheld.all()}
    wanted = {(one.attachment_id, one.deduction_id): one.amount for one in withheld}
    borne = {share.activity_id: share.weight for share in old.shares.all()}
    return (after, wanted, dict(bearers)) == (before, then, borne)


def results(figures: Explained) -> dict[str, Decimal]:
    """Return the amounts of a payslip by code, without those that other payslips move."""
    return {
        figure.code: figure.amount
        for figure in figures.figures
        if figure.code not in OF_THE_CLAIM and not figure.code.startswith("asked.")
    }


def as_corrected(old: Payslip, *, new: Payslip) -> bool:
    """Tell whether a correction pays the same as the payslip that it replaces."""
    bearers = [(share.activity_id, share.weight) for share in new.shares.all()]
    return pays_the_same(old, now=Figures.from_json(new.figures), withheld=new.withheld.all(), bearers=bearers)


def obstacles(run: PayrollRun) -> list[tuple[list[str], str, str]]:
    """Return who is in a correction that leaves the payslip of a month as it was, or whose days ask for other pay.

    A correction may change the days alone; then the contract must give by them what was paid.
    """
    old = run.corrects
    if old is None or run.nature:
        return []
    new = Payslip.objects.filter(member__run=run).select_related("person", "performance").first()
    if new is None or not as_corrected(old, new=new):
        return []
    if worktime.performance_of(old) == worktime.performance_of(new):
        reason, remedy = (
            _("The correction of %(names)s changes neither an amount nor a day."),
            _("Change the days of the month, or cancel the correction."),
        )
        return [([str(new.person)], reason, remedy)]
    basis = facts.bases([old.contract_id], Month.of(old.month))[old.contract_id]
    by_contract = old.order_id is None and old.member.run.corrects_id is None
    if by_contract and isinstance(basis, facts.Basis) and basis.contract_gross != old.gross:
        reason, remedy = (
            _("By these days the contract of %(names)s gives another wage than was paid."),
            _("Cancel this correction, and open one with the gross and the hours that are really due."),
        )
        return [([str(new.person)], reason, remedy)]
    return []
