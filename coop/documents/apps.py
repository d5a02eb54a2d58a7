"""App configuration."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """See the package's modules."""

    name = "coop.documents"
