"""Approved costs against the books, added up by another way than the one that posted them."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from coop.entities.models import Cooperative, NumberSeries
from coop.ledger.models import Line
from coop.money import ZERO
from invoicing.purchases.models import ExpenseNote, State, SupplierInvoice
from invoicing.purchases.services import EXPENSE_NOTE, SUPPLIER_INVOICE

KINDS = ((SupplierInvoice, SUPPLIER_INVOICE, "supplier_invoice"), (ExpenseNote, EXPENSE_NOTE, "expense_note"))


def costs_are_in_the_books(cooperative: Cooperative, at: datetime) -> Iterator[str]:
    """Yield the approved costs whose entry is missing, or credits another debt than their amount including VAT."""
    for model, source, _series in KINDS:
        debts = dict(
            Line.objects.filter(cooperative=cooperative, entry__source=source, item__isnull=False)
            .values_list("entry__source_key")
            .annotate(total=Sum("amount"))
        )
        for cost in model.objects.filter(cooperative=cooperative, state=State.APPROVED).order_by("number"):
            debt = -debts.pop(str(cost.pk), ZERO)
            if debt != cost.gross:
                yield _("cost %(number)s amounts to %(gross)s, its entry to %(debt)s.") % {
                    "number": cost.number, "gross": cost.gross, "debt": debt,
                }  # fmt: skip
        for key in sorted(debts):
            yield _("the entry of cost %(key)s has no approved cost.") % {"key": key}


def numbers_have_no_gap(cooperative: Cooperative, at: datetime) -> Iterator[str]:
    """Yield the series of costs whose counter says another number than there are approved costs in that year."""
    for model, _source, kind in KINDS:
        counts = dict(
            model.objects.filter(cooperative=cooperative, state=State.APPROVED)
            .values_list("booked_on__year")
            .annotate(count=Count("pk"))
        )
        for series in NumberSeries.objects.filter(cooperative=cooperative, kind=kind).order_by("year"):
            count = counts.get(int(series.year), 0) if series.year.isdigit() else series.last_number
            if count != series.last_number:
                yield _("%(series)s: the counter is at %(last)s, there are %(count)s.") % {
                    "series": series, "last": series.last_number, "count": count,
                }  # fmt: skip
