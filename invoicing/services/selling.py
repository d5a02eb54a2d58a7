"""Say what an activity sells by default, and what holds for it that changes its VAT."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity
from coop.errors import Refused
from invoicing.models import SalesDefaults, SellerFact
from invoicing.vat import sales


class FactWrong(Refused):
    """A fact of a seller is not known, has no evidence, or holds already on the day."""


@transaction.atomic
def set_sales_defaults(*, activity: UUID, sale: str, payment_days: int, note: str, by: Any) -> SalesDefaults:
    """Set what new invoices of an activity begin with. Raises SoldUnknown; PermissionDenied without the right on its sales."""
    owner = Activity.objects.select_for_update(no_key=True).get(pk=activity)
    visibility.require(by, Subject.SALES, "w", activity=owner.pk, cooperative=owner.cooperative_id)
    sales.known(sale)
    found, _new = SalesDefaults.objects.update_or_create(
        activity=owner, defaults={"sale": sale, "payment_days": payment_days, "note": note}
    )
    return found


@transaction.atomic
def record_seller_fact(
    *, activity: UUID, fact: str, evidence: str, valid_from: date, by: Any, at: datetime
) -> SellerFact:
    """Record what holds for an activity (of COOP: for the whole cooperative) from a day on, with its evidence.

    Drafts follow it when they are saved or issued; issued documents do not change. Raises FactWrong; PermissionDenied but for
    who sets the policies of the cooperative.
    """
    owner = Activity.objects.select_for_update(no_key=True).get(pk=activity)
    visibility.require(by, Subject.POLICIES, "w", cooperative=owner.cooperative_id)
    if fact not in sales.FACTS or not evidence.strip():
        raise FactWrong(
            subject=str(owner),
            reason=_("It is not said what holds, or on which evidence."),
            remedy=_("Choose what holds, and name the decision or the certificate."),
            field="evidence" if fact in sales.FACTS else "fact",
        )
    if SellerFact.objects.filter(activity=owner, fact=fact).overlapping(valid_from, None).exists():
        raise FactWrong(
            subject=str(sales.FACTS[fact]),
            reason=_("It is recorded already for this activity, from that day or a later one."),
            remedy=_("End the earlier one first, or choose a day after its end."),
            field="valid_from",
        )
    return SellerFact.objects.create(
        activity=owner, fact=fact, evidence=evidence.strip(), valid_from=valid_from, recorded_by=by, recorded_at=at
    )


@transaction.atomic
def end_seller_fact(*, fact: UUID, on: date, by: Any) -> SellerFact:
    """Let a fact hold no longer from a day on. Raises FactWrong for a day that is not after its first, or after its end."""
    row: SellerFact = SellerFact.objects.select_for_update(of=("self",)).select_related("activity").get(pk=fact)
    visibility.require(by, Subject.POLICIES, "w", cooperative=row.activity.cooperative_id)
    if on <= row.valid_from or (row.valid_until is not None and on > row.valid_until):
        raise FactWrong(
            subject=str(sales.FACTS.get(row.fact, row.fact)),
            reason=_("It does not hold on the day before."),
            remedy=_("Choose a day after its first and not after its last."),
            field="on",
        )
    row.valid_until = on
    row.save(update_fields=["valid_until"])
    return row
