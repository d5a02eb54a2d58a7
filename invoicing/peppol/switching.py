"""Switch on and off by what a cooperative sends and receives, from a day on."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.errors import Refused
from invoicing.peppol.models import Network, PeppolPolicy


class NotBackwards(Refused):
    """What is sent by what was to change in the past."""


@transaction.atomic
def switch_on(*, cooperative: UUID, network: Network, valid_from: date, today: date, by: Any) -> PeppolPolicy:
    """Send and receive by a network from a day on, which is today or later; what held before ends there.

    Documents issued from then on are sent; none issued before. Raises NotBackwards; PermissionDenied.
    """
    owner = _locked(cooperative, by)
    _end(owner, valid_from, today)
    return PeppolPolicy.objects.create(cooperative=owner, network=network, valid_from=valid_from)


@transaction.atomic
def switch_off(*, cooperative: UUID, valid_from: date, today: date, by: Any) -> None:
    """Neither send nor receive from a day on; what waits already still leaves. Raises NotBackwards; PermissionDenied."""
    _end(_locked(cooperative, by), valid_from, today)


def _locked(cooperative: UUID, by: Any) -> Cooperative:
    owner = Cooperative.objects.select_for_update(no_key=True).get(pk=cooperative)
    visibility.require(by, Subject.POLICIES, "x", cooperative=owner.pk)
    return owner


def _end(owner: Cooperative, day: date, today: date) -> None:
    """End what holds on a day there, and drop what was to begin later."""
    if day < today:
        raise NotBackwards(
            subject=str(owner),
            reason=_("What was sent in the past does not change."),
            remedy=_("Give today or a later day."),
            field="valid_from",
        )
    policies = PeppolPolicy.objects.filter(cooperative=owner)
    policies.filter(valid_from__gte=day).delete()
    policies.on(day).update(valid_until=day)
