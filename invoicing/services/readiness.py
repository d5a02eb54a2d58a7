"""What a draft must have before it can be issued."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coop.errors import Refused
from coop.money import ZERO
from invoicing import vat
from invoicing.models import Invoice, InvoiceLine
from invoicing.services import treating


class NotReady(Refused):
    """A draft lacks something that an invoice must show."""


def _not_ready(invoice: Invoice, reason: str, remedy: str, field: str | None = None) -> NotReady:
    subject = _("Draft for %(customer)s") % {"customer": invoice.customer} if invoice.customer else _("Draft")
    return NotReady(subject=subject, reason=reason, remedy=remedy, field=field)


def ready(invoice: Invoice, lines: Sequence[InvoiceLine], *, on: date) -> dict[str, vat.Operation]:
    """Refuse a draft that lacks what an invoice must show, or whose VAT is not what the facts say any more.

    Returns how its operations are treated at the day of supply. Raises NotReady, VatChanged, NotDecidable, OperationUnknown.
    """
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
    supply = treating.supply_day(invoice, on)
    treating.refuse_outdated(invoice, lines, on=supply)
    operations = {line.operation: vat.treatment(line.operation, supply) for line in lines}
    _buyer_fits(invoice, operations)
    if treating.totals_by(lines, operations, invoice).net <= ZERO:
        raise _not_ready(
            invoice,
            _("Its total is not above zero."),
            _("Check the quantities, prices and rebate; to give money back, credit an invoice."),
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
