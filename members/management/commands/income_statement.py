"""Write the income statement of an activity from the command line."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from coop import clock
from coop.entities.models import Activity, Language
from members import documents, exports, queries, statements
from members.statements import Pay

FAILED = 1
WRONG_CALL = 2


class Command(BaseCommand):
    """Writes the statement of one activity for one year, month by month, with its three balances today."""

    help = (
        "Write the income statement of an activity for a year: month by month and in all, with its three balances today. "
        "json: amounts are texts with two decimals, EUR excluding VAT, costs negative. The salary cost is one amount. "
        "Exit code 0: written; 1: the file cannot be written; 2: wrong call."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the arguments."""
        parser.add_argument("--activity", required=True, metavar="CODE", help="code of the activity")
        parser.add_argument(
            "--cooperative",
            metavar="CODE",
            help="code of the cooperative; needed when the activity's code is in several",
        )
        parser.add_argument("--year", required=True, type=int, metavar="YEAR", help="calendar year, for example 2026")
        parser.add_argument("--format", choices=["json", "pdf", "xlsx"], default="json")
        parser.add_argument("--language", choices=Language.values, default=Language.FRENCH, help="of pdf and xlsx")
        parser.add_argument(
            "--out", type=Path, metavar="FILE", help="file to write; without it, to the standard output"
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Write the statement."""
        on = clock.today()
        activity = _activity(options["activity"], options["cooperative"])
        span = statements.read_span(f"{options['year']:04d}", on=on)
        if span is None:
            raise CommandError(f"{options['year']} is no year between 2000 and {on.year + 1}", returncode=WRONG_CALL)
        people = queries.runners_of(activity, span.first.first, span.last.last)
        holder = f"{', '.join(map(str, people))} ({activity})" if people else str(activity)
        statement = statements.get_statement(activities=[activity], holder=holder, span=span, on=on, pay=Pay.AS_ONE)
        with translation.override(options["language"]):
            content = _content(statement, options["format"], options["language"])
        if options["out"] is None:
            sys.stdout.buffer.write(content)
            return
        try:
            options["out"].write_bytes(content)
        except OSError as error:
            raise CommandError(f"{options['out']}: {error.strerror}", returncode=FAILED) from None


def _activity(code: str, cooperative: str | None) -> Activity:
    found = Activity.objects.filter(code=code).select_related("cooperative").order_by("cooperative__code")
    if cooperative:
        found = found.filter(cooperative__code=cooperative)
    activities = list(found[:2])
    if not activities:
        raise CommandError(f"no activity has the code {code}", returncode=WRONG_CALL)
    if len(activities) > 1:
        raise CommandError(f"several cooperatives have an activity {code}: add --cooperative", returncode=WRONG_CALL)
    return activities[0]


def _content(statement: statements.Statement, form: str, language: str) -> bytes:
    if form == "xlsx":
        return exports.to_xlsx(statement)
    if form == "pdf":
        data = {**statements.frozen(statement), "made_on": statement.on.isoformat()}
        return documents.print_statement(data, language=language)
    return exports.to_json(statement).encode()
