"""Issue credit notes: never more than is left, at the original rates."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities import queries as entities
from coop.entities.fees import NO_TERMS, Terms
from coop.entities.models import PeriodLock
from coop.errors import Refused
from coop.history import services as history
from coop.ledger import services as books
from coop.money import ZERO
from invoicing import crediting, totals, vat
from invoicing.content import CreditLine
from invoicing.models import Invoice, InvoiceEvent, InvoiceLine
from invoicing.services import copying, finishing, issuing, rows, structuring


class CreditAboveInvoice(Refused):
    """A credit note asks for more than is left of a line of its invoice."""


class NotCreditable(Refused):
    """Something else than an issued invoice was to be credited, or on a day before it was issued."""


def credit_invoice(
    *,
    invoice_id: UUID,
    lines: Sequence[CreditLine] | None,
    reason: str,
    on: date,
    by: Any,
    at: datetime,
    key: UUID | None = None,
) -> Invoice:
    """Issue a credit note on an invoice: of some lines, or of all that is left (None). Returns the credit note.

    Rates, fee and fund are the original ones, whatever has changed since. Raises NotCreditable, CreditAboveInvoice,
    NotRight, and what issuing raises about periods and series; PermissionDenied without the right.
    """

    def act() -> Mapping[str, str]:
        note = _credit(_locked_to_credit(invoice_id, by, on), lines, reason, on=on, by=by, at=at)
        return {"invoice": str(note.pk)}

    asked = None if lines is None else [vars(line) for line in lines]
    result = history.once(
        key=key, by=by, name="invoicing.credit_invoice",
        parameters={"invoice": invoice_id, "lines": asked, "reason": reason, "on": on}, at=at, act=act,
    )  # fmt: skip
    return rows.get(UUID(result["invoice"]))


@transaction.atomic
def record_credit_issued_elsewhere(
    *, invoice_id: UUID, lines: Sequence[CreditLine] | None, number: str, reason: str, on: date, by: Any, at: datetime
) -> Invoice:
    """Post a credit note that was issued elsewhere under ``number``. Raises what crediting raises, and NumberTaken."""
    return _credit(_locked_to_credit(invoice_id, by, on), lines, reason, on=on, by=by, at=at, number=number)


def _locked_to_credit(invoice_id: UUID, by: Any, on: date) -> Invoice:
    invoice = rows.locked(invoice_id, by, right="r")
    scope = {"activity": invoice.activity_id, "cooperative": invoice.cooperative_id}
    if not visibility.may(by, Subject.SALES, "x", **scope):
        visibility.require(by, Subject.SALES, "w", **scope)
        if issuing.needs_validation(activity=invoice.activity_id, on=on):
            raise issuing.NeedsValidation(
                subject=_("Credit notes of %(activity)s") % {"activity": invoice.activity},
                reason=_("They are made by the coach or the accountant."),
                remedy=_("Ask your coach to credit the invoice."),
            )
    if invoice.kind != Invoice.Kind.INVOICE or invoice.state != Invoice.State.ISSUED:
        raise NotCreditable(
            subject=str(invoice),
            reason=_("Only an issued invoice that is not yet wholly credited can be credited."),
            remedy=_("Look at its history to see what has happened to it."),
        )
    assert invoice.issued_on is not None
    if on < invoice.issued_on:
        raise NotCreditable(
            subject=str(invoice),
            reason=_("The invoice is dated %(day)s, after the credit note.") % {"day": date_format(invoice.issued_on)},
            remedy=_("Choose a date on or after that of the invoice."),
            field="on",
        )
    return invoice


def origins(invoice: Invoice) -> list[crediting.Origin]:
    """Return the lines of an invoice with what was credited of them, in two queries."""
    credited: dict[UUID, list[InvoiceLine]] = {}
    issued = InvoiceLine.objects.filter(invoice__credits=invoice, invoice__state=Invoice.State.ISSUED)
    for row in issued:
        if row.credits_id is not None:
            credited.setdefault(row.credits_id, []).append(row)
    return [_origin(line, credited.get(line.pk, [])) for line in invoice.lines.order_by("position")]


def _origin(line: InvoiceLine, credited: Sequence[InvoiceLine]) -> crediting.Origin:
    lump = any(row.unit != line.unit or row.unit_price != line.unit_price for row in credited)
    return crediting.Origin(
        line=line.pk, quantity=line.quantity or ZERO, unit_price=line.unit_price.amount,
        discount_percent=line.discount_percent, net=line.net.amount, operation=line.operation, category=line.category,
        rate=line.rate or vat.ZERO_RATE, credited_net=sum((row.net.amount for row in credited), ZERO),
        credited_quantity=None if lump else sum((row.quantity or ZERO for row in credited), ZERO),
    )  # fmt: skip


def _left(invoice: Invoice) -> dict[tuple[str, Decimal], crediting.Left]:
    """Return what is left to credit per category and rate."""
    left: dict[tuple[str, Decimal], crediting.Left] = {}
    notes = Invoice.objects.filter(credits=invoice, state=Invoice.State.ISSUED)
    for sign, document in [(1, invoice), *((-1, note) for note in notes)]:
        for row in document.breakdown:
            key = (row["category"], Decimal(row["rate"]))
            before = left.get(key, crediting.Left(ZERO, ZERO))
            left[key] = crediting.Left(
                before.base + sign * Decimal(row["base"]), before.vat + sign * Decimal(row["vat"]),
                _whole(row) if sign > 0 else before.whole, before.credited if sign > 0 else before.credited.plus(_whole(row)),
            )  # fmt: skip
    return left


def _whole(row: Mapping[str, str]) -> crediting.OfTheWhole:
    """Return the lines of a rate and their shares of rebate and charge, as a document keeps them."""
    discount, charge = Decimal(row.get("discount", "0")), Decimal(row.get("charge", "0"))
    return crediting.OfTheWhole(Decimal(row["base"]) + discount - charge, discount, charge)


def _parts(invoice: Invoice, lines: Sequence[CreditLine] | None) -> list[crediting.Part]:
    """Return the lines of the credit note. Raises CreditAboveInvoice."""
    left = {origin.line: origin for origin in origins(invoice)}
    if lines is None:
        return [crediting.rest(origin) for origin in left.values() if origin.left != ZERO]
    descriptions = dict(invoice.lines.values_list("pk", "description"))
    parts: list[crediting.Part] = []
    for line in lines:
        if line.line not in left or line.line in {part.origin.line for part in parts}:
            raise NotCreditable(
                subject=str(invoice),
                reason=_("A line to credit is not a line of this invoice, or is named twice."),
                remedy=_("Reload the page and choose the lines again."),
            )
        try:
            origin = left[line.line]
            parts.append(
                crediting.by_amount(origin, line.amount)
                if line.amount is not None
                else crediting.by_quantity(origin, line.quantity or ZERO)
            )
        except crediting.AboveWhatIsLeft as above:
            raise CreditAboveInvoice(
                subject=_("Invoice %(number)s, line “%(line)s”")
                % {"number": invoice.number, "line": descriptions[line.line]},
                reason=_(
                    "%(left)s EUR excluding VAT is left to credit of this line, and the credit note asks for more."
                )
                % {"left": above.left},
                remedy=_("Credit at most what is left."),
                field=str(line.line),
            ) from None
    return parts


def _credit(
    invoice: Invoice,
    lines: Sequence[CreditLine] | None,
    reason: str,
    *,
    on: date,
    by: Any,
    at: datetime,
    number: str = "",
) -> Invoice:
    """Make, number, freeze and post a credit note on an invoice whose row is locked."""
    books.lock_activity(invoice.activity_id)
    period = entities.refuse_locked(invoice.cooperative, on, PeriodLock.Kind.YEAR, PeriodLock.Kind.VAT)
    parts = _parts(invoice, lines)
    if not parts:
        raise NotCreditable(
            subject=str(invoice), reason=_("Nothing of it was chosen."), remedy=_("Choose at least one line to credit.")
        )
    left = _left(invoice)
    sums = crediting.totals(parts, left)
    note = Invoice(
        cooperative=invoice.cooperative, activity=invoice.activity, customer=invoice.customer,
        kind=Invoice.Kind.CREDIT_NOTE, credits=invoice, reason=reason, language=invoice.language, reference=invoice.reference,
        seller=invoice.seller, buyer=invoice.buyer, due_on=on, created_by=by, created_at=at, saved_at=at,
        origin=Invoice.Origin.ELSEWHERE if number else Invoice.Origin.HERE, discount_percent=invoice.discount_percent,
        discount_reason=invoice.discount_reason, charge_reason=invoice.charge_reason,
    )  # fmt: skip
    rows.set_totals(note, sums)
    note.discount, note.charge = sums.discount, sums.charge
    terms = _credit_terms(invoice, note)
    supply = invoice.supplied_until or invoice.supplied_on or invoice.issued_on
    assert supply is not None
    operations = {part.origin.operation: vat.treatment(part.origin.operation, supply) for part in parts}
    note.breakdown = copying.breakdown(sums, operations, note.language)
    note.mentions = [*copying.mentions(operations.values(), note.language), *_credit_mention(sums, note.language)]
    note.terms = terms.to_json()
    note.save(force_insert=True)
    written = _write_parts(note, invoice, parts)
    if number:
        issuing.refuse_taken(note, number)
    else:
        note.issued_on = on
        structuring.refuse_wrong(note, written, closing=crediting.closing(sums, left))
    finishing.save_issued(note, number or finishing.take_number(note, period.fiscal_year.name, on), on=on, by=by, at=at)
    finishing.post(note, sums, operations, terms, item=invoice.pk, by=by)
    finishing.ask_document(note, at)
    rows.record(invoice, InvoiceEvent.Kind.CREDITED, by=by, at=at, comment=note.number)
    if all(origin.left == ZERO for origin in origins(invoice)):
        invoice.state = Invoice.State.CREDITED
        invoice.save(update_fields=["state"])
    return note


def _credit_mention(sums: totals.Totals, language: str) -> list[str]:
    return [vat.CREDIT_MENTION[language]] if sums.vat != ZERO else []


def _credit_terms(invoice: Invoice, note: Invoice) -> Terms:
    earlier = list(Invoice.objects.filter(credits=invoice, state=Invoice.State.ISSUED))
    if not invoice.terms:
        return NO_TERMS
    return crediting.terms(
        Terms.from_json(invoice.terms),
        whole=invoice.net.amount,
        before=sum((row.net.amount for row in earlier), ZERO),
        part=note.net.amount,
        given_back=[Terms.from_json(row.terms) for row in earlier],
    )


def _write_parts(note: Invoice, invoice: Invoice, parts: Sequence[crediting.Part]) -> list[InvoiceLine]:
    lines = invoice.lines.in_bulk()
    return InvoiceLine.objects.bulk_create(
        [
            InvoiceLine(
                invoice=note, position=position, description=lines[part.origin.line].description, quantity=part.quantity,
                unit=InvoiceLine.Unit.LUMP_SUM if part.lump else lines[part.origin.line].unit, unit_price=part.unit_price,
                discount_percent=part.discount_percent, operation=part.origin.operation, net=part.net,
                category=part.origin.category, rate=part.origin.rate, credits=lines[part.origin.line],
                sale=lines[part.origin.line].sale, ruled=lines[part.origin.line].ruled,
                legal_basis=lines[part.origin.line].legal_basis, vatex=lines[part.origin.line].vatex,
            )
            for position, part in enumerate(parts, start=1)
        ]
    )  # fmt: skip
