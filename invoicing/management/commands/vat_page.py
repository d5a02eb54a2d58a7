"""Print the page of the VAT by operation."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from invoicing.vat.page import vat_page


class Command(BaseCommand):
    """Prints docs/vat.md as it follows from the code."""

    help = "Print the page of the VAT by operation (docs/vat.md), made from the table of operations and the rates."
    requires_system_checks: list[str] = []

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        """Print the page in English."""
        with translation.override("en"):
            self.stdout.write(vat_page(), ending="")
