"""The link by which a customer reads one document without a login, and the mail that carries it."""

import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from coop.access import visibility
from coop.access.crypto import EncryptedField
from coop.access.predicates import Subject
from coop.guards import Guard


class CustomerLinkQuerySet(models.QuerySet["CustomerLink"]):
    """Links of customers."""

    def visible_to(self, user: Any) -> "CustomerLinkQuerySet":
        """Keep the links of the documents that the user reads."""
        return self.filter(
            visibility.reach(user, Subject.SALES, activity="invoice__activity", cooperative="invoice__cooperative")
        )

    def not_withdrawn(self) -> "CustomerLinkQuerySet":
        """Keep those that were not withdrawn; they may have ended."""
        return self.filter(revoked_at__isnull=True)


class CustomerLink(models.Model):
    """An unguessable address of one issued document, until a day or until it is withdrawn.

    ``secret`` (256 random bits) is the address; the database holds it encrypted, and its SHA-256 to find it by, so that
    a stolen copy opens nothing. A mail to ``mail_to`` is wanted from ``mail_wanted_at`` on, and sent at ``mailed_at``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invoice = models.ForeignKey("Invoice", on_delete=models.PROTECT, related_name="customer_links")
    secret = EncryptedField()
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret")
    expires_on = models.DateField(help_text="after it the link shows nothing any more")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+",
        help_text="empty: the customer asked for a new one",
    )  # fmt: skip
    created_at = models.DateTimeField()
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True, help_text="first")
    opened_last_at = models.DateTimeField(null=True)
    mail_to = models.EmailField(blank=True)
    mail_wanted_at = models.DateTimeField(null=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_next_at = models.DateTimeField(null=True, help_text="not tried before")
    mailed_at = models.DateTimeField(null=True)

    objects = CustomerLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, opened_last_at__isnull=True)
                | Q(opened_last_at__gte=F("opened_at")),
                name="customer_link_opened_in_order",
            ),
            models.CheckConstraint(
                condition=Q(mail_wanted_at__isnull=True, mailed_at__isnull=True)
                | Q(mail_wanted_at__isnull=False) & ~Q(mail_to=""),
                name="customer_link_mail_has_address",
            ),
        ]
        indexes = [
            models.Index(
                fields=["mail_wanted_at"],
                condition=Q(mail_wanted_at__isnull=False, mailed_at__isnull=True),
                name="customer_link_to_mail",
            )
        ]
        triggers = [
            Guard(
                name="of_its_document",
                operation=pgtrigger.Update | pgtrigger.Delete,
                function="guard_customer_link",
            )
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} until {self.expires_on}"
