"""Add and change customers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _
from stdnum.be import vat as belgian_vat
from stdnum.eu import vat as european_vat
from stdnum.exceptions import ValidationError as WrongNumber

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity, Party
from coop.errors import Refused
from coop.history import services as history
from coop.names import sort_name
from invoicing.content import CustomerDetails
from invoicing.models import Customer
from invoicing.services import rows


class VatNumberWrong(Refused):
    """A VAT number or an enterprise number has wrong check digits, or does not fit the customer."""


class CustomerKnown(Refused):
    """The activity already has a customer with that VAT number."""


class CustomerIncomplete(Refused):
    """A customer has no name, or a country that is not two letters."""


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
        at=at, act=act,
    )  # fmt: skip
    return Customer.objects.select_related("activity", "cooperative", "party").get(pk=result["customer"])


@transaction.atomic
def update_customer(*, customer_id: UUID, details: CustomerDetails, version: int | None, by: Any) -> Customer:
    """Change a customer. Documents already issued keep what they show. Raises ChangedMeanwhile and what creating raises."""
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer_id)
    visibility.require(by, Subject.SALES, "w", activity=customer.activity_id, cooperative=customer.cooperative_id)
    rows.refuse_changed(customer.name, customer.version, version)
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
