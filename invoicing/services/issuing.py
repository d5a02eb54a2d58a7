"""Issue invoices: number, frozen copy, entry, document; or nothing at all."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NoReturn
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities import queries as entities
from coop.entities.models import Activity, PeriodLock
from coop.errors import Refused
from coop.history import services as history
from coop.ledger import queries as ledger
from coop.ledger import services as books
from coop.ledger.models import OpenItem
from coop.money import ZERO
from invoicing import communication
from invoicing.models import TRANSITIONS, Invoice, InvoiceLine, ValidationRule
from invoicing.quotes import limits
from invoicing.services import copying, finishing, readiness, rows, structuring, treating


class NeedsValidation(Refused):
    """Somebody may not issue the invoices of an activity themselves."""


class BankAccountMissing(Refused):
    """A cooperative has no bank account on which customers could pay."""


class NumberTaken(Refused):
    """A document issued elsewhere carries a number that the cooperative already used."""


def issue_invoice(*, invoice_id: UUID, on: date, by: Any, at: datetime, key: UUID | None = None) -> Invoice:
    """Issue a draft dated ``on``: it takes the next number of its series, is frozen, posted, and its PDF is asked for.

    The fee and the fund are those of the policies of the day, in the tier of the activity's turnover of the year. Raises
    NotADraft, NotReady, NeedsValidation, VatChanged, NotDecidable, OperationUnknown, PeriodLocked, BooksNotOpen,
    PolicyMissing, BankAccountMissing, SeriesMissing, DateRunsBackwards, NotRight; PermissionDenied without the right. A
    refusal uses no number.
    """

    def act() -> Mapping[str, str]:
        invoice = _locked_to_issue(invoice_id, by, on)
        _issue(invoice, on=on, by=by, at=at)
        return {"invoice": str(invoice.pk)}

    result = history.once(
        key=key, by=by, name="invoicing.issue_invoice", parameters={"invoice": invoice_id, "on": on}, at=at,
        act=act,
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
    owner = Activity.objects.select_for_update(no_key=True).get(pk=activity)
    visibility.require(by, Subject.POLICIES, "w", cooperative=owner.cooperative_id)
    rule = ValidationRule.objects.filter(activity=owner).on(on).first()
    return rule or ValidationRule.objects.create(activity=owner, valid_from=on)


@transaction.atomic
def lift_validation(*, activity: UUID, on: date, by: Any) -> None:
    """Let the entrepreneurs of an activity issue by themselves from a day on. Raises PermissionDenied but for administrators."""
    owner = Activity.objects.select_for_update(no_key=True).get(pk=activity)
    visibility.require(by, Subject.POLICIES, "w", cooperative=owner.cooperative_id)
    rules = ValidationRule.objects.filter(activity=owner)
    rules.filter(valid_from__gte=on).delete()
    rules.on(on).update(valid_until=on)


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
    sums = treating.totals_by(lines, operations, invoice)
    limits.refuse_unsaid(invoice, sums.net)
    already = max(ZERO, ledger.turnover(activity, on.year, on))
    terms = entities.fee_terms(activity, on=on, net=sums.net, already=already)
    bank = copying.bank_account_of(invoice) or _refuse_without_bank(invoice)

    copying.show(invoice, lines, operations, sums, bank=bank, on=on)
    InvoiceLine.objects.bulk_update(lines, ["category", "rate", "vatex", "legal_basis", "net"])
    invoice.terms = terms.to_json()
    if not number:
        invoice.issued_on, invoice.structured_communication = on, _free_communication(invoice.pk)
        structuring.refuse_wrong(invoice, lines)
        digits, number = invoice.structured_communication, finishing.take_number(invoice, period.fiscal_year.name, on)
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


def _refuse_without_bank(invoice: Invoice) -> NoReturn:
    raise BankAccountMissing(
        subject=str(invoice.cooperative),
        reason=_("It has no bank account on which the customer could pay."),
        remedy=_("Ask the accountant to record the cooperative’s bank account."),
    )
