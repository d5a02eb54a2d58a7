"""App configuration."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """See the package's modules."""

    name = "members"

    def ready(self) -> None:
        """Make the sheets of the app known."""
        from members import sheets

        sheets.register()
