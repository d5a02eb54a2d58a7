"""App configuration."""

from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    """See the package's modules."""

    name = "invoicing"
