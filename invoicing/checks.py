"""Checks of the books from the side of sales: what was issued against what was posted and numbered."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from coop.entities.models import Cooperative, FiscalYear, NumberSeries
from coop.ledger.models import Line
from coop.money import ZERO
from invoicing.models import Invoice
from invoicing.queries import RECEIVABLES
from invoicing.services import CREDITED, ISSUED

SIGNS = {Invoice.Kind.INVOICE: 1, Invoice.Kind.CREDIT_NOTE: -1}


def documents_are_posted(cooperative: Cooperative, at: datetime) -> Iterator[str]:
    """Each issued document stands in the books with its amount including VAT, and nothing else does."""
    posted = dict(
        Line.objects.filter(
            cooperative=cooperative, entry__source__in=[ISSUED, CREDITED], account__role__in=RECEIVABLES
        )
        .order_by()
        .values_list("entry__source_key")
        .annotate(total=Sum("amount"))
    )
    issued = Invoice.objects.filter(cooperative=cooperative, number__gt="").order_by("issued_on", "number")
    for pk, kind, number, gross in issued.values_list("pk", "kind", "number", "gross"):
        amount, booked = SIGNS[Invoice.Kind(kind)] * gross, posted.pop(str(pk), ZERO)
        if booked != amount:
            yield _("document %(number)s is worth %(amount)s, but %(booked)s stands in the books.") % {
                "number": number,
                "amount": amount,
                "booked": booked,
            }
    for key, booked in sorted(posted.items()):
        yield _("%(booked)s is posted for document %(key)s, which was never issued.") % {"booked": booked, "key": key}


def numbers_are_used_once(cooperative: Cooperative, at: datetime) -> Iterator[str]:
    """Each series of documents has handed out as many numbers as documents carry."""
    years = {year.name: year for year in FiscalYear.objects.filter(cooperative=cooperative)}
    own = set(
        NumberSeries.objects.filter(cooperative=cooperative, kind__in=SIGNS, activity__isnull=False).values_list(
            "kind", "year", "activity"
        )
    )
    for series in NumberSeries.objects.filter(cooperative=cooperative, kind__in=SIGNS).order_by("year", "kind"):
        year = years[series.year]
        documents = Q(issued_on__range=(year.first_day, year.last_day), origin=Invoice.Origin.HERE, number__gt="")
        of_others = [activity for kind, name, activity in own if (kind, name) == (series.kind, series.year)]
        scope = Q(activity=series.activity_id) if series.activity_id else ~Q(activity__in=of_others)
        used = Invoice.objects.filter(documents & scope, cooperative=cooperative, kind=series.kind).aggregate(
            count=Count("number", distinct=True)
        )["count"]
        if used != series.last_number:
            yield _("series %(kind)s %(year)s has handed out %(last)s numbers, but %(used)s documents carry one.") % {
                "kind": series.kind,
                "year": series.year,
                "last": series.last_number,
                "used": used,
            }
