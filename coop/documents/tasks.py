"""Documents are made by workers."""

from typing import Any
from uuid import UUID

from celery import shared_task

from coop import clock
from coop.documents import services


@shared_task  # type: ignore[untyped-decorator]
def make(*, document: str, **_more: Any) -> None:
    """Make one document; what fails is logged, kept on its row, and tried again by the sweeper."""
    services.make_document(document=UUID(document), at=clock.now())
