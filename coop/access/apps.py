"""App configuration."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """See the package's modules."""

    name = "coop.access"
