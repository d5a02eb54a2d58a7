"""App configuration."""

from django.apps import AppConfig


class EntitiesConfig(AppConfig):
    """See the package's modules."""

    name = "coop.entities"
