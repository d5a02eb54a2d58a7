"""Files that were imported, with their report, and the memory of what was made from their rows."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coop.access import visibility
from coop.access.crypto import EncryptedField
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.imports import sheets


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    """Imports."""

    def visible_to(self, user: Any) -> "ImportRunQuerySet":
        """Keep the imports of sheets that the user may import himself, in the cooperatives where he may."""
        access = visibility.access_of(user)
        base = access.cooperatives_with(Subject.IMPORTS, "r")
        condition = Q(pk__in=[])
        for sheet in sheets.all_sheets():
            reached = base.intersection(*(access.cooperatives_with(subject, right) for subject, right in sheet.rights))
            if reached:
                condition |= Q(sheet=sheet.name, cooperative__in=reached)
        return self.filter(condition)


class ImportRun(models.Model):
    """A file that was checked or imported, as received, with its report. Its content is encrypted: it names people."""

    class State(models.TextChoices):
        REFUSED = "refused", pgettext_lazy("file", "refused")
        CHECKED = "checked", _("checked, not yet imported")
        IMPORTED = "imported", _("imported")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="imports")
    sheet = models.CharField(_("sheet"), max_length=40)
    filename = models.CharField(_("file"), max_length=120)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveIntegerField(_("size in bytes"))
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    content = EncryptedField(help_text="compressed, base64")
    state = models.CharField(_("state"), max_length=10, choices=State)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    created = models.PositiveIntegerField(_("created"), default=0)
    unchanged = models.PositiveIntegerField(_("already there"), default=0)
    notices = models.JSONField(default=list)
    errors = models.JSONField(default=list, help_text="line, column, value, reason, remedy of each problem")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "sheet", "sha256"], condition=Q(state="imported"), name="import_once"
            ),
            models.CheckConstraint(condition=Q(state="refused") | Q(errors=[]), name="import_whole_or_nothing"),
        ]
        indexes = [models.Index(fields=["cooperative", "-at"], name="import_by_time")]

    def __str__(self) -> str:
        return f"{self.filename} ({self.sheet})"


class ImportedRow(models.Model):
    """What was made from a key of a file, for objects that do not carry the key themselves; ``values`` as they were."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="made")
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="+")
    sheet = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    object_id = models.UUIDField()
    values = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cooperative", "sheet", "key"], name="imported_row_unique")]

    def __str__(self) -> str:
        return f"{self.sheet} {self.key}"
