"""App configuration."""

from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    """Customers, invoices and what activities spend."""

    name = "invoicing"

    def ready(self) -> None:
        """Make the receipts and the checks of purchases known."""
        from invoicing.purchases import registering

        registering.register()
