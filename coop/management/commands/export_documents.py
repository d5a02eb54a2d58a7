"""Copy the stored documents of a month into a folder."""

import csv
import io
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from coop.documents import queries, store
from coop.documents.models import Document
from coop.entities.models import Cooperative
from coop.ledger.models import OpenItem
from coop.periods import Month, NotAMonth

FAILED = 1
WRONG_CALL = 2
INDEX = "index.csv"
COLUMNS = ("file", "kind", "reference", "date", "language", "size", "sha256")


class Command(BaseCommand):
    """Copies the bytes as they were stored, each checked against its SHA-256, with an index."""

    help = (
        "Copy the stored documents of one kind, cooperative and month into a folder, each checked against its SHA-256, and "
        "write index.csv (UTF-8, semicolons). The month is that of the document's date in the books. Prints one line per "
        "document that is missing, damaged or still being made. Exit code 0: all copied, be it none; 1: some could not be; "
        "2: wrong call."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the arguments."""
        parser.add_argument(
            "--kind",
            required=True,
            choices=["invoice", "structured_invoice", "payslip"],
            help="invoice: the paper, credit notes as well; structured_invoice: the UBL of both",
        )
        parser.add_argument("--cooperative", required=True, metavar="CODE", help="code of the cooperative")
        parser.add_argument("--month", required=True, metavar="YYYY-MM")
        parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder, made when it is not there")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Copy the documents and write the index."""
        cooperative = Cooperative.objects.filter(code=options["cooperative"]).first()
        if cooperative is None:
            raise CommandError(f"no cooperative has the code {options['cooperative']}", returncode=WRONG_CALL)
        try:
            month = Month.parse(options["month"])
        except NotAMonth as error:
            raise CommandError(str(error), returncode=WRONG_CALL) from None
        folder: Path = options["out"]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            faults = self._export(cooperative, options["kind"], month, folder)
        except OSError as error:
            raise CommandError(f"{error.filename or folder}: {error.strerror}", returncode=FAILED) from None
        if faults:
            raise CommandError("\n".join(faults), returncode=FAILED)

    def _export(self, cooperative: Cooperative, kind: str, month: Month, folder: Path) -> list[str]:
        items = {
            item.pk: item
            for item in OpenItem.objects.filter(cooperative=cooperative, issued_on__range=(month.first, month.last))
        }
        found = queries.documents_of(kind, items)
        faults: list[str] = []
        rows: list[tuple[str, ...]] = []
        for document in sorted(found.values(), key=lambda one: (one.filename, str(one.pk))):
            document.cooperative = cooperative
            item = items[document.subject]
            if document.state != Document.State.STORED:
                faults.append(f"{document.filename}: still being made")
                continue
            try:
                content = queries.content(document)
            except (store.Damaged, OSError) as error:
                faults.append(f"{document.filename}: {error}")
                continue
            name = _free_name(document, {row[0] for row in rows})
            (folder / name).write_bytes(content)
            rows.append(
                (
                    name,
                    kind,
                    item.reference,
                    item.issued_on.isoformat(),
                    document.language,
                    str(document.size),
                    document.sha256,
                )
            )
        (folder / INDEX).write_bytes(_index(rows))
        self.stdout.write(f"{len(rows)} documents copied to {folder}")
        return faults


def _free_name(document: Document, taken: set[str]) -> str:
    """Return the file's own name, or one with its id where two documents share a name."""
    name = Path(document.filename).name
    return name if name not in taken and name != INDEX else f"{document.pk}-{name}"


def _index(rows: list[tuple[str, ...]]) -> bytes:
    """Write the index; a text that a spreadsheet would take for a formula gets an apostrophe before it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell for cell in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode()
