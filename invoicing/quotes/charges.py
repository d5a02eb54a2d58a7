"""What was charged on a quote so far: its invoices less their credit notes, by what is sold. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from coop.money import ZERO
from invoicing.einvoice.model import Preceding
from invoicing.models import Invoice, InvoiceLine
from invoicing.quotes.models import Quote, QuoteInvoice
from invoicing.quotes.shares import Sold
from invoicing.services import keeping

OPEN = (Invoice.State.DRAFT, Invoice.State.SUBMITTED)
Part = QuoteInvoice.Part


@dataclass(frozen=True)
class Charge:
    """One invoice of a quote, with what was credited of it. EUR excluding VAT, and including it."""

    made: QuoteInvoice
    credited: Decimal = ZERO
    credited_vat: Decimal = ZERO

    @property
    def invoice(self) -> Invoice:
        """The invoice."""
        return self.made.invoice

    @property
    def net(self) -> Decimal:
        """What it charges, excluding VAT, after credits."""
        return Decimal(self.invoice.net.amount) - self.credited

    @property
    def vat(self) -> Decimal:
        """Its VAT, after credits."""
        return Decimal(self.invoice.vat.amount) - self.credited_vat

    @property
    def gross(self) -> Decimal:
        """What it charges, including VAT, after credits."""
        return self.net + self.vat

    @property
    def is_open(self) -> bool:
        """Whether it is still a draft."""
        return self.invoice.state in OPEN

    @property
    def counts(self) -> bool:
        """Whether something of it is still charged."""
        return self.invoice.state != Invoice.State.CREDITED


def charges_of(quote: Quote) -> list[Charge]:
    """Return the invoices of a quote in the order in which they were made."""
    made = list(quote.charges.select_related("invoice__customer", "instalment").order_by("created_at", "pk"))
    credited = {
        row["credits"]: (row["net"] or ZERO, row["vat"] or ZERO)
        for row in Invoice.objects.filter(credits__in=[one.invoice_id for one in made])
        .values("credits")
        .annotate(net=Sum("net"), vat=Sum("vat"))
    }
    return [Charge(one, *credited.get(one.invoice_id, (ZERO, ZERO))) for one in made]


def sold_on(quote: Quote) -> list[Sold]:
    """Return what was agreed and charged of each kind of sale, drafts included, in the order of the quote."""
    agreed = _by_kind(quote.lines.order_by("position"))
    charged = _by_kind(_lines_charged(quote))
    return [Sold(kind, amount, charged.get(kind, ZERO)) for kind, amount in agreed.items()]


def _lines_charged(quote: Quote) -> list[InvoiceLine]:
    """Return the lines of the invoices of a quote, and those of their credit notes with the sign turned."""
    invoices = quote.charges.values("invoice")
    lines = list(InvoiceLine.objects.filter(invoice__in=invoices).order_by("invoice", "position"))
    credits = list(InvoiceLine.objects.filter(invoice__credits__in=invoices))
    for line in credits:
        line.net = -line.net
    return [*lines, *credits]


def _by_kind(lines: Iterable[keeping.Kinded]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for line in lines:
        kind = keeping.kind_of(line)
        sums[kind] = sums.get(kind, ZERO) + keeping.net_of(line)
    return sums


@dataclass(frozen=True)
class TakenOff:
    """What a final invoice takes off of one kind of sale and one VAT of an earlier invoice; ``line`` is the first such line."""

    charge: Charge
    line: InvoiceLine
    net: Decimal


def taken_off(charge: Charge) -> list[TakenOff]:
    """Return what a final invoice takes off for an earlier one: its lines less what was credited of them."""
    lines = list(charge.invoice.lines.order_by("position"))
    nets = dict.fromkeys(((line.sale, line.operation) for line in lines), ZERO)
    for line in lines:
        nets[line.sale, line.operation] += keeping.net_of(line)
    for line in InvoiceLine.objects.filter(invoice__credits=charge.made.invoice_id).select_related("credits"):
        origin = line.credits
        assert origin is not None
        nets[origin.sale, origin.operation] -= keeping.net_of(line)
    first = {(line.sale, line.operation): line for line in reversed(lines)}
    return [TakenOff(charge, first[kind], net) for kind, net in nets.items() if net != ZERO]


def named(charge: Charge) -> dict[str, str]:
    """Return an earlier invoice as the final one keeps it."""
    invoice = charge.invoice
    assert invoice.issued_on is not None
    return {
        "invoice": str(invoice.pk), "number": invoice.number, "on": invoice.issued_on.isoformat(), "net": str(charge.net),
    }  # fmt: skip


def preceding_deposits(invoice: Invoice) -> Sequence[Preceding]:
    """Return the invoices that a final invoice takes off, for the structured invoice (BG-3: BT-25 and BT-26)."""
    found = QuoteInvoice.objects.filter(invoice=invoice.pk, part=Part.FINAL).first()
    if found is None:
        return ()
    return [Preceding(row["number"], date.fromisoformat(row["on"])) for row in found.takes_off]
