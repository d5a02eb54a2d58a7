"""App configuration."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """See the package's modules."""

    name = "members"
