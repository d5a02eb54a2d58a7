"""From an accepted quote to drafts of invoices: the whole, deposits, and the final one that takes off what was charged.

A deposit is an invoice of its own, with the VAT of its own date. The final invoice holds all lines of the quote and, for each
invoice before it and each kind of sale, one line of quantity −1 of exactly the net amount charged, which names that invoice
(EN 16931: BT-25 and BT-26; no negative price, BR-27). VAT is computed on what remains, per rate (``invoicing.totals``).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from coop import formatting
from coop.errors import Refused
from coop.history import services as history
from coop.money import ZERO, cents
from invoicing import services as sales
from invoicing.content import DraftContent, DraftLine
from invoicing.models import Invoice
from invoicing.quotes import shares
from invoicing.quotes.charges import TakenOff, charges_of, named, sold_on, taken_off
from invoicing.quotes.limits import AboveQuote
from invoicing.quotes.models import Instalment, Quote, QuoteEvent, QuoteInvoice
from invoicing.quotes.services.rows import locked, record
from invoicing.services import keeping, treating
from invoicing.services.rows import locked as locked_invoice
from invoicing.services.rows import refuse_unless_draft

Part = QuoteInvoice.Part
ONE = Decimal(1)
Lines = Sequence[DraftLine]


class NotAccepted(Refused):
    """A quote is to be invoiced that its customer has not accepted."""


class NothingLeft(Refused):
    """A quote is to be invoiced of which everything is charged."""


class DepositOpen(Refused):
    """A final invoice is wanted while an earlier invoice of the quote is still a draft and has no number to be named by."""


def charge_rest(*, quote_id: UUID, by: Any, at: datetime, key: UUID | None = None) -> Invoice:
    """Draft the invoice of the whole quote, or the final one where something was charged before.

    Raises NotAccepted, NothingLeft, DepositOpen; PermissionDenied without the right on the activity's sales.
    """

    def act() -> Mapping[str, str]:
        quote = _locked_accepted(quote_id, by)
        earlier = [charge for charge in charges_of(quote) if charge.counts]
        for charge in earlier:
            if charge.is_open:
                raise DepositOpen(
                    subject=_("Quote %(number)s") % {"number": quote.number},
                    reason=_("An invoice of %(amount)s made from it is still a draft.")
                    % {"amount": formatting.money(charge.net)},
                    remedy=_("Issue it or delete it first: the final invoice names it by its number."),
                )
        _refuse_nothing_left(quote)
        off = [one for charge in earlier for one in taken_off(charge)]
        lines = [*keeping.draft_lines(quote.lines.order_by("position")), *_taken_off(quote, off)]
        part = Part.FINAL if earlier else Part.WHOLE
        made = _made(quote, lines, part, by=by, at=at, takes_off=[named(charge) for charge in earlier])
        _keep_vat(UUID(made["invoice"]), off)
        return made

    return _once("charge_rest", act, {"quote": quote_id}, by=by, at=at, key=key)


def charge_percent(*, quote_id: UUID, percent: Decimal, by: Any, at: datetime, key: UUID | None = None) -> Invoice:
    """Draft a deposit invoice of a percentage of the quote. Raises NotAccepted, NothingLeft, AboveQuote."""

    def act() -> Mapping[str, str]:
        quote = _locked_accepted(quote_id, by)
        return _deposit(quote, _share(quote, percent), percent, None, by=by, at=at)

    return _once("charge_percent", act, {"quote": quote_id, "percent": percent}, by=by, at=at, key=key)


def charge_amount(*, quote_id: UUID, amount: Decimal, by: Any, at: datetime, key: UUID | None = None) -> Invoice:
    """Draft a deposit invoice of an amount, EUR excluding VAT, shared over what is left of each kind of sale.

    Raises NotAccepted, NothingLeft, AboveQuote.
    """

    def act() -> Mapping[str, str]:
        quote = _locked_accepted(quote_id, by)
        _refuse_nothing_left(quote)
        try:
            parts = shares.by_amount(sold_on(quote), amount)
        except shares.TooMuch as too_much:
            raise _above(quote, amount, too_much.left) from None
        return _deposit(quote, parts, None, None, by=by, at=at)

    return _once("charge_amount", act, {"quote": quote_id, "amount": amount}, by=by, at=at, key=key)


def charge_instalment(*, instalment_id: UUID, by: Any, at: datetime, key: UUID | None = None) -> Invoice:
    """Draft the deposit invoice of an announced instalment, once. Raises NotAccepted, NothingLeft, AboveQuote."""

    def act() -> Mapping[str, str]:
        planned = Instalment.objects.get(pk=instalment_id)
        quote = _locked_accepted(planned.quote_id, by)
        if QuoteInvoice.objects.filter(instalment=planned).exists():
            raise NothingLeft(
                subject=planned.label,
                reason=_("An invoice was already made for this deposit."),
                remedy=_("Open it from the quote; delete its draft to make it anew."),
            )
        return _deposit(quote, _share(quote, planned.percent), planned.percent, planned, by=by, at=at)

    return _once("charge_instalment", act, {"instalment": instalment_id}, by=by, at=at, key=key)


def _once(
    name: str,
    act: Callable[[], Mapping[str, str]],
    parameters: Mapping[str, object],
    *,
    by: Any,
    at: datetime,
    key: UUID | None,
) -> Invoice:
    result = history.once(key=key, by=by, name=f"invoicing.{name}", parameters=parameters, at=at, act=act)
    return Invoice.objects.get(pk=UUID(result["invoice"]))


def _locked_accepted(quote_id: UUID, by: Any) -> Quote:
    quote = locked(quote_id, by)
    if quote.state != Quote.State.ACCEPTED:
        raise NotAccepted(
            subject=_("Quote %(number)s") % {"number": quote.number or "–"},
            reason=_("Its state is “%(state)s”, and only an accepted quote is invoiced.")
            % {"state": quote.get_state_display()},
            remedy=_("Wait for the customer’s answer, or record it if you have it by mail or on paper."),
        )
    return quote


def _refuse_nothing_left(quote: Quote) -> None:
    if shares.left_of(sold_on(quote)) <= ZERO:
        raise NothingLeft(
            subject=_("Quote %(number)s") % {"number": quote.number},
            reason=_("All of it is charged already."),
            remedy=_("Open its invoices from the quote; more work is a new quote or an invoice of its own."),
        )


def _share(quote: Quote, percent: Decimal) -> dict[str, Decimal]:
    _refuse_nothing_left(quote)
    try:
        return shares.by_percent(sold_on(quote), percent)
    except shares.TooMuch as too_much:
        raise _above(quote, cents(quote.net * percent / shares.WHOLE), too_much.left) from None


def _above(quote: Quote, wanted: Decimal, left: Decimal) -> AboveQuote:
    return AboveQuote(
        subject=_("Quote %(number)s") % {"number": quote.number},
        reason=_("A deposit of %(wanted)s is more than the %(left)s that are left of it, excluding VAT.")
        % {"wanted": formatting.money(wanted), "left": formatting.money(left)},
        remedy=_("Ask for less, or make the final invoice."),
        field="size",
    )


def _deposit(
    quote: Quote,
    parts: Mapping[str, Decimal],
    percent: Decimal | None,
    planned: Instalment | None,
    *,
    by: Any,
    at: datetime,
) -> Mapping[str, str]:
    """Draft a deposit invoice with one line per kind of sale."""
    with translation.override(quote.language):
        names = {"number": quote.number, "day": formatting.short_day(quote.sent_on)}
        if percent is None:
            text = _("Deposit on quote %(number)s of %(day)s") % names
        else:
            text = _("Deposit of %(percent)s %% on quote %(number)s of %(day)s") % {
                **names, "percent": formatting.quantity(percent),
            }  # fmt: skip
    text = f"{text}\n{planned.label}" if planned else text
    lines = [_fixed(kind, text, amount) for kind, amount in parts.items()]
    return _made(quote, lines, Part.DEPOSIT, by=by, at=at, planned=planned)


def _fixed(kind: str, text: str, amount: Decimal) -> DraftLine:
    """Return a line of an amount, whose sign is that of the quantity: prices are never below zero."""
    return keeping.line_of(kind, text=text, quantity=ONE if amount >= ZERO else -ONE, price=abs(amount))


def _taken_off(quote: Quote, off: Sequence[TakenOff]) -> list[DraftLine]:
    """Return the lines by which a final invoice takes off what was charged before."""
    lines = []
    with translation.override(quote.language):
        for one in off:
            charge = one.charge
            names = {"number": charge.invoice.number, "day": formatting.short_day(charge.invoice.issued_on)}
            deposit = charge.made.part == Part.DEPOSIT
            text = (
                _("Less deposit invoice %(number)s of %(day)s") if deposit else _("Less invoice %(number)s of %(day)s")
            ) % names
            lines.append(_fixed(one.line.sale, text, -one.net))
    return lines


def _keep_vat(invoice_id: UUID, off: Sequence[TakenOff]) -> None:
    """Give each line that takes something off the VAT that was charged on it, where somebody had set it against the rule."""
    if not any(one.line.is_set for one in off):
        return
    invoice = Invoice.objects.get(pk=invoice_id)
    lines = list(invoice.lines.order_by("position"))
    for line, one in zip(lines[-len(off) :], off, strict=True):
        if one.line.is_set:
            line.operation, line.set_reason = one.line.operation, one.line.set_reason
            line.set_by, line.set_at = one.line.set_by, one.line.set_at
            line.save(update_fields=["operation", "set_reason", "set_by", "set_at"])
    treating.total_anew(invoice, lines)
    invoice.save(update_fields=["net", "vat", "gross"])


def _made(
    quote: Quote, lines: Lines, part: QuoteInvoice.Part, *, by: Any, at: datetime, planned: Instalment | None = None,
    takes_off: Sequence[Mapping[str, str]] = (),
) -> Mapping[str, str]:  # fmt: skip
    """Draft an invoice by the service of all drafts, and keep that it belongs to the quote."""
    content = DraftContent(customer=quote.customer_id, lines=lines, reference=quote.reference, note=_note(quote))
    invoice = sales.create_draft(activity=quote.activity_id, content=content, by=by, at=at)
    QuoteInvoice.objects.create(
        quote=quote, invoice=invoice, part=part, instalment=planned, takes_off=list(takes_off), created_at=at
    )
    record(quote, QuoteEvent.Kind.CHARGED, by=by, at=at, comment=formatting.money(invoice.net.amount))
    return {"invoice": str(invoice.pk)}


def _note(quote: Quote) -> str:
    with translation.override(quote.language):
        names = {
            "number": quote.number,
            "day": formatting.short_day(quote.sent_on),
            "accepted": formatting.short_day(quote.answered_at),
        }
        return _("Our quote %(number)s of %(day)s, accepted on %(accepted)s.") % names


# --- never more than the quote without saying so ----------------------------------------------------------------------


@transaction.atomic
def say_above(*, invoice_id: UUID, reason: str, by: Any, at: datetime) -> Invoice:
    """Say why the draft of an invoice charges more than its quote: the reason is kept, and the customer reads it in its note.

    Raises NotADraft; PermissionDenied without the right on the activity's sales.
    """
    invoice = locked_invoice(invoice_id, by)
    refuse_unless_draft(invoice)
    made = QuoteInvoice.objects.select_for_update(of=("self",)).select_related("quote").get(invoice=invoice)
    with translation.override(made.quote.language):
        names = {"number": made.quote.number, "reason": reason.strip()}
        said = _("More than quote %(number)s: %(reason)s") % names
    made.above_reason = reason.strip()[:200]
    made.save(update_fields=["above_reason"])
    invoice.note = "\n".join(text for text in (invoice.note, said) if text)[:1000]
    invoice.version += 1
    invoice.saved_at, invoice.saved_in = at, None
    invoice.save(update_fields=["note", "version", "saved_at", "saved_in"])
    return invoice
