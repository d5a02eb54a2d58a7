"""Lines that are kept to be invoiced later, of quotes and of recurring invoices: the same facts as a line of a draft.

Amounts are EUR excluding VAT. ``invoicing.services.keeping`` turns them into the lines of drafts, so that every line passes
the same service, whatever it was kept in.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coop.entities.models import AMOUNT
from invoicing.models import InvoiceLine


class KeptLine(models.Model):
    """A line as entered: quantity × unit price less a percentage, rounded once; what is missing stays missing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    position = models.PositiveSmallIntegerField()
    description = models.TextField(_("description"), max_length=500, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=4, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=3, choices=InvoiceLine.Unit, default=InvoiceLine.Unit.PIECE)
    unit_price = models.DecimalField(_("unit price"), max_digits=16, decimal_places=4, null=True, blank=True)
    discount_percent = models.DecimalField(_("discount (%)"), max_digits=7, decimal_places=4, default=0)
    sale = models.CharField(_("what is sold"), max_length=20, blank=True, help_text="empty: the usual of the activity")
    net = models.DecimalField(_("excluding VAT"), **AMOUNT, default=0)
    unread = models.JSONField(default=dict, help_text="what was typed and could not be read, by field")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="%(class)s_price_not_negative"),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0) & Q(discount_percent__lte=100), name="%(class)s_discount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.description[:40]}"
