"""App configuration: what sales tell the lower layers about themselves."""

from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    """Registers document kinds, sources of entries, tasks and navigation."""

    name = "invoicing"

    def ready(self) -> None:
        """Make sales known to the registries of coop."""
        from invoicing import registering

        registering.register()
