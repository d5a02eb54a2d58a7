"""What an activity sells again and again: named in the languages of its customers, with unit, price, VAT and discount."""

import uuid
from typing import Any

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity, Cooperative
from invoicing.models import InvoiceLine

LANGUAGES = ("fr", "nl", "en")


class ServiceQuerySet(models.QuerySet["Service"]):
    """Services of catalogues."""

    def visible_to(self, user: Any) -> "ServiceQuerySet":
        """Keep the services of the activities and cooperatives whose sales the user reads."""
        return self.filter(visibility.reach(user, Subject.SALES))

    def offered(self) -> "ServiceQuerySet":
        """Keep those that are still offered."""
        return self.filter(retired_at__isnull=True)


@pghistory.track()
class Service(models.Model):
    """A service or thing that an activity sells, as a line of a document begins. The price is EUR excluding VAT.

    It has a name in at least one language; a document takes the one of its customer's language where there is one. Lines
    copy it: later changes of the catalogue change no document.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="services")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="services")
    name_fr = models.CharField(_("name in French"), max_length=200, blank=True)
    name_nl = models.CharField(_("name in Dutch"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=3, choices=InvoiceLine.Unit, default=InvoiceLine.Unit.PIECE)
    unit_price = models.DecimalField(_("unit price"), max_digits=16, decimal_places=4)
    sale = models.CharField(_("what is sold"), max_length=20, default="service")
    discount_percent = models.DecimalField(_("discount (%)"), max_digits=7, decimal_places=4, default=0)
    version = models.PositiveIntegerField(default=1, help_text="counts the changes, so that none is overwritten unseen")
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, help_text="since then it is offered no more")

    objects = ServiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(name_fr="") | ~Q(name_nl="") | ~Q(name_en=""), name="service_has_a_name"
            ),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="service_price_not_negative"),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0) & Q(discount_percent__lte=100), name="service_discount"
            ),
            *(
                models.UniqueConstraint(
                    fields=["activity", f"name_{language}"],
                    condition=~Q(**{f"name_{language}": ""}) & Q(retired_at__isnull=True),
                    name=f"service_name_{language}_unique",
                )
                for language in LANGUAGES
            ),
        ]
        indexes = [models.Index(fields=["activity", "name_fr"], name="service_of_activity")]

    def __str__(self) -> str:
        return self.name_fr or self.name_nl or self.name_en
