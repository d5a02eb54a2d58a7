"""Choosing from a catalogue while one types a document: what the list offers, and the row that the chosen service becomes."""

from dataclasses import dataclass
from uuid import UUID

from coop import formatting
from coop.entities.models import Activity
from invoicing.catalogue import services
from invoicing.catalogue.models import Service
from invoicing.models import Customer

FIELD = "service"


@dataclass(frozen=True)
class Choice:
    """What a name or its beginning can be completed to, and what was typed and means no service."""

    names: tuple[str, ...]
    typed: str = ""


def choice(activity: Activity, *, customer: str, typed: str = "") -> Choice:
    """Return what the catalogue of an activity offers, named in the language of a customer."""
    offered = services.named(Service.objects.offered().filter(activity=activity))
    language = language_for(activity, customer)
    return Choice(tuple(sorted((one.name_in(language) for one in offered), key=str.casefold)), typed)


def language_for(activity: Activity, customer: str) -> str:
    """Return the language of a customer, given by its id as a form holds it; else that of the cooperative."""
    key = key_of(customer)
    found = Customer.objects.filter(activity=activity, pk=key).first() if key else None
    return str(found.language if found else activity.cooperative.language)


def key_of(text: str) -> UUID | None:
    """Return the id that a form holds; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def asked(act: str, typed: str) -> bool:
    """Tell whether a page asks for a service: by its button, or by Enter in the field, which sends the page as a save."""
    return act == FIELD or (act == "save" and bool(typed.strip()))


def row_of(activity: Activity, *, customer: str, typed: str) -> dict[str, str]:
    """Return the row that a typed name becomes, as a browser would send it. Raises ServiceUnknown."""
    service = services.service_meant(activity=activity.pk, text=typed)
    (named,) = services.named([service])
    return {
        "description": named.name_in(language_for(activity, customer)),
        "quantity": "1",
        "unit": service.unit,
        "unit_price": formatting.price(service.unit_price),
        "discount_percent": formatting.quantity(service.discount_percent) if service.discount_percent else "",
        "sale": service.sale,
    }
