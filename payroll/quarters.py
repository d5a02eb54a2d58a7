"""Settled quarters as pages show them: what each month gave and withheld, what the law says, the correction, who bears it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from coop import formatting
from coop.entities.models import Activity
from coop.ledger import queries as ledger
from coop.ledger import sources
from coop.ledger.models import Entry, Line, OpenItem
from coop.money import ZERO
from coop.periods import Month
from payroll import replay, slips
from payroll.engine.figures import Settlement
from payroll.exceptional import PREMIUMS
from payroll.models import PayrollRun, Payslip, QuarterSettlement

REDUCTION, FIRST_HIRE, SPECIAL = "structural_reduction", "first_hire_reduction", "special_contribution"


def label(last_month: Month) -> str:
    """Return what people call a quarter: its number and its year."""
    names = (
        _("first quarter of %(year)s"),
        _("second quarter of %(year)s"),
        _("third quarter of %(year)s"),
        _("fourth quarter of %(year)s"),
    )
    return names[last_month.quarter - 1] % {"year": last_month.year}


def figures_of(settlement: QuarterSettlement) -> Settlement:
    """Return the stored figures of a settlement, whatever the version of the engine that wrote them."""
    return Settlement.from_json(settlement.figures)


# --- the months of a quarter ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MonthOfQuarter:
    """A month as the settlement counted it: pay (EUR), hours, what it gave and withheld; its payslip where there is one."""

    month: Month
    gross: Decimal
    hours: Decimal
    full_time_hours: Decimal
    reduction: Decimal
    first_hire_reduction: Decimal
    special_contribution: Decimal
    payslip: UUID | None

    @property
    def is_paid(self) -> bool:
        """Tell whether there was employment in it."""
        return self.hours > ZERO


def months_of(settlement: QuarterSettlement) -> list[MonthOfQuarter]:
    """Return the three months from the facts of a settlement; none for one made before facts were kept."""
    if settlement.facts is None:
        return []
    told = replay.quarter_facts_of(settlement.facts, label=settlement.contract.worker_number)
    counted = {Month(one.month.year, one.month.month): one for one in told.months}
    payslips = _payslips(settlement)
    return [
        MonthOfQuarter(
            month, one.gross, one.hours, one.full_time_hours, one.reduction, one.first_hire_reduction,
            one.special_contribution, payslips.get(month),
        )
        for month, one in counted.items()
    ]  # fmt: skip


def _payslips(settlement: QuarterSettlement) -> dict[Month, UUID]:
    """Return the payslips that hold in the quarter, by month."""
    rows = (
        Payslip.objects.paid()
        .ordinary()
        .filter(
            contract=settlement.contract_id,
            month__gte=Month.of(settlement.last_month).plus(-2).first,
            month__lte=settlement.last_month,
        )
    )
    return {Month.of(month): pk for month, pk in rows.values_list("month", "pk")}


def premiums_of(settlement: QuarterSettlement) -> list[Payslip]:
    """Return the premiums paid beside the pay of the quarter, which its pay counts; they stand in its last month worked."""
    last = Month.of(settlement.last_month)
    rows = Payslip.objects.paid().filter(
        contract=settlement.contract_id, nature__in=PREMIUMS, month__gte=last.plus(-2).first, month__lte=last.first
    )
    return list(rows.defer("facts", "figures").order_by("month", "nature"))


# --- explained --------------------------------------------------------------------------------------------------------


def explained(settlement: QuarterSettlement, name: str) -> list[slips.Row]:
    """Return the lines from the quarter's amount of the law to its correction, each with its explanation.

    ``name`` is ``structural_reduction``, ``first_hire_reduction`` or ``special_contribution``; nothing where it was not
    counted.
    """
    found = figures_of(settlement)
    if f"{name}_correction" not in found:
        return []
    of_months = "reduction" if name == REDUCTION else name
    codes = [*(f"quarter_month_{place}.{of_months}" for place in (1, 2, 3)), f"quarter_settled.{of_months}"]
    lines = [(f"{name}_quarter", "", True)]
    lines += [(code, "−", False) for code in codes if code in found]
    return slips.rows_of(found, [*lines, (f"{name}_correction", "=", True)])


# --- what was posted --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Borne:
    """What an activity has of the corrections of a quarter: before a settlement, after it; EUR, positive when it gains."""

    activity: Activity
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        """What the settlement moved."""
        return self.after - self.before


def borne_by(settlement: QuarterSettlement) -> list[Borne]:
    """Return what each activity has of the corrections of the quarter up to a settlement, as it stands in the books."""
    earlier = _of_quarter(settlement).filter(sequence__lt=settlement.sequence)
    before = _shares([one.entry_id for one in earlier])
    change = _shares([settlement.entry_id])
    activities = Activity.objects.filter(pk__in=before.keys() | change.keys()).order_by("code")
    return [
        Borne(one, before.get(one.pk, ZERO), before.get(one.pk, ZERO) + change.get(one.pk, ZERO)) for one in activities
    ]


def _shares(entries: Sequence[int | None]) -> dict[UUID, Decimal]:
    lines = Line.objects.filter(entry__in=[one for one in entries if one], activity__isnull=False)
    sums = lines.values_list("activity").annotate(total=Sum("amount")).order_by()
    return {activity: -total for activity, total in sums if total}


def still_open(settlement: QuarterSettlement) -> Decimal:
    """Return what of the special contribution is not yet paid: above zero the cooperative owes it to the member; EUR."""
    item = OpenItem.objects.filter(pk=settlement.pk).first()
    return -ledger.residual(item) if item is not None else ZERO


def entries_of(settlement: QuarterSettlement) -> list[Entry]:
    """Return the entries that a settlement posted."""
    return [one for one in (settlement.entry, settlement.special_contribution_entry) if one is not None]


# --- finding them -----------------------------------------------------------------------------------------------------


def _of_quarter(settlement: QuarterSettlement) -> QuerySet[QuarterSettlement]:
    return QuarterSettlement.objects.filter(contract=settlement.contract_id, last_month=settlement.last_month)


def others_of(settlement: QuarterSettlement) -> list[QuarterSettlement]:
    """Return the other settlements of the same quarter and contract, the first one first."""
    return list(_of_quarter(settlement).exclude(pk=settlement.pk).order_by("sequence"))


def of_payslip(payslip: Payslip) -> QuarterSettlement | None:
    """Return the last settlement of the quarter of a payslip."""
    month = Month.of(payslip.month)
    last = month.plus(3 - month.place_in_quarter)
    rows = QuarterSettlement.objects.filter(contract=payslip.contract_id, last_month=last.first)
    return rows.order_by("-sequence").first()


def of_run(run: PayrollRun) -> list[QuarterSettlement]:
    """Return the settlements of the quarter that ends with the month of an ordinary run, by name."""
    if run.kind != PayrollRun.Kind.ORDINARY or Month.of(run.month).place_in_quarter != 3:
        return []
    rows = QuarterSettlement.objects.filter(cooperative=run.cooperative_id, last_month=run.month)
    return list(rows.select_related("contract__person").order_by("contract__person__sort_name", "sequence"))


def of_year(user: Any, *, person: UUID, cooperative: UUID, year: int) -> list[QuarterSettlement]:
    """Return the settlements of somebody's quarters of a year that a user sees."""
    rows = QuarterSettlement.objects.visible_to(user).filter(
        contract__person=person, cooperative=cooperative, last_month__year=year
    )
    return list(rows.select_related("contract").order_by("last_month", "contract__worker_number", "sequence"))


# --- from the books ---------------------------------------------------------------------------------------------------


def links(keys: Iterable[str], user: Any) -> dict[str, sources.Link]:
    """Return the links of settlements by the key of their entries; an address only for those who see them."""
    wanted = {key: _read(key) for key in keys}
    rows = QuarterSettlement.objects.visible_to(user).filter(contract__in={one[0] for one in wanted.values()})
    seen = {
        (contract, Month.of(month), sequence): pk
        for pk, contract, month, sequence in rows.values_list("pk", "contract", "last_month", "sequence")
    }
    return {
        key: sources.Link(
            label=_("Settlement of the quarter up to %(month)s") % {"month": formatting.month(found[1])},
            url=reverse("payroll:quarter_detail", args=[seen[found]]) if found in seen else "",
        )
        for key, found in wanted.items()
    }


def _read(key: str) -> tuple[UUID, Month, int]:
    contract, *sequence, month = key.split(":")
    return UUID(contract), Month.parse(month), int(sequence[0]) if sequence else 1
