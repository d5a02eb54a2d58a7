"""Operations: what makes a money form act once however often it is sent."""

from django.conf import settings
from django.db import models


class Operation(models.Model):
    """One wish of one person, named by a key made when the form was shown; stored with its effect.

    The same key with the same parameters has one effect and gives the first result again; with other parameters it is
    refused.
    """

    key = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    parameters = models.CharField(max_length=64, help_text="SHA-256 of the canonical parameters")
    result = models.JSONField(default=dict)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.key}"
