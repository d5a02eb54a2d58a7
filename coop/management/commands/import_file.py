"""Import a file of data from the command line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from coop import clock
from coop.access.models import User
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.imports import services, sheets
from coop.imports.models import ImportRun

REFUSED = 1
WRONG_CALL = 2


class Command(BaseCommand):
    """Imports a CSV or XLSX file, or only checks it; prints one line per problem."""

    help = (
        "Import a CSV or XLSX file into a cooperative: all rows or none. Prints one line per problem (line, column, "
        "value, reason, remedy). Exit code 0: imported, or imported before; 1: refused, nothing written; 2: wrong call."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the arguments."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--cooperative", required=True, metavar="CODE", help="code of the cooperative")
        parser.add_argument("--sheet", required=True, metavar="NAME", help="what the file holds: members, invoices, …")
        parser.add_argument("--by", required=True, metavar="EMAIL", help="who imports it, with the rights for it")
        parser.add_argument("--dry-run", action="store_true", help="check the file and write nothing but the report")
        parser.add_argument("--encoding", default="", choices=["utf-8", "windows-1252"], help="of a CSV file")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Check or import the file and print its report."""
        cooperative = Cooperative.objects.filter(code=options["cooperative"]).first()
        by = User.objects.filter(email=options["by"].lower(), is_active=True).first()
        if cooperative is None:
            raise CommandError(f"no cooperative has the code {options['cooperative']}", returncode=WRONG_CALL)
        if by is None:
            raise CommandError(f"nobody active logs in as {options['by']}", returncode=WRONG_CALL)
        names = [sheet.name for sheet in sheets.all_sheets()]
        if options["sheet"] not in names:
            raise CommandError(
                f"no sheet is called {options['sheet']}; there are {', '.join(names)}", returncode=WRONG_CALL
            )
        try:
            content = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}", returncode=WRONG_CALL) from None
        act = services.check_file if options["dry_run"] else services.import_file
        try:
            run = act(
                cooperative=cooperative,
                sheet=sheets.get(options["sheet"]),
                filename=options["file"].name,
                content=content,
                encoding=options["encoding"],
                by=by,
                on=clock.today(),
                at=clock.now(),
            )
        except Refused as refused:
            raise CommandError(str(refused), returncode=REFUSED) from None
        except PermissionDenied:
            raise CommandError(
                f"{options['by']} may not import {options['sheet']} there", returncode=WRONG_CALL
            ) from None
        self._report(run)

    def _report(self, run: ImportRun) -> None:
        for notice in run.notices:
            self.stdout.write(notice)
        for problem in run.errors:
            where = f"line {problem['line']}" + (f", {problem['column']}" if problem["column"] else "")
            value = f" “{problem['value']}”" if problem["value"] else ""
            self.stderr.write(f"{where}{value}: {problem['reason']} {problem['remedy']}")
        if run.state == ImportRun.State.REFUSED:
            raise CommandError(
                f"{run.filename}: {len(run.errors)} problem(s), nothing was imported", returncode=REFUSED
            )
        self.stdout.write(
            f"{run.filename}: {run.get_state_display()}, {run.rows} row(s), {run.created} new, "
            f"{run.unchanged} already there"
        )
