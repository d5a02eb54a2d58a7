"""Issue invoices: number, frozen copy, entry, document; or nothing at all."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities import queries as entities
from coop.entities.fees import Terms
from coop.entities.models import Activity, BankAccount, PeriodLock
from coop.errors import Refused
from coop.history import services as history
from coop.ledger import queries as ledger
from coop.ledger import services as books
from coop.ledger.models import OpenItem
from coop.money import ZERO
from invoicing import communication, totals, vat
from invoicing.models import TRANSITIONS, Customer, Invoice, InvoiceLine, ValidationRule
from invoicing.services import finishing, readiness, rows
from members.models import Runs


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
    return rows.get(UUID(result["invoice"]))


@transaction.atomic
def record_issued_elsewhere(
    *, invoice_id: UUID, number: str, on: date, by: Any, at: datetime, structured_communication: str = ""
) -> Invoice:
    """Post a draft as the invoice that was issued elsewhere under ``number``; it takes no number of the series, has no PDF.

    ``structured_communication``: the 12 digits that the customer was given, if any. Raises what issuing raises, and
    NumberTaken.
    """
    invoice = _locked_to_issue(invoice_id, by, on)
    refuse_taken(invoice, number)
    invoice.origin = Invoice.Origin.ELSEWHERE
    _issue(invoice, on=on, by=by, at=at, number=number, digits=structured_communication)
    return invoice


def _locked_to_issue(invoice_id: UUID, by: Any, on: date) -> Invoice:
    """Lock a draft, and check that it may be issued and by whom."""
    invoice = rows.locked(invoice_id, by, right="r")
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
        raise rows.not_allowed(invoice)
    return invoice


def needs_validation(*, activity: UUID, on: date) -> bool:
    """Tell whether the coach validates the invoices of an activity on a day."""
    return ValidationRule.objects.filter(activity=activity).on(on).exists()


@transaction.atomic
def require_validation(*, activity: UUID, on: date, by: Any) -> ValidationRule:
    """Have the coach validate the invoices of an activity from a day on. Raises PermissionDenied but for administrators."""
    owner = Activity.objects.select_for_update().get(pk=activity)
    visibility.require(by, Subject.POLICIES, "w", cooperative=owner.cooperative_id)
    rule = ValidationRule.objects.filter(activity=owner).on(on).first()
    return rule or ValidationRule.objects.create(activity=owner, valid_from=on)


def refuse_taken(invoice: Invoice, number: str) -> None:
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
    operations = readiness.ready(invoice, lines, on=on)
    sums = totals.totals(
        totals.Item(
            line.operation, operations[line.operation].category, operations[line.operation].rate, rows.net(line)
        )
        for line in lines
    )
    already = max(ZERO, ledger.turnover(activity, on.year, on))
    terms = entities.fee_terms(activity, on=on, net=sums.net, already=already)
    bank = _bank_account(invoice)

    _freeze(invoice, lines, operations, sums, terms=terms, bank=bank, on=on)
    if not number:
        number = finishing.take_number(invoice, period.fiscal_year.name, on)
        digits = _free_communication(invoice.pk)
    invoice.structured_communication = digits
    finishing.save_issued(invoice, number, on=on, by=by, at=at)
    finishing.post(invoice, sums, operations, terms, item=invoice.pk, by=by)
    finishing.ask_document(invoice, at)


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
        line.category, line.rate, line.net = operation.category, operation.rate, rows.net(line)
    InvoiceLine.objects.bulk_update(lines, ["category", "rate", "net"])
    invoice.language = language
    invoice.seller = _seller(invoice, bank, on)
    invoice.buyer = _buyer(customer)
    invoice.reference = invoice.reference or customer.reference
    invoice.due_on = invoice.due_on or on + timedelta(days=customer.payment_days)
    invoice.breakdown = finishing.breakdown(sums, operations, language)
    invoice.mentions = finishing.mentions(operations.values(), language)
    invoice.terms = terms.to_json()
    rows.set_totals(invoice, sums)


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
