"""One list of all that happened to a document: when, who, what. Other packages register what they know of it.

A package that sends documents on (or reminds, or answers) calls ``register`` with a function that takes the document and
returns its happenings; nothing here imports that package.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from coop import formatting
from coop.banking.models import Movement
from coop.clock import BRUSSELS
from coop.documents.models import Document
from coop.ledger.models import Line
from coop.money import ZERO
from invoicing.models import Invoice, InvoiceEvent
from invoicing.services.finishing import DOCUMENT
from invoicing.services.structuring import STRUCTURED


@dataclass(frozen=True)
class Happening:
    """Something that happened to a document: at a moment, or on a day where the hour means nothing.

    ``who`` did it (empty: by itself), ``url`` shows it, ``state`` says whether it is done, awaited or failed.
    """

    title: str
    at: datetime | None = None
    on: date | None = None
    who: str = ""
    detail: str = ""
    url: str = ""
    url_label: str = ""
    state: Literal["done", "waiting", "failed"] = "done"

    @property
    def when(self) -> tuple[date, datetime]:
        """Where it stands in the list: by day, and what has only a day after what has a moment."""
        if self.at is not None:
            return self.at.astimezone(BRUSSELS).date(), self.at
        day = self.on or date.max
        return day, datetime.combine(day, time.max, BRUSSELS)


Source = Callable[[Invoice], Iterable[Happening]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Make a source of happenings known; registering it again changes nothing."""
    if source not in _sources:
        _sources.append(source)


def timeline_of(invoice: Invoice) -> list[Happening]:
    """Return all that is known to have happened to a document that the caller may see, the oldest first."""
    found = [happening for source in (*OWN, *_sources) for happening in source(invoice)]
    return sorted(found, key=lambda one: one.when)


# --- what sales know themselves -----------------------------------------------------------------------------------------


def _events(invoice: Invoice) -> Iterator[Happening]:
    for event in InvoiceEvent.objects.filter(invoice=invoice).select_related("by").order_by("at", "pk"):
        yield Happening(
            title=event.get_kind_display(), at=event.at, who=str(event.by) if event.by else "", detail=event.comment
        )


def _files(invoice: Invoice) -> Iterator[Happening]:
    titles = {DOCUMENT: _("PDF made"), STRUCTURED: _("Structured invoice made")}
    for row in Document.objects.filter(kind__in=titles, subject=invoice.pk).order_by("created_at"):
        if row.state == Document.State.STORED:
            url = reverse("documents:document_download", args=[row.pk])
            yield Happening(title=titles[row.kind], at=row.stored_at, url=url, url_label=row.filename)


def _credit_notes(invoice: Invoice) -> Iterator[Happening]:
    notes = Invoice.objects.filter(credits=invoice).exclude(number="").select_related("issued_by")
    for note in notes.order_by("issued_at"):
        names = {"number": note.number, "amount": formatting.money(note.gross.amount)}
        yield Happening(
            title=_("Credit note %(number)s of %(amount)s") % names, at=note.issued_at, on=note.issued_on,
            who=str(note.issued_by or ""), detail=note.reason, url=reverse("invoicing:invoice_detail", args=[note.pk]),
        )  # fmt: skip


def _money(invoice: Invoice) -> Iterator[Happening]:
    """Yield what was received and given back, and what of it became the activity's to use."""
    movements = Movement.objects.filter(item=invoice.pk).select_related("recorded_by").order_by("booked_on", "pk")
    rows = list(movements)
    shares = dict(
        Line.objects.filter(
            entry__in=[one.entry_id for one in rows], activity=invoice.activity_id, account__role="customers"
        )
        .values_list("entry")
        .annotate(total=Sum("amount"))
    )
    fees = _fees_by_key(invoice)
    for movement in rows:
        yield Happening(
            title=_received(movement),
            on=movement.booked_on,
            who=str(movement.recorded_by or ""),
            detail=movement.reference,
        )
        available = -shares.get(movement.entry_id, ZERO) - fees.get(str(movement.pk), ZERO)
        if available > ZERO:
            yield Happening(
                title=_("Available to the activity: %(amount)s") % {"amount": formatting.money(available)},
                on=movement.booked_on,
            )


def _received(movement: Movement) -> str:
    amount = {"amount": formatting.money(abs(movement.amount))}
    if movement.reverses_id is not None:
        return _("Payment undone: %(amount)s") % amount
    return (_("Paid: %(amount)s") if movement.amount > ZERO else _("Refunded: %(amount)s")) % amount


def _fee_lines(invoice: Invoice) -> list[tuple[date, str, Decimal]]:
    """Return the fee and fund of a document per entry: day, source key, EUR."""
    return list(
        Line.objects.filter(item=invoice.pk, activity=invoice.activity_id, account__role__in=("fee", "fund"))
        .order_by("entry__date", "entry")
        .values_list("entry__date", "entry__source_key")
        .annotate(total=Sum("amount"))
    )


def _fees_by_key(invoice: Invoice) -> dict[str, Decimal]:
    return {key: total for _day, key, total in _fee_lines(invoice)}


def _fee(invoice: Invoice) -> Iterator[Happening]:
    for day, _key, total in _fee_lines(invoice):
        if total > ZERO:
            amount = {"amount": formatting.money(total)}
            yield Happening(title=_("Fee and mutual fund taken: %(amount)s") % amount, on=day)
        elif total < ZERO:
            amount = {"amount": formatting.money(-total)}
            yield Happening(title=_("Fee and mutual fund given back: %(amount)s") % amount, on=day)


OWN: tuple[Source, ...] = (_events, _files, _credit_notes, _money, _fee)
