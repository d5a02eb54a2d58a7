"""App configuration."""

from importlib import import_module

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    """See the package's modules."""

    name = "coop.imports"

    def ready(self) -> None:
        """Find the sheets of all apps, and add the page of imports to the navigation."""
        from coop import shell
        from coop.imports import queries

        for config in apps.get_app_configs():
            if config.name != self.name and module_has_submodule(config.module, "sheets"):
                import_module(f"{config.name}.sheets").register()

        shell.register(
            shell.Entry(
                label=_("Imports"), url="imports:import_list", icon="upload", group="administration", order=60,
                allowed=queries.may_import_something,
            )
        )  # fmt: skip
