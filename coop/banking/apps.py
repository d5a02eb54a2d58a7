"""App configuration."""

from django.apps import AppConfig


class BankingConfig(AppConfig):
    """See the package's modules."""

    name = "coop.banking"

    def ready(self) -> None:
        """Make the sheets of the app known."""
        from coop.banking import sheets

        sheets.register()
