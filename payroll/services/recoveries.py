"""Recoveries: what a member owes on the account of pay is deducted from later pay, when somebody decides so."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from coop import formatting
from coop.access import visibility
from coop.access.predicates import Subject
from coop.errors import Refused
from coop.history import services as history
from coop.ledger import services as ledger
from coop.money import ZERO
from coop.periods import Month
from members.models import EmploymentContract
from payroll import beside_journal, debts
from payroll.beside_models import PayDeduction, Withheld
from payroll.models import PayrollRun, Payslip
from payroll.services.allowances import calculate_again, refuse_checked, subject_of
from payroll.services.deductions import ClaimExhausted, incomplete, refuse_mixed
from payroll.services.quarters import lock_contract


class NothingOwed(Refused):
    """Something was to be recovered that the member does not owe, or that another recovery recovers already."""


def decide_recovery(
    *,
    contract: EmploymentContract,
    item: UUID,
    since: Month,
    reason: str,
    by: Any,
    at: datetime,
    per_month: Decimal | None = None,
    key: UUID | None = None,
) -> PayDeduction:
    """Decide that what a member owes on the account of pay is deducted from a month on, once per key; EUR.

    Together with the other deductions of the employer at most one fifth of each payment; what finds no room waits. Who
    decided it, and when, is kept. Raises NothingOwed, DeductionIncomplete, LimitsMixed, MonthAlreadyPaid, RunSubmitted;
    PermissionDenied without the right on pay. Source: law of 12 April 1965, art. 23, for money advanced (to confirm).
    """

    def act() -> Mapping[str, str]:
        return {"deduction": str(_decide(contract, item, since, reason, per_month, by, at).pk)}

    parameters = {
        "contract": contract.pk, "item": item, "since": str(since), "reason": reason, "per_month": per_month,
    }  # fmt: skip
    done = history.once(
        key=key, by=by, name="payroll.decide_recovery", parameters=parameters, at=at, act=transaction.atomic(act)
    )
    return PayDeduction.objects.get(pk=done["deduction"])


def _decide(
    contract: EmploymentContract,
    item: UUID,
    since: Month,
    reason: str,
    per_month: Decimal | None,
    by: Any,
    at: datetime,
) -> PayDeduction:
    visibility.require(by, Subject.PAY, "w", cooperative=contract.cooperative_id)
    contract = lock_contract(contract.pk)
    refuse_checked(contract, since)
    if not reason.strip():
        raise incomplete(contract=contract, field="reason", remedy=_("Write why it is deducted; the member reads it."))
    ledger.lock_item(item)
    owed = next(
        (one for one in debts.of_person(contract.person, cooperative=contract.cooperative_id) if one.item == item), None
    )
    if owed is None or owed.recovery is not None:
        raise NothingOwed(
            subject=subject_of(contract),
            reason=_("Nothing of this is owed any more, or it is being recovered already."),
            remedy=_("Open the page again: it shows what is owed now."),
        )
    refuse_mixed(contract=contract, since=since, limit=PayDeduction.Limit.ONE_FIFTH)
    made = PayDeduction.objects.create(
        id=uuid4(), contract=contract, kind=PayDeduction.Kind.RECOVERY, amount=owed.amount, valid_from=since.first,
        per_month=per_month, limit=PayDeduction.Limit.ONE_FIFTH, reason=reason.strip(), item_id=item, decided_by=by,
        decided_at=at,
    )  # fmt: skip
    calculate_again(contract, since)
    return made


# --- approval ---------------------------------------------------------------------------------------------------------


def _rows(run: PayrollRun) -> list[tuple[PayDeduction, UUID, Withheld]]:
    """Return what the payslips of a run recover, with the item that it settles, by item."""
    rows = Withheld.objects.filter(payslip__member__run=run, deduction__item__isnull=False)
    return [
        (row.deduction, row.deduction.item_id, row)
        for row in rows.select_related("deduction", "payslip__person").order_by("deduction__item", "pk")
        if row.deduction is not None and row.deduction.item_id is not None
    ]


def refuse_settled(run: PayrollRun) -> None:
    """Refuse a run that recovers more than is owed any more: it was paid back meanwhile. Raises ClaimExhausted."""
    names, asked = [], dict[UUID, Decimal]()
    for recovery, item, row in _rows(run):
        ledger.lock_item(item)
        asked[item] = asked.get(item, ZERO) + row.amount
        if debts.still_owed(recovery, without=run.corrects_id) < asked[item]:
            names.append(str(row.payslip.person))
    if names:
        raise ClaimExhausted(
            subject=_("Payroll of %(month)s") % {"month": formatting.month(run.month)},
            reason=_("More would be recovered of %(names)s than is owed: it was paid back meanwhile.")
            % {"names": ", ".join(dict.fromkeys(names))},
            remedy=_("Return the run; the payroll officer calculates these members again."),
        )


def recovered(payslip: Payslip) -> list[beside_journal.Owed]:
    """Return what a payslip recovers, by the item that it settles; the items stay locked until the transaction ends."""
    found = []
    rows = payslip.withheld.filter(deduction__item__isnull=False).select_related("deduction__item")
    for row in rows.order_by("deduction__item"):
        item = row.deduction.item
        ledger.lock_item(item.pk)
        found.append(beside_journal.Owed(amount=row.amount, party=item.party_id, item=item.pk))
    return found
