"""What stands beside the pay, as pages show it: what is granted and entered, and what is left of claims."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from coop.entities.models import Cooperative
from coop.money import ZERO
from coop.periods import Month
from members.models import EmploymentContract
from payroll import beside_pay
from payroll.beside_models import AllowanceMonth, AllowanceTerms, PayDeduction, WageAttachment, Withheld
from payroll.models import Payslip


@dataclass(frozen=True)
class Overview:
    """What stands beside the pay of a contract in a month; EUR."""

    contract: EmploymentContract
    terms: AllowanceTerms | None
    month: AllowanceMonth | None
    attached: Decimal
    deducted: Decimal


@dataclass(frozen=True)
class Claim:
    """An attachment or a deduction with what was withheld, what is left, and the payslips that withheld; EUR."""

    record: WageAttachment | PayDeduction
    taken: Decimal
    left: Decimal
    parts: Sequence[Withheld]


@dataclass(frozen=True)
class Detail:
    """All that is recorded beside the pay of a contract, and what holds in a month."""

    terms: AllowanceTerms | None
    month: AllowanceMonth | None
    all_terms: Sequence[AllowanceTerms]
    attachments: Sequence[Claim]
    deductions: Sequence[Claim]


def overviews(user: Any, cooperative: Cooperative, month: Month) -> list[Overview]:
    """Return the contracts of a cooperative that hold in a month with what stands beside their pay, by name."""
    contracts = list(
        EmploymentContract.objects.visible_to(user)
        .filter(cooperative=cooperative)
        .overlapping(month.first, month.plus(1).first)
        .select_related("person")
        .order_by("person__sort_name", "worker_number")
    )
    ids = [one.pk for one in contracts]
    terms = {one.contract_id: one for one in AllowanceTerms.objects.filter(contract__in=ids).on(month.first)}
    months = {one.contract_id: one for one in AllowanceMonth.objects.filter(contract__in=ids, month=month.first)}
    attached = _left(WageAttachment.objects.filter(contract__in=ids).on(month.last))
    deducted = _left(PayDeduction.objects.filter(contract__in=ids).on(month.first))
    return [
        Overview(one, terms.get(one.pk), months.get(one.pk), attached.get(one.pk, ZERO), deducted.get(one.pk, ZERO))
        for one in contracts
    ]


def _left(rows: Any) -> dict[UUID, Decimal]:
    """Return what is left of all claims of a contract, by contract."""
    records = list(rows)
    ids = [one.pk for one in records]
    sums, owed = beside_pay.taken(attachments=ids, deductions=ids), _owed(records)
    found: dict[UUID, Decimal] = {}
    for one in records:
        found[one.contract_id] = found.get(one.contract_id, ZERO) + beside_pay.left_of(one, sums, owed)
    return found


def _owed(records: Sequence[WageAttachment | PayDeduction]) -> dict[UUID, Decimal]:
    return beside_pay.owed_of([one for one in records if isinstance(one, PayDeduction)])


def detail(user: Any, contract: EmploymentContract, month: Month) -> Detail:
    """Return all that is recorded beside the pay of a contract, as far as a user sees."""
    terms = list(AllowanceTerms.objects.visible_to(user).filter(contract=contract).order_by("-valid_from"))
    return Detail(
        terms=AllowanceTerms.objects.visible_to(user).filter(contract=contract).on(month.first).first(),
        month=AllowanceMonth.objects.visible_to(user).filter(contract=contract, month=month.first).first(),
        all_terms=terms,
        attachments=_claims(WageAttachment.objects.visible_to(user).filter(contract=contract), "attachment"),
        deductions=_claims(PayDeduction.objects.visible_to(user).filter(contract=contract), "deduction"),
    )


def _claims(rows: Any, name: str) -> list[Claim]:
    records = list(rows.order_by("-valid_from", "pk"))
    counted = Withheld.objects.filter(
        payslip__state=Payslip.State.APPROVED, **{f"{name}__in": [one.pk for one in records]}
    )
    parts: dict[UUID, list[Withheld]] = {}
    for part in counted.select_related("payslip").order_by("payslip__month", "pk"):
        parts.setdefault(getattr(part, f"{name}_id"), []).append(part)
    found, owed = [], _owed(records)
    for one in records:
        mine = parts.get(one.pk, [])
        sums = {one.pk: sum((part.amount for part in mine), ZERO)}
        found.append(Claim(one, sums[one.pk], beside_pay.left_of(one, sums, owed), mine))
    return found


def for_member(user: Any, person: UUID, month: Month) -> list[tuple[EmploymentContract, Detail]]:
    """Return the contracts of a person that hold in a month, with what stands beside their pay."""
    contracts = (
        EmploymentContract.objects.visible_to(user)
        .filter(person=person)
        .overlapping(month.first, month.plus(1).first)
        .select_related("person", "cooperative")
        .order_by("cooperative__name", "valid_from")
    )
    return [(one, detail(user, one, month)) for one in contracts]
