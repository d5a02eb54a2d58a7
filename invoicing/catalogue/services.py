"""Add to a catalogue, change it, offer a service no more or again; and what a chosen service becomes on a document."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity
from coop.errors import Refused
from coop.history import services as history
from coop.money import ZERO
from invoicing.catalogue import choosing
from invoicing.catalogue.models import LANGUAGES, Service
from invoicing.services import rows
from invoicing.vat import sales


class NameMissing(Refused):
    """A service was entered without a name in any language."""


class NameTaken(Refused):
    """Two services of one catalogue would be called the same."""


class ServiceUnknown(Refused):
    """A typed text means no service of the catalogue, or several."""


@dataclass(frozen=True)
class ServiceDetails:
    """A service as entered. Price in EUR excluding VAT."""

    unit_price: Decimal
    name_fr: str = ""
    name_nl: str = ""
    name_en: str = ""
    unit: str = "C62"
    sale: str = sales.DEFAULT
    discount_percent: Decimal = ZERO

    @property
    def names(self) -> dict[str, str]:
        """The names by language."""
        return {language: getattr(self, f"name_{language}").strip() for language in LANGUAGES}


def create_service(
    *, activity: UUID, details: ServiceDetails, by: Any, at: datetime, key: UUID | None = None
) -> Service:
    """Add a service to the catalogue of an activity. Raises NameMissing, NameTaken; PermissionDenied without the right."""
    owner = Activity.objects.get(pk=activity)
    visibility.require(by, Subject.SALES, "w", activity=owner.pk, cooperative=owner.cooperative_id)

    def act() -> dict[str, str]:
        Activity.objects.select_for_update(no_key=True).get(pk=activity)  # two at once see each other's names
        service = Service(cooperative_id=owner.cooperative_id, activity=owner, created_at=at)
        _fill(service, details)
        service.save(force_insert=True)
        return {"service": str(service.pk)}

    result = history.once(
        key=key, by=by, name="invoicing.create_service", parameters={"activity": activity}, at=at, act=act
    )
    return Service.objects.get(pk=UUID(result["service"]))


@transaction.atomic
def update_service(*, service_id: UUID, details: ServiceDetails, version: int | None, by: Any) -> Service:
    """Change a service; documents keep what they copied. Raises NameMissing, NameTaken, ChangedMeanwhile."""
    service = _locked(service_id, by)
    rows.refuse_changed(str(service), service.version, version)
    _fill(service, details)
    service.version += 1
    service.save()
    return service


@transaction.atomic
def retire_service(*, service_id: UUID, by: Any, at: datetime) -> Service:
    """Offer a service no more: it leaves the choice, its documents stay as they are."""
    service = _locked(service_id, by)
    if service.retired_at is None:
        service.retired_at = at
        service.save(update_fields=["retired_at"])
    return service


@transaction.atomic
def offer_again(*, service_id: UUID, by: Any) -> Service:
    """Offer a retired service again. Raises NameTaken when another bears its name meanwhile."""
    service = _locked(service_id, by)
    if service.retired_at is not None:
        _refuse_taken(service, {language: getattr(service, f"name_{language}") for language in LANGUAGES})
        service.retired_at = None
        service.save(update_fields=["retired_at"])
    return service


def _locked(service_id: UUID, by: Any) -> Service:
    activity = Service.objects.values_list("activity", flat=True).get(pk=service_id)
    Activity.objects.select_for_update(no_key=True).get(pk=activity)
    service = Service.objects.select_for_update().get(pk=service_id)
    visibility.require(by, Subject.SALES, "w", activity=service.activity_id, cooperative=service.cooperative_id)
    return service


def _fill(service: Service, details: ServiceDetails) -> None:
    if not any(details.names.values()):
        raise NameMissing(
            subject=_("Service"),
            reason=_("It has no name in any language."),
            remedy=_("Type its name in the language of at least one customer."),
            field="name_fr",
        )
    _refuse_taken(service, details.names)
    for language, name in details.names.items():
        setattr(service, f"name_{language}", name)
    service.unit, service.unit_price, service.sale = details.unit, details.unit_price, sales.known(details.sale).code
    service.discount_percent = details.discount_percent


def _refuse_taken(service: Service, names: dict[str, str]) -> None:
    """Refuse a name that another offered service of the activity bears in the same language."""
    same = Q(pk__in=[])
    for language, name in names.items():
        if name:
            same |= Q(**{f"name_{language}__iexact": name})
    taken = Service.objects.offered().filter(same, activity=service.activity_id).exclude(pk=service.pk).first()
    if taken is not None:
        field = next(
            f"name_{one}" for one in names if names[one] and getattr(taken, f"name_{one}").lower() == names[one].lower()
        )
        raise NameTaken(
            subject=str(taken),
            reason=_("Another service of this catalogue has this name, and one types the name to choose it."),
            remedy=_("Give it another name, or change the other service."),
            field=field,
        )


def named(services: Iterable[Service]) -> list[choosing.Named]:
    """Return services by their names."""
    return [
        choosing.Named(str(one.pk), {language: getattr(one, f"name_{language}") for language in LANGUAGES})
        for one in services
    ]


def service_meant(*, activity: UUID, text: str) -> Service:
    """Return the offered service of an activity that a typed text means. Raises ServiceUnknown when none or several fit."""
    offered = {str(one.pk): one for one in Service.objects.offered().filter(activity=activity)}
    found = choosing.meant(text, named(offered.values()))
    if len(found) == 1:
        return offered[found[0].key]
    if found:
        names = ", ".join(sorted(str(offered[one.key]) for one in found)[:5])
        raise ServiceUnknown(
            subject=text,
            reason=_("Several services of the catalogue can be meant: %(names)s.") % {"names": names},
            remedy=_("Type more of the name, or choose it from the list."),
            field="service",
        )
    raise ServiceUnknown(
        subject=text,
        reason=_("No service of the catalogue is called so."),
        remedy=_("Choose one from the list, or type the line by hand."),
        field="service",
    )
