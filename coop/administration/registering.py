"""Add the policies to the navigation."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from coop import shell
from coop.access import visibility
from coop.access.predicates import Subject


def reads_policies(user: Any) -> bool:
    """Tell whether a user reads the policies of a cooperative as a whole."""
    return bool(visibility.access_of(user).cooperatives_with(Subject.POLICIES, "r"))


def register() -> None:
    """Add the page of policies to the navigation."""
    shell.register(
        shell.Entry(
            label=_("Policies"), url="administration:show", icon="scale", allowed=reads_policies,
            group="administration", order=10,
        )
    )  # fmt: skip
