"""The shared administration."""

from django.apps import AppConfig


class CoopConfig(AppConfig):
    """The project package: settings, plain modules, commands and template tags."""

    name = "coop"

    def ready(self) -> None:
        """Make the project's own checks known."""
        from coop import checks

        checks.register()
