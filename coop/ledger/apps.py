"""App configuration."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """See the package's modules."""

    name = "coop.ledger"
