"""App configuration: what sales and costs tell the lower layers about themselves."""

from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    """Customers, quotes, invoices and what activities spend."""

    name = "invoicing"

    def ready(self) -> None:
        """Make sales and costs known to the registries of coop."""
        from coop import sweeping
        from invoicing import registering
        from invoicing.catalogue import registering as catalogue
        from invoicing.customer_page import services as customer_page
        from invoicing.peppol import registering as peppol
        from invoicing.purchases import registering as purchases
        from invoicing.quotes import registering as quotes
        from invoicing.recurring import registering as recurring
        from invoicing.reminders import registering as reminders

        registering.register()
        purchases.register()
        quotes.register()
        recurring.register()
        catalogue.register()
        reminders.register()
        peppol.register()
        sweeping.register(customer_page.ring)
