"""App configuration."""

from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    """See the package's modules."""

    name = "invoicing"

    def ready(self) -> None:
        """Make the sheets of the app known."""
        from invoicing import sheets

        sheets.register()
