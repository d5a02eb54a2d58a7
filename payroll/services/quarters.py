"""Quarters: what was paid before the product came, and the settlement that ends each quarter."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from coop import formatting
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity, Cooperative
from coop.errors import Refused
from coop.ledger import posting
from coop.ledger import services as ledger
from coop.ledger.models import Entry
from coop.money import ZERO, exact, split
from coop.periods import Month
from members.models import EmploymentContract, Runs
from payroll import engine, exceptional_facts, facts, journal
from payroll.models import EmployerTerms, PayrollRun, Payslip, QuarterOpening, QuarterSettlement
from payroll.services.orders import lock_activities
from payroll.services.targets import refresh_reserve_targets

ADVANCE = "payroll.payslip.advance"
OPENING_ADVANCE = "payroll.opening.advance"
SETTLEMENT = "payroll.quarter.settled"


class MonthAlreadyPaid(Refused):
    """Imported pay of a month contradicts what is already known of it."""


class QuarterNotOver(Refused):
    """A quarter was to be settled before the pay of its last month was approved."""


@transaction.atomic
def record_opening(
    *,
    contract: EmploymentContract,
    month: Month,
    gross: Decimal,
    hours: Decimal,
    full_time_hours: Decimal,
    reduction: Decimal,
    special_contribution: Decimal,
    on: date,
    by: Any,
    end_of_year_base: Decimal | None = None,
    double_holiday_pay: Decimal | None = None,
) -> QuarterOpening:
    """Record the pay of a month that was paid before the cooperative came to the product; EUR. Idempotent.

    A reduction of an unsettled quarter given by a cooperative that advances it is kept out of the free balance from
    ``on``. ``by`` may be empty for imports that have asked for the right themselves. Raises MonthAlreadyPaid.
    """
    if by is not None:
        visibility.require(by, Subject.PAY, "w", cooperative=contract.cooperative_id)
    values = {
        "gross": exact(gross), "hours": hours, "full_time_hours": full_time_hours, "reduction": exact(reduction),
        "special_contribution": exact(special_contribution), "end_of_year_base": end_of_year_base,
        "double_holiday_pay": double_holiday_pay,
    }  # fmt: skip
    opening, created = QuarterOpening.objects.get_or_create(contract=contract, month=month.first, defaults=values)
    paid = Payslip.objects.paid().ordinary().filter(contract=contract, month=month.first).exists()
    if (created and paid) or (not created and any(getattr(opening, name) != value for name, value in values.items())):
        raise MonthAlreadyPaid(
            subject=str(contract.person),
            reason=_("The pay of %(month)s is already known, with other amounts.") % {"month": formatting.month(month)},
            remedy=_("Leave the row out, or correct it to what is recorded."),
            field="month",
        )
    if created:
        _hold_opening(opening, month, on)
        borne = frozenset(activity for activity, _weight in _bearers(contract, max(month.last, on)))
        refresh_reserve_targets(cooperative=contract.cooperative, on=on, activities=borne)
    return opening


def _hold_opening(opening: QuarterOpening, month: Month, on: date) -> None:
    terms = EmployerTerms.objects.filter(cooperative=opening.contract.cooperative).on(month.last).first()
    advanced = terms is not None and terms.reduction_policy == EmployerTerms.ReductionPolicy.ADVANCE
    if not advanced or month.place_in_quarter == 3 or opening.reduction == ZERO:
        return
    if quarter_is_settled(opening.contract_id, month):
        return
    bearers = _bearers(opening.contract, max(month.last, on))
    for activity, part in _shared(opening.reduction, bearers):
        ledger.hold_advance(
            activity=activity, amount=part, source=OPENING_ADVANCE, source_key=str(opening.pk),
            text=_("Structural reduction of %(month)s, quarter not yet settled") % {"month": formatting.month(month)},
            on=on,
        )  # fmt: skip


def _bearers(contract: EmploymentContract, day: date) -> list[tuple[UUID, Decimal]]:
    rows = Runs.objects.filter(person=contract.person_id, activity__cooperative=contract.cooperative_id, weight__gt=0)
    held = rows.on(day) or rows.order_by("-valid_from")[:1]
    return [(row.activity_id, row.weight) for row in sorted(held, key=lambda row: row.activity_id)]


def _shared(amount: Decimal, bearers: list[tuple[UUID, Decimal]]) -> list[tuple[Activity, Decimal]]:
    if not bearers:
        return []
    activities = Activity.objects.in_bulk([pk for pk, _weight in bearers])
    parts = split(amount, [weight for _pk, weight in bearers])
    return [(activities[pk], part) for (pk, _weight), part in zip(bearers, parts, strict=True) if part]


def _last_month(month: Month) -> Month:
    return month.plus(3 - month.place_in_quarter)


def settle_quarter(
    *, cooperative: Cooperative, last_month: Month, on: date, at: datetime, by: Any = None
) -> list[QuarterSettlement]:
    """Settle a quarter of every contract that was paid in it, one transaction each: what the law grants against what was given.

    A correction is posted on the activities, dated ``on``; a correction of zero is recorded and writes no entry. The
    reductions held back are free again. Settling twice changes nothing. Raises QuarterNotOver.
    """
    if by is not None:
        visibility.require(by, Subject.RUNS, "w", cooperative=cooperative.pk)
    if not quarter_is_paid(cooperative, last_month):
        raise QuarterNotOver(
            subject=str(cooperative),
            reason=_("The pay of %(month)s is not approved yet.") % {"month": formatting.month(last_month)},
            remedy=_("Approve the payroll of that month first; the quarter is settled by itself afterwards."),
        )
    contracts = contracts_to_settle(cooperative, last_month)
    return [one for pk in contracts if (one := _settle(pk, last_month, on)) is not None]


def quarter_is_paid(cooperative: Cooperative, last_month: Month) -> bool:
    """Tell whether the last month of a quarter has an approved run, or nobody to pay."""
    runs = PayrollRun.objects.filter(cooperative=cooperative, month=last_month.first, kind=PayrollRun.Kind.ORDINARY)
    if runs.filter(state__in=[PayrollRun.State.APPROVED, PayrollRun.State.CLOSED]).exists():
        return True
    return not facts.contracts_in(cooperative, last_month)


def contracts_to_settle(cooperative: Cooperative, last_month: Month) -> list[UUID]:
    """Return the contracts paid in a quarter that is not yet settled for them."""
    first = last_month.plus(-2).first
    months = {"month__gte": first, "month__lte": last_month.first, "contract__cooperative": cooperative}
    ids = set(Payslip.objects.paid().ordinary().filter(**months).values_list("contract", flat=True))
    ids |= set(QuarterOpening.objects.filter(**months).values_list("contract", flat=True))
    settled = QuarterSettlement.objects.filter(cooperative=cooperative, last_month=last_month.first)
    return sorted(ids - set(settled.values_list("contract", flat=True)))


@transaction.atomic
def _settle(pk: UUID, last_month: Month, on: date) -> QuarterSettlement | None:
    contract = lock_contract(pk)
    if QuarterSettlement.objects.filter(contract=contract, last_month=last_month.first).exists():
        return None
    return _count(contract, last_month, on, [])


def settle_again(contract: EmploymentContract, month: Month, on: date) -> QuarterSettlement | None:
    """Settle a quarter anew after a payslip of it was corrected, if it was settled: another correction of its own.

    The reopened quarter is counted on the payslips that hold now; what its settlements corrected counts as given. Runs in
    the transaction of the caller, who holds the contract (``lock_contract``).
    """
    last_month = _last_month(month)
    earlier = list(QuarterSettlement.objects.filter(contract=contract, last_month=last_month.first))
    return _count(contract, last_month, on, earlier) if earlier else None


def quarter_is_settled(contract: UUID, month: Month) -> bool:
    """Tell whether the quarter of a month is settled for a contract."""
    return QuarterSettlement.objects.filter(contract=contract, last_month=_last_month(month).first).exists()


def lock_contract(pk: UUID) -> EmploymentContract:
    """Lock a contract, before its activities: one settlement of it at a time."""
    contract: EmploymentContract = (
        EmploymentContract.objects.select_for_update(of=("self",), no_key=True)
        .select_related("person", "cooperative")
        .get(pk=pk)
    )
    return contract


def _count(
    contract: EmploymentContract, last_month: Month, on: date, earlier: Sequence[QuarterSettlement]
) -> QuarterSettlement:
    """Count a quarter and record its correction; what settlements corrected ``earlier`` is given with the third month."""
    rows = _paid_rows(contract, last_month)
    months = [facts.paid_month(rows[m]) if m in rows else _unpaid(m) for m in last_month.plus(-2).until(last_month)]
    months = exceptional_facts.with_premiums(contract.pk, months)
    months[-1] = replace(
        months[-1],
        reduction=sum((one.correction for one in earlier), months[-1].reduction),
        special_contribution=sum(
            (one.special_contribution_correction for one in earlier), months[-1].special_contribution
        ),
    )
    basis = facts.basis(contract.pk, max(rows))
    settled = engine.settle_quarter(
        engine.QuarterFacts(
            label=str(contract.person), employer=basis.facts.employer, household_kind=basis.facts.household.kind,
            months=tuple(months),
        ),
        facts.law(),
    )  # fmt: skip
    given = sum((month.reduction for month in months), ZERO)
    correction = settled["structural_reduction_correction"].amount
    lock_activities(frozenset(activity for activity, _weight in basis.bearers))
    for row in rows.values():
        source = ADVANCE if isinstance(row, Payslip) else OPENING_ADVANCE
        ledger.release(source=source, source_key=str(row.pk), on=on)
    sequence = len(earlier) + 1
    return QuarterSettlement.objects.create(
        contract=contract, cooperative=contract.cooperative, last_month=last_month.first, sequence=sequence,
        settled_on=on, figures=settled.to_json(), reduction_given=given, reduction_due=given + correction,
        correction=correction, special_contribution_correction=settled["special_contribution_correction"].amount,
        entry=_post_correction(contract, last_month, sequence, correction, basis, on) if correction else None,
    )  # fmt: skip


def _paid_rows(contract: EmploymentContract, last_month: Month) -> dict[Month, Payslip | QuarterOpening]:
    span = {"contract": contract, "month__gte": last_month.plus(-2).first, "month__lte": last_month.first}
    rows: dict[Month, Payslip | QuarterOpening] = {Month.of(o.month): o for o in QuarterOpening.objects.filter(**span)}
    rows |= {
        Month.of(one.month): one for one in Payslip.objects.paid().ordinary().filter(**span).defer("facts", "figures")
    }
    return rows


def _unpaid(month: Month) -> engine.PaidMonth:
    return engine.PaidMonth(
        month=facts.engine_month(month), gross=ZERO, hours=ZERO, full_time_hours=ZERO, reduction=ZERO,
        special_contribution=ZERO,
    )  # fmt: skip


def _post_correction(
    contract: EmploymentContract, last_month: Month, sequence: int, correction: Decimal, basis: facts.Basis, on: date
) -> Entry:
    with translation.override(contract.cooperative.language):
        text = _("Structural reduction, quarter up to %(month)s settled, worker %(number)s") % {
            "month": formatting.month(last_month),
            "number": contract.worker_number,
        }
    return posting.post(
        cooperative=contract.cooperative, journal="SAL", on=on, text=text, source=SETTLEMENT,
        source_key=f"{contract.pk}:{last_month}" if sequence == 1 else f"{contract.pk}:{sequence}:{last_month}",
        lines=journal.for_settlement(correction, basis.bearers),
    )  # fmt: skip
