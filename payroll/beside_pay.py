"""The bridge from the records to the payment: what stands between the net of a contract and month and what is paid.

Reads, and asks the engine; decides nothing itself. EUR. Source of each limit and order: ``payroll/engine/paying.py``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from coop import formatting
from coop.errors import Refused
from coop.ledger import queries as ledger
from coop.money import ZERO
from coop.periods import Month
from members.models import EmploymentContract
from payroll import engine, journal
from payroll.beside_models import AllowanceMonth, AllowanceTerms, PayDeduction, WageAttachment, Withheld
from payroll.engine.figures import Explained
from payroll.facts import Basis, engine_month, fact_refusal, law
from payroll.models import Payslip

Slip = TypeVar("Slip", bound=Explained)

ABOVE_CAP = frozenset(
    {
        "own_car_above_cap", "bicycle_above_cap", "home_working_above_cap", "meal_voucher_employer_above_cap",
        "meal_voucher_worker_below_minimum", "meal_voucher_face_above_cap",
    }
)  # fmt: skip
"""Findings that say that an allowance, or a part of it, would be pay."""


class AttachmentWithoutScale(Refused):
    """A wage attachment holds in a month for which no scale is confirmed."""


class LimitsMixed(Refused):
    """Deductions within one fifth and without limit were asked of one payment."""


class AllowanceRefused(Refused):
    """What stands beside the pay cannot be true."""


@dataclass(frozen=True)
class Asked:
    """A deduction of the employer, with what is asked of it in the month and what is left in all; EUR."""

    deduction: PayDeduction
    amount: Decimal


@dataclass(frozen=True)
class Beside:
    """What stands beside the pay of one contract and month: what the engine is told, and the records that it comes from."""

    facts: engine.PaymentFacts
    attachment: WageAttachment | None = None
    asked: tuple[Asked, ...] = ()

    def of_exceptional_payment(self) -> "Beside | None":
        """Return what is withheld from a payment beside the month's pay: what a creditor attached, or nothing.

        An attachment takes all pay of a calendar month together (Judicial Code, art. 1409); allowances, vouchers and the
        employer's own deductions are those of the month's pay.
        """
        if self.attachment is None:
            return None
        none = engine.Deductions(advance=ZERO, fine=ZERO, damages=ZERO, guarantee=ZERO, limit="one_fifth")
        facts = replace(self.facts, deductions=none, own_car=None, bicycle=None, home_working=ZERO, meal_vouchers=None)
        return Beside(facts, self.attachment)


@dataclass(frozen=True)
class _Records:
    """The rows that are read at once for many contracts."""

    terms: Mapping[UUID, AllowanceTerms]
    months: Mapping[UUID, AllowanceMonth]
    attachments: Mapping[UUID, WageAttachment]
    deductions: Mapping[UUID, Sequence[PayDeduction]]
    taken: Mapping[UUID, Decimal]
    owed: Mapping[UUID, Decimal]
    earlier: Mapping[tuple[UUID, UUID], tuple[Decimal, Decimal]]


def besides(contracts: Iterable[UUID], month: Month, *, without: UUID | None = None) -> dict[UUID, Beside | Refused]:
    """Return, per contract, what stands beside its pay of a month, or why it cannot.

    ``without`` is a payslip that is being corrected: what it withheld is left again, and it was not paid earlier.
    The number of queries does not depend on the number of contracts.
    """
    found = {one.pk: one for one in EmploymentContract.objects.filter(pk__in=list(contracts)).select_related("person")}
    records = _read(list(found.values()), month, without)
    result: dict[UUID, Beside | Refused] = {}
    for pk, contract in found.items():
        try:
            result[pk] = _beside(contract, month, records)
        except Refused as refused:
            result[pk] = refused
    return result


def beside(contract: UUID, month: Month, *, without: UUID | None = None) -> Beside:
    """Return what stands beside the pay of one contract and month. Raises Refused."""
    found = besides([contract], month, without=without)[contract]
    if isinstance(found, Refused):
        raise found
    return found


def _read(contracts: Sequence[EmploymentContract], month: Month, without: UUID | None) -> _Records:
    ids = [one.pk for one in contracts]
    attachments = {one.contract_id: one for one in WageAttachment.objects.filter(contract__in=ids).on(month.last)}
    deductions: dict[UUID, list[PayDeduction]] = {}
    for row in PayDeduction.objects.filter(contract__in=ids).on(month.first).order_by("valid_from", "pk"):
        deductions.setdefault(row.contract_id, []).append(row)
    return _Records(
        terms={one.contract_id: one for one in AllowanceTerms.objects.filter(contract__in=ids).on(month.first)},
        months={one.contract_id: one for one in AllowanceMonth.objects.filter(contract__in=ids, month=month.first)},
        attachments=attachments,
        deductions=deductions,
        taken=taken(
            attachments=[one.pk for one in attachments.values()],
            deductions=[one.pk for rows in deductions.values() for one in rows],
            without=without,
        ),
        owed=owed_of([one for rows in deductions.values() for one in rows], without=without),
        earlier=_earlier([one for one in contracts if one.pk in attachments], month, without),
    )


def taken(
    *, attachments: Iterable[UUID] = (), deductions: Iterable[UUID] = (), without: UUID | None = None
) -> dict[UUID, Decimal]:
    """Return what the payslips that count have withheld, by attachment or deduction; EUR."""
    counted = Withheld.objects.filter(payslip__state=Payslip.State.APPROVED).exclude(payslip=without)
    found: dict[UUID, Decimal] = {}
    for name, ids in (("attachment", list(attachments)), ("deduction", list(deductions))):
        if ids:
            found |= dict(
                counted.filter(**{f"{name}__in": ids}).values_list(name).annotate(total=Sum("amount")).order_by()
            )
    return found


def owed_of(rows: Iterable[PayDeduction], *, without: UUID | None = None) -> dict[UUID, Decimal]:
    """Return what the member still owes of what each recovery recovers; EUR, never below zero.

    What the payslip ``without`` recovered is owed again, for it is being reversed.
    """
    items = {one.pk: one.item_id for one in rows if one.item_id is not None}
    if not items:
        return {}
    left = ledger.residuals([pk for pk in items.values() if pk is not None])
    given = Withheld.objects.filter(
        deduction__in=items, payslip=without, payslip__state=Payslip.State.APPROVED
    ).values_list("deduction", "amount")
    again: dict[UUID, Decimal] = dict(given) if without is not None else {}
    return {pk: max(ZERO, left.get(item, ZERO) + again.get(pk, ZERO)) for pk, item in items.items() if item is not None}


def _earlier(
    contracts: Sequence[EmploymentContract], month: Month, without: UUID | None
) -> dict[tuple[UUID, UUID], tuple[Decimal, Decimal]]:
    """Return net and attached of what was already paid to a person in the month, for the scale is that of the month."""
    if not contracts:
        return {}
    people = {one.person_id for one in contracts}
    rows = Payslip.objects.paid().filter(person__in=people, month=month.first).exclude(pk__in=[without])
    nets = {
        (person, cooperative): total
        for person, cooperative, total in rows.values_list("person", "cooperative")
        .annotate(total=Sum("net"))
        .order_by()
    }
    attached = {
        (person, cooperative): total
        for person, cooperative, total in Withheld.objects.filter(payslip__in=rows, attachment__isnull=False)
        .values_list("payslip__person", "payslip__cooperative")
        .annotate(total=Sum("amount"))
        .order_by()
    }
    return {key: (net, attached.get(key, ZERO)) for key, net in nets.items()}


def _beside(contract: EmploymentContract, month: Month, records: _Records) -> Beside:
    asked = tuple(_asked(records.deductions.get(contract.pk, ()), records.taken, records.owed))
    attachment = records.attachments.get(contract.pk)
    if attachment is not None and left_of(attachment, records.taken) <= ZERO:
        attachment = None
    try:
        facts = engine.PaymentFacts(
            label=str(contract.person),
            month=engine_month(month),
            deductions=_deductions(contract, asked),
            attachment=_attachment(contract, attachment, records),
            **_allowances(records.terms.get(contract.pk), records.months.get(contract.pk)),
        )
    except engine.FactError as error:
        raise allowance_refusal(error) from error
    return Beside(facts, attachment, asked)


def left_of(
    record: WageAttachment | PayDeduction, taken_of: Mapping[UUID, Decimal], owed: Mapping[UUID, Decimal] | None = None
) -> Decimal:
    """Return what is left of a claim or of a deduction after what was withheld; EUR.

    ``owed`` (``owed_of``) says what the member still owes of what a recovery recovers: no more than that is left of it.
    """
    whole: Decimal = record.claim if isinstance(record, WageAttachment) else record.amount
    left = whole - taken_of.get(record.pk, ZERO)
    return min(left, (owed or {}).get(record.pk, left))


def _asked(
    rows: Sequence[PayDeduction], taken_of: Mapping[UUID, Decimal], owed: Mapping[UUID, Decimal]
) -> Iterator[Asked]:
    """Yield what each deduction asks; of recoveries of the same debt the older one first, together what is owed."""
    recovered: dict[UUID, Decimal] = {}
    for row in rows:
        left = left_of(row, taken_of, owed)
        if row.item_id is not None:
            left = min(left, owed.get(row.pk, ZERO) - recovered.get(row.item_id, ZERO))
        amount = left if row.per_month is None else min(left, row.per_month)
        if amount > ZERO:
            if row.item_id is not None:
                recovered[row.item_id] = recovered.get(row.item_id, ZERO) + amount
            yield Asked(row, amount)


def _deductions(contract: EmploymentContract, asked: Sequence[Asked]) -> engine.Deductions:
    limits = {one.deduction.limit for one in asked}
    if len(limits) > 1:
        raise LimitsMixed(
            subject=str(contract.person),
            reason=_("Deductions within one fifth and a deduction without limit are asked of the same payment."),
            remedy=_("End one of them, or let it begin in a later month."),
        )
    sums = dict.fromkeys(PayDeduction.Kind.values, ZERO)
    for one in asked:
        sums[one.deduction.kind] += one.amount
    limit = next(iter(limits), PayDeduction.Limit.ONE_FIFTH.value)
    return engine.Deductions(**sums, limit=cast(Any, str(limit)))


def _attachment(
    contract: EmploymentContract, attachment: WageAttachment | None, records: _Records
) -> engine.Attachment | None:
    if attachment is None:
        return None
    pay, attached = records.earlier.get((contract.person_id, contract.cooperative_id), (ZERO, ZERO))
    return engine.Attachment(
        kind=cast(Any, attachment.kind),
        claim=left_of(attachment, records.taken),
        children=attachment.children,
        earlier_pay=max(pay, attached),
        earlier_attached=attached,
    )


def _allowances(terms: AllowanceTerms | None, month: AllowanceMonth | None) -> dict[str, Any]:
    """Return the allowances of a month: what was granted, times what was entered; nothing entered gives nothing."""
    car = bike = vouchers = None
    if terms is not None and month is not None:
        if terms.car_rate is not None and month.kilometres:
            car = engine.OwnCar(kilometres=month.kilometres, rate=terms.car_rate, index=cast(Any, terms.car_index))
        if terms.bicycle_rate is not None and terms.bicycle_kilometres is not None and month.bicycle_days:
            bike = engine.Bicycle(
                days=month.bicycle_days, kilometres_per_day=terms.bicycle_kilometres, rate=terms.bicycle_rate
            )
        if terms.voucher_employer is not None and terms.voucher_worker is not None and month.vouchers:
            vouchers = engine.MealVouchers(
                number=month.vouchers, employer_share=terms.voucher_employer, worker_share=terms.voucher_worker
            )
    return {
        "own_car": car,
        "bicycle": bike,
        "home_working": terms.home_working if terms is not None else ZERO,
        "meal_vouchers": vouchers,
    }


def allowance_refusal(error: engine.FactError) -> Refused:
    """Say which fact of the payment the engine refuses, and whose."""
    if isinstance(error, engine.UnknownJointCommittee):
        return fact_refusal(error)
    return AllowanceRefused(
        subject=error.label,
        reason=_("A fact that the payment rests on is missing or impossible: %(fact)s.") % {"fact": error.fact},
        remedy=_("Correct the allowances and deductions of this member, then calculate again."),
    )


# --- the engine -------------------------------------------------------------------------------------------------------


def paid(found: Beside, slip: Slip) -> Slip:
    """Carry a payslip from its net to the amount to pay. Raises AttachmentWithoutScale."""
    try:
        return engine.payment(found.facts, slip, law())
    except engine.NoLaw as missing:
        month = Month(found.facts.month.year, found.facts.month.month)
        raise AttachmentWithoutScale(
            subject=found.facts.label,
            reason=_("A wage attachment holds, but no scale of attachments is confirmed for %(month)s.")
            % {"month": formatting.month(month)},
            remedy=_(
                "Let the attachment begin in a month with a confirmed scale, or wait until the scale is delivered; no "
                "scale of another year is ever taken."
            ),
        ) from missing
    except engine.FactError as error:
        raise allowance_refusal(error) from error


def estimate(basis: Basis, slip: Slip, month: Month) -> Slip:
    """Carry an estimated payslip to the amount to pay, with what is recorded now. Raises Refused."""
    return paid(beside(basis.contract.pk, month), slip)


def withheld(found: Beside, slip: Explained) -> list[Withheld]:
    """Return what a payslip withholds, by record, the oldest deduction of a kind first; not saved, without payslip."""
    rows = []
    attached = journal.amount(slip, "deduction.attachment")
    if found.attachment is not None and attached:
        rows.append(Withheld(attachment=found.attachment, amount=attached))
    room = {kind: journal.amount(slip, f"deduction.{kind}") for kind in PayDeduction.Kind.values}
    for one in found.asked:
        part = min(one.amount, room[one.deduction.kind])
        if part:
            room[one.deduction.kind] -= part
            rows.append(Withheld(deduction=one.deduction, amount=part))
    return rows


def law_of_rates(month: Month) -> Mapping[str, Decimal]:
    """Return the highest rates and amounts that are no pay in a month, by name; those without law are left out."""
    caps = {
        "car_quarterly": ("own_car_km", "per_km"), "car_yearly": ("own_car_km_year", "per_km"),
        "bicycle": ("bicycle", "per_km"), "home_working": ("home_working", "month"),
        "voucher_employer": ("meal_voucher", "employer"), "voucher_face": ("meal_voucher", "face"),
        "voucher_worker": ("meal_voucher", "worker"),
    }  # fmt: skip
    found: dict[str, Decimal] = {}
    try:
        values = law().on(engine_month(month))
    except engine.NoLaw:
        return found
    for name, (subject, key) in caps.items():
        try:
            found[name] = values[subject][key].value
        except engine.NoLaw:
            continue
    return found
