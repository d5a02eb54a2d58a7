"""Write operations once."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from coop.errors import Refused
from coop.history.models import Operation


class KeyReused(Refused):
    """A form was sent again with the same key but with other content."""


def once(
    *,
    key: UUID | None,
    by: Any,
    name: str,
    parameters: Mapping[str, object],
    at: datetime,
    act: Callable[[], Mapping[str, Any]],
) -> Mapping[str, Any]:
    """Run ``act`` once per key, in one transaction with the record of it, and return its result (JSON values).

    Without a key the act simply runs, in a transaction too.
    Raises KeyReused when the key was used with other parameters or by another person.
    """
    with transaction.atomic():
        if key is None:
            return act()
        digest = hashlib.sha256(json.dumps(parameters, sort_keys=True, default=str).encode()).hexdigest()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"operation:{key}"])
        known = Operation.objects.filter(pk=key).first()
        if known is not None:
            if (known.user_id, known.name, known.parameters) != (by.pk, name, digest):
                raise KeyReused(
                    subject=_("Form sent twice"),
                    reason=_("This form was already sent, with other content."),
                    remedy=_("Look at what was recorded, then open a new form for what is still missing."),
                )
            result: Mapping[str, Any] = known.result
            return result
        result = act()
        Operation.objects.create(key=key, user=by, name=name, parameters=digest, result=dict(result), made_at=at)
        return result
