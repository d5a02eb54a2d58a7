"""Decide the VAT of the lines of a draft from the facts in the books, and let who validates sales set another with a reason."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from coop import clock
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity
from coop.errors import Refused
from coop.money import ZERO
from invoicing import totals, vat
from invoicing.content import DraftContent, DraftLine
from invoicing.models import Customer, Invoice, InvoiceEvent, InvoiceLine, SalesDefaults, SellerFact
from invoicing.services import rows
from invoicing.vat import deciding, sales


class VatNotYours(Refused):
    """Somebody who may not validate sales names another VAT than the rule says."""


class VatChanged(Refused):
    """The VAT that stands on a draft is no longer what the facts say."""


class LineGone(Refused):
    """The VAT of a line was to be set that the document no longer has."""


STATUS: Mapping[str, deciding.Status] = {
    Customer.Kind.BUSINESS: deciding.Status.TAXABLE, Customer.Kind.PRIVATE: deciding.Status.PRIVATE,
    Customer.Kind.PUBLIC_BODY: deciding.Status.LEGAL_PERSON, Customer.Kind.INSTITUTION: deciding.Status.INSTITUTION,
}  # fmt: skip
ANYBODY = vat.Customer(deciding.Status.PRIVATE)
"""Who counts as customer while none is chosen: a consumer in Belgium."""


@dataclass(frozen=True)
class Facts:
    """What the VAT of a document follows from, beside what its lines sell: seller, customer, place, on the day of supply."""

    seller: vat.Seller
    customer: vat.Customer
    holds: Set[str]
    default: str
    named_place: str
    on: date


def facts_of(activity: Activity, customer: Customer | None, *, supplied_in: str, on: date) -> Facts:
    """Return the facts of a document of an activity for a customer (None: not chosen yet), by the books of a day."""
    of_house = Q(activity__cooperative=activity.cooperative_id, activity__kind=Activity.Kind.COOPERATIVE)
    found = SellerFact.objects.filter(Q(activity=activity) | of_house).on(on)
    holds = frozenset(found.values_list("fact", flat=True))
    defaults = SalesDefaults.objects.filter(activity=activity).first()
    return Facts(
        seller=vat.Seller(distance_sales="above" if sales.DISTANCE_SALES_ABOVE in holds else "below"),
        customer=_customer(customer) if customer is not None else ANYBODY,
        holds=holds,
        default=defaults.sale if defaults else sales.DEFAULT,
        named_place=supplied_in,
        on=on,
    )


def _customer(customer: Customer) -> vat.Customer:
    return vat.Customer(
        STATUS[customer.kind], sales.for_vat(customer.country), customer.vat_number,
        periodic=customer.vat_returns == Customer.Returns.PERIODIC,
    )  # fmt: skip


def ruled(facts: Facts, sale: str) -> vat.Decision:
    """Return what the rule says of something sold. Raises NotDecidable, SoldUnknown, KindUnknown, OperationUnknown."""
    sold = sales.known(sale)
    facts_of_sale = sales.sale_of(
        sold, on=facts.on, facts=facts.holds, customer_country=facts.customer.country, named_place=facts.named_place
    )
    return vat.decide(seller=facts.seller, customer=facts.customer, sale=facts_of_sale)


@dataclass(frozen=True)
class Treated:
    """A line with its VAT: what the rule says (or why it cannot), and what was set against it by whom and when."""

    sale: str
    decision: vat.Decision | None
    refusal: Refused | None = None
    set_by: Any = None
    set_at: datetime | None = None
    reason: str = ""

    @property
    def operation(self) -> vat.Operation:
        """The operation that counts."""
        return self.decision.operation if self.decision is not None else vat.UNDECIDED

    @property
    def ruled(self) -> str:
        """The operation by the rule; empty where it cannot be decided."""
        if self.refusal is not None or self.decision is None:
            return ""
        return (self.decision.ruled or self.decision.operation).code

    @property
    def legal_basis(self) -> str:
        """The law that the operation stands on: that of the decision, or of what was set."""
        if self.decision is None:
            return ""
        return self.decision.operation.legal_basis if self.reason else self.decision.article


def treat(facts: Facts, line: DraftLine, *, kept: InvoiceLine | None = None) -> Treated:
    """Return the VAT of a line as it is typed; what somebody had set on it counts while the rule says the same as then."""
    sale = line.sale or facts.default
    try:
        decision: vat.Decision | None = ruled(facts, sale)
        refusal = None
    except Refused as refused:
        decision, refusal = None, refused
    treated = Treated(sale, decision, refusal)
    if kept is None or not kept.is_set or (kept.sale, kept.ruled) != (sale, treated.ruled):
        return treated
    try:
        return setting(treated, kept.operation, kept.set_reason, on=facts.on, by=kept.set_by, at=kept.set_at)
    except vat.OperationUnknown:
        return treated


def treat_each(facts: Facts, lines: Sequence[DraftLine], *, kept: Mapping[UUID, InvoiceLine]) -> list[Treated]:
    """Return the VAT of lines as they are typed, given those that they replace; what was set on one counts once."""
    found, taken = [], set[UUID]()
    for line in lines:
        earlier = kept.get(line.line) if line.line and line.line not in taken else None
        if line.line:
            taken.add(line.line)
        found.append(treat(facts, line, kept=earlier))
    return found


def setting(treated: Treated, operation: str, reason: str, *, on: date, by: Any, at: datetime | None) -> Treated:
    """Return a line with another VAT than the rule says. Raises OverrideWithoutReason, OperationUnknown."""
    wanted = vat.Override(operation, reason)
    if treated.decision is not None:
        decision = vat.override(treated.decision, wanted, on=on)
    else:
        assert treated.refusal is not None
        chosen = vat.treatment(operation, on)
        unruled = vat.Decision(vat.UNDECIDED, chosen.legal_basis, treated.refusal.reason)
        decision = vat.override(unruled, wanted, on=on)
    return Treated(treated.sale, decision, treated.refusal, by, at, decision.reason)


def treat_all(
    invoice: Invoice, lines: Sequence[DraftLine], *, kept: Mapping[UUID, InvoiceLine], by: Any, at: datetime, on: date
) -> list[Treated]:
    """Return the VAT of all lines of a draft that is being saved. A line that names another VAT than the rule sets it.

    Raises VatNotYours, OverrideWithoutReason, OperationUnknown, SoldUnknown.
    """
    facts = facts_of(invoice.activity, invoice.customer, supplied_in=invoice.supplied_in, on=on)
    found = []
    for line, treated in zip(lines, treat_each(facts, lines, kept=kept), strict=True):
        if isinstance(treated.refusal, vat.SoldUnknown):
            raise treated.refusal
        its_vat = treated
        if line.operation and line.operation != treated.operation.code:
            _refuse_others(invoice, by, treated, line.operation)
            its_vat = setting(treated, line.operation, line.reason, on=on, by=by, at=at)
        found.append(its_vat)
    return found


def may_set(by: Any, invoice: Invoice) -> bool:
    """Tell whether somebody may set the VAT of a document against the rule: who validates its sales."""
    return visibility.may(by, Subject.SALES, "x", activity=invoice.activity_id, cooperative=invoice.cooperative_id)


def _refuse_others(invoice: Invoice, by: Any, treated: Treated, operation: str) -> None:
    if not may_set(by, invoice):
        raise VatNotYours(
            subject=_("VAT “%(operation)s”") % {"operation": vat.known(operation).label if operation else "–"},
            reason=_("The rule says “%(operation)s”, and only who validates sales may set it aside.")
            % {"operation": treated.operation.label},
            remedy=_("Keep what the rule says, or ask the coach or the accountant to set another VAT with its reason."),
            field="operation",
        )


def copy_onto(line: InvoiceLine, treated: Treated) -> None:
    """Set on a line its VAT, who set it, and the law it stands on."""
    line.sale, line.operation, line.ruled = treated.sale, treated.operation.code, treated.ruled
    line.legal_basis = treated.legal_basis[:200]
    line.set_reason, line.set_by, line.set_at = treated.reason, treated.set_by, treated.set_at


def whole_of(of: Invoice | DraftContent) -> totals.OnTheWhole:
    """Return the rebate and the charge on a document."""
    if isinstance(of, Invoice):
        discount = ZERO if of.discount_percent else of.discount.amount
        return totals.OnTheWhole(of.discount_percent, discount, of.charge.amount)
    return totals.OnTheWhole(of.discount_percent, of.discount, of.charge)


def sums(
    operations: Sequence[vat.Operation], nets: Sequence[Decimal], whole: totals.OnTheWhole = totals.NOTHING
) -> totals.Totals:
    """Return the totals of lines, each with its operation and its net amount."""
    return totals.totals(
        (totals.Item(one.code, one.category, one.rate, net) for one, net in zip(operations, nets, strict=True)), whole
    )


def totals_by(lines: Sequence[InvoiceLine], operations: Mapping[str, vat.Operation], invoice: Invoice) -> totals.Totals:
    """Return the totals of a document whose operations are known."""
    return sums([operations[line.operation] for line in lines], [rows.net(line) for line in lines], whole_of(invoice))


def supply_day(of: Invoice | DraftContent, on: date) -> date:
    """Return the day whose law counts: the end of the supply, or else the day of the document."""
    return of.supplied_until or of.supplied_on or on


# --- at issue ---------------------------------------------------------------------------------------------------------


def refuse_outdated(invoice: Invoice, lines: Sequence[InvoiceLine], *, on: date) -> None:
    """Refuse a document whose stored VAT is no longer what the facts say of the day of supply, unless somebody set it.

    Sets on each line the law it stands on. Raises VatChanged, and what the rule cannot decide.
    """
    facts = facts_of(invoice.activity, invoice.customer, supplied_in=invoice.supplied_in, on=on)
    for line in lines:
        if line.is_set:
            line.legal_basis = vat.treatment(line.operation, on).legal_basis[:200]
            continue
        decision = ruled(facts, line.sale or facts.default)
        if decision.operation.code != line.operation:
            raise VatChanged(
                subject=_("Line %(position)s, “%(line)s”")
                % {"position": line.position, "line": line.description.partition("\n")[0][:60]},
                reason=_("Its VAT is “%(stored)s” in the draft, and the facts of today say “%(now)s”: %(because)s")
                % {
                    "stored": vat.known(line.operation).label,
                    "now": decision.operation.label,
                    "because": decision.because,
                },
                remedy=_("Open the draft and save it: its VAT is decided anew. Then check the total, and issue it.")
                if invoice.state == Invoice.State.DRAFT
                else _("Send it back to its author: its VAT is decided anew when it is saved."),
                field="on",
            )
        line.legal_basis = decision.article[:200]


# --- set by hand ------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_vat(*, invoice_id: UUID, line: UUID, operation: str, reason: str, on: date, by: Any, at: datetime) -> Invoice:
    """Set the VAT of a line of a draft against the rule, for a reason that is kept with who and when.

    Raises NotADraft, LineGone, OverrideWithoutReason, OperationUnknown; PermissionDenied but for who validates sales.
    """
    invoice, of = _locked_line(invoice_id, line, by)
    day = supply_day(invoice, on)
    facts = facts_of(invoice.activity, invoice.customer, supplied_in=invoice.supplied_in, on=day)
    by_rule = treat(facts, DraftLine(sale=of.sale))
    before = vat.known(of.operation)
    treated = setting(by_rule, operation, reason, on=day, by=by, at=at)
    if treated.operation.code == treated.ruled:
        treated = by_rule
    copy_onto(of, treated)
    return _written(
        invoice, of, before,
        InvoiceEvent.Kind.VAT_SET if treated.reason else InvoiceEvent.Kind.VAT_RULED, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def follow_rule(*, invoice_id: UUID, line: UUID, on: date, by: Any, at: datetime) -> Invoice:
    """Let a line follow the rule again. Raises NotADraft, LineGone; PermissionDenied but for who validates sales."""
    invoice, of = _locked_line(invoice_id, line, by)
    day = supply_day(invoice, on)
    facts = facts_of(invoice.activity, invoice.customer, supplied_in=invoice.supplied_in, on=day)
    before = vat.known(of.operation)
    copy_onto(of, treat(facts, DraftLine(sale=of.sale)))
    return _written(invoice, of, before, InvoiceEvent.Kind.VAT_RULED, by=by, at=at)


def _locked_line(invoice_id: UUID, line: UUID, by: Any) -> tuple[Invoice, InvoiceLine]:
    invoice = rows.locked(invoice_id, by, right="x")
    if invoice.state not in (Invoice.State.DRAFT, Invoice.State.SUBMITTED):
        raise rows.not_allowed(invoice)
    found = InvoiceLine.objects.filter(invoice=invoice, pk=line).first()
    if found is None:
        raise LineGone(
            subject=_("Draft for %(customer)s") % {"customer": invoice.customer or "–"},
            reason=_("The line was changed or removed meanwhile."),
            remedy=_("Reload the page and choose the line again."),
            field="line",
        )
    return invoice, found


def _written(
    invoice: Invoice, line: InvoiceLine, before: vat.Operation, event: InvoiceEvent.Kind, *, by: Any, at: datetime
) -> Invoice:
    """Write a line whose VAT was changed, with the totals, and say so in the history."""
    line.save()
    total_anew(invoice, list(invoice.lines.order_by("position")))
    invoice.version += 1
    invoice.saved_in = None
    invoice.save()
    rows.record(invoice, event, by=by, at=at, comment=told(invoice, line, before))
    return invoice


def total_anew(invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    """Set the totals of a draft from its stored lines."""
    found = sums([vat.known(line.operation) for line in lines], [rows.net(line) for line in lines], whole_of(invoice))
    rows.set_totals(invoice, found)


def told(invoice: Invoice, line: InvoiceLine, before: vat.Operation) -> str:
    """Say in the language of the cooperative what became of the VAT of a line."""
    with translation.override(invoice.cooperative.language):
        now = vat.known(line.operation)
        names = {"position": line.position, "before": before.label, "now": now.label, "reason": line.set_reason}
        if line.set_reason:
            return _("Line %(position)s: “%(now)s” instead of “%(before)s”. %(reason)s") % names
        return _("Line %(position)s: “%(now)s” by the rule, no longer “%(before)s”.") % names


def day_of(at: datetime) -> date:
    """Return the day in Brussels of a moment."""
    return at.astimezone(clock.BRUSSELS).date()
