"""The address of stored files: whoever may not see the object finds no file."""

from typing import Any

from coop.documents import services
from members import documents
from tests.cast import at
from tests.house.url_table import Row


def statement(world: Any) -> dict[str, object]:
    """The PDF of Aline's income statement, being made."""
    document = services.request_document(
        cooperative=world.archipel, kind=documents.KIND, subject=world.activities["aline"].pk, language="fr",
        filename="statement.pdf", at=at("2026-09-22"),
    )  # fmt: skip
    return {"document": document.pk}


TABLE = {
    "documents:document_download": Row(
        arguments=statement, strangers=("chloe", "dirk", "ivo", "farid"), allowed=(200, 202, 405)
    ),
}
