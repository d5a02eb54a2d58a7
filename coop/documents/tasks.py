"""Documents are made by workers."""

import logging
from typing import Any
from uuid import UUID

from celery import shared_task

from coop import clock
from coop.documents import services

log = logging.getLogger(__name__)


@shared_task  # type: ignore[untyped-decorator]
def make_document(*, document: str, **_more: Any) -> None:
    """Make one document; a failure is logged and kept on its row, and the sweeper comes back to it."""
    try:
        services.make_document(document=UUID(document), at=clock.now())
    except Exception:
        log.exception("document %s could not be made", document)
