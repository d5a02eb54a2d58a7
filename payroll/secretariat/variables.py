"""The variables of a month for the social secretariat: who, under which contract, for how long, for how much."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from coop import formatting
from coop.access import visibility
from coop.access.predicates import Subject
from coop.money import cents
from coop.periods import Month
from members.files import mask_niss
from members.models import ContractVersion, EmploymentContract
from payroll import absences, facts, tables, worktime
from payroll.models import PayrollRun, Payslip
from payroll.secretariat.queries import ours_of
from payroll.tables import Cell, Head, Kind, Row, Table

WEEKS_OF_A_MONTH = Decimal(13), Decimal(3)


def variables(run: PayrollRun, user: Any) -> Table:
    """Return the members of a run as the social secretariat needs them, a row per contract, by name.

    Hours of the month are the paid hours of a week × 13 ÷ 3, to the cent of an hour; days are Monday to Friday under the
    contract, as they are without absences. The days and hours of each kind of time, absences among them, stand in columns
    of their own, as far as somebody has them. The pay above the contract is what was ordered beyond the contractual wage.
    National numbers stand whole only for who reads pay unmasked.
    """
    month = Month.of(run.month)
    unmasked = visibility.may(user, Subject.PAY, "r", cooperative=run.cooperative_id)
    members = run.members.select_related("contract__person").order_by("contract__person__sort_name", "pk")
    contracts = [one.contract for one in members]
    payslips = {row.contract_id: row for row in Payslip.objects.filter(member__run=run)}
    bases = facts.bases([one.pk for one in contracts], month)
    versions = {
        row.contract_id: row
        for row in ContractVersion.objects.filter(contract__in=contracts)
        .overlapping(month.first, month.plus(1).first)
        .order_by("valid_from")
    }
    times = {
        one.contract: one.totals
        for one in worktime.month_of(run.cooperative_id, month, contracts=[one.pk for one in contracts])
    }
    kinds = _kinds(times.values())
    rows = [
        _row(
            one, versions.get(one.pk), payslips.get(one.pk), bases[one.pk], _times(times.get(one.pk, ()), kinds),
            month=month, unmasked=unmasked,
        )
        for one in contracts
    ]  # fmt: skip
    heads_ = (*heads(), *_heads_of(kinds))
    return tables.with_totals(_("Variables of the month"), heads_, rows, _("Total"))


KindOfTime = tuple[absences.Kind, bool]


def _kinds(times: Iterable[Sequence[absences.Total]]) -> dict[KindOfTime, absences.Total]:
    """Return the kinds of time that somebody has in the month, paid or not, in their order, each with one of its totals."""
    found = {(one.kind, one.paid): one for totals in times for one in totals}
    order = list(absences.Kind)
    return dict(sorted(found.items(), key=lambda item: (order.index(item[0][0]), not item[0][1])))


def _heads_of(kinds: Mapping[KindOfTime, absences.Total]) -> list[Head]:
    heads = []
    for one in kinds.values():
        heads.append(Head(_("%(kind)s, days") % {"kind": one.label}, Kind.HOURS, one.code))
        heads.append(Head(_("%(kind)s, hours") % {"kind": one.label}, Kind.HOURS, one.code))
    return heads


def _times(totals: Sequence[absences.Total], kinds: Iterable[KindOfTime]) -> list[Cell]:
    mine = {(one.kind, one.paid): one for one in totals}
    cells = []
    for kind in kinds:
        one = mine.get(kind)
        cells += [tables.hours(one.days if one else None), tables.hours(one.hours if one else None)]
    return cells


def heads() -> tuple[Head, ...]:
    """Return the heads of the columns."""
    return (
        Head(_("Worker number")),
        Head(_("Member")),
        Head(_("National number")),
        Head(_("Contract")),
        Head(_("Employed from"), Kind.DAY),
        Head(_("Employed until"), Kind.DAY),
        Head(_("Joint committee")),
        Head(_("Class")),
        Head(_("Contract hours a week"), Kind.HOURS),
        Head(_("Full-time hours a week"), Kind.HOURS),
        Head(_("Days (Monday to Friday)"), Kind.HOURS),
        Head(_("Hours paid in the month"), Kind.HOURS),
        Head(_("Contractual wage"), Kind.AMOUNT),
        Head(_("Pay above the contract"), Kind.AMOUNT),
        Head(_("Gross pay"), Kind.AMOUNT),
    )


def _row(
    contract: EmploymentContract,
    version: ContractVersion | None,
    payslip: Payslip | None,
    basis: facts.Basis | Exception,
    times: Sequence[Cell],
    *,
    month: Month,
    unmasked: bool,
) -> Row:
    person = contract.person
    gross = ours_of(payslip)["gross"].amount if payslip else None
    wage = basis.contract_gross if isinstance(basis, facts.Basis) else None
    above = gross - wage if gross is not None and wage is not None else None
    return Row(
        (
            tables.text(contract.worker_number),
            tables.text(str(person)),
            tables.text(person.niss if unmasked else mask_niss(person.niss)),
            tables.text(str(contract.get_kind_display())),
            tables.day(contract.valid_from),
            tables.day(contract.valid_until - timedelta(days=1) if contract.valid_until else None),
            tables.text(version.joint_committee if version else ""),
            tables.text(version.scale_class if version else ""),
            tables.hours(version.weekly_hours if version else None),
            tables.hours(version.full_time_hours if version else None),
            tables.hours(Decimal(_days(contract, month))),
            tables.hours(_of_month(payslip.hours) if payslip else None),
            Cell(wage, Kind.AMOUNT),
            Cell(above, Kind.AMOUNT),
            Cell(gross, Kind.AMOUNT),
            *times,
        ),
        person=person.pk,
    )


def _days(contract: EmploymentContract, month: Month) -> int:
    """Return the days from Monday to Friday of a month that a contract covers."""
    after = month.plus(1).first
    until = min(after, contract.valid_until or after)
    return facts.working_days(max(month.first, contract.valid_from), until)


def _of_month(weekly: Decimal) -> Decimal:
    weeks, months = WEEKS_OF_A_MONTH
    return cents(weekly * weeks / months)


def subtitle(run: PayrollRun) -> str:
    """Return the line below the title of the file."""
    return f"{run.cooperative.name}, {formatting.month(run.month)}"
