"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    """See the package's modules."""

    name = "coop.imports"

    def ready(self) -> None:
        """Add the page of imports to the navigation."""
        from coop import shell
        from coop.imports import queries

        shell.register(
            shell.Entry(
                label=_("Imports"), url="imports:import_list", icon="upload", group="administration", order=60,
                allowed=queries.may_import_something,
            )
        )  # fmt: skip
