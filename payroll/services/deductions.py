"""Wage attachments and the employer's own deductions: recorded, ended, withheld by payslips, owed to who asked for them."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from coop import formatting
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Party
from coop.errors import Refused
from coop.history import services as history
from coop.ledger import posting
from coop.ledger import services as ledger
from coop.ledger.models import OpenItem
from coop.money import ZERO, exact
from coop.names import sort_name
from coop.periods import Month
from members import services as members
from members.models import EmploymentContract
from payroll import beside_journal, beside_pay, engine, facts
from payroll.beside_models import PayDeduction, WageAttachment, Withheld
from payroll.models import PayrollRun, Payslip
from payroll.services.allowances import calculate_again, refuse_checked, subject_of
from payroll.services.quarters import lock_contract

ATTACHED = "payroll.attachment"
ADVANCE_PAID = "payroll.pay_advance"


class AttachmentHolds(Refused):
    """An attachment was recorded while another one of the same contract still withholds."""


class DeductionIncomplete(Refused):
    """A deduction of the employer, or an attachment, was recorded without what the law or the payment needs."""


class ClaimExhausted(Refused):
    """A run was to be approved whose payslips withhold more than is left of a claim."""


class AttachmentOutdated(Refused):
    """A run was to be approved whose attachments were counted before another payslip of the same month was paid."""


class EndsBeforeItBegins(Refused):
    """An attachment or deduction was to end before it begins, or is ended already."""


# --- attachments ------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_attachment(
    *,
    contract: EmploymentContract,
    kind: str,
    creditor: str,
    iban: str,
    reference: str,
    claim: Decimal,
    children: int,
    valid_from: date,
    by: Any,
) -> WageAttachment:
    """Record an attachment or assignment served on the employer; it withholds from the payslip of that month on.

    ``claim`` is what may be claimed from that day on (EUR), ``children`` those declared for it. One that is paid off ends
    where this begins. Raises AttachmentHolds, AttachmentWithoutScale, DeductionIncomplete, IbanWrong, MonthAlreadyPaid,
    RunSubmitted; PermissionDenied without the right on pay.
    """
    visibility.require(by, Subject.PAY, "w", cooperative=contract.cooperative_id)
    lock_contract(contract.pk)
    month = Month.of(valid_from)
    refuse_checked(contract, month)
    for field, value in (("creditor", creditor), ("reference", reference)):
        if not value.strip():
            raise incomplete(contract=contract, field=field, remedy=_("The attachment cannot be paid without it."))
    if kind == WageAttachment.Kind.ORDINARY:
        _refuse_without_scale(contract, month)
    _end_paid_off(contract, valid_from)
    made = WageAttachment.objects.create(
        contract=contract, kind=kind, creditor=creditor.strip(), iban=members.read_iban(iban),
        reference=reference.strip(), claim=exact(claim), children=children, valid_from=valid_from,
    )  # fmt: skip
    calculate_again(contract, month)
    return made


def incomplete(*, contract: EmploymentContract, field: str, remedy: str) -> DeductionIncomplete:
    """Say that a field that is needed is empty."""
    return DeductionIncomplete(
        subject=subject_of(contract), reason=_("A field that is needed is empty."), remedy=remedy, field=field
    )


def _refuse_without_scale(contract: EmploymentContract, month: Month) -> None:
    try:
        scale = facts.law().on(facts.engine_month(month))
        _known = scale["wage_attachment"]
    except engine.NoLaw as missing:
        raise beside_pay.AttachmentWithoutScale(
            subject=subject_of(contract),
            reason=_(
                "The scale of wage attachments of %(year)s is not confirmed, so nothing can be withheld in %(month)s."
            )
            % {"year": month.year, "month": formatting.month(month)},
            remedy=_("Let it begin in a month whose scale is confirmed; no scale of another year is ever taken."),
            field="valid_from",
        ) from missing


def _end_paid_off(contract: EmploymentContract, first: date) -> None:
    """End an attachment that is paid off where another begins; refuse another one that still holds."""
    holding = list(WageAttachment.objects.filter(contract=contract).overlapping(first, None).order_by("valid_from"))
    sums = beside_pay.taken(attachments=[one.pk for one in holding])
    for one in holding:
        if beside_pay.left_of(one, sums) > ZERO or one.valid_from >= first:
            raise AttachmentHolds(
                subject=subject_of(contract),
                reason=_("The attachment of %(creditor)s already holds from %(day)s on.")
                % {"creditor": one.creditor, "day": formatting.day(one.valid_from)},
                remedy=_(
                    "End it first. Several ordinary creditors are recorded as one claim, paid to the one who shares it "
                    "among them."
                ),
                field="valid_from",
            )
        one.valid_until = first
        one.save(update_fields=["valid_until"])


@transaction.atomic
def end_attachment(*, attachment: WageAttachment, until: date, by: Any) -> WageAttachment:
    """End an attachment: from that day on it withholds nothing. Raises EndsBeforeItBegins, MonthAlreadyPaid, RunSubmitted."""
    contract = lock_contract(attachment.contract_id)
    visibility.require(by, Subject.PAY, "w", cooperative=contract.cooperative_id)
    attachment.refresh_from_db()
    _refuse_end(contract, attachment, until)
    refuse_checked(contract, Month.of(until))
    attachment.valid_until = until
    attachment.save(update_fields=["valid_until"])
    calculate_again(contract, Month.of(until))
    return attachment


def _refuse_end(contract: EmploymentContract, record: WageAttachment | PayDeduction, until: date) -> None:
    if until <= record.valid_from or (record.valid_until is not None and record.valid_until <= until):
        raise EndsBeforeItBegins(
            subject=subject_of(contract),
            reason=_("It begins on %(first)s, or has ended already.") % {"first": formatting.day(record.valid_from)},
            remedy=_("Choose a day after the first one, and before the end that is recorded."),
            field="until",
        )


# --- the employer's own -----------------------------------------------------------------------------------------------


def record_deduction(
    *,
    contract: EmploymentContract,
    kind: str,
    amount: Decimal,
    since: Month,
    reason: str,
    by: Any,
    on: date,
    at: datetime,
    per_month: Decimal | None = None,
    limit: str = PayDeduction.Limit.ONE_FIFTH,
    given: str = "already",
    key: UUID | None = None,
) -> PayDeduction:
    """Record what the employer deducts from a month on, once per key; EUR.

    ``given`` says of an advance whether it was given ``already``, or is ``to_pay``: then it is booked ``on`` that day, what
    the member owes against what is to be paid to them. Raises DeductionIncomplete, LimitsMixed, MonthAlreadyPaid,
    RunSubmitted, PeriodLocked; PermissionDenied without the right on pay.
    """

    def act() -> Mapping[str, str]:
        made = _record_deduction(contract, kind, amount, since, reason, by, on, per_month, limit, given)
        return {"deduction": str(made.pk)}

    parameters = {
        "contract": contract.pk, "kind": kind, "amount": amount, "since": str(since), "reason": reason,
        "per_month": per_month, "limit": limit, "given": given,
    }  # fmt: skip
    done = history.once(
        key=key, by=by, name="payroll.record_deduction", parameters=parameters, at=at, act=transaction.atomic(act)
    )
    return PayDeduction.objects.get(pk=done["deduction"])


def _record_deduction(
    contract: EmploymentContract, kind: str, amount: Decimal, since: Month, reason: str, by: Any, on: date,
    per_month: Decimal | None, limit: str, given: str,
) -> PayDeduction:  # fmt: skip
    visibility.require(by, Subject.PAY, "w", cooperative=contract.cooperative_id)
    contract = lock_contract(contract.pk)
    refuse_checked(contract, since)
    if not reason.strip():
        raise incomplete(contract=contract, field="reason", remedy=_("Write why it is deducted; the member reads it."))
    if limit == PayDeduction.Limit.LEFT and kind != PayDeduction.Kind.DAMAGES:
        raise DeductionIncomplete(
            subject=subject_of(contract),
            reason=_("Only damages are deducted without limit from somebody who left before they were settled."),
            remedy=_("Choose damages, or the limit of one fifth."),
            field="limit",
        )
    if kind == PayDeduction.Kind.RECOVERY:
        raise DeductionIncomplete(
            subject=subject_of(contract),
            reason=_("What was paid too much is recovered from what the books say that the member owes."),
            remedy=_("Decide it under “Paid too much before”, beside the amount that is owed."),
            field="kind",
        )
    refuse_mixed(contract=contract, since=since, limit=limit)
    made = PayDeduction.objects.create(
        id=uuid4(), contract=contract, kind=kind, amount=exact(amount), valid_from=since.first, per_month=per_month,
        limit=limit, reason=reason.strip(),
    )  # fmt: skip
    if kind == PayDeduction.Kind.ADVANCE and given == "to_pay":
        _book_advance(made, by, on)
    calculate_again(contract, since)
    return made


def refuse_mixed(*, contract: EmploymentContract, since: Month, limit: str) -> None:
    """Raise LimitsMixed when something is deducted under another limit from a month on."""
    others = list(PayDeduction.objects.filter(contract=contract).exclude(limit=limit).overlapping(since.first, None))
    sums, owed = beside_pay.taken(deductions=[one.pk for one in others]), beside_pay.owed_of(others)
    if any(beside_pay.left_of(one, sums, owed) > ZERO for one in others):
        raise beside_pay.LimitsMixed(
            subject=subject_of(contract),
            reason=_("Something is already deducted under another limit, and one payment has one limit."),
            remedy=_("End that deduction first, or record this one when it is whole."),
            field="limit",
        )


def _book_advance(advance: PayDeduction, by: Any, on: date) -> None:
    """Book an advance that is still to be paid out: the member owes it, and finds it among what is to be paid."""
    contract = advance.contract
    party = members.party_of(person=contract.person, cooperative=contract.cooperative)
    with translation.override(contract.cooperative.language):
        text = _("Advance on pay, worker %(number)s") % {"number": contract.worker_number}
    OpenItem.objects.create(
        id=advance.pk, cooperative=contract.cooperative, role="member_claims", party=party, source=ADVANCE_PAID,
        reference=f"{on} {contract.worker_number}", issued_on=on, due_on=on, net=advance.amount, gross=advance.amount,
    )  # fmt: skip
    posting.post(
        cooperative=contract.cooperative, journal="OD", on=on, text=text, source=ADVANCE_PAID, source_key=str(advance.pk),
        lines=beside_journal.for_advance(advance.amount, party=party.pk, item=advance.pk), by=by,
    )  # fmt: skip


@transaction.atomic
def end_deduction(*, deduction: PayDeduction, until: Month, by: Any) -> PayDeduction:
    """End a deduction: from that month on nothing more of it is asked. Raises EndsBeforeItBegins, MonthAlreadyPaid."""
    contract = lock_contract(deduction.contract_id)
    visibility.require(by, Subject.PAY, "w", cooperative=contract.cooperative_id)
    deduction.refresh_from_db()
    _refuse_end(contract, deduction, until.first)
    refuse_checked(contract, until)
    deduction.valid_until = until.first
    deduction.save(update_fields=["valid_until"])
    calculate_again(contract, until)
    return deduction


# --- approval ---------------------------------------------------------------------------------------------------------


def refuse_exhausted(run: PayrollRun) -> None:
    """Refuse a run that withholds more than is left, counting what is being posted; the records stay locked meanwhile.

    Raises ClaimExhausted: another run of the same people was approved since the calculation.
    """
    rows = list(
        Withheld.objects.filter(payslip__member__run=run).select_related("payslip__person").order_by("payslip", "pk")
    )
    locked: dict[UUID, WageAttachment | PayDeduction] = {}
    for model, name in ((WageAttachment, "attachment_id"), (PayDeduction, "deduction_id")):
        ids = sorted({pk for row in rows if (pk := getattr(row, name)) is not None})
        found = model.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
        locked |= {one.pk: one for one in found}
    counted = Withheld.objects.filter(
        Q(payslip__state=Payslip.State.APPROVED)
        | Q(payslip__state=Payslip.State.CALCULATED, payslip__member__run__approval_started_at__isnull=False)
        | Q(payslip__member__run=run)
    ).exclude(payslip=run.corrects_id)
    names = []
    for row in rows:
        record = locked[row.attachment_id or row.deduction_id]
        same = counted.filter(attachment=row.attachment_id, deduction=row.deduction_id)
        if beside_pay.left_of(record, {record.pk: same.aggregate(total=Sum("amount"))["total"] or ZERO}) < ZERO:
            names.append(str(row.payslip.person))
    if names:
        raise ClaimExhausted(
            subject=_("Payroll of %(month)s") % {"month": formatting.month(run.month)},
            reason=_(
                "More would be withheld than is left of a claim of %(names)s: another payslip was approved meanwhile."
            )
            % {"names": ", ".join(dict.fromkeys(names))},
            remedy=_("Return the run; the payroll officer calculates these members again."),
        )


def refuse_outdated(run: PayrollRun) -> None:
    """Refuse a run whose attachments would be counted otherwise now: the scale is that of the month. Raises AttachmentOutdated."""
    attached = Payslip.objects.filter(member__run=run, payment_facts__attachment__has_key="kind")
    slips = list(attached.select_related("person").defer("facts", "figures"))
    if not slips:
        return
    now = beside_pay.besides([one.contract_id for one in slips], Month.of(run.month), without=run.corrects_id)
    names = [str(one.person) for one in slips if not _counted_so(one, now[one.contract_id])]
    if names:
        raise AttachmentOutdated(
            subject=_("Payroll of %(month)s") % {"month": formatting.month(run.month)},
            reason=_("The wage attachment of %(names)s was counted before another payslip of the month was approved.")
            % {"names": ", ".join(names)},
            remedy=_("Return the run; the payroll officer calculates these members again."),
        )


def _counted_so(payslip: Payslip, now: beside_pay.Beside | Refused) -> bool:
    if isinstance(now, Refused):
        return False
    told = payslip.payment_facts or {}
    return bool(told.get("attachment") == facts.to_json(now.facts)["attachment"])


def lock_items(payslip: Payslip) -> None:
    """Keep others from paying what a payslip that is corrected withheld for creditors, until the transaction ends."""
    ids = payslip.withheld.filter(attachment__isnull=False).values_list("attachment", flat=True)
    for pk in sorted(ids):
        ledger.lock_item(pk)


def owed(payslip: Payslip, on: date) -> list[beside_journal.Owed]:
    """Return what a payslip withholds for creditors; the open item of an attachment is made with its first payslip.

    The item carries the whole claim; what is open of it is what was withheld and not yet paid on.
    """
    found = []
    for row in payslip.withheld.filter(attachment__isnull=False).select_related("attachment"):
        attachment = row.attachment
        party, _made = Party.objects.get_or_create(
            cooperative=payslip.cooperative, reference=f"{ATTACHED}:{attachment.pk}",
            defaults={"name": attachment.creditor, "sort_name": sort_name(attachment.creditor)},
        )  # fmt: skip
        OpenItem.objects.get_or_create(
            id=attachment.pk,
            defaults={
                "cooperative": payslip.cooperative, "role": "other_social_debts", "party": party, "source": ATTACHED,
                "reference": attachment.reference, "issued_on": on, "net": attachment.claim, "gross": attachment.claim,
            },
        )  # fmt: skip
        found.append(beside_journal.Owed(amount=row.amount, party=party.pk, item=attachment.pk))
    return found
