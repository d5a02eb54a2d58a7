"""App configuration."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """See the package's modules."""

    name = "coop.ledger"

    def ready(self) -> None:
        """Make the sheets of the app known."""
        from coop.ledger import sheets

        sheets.register()
