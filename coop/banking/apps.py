"""App configuration."""

from django.apps import AppConfig


class BankingConfig(AppConfig):
    """See the package's modules."""

    name = "coop.banking"
