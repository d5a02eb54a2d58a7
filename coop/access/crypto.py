"""Encryption of restricted fields: AES-256-GCM, bound to the row and the column, with keys kept outside the database.

Stored form: ``key id : base64(nonce + ciphertext)``. A value moved to another row or column, altered or cut raises
``Unreadable``; it is never shown as it is. The primary key must exist before encryption, hence UUIDs made in Python.
"""

import base64
import hashlib
import hmac
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models


class Unreadable(Exception):
    """A stored ciphertext cannot be opened: altered, moved, or its key is missing."""


def _keys() -> dict[str, bytes]:
    """Return the key ring by id; the first of ``PARTAGEE_ENCRYPTION_KEYS`` ("id:secret,id:secret") seals new values."""
    ring: dict[str, bytes] = {}
    for entry in settings.ENCRYPTION_KEYS.split(","):
        name, _, text = entry.strip().rpartition(":")
        ring[name or "k1"] = hashlib.sha256(text.encode()).digest()
    return ring


def seal(text: str, *, place: str) -> str:
    """Encrypt a text for one place (``table.column.primary key``)."""
    name, key = next(iter(_keys().items()))
    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), place.encode())
    return f"{name}:{base64.b64encode(nonce + sealed).decode()}"


def unseal(stored: str, *, place: str) -> str:
    """Decrypt what ``seal`` made for the same place. Raises Unreadable for anything else."""
    name, colon, text = stored.partition(":")
    key = _keys().get(name)
    if not colon or key is None:
        raise Unreadable(f"{place}: no key {name!r}")
    try:
        raw = base64.b64decode(text, validate=True)
        return AESGCM(key).decrypt(raw[:12], raw[12:], place.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise Unreadable(f"{place}: the stored value was altered or moved") from error


def blind_index(text: str, *, purpose: str) -> str:
    """Return the keyed digest under which an encrypted value can be found (HMAC-SHA-256); useless without the key."""
    key = hashlib.sha256(settings.INDEX_KEY.encode()).digest()
    return hmac.new(key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


class Ciphertext(str):
    """A value as it is stored."""


class _Opened:
    """Opens the stored value when it is read from an instance."""

    def __init__(self, field: "EncryptedField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, Ciphertext):
            value = unseal(value, place=self.field.place(instance)) if value else ""
            instance.__dict__[name] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedField(models.TextField):  # type: ignore[type-arg]
    """A text that is unreadable in the database, its dumps and its logs. It cannot be filtered or updated in bulk."""

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Put the opening descriptor on the model."""
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Opened(self))

    def place(self, instance: models.Model) -> str:
        """Return the row and column to which the value is bound."""
        return f"{instance._meta.db_table}.{self.column}.{instance.pk}"

    def from_db_value(self, value: str | None, *args: Any) -> Ciphertext | None:
        """Mark what comes from the database as still closed."""
        return None if value is None else Ciphertext(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Ciphertext | None:
        """Encrypt the value for its row just before it is written."""
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Ciphertext):
            return value
        return Ciphertext(seal(str(value), place=self.place(model_instance))) if value else Ciphertext("")

    def get_prep_value(self, value: Any) -> Any:
        """Refuse plain text: only ``pre_save`` knows the row."""
        if value is None or isinstance(value, Ciphertext):
            return value
        raise TypeError(f"{self.name} is encrypted: it can be neither filtered nor updated in bulk")
