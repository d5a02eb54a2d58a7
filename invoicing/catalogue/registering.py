"""What the catalogue tells the lower layers about itself."""

from django.utils.translation import gettext_lazy as _

from coop import shell
from invoicing.registering import sees_sales


def register() -> None:
    """Make the catalogue known to the navigation."""
    shell.register(
        shell.Entry(
            label=_("Catalogue"), url="catalogue:service_list", icon="list", allowed=sees_sales, group="work", order=13
        )
    )
