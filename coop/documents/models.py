"""Stored files: what was issued, as bytes that never change."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coop.entities.models import Cooperative, Language
from coop.guards import frozen


class Document(models.Model):
    """A file that the product made or received. Its row is written PENDING with the object it belongs to; its bytes are
    made after the commit, stored once with their SHA-256, and never made again."""

    class State(models.TextChoices):
        PENDING = "pending", _("being made")
        STORED = "stored", _("stored")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=40, help_text="name in coop.documents.kinds: invoice, payslip, receipt, …")
    subject = models.UUIDField(help_text="id of the object that the file belongs to")
    language = models.CharField(max_length=2, choices=Language, default=Language.FRENCH)
    parameters = models.JSONField(default=dict, help_text="what else the kind needs to build it")
    filename = models.CharField(max_length=120)
    media_type = models.CharField(max_length=80, default="application/pdf")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    created_at = models.DateTimeField()
    stored_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True, help_text="a worker is making it until then")
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="pending", sha256="")
                | Q(state="stored", size__isnull=False, stored_at__isnull=False),
                name="document_stored_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "subject"], name="document_by_subject"),
            models.Index(fields=["created_at"], name="document_pending", condition=Q(state="pending")),
        ]
        triggers = [frozen("frozen", state="state", states=["stored"], but=["lease_until"])]

    def __str__(self) -> str:
        return self.filename
