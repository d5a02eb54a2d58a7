"""What members owe on the account of pay: paid too much, or still to be withheld of a settled quarter. Reads only; EUR."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from coop import formatting
from coop.ledger.models import Line
from coop.money import ZERO
from members.models import Person
from payroll import beside_pay, exceptional
from payroll.beside_models import PayDeduction
from payroll.models import PayrollRun, Payslip, QuarterSettlement


@dataclass(frozen=True)
class Debt:
    """An open item that a member owes on the account of pay, whose it is, what it comes from, how it is recovered."""

    item: UUID
    person: Person
    amount: Decimal
    label: str
    url: str
    recovery: PayDeduction | None


def of_person(person: Person, *, cooperative: UUID) -> list[Debt]:
    """Return what a member owes an employer on the account of pay. The caller has checked who may see it."""
    return of_cooperatives([cooperative], person=person)


def of_cooperatives(cooperatives: Iterable[UUID], *, person: Person | None = None) -> list[Debt]:
    """Return what members owe some employers on the account of pay, by name. The caller has checked who may see it.

    What a payslip or a settled quarter left is known by it; what stood there before the product is not.
    """
    ids = list(cooperatives)
    of = {} if person is None else {"person": person}
    slips = Payslip.objects.filter(cooperative__in=ids, entry__isnull=False, **of).select_related("person")
    of = {} if person is None else {"contract__person": person}
    settled = QuarterSettlement.objects.filter(
        cooperative__in=ids, special_contribution_entry__isnull=False, **of
    ).select_related("contract__person")
    of = {} if person is None else {"corrects__person": person}
    withdrawn = PayrollRun.objects.filter(cooperative__in=ids, withdraws=True, **of).select_related("corrects__person")
    lines = Line.objects.filter(cooperative__in=ids, account__role="net_pay", item__isnull=False)
    left = lines.values_list("item").annotate(total=Sum("amount")).order_by()
    owed: dict[UUID, Decimal] = dict(left.filter(total__gt=ZERO))
    recoveries = {one.item_id: one for one in PayDeduction.objects.filter(item__in=owed, valid_until__isnull=True)}
    found = [
        Debt(
            item=one.pk, person=one.person, amount=owed[one.pk], label=_of_payslip(one),
            url=reverse("payroll:payslip_detail", args=[one.pk]), recovery=recoveries.get(one.pk),
        )
        for one in slips.filter(pk__in=owed).defer("facts", "figures")
    ]  # fmt: skip
    found += [
        Debt(
            item=one.pk, person=one.contract.person, amount=owed[one.pk], label=_of_quarter(one),
            url=reverse("payroll:quarter_detail", args=[one.pk]), recovery=recoveries.get(one.pk),
        )
        for one in settled.filter(pk__in=owed)
    ]  # fmt: skip
    found += [
        Debt(
            item=run.pk, person=run.corrects.person, amount=owed[run.pk], label=_of_payslip(run.corrects),
            url=reverse("payroll:payslip_detail", args=[run.corrects.pk]), recovery=recoveries.get(run.pk),
        )
        for run in withdrawn.filter(pk__in=owed)
        if run.corrects is not None
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.person.sort_name, one.label))


def _of_payslip(payslip: Payslip) -> str:
    if payslip.nature:
        return exceptional.titled(payslip.nature, payslip.month)
    return _("Payslip of %(month)s") % {"month": formatting.month(payslip.month)}


def _of_quarter(settlement: QuarterSettlement) -> str:
    return _("Special contribution of the quarter up to %(month)s") % {"month": formatting.month(settlement.last_month)}


def still_owed(recovery: PayDeduction, *, without: UUID | None = None) -> Decimal:
    """Return what the member still owes of what a recovery recovers; what ``without`` recovered is owed again."""
    return beside_pay.owed_of([recovery], without=without).get(recovery.pk, ZERO)


def undecided(found: Sequence[Debt]) -> list[Debt]:
    """Return the debts of which nobody has decided how they are recovered."""
    return [one for one in found if one.recovery is None]
