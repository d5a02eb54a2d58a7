"""App configuration."""

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    """See the package's modules."""

    name = "coop.history"
