"""Customers, drafts, issuing and crediting. Every act: permission, lock, check, decide, write, post, history, task."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from stdnum.be import vat as belgian_vat
from stdnum.eu import vat as european_vat
from stdnum.exceptions import ValidationError as WrongNumber

from coop.access import visibility
from coop.access.predicates import Subject
from coop.documents.models import Document
from coop.entities import numbering
from coop.entities import queries as entities
from coop.entities.fees import NO_TERMS, Terms
from coop.entities.models import Activity, BankAccount, NumberSeries, Party, PeriodLock
from coop.errors import Refused
from coop.history import services as history
from coop.ledger import posting
from coop.ledger import queries as ledger
from coop.ledger import services as books
from coop.ledger.models import OpenItem
from coop.money import ZERO
from coop.names import sort_name
from invoicing import communication, crediting, journal, totals, vat
from invoicing.content import CreditLine, CustomerDetails, DraftContent, DraftLine
from invoicing.models import TRANSITIONS, Customer, Invoice, InvoiceEvent, InvoiceLine, ValidationRule
from members.models import Runs

ISSUED = "invoicing.invoice.issued"
CREDITED = "invoicing.invoice.credited"


# --- customers --------------------------------------------------------------------------------------------------------


class VatNumberWrong(Refused):
    """A VAT number or an enterprise number has wrong check digits, or does not fit the customer."""


class CustomerKnown(Refused):
    """The activity already has a customer with that VAT number."""


class CustomerIncomplete(Refused):
    """A customer has no name, or a country that is not two letters."""


class ChangedMeanwhile(Refused):
    """Somebody saved the same object after the page was opened."""


def create_customer(
    *, activity: UUID, details: CustomerDetails, by: Any, at: datetime, key: UUID | None = None
) -> Customer:
    """Add a customer to an activity. Customers with the same VAT number are one party in the books of a cooperative.

    Raises VatNumberWrong, CustomerKnown, CustomerIncomplete; PermissionDenied without the right on the activity's sales.
    """
    owner = Activity.objects.select_related("cooperative").get(pk=activity)
    visibility.require(by, Subject.SALES, "w", activity=owner.pk, cooperative=owner.cooperative_id)

    def act() -> Mapping[str, str]:
        checked = _checked(details)
        _refuse_known(owner, checked)
        identity = uuid4()
        customer = Customer(
            id=identity, cooperative=owner.cooperative, activity=owner, party=_party(owner, checked, identity)
        )
        _copy(checked, customer)
        customer.save(force_insert=True)
        return {"customer": str(customer.pk)}

    result = history.once(
        key=key, by=by, name="invoicing.create_customer", parameters={"activity": activity, "details": vars(details)},
        at=at, act=transaction.atomic(act),
    )  # fmt: skip
    return Customer.objects.select_related("activity", "cooperative", "party").get(pk=result["customer"])


@transaction.atomic
def update_customer(*, customer_id: UUID, details: CustomerDetails, version: int | None, by: Any) -> Customer:
    """Change a customer. Documents already issued keep what they show. Raises ChangedMeanwhile and what creating raises."""
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    visibility.require(by, Subject.SALES, "w", activity=customer.activity_id, cooperative=customer.cooperative_id)
    _refuse_changed(customer.name, customer.version, version)
    checked = _checked(details)
    if checked.vat_number != customer.vat_number:
        _refuse_known(customer.activity, checked)
        customer.party = _party(customer.activity, checked, customer.pk)
    _copy(checked, customer)
    customer.version += 1
    customer.save()
    return customer


def _copy(details: CustomerDetails, customer: Customer) -> None:
    for name, value in vars(details).items():
        setattr(customer, name, value)
    customer.sort_name = sort_name(details.name)


def _checked(details: CustomerDetails) -> CustomerDetails:
    """Return the details with compact, checked numbers."""
    name, country = details.name.strip(), details.country.strip().upper()
    if not name:
        raise CustomerIncomplete(
            subject=_("Customer"),
            reason=_("The name is missing."),
            remedy=_("Enter the customer’s name."),
            field="name",
        )
    if len(country) != 2 or not country.isalpha():
        raise CustomerIncomplete(
            subject=name,
            reason=_("“%(country)s” is no country code.") % {"country": country},
            remedy=_("Write two letters, for example BE or FR."),
            field="country",
        )
    vat_number, enterprise_number = _numbers(name, details)
    values = {**vars(details), "name": name, "country": country}
    return CustomerDetails(**{**values, "vat_number": vat_number, "enterprise_number": enterprise_number})


def _numbers(name: str, details: CustomerDetails) -> tuple[str, str]:
    """Return the VAT number with its country, and the Belgian enterprise number that follows from it."""
    typed = details.vat_number.strip()
    if typed and details.kind == Customer.Kind.PRIVATE:
        raise VatNumberWrong(
            subject=name,
            reason=_("A private person has no VAT number."),
            remedy=_("Leave the VAT number empty, or choose “business” as the kind."),
            field="vat_number",
        )
    vat_number = _vat_number(name, typed) if typed else ""
    enterprise_number = details.enterprise_number.strip()
    if vat_number.startswith("BE"):
        return vat_number, vat_number[2:]
    if enterprise_number:
        try:
            enterprise_number = str(belgian_vat.validate(enterprise_number))
        except WrongNumber:
            raise VatNumberWrong(
                subject=name,
                reason=_("The check digits of enterprise number “%(number)s” are wrong.")
                % {"number": enterprise_number},
                remedy=_("Compare the ten digits with a document of the customer."),
                field="enterprise_number",
            ) from None
    return vat_number, enterprise_number


def _vat_number(name: str, typed: str) -> str:
    compact = "".join(character for character in typed.upper() if character.isalnum())
    if compact.isdigit() and len(compact) in (9, 10):
        compact = f"BE{compact.zfill(10)}"
    try:
        number = str(european_vat.validate(compact))
    except WrongNumber:
        raise VatNumberWrong(
            subject=name,
            reason=_("The check digits of VAT number “%(number)s” are wrong, or its country is not in the EU.")
            % {"number": typed},
            remedy=_(
                "Write it with its country, like BE0403170701, and compare the digits with a document of the customer."
            ),
            field="vat_number",
        ) from None
    return number if number.startswith(compact[:2]) else compact[:2] + number


def _refuse_known(activity: Activity, details: CustomerDetails) -> None:
    if not details.vat_number:
        return
    known = Customer.objects.filter(activity=activity, vat_number=details.vat_number).first()
    if known:
        raise CustomerKnown(
            subject=known.name,
            reason=_("This activity already has a customer with VAT number %(number)s.")
            % {"number": details.vat_number},
            remedy=_("Use that customer, or change it."),
            field="vat_number",
        )


def _party(activity: Activity, details: CustomerDetails, customer: UUID) -> Party:
    """Return who the customer is in the books: one party per VAT number in the cooperative."""
    if details.vat_number:
        known = Party.objects.filter(cooperative=activity.cooperative_id, vat_number=details.vat_number)
        if party := known.order_by("reference").first():
            return party
    reference = f"vat:{details.vat_number}" if details.vat_number else f"invoicing.customer:{customer}"
    party, _created = Party.objects.get_or_create(
        cooperative_id=activity.cooperative_id,
        reference=reference,
        defaults={
            "name": details.name, "sort_name": sort_name(details.name), "vat_number": details.vat_number,
        },
    )  # fmt: skip
    return party


def _refuse_changed(subject: str, now: int, seen: int | None) -> None:
    if seen is not None and seen != now:
        raise ChangedMeanwhile(
            subject=subject,
            reason=_("It was changed in another window or by somebody else after you opened it."),
            remedy=_("Open it again in a new window, compare, and save what is missing there."),
        )


# --- drafts -----------------------------------------------------------------------------------------------------------


class NotADraft(Refused):
    """An act that only drafts allow was asked of a document in another state."""


class CustomerOfOthers(Refused):
    """A draft names a customer of another activity."""


def create_draft(*, activity: UUID, content: DraftContent, by: Any, at: datetime, key: UUID | None = None) -> Invoice:
    """Begin an invoice. It may be incomplete: what is missing blocks only issuing.

    Raises CustomerOfOthers; PermissionDenied without the right on the activity's sales.
    """
    owner = Activity.objects.select_related("cooperative").get(pk=activity)
    visibility.require(by, Subject.SALES, "w", activity=owner.pk, cooperative=owner.cooperative_id)

    def act() -> Mapping[str, str]:
        invoice = Invoice(cooperative=owner.cooperative, activity=owner, created_by=by, created_at=at, saved_at=at)
        _fill(invoice, content)
        invoice.save(force_insert=True)
        _write_lines(invoice, content.lines)
        _record(invoice, InvoiceEvent.Kind.CREATED, by=by, at=at)
        return {"invoice": str(invoice.pk)}

    result = history.once(
        key=key,
        by=by,
        name="invoicing.create_draft",
        parameters={"activity": activity},
        at=at,
        act=transaction.atomic(act),
    )
    return _get(UUID(result["invoice"]))


@transaction.atomic
def save_draft(*, invoice_id: UUID, content: DraftContent, version: int | None, by: Any, at: datetime) -> Invoice:
    """Replace what a draft holds. ``version`` is the one that the person saw (None: whatever is there).

    Raises NotADraft, ChangedMeanwhile, CustomerOfOthers.
    """
    invoice = _locked(invoice_id, by)
    _refuse_unless_draft(invoice)
    _refuse_changed(_("Draft for %(customer)s") % {"customer": invoice.customer or "–"}, invoice.version, version)
    _fill(invoice, content)
    invoice.version += 1
    invoice.saved_at = at
    invoice.save()
    invoice.lines.all().delete()
    _write_lines(invoice, content.lines)
    return invoice


@transaction.atomic
def discard_draft(*, invoice_id: UUID, by: Any) -> None:
    """Delete a draft. An issued document is never deleted: it is credited. Raises NotADraft."""
    invoice = _locked(invoice_id, by)
    _refuse_unless_draft(invoice)
    invoice.delete()


@transaction.atomic
def submit_invoice(*, invoice_id: UUID, on: date, by: Any, at: datetime, comment: str = "") -> Invoice:
    """Send a draft to the coach, who issues it or sends it back. It must be fit to be issued. Raises NotReady, NotADraft."""
    invoice = _locked(invoice_id, by)
    _refuse_unless_draft(invoice)
    _ready(invoice, list(invoice.lines.order_by("position")), on=on)
    return _move(invoice, Invoice.State.SUBMITTED, InvoiceEvent.Kind.SUBMITTED, by=by, at=at, comment=comment)


@transaction.atomic
def return_invoice(*, invoice_id: UUID, comment: str, by: Any, at: datetime) -> Invoice:
    """Send a submitted invoice back to its author with a comment. Raises NotADraft; PermissionDenied but for validators."""
    invoice = _locked(invoice_id, by, right="x")
    return _move(invoice, Invoice.State.DRAFT, InvoiceEvent.Kind.RETURNED, by=by, at=at, comment=comment)


def _get(invoice_id: UUID) -> Invoice:
    return Invoice.objects.select_related("cooperative", "activity", "customer__party", "credits").get(pk=invoice_id)


def _locked(invoice_id: UUID, by: Any, right: str = "w") -> Invoice:
    """Lock the row of a document and check the right on it."""
    invoice = (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("cooperative", "activity__cooperative", "customer__party")
        .get(pk=invoice_id)
    )
    visibility.require(by, Subject.SALES, right, activity=invoice.activity_id, cooperative=invoice.cooperative_id)
    return invoice


def _refuse_unless_draft(invoice: Invoice) -> None:
    if invoice.state != Invoice.State.DRAFT:
        raise _not_allowed(invoice)


def _not_allowed(invoice: Invoice) -> NotADraft:
    remedy = (
        _("Wait for the coach’s answer, or ask the coach to send it back.")
        if invoice.state == Invoice.State.SUBMITTED
        else _("An issued document never changes: make a credit note and a new invoice.")
        if invoice.number
        else _("Send it to the coach first.")
    )
    return NotADraft(
        subject=invoice.number or _("Draft for %(customer)s") % {"customer": invoice.customer or "–"},
        reason=_("Its state is “%(state)s”, which does not allow this.") % {"state": invoice.get_state_display()},
        remedy=remedy,
    )


def _move(
    invoice: Invoice, to: Invoice.State, event: InvoiceEvent.Kind, *, by: Any, at: datetime, comment: str = ""
) -> Invoice:
    if to not in TRANSITIONS.get(invoice.state, frozenset()):
        raise _not_allowed(invoice)
    invoice.state = to
    invoice.version += 1
    invoice.save(update_fields=["state", "version"])
    _record(invoice, event, by=by, at=at, comment=comment)
    return invoice


def _record(invoice: Invoice, kind: InvoiceEvent.Kind, *, by: Any, at: datetime, comment: str = "") -> None:
    InvoiceEvent.objects.create(invoice=invoice, kind=kind, at=at, by=by, comment=comment)


def _fill(invoice: Invoice, content: DraftContent) -> None:
    """Copy the head of a draft, with the totals of what can be totalled."""
    customer = (
        Customer.objects.filter(pk=content.customer, activity=invoice.activity_id).first() if content.customer else None
    )
    if content.customer and customer is None:
        raise CustomerOfOthers(
            subject=_("Customer"),
            reason=_("This customer does not belong to activity %(activity)s.") % {"activity": invoice.activity},
            remedy=_("Choose a customer of the activity, or add it to the activity."),
            field="customer",
        )
    invoice.customer = customer
    invoice.supplied_on, invoice.supplied_until = content.supplied_on, content.supplied_until
    invoice.due_on, invoice.reference, invoice.note = content.due_on, content.reference, content.note
    invoice.unread = dict(content.unread)
    _total(invoice, draft_totals(content.lines))


def _total(invoice: Invoice, sums: totals.Totals) -> None:
    invoice.net, invoice.vat, invoice.gross = sums.net, sums.vat, sums.gross


def draft_totals(lines: Sequence[DraftLine]) -> totals.Totals:
    """Return the totals of the lines that can be totalled, by the rates in the table whatever their dates."""
    known = {operation.code: operation for operation in vat.OPERATIONS}
    return totals.totals(
        totals.Item(line.operation, known[line.operation].category, known[line.operation].rate, _net(line))
        for line in lines
        if line.operation in known
    )


def _net(line: DraftLine | InvoiceLine) -> Decimal:
    price = line.unit_price.amount if isinstance(line, InvoiceLine) and line.unit_price is not None else line.unit_price
    if line.quantity is None or price is None:
        return ZERO
    return totals.line_net(line.quantity, price, line.discount_percent)


def _write_lines(invoice: Invoice, lines: Sequence[DraftLine]) -> None:
    InvoiceLine.objects.bulk_create(
        [
            InvoiceLine(
                invoice=invoice, position=position, description=line.description, quantity=line.quantity, unit=line.unit,
                unit_price=line.unit_price, discount_percent=line.discount_percent, operation=line.operation,
                net=_net(line), unread=dict(line.unread),
            )
            for position, line in enumerate(lines, start=1)
        ]
    )  # fmt: skip


# --- issuing ----------------------------------------------------------------------------------------------------------


class NotReady(Refused):
    """A draft lacks something that an invoice must show."""


class NeedsValidation(Refused):
    """Somebody may not issue the invoices of an activity themselves."""


class BankAccountMissing(Refused):
    """A cooperative has no bank account on which customers could pay."""


class NumberTaken(Refused):
    """A document issued elsewhere carries a number that the cooperative already used."""


def issue_invoice(*, invoice_id: UUID, on: date, by: Any, at: datetime, key: UUID | None = None) -> Invoice:
    """Issue a draft dated ``on``: it takes the next number of its series, is frozen, posted, and its PDF is asked for.

    The fee and the fund are those of the policies of the day, in the tier of the activity's turnover of the year. Raises
    NotADraft, NotReady, NeedsValidation, OperationUnknown, PeriodLocked, BooksNotOpen, PolicyMissing, BankAccountMissing,
    SeriesMissing, DateRunsBackwards; PermissionDenied without the right. A refusal uses no number.
    """

    def act() -> Mapping[str, str]:
        invoice = _locked_to_issue(invoice_id, by, on)
        _issue(invoice, on=on, by=by, at=at)
        return {"invoice": str(invoice.pk)}

    result = history.once(
        key=key, by=by, name="invoicing.issue_invoice", parameters={"invoice": invoice_id, "on": on}, at=at,
        act=transaction.atomic(act),
    )  # fmt: skip
    return _get(UUID(result["invoice"]))


@transaction.atomic
def record_issued_elsewhere(
    *, invoice_id: UUID, number: str, on: date, by: Any, at: datetime, structured_communication: str = ""
) -> Invoice:
    """Post a draft as the invoice that was issued elsewhere under ``number``; it takes no number of the series, has no PDF.

    ``structured_communication``: the 12 digits that the customer was given, if any. Raises what issuing raises, and
    NumberTaken.
    """
    invoice = _locked_to_issue(invoice_id, by, on)
    _refuse_taken(invoice, number)
    invoice.origin = Invoice.Origin.ELSEWHERE
    _issue(invoice, on=on, by=by, at=at, number=number, digits=structured_communication)
    return invoice


def _locked_to_issue(invoice_id: UUID, by: Any, on: date) -> Invoice:
    """Lock a draft, and check that it may be issued and by whom."""
    invoice = _locked(invoice_id, by, right="r")
    scope = {"activity": invoice.activity_id, "cooperative": invoice.cooperative_id}
    validates = visibility.may(by, Subject.SALES, "x", **scope)
    if not validates:
        visibility.require(by, Subject.SALES, "w", **scope)
        if needs_validation(activity=invoice.activity_id, on=on):
            raise NeedsValidation(
                subject=_("Invoices of %(activity)s") % {"activity": invoice.activity},
                reason=_("They are validated by the coach before they are issued."),
                remedy=_("Send the draft to the coach."),
            )
    if Invoice.State.ISSUED not in TRANSITIONS.get(invoice.state, frozenset()) or invoice.kind != Invoice.Kind.INVOICE:
        raise _not_allowed(invoice)
    return invoice


def needs_validation(*, activity: UUID, on: date) -> bool:
    """Tell whether the coach validates the invoices of an activity on a day."""
    return ValidationRule.objects.filter(activity=activity).on(on).exists()


def _refuse_taken(invoice: Invoice, number: str) -> None:
    if Invoice.objects.filter(cooperative=invoice.cooperative_id, kind=invoice.kind, number=number).exists():
        raise NumberTaken(
            subject=number,
            reason=_("%(cooperative)s already has a document with this number.") % {"cooperative": invoice.cooperative},
            remedy=_("Check the number; a document is recorded once."),
            field="number",
        )


def _issue(invoice: Invoice, *, on: date, by: Any, at: datetime, number: str = "", digits: str = "") -> None:
    """Decide, number, freeze and post an invoice whose row is locked; the number comes last of all that can be refused."""
    activity = books.lock_activity(invoice.activity_id)
    period = entities.refuse_locked(invoice.cooperative, on, PeriodLock.Kind.YEAR, PeriodLock.Kind.VAT)
    lines = list(invoice.lines.order_by("position"))
    operations = _ready(invoice, lines, on=on)
    sums = totals.totals(
        totals.Item(line.operation, operations[line.operation].category, operations[line.operation].rate, _net(line))
        for line in lines
    )
    already = max(ZERO, ledger.turnover(activity, on.year, on))
    terms = entities.fee_terms(activity, on=on, net=sums.net, already=already)
    bank = _bank_account(invoice)

    _freeze(invoice, lines, operations, sums, terms=terms, bank=bank, on=on)
    if not number:
        number = _take_number(invoice, period.fiscal_year.name, on)
        digits = _free_communication(invoice.pk)
    invoice.structured_communication = digits
    _save_issued(invoice, number, on=on, by=by, at=at)
    _post(invoice, sums, operations, terms, item=invoice.pk, by=by)
    _ask_document(invoice, at)


def _take_number(invoice: Invoice, year: str, on: date) -> str:
    """Take the next number of the activity's own series where it has one, else of the cooperative's."""
    own = NumberSeries.objects.filter(
        cooperative=invoice.cooperative_id, kind=invoice.kind, year=year, activity=invoice.activity_id
    ).exists()
    return numbering.take_number(
        cooperative=invoice.cooperative,
        kind=invoice.kind,
        year=year,
        on=on,
        activity=invoice.activity_id if own else None,
    ).text


def _free_communication(key: UUID) -> str:
    """Return the first structured communication for a key that no open item carries."""
    wanted = list(communication.candidates(key))
    taken = set(
        OpenItem.objects.filter(structured_communication__in=wanted).values_list("structured_communication", flat=True)
    )
    return next(digits for digits in wanted if digits not in taken)


def _bank_account(invoice: Invoice) -> BankAccount:
    account = BankAccount.objects.filter(cooperative=invoice.cooperative_id).order_by("account_number").first()
    if account is None:
        raise BankAccountMissing(
            subject=str(invoice.cooperative),
            reason=_("It has no bank account on which the customer could pay."),
            remedy=_("Ask the accountant to record the cooperative’s bank account."),
        )
    return account


def _not_ready(invoice: Invoice, reason: str, remedy: str, field: str | None = None) -> NotReady:
    subject = _("Draft for %(customer)s") % {"customer": invoice.customer} if invoice.customer else _("Draft")
    return NotReady(subject=subject, reason=reason, remedy=remedy, field=field)


def _ready(invoice: Invoice, lines: Sequence[InvoiceLine], *, on: date) -> dict[str, vat.Operation]:
    """Refuse a draft that lacks what an invoice must show; return how its operations are treated at the day of supply."""
    _customer_is_complete(invoice)
    _dates_are_right(invoice, on)
    if invoice.unread or any(line.unread for line in lines):
        raise _not_ready(
            invoice,
            _("Something in it could not be read as a number or a day."),
            _("Correct the fields marked in red."),
        )
    if not lines:
        raise _not_ready(invoice, _("It has no line."), _("Add what was delivered, with its quantity and price."))
    for line in lines:
        if not line.description.strip() or not line.quantity or line.unit_price is None:
            raise _not_ready(
                invoice,
                _("Line %(position)s lacks its description, quantity or price.") % {"position": line.position},
                _("Complete the line, or remove it."),
            )
    supply = invoice.supplied_until or invoice.supplied_on or on
    operations = {line.operation: vat.treatment(line.operation, supply) for line in lines}
    _buyer_fits(invoice, operations)
    if sum((_net(line) for line in lines), ZERO) <= ZERO:
        raise _not_ready(
            invoice,
            _("Its total is not above zero."),
            _("Check the quantities and prices; to give money back, credit an invoice."),
        )
    return operations


def _customer_is_complete(invoice: Invoice) -> None:
    customer = invoice.customer
    if customer is None:
        raise _not_ready(invoice, _("It names no customer."), _("Choose the customer, or add a new one."), "customer")
    if not (customer.street and customer.postcode and customer.town):
        raise _not_ready(
            invoice,
            _("The address of %(customer)s is not complete, and an invoice must show it.") % {"customer": customer},
            _("Complete the street, postcode and town on the customer’s page."),
            "customer",
        )


def _dates_are_right(invoice: Invoice, on: date) -> None:
    if invoice.due_on and invoice.due_on < on:
        raise _not_ready(
            invoice,
            _("Its due date, %(day)s, lies before the date of the invoice.") % {"day": date_format(invoice.due_on)},
            _("Choose a later due date, or leave it empty to use the customer’s term."),
            "due_on",
        )
    if invoice.supplied_until and (not invoice.supplied_on or invoice.supplied_until < invoice.supplied_on):
        raise _not_ready(
            invoice,
            _("Its period of supply ends before it begins."),
            _("Correct the two dates of supply."),
            "supplied_until",
        )


def _buyer_fits(invoice: Invoice, operations: Mapping[str, vat.Operation]) -> None:
    number = invoice.customer.vat_number if invoice.customer else ""
    for operation in operations.values():
        belgian = operation.buyer == vat.Buyer.BELGIAN_TAXABLE and not number.startswith("BE")
        european = operation.buyer == vat.Buyer.EU_TAXABLE and (not number or number.startswith("BE"))
        if belgian or european:
            raise _not_ready(
                invoice,
                _("“%(operation)s” needs the Belgian VAT number of the customer.") % {"operation": operation.label}
                if belgian
                else _("“%(operation)s” needs the customer’s VAT number in another country of the EU.")
                % {"operation": operation.label},
                _("Enter the VAT number on the customer’s page, or choose another VAT rate."),
                "customer",
            )


def _freeze(
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    operations: Mapping[str, vat.Operation],
    sums: totals.Totals,
    *,
    terms: Terms,
    bank: BankAccount,
    on: date,
) -> None:
    """Copy everything that the document shows onto it."""
    customer, language = invoice.customer, invoice.customer.language if invoice.customer else invoice.language
    assert customer is not None
    for line in lines:
        operation = operations[line.operation]
        line.category, line.rate, line.net = operation.category, operation.rate, _net(line)
    InvoiceLine.objects.bulk_update(lines, ["category", "rate", "net"])
    invoice.language = language
    invoice.seller = _seller(invoice, bank, on)
    invoice.buyer = _buyer(customer)
    invoice.reference = invoice.reference or customer.reference
    invoice.due_on = invoice.due_on or on + timedelta(days=customer.payment_days)
    invoice.breakdown = breakdown(sums, operations, language)
    invoice.mentions = mentions(operations.values(), language)
    invoice.terms = terms.to_json()
    _total(invoice, sums)


def _seller(invoice: Invoice, bank: BankAccount, on: date) -> dict[str, str]:
    """Return the cooperative as seller, under the name of the activity and with the person to turn to."""
    coop = invoice.cooperative
    runs = (
        Runs.objects.filter(activity=invoice.activity_id)
        .on(on)
        .select_related("person")
        .order_by("valid_from", "person__sort_name")
        .first()
    )
    return {
        "name": coop.name, "legal_form": coop.legal_form, "enterprise_number": coop.enterprise_number,
        "vat_number": f"BE{coop.enterprise_number}", "court": coop.court, "street": coop.street,
        "postcode": coop.postcode, "town": coop.town, "country": coop.country, "email": coop.email, "phone": coop.phone,
        "trade_name": invoice.activity.name, "activity_code": invoice.activity.code,
        "contact_name": str(runs.person) if runs else "", "contact_email": runs.person.email if runs else coop.email,
        "contact_phone": runs.person.phone if runs else coop.phone,
        "iban": bank.iban, "bic": bank.bic, "account_holder": bank.holder,
    }  # fmt: skip


def _buyer(customer: Customer) -> dict[str, str]:
    names = (
        "kind",
        "name",
        "contact",
        "vat_number",
        "enterprise_number",
        "street",
        "postcode",
        "town",
        "country",
        "email",
    )
    return {name: getattr(customer, name) for name in names}


def breakdown(sums: totals.Totals, operations: Mapping[str, vat.Operation], language: str) -> list[dict[str, str]]:
    """Return the base and VAT per category and rate, as a document keeps them."""
    return [
        {
            "category": group.category, "rate": str(group.rate), "base": str(group.base), "vat": str(group.vat),
            "vatex": operations[next(iter(group.operations))].vatex,
            "mention": " ".join(dict.fromkeys(operations[code].mention_in(language) for code in group.operations)).strip(),
        }
        for group in sums.groups
    ]  # fmt: skip


def mentions(operations: Any, language: str) -> list[str]:
    """Return the legal mentions of a document, each once."""
    return list(dict.fromkeys(text for operation in operations if (text := operation.mention_in(language))))


def _save_issued(invoice: Invoice, number: str, *, on: date, by: Any, at: datetime) -> None:
    invoice.number, invoice.issued_on, invoice.issued_by, invoice.issued_at = number, on, by, at
    invoice.state = Invoice.State.ISSUED
    invoice.version += 1
    invoice.save()
    _record(invoice, InvoiceEvent.Kind.ISSUED, by=by, at=at)


def _post(
    invoice: Invoice, sums: totals.Totals, operations: Mapping[str, vat.Operation], terms: Terms, *, item: UUID, by: Any
) -> None:
    """Open the item of a document and post its entry, and its fee where it is booked at issue."""
    credited = invoice.kind == Invoice.Kind.CREDIT_NOTE
    assert invoice.customer is not None
    assert invoice.issued_on is not None
    sign = -1 if credited else 1
    source = CREDITED if credited else ISSUED
    OpenItem.objects.create(
        id=invoice.pk, cooperative=invoice.cooperative, role="customers", party=invoice.customer.party,
        activity=invoice.activity, settles_id=item if credited else None, source=source, reference=invoice.number,
        issued_on=invoice.issued_on, due_on=invoice.due_on, net=sign * sums.net, gross=sign * sums.gross,
        structured_communication=invoice.structured_communication, terms=terms.to_json(),
    )  # fmt: skip
    sale = journal.Sale(invoice.activity_id, invoice.customer.party_id, item, sums, operations)
    with translation.override(invoice.cooperative.language):
        names = {"number": invoice.number, "customer": invoice.customer}
        text = (
            _("Credit note %(number)s, %(customer)s") % names
            if credited
            else _("Invoice %(number)s, %(customer)s") % names
        )
        fee_text = _("Fee on %(number)s, %(customer)s") % names
    posting.post(
        cooperative=invoice.cooperative, journal="NCV" if credited else "VEN", on=invoice.issued_on, text=text,
        source=source, source_key=str(invoice.pk),
        lines=journal.for_credit(sale) if credited else journal.for_issue(sale), by=by,
    )  # fmt: skip
    analytic = {
        row.kind: row.pk
        for row in Activity.objects.filter(cooperative=invoice.cooperative_id).exclude(kind=Activity.Kind.MEMBERS)
    }
    fee = journal.fee_at_issue(
        terms, activity=invoice.activity_id, cooperative=analytic[Activity.Kind.COOPERATIVE],
        fund=analytic[Activity.Kind.FUND], item=item,
    )  # fmt: skip
    if fee:
        posting.post(
            cooperative=invoice.cooperative, journal="AN", on=invoice.issued_on, text=fee_text, source=f"{source}.fee",
            source_key=str(invoice.pk), lines=fee, by=by,
        )  # fmt: skip


def _ask_document(invoice: Invoice, at: datetime) -> None:
    """Write the row of the PDF, which is made after the commit. What was issued elsewhere has its document there."""
    if invoice.origin == Invoice.Origin.ELSEWHERE:
        return
    Document.objects.create(
        cooperative=invoice.cooperative, kind="invoice", subject=invoice.pk, language=invoice.language,
        filename=f"{invoice.number}.pdf".replace("/", "-"), created_at=at,
    )  # fmt: skip


# --- crediting --------------------------------------------------------------------------------------------------------


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

    Rates, fee and fund are the original ones, whatever has changed since. Raises NotCreditable, CreditAboveInvoice, and
    what issuing raises about periods and series; PermissionDenied without the right.
    """

    def act() -> Mapping[str, str]:
        note = _credit(_locked_to_credit(invoice_id, by, on), lines, reason, on=on, by=by, at=at)
        return {"invoice": str(note.pk)}

    asked = None if lines is None else [vars(line) for line in lines]
    result = history.once(
        key=key, by=by, name="invoicing.credit_invoice",
        parameters={"invoice": invoice_id, "lines": asked, "reason": reason, "on": on}, at=at, act=transaction.atomic(act),
    )  # fmt: skip
    return _get(UUID(result["invoice"]))


@transaction.atomic
def record_credit_issued_elsewhere(
    *, invoice_id: UUID, lines: Sequence[CreditLine] | None, number: str, reason: str, on: date, by: Any, at: datetime
) -> Invoice:
    """Post a credit note that was issued elsewhere under ``number``. Raises what crediting raises, and NumberTaken."""
    return _credit(_locked_to_credit(invoice_id, by, on), lines, reason, on=on, by=by, at=at, number=number)


def _locked_to_credit(invoice_id: UUID, by: Any, on: date) -> Invoice:
    invoice = _locked(invoice_id, by, right="r")
    scope = {"activity": invoice.activity_id, "cooperative": invoice.cooperative_id}
    if not visibility.may(by, Subject.SALES, "x", **scope):
        visibility.require(by, Subject.SALES, "w", **scope)
        if needs_validation(activity=invoice.activity_id, on=on):
            raise NeedsValidation(
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
                before.base + sign * Decimal(row["base"]), before.vat + sign * Decimal(row["vat"])
            )
    return left


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
    sums = crediting.totals(parts, _left(invoice))
    note = Invoice(
        cooperative=invoice.cooperative, activity=invoice.activity, customer=invoice.customer,
        kind=Invoice.Kind.CREDIT_NOTE, credits=invoice, reason=reason, language=invoice.language, reference=invoice.reference,
        seller=invoice.seller, buyer=invoice.buyer, due_on=on, created_by=by, created_at=at, saved_at=at,
        origin=Invoice.Origin.ELSEWHERE if number else Invoice.Origin.HERE,
    )  # fmt: skip
    _total(note, sums)
    terms = _credit_terms(invoice, note)
    supply = invoice.supplied_until or invoice.supplied_on or invoice.issued_on
    assert supply is not None
    operations = {part.origin.operation: vat.treatment(part.origin.operation, supply) for part in parts}
    note.breakdown = breakdown(sums, operations, note.language)
    note.mentions = [*mentions(operations.values(), note.language), *_credit_mention(sums, note.language)]
    note.terms = terms.to_json()
    note.save(force_insert=True)
    _write_parts(note, invoice, parts)
    if number:
        _refuse_taken(note, number)
    _save_issued(note, number or _take_number(note, period.fiscal_year.name, on), on=on, by=by, at=at)
    _post(note, sums, operations, terms, item=invoice.pk, by=by)
    _ask_document(note, at)
    _record(invoice, InvoiceEvent.Kind.CREDITED, by=by, at=at, comment=note.number)
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


def _write_parts(note: Invoice, invoice: Invoice, parts: Sequence[crediting.Part]) -> None:
    lines = invoice.lines.in_bulk()
    InvoiceLine.objects.bulk_create(
        [
            InvoiceLine(
                invoice=note, position=position, description=lines[part.origin.line].description, quantity=part.quantity,
                unit=InvoiceLine.Unit.LUMP_SUM if part.lump else lines[part.origin.line].unit, unit_price=part.unit_price,
                discount_percent=part.discount_percent, operation=part.origin.operation, net=part.net,
                category=part.origin.category, rate=part.origin.rate, credits=lines[part.origin.line],
            )
            for position, part in enumerate(parts, start=1)
        ]
    )  # fmt: skip


# --- validation -------------------------------------------------------------------------------------------------------


@transaction.atomic
def require_validation(*, activity: UUID, on: date, by: Any) -> ValidationRule:
    """Have the coach validate the invoices of an activity from a day on. Raises PermissionDenied but for administrators."""
    owner = Activity.objects.select_for_update().get(pk=activity)
    visibility.require(by, Subject.POLICIES, "w", cooperative=owner.cooperative_id)
    rule = ValidationRule.objects.filter(activity=owner).on(on).first()
    return rule or ValidationRule.objects.create(activity=owner, valid_from=on)
