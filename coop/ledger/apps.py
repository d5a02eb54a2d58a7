"""App configuration."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The books: one append-only double-entry journal per cooperative."""

    name = "coop.ledger"

    def ready(self) -> None:
        """Seal each stored document in the chain of its cooperative."""
        from coop.documents import services as documents
        from coop.ledger import posting

        documents.on_stored.register(posting.seal_document)
