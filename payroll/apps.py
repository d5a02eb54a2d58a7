"""App configuration: what payroll tells the lower layers about itself."""

from django.apps import AppConfig


class PayrollConfig(AppConfig):
    """Registers the sweeper, the daily opening of runs, sources, document kinds and navigation."""

    name = "payroll"

    def ready(self) -> None:
        """Make payroll known to the registries of coop."""
        from payroll import registering

        registering.register()
