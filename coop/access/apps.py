"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    """Users, their roles, and what follows from them."""

    name = "coop.access"

    def ready(self) -> None:
        """Add the page of roles to the navigation."""
        from coop import shell
        from coop.access import queries

        shell.register(
            shell.Entry(
                label=_("People and roles"), url="access:show", icon="user-cog", group="administration", order=20,
                allowed=lambda user: queries.administered(user).exists(),
            )
        )  # fmt: skip
