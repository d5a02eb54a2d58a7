"""Copy onto a document what it shows, so that it never follows later changes. Issuing keeps the copy; a preview drops it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from coop.entities.models import BankAccount
from invoicing import totals, vat
from invoicing.models import Customer, Invoice, InvoiceLine
from invoicing.services import rows
from members.models import Runs

BUYER = (
    "kind", "name", "contact", "vat_number", "enterprise_number", "street", "postcode", "town", "country", "email",
)  # fmt: skip


def show(
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    operations: Mapping[str, vat.Operation],
    sums: totals.Totals,
    *,
    bank: BankAccount | None,
    on: date,
) -> None:
    """Set on the document and its lines, without saving, everything that it shows when dated ``on``."""
    for line in lines:
        operation = operations[line.operation]
        line.category, line.rate, line.net = operation.category, operation.rate, rows.net(line)
        line.vatex = operation.vatex
    customer = invoice.customer
    invoice.language = customer.language if customer else invoice.cooperative.language
    invoice.seller = seller(invoice, bank, on)
    invoice.buyer = buyer(customer) if customer else {}
    invoice.reference = invoice.reference or (customer.reference if customer else "")
    invoice.due_on = invoice.due_on or on + timedelta(days=customer.payment_days if customer else 30)
    invoice.breakdown = breakdown(sums, operations, invoice.language)
    invoice.mentions = mentions(operations.values(), invoice.language)
    rows.set_totals(invoice, sums)


def bank_account_of(invoice: Invoice) -> BankAccount | None:
    """Return the account on which customers pay: the cooperative's first."""
    return BankAccount.objects.filter(cooperative=invoice.cooperative_id).order_by("account_number").first()


def seller(invoice: Invoice, bank: BankAccount | None, on: date) -> dict[str, str]:
    """Return the cooperative as seller, under the name of the activity and with the person to turn to."""
    coop = invoice.cooperative
    people = Runs.objects.filter(activity=invoice.activity_id).on(on).select_related("person")
    runs = people.order_by("valid_from", "person__sort_name").first()
    return {
        "name": coop.name, "legal_form": coop.legal_form, "enterprise_number": coop.enterprise_number,
        "vat_number": f"BE{coop.enterprise_number}", "court": coop.court, "street": coop.street,
        "postcode": coop.postcode, "town": coop.town, "country": coop.country, "email": coop.email, "phone": coop.phone,
        "trade_name": invoice.activity.name, "activity_code": invoice.activity.code,
        "contact_name": str(runs.person) if runs else "", "contact_email": runs.person.email if runs else coop.email,
        "contact_phone": runs.person.phone if runs else coop.phone,
        "iban": bank.iban if bank else "", "bic": bank.bic if bank else "", "account_holder": bank.holder if bank else "",
    }  # fmt: skip


def buyer(customer: Customer) -> dict[str, str]:
    """Return the customer as buyer."""
    return {name: getattr(customer, name) for name in BUYER}


def breakdown(sums: totals.Totals, operations: Mapping[str, vat.Operation], language: str) -> list[dict[str, str]]:
    """Return the base and VAT per category and rate, with the shares of rebate and charge in it, as a document keeps them."""
    return [
        {
            "category": group.category, "rate": str(group.rate), "base": str(group.base), "vat": str(group.vat),
            "discount": str(group.discount), "charge": str(group.charge),
            "vatex": _only(operations[code].vatex for code in group.operations),
            "mention": " ".join(dict.fromkeys(operations[code].mention_in(language) for code in group.operations)).strip(),
        }
        for group in sums.groups
    ]  # fmt: skip


def _only(codes: Iterable[str]) -> str:
    """Return the code that all share; where they differ the mentions alone tell them apart."""
    different = set(codes)
    return different.pop() if len(different) == 1 else ""


def mentions(operations: Iterable[vat.Operation], language: str) -> list[str]:
    """Return the legal mentions of a document, each once."""
    return list(dict.fromkeys(text for operation in operations if (text := operation.mention_in(language))))
