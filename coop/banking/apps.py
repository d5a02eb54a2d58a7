"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BankingConfig(AppConfig):
    """Money that came in or went out."""

    name = "coop.banking"

    def ready(self) -> None:
        """Add the page of what is to be paid to the navigation."""
        from coop import shell
        from coop.banking import queries

        shell.register(
            shell.Entry(
                label=_("To pay"), url="banking:to_pay", icon="banknote", group="books", order=30,
                allowed=lambda user: bool(queries.cooperatives_paying(user)),
            )
        )  # fmt: skip
