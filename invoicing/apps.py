"""App configuration: what sales and costs tell the lower layers about themselves."""

from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    """Customers, invoices and what activities spend."""

    name = "invoicing"

    def ready(self) -> None:
        """Make sales and costs known to the registries of coop."""
        from invoicing import registering
        from invoicing.purchases import registering as purchases

        registering.register()
        purchases.register()
