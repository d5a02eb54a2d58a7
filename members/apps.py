"""App configuration."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """People, and what holds for them from a day on."""

    name = "members"

    def ready(self) -> None:
        """Make the pages, tasks and documents of the app known."""
        from members import registering

        registering.register()
