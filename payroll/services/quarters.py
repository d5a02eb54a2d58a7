"""Quarters: what was paid before the product came, and the settlement that ends each quarter."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Sum
from django.utils import translation
from django.utils.translation import gettext as _

from coop import formatting
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity, Cooperative, Party
from coop.errors import Refused
from coop.ledger import posting
from coop.ledger import services as ledger
from coop.ledger.models import Entry, Line, OpenItem
from coop.money import ZERO, exact, split
from coop.periods import Month
from members.models import EmploymentContract, Person, Runs
from payroll import engine, exceptional_facts, facts, journal
from payroll.models import EmployerTerms, PayrollRun, Payslip, QuarterOpening, QuarterSettlement
from payroll.services.orders import lock_activities
from payroll.services.targets import refresh_reserve_targets

ADVANCE = "payroll.payslip.advance"
OPENING_ADVANCE = "payroll.opening.advance"
SETTLEMENT = "payroll.quarter.settled"
SPECIAL_CONTRIBUTION = "payroll.quarter.special_contribution"


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
    first_hire_reduction: Decimal = ZERO,
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
        "first_hire_reduction": exact(first_hire_reduction),
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
    given = opening.reduction + opening.first_hire_reduction
    advanced = terms is not None and terms.reduction_policy == EmployerTerms.ReductionPolicy.ADVANCE
    if not advanced or month.place_in_quarter == 3 or given == ZERO:
        return
    if quarter_is_settled(opening.contract_id, month):
        return
    bearers = _bearers(opening.contract, max(month.last, on))
    for activity, part in _shared(given, bearers):
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

    A correction of the reduction is posted on the activities, one of the special contribution between social security and
    the member's pay, both dated ``on``; a correction of zero is recorded and writes no entry. The reductions held back are
    free again. Settling twice changes nothing. Raises QuarterNotOver.
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
    """Count a quarter and record its correction; what settlements corrected ``earlier`` counts as given."""
    rows = _paid_rows(contract, last_month)
    months = [facts.paid_month(rows[m]) if m in rows else _unpaid(m) for m in last_month.plus(-2).until(last_month)]
    months = exceptional_facts.with_premiums(contract.pk, months)
    basis = facts.basis(contract.pk, max(rows))
    told = engine.QuarterFacts(
        label=str(contract.person), employer=basis.facts.employer, household_kind=basis.facts.household.kind,
        months=tuple(months), first_hire=basis.facts.first_hire,
        settled_reduction=sum((one.correction for one in earlier), ZERO),
        settled_first_hire_reduction=sum((one.first_hire_correction for one in earlier), ZERO),
        settled_special_contribution=sum((_posted_special(one) for one in earlier), ZERO),
    )  # fmt: skip
    settled = engine.settle_quarter(told, facts.law())
    borne = _borne(earlier)
    lock_activities(frozenset(borne) | {activity for activity, _weight in basis.bearers})
    for row in rows.values():
        source = ADVANCE if isinstance(row, Payslip) else OPENING_ADVANCE
        ledger.release(source=source, source_key=str(row.pk), on=on)
    correction = settled["structural_reduction_correction"].amount
    due = settled["structural_reduction_quarter"].amount
    settlement = QuarterSettlement(
        id=uuid4(), contract=contract, cooperative=contract.cooperative, last_month=last_month.first,
        sequence=len(earlier) + 1, settled_on=on, facts=facts.to_json(told), figures=settled.to_json(),
        engine_version=settled.engine_version, law_digest=settled.law_digest, reduction_given=due - correction,
        reduction_due=due, correction=correction,
        first_hire_correction=journal.amount(settled, "first_hire_reduction_correction"),
        special_contribution_correction=settled["special_contribution_correction"].amount,
    )  # fmt: skip
    settlement.entry = _post_correction(settlement, basis.bearers, borne)
    settlement.special_contribution_entry = _post_special_contribution(settlement)
    settlement.save(force_insert=True)
    return settlement


def _posted_special(settlement: QuarterSettlement) -> Decimal:
    """Return what a settlement withheld beside the payslips; those before facts were kept posted nothing of it."""
    posted = settlement.special_contribution_entry_id is not None
    return settlement.special_contribution_correction if posted else ZERO


def _borne(earlier: Sequence[QuarterSettlement]) -> dict[UUID, Decimal]:
    """Return what each activity has of the corrections of earlier settlements, as it stands in the books; EUR."""
    lines = Line.objects.filter(
        entry__in=[one.entry_id for one in earlier if one.entry_id], account__role="employer_contributions"
    )
    sums = lines.values_list("activity").annotate(total=Sum("amount")).order_by("activity")
    return {activity: -total for activity, total in sums if total}


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
    settlement: QuarterSettlement, bearers: Sequence[tuple[UUID, Decimal]], borne: Mapping[UUID, Decimal]
) -> Entry | None:
    """Post the correction of the reductions; where the quarter is settled anew, on the activities that bear the pay now."""
    lines = journal.for_settlement(settlement.for_activities, bearers, borne)
    if not lines:
        return None
    with translation.override(settlement.cooperative.language):
        text = _("Structural reduction, quarter up to %(month)s settled, worker %(number)s") % _named(settlement)
    return posting.post(
        cooperative=settlement.cooperative, journal="SAL", on=settlement.settled_on, text=text, source=SETTLEMENT,
        source_key=settlement_key(settlement), lines=lines,
    )  # fmt: skip


def _post_special_contribution(settlement: QuarterSettlement) -> Entry | None:
    """Post what the quarter still withholds from the member, or gives back, with an open item that pay settles."""
    correction = settlement.special_contribution_correction
    if correction == ZERO:
        return None
    party = pay_party(cooperative=settlement.cooperative, person=settlement.contract.person)
    with translation.override(settlement.cooperative.language):
        text = _("Special contribution, quarter up to %(month)s settled, worker %(number)s") % _named(settlement)
    OpenItem.objects.create(
        id=settlement.pk, cooperative=settlement.cooperative, role="net_pay", party=party, source=SPECIAL_CONTRIBUTION,
        reference=f"{Month.of(settlement.last_month)} {settlement.contract.worker_number} Q{settlement.sequence}",
        issued_on=settlement.settled_on, due_on=settlement.settled_on, net=-correction, gross=-correction,
    )  # fmt: skip
    return posting.post(
        cooperative=settlement.cooperative, journal="SAL", on=settlement.settled_on, text=text,
        source=SPECIAL_CONTRIBUTION, source_key=settlement_key(settlement),
        lines=journal.for_special_contribution(correction, party=party.pk, item=settlement.pk),
    )  # fmt: skip


def _named(settlement: QuarterSettlement) -> dict[str, str]:
    return {"month": formatting.month(settlement.last_month), "number": settlement.contract.worker_number}


def settlement_key(settlement: QuarterSettlement) -> str:
    """Return the source key of what a settlement posts: contract, perhaps its sequence, last month."""
    parts = [str(settlement.contract_id), str(Month.of(settlement.last_month))]
    if settlement.sequence > 1:
        parts.insert(1, str(settlement.sequence))
    return ":".join(parts)


def pay_party(*, cooperative: Cooperative, person: Person) -> Party:
    """Return the party under which the books of a cooperative hold what somebody is paid."""
    party, _created = Party.objects.get_or_create(
        cooperative=cooperative,
        reference=f"members.person:{person.pk}",
        defaults={"name": str(person), "sort_name": person.sort_name},
    )
    return party
