"""App configuration: what sales and costs tell the lower layers about themselves."""

from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    """Customers, invoices and what activities spend."""

    name = "invoicing"

    def ready(self) -> None:
        """Make sales and costs known to the registries of coop."""
        from coop import sweeping
        from invoicing import registering
        from invoicing.customer_page import services as customer_page
        from invoicing.peppol import registering as peppol
        from invoicing.purchases import registering as purchases

        registering.register()
        purchases.register()
        peppol.register()
        sweeping.register(customer_page.ring)
