"""Compiles the translations with Babel, where the programs of gettext are not installed."""

from pathlib import Path
from typing import Any

from babel.messages import mofile, pofile
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Write each ``locale/*/LC_MESSAGES/*.mo`` that is missing or older than its ``.po``."""

    help = "Compiles locale/*/LC_MESSAGES/*.po to .mo files."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile."""
        compiled = 0
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                target = source.with_suffix(".mo")
                if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
                    compile_file(source, target)
                    compiled += 1
        if options["verbosity"]:
            self.stdout.write(f"Translations compiled: {compiled}.")


def compile_file(source: Path, target: Path) -> None:
    """Compile one file whole, or leave the old one in place."""
    with source.open("rb") as stream:
        try:
            catalog = pofile.read_po(stream, locale=source.parent.parent.name, abort_invalid=True)
        except pofile.PoFileError as error:
            raise CommandError(f"{source}: {error}") from error
    new = target.with_suffix(".mo.new")
    with new.open("wb") as stream:
        mofile.write_mo(stream, catalog)
    new.replace(target)
