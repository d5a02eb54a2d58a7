"""Questions about costs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from coop.access import visibility
from coop.access.predicates import Subject
from coop.documents.models import Document
from coop.entities.models import Activity, Cooperative
from coop.ledger import queries as ledger
from coop.money import ZERO
from invoicing.purchases.models import ExpenseNote, KilometreRate, State, SupplierInvoice
from members.models import Person, Runs

RECEIPT = "receipt"
AnyCost = SupplierInvoice | ExpenseNote


def supplier_invoices(user: Any) -> QuerySet[SupplierInvoice]:
    """Return the supplier invoices that a user may see, the newest first."""
    rows: QuerySet[SupplierInvoice] = SupplierInvoice.objects.visible_to(user)
    return rows.select_related("activity", "cooperative", "supplier").order_by("-dated_on", "-created_at")


def expense_notes(user: Any) -> QuerySet[ExpenseNote]:
    """Return the expense notes that a user may see, the newest first."""
    rows: QuerySet[ExpenseNote] = ExpenseNote.objects.visible_to(user)
    return rows.select_related("activity", "cooperative", "claimant").order_by("-created_at")


@dataclass(frozen=True)
class Paid:
    """What the books say of an approved cost: still open, EUR."""

    open_amount: Decimal

    @property
    def paid(self) -> bool:
        """Whether nothing is open."""
        return self.open_amount == ZERO


def payment_states(costs: Iterable[AnyCost]) -> dict[UUID, Paid]:
    """Return what is still open of the approved ones of some costs, in one query."""
    approved = [cost.pk for cost in costs if cost.state == State.APPROVED]
    left = ledger.residuals(approved)
    return {pk: Paid(-left.get(pk, ZERO)) for pk in approved}


def waiting(user: Any) -> tuple[int, int]:
    """Return how many expense notes and how many supplier invoices wait for this user's decision; never their own."""
    reach = visibility.reach(user, Subject.PURCHASES, "x") & Q(state=State.SUBMITTED)
    foreign = reach & ~Q(submitted_by=user) & ~Q(created_by=user)
    notes = ExpenseNote.objects.filter(foreign).exclude(claimant__user=user).count()
    return notes, SupplierInvoice.objects.filter(foreign).count()


def receipts_of(cost: AnyCost) -> list[Document]:
    """Return the files kept for a cost, in the order in which they came. The caller checks who may see the cost."""
    return list(Document.objects.filter(kind=RECEIPT, subject=cost.pk).order_by("created_at", "pk"))


def may_see_receipt(document: Document, user: Any) -> bool:
    """Tell whether a user may see a receipt: those who may see its cost."""
    return any(
        model.objects.visible_to(user).filter(pk=document.subject).exists() for model in (SupplierInvoice, ExpenseNote)
    )


def kilometre_rate(cooperative: Cooperative, day: date) -> KilometreRate | None:
    """Return what a cooperative pays per kilometre on a day, or None when it has not said so."""
    rate: KilometreRate | None = KilometreRate.objects.filter(cooperative=cooperative).on(day).first()
    return rate


def activities_to_spend_for(user: Any) -> QuerySet[Activity]:
    """Return the activities for which a user may enter costs."""
    access = visibility.access_of(user)
    own = Activity.objects.filter(pk__in=access.activities_with(Subject.PURCHASES, "w"))
    all_of = Activity.objects.filter(cooperative__in=access.cooperatives_with(Subject.PURCHASES, "w"))
    return (own | all_of).exclude(kind=Activity.Kind.FUND).select_related("cooperative").order_by("cooperative", "code")


def claimants(activity: Activity, user: Any, on: date) -> QuerySet[Person]:
    """Return for whom a user may enter an expense note: oneself; for those with the right on the cooperative, who runs it."""
    people = Person.objects.filter(pk__in=Runs.objects.filter(activity=activity).on(on).values("person"))
    people = people.order_by("sort_name")
    if visibility.may(user, Subject.PURCHASES, "w", cooperative=activity.cooperative_id):
        return people
    return people.filter(user=user)


def totals(costs: QuerySet[Any]) -> Decimal:
    """Return the sum including VAT of some costs."""
    total: Decimal | None = costs.aggregate(total=Sum("gross"))["total"]
    return total or ZERO
