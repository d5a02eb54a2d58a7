"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """The books: one append-only double-entry journal per cooperative."""

    name = "coop.ledger"

    def ready(self) -> None:
        """Seal each stored document in the chain of its cooperative, and add the pages of the books to the navigation."""
        from coop import shell
        from coop.documents import services as documents
        from coop.ledger import posting, reading

        documents.on_stored.register(posting.seal_document)
        for label, url, icon, order in (
            (_("Trial balance"), "ledger:trial_balance", "scale", 40),
            (_("Periods"), "ledger:period_list", "lock", 50),
        ):
            shell.register(
                shell.Entry(
                    label=label, url=url, icon=icon, group="books", order=order,
                    allowed=lambda user: bool(reading.cooperatives_to_read(user)),
                )
            )  # fmt: skip
